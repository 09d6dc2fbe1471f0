"""Matrices taken apart: Cholesky, QR, LU, eigenvalues, singular values; determinants, inverses and solutions.

All work on the matrices in the last two dimensions. A matrix without an inverse is refused where
TensorFlow's kernels refuse it. Eigenvectors and singular vectors are determined up to sign
(or a complex factor of size one), so they may differ between libraries.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp
from hornbeam.graph import dtypes
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import COMPLEX, never, op
from hornbeam.ops import array, rules
from hornbeam.ops.arithmetic import negative
from hornbeam.ops.casts import cast_op, real
from hornbeam.ops.matmul import batch_matmul
from hornbeam.ops.samples import Sample

SOLVABLE = (dtypes.float32, dtypes.float64, *COMPLEX)


def adjoint_of(x: Any) -> Any:
    """The conjugate transposes of arrays of matrices."""
    turned = jnp.swapaxes(x, -1, -2)
    return jnp.conj(turned) if jnp.iscomplexobj(x) else turned


def matrix_dims(dims: Any, square: bool = False) -> Any:
    """The dims of an input that holds matrices, None where unknown. Raises ShapeFault for others."""
    if dims is None:
        return None
    if len(dims) < 2:
        raise ShapeFault(f"Shape must be at least rank 2 but is rank {len(dims)}",
                         f"Input tensor must have rank >= 2, got {rules.text(dims)}")
    if square and None not in dims[-2:] and dims[-1] != dims[-2]:
        raise ShapeFault(f"Dimensions must be equal, but are {dims[-2]} and {dims[-1]}",
                         f"Input matrix must be square, got shape {rules.text(dims)}")
    return dims


def _like_square(inputs: Any, attrs: dict[str, Any]) -> Any:
    return [(matrix_dims(inputs[0].dims, True), inputs[0].dtype)]


def _scalars_of_square(count: int) -> Any:
    def rule(inputs: Any, attrs: dict[str, Any]) -> Any:
        dims = matrix_dims(inputs[0].dims, True)
        return [(None if dims is None else dims[:-2], inputs[0].dtype)] * count

    return rule


def squares(rng: np.random.Generator) -> list[Sample]:
    """A batch of well-conditioned square matrices, a single number, and none."""
    x = rng.normal(size=(2, 3, 3)) + 4 * np.eye(3)
    return [((x,), {}), ((x[0, :1, :1],), {}), ((x[:0],), {})]


def positive(rng: np.random.Generator) -> list[Sample]:
    """Symmetric matrices with positive eigenvalues that are well apart."""
    x = rng.normal(size=(2, 3, 3)) * 0.3
    return [((x + np.swapaxes(x, 1, 2) + np.diag([2.0, 4.0, 7.0]),), {})]


def _lower_half(x: Any) -> Any:
    """Hermitian matrices from the lower triangle alone."""
    low = jnp.tril(x, -1)
    middle = jnp.real(jnp.diagonal(x, axis1=-2, axis2=-1)).astype(x.dtype)
    return low + adjoint_of(low) + jnp.eye(x.shape[-1], dtype=x.dtype) * middle[..., None, :]


# Cholesky, QR, LU ----------------------------------------------------------------------------------


@op("Cholesky", inputs="input: T", names=("linalg.cholesky",), v1=("cholesky",), T=SOLVABLE, samples=positive,
    waive={"gradient": "symmetric, though only the lower triangle is read, as TensorFlow's"})
def cholesky(input):
    """The lower triangle L with positive diagonal for which L · Lᴴ is the input.

    input: [..., n, n], symmetric (Hermitian) with positive eigenvalues; only its lower triangle is read. Where
    there is no such L the result is NaN. The gradient is symmetric.
    """
    both = (input + adjoint_of(input)) / 2
    # The value comes from the lower triangle, the gradient goes to both.
    return jax.lax.linalg.cholesky(both + jax.lax.stop_gradient(_lower_half(input) - both), symmetrize_input=False)


cholesky.shape(_like_square)


@op("Qr", inputs="input: T", outputs=("q", "r"), names=("linalg.qr",), v1=("qr",), T=SOLVABLE,
    samples=lambda rng: [((rng.normal(size=(2, 4, 3)),), {}), ((rng.normal(size=(3, 3)),), {"full_matrices": True})])
def qr(input, *, full_matrices: bool = False):
    """Matrices with orthonormal columns times upper triangles: (q, r) with q · r the input.

    input: [..., m, n]. Returns q [..., m, k] and r [..., k, n], where k is min(m, n), or m with `full_matrices`.
    """
    return tuple(jnp.linalg.qr(input, mode="complete" if full_matrices else "reduced"))


@qr.shape
def _(inputs, attrs):
    dims, dtype = matrix_dims(inputs[0].dims), inputs[0].dtype
    if dims is None:
        return [(None, dtype)] * 2
    (*batch, m, n) = dims
    k = m if attrs["full_matrices"] else None if m is None or n is None else min(m, n)
    return [((*batch, m, k), dtype), ((*batch, k, n), dtype)]


@op("Lu", inputs="input: T", outputs=("lu", "p"), names=("linalg.lu",), T=SOLVABLE,
    attr_types={"output_idx_type": "type"}, samples=squares)
def lu(input, *, output_idx_type: Any = dtypes.int32):
    """A lower triangle with ones on its diagonal times an upper one, of the rows in another order: (lu, p).

    input: [..., n, n]. lu: both triangles in one matrix; p [..., n]: row p[i] of the input is row i of the product.
    Raises InvalidArgumentError for a matrix without an inverse.
    """
    both, _, order = jax.lax.linalg.lu(input)
    return both, order.astype(output_idx_type.np_dtype)


@lu.shape
def _(inputs, attrs):
    dims = matrix_dims(inputs[0].dims, True)
    return [(dims, inputs[0].dtype), (None if dims is None else dims[:-1], attrs["output_idx_type"])]


def singular(matrix: Any) -> Any:
    """Whether one of the matrices has no inverse: a pivot of its LU decomposition is 0."""
    if 0 in matrix.shape:
        return jnp.zeros((), bool)
    return jnp.any(jnp.diagonal(jax.lax.linalg.lu(matrix)[0], axis1=-2, axis2=-1) == 0)


@lu.check
def _(input, *, output_idx_type=dtypes.int32):
    return singular(input), []


# Eigenvalues and singular values -------------------------------------------------------------------


@op("SelfAdjointEigV2", inputs="input: T", outputs=("e", "v"), T=SOLVABLE, samples=positive,
    waive={"second_order": "eigenvectors are determined up to sign"})
def self_adjoint_eig_op(input, *, compute_v: bool = True):
    """Eigenvalues of Hermitian matrices, rising, and eigenvectors as columns; only the lower triangle is read."""
    values, vectors = jnp.linalg.eigh(_lower_half(input), symmetrize_input=False)
    values = values.astype(input.dtype)
    return values, vectors if compute_v else jnp.zeros((0,), input.dtype)


@self_adjoint_eig_op.shape
def _(inputs, attrs):
    dims, dtype = matrix_dims(inputs[0].dims, True), inputs[0].dtype
    return [(None if dims is None else dims[:-1], dtype), (dims if attrs["compute_v"] else (0,), dtype)]


@public("linalg.eigh", v1=("self_adjoint_eig",))
def eigh(tensor: Any, name: str | None = None) -> tuple[Any, Any]:
    """Eigenvalues of Hermitian matrices, rising, and eigenvectors as columns: (e [..., n], v [..., n, n]).

    tensor: [..., n, n]; only its lower triangle is read. The eigenvectors are determined up to sign.
    """
    found = self_adjoint_eig_op(tensor, compute_v=True, name=name)
    return found.e, found.v


@public("linalg.eigvalsh", v1=("self_adjoint_eigvals",))
def eigvalsh(tensor: Any, name: str | None = None) -> Any:
    """Eigenvalues of Hermitian matrices, rising: [..., n, n] gives [..., n]. Only the lower triangle is read."""
    return self_adjoint_eig_op(tensor, compute_v=False, name=name).e


def _eig_gradient_value(e: Any, v: Any, de: Any, dv: Any) -> Any:
    turned = adjoint_of(v)
    apart = e[..., None, :] - e[..., :, None]
    same = jnp.eye(e.shape[-1], dtype=bool)
    inverse = jnp.where(same, 0, 1 / jnp.where(same, 1, apart))
    through = turned @ dv
    own = jnp.real(jnp.diagonal(through, axis1=-2, axis2=-1)).astype(v.dtype)
    middle = jnp.conj(inverse) * (through - (turned @ v) * own[..., None, :])
    inner = jnp.eye(e.shape[-1], dtype=v.dtype) * de[..., None, :] + middle
    return jnp.linalg.solve(turned, inner @ turned)


@op("EigGrad", inputs="e: T, v: T, de: T, dv: T", T=COMPLEX, differentiable=never("no second derivative of Eig"),
    samples=lambda rng: [(tuple(a.astype(np.complex128) for a in (rng.normal(size=3), rng.normal(size=(3, 3)),
                                                                 rng.normal(size=3), rng.normal(size=(3, 3)))), {})])
def eig_grad(e, v, de, dv):
    """The gradient of eigenvalues and eigenvectors of general matrices. Boeddeker et al. 2017."""
    return _eig_gradient_value(e, v, de, dv)


@op("Eig", inputs="input: T", outputs=("e", "v"), T=SOLVABLE, attr_types={"Tout": "type"}, host=True,
    samples=lambda rng: [((rng.normal(size=(3, 3)) + np.diag([1.0, 4.0, 9.0]),), {"Tout": "complex128"})],
    waive={"gradient": "eigenvectors are determined up to a factor"})
def eig_op(input, *, compute_v: bool = True, Tout: Any):
    """Eigenvalues and eigenvectors (columns) of general matrices, as complex numbers."""
    wide = Tout.np_dtype
    if not compute_v:
        return np.linalg.eigvals(input).astype(wide), np.zeros((0,), wide)
    values, vectors = np.linalg.eig(input)
    return values.astype(wide), vectors.astype(wide)


@eig_op.shape
def _(inputs, attrs):
    dims = matrix_dims(inputs[0].dims, True)
    return [(None if dims is None else dims[:-1], attrs["Tout"]), (dims if attrs["compute_v"] else (0,), attrs["Tout"])]


@eig_op.grad
def _(call, de, dv):
    x = call.inputs[0]
    # The gradient of the values alone needs the vectors too.
    e, v = call.outputs if call.attrs["compute_v"] else eig_op(x, compute_v=True, Tout=call.attrs["Tout"])
    de = array.zeros_like(e) if de is None else de
    dv = array.zeros_like(v) if dv is None or not call.attrs["compute_v"] else dv
    return cast_op(eig_grad(e, v, de, dv), DstT=x.dtype.base_dtype)


def _complex_of(tensor: Any) -> Any:
    x = array.convert(tensor)
    kind = x.dtype.base_dtype
    wide = dtypes.complex128 if kind in (dtypes.float64, dtypes.complex128) else dtypes.complex64
    return x, wide


@public("linalg.eig", v2=("eig",))
def eig(tensor: Any, name: str | None = None) -> tuple[Any, Any]:
    """Eigenvalues and eigenvectors (columns) of general matrices: (e [..., n], v [..., n, n]), complex.

    tensor: [..., n, n]. The order of the eigenvalues is not determined, the eigenvectors up to a factor.
    """
    x, wide = _complex_of(tensor)
    found = eig_op(x, compute_v=True, Tout=wide, name=name)
    return found.e, found.v


@public("linalg.eigvals", v2=("eigvals",))
def eigvals(tensor: Any, name: str | None = None) -> Any:
    """Eigenvalues of general matrices, complex, in no determined order: [..., n, n] gives [..., n]."""
    x, wide = _complex_of(tensor)
    return eig_op(x, compute_v=False, Tout=wide, name=name).e


def _apart(rng: np.random.Generator) -> list[Sample]:
    x = rng.normal(size=(4, 3)) * 0.2
    x[:3] += np.diag([1.0, 3.0, 6.0])
    return [((x,), {}), ((x.T.copy(),), {}), ((x,), {"compute_uv": False})]


def finite_or_zero(input: Any) -> tuple[Any, Any]:
    """Matrices, those with a number that is not finite as zeros; and [..., 1, 1], NaN for these, else 0."""
    finite = jnp.all(jnp.isfinite(input), axis=(-2, -1), keepdims=True)
    matrix = jnp.where(finite, input, jnp.zeros((), input.dtype))
    return matrix, jnp.sum(input * jnp.where(finite, 0, jnp.nan).astype(input.dtype), axis=(-2, -1), keepdims=True)


def pseudo_inverse(input: Any, rtol: Any = None) -> Any:
    """The Moore–Penrose inverse; NaN for a matrix with a number that is not finite."""
    matrix, zero_or_nan = finite_or_zero(input)
    return jnp.linalg.pinv(matrix, rtol) + zero_or_nan


@op("Svd", inputs="input: T", outputs=("s", "u", "v"), T=SOLVABLE, samples=_apart,
    waive={"second_order": "singular vectors are determined up to sign"})
def svd_op(input, *, compute_uv: bool = True, full_matrices: bool = False):
    """Singular values, falling, and singular vectors as columns: u · diag(s) · vᴴ is the input.

    NaN for a matrix with a number that is not finite: LAPACK may never end on one.
    """
    matrix, zero_or_nan = finite_or_zero(input)
    if not compute_uv:
        s = jnp.linalg.svd(matrix, compute_uv=False).astype(input.dtype) + zero_or_nan[..., 0]
        return s, jnp.zeros((0,), input.dtype), jnp.zeros((0,), input.dtype)
    u, s, vh = jnp.linalg.svd(matrix, full_matrices=full_matrices)
    return s.astype(input.dtype) + zero_or_nan[..., 0], u + zero_or_nan, adjoint_of(vh + zero_or_nan)


@svd_op.shape
def _(inputs, attrs):
    dims, dtype = matrix_dims(inputs[0].dims), inputs[0].dtype
    if dims is None:
        vectors = None if attrs["compute_uv"] else (0,)
        return [(None, dtype), (vectors, dtype), (vectors, dtype)]
    (*batch, m, n) = dims
    k = None if m is None or n is None else min(m, n)
    if not attrs["compute_uv"]:
        return [((*batch, k), dtype), ((0,), dtype), ((0,), dtype)]
    full = attrs["full_matrices"]
    return [((*batch, k), dtype), ((*batch, m, m if full else k), dtype), ((*batch, n, n if full else k), dtype)]


@public("linalg.svd", v1=("svd",))
def svd(tensor: Any, full_matrices: bool = False, compute_uv: bool = True, name: str | None = None) -> Any:
    """Singular values, falling, and singular vectors as columns: (s, u, v) with u · diag(s) · vᴴ the input.

    tensor: [..., m, n]. Returns s [..., k], u [..., m, k] and v [..., n, k], where k is min(m, n); with
    `full_matrices` u and v are square. Without `compute_uv` s alone.

    >>> svd([[3., 0.], [0., 4.]], compute_uv=False).numpy().round(4).tolist()
    [4.0, 3.0]
    """
    found = svd_op(tensor, compute_uv=compute_uv, full_matrices=full_matrices, name=name)
    if not compute_uv:
        return real(found.s)
    return real(found.s), found.u, found.v


# Determinants and inverses -------------------------------------------------------------------------


@op("MatrixDeterminant", inputs="input: T", names=("linalg.det",), v1=("matrix_determinant",), T=SOLVABLE,
    samples=squares)
def det(input):
    """The determinants of square matrices: [..., n, n] gives [...]; of no rows 1."""
    return jnp.ones(input.shape[:-2], input.dtype) if input.shape[-1] == 0 else jnp.linalg.det(input)


det.shape(_scalars_of_square(1))


@op("LogMatrixDeterminant", inputs="input: T", outputs=("sign", "log_abs_determinant"), names=("linalg.slogdet",),
    T=SOLVABLE, samples=squares)
def slogdet(input):
    """The signs of determinants and the logarithms of their sizes: [..., n, n] gives two [...]."""
    if input.shape[-1] == 0:
        return jnp.ones(input.shape[:-2], input.dtype), jnp.zeros(input.shape[:-2], input.dtype)
    sign, size = jnp.linalg.slogdet(input)
    return sign.astype(input.dtype), size.astype(input.dtype)


slogdet.shape(_scalars_of_square(2))


@op("MatrixInverse", inputs="input: T", names=("linalg.inv",), v1=("matrix_inverse",), T=SOLVABLE, samples=squares)
def inv(input, *, adjoint: bool = False):
    """The inverses of square matrices, or with `adjoint` of their conjugate transposes: [..., n, n].

    Raises InvalidArgumentError for a matrix without an inverse.
    """
    found = jnp.linalg.inv(input)
    return adjoint_of(found) if adjoint else found


inv.shape(_like_square)


@inv.check
def _(input, *, adjoint=False):
    return singular(input), []


@inv.grad
def _(call, dy):
    y = call.outputs[0]
    if call.attrs["adjoint"]:
        # y is the inverse of xᴴ: the gradient comes back turned.
        return negative(batch_matmul(y, batch_matmul(dy, y, adj_x=True)))
    return negative(batch_matmul(y, batch_matmul(dy, y, adj_y=True), adj_x=True))


# Solutions -----------------------------------------------------------------------------------------


def _solve_samples(rng: np.random.Generator) -> list[Sample]:
    a = rng.normal(size=(2, 3, 3)) + 4 * np.eye(3)
    return [((a, rng.normal(size=(2, 3, 2))), {}), ((a, rng.normal(size=(2, 3, 2))), {"adjoint": True})]


def _solution_shape(inputs: Any, attrs: dict[str, Any]) -> Any:
    a, b = matrix_dims(inputs[0].dims, True), matrix_dims(inputs[1].dims)
    if a is None or b is None:
        return [(None, inputs[0].dtype)]
    if a[-1] is not None and b[-2] is not None and a[-1] != b[-2]:
        raise ShapeFault(f"Dimensions must be equal, but are {a[-1]} and {b[-2]}",
                         f"Input matrix and rhs are incompatible: {rules.text(a)} and {rules.text(b)}")
    batch = rules.broadcast_dims([a[:-2], b[:-2]])
    return [(None if batch is None else (*batch, a[-1], b[-1]), inputs[0].dtype)]


@op("MatrixSolve", inputs="matrix: T, rhs: T", names=("linalg.solve",), v1=("matrix_solve",), T=SOLVABLE,
    samples=_solve_samples)
def solve(matrix, rhs, *, adjoint: bool = False):
    """The solutions x of matrix · x = rhs, or of matrixᴴ · x = rhs with `adjoint`.

    matrix: [..., n, n]; rhs: [..., n, k]. Returns [..., n, k]. Raises InvalidArgumentError for a matrix without an
    inverse.
    """
    return jnp.linalg.solve(adjoint_of(matrix) if adjoint else matrix, rhs)


solve.shape(_solution_shape)


@solve.check
def _(matrix, rhs, *, adjoint=False):
    return singular(matrix), []


for _checked in (lu, inv, solve):
    _checked.message(lambda numbers, inputs, attrs: "Input matrix is not invertible.")


@op("MatrixTriangularSolve", inputs="matrix: T, rhs: T", T=SOLVABLE, samples=_solve_samples)
def triangular_solve_op(matrix, rhs, *, lower: bool = True, adjoint: bool = False):
    """The solutions x of matrix · x = rhs for triangular matrices; the other triangle is not read."""
    batch = jnp.broadcast_shapes(matrix.shape[:-2], rhs.shape[:-2])
    matrix = jnp.broadcast_to(matrix, (*batch, *matrix.shape[-2:]))
    rhs = jnp.broadcast_to(rhs, (*batch, *rhs.shape[-2:]))
    return jax.lax.linalg.triangular_solve(matrix, rhs, left_side=True, lower=lower, transpose_a=adjoint,
                                           conjugate_a=adjoint)


triangular_solve_op.shape(_solution_shape)


@public("linalg.triangular_solve", v1=("matrix_triangular_solve",))
def triangular_solve(matrix: Any, rhs: Any, lower: bool = True, adjoint: bool = False, name: str | None = None) -> Any:
    """The solutions x of matrix · x = rhs for triangular matrices, or of matrixᴴ · x = rhs with `adjoint`.

    matrix: [..., n, n]; only its lower triangle is read, or the upper without `lower`. rhs: [..., n, k]; leading
    dimensions broadcast. A zero on the diagonal gives infinity or NaN.
    """
    return triangular_solve_op(matrix, rhs, lower=lower, adjoint=adjoint, name=name)


@op("MatrixSolveLs", inputs="matrix: T, rhs: T, l2_regularizer: float64", T=SOLVABLE,
    samples=lambda rng: [((rng.normal(size=(2, 4, 3)), rng.normal(size=(2, 4, 2)), np.asarray(0.1)), {}),
                         ((rng.normal(size=(2, 3)), rng.normal(size=(2, 2)), np.asarray(0.1)), {})])
def lstsq_op(matrix, rhs, l2_regularizer, *, fast: bool = True):
    """Least-squares solutions, by the normal equations where `fast`, else by singular values."""
    if not fast:
        return pseudo_inverse(matrix) @ rhs
    turned = adjoint_of(matrix)
    extra = l2_regularizer.astype(matrix.dtype)
    if matrix.shape[-2] >= matrix.shape[-1]:
        gram = turned @ matrix + extra * jnp.eye(matrix.shape[-1], dtype=matrix.dtype)
        return jnp.linalg.solve(gram, turned @ rhs)
    gram = matrix @ turned + extra * jnp.eye(matrix.shape[-2], dtype=matrix.dtype)
    return turned @ jnp.linalg.solve(gram, rhs)


@lstsq_op.shape
def _(inputs, attrs):
    a, b = matrix_dims(inputs[0].dims), matrix_dims(inputs[1].dims)
    if a is None or b is None:
        return [(None, inputs[0].dtype)]
    if a[-2] is not None and b[-2] is not None and a[-2] != b[-2]:
        raise ShapeFault(f"Dimensions must be equal, but are {a[-2]} and {b[-2]}",
                         f"Input matrix and rhs are incompatible: {rules.text(a)} and {rules.text(b)}")
    batch = rules.broadcast_dims([a[:-2], b[:-2]])
    return [(None if batch is None else (*batch, a[-1], b[-1]), inputs[0].dtype)]


@public("linalg.lstsq", v1=("matrix_solve_ls",))
def lstsq(matrix: Any, rhs: Any, l2_regularizer: Any = 0.0, fast: bool = True, name: str | None = None) -> Any:
    """The x of least |matrix · x - rhs|² + l2_regularizer · |x|²; of several, where rows are few, the shortest.

    matrix: [..., m, n]; rhs: [..., m, k]. Returns [..., n, k]. fast: by the normal equations, which lose digits where
    a matrix is near to one without full rank; otherwise by singular values, and without the regulariser.
    """
    return lstsq_op(matrix, rhs, l2_regularizer, fast=fast, name=name)
