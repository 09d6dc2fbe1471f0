"""The optimizers of Keras 2.11 to 2.15 that go back before 2.11: today's, which take the old arguments too."""

from hornbeam.keras.names import namespace_of

__getattr__ = namespace_of(__name__)
