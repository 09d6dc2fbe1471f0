"""Accuracies: how often predictions say what targets say."""

from __future__ import annotations

from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.config.settings import floatx
from hornbeam.keras.losses.loss import aligned, same_rank
from hornbeam.keras.metrics.means import FunctionMetric
from hornbeam.keras.names import keras_export


def accuracy(y_true: Any, y_pred: Any) -> Any:
    """1 where prediction and target are equal, else 0. The shape of both."""
    y_true, y_pred = aligned(y_true, y_pred)
    return ops.cast(ops.equal(y_true, y_pred), floatx())


@keras_export("metrics.binary_accuracy")
def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Any:
    """1 where the prediction is above the threshold and the target 1, or neither; else 0. The shape of both."""
    y_true, y_pred = same_rank(ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred))
    above = ops.cast(ops.greater(y_pred, ops.convert_to_tensor(threshold)), y_true.dtype)
    return ops.cast(ops.equal(y_true, above), floatx())


@keras_export("metrics.categorical_accuracy")
def categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """1 where the largest prediction stands where the largest target does: [..., classes] → [...]."""
    targets = ops.argmax(ops.convert_to_tensor(y_true), axis=-1)
    found = ops.argmax(ops.convert_to_tensor(y_pred), axis=-1)
    shape = ops.shape(targets)
    if len(targets.shape) == len(found.shape) + 1:
        targets = ops.squeeze(targets, -1)
    matches = ops.cast(ops.equal(ops.cast(targets, found.dtype), found), floatx())
    return ops.reshape(matches, shape) if len(shape) > len(matches.shape) else matches


@keras_export("metrics.sparse_categorical_accuracy")
def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """1 where the largest of the predictions [..., classes] stands at the label [...] or [..., 1] → [...]."""
    labels, y_pred = ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
    if len(labels.shape) == len(y_pred.shape) and labels.shape[-1] == 1:
        labels = ops.squeeze(labels, -1)
    found = ops.argmax(y_pred, axis=-1)
    # In the labels' dtype: halves are no class, and integers beyond 2^24 stay distinct.
    matches = ops.cast(ops.equal(labels, ops.cast(found, labels.dtype)), floatx())
    return ops.squeeze(matches, -1) if len(matches.shape) > 1 and matches.shape[-1] == 1 else matches


def _rows(y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    """Labels as a vector and predictions as a matrix."""
    if len(y_pred.shape) > 2:
        y_pred = ops.reshape(y_pred, (-1, y_pred.shape[-1]))
    return (ops.reshape(y_true, (-1,)) if len(y_true.shape) > 1 else y_true), y_pred


def _as_labels(matches: Any, labels: Any) -> Any:
    matches = ops.cast(matches, floatx())
    return ops.reshape(matches, ops.shape(labels)) if len(labels.shape) > 1 else matches


@keras_export("metrics.top_k_categorical_accuracy")
def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Any:
    """1 where the largest target is among the `k` largest predictions: [..., classes] → [...]."""
    labels, y_pred = ops.argmax(ops.convert_to_tensor(y_true), axis=-1), ops.convert_to_tensor(y_pred)
    vector, matrix = _rows(labels, y_pred)
    return _as_labels(ops.in_top_k(ops.cast(vector, "int32"), matrix, k=k), labels)


@keras_export("metrics.sparse_top_k_categorical_accuracy")
def sparse_top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5, from_sorted_ids: bool = False) -> Any:
    """1 where the label [...] is among the `k` largest of the predictions [..., classes].

    from_sorted_ids: `y_pred` holds classes, the likeliest first, in place of their probabilities.
    """
    y_pred = ops.convert_to_tensor(y_pred)
    labels = ops.convert_to_tensor(y_true, dtype=y_pred.dtype if from_sorted_ids else "int32")
    vector, matrix = _rows(labels, y_pred)
    if from_sorted_ids:
        found = ops.any(ops.equal(ops.expand_dims(vector, axis=1), matrix[:, :k]), axis=1)
    else:
        found = ops.in_top_k(vector, matrix, k=k)
    return _as_labels(found, labels)


@keras_export("metrics.Accuracy")
class Accuracy(FunctionMetric):
    """How often predictions equal targets.

    >>> from hornbeam import keras
    >>> float(keras.metrics.Accuracy()([1, 2, 3, 4], [0, 2, 3, 4]))
    0.75
    """

    _direction = "up"

    def __init__(self, name: str | None = "accuracy", dtype: Any = None) -> None:
        super().__init__(accuracy, name, dtype)


@keras_export("metrics.BinaryAccuracy")
class BinaryAccuracy(FunctionMetric):
    """How often predictions are on the side of `threshold` where targets (0 or 1) are."""

    _direction = "up"

    def __init__(self, name: str | None = "binary_accuracy", dtype: Any = None, threshold: float = 0.5) -> None:
        super().__init__(binary_accuracy, name, dtype, threshold=threshold)


@keras_export("metrics.CategoricalAccuracy")
class CategoricalAccuracy(FunctionMetric):
    """How often the largest prediction is that of the one-hot target's class."""

    _direction = "up"

    def __init__(self, name: str | None = "categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(categorical_accuracy, name, dtype)


@keras_export("metrics.SparseCategoricalAccuracy")
class SparseCategoricalAccuracy(FunctionMetric):
    """How often the largest prediction is that of the labelled class."""

    _direction = "up"

    def __init__(self, name: str | None = "sparse_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(sparse_categorical_accuracy, name, dtype)


@keras_export("metrics.TopKCategoricalAccuracy")
class TopKCategoricalAccuracy(FunctionMetric):
    """How often the one-hot target's class is among the `k` largest predictions."""

    _direction = "up"

    def __init__(self, k: int = 5, name: str | None = "top_k_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(top_k_categorical_accuracy, name, dtype, k=k)


@keras_export("metrics.SparseTopKCategoricalAccuracy")
class SparseTopKCategoricalAccuracy(FunctionMetric):
    """How often the labelled class is among the `k` largest predictions.

    from_sorted_ids: predictions are classes, the likeliest first.
    """

    _direction = "up"
    _saved_unless = (("from_sorted_ids", False),)

    def __init__(self, k: int = 5, name: str | None = "sparse_top_k_categorical_accuracy", dtype: Any = None,
                 from_sorted_ids: bool = False) -> None:
        super().__init__(sparse_top_k_categorical_accuracy, name, dtype, k=k, from_sorted_ids=from_sorted_ids)
