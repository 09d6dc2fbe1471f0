"""Arithmetic, comparison, bits, rounding, exponentials: one element in, one element out.

As in XLA, integers wrap around, shifts by the width or more give 0 (or the sign), x / 0 is -1, x rem 0 is x.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from hornbeam.backend.numpy_primitives.table import (
    FLOAT32,
    Equation,
    is_float,
    is_half,
    is_integer,
    primitive,
    scalar,
    ufuncs,
)

ufuncs(
    add=np.add,
    add_any=np.add,
    sub=np.subtract,
    neg=np.negative,
    abs=np.absolute,
    max=np.maximum,
    min=np.minimum,
    floor=np.floor,
    ceil=np.ceil,
    square=np.square,
    is_finite=np.isfinite,
    nextafter=np.nextafter,
    eq=np.equal,
    ne=np.not_equal,
    lt=np.less,
    le=np.less_equal,
    gt=np.greater,
    ge=np.greater_equal,
    and_=np.bitwise_and,
    or_=np.bitwise_or,
    xor=np.bitwise_xor,
    not_=np.invert,
    shift_left=np.left_shift,
)
ufuncs(
    weight=8,
    sqrt=np.sqrt,
    cbrt=np.cbrt,
    exp=np.exp,
    exp2=np.exp2,
    expm1=np.expm1,
    log=np.log,
    log2=np.log2,
    log1p=np.log1p,
    sin=np.sin,
    cos=np.cos,
    tan=np.tan,
    asin=np.arcsin,
    acos=np.arccos,
    atan=np.arctan,
    atan2=np.arctan2,
    sinh=np.sinh,
    cosh=np.cosh,
    tanh=np.tanh,
    asinh=np.arcsinh,
    acosh=np.arccosh,
    atanh=np.arctanh,
)


def in_float32(eq: Equation, function: Callable) -> Callable:
    """`function`, with half-precision operands widened before and the result narrowed after."""
    dtype = eq.outs[0].dtype
    if not is_half(dtype):
        return function
    return lambda *xs: function(*[x.astype(FLOAT32) for x in xs]).astype(dtype)


@primitive("mul", elementwise=True)
def multiply(eq: Equation):
    dtype = eq.outs[0].dtype
    return np.multiply if dtype == eq.ins[0].dtype else partial(np.multiply, dtype=dtype)


@primitive("div", elementwise=True)
def divide(eq: Equation):
    dtype = eq.ins[0].dtype
    if not is_integer(dtype):
        return np.divide
    quotient = np.floor_divide if dtype.kind == "u" else _truncated_quotient
    divisor = eq.constants[1]
    if divisor is not None and divisor.all():
        return quotient
    nothing, by_zero = scalar(0, dtype), scalar(0 if dtype.kind == "i" else np.iinfo(dtype).max, dtype)
    if dtype.kind == "i":
        by_zero = scalar(-1, dtype)
    return lambda x, y: np.where(np.equal(y, nothing), by_zero, quotient(x, y))


def _truncated_quotient(x, y):
    # Less the remainder, which has the sign of x, the division is exact, and rounding down no longer matters.
    return np.floor_divide(np.subtract(x, np.fmod(x, y)), y)


@primitive("rem", elementwise=True)
def remainder(eq: Equation):
    divisor = eq.constants[1]
    if not is_integer(eq.ins[0].dtype) or (divisor is not None and divisor.all()):
        return np.fmod
    nothing = scalar(0, eq.ins[0].dtype)
    return lambda x, y: np.where(np.equal(y, nothing), x, np.fmod(x, y))


@primitive("sign", elementwise=True)
def sign(eq: Equation):
    if is_float(eq.ins[0].dtype):
        return lambda x: np.copysign(np.sign(x), x)  # the sign of -0 is -0
    return np.sign


@primitive("round", elementwise=True)
def round_(eq: Equation):
    if eq.params["rounding_method"].name == "TO_NEAREST_EVEN":
        return np.rint
    half = scalar(0.5, eq.ins[0].dtype)
    one, nothing = scalar(1, eq.ins[0].dtype), scalar(0, eq.ins[0].dtype)

    def away_from_zero(x):
        whole = np.trunc(x)
        step = np.where(np.greater_equal(np.absolute(np.subtract(x, whole)), half), one, nothing)
        return np.add(whole, np.copysign(step, x))

    return away_from_zero


@primitive("rsqrt", elementwise=True, weight=8)
def rsqrt(eq: Equation):
    return in_float32(eq, lambda x: np.reciprocal(np.sqrt(x)))


@primitive("logistic", elementwise=True, weight=8)
def logistic(eq: Equation):
    dtype = eq.ins[0].dtype
    one = scalar(1, FLOAT32 if is_half(dtype) else dtype)
    return in_float32(eq, lambda x: np.reciprocal(np.add(np.exp(np.negative(x)), one)))


@primitive("one_minus_square", elementwise=True)
def one_minus_square(eq: Equation):
    one = scalar(1, eq.ins[0].dtype)
    return lambda x: np.subtract(one, np.square(x))


@primitive("polynomial", elementwise=True, weight=4)
def polynomial(eq: Equation):
    def horner(x, *coefficients):
        total = coefficients[-1]
        for coefficient in coefficients[-2::-1]:
            total = np.add(np.multiply(total, x), coefficient)
        return total if len(coefficients) > 1 else np.add(total, np.zeros_like(x))

    return horner


@primitive("pow", elementwise=True, weight=8)
def power(eq: Equation):
    base, exponent = eq.ins[0].dtype, eq.ins[1].dtype
    if base == exponent:
        return np.power
    return lambda x, y: np.power(x, y.astype(base))


@primitive("integer_pow", elementwise=True, weight=2)
def integer_power(eq: Equation):
    exponent = eq.params["y"]
    one = scalar(1, eq.ins[0].dtype)
    if exponent == 0:
        return lambda x: np.add(np.zeros_like(x), one)
    positive = _product_of_squares(abs(exponent), one)
    return positive if exponent > 0 else lambda x: np.divide(one, positive(x))


def _product_of_squares(exponent: int, one: np.ndarray):
    if exponent == 2:
        return np.square
    if exponent == 3:
        return lambda x: np.multiply(np.square(x), x)

    def product(x):
        total, rest = one, exponent
        while rest > 1:
            if rest & 1:
                total = np.multiply(total, x)
            rest >>= 1
            x = np.square(x)
        return np.multiply(total, x)

    return product


@primitive("clamp", elementwise=True)
def clamp(eq: Equation):
    return lambda low, x, high: np.minimum(np.maximum(x, low), high)


@primitive("select_n", elementwise=True)
def select(eq: Equation):
    cases = len(eq.ins) - 1
    if cases == 1:
        return lambda which, x: np.array(x)
    if cases == 2:
        return lambda which, x, y: np.where(which, y, x)
    numbers = [scalar(i, eq.ins[0].dtype) for i in range(cases)]

    def choose(which, *xs):
        chosen = xs[-1]
        for number, x in zip(numbers[-2::-1], xs[-2::-1], strict=True):
            chosen = np.where(np.less_equal(which, number), x, chosen)
        return chosen

    return choose


@primitive("shift_right_logical", elementwise=True)
def shift_right_logical(eq: Equation):
    dtype = eq.ins[0].dtype
    if dtype.kind == "u":
        return np.right_shift
    bits = np.dtype(f"u{dtype.itemsize}")
    return lambda x, by: np.right_shift(x.view(bits), by.view(bits)).view(dtype)


@primitive("shift_right_arithmetic", elementwise=True)
def shift_right_arithmetic(eq: Equation):
    dtype = eq.ins[0].dtype
    if dtype.kind == "i":
        return np.right_shift
    bits = np.dtype(f"i{dtype.itemsize}")
    return lambda x, by: np.right_shift(x.view(bits), by.view(bits)).view(dtype)


@primitive("population_count", elementwise=True)
def population_count(eq: Equation):
    dtype = eq.ins[0].dtype
    bits = np.dtype(f"u{dtype.itemsize}")
    return lambda x: np.bitwise_count(x.view(bits)).astype(dtype)


@primitive("clz", elementwise=True, weight=4)
def leading_zeros(eq: Equation):
    dtype = eq.ins[0].dtype
    bits, width = np.dtype(f"u{dtype.itemsize}"), dtype.itemsize * 8

    def bit_length(x):
        return np.frexp(x.astype(np.float64))[1]  # exact up to 53 bits

    def count(x):
        x = x.view(bits)
        if width < 64:
            return (width - bit_length(x)).astype(dtype)
        high = bit_length(np.right_shift(x, scalar(32, bits)))
        low = bit_length(np.bitwise_and(x, scalar(0xFFFFFFFF, bits)))
        return (width - np.where(high > 0, high + 32, low)).astype(dtype)

    return count


def order_key(dtype: np.dtype) -> Callable:
    """A function to integers that sort as the total order of floats: -NaN, -inf, …, -0, 0, …, inf, NaN."""
    bits = np.dtype(f"i{dtype.itemsize}")
    last, magnitude = scalar(dtype.itemsize * 8 - 1, bits), scalar(np.iinfo(bits).max, bits)

    def key(x):
        x = x.view(bits)
        return np.bitwise_xor(x, np.bitwise_and(np.right_shift(x, last), magnitude))

    return key


def _in_total_order(compare: np.ufunc):
    def rule(eq: Equation):
        if not is_float(eq.ins[0].dtype):
            return compare if eq.ins[0].dtype.kind in "biu" else None
        key = order_key(eq.ins[0].dtype)
        return lambda x, y: compare(key(x), key(y))

    return rule


for _name, _compare in {"eq_to": np.equal, "le_to": np.less_equal, "lt_to": np.less}.items():
    primitive(_name, elementwise=True)(_in_total_order(_compare))


@primitive("real", elementwise=True, views=True)
def real(eq: Equation):
    return lambda x: x.real


@primitive("imag", elementwise=True, views=True)
def imag(eq: Equation):
    return lambda x: x.imag


@primitive("conj", elementwise=True)
def conj(eq: Equation):
    dtype = eq.outs[0].dtype
    return np.conjugate if eq.ins[0].dtype == dtype else lambda x: x.astype(dtype)


@primitive("complex")
def complex_(eq: Equation):
    shape, dtype = eq.outs[0]

    def join(x, y):
        out = np.empty(shape, dtype)
        out.real = x
        out.imag = y
        return out

    return join
