"""Losses between real numbers."""

from __future__ import annotations

import math
from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.config.settings import epsilon
from hornbeam.keras.losses.loss import FunctionLoss, Loss, aligned, cast_target
from hornbeam.keras.names import keras_export


@keras_export("losses.mean_squared_error", "metrics.mean_squared_error")
def mean_squared_error(y_true: Any, y_pred: Any) -> Any:
    """mean((y_true − y_pred)²) over the last axis: [..., k] and [..., k] → [...].

    >>> from hornbeam import keras
    >>> float(keras.losses.mean_squared_error([1.0, 2.0], [1.0, 4.0]))
    2.0
    """
    y_true, y_pred = aligned(y_true, y_pred)
    return ops.mean(ops.square(y_true - y_pred), axis=-1)


@keras_export("losses.mean_absolute_error", "metrics.mean_absolute_error")
def mean_absolute_error(y_true: Any, y_pred: Any) -> Any:
    """mean(|y_true − y_pred|) over the last axis."""
    y_true, y_pred = aligned(y_true, y_pred)
    return ops.mean(ops.abs(y_true - y_pred), axis=-1)


@keras_export("losses.mean_absolute_percentage_error", "metrics.mean_absolute_percentage_error")
def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Any:
    """100 · mean(|y_true − y_pred| / max(|y_true|, ε)) over the last axis; ε is `keras.config.epsilon()`."""
    y_true, y_pred = aligned(y_true, y_pred)
    relative = (y_true - y_pred) / ops.maximum(ops.abs(y_true), epsilon())
    return 100.0 * ops.mean(ops.abs(relative), axis=-1)


@keras_export("losses.mean_squared_logarithmic_error", "metrics.mean_squared_logarithmic_error")
def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Any:
    """mean((log(1 + y_true) − log(1 + y_pred))²) over the last axis; both are raised to at least ε."""
    y_true, y_pred = aligned(y_true, y_pred)
    target, prediction = (ops.log(ops.maximum(y, epsilon()) + 1.0) for y in (y_true, y_pred))
    return ops.mean(ops.square(prediction - target), axis=-1)


@keras_export("losses.cosine_similarity")
def cosine_similarity(y_true: Any, y_pred: Any, axis: Any = -1) -> Any:
    """The cosine of the angle between both along `axis`, negated: −1 where they point the same way."""
    y_true, y_pred = aligned(y_true, y_pred)
    return -ops.sum(ops.normalize(y_true, axis=axis) * ops.normalize(y_pred, axis=axis), axis=axis)


@keras_export("losses.huber", "metrics.huber")
def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> Any:
    """Mean over the last axis of e²/2 up to |e| = `delta` and of delta·|e| − delta²/2 beyond. Huber 1964."""
    y_true, y_pred = aligned(y_true, y_pred)
    delta = ops.convert_to_tensor(delta, dtype=y_pred.dtype)
    size = ops.abs(y_pred - y_true)
    return ops.mean(ops.where(size <= delta, 0.5 * ops.square(size), delta * size - 0.5 * ops.square(delta)), axis=-1)


@keras_export("losses.log_cosh", "metrics.log_cosh")
def log_cosh(y_true: Any, y_pred: Any) -> Any:
    """mean(log(cosh(y_pred − y_true))) over the last axis, without overflow."""
    y_true, y_pred = aligned(y_true, y_pred)
    error = y_pred - y_true
    return ops.mean(error + ops.softplus(-2.0 * error) - math.log(2.0), axis=-1)


@keras_export("losses.poisson", "metrics.poisson")
def poisson(y_true: Any, y_pred: Any) -> Any:
    """mean(y_pred − y_true · log(y_pred + ε)) over the last axis: −log of Poisson's likelihood, up to a constant."""
    y_true, y_pred = cast_target(y_true, y_pred)
    return ops.mean(y_pred - y_true * ops.log(y_pred + epsilon()), axis=-1)


@keras_export("losses.MeanSquaredError")
class MeanSquaredError(FunctionLoss):
    """mean((y_true − y_pred)²).

    >>> from hornbeam import keras
    >>> float(keras.losses.MeanSquaredError()([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 0.0]]))
    0.5
    """

    def __init__(self, reduction: str | None = "sum_over_batch_size", name: str = "mean_squared_error",
                 dtype: Any = None) -> None:
        super().__init__(mean_squared_error, reduction, name, dtype)


@keras_export("losses.MeanAbsoluteError")
class MeanAbsoluteError(FunctionLoss):
    """mean(|y_true − y_pred|)."""

    def __init__(self, reduction: str | None = "sum_over_batch_size", name: str = "mean_absolute_error",
                 dtype: Any = None) -> None:
        super().__init__(mean_absolute_error, reduction, name, dtype)


@keras_export("losses.MeanAbsolutePercentageError")
class MeanAbsolutePercentageError(FunctionLoss):
    """100 · mean(|y_true − y_pred| / |y_true|)."""

    def __init__(self, reduction: str | None = "sum_over_batch_size", name: str = "mean_absolute_percentage_error",
                 dtype: Any = None) -> None:
        super().__init__(mean_absolute_percentage_error, reduction, name, dtype)


@keras_export("losses.MeanSquaredLogarithmicError")
class MeanSquaredLogarithmicError(FunctionLoss):
    """mean((log(1 + y_true) − log(1 + y_pred))²)."""

    def __init__(self, reduction: str | None = "sum_over_batch_size", name: str = "mean_squared_logarithmic_error",
                 dtype: Any = None) -> None:
        super().__init__(mean_squared_logarithmic_error, reduction, name, dtype)


@keras_export("losses.CosineSimilarity")
class CosineSimilarity(FunctionLoss):
    """The cosine of the angle between targets and predictions along `axis`, negated."""

    def __init__(self, axis: Any = -1, reduction: str | None = "sum_over_batch_size", name: str = "cosine_similarity",
                 dtype: Any = None) -> None:
        super().__init__(cosine_similarity, reduction, name, dtype, axis=axis)

    def get_config(self) -> dict[str, Any]:
        """The base's configuration: as in Keras, without the axis."""
        return Loss.get_config(self)


@keras_export("losses.Huber")
class Huber(FunctionLoss):
    """Quadratic for errors up to `delta`, linear beyond. Huber 1964."""

    _saved_unless = (("delta", 1.0),)

    def __init__(self, delta: float = 1.0, reduction: str | None = "sum_over_batch_size", name: str = "huber_loss",
                 dtype: Any = None) -> None:
        super().__init__(huber, reduction, name, dtype, delta=delta)


@keras_export("losses.LogCosh")
class LogCosh(FunctionLoss):
    """mean(log(cosh(y_pred − y_true)))."""

    def __init__(self, reduction: str | None = "sum_over_batch_size", name: str = "log_cosh",
                 dtype: Any = None) -> None:
        super().__init__(log_cosh, reduction, name, dtype)


@keras_export("losses.Poisson")
class Poisson(FunctionLoss):
    """mean(y_pred − y_true · log(y_pred))."""

    def __init__(self, reduction: str | None = "sum_over_batch_size", name: str = "poisson",
                 dtype: Any = None) -> None:
        super().__init__(poisson, reduction, name, dtype)
