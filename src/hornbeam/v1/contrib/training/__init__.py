"""`tf.contrib.training`: training loops and hyperparameters."""

from hornbeam.v1.names import namespace_of

__getattr__ = namespace_of(__name__)
