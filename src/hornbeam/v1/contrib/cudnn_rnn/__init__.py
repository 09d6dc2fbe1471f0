"""`tf.contrib.cudnn_rnn`: layers with cuDNN's parameters, and cells that take what they were trained to."""

from hornbeam.v1.names import namespace_of

__getattr__ = namespace_of(__name__)
