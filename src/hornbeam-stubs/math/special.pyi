"""The public names of `hornbeam.math.special`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.math import bessel_i0 as bessel_i0
from hornbeam.math import bessel_i0e as bessel_i0e
from hornbeam.math import bessel_i1 as bessel_i1
from hornbeam.math import bessel_i1e as bessel_i1e
from hornbeam.ops.special import expint as expint
from hornbeam.ops.special import spence as spence
from typing import Any

def bessel_j0(x: Any, name: str | None = None) -> Any:
    r"""The Bessel function of the first kind of order 0."""
def bessel_j1(x: Any, name: str | None = None) -> Any:
    r"""The Bessel function of the first kind of order 1."""
def bessel_k0(x: Any, name: str | None = None) -> Any:
    r"""The modified Bessel function of the second kind of order 0."""
def bessel_k0e(x: Any, name: str | None = None) -> Any:
    r"""exp(x) times `bessel_k0`, which it keeps from 0."""
def bessel_k1(x: Any, name: str | None = None) -> Any:
    r"""The modified Bessel function of the second kind of order 1."""
def bessel_k1e(x: Any, name: str | None = None) -> Any:
    r"""exp(x) times `bessel_k1`, which it keeps from 0."""
def bessel_y0(x: Any, name: str | None = None) -> Any:
    r"""The Bessel function of the second kind of order 0."""
def bessel_y1(x: Any, name: str | None = None) -> Any:
    r"""The Bessel function of the second kind of order 1."""
def dawsn(x: Any, name: str | None = None) -> Any:
    r"""Dawson's integral: exp(-x²) times ∫ exp(t²) from 0 to x."""
def fresnel_cos(x: Any, name: str | None = None) -> Any:
    r"""Fresnel's cosine integral: ∫ cos(πt²/2) from 0 to x."""
def fresnel_sin(x: Any, name: str | None = None) -> Any:
    r"""Fresnel's sine integral: ∫ sin(πt²/2) from 0 to x."""
