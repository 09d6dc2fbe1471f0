"""`tf.contrib.framework`: variables and argument scopes."""

from hornbeam.v1.names import namespace_of

__getattr__ = namespace_of(__name__)
