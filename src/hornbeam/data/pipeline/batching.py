"""Elements together and apart: `batch`, `padded_batch`, `sparse_batch`, `unbatch`, `rebatch`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, final

import numpy as np

from hornbeam.data import structure
from hornbeam.data.pipeline.mapping import joined
from hornbeam.data.pipeline.node import INFINITE, UNKNOWN, Context, Elements, Forwarding, Node, stacked
from hornbeam.data.pipeline.sources import row_of
from hornbeam.graph import errors
from hornbeam.graph.sparse_tensor import SparseTensorSpec, SparseTensorValue
from hornbeam.graph.tensor import GraphTensor
from hornbeam.graph.tensor_spec import TensorSpec
from hornbeam.ops.ragged_tensor import RaggedTensorSpec, RaggedValue


def static(parameter: Any) -> Any:
    """The value of a scalar parameter where it is known without a run, else None."""
    return parameter[()] if isinstance(parameter, np.ndarray) else None


def _batch_size(context: Context, parameter: Any) -> int:
    size = context.integer(parameter)
    if size <= 0:
        raise errors.InvalidArgumentError(None, None, "Batch size must be greater than zero.")
    return size


def _batches(count: int, size: int, drop: bool) -> int:
    if count < 0:
        return count
    return count // size if drop else -(-count // size)


class _Batches(Node):
    """What the nodes that make batches have in common: a size, and whether a smaller last batch is dropped."""

    def __init__(self, parent: Node, size: Any, drop: Any) -> None:
        self.parents = (parent,)
        self.values = (size, drop)

    def static_size(self) -> int | None:
        """The size of every batch, None where the last may be smaller or it is not known."""
        size, drop = static(self.values[0]), static(self.values[1])
        if drop is None or size is None:
            return None
        return int(size) if drop or self.parents[0].cardinality(Context()) == INFINITE else None

    def cardinality(self, context: Context) -> int:
        if any(isinstance(v, GraphTensor) and v not in context.values for v in self.values):
            return UNKNOWN
        return _batches(self.parents[0].cardinality(context), _batch_size(context, self.values[0]),
                        bool(context.value(self.values[1])))


# batch ------------------------------------------------------------------------------------------------


@final
class BatchNode(_Batches):
    """`size` elements as one, each leaf stacked."""

    def __init__(self, parent: Node, size: Any, drop: Any) -> None:
        super().__init__(parent, size, drop)
        self.spec = structure.map_leaves(lambda s: structure.batched(s, self.static_size()), parent.spec)

    def elements(self, context: Context) -> Elements:
        size, drop = _batch_size(context, self.values[0]), bool(context.value(self.values[1]))
        parent = self.parents[0]
        uneven = drop and not all(s.shape.is_fully_defined() for s in structure.flatten(parent.spec) if s is not None)
        if structure.is_dense(parent.spec) and not uneven:  # else what is dropped may not be stacked
            return _BatchElements(parent.elements(context), size, drop)
        return _MixedBatchElements(parent.elements(context), parent.spec, size, drop)


@final
class RaggedBatchNode(_Batches):
    """`size` elements as one; leaves whose shapes are not known become ragged."""

    def __init__(self, parent: Node, size: Any, drop: Any, dtype: Any) -> None:
        super().__init__(parent, size, drop)
        self._rows = structure.map_leaves(lambda s: _as_ragged(s, dtype), parent.spec)
        self.spec = structure.map_leaves(lambda s: structure.batched(s, self.static_size()), self._rows)

    def elements(self, context: Context) -> Elements:
        return _MixedBatchElements(self.parents[0].elements(context), self._rows,
                                   _batch_size(context, self.values[0]), bool(context.value(self.values[1])))


def _as_ragged(spec: Any, dtype: Any) -> Any:
    dims = spec.shape._dims if isinstance(spec, TensorSpec) else None
    if dims is None or None not in dims:
        return spec
    return RaggedTensorSpec(dims, spec.dtype, max(i for i, d in enumerate(dims) if d is None), dtype)


@final
class _BatchElements(Forwarding):
    def __init__(self, source: Elements, size: int, drop: bool) -> None:
        super().__init__(source)
        self._size, self._drop = size, drop

    def next(self) -> list[Any] | None:
        count, found = self._source.next_many(self._size)
        return None if not count or (self._drop and count < self._size) else found


@final
class _MixedBatchElements(Forwarding):
    """Batches of elements with leaves that are no tensors."""

    def __init__(self, source: Elements, spec: Any, size: int, drop: bool) -> None:
        super().__init__(source)
        self._specs, self._size, self._drop = structure.flatten(spec), size, drop

    def next(self) -> list[Any] | None:
        found = taken(self._source, self._size)
        if not found or (self._drop and len(found) < self._size):
            return None
        return [_stacked_leaf([e[i] for e in found], spec, i) for i, spec in enumerate(self._specs)]


def taken(source: Elements, count: int) -> list[list[Any]]:
    """Up to `count` elements."""
    found: list[list[Any]] = []
    while len(found) < count and (element := source.next()) is not None:
        found.append(element)
    return found


def _stacked_leaf(values: Sequence[Any], spec: Any, component: int) -> Any:
    if isinstance(spec, TensorSpec):
        return stacked(values, component)
    if isinstance(spec, SparseTensorSpec):
        shapes = {tuple(v.dense_shape.tolist()) for v in values}
        if len({len(s) for s in shapes}) > 1:
            raise errors.InvalidArgumentError(None, None, "Cannot batch sparse tensors of different ranks.")
        return _sparse_together(values, np.max([v.dense_shape for v in values], axis=0) if values[0].dense_shape.size
                                else np.zeros(0, np.int64))
    if isinstance(spec, structure.NoneTensorSpec):
        return None
    return spec._stack(values)


def _sparse_together(values: Sequence[SparseTensorValue], shape: np.ndarray) -> SparseTensorValue:
    places = [np.concatenate([np.full((len(v.indices), 1), i, np.int64), v.indices], axis=1)
              for i, v in enumerate(values)]
    return SparseTensorValue(np.concatenate(places), np.concatenate([v.values for v in values]),
                             np.concatenate([[len(values)], shape]).astype(np.int64))


# padded_batch -----------------------------------------------------------------------------------------


@final
class PaddedBatchNode(_Batches):
    """`size` elements as one; each leaf is padded to the largest, or to `shapes` (-1: the largest in the batch)."""

    def __init__(self, parent: Node, size: Any, shapes: Sequence[Any], paddings: Sequence[Any], drop: Any) -> None:
        super().__init__(parent, size, drop)
        self.values = (size, drop, *shapes, *paddings)
        self._count = len(shapes)
        leaves = structure.flatten(parent.spec)
        specs = []
        for spec, shape in zip(leaves, shapes, strict=True):
            dims = None
            if isinstance(shape, np.ndarray):
                dims = [self.static_size(), *(None if d == -1 else int(d) for d in shape)]
            elif spec.shape.rank is not None:
                dims = [self.static_size(), *[None] * spec.shape.rank]
            specs.append(TensorSpec(dims, spec.dtype))
        self.spec = structure.pack(parent.spec, specs)

    def elements(self, context: Context) -> Elements:
        values = [context.value(v) for v in self.values[2:]]
        return _PaddedElements(self.parents[0].elements(context), _batch_size(context, self.values[0]),
                               bool(context.value(self.values[1])), values[:self._count], values[self._count:])


@final
class _PaddedElements(Forwarding):
    def __init__(self, source: Elements, size: int, drop: bool, shapes: Sequence[np.ndarray],
                 paddings: Sequence[np.ndarray]) -> None:
        super().__init__(source)
        self._size, self._drop, self._shapes, self._paddings = size, drop, shapes, paddings

    def next(self) -> list[Any] | None:
        found = taken(self._source, self._size)
        if not found or (self._drop and len(found) < self._size):
            return None
        return [_padded([e[i] for e in found], shape, padding, i)
                for i, (shape, padding) in enumerate(zip(self._shapes, self._paddings, strict=True))]


def _padded(values: Sequence[np.ndarray], shape: np.ndarray, padding: np.ndarray, component: int) -> np.ndarray:
    wanted = shape.tolist()
    for value in values:
        if value.ndim != len(wanted):
            raise errors.InvalidArgumentError(
                None, None, "All elements in a batch must have the same rank as the padded shape for component"
                f"{component}: expected rank {len(wanted)} got element with rank {value.ndim}")
    largest = [max(sizes) for sizes in zip(*(v.shape for v in values), strict=True)]
    for i, (want, have) in enumerate(zip(wanted, largest, strict=True)):
        if want != -1 and have > want:
            raise errors.DataLossError(None, None, "Attempted to pad to a smaller size than the input element.")
        wanted[i] = have if want == -1 else want
    if values[0].ndim and all(list(v.shape) == wanted for v in values):
        return stacked(values, component)
    out = np.full((len(values), *wanted), padding[()], values[0].dtype)
    for i, value in enumerate(values):
        out[(i, *(slice(0, n) for n in value.shape))] = value if value.ndim else value[()]
    return out


# sparse_batch -----------------------------------------------------------------------------------------


@final
class SparseBatchNode(Node):
    """`size` tensors as one sparse tensor whose rows have the shape `shape` (-1: the largest in the batch)."""

    def __init__(self, parent: Node, size: Any, shape: Any) -> None:
        self.parents = (parent,)
        self.values = (size, shape)
        leaf = structure.flatten(parent.spec)[0]
        if isinstance(shape, np.ndarray):
            dims: list[int | None] | None = [None, *(None if d == -1 else int(d) for d in shape)]
        else:
            dims = None if leaf.shape.rank is None else [None] * (leaf.shape.rank + 1)
        self.spec = SparseTensorSpec(dims, leaf.dtype)

    def elements(self, context: Context) -> Elements:
        return _SparseBatchElements(self.parents[0].elements(context), _batch_size(context, self.values[0]),
                                    context.value(self.values[1]))

    def cardinality(self, context: Context) -> int:
        return _batches(self.parents[0].cardinality(context), context.integer(self.values[0]), False) \
            if isinstance(self.values[0], np.ndarray) else UNKNOWN


@final
class _SparseBatchElements(Forwarding):
    def __init__(self, source: Elements, size: int, shape: np.ndarray) -> None:
        super().__init__(source)
        self._size, self._shape = size, shape

    def next(self) -> list[Any] | None:
        found = [e[0] for e in taken(self._source, self._size)]
        if not found:
            return None
        for value in found:
            if value.ndim != len(self._shape):
                raise errors.InvalidArgumentError(
                    None, None, f"Input element had shape ({list(value.shape)}) that is incompatible with the row "
                    f"shape ({self._shape.tolist()}).")
            if any(want not in (-1,) and have > want for have, want in zip(value.shape, self._shape, strict=True)):
                raise errors.DataLossError(
                    None, None, f"Input element had shape ({list(value.shape)}) that is larger than the row shape "
                    f"({self._shape.tolist()}).")
        largest = np.max([v.shape for v in found], axis=0) if self._shape.size else np.zeros(0, np.int64)
        shape = np.where(self._shape == -1, largest, self._shape).astype(np.int64)
        places = [np.argwhere(np.ones(v.shape, bool)).astype(np.int64) for v in found]
        values = [SparseTensorValue(p, v.reshape(-1), shape) for p, v in zip(places, found, strict=True)]
        return [_sparse_together(values, shape)]


# unbatch ----------------------------------------------------------------------------------------------


@final
class UnbatchNode(Node):
    """The rows of each element."""

    def __init__(self, parent: Node) -> None:
        self.parents = (parent,)
        self.spec = structure.map_leaves(structure.unbatched, parent.spec)
        sizes = [s.shape._dims[0] for s in structure.flatten(parent.spec)
                 if getattr(s, "shape", None) is not None and s.shape._dims]
        self._size = next((d for d in sizes if d is not None), None)

    def elements(self, context: Context) -> Elements:
        return _UnbatchElements(self.parents[0].elements(context), structure.flatten(self.parents[0].spec))

    def cardinality(self, context: Context) -> int:
        count = self.parents[0].cardinality(context)
        if count == INFINITE:
            return INFINITE
        return UNKNOWN if self._size is None or count < 0 else count * self._size


@final
class _UnbatchElements(Elements):
    def __init__(self, source: Elements, specs: Sequence[Any]) -> None:
        self._source, self._specs = source, specs
        self._element: list[Any] | None = None
        self._at = self._length = 0

    def next(self) -> list[Any] | None:
        if not self._load():
            return None
        at = self._at
        self._at += 1
        assert self._element is not None
        return [_row(leaf, at) for leaf in self._element]

    def next_many(self, count: int) -> tuple[int, list[np.ndarray]]:
        total, parts = self.next_parts(count)
        return total, joined(parts) if parts else []

    def next_parts(self, count: int) -> tuple[int, list[list[np.ndarray]]]:
        """As `next_many`, with the rows of each element for themselves."""
        parts: list[list[np.ndarray]] = []
        total = 0
        while total < count and self._load():
            assert self._element is not None
            end = min(self._length, self._at + count - total)
            parts.append([c[self._at:end] for c in self._element])
            total += end - self._at
            self._at = end
        return total, parts

    def _load(self) -> bool:
        while self._element is None or self._at >= self._length:
            self._element = self._source.next()
            if self._element is None:
                return False
            lengths = {_length(leaf) for leaf in self._element if leaf is not None}
            if len(lengths) > 1:
                raise errors.InvalidArgumentError(
                    None, None, "Input element must have the same batch size in each component.")
            self._at, self._length = 0, lengths.pop()
        return True

    def state(self) -> Any:
        return [self._source.state(), self._element, self._at]

    def restore(self, state: Any) -> None:
        self._source.restore(state[0])
        self._element, self._at = state[1], state[2]
        self._length = 0 if self._element is None else _length(next(e for e in self._element if e is not None))

    def close(self) -> None:
        self._source.close()


def _length(leaf: Any) -> int:
    if isinstance(leaf, SparseTensorValue):
        return int(leaf.dense_shape[0])
    if isinstance(leaf, RaggedValue):
        return len(leaf)
    if not leaf.ndim:
        raise errors.InvalidArgumentError(None, None, "Input element must have a non-scalar value in each component.")
    return len(leaf)


def _row(leaf: Any, index: int) -> Any:
    return None if leaf is None else row_of(leaf, index)


# rebatch ----------------------------------------------------------------------------------------------


@final
class RebatchNode(Node):
    """The rows of the elements, in batches of `sizes` in turn."""

    def __init__(self, parent: Node, sizes: Any, drop: Any) -> None:
        self.parents = (parent,)
        self.values = (sizes, drop)
        same = isinstance(sizes, np.ndarray) and len(set(sizes.reshape(-1).tolist())) == 1
        size = int(sizes.reshape(-1)[0]) if same else None
        rows = [s.shape._dims[0] if s.shape._dims else None for s in structure.flatten(parent.spec)]
        if size is not None and not static(drop) and len({r for r in rows if r is not None}) > 1:
            raise ValueError("Invalid input to `rebatch`: the batch dimensions of all components must be the same, but "
                             f"are {rows}.")
        whole = size is not None and (static(drop) or all(r is not None and r % size == 0 for r in rows))
        self.spec = structure.map_leaves(
            lambda s: structure.batched(structure.unbatched(s), size if whole else None), parent.spec)
        self._rows = UnbatchNode(parent)

    def elements(self, context: Context) -> Elements:
        sizes = context.value(self.values[0]).reshape(-1).tolist()
        if not sizes or min(sizes) <= 0:
            raise errors.InvalidArgumentError(None, None, "Batch size must be greater than zero.")
        return _RebatchElements(self._rows.elements(context), sizes, bool(context.value(self.values[1])))

    def cardinality(self, context: Context) -> int:
        return INFINITE if self.parents[0].cardinality(context) == INFINITE else UNKNOWN


@final
class _RebatchElements(Elements):
    def __init__(self, source: Any, sizes: list[int], drop: bool) -> None:
        self._source, self._sizes, self._drop = source, sizes, drop
        self._turn = 0

    def next(self) -> list[Any] | None:
        size = self._sizes[self._turn]
        count, parts = self._source.next_parts(size)
        if not count or (self._drop and count < size):
            return None
        self._turn = (self._turn + 1) % len(self._sizes)
        try:
            return joined(parts)
        except errors.InvalidArgumentError as error:
            raise errors.FailedPreconditionError(None, None, f"rebatch: {error.message}") from None

    def state(self) -> Any:
        return [self._source.state(), self._turn]

    def restore(self, state: Any) -> None:
        self._source.restore(state[0])
        self._turn = state[1]

    def close(self) -> None:
        self._source.close()

