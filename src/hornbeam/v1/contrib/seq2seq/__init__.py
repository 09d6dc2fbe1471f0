"""`tf.contrib.seq2seq`: decoders, what feeds them, attention, beam search, and the loss of sequences."""

from hornbeam.v1.names import namespace_of

__getattr__ = namespace_of(__name__)
