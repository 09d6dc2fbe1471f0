"""SparseTensor: the elements of a tensor that are not zero, with their places."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any, NamedTuple

from hornbeam.graph import dtypes, infer, mode, names
from hornbeam.graph.call import convert_to_tensor, graph_for
from hornbeam.graph.dtypes import DType
from hornbeam.graph.shapes import TensorShape
from hornbeam.graph.tensor import EagerTensor, GraphTensor
from hornbeam.graph.tensor_spec import TensorSpec, TypeSpec


class SparseTensorValue(NamedTuple):
    """The value of a fetched `SparseTensor`: three arrays. Also what a `sparse_placeholder` is fed."""

    indices: Any
    values: Any
    dense_shape: Any


names.register(SparseTensorValue, v1=("SparseTensorValue",))


def static_shape(dense_shape: Any) -> TensorShape:
    """What is known of the shape that a tensor holds."""
    if type(dense_shape) is EagerTensor:
        return TensorShape([int(d) for d in dense_shape.numpy()])
    known = infer.partial_shape(dense_shape)
    if known is None:
        dims = dense_shape._dims
        known = None if not dims or dims[0] is None else (None,) * dims[0]
    return TensorShape(known)


@names.public(v2=("SparseTensor", "sparse.SparseTensor"))
class SparseTensor:
    """The elements of a tensor that are not zero (or not the default), and where they stand.

    indices: int64 [N, rank], one place a row. values: [N]. dense_shape: int64 [rank], the shape of the whole tensor.
    Most functions of `tf.sparse` want the places in row-major order, without repetition; `sparse.reorder` sorts them.
    Raises ValueError where the three do not fit together.

    >>> SparseTensor(indices=[[0, 1]], values=[5.0], dense_shape=[2, 3]).shape.as_list()
    [2, 3]
    """

    def __init__(self, indices: Any, values: Any, dense_shape: Any) -> None:
        graph = graph_for(indices, values, dense_shape)
        with mode.opened(graph), nullcontext() if graph is None else graph.name_scope("SparseTensor"):
            self._indices = convert_to_tensor(indices, dtypes.int64, name="indices")
            self._values = convert_to_tensor(values, name="values")
            self._dense_shape = convert_to_tensor(dense_shape, dtypes.int64, name="dense_shape")
        self._static: TensorShape | None = None
        places = TensorShape(self._indices.shape).with_rank(2)
        counts = TensorShape(self._values.shape).with_rank(1)
        sizes = TensorShape(self._dense_shape.shape).with_rank(1)
        places.dims[0].assert_is_compatible_with(counts.dims[0])  # type: ignore[index]
        places.dims[1].assert_is_compatible_with(sizes.dims[0])  # type: ignore[index]

    @classmethod
    def from_value(cls, sparse_tensor_value: Any) -> SparseTensor:
        """A `SparseTensor` of a `SparseTensorValue`. Raises TypeError for anything else."""
        if not isinstance(sparse_tensor_value, (SparseTensor, SparseTensorValue)):
            raise TypeError(f"Neither a SparseTensor nor SparseTensorValue: {sparse_tensor_value}.")
        return SparseTensor(sparse_tensor_value.indices, sparse_tensor_value.values, sparse_tensor_value.dense_shape)

    @property
    def indices(self) -> Any:
        """The places: int64 [N, rank]."""
        return self._indices

    @property
    def values(self) -> Any:
        """The elements: [N]."""
        return self._values

    @property
    def dense_shape(self) -> Any:
        """The shape of the whole tensor: int64 [rank]."""
        return self._dense_shape

    def with_values(self, new_values: Any) -> SparseTensor:
        """The same places with other elements. Raises ValueError for another number of them."""
        made = SparseTensor(self._indices, new_values, self._dense_shape)
        made._static = self._static
        return made

    @property
    def dtype(self) -> DType:
        """The dtype of the elements."""
        return self._values.dtype

    @property
    def shape(self) -> TensorShape:
        """What is known of the shape of the whole tensor."""
        known = static_shape(self._dense_shape)
        return known if self._static is None else known.merge_with(self._static)

    def get_shape(self) -> TensorShape:
        """What is known of the shape of the whole tensor."""
        return self.shape

    def set_shape(self, shape: Any) -> None:
        """Say what is known of the shape besides. Raises ValueError where that contradicts what is known."""
        self._static = self.shape.merge_with(TensorShape(shape))

    @property
    def op(self) -> Any:
        """The operation that gives the elements."""
        return self._values.op

    @property
    def graph(self) -> Any:
        """The graph that the three tensors belong to."""
        return self._indices.graph

    @property
    def name(self) -> str:
        """The name of the elements."""
        return self._values.name

    def consumers(self) -> list[Any]:
        """The operations that use the elements."""
        return self._values.consumers()

    def eval(self, feed_dict: Any = None, session: Any = None) -> SparseTensorValue:
        """The value in a session, by default the default one."""
        found = [t.eval(feed_dict=feed_dict, session=session) for t in (self.indices, self.values, self.dense_shape)]
        return SparseTensorValue(*found)

    @property
    def _type_spec(self) -> SparseTensorSpec:
        return SparseTensorSpec(self.shape, self.dtype)

    # How the rest of the framework sees it --------------------------------------------------------

    @property
    def _graph_home(self) -> Any:
        return self._values.op.graph if isinstance(self._values, GraphTensor) else None

    def _parts(self) -> tuple[list[Any], Callable[[list[Any]], SparseTensor]]:
        return [self._indices, self._values, self._dense_shape], lambda given: SparseTensor(*given)

    def _fetch_parts(self) -> tuple[list[Any], Callable[[list[Any]], SparseTensorValue]]:
        return [self._indices, self._values, self._dense_shape], lambda values: SparseTensorValue(*values)

    def _feed_parts(self, value: Any) -> Sequence[tuple[Any, Any]]:
        return list(zip((self._indices, self._values, self._dense_shape), value, strict=False))

    def _as_tensor(self, graph: Any) -> Any:
        kind = ValueError if graph is None else TypeError
        raise kind(f"Attempt to convert a value ({self!r}) with an unsupported type ({type(self)}) to a Tensor.")

    def __mul__(self, other: Any) -> SparseTensor:
        return _bound["multiply"](self, other)

    def __truediv__(self, other: Any) -> SparseTensor:
        return _bound["divide"](self, other)

    __div__ = __truediv__

    def __repr__(self) -> str:
        shown = [str(t) for t in (self._indices, self._values, self._dense_shape)]
        return f"SparseTensor(indices={shown[0]}, values={shown[1]}, dense_shape={shown[2]})"


_bound: dict[str, Callable[..., Any]] = {}


def bind(**functions: Callable[..., Any]) -> None:
    """Bind `multiply(sparse, dense)` and `divide(sparse, dense)`, which are ops."""
    _bound.update(functions)


class _OneClass(type):
    """Makes `isinstance(x, v1.SparseTensor)` hold for every `SparseTensor`."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, SparseTensor)

    def __subclasscheck__(cls, subclass: Any) -> bool:
        return type.__subclasscheck__(SparseTensor, subclass)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        with mode.graph_first():
            return SparseTensor(*args, **kwargs)


@names.public(v1=("SparseTensor", "sparse.SparseTensor"))
class SparseTensorV1(SparseTensor, metaclass=_OneClass):
    """As `SparseTensor` of TensorFlow 2, made in the default graph where no argument says otherwise."""

    @classmethod
    def from_value(cls, sparse_tensor_value: Any) -> SparseTensor:
        """A `SparseTensor` of a `SparseTensorValue`. Raises TypeError for anything else."""
        with mode.graph_first():
            return SparseTensor.from_value(sparse_tensor_value)


SparseTensorV1.__name__ = SparseTensorV1.__qualname__ = "SparseTensor"
SparseTensorV1.__signature__ = inspect.signature(SparseTensor)  # type: ignore[attr-defined]


@names.public("SparseTensorSpec")
class SparseTensorSpec(TypeSpec):
    """What is known of a `SparseTensor` before it is there: its shape and dtype."""

    __slots__ = ("_dtype", "_shape")

    def __init__(self, shape: Any = None, dtype: Any = dtypes.float32) -> None:
        self._shape = TensorShape(shape)
        self._dtype = dtypes.as_dtype(dtype)

    @classmethod
    def from_value(cls, value: Any) -> SparseTensorSpec:
        """The spec of a `SparseTensor` or its value. Raises ValueError for anything else."""
        if isinstance(value, SparseTensor):
            return cls(value.shape, value.dtype)
        if isinstance(value, SparseTensorValue):
            return cls([int(d) for d in value.dense_shape], convert_to_tensor(value.values).dtype)
        raise ValueError("Expected SparseTensor or SparseTensorValue.")

    @property
    def value_type(self) -> Any:
        """The class of the values."""
        return SparseTensor

    @property
    def dtype(self) -> DType:
        """The dtype of the elements."""
        return self._dtype

    @property
    def shape(self) -> TensorShape:
        """What is known of the shape of the whole tensor."""
        return self._shape

    @property
    def rank(self) -> int | None:
        """The number of dimensions, None where unknown."""
        return self._shape.rank

    def _serialize(self) -> tuple[Any, ...]:
        return self._shape, self._dtype

    @property
    def _component_specs(self) -> Any:
        rank = self._shape.rank
        return [TensorSpec([None, rank], dtypes.int64), TensorSpec([None], self._dtype),
                TensorSpec([rank], dtypes.int64)]

    def _to_components(self, value: Any) -> Any:
        found = as_sparse(value)
        return [found.indices, found.values, found.dense_shape]

    def _from_components(self, components: Any) -> Any:
        made = SparseTensor(*components)
        made.set_shape(self._shape)
        return made


def as_sparse(value: Any) -> SparseTensor:
    """`value` as a `SparseTensor`. Raises TypeError where it is none."""
    if isinstance(value, SparseTensorValue):
        return SparseTensor.from_value(value)
    if not isinstance(value, SparseTensor):
        raise TypeError("Input must be a SparseTensor.")
    return value
