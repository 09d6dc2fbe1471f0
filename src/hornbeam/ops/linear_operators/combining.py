"""What two operators give together, and what an operator's adjoint, inverse and Cholesky factor are.

The rules stand beside the classes: `@PRODUCT.rule(Left, Right)`. The class of the left operator decides first, then
that of the right one, each with the classes it derives from.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, final

Rule = Callable[..., Any]


@final
class Rules:
    """The rules of one operation: classes → function of as many operators."""

    def __init__(self) -> None:
        self._held: dict[tuple[type, ...], Rule] = {}

    def rule(self, *kinds: type) -> Callable[[Rule], Rule]:
        """Decorator: the function below holds for operators of these classes."""
        def declare(function: Rule) -> Rule:
            self._held[kinds] = function
            return function

        return declare

    def apply(self, *operators: Any) -> Any:
        """What the nearest rule gives. Raises LookupError where none fits."""
        for kinds in _orders([type(o).__mro__ for o in operators]):
            found = self._held.get(kinds)
            if found is not None:
                return found(*operators)
        raise LookupError(f"no rule for {', '.join(type(o).__name__ for o in operators)}")


def _orders(lineages: list[tuple[type, ...]]) -> Any:
    if len(lineages) == 1:
        return [(kind,) for kind in lineages[0]]
    return [(left, right) for left in lineages[0] for right in lineages[1]]


PRODUCT, SOLUTION, ADJOINT, INVERSE, CHOLESKY = Rules(), Rules(), Rules(), Rules(), Rules()


# Hints of combinations -------------------------------------------------------------------------------


def commuting(a: Any, b: Any) -> dict[str, Any]:
    """The hints for the product of square operators that commute."""
    adjoint = None
    if a.is_self_adjoint and b.is_self_adjoint:
        adjoint = True
    elif {a.is_self_adjoint, b.is_self_adjoint} == {True, False}:
        adjoint = False
    positive = all(o.is_positive_definite is True and o.is_self_adjoint is True for o in (a, b))
    return {"is_non_singular": non_singular(a, b), "is_self_adjoint": adjoint,
            "is_positive_definite": True if positive else None, "is_square": True}


def non_singular(a: Any, b: Any) -> bool | None:
    """Whether the product of two square operators has an inverse."""
    if a.is_non_singular is False or b.is_non_singular is False:
        return False
    return a.is_non_singular and b.is_non_singular


def general(a: Any, b: Any) -> dict[str, Any]:
    """The hints for any product."""
    square = _square(a, b)
    if square is False:
        return {"is_non_singular": False, "is_self_adjoint": False, "is_positive_definite": False, "is_square": False}
    return {"is_non_singular": non_singular(a, b) if square else None, "is_self_adjoint": None,
            "is_positive_definite": None, "is_square": square}


def _square(a: Any, b: Any) -> bool | None:
    if a.is_square and b.is_square:
        return True
    if a.is_square is False and b.is_square is False:
        return a.range_dimension == b.domain_dimension
    if None not in (a.is_square, b.is_square) and a.is_square != b.is_square:
        return False
    return None


def own(operator: Any) -> dict[str, Any]:
    """The hints of an operator, which its adjoint or inverse shares."""
    return {"is_non_singular": operator.is_non_singular, "is_self_adjoint": operator.is_self_adjoint,
            "is_positive_definite": operator.is_positive_definite, "is_square": operator.is_square}
