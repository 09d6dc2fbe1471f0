"""Functions of two arguments that broadcast: both become what Keras's promotion gives, Python's numbers being weak."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.keras.dtypes import INTEGERS
from hornbeam.keras.ops.declare import numpy_op
from hornbeam.keras.ops.numpy.elementwise import isfinite, isnan
from hornbeam.keras.ops.tensors import (
    dtype_of,
    inexact,
    is_exact,
    numeric,
    promote,
    promote_inexact,
    tensor,
    truth,
)
from hornbeam.ops import arithmetic, compare, division, elementary, numpy_elementwise
from hornbeam.ops.reduce import reduce_all
from hornbeam.ops.selecting import select_v2_op


def _is_bool(x: Any) -> bool:
    return x.dtype.base_dtype.is_bool


def _numbers(x1: Any, x2: Any) -> tuple[Any, Any]:
    """Promoted, truth values as int32."""
    x, y = promote(x1, x2)
    return numeric(x), numeric(y)


def _or_of_truths(op: Callable[..., Any], of_truths: Callable[..., Any],
                  name: str | None = None) -> Callable[[Any, Any], Any]:
    def call(x1: Any, x2: Any) -> Any:
        x, y = promote(x1, x2)
        return of_truths(x, y) if _is_bool(x) else op(x, y, name=name)

    return call


_add = _or_of_truths(arithmetic.add_v2, compare.logical_or, "add")
_multiply = _or_of_truths(arithmetic.multiply, compare.logical_and, "mul")
_maximum = _or_of_truths(arithmetic.maximum, compare.logical_or)
_minimum = _or_of_truths(arithmetic.minimum, compare.logical_and)
_and = _or_of_truths(compare.bitwise_and, compare.logical_and)
_or = _or_of_truths(compare.bitwise_or, compare.logical_or)
_xor = _or_of_truths(compare.bitwise_xor, compare.not_equal_op)

# Arithmetic ---------------------------------------------------------------------------------------------


@numpy_op
def add(x1: Any, x2: Any) -> Any:
    """x1 + x2; of truth values, or.

    >>> add([1, 2], 0.5).numpy().tolist()
    [1.5, 2.5]
    """
    return _add(x1, x2)


@numpy_op
def subtract(x1: Any, x2: Any) -> Any:
    """x1 - x2. Raises TypeError for truth values."""
    return arithmetic.subtract(*promote(x1, x2), name="sub")


@numpy_op
def multiply(x1: Any, x2: Any) -> Any:
    """x1 · x2; of truth values, and."""
    return _multiply(x1, x2)


@numpy_op
def divide(x1: Any, x2: Any) -> Any:
    """x1 / x2, floats for integers too."""
    return division.real_div(*promote_inexact(x1, x2), name="truediv")


@numpy_op
def true_divide(x1: Any, x2: Any) -> Any:
    """x1 / x2, floats for integers too."""
    return divide(x1, x2)


@numpy_op
def divide_no_nan(x1: Any, x2: Any) -> Any:
    """x1 / x2, 0 where x2 is 0."""
    return division.div_no_nan_op(*promote_inexact(x1, x2))


@numpy_op
def floor_divide(x1: Any, x2: Any) -> Any:
    """x1 / x2 rounded down, in the dtype of the two."""
    return numpy_elementwise.floor_quotient(*_numbers(x1, x2))


@numpy_op
def mod(x1: Any, x2: Any) -> Any:
    """The remainder of floored division, with the sign of x2."""
    return numpy_elementwise.remainder(*_numbers(x1, x2))


@numpy_op
def fmod(x1: Any, x2: Any) -> Any:
    """The remainder of division, with the sign of x1."""
    return numpy_elementwise.fmod(*_numbers(x1, x2))


@numpy_op
def power(x1: Any, x2: Any) -> Any:
    """x1 to the power x2, in the dtype of the two."""
    x, y = _numbers(x1, x2)
    return numpy_elementwise.integer_power(x, y) if is_exact(x) else arithmetic.pow_op(x, y)


@numpy_op
def maximum(x1: Any, x2: Any) -> Any:
    """The larger of two; NaN where one is."""
    return _maximum(x1, x2)


@numpy_op
def minimum(x1: Any, x2: Any) -> Any:
    """The smaller of two; NaN where one is."""
    return _minimum(x1, x2)


@numpy_op
def fmax(x1: Any, x2: Any) -> Any:
    """The larger of two; of a number and NaN, the number."""
    x, y = promote(x1, x2)
    return compare.logical_or(x, y) if _is_bool(x) else numpy_elementwise.fmax(x, y)


@numpy_op
def fmin(x1: Any, x2: Any) -> Any:
    """The smaller of two; of a number and NaN, the number."""
    x, y = promote(x1, x2)
    return compare.logical_and(x, y) if _is_bool(x) else numpy_elementwise.fmin(x, y)


@numpy_op(config="x_min x_max")
def clip(x: Any, x_min: Any, x_max: Any) -> Any:
    """`x` within `x_min` and `x_max`, of which one may be None; they broadcast. Truth values become int32.

    >>> clip([1, 5, 9], 2, 6).numpy().tolist()
    [2, 5, 6]
    """
    raised = numeric(x) if x_min is None else _maximum(numeric(x), x_min)
    return raised if x_max is None else _minimum(raised, x_max)


@numpy_op
def arctan2(x1: Any, x2: Any) -> Any:
    """The angle of the point (x2, x1), in radians."""
    return elementary.atan2(*promote_inexact(tensor(x1), tensor(x2)))


@numpy_op
def hypot(x1: Any, x2: Any) -> Any:
    """√(x1² + x2²), without overflow."""
    return numpy_elementwise.hypot(*promote_inexact(x1, x2))


@numpy_op
def heaviside(x1: Any, x2: Any) -> Any:
    """0 where x1 is negative, 1 where it is positive, x2 where it is 0."""
    return numpy_elementwise.heaviside(*promote_inexact(x1, x2))


@numpy_op
def logaddexp(x1: Any, x2: Any) -> Any:
    """log(exp(x1) + exp(x2)), without overflow."""
    return numpy_elementwise.logaddexp(*promote_inexact(tensor(x1), tensor(x2)))


@numpy_op
def logaddexp2(x1: Any, x2: Any) -> Any:
    """log₂(2^x1 + 2^x2), without overflow."""
    return numpy_elementwise.logaddexp2(*promote_inexact(tensor(x1), tensor(x2)))


@numpy_op
def nextafter(x1: Any, x2: Any) -> Any:
    """The next float after x1 on the way to x2."""
    return numpy_elementwise.next_after(*promote_inexact(x1, x2))


@numpy_op
def ldexp(x1: Any, x2: Any) -> Any:
    """x1 · 2 to the power of the integer x2. Raises TypeError where x2 is no integer."""
    exponent = tensor(x2)
    if dtype_of(exponent) not in INTEGERS:
        raise TypeError(f"ldexp exponent must be an integer type. Received: x2 dtype={dtype_of(exponent)}")
    return numpy_elementwise.ldexp(inexact(x1), exponent)


@numpy_op
def gcd(x1: Any, x2: Any) -> Any:
    """The greatest common divisor of integers."""
    return numpy_elementwise.gcd(*_numbers(x1, x2))


@numpy_op
def lcm(x1: Any, x2: Any) -> Any:
    """The least common multiple of integers."""
    return numpy_elementwise.lcm(*_numbers(x1, x2))


# Comparisons --------------------------------------------------------------------------------------------


@numpy_op
def equal(x1: Any, x2: Any) -> Any:
    """Whether x1 = x2."""
    return compare.equal_op(*promote(x1, x2))


@numpy_op
def not_equal(x1: Any, x2: Any) -> Any:
    """Whether x1 ≠ x2."""
    return compare.not_equal_op(*promote(x1, x2))


@numpy_op
def less(x1: Any, x2: Any) -> Any:
    """Whether x1 < x2."""
    return compare.less(*_numbers(x1, x2))


@numpy_op
def less_equal(x1: Any, x2: Any) -> Any:
    """Whether x1 ≤ x2."""
    return compare.less_equal(*_numbers(x1, x2))


@numpy_op
def greater(x1: Any, x2: Any) -> Any:
    """Whether x1 > x2."""
    return compare.greater(*_numbers(x1, x2))


@numpy_op
def greater_equal(x1: Any, x2: Any) -> Any:
    """Whether x1 ≥ x2."""
    return compare.greater_equal(*_numbers(x1, x2))


@numpy_op(config="equal_nan")
def isclose(x1: Any, x2: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Any:
    """Whether |x1 - x2| ≤ atol + rtol · |x2|; infinities are close to themselves, NaN where `equal_nan` says so."""
    x, y = promote_inexact(x1, x2)
    part = {"complex64": "float32", "complex128": "float64"}.get(dtype_of(x), dtype_of(x))
    bound = arithmetic.add_v2(arithmetic.multiply(arithmetic.abs(y), tensor(rtol, part)), tensor(atol, part))
    close = compare.less_equal(arithmetic.abs(arithmetic.subtract(x, y)), bound)
    finite = compare.logical_and(isfinite(x), isfinite(y))
    close = compare.logical_or(compare.logical_and(close, finite), compare.equal_op(x, y))
    if equal_nan:
        close = compare.logical_or(close, compare.logical_and(isnan(x), isnan(y)))
    return close


@numpy_op(type="AllClose")
def allclose(x1: Any, x2: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Any:
    """Whether all elements are close, as `isclose` says."""
    return reduce_all(isclose(x1, x2, rtol, atol, equal_nan))


# Truth values and bits ----------------------------------------------------------------------------------


@numpy_op
def logical_and(x1: Any, x2: Any) -> Any:
    """Whether both are true (or not 0)."""
    return compare.logical_and(truth(x1), truth(x2))


@numpy_op
def logical_or(x1: Any, x2: Any) -> Any:
    """Whether one is true (or not 0)."""
    return compare.logical_or(truth(x1), truth(x2))


@numpy_op
def logical_xor(x1: Any, x2: Any) -> Any:
    """Whether exactly one is true (or not 0)."""
    return compare.not_equal_op(truth(x1), truth(x2))


@numpy_op
def bitwise_and(x: Any, y: Any) -> Any:
    """The bits that both integers have."""
    return _and(x, y)


@numpy_op
def bitwise_or(x: Any, y: Any) -> Any:
    """The bits that one of the integers has."""
    return _or(x, y)


@numpy_op
def bitwise_xor(x: Any, y: Any) -> Any:
    """The bits that exactly one of the integers has."""
    return _xor(x, y)


@numpy_op
def bitwise_left_shift(x: Any, y: Any) -> Any:
    """x · 2 to the power y, of integers."""
    return compare.left_shift(*_numbers(x, y))


@numpy_op
def left_shift(x: Any, y: Any) -> Any:
    """x · 2 to the power y, of integers."""
    return bitwise_left_shift(x, y)


@numpy_op
def bitwise_right_shift(x: Any, y: Any) -> Any:
    """x divided by 2 to the power y, rounded down, of integers."""
    return compare.right_shift(*_numbers(x, y))


@numpy_op
def right_shift(x: Any, y: Any) -> Any:
    """x divided by 2 to the power y, rounded down, of integers."""
    return bitwise_right_shift(x, y)


# Choices ------------------------------------------------------------------------------------------------


def chosen(condition: Any, x1: Any, x2: Any) -> Any:
    """`where` with both results given."""
    x, y = promote(x1, x2)
    return select_v2_op(truth(condition), x, y)


def zero_where(condition: Any, x: Any) -> Any:
    """The tensor `x`, 0 where the condition holds."""
    return select_v2_op(condition, np.zeros((), x.dtype.base_dtype.np_dtype), x)


