"""TransformedDistribution: what a bijector makes of the samples of another distribution."""

from __future__ import annotations

from typing import Any

from hornbeam.graph.names import public
from hornbeam.v1.api import tf
from hornbeam.v1.contrib.distributions.simple_bijectors import Identity
from hornbeam.v1.distributions.distribution import Distribution


@public(v1=("contrib.distributions.TransformedDistribution",))
class TransformedDistribution(Distribution):
    """The distribution of y = bijector(x), x being drawn from `distribution`.

    bijector: by default the identity. batch_shape, event_shape: for a distribution of single numbers, as many
    independent ones of it. Raises ValueError for these where it has such a shape of its own.
    """

    def __init__(self, distribution: Distribution, bijector: Any = None, batch_shape: Any = None,
                 event_shape: Any = None, validate_args: bool = False, name: str | None = None) -> None:
        parameters = dict(locals())
        self._distribution = distribution
        self._bijector = Identity(validate_args) if bijector is None else bijector
        self._more_batch, self._more_event = (None if s is None else tf.TensorShape(s) for s in (batch_shape,
                                                                                                event_shape))
        if self._more_batch is not None and distribution.batch_shape.ndims:
            raise ValueError("Base distribution is not scalar.")
        if self._more_event is not None and distribution.event_shape.ndims:
            raise ValueError("Base distribution is not scalar.")
        super().__init__(distribution.dtype, distribution.reparameterization_type, validate_args,
                         distribution.allow_nan_stats, parameters,
                         [*distribution._graph_parents, *self._bijector.graph_parents],
                         name or self._bijector.name + distribution.name.rstrip("/").rpartition("/")[2])

    @property
    def distribution(self) -> Distribution:
        """What x is drawn from."""
        return self._distribution

    @property
    def bijector(self) -> Any:
        """What makes y of x."""
        return self._bijector

    # Shapes -------------------------------------------------------------------------------------------

    def _given_event(self) -> Any:
        return self._distribution.event_shape if self._more_event is None else self._more_event

    def _batch_shape(self) -> Any:
        return self._distribution.batch_shape if self._more_batch is None else self._more_batch

    def _batch_shape_tensor(self) -> Any:
        return self._distribution.batch_shape_tensor() if self._more_batch is None else tf.constant(
            self._more_batch.as_list(), tf.int32)

    def _event_shape(self) -> Any:
        return self._bijector.forward_event_shape(self._given_event())

    def _event_shape_tensor(self) -> Any:
        given = self._distribution.event_shape_tensor() if self._more_event is None else tf.constant(
            self._more_event.as_list(), tf.int32)
        return self._bijector.forward_event_shape_tensor(given)

    # Samples and densities ----------------------------------------------------------------------------

    def sample(self, sample_shape: Any = (), seed: Any = None, name: str = "sample") -> Any:
        """Draws: sample_shape + batch_shape + event_shape. seed: a number that makes them repeatable."""
        with self._name_scope(name):
            wanted = tf.reshape(tf.convert_to_tensor(sample_shape, tf.int32), [-1]) if not isinstance(
                sample_shape, (tuple, list)) else [int(s) for s in sample_shape]
            more = [d for s in (self._more_batch, self._more_event) if s is not None for d in s.as_list()]
            whole = wanted + more if isinstance(wanted, list) else tf.concat([wanted, tf.constant(more, tf.int32)], 0)
            return self._bijector.forward(self._distribution.sample(whole, seed=seed))

    def _event_ndims(self) -> int:
        ndims = self.event_shape.ndims
        if ndims is None:
            raise ValueError("the rank of events must be known")
        return ndims

    def _log_prob(self, value: Any) -> Any:
        x = self._bijector.inverse(value)
        density = self._distribution.log_prob(x)
        if self._more_event is not None and self._more_event.ndims:
            density = tf.reduce_sum(density, axis=list(range(-self._more_event.ndims, 0)))
        return density + self._bijector.inverse_log_det_jacobian(value, event_ndims=self._event_ndims())

    def _prob(self, value: Any) -> Any:
        return tf.exp(self._log_prob(value))

    def _refuse_more(self, what: str) -> None:
        if self._more_event is not None:
            raise NotImplementedError(f"{what} is not implemented when overriding event_shape")

    def _cdf(self, value: Any) -> Any:
        self._refuse_more("cdf")
        return self._distribution.cdf(self._bijector.inverse(value))

    def _log_cdf(self, value: Any) -> Any:
        self._refuse_more("log_cdf")
        return self._distribution.log_cdf(self._bijector.inverse(value))

    def _survival_function(self, value: Any) -> Any:
        self._refuse_more("survival_function")
        return self._distribution.survival_function(self._bijector.inverse(value))

    def _log_survival_function(self, value: Any) -> Any:
        self._refuse_more("log_survival_function")
        return self._distribution.log_survival_function(self._bijector.inverse(value))

    def _quantile(self, value: Any) -> Any:
        self._refuse_more("quantile")
        return self._bijector.forward(self._distribution.quantile(value))

    def _mean(self) -> Any:
        if not self._bijector.is_constant_jacobian:
            raise NotImplementedError("mean is not implemented for non-affine bijectors")
        return self._bijector.forward(self._spread(self._distribution.mean()))

    def _spread(self, value: Any) -> Any:
        more = [d for s in (self._more_batch, self._more_event) if s is not None for d in s.as_list()]
        return value + tf.zeros(more, value.dtype) if more else value

    def _entropy(self) -> Any:
        if not self._bijector.is_constant_jacobian:
            raise NotImplementedError("entropy is not implemented")
        entropy = self._distribution.entropy()
        if self._more_event is not None:
            entropy *= float(self._more_event.num_elements())
        if self._more_batch is not None:
            entropy += tf.zeros(self._more_batch.as_list(), entropy.dtype)
        dummy = tf.zeros(tf.concat([self.batch_shape_tensor(), self.event_shape_tensor()], 0), self.dtype)
        return entropy - self._bijector.inverse_log_det_jacobian(dummy, event_ndims=self._event_ndims())
