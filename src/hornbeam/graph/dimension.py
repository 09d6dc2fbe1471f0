"""One dimension of a static shape, as TensorFlow 1 shows it.

A `Dimension` is an int that may be unknown.  Arithmetic with an unknown one gives
an unknown one; a comparison with an unknown one gives None, which is neither true
nor false and counts as false in an `if`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from hornbeam.graph import mode


def size_of(value: Any) -> int | None:
    """`value` as a size: a non-negative int, or None where it is unknown.

    value: an int, None, a `Dimension`, or anything with `__index__`.  ValueError if
    it is negative, TypeError if it is none of these. A float is none, but in calls of
    TensorFlow 1's functions (`units / 2`), where ValueError says that it is not whole.
    """
    if value is None:
        return None
    if isinstance(value, Dimension):
        return value.value
    if type(value) is int and value >= 0:
        return value
    try:
        size = int(operator.index(value))
    except TypeError:
        if isinstance(value, float) and mode.state.graph_first:
            if not value.is_integer():
                raise ValueError(f"Ambiguous dimension: {value}") from None
            return size_of(int(value))
        raise TypeError(
            "Dimension value must be integer or None or have an __index__ method, "
            f"got value '{value!r}' with type '{type(value)}'"
        ) from None
    if size < 0:
        raise ValueError(f"Dimension {size} must be >= 0")
    return size


def as_dimension(value: Any) -> Dimension:
    """`value` as a `Dimension`; one that is a `Dimension` already is returned as it is."""
    return value if isinstance(value, Dimension) else Dimension(value)


class Dimension:
    """The size of one dimension, or that it is unknown.

    value: an int, None for unknown, or what `size_of` takes.

    >>> Dimension(3) * 2, Dimension(3) + Dimension(None), int(Dimension(3))
    (Dimension(6), Dimension(None), 3)
    >>> print(Dimension(3) == None)
    None
    """

    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:
        self._value = size_of(value)

    @property
    def value(self) -> int | None:
        """The size, or None where it is unknown."""
        return self._value

    def is_compatible_with(self, other: Any) -> bool:
        """Whether both could be the same size: equal, or one of them unknown."""
        theirs = size_of(other)
        return self._value is None or theirs is None or self._value == theirs

    def assert_is_compatible_with(self, other: Any) -> None:
        """ValueError unless both could be the same size."""
        if not self.is_compatible_with(other):
            raise ValueError(f"Dimensions {self} and {other} are not compatible")

    def merge_with(self, other: Any) -> Dimension:
        """The one of both that is known.  ValueError if they are known and differ."""
        self.assert_is_compatible_with(other)
        return as_dimension(other) if self._value is None else self

    # As a number.

    def __index__(self) -> int:
        if self._value is None:
            raise TypeError("An unknown dimension has no integer value")
        return self._value

    __int__ = __index__

    def __bool__(self) -> bool:
        return bool(self._value)

    # A size that is known hashes as the int it is equal to.
    def __hash__(self) -> int:
        return hash(self._value)

    def __eq__(self, other: object) -> Any:
        return _compare(operator.eq, self, other)

    def __ne__(self, other: object) -> Any:
        return _compare(operator.ne, self, other)

    def __lt__(self, other: Any) -> Any:
        return _compare(operator.lt, self, other)

    def __le__(self, other: Any) -> Any:
        return _compare(operator.le, self, other)

    def __gt__(self, other: Any) -> Any:
        return _compare(operator.gt, self, other)

    def __ge__(self, other: Any) -> Any:
        return _compare(operator.ge, self, other)

    def __add__(self, other: Any) -> Any:
        return _combine(operator.add, self, other)

    def __radd__(self, other: Any) -> Any:
        return _combine(operator.add, other, self)

    def __sub__(self, other: Any) -> Any:
        return _combine(operator.sub, self, other)

    def __rsub__(self, other: Any) -> Any:
        return _combine(operator.sub, other, self)

    def __mul__(self, other: Any) -> Any:
        return _combine(operator.mul, self, other)

    def __rmul__(self, other: Any) -> Any:
        return _combine(operator.mul, other, self)

    def __floordiv__(self, other: Any) -> Any:
        return _combine(operator.floordiv, self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return _combine(operator.floordiv, other, self)

    def __mod__(self, other: Any) -> Any:
        return _combine(operator.mod, self, other)

    def __rmod__(self, other: Any) -> Any:
        return _combine(operator.mod, other, self)

    def __truediv__(self, other: Any) -> Any:
        raise TypeError(_use_floor_division(self, other))

    def __rtruediv__(self, other: Any) -> Any:
        raise TypeError(_use_floor_division(other, self))

    def __reduce__(self) -> tuple[Any, ...]:
        return Dimension, (self._value,)

    def __repr__(self) -> str:
        return f"Dimension({self._value})"

    def __str__(self) -> str:
        return "?" if self._value is None else str(self._value)


def _compare(compare: Callable[[int, int], bool], self: Dimension, other: Any) -> Any:
    """True, False, or None where one of them is unknown; NotImplemented for no integer."""
    theirs = other.value if isinstance(other, Dimension) else other
    if theirs is None or self._value is None:
        # An unknown dimension compares with dimensions only, as a known one does.
        return None if theirs is None or hasattr(theirs, "__index__") else NotImplemented
    try:
        return compare(self._value, operator.index(theirs))
    except TypeError:
        return NotImplemented


def _combine(combine: Callable[[int, int], int], left: Any, right: Any) -> Any:
    """The `Dimension` of the result, unknown if one side is; NotImplemented for no dimension."""
    try:
        a, b = size_of(left), size_of(right)
    except (TypeError, ValueError):
        return NotImplemented
    return Dimension(None if a is None or b is None else combine(a, b))


def _use_floor_division(left: Any, right: Any) -> str:
    names = f"'{type(left).__name__}' and '{type(right).__name__}'"
    return f"unsupported operand type(s) for /: {names}, please use // instead"
