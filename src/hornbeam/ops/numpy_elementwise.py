"""NumPy's functions of single elements that TensorFlow has no op for."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp
from hornbeam.graph import dtypes
from hornbeam.graph.op import FLOATS, INEXACT, INTEGERS, REALS, never, op
from hornbeam.ops.compare import is_finite
from hornbeam.ops.samples import integers, pairs, reals
from hornbeam.ops.selecting import select_v2_op

_STEPS = never("it is constant between its steps")


@op("Cbrt", inputs="x: T", T=FLOATS, samples=reals(0.5, 3))
def cbrt(x):
    """The cube root, negative for negative numbers."""
    return jnp.cbrt(x)


@op("Exp2", inputs="x: T", T=INEXACT, samples=reals(-2, 2))
def exp2(x):
    """2 to the power x."""
    return jnp.exp2(x)


@op("Log2", inputs="x: T", T=INEXACT, samples=reals(0.5, 3))
def log2(x):
    """The logarithm to base 2."""
    return jnp.log2(x)


@op("Log10", inputs="x: T", T=INEXACT, samples=reals(0.5, 3))
def log10(x):
    """The logarithm to base 10."""
    return jnp.log10(x)


@op("Sinc", inputs="x: T", T=INEXACT, samples=reals(0.2, 2))
def sinc(x):
    """sin(πx) / (πx), 1 at 0."""
    return jnp.sinc(x)


@op("Trunc", inputs="x: T", T=FLOATS, differentiable=_STEPS, samples=reals(-3, 3))
def trunc(x):
    """The whole part: rounded towards zero."""
    return jnp.trunc(x)


@op("RoundDecimals", inputs="x: T", T=INEXACT, differentiable=_STEPS,
    samples=lambda rng: [((rng.normal(size=(2, 3)),), {"decimals": 2}), ((np.array([1234.5]),), {"decimals": -2})])
def round_decimals(x, *, decimals: int = 0):
    """Rounded to so many decimals, halves to even."""
    return jnp.round(x, decimals)


@op("SignBit", inputs="x: T", T=REALS, differentiable=never("a truth value"), samples=reals(-2, 2))
def signbit(x):
    """Whether the sign is set: true for -0.0 too."""
    return jnp.signbit(x) if x.dtype.kind != "u" else jnp.zeros(x.shape, bool)


@op("NanToNum", inputs="x: T, nan: T, posinf: T, neginf: T", T=INEXACT, samples=lambda rng: [
    ((rng.normal(size=(2, 3)), np.float64(0), np.float64(9), np.float64(-9)), {}),
    ((np.array([np.nan, np.inf, -np.inf, 1.0], np.float32), *np.array([1, 2, 3], np.float32)), {})],
    waive={"gradient": "the replacements are constants"})
def nan_to_num(x, nan, posinf, neginf):
    """`x` with numbers in place of NaN and of the infinities."""
    return jnp.nan_to_num(x, nan=jnp.real(nan), posinf=jnp.real(posinf), neginf=jnp.real(neginf))


@nan_to_num.grad
def _(call, dy):

    x = call.inputs[0]
    return select_v2_op(is_finite(x), dy, np.zeros((), x.dtype.np_dtype)), None, None, None


@op("Hypot", T=FLOATS, samples=pairs(0.5, 2))
def hypot(x, y):
    """√(x² + y²), without overflow."""
    return jnp.hypot(x, y)


@op("Heaviside", T=FLOATS, samples=pairs(-2, 2), waive={"gradient": "constant in x, and in y except at x = 0"})
def heaviside(x, y):
    """0 where x is negative, 1 where it is positive, y where it is 0."""
    return jnp.heaviside(x, y)


@op("LogAddExp", T=INEXACT, samples=pairs(-2, 2))
def logaddexp(x, y):
    """log(exp(x) + exp(y)), without overflow."""
    return jnp.logaddexp(x, y)


@op("LogAddExp2", T=INEXACT, samples=pairs(-2, 2))
def logaddexp2(x, y):
    """log₂(2ˣ + 2ʸ), without overflow."""
    return jnp.logaddexp2(x, y)


@op("Fmod", T=REALS, samples=pairs(1, 9, 1.1, 3))
def fmod(x, y):
    """The remainder of division, with the sign of x."""
    return jnp.fmod(x, y)


@op("Fmax", T=REALS, samples=pairs(-2, 2))
def fmax(x, y):
    """The larger of two; of a number and NaN, the number."""
    return jnp.fmax(x, y)


@op("Fmin", T=REALS, samples=pairs(-2, 2))
def fmin(x, y):
    """The smaller of two; of a number and NaN, the number."""
    return jnp.fmin(x, y)


@op("Gcd", T=INTEGERS, differentiable=never("integer result"), samples=integers(-20, 20, (2, 3), (3,)))
def gcd(x, y):
    """The greatest common divisor."""
    return _on_magnitudes(jnp.gcd, x, y)


@op("Lcm", T=INTEGERS, differentiable=never("integer result"), samples=integers(-20, 20, (2, 3), (3,)))
def lcm(x, y):
    """The least common multiple."""
    return _on_magnitudes(jnp.lcm, x, y)


def _on_magnitudes(function, x, y):
    """The function of |x| and |y|, unsigned: `jnp.gcd` never ends on the least integer."""
    if not jnp.issubdtype(x.dtype, jnp.signedinteger):
        return function(x, y)
    unsigned = jnp.dtype(f"u{x.dtype.name}")
    return function(jnp.abs(x).astype(unsigned), jnp.abs(y).astype(unsigned)).astype(x.dtype)


@op("Ldexp", inputs="x: T, exponent: E", T=FLOATS, E=INTEGERS, samples=lambda rng: [
    ((rng.normal(size=(2, 3)), rng.integers(-3, 4, (3,)).astype(np.int32)), {})])
def ldexp(x, exponent):
    """x · 2 to the power of an integer."""
    return jnp.ldexp(x, exponent)


@op("IntegerPower", inputs="x: T, y: T", T=INTEGERS, differentiable=never("integer result"),
    samples=integers(0, 5, (2, 3), (3,)))
def integer_power(x, y):
    """x to the power y of integers, wrapping where it overflows; negative exponents give what XLA gives."""
    return jnp.power(x, y)


@op("IntegerQuotient", inputs="x: T, y: T", T=(*INTEGERS, *FLOATS), differentiable=_STEPS,
    samples=integers(1, 9, (2, 3), (3,)))
def floor_quotient(x, y):
    """x / y rounded down, as NumPy does: what division by zero gives is not an error."""
    return jnp.floor_divide(x, y)


@op("PythonRemainder", inputs="x: T, y: T", T=REALS, samples=pairs(1, 9, 1.1, 3))
def remainder(x, y):
    """The remainder of floored division, with the sign of y; division by zero is not an error."""
    return jnp.mod(x, y)


@op("IsReal", inputs="x: T", differentiable=never("a truth value"), gives_strings=False, samples=reals(-2, 2))
def is_real(x):
    """Whether the imaginary part is 0."""
    return jnp.isreal(x)


@op("ViewAs", inputs="x: T", differentiable=never("bits of another type"), attr_types={"dtype": "type"},
    samples=lambda rng: [((rng.integers(0, 9, (2, 4)).astype(np.int32),), {"dtype": dtypes.int16}),
                         ((rng.integers(0, 9, (2, 4)).astype(np.int16),), {"dtype": dtypes.int32})])
def view_as(x, *, dtype: Any):
    """The same bytes as another dtype; the last dimension grows or shrinks with the size of an element."""
    return x.view(dtype.np_dtype)


@op("NextAfterAny", inputs="x: T, y: T", T=FLOATS, differentiable=_STEPS, samples=pairs(-2, 2))
def next_after(x, y):
    """The next float after x on the way to y, of any float type."""
    return jnp.nextafter(x, y)
