"""What all distributions have in common: names, shapes, and statistics that follow from one another.

A subclass gives `_sample_n(n, seed)`, `_log_prob` or `_prob`, and whichever of `_cdf`, `_mean`, `_variance`, … it has.
The parameters named in `_batch_parts` broadcast to the batch shape.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, final

import numpy as np

from hornbeam.graph import infer
from hornbeam.graph.names import public, register
from hornbeam.graph.shapes import TensorShapeV1
from hornbeam.v1.api import tf


@public(v1=("distributions.ReparameterizationType", "contrib.distributions.ReparameterizationType"))
@final
class ReparameterizationType:
    """Whether gradients flow through samples into parameters; each object is equal to itself alone."""

    def __init__(self, rep_type: str) -> None:
        self._rep_type = rep_type

    def __repr__(self) -> str:
        return f"<Reparameterization Type: {self._rep_type}>"

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = object.__hash__


FULLY_REPARAMETERIZED = ReparameterizationType("FULLY_REPARAMETERIZED")
NOT_REPARAMETERIZED = ReparameterizationType("NOT_REPARAMETERIZED")
for _type in (FULLY_REPARAMETERIZED, NOT_REPARAMETERIZED):
    register(_type, v1=(f"distributions.{_type._rep_type}", f"contrib.distributions.{_type._rep_type}"))


@public(v1=("distributions.Distribution", "contrib.distributions.Distribution"))
class Distribution:
    """A distribution, or a batch of them: one for each element of `batch_shape`, of values of `event_shape`.

    dtype: of samples. reparameterization_type: whether gradients flow through samples. validate_args: whether
    parameters and values are checked when they come. allow_nan_stats: whether an undefined statistic is NaN, else an
    error. parameters: what `copy` makes another one from. graph_parents: tensors it is made of. name: of the scope of
    its operations.
    """

    _batch_parts: ClassVar[tuple[str, ...]] = ()
    _event: ClassVar[Any] = ()

    def __init__(self, dtype: Any, reparameterization_type: Any, validate_args: bool, allow_nan_stats: bool,
                 parameters: Any = None, graph_parents: Any = None, name: str | None = None) -> None:
        if not name or not name.endswith("/"):
            with tf.name_scope(name or type(self).__name__) as name:
                pass
        self._dtype, self._reparameterization_type = dtype, reparameterization_type
        self._validate_args, self._allow_nan_stats = validate_args, allow_nan_stats
        self._parameters = {k: v for k, v in (parameters or {}).items() if k != "self" and not k.startswith("__")}
        self._graph_parents = list(graph_parents or [])
        self._name: str = name or ""

    # What it is ---------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The name scope of its operations, with its `/`."""
        return self._name

    @property
    def dtype(self) -> Any:
        """The dtype of samples."""
        return self._dtype

    @property
    def parameters(self) -> dict[str, Any]:
        """The arguments it was made with."""
        return dict(self._parameters)

    @property
    def reparameterization_type(self) -> Any:
        """Whether gradients flow through samples into parameters."""
        return self._reparameterization_type

    @property
    def allow_nan_stats(self) -> bool:
        """Whether an undefined statistic is NaN rather than an error."""
        return self._allow_nan_stats

    @property
    def validate_args(self) -> bool:
        """Whether parameters and values are checked when they come."""
        return self._validate_args

    def copy(self, **override_parameters_kwargs: Any) -> Distribution:
        """Another one of the same arguments but those that are given."""
        return type(self)(**{**self.parameters, **override_parameters_kwargs})

    @classmethod
    def param_shapes(cls, sample_shape: Any, name: str = "DistributionParamShapes") -> dict[str, Any]:
        """Shapes of parameters, as tensors, with which a draw has shape `sample_shape`."""
        with tf.name_scope(name):
            return cls._param_shapes(sample_shape)

    @classmethod
    def param_static_shapes(cls, sample_shape: Any) -> dict[str, Any]:
        """As `param_shapes`, of a known shape, as TensorShapes. Raises ValueError for others."""
        found = {}
        for key, shape in cls.param_shapes(tf.TensorShape(sample_shape).as_list()).items():
            known = infer.constant_value(shape) if not hasattr(shape, "numpy") else shape.numpy()
            if known is None:
                raise ValueError("sample_shape must be a fully-defined TensorShape or list/tuple")
            found[key] = tf.TensorShape(known)
        return found

    @classmethod
    def _param_shapes(cls, sample_shape: Any) -> dict[str, Any]:
        if not cls._batch_parts:
            raise NotImplementedError("_param_shapes not implemented")
        shape = tf.convert_to_tensor(sample_shape, dtype=tf.int32)
        return {part.lstrip("_"): shape for part in cls._batch_parts}

    # Shapes -------------------------------------------------------------------------------------------

    def _parts(self) -> list[Any]:
        return [getattr(self, part) for part in self._batch_parts]

    def _batch_shape(self) -> Any:
        if not self._batch_parts:
            return tf.TensorShape(None)
        return functools.reduce(tf.broadcast_static_shape, (p.get_shape() for p in self._parts()))

    def _batch_shape_tensor(self) -> Any:
        if not self._batch_parts:
            raise self._lacks("batch_shape_tensor")
        return functools.reduce(tf.broadcast_dynamic_shape, (tf.shape(p) for p in self._parts()))

    def _event_shape(self) -> Any:
        return tf.TensorShape(self._event)

    def _event_shape_tensor(self) -> Any:
        return tf.constant(list(self._event), tf.int32)

    @property
    def batch_shape(self) -> TensorShapeV1:
        """The shape of the batch of distributions, as far as it is known."""
        return tf.TensorShape(self._batch_shape())

    @property
    def event_shape(self) -> TensorShapeV1:
        """The shape of one value, as far as it is known."""
        return tf.TensorShape(self._event_shape())

    def _shape_tensor(self, name: str, known: Any, find: Callable[[], Any]) -> Any:
        with self._name_scope(name):
            if known.is_fully_defined():
                return tf.convert_to_tensor(known.as_list(), dtype=tf.int32, name=name.removesuffix("_tensor"))
            return find()

    def batch_shape_tensor(self, name: str = "batch_shape_tensor") -> Any:
        """The shape of the batch, int32 [rank]."""
        return self._shape_tensor(name, self.batch_shape, self._batch_shape_tensor)

    def event_shape_tensor(self, name: str = "event_shape_tensor") -> Any:
        """The shape of one value, int32 [rank]."""
        return self._shape_tensor(name, self.event_shape, self._event_shape_tensor)

    def _is_scalar(self, name: str, known: Any, find: Callable[[], Any]) -> Any:
        with self._name_scope(name):
            if known.ndims is not None:
                return tf.convert_to_tensor(known.ndims == 0, name=name)
            return tf.equal(tf.shape(find())[0], 0)

    def is_scalar_event(self, name: str = "is_scalar_event") -> Any:
        """Whether one value is a number, a boolean tensor."""
        return self._is_scalar(name, self.event_shape, self.event_shape_tensor)

    def is_scalar_batch(self, name: str = "is_scalar_batch") -> Any:
        """Whether it is one distribution, a boolean tensor."""
        return self._is_scalar(name, self.batch_shape, self.batch_shape_tensor)

    # Samples ------------------------------------------------------------------------------------------

    def _sample_n(self, n: Any, seed: Any = None) -> Any:
        raise self._lacks("sample_n")

    def sample(self, sample_shape: Any = (), seed: Any = None, name: str = "sample") -> Any:
        """Draws: sample_shape + batch_shape + event_shape. seed: a number that makes them repeatable."""
        with self._name_scope(name):
            wanted = tf.convert_to_tensor(np.asarray(sample_shape, np.int32) if isinstance(sample_shape, (tuple, list))
                                          and not sample_shape else sample_shape, dtype=tf.int32, name="sample_shape")
            known = infer.constant_value(wanted) if not hasattr(wanted, "numpy") else wanted.numpy()
            if wanted.dims is not None and len(wanted.dims) > 1:
                raise ValueError("Input is neither scalar nor vector.")
            if wanted.dims is None or len(wanted.dims) == 0:
                wanted = tf.reshape(wanted, [-1]) if known is None else tf.constant(known.reshape(-1))
            samples = self._sample_n(tf.reduce_prod(wanted) if known is None else int(np.prod(known)), seed)
            samples = tf.reshape(samples, tf.concat([wanted, tf.shape(samples)[1:]], 0))
            if known is not None and hasattr(samples, "set_shape"):
                samples.set_shape(tf.TensorShape(np.reshape(known, -1).tolist()).concatenate(
                    self.batch_shape).concatenate(self.event_shape))
            return samples

    # Values and statistics --------------------------------------------------------------------------

    def _lacks(self, what: str) -> NotImplementedError:
        return NotImplementedError(f"{what} is not implemented: {type(self).__name__}")

    def _of_value(self, name: str, value: Any, *ways: Callable[[Any], Any]) -> Any:
        """The first of several ways that this distribution has, on a value."""
        with self._name_scope(name):
            given = _as_value(value, self.dtype)
            return _first(lambda way=way: way(given) for way in ways)

    def log_prob(self, value: Any, name: str = "log_prob") -> Any:
        """The logarithm of the density, or of the probability, of a value: of sample and batch shape."""
        return self._of_value(name, value, self._log_prob, lambda x: tf.log(self._prob(x)))

    def prob(self, value: Any, name: str = "prob") -> Any:
        """The density, or the probability, of a value."""
        return self._of_value(name, value, self._prob, lambda x: tf.exp(self._log_prob(x)))

    def log_cdf(self, value: Any, name: str = "log_cdf") -> Any:
        """The logarithm of the probability of at most a value."""
        return self._of_value(name, value, self._log_cdf, lambda x: tf.log(self._cdf(x)))

    def cdf(self, value: Any, name: str = "cdf") -> Any:
        """The probability of at most a value."""
        return self._of_value(name, value, self._cdf, lambda x: tf.exp(self._log_cdf(x)))

    def log_survival_function(self, value: Any, name: str = "log_survival_function") -> Any:
        """The logarithm of the probability of more than a value."""
        return self._of_value(name, value, self._log_survival_function, lambda x: tf.log1p(-self.cdf(x)))

    def survival_function(self, value: Any, name: str = "survival_function") -> Any:
        """The probability of more than a value."""
        return self._of_value(name, value, self._survival_function, lambda x: 1.0 - self.cdf(x))

    def quantile(self, value: Any, name: str = "quantile") -> Any:
        """The number which at most a value is with this probability."""
        return self._of_value(name, value, self._quantile)

    def entropy(self, name: str = "entropy") -> Any:
        """The entropy in nats, of batch shape."""
        with self._name_scope(name):
            return self._entropy()

    def mean(self, name: str = "mean") -> Any:
        """The mean."""
        with self._name_scope(name):
            return self._mean()

    def variance(self, name: str = "variance") -> Any:
        """The variance of each element."""
        with self._name_scope(name):
            return _first((self._variance, lambda: tf.square(self._stddev())))

    def stddev(self, name: str = "stddev") -> Any:
        """The standard deviation of each element."""
        with self._name_scope(name):
            return _first((self._stddev, lambda: tf.sqrt(self._variance())))

    def covariance(self, name: str = "covariance") -> Any:
        """The covariance of the elements of one value, a matrix."""
        with self._name_scope(name):
            return self._covariance()

    def mode(self, name: str = "mode") -> Any:
        """The most likely value."""
        with self._name_scope(name):
            return self._mode()

    def cross_entropy(self, other: Any, name: str = "cross_entropy") -> Any:
        """The entropy plus the divergence from `other`."""
        with self._name_scope(name):
            return self._cross_entropy(other)

    def kl_divergence(self, other: Any, name: str = "kl_divergence") -> Any:
        """The Kullback–Leibler divergence from `other` (`distributions.kl_divergence`)."""
        with self._name_scope(name):
            return self._kl_divergence(other)

    # What subclasses give -----------------------------------------------------------------------------

    def _log_prob(self, value: Any) -> Any:
        raise self._lacks("log_prob")

    def _prob(self, value: Any) -> Any:
        raise self._lacks("prob")

    def _log_cdf(self, value: Any) -> Any:
        raise self._lacks("log_cdf")

    def _cdf(self, value: Any) -> Any:
        raise self._lacks("cdf")

    def _log_survival_function(self, value: Any) -> Any:
        raise self._lacks("log_survival_function")

    def _survival_function(self, value: Any) -> Any:
        raise self._lacks("survival_function")

    def _quantile(self, value: Any) -> Any:
        raise self._lacks("quantile")

    def _entropy(self) -> Any:
        raise self._lacks("entropy")

    def _mean(self) -> Any:
        raise self._lacks("mean")

    def _variance(self) -> Any:
        raise self._lacks("variance")

    def _stddev(self) -> Any:
        raise self._lacks("stddev")

    def _covariance(self) -> Any:
        raise self._lacks("covariance")

    def _mode(self) -> Any:
        raise self._lacks("mode")

    def _cross_entropy(self, other: Any) -> Any:
        with tf.name_scope("cross_entropy"):
            return self.entropy() + self._kl_divergence(other)

    def _kl_divergence(self, other: Any) -> Any:
        return tf.distributions.kl_divergence(self, other, allow_nan_stats=self.allow_nan_stats)

    def __str__(self) -> str:
        shapes = "".join(f", {label}={shape}" for label, shape in (
            ("batch_shape", self.batch_shape), ("event_shape", self.event_shape)) if shape.ndims is not None)
        return f'tfp.distributions.{type(self).__name__}("{self.name}"{shapes}, dtype={self.dtype.name})'

    def __repr__(self) -> str:
        return (f"<tfp.distributions.{type(self).__name__} '{self.name}' batch_shape={self.batch_shape} "
                f"event_shape={self.event_shape} dtype={self.dtype.name}>")

    # Names and checks ---------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _name_scope(self, name: str) -> Iterator[str]:
        with tf.name_scope(self.name), tf.name_scope(name) as scope:
            yield scope

    def _checked(self, tensor: Any, *checks: Any) -> Any:
        """A tensor that waits for checks."""
        with tf.control_dependencies([c for c in checks if c is not None]):
            return tf.identity(tensor)

    def _where_defined(self, defined: Any, value: Any, what: str) -> Any:
        """A statistic where it is defined; elsewhere NaN, or an error where NaN is not allowed."""
        if self.allow_nan_stats:
            return tf.where_v2(defined, value, np.array(np.nan, self.dtype.as_numpy_dtype))
        return self._checked(value, tf.Assert(tf.reduce_all(defined), [what]))


def _first(ways: Any) -> Any:
    """What the first of several ways gives that is there. Raises what the first one lacks."""
    lacking = None
    for way in ways:
        try:
            return way()
        except NotImplementedError as error:
            lacking = lacking or error
    assert lacking is not None
    raise lacking


def _as_value(value: Any, dtype: Any) -> Any:
    """A value as a tensor; Python numbers take the dtype where they fit."""
    if hasattr(value, "dtype") and not isinstance(value, np.generic):
        return tf.convert_to_tensor(value, name="value")
    return tf.convert_to_tensor(value, name="value", preferred_dtype=dtype)


def floats(name: str, value: Any, *, dtype: Any = None) -> Any:
    """A parameter as a tensor of floats. Raises TypeError for others."""
    tensor = tf.convert_to_tensor(value, name=name, dtype=dtype)
    if not tensor.dtype.is_floating:
        raise TypeError(f"{name} must having floating type.")
    return tensor
