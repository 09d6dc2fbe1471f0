"""Constraints: what weights are turned into after each update."""

from hornbeam.keras.names import namespace_of

__getattr__ = namespace_of(__name__)
