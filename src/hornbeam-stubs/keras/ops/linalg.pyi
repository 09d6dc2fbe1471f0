"""The public names of `hornbeam.keras.ops.linalg`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.ops import cholesky as cholesky
from hornbeam.keras.ops import cholesky_inverse as cholesky_inverse
from hornbeam.keras.ops import det as det
from hornbeam.keras.ops import eig as eig
from hornbeam.keras.ops import eigh as eigh
from hornbeam.keras.ops import inv as inv
from hornbeam.keras.ops import jvp as jvp
from hornbeam.keras.ops import lstsq as lstsq
from hornbeam.keras.ops import lu_factor as lu_factor
from hornbeam.keras.ops import matrix_rank as matrix_rank
from hornbeam.keras.ops import norm as norm
from hornbeam.keras.ops import pinv as pinv
from hornbeam.keras.ops import qr as qr
from hornbeam.keras.ops import solve as solve
from hornbeam.keras.ops import solve_triangular as solve_triangular
from hornbeam.keras.ops import svd as svd
