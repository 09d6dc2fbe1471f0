"""Norms of vectors and matrices, and tensors scaled to norm one."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.graph.call import composite, own_name
from hornbeam.graph.names import public
from hornbeam.graph.op import registry
from hornbeam.ops import array
from hornbeam.ops.arithmetic import abs, maximum, multiply, pow_op, square
from hornbeam.ops.casts import cast, conj, real
from hornbeam.ops.division import real_div
from hornbeam.ops.elementary import rsqrt, sqrt
from hornbeam.ops.reduce import reduce_max, reduce_sum

_VECTOR = "'euclidean', a positive number, or infinity"
_MATRIX = "'euclidean', 'fro', 1, 2 or infinity"


@public(v2=("norm", "linalg.norm"))
@composite("norm")
def norm(tensor: Any, ord: Any = "euclidean", axis: Any = None, keepdims: bool | None = None,
         name: str | None = None) -> Any:
    """The norm of vectors or matrices.

    axis: None takes the whole tensor as one vector, a number the vectors along that axis, a pair the matrices in
    these axes. ord: for vectors 'euclidean' (also 2), any positive number p for Σ|x|^p to the power 1/p, or infinity;
    for matrices 'euclidean' or 'fro', 1, 2 (the largest singular value) or infinity. keepdims: reduced dimensions
    stay, with size 1. Raises ValueError for other orders and axes.

    >>> norm([3., 4.]).numpy().item()
    5.0
    """
    axes = tuple(axis) if isinstance(axis, (list, tuple)) else axis
    of_matrices = isinstance(axes, tuple)
    if of_matrices:
        if len(axes) != 2:
            raise ValueError("'axis' must be None, an integer, or a tuple of 2 unique integers, got "
                             f"{axis!r}")
        if axes[0] == axes[1]:
            raise ValueError(f"'axis' must be None, an integer, or a tuple of 2 unique integers, got {axis!r}")
    _check_order(ord, of_matrices)
    x = array.convert(tensor)
    if ord in ("fro", "euclidean", 2) and not (ord == 2 and of_matrices):
        return _kept(sqrt(_squares(x, axes)), axes, keepdims)
    magnitudes = abs(x)
    if of_matrices:
        return _matrix_norm(x, magnitudes, ord, axes, keepdims)
    if ord == np.inf:
        return _kept(reduce_max(magnitudes, axes, True), axes, keepdims)
    if ord == 1:
        return _kept(reduce_sum(magnitudes, axes, True), axes, keepdims)
    total = reduce_sum(pow_op(magnitudes, ord), axes, True)
    return _kept(pow_op(total, 1.0 / float(ord)), axes, keepdims)


def _check_order(ord: Any, of_matrices: bool) -> None:
    if of_matrices:
        if ord not in ("euclidean", "fro", 1, 2, np.inf):
            raise ValueError(f"'ord' must be a supported matrix norm in {_MATRIX}, got {ord}.")
    elif ord == "fro" or (isinstance(ord, str) and ord != "euclidean") or (
            not isinstance(ord, str) and not ord > 0):
        raise ValueError(f"'ord' must be a supported vector norm: {_VECTOR}, got {ord}.")


def _squares(x: Any, axes: Any) -> Any:
    """Σ|x|², kept dimensions, in the dtype of x."""
    return reduce_sum(multiply(x, conj(x)), axes, True)


def _kept(x: Any, axes: Any, keepdims: bool | None) -> Any:
    if keepdims:
        return array.identity(x)
    dims = () if axes is None else axes if isinstance(axes, tuple) else (axes,)
    return registry["Squeeze"](x, squeeze_dims=tuple(int(d) for d in dims))


def _matrix_norm(x: Any, magnitudes: Any, ord: Any, axes: Any, keepdims: bool | None) -> Any:
    if ord == 2:
        rank = len(x.dims)
        pair = [a % rank for a in axes]
        order = [i for i in range(rank) if i not in pair] + pair
        values = registry["Svd"](registry["Transpose"](x, np.array(order, np.int32)), compute_uv=False)[0]
        top = reduce_max(values, -1, True)
        column = registry["ExpandDims"](top, -1)
        back = np.argsort(order).astype(np.int32)
        return _kept(registry["Transpose"](column, back), axes, keepdims)
    first, second = axes if ord == 1 else axes[::-1]
    sums = reduce_sum(magnitudes, first, True)
    return _kept(reduce_max(sums, second, True), axes, keepdims)


@public("linalg.normalize")
@composite("normalize")
def normalize(tensor: Any, ord: Any = "euclidean", axis: Any = None, name: str | None = None) -> Any:
    """A tensor over its norm, and the norm, dimensions kept: (normalised, norm). See `norm` for the arguments."""
    x = array.convert(tensor)
    size = cast(norm(x, ord, axis, True), x.dtype.base_dtype)
    return real_div(x, size), size


@public("math.l2_normalize", "linalg.l2_normalize", "nn.l2_normalize")
@composite("l2_normalize")
def l2_normalize(x: Any, axis: Any = None, epsilon: float = 1e-12, name: str | None = None, dim: Any = None) -> Any:
    """x / √max(Σ x², epsilon): vectors along `axis` scaled to Euclidean norm one.

    axis: one or several dimensions, all by default. dim: its retired name.

    >>> l2_normalize([0., 4.]).numpy().tolist()
    [0.0, 1.0]
    """
    axis = dim if axis is None else axis
    x = array.convert(x, name="x")
    if x.dtype.base_dtype.is_complex:
        squares = reduce_sum(real(multiply(x, conj(x))), axis, True)
        inverse = rsqrt(maximum(squares, epsilon))
        return multiply(x, cast(inverse, x.dtype.base_dtype), name=own_name())
    inverse = rsqrt(maximum(reduce_sum(square(x), axis, True), epsilon))
    return multiply(x, inverse, name=own_name())
