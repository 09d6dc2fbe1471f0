"""Systems of equations and eigenvalues of matrices that hold a few diagonals."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp
from hornbeam.graph.call import composite
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import never, op
from hornbeam.ops import array, rules
from hornbeam.ops.casts import conj
from hornbeam.ops.decompositions import SOLVABLE, adjoint_of, matrix_dims
from hornbeam.ops.diagonals import diag_part
from hornbeam.ops.linalg import matrix_transpose
from hornbeam.ops.samples import Sample

# Three diagonals -----------------------------------------------------------------------------------


def _three_samples(rng: np.random.Generator) -> list[Sample]:
    bands = rng.normal(size=(2, 3, 4))
    bands[:, 1] += 6
    return [((bands, rng.normal(size=(2, 4, 2))), {})]


@op("TridiagonalSolve", inputs="diagonals: T, rhs: T", T=SOLVABLE, samples=_three_samples)
def tridiagonal_solve_op(diagonals, rhs, *, partial_pivoting: bool = True, perturb_singular: bool = False):
    """The solutions of systems whose matrices hold three diagonals: [..., 3, n], the highest first."""
    n = diagonals.shape[-1]
    upper, middle, lower = diagonals[..., 0, :], diagonals[..., 1, :], diagonals[..., 2, :]
    if n < 3 or perturb_singular:
        return jnp.linalg.solve(_dense(upper, middle, lower), rhs)
    upper = jnp.asarray(upper).at[..., -1].set(0)
    lower = jnp.asarray(lower).at[..., 0].set(0)
    return jax.lax.linalg.tridiagonal_solve(lower, middle, upper, rhs)


def _dense(upper: Any, middle: Any, lower: Any) -> Any:
    n = middle.shape[-1]
    i = np.arange(n)
    full = jnp.zeros((*middle.shape, n), middle.dtype).at[..., i, i].set(middle)
    full = full.at[..., i[:-1], i[1:]].set(upper[..., :-1])
    return full.at[..., i[1:], i[:-1]].set(lower[..., 1:])


@tridiagonal_solve_op.shape
def _(inputs, attrs):
    diagonals, rhs = inputs[0].dims, inputs[1].dims
    if diagonals is not None and (len(diagonals) < 2 or diagonals[-2] not in (3, None)):
        raise ShapeFault(f"Expected diagonals to have 3 rows, got shape {rules.text(diagonals)}")
    if diagonals is not None and rhs is not None and len(rhs) >= 2 and None not in (diagonals[-1], rhs[-2]) and \
            diagonals[-1] != rhs[-2]:
        raise ShapeFault(f"Dimensions must be equal, but are {diagonals[-1]} and {rhs[-2]}",
                         f"The length of diagonals and the number of rows of rhs must be equal, got {diagonals[-1]} "
                         f"and {rhs[-2]}")
    return [(rhs, inputs[1].dtype)]


@tridiagonal_solve_op.grad
def _(call, dy):
    diagonals, x = call.inputs[0], call.outputs[0]
    drhs = tridiagonal_solve_op(turned_bands(diagonals), dy, partial_pivoting=call.attrs["partial_pivoting"],
                                perturb_singular=call.attrs["perturb_singular"])
    return bands_of_product(drhs, x), drhs


@op("TurnedBands", inputs="diagonals: T", T=SOLVABLE, samples=lambda rng: [((rng.normal(size=(3, 4)),), {})])
def turned_bands(diagonals):
    """The three diagonals of the conjugate transposes."""
    upper, middle, lower = diagonals[..., 0, :], diagonals[..., 1, :], diagonals[..., 2, :]
    new_upper = jnp.concatenate([lower[..., 1:], jnp.zeros_like(lower[..., :1])], -1)
    new_lower = jnp.concatenate([jnp.zeros_like(upper[..., :1]), upper[..., :-1]], -1)
    return jnp.conj(jnp.stack([new_upper, middle, new_lower], -2)).astype(diagonals.dtype)


@op("BandsOfProduct", inputs="a: T, b: T", T=SOLVABLE,
    samples=lambda rng: [((rng.normal(size=(4, 2)), rng.normal(size=(4, 2))), {})])
def bands_of_product(a, b):
    """Minus the three diagonals of a · bᴴ: what a solution's gradient sends to the bands of its matrix."""
    b = jnp.conj(b).astype(a.dtype)
    none = jnp.zeros_like(a[..., :1, 0])
    upper = jnp.concatenate([jnp.sum(a[..., :-1, :] * b[..., 1:, :], -1), none], -1)
    lower = jnp.concatenate([none, jnp.sum(a[..., 1:, :] * b[..., :-1, :], -1)], -1)
    return -jnp.stack([upper, jnp.sum(a * b, -1), lower], -2)


@op("TridiagonalMatMul", inputs="superdiag: T, maindiag: T, subdiag: T, rhs: T", T=SOLVABLE,
    samples=lambda rng: [((*(rng.normal(size=(1, 4)) for _ in range(3)), rng.normal(size=(4, 2))), {})])
def tridiagonal_matmul_op(superdiag, maindiag, subdiag, rhs):
    """Products of matrices that hold three diagonals, each [..., 1, n], with matrices [..., n, k]."""
    for item in (superdiag, maindiag, subdiag, rhs):
        matrix_dims(item.shape)
    upper, middle, lower = (jnp.swapaxes(d, -1, -2) for d in (superdiag, maindiag, subdiag))
    product = middle * rhs
    product = product.at[..., :-1, :].add(upper[..., :-1, :] * rhs[..., 1:, :])
    return product.at[..., 1:, :].add(lower[..., 1:, :] * rhs[..., :-1, :])


def _three(diagonals: Any, form: str) -> list[Any]:
    """The superdiagonal, the main and the subdiagonal, each [..., n], from one of the three forms."""
    if form == "sequence":
        if not isinstance(diagonals, (tuple, list)) or len(diagonals) != 3:
            raise ValueError("Expected diagonals to be a sequence of length 3.")
        upper, middle, lower = (array.convert(d) for d in diagonals)
        n = middle.dims[-1]
        if upper.dims[-1] not in (n, n - 1) or lower.dims[-1] not in (n, n - 1):
            raise ValueError(f"The diagonals above and below must have {n} or {n - 1} elements, not "
                             f"{upper.dims[-1]} and {lower.dims[-1]}")
        return [_padded(upper, n, False), middle, _padded(lower, n, True)]
    x = array.convert(diagonals)
    if form == "compact":
        if x.dims is None or len(x.dims) < 2 or x.dims[-2] not in (3, None):
            raise ValueError(f"Expected 3 diagonals got {x.dims[-2] if x.dims and len(x.dims) > 1 else x.shape}")
        return [x[..., i, :] for i in range(3)]
    if form == "matrix":
        if x.dims is None or len(x.dims) < 2 or x.dims[-1] != x.dims[-2]:
            raise ValueError(f"Expected last two dimensions of diagonals to be same, got {x.shape}")
        n = x.dims[-1]
        if n == 1:
            middle = diag_part(x)
            return [array.zeros_like(middle), middle, array.zeros_like(middle)]
        return [_padded(diag_part(x, k=1), n, False), diag_part(x), _padded(diag_part(x, k=-1), n, True)]
    raise ValueError(f"Unrecognized diagonals_format: {form}")


def _padded(x: Any, n: int, front: bool) -> Any:
    if x.dims[-1] == n:
        return x
    widths = [[0, 0]] * (len(x.dims) - 1) + [[1, 0] if front else [0, 1]]
    return array.pad(x, np.array(widths, np.int32))


@public("linalg.tridiagonal_solve")
@composite("tridiagonal_solve")
def tridiagonal_solve(diagonals: Any, rhs: Any, diagonals_format: str = "compact", transpose_rhs: bool = False,
                      conjugate_rhs: bool = False, name: str | None = None, partial_pivoting: bool = True,
                      perturb_singular: bool = False) -> Any:
    """The solutions of systems whose matrices hold three diagonals.

    diagonals: "compact" [..., 3, n] (superdiagonal, whose last element is not used, main diagonal, subdiagonal, whose
    first is not), "sequence": a list of the three, or "matrix" [..., n, n], of which the rest is not read. rhs:
    [..., n] or [..., n, k], turned and conjugated first where asked. partial_pivoting, perturb_singular: accepted;
    rows are always exchanged where that is more exact. Raises ValueError for other forms.
    """
    three = _three(diagonals, diagonals_format)
    bands = array.convert(diagonals) if diagonals_format == "compact" else array.stack(three, axis=-2)
    b = array.convert(rhs)
    vector = b.dims is not None and bands.dims is not None and len(b.dims) == len(bands.dims) - 1
    if vector:
        column = array.expand_dims(conj(b) if conjugate_rhs else b, -1)
        return array.squeeze(tridiagonal_solve_op(bands, column), [-1])
    if transpose_rhs:
        b = matrix_transpose(b, conjugate=conjugate_rhs)
    elif conjugate_rhs:
        b = conj(b)
    found = tridiagonal_solve_op(bands, b)
    return matrix_transpose(found) if transpose_rhs else found


@public("linalg.tridiagonal_matmul")
@composite("tridiagonal_matmul")
def tridiagonal_matmul(diagonals: Any, rhs: Any, diagonals_format: str = "compact", name: str | None = None) -> Any:
    """Products of matrices that hold three diagonals with matrices [..., n, k].

    diagonals, diagonals_format: as in `tridiagonal_solve`. Raises ValueError for other forms.
    """
    upper, middle, lower = (array.expand_dims(d, -2) for d in _three(diagonals, diagonals_format))
    return tridiagonal_matmul_op(upper, middle, lower, rhs)


# Bands ---------------------------------------------------------------------------------------------


@op("BandedTriangularSolve", inputs="matrix: T, rhs: T", T=SOLVABLE,
    samples=lambda rng: [((rng.normal(size=(2, 4)) + 3, rng.normal(size=(4, 2))), {}),
                         ((rng.normal(size=(2, 4)) + 3, rng.normal(size=(4, 2))), {"lower": False})])
def banded_triangular_solve_op(matrix, rhs, *, lower: bool = True, adjoint: bool = False):
    """The solutions of triangular systems whose matrices are given by their bands."""
    bands, n = matrix.shape[-2:]
    i = np.arange(n)
    full = jnp.zeros((*matrix.shape[:-2], n, n), matrix.dtype)
    for k in range(bands):
        if lower:
            full = full.at[..., i[k:], i[: n - k]].set(matrix[..., k, k:])
        else:
            above = bands - 1 - k
            full = full.at[..., i[: n - above], i[above:]].set(matrix[..., k, : n - above])
    batch = jnp.broadcast_shapes(full.shape[:-2], rhs.shape[:-2])
    full, rhs = jnp.broadcast_to(full, (*batch, n, n)), jnp.broadcast_to(rhs, (*batch, *rhs.shape[-2:]))
    return jax.lax.linalg.triangular_solve(adjoint_of(full) if adjoint else full, rhs, left_side=True,
                                           lower=lower != adjoint)


@banded_triangular_solve_op.shape
def _(inputs, attrs):
    bands, rhs = (matrix_dims(i.dims) for i in inputs)
    if bands is None or rhs is None:
        return [(None, inputs[0].dtype)]
    if bands[-1] is not None and rhs[-2] is not None and bands[-1] != rhs[-2]:
        raise ShapeFault(f"Dimensions must be equal, but are {bands[-1]} and {rhs[-2]}",
                         f"Bands and rhs are incompatible: {rules.text(bands)} and {rules.text(rhs)}")
    batch = rules.broadcast_dims([bands[:-2], rhs[:-2]])
    return [(None if batch is None else (*batch, bands[-1], rhs[-1]), inputs[0].dtype)]


@public("linalg.banded_triangular_solve")
def banded_triangular_solve(bands: Any, rhs: Any, lower: bool = True, adjoint: bool = False,
                            name: str | None = None) -> Any:
    """The solutions of triangular systems whose matrices hold a few diagonals.

    bands: [..., bands, n]. Of a lower triangle the main diagonal comes first, and a diagonal k below starts after k
    unused elements; of an upper one (`lower` false) the main diagonal comes last, and a diagonal k above ends with k
    unused elements. rhs: [..., n, k]; leading dimensions broadcast. adjoint: of the conjugate transposes.
    """
    return banded_triangular_solve_op(bands, rhs, lower=lower, adjoint=adjoint,
                                      name=name or "banded_triangular_solve")


@op("EighTridiagonal", inputs="alpha: T, beta: T, low: U, high: U", T=SOLVABLE, host=True, outputs=("e", "v"),
    differentiable=never("eigenvalues of three diagonals come from a routine without a gradient"),
    samples=lambda rng: [((rng.normal(size=4), rng.normal(size=3), np.asarray(0), np.asarray(0)), {})])
def eigh_tridiagonal_op(alpha, beta, low, high, *, eigvals_only: bool = True, select: str = "a"):
    """Eigenvalues, and eigenvectors as columns, of Hermitian matrices that hold three diagonals."""
    from scipy import linalg

    middle, side, turn = np.real(alpha), beta, None
    if np.iscomplexobj(beta):
        # A diagonal matrix of phases turns the complex matrix into a real one.
        side = np.abs(beta)
        turn = np.cumprod(np.concatenate([[1], np.where(side == 0, 1, np.conj(beta) / np.where(side == 0, 1, side))]))
    bounds = None if select == "a" else (float(low), float(high)) if select == "v" else (int(low), int(high))
    found: Any = linalg.eigh_tridiagonal(middle, side, eigvals_only=eigvals_only, select=select,
                                         select_range=bounds)
    if eigvals_only:
        return found.astype(middle.dtype), np.zeros((0,), alpha.dtype)
    values, vectors = found
    vectors = vectors if turn is None else np.conj(turn)[:, None] * vectors
    return values.astype(middle.dtype), vectors.astype(alpha.dtype)


@eigh_tridiagonal_op.shape
def _(inputs, attrs):
    dims, dtype = inputs[0].dims, inputs[0].dtype
    if dims is not None and len(dims) != 1:
        raise ShapeFault(f"Shape must be rank 1 but is rank {len(dims)}")
    count = None if attrs["select"] != "a" or dims is None else dims[0]
    values = (count,)
    return [(values, dtype.real_dtype),
            ((0,) if attrs["eigvals_only"] else (None if dims is None else dims[0], count), dtype)]


@public("linalg.eigh_tridiagonal")
def eigh_tridiagonal(alpha: Any, beta: Any, eigvals_only: bool = True, select: str = "a", select_range: Any = None,
                     tol: Any = None, name: str | None = None) -> Any:
    """Eigenvalues, rising, of one Hermitian matrix that holds three diagonals.

    alpha: the main diagonal [n], real; beta: the one above [n - 1]. select: "a" all; "v" those in the interval
    `select_range`; "i" those from the first to the last index there. Without `eigvals_only` also the eigenvectors, as
    columns. tol: accepted; the values are exact to rounding. Raises ValueError for another `select`.
    """
    if select not in ("a", "v", "i"):
        raise ValueError(f"'select' must have a value in {{'a', 'v', 'i'}}, got {select!r}")
    if select != "a" and (select_range is None or len(select_range) != 2):
        raise ValueError("select_range must be a pair of a lower and an upper bound where select is 'v' or 'i'")
    low, high = (0, 0) if select == "a" else select_range
    values, vectors = eigh_tridiagonal_op(alpha, beta, low, high, eigvals_only=eigvals_only, select=select, name=name)
    return values if eigvals_only else (values, vectors)
