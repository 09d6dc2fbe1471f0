"""`tf.layers`: layers whose variables come from `get_variable`."""

from hornbeam.v1.names import namespace_of

__getattr__ = namespace_of(__name__)
