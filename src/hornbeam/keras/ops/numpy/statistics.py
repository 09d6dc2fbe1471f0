"""Order statistics, histograms, correlations, differences."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.keras.ops.declare import numpy_op
from hornbeam.keras.ops.numpy.reductions import max_, min_, sum_
from hornbeam.keras.ops.numpy.shaping import moveaxis
from hornbeam.keras.ops.tensors import (
    axes_of,
    axis_of,
    cast,
    dims,
    dtype_of,
    inexact,
    numeric,
    promote,
    promote_inexact,
    rank,
    tensor,
)
from hornbeam.ops import arithmetic, compare, moving, numpy_arrays, numpy_statistics
from hornbeam.ops.counting import bincount as count_each
from hornbeam.ops.selecting import select_v2_op
from hornbeam.ops.shaping import reshape


def _axis(axis: Any, count: int) -> Any:
    return None if axis is None else axes_of(axis, count)


@numpy_op
def median(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The median: the mean of the two middle elements where their number is even."""
    x = inexact(x)
    return numpy_statistics.median(x, axis=_axis(axis, rank(x)), keepdims=keepdims)


@numpy_op
def nanmedian(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The median of what is not NaN; NaN where nothing is left."""
    x = inexact(x)
    return numpy_statistics.nanmedian(x, axis=_axis(axis, rank(x)), keepdims=keepdims)


def _quantile(op: Any, x: Any, q: Any, axis: Any, method: str, keepdims: bool, scale: float = 1) -> Any:
    x = inexact(x)
    at = tensor(q, dtype_of(x))
    if scale != 1:
        at = arithmetic.multiply(at, tensor(scale, dtype_of(x)))
    if method not in ("linear", "lower", "higher", "midpoint", "nearest"):
        raise ValueError("method can only be 'linear', 'lower', 'higher', 'midpoint', or 'nearest', not "
                         f"{method!r}")
    return op(x, at, axis=_axis(axis, rank(x)), method=method, keepdims=keepdims)


@numpy_op
def quantile(x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False) -> Any:
    """The quantiles `q` (in [0, 1]); of a vector `q`, along a new first dimension.

    method: what stands between two elements: "linear", "lower", "higher", "midpoint" or "nearest".
    """
    return _quantile(numpy_statistics.quantile, x, q, axis, method, keepdims)


@numpy_op
def percentile(x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False) -> Any:
    """As `quantile`, with `q` in percent."""
    return _quantile(numpy_statistics.quantile, x, q, axis, method, keepdims, 0.01)


@numpy_op
def nanquantile(x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False) -> Any:
    """As `quantile`, of what is not NaN."""
    return _quantile(numpy_statistics.nanquantile, x, q, axis, method, keepdims)


@numpy_op
def nanpercentile(x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False) -> Any:
    """As `percentile`, of what is not NaN."""
    return _quantile(numpy_statistics.nanquantile, x, q, axis, method, keepdims, 0.01)


# Counts -------------------------------------------------------------------------------------------------


@numpy_op
def bincount(x: Any, weights: Any = None, minlength: int = 0, sparse: bool = False) -> Any:
    """How often each number 0, 1, … stands in a vector, or in each row of a matrix of integers.

    weights: what each element counts. minlength: so many counts at least. Raises ValueError for `sparse`.
    """
    if sparse:
        raise ValueError("Unsupported value `sparse=True`: results are dense tensors.")
    x = cast(numeric(x), "int32")
    kind = "int32" if weights is None else dtype_of(tensor(weights))
    counted = None if weights is None else tensor(weights)
    if counted is not None and kind not in ("int32", "int64", "float32", "float64"):
        counted, kind = cast(counted, "int32" if "int" in kind else "float32"), kind
    return count_each(x, counted, minlength=int(minlength), axis=-1)


@numpy_op
def histogram(x: Any, bins: Any = 10, range: Any = None) -> Any:
    """How many elements fall into each part of `range` (by default from the smallest to the largest), and the edges.

    bins: the number of parts, or their ascending edges. Raises ValueError for a negative number of parts, and for a
    range that is none.
    """
    x = inexact(x)
    if isinstance(bins, (int, np.integer)) and bins < 0:
        raise ValueError(f"Argument `bins` should be a non-negative integer. Received: bins={bins}")
    if range is not None and len(range) != 2:
        raise ValueError(f"Argument `range` must be a tuple of two elements. Received: range={range}")
    if range is not None and range[1] < range[0]:
        raise ValueError(f"The second element of `range` must be greater than the first. Received: range={range}")
    if not isinstance(bins, (int, np.integer)):
        edges = promote_inexact(bins, x)[0]
        return numpy_statistics.histogram_of_edges(cast(x, dtype_of(edges)), edges), edges
    flat = reshape(x, [-1])
    if range is not None:
        low, high = (tensor(v, dtype_of(x)) for v in range)
    elif 0 in dims(x):
        low, high = tensor(0.0, dtype_of(x)), tensor(1.0, dtype_of(x))
    else:
        low, high = min_(flat), max_(flat)
    same = compare.equal_op(low, high)
    half = tensor(0.5, dtype_of(x))
    low, high = (select_v2_op(same, arithmetic.subtract(low, half), low),
                 select_v2_op(same, arithmetic.add_v2(high, half), high))
    return tuple(numpy_statistics.histogram(flat, low, high, bins=int(bins)))


# Correlations and polynomials ---------------------------------------------------------------------------


@numpy_op
def corrcoef(x: Any) -> Any:
    """The correlation coefficients of the rows."""
    return numpy_statistics.corrcoef(inexact(x))


@numpy_op
def correlate(x1: Any, x2: Any, mode: str = "valid") -> Any:
    """The cross-correlation of two vectors: "valid" where they overlap wholly, "same" as long as the longer, "full"."""
    x, y = promote(x1, x2)
    if mode not in ("valid", "same", "full"):
        raise ValueError(f"mode must be one of ['full', 'same', 'valid'], not {mode!r}")
    return numpy_statistics.correlate(numeric(x), numeric(y), mode=mode)


@numpy_op
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    """The powers of each element of a vector, N of them (as many as elements by default), as rows."""
    x = numeric(x)
    if rank(x) != 1:
        raise ValueError(f"Input tensor must be 1-D. Received: x.shape={dims(x)}")
    return numpy_arrays.vander(x, columns=N, increasing=increasing)


# Differences and integrals ------------------------------------------------------------------------------


def _cut(x: Any, axis: int, first: bool) -> Any:
    """Without the first element along a dimension, or without the last."""
    length = dims(x)[axis]
    begin = [int(first) if i == axis else 0 for i in range(rank(x))]
    if length is not None:
        count: Any = np.array([max(length - 1, 0) if i == axis else -1 for i in range(rank(x))], np.int32)
        return moving.slice_op(x, np.array(begin, np.int32), count)
    key = [slice(None)] * axis + [slice(1, None) if first else slice(None, -1)]
    return x[tuple(key)]


@numpy_op
def diff(a: Any, n: int = 1, axis: int = -1) -> Any:
    """The differences of neighbours along `axis`, taken `n` times; of truth values, whether they differ."""
    x = tensor(a)
    at = axis_of(axis, rank(x))
    if n < 0:
        raise ValueError(f"Order must be non-negative but got {n}")
    for _ in [None] * n:
        if dims(x)[at] == 0:
            return x
        later, sooner = _cut(x, at, True), _cut(x, at, False)
        x = compare.not_equal_op(later, sooner) if x.dtype.base_dtype.is_bool else arithmetic.subtract(later, sooner)
    return x


@numpy_op
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """The integral of samples `y` by trapezoids, taken at the places `x` or `dx` apart."""
    values = inexact(y)
    if x is None:
        values, gap = promote(values, dx)
        last = moveaxis(values, axis, -1)
        at = rank(last) - 1
    else:
        values, places = promote_inexact(values, x)
        last = moveaxis(values, axis, -1)
        at = rank(last) - 1
        gap = diff(moveaxis(places, axis, -1) if rank(places) == rank(values) else places)
    pairs = arithmetic.add_v2(_cut(last, at, True), _cut(last, at, False))
    return arithmetic.multiply(sum_(arithmetic.multiply(gap, pairs), -1), tensor(0.5, dtype_of(values)))

