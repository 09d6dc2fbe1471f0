"""`tf.contrib.util`: protobufs of tensors, and values that a graph alone tells."""

from hornbeam.v1.names import namespace_of

__getattr__ = namespace_of(__name__)
