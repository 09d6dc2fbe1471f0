"""Further distributions of positive numbers: HalfNormal, Chi2, InverseGamma, and those whose parameters may be any
numbers."""

from __future__ import annotations

import math
from typing import Any

from hornbeam.graph.names import public
from hornbeam.v1.api import tf
from hornbeam.v1.distributions.distribution import FULLY_REPARAMETERIZED, Distribution, floats
from hornbeam.v1.distributions.divergences import divergence
from hornbeam.v1.distributions.positive import Beta, Exponential, Gamma
from hornbeam.v1.distributions.real_line import Laplace, StudentT


def _own(of: Distribution, parameters: dict[str, Any]) -> None:
    """The arguments of a class whose base was made with others."""
    of._parameters = {name: value for name, value in parameters.items() if name not in ("self", "__class__")}


@public(v1=("contrib.distributions.HalfNormal",))
class HalfNormal(Distribution):
    """√(2/π) / scale · exp(-(x / scale)² / 2) for x ≥ 0. scale: positive floats."""

    _batch_parts = ("scale",)

    def __init__(self, scale: Any, validate_args: bool = False, allow_nan_stats: bool = True,
                 name: str = "HalfNormal") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            held = floats("scale", scale)
            self._scale = self._checked(held, tf.assert_positive(held)) if validate_args else held
        super().__init__(self._scale.dtype, FULLY_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
                         [self._scale], scope)

    @property
    def scale(self) -> Any:
        """How wide it is."""
        return self._scale

    def _sample_n(self, n: Any, seed: Any = None) -> Any:
        shape = tf.concat([[n], self.batch_shape_tensor()], 0)
        return tf.abs(tf.random_normal(shape, dtype=self.dtype, seed=seed) * self.scale)

    def _prob(self, x: Any) -> Any:
        z = x / self.scale
        return math.sqrt(2 / math.pi) / self.scale * tf.exp(-0.5 * tf.square(z)) * tf.cast(x >= 0.0, self.dtype)

    def _cdf(self, x: Any) -> Any:
        return tf.erf(tf.maximum(x, 0.0) / self.scale / math.sqrt(2.0))

    def _quantile(self, p: Any) -> Any:
        return math.sqrt(2.0) * self.scale * tf.math.erfinv(p)

    def _entropy(self) -> Any:
        return 0.5 * tf.log(math.pi * tf.square(self.scale) / 2.0) + 0.5

    def _mean(self) -> Any:
        return self.scale * math.sqrt(2 / math.pi)

    def _mode(self) -> Any:
        return tf.zeros(self.batch_shape_tensor(), dtype=self.dtype)

    def _variance(self) -> Any:
        return tf.square(self.scale) * (1.0 - 2.0 / math.pi)


@divergence(HalfNormal)
def _(a: HalfNormal, b: HalfNormal) -> Any:
    ratio = tf.square(a.scale / b.scale)
    return 0.5 * (ratio - 1.0 - tf.log(ratio))


@public(v1=("contrib.distributions.Chi2",))
class Chi2(Gamma):
    """The sum of squares of `df` standard normal numbers."""

    _batch_parts = ("df",)

    def __init__(self, df: Any, validate_args: bool = False, allow_nan_stats: bool = True,
                 name: str = "Chi2") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            held = floats("df", df)
            self._df = self._checked(held, tf.assert_positive(held)) if validate_args else held
        super().__init__(0.5 * self._df, tf.constant(0.5, self._df.dtype, name="rate"), validate_args, allow_nan_stats,
                         scope)
        _own(self, parameters)

    @property
    def df(self) -> Any:
        """Degrees of freedom."""
        return self._df


@public(v1=("contrib.distributions.Chi2WithAbsDf",))
class Chi2WithAbsDf(Chi2):
    """Chi2 with ⌊|df|⌋ degrees of freedom."""

    def __init__(self, df: Any, validate_args: bool = False, allow_nan_stats: bool = True,
                 name: str = "Chi2WithAbsDf") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            whole = tf.floor(tf.abs(df, name="abs_df"), name="floor_abs_df")
        super().__init__(whole, validate_args, allow_nan_stats, scope)
        _own(self, parameters)


@public(v1=("contrib.distributions.InverseGamma",))
class InverseGamma(Distribution):
    """One over a number of a Gamma distribution: rateᵃ · x⁻ᵃ⁻¹ · exp(-rate / x) / Γ(a) with a the concentration."""

    _batch_parts = ("concentration", "rate")

    def __init__(self, concentration: Any, rate: Any, validate_args: bool = False, allow_nan_stats: bool = True,
                 name: str = "InverseGamma") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            a = floats("concentration", concentration)
            b = floats("rate", rate, dtype=a.dtype)
            if validate_args:
                a, b = (self._checked(held, tf.assert_positive(held)) for held in (a, b))
            self._concentration, self._rate = a, b
        super().__init__(a.dtype, FULLY_REPARAMETERIZED, validate_args, allow_nan_stats, parameters, [a, b], scope)

    @property
    def concentration(self) -> Any:
        """The shape parameter."""
        return self._concentration

    @property
    def rate(self) -> Any:
        """The scale of its values, one over that of the Gamma distribution."""
        return self._rate

    def _sample_n(self, n: Any, seed: Any = None) -> Any:
        return 1.0 / tf.random_gamma([n], alpha=self.concentration, beta=self.rate, dtype=self.dtype, seed=seed)

    def _valid(self, x: Any) -> Any:
        return self._checked(x, tf.assert_positive(x)) if self.validate_args else x

    def _log_prob(self, x: Any) -> Any:
        x, a, rate = self._valid(x), self.concentration, self.rate
        return a * tf.log(rate) - tf.lgamma(a) - (1.0 + a) * tf.log(x) - rate / x

    def _cdf(self, x: Any) -> Any:
        scaled = self.rate / self._valid(x)
        return tf.igammac(self.concentration * tf.ones_like(scaled), scaled * tf.ones_like(self.concentration))

    def _entropy(self) -> Any:
        a = self.concentration
        return a + tf.log(self.rate) + tf.lgamma(a) - (1.0 + a) * tf.digamma(a)

    def _mean(self) -> Any:
        return self._where_defined(self.concentration > 1.0, self.rate / (self.concentration - 1.0),
                                   "mean undefined when any concentration <= 1")

    def _variance(self) -> Any:
        a = self.concentration
        return self._where_defined(a > 2.0, tf.square(self.rate) / (tf.square(a - 1.0) * (a - 2.0)),
                                   "variance undefined when any concentration <= 2")

    def _mode(self) -> Any:
        return self.rate / (1.0 + self.concentration)


# Parameters that may be any numbers -------------------------------------------------------------------


def _softplus(name: str, value: Any) -> Any:
    return tf.nn.softplus(value, name=f"softplus_{name}")


@public(v1=("contrib.distributions.BetaWithSoftplusConcentration",))
class BetaWithSoftplusConcentration(Beta):
    """Beta with the softplus of both concentrations."""

    def __init__(self, concentration1: Any, concentration0: Any, validate_args: bool = False,
                 allow_nan_stats: bool = True, name: str = "BetaWithSoftplusConcentration") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            one, zero = _softplus("concentration1", concentration1), _softplus("concentration0", concentration0)
        super().__init__(one, zero, validate_args, allow_nan_stats, scope)
        _own(self, parameters)


@public(v1=("contrib.distributions.ExponentialWithSoftplusRate",))
class ExponentialWithSoftplusRate(Exponential):
    """Exponential with the softplus of `rate`."""

    def __init__(self, rate: Any, validate_args: bool = False, allow_nan_stats: bool = True,
                 name: str = "ExponentialWithSoftplusRate") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            positive = _softplus("rate", rate)
        super().__init__(positive, validate_args, allow_nan_stats, scope)
        _own(self, parameters)


@public(v1=("contrib.distributions.GammaWithSoftplusConcentrationRate",))
class GammaWithSoftplusConcentrationRate(Gamma):
    """Gamma with the softplus of both parameters."""

    def __init__(self, concentration: Any, rate: Any, validate_args: bool = False, allow_nan_stats: bool = True,
                 name: str = "GammaWithSoftplusConcentrationRate") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            positive = _softplus("concentration", concentration), _softplus("rate", rate)
        super().__init__(*positive, validate_args, allow_nan_stats, scope)
        _own(self, parameters)


@public(v1=("contrib.distributions.InverseGammaWithSoftplusConcentrationRate",))
class InverseGammaWithSoftplusConcentrationRate(InverseGamma):
    """InverseGamma with the softplus of both parameters."""

    def __init__(self, concentration: Any, rate: Any, validate_args: bool = False, allow_nan_stats: bool = True,
                 name: str = "InverseGammaWithSoftplusConcentrationRate") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            positive = _softplus("concentration", concentration), _softplus("rate", rate)
        super().__init__(*positive, validate_args, allow_nan_stats, scope)
        _own(self, parameters)


@public(v1=("contrib.distributions.LaplaceWithSoftplusScale",))
class LaplaceWithSoftplusScale(Laplace):
    """Laplace with the softplus of `scale`."""

    def __init__(self, loc: Any, scale: Any, validate_args: bool = False, allow_nan_stats: bool = True,
                 name: str = "LaplaceWithSoftplusScale") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            positive = _softplus("scale", scale)
        super().__init__(loc, positive, validate_args, allow_nan_stats, scope)
        _own(self, parameters)


@public(v1=("contrib.distributions.StudentTWithAbsDfSoftplusScale",))
class StudentTWithAbsDfSoftplusScale(StudentT):
    """StudentT with ⌊|df|⌋ degrees of freedom and the softplus of `scale`."""

    def __init__(self, df: Any, loc: Any, scale: Any, validate_args: bool = False, allow_nan_stats: bool = True,
                 name: str = "StudentTWithAbsDfSoftplusScale") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            whole, positive = tf.floor(tf.abs(df)), _softplus("scale", scale)
        super().__init__(whole, loc, positive, validate_args, allow_nan_stats, scope)
        _own(self, parameters)
