"""Reductions over dimensions. `axis`: None for all, a number, or a tuple; negative ones count from the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.keras.dtypes import result_type
from hornbeam.keras.ops.declare import numpy_op
from hornbeam.keras.ops.numpy import binary
from hornbeam.keras.ops.numpy.elementwise import isnan
from hornbeam.keras.ops.tensors import (
    axes_of,
    axis_of,
    cast,
    dims,
    dtype_of,
    inexact,
    is_complex,
    is_exact,
    is_float,
    numeric,
    promote,
    rank,
    tensor,
    truth,
    vector,
)
from hornbeam.ops import arithmetic, compare, division, elementary, reduce
from hornbeam.ops.cumulative import cumprod_op, cumsum_op
from hornbeam.ops.selecting import select_v2_op
from hornbeam.ops.shaping import broadcast_like, expand_dims_op, reshape

_SMALL = {"bool": "int32", "int8": "int32", "int16": "int32", "uint8": "uint32", "uint16": "uint32"}


def _over(op: Callable[..., Any], x: Any, axis: Any, keepdims: bool) -> Any:
    return op(x, vector(axes_of(axis, rank(x))), keep_dims=bool(keepdims))


# Truth --------------------------------------------------------------------------------------------------


@numpy_op
def all_(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Whether all elements are true (or not 0)."""
    return _over(reduce.all_op, truth(x), axis, keepdims)


@numpy_op
def any_(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Whether an element is true (or not 0)."""
    return _over(reduce.any_op, truth(x), axis, keepdims)


@numpy_op
def count_nonzero(x: Any, axis: Any = None) -> Any:
    """How many elements are not 0, as int32."""
    return _over(reduce.sum_op, cast(truth(x), "int32"), axis, False)


# Sums and means -----------------------------------------------------------------------------------------


def _wide(x: Any) -> Any:
    """Small integers as 32-bit ones, which sums do not overflow so soon."""
    return cast(x, _SMALL.get(dtype_of(x), dtype_of(x)))


@numpy_op
def sum_(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The sum. Small integers and truth values are added as int32 or uint32."""
    return _over(reduce.sum_op, _wide(tensor(x)), axis, keepdims)


@numpy_op
def prod(x: Any, axis: Any = None, keepdims: bool = False, dtype: Any = None) -> Any:
    """The product, computed in `dtype` where one is given; else small integers as int32 or uint32."""
    x = tensor(x)
    return _over(reduce.prod_op, _wide(x) if dtype is None else cast(x, dtype), axis, keepdims)


@numpy_op
def mean(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The mean; of integers a float. Half precision is added up in float32."""
    x = inexact(x)
    wide = cast(x, result_type(dtype_of(x), "float32"))
    return cast(_over(reduce.mean_op, wide, axis, keepdims), dtype_of(x))


@numpy_op(config="axis")
def average(x: Any, axis: Any = None, weights: Any = None) -> Any:
    """The mean, with `weights` of the shape of `x` or, for one axis, a vector of its length.

    Raises ValueError where the weights fit neither.
    """
    if weights is None:
        return mean(x, axis)
    x, weights = promote(x, weights)
    x, weights = inexact(x), inexact(weights)
    if rank(weights) != rank(x):
        if axis is None:
            raise ValueError("Axis must be specified when shapes of a and weights differ.")
        if rank(weights) != 1:
            raise ValueError(f"1D weights expected when shapes of x and weights differ. x has shape {dims(x)}, "
                             f"weights {dims(weights)}")
        at = axis_of(axis[0] if isinstance(axis, (tuple, list)) else axis, rank(x))
        weights = reshape(weights, [-1 if i == at else 1 for i in range(rank(x))])
    total = sum_(broadcast_like(weights, x), axis)
    return division.real_div(sum_(arithmetic.multiply(x, weights), axis), total)


def _variance(x: Any, axis: Any, keepdims: bool) -> Any:
    """Of floats or complex numbers, at least in float32."""
    wide = cast(x, result_type(dtype_of(x), "float32"))
    centred = arithmetic.subtract(wide, _over(reduce.mean_op, wide, axis, True))
    return _over(reduce.mean_op, arithmetic.square(arithmetic.abs(centred) if is_complex(x) else centred), axis,
                 keepdims)


@numpy_op
def var(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The variance (of the population). Half precision is computed in float32."""
    x = inexact(x)
    return cast(_variance(x, axis, keepdims), dtype_of(x))


@numpy_op
def std(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The standard deviation (of the population)."""
    x = inexact(x)
    found = elementary.sqrt(_variance(x, axis, keepdims))
    return found if is_complex(x) else cast(found, dtype_of(x))


# Extremes -----------------------------------------------------------------------------------------------


def _extreme(op: Callable[..., Any], of_truths: Callable[..., Any], x: Any, axis: Any, keepdims: bool) -> Any:
    if x.dtype.base_dtype.is_bool:
        return _over(of_truths, x, axis, keepdims)
    axes = axes_of(axis, rank(x))
    if any(dims(x)[a] == 0 for a in axes):
        raise ValueError(f"zero-size array to reduction operation which has no identity: shape {dims(x)}, axis {axis}")
    return _over(op, x, axis, keepdims)


def _with_initial(x: Any, axis: Any, keepdims: bool, initial: Any, op: Any, of_truths: Any, choose: Any) -> Any:
    x = tensor(x)
    if initial is None:
        return _extreme(op, of_truths, x, axis, keepdims)
    return choose(_over(op, x, axis, keepdims), initial)


@numpy_op
def max_(x: Any, axis: Any = None, keepdims: bool = False, initial: Any = None) -> Any:
    """The largest element, at least `initial`. Raises ValueError for nothing to choose from."""
    return _with_initial(x, axis, keepdims, initial, reduce.max_op, reduce.any_op, binary.maximum)


@numpy_op
def min_(x: Any, axis: Any = None, keepdims: bool = False, initial: Any = None) -> Any:
    """The smallest element, at most `initial`. Raises ValueError for nothing to choose from."""
    return _with_initial(x, axis, keepdims, initial, reduce.min_op, reduce.all_op, binary.minimum)


@numpy_op
def amax(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The largest element."""
    return max_(x, axis, keepdims)


@numpy_op
def amin(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The smallest element."""
    return min_(x, axis, keepdims)


@numpy_op
def ptp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The largest element less the smallest."""
    return arithmetic.subtract(max_(x, axis, keepdims), min_(x, axis, keepdims))


def _place(op: Callable[..., Any], x: Any, axis: Any, keepdims: bool) -> Any:
    count = rank(x)
    if axis is None:
        found = op(reshape(x, [-1]), np.int32(0), output_type="int32")
        return reshape(found, [1] * count) if keepdims else found
    at = axis_of(axis, count)
    if not count:
        return op(reshape(x, [1]), np.int32(0), output_type="int32")
    found = op(x, np.int32(at), output_type="int32")
    return expand_dims_op(found, np.int32(at)) if keepdims else found


@numpy_op
def argmax(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Where the largest element stands, as int32: in the flattened tensor where `axis` is None."""
    return _place(reduce.argmax_op, tensor(x), axis, keepdims)


@numpy_op
def argmin(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Where the smallest element stands, as int32: in the flattened tensor where `axis` is None."""
    return _place(reduce.argmin_op, tensor(x), axis, keepdims)


# Running ------------------------------------------------------------------------------------------------


def _running(op: Callable[..., Any], x: Any, axis: Any, dtype: Any) -> Any:
    x = numeric(x) if dtype is None else cast(tensor(x), dtype)
    if axis is None:
        return op(reshape(x, [-1]), np.int32(0))
    return op(x, np.int32(axis_of(axis, rank(x))))


@numpy_op
def cumsum(x: Any, axis: Any = None, dtype: Any = None) -> Any:
    """The sum of the elements so far, of the flattened tensor where `axis` is None."""
    return _running(cumsum_op, x, axis, dtype)


@numpy_op
def cumprod(x: Any, axis: Any = None, dtype: Any = None) -> Any:
    """The product of the elements so far, of the flattened tensor where `axis` is None."""
    return _running(cumprod_op, x, axis, dtype)


# Of what is not NaN -------------------------------------------------------------------------------------


def _filled(x: Any, value: float) -> Any:
    return x if is_exact(x) else select_v2_op(isnan(x), tensor(value, dtype_of(x)), x)


def _cumulative(along: Any, x: Any, axis: Any, dtype: Any) -> Any:
    """`along` one axis, or one after the other where there are several."""
    if not isinstance(axis, (tuple, list)):
        return along(x, axis, dtype)
    for one in axis:
        x = along(x, one, dtype)
    return x


@numpy_op
def nancumsum(x: Any, axis: Any = None, dtype: Any = None) -> Any:
    """`cumsum` with 0 for NaN."""
    return _cumulative(cumsum, _filled(tensor(x), 0), axis, dtype)


@numpy_op
def nancumprod(x: Any, axis: Any = None, dtype: Any = None) -> Any:
    """`cumprod` with 1 for NaN."""
    return _cumulative(cumprod, _filled(tensor(x), 1), axis, dtype)


@numpy_op
def nansum(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The sum, with 0 for NaN."""
    return sum_(_filled(tensor(x), 0), axis, keepdims)


@numpy_op
def nanprod(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The product, with 1 for NaN."""
    return prod(_filled(tensor(x), 1), axis, keepdims)


def _count(x: Any, axis: Any, keepdims: bool) -> Any:
    there = cast(compare.logical_not(isnan(x)), dtype_of(x))
    return _over(reduce.sum_op, there, axis, keepdims)


@numpy_op
def nanmean(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The mean of what is not NaN; NaN where nothing is left."""
    x = inexact(x)
    return division.real_div(sum_(_filled(x, 0), axis, keepdims), _count(x, axis, keepdims))


@numpy_op
def nanvar(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The variance of what is not NaN; NaN where nothing is left."""
    x = inexact(x)
    wide = cast(x, result_type(dtype_of(x), "float32"))
    centred = arithmetic.subtract(wide, nanmean(wide, axis, True))
    square = arithmetic.square(_filled(centred, 0))
    return cast(division.real_div(_over(reduce.sum_op, square, axis, keepdims), _count(wide, axis, keepdims)),
                dtype_of(x))


@numpy_op
def nanstd(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The standard deviation of what is not NaN; NaN where nothing is left."""
    return elementary.sqrt(nanvar(x, axis, keepdims))


def _nan_extreme(x: Any, axis: Any, keepdims: bool, filler: float, choose: Any) -> Any:
    x = tensor(x)
    if not is_float(x):
        return choose(x, axis, keepdims)
    gone = all_(isnan(x), axis, keepdims)
    return select_v2_op(gone, tensor(np.nan, dtype_of(x)), choose(_filled(x, filler), axis, keepdims))


@numpy_op
def nanmax(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The largest element that is not NaN; NaN where nothing is left."""
    return _nan_extreme(x, axis, keepdims, -np.inf, max_)


@numpy_op
def nanmin(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The smallest element that is not NaN; NaN where nothing is left."""
    return _nan_extreme(x, axis, keepdims, np.inf, min_)


def _nan_place(x: Any, axis: Any, keepdims: bool, filler: float, find: Any) -> Any:
    x = tensor(x)
    found = find(_filled(x, filler), axis, keepdims)
    if not is_float(x):
        return found
    return select_v2_op(all_(isnan(x), axis, keepdims), np.int32(-1), found)


@numpy_op
def nanargmax(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Where the largest element that is not NaN stands; -1 where nothing is left."""
    return _nan_place(x, axis, keepdims, -np.inf, argmax)


@numpy_op
def nanargmin(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Where the smallest element that is not NaN stands; -1 where nothing is left."""
    return _nan_place(x, axis, keepdims, np.inf, argmin)
