"""`tf.contrib.distributions`: distributions that `tf.distributions` has not."""

from hornbeam.v1.names import namespace_of

__getattr__ = namespace_of(__name__)
