"""Keras 2's element-wise functions and reductions whose arguments `keras.ops` spells otherwise."""

from __future__ import annotations

from typing import Any

import hornbeam as tf
from hornbeam.keras import ops
from hornbeam.keras.backend.old import old
from hornbeam.keras.config.settings import epsilon, floatx


@old("keras.ops.argmax")
def argmax(x: Any, axis: int = -1) -> Any:
    """The place of the largest value along an axis, the last by default."""
    return ops.argmax(x, axis=axis)


@old("keras.ops.argmin")
def argmin(x: Any, axis: int = -1) -> Any:
    """The place of the smallest value along an axis, the last by default."""
    return ops.argmin(x, axis=axis)


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


@old("keras.ops.ctc_loss")
def ctc_batch_cost(y_true: Any, y_pred: Any, input_length: Any, label_length: Any) -> Any:
    """The CTC loss [batch, 1] of labels [batch, l] for probabilities [batch, time, classes]; the last class is blank.

    input_length, label_length: [batch, 1].
    """
    logits = ops.log(ops.add(y_pred, epsilon()))
    blank = y_pred.shape[-1] - 1
    loss = ops.ctc_loss(ops.cast(y_true, "int32"), logits, ops.cast(ops.squeeze(label_length, -1), "int32"),
                        ops.cast(ops.squeeze(input_length, -1), "int32"), mask_index=blank)
    return ops.expand_dims(loss, 1)


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
