"""Correlations of targets and predictions."""

from __future__ import annotations

from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.config.settings import epsilon
from hornbeam.keras.losses.loss import aligned
from hornbeam.keras.metrics.means import FunctionMetric
from hornbeam.keras.names import keras_export


def _centred(x: Any, axis: Any) -> Any:
    return x - ops.mean(x, axis=axis, keepdims=True)


@keras_export("metrics.pearson_correlation")
def pearson_correlation(y_true: Any, y_pred: Any, axis: Any = -1) -> Any:
    """Covariance over the product of standard deviations, along `axis`: between −1 and 1."""
    true, pred = (_centred(y, axis) for y in aligned(y_true, y_pred))
    true, pred = (y / ops.std(y, axis=axis, keepdims=True) for y in (true, pred))
    return ops.mean(true * pred, axis=axis)


@keras_export("metrics.concordance_correlation")
def concordance_correlation(y_true: Any, y_pred: Any, axis: Any = -1) -> Any:
    """2 · covariance / (both variances + (difference of means)²), along `axis`: 1 where both are equal. Lin 1989."""
    y_true, y_pred = aligned(y_true, y_pred)
    pred_mean = ops.mean(y_pred, axis=axis, keepdims=True)
    shift = ops.mean(y_true, axis=axis, keepdims=True) - pred_mean
    spread = ops.var(y_true, axis=axis, keepdims=True) + ops.var(y_pred, axis=axis, keepdims=True) + ops.square(shift)
    together = (y_true - pred_mean) * (y_pred - pred_mean)
    return ops.mean(2 * together / (spread + epsilon()), axis=axis)


@keras_export("metrics.PearsonCorrelation")
class PearsonCorrelation(FunctionMetric):
    """The mean of Pearson's correlation along `axis`."""

    _direction = "up"

    def __init__(self, name: str | None = "pearson_correlation", dtype: Any = None, axis: Any = -1) -> None:
        super().__init__(pearson_correlation, name, dtype, axis=axis)


@keras_export("metrics.ConcordanceCorrelation")
class ConcordanceCorrelation(FunctionMetric):
    """The mean of the concordance correlation along `axis`. Lin 1989."""

    _direction = "up"

    def __init__(self, name: str | None = "concordance_correlation", dtype: Any = None, axis: Any = -1) -> None:
        super().__init__(concordance_correlation, name, dtype, axis=axis)
