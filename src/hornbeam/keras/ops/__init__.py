"""`keras.ops`: NumPy's functions, and those of neural networks, with Keras's rules for dtypes, on Hornbeam's ops."""

from hornbeam.keras.names import namespace_of

__getattr__ = namespace_of(__name__)
