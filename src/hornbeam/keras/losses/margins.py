"""Losses of margins: targets −1 or 1 (0 or 1 are converted)."""

from __future__ import annotations

from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.losses.loss import FunctionLoss, cast_target
from hornbeam.keras.names import keras_export


def _missing_margin(y_true: Any, y_pred: Any) -> Any:
    """max(1 − y_true · y_pred, 0). Targets that are all 0 or 1 count as −1 and 1."""
    y_true, y_pred = cast_target(y_true, y_pred)
    binary = ops.all(ops.logical_or(ops.equal(y_true, 0), ops.equal(y_true, 1)))
    return ops.maximum(1.0 - ops.where(binary, 2.0 * y_true - 1.0, y_true) * y_pred, 0.0)


@keras_export("losses.hinge", "metrics.hinge")
def hinge(y_true: Any, y_pred: Any) -> Any:
    """mean(max(1 − y_true · y_pred, 0)) over the last axis."""
    return ops.mean(_missing_margin(y_true, y_pred), axis=-1)


@keras_export("losses.squared_hinge", "metrics.squared_hinge")
def squared_hinge(y_true: Any, y_pred: Any) -> Any:
    """mean(max(1 − y_true · y_pred, 0)²) over the last axis."""
    return ops.mean(ops.square(_missing_margin(y_true, y_pred)), axis=-1)


@keras_export("losses.categorical_hinge", "metrics.categorical_hinge")
def categorical_hinge(y_true: Any, y_pred: Any) -> Any:
    """max(1 + max over wrong classes of y_pred − y_pred of the right one, 0); `y_true` is one-hot. [..., k] → [...]."""
    y_true, y_pred = cast_target(y_true, y_pred)
    right, wrong = ops.sum(y_true * y_pred, axis=-1), ops.max((1.0 - y_true) * y_pred, axis=-1)
    return ops.maximum(wrong - right + 1.0, 0.0)


@keras_export("losses.Hinge")
class Hinge(FunctionLoss):
    """mean(max(1 − y_true · y_pred, 0))."""

    def __init__(self, reduction: str | None = "sum_over_batch_size", name: str = "hinge", dtype: Any = None) -> None:
        super().__init__(hinge, reduction, name, dtype)


@keras_export("losses.SquaredHinge")
class SquaredHinge(FunctionLoss):
    """mean(max(1 − y_true · y_pred, 0)²)."""

    def __init__(self, reduction: str | None = "sum_over_batch_size", name: str = "squared_hinge",
                 dtype: Any = None) -> None:
        super().__init__(squared_hinge, reduction, name, dtype)


@keras_export("losses.CategoricalHinge")
class CategoricalHinge(FunctionLoss):
    """How far the right class falls short of beating all others by 1."""

    def __init__(self, reduction: str | None = "sum_over_batch_size", name: str = "categorical_hinge",
                 dtype: Any = None) -> None:
        super().__init__(categorical_hinge, reduction, name, dtype)
