"""`tf.contrib.nn`: functions of networks beside those of `tf.nn`."""

from hornbeam.v1.names import namespace_of

__getattr__ = namespace_of(__name__)
