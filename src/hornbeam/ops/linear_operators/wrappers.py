"""Operators made of others: products, adjoints, inverses."""

from __future__ import annotations

from typing import Any

from hornbeam.graph.shapes import TensorShape
from hornbeam.ops import math
from hornbeam.ops.decompositions import cholesky
from hornbeam.ops.linalg import adjoint as adjoint_of
from hornbeam.ops.linear_operators import combining
from hornbeam.ops.linear_operators.combining import ADJOINT, CHOLESKY, INVERSE, PRODUCT, SOLUTION
from hornbeam.ops.linear_operators.dense import LinearOperatorLowerTriangular, triangle
from hornbeam.ops.linear_operators.operator import LinearOperator
from hornbeam.ops.linear_operators.tools import (
    common_batch,
    common_batch_tensor,
    conjugated,
    joined,
    listed,
    public_kind,
    same_dtype,
    together,
)

# Products ------------------------------------------------------------------------------------------


def mirrored(operators: list[Any]) -> bool:
    """Whether a product reads A · B … Bᴴ · Aᴴ."""
    count = len(operators)
    return count > 0 and count % 2 == 0 and all(
        _is_adjoint(operators[i], operators[-1 - i]) for i in range(count // 2))


def _is_adjoint(a: Any, b: Any) -> bool:
    if isinstance(a, LinearOperatorAdjoint) and a.operator is b:
        return True
    return (isinstance(b, LinearOperatorAdjoint) and b.operator is a) or (a is b and bool(a.is_self_adjoint))


@public_kind("LinearOperatorComposition")
class LinearOperatorComposition(LinearOperator):
    """The product of operators, the last of which acts first.

    operators: a list of operators of one dtype whose sizes fit. Other arguments as for `LinearOperator`.
    Raises ValueError for no operators, sizes that do not fit or promises that are wrong, TypeError for other dtypes.
    """

    def __init__(self, operators: Any, is_non_singular: bool | None = None, is_self_adjoint: bool | None = None,
                 is_positive_definite: bool | None = None, is_square: bool | None = None,
                 name: str | None = None) -> None:
        parameters = {"operators": operators, "is_non_singular": is_non_singular, "is_self_adjoint": is_self_adjoint,
                      "is_positive_definite": is_positive_definite, "is_square": is_square, "name": name}
        self._operators = listed(operators)
        dtype = same_dtype(self._operators)
        if all(o.is_non_singular for o in self._operators):
            if is_non_singular is False:
                raise ValueError("The composition of non-singular operators is always non-singular.")
            is_non_singular = True
        if (len(self._operators) == 1 and self._operators[0].is_self_adjoint) or mirrored(self._operators):
            if is_self_adjoint is False:
                raise ValueError("The composition was determined to be self-adjoint but user provided incorrect "
                                 "`False` hint.")
            is_self_adjoint = True
        if mirrored(self._operators) and is_non_singular:
            if is_positive_definite is False:
                raise ValueError("The composition was determined to be non-singular and self-adjoint, hence positive "
                                 "definite but user provided incorrect `False` hint.")
            is_positive_definite = True
        super().__init__(dtype, is_non_singular=is_non_singular, is_self_adjoint=is_self_adjoint,
                         is_positive_definite=is_positive_definite, is_square=is_square, parameters=parameters,
                         name=name or "_o_".join(o.name for o in self._operators))

    @property
    def operators(self) -> list[Any]:
        """The factors, from the left."""
        return self._operators

    def _shape(self) -> TensorShape:
        first, last = self._operators[0], self._operators[-1]
        for left, right in zip(self._operators, self._operators[1:], strict=False):
            left.domain_dimension.assert_is_compatible_with(right.range_dimension)
        return common_batch(o.batch_shape for o in self._operators).concatenate(
            [first.range_dimension, last.domain_dimension])

    def _shape_tensor(self) -> Any:
        batch = common_batch_tensor([o.batch_shape_tensor() for o in self._operators])
        return joined(batch, [self._operators[0]._size(-2), self._operators[-1]._size(-1)])

    def _in_turn(self, method: str, x: Any, order: list[Any], adjoint: bool, adjoint_arg: bool) -> Any:
        for operator in order:
            x = getattr(operator, method)(x, adjoint=adjoint, adjoint_arg=adjoint_arg)
            adjoint_arg = False
        return x

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        order = self._operators if adjoint else self._operators[::-1]
        return self._in_turn("matmul", x, order, adjoint, adjoint_arg)

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        order = self._operators[::-1] if adjoint else self._operators
        return self._in_turn("solve", rhs, order, adjoint, adjoint_arg)

    def _determinant(self) -> Any:
        found = self._operators[0].determinant()
        for operator in self._operators[1:]:
            found = found * operator.determinant()
        return found

    def _log_abs_determinant(self) -> Any:
        found = self._operators[0].log_abs_determinant()
        for operator in self._operators[1:]:
            found = found + operator.log_abs_determinant()
        return found

    def _assert_non_singular(self) -> Any:
        if all(o.is_square for o in self._operators):
            return together([o.assert_non_singular() for o in self._operators])
        return super()._assert_non_singular()


@PRODUCT.rule(LinearOperator, LinearOperator)
def _(a, b):
    return LinearOperatorComposition([a, b], **combining.general(a, b))


@SOLUTION.rule(LinearOperator, LinearOperator)
def _(a, b):
    return LinearOperatorComposition([LinearOperatorInversion(a), b], **combining.general(a, b))


@CHOLESKY.rule(LinearOperatorComposition)
def _(product):
    left = product.operators[0]
    if not (len(product.operators) == 2 and mirrored(product.operators)
            and isinstance(left, LinearOperatorLowerTriangular)):
        return triangle(cholesky(product.to_dense()))
    if left.is_positive_definite:
        return left
    # L · Lᴴ stays the same where columns change their sign; a Cholesky factor has a positive diagonal.
    signs = math.sign(left.diag_part())[..., None, :]
    return LinearOperatorLowerTriangular(left.tril / signs, is_non_singular=left.is_non_singular,
                                         is_self_adjoint=left.is_self_adjoint, is_square=True)


# Adjoints ------------------------------------------------------------------------------------------


def _shared(operator: Any, hints: dict[str, Any], what: str) -> dict[str, Any]:
    """The hints of an operator and those given for what has the same. Raises ValueError where they contradict."""
    found = {}
    for name, given in hints.items():
        own = getattr(operator, name)
        if None not in (own, given) and own != given:
            words = name.removeprefix("is_").replace("_", "-")
            raise ValueError(f"An operator is {words} if and only if its {what} is {words}.")
        found[name] = given if own is None else own
    return found


@public_kind("LinearOperatorAdjoint")
class LinearOperatorAdjoint(LinearOperator):
    """The conjugate transpose of an operator.

    Arguments besides `operator` as for `LinearOperator`. Raises ValueError for promises that contradict the operator's.
    """

    def __init__(self, operator: Any, is_non_singular: bool | None = None, is_self_adjoint: bool | None = None,
                 is_positive_definite: bool | None = None, is_square: bool | None = None,
                 name: str | None = None) -> None:
        hints = {"is_square": is_square, "is_non_singular": is_non_singular, "is_self_adjoint": is_self_adjoint,
                 "is_positive_definite": is_positive_definite}
        self._operator = operator
        super().__init__(operator.dtype, name=name or f"{operator.name}_adjoint",
                         parameters={"operator": operator, **hints, "name": name},
                         **_shared(operator, hints, "adjoint"))

    @property
    def operator(self) -> Any:
        """The operator whose adjoint this is."""
        return self._operator

    def _shape(self) -> TensorShape:
        shape = self._operator.shape
        if shape.rank is None:
            return shape
        return shape[:-2].concatenate([shape.dims[-1], shape.dims[-2]])

    def _shape_tensor(self) -> Any:
        return joined(self._operator.batch_shape_tensor(), [self._operator._size(-1), self._operator._size(-2)])

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return self._operator.matmul(x, adjoint=not adjoint, adjoint_arg=adjoint_arg)

    def _matvec(self, x: Any, adjoint: bool = False) -> Any:
        return self._operator.matvec(x, adjoint=not adjoint)

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return self._operator.solve(rhs, adjoint=not adjoint, adjoint_arg=adjoint_arg)

    def _solvevec(self, rhs: Any, adjoint: bool = False) -> Any:
        return self._operator.solvevec(rhs, adjoint=not adjoint)

    def _determinant(self) -> Any:
        return conjugated(self._operator.determinant(), not self.is_self_adjoint)

    def _log_abs_determinant(self) -> Any:
        return self._operator.log_abs_determinant()

    def _trace(self) -> Any:
        return conjugated(self._operator.trace(), not self.is_self_adjoint)

    def _to_dense(self) -> Any:
        found = self._operator.to_dense()
        return found if self.is_self_adjoint else adjoint_of(found)

    def _eigvals(self) -> Any:
        return conjugated(self._operator.eigvals(), not self._operator.is_self_adjoint)

    def _cond(self) -> Any:
        return self._operator.cond()

    def _assert_non_singular(self) -> Any:
        return self._operator.assert_non_singular()

    def _assert_positive_definite(self) -> Any:
        return self._operator.assert_positive_definite()

    def _assert_self_adjoint(self) -> Any:
        return self._operator.assert_self_adjoint()


@ADJOINT.rule(LinearOperator)
def _(operator):
    return LinearOperatorAdjoint(operator, **combining.own(operator))


@ADJOINT.rule(LinearOperatorAdjoint)
def _(turned):
    return turned.operator


# Inverses ------------------------------------------------------------------------------------------


@public_kind("LinearOperatorInversion")
class LinearOperatorInversion(LinearOperator):
    """The inverse of an operator: its products are the operator's solutions.

    Arguments besides `operator` as for `LinearOperator`. Raises ValueError for an operator that is promised to be
    singular or not square, and for promises that contradict the operator's.
    """

    def __init__(self, operator: Any, is_non_singular: bool | None = None, is_self_adjoint: bool | None = None,
                 is_positive_definite: bool | None = None, is_square: bool | None = None,
                 name: str | None = None) -> None:
        hints = {"is_square": is_square, "is_non_singular": is_non_singular, "is_self_adjoint": is_self_adjoint,
                 "is_positive_definite": is_positive_definite}
        for hint in ("is_non_singular", "is_square"):
            if getattr(operator, hint) is False or hints[hint] is False:
                raise ValueError(f"Argument `{hint}` or argument `operator` must have supplied hint `{hint}` equal to "
                                 f"`True` or `None`. Found `operator.{hint}`: {getattr(operator, hint)}, `{hint}`: "
                                 f"{hints[hint]}.")
        self._operator = operator
        super().__init__(operator.dtype, name=name or f"{operator.name}_inv",
                         parameters={"operator": operator, **hints, "name": name},
                         **_shared(operator, hints, "inverse"))

    @property
    def operator(self) -> Any:
        """The operator whose inverse this is."""
        return self._operator

    def _shape(self) -> TensorShape:
        return self._operator.shape

    def _shape_tensor(self) -> Any:
        return self._operator.shape_tensor()

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return self._operator.solve(x, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return self._operator.matmul(rhs, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def _determinant(self) -> Any:
        return 1.0 / self._operator.determinant()

    def _log_abs_determinant(self) -> Any:
        return -self._operator.log_abs_determinant()

    def _eigvals(self) -> Any:
        return 1.0 / self._operator.eigvals()

    def _cond(self) -> Any:
        return self._operator.cond()

    def _assert_non_singular(self) -> Any:
        return self._operator.assert_non_singular()

    def _assert_positive_definite(self) -> Any:
        return self._operator.assert_positive_definite()

    def _assert_self_adjoint(self) -> Any:
        return self._operator.assert_self_adjoint()


@INVERSE.rule(LinearOperator)
def _(operator):
    return LinearOperatorInversion(operator, **combining.own(operator))


@INVERSE.rule(LinearOperatorInversion)
def _(inverse):
    return inverse.operator


@SOLUTION.rule(LinearOperatorInversion, LinearOperator)
def _(inverse, right):
    return inverse.operator.matmul(right)
