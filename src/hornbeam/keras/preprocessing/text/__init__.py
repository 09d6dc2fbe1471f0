"""Text as Keras 2's programs prepare it: `Tokenizer` and the functions around it."""

from hornbeam.keras.old_names import with_old_names
from hornbeam.keras.preprocessing.text import tokenizer

__getattr__ = with_old_names(__name__, tokenizer.OLD, star=True)
