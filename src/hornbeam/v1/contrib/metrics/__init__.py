"""`tf.contrib.metrics`: metrics of 2016 (`streaming_*`) and some that `tf.metrics` has not."""

from hornbeam.v1.names import namespace_of

__getattr__ = namespace_of(__name__)
