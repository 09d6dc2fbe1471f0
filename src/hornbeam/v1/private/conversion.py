"""`tensorflow.python.framework.ops.convert_to_tensor`, which conversion functions of programs call with all that they
were given: it takes `as_ref` too."""

from hornbeam.v1.private.framework import internal_convert_to_tensor as convert_to_tensor

__all__ = ["convert_to_tensor"]
