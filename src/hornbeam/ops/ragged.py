"""`tf.ragged`: ragged tensors made, taken apart, joined and made dense."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.call import convert_to_tensor
from hornbeam.graph.names import public
from hornbeam.graph.shapes import TensorShape
from hornbeam.graph.sparse_tensor import SparseTensor
from hornbeam.graph.tensor import EagerTensor, GraphTensor
from hornbeam.ops import array
from hornbeam.ops.arithmetic import maximum, minimum
from hornbeam.ops.casts import cast
from hornbeam.ops.compare import less, not_equal
from hornbeam.ops.cumulative import cumsum
from hornbeam.ops.gathering import gather
from hornbeam.ops.joining import concat, repeat
from hornbeam.ops.ragged_tensor import RaggedTensor, rules
from hornbeam.ops.reduce import reduce_max
from hornbeam.ops.selecting import boolean_mask as masked
from hornbeam.ops.selecting import where
from hornbeam.ops.sorting import searchsorted

_make = RaggedTensor.from_row_splits


def is_ragged(value: Any) -> bool:
    """Whether a value is a ragged tensor."""
    return isinstance(value, RaggedTensor)


# Where rows begin ---------------------------------------------------------------------------------------


def lengths_to_splits(lengths: Any) -> Any:
    """Where rows of these lengths begin and end."""
    return concat([array.zeros([1], lengths.dtype), cumsum(lengths)], 0)


def value_rowids(splits: Any) -> Any:
    """The row of each value."""
    rows = array.shape(splits, out_type=splits.dtype)[0] - 1
    return repeat(_range(rows), splits[1:] - splits[:-1])


def rowids_to_splits(rowids: Any, nrows: Any = None) -> Any:
    """Where the rows of these values begin and end."""
    if nrows is None:
        nrows = reduce_max(concat([array.constant([-1], rowids.dtype), rowids], 0)) + 1
    return searchsorted(rowids, _range(cast(nrows, rowids.dtype) + 1), out_type=rowids.dtype)


def _range(limit: Any) -> Any:
    from hornbeam.ops.constants import range as range_of
    return range_of(limit)


def _size(values: Any, dtype: Any) -> Any:
    """How many values there are."""
    return values.nrows(dtype) if is_ragged(values) else array.shape(values, out_type=dtype)[0]


def _uniform_splits(values: Any, length: Any, nrows: Any) -> Any:
    if nrows is None:
        nrows = _size(values, dtypes.int64) // cast(length, dtypes.int64)
    return _range(cast(nrows, dtypes.int64) + 1) * cast(length, dtypes.int64)


# Made ---------------------------------------------------------------------------------------------------


@public(v2=("ragged.constant",))
def constant(pylist: Any, dtype: Any = None, ragged_rank: int | None = None, inner_shape: Any = None,
             name: str | None = None, row_splits_dtype: Any = dtypes.int64) -> Any:
    """Nested lists of different lengths as a ragged tensor; a tensor where there is no list to be ragged.

    ragged_rank: how many dimensions are ragged, by default all but the first. inner_shape: that of the dimensions
    after these. Raises ValueError for lists whose depths differ.

    >>> constant([["a", "b"], [], ["c"]])
    <tf.RaggedTensor [[b'a', b'b'], [], [b'c']]>
    """
    nested = _as_lists(pylist)
    if not isinstance(nested, list):
        if ragged_rank:
            raise ValueError(f"Invalid pylist={pylist!r}: incompatible with ragged_rank={ragged_rank}")
        return array.constant(pylist, dtype)
    deepest, at_scalars = _depths(nested)
    if at_scalars is not None and deepest > at_scalars:
        raise ValueError(f"Invalid pylist={pylist!r}: empty list nesting is greater than scalar value nesting")
    inner = None if inner_shape is None else tuple(TensorShape(inner_shape).as_list())
    if ragged_rank is None:
        ragged_rank = max(0, deepest - 1 - len(inner or ()))
    if ragged_rank >= deepest + (at_scalars is None):
        raise ValueError(f"Invalid pylist={pylist!r}: incompatible with ragged_rank={ragged_rank}")
    splits, flat = [], nested
    for _ in range(ragged_rank):
        splits.append(np.cumsum([0, *map(len, flat)]).astype(dtypes.as_dtype(row_splits_dtype).np_dtype))
        flat = [item for row in flat for item in row]
    if not flat:
        rest: Any = inner or (0,) * max(0, deepest - ragged_rank - 1) if at_scalars is None else inner or ()
        shape: Any = (0, *rest)
        values = array.constant(np.zeros(shape, np.float32) if dtype is None else [], dtype, shape=shape)
    else:
        values = array.constant(flat, dtype)
    return RaggedTensor.from_nested_row_splits(values, splits, validate=False) if splits else values


def _as_lists(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        value = value.tolist()
    elif isinstance(value, (EagerTensor, np.generic)):
        value = np.asarray(value).tolist() if isinstance(value, np.generic) else value.numpy().tolist()
    if isinstance(value, (list, tuple)):
        return [_as_lists(v) for v in value]
    return value


def _depths(nested: Any) -> tuple[int, int | None]:
    """How deep the lists go, and how deep the scalars stand. Raises ValueError where scalars stand at several."""
    if not isinstance(nested, list):
        return 0, 0
    deepest, at = 1, None
    for item in nested:
        depth, scalars = _depths(item)
        deepest = max(deepest, depth + 1)
        if scalars is not None:
            if at not in (None, scalars + 1):
                raise ValueError("all scalar values must have the same nesting depth")
            at = scalars + 1
    return deepest, at


@public(v2=("ragged.range",))
def ragged_range(starts: Any, limits: Any = None, deltas: Any = 1, dtype: Any = None, name: str | None = None,
                 row_splits_dtype: Any = dtypes.int64) -> RaggedTensor:
    """A row of numbers from each start to before its limit, in steps of its delta.

    >>> ragged_range([0, 5], [2, 8])
    <tf.RaggedTensor [[0, 1], [5, 6, 7]]>
    """
    if limits is None:
        starts, limits = 0, starts
    starts, limits = convert_to_tensor(starts, dtype), convert_to_tensor(limits, dtype)
    if limits.dtype != starts.dtype:
        starts, limits = cast(starts, limits.dtype), limits
    deltas = cast(deltas, starts.dtype)
    steps = -((starts - limits) // deltas)
    lengths = cast(maximum(steps, array.zeros_like(steps)), row_splits_dtype)
    lengths = array.reshape(lengths, [-1])
    splits = lengths_to_splits(lengths)
    rows = value_rowids(splits)
    count = array.shape(lengths)
    places = _range(splits[-1]) - gather(splits, rows)
    first = gather(array.broadcast_to(starts, count), rows)
    step = gather(array.broadcast_to(deltas, count), rows)
    return _make(first + cast(places, starts.dtype) * step, splits, validate=False)


def from_tensor(tensor: Any, lengths: Any = None, padding: Any = None, ragged_rank: int = 1,
                row_splits_dtype: Any = dtypes.int64) -> RaggedTensor:
    """`RaggedTensor.from_tensor`."""
    if lengths is not None and padding is not None:
        raise ValueError("Specify argument `lengths` or `padding`, but not both.")
    x = convert_to_tensor(tensor)
    if ragged_rank > 1:
        rest = array.reshape(x, concat([[-1], array.shape(x)[2:]], 0))
        outer = from_tensor(array.zeros(array.shape(x)[:2], dtypes.int32), row_splits_dtype=row_splits_dtype)
        return outer.with_values(from_tensor(rest, lengths, padding, ragged_rank - 1, row_splits_dtype))
    size = array.shape(x, out_type=row_splits_dtype)
    width = size[1]
    if padding is not None:
        kept = cast(not_equal(x, cast(padding, x.dtype) if x.dtype is not dtypes.string else padding), row_splits_dtype)
        lengths = reduce_max(kept * (_range(width) + 1), 1)
    if lengths is None:
        flat = array.reshape(x, concat([[-1], array.shape(x)[2:]], 0))
        return _make(flat, _range(size[0] + 1) * width, validate=False)
    lengths = maximum(minimum(cast(lengths, row_splits_dtype), width), cast(0, row_splits_dtype))
    mask = less(_range(width)[None, :], lengths[:, None])
    return _make(masked(x, mask), lengths_to_splits(lengths), validate=False)


# Taken apart ----------------------------------------------------------------------------------------------


def _nrows(x: RaggedTensor, out_type: Any = None) -> Any:
    found = array.shape(x.row_splits, out_type=x.row_splits.dtype)[0] - 1
    return found if out_type is None else cast(found, out_type)


def bounding_shape(x: RaggedTensor, axis: Any = None, out_type: Any = None) -> Any:
    """`RaggedTensor.bounding_shape`."""
    dtype = out_type or x.row_splits.dtype
    sizes = [x.nrows(), *[_longest(splits) for splits in x.nested_row_splits]]
    rest = array.shape(x.flat_values, out_type=dtype)[1:]
    found = concat([array.stack([cast(s, dtype) for s in sizes]), rest], 0)
    return found if axis is None else gather(found, axis)


def _longest(splits: Any) -> Any:
    return reduce_max(concat([array.zeros([1], splits.dtype), splits[1:] - splits[:-1]], 0))


def to_tensor(x: RaggedTensor, default_value: Any = None, shape: Any = None) -> Any:
    """`RaggedTensor.to_tensor`."""
    wanted = None if shape is None else list(shape) if isinstance(shape, (list, tuple)) else \
        TensorShape(shape)._dims if not isinstance(shape, (EagerTensor, GraphTensor)) else array.unstack(shape)
    wanted = None if wanted is None else [None if isinstance(d, int) and d < 0 else d for d in wanted]
    inner = x.values
    if is_ragged(inner):
        inner = to_tensor(inner, default_value, None if wanted is None else [None, *wanted[2:]])
    dtype = x.row_splits.dtype
    default = array.zeros([], x.dtype) if default_value is None else convert_to_tensor(default_value, x.dtype)
    spare = array.broadcast_to(default, concat([[1], array.shape(inner)[1:]], 0))
    rows = concat([inner, spare], 0)
    starts, lengths = x.row_splits[:-1], x.row_splits[1:] - x.row_splits[:-1]
    if wanted is not None and wanted[0] is not None:
        more = array.zeros([maximum(cast(wanted[0], dtypes.int32) - cast(x.nrows(), dtypes.int32), 0)], dtype)
        starts, lengths = concat([starts, more], 0)[:wanted[0]], concat([lengths, more], 0)[:wanted[0]]
    width = _longest(x.row_splits) if wanted is None or wanted[1] is None else cast(wanted[1], dtype)
    places = _range(width)[None, :]
    last = array.shape(inner, out_type=dtype)[0]
    found = gather(rows, where(less(places, lengths[:, None]), starts[:, None] + places, last))
    known = [None if d is None or not isinstance(d, int) else d for d in wanted] if wanted else \
        [x.shape._dims[0] if x.shape._dims else None, None]
    if found.shape.rank is not None and isinstance(found, GraphTensor):
        found.set_shape([*known[:2], *found.shape.as_list()[2:]])
    return found


def to_sparse(x: RaggedTensor) -> SparseTensor:
    """`RaggedTensor.to_sparse`, of one or more ragged dimensions."""
    columns: list[Any] = []
    for splits in x.nested_row_splits:
        rows = value_rowids(splits)
        places = _range(array.shape(rows, out_type=splits.dtype)[0]) - gather(splits, rows)
        columns = [gather(c, rows) for c in columns] if columns else [rows]
        columns.append(places)
    flat = x.flat_values
    return SparseTensor(cast(array.stack(columns, 1), dtypes.int64), flat, cast(bounding_shape(x), dtypes.int64))


def merge_dims(x: RaggedTensor, outer_axis: int, inner_axis: int) -> Any:
    """`RaggedTensor.merge_dims`."""
    rank = x.shape.rank
    outer, inner = (a + (rank or 0) if a < 0 else a for a in (outer_axis, inner_axis))
    if outer > inner:
        raise ValueError(f"Expected outer_axis ({outer_axis}) to be less than or equal to inner_axis ({inner_axis}).")
    if outer == inner:
        return x
    if outer > 1:
        return x.with_values(merge_dims(x.values, outer - 1, inner - 1)) if is_ragged(x.values) else \
            x.with_values(_merged(x.values, outer - 1, inner - 1))
    if outer == 0:
        found: Any = x
        for _ in range(inner):
            found = found.values if is_ragged(found) else _merged(found, 0, 1)
        return found
    found, splits = x.values, x.row_splits
    for _ in range(inner - 1):
        if is_ragged(found):
            found, splits = found.values, gather(found.row_splits, splits)
        else:
            splits = splits * array.shape(found, out_type=splits.dtype)[1]
            found = _merged(found, 0, 1)
    return _make(found, splits, validate=False)


def _merged(x: Any, outer: int, inner: int) -> Any:
    size = array.shape(x)
    return array.reshape(x, concat([size[:outer], [-1], size[inner + 1:]], 0))


# Indexed ---------------------------------------------------------------------------------------------------


def getitem(x: Any, key: Any) -> Any:
    """`x[key]`."""
    keys = list(key) if isinstance(key, tuple) else [key]
    if not is_ragged(x):
        return x[tuple(keys)]
    if not keys:
        return x
    first, rest = keys[0], keys[1:]
    if first is Ellipsis:
        rank = x.shape.rank
        if rank is None:
            raise ValueError("Ellipsis not supported for unknown rank RaggedTensors")
        return getitem(x, (*[slice(None)] * (rank - sum(k is not None for k in rest)), *rest))
    if first is None:
        return expand_dims(getitem(x, tuple(rest)), 0)
    if is_ragged(first) or getattr(first, "dtype", None) in (dtypes.bool, np.bool_):
        return boolean_mask(x, first)
    if isinstance(first, slice):
        rows = x if first == slice(None) else gather_rows(x, _range(x.nrows())[first])
        return _columns(rows, rest) if rest else rows
    if isinstance(first, int):
        starts, limits = x.row_splits[:-1][first], x.row_splits[1:][first]
    else:
        at = cast(first, x.row_splits.dtype)
        at = where(less(at, cast(0, at.dtype)), at + x.nrows(), at)
        starts, limits = gather(x.row_splits, at), gather(x.row_splits, at + 1)
    row = gather_rows(x.values, _between(starts, limits)) if is_ragged(x.values) else x.values[starts:limits]
    return getitem(row, tuple(rest)) if rest else row


def _between(start: Any, limit: Any) -> Any:
    from hornbeam.ops.constants import range as range_of
    return range_of(start, limit)


def _columns(x: RaggedTensor, keys: Sequence[Any]) -> Any:
    """`x[:, keys...]`."""
    first, rest = keys[0], keys[1:]
    dtype = x.row_splits.dtype
    if first is None:
        return expand_dims(_columns(x, rest) if rest else x, 1)
    if isinstance(first, slice):
        found = x if first == slice(None) else _sliced(x, first)
        return found.with_values(getitem(found.values, (slice(None), *rest))) if rest else found
    at = cast(first, dtype)
    places = where(less(at, cast(0, dtype)), x.row_splits[1:] + at, x.row_splits[:-1] + at)
    found = gather_rows(x.values, places) if is_ragged(x.values) else gather(x.values, places)
    return getitem(found, (slice(None), *rest)) if rest else found


def _sliced(x: RaggedTensor, key: slice) -> RaggedTensor:
    dtype = x.row_splits.dtype
    lengths = x.row_splits[1:] - x.row_splits[:-1]
    step = 1 if key.step is None else key.step
    if not isinstance(step, int) or step == 0:
        raise ValueError("slices of ragged dimensions have a step that is an integer and not zero")
    down = step < 0
    zero, one = cast(0, dtype), cast(1, dtype)

    def end(given: Any, default: Any) -> Any:
        if given is None:
            return default
        at = cast(given, dtype)
        at = where(less(at, zero), at + lengths, at + array.zeros_like(lengths))
        low, high = (-one, lengths - 1) if down else (zero, lengths)
        return maximum(low, minimum(at, high))

    start = end(key.start, lengths - 1 if down else array.zeros_like(lengths))
    stop = end(key.stop, array.zeros_like(lengths) - 1 if down else lengths)
    places = ragged_range(x.row_splits[:-1] + start, x.row_splits[:-1] + stop, step, row_splits_dtype=dtype)
    picked = gather_rows(x.values, places.values) if is_ragged(x.values) else gather(x.values, places.values)
    return places.with_values(picked)


def gather_rows(x: RaggedTensor, indices: Any) -> RaggedTensor:
    """The rows at these places, int [n]."""
    starts, limits = gather(x.row_splits, indices), gather(x.row_splits, cast(indices, dtypes.int64) + 1)
    places = ragged_range(starts, limits, row_splits_dtype=x.row_splits.dtype)
    inner = gather_rows(x.values, places.values) if is_ragged(x.values) else gather(x.values, places.values)
    return places.with_values(inner)


@public(v2=("ragged.boolean_mask",))
def boolean_mask(data: Any, mask: Any, name: str | None = None) -> Any:
    """The elements of `data` where `mask` holds, row by row. The shape of `mask` is the beginning of the data's.

    >>> boolean_mask([[1, 2], [3, 4]], [[True, False], [True, True]])
    <tf.RaggedTensor [[1], [3, 4]]>
    """
    mask = mask if is_ragged(mask) else convert_to_tensor(mask, dtypes.bool)
    data = data if is_ragged(data) else convert_to_tensor(data)
    if not is_ragged(mask) and mask.shape.rank == 1:
        kept = array.reshape(where(mask), [-1])
        return gather_rows(data, kept) if is_ragged(data) else gather(data, kept)
    mask = mask if is_ragged(mask) else from_tensor(mask)
    data = data if is_ragged(data) else from_tensor(data)
    kept = boolean_mask(data.values, mask.values)
    counts = cumsum(cast(_any_flat(mask.values), mask.row_splits.dtype))
    before = concat([array.zeros([1], counts.dtype), counts], 0)
    if is_ragged(mask.values):
        return data.with_values(kept)
    return _make(kept, gather(before, mask.row_splits), validate=False)


def _any_flat(values: Any) -> Any:
    return values.flat_values if is_ragged(values) else values


# Joined ----------------------------------------------------------------------------------------------------


def expand_dims(x: Any, axis: int) -> Any:
    """A dimension of size one before dimension `axis`."""
    if not is_ragged(x):
        return array.expand_dims(x, axis)
    if axis < 0:
        axis += (x.shape.rank or 0) + 1
    if axis == 0:
        return _make(x, array.stack([cast(0, x.row_splits.dtype), x.nrows()]), validate=False)
    if axis == 1:
        return _make(x, _range(x.nrows() + 1), validate=False)
    return x.with_values(expand_dims(x.values, axis - 1))


def ragged_concat(values: Sequence[Any], axis: int, name: str | None = None) -> Any:
    """`concat` where one of the values is ragged."""
    parts = [v if is_ragged(v) else convert_to_tensor(v) for v in values]
    rank = max(p.shape.rank or 0 for p in parts)
    axis = axis + rank if axis < 0 else axis
    deep = max([p.ragged_rank for p in parts if is_ragged(p)], default=0)
    if not deep:
        return concat(parts, axis)
    parts = [p if is_ragged(p) else from_tensor(p, ragged_rank=deep) for p in parts]
    if axis > 1:
        return parts[0].with_values(ragged_concat([p.values for p in parts], axis - 1))
    joined = _rows_joined(parts)
    if axis == 0:
        return joined
    count = len(parts)
    rows = parts[0].nrows()
    order = _range(rows)[:, None] + cast(_range(count), rows.dtype)[None, :] * rows
    picked = gather_rows(joined, array.reshape(order, [-1]))
    return _make(picked.values, picked.row_splits[::count], validate=False)


def _rows_joined(parts: Sequence[Any]) -> Any:
    dtype = parts[0].row_splits.dtype
    splits, end = [array.zeros([1], dtype)], cast(0, dtype)
    for part in parts:
        found = cast(part.row_splits, dtype)
        splits.append(found[1:] + end)
        end = end + found[-1]
    inner = [p.values for p in parts]
    values = _rows_joined(inner) if is_ragged(inner[0]) else concat(inner, 0)
    return _make(values, concat(splits, 0), validate=False)


@public(v2=("ragged.stack",))
def stack(values: Sequence[Any], axis: int = 0, name: str | None = None) -> RaggedTensor:
    """Tensors, ragged or not, along a new dimension, which may be ragged.

    >>> stack([[1, 2], [3]])
    <tf.RaggedTensor [[1, 2], [3]]>
    """
    parts = [v if is_ragged(v) else convert_to_tensor(v) for v in values]
    if not is_ragged(parts[0]) and parts[0].shape.rank == 1 and axis == 0:
        lengths = array.stack([_size(p, dtypes.int64) for p in parts])
        return _make(concat(parts, 0), lengths_to_splits(lengths), validate=False)
    parts = [p if is_ragged(p) else from_tensor(p) for p in parts]
    return ragged_concat([expand_dims(p, axis) for p in parts], axis)


rules.update(lengths_to_splits=lengths_to_splits, value_rowids=value_rowids, rowids_to_splits=rowids_to_splits,
             uniform_splits=_uniform_splits, cast=cast, nrows=_nrows, bounding_shape=bounding_shape,
             from_tensor=from_tensor, to_tensor=to_tensor, to_sparse=to_sparse, merge_dims=merge_dims, getitem=getitem,
             with_end=lambda starts, values: concat([starts, [_size(values, starts.dtype)]], 0),
             with_start=lambda limits: concat([array.zeros([1], limits.dtype), limits], 0))
