"""The basics that every Keras program reaches by `K`; of Keras 2's, each says what stands in its place today.

`old.py` keeps those of Keras 2: names that are the same in `keras.ops`, and functions with arguments of their own,
which the other files hold.
"""

from hornbeam.keras.backend import old
from hornbeam.keras.old_names import with_old_names

__getattr__ = with_old_names(__name__, old.functions, star=True)
