"""Factorizations as NumPy and SciPy give them."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp
from hornbeam.graph import dtypes
from hornbeam.graph.op import never, op
from hornbeam.ops.decompositions import finite_or_zero, pseudo_inverse

_WIDE = (dtypes.float32, dtypes.float64, dtypes.complex64, dtypes.complex128)
_REAL = (dtypes.float32, dtypes.float64)


def _matrix(*shape: int) -> Any:
    return lambda rng: [((rng.normal(size=shape),), {})]


@op("LeastSquares", inputs="a: T, b: T", T=_WIDE, samples=lambda rng: [
    ((rng.normal(size=(4, 2)), rng.normal(size=(4, 3))), {})], waive={"second_order": "checked at first order"})
def lstsq(a, b, *, rcond: Any = None):
    """The x of least norm that makes |a · x - b| smallest."""
    matrix, zero_or_nan = finite_or_zero(a)
    return jnp.linalg.lstsq(matrix, b, rcond)[0] + zero_or_nan[..., 0, 0]


@op("LuFactor", inputs="x: T", T=_WIDE, outputs=("lu", "pivots"), samples=_matrix(3, 3))
def lu_factor(x):
    """The factors of each matrix in one, and the rows exchanged in turn."""
    lu, pivots = jax.scipy.linalg.lu_factor(x)
    return lu, pivots.astype(jnp.int32)


@op("MoorePenrose", inputs="x: T", T=_WIDE, samples=_matrix(3, 2), waive={"second_order": "checked at first order"})
def pinv(x, *, rcond: Any = None):
    """The pseudo-inverse of each matrix."""
    return pseudo_inverse(x, rcond)


@op("CholeskyInverse", inputs="x: T", T=_REAL, samples=lambda rng: [
    ((np.linalg.cholesky(np.eye(3) * 3 + 0.5),), {}), ((np.linalg.cholesky(np.eye(3) * 3 + 0.5).T,), {"upper": True})],
    waive={"second_order": "checked at first order"})
def cholesky_inverse(x, *, upper: bool = False):
    """The inverse of the matrix whose Cholesky factor is x."""
    eye = jnp.broadcast_to(jnp.eye(x.shape[-1], dtype=x.dtype), x.shape)
    inverse = jax.scipy.linalg.solve_triangular(x, eye, lower=not upper)
    turned = jnp.swapaxes(inverse, -1, -2)
    return inverse @ turned if upper else turned @ inverse


@op("MatrixRank", inputs="x: T", T=_WIDE, differentiable=never("a rank changes in steps"), samples=_matrix(3, 2))
def matrix_rank(x, *, tolerance: Any = None):
    """How many singular values of each matrix are above the tolerance: none where a number is not finite."""
    return jnp.linalg.matrix_rank(finite_or_zero(x)[0], rtol=tolerance).astype(jnp.int32)

