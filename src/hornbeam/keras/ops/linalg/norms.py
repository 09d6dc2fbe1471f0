"""Norms of vectors and matrices."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from hornbeam.keras.ops.declare import linalg_op
from hornbeam.keras.ops.numpy.elementwise import absolute
from hornbeam.keras.ops.numpy.reductions import max_, min_, sum_
from hornbeam.keras.ops.numpy.shaping import moveaxis, squeeze
from hornbeam.keras.ops.tensors import axes_of, axis_of, cast, dims, dtype_of, inexact, rank, tensor
from hornbeam.ops import arithmetic, compare, elementary
from hornbeam.ops.decompositions import svd
from hornbeam.ops.shaping import expand_dims_op, reshape


def _squares(x: Any, axis: Any, keepdims: bool) -> Any:
    return elementary.sqrt(sum_(arithmetic.square(absolute(x)), axis, keepdims))


def _of_vectors(x: Any, order: Any, axis: Any, keepdims: bool) -> Any:
    if order is None or order == 2:
        return _squares(x, axis, keepdims)
    size = absolute(x)
    if order == math.inf:
        return max_(size, axis, keepdims)
    if order == -math.inf:
        return min_(size, axis, keepdims)
    if order == 0:
        there = compare.not_equal_op(size, tensor(0, dtype_of(size)))
        return sum_(cast(there, dtype_of(size)), axis, keepdims)
    if order == 1:
        return sum_(size, axis, keepdims)
    if isinstance(order, str):
        raise ValueError(f"Invalid `ord` argument for vector norm. Received: ord={order}")
    power = tensor(order, dtype_of(size))
    return arithmetic.pow_op(sum_(arithmetic.pow_op(size, power), axis, keepdims), tensor(1 / order, dtype_of(size)))


def _of_matrices(x: Any, order: Any, axes: tuple[int, int], keepdims: bool) -> Any:
    rows, columns = axes
    if order in (None, "fro"):
        return _squares(x, axes, keepdims)
    if order in (1, -1, math.inf, -math.inf):
        along, over = (rows, columns) if abs(order) == 1 else (columns, rows)
        total = sum_(absolute(x), along, True)
        found = (max_ if order > 0 else min_)(total, over, True)
        return found if keepdims else squeeze(found, axes)
    if order not in ("nuc", 2, -2):
        raise ValueError(f"Invalid `ord` argument for matrix norm. Received: ord={order}")
    values = svd(moveaxis(x, (rows, columns), (-2, -1)), compute_uv=False)
    found = sum_(values, -1) if order == "nuc" else (max_ if order == 2 else min_)(values, -1)
    if not keepdims:
        return found
    for at in sorted(axes):
        found = expand_dims_op(found, np.int32(at))
    return found


@linalg_op
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """The norm of vectors (one axis) or matrices (two); of the flattened tensor where neither axis nor order is given.

    ord: for vectors a number, ±inf or 0; for matrices "fro", "nuc", ±1, ±2, ±inf. By default the root of the sum of
    squares. Raises ValueError for other orders and for more axes.
    """
    x = inexact(x)
    count = rank(x)
    if axis is None:
        if ord is None or (ord == 2 and count == 1):
            found = _squares(reshape(x, [-1]), 0, False)
            return reshape(found, [1] * count) if keepdims else found
        axis = tuple(range(count))
    axes = (axis_of(axis, count),) if isinstance(axis, (int, np.integer)) else axes_of(axis, count)
    if len(axes) == 1:
        return _of_vectors(x, ord, axes[0], keepdims)
    if len(axes) == 2:
        return _of_matrices(x, ord, (axes[0], axes[1]), keepdims)
    if ord is None:
        return _squares(x, axes, keepdims)
    raise ValueError(f"Improper number of axes for norm. Received: ord={ord}, axis={axis}, x.shape={dims(x)}")
