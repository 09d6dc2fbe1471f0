"""`tf.contrib.predictor`: functions of arrays, of what was exported or trained."""

from hornbeam.v1.names import namespace_of

__getattr__ = namespace_of(__name__)
