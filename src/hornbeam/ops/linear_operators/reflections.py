"""Operators that only move vectors: reflections and permutations."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.errors import InvalidArgumentError
from hornbeam.graph.shapes import TensorShape
from hornbeam.ops import array, dims, math
from hornbeam.ops.diagonals import diag_part, set_diag
from hornbeam.ops.linalg import adjoint as adjoint_of
from hornbeam.ops.linear_operators.combining import INVERSE
from hornbeam.ops.linear_operators.operator import LinearOperator
from hornbeam.ops.linear_operators.tools import (
    column,
    conjugated,
    joined,
    nothing,
    parameter,
    public_kind,
    refuse,
    refuse_rank,
    shape_of,
    sizes,
)
from hornbeam.ops.matmul import matmul
from hornbeam.ops.sorting import argsort


@public_kind("LinearOperatorHouseholder")
class LinearOperatorHouseholder(LinearOperator):
    """Reflections about the hyperplanes orthogonal to vectors v: I - 2 v vᴴ / (vᴴ v).

    reflection_axis: v, [..., n], of any length but 0. Other arguments as for `LinearOperator`.
    Raises ValueError for a scalar and for promises that do not hold of reflections.
    """

    def __init__(self, reflection_axis: Any, is_non_singular: bool | None = None, is_self_adjoint: bool | None = None,
                 is_positive_definite: bool | None = None, is_square: bool | None = None,
                 name: str = "LinearOperatorHouseholder") -> None:
        parameters = {"reflection_axis": reflection_axis, "is_non_singular": is_non_singular,
                      "is_self_adjoint": is_self_adjoint, "is_positive_definite": is_positive_definite,
                      "is_square": is_square, "name": name}
        self._axis = parameter(reflection_axis, "reflection_axis")
        refuse_rank(self._axis, 1, "reflection_axis")
        is_self_adjoint = refuse(is_self_adjoint, False, "A Householder operator is always self adjoint.")
        is_positive_definite = refuse(is_positive_definite, True,
                                      "A Householder operator is always non-positive definite.")
        is_square = refuse(is_square, False, "A Householder operator is always square.")
        super().__init__(self._axis.dtype, is_non_singular=is_non_singular, is_self_adjoint=is_self_adjoint,
                         is_positive_definite=is_positive_definite, is_square=is_square, parameters=parameters,
                         name=name)

    @property
    def reflection_axis(self) -> Any:
        """The vectors v."""
        return self._axis

    def _shape(self) -> TensorShape:
        return shape_of(self._axis).concatenate(shape_of(self._axis)[-1:])

    def _shape_tensor(self) -> Any:
        found = sizes(self._axis)
        return joined(found, found[-1:])

    def _unit(self) -> Any:
        """v, of length 1."""
        size = math.reduce_sum(math.square(math.abs(self._axis)), -1, keepdims=True)
        return self._axis / math.cast(math.sqrt(math.maximum(size, np.float32(1e-12).astype(size.dtype.np_dtype))),
                                      self.dtype)

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        unit = column(self._unit())
        x = adjoint_of(x) if adjoint_arg else x
        return x - math.multiply(unit * matmul(unit, x, adjoint_a=True), 2.0)

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return self._matmul(rhs, adjoint, adjoint_arg)

    def _trace(self) -> Any:
        return self._filled(array.ones) * math.cast(array.convert(self._size(-1)) - 2, self.dtype)

    def _determinant(self) -> Any:
        return -self._filled(array.ones)

    def _log_abs_determinant(self) -> Any:
        return self._filled(array.zeros)

    def _to_dense(self) -> Any:
        unit = column(self._unit())
        found = math.multiply(matmul(unit, unit, adjoint_b=True), -2.0)
        return set_diag(found, diag_part(found) + np.ones((), self.dtype.np_dtype))

    def _diag_part(self) -> Any:
        unit = self._unit()
        return np.ones((), self.dtype.np_dtype) - math.multiply(unit * conjugated(unit), 2.0)

    def _eigvals(self) -> Any:
        return array.concat([-self._filled(array.ones, 1), self._filled(array.ones, self._size(-1) - 1)], -1)

    def _cond(self) -> Any:
        return self._filled(array.ones)

    def _assert_non_singular(self) -> Any:
        return nothing("assert_non_singular")

    def _assert_positive_definite(self) -> Any:
        raise InvalidArgumentError(None, None, "Householder operators are always non-positive definite.")

    def _assert_self_adjoint(self) -> Any:
        return nothing("assert_self_adjoint")


@INVERSE.rule(LinearOperatorHouseholder)
def _(reflection):
    return reflection


# Permutations --------------------------------------------------------------------------------------


@public_kind("LinearOperatorPermutation")
class LinearOperatorPermutation(LinearOperator):
    """Permutations: row i of a product is row perm[i] of its argument.

    perm: integers [..., n], each of 0 … n - 1 once in each row. dtype: of the matrices. Other arguments as for
    `LinearOperator`. Raises ValueError for what is no permutation (where it is known) and for promises that are False,
    TypeError for what is no integer.
    """

    def __init__(self, perm: Any, dtype: Any = dtypes.float32, is_non_singular: bool | None = None,
                 is_self_adjoint: bool | None = None, is_positive_definite: bool | None = None,
                 is_square: bool | None = None, name: str = "LinearOperatorPermutation") -> None:
        parameters = {"perm": perm, "dtype": dtype, "is_non_singular": is_non_singular,
                      "is_self_adjoint": is_self_adjoint, "is_positive_definite": is_positive_definite,
                      "is_square": is_square, "name": name}
        self._perm = parameter(perm, "perm")
        _check_permutation(self._perm)
        for hint, what in ((is_non_singular, "non-singular"), (is_square, "square")):
            if hint is False:
                argument = f"is_{what.replace('-', '_')}"
                raise ValueError(f"A Permutation operator is always {what}. Expected argument `{argument}` to be "
                                 "True. Received: False.")
        super().__init__(dtype, is_non_singular=is_non_singular, is_self_adjoint=is_self_adjoint,
                         is_positive_definite=is_positive_definite, is_square=True, parameters=parameters, name=name)

    @property
    def perm(self) -> Any:
        """The permutations."""
        return self._perm

    def _shape(self) -> TensorShape:
        return shape_of(self._perm).concatenate(shape_of(self._perm)[-1:])

    def _shape_tensor(self) -> Any:
        found = sizes(self._perm)
        return joined(found, found[-1:])

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        order = array.convert(self._perm)
        if adjoint and not self.is_self_adjoint:
            order = argsort(order, axis=-1)
        x = adjoint_of(x) if adjoint_arg else x
        if shape_of(order).rank == 1:
            return array.gather(x, order, axis=-2)
        shape = array.broadcast_dynamic_shape(sizes(x)[:-1], sizes(order))
        whole = joined(shape, sizes(x)[-1:])
        rows = array.reshape(array.broadcast_to(x, whole), joined([-1], whole[-2:]))
        orders = array.reshape(array.broadcast_to(order, shape), joined([-1], whole[-2:-1]))
        found = array.reshape(array.gather(rows, orders, axis=-2, batch_dims=1), whole)
        known = array.broadcast_static_shape(shape_of(x)[:-1], shape_of(order)).concatenate(shape_of(x)[-1:])
        return dims.with_dims(found, known._dims)

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return self._matmul(rhs, not adjoint, adjoint_arg)

    def _log_abs_determinant(self) -> Any:
        return self._filled(array.zeros)

    def _places(self) -> Any:
        return math.cast(array.range(self._size(-1)), self._perm.dtype)

    def _to_dense(self) -> Any:
        return math.cast(math.equal(self._places(), column(self._perm)), self.dtype)

    def _diag_part(self) -> Any:
        return math.cast(math.equal(self._places(), self._perm), self.dtype)

    def _cond(self) -> Any:
        return self._filled(array.ones)

    def _assert_non_singular(self) -> Any:
        return nothing("assert_non_singular")


def _check_permutation(perm: Any) -> None:
    if shape_of(perm).rank == 0:
        raise ValueError(f"Argument `perm` must have at least 1 dimension. Received: {perm}.")
    if not perm.dtype.base_dtype.is_integer:
        raise TypeError(f"Argument `perm` must be integer dtype. Received: {perm}.")
    known = dims.static_value(perm)
    if known is not None and (np.sort(known, -1) != np.arange(known.shape[-1])).any():
        raise ValueError(f"Argument `perm` must be a vector of unique integers from 0 to {known.shape[-1] - 1}.")
