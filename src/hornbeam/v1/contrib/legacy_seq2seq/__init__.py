"""`tf.contrib.legacy_seq2seq`, `tf.nn.seq2seq` before 1.0: sequences as lists of tensors, unrolled."""

from hornbeam.v1.names import namespace_of

__getattr__ = namespace_of(__name__)
