"""The public names of `hornbeam.linalg`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam import eig as eig
from hornbeam import eigvals as eigvals
from hornbeam import einsum as einsum
from hornbeam import eye as eye
from hornbeam import matmul as matmul
from hornbeam import matrix_square_root as _sqrtm
from hornbeam import norm as norm
from hornbeam import tensordot as tensordot
from hornbeam.linalg import experimental as experimental
from hornbeam.ops.banded import banded_triangular_solve as banded_triangular_solve
from hornbeam.ops.banded import eigh_tridiagonal as eigh_tridiagonal
from hornbeam.ops.banded import tridiagonal_matmul as tridiagonal_matmul
from hornbeam.ops.banded import tridiagonal_solve as tridiagonal_solve
from hornbeam.ops.clip import global_norm as global_norm
from hornbeam.ops.decompositions import eigh as eigh
from hornbeam.ops.decompositions import eigvalsh as eigvalsh
from hornbeam.ops.decompositions import lstsq as lstsq
from hornbeam.ops.decompositions import svd as svd
from hornbeam.ops.decompositions import triangular_solve as triangular_solve
from hornbeam.ops.diagonals import diag as diag
from hornbeam.ops.diagonals import diag_part as diag_part
from hornbeam.ops.diagonals import set_diag as set_diag
from hornbeam.ops.diagonals import trace as trace
from hornbeam.ops.linalg import adjoint as adjoint
from hornbeam.ops.linalg import cholesky_solve as cholesky_solve
from hornbeam.ops.linalg import logdet as logdet
from hornbeam.ops.linalg import lu_matrix_inverse as lu_matrix_inverse
from hornbeam.ops.linalg import lu_reconstruct as lu_reconstruct
from hornbeam.ops.linalg import lu_solve as lu_solve
from hornbeam.ops.linalg import matrix_rank as matrix_rank
from hornbeam.ops.linalg import matrix_transpose as matrix_transpose
from hornbeam.ops.linalg import pinv as pinv
from hornbeam.ops.linear_operators.banded import LinearOperatorToeplitz as LinearOperatorToeplitz
from hornbeam.ops.linear_operators.banded import LinearOperatorTridiag as LinearOperatorTridiag
from hornbeam.ops.linear_operators.blocks import LinearOperatorBlockDiag as LinearOperatorBlockDiag
from hornbeam.ops.linear_operators.blocks import LinearOperatorBlockLowerTriangular as LinearOperatorBlockLowerTriangular
from hornbeam.ops.linear_operators.circulant import LinearOperatorCirculant as LinearOperatorCirculant
from hornbeam.ops.linear_operators.circulant import LinearOperatorCirculant2D as LinearOperatorCirculant2D
from hornbeam.ops.linear_operators.circulant import LinearOperatorCirculant3D as LinearOperatorCirculant3D
from hornbeam.ops.linear_operators.dense import LinearOperatorFullMatrix as LinearOperatorFullMatrix
from hornbeam.ops.linear_operators.dense import LinearOperatorLowerTriangular as LinearOperatorLowerTriangular
from hornbeam.ops.linear_operators.diagonal import LinearOperatorDiag as LinearOperatorDiag
from hornbeam.ops.linear_operators.diagonal import LinearOperatorIdentity as LinearOperatorIdentity
from hornbeam.ops.linear_operators.diagonal import LinearOperatorScaledIdentity as LinearOperatorScaledIdentity
from hornbeam.ops.linear_operators.diagonal import LinearOperatorZeros as LinearOperatorZeros
from hornbeam.ops.linear_operators.kronecker import LinearOperatorKronecker as LinearOperatorKronecker
from hornbeam.ops.linear_operators.low_rank import LinearOperatorLowRankUpdate as LinearOperatorLowRankUpdate
from hornbeam.ops.linear_operators.operator import LinearOperator as LinearOperator
from hornbeam.ops.linear_operators.reflections import LinearOperatorHouseholder as LinearOperatorHouseholder
from hornbeam.ops.linear_operators.reflections import LinearOperatorPermutation as LinearOperatorPermutation
from hornbeam.ops.linear_operators.wrappers import LinearOperatorAdjoint as LinearOperatorAdjoint
from hornbeam.ops.linear_operators.wrappers import LinearOperatorComposition as LinearOperatorComposition
from hornbeam.ops.linear_operators.wrappers import LinearOperatorInversion as LinearOperatorInversion
from hornbeam.ops.matmul import matvec as matvec
from hornbeam.ops.norms import l2_normalize as l2_normalize
from hornbeam.ops.norms import normalize as normalize
from typing import Any

def band_part(input: Any, num_lower: Any, num_upper: Any, name: str | None = None) -> Any:
    r"""The matrices in the last two dimensions with zeros outside a band."""
def cholesky(input: Any, name: str | None = None) -> Any:
    r"""The lower triangle L with positive diagonal for which L · Lᴴ is the input."""
def cross(a: Any, b: Any, name: str | None = None) -> Any:
    r"""The cross products of vectors of three numbers: [..., 3] and [..., 3], of one shape."""
def det(input: Any, name: str | None = None) -> Any:
    r"""The determinants of square matrices: [..., n, n] gives [...]; of no rows 1."""
def expm(input: Any, name: str | None = None) -> Any:
    r"""The matrix exponential Σ Aⁿ / n! of the matrices in the last two dimensions. Higham 2005."""
def inv(input: Any, adjoint: bool = False, name: str | None = None) -> Any:
    r"""The inverses of square matrices, or with `adjoint` of their conjugate transposes: [..., n, n]."""
def logm(input: Any, name: str | None = None) -> Any:
    r"""The principal matrix logarithm of complex matrices: expm of it is the input. Davies and Higham 2003."""
def lu(input: Any, output_idx_type: Any = ..., name: str | None = None) -> Any:
    r"""A lower triangle with ones on its diagonal times an upper one, of the rows in another order: (lu, p)."""
def qr(input: Any, full_matrices: bool = False, name: str | None = None) -> Any:
    r"""Matrices with orthonormal columns times upper triangles: (q, r) with q · r the input."""
def slogdet(input: Any, name: str | None = None) -> Any:
    r"""The signs of determinants and the logarithms of their sizes: [..., n, n] gives two [...]."""
def solve(matrix: Any, rhs: Any, adjoint: bool = False, name: str | None = None) -> Any:
    r"""The solutions x of matrix · x = rhs, or of matrixᴴ · x = rhs with `adjoint`."""
sqrtm = _sqrtm
def tensor_diag(diagonal: Any, name: str | None = None) -> Any:
    r"""A tensor of twice the rank that holds the elements where both halves of the index agree, and zeros."""
def tensor_diag_part(input: Any, name: str | None = None) -> Any:
    r"""The elements where both halves of the index agree."""
