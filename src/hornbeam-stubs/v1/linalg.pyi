"""The public names of `hornbeam.v1.linalg`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam import eig as eig
from hornbeam import eigvals as eigvals
from hornbeam import einsum as einsum
from hornbeam import eye as eye
from hornbeam import matmul as matmul
from hornbeam import matrix_square_root as _sqrtm
from hornbeam import tensordot as tensordot
from hornbeam.linalg import adjoint as adjoint
from hornbeam.linalg import band_part as band_part
from hornbeam.linalg import banded_triangular_solve as banded_triangular_solve
from hornbeam.linalg import cholesky as cholesky
from hornbeam.linalg import cholesky_solve as cholesky_solve
from hornbeam.linalg import cross as cross
from hornbeam.linalg import det as det
from hornbeam.linalg import diag as diag
from hornbeam.linalg import diag_part as diag_part
from hornbeam.linalg import eigh as eigh
from hornbeam.linalg import eigh_tridiagonal as eigh_tridiagonal
from hornbeam.linalg import eigvalsh as eigvalsh
from hornbeam.linalg import expm as expm
from hornbeam.linalg import global_norm as global_norm
from hornbeam.linalg import inv as inv
from hornbeam.linalg import l2_normalize as l2_normalize
from hornbeam.linalg import logdet as logdet
from hornbeam.linalg import logm as logm
from hornbeam.linalg import lstsq as lstsq
from hornbeam.linalg import lu as lu
from hornbeam.linalg import lu_matrix_inverse as lu_matrix_inverse
from hornbeam.linalg import lu_reconstruct as lu_reconstruct
from hornbeam.linalg import lu_solve as lu_solve
from hornbeam.linalg import matrix_rank as matrix_rank
from hornbeam.linalg import matrix_transpose as _transpose
from hornbeam.linalg import matrix_transpose as matrix_transpose
from hornbeam.linalg import matvec as matvec
from hornbeam.linalg import normalize as normalize
from hornbeam.linalg import pinv as pinv
from hornbeam.linalg import qr as qr
from hornbeam.linalg import set_diag as set_diag
from hornbeam.linalg import slogdet as slogdet
from hornbeam.linalg import solve as solve
from hornbeam.linalg import svd as svd
from hornbeam.linalg import tensor_diag as tensor_diag
from hornbeam.linalg import tensor_diag_part as tensor_diag_part
from hornbeam.linalg import trace as trace
from hornbeam.linalg import triangular_solve as triangular_solve
from hornbeam.linalg import tridiagonal_matmul as tridiagonal_matmul
from hornbeam.linalg import tridiagonal_solve as tridiagonal_solve
from hornbeam.v1 import norm as norm

sqrtm = _sqrtm
transpose = _transpose
