"""`tf.distributions`: distributions whose parameters are tensors, their samples, densities and divergences."""

from hornbeam.v1.names import namespace_of

__getattr__ = namespace_of(__name__)
