"""Sequences: `pad_sequences`, and what Keras 2's programs prepare them with."""

from hornbeam.keras.old_names import with_old_names
from hornbeam.keras.preprocessing.sequence import series

__getattr__ = with_old_names(__name__, series.OLD, star=True)
