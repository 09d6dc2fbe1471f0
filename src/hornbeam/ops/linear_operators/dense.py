"""Operators that hold their matrix: full ones and lower triangles."""

from __future__ import annotations

from typing import Any

from hornbeam.graph import dtypes
from hornbeam.graph.shapes import TensorShape
from hornbeam.ops import math
from hornbeam.ops.decompositions import cholesky, triangular_solve
from hornbeam.ops.diagonals import diag_part, matrix_band_part
from hornbeam.ops.linalg import adjoint as adjoint_of
from hornbeam.ops.linear_operators.combining import CHOLESKY
from hornbeam.ops.linear_operators.operator import LinearOperator
from hornbeam.ops.linear_operators.tools import (
    assert_no_zeros,
    parameter,
    public_kind,
    refuse,
    refuse_rank,
    shape_of,
    sizes,
)
from hornbeam.ops.matmul import matmul

_ALLOWED = (dtypes.float16, dtypes.float32, dtypes.float64, dtypes.complex64, dtypes.complex128)


@public_kind("LinearOperatorFullMatrix")
class LinearOperatorFullMatrix(LinearOperator):
    """Matrices that are written out: what any other kind can be compared with.

    matrix: [..., m, n], floats or complex numbers. Other arguments as for `LinearOperator`.
    Raises TypeError for other dtypes, ValueError for fewer than two dimensions.

    >>> LinearOperatorFullMatrix([[2.0, 0.0], [0.0, 4.0]]).solvevec([2.0, 4.0]).numpy().tolist()
    [1.0, 1.0]
    """

    def __init__(self, matrix: Any, is_non_singular: bool | None = None, is_self_adjoint: bool | None = None,
                 is_positive_definite: bool | None = None, is_square: bool | None = None,
                 name: str = "LinearOperatorFullMatrix") -> None:
        parameters = {"matrix": matrix, "is_non_singular": is_non_singular, "is_self_adjoint": is_self_adjoint,
                      "is_positive_definite": is_positive_definite, "is_square": is_square, "name": name}
        self._matrix = parameter(matrix, "matrix")
        kind = self._matrix.dtype.base_dtype
        if kind not in _ALLOWED:
            raise TypeError(f"Argument `matrix` must have dtype in {list(_ALLOWED)}. Received: {kind}.")
        rank = shape_of(self._matrix).rank
        if rank is not None and rank < 2:
            raise ValueError(f"Argument `matrix` must have at least 2 dimensions. Received: {self._matrix}.")
        super().__init__(kind, is_non_singular=is_non_singular, is_self_adjoint=is_self_adjoint,
                         is_positive_definite=is_positive_definite, is_square=is_square, parameters=parameters,
                         name=name)

    @property
    def matrix(self) -> Any:
        """The matrices."""
        return self._matrix

    def _shape(self) -> TensorShape:
        return shape_of(self._matrix)

    def _shape_tensor(self) -> Any:
        return sizes(self._matrix)

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return matmul(self._matrix, x, adjoint_a=adjoint, adjoint_b=adjoint_arg)

    def _to_dense(self) -> Any:
        return self._matrix


# Triangles -----------------------------------------------------------------------------------------


@public_kind("LinearOperatorLowerTriangular")
class LinearOperatorLowerTriangular(LinearOperator):
    """Lower triangles.

    tril: [..., n, n], of which the part above the diagonal is not read. Other arguments as for `LinearOperator`.
    Raises ValueError for fewer than two dimensions or `is_square` False.
    """

    def __init__(self, tril: Any, is_non_singular: bool | None = None, is_self_adjoint: bool | None = None,
                 is_positive_definite: bool | None = None, is_square: bool | None = None,
                 name: str = "LinearOperatorLowerTriangular") -> None:
        parameters = {"tril": tril, "is_non_singular": is_non_singular, "is_self_adjoint": is_self_adjoint,
                      "is_positive_definite": is_positive_definite, "is_square": is_square, "name": name}
        is_square = refuse(is_square, False, "Only square lower triangular operators supported at this time.")
        self._tril = parameter(tril, "tril")
        refuse_rank(self._tril, 2, "tril")
        super().__init__(self._tril.dtype, is_non_singular=is_non_singular, is_self_adjoint=is_self_adjoint,
                         is_positive_definite=is_positive_definite, is_square=is_square, parameters=parameters,
                         name=name)

    @property
    def tril(self) -> Any:
        """The matrices as they were given."""
        return self._tril

    def _shape(self) -> TensorShape:
        return shape_of(self._tril)

    def _shape_tensor(self) -> Any:
        return sizes(self._tril)

    def _assert_non_singular(self) -> Any:
        return assert_no_zeros(self._diag_part(), message="Singular operator:  Diagonal contained zero values.")

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return matmul(self._to_dense(), x, adjoint_a=adjoint, adjoint_b=adjoint_arg)

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        rhs = adjoint_of(rhs) if adjoint_arg else rhs
        return triangular_solve(self._tril, rhs, lower=True, adjoint=adjoint)

    def _determinant(self) -> Any:
        return math.reduce_prod(self._diag_part(), [-1])

    def _log_abs_determinant(self) -> Any:
        return math.reduce_sum(math.log(math.abs(self._diag_part())), [-1])

    def _to_dense(self) -> Any:
        return matrix_band_part(self._tril, -1, 0)

    def _diag_part(self) -> Any:
        return diag_part(self._tril)

    def _eigvals(self) -> Any:
        return self._diag_part()


def triangle(tril: Any) -> LinearOperatorLowerTriangular:
    """A Cholesky factor."""
    return LinearOperatorLowerTriangular(tril, is_non_singular=True, is_self_adjoint=False, is_square=True)


@CHOLESKY.rule(LinearOperator)
def _(operator):
    return triangle(cholesky(operator.to_dense()))
