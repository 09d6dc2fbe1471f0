"""Helpers: arrays and labels, names, summaries, pictures of models."""

from hornbeam.keras.names import namespace_of

__getattr__ = namespace_of(__name__)
