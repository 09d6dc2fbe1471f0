"""`tf.contrib.staging`: elements wait between two steps, the next one's beside this one's."""

from hornbeam.v1.names import namespace_of

__getattr__ = namespace_of(__name__)
