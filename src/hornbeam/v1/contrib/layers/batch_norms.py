"""contrib's batch normalisation.

The core layer does what it can; what it has not (weights of samples, updates within the call, a debiased mean) is done
here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from hornbeam.graph import dtypes
from hornbeam.ops.initializers import Ones, Zeros
from hornbeam.train.moving_averages import assign_moving_average
from hornbeam.v1.api import tf
from hornbeam.v1.contrib.framework.arg_scopes import add_arg_scope
from hornbeam.v1.contrib.framework.variables import model_variable
from hornbeam.v1.contrib.layers.normalizations import parameter
from hornbeam.v1.contrib.layers.outputs import collect_named_outputs, collect_variable, collections_of, renaming
from hornbeam.v1.contrib.names import of_layers
from hornbeam.v1.layers.core import constant_bool, smart_cond
from hornbeam.v1.layers.normalization import BatchNormalization

_UPDATES = "update_ops"


class _Settings(NamedTuple):
    """The arguments that both of the computations here take."""

    decay: Any
    center: bool
    scale: bool
    epsilon: float
    initializers: Mapping[str, Any]
    updates_collections: Any
    is_training: Any
    variables_collections: Any
    trainable: bool
    data_format: str
    zero_debias: bool


@of_layers("batch_norm")
@add_arg_scope
def batch_norm(inputs: Any, decay: Any = 0.999, center: bool = True, scale: bool = False, epsilon: float = 0.001,
               activation_fn: Any = None, param_initializers: Mapping[str, Any] | None = None,
               param_regularizers: Mapping[str, Any] | None = None, updates_collections: Any = _UPDATES,
               is_training: Any = True, reuse: Any = None, variables_collections: Any = None,
               outputs_collections: Any = None, trainable: bool = True, batch_weights: Any = None,
               fused: bool | None = None, data_format: str = "NHWC", zero_debias_moving_mean: bool = False,
               scope: Any = None, renorm: bool = False, renorm_clipping: Mapping[str, Any] | None = None,
               renorm_decay: Any = 0.99, adjustment: Callable[[Any], Any] | None = None) -> Any:
    """Each channel normalised by the batch's statistics in training (`is_training`), else by moving averages.

    inputs: [batch, ..., channels], or channels second with "NCHW". decay: of the averages. updates_collections: where
    their updates go; None updates them within the call. batch_weights: weights of the samples. param_initializers:
    for "beta", "gamma", "moving_mean", "moving_variance". zero_debias_moving_mean: takes out that the mean starts at 0.
    Variables as these are named, in the scope `BatchNorm`. Ioffe and Szegedy 2015.
    Raises ValueError for other formats, unknown channels, and `renorm` with what the layer has not.
    """
    inputs = tf.convert_to_tensor(inputs)
    rank = inputs.shape.rank
    settings = _Settings(decay, center, scale, epsilon, param_initializers or {}, updates_collections, is_training,
                         variables_collections, trainable, data_format, zero_debias_moving_mean)
    own_updates = zero_debias_moving_mean or updates_collections != _UPDATES
    fusible = fused is not False and batch_weights is None and not renorm and adjustment is None and rank in (2, 4)
    if data_format not in ("NHWC", "NCHW"):
        raise ValueError("data_format has to be either NCHW or NHWC.")
    apart = batch_weights is not None or own_updates
    by_hand = fusible and (own_updates or rank == 2)
    getter = None if by_hand else renaming()
    with tf.variable_scope(scope, "BatchNorm", [inputs], reuse=reuse, custom_getter=getter) as opened:
        if by_hand:
            if param_regularizers is not None:
                raise ValueError("Regularizers are not currently supported for fused batch norm.")
            outputs = _fused(inputs, settings)
        elif not apart:
            outputs = _by_layer(inputs, settings, param_regularizers or {}, fused, opened, reuse, renorm,
                                renorm_clipping, renorm_decay, adjustment)
        else:
            if renorm:
                raise ValueError("renorm is not supported with batch_weights, updates_collections or "
                                 "zero_debias_moving_mean")
            outputs = _plain(inputs, settings, batch_weights)
        if activation_fn is not None:
            outputs = activation_fn(outputs)
        return collect_named_outputs(outputs_collections, opened.name, outputs)


def _by_layer(inputs: Any, s: _Settings, regularizers: Mapping[str, Any], fused: bool | None, scope: Any, reuse: Any,
              renorm: bool, renorm_clipping: Any, renorm_decay: Any, adjustment: Any) -> Any:
    initial = s.initializers.get
    layer = BatchNormalization(
        1 if s.data_format == "NCHW" else -1, s.decay, s.epsilon, s.center, s.scale, initial("beta", Zeros()),
        initial("gamma", Ones()), initial("moving_mean", Zeros()), initial("moving_variance", Ones()),
        regularizers.get("beta"), regularizers.get("gamma"), None, None, renorm, renorm_clipping, renorm_decay, fused,
        s.trainable, None, adjustment, scope.name, _scope=scope, _reuse=reuse)
    outputs = layer(inputs, training=s.is_training)
    for kind in ("beta", "gamma", "moving_mean", "moving_variance"):
        if getattr(layer, kind) is not None:
            collect_variable(getattr(layer, kind), s.variables_collections, kind)
    return outputs


class _Variables(NamedTuple):
    beta: Any
    gamma: Any
    mean: Any
    variance: Any


def _variables(s: _Settings, channels: int, dtype: Any) -> _Variables:
    kind = dtypes.float32 if dtype == dtypes.float16 else dtype
    beta, gamma = (parameter(name, wanted, [channels], kind, s.initializers, s.variables_collections, s.trainable)
                   for name, wanted in (("beta", s.center), ("gamma", s.scale)))
    mean, variance = (
        model_variable(name, [channels], kind, s.initializers.get(name, otherwise), None, False,
                       collections_of(s.variables_collections, name))
        for name, otherwise in (("moving_mean", Zeros()), ("moving_variance", Ones())))
    return _Variables(beta, gamma, mean, variance)


def _channels(inputs: Any, data_format: str) -> int:
    found = inputs.shape.as_list()[1 if data_format == "NCHW" else -1]
    if found is None:
        raise ValueError(f"Inputs {inputs.name} has undefined `C` dimension {inputs.shape}.")
    return found


def _updates(v: _Variables, mean: Any, variance: Any, s: _Settings) -> tuple[Any, Any]:
    return (assign_moving_average(v.mean, mean, s.decay, zero_debias=s.zero_debias),
            assign_moving_average(v.variance, variance, s.decay, zero_debias=False))


def _averages(v: _Variables) -> tuple[Any, Any]:
    return tf.convert_to_tensor(v.mean), tf.convert_to_tensor(v.variance)


def _collect_updates(v: _Variables, mean: Any, variance: Any, s: _Settings) -> None:
    for update in smart_cond(s.is_training, lambda: _updates(v, mean, variance, s), lambda: _averages(v)):
        tf.add_to_collections(s.updates_collections, update)


def _fused(inputs: Any, s: _Settings) -> Any:
    """By the fused op; vectors are images of one pixel."""
    channels, rank = _channels(inputs, s.data_format), inputs.shape.rank
    given = inputs
    if rank == 2:
        inputs = tf.reshape(inputs, [-1, channels, 1, 1] if s.data_format == "NCHW" else [-1, 1, 1, channels])
    v = _variables(s, channels, inputs.dtype.base_dtype)
    beta = tf.constant(0.0, v.mean.dtype.base_dtype, [channels]) if v.beta is None else v.beta
    gamma = tf.constant(1.0, v.mean.dtype.base_dtype, [channels]) if v.gamma is None else v.gamma

    def with_batch() -> Any:
        return tf.nn.fused_batch_norm(inputs, gamma, beta, epsilon=s.epsilon, data_format=s.data_format)

    def with_averages() -> Any:
        return tf.nn.fused_batch_norm(inputs, gamma, beta, v.mean, v.variance, s.epsilon, s.data_format, False)

    outputs, mean, variance = smart_cond(s.is_training, with_batch, with_averages)
    if constant_bool(s.is_training) is not False:
        if s.updates_collections is None:
            def updated() -> Any:
                with tf.control_dependencies(list(_updates(v, mean, variance, s))):
                    return tf.identity(outputs)

            outputs = smart_cond(s.is_training, updated, lambda: outputs)
        else:
            _collect_updates(v, mean, variance, s)
    outputs.set_shape(inputs.shape)
    return tf.reshape(outputs, tf.shape(given)) if rank == 2 else outputs


def _plain(inputs: Any, s: _Settings, weights: Any) -> Any:
    """By moments, which may be weighted."""
    channels, rank = _channels(inputs, s.data_format), inputs.shape.rank
    first = s.data_format == "NCHW"
    axes = [0, *range(2, rank)] if first else list(range(rank - 1))
    if weights is not None:
        weights = tf.convert_to_tensor(weights)
        inputs.shape[0:1].assert_is_compatible_with(weights.shape[0:1])
        weights = tf.reshape(weights, [-1 if None in weights.shape.as_list() else weights.shape.as_list()[0],
                                       *[1] * (rank - 1)])
    v = _variables(s, channels, inputs.dtype.base_dtype)
    mean, variance = _moments(inputs, axes, weights, v, s)
    beta, gamma = v.beta, v.gamma
    if first:
        shape = [1, channels] + [1] * (rank - 2)
        mean, variance, beta, gamma = (None if p is None else tf.reshape(p, shape)
                                       for p in (mean, variance, beta, gamma))
    outputs = tf.nn.batch_normalization(inputs, mean, variance, beta, gamma, s.epsilon)
    outputs.set_shape(inputs.shape)
    return outputs


def _moments(inputs: Any, axes: list[int], weights: Any, v: _Variables, s: _Settings) -> tuple[Any, Any]:
    """Mean and variance to normalise with: the batch's, whose averages are updated, or the averages."""
    if constant_bool(s.is_training) is False:
        return v.mean, v.variance
    if weights is None:
        mean, variance = tf.nn.moments(inputs, axes)
    else:
        mean, variance = tf.nn.weighted_moments(inputs, axes, weights)
    if s.updates_collections is None:
        def updated() -> Any:
            with tf.control_dependencies(list(_updates(v, mean, variance, s))):
                return tf.identity(mean), tf.identity(variance)

        return smart_cond(s.is_training, updated, lambda: _averages(v))
    _collect_updates(v, mean, variance, s)
    return smart_cond(s.is_training, lambda: (mean, variance), lambda: _averages(v))
