"""`tf.losses`: losses that are weighted, reduced and collected."""

from hornbeam.v1.names import namespace_of

__getattr__ = namespace_of(__name__)
