"""`tf.contrib.summary`: summaries that are written where they are made, as TF2's are, with TF1's kinds of values."""

from hornbeam.v1.names import namespace_of

__getattr__ = namespace_of(__name__)
