"""EfficientNets of the second kind: the model, and its inputs and answers."""

from hornbeam.keras.names import namespace_of

__getattr__ = namespace_of(__name__)
