"""`tf.contrib.learn`: the data sets that programs of TensorFlow 1 read through it."""

from hornbeam.v1.names import namespace_of

__getattr__ = namespace_of(__name__)
