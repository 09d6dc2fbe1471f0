"""F scores: precision and recall in one number."""

from __future__ import annotations

from typing import Any

from hornbeam.keras import initializers, ops
from hornbeam.keras.config.settings import epsilon
from hornbeam.keras.metrics.metric import Metric
from hornbeam.keras.metrics.regression import check_matrices
from hornbeam.keras.names import keras_export


@keras_export("metrics.FBetaScore")
class FBetaScore(Metric):
    """(1 + β²) · precision · recall / (β² · precision + recall), for each class or averaged.

    Targets and predictions are [batch, classes]. average: None (a score for each class), `"micro"` (from all counts
    together), `"macro"` (the mean over classes) or `"weighted"` (by how often a class is the target).
    threshold: predictions above it count as yes; by default the largest of each sample. Raises ValueError for other
    values and shapes.
    """

    _direction = "up"
    true_positives: Any
    false_positives: Any
    false_negatives: Any
    intermediate_weights: Any

    def __init__(self, average: str | None = None, beta: float = 1.0, threshold: float | None = None,
                 name: str | None = "fbeta_score", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        if average not in (None, "micro", "macro", "weighted"):
            raise ValueError("Invalid `average` argument value. Expected one of: {None, 'micro', 'macro', 'weighted'}. "
                             f"Received: average={average}")
        if not isinstance(beta, float):
            raise ValueError("Invalid `beta` argument value. It should be a Python float. "
                             f"Received: beta={beta} of type '{type(beta)}'")
        if beta <= 0.0:
            raise ValueError(f"Invalid `beta` argument value. It should be > 0. Received: beta={beta}")
        if threshold is not None:
            if not isinstance(threshold, float):
                raise ValueError("Invalid `threshold` argument value. It should be a Python float. "
                                 f"Received: threshold={threshold} of type '{type(threshold)}'")
            if threshold > 1.0 or threshold <= 0.0:
                raise ValueError("Invalid `threshold` argument value. It should verify 0 < threshold <= 1. "
                                 f"Received: threshold={threshold}")
        self.average = average
        self.beta = beta
        self.threshold = threshold
        self.axis = None if average == "micro" else 0
        self._built = False

    def _build(self, true_shape: Any, pred_shape: Any) -> None:
        check_matrices("FBetaScore", true_shape, pred_shape)
        shape = () if self.average == "micro" else (pred_shape[-1],)
        for name in ("true_positives", "false_positives", "false_negatives", "intermediate_weights"):
            setattr(self, name, self.add_variable(shape, initializers.Zeros(), dtype=self.dtype, name=name))
        self._built = True

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch; weights are [batch]."""
        y_true, y_pred = (ops.convert_to_tensor(y, dtype=self.dtype) for y in (y_true, y_pred))
        if not self._built:
            self._build(tuple(y_true.shape), tuple(y_pred.shape))
        if self.threshold is None:
            largest = y_pred >= ops.max(y_pred, axis=-1, keepdims=True)
            found = ops.logical_and(largest, ops.abs(y_pred) > 1e-9)
        else:
            found = y_pred > self.threshold
        found = ops.cast(found, self.dtype)
        weight = None if sample_weight is None else ops.expand_dims(
            ops.convert_to_tensor(sample_weight, dtype=self.dtype), 1)
        for counter, hits in ((self.true_positives, found * y_true), (self.false_positives, found * (1 - y_true)),
                              (self.false_negatives, (1 - found) * y_true), (self.intermediate_weights, y_true)):
            counter.assign_add(ops.sum(hits if weight is None else hits * weight, axis=self.axis))

    def result(self) -> Any:
        """The score so far: [classes], or a number where it is averaged."""
        hits = ops.convert_to_tensor(self.true_positives)
        precision = hits / (hits + self.false_positives + epsilon())
        recall = hits / (hits + self.false_negatives + epsilon())
        square = self.beta**2
        score = (1 + square) * precision * recall / (square * precision + recall + epsilon())
        if self.average == "weighted":
            weights = ops.convert_to_tensor(self.intermediate_weights)
            return ops.sum(score * weights / (ops.sum(weights) + epsilon()))
        return score if self.average is None else ops.mean(score)

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the metric from."""
        return {**super().get_config(), "average": self.average, "beta": self.beta, "threshold": self.threshold}


@keras_export("metrics.F1Score")
class F1Score(FBetaScore):
    """2 · precision · recall / (precision + recall), for each class or averaged. Arguments as of `FBetaScore`."""

    def __init__(self, average: str | None = None, threshold: float | None = None, name: str | None = "f1_score",
                 dtype: Any = None) -> None:
        super().__init__(average=average, beta=1.0, threshold=threshold, name=name, dtype=dtype)

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the metric from."""
        config = super().get_config()
        del config["beta"]
        return config
