"""`tf.contrib.losses`: losses of 2016, whose weights may have fewer dimensions."""

from hornbeam.v1.names import namespace_of

__getattr__ = namespace_of(__name__)
