"""contrib's names of `tf.distributions`, and more: Logistic, Poisson, one-hot and relaxed choices, mixtures."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.names import public
from hornbeam.v1.api import tf
from hornbeam.v1.distributions.choices import OfLogits, logits_and_probs
from hornbeam.v1.distributions.distribution import (
    FULLY_REPARAMETERIZED,
    NOT_REPARAMETERIZED,
    Distribution,
)
from hornbeam.v1.distributions.divergences import divergence
from hornbeam.v1.distributions.real_line import LocationScale, Normal


@public(v1=("contrib.distributions.softplus_inverse",))
def softplus_inverse(x: Any, name: str | None = None) -> Any:
    """The number whose softplus is x > 0, without overflow."""
    with tf.name_scope(name, "softplus_inverse"):
        x = tf.convert_to_tensor(x, name="x")
        threshold = math.log(np.finfo(x.dtype.as_numpy_dtype).eps) + 2.0
        small, large = x < math.exp(threshold), x > -threshold
        inside = tf.where(tf.logical_or(small, large), tf.ones_like(x), x)
        middle = inside + tf.log(-tf.expm1(-inside))
        return tf.where(small, tf.log(x), tf.where(large, x, middle))


@public(v1=("contrib.distributions.NormalWithSoftplusScale",))
class NormalWithSoftplusScale(Normal):
    """A normal distribution of scale softplus(scale)."""

    def __init__(self, loc: Any, scale: Any, validate_args: bool = False, allow_nan_stats: bool = True,
                 name: str = "NormalWithSoftplusScale") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            positive = tf.nn.softplus(scale, name="softplus_scale")
        super().__init__(loc, positive, validate_args, allow_nan_stats, scope)
        self._parameters = {k: v for k, v in parameters.items() if k not in ("self", "__class__")}


@public(v1=("contrib.distributions.Logistic",))
class Logistic(LocationScale):
    """The distribution whose cumulative probability is sigmoid((x - loc) / scale)."""

    def __init__(self, loc: Any, scale: Any, validate_args: bool = False, allow_nan_stats: bool = True,
                 name: str = "Logistic") -> None:
        super().__init__(loc, scale, validate_args, allow_nan_stats, name, dict(locals()))

    def _sample_n(self, n: Any, seed: Any = None) -> Any:
        least = np.finfo(self.dtype.as_numpy_dtype).tiny  # 0 would become infinite
        share = tf.random_uniform(self._noise_shape(n), minval=least, maxval=1.0, dtype=self.dtype, seed=seed)
        return (tf.log(share) - tf.log1p(-share)) * self.scale + self.loc

    def _log_prob(self, x: Any) -> Any:
        z = self._z(x)
        return -z - 2.0 * tf.nn.softplus(-z) - tf.log(self.scale)

    def _cdf(self, x: Any) -> Any:
        return tf.sigmoid(self._z(x))

    def _log_cdf(self, x: Any) -> Any:
        return -tf.nn.softplus(-self._z(x))

    def _survival_function(self, x: Any) -> Any:
        return tf.sigmoid(-self._z(x))

    def _log_survival_function(self, x: Any) -> Any:
        return -tf.nn.softplus(self._z(x))

    def _entropy(self) -> Any:
        return 2.0 + tf.log(self._wide(self.scale))

    def _stddev(self) -> Any:
        return self._wide(self.scale) * math.pi / math.sqrt(3)


@public(v1=("contrib.distributions.Poisson",))
class Poisson(Distribution):
    """rateᵏ · exp(-rate) / k!, for counts k. rate > 0, or its logarithm log_rate; one of the two."""

    _batch_parts = ("rate",)

    def __init__(self, rate: Any = None, log_rate: Any = None, validate_args: bool = False,
                 allow_nan_stats: bool = True, name: str = "Poisson") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            if (rate is None) == (log_rate is None):
                raise ValueError("Must specify exactly one of `rate` and `log_rate`.")
            if log_rate is None:
                self._rate = tf.convert_to_tensor(rate, name="rate")
                if validate_args:
                    self._rate = self._checked(self._rate, tf.assert_positive(self._rate))
                self._log_rate = tf.log(self._rate)
            else:
                self._log_rate = tf.convert_to_tensor(log_rate, name="log_rate")
                self._rate = tf.exp(self._log_rate)
            if not self._rate.dtype.is_floating:
                raise TypeError(f"rate.dtype ({self._rate.dtype.name}) is a not a float-type.")
        super().__init__(self._rate.dtype, NOT_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
                         [self._rate], scope)

    @property
    def rate(self) -> Any:
        """The mean."""
        return self._rate

    @property
    def log_rate(self) -> Any:
        """The logarithm of the mean."""
        return self._log_rate

    def _sample_n(self, n: Any, seed: Any = None) -> Any:
        return tf.random_poisson(self.rate, [n], dtype=self.dtype, seed=seed)

    def _log_prob(self, x: Any) -> Any:
        if self.validate_args:
            x = self._checked(x, tf.assert_non_negative(x), tf.assert_equal(x, tf.floor(x)))
        return x * self.log_rate - tf.lgamma(1.0 + x) - self.rate

    def _cdf(self, x: Any) -> Any:
        whole = tf.maximum(tf.floor(x), 0.0)
        wide = tf.zeros_like(whole + self.rate)
        return tf.igammac(1.0 + whole + wide, self.rate + wide)

    def _mean(self) -> Any:
        return tf.identity(self.rate)

    def _variance(self) -> Any:
        return tf.identity(self.rate)

    def _mode(self) -> Any:
        return tf.floor(self.rate)


@divergence(Poisson)
def _(a: Poisson, b: Poisson) -> Any:
    return a.rate * (a.log_rate - b.log_rate) - a.rate + b.rate


# Choices as vectors -----------------------------------------------------------------------------------


class _Choice(OfLogits, Distribution):
    """Vectors over classes; `_logits` and `_probs` are [..., classes]."""

    _logits: Any
    _probs: Any

    @property
    def event_size(self) -> Any:
        """The number of classes."""
        return self.event_shape_tensor()[0]

    def _batch_shape(self) -> Any:
        return self._logits.get_shape()[:-1]

    def _batch_shape_tensor(self) -> Any:
        return tf.shape(self._logits)[:-1]

    def _event_shape(self) -> Any:
        return self._logits.get_shape()[-1:]

    def _event_shape_tensor(self) -> Any:
        return tf.shape(self._logits)[-1:]


@public(v1=("contrib.distributions.OneHotCategorical",))
class OneHotCategorical(_Choice):
    """A class as a vector of zeros and a one, with probabilities `probs` = softmax(`logits`), [..., classes]."""

    def __init__(self, logits: Any = None, probs: Any = None, dtype: Any = dtypes.int32, validate_args: bool = False,
                 allow_nan_stats: bool = True, name: str = "OneHotCategorical") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            self._logits, self._probs = logits_and_probs(logits, probs, True, validate_args)
        super().__init__(tf.as_dtype(dtype), NOT_REPARAMETERIZED, validate_args,
                         allow_nan_stats, parameters, [self._logits, self._probs], scope)

    def _sample_n(self, n: Any, seed: Any = None) -> Any:
        shape = tf.shape(self._logits)
        draws = tf.multinomial(tf.reshape(self._logits, [-1, shape[-1]]), n, seed=seed)
        chosen = tf.one_hot(tf.transpose(draws), shape[-1], dtype=self.dtype)
        return tf.reshape(chosen, tf.concat([[n], shape], 0))

    def _log_prob(self, x: Any) -> Any:
        x = tf.cast(x, self._logits.dtype)
        return tf.reduce_sum(x * tf.nn.log_softmax(self._logits), -1)

    def _entropy(self) -> Any:
        return -tf.reduce_sum(tf.nn.log_softmax(self._logits) * self._probs, axis=-1)

    def _mean(self) -> Any:
        return tf.identity(self._probs)

    def _variance(self) -> Any:
        return self._probs * (1.0 - self._probs)

    def _covariance(self) -> Any:
        return tf.matrix_set_diag(-tf.matmul(self._probs[..., None], self._probs[..., None, :]), self._variance())

    def _mode(self) -> Any:
        return tf.one_hot(tf.argmax(self._logits, axis=-1), tf.shape(self._logits)[-1], dtype=self.dtype)


@divergence(OneHotCategorical)
def _(a: OneHotCategorical, b: OneHotCategorical) -> Any:
    further = tf.nn.log_softmax(a.logits) - tf.nn.log_softmax(b.logits)
    return tf.reduce_sum(tf.nn.softmax(a.logits) * further, axis=-1)


@public(v1=("contrib.distributions.ExpRelaxedOneHotCategorical",))
class ExpRelaxedOneHotCategorical(_Choice):
    """The logarithm of a `RelaxedOneHotCategorical`, of which gradients do not vanish."""

    def __init__(self, temperature: Any, logits: Any = None, probs: Any = None, dtype: Any = None,
                 validate_args: bool = False, allow_nan_stats: bool = True,
                 name: str = "ExpRelaxedOneHotCategorical") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            self._logits, self._probs = logits_and_probs(logits, probs, True, validate_args, dtype)
            self._temperature = tf.convert_to_tensor(temperature, name="temperature", dtype=self._logits.dtype)
            if validate_args:
                self._temperature = self._checked(self._temperature, tf.assert_positive(self._temperature))
        super().__init__(self._logits.dtype, FULLY_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
                         [self._logits, self._probs, self._temperature], scope)

    @property
    def temperature(self) -> Any:
        """How far from a choice: near 0 one class takes all."""
        return self._temperature

    def _sample_n(self, n: Any, seed: Any = None) -> Any:
        shape = tf.concat([[n], tf.shape(self._logits)], 0)
        least = np.finfo(self.dtype.as_numpy_dtype).tiny
        share = tf.random_uniform(shape, minval=least, maxval=1.0, dtype=self.dtype, seed=seed)
        return tf.nn.log_softmax((self._logits - tf.log(-tf.log(share))) / self._temperature[..., None])

    def _log_prob(self, x: Any) -> Any:
        classes = tf.cast(self.event_size, self.dtype)
        temperature = self._temperature[..., None]
        norm = tf.lgamma(classes) + (classes - 1.0) * tf.log(self._temperature)
        weighted = tf.nn.log_softmax(self._logits - x * temperature)
        return tf.reduce_sum(weighted, axis=-1) + norm


@public(v1=("contrib.distributions.RelaxedOneHotCategorical",))
class RelaxedOneHotCategorical(_Choice):
    """Shares of classes that are nearly a choice, through which gradients flow: softmax((logits + Gumbel noise) / t).

    temperature t: positive. logits, probs: [..., classes], one of them (Jang et al. 2016, Maddison et al. 2016).
    """

    def __init__(self, temperature: Any, logits: Any = None, probs: Any = None, dtype: Any = None,
                 validate_args: bool = False, allow_nan_stats: bool = True,
                 name: str = "RelaxedOneHotCategorical") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            self._of_logs = ExpRelaxedOneHotCategorical(temperature, logits, probs, dtype, validate_args,
                                                        allow_nan_stats)
            self._logits, self._probs = self._of_logs.logits, self._of_logs.probs
        super().__init__(self._of_logs.dtype, FULLY_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
                         [self._logits, self._probs], scope)

    @property
    def temperature(self) -> Any:
        """How far from a choice: near 0 one class takes all."""
        return self._of_logs.temperature

    def _sample_n(self, n: Any, seed: Any = None) -> Any:
        return tf.exp(self._of_logs._sample_n(n, seed))

    def _log_prob(self, x: Any) -> Any:
        logs = tf.log(x)
        return self._of_logs._log_prob(logs) - tf.reduce_sum(logs, -1)


@public(v1=("contrib.distributions.RelaxedBernoulli",))
class RelaxedBernoulli(OfLogits, Distribution):
    """A number that is nearly 0 or 1, through which gradients flow: sigmoid((logits + logistic noise) / t)."""

    _batch_parts = ("_logits", "_temperature")

    def __init__(self, temperature: Any, logits: Any = None, probs: Any = None, validate_args: bool = False,
                 allow_nan_stats: bool = True, name: str = "RelaxedBernoulli") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            self._logits, self._probs = logits_and_probs(logits, probs, False, validate_args)
            self._temperature = tf.convert_to_tensor(temperature, name="temperature", dtype=self._logits.dtype)
            self._before = Logistic(self._logits / self._temperature, 1.0 / self._temperature, validate_args)
        super().__init__(self._logits.dtype, FULLY_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
                         [self._logits, self._temperature], scope)

    @property
    def temperature(self) -> Any:
        """How far from 0 or 1."""
        return self._temperature

    def _sample_n(self, n: Any, seed: Any = None) -> Any:
        return tf.sigmoid(self._before.sample(n, seed=seed))

    def _log_prob(self, x: Any) -> Any:
        return self._before.log_prob(tf.log(x) - tf.log1p(-x)) - tf.log(x) - tf.log1p(-x)

    def _cdf(self, x: Any) -> Any:
        return self._before.cdf(tf.log(x) - tf.log1p(-x))


# Mixtures -----------------------------------------------------------------------------------------------


@public(v1=("contrib.distributions.Mixture",))
class Mixture(Distribution):
    """One of several distributions, chosen by a `Categorical` one. cat: over them. components: a list of them."""

    def __init__(self, cat: Any, components: Any, validate_args: bool = False, allow_nan_stats: bool = True,
                 use_static_graph: bool = False, name: str = "Mixture") -> None:
        parameters = dict(locals())
        if not components:
            raise ValueError("components must be a non-empty list or tuple")
        if any(c.dtype != components[0].dtype for c in components):
            raise TypeError("All components must have the same dtype, but saw dtypes: "
                            f"{[(c.name, c.dtype) for c in components]}")
        self._cat, self._components = cat, list(components)
        super().__init__(components[0].dtype, NOT_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
                         None, name)

    @property
    def cat(self) -> Any:
        """Which component is how likely."""
        return self._cat

    @property
    def components(self) -> list[Any]:
        """The distributions that are mixed."""
        return self._components

    @property
    def num_components(self) -> int:
        """How many they are."""
        return len(self._components)

    def _batch_shape(self) -> Any:
        return self._cat.batch_shape

    def _batch_shape_tensor(self) -> Any:
        return self._cat.batch_shape_tensor()

    def _event_shape(self) -> Any:
        return self._components[0].event_shape

    def _event_shape_tensor(self) -> Any:
        return self._components[0].event_shape_tensor()

    def _shares(self, rank: int) -> list[Any]:
        """The probability of each component, beside values of so many further dimensions."""
        probs = tf.nn.softmax(self._cat.logits)
        shares = [probs[..., k] for k in range(len(self._components))]
        return [tf.reshape(s, tf.concat([tf.shape(s), [1] * rank], 0)) if rank else s for s in shares]

    def _sample_n(self, n: Any, seed: Any = None) -> Any:
        chosen = self._cat.sample(n, seed=seed)
        draws = tf.stack([c.sample(n, seed=None if seed is None else seed + 1 + i)
                          for i, c in enumerate(self._components)], -1)
        mask = tf.one_hot(chosen, len(self._components), dtype=self.dtype)
        rank = self.event_shape.ndims or 0
        if rank:
            shape = tf.shape(mask)
            mask = tf.reshape(mask, tf.concat([shape[:-1], [1] * rank, shape[-1:]], 0))
        return tf.reduce_sum(draws * mask, -1)

    def _log_prob(self, x: Any) -> Any:
        logs = tf.nn.log_softmax(self._cat.logits)
        parts = [c.log_prob(x) + logs[..., k] for k, c in enumerate(self._components)]
        return tf.reduce_logsumexp(tf.stack(parts), axis=0)

    def _cdf(self, x: Any) -> Any:
        probs = tf.nn.softmax(self._cat.logits)
        return tf.add_n([c.cdf(x) * probs[..., k] for k, c in enumerate(self._components)])

    def _mean(self) -> Any:
        shares = self._shares(self.event_shape.ndims or 0)
        return tf.add_n([s * c.mean() for s, c in zip(shares, self._components, strict=True)])

    def _stddev(self) -> Any:
        shares, mean = self._shares(self.event_shape.ndims or 0), self._mean()
        squares = tf.add_n([s * (c.variance() + tf.square(c.mean()))
                            for s, c in zip(shares, self._components, strict=True)])
        return tf.sqrt(squares - tf.square(mean))

    def entropy_lower_bound(self, name: str = "entropy_lower_bound") -> Any:
        """The mean of the components' entropies, which is at most the entropy of the mixture."""
        with self._name_scope(name):
            shares = self._shares(0)
            return tf.add_n([s * c.entropy() for s, c in zip(shares, self._components, strict=True)])


@public(v1=("contrib.distributions.MixtureSameFamily",))
class MixtureSameFamily(Distribution):
    """One of a batch of distributions, chosen by a `Categorical` one over the last dimension of the batch."""

    def __init__(self, mixture_distribution: Any, components_distribution: Any, validate_args: bool = False,
                 allow_nan_stats: bool = True, name: str = "MixtureSameFamily") -> None:
        parameters = dict(locals())
        if not mixture_distribution.dtype.is_integer:
            raise ValueError("`mixture_distribution.dtype` "
                             f"({mixture_distribution.dtype.name}) is not over integers")
        self._mixture, self._parts_ = mixture_distribution, components_distribution
        super().__init__(components_distribution.dtype, NOT_REPARAMETERIZED, validate_args, allow_nan_stats,
                         parameters, None, name)

    @property
    def mixture_distribution(self) -> Any:
        """Which component is how likely."""
        return self._mixture

    @property
    def components_distribution(self) -> Any:
        """The distributions that are mixed."""
        return self._parts_

    def _batch_shape(self) -> Any:
        return self._parts_.batch_shape[:-1]

    def _batch_shape_tensor(self) -> Any:
        return self._parts_.batch_shape_tensor()[:-1]

    def _event_shape(self) -> Any:
        return self._parts_.event_shape

    def _event_shape_tensor(self) -> Any:
        return self._parts_.event_shape_tensor()

    def _rank(self) -> int:
        return self.event_shape.ndims or 0

    def _beside(self, shares: Any) -> Any:
        """Shares of components [..., components], beside their values."""
        return tf.reshape(shares, tf.concat([tf.shape(shares), [1] * self._rank()], 0)) if self._rank() else shares

    def _mixed(self, values: Any) -> Any:
        return tf.reduce_sum(self._beside(self._mixture.probs) * values, -1 - self._rank())

    def _sample_n(self, n: Any, seed: Any = None) -> Any:
        draws = self._parts_.sample(n, seed=seed)
        chosen = tf.one_hot(self._mixture.sample(n, seed=None if seed is None else seed + 1),
                            tf.shape(self._mixture.logits)[-1], dtype=self.dtype)
        if not self._mixture.batch_shape.is_fully_defined() or self._mixture.batch_shape.ndims == 0:
            wide = tf.concat([[n], self.batch_shape_tensor(), [tf.shape(chosen)[-1]]], 0)
            ones = self._parts_.batch_shape.ndims - 1 if self._mixture.batch_shape.ndims == 0 else 0
            chosen = tf.reshape(chosen, tf.concat([[n], [1] * ones, [-1]], 0)) if ones else chosen
            chosen = tf.broadcast_to(chosen, wide)
        return tf.reduce_sum(self._beside(chosen) * draws, -1 - self._rank())

    def _log_prob(self, x: Any) -> Any:
        logs = self._parts_.log_prob(tf.expand_dims(x, -1 - self._rank()))
        return tf.reduce_logsumexp(logs + tf.nn.log_softmax(self._mixture.logits), axis=-1)

    def _cdf(self, x: Any) -> Any:
        return tf.reduce_sum(self._parts_.cdf(tf.expand_dims(x, -1 - self._rank())) * self._mixture.probs, axis=-1)

    def _mean(self) -> Any:
        return self._mixed(self._parts_.mean())

    def _variance(self) -> Any:
        squares = self._mixed(self._parts_.variance() + tf.square(self._parts_.mean()))
        return squares - tf.square(self._mean())
