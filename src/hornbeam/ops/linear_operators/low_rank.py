"""An operator plus one of low rank: solutions and determinants by way of small matrices."""

from __future__ import annotations

from typing import Any

from hornbeam.graph.shapes import TensorShape
from hornbeam.ops import array, math
from hornbeam.ops.decompositions import cholesky, det, solve
from hornbeam.ops.diagonals import diag_part
from hornbeam.ops.linalg import cholesky_solve
from hornbeam.ops.linear_operators.diagonal import LinearOperatorDiag, LinearOperatorIdentity
from hornbeam.ops.linear_operators.operator import LinearOperator
from hornbeam.ops.linear_operators.tools import (
    common_batch,
    common_batch_tensor,
    conjugated,
    joined,
    parameter,
    public_kind,
    shape_of,
    sizes,
)
from hornbeam.ops.matmul import matmul


@public_kind("LinearOperatorLowRankUpdate")
class LinearOperatorLowRankUpdate(LinearOperator):
    """L + U · D · Vᴴ for an operator L, matrices U and V of few columns, and a diagonal D.

    base_operator: L, [..., m, n]. u: U, [..., m, k]. diag_update: the diagonal of D, [..., k], by default ones. v: V,
    [..., n, k], by default U. is_diag_update_positive: a promise that D is positive. Other arguments as for
    `LinearOperator`. Solutions follow Woodbury's formula, determinants the matrix determinant lemma.
    Raises ValueError for sizes that do not fit and promises that are wrong.
    """

    def __init__(self, base_operator: Any, u: Any, diag_update: Any = None, v: Any = None,
                 is_diag_update_positive: bool | None = None, is_non_singular: bool | None = None,
                 is_self_adjoint: bool | None = None, is_positive_definite: bool | None = None,
                 is_square: bool | None = None, name: str = "LinearOperatorLowRankUpdate") -> None:
        parameters = {"base_operator": base_operator, "u": u, "diag_update": diag_update, "v": v,
                      "is_diag_update_positive": is_diag_update_positive, "is_non_singular": is_non_singular,
                      "is_self_adjoint": is_self_adjoint, "is_positive_definite": is_positive_definite,
                      "is_square": is_square, "name": name}
        dtype = base_operator.dtype
        if diag_update is None:
            if is_diag_update_positive is False:
                raise ValueError("Default diagonal is the identity, which is positive.  However, user set "
                                 "'is_diag_update_positive' to False.")
            is_diag_update_positive = True
        if base_operator.is_self_adjoint and v is None and not dtype.is_complex:
            if is_self_adjoint is False:
                raise ValueError("A = L + UDU^H, with L self-adjoint and D real diagonal.  Since UDU^H is "
                                 "self-adjoint, this must be a self-adjoint operator.")
            is_self_adjoint = True
        self._use_cholesky = bool(base_operator.is_positive_definite and base_operator.is_self_adjoint
                                  and is_diag_update_positive and v is None)
        if self._use_cholesky:
            if False in (is_positive_definite, is_self_adjoint, is_non_singular):
                raise ValueError("Arguments imply this is self-adjoint positive-definite operator.")
            is_positive_definite = is_self_adjoint = True
        self._base, self._is_diag_positive = base_operator, is_diag_update_positive
        self._u = parameter(u, "u")
        self._v = self._u if v is None else parameter(v, "v")
        self._diag_update = None if diag_update is None else parameter(diag_update, "diag_update")
        super().__init__(dtype, is_non_singular=is_non_singular, is_self_adjoint=is_self_adjoint,
                         is_positive_definite=is_positive_definite, is_square=is_square, parameters=parameters,
                         name=name)
        self._diag = self._made_diagonal()
        self._check_shapes()

    def _made_diagonal(self) -> LinearOperator:
        if self._diag_update is not None:
            return LinearOperatorDiag(self._diag_update, is_positive_definite=self._is_diag_positive)
        known = shape_of(self._u)
        rank = known.as_list()[-1] if known.rank else None
        return LinearOperatorIdentity(sizes(self._u)[-1] if rank is None else rank, dtype=self.dtype)

    def _check_shapes(self) -> None:
        both = array.broadcast_static_shape(shape_of(self._u), shape_of(self._v))
        if both.rank is None:
            return
        batch = array.broadcast_static_shape(self._base.batch_shape, both[:-2])
        self._base.domain_dimension.assert_is_compatible_with(both.dims[-2])  # type: ignore[index]
        if self._diag_update is not None and shape_of(self._diag_update).rank is not None:
            diag = shape_of(self._diag_update)
            both.dims[-1].assert_is_compatible_with(diag.dims[-1])  # type: ignore[index]
            array.broadcast_static_shape(batch, diag[:-1])

    @property
    def u(self) -> Any:
        """The matrix U."""
        return self._u

    @property
    def v(self) -> Any:
        """The matrix V."""
        return self._v

    @property
    def is_diag_update_positive(self) -> bool | None:
        """Whether D is promised to be positive."""
        return self._is_diag_positive

    @property
    def diag_update(self) -> Any:
        """The diagonal of D, None where it is all ones."""
        return self._diag_update

    @property
    def diag_operator(self) -> Any:
        """D, as an operator."""
        return self._diag

    @property
    def base_operator(self) -> Any:
        """L, as an operator."""
        return self._base

    def _shape(self) -> TensorShape:
        batch = common_batch([self._base.batch_shape, self._diag.batch_shape, shape_of(self._u)[:-2],
                              shape_of(self._v)[:-2]])
        return batch.concatenate([self._base.range_dimension, self._base.domain_dimension])

    def _shape_tensor(self) -> Any:
        batch = common_batch_tensor([self._base.batch_shape_tensor(), self._diag.batch_shape_tensor(),
                                     sizes(self._u)[:-2], sizes(self._v)[:-2]])
        return joined(batch, [self._base._size(-2), self._base._size(-1)])

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        left, right = (self._v, self._u) if adjoint else (self._u, self._v)
        small = self._diag.matmul(matmul(right, x, adjoint_a=True, adjoint_b=adjoint_arg), adjoint=adjoint)
        return self._base.matmul(x, adjoint=adjoint, adjoint_arg=adjoint_arg) + matmul(left, small)

    def _capacitance(self) -> Any:
        """The small matrix D⁻¹ + Vᴴ · L⁻¹ · U."""
        inner = matmul(self._v, self._base.solve(self._u), adjoint_a=True)
        return self._diag.inverse().add_to_tensor(inner)

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        if self._base.is_non_singular is False:
            raise ValueError("Solve not implemented unless this is a perturbation of a non-singular LinearOperator.")
        left, right = (self._v, self._u) if adjoint else (self._u, self._v)
        first = self._base.solve(rhs, adjoint=adjoint, adjoint_arg=adjoint_arg)
        small, small_rhs = self._capacitance(), matmul(right, first, adjoint_a=True)
        found = cholesky_solve(cholesky(small), small_rhs) if self._use_cholesky else \
            solve(small, small_rhs, adjoint=adjoint)
        return first - self._base.solve(matmul(left, found), adjoint=adjoint)

    def _determinant(self) -> Any:
        if self.is_positive_definite:
            return math.exp(self.log_abs_determinant())
        return det(self._capacitance()) * self._diag.determinant() * self._base.determinant()

    def _log_abs_determinant(self) -> Any:
        small = self._capacitance()
        if self._use_cholesky:
            found = math.multiply(math.reduce_sum(math.log(diag_part(cholesky(small))), [-1]), 2.0)
        else:
            found = math.cast(math.log(math.abs(det(small))), self.dtype)
        return found + self._diag.log_abs_determinant() + self._base.log_abs_determinant()

    def _diag_part(self) -> Any:
        product = self._u * conjugated(self._v)
        if self._diag_update is not None:
            product = product * array.expand_dims(self._diag_update, -2)
        return math.reduce_sum(product, -1) + self._base.diag_part()

    def _assert_self_adjoint(self) -> Any:
        if self._u is self._v and self._diag_update is None:
            return self._base.assert_self_adjoint()
        return super()._assert_self_adjoint()
