"""`tf.contrib.data`: what became `tf.data` and `tf.data.experimental`."""

from hornbeam.v1.names import namespace_of

__getattr__ = namespace_of(__name__)
