"""Distributions of one value, and one with neither mean nor variance: Deterministic, VectorDeterministic, Cauchy."""

from __future__ import annotations

import math
from typing import Any

from hornbeam.graph.names import public
from hornbeam.v1.api import tf
from hornbeam.v1.distributions.distribution import FULLY_REPARAMETERIZED, Distribution
from hornbeam.v1.distributions.divergences import divergence
from hornbeam.v1.distributions.real_line import LocationScale


class _Point(Distribution):
    """Always `loc`. What differs by at most atol + rtol · |loc| counts as it."""

    def __init__(self, loc: Any, atol: Any, rtol: Any, validate_args: bool, allow_nan_stats: bool, name: str,
                 parameters: dict[str, Any]) -> None:
        with tf.name_scope(name) as scope:
            self._loc = tf.convert_to_tensor(loc, name="loc")
            self._atol, self._rtol = (self._tolerance(what, tolerance, validate_args)
                                      for what, tolerance in (("atol", atol), ("rtol", rtol)))
            self._slack = self._atol + self._rtol * tf.abs(self._loc)
        super().__init__(self._loc.dtype, FULLY_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
                         [self._loc, self._atol, self._rtol], scope)

    def _tolerance(self, name: str, value: Any, validate: bool) -> Any:
        if value is None:
            return tf.constant(0, self._loc.dtype)
        held = tf.convert_to_tensor(value, name=name, dtype=self._loc.dtype)
        return self._checked(held, tf.assert_non_negative(held, message=f"'{name}' must be non-negative")) \
            if validate else held

    @property
    def loc(self) -> Any:
        """The value."""
        return self._loc

    @property
    def atol(self) -> Any:
        """How far others may be from it."""
        return self._atol

    @property
    def rtol(self) -> Any:
        """How far others may be from it, per its size."""
        return self._rtol

    def _parts_of_loc(self) -> Any:
        return self._loc + tf.zeros_like(self._slack)

    def _sample_n(self, n: Any, seed: Any = None) -> Any:
        value = self._parts_of_loc()
        return value + tf.zeros(tf.concat([[n], tf.shape(value)], 0), self.dtype)

    def _is_it(self, x: Any) -> Any:
        return tf.abs(x - self._loc) <= self._slack

    def _entropy(self) -> Any:
        return tf.zeros(self.batch_shape_tensor(), dtype=self.dtype)

    def _mean(self) -> Any:
        return tf.identity(self._loc)

    def _variance(self) -> Any:
        return tf.zeros_like(self._loc)

    def _mode(self) -> Any:
        return self._mean()


@public(v1=("contrib.distributions.Deterministic",))
class Deterministic(_Point):
    """Always `loc`, each element for itself. atol, rtol: what differs by at most atol + rtol · |loc| counts as it."""

    _batch_parts = ("loc",)

    def __init__(self, loc: Any, atol: Any = None, rtol: Any = None, validate_args: bool = False,
                 allow_nan_stats: bool = True, name: str = "Deterministic") -> None:
        super().__init__(loc, atol, rtol, validate_args, allow_nan_stats, name, dict(locals()))

    def _prob(self, x: Any) -> Any:
        return tf.cast(self._is_it(x), self.dtype)

    def _cdf(self, x: Any) -> Any:
        return tf.cast(x >= self._loc - self._slack, self.dtype)


@public(v1=("contrib.distributions.VectorDeterministic",))
class VectorDeterministic(_Point):
    """Always the vector `loc`, [..., size]. atol, rtol: elements that differ by at most atol + rtol · |loc| are it."""

    def __init__(self, loc: Any, atol: Any = None, rtol: Any = None, validate_args: bool = False,
                 allow_nan_stats: bool = True, name: str = "VectorDeterministic") -> None:
        super().__init__(loc, atol, rtol, validate_args, allow_nan_stats, name, dict(locals()))
        if self._loc.shape.ndims == 0:
            raise ValueError("Argument loc must be at least rank 1.")

    def _batch_shape(self) -> Any:
        return self._loc.shape[:-1]

    def _batch_shape_tensor(self) -> Any:
        return tf.shape(self._loc)[:-1]

    def _event_shape(self) -> Any:
        return self._loc.shape[-1:]

    def _event_shape_tensor(self) -> Any:
        return tf.shape(self._loc)[-1:]

    def _prob(self, x: Any) -> Any:
        return tf.cast(tf.reduce_all(self._is_it(x), axis=-1), self.dtype)


@divergence(_Point, Distribution)
def _(a: _Point, b: Distribution) -> Any:
    return -b.log_prob(a.loc)


@public(v1=("contrib.distributions.Cauchy",))
class Cauchy(LocationScale):
    """1 / (π · scale · (1 + ((x - loc) / scale)²)). loc, scale: floats that broadcast; scale > 0."""

    def __init__(self, loc: Any, scale: Any, validate_args: bool = False, allow_nan_stats: bool = True,
                 name: str = "Cauchy") -> None:
        super().__init__(loc, scale, validate_args, allow_nan_stats, name, dict(locals()))

    def _sample_n(self, n: Any, seed: Any = None) -> Any:
        return self._quantile(tf.random_uniform(self._noise_shape(n), dtype=self.dtype, seed=seed))

    def _log_prob(self, x: Any) -> Any:
        return -tf.log1p(tf.square(self._z(x))) - (math.log(math.pi) + tf.log(self.scale))

    def _cdf(self, x: Any) -> Any:
        return tf.atan(self._z(x)) / math.pi + 0.5

    def _log_cdf(self, x: Any) -> Any:
        return tf.log1p(2 / math.pi * tf.atan(self._z(x))) - math.log(2.0)

    def _quantile(self, p: Any) -> Any:
        return self.loc + self.scale * tf.tan(math.pi * (p - 0.5))

    def _entropy(self) -> Any:
        return math.log(4 * math.pi) + tf.log(self._wide(self.scale))

    def _mode(self) -> Any:
        return self._wide(self.loc)

    def _undefined(self, what: str) -> Any:
        if not self.allow_nan_stats:
            raise ValueError(f"`{what}` is undefined for Cauchy distribution.")
        return tf.fill(self.batch_shape_tensor(), tf.constant(math.nan, self.dtype))

    def _mean(self) -> Any:
        return self._undefined("mean")

    def _stddev(self) -> Any:
        return self._undefined("stddev")
