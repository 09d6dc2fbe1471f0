"""Distributions of shares and of counts of several classes: Dirichlet, Multinomial, DirichletMultinomial."""

from __future__ import annotations

from typing import Any

from hornbeam.graph.names import public
from hornbeam.v1.api import tf
from hornbeam.v1.distributions.choices import OfLogits, logits_and_probs
from hornbeam.v1.distributions.distribution import (
    FULLY_REPARAMETERIZED,
    NOT_REPARAMETERIZED,
    Distribution,
    floats,
)
from hornbeam.v1.distributions.divergences import divergence
from hornbeam.v1.distributions.special import log_combinations


class _OfClasses(Distribution):
    """Values are vectors, one number a class: `_rows`, [..., classes], says how many."""

    _rows: Any

    def _batch_shape(self) -> Any:
        return self._rows.get_shape()[:-1]

    def _batch_shape_tensor(self) -> Any:
        return tf.shape(self._rows)[:-1]

    def _event_shape(self) -> Any:
        return self._rows.get_shape().with_rank_at_least(1)[-1:]

    def _event_shape_tensor(self) -> Any:
        return tf.shape(self._rows)[-1:]

    def _concentrations(self, value: Any, validate: bool) -> Any:
        tensor = floats("concentration", value)
        tensor.get_shape().with_rank_at_least(1)
        if not validate:
            return tensor
        return self._checked(tensor, tf.assert_positive(tensor, message="Concentration parameter must be positive."))

    def _spread(self, variance: Any, scaled: Any, mean: Any) -> Any:
        """The covariance matrix whose diagonal is the variance, and -scaled · mean beside it."""
        return tf.matrix_set_diag(-tf.matmul(scaled[..., None], mean[..., None, :]), variance)


@public(v1=("distributions.Dirichlet", "contrib.distributions.Dirichlet"))
class Dirichlet(_OfClasses):
    """Π xᵢ^(cᵢ - 1) / B(c) of shares x that add up to 1. concentration c: positive, [..., classes]."""

    def __init__(self, concentration: Any, validate_args: bool = False, allow_nan_stats: bool = True,
                 name: str = "Dirichlet") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            self._rows = self._concentrations(concentration, validate_args)
            self._total = tf.reduce_sum(self._rows, -1)
        super().__init__(self._rows.dtype, FULLY_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
                         [self._rows, self._total], scope)

    @property
    def concentration(self) -> Any:
        """One positive number a class."""
        return self._rows

    @property
    def total_concentration(self) -> Any:
        """Their sum."""
        return self._total

    def _sample_n(self, n: Any, seed: Any = None) -> Any:
        drawn = tf.random_gamma([n], alpha=self.concentration, dtype=self.dtype, seed=seed)
        return drawn / tf.reduce_sum(drawn, -1, keepdims=True)

    def _log_prob(self, x: Any) -> Any:
        if self.validate_args:
            x = self._checked(x, tf.assert_positive(x, message="samples must be positive"), tf.assert_near(
                tf.ones([], self.dtype), tf.reduce_sum(x, -1), message="sample last-dimension must sum to `1`"))
        return tf.reduce_sum(tf.math.xlogy(self.concentration - 1.0, x), -1) - tf.lbeta(self.concentration)

    def _entropy(self) -> Any:
        classes = tf.cast(self.event_shape_tensor()[0], self.dtype)
        return (tf.lbeta(self.concentration) + (self._total - classes) * tf.digamma(self._total)
                - tf.reduce_sum((self.concentration - 1.0) * tf.digamma(self.concentration), axis=-1))

    def _mean(self) -> Any:
        return self.concentration / self._total[..., None]

    def _variance(self) -> Any:
        mean = self._mean()
        return mean * (1.0 - mean) / (1.0 + self._total[..., None])

    def _covariance(self) -> Any:
        mean = self._mean()
        return self._spread(self._variance(), mean / (1.0 + self._total[..., None]), mean)

    def _mode(self) -> Any:
        classes = tf.cast(self.event_shape_tensor()[0], self.dtype)
        found = (self.concentration - 1.0) / (self._total[..., None] - classes)
        defined = tf.reduce_all(self.concentration > 1.0, axis=-1, keepdims=True)
        return self._where_defined(defined, found, "mode undefined for concentrations <= 1")


@divergence(Dirichlet)
def _(a: Dirichlet, b: Dirichlet) -> Any:
    further = tf.digamma(a.concentration) - tf.digamma(tf.reduce_sum(a.concentration, axis=-1, keepdims=True))
    return (tf.reduce_sum((a.concentration - b.concentration) * further, axis=-1) - tf.lbeta(a.concentration)
            + tf.lbeta(b.concentration))


class _OfCounts(_OfClasses):
    """Counts of classes that add up to `total_count`."""

    _total_count: Any

    @property
    def total_count(self) -> Any:
        """How many were drawn."""
        return self._total_count

    def _counts_valid(self, counts: Any) -> Any:
        if not self.validate_args:
            return counts
        return self._checked(
            counts, tf.assert_non_negative(counts), tf.assert_equal(counts, tf.floor(counts)), tf.assert_equal(
                self.total_count, tf.reduce_sum(counts, -1), message="counts must sum to `self.total_count`"))

    def _drawn(self, n: Any, logits: Any, seed: Any) -> Any:
        """Counts [n, ..., classes] for logits [n, ..., classes]."""
        classes = self.event_shape_tensor()[0]
        wanted = tf.cast(self.total_count, tf.int32) * tf.ones_like(tf.cast(logits[..., 0], tf.int32))
        most = tf.reduce_max(tf.cast(self.total_count, tf.int32))
        draws = tf.multinomial(tf.reshape(logits, [-1, classes]), most, seed=seed)
        counted = tf.one_hot(draws, depth=classes, dtype=self.dtype)
        counted *= tf.sequence_mask(tf.reshape(wanted, [-1]), most, dtype=self.dtype)[..., None]
        return tf.reshape(tf.reduce_sum(counted, axis=-2), tf.shape(logits))


@public(v1=("distributions.Multinomial", "contrib.distributions.Multinomial"))
class Multinomial(OfLogits, _OfCounts):
    """How often each class is drawn in `total_count` draws, with probabilities `probs` = softmax(`logits`).

    total_count: floats of whole numbers, [...]. logits, probs: [..., classes], one of them.
    """

    def __init__(self, total_count: Any, logits: Any = None, probs: Any = None, validate_args: bool = False,
                 allow_nan_stats: bool = True, name: str = "Multinomial") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            self._logits, self._probs = logits_and_probs(logits, probs, True, validate_args)
            self._total_count = tf.convert_to_tensor(total_count, name="total_count", dtype=self._logits.dtype)
            if validate_args:
                self._total_count = self._checked(self._total_count, tf.assert_non_negative(self._total_count))
            self._rows = self._total_count[..., None] * self._probs
        super().__init__(self._probs.dtype, NOT_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
                         [self._total_count, self._logits, self._probs], scope)

    def _sample_n(self, n: Any, seed: Any = None) -> Any:
        shape = tf.concat([[n], tf.shape(self._rows)], 0)
        return self._drawn(n, tf.broadcast_to(self.logits, shape), seed)

    def _log_prob(self, counts: Any) -> Any:
        counts = self._counts_valid(counts)
        likely = tf.reduce_sum(counts * tf.nn.log_softmax(self.logits), -1)
        return likely + log_combinations(self.total_count, counts)

    def _mean(self) -> Any:
        return tf.identity(self._rows)

    def _wide_probs(self) -> Any:
        return self.probs * tf.ones_like(self.total_count)[..., None]

    def _variance(self) -> Any:
        return self._rows - self._rows * self._wide_probs()

    def _covariance(self) -> Any:
        return self._spread(self._variance(), self._rows, self._wide_probs())


@public(v1=("distributions.DirichletMultinomial", "contrib.distributions.DirichletMultinomial"))
class DirichletMultinomial(_OfCounts):
    """`total_count` draws with probabilities that are drawn from a Dirichlet distribution themselves.

    total_count: floats of whole numbers, [...]. concentration: positive, [..., classes].
    """

    def __init__(self, total_count: Any, concentration: Any, validate_args: bool = False,
                 allow_nan_stats: bool = True, name: str = "DirichletMultinomial") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            self._concentration = self._concentrations(concentration, validate_args)
            self._total_count = tf.convert_to_tensor(total_count, name="total_count", dtype=self._concentration.dtype)
            if validate_args:
                self._total_count = self._checked(self._total_count, tf.assert_non_negative(self._total_count))
            self._total = tf.reduce_sum(self._concentration, -1)
            self._rows = self._concentration * tf.ones_like(self._total_count)[..., None]
        super().__init__(self._concentration.dtype, NOT_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
                         [self._total_count, self._concentration], scope)

    @property
    def concentration(self) -> Any:
        """One positive number a class."""
        return self._concentration

    @property
    def total_concentration(self) -> Any:
        """Their sum."""
        return self._total

    def _sample_n(self, n: Any, seed: Any = None) -> Any:
        drawn = tf.random_gamma([n], alpha=self._rows, dtype=self.dtype, seed=seed)
        return self._drawn(n, tf.log(drawn), None if seed is None else seed + 1)

    def _log_prob(self, counts: Any) -> Any:
        counts = self._counts_valid(counts)
        return (tf.lbeta(self.concentration + counts) - tf.lbeta(self.concentration)
                + log_combinations(self.total_count, counts))

    def _mean(self) -> Any:
        return self.total_count[..., None] * (self.concentration / self._total[..., None])

    def _growth(self) -> Any:
        """What the variance of a multinomial distribution is multiplied by."""
        total = self._total[..., None]
        return (self.total_count[..., None] + total) / (1.0 + total)

    def _variance(self) -> Any:
        share = self.concentration / self._total[..., None]
        return self._growth() * self._mean() * (1.0 - share)

    def _covariance(self) -> Any:
        share = self.concentration / self._total[..., None] * tf.ones_like(self._rows)
        return self._spread(self._variance(), self._growth() * self._mean(), share)
