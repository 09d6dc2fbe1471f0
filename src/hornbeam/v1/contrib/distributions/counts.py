"""Distributions of counts: Binomial, NegativeBinomial and Geometric."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.graph.names import public
from hornbeam.v1.api import tf
from hornbeam.v1.distributions.choices import OfLogits, logits_and_probs
from hornbeam.v1.distributions.distribution import NOT_REPARAMETERIZED, Distribution, floats


def _whole(of: Distribution, counts: Any, most: Any = None) -> Any:
    """Counts, checked where the distribution checks its arguments."""
    if not of.validate_args:
        return counts
    return of._checked(counts, tf.assert_non_negative(counts, message="counts must be non-negative"),
                       tf.assert_equal(counts, tf.floor(counts), message="counts must be whole numbers"),
                       None if most is None else tf.assert_less_equal(counts, most))


class _OfCounts(OfLogits, Distribution):
    """A distribution of counts that is given by `logits` or `probs`."""

    _batch_parts = ("total_count", "_probs")
    _total: Any

    @property
    def total_count(self) -> Any:
        """The number of trials; of a negative binomial, that of the failures which end it."""
        return self._total


@public(v1=("contrib.distributions.Binomial",))
class Binomial(_OfCounts):
    """The number of successes in `total_count` trials, each with probability `probs` = sigmoid(`logits`)."""

    def __init__(self, total_count: Any, logits: Any = None, probs: Any = None, validate_args: bool = False,
                 allow_nan_stats: bool = True, name: str = "Binomial") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            total = floats("total_count", total_count)
            self._total = self._checked(total, tf.assert_non_negative(total)) if validate_args else total
            self._logits, self._probs = logits_and_probs(logits, probs, False, validate_args, total.dtype)
        super().__init__(self._probs.dtype, NOT_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
                         [self._total, self._logits, self._probs], scope)

    def _sample_n(self, n: Any, seed: Any = None) -> Any:
        shape = tf.concat([[n], self.batch_shape_tensor()], 0)
        wide = tf.zeros(self.batch_shape_tensor(), self.dtype)
        return tf.random.stateless_binomial(
            shape, tf.random_uniform([2], maxval=tf.int32.max, dtype=tf.int32, seed=seed), counts=self._total + wide,
            probs=self.probs + wide, output_dtype=self.dtype)

    def _log_prob(self, counts: Any) -> Any:
        counts = _whole(self, counts, self._total)
        rest = self._total - counts
        ways = tf.lgamma(1.0 + self._total) - tf.lgamma(1.0 + counts) - tf.lgamma(1.0 + rest)
        return counts * tf.log(self.probs) + rest * tf.log1p(-self.probs) + ways

    def _cdf(self, counts: Any) -> Any:
        whole = tf.floor(_whole(self, counts, self._total))
        wide = tf.zeros_like(whole + self._total + self.probs)
        rest = self._total - whole + wide
        some = tf.betainc(tf.maximum(rest, 1.0), tf.maximum(1.0 + whole + wide, 1.0), 1.0 - self.probs + wide)
        return tf.where_v2(whole < 0.0, 0.0, tf.where_v2(rest <= 0.0, 1.0, some))

    def _mean(self) -> Any:
        return self._total * self.probs

    def _variance(self) -> Any:
        return self._mean() * (1.0 - self.probs)

    def _mode(self) -> Any:
        return tf.floor((1.0 + self._total) * self.probs)


@public(v1=("contrib.distributions.NegativeBinomial",))
class NegativeBinomial(_OfCounts):
    """The number of successes, of probability `probs` = sigmoid(`logits`), before `total_count` failures."""

    def __init__(self, total_count: Any, logits: Any = None, probs: Any = None, validate_args: bool = False,
                 allow_nan_stats: bool = True, name: str = "NegativeBinomial") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            self._logits, self._probs = logits_and_probs(logits, probs, False, validate_args)
            total = tf.convert_to_tensor(total_count, name="total_count", dtype=self._probs.dtype)
            self._total = self._checked(total, tf.assert_positive(total)) if validate_args else total
        super().__init__(self._probs.dtype, NOT_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
                         [self._total, self._logits, self._probs], scope)

    def _sample_n(self, n: Any, seed: Any = None) -> Any:
        rate = tf.random_gamma([n], alpha=self._total, beta=tf.exp(-self.logits), dtype=self.dtype, seed=seed)
        return tf.random_poisson(rate, [], dtype=self.dtype, seed=None if seed is None else seed + 1)

    def _log_prob(self, x: Any) -> Any:
        x = _whole(self, x)
        ways = tf.lgamma(self._total + x) - tf.lgamma(1.0 + x) - tf.lgamma(self._total)
        return self._total * tf.log_sigmoid(-self.logits) + x * tf.log_sigmoid(self.logits) + ways

    def _cdf(self, x: Any) -> Any:
        x = _whole(self, x)
        wide = tf.ones_like(self._total + self.logits + x)
        return tf.betainc(self._total * wide, (1.0 + x) * wide, tf.sigmoid(-self.logits) * wide)

    def _mean(self) -> Any:
        return self._total * tf.exp(self.logits)

    def _variance(self) -> Any:
        return self._mean() / tf.sigmoid(-self.logits)

    def _mode(self) -> Any:
        return tf.floor(tf.maximum(self._total - 1.0, 0.0) * tf.exp(self.logits))


@public(v1=("contrib.distributions.Geometric",))
class Geometric(OfLogits, Distribution):
    """The number of failures before the first success, of probability `probs` = sigmoid(`logits`)."""

    _batch_parts = ("_probs",)

    def __init__(self, logits: Any = None, probs: Any = None, validate_args: bool = False,
                 allow_nan_stats: bool = True, name: str = "Geometric") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            self._logits, self._probs = logits_and_probs(logits, probs, False, validate_args)
            if validate_args:
                self._probs = self._checked(self._probs, tf.assert_positive(self._probs))
        super().__init__(self._probs.dtype, NOT_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
                         [self._probs, self._logits], scope)

    def _sample_n(self, n: Any, seed: Any = None) -> Any:
        shape = tf.concat([[n], self.batch_shape_tensor()], 0)
        least = np.finfo(self.dtype.as_numpy_dtype).tiny  # 0 would become infinite
        drawn = tf.random_uniform(shape, minval=least, maxval=1.0, seed=seed, dtype=self.dtype)
        return tf.floor(tf.log(drawn) / tf.log1p(-self.probs))

    def _log_prob(self, counts: Any) -> Any:
        counts = _whole(self, counts)
        # 0 · log(1 - p) is 0 for p = 1 too.
        failing = tf.where_v2(tf.equal(counts, 0.0), 0.0, tf.ones_like(counts) * self.probs)
        return counts * tf.log1p(-failing) + tf.log(self.probs)

    def _cdf(self, counts: Any) -> Any:
        whole = tf.floor(_whole(self, counts))
        return tf.where_v2(whole < 0.0, 0.0, -tf.expm1((whole + 1.0) * tf.log1p(-self.probs)))

    def _entropy(self) -> Any:
        return tf.nn.sigmoid_cross_entropy_with_logits(labels=self.probs, logits=self.logits) / self.probs

    def _mean(self) -> Any:
        return tf.exp(-self.logits)

    def _variance(self) -> Any:
        return self._mean() / self.probs

    def _mode(self) -> Any:
        return tf.zeros(self.batch_shape_tensor(), dtype=self.dtype)
