"""`slim.nets`: networks for images whose checkpoints are public."""

from hornbeam.v1.names import namespace_of

__getattr__ = namespace_of(__name__)
