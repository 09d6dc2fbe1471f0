"""Distributions of positive numbers and of shares: Gamma, Exponential, Beta."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.graph.names import public
from hornbeam.v1.api import tf
from hornbeam.v1.distributions.distribution import FULLY_REPARAMETERIZED, Distribution, floats
from hornbeam.v1.distributions.divergences import divergence


def _positive(self: Distribution, name: str, value: Any, validate: bool, dtype: Any = None) -> Any:
    tensor = floats(name, value, dtype=dtype)
    return self._checked(tensor, tf.assert_positive(tensor)) if validate else tensor


@public(v1=("distributions.Gamma", "contrib.distributions.Gamma"))
class Gamma(Distribution):
    """rateᵃ · xᵃ⁻¹ · exp(-rate · x) / Γ(a) with a the concentration; both are positive and broadcast."""

    _batch_parts = ("concentration", "rate")

    def __init__(self, concentration: Any, rate: Any, validate_args: bool = False, allow_nan_stats: bool = True,
                 name: str = "Gamma") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            self._concentration = _positive(self, "concentration", concentration, validate_args)
            self._rate = _positive(self, "rate", rate, validate_args, self._concentration.dtype)
        super().__init__(self._concentration.dtype, FULLY_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
                         [self._concentration, self._rate], scope)

    @property
    def concentration(self) -> Any:
        """The shape parameter."""
        return self._concentration

    @property
    def rate(self) -> Any:
        """One over the scale."""
        return self._rate

    def _wide(self, of: Any) -> Any:
        return of * tf.ones_like(self.concentration + self.rate)

    def _sample_n(self, n: Any, seed: Any = None) -> Any:
        return tf.random_gamma([n], alpha=self.concentration, beta=self.rate, dtype=self.dtype, seed=seed)

    def _valid(self, x: Any) -> Any:
        return self._checked(x, tf.assert_positive(x)) if self.validate_args else x

    def _log_prob(self, x: Any) -> Any:
        x, a, rate = self._valid(x), self.concentration, self.rate
        return tf.math.xlogy(a - 1.0, x) - rate * x - (tf.lgamma(a) - a * tf.log(rate))

    def _cdf(self, x: Any) -> Any:
        scaled = self.rate * self._valid(x)
        return tf.igamma(self.concentration * tf.ones_like(scaled), scaled * tf.ones_like(self.concentration))

    def _entropy(self) -> Any:
        a = self.concentration
        return a - tf.log(self.rate) + tf.lgamma(a) + (1.0 - a) * tf.digamma(a)

    def _mean(self) -> Any:
        return self.concentration / self.rate

    def _variance(self) -> Any:
        return self.concentration / tf.square(self.rate)

    def _stddev(self) -> Any:
        return tf.sqrt(self.concentration) / self.rate

    def _mode(self) -> Any:
        return self._where_defined(self._wide(self.concentration) > 1.0, (self.concentration - 1.0) / self.rate,
                                   "mode not defined when any concentration <= 1")


@divergence(Gamma)
def _(a: Gamma, b: Gamma) -> Any:
    return ((a.concentration - b.concentration) * tf.digamma(a.concentration) + tf.lgamma(b.concentration)
            - tf.lgamma(a.concentration) + b.concentration * tf.log(a.rate) - b.concentration * tf.log(b.rate)
            + a.concentration * (b.rate / a.rate - 1.0))


@public(v1=("distributions.Exponential", "contrib.distributions.Exponential"))
class Exponential(Gamma):
    """rate · exp(-rate · x) for x ≥ 0. rate: positive floats."""

    _batch_parts = ("rate",)

    def __init__(self, rate: Any, validate_args: bool = False, allow_nan_stats: bool = True,
                 name: str = "Exponential") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            held = tf.convert_to_tensor(rate, name="rate")
        super().__init__(tf.ones([], dtype=held.dtype), held, validate_args, allow_nan_stats, scope)
        self._parameters = {k: v for k, v in parameters.items() if k not in ("self", "__class__")}

    def _sample_n(self, n: Any, seed: Any = None) -> Any:
        shape = tf.concat([[n], tf.shape(self.rate)], 0)
        least = np.finfo(self.dtype.as_numpy_dtype).tiny  # 0 would become infinite
        return -tf.log(tf.random_uniform(shape, minval=least, maxval=1.0, seed=seed, dtype=self.dtype)) / self.rate

    def _valid(self, x: Any) -> Any:
        return self._checked(x, tf.assert_non_negative(x)) if self.validate_args else x


@public(v1=("distributions.Beta", "contrib.distributions.Beta"))
class Beta(Distribution):
    """xᵃ⁻¹ · (1 - x)ᵇ⁻¹ / B(a, b) on (0, 1), a and b the concentrations 1 and 0: positive, 1 by default, broadcast."""

    _batch_parts = ("concentration1", "concentration0")

    def __init__(self, concentration1: Any = None, concentration0: Any = None, validate_args: bool = False,
                 allow_nan_stats: bool = True, name: str = "Beta") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            one, zero = (1.0 if c is None else c for c in (concentration1, concentration0))
            self._concentration1 = _positive(self, "concentration1", one, validate_args)
            self._concentration0 = _positive(self, "concentration0", zero, validate_args, self._concentration1.dtype)
            self._total = self._concentration1 + self._concentration0
        super().__init__(self._total.dtype, FULLY_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
                         [self._total, self._concentration1, self._concentration0], scope)

    @property
    def concentration1(self) -> Any:
        """How much of it is near 1."""
        return self._concentration1

    @property
    def concentration0(self) -> Any:
        """How much of it is near 0."""
        return self._concentration0

    @property
    def total_concentration(self) -> Any:
        """The sum of both."""
        return self._total

    def _sample_n(self, n: Any, seed: Any = None) -> Any:
        wide = tf.ones_like(self._total)
        one, zero = (tf.random_gamma([n], alpha=wide * c, dtype=self.dtype, seed=None if seed is None else seed + i)
                     for i, c in enumerate((self.concentration1, self.concentration0)))
        return one / (one + zero)

    def _log_beta(self) -> Any:
        return tf.lgamma(self.concentration1) + tf.lgamma(self.concentration0) - tf.lgamma(self._total)

    def _valid(self, x: Any) -> Any:
        if not self.validate_args:
            return x
        return self._checked(x, tf.assert_positive(x, message="sample must be positive"), tf.assert_less(
            x, tf.ones([], self.dtype), message="sample must be less than `1`."))

    def _log_prob(self, x: Any) -> Any:
        x = self._valid(x)
        return (tf.math.xlogy(self.concentration1 - 1.0, x) + (self.concentration0 - 1.0) * tf.log1p(-x)
                - self._log_beta())

    def _cdf(self, x: Any) -> Any:
        wide = tf.ones_like(self._total + x)
        return tf.betainc(self.concentration1 * wide, self.concentration0 * wide, self._valid(x) * wide)

    def _entropy(self) -> Any:
        a, b = self.concentration1, self.concentration0
        return (self._log_beta() - (a - 1.0) * tf.digamma(a) - (b - 1.0) * tf.digamma(b)
                + (self._total - 2.0) * tf.digamma(self._total))

    def _mean(self) -> Any:
        return self.concentration1 / self._total

    def _variance(self) -> Any:
        mean = self._mean()
        return mean * (1.0 - mean) / (1.0 + self._total)

    def _mode(self) -> Any:
        wide = tf.ones_like(self._total)
        defined = tf.logical_and(self.concentration1 * wide > 1.0, self.concentration0 * wide > 1.0)
        return self._where_defined(defined, (self.concentration1 - 1.0) / (self._total - 2.0),
                                   "mode undefined for concentrations <= 1")


@divergence(Beta)
def _(a: Beta, b: Beta) -> Any:
    def less(of: str) -> Any:
        return getattr(b, of) - getattr(a, of)

    return (b._log_beta() - a._log_beta() - tf.digamma(a.concentration1) * less("concentration1")
            - tf.digamma(a.concentration0) * less("concentration0")
            + tf.digamma(a.total_concentration) * less("total_concentration"))
