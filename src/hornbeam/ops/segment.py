"""Sums, means, products and extremes over segments: rows of a tensor that share an id.

The sorted kind finds the number of segments in the ids, so its result's shape depends on data and it runs on the
host; the unsorted kind is told the number and compiles.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp
from hornbeam.graph import dtypes
from hornbeam.graph.call import composite
from hornbeam.graph.errors import InvalidArgumentError
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import INDEX, NUMERIC, REALS, never, op
from hornbeam.ops import array, rules
from hornbeam.ops.arithmetic import multiply
from hornbeam.ops.casts import cast_op, conjugate
from hornbeam.ops.compare import equal, greater, select
from hornbeam.ops.division import real_div
from hornbeam.ops.elementary import sqrt
from hornbeam.ops.samples import Sample

# Rows by segment -----------------------------------------------------------------------------------


@op("RowsOfSegments", inputs="values: T, ids: Tindices", T=NUMERIC, Tindices=INDEX,
    samples=lambda rng: [((rng.normal(size=(3, 2)), np.array([0, 2, -1, 0], np.int32)), {})])
def rows_of_segments(values, ids):
    """For each id the row of `values` that it names; zeros for a negative id."""
    found = jnp.take(values, jnp.clip(ids, 0, max(values.shape[0] - 1, 0)), axis=0)
    held = jnp.reshape(ids >= 0, ids.shape + (1,) * (values.ndim - 1))
    return jnp.where(held, found, jnp.zeros((), values.dtype))


@rows_of_segments.shape
def _(inputs, attrs):
    values, ids = inputs[0].dims, inputs[1].dims
    return [(None if values is None or ids is None else (*ids, *values[1:]), inputs[0].dtype)]


# Unsorted ------------------------------------------------------------------------------------------


def _unsorted_samples(rng: np.random.Generator) -> list[Sample]:
    x = rng.uniform(0.5, 2, (5, 2))
    ids, count = np.array([0, 2, 0, -1, 1], np.int32), np.asarray(3, np.int32)
    return [((x, ids, count), {}), ((x, np.array([[0, 1]] * 5, np.int32), np.asarray(2, np.int32)), {})]


def _unsorted_shape(inputs: Any, attrs: dict[str, Any]) -> Any:
    data, ids, count = inputs
    if count.value is not None and int(count.value) < 0:
        raise ShapeFault("Dimension size, given by scalar input 2, must be non-negative but is "
                         f"{int(count.value)}", f"Input num_segments == {int(count.value)} must not be negative.")
    if data.dims is None or ids.dims is None:
        return [(None, data.dtype)]
    for a, b in zip(data.dims, ids.dims, strict=False):
        if a is not None and b is not None and a != b:
            raise ShapeFault(f"Dimensions must be equal, but are {a} and {b}",
                             f"data.shape = {rules.text(data.dims)} does not start with segment_ids.shape = "
                             f"{rules.text(ids.dims)}")
    if len(ids.dims) > len(data.dims):
        raise ShapeFault(f"data.shape = {rules.text(data.dims)} does not start with segment_ids.shape = "
                         f"{rules.text(ids.dims)}")
    return [((None if count.value is None else int(count.value), *data.dims[len(ids.dims):]), data.dtype)]


def _out_of_range(data: Any, segment_ids: Any, num_segments: Any) -> Any:
    flat = jnp.asarray(jnp.reshape(segment_ids, -1), jnp.int64)
    if flat.shape[0] == 0:
        return jnp.zeros((), bool), []
    wrong = flat >= int(num_segments)
    at = jnp.argmax(wrong)
    return jnp.any(wrong), [at, jnp.take(flat, at)]


def _out_of_range_text(numbers: Any, inputs: Any, attrs: dict[str, Any]) -> str:
    place = np.unravel_index(int(numbers[0]), np.shape(inputs[1]) or (1,))
    return (f"segment_ids[{','.join(map(str, place))}] = {int(numbers[1])} is out of range "
            f"[0, {int(np.asarray(inputs[2]))})")


def _scattered(data: Any, ids: Any, count: Any, start: Any, combine: str) -> Any:
    """`data` combined into `count` rows that begin as `start`; rows with a negative id are left out."""
    rest = data.shape[ids.ndim:]
    flat, rows = jnp.reshape(ids, -1).astype(jnp.int64), jnp.reshape(data, (ids.size, *rest))
    target = jnp.full((int(count), *rest), start, data.dtype)
    if int(count) == 0:
        return target
    places = jnp.where(flat < 0, int(count), flat)
    return getattr(target.at[places], combine)(rows, mode="drop")


def _lowest(dtype: Any) -> Any:
    return jnp.finfo(dtype).min if jnp.issubdtype(dtype, jnp.floating) else jnp.iinfo(dtype).min


def _highest(dtype: Any) -> Any:
    return jnp.finfo(dtype).max if jnp.issubdtype(dtype, jnp.floating) else jnp.iinfo(dtype).max


_UNSORTED = "data: T, segment_ids: Tindices, num_segments: Tnumsegments static"


@op("UnsortedSegmentSum", inputs=_UNSORTED, names=("math.unsorted_segment_sum",), v1=("unsorted_segment_sum",),
    T=NUMERIC, Tindices=INDEX, Tnumsegments=INDEX, samples=_unsorted_samples)
def unsorted_segment_sum(data, segment_ids, num_segments):
    """The sum of the rows with each id 0 … num_segments - 1; 0 for an id without rows.

    segment_ids: a shape that `data` begins with; negative ids are left out. Returns [num_segments, ...].
    Raises InvalidArgumentError for an id that is not below `num_segments`.
    """
    return _scattered(data, segment_ids, num_segments, 0, "add")


@op("UnsortedSegmentProd", inputs=_UNSORTED, names=("math.unsorted_segment_prod",), v1=("unsorted_segment_prod",),
    T=NUMERIC, Tindices=INDEX, Tnumsegments=INDEX, samples=_unsorted_samples)
def unsorted_segment_prod(data, segment_ids, num_segments):
    """The product of the rows with each id; 1 for an id without rows. See `unsorted_segment_sum`."""
    return _scattered(data, segment_ids, num_segments, 1, "multiply")


@op("UnsortedSegmentMax", inputs=_UNSORTED, names=("math.unsorted_segment_max",), v1=("unsorted_segment_max",),
    T=REALS, Tindices=INDEX, Tnumsegments=INDEX, samples=_unsorted_samples)
def unsorted_segment_max(data, segment_ids, num_segments):
    """The largest of the rows with each id; the lowest number for an id without rows. See `unsorted_segment_sum`."""
    return _scattered(data, segment_ids, num_segments, _lowest(data.dtype), "max")


@op("UnsortedSegmentMin", inputs=_UNSORTED, names=("math.unsorted_segment_min",), v1=("unsorted_segment_min",),
    T=REALS, Tindices=INDEX, Tnumsegments=INDEX, samples=_unsorted_samples)
def unsorted_segment_min(data, segment_ids, num_segments):
    """The smallest of the rows with each id; the highest number for an id without rows. See `unsorted_segment_sum`."""
    return _scattered(data, segment_ids, num_segments, _highest(data.dtype), "min")


for _unsorted in (unsorted_segment_sum, unsorted_segment_prod, unsorted_segment_max, unsorted_segment_min):
    _unsorted.shape(_unsorted_shape)
    _unsorted.check(_out_of_range)
    _unsorted.message(_out_of_range_text)


@unsorted_segment_sum.grad
def _(call, dy):
    return rows_of_segments(dy, call.inputs[1]), None, None


def _chosen_by_segment(x: Any, ids: Any, y: Any, dy: Any, count: Any) -> Any:
    """The gradient of an extreme: shared equally by the rows that are as extreme."""
    chosen = equal(x, rows_of_segments(y, ids))
    shared = unsorted_segment_sum(cast_op(chosen, DstT=dy.dtype.base_dtype), ids, count)
    each = rows_of_segments(real_div(dy, shared), ids)
    return select(chosen, each, array.zeros_like(each))


def _extreme_gradient(call: Any, dy: Any) -> Any:
    x, ids, count = call.inputs
    return _chosen_by_segment(x, ids, call.outputs[0], dy, count), None, None


unsorted_segment_max.grad(_extreme_gradient)
unsorted_segment_min.grad(_extreme_gradient)


def _product_by_segment(x: Any, ids: Any, y: Any, dy: Any, count: Any) -> Any:
    """The gradient of a product, exact where one factor of a segment is 0."""
    none = equal(x, 0)
    zeros = unsorted_segment_sum(cast_op(none, DstT=dtypes.int32), ids, count)
    dy = select(greater(zeros, 1), array.zeros_like(dy), dy)
    others = unsorted_segment_prod(select(none, array.ones_like_op(x), x), ids, count)
    divided = real_div(rows_of_segments(y, ids), select(none, array.ones_like_op(x), x))
    partial = select(none, rows_of_segments(others, ids), divided)
    return multiply(rows_of_segments(dy, ids), conjugate(partial))


@unsorted_segment_prod.grad
def _(call, dy):
    x, ids, count = call.inputs
    return _product_by_segment(x, ids, call.outputs[0], dy, count), None, None


def _sizes(data: Any, segment_ids: Any, num_segments: Any) -> tuple[Any, Any, Any]:
    """The data, the ids, and how many rows each id has, at least 1, in a shape that divides the sums."""
    data, ids = array.convert(data), array.convert(segment_ids)
    ones = rows_like(ids, data)
    return data, ids, row_counts(unsorted_segment_sum(ones, ids, num_segments), data, ids)


@op("OnesOfShape", inputs="like: T, dtype_of: U", differentiable=never("constant result"),
    samples=lambda rng: [((np.zeros(3, np.int32), np.zeros(2)), {})])
def rows_like(like, dtype_of):
    """Ones of the shape of the first tensor and the dtype of the second."""
    return jnp.ones(jnp.shape(like), dtype_of.dtype)


@op("RowCounts", inputs="counts: T, data: T, ids: Tindices", T=NUMERIC, Tindices=INDEX,
    samples=lambda rng: [((np.array([0.0, 2.0]), np.ones((3, 2)), np.zeros(3, np.int32)), {})])
def row_counts(counts, data, ids):
    """Counts of rows, at least 1, with a dimension of size 1 for each inner dimension of `data`."""
    return jnp.reshape(jnp.maximum(counts, jnp.ones((), counts.dtype)), counts.shape + (1,) * (data.ndim - ids.ndim))


@public("math.unsorted_segment_mean", v1=("unsorted_segment_mean",))
@composite("UnsortedSegmentMean")
def unsorted_segment_mean(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> Any:
    """The mean of the rows with each id; 0 for an id without rows. See `unsorted_segment_sum`."""
    data, ids, count = _sizes(data, segment_ids, num_segments)
    return real_div(unsorted_segment_sum(data, ids, num_segments), count)


@public("math.unsorted_segment_sqrt_n", v1=("unsorted_segment_sqrt_n",))
@composite("UnsortedSegmentSqrtN")
def unsorted_segment_sqrt_n(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> Any:
    """The sum of the rows with each id over the square root of their number. See `unsorted_segment_sum`."""
    data, ids, count = _sizes(data, segment_ids, num_segments)
    return real_div(unsorted_segment_sum(data, ids, num_segments), sqrt(count))


# Sorted --------------------------------------------------------------------------------------------


def _sorted_samples(rng: np.random.Generator) -> list[Sample]:
    x = rng.uniform(0.5, 2, (5, 2))
    return [((x, np.array([0, 0, 2, 2, 2], np.int32)), {}), ((x[:0], np.zeros(0, np.int32)), {})]


def _sorted_shape(inputs: Any, attrs: dict[str, Any]) -> Any:
    data, ids = inputs[0], inputs[1]
    if ids.dims is not None and len(ids.dims) != 1:
        raise ShapeFault(f"Shape must be rank 1 but is rank {len(ids.dims)}", "segment_ids should be a vector.")
    if data.dims is None:
        return [(None, data.dtype)]
    if not data.dims:
        raise ShapeFault("Shape must be at least rank 1 but is rank 0", "segment_ids should be the same size as "
                         "dimension 0 of input.")
    if ids.dims is not None and None not in (ids.dims[0], data.dims[0]) and ids.dims[0] != data.dims[0]:
        raise ShapeFault(f"Dimensions must be equal, but are {data.dims[0]} and {ids.dims[0]}",
                         "segment_ids should be the same size as dimension 0 of input.")
    count = None
    if ids.value is not None:
        count = 0 if ids.value.size == 0 else int(ids.value[-1]) + 1
    return [((count, *data.dims[1:]), data.dtype)]


def _combined(data: Any, ids: Any, combine: Any, empty: Any) -> Any:
    """Rows of equal id combined on the host; `empty` where an id is left out."""
    if ids.shape[:1] != data.shape[:1]:
        raise InvalidArgumentError(None, None, "segment_ids should be the same size as dimension 0 of input.")
    if ids.size and (np.any(np.diff(ids) < 0) or ids[0] < 0):
        raise InvalidArgumentError(None, None, "segment ids must be >= 0" if ids[0] < 0
                                   else "segment ids are not increasing")
    count = int(ids[-1]) + 1 if ids.size else 0
    out = np.full((count, *data.shape[1:]), empty, data.dtype)
    held, starts = np.unique(ids, return_index=True)
    if ids.size:
        with np.errstate(all="ignore"):
            out[held] = combine.reduceat(data, starts, axis=0)
    return out


_SORTED = "data: T, segment_ids: Tindices"


@op("SegmentSum", inputs=_SORTED, names=("math.segment_sum",), v1=("segment_sum",), T=NUMERIC, Tindices=INDEX,
    host=True, samples=_sorted_samples)
def segment_sum(data, segment_ids):
    """The sum of the rows with each id 0, 1, … up to the last; 0 for an id without rows.

    segment_ids: one number a row of `data`, rising. Returns [last id + 1, ...]. Raises InvalidArgumentError for
    ids that fall or are negative.
    """
    return _combined(data, segment_ids, np.add, 0)


@op("SegmentMean", inputs=_SORTED, names=("math.segment_mean",), v1=("segment_mean",), T=NUMERIC, Tindices=INDEX,
    host=True, samples=_sorted_samples)
def segment_mean(data, segment_ids):
    """The mean of the rows with each id; 0 for an id without rows. See `segment_sum`."""
    total = _combined(data, segment_ids, np.add, 0)
    count = np.maximum(np.bincount(segment_ids, minlength=len(total)), 1).reshape((-1,) + (1,) * (data.ndim - 1))
    if np.issubdtype(data.dtype, np.integer):
        return (np.sign(total) * (np.abs(total) // count)).astype(data.dtype)
    return (total / count.astype(data.dtype)).astype(data.dtype)


@op("SegmentProd", inputs=_SORTED, names=("math.segment_prod",), v1=("segment_prod",), T=NUMERIC, Tindices=INDEX,
    host=True, samples=_sorted_samples)
def segment_prod(data, segment_ids):
    """The product of the rows with each id; 1 for an id without rows. See `segment_sum`."""
    return _combined(data, segment_ids, np.multiply, 1)


@op("SegmentMax", inputs=_SORTED, names=("math.segment_max",), v1=("segment_max",), T=REALS, Tindices=INDEX,
    host=True, samples=_sorted_samples)
def segment_max(data, segment_ids):
    """The largest of the rows with each id; 0 for an id without rows. See `segment_sum`."""
    return _combined(data, segment_ids, np.maximum, 0)


@op("SegmentMin", inputs=_SORTED, names=("math.segment_min",), v1=("segment_min",), T=REALS, Tindices=INDEX,
    host=True, samples=_sorted_samples)
def segment_min(data, segment_ids):
    """The smallest of the rows with each id; 0 for an id without rows. See `segment_sum`."""
    return _combined(data, segment_ids, np.minimum, 0)


for _sorted in (segment_sum, segment_mean, segment_prod, segment_max, segment_min):
    _sorted.shape(_sorted_shape)


@op("FirstSize", inputs="x: T", differentiable=never("integer result"), samples=lambda rng: [((np.zeros((3, 2)),), {})])
def first_size(x):
    """The size of the first dimension."""
    return np.asarray(jnp.shape(x)[0], np.int32)


@segment_sum.grad
def _(call, dy):
    return rows_of_segments(dy, call.inputs[1]), None


@segment_mean.grad
def _(call, dy):
    x, ids = call.inputs
    count = row_counts(unsorted_segment_sum(rows_like(ids, x), ids, first_size(call.outputs[0])), x, ids)
    return rows_of_segments(real_div(dy, count), ids), None


@segment_prod.grad
def _(call, dy):
    x, ids = call.inputs
    return _product_by_segment(x, ids, call.outputs[0], dy, first_size(call.outputs[0])), None


def _sorted_extreme_gradient(call: Any, dy: Any) -> Any:
    x, ids = call.inputs
    return _chosen_by_segment(x, ids, call.outputs[0], dy, first_size(call.outputs[0])), None


segment_max.grad(_sorted_extreme_gradient)
segment_min.grad(_sorted_extreme_gradient)
