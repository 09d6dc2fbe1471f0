"""`tf.contrib.cudnn_rnn`: the cells that take on the CPU what was trained with cuDNN."""

from hornbeam.v1.names import namespace_of

__getattr__ = namespace_of(__name__)
