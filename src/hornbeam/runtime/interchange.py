"""`experimental.dlpack`: values handed to other libraries, and taken from them, without a copy."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from hornbeam.backend.lazy import jax
from hornbeam.backend.x64 import x64
from hornbeam.graph.errors import InvalidArgumentError
from hornbeam.graph.names import public
from hornbeam.graph.tensor import EagerTensor


@public("experimental.dlpack.to_dlpack")
def to_dlpack(tf_tensor: Any) -> Any:
    """A DLPack capsule of a tensor's value, to be taken once by another library: `torch.utils.dlpack.from_dlpack`.

    Raises InvalidArgumentError for strings, which DLPack has not, and for what is no tensor with a value.
    """
    if not isinstance(tf_tensor, EagerTensor):
        raise InvalidArgumentError(None, None, f"The argument to `to_dlpack` must be a TF tensor, not Python object: "
                                               f"{type(tf_tensor).__name__}")
    if tf_tensor.dtype.np_dtype.kind == "O":
        raise InvalidArgumentError(None, None, f"{tf_tensor.dtype.name} is not supported by dlpack")
    try:
        return tf_tensor.__dlpack__()
    except BufferError:  # capsules of this kind cannot say that memory is read-only
        return np.array(tf_tensor._value).__dlpack__()


@final
class _Capsule:
    """What the protocol asks of objects, around a capsule of the CPU's memory."""

    def __init__(self, capsule: Any) -> None:
        self._capsule = capsule

    def __dlpack__(self, **options: Any) -> Any:
        return self._capsule

    def __dlpack_device__(self) -> tuple[int, int]:
        return 1, 0


@public("experimental.dlpack.from_dlpack")
def from_dlpack(dlcapsule: Any) -> EagerTensor:
    """A tensor of the memory that a DLPack capsule (of the CPU), or an object with `__dlpack__`, hands out.

    The tensor shares it: whoever writes to it afterwards changes the tensor. Raises TypeError for anything else.
    """
    if type(dlcapsule).__name__ != "PyCapsule" and not hasattr(dlcapsule, "__dlpack__"):
        raise TypeError(f"from_dlpack takes a DLPack capsule, not {type(dlcapsule).__name__}")
    given = dlcapsule if hasattr(dlcapsule, "__dlpack__") else _Capsule(dlcapsule)
    try:
        return EagerTensor(np.from_dlpack(given))
    except (BufferError, RuntimeError):  # bfloat16, memory of an accelerator: JAX knows these
        with x64():
            return EagerTensor(jax.dlpack.from_dlpack(given))
