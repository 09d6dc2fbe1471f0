"""Data sets: each module's `load_data()` gives ((x_train, y_train), (x_test, y_test))."""

from hornbeam.keras.names import namespace_of

__getattr__ = namespace_of(__name__)
