"""Boxes around what is seen in images."""

from hornbeam.keras.names import namespace_of

__getattr__ = namespace_of(__name__)
