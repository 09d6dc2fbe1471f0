"""Tensors: `EagerTensor` has a value, `GraphTensor` is one output of an operation of a graph.

Their operators (`+`, `[...]`, ...) are ops; `ops/operators.py` binds them, as tensors stand below ops.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, final

import numpy as np

from hornbeam.backend.lazy import jnp
from hornbeam.backend.x64 import x64
from hornbeam.graph import dtypes, mode
from hornbeam.graph.errors import OperatorNotAllowedInGraphError
from hornbeam.graph.shapes import Dims, TensorShape, TensorShapeV1

if TYPE_CHECKING:
    from hornbeam.graph.graph import Graph
    from hornbeam.graph.operation import Operation
    from hornbeam.graph.tensor_interface import TensorInterface
else:
    TensorInterface = object


class Tensor(TensorInterface):
    """A multi-dimensional array of one dtype: what ops take and give.

    `dtype`, `shape` (static: known without running anything), `name`.
    """

    # Unset as a rule: the mask that a layer attached, and what assigns to the slice of a variable.
    __slots__ = ("__weakref__", "_keras_mask", "assign")
    __array_priority__ = 100

    dtype: dtypes.DType

    @property
    def shape(self) -> TensorShape:
        """The static shape; a dimension is None where only a run can tell."""
        raise TypeError(f"{type(self).__name__} has no shape")

    def get_shape(self) -> TensorShape:
        """The static shape (the older spelling of `shape`)."""
        return self.shape

    @property
    def ndim(self) -> int | None:
        """The rank, None where it is unknown."""
        return self.shape.rank

    def ref(self) -> TensorReference:
        """A hashable handle of this tensor, for dictionaries and sets."""
        return TensorReference(self)

    # Programs whose objects stand for tensors take these from the class: each kind of tensor has its own.
    def __bool__(self) -> bool:
        return type(self).__bool__(self)

    __nonzero__ = __bool__

    def __iter__(self) -> Iterator[Any]:
        return type(self).__iter__(self)


@final
class TensorReference:
    """Compares by identity of the tensor it refers to; `deref()` gives the tensor back."""

    __slots__ = ("_target",)

    def __init__(self, target: Any) -> None:
        self._target = target

    def deref(self) -> Any:
        """The tensor."""
        return self._target

    def __hash__(self) -> int:
        return id(self._target)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TensorReference) and other._target is self._target

    def __repr__(self) -> str:
        return f"<Reference wrapping {self._target!r}>"


@final
class GraphTensor(Tensor):
    """Output `value_index` of `op`. It has no value of its own: `Session.run` gives it one."""

    # A dictionary for what programs hang on tensors of their graphs.
    __slots__ = ("__dict__", "_dims", "_users", "dtype", "op", "value_index")

    def __init__(self, op: Operation, value_index: int, dims: Dims, dtype: dtypes.DType) -> None:
        self.op = op
        self.value_index = value_index
        self.dtype = dtype
        self._dims = dims
        self._users: list[Operation] = []

    @property
    def graph(self) -> Graph:
        """The graph that holds this tensor."""
        return self.op.graph

    @property
    def name(self) -> str:
        """`op:index`, unique in its graph."""
        return f"{self.op.name}:{self.value_index}"

    @property
    def device(self) -> str:
        """The device its operation was asked to run on, or an empty string."""
        return self.op.device

    @property
    def dims(self) -> Dims:
        """The static shape as a tuple of int | None, or None where the rank is unknown."""
        return self._dims

    @property
    def shape(self) -> TensorShape:
        return (TensorShapeV1 if self.op.graph.v1 else TensorShape).from_dims(self._dims)

    def set_shape(self, shape: Any) -> None:
        """Add what is known about the shape. Raises ValueError where it contradicts what is known already."""
        self._dims = self.shape.merge_with(shape)._dims

    @property
    def _shape(self) -> TensorShape:  # as programs for TensorFlow 1 spell it now and then
        return self.shape

    def _shape_tuple(self) -> Dims:
        return self._dims

    def consumers(self) -> list[Operation]:
        """The operations that take this tensor, in the order they were made."""
        return list(self._users)

    def eval(self, feed_dict: Any = None, session: Any = None) -> Any:
        """Run this tensor in `session`, or in the default session. Raises ValueError where there is none."""
        return _session_for(session, "evaluate tensor using `eval()`", self.graph).run(self, feed_dict)

    __hash__ = object.__hash__  # Python's own takes no call

    def __bool__(self) -> bool:
        raise OperatorNotAllowedInGraphError(
            "Using a symbolic `tf.Tensor` as a Python `bool` is not allowed: it has no value until it is run. "
            f"Use `tf.cond` for a choice that depends on it, or `is not None` to ask whether it exists: {self!r}")

    def __iter__(self) -> Iterator[Any]:
        raise OperatorNotAllowedInGraphError(
            "Iterating over a symbolic `tf.Tensor` is not allowed: it has no value until it is run. "
            f"Use `tf.unstack` where the first dimension is known, or `tf.map_fn`: {self!r}")

    def __len__(self) -> int:
        raise TypeError(f"len is not well defined for a symbolic Tensor ({self.name}). "
                        "Please call `x.shape` rather than `len(x)` for shape information.")

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        raise NotImplementedError(
            f"Cannot convert a symbolic tf.Tensor ({self.name}) to a numpy array. It has no value until it is run: "
            "fetch it with `Session.run`, or use an op of Hornbeam instead of the NumPy call.")

    def __copy__(self) -> GraphTensor:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> GraphTensor:
        raise TypeError(f"a symbolic tensor belongs to its graph and cannot be copied: {self!r}")

    def __str__(self) -> str:
        shape = "" if self._dims is None else f", shape={self.shape}"
        device = f", device={self.device}" if self.device else ""
        return f'Tensor("{self.name}"{shape}, dtype={self.dtype.name}{device})'

    def __repr__(self) -> str:
        return f"<tf.Tensor '{self.name}' shape={self.shape} dtype={self.dtype.name}>"


@final
class EagerTensor(Tensor):
    """A tensor with a value. The value is immutable; `numpy()` gives it as an array."""

    __slots__ = ("_dtype", "_value")

    def __init__(self, value: Any, dtype: dtypes.DType | None = None) -> None:
        self._value = value
        self._dtype = dtype

    @property
    def dtype(self) -> dtypes.DType:  # type: ignore[override]
        if self._dtype is None:
            self._dtype = dtypes.from_numpy(self._value.dtype)
            if self._dtype is dtypes.string and self._value.ndim == 0 and not isinstance(self._value[()], (bytes, str)):
                self._dtype = dtypes.resource
        return self._dtype

    @property
    def dims(self) -> tuple[int, ...]:
        """The shape as a tuple of int."""
        return self._value.shape

    @property
    def shape(self) -> TensorShape:
        return TensorShape.from_dims(self._value.shape)

    @property
    def device(self) -> str:
        """The full name of the device that holds the value."""
        return "/job:localhost/replica:0/task:0/device:CPU:0"

    def numpy(self) -> Any:
        """The value as a NumPy array; of a scalar, as a NumPy scalar. A string tensor gives `bytes`."""
        value = np.asarray(self._value)
        if value.ndim == 0:
            return value[()]
        return value.copy()

    def set_shape(self, shape: Any) -> None:
        """Check that the value has this shape. Raises ValueError where it has not."""
        if not self.shape.is_compatible_with(shape):
            raise ValueError(f"Tensor's shape {tuple(self.dims)} is not compatible with supplied shape {shape}")

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        value = np.asarray(self._value)
        if copy or (dtype is not None and value.dtype != dtype):
            if copy is False:
                raise ValueError(f"a tensor of {self.dtype.name} gives an array of {np.dtype(dtype)} only as a copy")
            return np.array(value, dtype=dtype)
        shared = value.view()
        shared.flags.writeable = False
        return shared

    def __jax_array__(self) -> Any:
        return self._value

    def __dlpack__(self, **options: Any) -> Any:
        return _shared(self._value).__dlpack__(**options)

    def __dlpack_device__(self) -> Any:
        return self._value.__dlpack_device__()

    __hash__ = None  # type: ignore[assignment]  # bound below: a clear message instead of Python's

    def __bool__(self) -> bool:
        return bool(np.asarray(self._value))

    def __int__(self) -> int:
        return int(np.asarray(self._value))

    def __index__(self) -> int:
        return np.asarray(self._value)[()].__index__()

    def __float__(self) -> float:
        return float(np.asarray(self._value))

    def __complex__(self) -> complex:
        return complex(np.asarray(self._value))

    def __format__(self, spec: str) -> str:
        return format(self.numpy() if self.dims == () else str(self), spec)

    def __len__(self) -> int:
        if not self.dims:
            raise TypeError("Scalar tensor has no `len()`")
        return self.dims[0]

    def __iter__(self) -> Iterator[EagerTensor]:
        if not self.dims:
            raise TypeError("Cannot iterate over a scalar tensor.")
        if mode.state.tapes:  # rows made by ops, which tapes see
            return iter([self[i] for i in range(self.dims[0])])
        value = np.asarray(self._value)
        return iter([EagerTensor(np.array(row, dtype=value.dtype)) for row in value])

    def __copy__(self) -> EagerTensor:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> EagerTensor:
        return EagerTensor(np.array(self._value), self._dtype)

    def __reduce__(self) -> tuple[Any, ...]:
        return EagerTensor, (np.asarray(self._value),)

    def __str__(self) -> str:
        return f"tf.Tensor({_text(self._value)}, shape={self.shape}, dtype={self.dtype.name})"

    def __repr__(self) -> str:
        return f"<tf.Tensor: shape={self.shape}, dtype={self.dtype.name}, numpy={repr_of(self._value)}>"


def _shared(value: Any) -> Any:
    """The array as what hands it to other libraries: JAX has the protocol for bfloat16, NumPy for its own dtypes."""
    if isinstance(value, np.ndarray) and value.dtype.kind not in "biufcO":
        with x64():
            return jnp.asarray(value)
    return value


def _refuse_hash(tensor: EagerTensor) -> int:
    raise TypeError("Tensor is unhashable. Instead, use tensor.ref() as the key.")


EagerTensor.__hash__ = _refuse_hash  # type: ignore[assignment]


def repr_of(value: Any) -> str:
    """An array as `repr` of a tensor shows it: a scalar as Python's own, several lines below the rest."""
    array = np.asarray(value)
    return repr(array.item()) if array.ndim == 0 else _below(repr(array))


def _text(value: Any) -> str:
    array = np.asarray(value)
    return repr(array[()]) if array.dtype == object and array.ndim == 0 else _below(str(array))


def _below(text: str) -> str:
    return f"\n{text}" if "\n" in text else text


def _session_for(session: Any, purpose: str, graph: Graph) -> Any:
    """The given session or the default one, of the right graph."""
    if session is None:
        if not mode.state.sessions:
            raise ValueError(f"Cannot {purpose}: No default session is registered. Use `with sess.as_default()` "
                             f"or pass an explicit session to `{purpose.split('`')[1].rstrip('()')}(session=sess)`")
        session = mode.state.sessions[-1]
    if session.graph is not graph:
        raise ValueError(f"Cannot use the given session to {purpose}: the tensor's graph is different "
                         "from the session's graph.")
    return session
