"""Regularizers: penalties of weights that join the loss."""

from hornbeam.keras.names import namespace_of

__getattr__ = namespace_of(__name__)
