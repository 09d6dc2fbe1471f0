"""Reductions: sums, means, extremes and truth over dimensions of a tensor, and where the extremes stand.

`axis` may be None (every dimension), a number, a list or a tensor; negative numbers count from the end. The axes of
the ops are inputs that must be known to compile.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp, lax
from hornbeam.graph import dtypes
from hornbeam.graph.call import composite, constant_node, graph_for, own_name
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import BOOL, INDEX, NUMERIC, REALS, never, op, registry
from hornbeam.ops import array, rules
from hornbeam.ops.arithmetic import add_v2, maximum, multiply, square, subtract
from hornbeam.ops.casts import cast_op, conj_op, real
from hornbeam.ops.compare import equal_op, is_finite, select
from hornbeam.ops.division import real_div
from hornbeam.ops.elementary import exp, log, sqrt
from hornbeam.ops.samples import along_axis, reductions

OLD = {"reduction_indices": "axis", "keep_dims": "keepdims"}
PLACES = never("integer result")


def axes_within(axis: Any, rank: int) -> tuple[int, ...]:
    """The reduced dimensions, none negative. Raises ShapeFault for what `rank` dimensions have not, or twice."""
    found = []
    for a in np.reshape(axis, -1):
        if not -rank <= a < rank:
            raise ShapeFault(f"Invalid reduction dimension {a} for input with {rank} dimensions.",
                             f"Invalid reduction dimension ({a} for input with {rank} dimension(s)")
        found.append(int(a) % rank)
    for a in found:
        if found.count(a) > 1:
            raise ShapeFault(f"Invalid reduction arguments: Axes contains duplicate dimension: {a}")
    return tuple(found)


def _reduced_dims(inputs: Any, keep: bool) -> Any:
    dims, axis = inputs[0].dims, inputs[1].value
    if dims is None:
        return None
    if axis is None:
        return (None,) * len(dims) if keep else None
    axes = axes_within(axis, len(dims))
    if keep:
        return tuple(1 if i in axes else d for i, d in enumerate(dims))
    return tuple(d for i, d in enumerate(dims) if i not in axes)


def reduced(inputs: Any, attrs: dict[str, Any]) -> Any:
    """Shape rule of a reduction: the first input without the dimensions that the second lists."""
    return [(_reduced_dims(inputs, attrs["keep_dims"]), inputs[0].dtype)]


def over(reduce: Any, x: Any, axis: Any, keep: bool) -> Any:
    """A reduction of lax over the listed dimensions; half floats are reduced as float32."""
    axes = axes_within(axis, jnp.ndim(x))
    half = x.dtype.itemsize == 2 and jnp.issubdtype(x.dtype, jnp.floating)
    result = reduce(x.astype(jnp.float32) if half else x, axes).astype(x.dtype)
    return lax.expand_dims(result, axes) if keep else result


# Sums and means ------------------------------------------------------------------------------------


@op("Sum", inputs="input: T, reduction_indices: Tidx static", T=NUMERIC, Tidx=INDEX, samples=reductions())
def sum_op(input, reduction_indices, *, keep_dims: bool = False):
    """The sum over dimensions."""
    return over(lax.reduce_sum, input, reduction_indices, keep_dims)


@sum_op.grad
def _(call, dy):
    return restored(call, dy), None


@op("Mean", inputs="input: T, reduction_indices: Tidx static", T=NUMERIC, Tidx=INDEX, samples=reductions())
def mean_op(input, reduction_indices, *, keep_dims: bool = False):
    """The mean over dimensions; of integers, rounded towards zero."""
    axes = axes_within(reduction_indices, jnp.ndim(input))
    if not jnp.issubdtype(input.dtype, jnp.integer):
        return jnp.mean(input, axes, keepdims=keep_dims).astype(input.dtype)
    total = jnp.sum(input, axes, keepdims=keep_dims, dtype=input.dtype)
    count = int(np.prod([input.shape[a] for a in axes]))
    return jax.lax.div(total, jnp.full(total.shape, max(count, 1), input.dtype))


@mean_op.grad
def _(call, dy):
    x, y = call.inputs[0], call.outputs[0]
    count = real_div(array_size(x, dy.dtype), maximum_of_one(array_size(y, dy.dtype)))
    return real_div(restored(call, dy), count), None


def maximum_of_one(count: Any) -> Any:
    """A count that may divide: at least 1."""
    return count if count.dtype.base_dtype.is_complex else maximum(count, 1)


@op("SizeAs", inputs="x: T", attr_types={"dtype": "type"},
    samples=lambda rng: [((rng.normal(size=(2, 3)),), {"dtype": "float32"})])
def size_as(x, *, dtype: Any):
    """The number of elements, in the given dtype."""
    return jnp.asarray(int(np.prod(jnp.shape(x))), dtype.np_dtype)


size_as.shape(lambda inputs, attrs: [((), attrs["dtype"])])


@size_as.grad
def _(call, dy):
    return None


def array_size(x: Any, dtype: Any) -> Any:
    """The number of elements of `x` as a scalar of `dtype`."""
    return size_as(x, dtype=dtype.base_dtype)


@op("RestoreReduced", inputs="dy: T, like: U, axis: Tidx static", Tidx=INDEX,
    samples=lambda rng: [((rng.normal(size=2), rng.normal(size=(2, 3)), np.array([1], np.int32)), {})])
def restore_reduced(dy, like, axis):
    """The gradient of a sum: `dy` with its reduced dimensions put back and broadcast to the shape of `like`."""
    shape = list(jnp.shape(like))
    for a in axes_within(axis, len(shape)):
        shape[a] = 1
    return jnp.broadcast_to(jnp.reshape(dy, shape), jnp.shape(like))


@restore_reduced.shape
def _(inputs, attrs):
    return [(inputs[1].dims, inputs[0].dtype)]


@restore_reduced.grad
def _(call, ddy):
    dy, _, axis = call.inputs
    return registry["Reshape"](sum_op(ddy, axis), registry["Shape"](dy)), None, None


def restored(call: Any, dy: Any) -> Any:
    """`dy` of a reduction, broadcast back to the shape of what was reduced."""
    return restore_reduced(dy, call.inputs[0], call.inputs[1])


@op("Prod", inputs="input: T, reduction_indices: Tidx static", T=NUMERIC, Tidx=INDEX, samples=reductions(0.5, 2))
def prod_op(input, reduction_indices, *, keep_dims: bool = False):
    """The product over dimensions. Its gradient is exact where factors are 0."""
    return over(lax.reduce_prod, input, reduction_indices, keep_dims)


@op("EuclideanNorm", inputs="input: T, reduction_indices: Tidx static", T=NUMERIC, Tidx=INDEX, samples=reductions())
def euclidean_norm_op(input, reduction_indices, *, keep_dims: bool = False):
    """The square root of the sum of squares over dimensions."""
    axes = axes_within(reduction_indices, jnp.ndim(input))
    if jnp.issubdtype(input.dtype, jnp.integer):
        squares = jnp.sum(input * input, axes, keepdims=keep_dims, dtype=input.dtype)
        return jnp.sqrt(squares.astype(jnp.float64)).astype(input.dtype)
    squares = jnp.sum(input * jnp.conj(input), axes, keepdims=keep_dims, dtype=input.dtype)
    return jnp.sqrt(squares)


@euclidean_norm_op.grad
def _(call, dy):
    return multiply(call.inputs[0], restored(call, real_div(dy, call.outputs[0]))), None


# Extremes ------------------------------------------------------------------------------------------


@op("Max", inputs="input: T, reduction_indices: Tidx static", T=REALS, Tidx=INDEX, samples=reductions())
def max_op(input, reduction_indices, *, keep_dims: bool = False):
    """The largest element over dimensions; of none, the lowest value there is."""
    return over(lax.reduce_max, input, reduction_indices, keep_dims)


@op("Min", inputs="input: T, reduction_indices: Tidx static", T=REALS, Tidx=INDEX, samples=reductions())
def min_op(input, reduction_indices, *, keep_dims: bool = False):
    """The smallest element over dimensions; of none, the highest value there is."""
    return over(lax.reduce_min, input, reduction_indices, keep_dims)


def _extreme_gradient(call: Any, dy: Any) -> Any:
    """Shared equally by the elements that are as extreme."""
    x, axis = call.inputs
    chosen = cast_op(equal_op(restored(call, call.outputs[0]), x), DstT=dy.dtype.base_dtype)
    count = restore_reduced(sum_op(chosen, axis), x, axis)
    return multiply(real_div(chosen, count), restored(call, dy)), None


max_op.grad(_extreme_gradient)
min_op.grad(_extreme_gradient)


# Truth ---------------------------------------------------------------------------------------------


def _truth_samples(rng: np.random.Generator) -> Any:
    x = rng.random((2, 3)) < 0.7
    return [((x, np.array([1], np.int32)), {}), ((x, np.array([0, 1], np.int32)), {"keep_dims": True})]


@op("All", inputs="input: bool, reduction_indices: Tidx static", Tidx=INDEX, differentiable=never("boolean result"),
    samples=_truth_samples)
def all_op(input, reduction_indices, *, keep_dims: bool = False):
    """Whether all elements over dimensions are true; of none, true."""
    return over(lax.reduce_and, input, reduction_indices, keep_dims)


@op("Any", inputs="input: bool, reduction_indices: Tidx static", Tidx=INDEX, differentiable=never("boolean result"),
    samples=_truth_samples)
def any_op(input, reduction_indices, *, keep_dims: bool = False):
    """Whether some element over dimensions is true; of none, false."""
    return over(lax.reduce_or, input, reduction_indices, keep_dims)


for _reduction in (sum_op, mean_op, prod_op, euclidean_norm_op, max_op, min_op, all_op, any_op):
    _reduction.shape(reduced)


# The functions -------------------------------------------------------------------------------------


def every_axis(x: Any, axis: Any) -> Any:
    """`axis`, or where it is None every dimension of `x`, as a constant where the rank is known."""
    if axis is not None:
        return np.zeros(0, np.int32) if isinstance(axis, (list, tuple)) and not axis else axis
    if x.dims is None:
        return registry["Range"](0, registry["Rank"](x), 1, name="range")
    axes = np.arange(len(x.dims), dtype=np.int32)
    graph = graph_for(x)
    if graph is None:
        return axes
    scope = graph.get_name_scope()
    return constant_node(graph, axes, f"{scope}/Const" if scope else "Const")


def _reduce(kind: Any, input_tensor: Any, axis: Any, keepdims: Any, name: str | None) -> Any:
    empty = isinstance(input_tensor, (list, tuple)) and not input_tensor  # an empty list is of any dtype
    x = array.convert(input_tensor, dtypes.bool if empty and kind in (all_op, any_op) else None, name="input_tensor")
    axes = every_axis(x, axis)
    return kind(x, axes, keep_dims=True, name=name) if keepdims else kind(x, axes, name=name)


@public("reduce_sum", "math.reduce_sum", old_arguments=OLD)
def reduce_sum(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """The sum over dimensions, in the dtype of the input.

    axis: the dimensions, all by default. keepdims: they stay, with size 1. Raises ValueError or
    InvalidArgumentError for a dimension that is not there.

    >>> reduce_sum([[1, 2], [3, 4]], 0).numpy().tolist()
    [4, 6]
    """
    return _reduce(sum_op, input_tensor, axis, keepdims, name)


@public("reduce_mean", "math.reduce_mean", old_arguments=OLD)
def reduce_mean(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """The mean over dimensions, in the dtype of the input: of integers rounded towards zero.

    axis: the dimensions, all by default. keepdims: they stay, with size 1.

    >>> reduce_mean([1., 2., 6.]).numpy().item()
    3.0
    """
    return _reduce(mean_op, input_tensor, axis, keepdims, name)


@public("reduce_prod", "math.reduce_prod", old_arguments=OLD)
def reduce_prod(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """The product over dimensions, in the dtype of the input.

    axis: the dimensions, all by default. keepdims: they stay, with size 1.
    """
    return _reduce(prod_op, input_tensor, axis, keepdims, name)


@public("reduce_max", "math.reduce_max", old_arguments=OLD)
def reduce_max(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """The largest element over dimensions. Equal largest elements share the gradient.

    axis: the dimensions, all by default. keepdims: they stay, with size 1.
    """
    return _reduce(max_op, input_tensor, axis, keepdims, name)


@public("reduce_min", "math.reduce_min", old_arguments=OLD)
def reduce_min(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """The smallest element over dimensions. Equal smallest elements share the gradient.

    axis: the dimensions, all by default. keepdims: they stay, with size 1.
    """
    return _reduce(min_op, input_tensor, axis, keepdims, name)


@public("reduce_all", "math.reduce_all", old_arguments=OLD)
def reduce_all(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """Whether all elements over dimensions are true.

    input_tensor: bool. axis: the dimensions, all by default. keepdims: they stay, with size 1.
    """
    return _reduce(all_op, input_tensor, axis, keepdims, name)


@public("reduce_any", "math.reduce_any", old_arguments=OLD)
def reduce_any(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """Whether some element over dimensions is true.

    input_tensor: bool. axis: the dimensions, all by default. keepdims: they stay, with size 1.
    """
    return _reduce(any_op, input_tensor, axis, keepdims, name)


@public("math.reduce_euclidean_norm")
def reduce_euclidean_norm(input_tensor: Any, axis: Any = None, keepdims: bool = False,
                          name: str | None = None) -> Any:
    """The square root of the sum of squares over dimensions, in the dtype of the input.

    axis: the dimensions, all by default. keepdims: they stay, with size 1.
    """
    return _reduce(euclidean_norm_op, input_tensor, axis, keepdims, name)


@public("reduce_logsumexp", "math.reduce_logsumexp", old_arguments=OLD)
@composite("ReduceLogSumExp")
def reduce_logsumexp(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """log(sum(exp(x))) over dimensions, without overflow.

    input_tensor: floats. axis: the dimensions, all by default. keepdims: they stay, with size 1.
    """
    x = array.convert(input_tensor)
    top = reduce_max(x, axis, True)
    shift = registry["StopGradient"](select(is_finite(top), top, array.zeros_like(top)))
    total = log(reduce_sum(exp(subtract(x, shift)), axis, keepdims))
    if not keepdims:
        shift = registry["Reshape"](shift, registry["Shape"](total))
    return add_v2(total, shift, name=own_name())


@public("math.reduce_variance")
@composite("reduce_variance")
def reduce_variance(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """The mean of the squared distances from the mean, over dimensions. Complex numbers give real variances.

    input_tensor: floats or complex numbers; integers are refused with TypeError. axis: the dimensions, all by
    default. keepdims: they stay, with size 1.
    """
    x = array.convert(input_tensor)
    if x.dtype.base_dtype.is_integer:
        raise TypeError(f"Input must be either real or complex. Received integer type {x.dtype.name}.")
    apart = subtract(x, reduce_mean(x, axis, True), name="sub")
    if x.dtype.base_dtype.is_complex:
        squares = real(multiply(conj_op(apart), apart))
    else:
        squares = square(apart)
    return reduce_mean(squares, axis, keepdims)


@public("math.reduce_std")
@composite("reduce_std")
def reduce_std(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """The standard deviation over dimensions: the square root of `reduce_variance`.

    input_tensor: floats or complex numbers. axis: the dimensions, all by default. keepdims: they stay, with size 1.
    """
    return sqrt(reduce_variance(input_tensor, axis, keepdims))


# Where the extremes stand --------------------------------------------------------------------------


def _axis_within(dimension: Any, rank: int) -> int:
    axis = int(dimension)
    if not -rank <= axis < rank:
        raise ShapeFault(f"Dimension ({axis}) must be in the range [{-rank}, {rank}), where {rank} is the number of "
                         "dimensions in the input.",
                         f"Expected dimension in the range [{-rank}, {rank}), but got {axis}")
    return axis % rank


def _place_shape(inputs: Any, attrs: dict[str, Any]) -> Any:
    dims, axis = inputs[0].dims, inputs[1].value
    if dims is None:
        return [(None, attrs["output_type"])]
    if axis is None:
        return [((None,) * (len(dims) - 1), attrs["output_type"])]
    at = _axis_within(axis, len(dims))
    return [(dims[:at] + dims[at + 1:], attrs["output_type"])]


def _place(find: Any, x: Any, worst: Any, dimension: Any, output_type: Any) -> Any:
    axis = _axis_within(dimension, jnp.ndim(x))
    if x.shape[axis] == 0:
        raise ShapeFault(f"Reduction axis {axis} is empty in shape {rules.text(x.shape)}")
    if jnp.issubdtype(x.dtype, jnp.floating):
        x = jnp.where(jnp.isnan(x), jnp.asarray(worst, x.dtype), x)
    return find(x, axis).astype(output_type.np_dtype)


@op("ArgMax", inputs="input: T, dimension: Tidx static", T=REALS + BOOL, Tidx=(dtypes.int16, *INDEX),
    attr_types={"output_type": "type"}, differentiable=PLACES, samples=along_axis(output_type="int64"))
def argmax_op(input, dimension, *, output_type: Any = dtypes.int64):
    """Where the largest value stands along a dimension; the first of equals; NaN never."""
    return _place(jnp.argmax, input, -np.inf, dimension, output_type)


@op("ArgMin", inputs="input: T, dimension: Tidx static", T=REALS + BOOL, Tidx=INDEX,
    attr_types={"output_type": "type"}, differentiable=PLACES, samples=along_axis(output_type="int64"))
def argmin_op(input, dimension, *, output_type: Any = dtypes.int64):
    """Where the smallest value stands along a dimension; the first of equals; NaN never."""
    return _place(jnp.argmin, input, np.inf, dimension, output_type)


argmax_op.shape(_place_shape)
argmin_op.shape(_place_shape)


@public(v2=("argmax", "math.argmax"))
def argmax(input: Any, axis: Any = None, output_type: Any = dtypes.int64, name: str | None = None) -> Any:
    """Where the largest value stands along `axis` (by default the first); the first of equals.

    output_type: the dtype of the places, int64, int32, int16 or uint16. Raises ValueError or InvalidArgumentError
    where the input has no such dimension.

    >>> argmax([[1, 5, 2], [7, 0, 7]], 1).numpy().tolist()
    [1, 0]
    """
    return argmax_op(input, 0 if axis is None else axis, output_type=output_type, name=name)


@public(v2=("argmin", "math.argmin"))
def argmin(input: Any, axis: Any = None, output_type: Any = dtypes.int64, name: str | None = None) -> Any:
    """Where the smallest value stands along `axis` (by default the first); the first of equals.

    output_type: the dtype of the places, int64 or int32. Raises ValueError or InvalidArgumentError where the input
    has no such dimension.
    """
    return argmin_op(input, 0 if axis is None else axis, output_type=output_type, name=name)
