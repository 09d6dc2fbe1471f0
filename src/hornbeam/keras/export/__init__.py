"""Models as SavedModels for serving."""

from hornbeam.keras.names import namespace_of

__getattr__ = namespace_of(__name__)
