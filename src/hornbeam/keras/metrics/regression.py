"""Metrics of real numbers: errors, the cosine of angles, R²."""

from __future__ import annotations

import warnings
from typing import Any

from hornbeam.keras import initializers, ops
from hornbeam.keras.losses import regression as losses
from hornbeam.keras.losses.loss import same_rank
from hornbeam.keras.metrics.means import FunctionMetric, Mean
from hornbeam.keras.metrics.metric import Metric
from hornbeam.keras.names import keras_export


@keras_export("metrics.MeanSquaredError")
class MeanSquaredError(FunctionMetric):
    """mean((y_true − y_pred)²)."""

    def __init__(self, name: str | None = "mean_squared_error", dtype: Any = None) -> None:
        super().__init__(losses.mean_squared_error, name, dtype)


@keras_export("metrics.MeanAbsoluteError")
class MeanAbsoluteError(FunctionMetric):
    """mean(|y_true − y_pred|)."""

    def __init__(self, name: str | None = "mean_absolute_error", dtype: Any = None) -> None:
        super().__init__(losses.mean_absolute_error, name, dtype)


@keras_export("metrics.MeanAbsolutePercentageError")
class MeanAbsolutePercentageError(FunctionMetric):
    """100 · mean(|y_true − y_pred| / |y_true|)."""

    def __init__(self, name: str | None = "mean_absolute_percentage_error", dtype: Any = None) -> None:
        super().__init__(losses.mean_absolute_percentage_error, name, dtype)


@keras_export("metrics.MeanSquaredLogarithmicError")
class MeanSquaredLogarithmicError(FunctionMetric):
    """mean((log(1 + y_true) − log(1 + y_pred))²)."""

    def __init__(self, name: str | None = "mean_squared_logarithmic_error", dtype: Any = None) -> None:
        super().__init__(losses.mean_squared_logarithmic_error, name, dtype)


@keras_export("metrics.LogCoshError")
class LogCoshError(FunctionMetric):
    """mean(log(cosh(y_pred − y_true)))."""

    def __init__(self, name: str | None = "logcosh", dtype: Any = None) -> None:
        super().__init__(losses.log_cosh, name, dtype)


def cosine_similarity(y_true: Any, y_pred: Any, axis: Any = -1) -> Any:
    """The cosine of the angle between both along `axis`: 1 where they point the same way."""
    return -losses.cosine_similarity(y_true, y_pred, axis=axis)


@keras_export("metrics.CosineSimilarity")
class CosineSimilarity(FunctionMetric):
    """The mean cosine of the angle between targets and predictions along `axis`."""

    _direction = "up"
    _saved_unless = (("axis", -1),)

    def __init__(self, name: str | None = "cosine_similarity", dtype: Any = None, axis: Any = -1) -> None:
        super().__init__(cosine_similarity, name, dtype, axis=axis)


@keras_export("metrics.RootMeanSquaredError")
class RootMeanSquaredError(Mean):
    """The square root of mean((y_true − y_pred)²).

    >>> from hornbeam import keras
    >>> float(keras.metrics.RootMeanSquaredError()([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 0.0]])) ** 2
    0.5...
    """

    _direction = "down"

    def __init__(self, name: str | None = "root_mean_squared_error", dtype: Any = None) -> None:
        super().__init__(name, dtype=dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Add a batch of targets and predictions."""
        y_true, y_pred = same_rank(*(ops.convert_to_tensor(y, dtype=self.dtype) for y in (y_true, y_pred)))
        super().update_state(ops.square(y_pred - y_true), sample_weight)

    def result(self) -> Any:
        """The root of the mean square so far."""
        return ops.sqrt(super().result())


@keras_export("metrics.R2Score")
class R2Score(Metric):
    """1 − the part of the targets' variance that predictions leave unexplained. Targets and predictions [batch, k].

    class_aggregation: how the k scores become one: `"uniform_average"`, `"variance_weighted_average"` or None (they
    stay). num_regressors: of how many independent variables the predictions are made, for the adjusted score; 0 is
    the plain one. Raises ValueError for other values, and for data that is not [batch, k].
    """

    _direction = "up"
    squared_sum: Any
    sum: Any
    total_mse: Any
    count: Any

    def __init__(self, class_aggregation: str | None = "uniform_average", num_regressors: int = 0,
                 name: str | None = "r2_score", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        valid = (None, "uniform_average", "variance_weighted_average")
        if class_aggregation not in valid:
            raise ValueError(f"Invalid value for argument `class_aggregation`. Expected one of {valid}. "
                             f"Received: class_aggregation={class_aggregation}")
        if num_regressors < 0:
            raise ValueError("Invalid value for argument `num_regressors`. Expected a value >= 0. "
                             f"Received: num_regressors={num_regressors}")
        self.class_aggregation = class_aggregation
        self.num_regressors = num_regressors
        self.num_samples = self.add_variable((), initializers.Zeros(), name="num_samples")
        self._built = False

    def _build(self, true_shape: Any, pred_shape: Any) -> None:
        check_matrices("R2Score", true_shape, pred_shape)
        for attribute, name in (("squared_sum", "squared_sum"), ("sum", "sum"), ("total_mse", "residual"),
                                ("count", "count")):
            setattr(self, attribute, self.add_variable((pred_shape[-1],), initializers.Zeros(), name=name))
        self._built = True

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch; weights are [batch] or [batch, k]."""
        y_true, y_pred = same_rank(*(ops.convert_to_tensor(y, dtype=self.dtype) for y in (y_true, y_pred)))
        if not self._built:
            self._build(tuple(y_true.shape), tuple(y_pred.shape))
        weight = ops.convert_to_tensor(1 if sample_weight is None else sample_weight, dtype=self.dtype)
        if len(weight.shape) == 1:
            weight = ops.expand_dims(weight, axis=1)
        weight = ops.broadcast_to(weight, ops.shape(y_true))
        weighted = y_true * weight
        self.sum.assign_add(ops.sum(weighted, axis=0))
        self.squared_sum.assign_add(ops.sum(y_true * weighted, axis=0))
        self.total_mse.assign_add(ops.sum(ops.square(y_true - y_pred) * weight, axis=0))
        self.count.assign_add(ops.sum(weight, axis=0))
        self.num_samples.assign_add(ops.cast(ops.size(y_true), self.num_samples.dtype))

    def result(self) -> Any:
        """The score so far."""
        spread = self.squared_sum - self.sum * (self.sum / self.count)
        scores = 1 - self.total_mse / spread
        scores = ops.where(ops.isinf(scores), ops.zeros_like(scores), scores)
        if self.class_aggregation == "uniform_average":
            scores = ops.mean(scores)
        elif self.class_aggregation == "variance_weighted_average":
            scores = ops.sum(spread * scores) / ops.sum(spread)
        return scores if self.num_regressors == 0 else self._adjusted(scores)

    def _adjusted(self, scores: Any) -> Any:
        """The score that more independent variables do not raise by themselves, where there are samples enough."""
        samples = ops.convert_to_tensor(self.num_samples)
        free = samples - 1.0 - self.num_regressors
        if hasattr(free, "numpy"):  # a value is there: in a traced step nobody can be warned
            if free < 0:
                warnings.warn("More independent predictors than datapoints in adjusted R2 score. Falling back to "
                              "standard R2 score.", stacklevel=3)
            elif free == 0:
                warnings.warn("Division by zero in Adjusted R2 score. Falling back to standard R2 score.",
                              stacklevel=3)
        adjusted = 1.0 - (1.0 - scores) * (samples - 1.0) / ops.where(free > 0, free, ops.ones_like(free))
        return ops.where(free > 0, adjusted, scores)

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the metric from."""
        return {**super().get_config(), "class_aggregation": self.class_aggregation,
                "num_regressors": self.num_regressors}


def check_matrices(metric: str, true_shape: Any, pred_shape: Any) -> None:
    """Nothing where targets and predictions are [batch, k] with k known; else ValueError."""
    told = f"Received input shapes: y_pred.shape={pred_shape} and y_true.shape={true_shape}."
    if len(pred_shape) != 2 or len(true_shape) != 2:
        raise ValueError(f"{metric} expects 2D inputs with shape (batch_size, output_dim). {told}")
    if pred_shape[-1] is None or true_shape[-1] is None:
        raise ValueError(f"{metric} expects 2D inputs with shape (batch_size, output_dim), with output_dim fully "
                         f"defined (not None). {told}")
