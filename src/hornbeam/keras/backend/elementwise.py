"""Keras 2's element-wise functions and reductions whose arguments `keras.ops` spells otherwise."""

from __future__ import annotations

from typing import Any

import hornbeam as tf
from hornbeam.keras import ops
from hornbeam.keras.backend.old import old
from hornbeam.keras.config.settings import floatx


def _of_two(name: str) -> None:
    """Declare a function of two tensors: `x` and `y` here, `x1` and `x2` in `keras.ops`."""
    def function(x: Any, y: Any) -> Any:
        return getattr(ops, name)(x, y)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"`keras.ops.{name}` of two tensors."
    old(f"keras.ops.{name}")(function)


for _name in ("dot", "equal", "greater", "greater_equal", "less", "less_equal", "maximum", "minimum", "not_equal"):
    _of_two(_name)


@old("keras.ops.power")
def pow(x: Any, a: Any) -> Any:
    """Each element to the power of `a`."""
    return ops.power(x, a)


@old("keras.ops.stop_gradient")
def stop_gradient(variables: Any) -> Any:
    """The same values, constant for gradients; of a list, a list."""
    if isinstance(variables, (list, tuple)):
        return [ops.stop_gradient(x) for x in variables]
    return ops.stop_gradient(variables)


@old("keras.ops.argmax")
def argmax(x: Any, axis: int = -1) -> Any:
    """The place of the largest value along an axis, the last by default."""
    return ops.cast(ops.argmax(x, axis=axis), "int64")


@old("keras.ops.argmin")
def argmin(x: Any, axis: int = -1) -> Any:
    """The place of the smallest value along an axis, the last by default."""
    return ops.cast(ops.argmin(x, axis=axis), "int64")


@old("keras.ops.clip")
def clip(x: Any, min_value: Any, max_value: Any) -> Any:
    """Values between the two; where the greater is below the smaller, the smaller. None does not limit."""
    if isinstance(min_value, (int, float)) and isinstance(max_value, (int, float)) and max_value < min_value:
        max_value = min_value
    return ops.clip(x, -float("inf") if min_value is None else min_value,
                    float("inf") if max_value is None else max_value)


@old("keras.ops.cumsum")
def cumsum(x: Any, axis: int = 0) -> Any:
    """Sums up to each place along an axis."""
    return ops.cumsum(x, axis=axis)


@old("keras.ops.cumprod")
def cumprod(x: Any, axis: int = 0) -> Any:
    """Products up to each place along an axis."""
    return ops.cumprod(x, axis=axis)


@old("keras.ops.hard_sigmoid")
def hard_sigmoid(x: Any) -> Any:
    """0.2 x + 0.5 between 0 and 1: Keras 2's slope, which is steeper than that of today's function."""
    return ops.clip(ops.add(ops.multiply(x, 0.2), 0.5), 0.0, 1.0)


@old("keras.ops.relu")
def relu(x: Any, alpha: Any = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Any:
    """x from the threshold on, `alpha * (x - threshold)` below it, at most `max_value`."""
    if threshold:
        kept = ops.where(ops.greater(x, threshold), x, ops.zeros_like(x))
    else:
        kept = ops.relu(x)
    if max_value is not None:
        kept = ops.minimum(kept, max_value)
    if isinstance(alpha, (int, float)) and alpha == 0:
        return kept
    return ops.subtract(kept, ops.multiply(alpha, ops.relu(ops.subtract(threshold, x))))


@old("keras.ops.normalize")
def l2_normalize(x: Any, axis: int | None = None) -> Any:
    """x divided by its length along an axis."""
    squares = ops.sum(ops.square(x), axis=axis, keepdims=True)
    return ops.multiply(x, ops.rsqrt(ops.maximum(squares, 1e-12)))


@old("keras.losses.categorical_crossentropy")
def categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Any:
    """The cross-entropy of a distribution, one number where `axis` was."""
    return ops.categorical_crossentropy(target, output, from_logits=from_logits, axis=axis)


@old("keras.losses.sparse_categorical_crossentropy")
def sparse_categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Any:
    """The cross-entropy of class numbers."""
    target = ops.cast(target, "int32")
    if len(target.shape) == len(output.shape) and target.shape[axis] == 1:
        target = ops.squeeze(target, axis)
    return ops.sparse_categorical_crossentropy(target, output, from_logits=from_logits, axis=axis)


@old("keras.ops.binary_crossentropy")
def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Any:
    """The cross-entropy of each element."""
    return ops.binary_crossentropy(ops.cast(target, output.dtype), output, from_logits=from_logits)


@old("keras.ops.in_top_k")
def in_top_k(predictions: Any, targets: Any, k: int) -> Any:
    """Whether each target is among the `k` largest predictions."""
    return ops.in_top_k(targets, predictions, k)


@old("keras.random.dropout")
def dropout(x: Any, level: float, noise_shape: Any = None, seed: int | None = None) -> Any:
    """A part `level` of the values set to 0, the others scaled up."""
    return tf.nn.dropout(x, rate=level, noise_shape=noise_shape, seed=seed)


@old("an addition")
def bias_add(x: Any, bias: Any, data_format: str | None = None) -> Any:
    """x plus a bias for each channel."""
    if data_format == "channels_first":
        bias = ops.reshape(bias, (-1,) + (1,) * (len(x.shape) - 2))
    return ops.add(x, bias)


@old("keras.ops.cast")
def cast_to_floatx(x: Any) -> Any:
    """x in the dtype of floats."""
    return ops.convert_to_numpy(x).astype(floatx()) if not tf.is_tensor(x) else ops.cast(x, floatx())


@old("keras.ops.batch_normalization")
def batch_normalization(x: Any, mean: Any, var: Any, beta: Any, gamma: Any, axis: int = -1,
                        epsilon: float = 1e-3) -> Any:
    """x less the mean, by the deviation, then scaled by `gamma` and shifted by `beta`; each fits `x`, or is of `axis`.
    """
    def spread(value: Any) -> Any:
        if value is None or len(value.shape) == len(x.shape):
            return value
        shape = [1] * len(x.shape)
        shape[axis] = -1
        return ops.reshape(value, shape)

    scale, shift = spread(gamma), spread(beta)
    normed = ops.multiply(ops.subtract(x, spread(mean)), ops.rsqrt(ops.add(spread(var), epsilon)))
    normed = normed if scale is None else ops.multiply(normed, scale)
    return normed if shift is None else ops.add(normed, shift)


@old("keras.layers.BatchNormalization")
def normalize_batch_in_training(x: Any, gamma: Any, beta: Any, reduction_axes: Any,
                                epsilon: float = 1e-3) -> tuple[Any, Any, Any]:
    """x by its own moments over `reduction_axes`, then scaled and shifted; with the mean and the variance."""
    axes = [axis % len(x.shape) for axis in reduction_axes]
    mean, variance = ops.moments(x, axes)
    shape = [1 if i in axes else x.shape[i] for i in range(len(x.shape))]
    mean_, variance_, beta_, gamma_ = (None if v is None else ops.reshape(v, shape)
                                       for v in (mean, variance, beta, gamma))
    return batch_normalization(x, mean_, variance_, beta_, gamma_, epsilon=epsilon), mean, variance
