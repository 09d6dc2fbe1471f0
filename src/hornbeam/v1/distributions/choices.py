"""Distributions of a choice: Bernoulli, of two, and Categorical, of several."""

from __future__ import annotations

from typing import Any

from hornbeam.graph import dtypes
from hornbeam.graph.names import public
from hornbeam.v1.api import tf
from hornbeam.v1.distributions.distribution import NOT_REPARAMETERIZED, Distribution, floats
from hornbeam.v1.distributions.divergences import divergence


def logits_and_probs(logits: Any, probs: Any, several: bool, validate: bool, dtype: Any = None) -> tuple[Any, Any]:
    """Both, where one is given. several: along the last dimension, rather than each for itself.

    Raises ValueError where both or none are given, TypeError for integers.
    """
    if (probs is None) == (logits is None):
        raise ValueError("Must pass probs or logits, but not both.")
    if probs is None:
        logits = floats("logits", logits, dtype=dtype)
        return logits, tf.nn.softmax(logits, name="probs") if several else tf.sigmoid(logits, name="probs")
    probs = floats("probs", probs, dtype=dtype)
    if validate:
        one = tf.ones([], probs.dtype)
        checks = [tf.assert_non_negative(probs)]
        checks.append(tf.assert_near(tf.reduce_sum(probs, -1), one, message="probs does not sum to 1.") if several
                      else tf.assert_less_equal(probs, one, message="probs has components greater than 1."))
        with tf.control_dependencies([c for c in checks if c is not None]):
            probs = tf.identity(probs)
    with tf.name_scope("logits"):
        return (tf.log(probs) if several else tf.log(probs) - tf.log1p(-1.0 * probs)), probs


class OfLogits:
    """A distribution of what happens or does not, or of classes, that is given by `logits` or `probs`."""

    _logits: Any
    _probs: Any

    @property
    def logits(self) -> Any:
        """log(p / (1 - p)); of classes, the logarithms of their probabilities up to a constant."""
        return self._logits

    @property
    def probs(self) -> Any:
        """The probabilities."""
        return self._probs


@public(v1=("distributions.Bernoulli", "contrib.distributions.Bernoulli"))
class Bernoulli(OfLogits, Distribution):
    """1 with probability `probs` = sigmoid(`logits`), else 0; one of the two is given. dtype: of samples."""

    _batch_parts = ("_logits",)

    def __init__(self, logits: Any = None, probs: Any = None, dtype: Any = dtypes.int32, validate_args: bool = False,
                 allow_nan_stats: bool = True, name: str = "Bernoulli") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            self._logits, self._probs = logits_and_probs(logits, probs, False, validate_args)
        super().__init__(tf.as_dtype(dtype), NOT_REPARAMETERIZED, validate_args,
                         allow_nan_stats, parameters, [self._logits, self._probs], scope)

    def _sample_n(self, n: Any, seed: Any = None) -> Any:
        shape = tf.concat([[n], self.batch_shape_tensor()], 0)
        return tf.cast(tf.less(tf.random_uniform(shape, seed=seed, dtype=self.probs.dtype), self.probs), self.dtype)

    def _log_prob(self, event: Any) -> Any:
        if self.validate_args:
            event = self._checked(event, tf.assert_non_negative(event), tf.assert_less_equal(
                event, tf.ones([], event.dtype)))
        event = tf.cast(event, self.logits.dtype)
        wide = tf.zeros_like(event + self.logits)
        return -tf.nn.sigmoid_cross_entropy_with_logits(labels=event + wide, logits=self.logits + wide)

    def _entropy(self) -> Any:
        return -self.logits * (tf.sigmoid(self.logits) - 1) + tf.nn.softplus(-self.logits)

    def _mean(self) -> Any:
        return tf.identity(self.probs)

    def _variance(self) -> Any:
        return self._mean() * (1.0 - self.probs)

    def _mode(self) -> Any:
        return tf.cast(self.probs > 0.5, self.dtype)


@divergence(Bernoulli)
def _(a: Bernoulli, b: Bernoulli) -> Any:
    against = tf.nn.softplus(-b.logits) - tf.nn.softplus(-a.logits)
    towards = tf.nn.softplus(b.logits) - tf.nn.softplus(a.logits)
    return tf.sigmoid(a.logits) * against + tf.sigmoid(-a.logits) * towards


@public(v1=("distributions.Categorical", "contrib.distributions.Categorical"))
class Categorical(OfLogits, Distribution):
    """A class number, with probabilities `probs` = softmax(`logits`), [..., classes]; one of the two is given."""

    def __init__(self, logits: Any = None, probs: Any = None, dtype: Any = dtypes.int32, validate_args: bool = False,
                 allow_nan_stats: bool = True, name: str = "Categorical") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            self._logits, self._probs = logits_and_probs(logits, probs, True, validate_args)
            self._logits.get_shape().with_rank_at_least(1)
            self._classes = self._logits.get_shape().as_list()[-1] if self._logits.dims is not None else None
            self._event_size = (tf.shape(self._logits)[-1] if self._classes is None
                                else tf.convert_to_tensor(self._classes, dtype=tf.int32, name="event_size"))
        super().__init__(tf.as_dtype(dtype), NOT_REPARAMETERIZED, validate_args,
                         allow_nan_stats, parameters, [self._logits, self._probs], scope)

    @property
    def event_size(self) -> Any:
        """The number of classes."""
        return self._event_size

    def _batch_shape(self) -> Any:
        return self.logits.get_shape()[:-1]

    def _batch_shape_tensor(self) -> Any:
        return tf.shape(self.logits)[:-1]

    def _sample_n(self, n: Any, seed: Any = None) -> Any:
        rows = self.logits
        if rows.dims is None or len(rows.dims) != 2:
            rows = tf.reshape(rows, [-1, self.event_size if self._classes is None else self._classes])
        draws = tf.multinomial(rows, n, seed=seed, output_dtype=tf.int64)
        return tf.cast(tf.reshape(tf.transpose(draws), tf.concat([[n], self.batch_shape_tensor()], 0)), self.dtype)

    def _beside(self, k: Any, of: Any) -> tuple[Any, Any]:
        """Class numbers and rows, broadcast beside one another."""
        k = tf.cast(k, self.dtype) if not k.dtype.is_integer else k
        if k.dims is not None and of.dims is not None and None not in (*k.dims, *of.dims[:-1]) \
                and k.dims == of.dims[:-1]:
            return k, of
        k = k * tf.ones_like(tf.cast(of[..., 0], k.dtype))
        return k, of * tf.ones_like(tf.cast(k, of.dtype))[..., None]

    def _log_prob(self, k: Any) -> Any:
        if self.validate_args:
            k = self._checked(k, tf.assert_non_negative(k), tf.assert_less(k, tf.cast(self.event_size, k.dtype)))
        k, logits = self._beside(k, self.logits)
        return -tf.nn.sparse_softmax_cross_entropy_with_logits(labels=k, logits=logits)

    def _cdf(self, k: Any) -> Any:
        k, probs = self._beside(k, self.probs)
        upto = tf.sequence_mask(tf.cast(k, tf.int32), self.event_size, dtype=probs.dtype)
        return tf.reduce_sum(probs * upto, axis=-1)

    def _entropy(self) -> Any:
        return -tf.reduce_sum(tf.nn.log_softmax(self.logits) * self.probs, axis=-1)

    def _mode(self) -> Any:
        return tf.cast(tf.argmax(self.logits, axis=-1), self.dtype)


@divergence(Categorical)
def _(a: Categorical, b: Categorical) -> Any:
    further = tf.nn.log_softmax(a.logits) - tf.nn.log_softmax(b.logits)
    return tf.reduce_sum(tf.nn.softmax(a.logits) * further, axis=-1)
