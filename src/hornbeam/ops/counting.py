"""Counting and ranking: the largest k, bins, histograms, confusion matrices, and evenly spaced numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp
from hornbeam.graph import dtypes
from hornbeam.graph.call import composite
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import FLOATS, INDEX, NUMERIC, REALS, never, op
from hornbeam.ops import array, rules
from hornbeam.ops.arithmetic import add_v2, maximum, minimum
from hornbeam.ops.casts import cast, cast_op
from hornbeam.ops.compare import equal_op, not_equal
from hornbeam.ops.division import real_div
from hornbeam.ops.reduce import array_size, reduce_max, reduce_sum
from hornbeam.ops.samples import Sample

COUNTS = never("counts")
PLACES = never("integer result")

# The largest k -------------------------------------------------------------------------------------


def _last(dims: Any, k: int | None) -> Any:
    if dims is None:
        return None
    if not dims:
        raise ShapeFault("Shape must be at least rank 1 but is rank 0", "input must be >= 1-D, got shape []")
    if k is not None and k < 0:
        raise ShapeFault(f"Need k >= 0, got {k}")
    if k is not None and dims[-1] is not None and dims[-1] < k:
        raise ShapeFault(f"input must have last dimension >= k = {k} but is {dims[-1]}",
                         f"input must have at least k columns. Had {dims[-1]}, needed {k}")
    return (*dims[:-1], k)


def _largest(x: Any, k: int, places: Any) -> Any:
    _last(jnp.shape(x), k)
    values, indices = jax.lax.top_k(x, k)
    return values, indices.astype(places)


@op("TopKV2", inputs="input: T, k: Tk static", outputs=("values", "indices"), T=REALS,
    Tk=(dtypes.int16, *INDEX), attr_types={"index_type": "type"},
    samples=lambda rng: [((rng.permutation(12).reshape(3, 4) / 3.0, np.asarray(2, np.int32)), {})])
def top_k_op(input, k, *, sorted: bool = True, index_type: Any = dtypes.int32):
    """The k largest elements of each row, falling, and where they stand."""
    return _largest(input, int(k), index_type.np_dtype)


@top_k_op.shape
def _(inputs, attrs):
    dims = _last(inputs[0].dims, None if inputs[1].value is None else int(inputs[1].value))
    return [(dims, inputs[0].dtype), (dims, attrs["index_type"])]


@op("TopK", inputs="input: T", outputs=("values", "indices"), T=REALS,
    samples=lambda rng: [((rng.permutation(12).reshape(3, 4) / 3.0,), {"k": 2})])
def top_k_v1(input, *, k: int, sorted: bool = True):
    """The k largest elements of each row, as old graphs spell it."""
    return _largest(input, k, np.int32)


@top_k_v1.shape
def _(inputs, attrs):
    dims = _last(inputs[0].dims, attrs["k"])
    return [(dims, inputs[0].dtype), (dims, dtypes.int32)]


@op("SpreadByPlace", inputs="dy: T, indices: Tindices, like: T", T=REALS, Tindices=(dtypes.int16, *INDEX),
    samples=lambda rng: [((rng.normal(size=(2, 2)), np.array([[0, 2], [1, 0]], np.int32), np.zeros((2, 3))), {})])
def spread_by_place(dy, indices, like):
    """Zeros like a tensor, with the elements of `dy` put where `indices` say, along the last dimension."""
    count = int(np.prod(dy.shape[:-1]))
    rows, places = jnp.reshape(dy, (count, dy.shape[-1])), jnp.reshape(indices, (count, dy.shape[-1]))
    out = jnp.zeros((count, like.shape[-1]), dy.dtype)
    return jnp.reshape(out.at[jnp.arange(count)[:, None], places].add(rows), like.shape)


@spread_by_place.shape
def _(inputs, attrs):
    return [(inputs[2].dims, inputs[0].dtype)]


@top_k_op.grad
def _(call, dy, _):
    return None if dy is None else spread_by_place(dy, call.outputs[1], call.inputs[0]), None


@top_k_v1.grad
def _(call, dy, _):
    return None if dy is None else spread_by_place(dy, call.outputs[1], call.inputs[0])


@public("math.top_k", "nn.top_k")
def top_k(input: Any, k: Any = 1, sorted: bool = True, index_type: Any = dtypes.int32, name: str | None = None) -> Any:
    """The k largest elements along the last dimension, falling, and where they stand: (values, indices).

    input: [..., n], n at least k. sorted: the order is the same either way. Of equals the first comes first.
    Raises ValueError or InvalidArgumentError where n is below k.

    >>> top_k([1., 9., 5.], 2).indices.numpy().tolist()
    [1, 2]
    """
    return top_k_op(input, k, sorted=sorted, index_type=index_type, name=name)


@op("InTopKV2", inputs="predictions: float32, targets: T, k: T", T=INDEX, differentiable=never("boolean result"),
    samples=lambda rng: [((rng.normal(size=(3, 4)).astype(np.float32), np.array([0, 3, 9], np.int32),
                           np.asarray(2, np.int32)), {})])
def in_top_k_op(predictions, targets, k):
    """Whether each target's prediction is among the k largest of its row; ties are."""
    return _among(predictions, targets, k)


@op("InTopK", inputs="predictions: float32, targets: T", T=INDEX, differentiable=never("boolean result"),
    samples=lambda rng: [((rng.normal(size=(3, 4)).astype(np.float32), np.array([0, 3, 9], np.int32)), {"k": 2})])
def in_top_k_v1(predictions, targets, *, k: int):
    """Whether each target's prediction is among the k largest of its row, as old graphs spell it."""
    return _among(predictions, targets, k)


def _among(predictions: Any, targets: Any, k: Any) -> Any:
    classes = predictions.shape[1]
    known = (targets >= 0) & (targets < classes)
    own = jnp.take_along_axis(predictions, jnp.clip(targets, 0, max(classes - 1, 0))[:, None].astype(jnp.int64), 1)
    above = jnp.sum(predictions > own, 1)
    return known & jnp.all(jnp.isfinite(predictions), 1) & (above < k)


def _among_shape(inputs: Any, attrs: dict[str, Any]) -> Any:
    predictions, targets = inputs[0].dims, inputs[1].dims
    for dims, rank in ((predictions, 2), (targets, 1)):
        if dims is not None and len(dims) != rank:
            raise ShapeFault(f"Shape must be rank {rank} but is rank {len(dims)}",
                             f"{'predictions' if rank == 2 else 'targets'} must be {rank}-dimensional")
    rows = [d[0] for d in (predictions, targets) if d is not None and d[0] is not None]
    if len(set(rows)) > 1:
        raise ShapeFault(f"Dimensions must be equal, but are {rows[0]} and {rows[1]}",
                         f"First dimension of predictions {rows[0]} must match length of targets {rows[1]}")
    return [((rows[0] if rows else None,), dtypes.bool)]


in_top_k_op.shape(_among_shape)
in_top_k_v1.shape(_among_shape)


@public(v2=("math.in_top_k", "nn.in_top_k"))
@composite("in_top_k")
def in_top_k(targets: Any, predictions: Any, k: Any, name: str | None = None) -> Any:
    """Whether each target is among the k most likely classes of its row: bool [n]. Ties at the border are.

    targets: int [n]; one outside the classes is not. predictions: float32 [n, classes]; a row that holds infinity or
    NaN gives false.
    """
    return in_top_k_op(predictions, targets, k)


def _approximate_samples(rng: np.random.Generator) -> list[Sample]:
    return [((rng.permutation(12).reshape(3, 4).astype(np.float32),), {"k": 2}),
            ((rng.permutation(12).reshape(3, 4).astype(np.float32),), {"k": 1, "is_max_k": False,
                                                                      "reduction_dimension": 0})]


@op("ApproxTopK", inputs="input: T", outputs=("values", "indices"), names=("approx_top_k",),
    T=(dtypes.bfloat16, dtypes.float16, dtypes.float32), samples=_approximate_samples)
def approx_top_k(input, *, k: int, reduction_dimension: int = -1, recall_target: float = 0.95,
                 is_max_k: bool = True, reduction_input_size_override: int = -1, aggregate_to_topk: bool = True):
    """The k largest or smallest elements along a dimension, and where they stand.

    A processor may miss some, no more than `recall_target` allows; this one finds all.
    """
    if not -input.ndim <= reduction_dimension < input.ndim:
        raise ShapeFault(f"reduction_dimension must be in the range [{-input.ndim}, {input.ndim}), but got "
                         f"{reduction_dimension}")
    _last((input.shape[reduction_dimension],), k)
    moved = jnp.moveaxis(input, reduction_dimension, -1)
    values, indices = jax.lax.top_k(moved if is_max_k else -moved, k)
    values = values if is_max_k else -values
    return jnp.moveaxis(values, -1, reduction_dimension), jnp.moveaxis(indices, -1, reduction_dimension)


@public("math.approx_max_k", "nn.approx_max_k")
def approx_max_k(operand: Any, k: int, reduction_dimension: int = -1, recall_target: float = 0.95,
                 reduction_input_size_override: int = -1, aggregate_to_topk: bool = True,
                 name: str | None = None) -> Any:
    """The k largest elements along a dimension, falling, and where they stand; see `approx_top_k`."""
    return approx_top_k(operand, k=k, reduction_dimension=reduction_dimension, recall_target=recall_target,
                        is_max_k=True, reduction_input_size_override=reduction_input_size_override,
                        aggregate_to_topk=aggregate_to_topk, name=name)


@public("math.approx_min_k", "nn.approx_min_k")
def approx_min_k(operand: Any, k: int, reduction_dimension: int = -1, recall_target: float = 0.95,
                 reduction_input_size_override: int = -1, aggregate_to_topk: bool = True,
                 name: str | None = None) -> Any:
    """The k smallest elements along a dimension, rising, and where they stand; see `approx_top_k`."""
    return approx_top_k(operand, k=k, reduction_dimension=reduction_dimension, recall_target=recall_target,
                        is_max_k=False, reduction_input_size_override=reduction_input_size_override,
                        aggregate_to_topk=aggregate_to_topk, name=name)


# Bins ----------------------------------------------------------------------------------------------


def _bin_samples(rng: np.random.Generator) -> list[Sample]:
    arr, size = np.array([1, 3, 1, 9], np.int32), np.asarray(4, np.int32)
    return [((arr, size, np.zeros(0, np.float32)), {}), ((arr, size, rng.normal(size=4)), {}),
            ((arr.reshape(2, 2), size, np.zeros(0, np.int64)), {"binary_output": True})]


_WEIGHTS = (dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64)


@op("DenseBincount", inputs="input: Tidx, size: Tidx static, weights: T", Tidx=INDEX, T=_WEIGHTS,
    differentiable=COUNTS, samples=_bin_samples)
def dense_bincount(input, size, weights, *, binary_output: bool = False):
    """How often each of 0 … size - 1 stands in a vector, or in each row of a matrix; weighted where weights are."""
    bins = int(size)
    rows = jnp.reshape(input, (1, -1) if input.ndim < 2 else input.shape)
    each = jnp.ones(rows.shape, weights.dtype) if weights.size == 0 else jnp.reshape(weights, rows.shape)
    out = jnp.zeros((rows.shape[0], bins), weights.dtype)
    if bins == 0:
        return jnp.reshape(out, (0,) if input.ndim < 2 else out.shape)
    places = (jnp.arange(rows.shape[0])[:, None], jnp.where(rows < 0, bins, rows))
    out = out.at[places].max(jnp.ones((), weights.dtype), mode="drop") if binary_output else \
        out.at[places].add(each, mode="drop")
    return jnp.reshape(out, (bins,) if input.ndim < 2 else out.shape)


@dense_bincount.shape
def _(inputs, attrs):
    dims, size = inputs[0].dims, inputs[1].value
    bins = None if size is None else int(size)
    if bins is not None and bins < 0:
        raise ShapeFault(f"size ({bins}) must be non-negative")
    if dims is None:
        return [(None, inputs[2].dtype)]
    return [((bins,) if len(dims) < 2 else (dims[0], bins), inputs[2].dtype)]


@dense_bincount.check
def _(input, size, weights, *, binary_output=False):
    return (jnp.zeros((), bool) if input.size == 0 else jnp.any(input < 0)), []


@dense_bincount.message
def _(numbers, inputs, attrs):
    return "Input arr must be non-negative!"


@op("Bincount", inputs="arr: int32, size: int32 static, weights: T", T=_WEIGHTS, differentiable=COUNTS,
    samples=lambda rng: _bin_samples(rng)[:2])
def bincount_op(arr, size, weights):
    """How often each of 0 … size - 1 stands in a tensor, as old graphs spell it."""
    return dense_bincount.function(jnp.reshape(arr, -1), size, jnp.reshape(weights, -1))


@bincount_op.shape
def _(inputs, attrs):
    size = inputs[1].value
    if size is not None and (np.ndim(size) or size < 0):
        raise ShapeFault(f"size must be a non-negative scalar, not {np.asarray(size).tolist()}")
    return [((None if size is None else int(size),), inputs[2].dtype)]


@public(v2=("math.bincount",))
@composite("bincount")
def bincount(arr: Any, weights: Any = None, minlength: Any = None, maxlength: Any = None, dtype: Any = dtypes.int32,
             name: str | None = None, axis: Any = None, binary_output: bool = False) -> Any:
    """How often each number 0, 1, … stands in a tensor of integers.

    weights: what each element counts, of the shape of `arr`; the result has its dtype, else `dtype`. minlength,
    maxlength: bounds for the number of bins, which is one more than the largest number by default. axis: None or 0
    count the whole tensor, -1 each row of a matrix. binary_output: 1 for what stands there at all. Raises
    InvalidArgumentError for negative numbers, ValueError for other axes.

    >>> bincount([1, 1, 4]).numpy().tolist()
    [0, 2, 0, 0, 1]
    """
    arr = array.convert(arr, name="arr")
    if axis not in (None, 0, -1):
        raise ValueError(f"Unsupported value for argument axis={axis}. Only 0 and -1 are currently supported.")
    if weights is not None and binary_output:
        raise ValueError("Arguments `binary_output` and `weights` are mutually exclusive. Please specify only one.")
    if arr.dtype.base_dtype not in INDEX:
        arr = cast(arr, dtypes.int32)
    kind = arr.dtype.base_dtype
    rows = axis == -1 and not (arr.dims is not None and len(arr.dims) < 2)
    flat = arr if rows else array.reshape_op(arr, np.array([-1], np.int32))
    counted = array.convert(np.zeros(0, dtypes.as_dtype(dtype).np_dtype)) if weights is None else array.convert(weights)
    if weights is not None and not rows:
        counted = array.reshape_op(counted, np.array([-1], np.int32))
    size = maximum(add_v2(reduce_max(flat), 1), 0) if arr.dims is None or 0 not in arr.dims else array.constant(0, kind)
    # Of an empty tensor the largest element is the lowest number there is: one more, cut at 0, is no bin.
    if minlength is not None:
        size = maximum(cast(minlength, kind), size)
    if maxlength is not None:
        size = minimum(cast(maxlength, kind), size)
    return dense_bincount(flat, size, counted, binary_output=binary_output)


def two_ends(dims: Any) -> None:
    """Raise ShapeFault for a range of values that is not a vector of two."""
    if dims is not None and (len(dims) != 1 or dims[0] not in (2, None)):
        raise ShapeFault(f"Shape of value_range must be [2] but is {rules.text(dims)}",
                         f"value_range should be a vector of two elements, got shape {rules.text(dims)}")


@op("HistogramFixedWidth", inputs="values: T, value_range: T, nbins: int32 static", T=_WEIGHTS,
    attr_types={"dtype": "type"}, differentiable=COUNTS,
    samples=lambda rng: [((rng.normal(size=9), np.array([-1.0, 1.0]), np.asarray(5, np.int32)), {})])
def histogram_op(values, value_range, nbins, *, dtype: Any = dtypes.int32):
    """How many values lie in each of equally wide bins; what lies outside counts for the first or last."""
    bins = int(nbins)
    low, width = value_range[0].astype(jnp.float64), (value_range[1] - value_range[0]).astype(jnp.float64) / bins
    places = jnp.clip(jnp.floor((values.astype(jnp.float64) - low) / width), 0, bins - 1).astype(jnp.int64)
    return jnp.zeros((bins,), dtype.np_dtype).at[jnp.reshape(places, -1)].add(jnp.ones((), dtype.np_dtype))


@histogram_op.shape
def _(inputs, attrs):
    bins = inputs[2].value
    two_ends(inputs[1].dims)
    if bins is not None and int(bins) <= 0:
        raise ShapeFault(f"Requires nbins > 0: {int(bins)}",
                         f"nbins should be a positive number, but got '{int(bins)}'")
    return [((None if bins is None else int(bins),), attrs["dtype"])]


@histogram_op.check
def _(values, value_range, nbins, *, dtype=dtypes.int32):
    ordered = value_range[0] < value_range[1]
    return ~ordered | jnp.any(jnp.isnan(values)), [value_range[0], value_range[1]]


@histogram_op.message
def _(numbers, inputs, attrs):
    if numbers[0] < numbers[1]:
        return "Histogram values must not contain NaN"
    return ("value_range should satisfy value_range[0] < value_range[1], but got "
            f"'[{float(numbers[0]):g}, {float(numbers[1]):g}]'")


@public("histogram_fixed_width")
def histogram_fixed_width(values: Any, value_range: Any, nbins: Any = 100, dtype: Any = dtypes.int32,
                          name: str | None = None) -> Any:
    """How many values lie in each of `nbins` equally wide bins between the two ends of `value_range`.

    What lies outside counts for the first or the last bin. Raises InvalidArgumentError where the first end is not
    below the second, or `nbins` is not positive.

    >>> histogram_fixed_width([-1., 0., 1.5, 2., 5., 15.], [0., 5.], 5).numpy().tolist()
    [2, 1, 1, 0, 2]
    """
    return histogram_op(values, value_range, nbins, dtype=dtype, name=name or "histogram_fixed_width")


@public("histogram_fixed_width_bins")
@composite("histogram_fixed_width_bins")
def histogram_fixed_width_bins(values: Any, value_range: Any, nbins: Any = 100, dtype: Any = dtypes.int32,
                               name: str | None = None) -> Any:
    """In which of `nbins` equally wide bins each value lies: the shape of `values`.

    What lies outside counts for the first or the last bin. dtype: of the result.
    """
    values = array.convert(values)
    ends = array.convert(value_range, None if hasattr(value_range, "dtype") else values.dtype.base_dtype)
    return bins_of(values, ends, nbins, dtype=dtype)


@op("BinsOf", inputs="values: T, value_range: T, nbins: int32", T=REALS, attr_types={"dtype": "type"},
    differentiable=PLACES,
    samples=lambda rng: [((rng.normal(size=9), np.array([-1.0, 1.0]), np.asarray(5, np.int32)), {})])
def bins_of(values, value_range, nbins, *, dtype: Any = dtypes.int32):
    """In which of equally wide bins each value lies."""
    kind = values.dtype if jnp.issubdtype(values.dtype, jnp.floating) else jnp.float64
    low, high = value_range[0].astype(kind), value_range[1].astype(kind)
    scaled = (values.astype(kind) - low) / (high - low)
    places = jnp.floor(scaled * nbins.astype(kind))
    return jnp.clip(places, 0, (nbins - 1).astype(kind)).astype(dtype.np_dtype)


@bins_of.shape
def _(inputs, attrs):
    two_ends(inputs[1].dims)
    return [(inputs[0].dims, attrs["dtype"])]


@op("Bucketize", inputs="input: T", T=_WEIGHTS, differentiable=PLACES,
    samples=lambda rng: [((rng.normal(size=(2, 3)),), {"boundaries": (-0.5, 0.0, 0.5)})])
def bucketize(input, *, boundaries: Any):
    """Between which of the rising boundaries each value lies: 0 below the first, their number from the last on."""
    edges = jnp.asarray(np.asarray(boundaries, np.float32), jnp.float64)
    return jnp.searchsorted(edges, input.astype(jnp.float64), side="right").astype(jnp.int32)


@op("ConfusionMatrix", inputs="labels: int64, predictions: int64, num_classes: int64 static, weights: T",
    T=NUMERIC, differentiable=COUNTS,
    samples=lambda rng: [((np.array([0, 1, 1]), np.array([0, 2, 2]), np.asarray(3), np.ones(3)), {})])
def confusion_matrix_op(labels, predictions, num_classes, weights):
    """The sum of weights of each pair of a label (row) and a prediction (column)."""
    size = int(num_classes)
    out = jnp.zeros((size, size), weights.dtype)
    if size == 0:
        return out
    return out.at[labels, predictions].add(jnp.broadcast_to(weights, labels.shape), mode="drop")


@confusion_matrix_op.check
def _(labels, predictions, num_classes, weights):
    if labels.size == 0:
        return jnp.zeros((), bool), []
    size = int(num_classes)
    lowest = jnp.minimum(jnp.min(labels), jnp.min(predictions))
    label, prediction = jnp.max(labels), jnp.max(predictions)
    return (lowest < 0) | (label >= size) | (prediction >= size), [lowest, label, prediction, size]


@confusion_matrix_op.message
def _(numbers, inputs, attrs):
    lowest, label, prediction, size = (int(n) for n in numbers[:4])
    if lowest < 0:
        return f"`labels` and `predictions` contain negative values: {lowest}"
    kind, value = ("labels", label) if label >= size else ("predictions", prediction)
    return f"`{kind}` out of bound: {value} is not in [0, {size})"


@public(v2=("math.confusion_matrix",))
@composite("confusion_matrix")
def confusion_matrix(labels: Any, predictions: Any, num_classes: Any = None, weights: Any = None,
                     dtype: Any = dtypes.int32, name: str | None = None) -> Any:
    """How often each label (row) was predicted as each class (column): [classes, classes].

    labels, predictions: integer vectors of one length, from 0 on. num_classes: one more than the largest of them by
    default. weights: what each pair counts. dtype: of the result. Raises InvalidArgumentError for numbers outside.

    >>> confusion_matrix([0, 1, 1], [0, 1, 0]).numpy().tolist()
    [[1, 0], [1, 1]]
    """
    labels = cast(_squeezed(array.convert(labels, name="labels"), predictions), dtypes.int64)
    predictions = cast(_squeezed(array.convert(predictions, name="predictions"), labels), dtypes.int64)
    if num_classes is None:
        num_classes = add_v2(maximum(reduce_max(predictions), reduce_max(labels)), 1)
    wanted = dtypes.as_dtype(dtype)
    each = array.constant(1, wanted) if weights is None else cast(array.convert(weights), wanted)
    return confusion_matrix_op(labels, predictions, cast(num_classes, dtypes.int64), each)


def _squeezed(x: Any, other: Any) -> Any:
    """A column beside a vector, as a vector."""
    rank = np.ndim(other) if not hasattr(other, "dims") else None if other.dims is None else len(other.dims)
    if x.dims is not None and len(x.dims) == 2 and x.dims[1] == 1 and rank == 1:
        return array.reshape_op(x, np.array([-1], np.int32))
    return x


# Zeros and others ----------------------------------------------------------------------------------


@public(v2=("math.count_nonzero",))
@composite("count_nonzero")
def count_nonzero(input: Any, axis: Any = None, keepdims: bool | None = None, dtype: Any = dtypes.int64,
                  name: str | None = None) -> Any:
    """How many elements over dimensions are not zero; of strings, not empty.

    axis: the dimensions, all by default. keepdims: they stay, with size 1. dtype: of the result.

    >>> count_nonzero([[0, 1], [2, 3]]).numpy().item()
    3
    """
    x = array.convert(input, name="input")
    empty: Any = b"" if x.dtype.base_dtype is dtypes.string else np.zeros((), x.dtype.base_dtype.np_dtype)
    counted = cast_op(not_equal(x, array.convert(empty, x.dtype.base_dtype)), DstT=dtypes.int64)
    return cast(reduce_sum(counted, axis, bool(keepdims)), dtype)


@public("math.zero_fraction", "nn.zero_fraction")
@composite("zero_fraction")
def zero_fraction(value: Any, name: str | None = None) -> Any:
    """Which part of a tensor's elements is zero: a float32 scalar; NaN of a tensor without elements."""
    x = array.convert(value, name="value")
    zeros = reduce_sum(cast_op(equal_op(x, np.zeros((), x.dtype.base_dtype.np_dtype)), DstT=dtypes.float32))
    return real_div(zeros, array_size(x, dtypes.float32))


# Evenly spaced -------------------------------------------------------------------------------------


@op("LinSpace", inputs="start: T, stop: T, num: Tidx static", T=FLOATS, Tidx=INDEX,
    samples=lambda rng: [((np.asarray(0.0), np.asarray(2.0), np.asarray(5, np.int32)), {}),
                         ((rng.normal(size=3), rng.normal(size=3), np.asarray(4, np.int32)), {"axis": 1})])
def linspace_op(start, stop, num, *, axis: int = 0):
    """`num` evenly spaced numbers from `start` to `stop`, both included, along a new axis."""
    count = int(num)
    if count < 0:
        raise ShapeFault(f"Requires num >= 0: {count}")
    start, stop = jnp.broadcast_arrays(start, stop)
    shape = [1] * (start.ndim + 1)
    at = axis % (start.ndim + 1)
    shape[at] = count
    steps = jnp.reshape(jnp.arange(count).astype(start.dtype), shape)
    first, last = jnp.expand_dims(start, at), jnp.expand_dims(stop, at)
    if count <= 1:
        return jnp.broadcast_to(first, [*start.shape[:at], count, *start.shape[at:]])
    inner = first + (last - first) / (count - 1) * steps
    return jnp.where(jnp.reshape(jnp.arange(count), shape) == count - 1, last, inner).astype(start.dtype)


@linspace_op.shape
def _(inputs, attrs):
    ends = rules.broadcast_dims([i.dims for i in inputs[:2]])
    if ends is None:
        return [(None, inputs[0].dtype)]
    rank, axis = len(ends) + 1, attrs["axis"]
    if not -rank <= axis < rank:
        raise ShapeFault(f"axis {axis} is out of range for {rank} dimensions")
    if inputs[2].dims not in (None, ()):
        raise ShapeFault(f"Shape must be rank 0 but is rank {len(inputs[2].dims)}",
                         f"num must be a scalar, not shape {rules.text(inputs[2].dims)}")
    count = None if inputs[2].value is None else int(inputs[2].value)
    if count is not None and count < 0:
        raise ShapeFault(f"Requires num >= 0: {count}")
    at = axis % rank
    return [((*ends[:at], count, *ends[at:]), inputs[0].dtype)]


@public("linspace", v1=("lin_space",))
def linspace(start: Any, stop: Any, num: Any, name: str | None = None, axis: int = 0) -> Any:
    """`num` evenly spaced numbers from `start` to `stop`, both included.

    start, stop: floats or integers (which give float64) of one dtype and shape. axis: where the new dimension stands
    in the result. Raises InvalidArgumentError where `num` is negative.

    >>> linspace(0., 1., 5).numpy().tolist()
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    start = array.convert(start, name="start")
    stop = array.convert(stop, None if hasattr(stop, "dtype") else start.dtype.base_dtype, name="stop")
    if start.dtype.base_dtype.is_integer:
        start, stop = cast(start, dtypes.float64), cast(stop, dtypes.float64)
    return linspace_op(start, stop, num, axis=axis, name=name or "linspace")
