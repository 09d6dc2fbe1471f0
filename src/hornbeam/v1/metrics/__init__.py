"""`tf.metrics`: numbers over many batches, each a tensor that reads it and an operation that adds a batch."""

from hornbeam.v1.names import namespace_of

__getattr__ = namespace_of(__name__)
