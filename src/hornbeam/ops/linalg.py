"""Functions of matrices built on their decompositions: exponentials, roots, pseudo-inverses, banded systems."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp
from hornbeam.graph import dtypes
from hornbeam.graph.call import composite
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import COMPLEX, INDEX, REALS, never, op
from hornbeam.ops import array, rules
from hornbeam.ops.arithmetic import multiply
from hornbeam.ops.casts import cast, conj, real
from hornbeam.ops.compare import greater
from hornbeam.ops.decompositions import (
    SOLVABLE,
    adjoint_of,
    cholesky,
    matrix_dims,
    pseudo_inverse,
    squares,
    svd_op,
    triangular_solve_op,
)
from hornbeam.ops.diagonals import diag_part, set_diag
from hornbeam.ops.elementary import log
from hornbeam.ops.joining import concat
from hornbeam.ops.reduce import reduce_sum


def _like_square(inputs: Any, attrs: dict[str, Any]) -> Any:
    return [(matrix_dims(inputs[0].dims, True), inputs[0].dtype)]


# Turned and multiplied -----------------------------------------------------------------------------


@public("linalg.matrix_transpose", v1=("matrix_transpose", "linalg.transpose"))
def matrix_transpose(a: Any, name: str | None = "matrix_transpose", conjugate: bool = False) -> Any:
    """The matrices in the last two dimensions turned, and with `conjugate` conjugated: [..., m, n] gives [..., n, m].

    Raises ValueError for fewer than two dimensions.
    """
    x = array.convert(a, name="a")
    if x.dims is None:
        return turned(x, name=name) if not conjugate else conj(turned(x, name=name))
    rank = len(x.dims)
    if rank < 2:
        raise ValueError(f"Argument `a` should be a (batch) matrix with rank >= 2.  Received `a` = {a} with shape: "
                         f"{x.shape}")
    order = np.array([*range(rank - 2), rank - 1, rank - 2], np.int32)
    return array.transpose_op(conj(x) if conjugate else x, order, name=name)


@op("MatrixTurned", inputs="x: T", samples=lambda rng: [((rng.normal(size=(2, 3)),), {})])
def turned(x):
    """The matrices in the last two dimensions turned, where the rank is known only when run."""
    matrix_dims(jnp.shape(x))
    return jnp.swapaxes(x, -1, -2)


@public("linalg.adjoint")
def adjoint(matrix: Any, name: str | None = None) -> Any:
    """The conjugate transposes of the matrices in the last two dimensions."""
    return matrix_transpose(matrix, name=name or "adjoint", conjugate=True)


@op("Cross", inputs="a: T, b: T", names=("linalg.cross",), v1=("cross",), T=REALS,
    samples=lambda rng: [((rng.normal(size=(2, 3)), rng.normal(size=(2, 3))), {})])
def cross(a, b):
    """The cross products of vectors of three numbers: [..., 3] and [..., 3], of one shape."""
    return jnp.cross(a, b).astype(a.dtype)


@cross.shape
def _(inputs, attrs):
    a, b = inputs[0].dims, inputs[1].dims
    for dims in (a, b):
        if dims is not None and (not dims or dims[-1] not in (3, None)):
            raise ShapeFault(f"Dimension must be 3 but is {dims[-1] if dims else 'missing'}",
                             f"inputs must have 3 elements in their last dimension, got {rules.text(dims)}")
    if a is not None and b is not None and None not in (*a, *b) and a != b:
        raise ShapeFault(f"Shapes must be equal, but are {rules.text(a)} and {rules.text(b)}",
                         f"inputs a and b must have same shape: {rules.text(a)} vs {rules.text(b)}")
    return [(a or b, inputs[0].dtype)]


@cross.grad
def _(call, dy):
    a, b = call.inputs
    return cross(b, dy), cross(dy, a)


# Functions of matrices -----------------------------------------------------------------------------


@op("MatrixExponential", inputs="input: T", names=("linalg.expm",), T=SOLVABLE, samples=squares)
def expm(input):
    """The matrix exponential Σ Aⁿ / n! of the matrices in the last two dimensions. Higham 2005."""
    if 0 in input.shape:
        return input
    flat = jnp.reshape(input, (-1, *input.shape[-2:]))
    return jnp.reshape(jax.vmap(jax.scipy.linalg.expm)(flat), input.shape).astype(input.dtype)


def _one_by_one(function: Any, x: Any) -> Any:
    """A function of one matrix, on each of an array of matrices; NaN where one is not finite: it might never end."""
    flat = x.reshape(-1, *x.shape[-2:])
    found = [function(m) if np.isfinite(m).all() else np.full(m.shape, np.nan) for m in flat]
    return np.reshape(np.array(found, x.dtype), x.shape) if found else x


@op("MatrixLogarithm", inputs="input: T", names=("linalg.logm",), T=COMPLEX, host=True,
    samples=lambda rng: [((squares(rng)[0][0][0].astype(np.complex128),), {})])
def logm(input):
    """The principal matrix logarithm of complex matrices: expm of it is the input. Davies and Higham 2003."""
    from scipy import linalg

    def principal(matrix: Any) -> Any:
        largest = float(np.abs(matrix).max(initial=0.0))
        # log(c · A) = log(A) + log(c): SciPy's iteration need not end on numbers near the ends of the range.
        scale = largest if not 1e-100 < largest < 1e100 and largest else 1.0
        return linalg.logm(matrix.astype(np.complex128) / scale) + np.log(scale) * np.eye(len(matrix))

    return _one_by_one(principal, np.asarray(input))


@logm.grad
def _(call, dy):
    """The logarithm of [[aᴴ, dy], [0, aᴴ]] holds, above the diagonal, its derivative at aᴴ towards dy. Mathias 1996."""
    turned = adjoint(call.inputs[0])
    upper, lower = concat([turned, dy], -1), concat([array.zeros_like(turned), turned], -1)
    n = array.shape(turned)[-1]
    return logm(concat([upper, lower], -2))[..., :n, n:]


@op("MatrixSquareRoot", inputs="input: T", names=("linalg.sqrtm",), v1=("matrix_square_root",),
    v2=("matrix_square_root",), T=SOLVABLE, host=True, samples=squares)
def sqrtm(input):
    """The principal square roots of matrices: the result times itself is the input. Higham 1987.

    Raises nothing for matrices without a real root: the result holds NaN.
    """
    from scipy import linalg

    def root(matrix: Any) -> Any:
        found = np.asarray(linalg.sqrtm(matrix))
        if np.iscomplexobj(matrix) or not np.iscomplexobj(found):
            return found
        imaginary = np.abs(np.imag(found)).max()
        return np.full_like(matrix, np.nan) if imaginary > 1e-6 * np.abs(found).max() else np.real(found)

    return _one_by_one(root, np.asarray(input))


for _function in (expm, logm, sqrtm):
    _function.shape(_like_square)


@op("MatrixSquareRootGrad", inputs="y: T, dy: T", T=SOLVABLE,
    samples=lambda rng: [((squares(rng)[0][0][0], rng.normal(size=(2, 3, 3))), {})])
def sqrtm_grad(y, dy):
    """The gradient of matrix square roots: the solution of yᴴ · x + x · yᴴ = dy."""
    n = y.shape[-1]
    turned_y, unit = adjoint_of(y), jnp.eye(n, dtype=y.dtype)
    left = jnp.einsum("...ij,kl->...ikjl", turned_y, unit)
    right = jnp.einsum("ij,...lk->...ikjl", unit, turned_y)
    system = jnp.reshape(left + right, (*y.shape[:-2], n * n, n * n))
    return jnp.reshape(jnp.linalg.solve(system, jnp.reshape(dy, (*y.shape[:-2], n * n, 1))), y.shape)


@sqrtm.grad
def _(call, dy):
    return sqrtm_grad(call.outputs[0], dy)


@public("linalg.logdet")
@composite("logdet")
def logdet(matrix: Any, name: str | None = None) -> Any:
    """The logarithms of determinants of Hermitian matrices with positive eigenvalues: [..., n, n] gives [...]."""
    lower = cholesky(array.convert(matrix))
    return multiply(reduce_sum(log(real(diag_part(lower))), -1), 2.0)


@public("linalg.cholesky_solve", v1=("cholesky_solve",))
@composite("cholesky_solve")
def cholesky_solve(chol: Any, rhs: Any, name: str | None = None) -> Any:
    """The solutions x of L · Lᴴ · x = rhs.

    chol: the lower triangles L [..., n, n] that `cholesky` gives; rhs: [..., n, k]. Returns [..., n, k].
    """
    return triangular_solve_op(chol, triangular_solve_op(chol, rhs), adjoint=True)


@public("linalg.matrix_rank")
@composite("matrix_rank")
def matrix_rank(a: Any, tol: Any = None, validate_args: bool = False, name: str | None = None) -> Any:
    """How many singular values of each matrix lie above a tolerance: int32, [..., m, n] gives [...].

    tol: by default the largest singular value times max(m, n) times the precision of the dtype. validate_args:
    accepted; the shape is checked in any case.
    """
    values = real(svd_op(array.convert(a), compute_uv=False).s)
    shaped = array.convert(a)
    if tol is None:
        return count_above(values, shaped)
    return reduce_sum(cast(greater(values, array.expand_dims(array.convert(tol, values.dtype), -1)), dtypes.int32), -1)


@op("RankAbove", inputs="values: T, like: U", T=(dtypes.float32, dtypes.float64), differentiable=never("counts"),
    samples=lambda rng: [((np.array([3.0, 1.0]), np.zeros((2, 3))), {})])
def count_above(values, like):
    """How many singular values are more than rounding can explain for matrices like the second input."""
    precision = jnp.finfo(values.dtype).eps
    limit = precision * max(like.shape[-2:]) * jnp.max(values, -1, keepdims=True, initial=0)
    return jnp.sum(values > limit, -1).astype(jnp.int32)


@op("PseudoInverse", inputs="a: T, rcond: U", T=(dtypes.float32, dtypes.float64),
    U=(dtypes.float32, dtypes.float64),
    samples=lambda rng: [((rng.normal(size=(4, 3)), np.asarray(1e-12)), {})])
def pinv_op(a, rcond):
    """The Moore–Penrose inverse, by singular values above `rcond` times the largest."""
    return pseudo_inverse(a, rcond)


@public("linalg.pinv")
@composite("pinv")
def pinv(a: Any, rcond: Any = None, validate_args: bool = False, name: str | None = None) -> Any:
    """The Moore–Penrose inverses of matrices: [..., m, n] gives [..., n, m].

    a: real floats. rcond: singular values below this part of the largest count as 0; by default 10 · max(m, n) times
    the precision. validate_args: accepted; the shape is checked in any case. Raises TypeError for other dtypes.
    """
    x = array.convert(a, name="a")
    if not x.dtype.base_dtype.is_floating:
        raise TypeError(f"Input `a` must have `float`-like `dtype` (saw {x.dtype.name}).")
    kind = x.dtype.base_dtype
    if rcond is None:
        sizes = [d for d in (x.dims or (None, None))[-2:] if d is not None]
        rcond = 10.0 * max(sizes, default=1) * float(np.finfo(kind.np_dtype).eps)
    return pinv_op(x, array.convert(rcond, None if hasattr(rcond, "dtype") else kind))


# LU in use -----------------------------------------------------------------------------------------


@op("LuReconstruct", inputs="lower_upper: T, perm: P", T=SOLVABLE, P=INDEX,
    samples=lambda rng: [((rng.normal(size=(3, 3)), np.array([2, 0, 1], np.int32)), {})])
def lu_reconstruct_op(lower_upper, perm):
    """The matrix of which an LU decomposition was made."""
    _check_lu(lower_upper, perm)
    product = _unit_lower(lower_upper) @ jnp.triu(lower_upper)
    return jnp.take_along_axis(product, jnp.argsort(perm, -1)[..., None], -2)


@op("LuSolve", inputs="lower_upper: T, perm: P, rhs: T", T=SOLVABLE, P=INDEX,
    samples=lambda rng: [((rng.normal(size=(3, 3)) + 3 * np.eye(3), np.array([2, 0, 1], np.int32),
                           rng.normal(size=(3, 2))), {})])
def lu_solve_op(lower_upper, perm, rhs):
    """The solutions of a system whose matrix is given by its LU decomposition."""
    _check_lu(lower_upper, perm)
    matrix_dims(rhs.shape)
    batch = jnp.broadcast_shapes(lower_upper.shape[:-2], rhs.shape[:-2])
    both = jnp.broadcast_to(lower_upper, (*batch, *lower_upper.shape[-2:]))
    order = jnp.broadcast_to(perm, (*batch, perm.shape[-1]))
    ordered = jnp.take_along_axis(jnp.broadcast_to(rhs, (*batch, *rhs.shape[-2:])), order[..., None], -2)
    first = jax.lax.linalg.triangular_solve(both, ordered, left_side=True, lower=True, unit_diagonal=True)
    return jax.lax.linalg.triangular_solve(both, first, left_side=True, lower=False)


def _check_lu(both: Any, perm: Any) -> None:
    matrix_dims(both.shape, True)
    if perm.shape != both.shape[:-1]:
        raise ShapeFault(f"perm must have shape {rules.text(both.shape[:-1])}, not {rules.text(perm.shape)}")


def _unit_lower(both: Any) -> Any:
    return jnp.tril(both, -1) + jnp.eye(both.shape[-1], dtype=both.dtype)


@public("linalg.lu_reconstruct")
def lu_reconstruct(lower_upper: Any, perm: Any, validate_args: bool = False, name: str | None = None) -> Any:
    """The matrix of which `lu` made `lower_upper` and `perm`. validate_args: accepted; shapes are always checked."""
    return lu_reconstruct_op(lower_upper, perm, name=name or "lu_reconstruct")


@public("linalg.lu_solve")
def lu_solve(lower_upper: Any, perm: Any, rhs: Any, validate_args: bool = False, name: str | None = None) -> Any:
    """The solutions x of A · x = rhs, where `lu` made `lower_upper` and `perm` of A.

    rhs: [..., n, k]. Returns [..., n, k]. validate_args: accepted; shapes are always checked.
    """
    return lu_solve_op(lower_upper, perm, rhs, name=name or "lu_solve")


@public("linalg.lu_matrix_inverse")
@composite("lu_matrix_inverse")
def lu_matrix_inverse(lower_upper: Any, perm: Any, validate_args: bool = False, name: str | None = None) -> Any:
    """The inverse of A, where `lu` made `lower_upper` and `perm` of A."""
    both = array.convert(lower_upper)
    unit = set_diag(array.zeros_like(both), array.ones_like_op(diag_part(both)))
    return lu_solve_op(both, perm, unit)
