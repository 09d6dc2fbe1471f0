"""Distributions on the real line: Normal, Laplace, Uniform, StudentT."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from hornbeam.graph.names import public
from hornbeam.v1.api import tf
from hornbeam.v1.distributions.distribution import FULLY_REPARAMETERIZED, Distribution, floats
from hornbeam.v1.distributions.divergences import divergence
from hornbeam.v1.distributions.special import log_ndtr, ndtr


class LocationScale(Distribution):
    """A distribution that is moved by `loc` and stretched by `scale` > 0, which broadcast."""

    _batch_parts = ("loc", "scale")

    def __init__(self, loc: Any, scale: Any, validate_args: bool, allow_nan_stats: bool, name: str,
                 parameters: dict[str, Any]) -> None:
        with tf.name_scope(name) as scope:
            self._loc = tf.convert_to_tensor(loc, name="loc", preferred_dtype=getattr(scale, "dtype", None))
            scale = tf.convert_to_tensor(scale, name="scale", dtype=self._loc.dtype)
            self._scale = self._checked(scale, tf.assert_positive(scale)) if validate_args else scale
        super().__init__(self._loc.dtype, FULLY_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
                         [self._loc, self._scale], scope)

    @property
    def loc(self) -> Any:
        """Where it stands."""
        return self._loc

    @property
    def scale(self) -> Any:
        """How wide it is."""
        return self._scale

    def _z(self, x: Any) -> Any:
        return (x - self.loc) / self.scale

    def _wide(self, of: Any) -> Any:
        """A statistic of one parameter, of batch shape."""
        return of * tf.ones_like(self.loc + self.scale)

    def _noise_shape(self, n: Any) -> Any:
        return tf.concat([[n], self.batch_shape_tensor()], 0)

    def _mean(self) -> Any:
        return self._wide(self.loc)

    def _mode(self) -> Any:
        return self._mean()


@public(v1=("distributions.Normal", "contrib.distributions.Normal"))
class Normal(LocationScale):
    """exp(-((x - loc) / scale)² / 2) / (scale √(2π)). loc, scale: floats that broadcast; scale > 0."""

    def __init__(self, loc: Any, scale: Any, validate_args: bool = False, allow_nan_stats: bool = True,
                 name: str = "Normal") -> None:
        super().__init__(loc, scale, validate_args, allow_nan_stats, name, dict(locals()))

    def _sample_n(self, n: Any, seed: Any = None) -> Any:
        return tf.random_normal(self._noise_shape(n), dtype=self.dtype, seed=seed) * self.scale + self.loc

    def _log_prob(self, x: Any) -> Any:
        return -0.5 * tf.square(self._z(x)) - (0.5 * math.log(2 * math.pi) + tf.log(self.scale))

    def _cdf(self, x: Any) -> Any:
        return ndtr(self._z(x))

    def _log_cdf(self, x: Any) -> Any:
        return log_ndtr(self._z(x))

    def _survival_function(self, x: Any) -> Any:
        return ndtr(-self._z(x))

    def _log_survival_function(self, x: Any) -> Any:
        return log_ndtr(-self._z(x))

    def _quantile(self, p: Any) -> Any:
        return tf.math.ndtri(p) * self.scale + self.loc

    def _entropy(self) -> Any:
        return 0.5 * math.log(2 * math.pi) + 0.5 + tf.log(self._wide(self.scale))

    def _stddev(self) -> Any:
        return self._wide(self.scale)


@divergence(Normal)
def _(a: Normal, b: Normal) -> Any:
    ratio = tf.square(a.scale / b.scale)
    return tf.squared_difference(a.loc, b.loc) / (2 * tf.square(b.scale)) + 0.5 * (ratio - 1 - tf.log(ratio))


@public(v1=("distributions.Laplace", "contrib.distributions.Laplace"))
class Laplace(LocationScale):
    """exp(-|x - loc| / scale) / (2 scale). loc, scale: floats that broadcast; scale > 0."""

    def __init__(self, loc: Any, scale: Any, validate_args: bool = False, allow_nan_stats: bool = True,
                 name: str = "Laplace") -> None:
        super().__init__(loc, scale, validate_args, allow_nan_stats, name, dict(locals()))

    def _sample_n(self, n: Any, seed: Any = None) -> Any:
        least = np.nextafter(np.array(-1, self.dtype.as_numpy_dtype), np.array(0, self.dtype.as_numpy_dtype))
        side = tf.random_uniform(self._noise_shape(n), minval=least, maxval=1.0, dtype=self.dtype, seed=seed)
        return self.loc - self.scale * tf.sign(side) * tf.log1p(-tf.abs(side))

    def _log_prob(self, x: Any) -> Any:
        return -tf.abs(self._z(x)) - (math.log(2.0) + tf.log(self.scale))

    def _cdf(self, x: Any) -> Any:
        z = self._z(x)
        return 0.5 + 0.5 * tf.sign(z) * (1 - tf.exp(-tf.abs(z)))

    def _log_cdf(self, x: Any) -> Any:
        return _log_laplace_cdf(self._z(x))

    def _log_survival_function(self, x: Any) -> Any:
        return _log_laplace_cdf(-self._z(x))

    def _entropy(self) -> Any:
        return math.log(2.0) + 1 + tf.log(self._wide(self.scale))

    def _stddev(self) -> Any:
        return math.sqrt(2.0) * self._wide(self.scale)


def _log_laplace_cdf(z: Any) -> Any:
    low = z - math.log(2.0)
    return tf.where(z <= 0, low, tf.log1p(-0.5 * tf.exp(-tf.abs(z))))


@public(v1=("distributions.Uniform", "contrib.distributions.Uniform"))
class Uniform(Distribution):
    """1 / (high - low) from `low` to before `high`. low, high: floats that broadcast; low < high."""

    _batch_parts = ("low", "high")

    def __init__(self, low: Any = 0.0, high: Any = 1.0, validate_args: bool = False, allow_nan_stats: bool = True,
                 name: str = "Uniform") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            self._low = tf.convert_to_tensor(low, name="low", preferred_dtype=getattr(high, "dtype", None))
            self._high = tf.convert_to_tensor(high, name="high", dtype=self._low.dtype)
            if validate_args:
                self._high = self._checked(self._high, tf.assert_less(
                    self._low, self._high, message="uniform not defined when low >= high."))
        super().__init__(self._low.dtype, FULLY_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
                         [self._low, self._high], scope)

    @property
    def low(self) -> Any:
        """The lower end, which is drawn too."""
        return self._low

    @property
    def high(self) -> Any:
        """The upper end, which is not drawn."""
        return self._high

    def range(self, name: str = "range") -> Any:
        """high - low."""
        with self._name_scope(name):
            return self.high - self.low

    def _sample_n(self, n: Any, seed: Any = None) -> Any:
        shape = tf.concat([[n], self.batch_shape_tensor()], 0)
        return self.low + self.range() * tf.random_uniform(shape, dtype=self.dtype, seed=seed)

    def _prob(self, x: Any) -> Any:
        outside = tf.logical_or(x < self.low, x >= self.high)
        density = tf.ones_like(x) / self.range()
        return tf.where_v2(tf.is_nan(x), x, tf.where_v2(outside, tf.zeros_like(density), density))

    def _cdf(self, x: Any) -> Any:
        return tf.clip_by_value((x - self.low) / self.range(), 0.0, 1.0)

    def _entropy(self) -> Any:
        return tf.log(self.range())

    def _mean(self) -> Any:
        return (self.low + self.high) / 2.0

    def _variance(self) -> Any:
        return tf.square(self.range()) / 12.0

    def _stddev(self) -> Any:
        return self.range() / math.sqrt(12.0)


@public(v1=("distributions.StudentT", "contrib.distributions.StudentT"))
class StudentT(Distribution):
    """Student's t with `df` > 0 degrees of freedom, moved by `loc` and stretched by `scale`, which broadcast."""

    _batch_parts = ("df", "loc", "scale")

    def __init__(self, df: Any, loc: Any, scale: Any, validate_args: bool = False, allow_nan_stats: bool = True,
                 name: str = "StudentT") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            df = floats("df", df)
            self._df = self._checked(df, tf.assert_positive(df)) if validate_args else df
            self._loc, self._scale = (tf.convert_to_tensor(v, name=n, dtype=df.dtype)
                                      for n, v in (("loc", loc), ("scale", scale)))
        super().__init__(self._df.dtype, FULLY_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
                         [self._df, self._loc, self._scale], scope)

    @property
    def df(self) -> Any:
        """Degrees of freedom."""
        return self._df

    @property
    def loc(self) -> Any:
        """Where it stands."""
        return self._loc

    @property
    def scale(self) -> Any:
        """How wide it is."""
        return self._scale

    def _ones(self) -> Any:
        return tf.ones(self.batch_shape_tensor(), dtype=self.dtype)

    def _z(self, x: Any) -> Any:
        return (x - self.loc) / self.scale

    def _sample_n(self, n: Any, seed: Any = None) -> Any:
        shape = tf.concat([[n], self.batch_shape_tensor()], 0)
        noise = tf.random_normal(shape, dtype=self.dtype, seed=seed)
        df = self.df * self._ones()
        chi = tf.random_gamma([n], 0.5 * df, beta=0.5, dtype=self.dtype, seed=None if seed is None else seed + 1)
        return noise * tf.rsqrt(chi / df) * self.scale + self.loc

    def _log_prob(self, x: Any) -> Any:
        half = 0.5 * (self.df + 1.0)
        norm = (tf.log(tf.abs(self.scale)) + 0.5 * tf.log(self.df) + 0.5 * math.log(math.pi)
                + tf.lgamma(0.5 * self.df) - tf.lgamma(half))
        return -half * tf.log1p(tf.square(self._z(x)) / self.df) - norm

    def _cdf(self, x: Any) -> Any:
        z = self._z(x) * self._ones()
        df = self.df * tf.ones_like(z)
        tail = 0.5 * tf.betainc(0.5 * df, 0.5 * tf.ones_like(z), df / (tf.square(z) + df))
        return tf.where(z < 0.0, tail, 1.0 - tail)

    def _entropy(self) -> Any:
        half, more = 0.5 * self.df, 0.5 * (self.df + 1.0)
        beta = tf.lgamma(half) + math.lgamma(0.5) - tf.lgamma(more)
        return (tf.log(tf.abs(self.scale)) + 0.5 * tf.log(self.df) + beta
                + more * (tf.digamma(more) - tf.digamma(half))) * self._ones()

    def _mean(self) -> Any:
        return self._where_defined(self.df > self._ones(), self.loc * self._ones(),
                                   "mean not defined for components of df <= 1")

    def _variance(self) -> Any:
        df, infinite = self.df * self._ones(), np.array(np.inf, self.dtype.as_numpy_dtype)
        safe = tf.where(df > 2.0, df - 2.0, tf.ones_like(df))
        found = tf.square(self.scale) * df / safe
        found = tf.where_v2(df > 2.0, found, infinite)
        return self._where_defined(df > 1.0, found, "variance not defined for components of df <= 1")

    def _mode(self) -> Any:
        return tf.identity(self.loc)
