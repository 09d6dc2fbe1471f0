"""`tf.contrib.eager`: eager execution as it was first spelled."""

from hornbeam.v1.names import namespace_of

__getattr__ = namespace_of(__name__)
