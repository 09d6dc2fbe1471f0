"""IndexedSlices: the gradient of a gather, as the rows it touches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, final

from hornbeam.graph import dtypes, names
from hornbeam.graph.dtypes import DType
from hornbeam.graph.shapes import TensorShape
from hornbeam.graph.tensor_spec import TensorSpec, TypeSpec


@names.public("IndexedSlices")
@final
class IndexedSlices:
    """Rows `values[i]` that stand at `indices[i]` of a larger tensor of shape `dense_shape`; the rest is zero.

    Rows with the same index add up. Used where it is converted to a tensor, it becomes that larger tensor.
    """

    def __init__(self, values: Any, indices: Any, dense_shape: Any = None) -> None:
        self.values = values
        self.indices = indices
        self.dense_shape = dense_shape

    @property
    def dtype(self) -> DType:
        """The dtype of the values."""
        return self.values.dtype

    @property
    def shape(self) -> TensorShape:
        """The static shape of the larger tensor."""
        known = _bound["static_shape"](self.dense_shape) if self.dense_shape is not None else None
        return TensorShape(known)

    def get_shape(self) -> TensorShape:
        """The static shape of the larger tensor."""
        return self.shape

    @property
    def name(self) -> str:
        """The name of the values."""
        return self.values.name

    @property
    def op(self) -> Any:
        """The operation that gives the values."""
        return self.values.op

    @property
    def graph(self) -> Any:
        """The graph of the values."""
        return self.values.graph

    @property
    def device(self) -> str:
        """The device of the values."""
        return self.values.device

    @property
    def _graph_home(self) -> Any:
        return getattr(getattr(self.values, "op", None), "graph", None)

    def _feed_parts(self, value: Any) -> Sequence[tuple[Any, Any]]:
        """The tensors that are fed, and what for each."""
        parts = [p for p in (self.values, self.indices, self.dense_shape) if p is not None]
        return list(zip(parts, value, strict=False))

    def _parts(self) -> tuple[list[Any], Callable[[list[Any]], IndexedSlices]]:
        """What branches and loops hand on."""
        parts = [p for p in (self.values, self.indices, self.dense_shape) if p is not None]
        return parts, lambda given: IndexedSlices(*given)

    @property
    def _type_spec(self) -> IndexedSlicesSpec:
        rows = self.values.shape
        shape = self.shape if self.dense_shape is not None else TensorShape([None]).concatenate(rows[1:])
        counted = None if self.dense_shape is None else self.dense_shape.dtype
        return IndexedSlicesSpec(shape, self.values.dtype, self.indices.dtype, counted, self.indices.shape)

    def _as_tensor(self, graph: Any) -> Any:
        return _bound["densify"](self)

    def __neg__(self) -> IndexedSlices:
        return IndexedSlices(-self.values, self.indices, self.dense_shape)

    def __repr__(self) -> str:
        return f"IndexedSlices(indices={self.indices!r}, values={self.values!r}, dense_shape={self.dense_shape!r})"


@names.public("IndexedSlicesSpec")
@final
class IndexedSlicesSpec(TypeSpec):
    """What is known of `IndexedSlices`: the shape of the larger tensor and the dtypes of its parts.

    dense_shape_dtype: None for slices that do not hold the larger shape. indices_shape: one dimension, how many rows.
    """

    __slots__ = ("_arguments",)

    def __init__(self, shape: Any = None, dtype: Any = dtypes.float32, indices_dtype: Any = dtypes.int64,
                 dense_shape_dtype: Any = None, indices_shape: Any = None) -> None:
        counted = None if dense_shape_dtype is None else dtypes.as_dtype(dense_shape_dtype)
        self._arguments = (TensorShape(shape), dtypes.as_dtype(dtype), dtypes.as_dtype(indices_dtype), counted,
                           TensorShape([None] if indices_shape is None else indices_shape))

    @property
    def value_type(self) -> type[IndexedSlices]:
        """`IndexedSlices`."""
        return IndexedSlices

    def _serialize(self) -> tuple[Any, ...]:
        return self._arguments

    @property
    def _component_specs(self) -> tuple[TensorSpec, ...]:
        shape, dtype, index, counted, rows = self._arguments
        parts = (TensorSpec(rows.concatenate(shape[1:]), dtype), TensorSpec(rows, index))
        return parts if counted is None else (*parts, TensorSpec([shape.rank], counted))

    def _to_components(self, value: IndexedSlices) -> tuple[Any, ...]:
        return tuple(value._parts()[0])

    def _from_components(self, components: Any) -> IndexedSlices:
        return IndexedSlices(*components)


_bound: dict[str, Callable[..., Any]] = {}


def bind(**functions: Callable[..., Any]) -> None:
    """Bind `densify(slices)` and `static_shape(tensor)`, which are ops."""
    _bound.update(functions)
