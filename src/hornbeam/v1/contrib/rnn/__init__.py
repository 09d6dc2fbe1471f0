"""`tf.contrib.rnn`: more cells, wrappers and ways to run them. The cells of `nn.rnn_cell` are here too."""

from hornbeam.v1.names import namespace_of

__getattr__ = namespace_of(__name__)
