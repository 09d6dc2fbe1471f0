"""Special functions.

The error functions, used by random normal numbers and GELU, need nothing but NumPy and the standard library;
the rarer ones come from SciPy, which is imported by the first program that needs it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.backend.numpy_primitives.blocks import in_blocks
from hornbeam.backend.numpy_primitives.elementwise import in_float32
from hornbeam.backend.numpy_primitives.table import FLOAT32, Equation, is_half, primitive


def _each(function: Callable[[float], float]):
    """A rule that applies a function of Python floats to each element."""

    def rule(eq: Equation):
        dtype = eq.outs[0].dtype
        if is_half(dtype):
            return in_float32(eq, _elementwise(function, FLOAT32))
        return _elementwise(function, dtype)

    return rule


def _elementwise(function: Callable[[float], float], dtype: np.dtype) -> Callable:
    def apply(x):
        return np.array([function(value) for value in x.ravel().tolist()], dtype).reshape(x.shape)

    return apply


def _lgamma(x: float) -> float:
    try:
        return math.lgamma(x)
    except (ValueError, OverflowError):  # a pole, or too large
        return math.inf


primitive("erf", elementwise=True, weight=16)(_each(math.erf))
primitive("erfc", elementwise=True, weight=16)(_each(math.erfc))
primitive("lgamma", elementwise=True, weight=16)(_each(_lgamma))

# Polynomials for erf_inv from M. Giles, "Approximating the erfinv function", GPU Computing Gems (2011), with the
# highest power first: the argument is w = -log(1 - x²) less a centre, or its square root where w is large.
_SINGLE = (
    (5.0, lambda w: w - 2.5, """
     2.81022636e-08 3.43273939e-07 -3.5233877e-06 -4.39150654e-06 0.00021858087 -0.00125372503
     -0.00417768164 0.246640727 1.50140941"""),
    (math.inf, lambda w: np.sqrt(w) - 3, """
     -0.000200214257 0.000100950558 0.00134934322 -0.00367342844 0.00573950773 -0.0076224613
     0.00943887047 1.00167406 2.83297682"""),
)  # fmt: skip
_DOUBLE = (
    (6.25, lambda w: w - 3.125, """
     -3.6444120640178196996e-21 -1.685059138182016589e-19 1.2858480715256400167e-18
     1.115787767802518096e-17 -1.333171662854620906e-16 2.0972767875968561637e-17
     6.6376381343583238325e-15 -4.0545662729752068639e-14 -8.1519341976054721522e-14
     2.6335093153082322977e-12 -1.2975133253453532498e-11 -5.4154120542946279317e-11
     1.051212273321532285e-09 -4.1126339803469836976e-09 -2.9070369957882005086e-08
     4.2347877827932403518e-07 -1.3654692000834678645e-06 -1.3882523362786468719e-05
     0.0001867342080340571352 -0.00074070253416626697512 -0.0060336708714301490533
     0.24015818242558961693 1.6536545626831027356"""),
    (16.0, lambda w: np.sqrt(w) - 3.25, """
     2.2137376921775787049e-09 9.0756561938885390979e-08 -2.7517406297064545428e-07
     1.8239629214389227755e-08 1.5027403968909827627e-06 -4.013867526981545969e-06
     2.9234449089955446044e-06 1.2475304481671778723e-05 -4.7318229009055733981e-05
     6.8284851459573175448e-05 2.4031110387097893999e-05 -0.0003550375203628474796
     0.00095328937973738049703 -0.0016882755560235047313 0.0024914420961078508066
     -0.0037512085075692412107 0.005370914553590063617 1.0052589676941592334 3.0838856104922207635"""),
    (math.inf, lambda w: np.sqrt(w) - 5, """
     -2.7109920616438573243e-11 -2.5556418169965252055e-10 1.5076572693500548083e-09
     -3.7894654401267369937e-09 7.6157012080783393804e-09 -1.4960026627149240478e-08
     2.9147953450901080826e-08 -6.7711997758452339498e-08 2.2900482228026654717e-07
     -9.9298272942317002539e-07 4.5260625972231537039e-06 -1.9681778105531670567e-05
     7.5995277030017761139e-05 -0.00021503011930044477347 -0.00013871931833623122026
     1.0103004648645343977 4.8499064014085844221"""),
)  # fmt: skip


@primitive("erf_inv", elementwise=True, weight=32)
def erf_inv(eq: Equation):
    dtype = FLOAT32 if is_half(eq.ins[0].dtype) else eq.ins[0].dtype
    pieces = [
        (limit, argument, [dtype.type(c) for c in coefficients.split()])
        for limit, argument, coefficients in (_SINGLE if dtype == FLOAT32 else _DOUBLE)
    ]

    def inverse(x):
        w = -np.log1p(np.negative(np.square(x)))
        limit, argument, coefficients = pieces[0]
        factor = np.polyval(coefficients, argument(w))
        for wider, argument, coefficients in pieces[1:]:
            if (beyond := w >= limit).any():
                factor = np.where(beyond, np.polyval(coefficients, argument(w)), factor)
            limit = wider
        return np.where(np.absolute(x) == 1, x * dtype.type(np.inf), factor * x)

    return in_float32(eq, lambda x: in_blocks(lambda x: (inverse(x),), (dtype,), x)[0])


def _scipy(name: str, primitive_name: str, undefined: Callable[..., Any] | None = None) -> None:
    """Register a primitive that is SciPy's function of this name, and NaN where `undefined` says so."""

    def rule(eq: Equation):
        from scipy import special  # 0.15 s

        function, dtype = getattr(special, name), eq.outs[0].dtype
        not_a_number = dtype.type(np.nan)

        def apply(*xs):
            result = function(*xs).astype(dtype)
            return result if undefined is None else np.where(undefined(*xs), not_a_number, result)

        return in_float32(eq, apply)

    primitive(primitive_name, elementwise=True, weight=32)(rule)


_scipy("psi", "digamma", lambda x: np.logical_or(x == 0, x == -np.inf))
_scipy("gammainc", "igamma", lambda a, x: a <= 0)
_scipy("gammaincc", "igammac")
_scipy("betainc", "regularized_incomplete_beta")
_scipy("i0e", "bessel_i0e")
_scipy("i1e", "bessel_i1e")
# At its poles, q = 0, -1, …, only even powers are infinite from both sides.
_scipy("zeta", "zeta", lambda x, q: (q <= 0) & (q == np.floor(q)) & (x != 1) & (x % 2 != 0))
_scipy("polygamma", "polygamma")
