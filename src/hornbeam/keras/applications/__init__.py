"""Well-known image classifiers: each function builds a model, with weights drawn anew or trained on ImageNet."""

from hornbeam.keras.names import namespace_of

__getattr__ = namespace_of(__name__)
