"""Which dtypes a layer computes and keeps its variables in."""

from hornbeam.keras.names import namespace_of

__getattr__ = namespace_of(__name__)
