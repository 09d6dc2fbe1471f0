"""Functions of one argument, element by element. Integers and truth values become floats where the result is one."""

from __future__ import annotations

import math
from typing import Any

from hornbeam.graph import dtypes
from hornbeam.keras.config.settings import floatx
from hornbeam.keras.dtypes import result_type
from hornbeam.keras.ops.declare import numpy_op
from hornbeam.keras.ops.tensors import (
    cast,
    dtype_of,
    inexact,
    is_complex,
    is_exact,
    is_float,
    numeric,
    tensor,
)
from hornbeam.ops import arithmetic, casts, compare, division, elementary, numpy_elementwise, special
from hornbeam.ops.constants import ones_like_op, zeros_like_op

# Signs and parts ---------------------------------------------------------------------------------------


@numpy_op
def absolute(x: Any) -> Any:
    """The absolute value: of complex numbers their modulus, a real number."""
    x = tensor(x)
    if x.dtype.base_dtype.is_bool or dtype_of(x).startswith("uint"):
        return x
    return arithmetic.abs(x)


@numpy_op(type="Absolute")
def abs_(x: Any) -> Any:
    """The absolute value: of complex numbers their modulus, a real number."""
    return absolute(x)


@numpy_op
def fabs(x: Any) -> Any:
    """The absolute value as a float."""
    return arithmetic.abs_op(_real_float(x))


def _real_float(x: Any) -> Any:
    x = inexact(x)
    if is_complex(x):
        raise TypeError(f"expected real numbers, not {dtype_of(x)}")
    return x


@numpy_op
def negative(x: Any) -> Any:
    """-x."""
    x = tensor(x)
    if dtype_of(x).startswith("uint"):
        return arithmetic.subtract(zeros_like_op(x), x)
    return arithmetic.negative(x)


@numpy_op
def sign(x: Any) -> Any:
    """-1, 0 or 1; of complex numbers x / |x|."""
    x = numeric(x)
    if dtype_of(x).startswith("uint"):
        return cast(compare.not_equal_op(x, zeros_like_op(x)), dtype_of(x))
    return arithmetic.sign(x)


@numpy_op
def signbit(x: Any) -> Any:
    """Whether the sign is set: true for -0.0 too."""
    x = tensor(x)
    return zeros_like_op(x) if x.dtype.base_dtype.is_bool else numpy_elementwise.signbit(x)


@numpy_op
def real(x: Any) -> Any:
    """The real part."""
    x = tensor(x)
    return casts.real(x) if is_complex(x) else x


@numpy_op
def imag(x: Any) -> Any:
    """The imaginary part: zeros for real numbers."""
    x = tensor(x)
    return casts.imag(x) if is_complex(x) else zeros_like_op(x)


@numpy_op
def conjugate(x: Any) -> Any:
    """The complex conjugate."""
    x = tensor(x)
    return casts.conj(x) if is_complex(x) else x


@numpy_op(type="Conjugate")
def conj(x: Any) -> Any:
    """The complex conjugate."""
    return conjugate(x)


@numpy_op
def angle(x: Any) -> Any:
    """The angle in the complex plane, in radians: 0 or π for real numbers."""
    x = inexact(x)
    if is_complex(x):
        return casts.angle(x)
    return elementary.atan2(zeros_like_op(x), x)


@numpy_op
def isreal(x: Any) -> Any:
    """Whether the imaginary part is 0."""
    return numpy_elementwise.is_real(tensor(x))


# Powers, exponentials, logarithms -----------------------------------------------------------------------


@numpy_op
def square(x: Any) -> Any:
    """x²."""
    return arithmetic.square(numeric(x))


@numpy_op
def sqrt(x: Any) -> Any:
    """The square root: NaN below 0."""
    return elementary.sqrt(inexact(x))


@numpy_op
def cbrt(x: Any) -> Any:
    """The cube root, negative for negative numbers."""
    return numpy_elementwise.cbrt(inexact(x))


@numpy_op
def reciprocal(x: Any) -> Any:
    """1 / x."""
    return division.reciprocal(inexact(x))


@numpy_op
def exp(x: Any) -> Any:
    """e to the power x."""
    return elementary.exp(inexact(x))


@numpy_op
def exp2(x: Any) -> Any:
    """2 to the power x."""
    return numpy_elementwise.exp2(inexact(x))


@numpy_op
def expm1(x: Any) -> Any:
    """exp(x) - 1, exact near 0."""
    return elementary.expm1(inexact(x))


@numpy_op
def log(x: Any) -> Any:
    """The natural logarithm: -inf at 0, NaN below."""
    return elementary.log(inexact(x))


@numpy_op
def log10(x: Any) -> Any:
    """The logarithm to base 10."""
    return numpy_elementwise.log10(inexact(x))


@numpy_op
def log1p(x: Any) -> Any:
    """log(1 + x), exact near 0."""
    return elementary.log1p(inexact(x))


@numpy_op
def log2(x: Any) -> Any:
    """The logarithm to base 2."""
    return numpy_elementwise.log2(inexact(x))


# Trigonometric and hyperbolic ---------------------------------------------------------------------------


@numpy_op
def sin(x: Any) -> Any:
    """The sine of radians."""
    return elementary.sin(inexact(x))


@numpy_op
def cos(x: Any) -> Any:
    """The cosine of radians."""
    return elementary.cos(inexact(x))


@numpy_op
def tan(x: Any) -> Any:
    """The tangent of radians."""
    return elementary.tan(inexact(x))


@numpy_op
def arcsin(x: Any) -> Any:
    """The angle whose sine is x: NaN outside [-1, 1]."""
    return elementary.asin(inexact(x))


@numpy_op
def arccos(x: Any) -> Any:
    """The angle whose cosine is x: NaN outside [-1, 1]."""
    return elementary.acos(inexact(x))


@numpy_op
def arctan(x: Any) -> Any:
    """The angle whose tangent is x."""
    return elementary.atan(inexact(x))


@numpy_op
def sinh(x: Any) -> Any:
    """The hyperbolic sine."""
    return elementary.sinh(inexact(x))


@numpy_op
def cosh(x: Any) -> Any:
    """The hyperbolic cosine."""
    return elementary.cosh(inexact(x))


@numpy_op
def tanh(x: Any) -> Any:
    """The hyperbolic tangent."""
    return elementary.tanh(inexact(x))


@numpy_op
def arcsinh(x: Any) -> Any:
    """The inverse hyperbolic sine."""
    return elementary.asinh(inexact(x))


@numpy_op
def arccosh(x: Any) -> Any:
    """The inverse hyperbolic cosine: NaN below 1."""
    return elementary.acosh(inexact(x))


@numpy_op
def arctanh(x: Any) -> Any:
    """The inverse hyperbolic tangent: NaN outside [-1, 1]."""
    return elementary.atanh(inexact(x))


@numpy_op
def sinc(x: Any) -> Any:
    """sin(πx) / (πx), 1 at 0."""
    return numpy_elementwise.sinc(inexact(x))


@numpy_op
def deg2rad(x: Any) -> Any:
    """Degrees as radians."""
    return arithmetic.multiply(_real_float(x), math.pi / 180)


@numpy_op
def rad2deg(x: Any) -> Any:
    """Radians as degrees."""
    return arithmetic.multiply(_real_float(x), 180 / math.pi)


@numpy_op
def i0(x: Any) -> Any:
    """The modified Bessel function of the first kind, order 0."""
    x = tensor(x)
    wide = dtype_of(x)
    dtype = "float64" if wide == "int64" else floatx() if is_exact(x) else wide
    return special.bessel_i0_op(cast(x, dtype))


# Rounding -----------------------------------------------------------------------------------------------


@numpy_op
def floor(x: Any) -> Any:
    """The largest whole number that is not larger, as a float."""
    return arithmetic.floor(_real_float(x))


@numpy_op
def ceil(x: Any) -> Any:
    """The smallest whole number that is not smaller, as a float."""
    return arithmetic.ceil(_real_float(x))


@numpy_op
def trunc(x: Any) -> Any:
    """The whole part: rounded towards zero. Integers stay what they are."""
    x = tensor(x)
    return x if is_exact(x) else numpy_elementwise.trunc(x)


@numpy_op
def round_(x: Any, decimals: int = 0) -> Any:
    """Rounded to so many decimals, halves to even. Negative `decimals` round to tens, hundreds, …"""
    x = tensor(x)
    dtype = dtype_of(x)
    if not is_exact(x):
        return numpy_elementwise.round_decimals(x, decimals=decimals)
    if x.dtype.base_dtype.is_bool:
        x, dtype = cast(x, "int32"), "int32"
    if decimals >= 0:
        return x
    return cast(numpy_elementwise.round_decimals(cast(x, floatx()), decimals=decimals), dtype)


# Special values -----------------------------------------------------------------------------------------


def _everywhere(x: Any, value: bool) -> Any:
    like = cast(x, "bool")
    return ones_like_op(like) if value else zeros_like_op(like)


@numpy_op
def isfinite(x: Any) -> Any:
    """Whether a number is neither infinite nor NaN."""
    x = tensor(x)
    if is_complex(x):
        return compare.logical_and(compare.is_finite(casts.real(x)), compare.is_finite(casts.imag(x)))
    return compare.is_finite(x) if is_float(x) else _everywhere(x, True)


@numpy_op
def isinf(x: Any) -> Any:
    """Whether a number is infinite."""
    x = tensor(x)
    if is_complex(x):
        return compare.logical_or(compare.is_inf(casts.real(x)), compare.is_inf(casts.imag(x)))
    return compare.is_inf(x) if is_float(x) else _everywhere(x, False)


@numpy_op
def isnan(x: Any) -> Any:
    """Whether a number is NaN."""
    x = tensor(x)
    if is_complex(x):
        return compare.logical_or(compare.is_nan(casts.real(x)), compare.is_nan(casts.imag(x)))
    return compare.is_nan(x) if is_float(x) else _everywhere(x, False)


@numpy_op
def isneginf(x: Any) -> Any:
    """Whether a number is -inf."""
    x = tensor(x)
    return compare.equal_op(x, tensor(-math.inf, dtype_of(x))) if is_float(x) else _everywhere(x, False)


@numpy_op
def isposinf(x: Any) -> Any:
    """Whether a number is +inf."""
    x = tensor(x)
    return compare.equal_op(x, tensor(math.inf, dtype_of(x))) if is_float(x) else _everywhere(x, False)


@numpy_op
def nan_to_num(x: Any, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """Numbers in place of NaN and of the infinities: by default 0 and the largest and smallest finite numbers."""
    x = tensor(x)
    if is_exact(x):
        return x
    part: Any = casts.real(x).dtype if is_complex(x) else x.dtype.base_dtype
    high = float(part.max) if posinf is None else posinf
    low = float(part.min) if neginf is None else neginf
    return numpy_elementwise.nan_to_num(x, *(tensor(v, dtype_of(x)) for v in (nan, high, low)))


@numpy_op
def logical_not(x: Any) -> Any:
    """True where x is 0 or false."""
    return compare.logical_not(cast(tensor(x), "bool"))


@numpy_op
def bitwise_invert(x: Any) -> Any:
    """Every bit turned over; of truth values, the negation."""
    x = tensor(x)
    return compare.logical_not(x) if x.dtype.base_dtype.is_bool else compare.invert(x)


@numpy_op
def bitwise_not(x: Any) -> Any:
    """Every bit turned over; of truth values, the negation."""
    return bitwise_invert(x)


@numpy_op
def copy(x: Any) -> Any:
    """The same values as a tensor of its own."""
    from hornbeam.ops.identity import identity

    return identity(tensor(x))


@numpy_op
def view(x: Any, dtype: Any = None) -> Any:
    """The same bytes as another dtype; the last dimension grows or shrinks with the size of an element."""
    x = tensor(x)
    if dtype is None:
        return x
    wanted = dtypes.as_dtype(result_type(dtype))
    return x if wanted is x.dtype.base_dtype else numpy_elementwise.view_as(x, dtype=wanted)


