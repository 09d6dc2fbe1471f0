"""Factorizations, inverses and solutions, of the matrices in the last two dimensions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hornbeam.autodiff.tape import GradientTape
from hornbeam.graph.tensor import EagerTensor
from hornbeam.keras.ops.declare import linalg_op, numpy_op
from hornbeam.keras.ops.tensors import dims, inexact, promote_inexact, rank, tensor
from hornbeam.keras.tree import structures as tree
from hornbeam.ops import arithmetic, decompositions, factorizations
from hornbeam.ops.linalg import adjoint
from hornbeam.ops.reduce import reduce_sum
from hornbeam.ops.shaping import expand_dims_op, squeeze_op


def _matrices(x: Any, square: bool = False) -> Any:
    x = inexact(x)
    if rank(x) < 2:
        raise ValueError(f"Expected input to have rank >= 2. Received input with shape {dims(x)}.")
    if square and None not in dims(x)[-2:] and dims(x)[-1] != dims(x)[-2]:
        raise ValueError("Expected a square matrix or a batch of square matrices. Received input with shape "
                         f"{dims(x)}")
    return x


@linalg_op
def cholesky(x: Any, upper: bool = False) -> Any:
    """The lower (or upper) triangular L with x = L · Lᴴ, of positive definite matrices.

    Raises ValueError where one is not positive definite; in a graph it gives NaN.
    """
    lower = decompositions.cholesky(_matrices(x, True))
    if isinstance(lower, EagerTensor) and np.isnan(np.asarray(lower)).any():
        raise ValueError("Cholesky decomposition failed. The input might not be a valid positive definite matrix.")
    return adjoint(lower) if upper else lower


@linalg_op
def cholesky_inverse(x: Any, upper: bool = False) -> Any:
    """The inverse of the matrix whose Cholesky factor is x."""
    return factorizations.cholesky_inverse(_matrices(x, True), upper=bool(upper))


@linalg_op
def det(x: Any) -> Any:
    """The determinant."""
    return decompositions.det(_matrices(x, True))


@numpy_op
def slogdet(x: Any) -> Any:
    """The sign of the determinant, and the logarithm of its absolute value."""
    return tuple(decompositions.slogdet(_matrices(x, True)))


@linalg_op
def eig(x: Any) -> Any:
    """Eigenvalues and eigenvectors (as columns) of square matrices, complex numbers."""
    return tuple(decompositions.eig(_matrices(x, True)))


@linalg_op
def eigh(x: Any) -> Any:
    """Eigenvalues, ascending, and eigenvectors (as columns) of self-adjoint matrices."""
    return tuple(decompositions.eigh(_matrices(x, True)))


@linalg_op
def inv(x: Any) -> Any:
    """The inverse."""
    return decompositions.inv(_matrices(x, True))


@linalg_op
def lu_factor(x: Any) -> Any:
    """L and U of each matrix in one, and the rows exchanged in turn."""
    return tuple(factorizations.lu_factor(_matrices(x)))


@linalg_op
def qr(x: Any, mode: str = "reduced") -> Any:
    """Q, with orthonormal columns, and R, upper triangular, with x = Q · R.

    mode: "reduced", or "complete" for a square Q. Raises ValueError for other words.
    """
    if mode not in ("reduced", "complete"):
        raise ValueError("`mode` argument value not supported. Expected one of {'reduced', 'complete'}. "
                         f"Received: mode={mode}")
    return tuple(decompositions.qr(_matrices(x), full_matrices=mode == "complete"))


@linalg_op(type="SVD")
def svd(x: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """U, the singular values S in descending order, and Vᴴ, with x = U · diag(S) · Vᴴ; S alone where asked for."""
    x = _matrices(x)
    if not compute_uv:
        return decompositions.svd(x, compute_uv=False)
    s, u, v = decompositions.svd(x, full_matrices=bool(full_matrices))
    return u, s, adjoint(v)


# Solutions ----------------------------------------------------------------------------------------------


def _solved(op: Callable[[Any, Any], Any], a: Any, b: Any) -> Any:
    """`op` with columns on the right; a vector is one column."""
    a, b = promote_inexact(a, b)
    _matrices(a)
    if rank(b) == rank(a) - 1:
        return squeeze_op(op(a, expand_dims_op(b, np.int32(-1))), squeeze_dims=(rank(b),))
    return op(a, b)


@linalg_op
def solve(a: Any, b: Any) -> Any:
    """The x with a · x = b."""
    return _solved(decompositions.solve, a, b)


@linalg_op
def solve_triangular(a: Any, b: Any, lower: bool = False) -> Any:
    """The x with a · x = b, of upper (or lower) triangular matrices."""
    return _solved(lambda m, v: decompositions.triangular_solve(m, v, lower=bool(lower)), a, b)


@linalg_op
def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    """The x of least norm that makes |a · x - b| smallest. rcond: singular values below this part count as 0."""
    return factorizations.lstsq(*promote_inexact(a, b), rcond=None if rcond is None else float(rcond))


@linalg_op
def pinv(x: Any, rcond: Any = None) -> Any:
    """The pseudo-inverse. rcond: singular values below this part of the largest count as 0."""
    return factorizations.pinv(_matrices(x), rcond=None if rcond is None else float(rcond))


@linalg_op
def matrix_rank(x: Any, tol: Any = None) -> Any:
    """How many singular values are above a tolerance, as int32."""
    return factorizations.matrix_rank(_matrices(x), tolerance=None if tol is None else float(tol))


# Derivatives --------------------------------------------------------------------------------------------


@linalg_op(type="JVP", config="has_aux")
def jvp(fun: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool = False) -> Any:
    """`fun(*primals)` and its derivative in the direction of `tangents`; with `has_aux`, what else it returns too.

    primals, tangents: lists or tuples of equally many tensors. Raises TypeError and ValueError otherwise.
    """
    if not isinstance(primals, (list, tuple)) or not isinstance(tangents, (list, tuple)):
        raise TypeError("primals and tangents must be lists or tuples")
    points, steps = [tensor(p) for p in primals], [tensor(t) for t in tangents]
    if len(points) != len(steps):
        raise ValueError(f"primals and tangents must have the same length, got {len(points)} and {len(steps)}")
    with GradientTape() as outer:
        with GradientTape(persistent=True) as inner:
            inner.watch(points)
            made = fun(*points)
        out, rest = made if has_aux else (made, None)
        leaves = [tensor(t) for t in tree.flatten(out)]
        weights = [arithmetic.multiply(t, 0) for t in leaves]  # the gradient is linear in them: any place will do
        outer.watch(weights)
        back = inner.gradient(leaves, points, output_gradients=weights)
        along = [reduce_sum(arithmetic.multiply(g, s)) for g, s in zip(back, steps, strict=True) if g is not None]
    moved = outer.gradient(along, weights) if along else [None] * len(weights)
    given = [arithmetic.multiply(t, 0) if m is None else m for m, t in zip(moved, leaves, strict=True)]
    result = tree.pack_sequence_as(out, leaves), tree.pack_sequence_as(out, given)
    return (*result, rest) if has_aux else result


