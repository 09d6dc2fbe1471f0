"""Vectors as sets: unique elements, differences, partitions; and their inverse, stitching.

How many elements come out only a run can tell, so most of these run on the host.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.convert import holds_tensors
from hornbeam.graph.names import public
from hornbeam.graph.op import INDEX, never, op
from hornbeam.ops import dims as shapes
from hornbeam.ops.constants import range as range_
from hornbeam.ops.dims import ShapeFault
from hornbeam.ops.gathering import gather
from hornbeam.ops.joining import given_or_zeros
from hornbeam.ops.shaping import reshape, reshape_like, shape_of, size_of

_NEVER = never("what is equal does not vary smoothly")

# Unique ----------------------------------------------------------------------------------------------


def _distinct(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The places of the first of equal elements in order, for each element its number, and the counts."""
    if x.dtype == object:
        numbers: dict[Any, int] = {}
        first, index = [], np.empty(len(x), np.int64)
        for i, item in enumerate(x.tolist() if x.ndim == 1 else map(tuple, x)):
            if item not in numbers:
                numbers[item] = len(numbers)
                first.append(i)
            index[i] = numbers[item]
        return np.array(first, np.int64), index, np.bincount(index, minlength=len(first))
    _, places, inverse, counts = np.unique(x, return_index=True, return_inverse=True, return_counts=True, axis=0)
    order = np.argsort(places, kind="stable")
    number = np.empty_like(order)
    number[order] = np.arange(len(order))
    return places[order], number[np.reshape(inverse, -1)], counts[order]


def _refuse_rank(x: np.ndarray) -> None:
    if x.ndim != 1:
        raise ShapeFault("unique expects a 1D vector.")


def _unique_shape(inputs: Any, attrs: dict[str, Any]) -> Any:
    dims, dtype = inputs[0][:2]
    shapes.want_rank(dims, 1, "unique expects a 1D vector.")
    return [((None,), dtype), (dims or (None,), shapes.index_type(attrs["out_idx"], "out_idx"))]


def _vectors(rng: np.random.Generator) -> list[Any]:
    return [((np.array([3, 1, 3, 2, 1]),), {}), ((np.array([b"b", b"a", b"b"], object),), {}),
            ((np.zeros(0, np.float32),), {"out_idx": dtypes.int64})]


@op("Unique", inputs="x: T", attr_types={"out_idx": "type"}, outputs=("y", "idx"), host=True, differentiable=_NEVER,
    samples=_vectors)
def unique_op(x, *, out_idx: Any = dtypes.int32):
    """The distinct elements of a vector in the order they come, and for each element its number among them."""
    _refuse_rank(x)
    shapes.index_type(out_idx, "out_idx")
    first, index, _ = _distinct(x)
    return x[first], index.astype(out_idx.np_dtype)


unique_op.shape(_unique_shape)


@op("UniqueWithCounts", inputs="x: T", attr_types={"out_idx": "type"}, outputs=("y", "idx", "count"), host=True,
    differentiable=_NEVER, samples=_vectors)
def unique_with_counts_op(x, *, out_idx: Any = dtypes.int32):
    """As `Unique`, and how often each distinct element comes."""
    _refuse_rank(x)
    shapes.index_type(out_idx, "out_idx")
    first, index, counts = _distinct(x)
    return x[first], index.astype(out_idx.np_dtype), counts.astype(out_idx.np_dtype)


@unique_with_counts_op.shape
def _(inputs, attrs):
    return [*_unique_shape(inputs, attrs), ((None,), attrs["out_idx"])]


def _along(x: np.ndarray, axis: np.ndarray) -> tuple[int, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    at = int(np.reshape(axis, -1)[0]) if np.size(axis) else 0
    at = shapes.normal_axis(at, x.ndim, f"axis {at} is out of range for a tensor of rank {x.ndim}")
    rows = np.moveaxis(x, at, 0)
    return at, _distinct(rows if rows.ndim == 1 else rows.reshape(rows.shape[0], -1))


@op("UniqueV2", inputs="x: T, axis: Taxis", attr_types={"out_idx": "type"}, outputs=("y", "idx"), host=True,
    differentiable=_NEVER, Taxis=INDEX,
    samples=lambda rng: [((np.array([[1, 2, 1], [3, 4, 3]]), np.array([1])), {})])
def unique_v2_op(x, axis, *, out_idx: Any = dtypes.int32):
    """The distinct slices of a tensor along an axis."""
    shapes.index_type(out_idx, "out_idx")
    at, (first, index, _) = _along(x, axis)
    return np.take(x, first, at), index.astype(out_idx.np_dtype)


@op("UniqueWithCountsV2", inputs="x: T, axis: Taxis", attr_types={"out_idx": "type"}, outputs=("y", "idx", "count"),
    host=True, differentiable=_NEVER, Taxis=INDEX,
    samples=lambda rng: [((np.array([[1, 2, 1], [3, 4, 3]]), np.array([1])), {})])
def unique_with_counts_v2_op(x, axis, *, out_idx: Any = dtypes.int32):
    """The distinct slices of a tensor along an axis, and how often each comes."""
    shapes.index_type(out_idx, "out_idx")
    at, (first, index, counts) = _along(x, axis)
    return np.take(x, first, at), index.astype(out_idx.np_dtype), counts.astype(out_idx.np_dtype)


def _slices_shape(inputs: Any, attrs: dict[str, Any]) -> Any:
    dims, dtype = inputs[0][:2]
    index = shapes.index_type(attrs["out_idx"], "out_idx")
    return [(None if dims is None else (None,) * len(dims), dtype), ((None,), index)]


unique_v2_op.shape(_slices_shape)
unique_with_counts_v2_op.shape(lambda inputs, attrs: [*_slices_shape(inputs, attrs), ((None,), attrs["out_idx"])])


@public("unique")
def unique(x: Any, out_idx: Any = dtypes.int32, name: str | None = None) -> Any:
    """The distinct elements of a vector: a tuple (y, idx) with x[i] = y[idx[i]], in the order they first come.

    out_idx: int32 or int64. Raises for a tensor that is not a vector.

    >>> unique([7, 1, 7]).y.numpy().tolist()
    [7, 1]
    """
    return unique_op(x, out_idx=dtypes.as_dtype(out_idx), name=name)


@public("unique_with_counts")
def unique_with_counts(x: Any, out_idx: Any = dtypes.int32, name: str | None = None) -> Any:
    """The distinct elements of a vector: a tuple (y, idx, count); `count` says how often each comes."""
    return unique_with_counts_op(x, out_idx=dtypes.as_dtype(out_idx), name=name)


# Differences -----------------------------------------------------------------------------------------


@op("ListDiff", inputs="x: T, y: T", attr_types={"out_idx": "type"}, outputs=("out", "idx"), host=True,
    differentiable=_NEVER, samples=lambda rng: [((np.array([1, 2, 3, 2]), np.array([3, 1])), {})])
def list_diff(x, y, *, out_idx: Any = dtypes.int32):
    """The elements of `x` that are not in `y`, and their places."""
    shapes.index_type(out_idx, "out_idx")
    for n, v in (("x", x), ("y", y)):
        if v.ndim != 1:
            raise ShapeFault(f"{n} should be a 1D vector.")
    gone = set(y.tolist())
    places = np.array([i for i, v in enumerate(x.tolist()) if v not in gone], np.int64)
    return x[places], places.astype(out_idx.np_dtype)


@list_diff.shape
def _(inputs, attrs):
    for i in inputs:
        shapes.want_rank(i.dims, 1)
    return [((None,), inputs[0].dtype), ((None,), shapes.index_type(attrs["out_idx"], "out_idx"))]


@public(v1=("setdiff1d", "listdiff"))
def setdiff1d(x: Any, y: Any, index_dtype: Any = dtypes.int32, name: str | None = None) -> Any:
    """The elements of a vector that are not in another, in their order: a tuple (out, idx) with out = x[idx]."""
    return list_diff(x, y, out_idx=dtypes.as_dtype(index_dtype), name=name)


# Partitions ------------------------------------------------------------------------------------------


@op("DynamicPartition", inputs="data: T, partitions: int32", names=("dynamic_partition",), host=True,
    returns_list=True, samples=lambda rng: [((rng.normal(size=(4, 2)), np.array([0, 1, 1, 0], np.int32)),
                                             {"num_partitions": 3})])
def dynamic_partition(data, partitions, *, num_partitions: int):
    """The elements (or slices) of `data` sorted into `num_partitions` tensors by the number that `partitions` gives.

    partitions: its shape begins that of `data`. Raises InvalidArgumentError for a number out of range.
    """
    shapes.output_count(num_partitions, "num_partitions")
    bad = np.argwhere((partitions < 0) | (partitions >= num_partitions))
    if len(bad):
        where = f"[{','.join(map(str, bad[0]))}]" if partitions.ndim else ""
        raise ShapeFault(f"partitions{where} = {partitions[tuple(bad[0])]} is not in "
                                   f"[0, {num_partitions})")
    if data.shape[:partitions.ndim] != partitions.shape:
        raise ShapeFault("data.shape must start with partitions.shape, got data.shape = "
                                   f"{shapes.text(data.shape)}, partitions.shape = {shapes.text(partitions.shape)}")
    return [data[partitions == i] for i in range(num_partitions)]


@dynamic_partition.shape
def _(inputs, attrs):
    (dims, dtype), parts = inputs[0][:2], inputs[1].dims
    count = shapes.output_count(attrs["num_partitions"], "num_partitions")
    out = None
    if dims is not None and parts is not None:
        if len(parts) > len(dims):
            raise ShapeFault(f"Shape must be at least rank {len(parts)} but is rank {len(dims)}")
        shapes.merged(dims[:len(parts)], parts)
        out = (None, *dims[len(parts):])
    return [(out, dtype)] * count


@dynamic_partition.grad
def _(call, *dys):
    data, partitions = call.inputs
    count = call.attrs["num_partitions"]
    numbers = reshape_like(range_(size_of(partitions)), partitions)
    places = dynamic_partition(numbers, partitions, num_partitions=count)
    grads = given_or_zeros(call, dys)
    return reshape(dynamic_stitch(places, grads), shape_of(data)), None


def _stitched(indices: list[np.ndarray], data: list[np.ndarray]) -> np.ndarray:
    if len(indices) != len(data):
        raise ShapeFault(f"{len(indices)} indices for {len(data)} data")
    flat = np.concatenate([np.reshape(i, -1) for i in indices]) if indices else np.zeros(0, np.int32)
    for n, i in enumerate(indices):
        if data[n].shape[:i.ndim] != i.shape:
            raise ShapeFault(f"data[{n}].shape must start with indices[{n}].shape, got "
                                       f"{shapes.text(data[n].shape)} and {shapes.text(i.shape)}")
        if (i < 0).any():
            raise ShapeFault(f"indices[{int(np.argmax(np.reshape(i, -1) < 0))}] is out of range")
    tail = data[0].shape[indices[0].ndim:]
    out = np.zeros((int(flat.max()) + 1 if flat.size else 0, *tail), data[0].dtype)
    if out.dtype == object:
        out[...] = b""
    for i, d in zip(indices, data, strict=True):
        out[np.reshape(i, -1)] = np.reshape(d, (-1, *tail))
    return out


def _stitch_shape(inputs: Any, attrs: dict[str, Any]) -> Any:
    indices, data = inputs
    if len(indices) != len(data):
        raise ShapeFault(f"List argument 'data' to 'dynamic_stitch' Op with length {len(data)} must match length "
                         f"{len(indices)} of argument 'indices'.")
    tail: Any = None
    for i, d in zip(indices, data, strict=True):
        if i.dims is not None and d.dims is not None:
            shapes.merged(i.dims, d.dims[:len(i.dims)])
            tail = shapes.merged(tail, d.dims[len(i.dims):])
    if tail is None:
        return [(None, data[0].dtype)]
    values = [i.value for i in indices]
    size = None if any(v is None for v in values) else max((int(v.max()) + 1 for v in values if v.size), default=0)
    return [((size, *tail), data[0].dtype)]


def _stitch_grad(call: Any, dy: Any) -> Any:
    half = len(call.inputs) // 2
    return [*[None] * half, *(gather(dy, i) for i in call.inputs[:half])]


def _stitches(rng: np.random.Generator) -> list[Any]:
    return [(([np.array([0, 2], np.int32), np.int32(1)], [rng.normal(size=(2, 3)), rng.normal(size=3)]), {})]


@op("DynamicStitch", inputs="indices: list int32, data: list T", host=True, samples=_stitches)
def dynamic_stitch_op(indices, data):
    """Elements put at their indices in one tensor; where indices repeat, the last wins."""
    return _stitched(indices, data)


@op("ParallelDynamicStitch", inputs="indices: list int32, data: list T", host=True, samples=_stitches)
def parallel_dynamic_stitch_op(indices, data):
    """As `DynamicStitch`, for indices that do not repeat."""
    return _stitched(indices, data)


for _op in (dynamic_stitch_op, parallel_dynamic_stitch_op):
    _op.shape(_stitch_shape)
    _op.grad(_stitch_grad)


@public("dynamic_stitch")
def dynamic_stitch(indices: Any, data: Any, name: str | None = None) -> Any:
    """One tensor with the element (or slice) data[m][i] at the place indices[m][i]; where they repeat, the last wins.

    Raises ValueError where the lists differ in length, InvalidArgumentError for negative indices.
    """
    if len(indices) != len(data):
        raise ValueError(f"List argument 'data' to 'dynamic_stitch' Op with length {len(data)} must match length "
                         f"{len(indices)} of argument 'indices'.")
    made = dynamic_stitch_op(list(indices), list(data), name=name)
    known = [i if isinstance(i, (int, list, tuple, np.ndarray)) else shapes.static_value(i) for i in indices]
    if made.dims and made.dims[0] is None and not any(k is None or holds_tensors(k) for k in known):
        size = max((int(np.max(k)) + 1 for k in known if np.size(k)), default=0)  # type: ignore[arg-type]
        shapes.with_dims(made, (size, *made.dims[1:]))
    return made
