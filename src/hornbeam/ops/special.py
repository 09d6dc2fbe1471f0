"""Special functions, element by element: error functions, gamma, beta, Bessel and their kin."""

from __future__ import annotations

import math as python_math
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp, jsp
from hornbeam.graph import dtypes
from hornbeam.graph.call import composite
from hornbeam.graph.names import public
from hornbeam.graph.op import FLOATS, op
from hornbeam.ops import array, rules
from hornbeam.ops.arithmetic import add_v2, multiply, negative, sign, square, subtract
from hornbeam.ops.array import unbroadcast
from hornbeam.ops.compare import equal, select
from hornbeam.ops.division import real_div, reciprocal
from hornbeam.ops.elementary import exp, log, log1p, slope, xlogy
from hornbeam.ops.reduce import reduce_sum
from hornbeam.ops.samples import pairs, reals

WIDE = (dtypes.float32, dtypes.float64)
_ROOT_PI = python_math.sqrt(python_math.pi)


def in_float32(function: Any, *values: Any) -> Any:
    """A function of floats that has no 16-bit form, computed in 32 bits for those."""
    dtype = values[0].dtype
    if dtype.itemsize >= 4:
        return function(*values)
    return function(*(v.astype(jnp.float32) for v in values)).astype(dtype)


# Error functions -----------------------------------------------------------------------------------


@op("Erf", inputs="x: T", names=("math.erf",), v1=("erf",), T=FLOATS, samples=reals(-2, 2))
def erf(x):
    """2/√π · the integral of exp(-t²) from 0 to x."""
    return jsp.erf(x)


@op("Erfc", inputs="x: T", names=("math.erfc",), v1=("erfc",), T=FLOATS, samples=reals(-2, 2))
def erfc(x):
    """1 - erf(x), exact for large x."""
    return jsp.erfc(x)


erf.grad(slope(lambda x: multiply(2 / _ROOT_PI, exp(negative(square(x))))))
erfc.grad(slope(lambda x: multiply(-2 / _ROOT_PI, exp(negative(square(x))))))


@op("Erfinv", inputs="x: T", T=FLOATS, samples=reals(-0.9, 0.9))
def erfinv_op(x):
    """The number whose erf is x."""
    return in_float32(jsp.erfinv, x)


@erfinv_op.grad
def _(call, dy):
    return multiply(multiply(dy, _ROOT_PI / 2), exp(square(call.outputs[0])))


@op("Ndtri", inputs="x: T", T=FLOATS, samples=reals(0.1, 0.9))
def ndtri_op(x):
    """The quantile of the standard normal distribution at the probability x."""
    return in_float32(jsp.ndtri, x)


@ndtri_op.grad
def _(call, dy):
    return multiply(multiply(dy, python_math.sqrt(2 * python_math.pi)),
                    exp(multiply(square(call.outputs[0]), 0.5)))


@public("math.erfinv")
def erfinv(x: Any, name: str | None = None) -> Any:
    """The number whose erf is x: infinite at -1 and 1, NaN beyond.

    x: floats.
    """
    return erfinv_op(x, name=name or "erfinv")


@public("math.ndtri")
def ndtri(x: Any, name: str | None = None) -> Any:
    """The quantile of the standard normal distribution at the probability x: infinite at 0 and 1.

    x: floats.
    """
    return ndtri_op(x, name=name or "ndtri")


@public("math.erfcinv")
@composite("erfcinv")
def erfcinv(x: Any, name: str | None = None) -> Any:
    """The number whose erfc is x: infinite at 0 and 2.

    x: floats.
    """
    return multiply(negative(ndtri_op(multiply(0.5, x))), python_math.sqrt(0.5))


# Gamma and beta ------------------------------------------------------------------------------------


@op("Lgamma", inputs="x: T", names=("math.lgamma",), v1=("lgamma",), T=FLOATS, samples=reals(0.5, 4))
def lgamma(x):
    """log |Γ(x)|."""
    return in_float32(jax.lax.lgamma, x)


@op("Digamma", inputs="x: T", names=("math.digamma",), v1=("digamma",), T=FLOATS, samples=reals(0.5, 4))
def digamma(x):
    """The derivative of `lgamma`."""
    return in_float32(jax.lax.digamma, x)


@op("Polygamma", inputs="a: T, x: T", names=("math.polygamma",), v1=("polygamma",), T=WIDE,
    samples=lambda rng: [((np.array([1.0, 2.0, 0.0]), rng.uniform(0.5, 3, 3)), {})],
    waive={"gradient": "no derivative by the order a"})
def polygamma(a, x):
    """The derivative of order a of `digamma` at x; shapes broadcast."""
    a, x = jnp.broadcast_arrays(a, x)
    two_sided = (x <= 0) & (x == jnp.floor(x)) & (a >= 1) & (a % 2 == 0)  # to -inf on one side, inf on the other
    undefined = two_sided | (a != jnp.floor(a)) | (a < 0)
    found = jnp.where((x == jnp.inf) & (a >= 1), jnp.zeros_like(x), jax.lax.polygamma(a, x))
    return jnp.where(undefined, jnp.asarray(jnp.nan, x.dtype), found)


@op("Zeta", inputs="x: T, q: T", names=("math.zeta",), v1=("zeta",), T=WIDE, samples=pairs(1.5, 4, 0.5, 3),
    waive={"gradient": "no derivative by the exponent x"})
def zeta(x, q):
    """Hurwitz's zeta function: the sum of (q + n) to the power -x over n = 0, 1, …; shapes broadcast."""
    return jax.lax.zeta(*jnp.broadcast_arrays(x, q))


lgamma.grad(slope(lambda x: digamma(x)))


@digamma.grad
def _(call, dy):
    x = call.inputs[0]
    if x.dtype.base_dtype.size < 4:
        return multiply(dy, _trigamma(x))
    return multiply(dy, polygamma(array.ones_like_op(x), x))


@op("Trigamma", inputs="x: T", T=FLOATS, samples=reals(0.5, 4))
def _trigamma(x):
    """The derivative of `digamma`, for 16-bit floats too."""
    def of(v: Any) -> Any:  # 1 / v from where that is all: there squares overflow
        return jnp.where(v > 1e6, 1 / v, jax.lax.polygamma(jnp.ones_like(v), v))

    return in_float32(of, x)


@polygamma.grad
def _(call, dy):
    a, x = call.inputs
    return None, unbroadcast(multiply(dy, polygamma(add_v2(a, 1), x)), x)


@zeta.grad
def _(call, dy):
    x, q = call.inputs
    return None, unbroadcast(multiply(dy, multiply(negative(x), zeta(add_v2(x, 1), q))), q)


def _incomplete(function: Any, a: Any, x: Any) -> Any:
    """`function(a, x)` of the incomplete gamma functions, NaN outside of their domain, where the tiers differ."""
    a, x = jnp.broadcast_arrays(a, x)
    return jnp.where((x < 0) | (a <= 0), jnp.asarray(jnp.nan, x.dtype), in_float32(function, a, x))


@op("Igamma", inputs="a: T, x: T", names=("math.igamma",), v1=("igamma",), T=FLOATS, samples=pairs(0.5, 3),
    waive={"second_order": "no second derivative by a"})
def igamma(a, x):
    """The lower regularised incomplete gamma function P(a, x); shapes broadcast."""
    inside = jnp.where((a == jnp.inf) & (x >= 0), jnp.zeros_like(x), _incomplete(jax.lax.igamma, a, x))
    return jnp.where(x == 0, jnp.zeros_like(x), inside)


@op("Igammac", inputs="a: T, x: T", names=("math.igammac",), v1=("igammac",), T=FLOATS, samples=pairs(0.5, 3),
    waive={"second_order": "no second derivative by a"})
def igammac(a, x):
    """The upper regularised incomplete gamma function Q(a, x) = 1 - P(a, x); shapes broadcast."""
    far = jnp.where(x == jnp.inf, jnp.zeros_like(x), jnp.ones_like(x))
    return jnp.where((a == jnp.inf) & (x >= 0), far, _incomplete(jax.lax.igammac, a, x))


@op("IgammaGradA", inputs="a: T, x: T", T=FLOATS, samples=pairs(0.5, 3),
    waive={"gradient": "no second derivative by a"})
def igamma_grad_a(a, x):
    """The derivative of P(a, x) by a."""
    inside = jnp.where((a == jnp.inf) & (x >= 0), jnp.zeros_like(x), _incomplete(jax.lax.igamma_grad_a, a, x))
    return jnp.where((x == 0) | ((x == jnp.inf) & (a > 0)), jnp.zeros_like(x), inside)


def _igamma_gradient(call: Any, dy: Any) -> Any:
    a, x = call.inputs
    by_x = exp(add_v2(negative(x), subtract(multiply(subtract(a, 1), log(x)), lgamma(a))))
    return unbroadcast(multiply(igamma_grad_a(a, x), dy), a), unbroadcast(multiply(by_x, dy), x)


igamma.grad(_igamma_gradient)
igammac.grad(lambda call, dy: _igamma_gradient(call, negative(dy)))


@op("Betainc", inputs="a: T, b: T, x: T", names=("math.betainc",), v1=("betainc",), T=WIDE,
    samples=lambda rng: [((rng.uniform(0.5, 3, 3), rng.uniform(0.5, 3, 3), rng.uniform(0.1, 0.9, 3)), {})],
    waive={"gradient": "no derivative by a and b"})
def betainc(a, b, x):
    """The regularised incomplete beta function I_x(a, b); one shape, or scalars."""
    return jsp.betainc(*jnp.broadcast_arrays(a, b, x))


@betainc.grad
def _(call, dy):
    a, b, x = call.inputs
    log_beta = subtract(add_v2(lgamma(a), lgamma(b)), lgamma(add_v2(a, b)))
    density = subtract(add_v2(multiply(subtract(b, 1), log1p(negative(x))), xlogy(subtract(a, 1), x)), log_beta)
    return None, None, unbroadcast(multiply(dy, exp(density)), x)


@public("math.lbeta", v1=("lbeta",))
@composite("lbeta")
def lbeta(x: Any, name: str | None = None) -> Any:
    """log |B(x)|, the multivariate beta function over the last dimension: Σ log Γ(x) - log Γ(Σ x).

    x: floats [..., n], n at least 1. Returns [...]; an empty last dimension gives -inf.
    """
    x = array.convert(x)
    return subtract(reduce_sum(lgamma(x), -1), lgamma(reduce_sum(x, -1)))


# Bessel --------------------------------------------------------------------------------------------


@op("BesselI0", inputs="x: T", T=FLOATS, samples=reals(-2, 2))
def bessel_i0_op(x):
    """The modified Bessel function of order 0."""
    return in_float32(jsp.i0, x)


@op("BesselI0e", inputs="x: T", T=FLOATS, samples=reals(0.1, 2))
def bessel_i0e_op(x):
    """exp(-|x|) times the modified Bessel function of order 0."""
    return in_float32(jsp.i0e, x)


@op("BesselI1", inputs="x: T", T=FLOATS, samples=reals(0.1, 2))
def bessel_i1_op(x):
    """The modified Bessel function of order 1."""
    return in_float32(jsp.i1, x)


@op("BesselI1e", inputs="x: T", T=FLOATS, samples=reals(0.1, 2))
def bessel_i1e_op(x):
    """exp(-|x|) times the modified Bessel function of order 1."""
    return in_float32(jsp.i1e, x)


bessel_i0_op.grad(slope(lambda x: bessel_i1_op(x)))


@bessel_i0e_op.grad
def _(call, dy):
    x, y = call.inputs[0], call.outputs[0]
    return multiply(dy, subtract(bessel_i1e_op(x), multiply(sign(x), y)))


def _away_from_zero(x: Any, derivative: Any) -> Any:
    """`derivative(x)`, which divides by x, with its limit one half at 0."""
    zero = equal(x, 0)
    return select(zero, multiply(array.ones_like_op(x), 0.5), derivative(select(zero, array.ones_like_op(x), x)))


@bessel_i1_op.grad
def _(call, dy):
    x, y = call.inputs[0], call.outputs[0]
    return multiply(dy, _away_from_zero(x, lambda v: subtract(bessel_i0_op(v), real_div(y, v))))


@bessel_i1e_op.grad
def _(call, dy):
    x, y = call.inputs[0], call.outputs[0]
    return multiply(dy, _away_from_zero(
        x, lambda v: subtract(bessel_i0e_op(v), multiply(y, add_v2(sign(v), reciprocal(v))))))


@op("Spence", inputs="x: T", T=FLOATS, samples=reals(0.5, 3))
def spence_op(x):
    """Spence's integral: ∫ log(t) / (1 - t) from 1 to x."""
    return in_float32(jsp.spence, x)


@spence_op.grad
def _(call, dy):
    x = call.inputs[0]
    one = equal(x, 1)
    safe = select(one, multiply(array.ones_like_op(x), 2), x)
    return multiply(dy, select(one, negative(array.ones_like_op(x)), real_div(log(safe), subtract(1, safe))))


@op("Expint", inputs="x: T", T=FLOATS, samples=reals(0.5, 3))
def expint_op(x):
    """The exponential integral Ei(x)."""
    return in_float32(jsp.expi, x)


@expint_op.grad
def _(call, dy):
    x = call.inputs[0]
    return multiply(dy, real_div(exp(x), x))


for _function in (erf, erfc, erfinv_op, ndtri_op, lgamma, digamma, _trigamma, bessel_i0_op, bessel_i0e_op,
                  bessel_i1_op, bessel_i1e_op, spence_op, expint_op):
    _function.shape(rules.as_first)
for _function in (polygamma, zeta, igamma, igammac, igamma_grad_a, betainc):
    _function.shape(rules.broadcast)


@public("math.bessel_i0", "math.special.bessel_i0")
def bessel_i0(x: Any, name: str | None = None) -> Any:
    """The modified Bessel function of order 0 of floats; it grows as exp(|x|)."""
    return bessel_i0_op(x, name=name or "bessel_i0")


@public("math.bessel_i0e", "math.special.bessel_i0e")
def bessel_i0e(x: Any, name: str | None = None) -> Any:
    """exp(-|x|) times the modified Bessel function of order 0 of floats."""
    return bessel_i0e_op(x, name=name or "bessel_i0e")


@public("math.bessel_i1", "math.special.bessel_i1")
def bessel_i1(x: Any, name: str | None = None) -> Any:
    """The modified Bessel function of order 1 of floats; it grows as exp(|x|)."""
    return bessel_i1_op(x, name=name or "bessel_i1")


@public("math.bessel_i1e", "math.special.bessel_i1e")
def bessel_i1e(x: Any, name: str | None = None) -> Any:
    """exp(-|x|) times the modified Bessel function of order 1 of floats."""
    return bessel_i1e_op(x, name=name or "bessel_i1e")


@public("math.special.spence")
def spence(x: Any, name: str | None = None) -> Any:
    """Spence's integral of floats, the dilogarithm of 1 - x: ∫ log(t) / (1 - t) from 1 to x; NaN below 0."""
    return spence_op(x, name=name or "spence")


@public("math.special.expint")
def expint(x: Any, name: str | None = None) -> Any:
    """The exponential integral Ei(x) of floats: the principal value of ∫ exp(t) / t from -∞ to x."""
    return expint_op(x, name=name or "expint")


@public("math.polyval")
@composite("polyval")
def polyval(coeffs: Any, x: Any, name: str | None = None) -> Any:
    """A polynomial by Horner's scheme: p = coeffs[0]·xⁿ + … + coeffs[n].

    coeffs: a list of tensors, the highest power first; an empty one gives 0. Raises ValueError for other than a list.

    >>> polyval([1., 0., 2.], 3.).numpy().item()
    11.0
    """
    if not isinstance(coeffs, list):
        raise ValueError(f"Argument coeffs must be list type. Received type {type(coeffs)}.")
    x = array.convert(x, name="x")
    if not coeffs:
        return array.zeros_like(x)
    parts = [array.convert(c, None if hasattr(c, "dtype") else x.dtype.base_dtype, name=f"coeff_{i}")
             for i, c in enumerate(coeffs)]
    total = parts[0]
    for part in parts[1:]:
        total = add_v2(part, multiply(total, x, name="mul"), name="add")
    return total


