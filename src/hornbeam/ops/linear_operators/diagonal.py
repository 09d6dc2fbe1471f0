"""Operators with nothing but a diagonal: any, the identity and its multiples, zeros."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.errors import InvalidArgumentError
from hornbeam.graph.shapes import TensorShape
from hornbeam.ops import array, math
from hornbeam.ops.diagonals import diag as matrix_of
from hornbeam.ops.diagonals import diag_part, set_diag
from hornbeam.ops.linalg import adjoint as adjoint_of
from hornbeam.ops.linear_operators import combining
from hornbeam.ops.linear_operators.combining import ADJOINT, CHOLESKY, INVERSE, PRODUCT, SOLUTION
from hornbeam.ops.linear_operators.dense import LinearOperatorLowerTriangular
from hornbeam.ops.linear_operators.operator import LinearOperator
from hornbeam.ops.linear_operators.tools import (
    assert_equal,
    assert_no_zeros,
    assert_positive,
    assert_real,
    column,
    conjugated,
    joined,
    known_size,
    nothing,
    parameter,
    public_kind,
    refuse,
    refuse_rank,
    shape_of,
    size_argument,
    sizes,
)

_REAL_DIAGONAL = "A real diagonal operator is always self adjoint."


@public_kind("LinearOperatorDiag")
class LinearOperatorDiag(LinearOperator):
    """Diagonal matrices: products and solutions cost as much as the vectors are long.

    diag: [..., n]. Other arguments as for `LinearOperator`. Raises ValueError for a scalar, for `is_square` False, and
    for `is_self_adjoint` False of real numbers.

    >>> LinearOperatorDiag([1.0, 2.0]).matvec([3.0, 4.0]).numpy().tolist()
    [3.0, 8.0]
    """

    def __init__(self, diag: Any, is_non_singular: bool | None = None, is_self_adjoint: bool | None = None,
                 is_positive_definite: bool | None = None, is_square: bool | None = None,
                 name: str = "LinearOperatorDiag") -> None:
        parameters = {"diag": diag, "is_non_singular": is_non_singular, "is_self_adjoint": is_self_adjoint,
                      "is_positive_definite": is_positive_definite, "is_square": is_square, "name": name}
        self._diag = parameter(diag, "diag")
        refuse_rank(self._diag, 1, "diag")
        if not self._diag.dtype.base_dtype.is_complex:
            is_self_adjoint = refuse(is_self_adjoint, False, _REAL_DIAGONAL)
        is_square = refuse(is_square, False, "Only square diagonal operators currently supported.")
        super().__init__(self._diag.dtype, is_non_singular=is_non_singular, is_self_adjoint=is_self_adjoint,
                         is_positive_definite=is_positive_definite, is_square=is_square, parameters=parameters,
                         name=name)

    @property
    def diag(self) -> Any:
        """The diagonals [..., n]."""
        return self._diag

    def _shape(self) -> TensorShape:
        return shape_of(self._diag).concatenate(shape_of(self._diag)[-1:])

    def _shape_tensor(self) -> Any:
        found = sizes(self._diag)
        return joined(found, found[-1:])

    def _assert_non_singular(self) -> Any:
        return assert_no_zeros(self._diag, message="Singular operator:  Diagonal contained zero values.")

    def _assert_positive_definite(self) -> Any:
        what = ("Diagonal operator had diagonal entries with non-positive real part, " if self.dtype.is_complex else
                "Real diagonal operator had non-positive diagonal entries, ")
        return assert_positive(math.real(self._diag), message=f"{what}thus was not positive definite.")

    def _assert_self_adjoint(self) -> Any:
        return assert_real(self._diag, message="This diagonal operator contained non-zero imaginary values.   Thus it "
                           "was not self-adjoint.")

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        x = adjoint_of(x) if adjoint_arg else x
        return column(conjugated(self._diag, adjoint)) * x

    def _matvec(self, x: Any, adjoint: bool = False) -> Any:
        return conjugated(self._diag, adjoint) * x

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        rhs = adjoint_of(rhs) if adjoint_arg else rhs
        return rhs * column(1.0 / conjugated(self._diag, adjoint))

    def _determinant(self) -> Any:
        return math.reduce_prod(self._diag, [-1])

    def _log_abs_determinant(self) -> Any:
        return math.cast(math.reduce_sum(math.log(math.abs(self._diag)), [-1]), self.dtype)

    def _to_dense(self) -> Any:
        return matrix_of(self._diag)

    def _diag_part(self) -> Any:
        return array.convert(self._diag)

    def _add_to_tensor(self, x: Any) -> Any:
        return set_diag(x, self._diag + diag_part(x))

    def _eigvals(self) -> Any:
        return array.convert(self._diag)

    def _cond(self) -> Any:
        found = math.abs(self._diag)
        return math.divide(math.reduce_max(found, -1), math.reduce_min(found, -1))


@ADJOINT.rule(LinearOperatorDiag)
def _(a):
    return LinearOperatorDiag(conjugated(a.diag), **combining.own(a))


@INVERSE.rule(LinearOperatorDiag)
def _(a):
    return LinearOperatorDiag(1.0 / a.diag, **combining.own(a))


@CHOLESKY.rule(LinearOperatorDiag)
def _(a):
    return LinearOperatorDiag(math.sqrt(a.diag), is_non_singular=True, is_self_adjoint=True, is_positive_definite=True)


@PRODUCT.rule(LinearOperatorDiag, LinearOperatorDiag)
def _(a, b):
    return LinearOperatorDiag(a.diag * b.diag, **combining.commuting(a, b))


@SOLUTION.rule(LinearOperatorDiag, LinearOperatorDiag)
def _(a, b):
    return LinearOperatorDiag(b.diag / a.diag, **combining.commuting(a, b))


def _triangle(tril: Any, a: Any, b: Any) -> LinearOperatorLowerTriangular:
    hints = {**combining.commuting(a, b), "is_positive_definite": None}
    return LinearOperatorLowerTriangular(tril, **hints)


@PRODUCT.rule(LinearOperatorDiag, LinearOperatorLowerTriangular)
def _(a, b):
    return _triangle(column(a.diag) * b.to_dense(), a, b)


@SOLUTION.rule(LinearOperatorDiag, LinearOperatorLowerTriangular)
def _(a, b):
    return _triangle(b.to_dense() / column(a.diag), a, b)


@PRODUCT.rule(LinearOperatorLowerTriangular, LinearOperatorDiag)
def _(a, b):
    return _triangle(a.to_dense() * array.expand_dims(b.diag, -2), a, b)


# The identity --------------------------------------------------------------------------------------


class _OfSize(LinearOperator):
    """What the identity, its multiples and zeros share: a number of rows that is an argument."""

    _rows: Any

    def _set_rows(self, num_rows: Any, name: str = "num_rows") -> Any:
        rows = size_argument(num_rows, name)
        known_size(rows, 0, name)
        return rows

    def _check_argument(self, x: Any, adjoint_arg: bool) -> Any:
        return adjoint_of(x) if adjoint_arg else x

    def _on_diagonal(self, function: Any) -> Any:
        known = [self.domain_dimension.value, self.range_dimension.value]
        least = math.reduce_min(self.shape_tensor()[-2:]) if None in known else min(known)  # type: ignore[type-var]
        return self._filled(function, least)


def _known(x: Any) -> int | None:
    value = known_size(x, 0, "num_rows")
    return None if value is None else int(value)


def _batch_argument(batch_shape: Any) -> tuple[Any, TensorShape]:
    """A batch shape as a tensor and as it is known."""
    if batch_shape is None:
        return None, TensorShape([])
    found = size_argument(batch_shape, "batch_shape")
    value = known_size(found, 1, "batch_shape")
    count = shape_of(found).as_list()[0] if value is None else None
    return found, TensorShape([None] * count if count is not None else None) if value is None else \
        TensorShape([int(v) for v in value])


class _Batched(_OfSize):
    """The identity and zeros: a batch shape is an argument too."""

    _batch: Any
    _batch_known: TensorShape

    def _with_batch(self, x: Any) -> Any:
        """`x` repeated where the operator's batch is larger."""
        if self._batch is None:
            return x
        known = self._batch_known.concatenate([1, 1])
        if known.is_fully_defined() and array.broadcast_static_shape(shape_of(x), known) == shape_of(x):
            return x
        return x + array.zeros(joined(self._batch, [1, 1]), dtype=self.dtype)


@public_kind("LinearOperatorIdentity")
class LinearOperatorIdentity(_Batched):
    """Identity matrices: products and solutions give back what they were given.

    num_rows: n. batch_shape: of the batch, by default none. dtype: float32 by default. assert_proper_shapes: accepted;
    shapes are always checked. Other arguments as for `LinearOperator`, of which none may be False.
    Raises ValueError for negative sizes or promises that are False, TypeError for sizes that are no integers.
    """

    def __init__(self, num_rows: Any, batch_shape: Any = None, dtype: Any = None, is_non_singular: bool | None = True,
                 is_self_adjoint: bool | None = True, is_positive_definite: bool | None = True,
                 is_square: bool | None = True, assert_proper_shapes: bool = False,
                 name: str = "LinearOperatorIdentity") -> None:
        parameters = {"num_rows": num_rows, "batch_shape": batch_shape, "dtype": dtype,
                      "is_non_singular": is_non_singular, "is_self_adjoint": is_self_adjoint,
                      "is_positive_definite": is_positive_definite, "is_square": is_square,
                      "assert_proper_shapes": assert_proper_shapes, "name": name}
        for hint, what in ((is_self_adjoint, "self adjoint"), (is_square, "square"),
                           (is_non_singular, "non-singular"), (is_positive_definite, "positive-definite")):
            if not hint:
                raise ValueError(f"An identity operator is always {what}.")
        self._rows = self._set_rows(num_rows)
        self._batch, self._batch_known = _batch_argument(batch_shape)
        super().__init__(dtype or dtypes.float32, is_non_singular=True, is_self_adjoint=True,
                         is_positive_definite=True, is_square=True, parameters=parameters, name=name)

    def _shape(self) -> TensorShape:
        return self._batch_known.concatenate([_known(self._rows)] * 2)

    def _shape_tensor(self) -> Any:
        return joined([] if self._batch is None else self._batch, [self._rows, self._rows])

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return self._with_batch(self._check_argument(x, adjoint_arg))

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return self._matmul(rhs, adjoint, adjoint_arg)

    def _determinant(self) -> Any:
        return self._filled(array.ones)

    def _log_abs_determinant(self) -> Any:
        return self._filled(array.zeros)

    def _trace(self) -> Any:
        return self._filled(array.ones) * math.cast(array.convert(self._size(-1)), self.dtype)

    def _diag_part(self) -> Any:
        return self._on_diagonal(array.ones)

    def _eigvals(self) -> Any:
        return self._on_diagonal(array.ones)

    def _cond(self) -> Any:
        return self._filled(array.ones)

    def _to_dense(self) -> Any:
        return matrix_of(self._diag_part())

    def _add_to_tensor(self, x: Any) -> Any:
        return set_diag(x, diag_part(x) + np.ones((), self.dtype.np_dtype))

    def _assert_non_singular(self) -> Any:
        return nothing("assert_non_singular")

    def _assert_positive_definite(self) -> Any:
        return nothing("assert_positive_definite")

    def _assert_self_adjoint(self) -> Any:
        return nothing("assert_self_adjoint")


@INVERSE.rule(LinearOperatorIdentity)
def _(a):
    return a


@CHOLESKY.rule(LinearOperatorIdentity)
def _(a):
    return LinearOperatorIdentity(a._rows, batch_shape=a._batch, dtype=a.dtype)


@PRODUCT.rule(LinearOperatorIdentity, LinearOperator)
def _(a, b):
    return b


@SOLUTION.rule(LinearOperatorIdentity, LinearOperator)
def _(a, b):
    return b


@PRODUCT.rule(LinearOperator, LinearOperatorIdentity)
def _(a, b):
    return a


@SOLUTION.rule(LinearOperator, LinearOperatorIdentity)
def _(a, b):
    return a.inverse()


# Its multiples -------------------------------------------------------------------------------------


@public_kind("LinearOperatorScaledIdentity")
class LinearOperatorScaledIdentity(_OfSize):
    """Multiples of identity matrices.

    num_rows: n. multiplier: [...], one number for each matrix. assert_proper_shapes: accepted; shapes are always
    checked. Other arguments as for `LinearOperator`. Raises as `LinearOperatorIdentity` and `LinearOperatorDiag`.
    """

    def __init__(self, num_rows: Any, multiplier: Any, is_non_singular: bool | None = None,
                 is_self_adjoint: bool | None = None, is_positive_definite: bool | None = None,
                 is_square: bool | None = True, assert_proper_shapes: bool = False,
                 name: str = "LinearOperatorScaledIdentity") -> None:
        parameters = {"num_rows": num_rows, "multiplier": multiplier, "is_non_singular": is_non_singular,
                      "is_self_adjoint": is_self_adjoint, "is_positive_definite": is_positive_definite,
                      "is_square": is_square, "assert_proper_shapes": assert_proper_shapes, "name": name}
        self._multiplier = parameter(multiplier, "multiplier")
        if not self._multiplier.dtype.base_dtype.is_complex:
            is_self_adjoint = refuse(is_self_adjoint, False, _REAL_DIAGONAL)
        if not is_square:
            raise ValueError("A ScaledIdentity operator is always square.")
        self._rows = self._set_rows(num_rows)
        super().__init__(self._multiplier.dtype, is_non_singular=is_non_singular, is_self_adjoint=is_self_adjoint,
                         is_positive_definite=is_positive_definite, is_square=is_square, parameters=parameters,
                         name=name)

    @property
    def multiplier(self) -> Any:
        """The factors [...]."""
        return self._multiplier

    def _shape(self) -> TensorShape:
        return shape_of(self._multiplier).concatenate([_known(self._rows)] * 2)

    def _shape_tensor(self) -> Any:
        return joined(sizes(self._multiplier), [self._rows, self._rows])

    def _assert_non_singular(self) -> Any:
        return assert_positive(math.abs(self._multiplier), message="LinearOperator was singular")

    def _assert_positive_definite(self) -> Any:
        return assert_positive(math.real(self._multiplier), message="LinearOperator was not positive definite.")

    def _assert_self_adjoint(self) -> Any:
        part = math.imag(self._multiplier)
        return assert_equal(array.zeros_like(part), part, message="LinearOperator was not self-adjoint")

    def _factor(self, adjoint: bool) -> Any:
        return column(column(conjugated(self._multiplier, adjoint)))

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return self._check_argument(x, adjoint_arg) * self._factor(adjoint)

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return self._check_argument(rhs, adjoint_arg) / self._factor(adjoint)

    def _count(self, kind: Any) -> Any:
        return math.cast(array.convert(self._size(-1)), kind)

    def _determinant(self) -> Any:
        return math.pow(self._multiplier, self._count(self.dtype))

    def _log_abs_determinant(self) -> Any:
        return self._count(self.dtype.real_dtype) * math.log(math.abs(self._multiplier))

    def _trace(self) -> Any:
        return self._multiplier * self._count(self.dtype)

    def _diag_part(self) -> Any:
        return self._on_diagonal(array.ones) * column(self._multiplier)

    def _eigvals(self) -> Any:
        return self._diag_part()

    def _to_dense(self) -> Any:
        return matrix_of(self._diag_part())

    def _add_to_tensor(self, x: Any) -> Any:
        return set_diag(x, column(self._multiplier) + diag_part(x))

    def _cond(self) -> Any:
        kind = self.dtype.np_dtype
        return array.where(math.equal(self._multiplier, np.zeros((), kind)), np.asarray(np.nan, kind),
                           np.ones((), kind))


@ADJOINT.rule(LinearOperatorScaledIdentity)
def _(a):
    return LinearOperatorScaledIdentity(a._rows, conjugated(a.multiplier), **combining.own(a))


@INVERSE.rule(LinearOperatorScaledIdentity)
def _(a):
    return LinearOperatorScaledIdentity(a._rows, 1.0 / a.multiplier, **{**combining.own(a), "is_self_adjoint": True})


@CHOLESKY.rule(LinearOperatorScaledIdentity)
def _(a):
    return LinearOperatorScaledIdentity(a._rows, math.sqrt(a.multiplier), is_non_singular=True, is_self_adjoint=True,
                                        is_positive_definite=True)


@PRODUCT.rule(LinearOperatorScaledIdentity, LinearOperatorScaledIdentity)
def _(a, b):
    return LinearOperatorScaledIdentity(a._rows, a.multiplier * b.multiplier, **combining.commuting(a, b))


@SOLUTION.rule(LinearOperatorScaledIdentity, LinearOperatorScaledIdentity)
def _(a, b):
    return LinearOperatorScaledIdentity(a._rows, b.multiplier / a.multiplier, **combining.commuting(a, b))


@PRODUCT.rule(LinearOperatorScaledIdentity, LinearOperatorDiag)
def _(a, b):
    return LinearOperatorDiag(b.diag * column(a.multiplier), **combining.commuting(a, b))


@PRODUCT.rule(LinearOperatorDiag, LinearOperatorScaledIdentity)
def _(a, b):
    return LinearOperatorDiag(a.diag * column(b.multiplier), **combining.commuting(a, b))


@SOLUTION.rule(LinearOperatorScaledIdentity, LinearOperatorDiag)
def _(a, b):
    return LinearOperatorDiag(b.diag / column(a.multiplier), **combining.commuting(a, b))


@SOLUTION.rule(LinearOperatorDiag, LinearOperatorScaledIdentity)
def _(a, b):
    return LinearOperatorDiag(column(b.multiplier) / a.diag, **combining.commuting(a, b))


# Zeros ---------------------------------------------------------------------------------------------


@public_kind("LinearOperatorZeros")
class LinearOperatorZeros(_Batched):
    """Matrices of zeros.

    num_rows: m. num_columns: n, by default m. batch_shape: of the batch, by default none. dtype: float32 by default.
    assert_proper_shapes: accepted; shapes are always checked. Other arguments as for `LinearOperator`.
    Raises ValueError for promises that do not hold of zeros and for negative sizes.
    """

    def __init__(self, num_rows: Any, num_columns: Any = None, batch_shape: Any = None, dtype: Any = None,
                 is_non_singular: bool | None = False, is_self_adjoint: bool | None = True,
                 is_positive_definite: bool | None = False, is_square: bool | None = True,
                 assert_proper_shapes: bool = False, name: str = "LinearOperatorZeros") -> None:
        parameters = {"num_rows": num_rows, "num_columns": num_columns, "batch_shape": batch_shape, "dtype": dtype,
                      "is_non_singular": is_non_singular, "is_self_adjoint": is_self_adjoint,
                      "is_positive_definite": is_positive_definite, "is_square": is_square,
                      "assert_proper_shapes": assert_proper_shapes, "name": name}
        if not is_self_adjoint and is_square:
            raise ValueError("A zero operator is always self adjoint.")
        if is_non_singular:
            raise ValueError("A zero operator is always singular.")
        if is_positive_definite:
            raise ValueError("A zero operator is always not positive-definite.")
        self._rows = self._set_rows(num_rows)
        self._columns = self._rows if num_columns is None else self._set_rows(num_columns, "num_columns")
        known = _known(self._rows), _known(self._columns)
        if is_square and None not in known and known[0] != known[1]:
            raise ValueError(f"LinearOperatorZeros initialized as is_square=True, but got num_rows({known[0]}) != "
                             f"num_columns({known[1]})")
        self._batch, self._batch_known = _batch_argument(batch_shape)
        super().__init__(dtype or dtypes.float32, is_non_singular=is_non_singular, is_self_adjoint=is_self_adjoint,
                         is_positive_definite=is_positive_definite, is_square=is_square, parameters=parameters,
                         name=name)

    def _shape(self) -> TensorShape:
        return self._batch_known.concatenate([_known(self._rows), _known(self._columns)])

    def _shape_tensor(self) -> Any:
        return joined([] if self._batch is None else self._batch, [self._rows, self._columns])

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        shape = sizes(x)
        rows, columns = self._columns if adjoint else self._rows, shape[-2] if adjoint_arg else shape[-1]
        return self._with_batch(array.zeros(joined(shape[:-2], [rows, columns]), dtype=self.dtype))

    def _determinant(self) -> Any:
        return self._filled(array.zeros)

    def _trace(self) -> Any:
        return self._filled(array.zeros)

    def _diag_part(self) -> Any:
        return self._on_diagonal(array.zeros)

    def _eigvals(self) -> Any:
        return self._on_diagonal(array.zeros)

    def _to_dense(self) -> Any:
        return self._filled(array.zeros, self._size(-2), self._size(-1))

    def _add_to_tensor(self, x: Any) -> Any:
        return self._with_batch(x)

    def _assert_non_singular(self) -> Any:
        raise InvalidArgumentError(None, None, "Zero operators are always non-invertible.")

    def _assert_positive_definite(self) -> Any:
        raise InvalidArgumentError(None, None, "Zero operators are always non-positive definite.")

    def _assert_self_adjoint(self) -> Any:
        return nothing("assert_self_adjoint")


def _square_zeros(zeros: Any, other: Any) -> Any:
    if not zeros.is_square or not other.is_square:
        raise ValueError("Matmul with non-square `LinearOperator`s or non-square `LinearOperatorZeros` not supported "
                         "at this time.")
    return zeros


@PRODUCT.rule(LinearOperatorZeros, LinearOperator)
def _(a, b):
    return _square_zeros(a, b)


@PRODUCT.rule(LinearOperator, LinearOperatorZeros)
def _(a, b):
    return _square_zeros(b, a)
