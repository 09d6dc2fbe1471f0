"""Bessel functions of orders 0 and 1, Dawson's and Fresnel's integrals, element by element; SciPy computes them.

These run on the host. Derivatives are made of the functions themselves, so they have derivatives of every order.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.graph.names import public
from hornbeam.graph.op import FLOATS, Op, op
from hornbeam.ops import array, rules
from hornbeam.ops.arithmetic import add_v2, multiply, negative, square, subtract
from hornbeam.ops.compare import equal, select
from hornbeam.ops.division import real_div
from hornbeam.ops.elementary import cos, sin
from hornbeam.ops.samples import reals


def _computed(name: str, x: Any, below: float | None) -> np.ndarray:
    """SciPy's function `name` of an array; `below`: its value for negative numbers, where SciPy has none."""
    from scipy import special

    x = np.asarray(x)
    wide = x if x.dtype.itemsize >= 4 and x.dtype.kind == "f" and x.dtype.name in ("float32", "float64") else (
        x.astype(np.float32))
    with np.errstate(all="ignore"):
        found = special.fresnel(wide) if name.startswith("fresnel") else getattr(special, name)(wide)
        if isinstance(found, tuple):
            found = found[0] if name == "fresnel_sin" else found[1]
        if below is not None:
            found = np.where(wide < 0, below, found)
    return np.asarray(found).astype(x.dtype)


def _declared(type_: str, words: str, function: str, low: float, below: float | None, text: str) -> Op:
    @op(type_, inputs="x: T", T=FLOATS, host=True, samples=reals(low, 3))
    def computed(x):
        return _computed(function, x, below)

    computed.__doc__ = text
    computed.shape(rules.as_first)

    def called(x: Any, name: str | None = None) -> Any:
        return computed(x, name=name or words)

    called.__name__ = called.__qualname__ = words
    called.__doc__ = f"{text}\n\n    x: floats of any shape. Returns the same shape and dtype."
    public(f"math.special.{words}")(called)
    return computed


_INF = math.inf
j0 = _declared("BesselJ0", "bessel_j0", "j0", -3, None, "The Bessel function of the first kind of order 0.")
j1 = _declared("BesselJ1", "bessel_j1", "j1", -3, None, "The Bessel function of the first kind of order 1.")
y0 = _declared("BesselY0", "bessel_y0", "y0", 0.5, -_INF, "The Bessel function of the second kind of order 0.")
y1 = _declared("BesselY1", "bessel_y1", "y1", 0.5, -_INF, "The Bessel function of the second kind of order 1.")
k0 = _declared("BesselK0", "bessel_k0", "k0", 0.5, _INF, "The modified Bessel function of the second kind of order 0.")
k0e = _declared("BesselK0e", "bessel_k0e", "k0e", 0.5, _INF, "exp(x) times `bessel_k0`, which it keeps from 0.")
k1 = _declared("BesselK1", "bessel_k1", "k1", 0.5, _INF, "The modified Bessel function of the second kind of order 1.")
k1e = _declared("BesselK1e", "bessel_k1e", "k1e", 0.5, _INF, "exp(x) times `bessel_k1`, which it keeps from 0.")
dawsn = _declared("Dawsn", "dawsn", "dawsn", -3, None, "Dawson's integral: exp(-x²) times ∫ exp(t²) from 0 to x.")
fresnel_cos = _declared("FresnelCos", "fresnel_cos", "fresnel_cos", -2, None,
                        "Fresnel's cosine integral: ∫ cos(πt²/2) from 0 to x.")
fresnel_sin = _declared("FresnelSin", "fresnel_sin", "fresnel_sin", -2, None,
                        "Fresnel's sine integral: ∫ sin(πt²/2) from 0 to x.")


def _slope(declared: Op, derivative: Callable[[Any, Any], Any]) -> None:
    """The gradient by `derivative(x, y)`."""
    @declared.grad
    def _(call: Any, dy: Any) -> Any:
        return multiply(dy, derivative(call.inputs[0], call.outputs[0]))


def _j1_slope(x: Any, y: Any) -> Any:
    zero = equal(x, 0)
    return select(zero, multiply(array.ones_like_op(x), 0.5),
                  subtract(j0(x), real_div(y, select(zero, array.ones_like_op(x), x))))


def _quarter_turns(x: Any) -> Any:
    return multiply(square(x), math.pi / 2)


_slope(j0, lambda x, y: negative(j1(x)))
_slope(j1, _j1_slope)
_slope(y0, lambda x, y: negative(y1(x)))
_slope(y1, lambda x, y: subtract(y0(x), real_div(y, x)))
_slope(k0, lambda x, y: negative(k1(x)))
_slope(k0e, lambda x, y: subtract(y, k1e(x)))
_slope(k1, lambda x, y: negative(add_v2(k0(x), real_div(y, x))))
_slope(k1e, lambda x, y: subtract(subtract(y, k0e(x)), real_div(y, x)))
_slope(dawsn, lambda x, y: subtract(1.0, multiply(2.0, multiply(x, y))))
_slope(fresnel_cos, lambda x, y: cos(_quarter_turns(x)))
_slope(fresnel_sin, lambda x, y: sin(_quarter_turns(x)))
