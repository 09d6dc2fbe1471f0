"""Callbacks: what `fit`, `evaluate` and `predict` call on their way."""

from hornbeam.keras.names import namespace_of

__getattr__ = namespace_of(__name__)
