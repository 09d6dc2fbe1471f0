"""contrib's names of metrics, predictions before labels; and metrics that `tf.metrics` has not."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from hornbeam.graph.names import public, register
from hornbeam.v1.api import tf
from hornbeam.v1.losses.weighting import broadcast_weights
from hornbeam.v1.metrics import averages, counts, ranking, thresholds
from hornbeam.v1.metrics.results import collected, metric_variable, read, squeezed

Function = TypeVar("Function", bound=Callable[..., Any])


def _names(name: str) -> tuple[str, str]:
    return f"contrib.metrics.{name}", f"contrib.slim.metrics.{name}"


def _metric(name: str) -> Callable[[Function], Function]:
    return public(v1=_names(name))


def _streaming(function: Callable[..., Any], name: str | None = None) -> None:
    """Make a metric public as contrib's: labels after predictions."""
    parameters = list(inspect.signature(function).parameters.values())
    if [p.name for p in parameters[:1]] == ["labels"]:
        parameters[0], parameters[1] = parameters[1], parameters[0]
    signature = inspect.Signature(parameters)

    @functools.wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        return function(**signature.bind(*args, **kwargs).arguments)

    called.__signature__ = signature  # type: ignore[attr-defined]
    register(called, v1=_names(name or f"streaming_{function.__name__}"))


for _function in (averages.mean, averages.mean_tensor, averages.accuracy, averages.mean_absolute_error,
                  averages.mean_squared_error, averages.root_mean_squared_error, averages.mean_cosine_distance,
                  averages.mean_relative_error, averages.mean_iou, counts.true_positives, counts.true_negatives,
                  counts.false_positives, counts.false_negatives, counts.precision, counts.recall,
                  thresholds.precision_at_thresholds, thresholds.recall_at_thresholds,
                  thresholds.sensitivity_at_specificity, thresholds.specificity_at_sensitivity):
    _streaming(_function)
_streaming(averages.percentage_below, "streaming_percentage_less")
_streaming(ranking.average_precision_at_k, "streaming_sparse_average_precision_at_k")
_streaming(ranking.precision_at_k, "streaming_sparse_precision_at_k")
_streaming(ranking.recall_at_k, "streaming_sparse_recall_at_k")


@_metric("streaming_auc")
def streaming_auc(predictions: Any, labels: Any, weights: Any = None, num_thresholds: int = 200,
                  metrics_collections: Any = None, updates_collections: Any = None, curve: str = "ROC",
                  name: str | None = None) -> tuple[Any, Any]:
    """`tf.metrics.auc`, predictions first."""
    return thresholds.auc(labels, predictions, weights, num_thresholds, metrics_collections, updates_collections,
                          curve, name)


@_metric("streaming_recall_at_k")
def streaming_recall_at_k(predictions: Any, labels: Any, k: int, weights: Any = None, metrics_collections: Any = None,
                          updates_collections: Any = None, name: str | None = None) -> tuple[Any, Any]:
    """How often the label, one a row, is among the k classes with the largest of `predictions`."""
    found = tf.cast(tf.nn.in_top_k(predictions, labels, k), tf.float32)
    return averages.mean(found, weights, metrics_collections, updates_collections, name or f"recall_at_{k}")


@_metric("streaming_sparse_precision_at_top_k")
def streaming_sparse_precision_at_top_k(top_k_predictions: Any, labels: Any, class_id: int | None = None,
                                        weights: Any = None, metrics_collections: Any = None,
                                        updates_collections: Any = None, name: str | None = None) -> tuple[Any, Any]:
    """`tf.metrics.precision_at_top_k`, class numbers first."""
    return ranking.precision_at_top_k(labels, top_k_predictions, None, class_id, weights, metrics_collections,
                                      updates_collections, name)


@_metric("sparse_recall_at_top_k")
def sparse_recall_at_top_k(labels: Any, top_k_predictions: Any, class_id: int | None = None, weights: Any = None,
                           metrics_collections: Any = None, updates_collections: Any = None,
                           name: str | None = None) -> tuple[Any, Any]:
    """`tf.metrics.recall_at_top_k`."""
    return ranking.recall_at_top_k(labels, top_k_predictions, None, class_id, weights, metrics_collections,
                                   updates_collections, name)


def _of_kind(kind: str, predictions: Any, labels: Any, points: Any, weights: Any) -> tuple[Any, Any]:
    values, updates = thresholds.counts_at_thresholds(labels, predictions, points, weights, (kind,))
    return values[kind], updates[kind]


@_metric("streaming_true_positives_at_thresholds")
def streaming_true_positives_at_thresholds(predictions: Any, labels: Any, thresholds: Any,
                                           weights: Any = None) -> tuple[Any, Any]:
    """How many true labels have predictions above each threshold: the variable, and what adds a batch."""
    return _of_kind("tp", predictions, labels, thresholds, weights)


@_metric("streaming_true_negatives_at_thresholds")
def streaming_true_negatives_at_thresholds(predictions: Any, labels: Any, thresholds: Any,
                                           weights: Any = None) -> tuple[Any, Any]:
    """How many false labels have predictions not above each threshold: the variable, and what adds a batch."""
    return _of_kind("tn", predictions, labels, thresholds, weights)


@_metric("streaming_false_positives_at_thresholds")
def streaming_false_positives_at_thresholds(predictions: Any, labels: Any, thresholds: Any,
                                            weights: Any = None) -> tuple[Any, Any]:
    """How many false labels have predictions above each threshold: the variable, and what adds a batch."""
    return _of_kind("fp", predictions, labels, thresholds, weights)


@_metric("streaming_false_negatives_at_thresholds")
def streaming_false_negatives_at_thresholds(predictions: Any, labels: Any, thresholds: Any,
                                            weights: Any = None) -> tuple[Any, Any]:
    """How many true labels have predictions not above each threshold: the variable, and what adds a batch."""
    return _of_kind("fn", predictions, labels, thresholds, weights)


# Rates ------------------------------------------------------------------------------------------------


def _rate(default: str, wrong: Callable[..., Any], right: Callable[..., Any], predictions: Any, labels: Any,
          weights: Any, metrics_collections: Any, updates_collections: Any, name: str | None) -> tuple[Any, Any]:
    with tf.variable_scope(name, default):
        predictions, labels, weights = squeezed(tf.cast(predictions, tf.bool), tf.cast(labels, tf.bool), weights)
        value, update = wrong(labels, predictions, weights)
        other, other_update = right(labels, predictions, weights)
        return (collected(counts._share(value, other, "value"), metrics_collections),
                collected(counts._share(update, other_update, "update_op"), updates_collections))


@_metric("streaming_false_positive_rate")
def streaming_false_positive_rate(predictions: Any, labels: Any, weights: Any = None, metrics_collections: Any = None,
                                  updates_collections: Any = None, name: str | None = None) -> tuple[Any, Any]:
    """The share of false labels that are predicted true."""
    return _rate("false_positive_rate", counts.false_positives, counts.true_negatives, predictions, labels, weights,
                 metrics_collections, updates_collections, name)


@_metric("streaming_false_negative_rate")
def streaming_false_negative_rate(predictions: Any, labels: Any, weights: Any = None, metrics_collections: Any = None,
                                  updates_collections: Any = None, name: str | None = None) -> tuple[Any, Any]:
    """The share of true labels that are predicted false."""
    return _rate("false_negative_rate", counts.false_negatives, counts.true_positives, predictions, labels, weights,
                 metrics_collections, updates_collections, name)


@_metric("f1_score")
def f1_score(labels: Any, predictions: Any, weights: Any = None, num_thresholds: int = 200,
             metrics_collections: Any = None, updates_collections: Any = None,
             name: str | None = None) -> tuple[Any, Any]:
    """The best over thresholds of 2 · precision · recall / (precision + recall). predictions: of [0, 1]."""
    def best(tp: Any, fp: Any, fn: Any, last: str) -> Any:
        precision, recall = tp / (1e-7 + tp + fp), tp / (1e-7 + tp + fn)
        return tf.reduce_max(2.0 * precision * recall / (precision + recall + 1e-7))

    with tf.variable_scope(name, "f1"):
        points = thresholds._even(num_thresholds, 1.0 + 1e-7)
        values, updates = thresholds.counts_at_thresholds(labels, predictions, points, weights, ("tp", "fp", "fn"))
        return thresholds._both(best, ("tp", "fp", "fn"), values, updates, metrics_collections, updates_collections)


# Counts and moments -----------------------------------------------------------------------------------


@_metric("count")
def count(values: Any, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None,
          name: str | None = None) -> tuple[Any, Any]:
    """How many values there were, each counting its weight."""
    with tf.variable_scope(name, "count"):
        held = metric_variable([], tf.float32, name="count")
        values = tf.cast(values, tf.float32)
        if weights is None:
            number = tf.cast(tf.size(values), tf.float32)
        else:
            values, _, weights = squeezed(values, None, weights)
            number = tf.reduce_sum(broadcast_weights(tf.cast(weights, tf.float32), values))
        with tf.control_dependencies([values]):
            update = tf.assign_add(held, number)
        value = read(lambda: tf.identity(held.value()), metrics_collections)
        return value, collected(update, updates_collections)


@_metric("streaming_covariance")
def streaming_covariance(predictions: Any, labels: Any, weights: Any = None, metrics_collections: Any = None,
                         updates_collections: Any = None, name: str | None = None) -> tuple[Any, Any]:
    """The sample covariance of two series, batch by batch (Chan, Golub, LeVeque 1979); NaN of fewer than two."""
    with tf.variable_scope(name, "covariance"):
        predictions, labels, weights = squeezed(predictions, labels, weights)
        held, mean_x, mean_y, moment = (metric_variable([], tf.float32, name=n) for n in (
            "count", "mean_prediction", "mean_label", "comoment"))
        weights = tf.ones_like(labels) if weights is None else broadcast_weights(weights, labels)
        number = tf.reduce_sum(weights)
        x, y = (tf.div_no_nan(tf.reduce_sum(v * weights), number) for v in (predictions, labels))
        inside = tf.reduce_sum((predictions - x) * (labels - y) * weights)
        before = tf.identity(held), tf.identity(mean_x), tf.identity(mean_y)
        total = before[0] + number
        with tf.control_dependencies(before):
            between = (before[1] - x) * (before[2] - y) * tf.div_no_nan(before[0] * number, total)
            updates = [tf.assign(held, total), tf.assign(mean_x, before[1] + tf.div_no_nan(
                (x - before[1]) * number, total)), tf.assign(mean_y, before[2] + tf.div_no_nan(
                    (y - before[2]) * number, total)), tf.assign_add(moment, inside + between)]

        def found(number: Any, moment: Any, last: str) -> Any:
            return tf.where(tf.less_equal(number, 1.0), float("nan"), tf.truediv(moment, number - 1), name=last)

        value = collected(found(tf.identity(held), tf.identity(moment), "covariance"), metrics_collections)
        with tf.control_dependencies(updates):
            return value, collected(found(tf.identity(updates[0]), tf.identity(updates[3]), "update_op"),
                                    updates_collections)


@_metric("streaming_pearson_correlation")
def streaming_pearson_correlation(predictions: Any, labels: Any, weights: Any = None, metrics_collections: Any = None,
                                  updates_collections: Any = None, name: str | None = None) -> tuple[Any, Any]:
    """The covariance of two series over the root of the product of their variances."""
    with tf.variable_scope(name, "pearson_r"):
        predictions, labels, weights = squeezed(predictions, labels, weights)
        pairs = [streaming_covariance(a, b, weights, name=n) for a, b, n in (
            (predictions, labels, "covariance"), (predictions, predictions, "variance_predictions"),
            (labels, labels, "variance_labels"))]
        value, update = (tf.truediv(both, tf.multiply(tf.sqrt(x), tf.sqrt(y)), name=n) for (both, x, y), n in zip(
            zip(*pairs, strict=True), ("pearson_r", "update_op"), strict=True))
        return collected(value, metrics_collections), collected(update, updates_collections)


@_metric("cohen_kappa")
def cohen_kappa(labels: Any, predictions_idx: Any, num_classes: int, weights: Any = None,
                metrics_collections: Any = None, updates_collections: Any = None,
                name: str | None = None) -> tuple[Any, Any]:
    """How much two series of class numbers agree beyond chance: 1 wholly, 0 as chance would. num_classes: 2 or more."""
    if num_classes < 2:
        raise ValueError(f"`num_classes` must be >= 2.Found: {num_classes}")
    with tf.variable_scope(name, "cohen_kappa"):
        predictions, labels, weights = squeezed(predictions_idx, labels, weights)
        dtype = tf.int64 if weights is None or weights.dtype.is_integer else tf.float32
        held = [metric_variable([num_classes], dtype, name=n) for n in ("po", "pe_row", "pe_col")]
        table = tf.confusion_matrix(labels, predictions, num_classes, weights=weights, dtype=dtype)
        batch = (tf.diag_part(table), tf.reduce_sum(table, axis=0), tf.reduce_sum(table, axis=1))
        updates = [tf.assign_add(v, b) for v, b in zip(held, batch, strict=True)]

        def kappa(same: Any, rows: Any, columns: Any, last: str) -> Any:
            same, rows, columns = (tf.cast(x, tf.float64) for x in (same, rows, columns))
            total = tf.reduce_sum(rows)
            chance = tf.reduce_sum(tf.div_no_nan(rows * columns, total))
            return tf.div_no_nan(tf.reduce_sum(same) - chance, total - chance, name=last)

        return (collected(kappa(held[0], held[1], held[2], "value"), metrics_collections),
                collected(kappa(updates[0], updates[1], updates[2], "update_op"), updates_collections))


# Of one batch, and of several metrics ---------------------------------------------------------------


@_metric("accuracy")
def accuracy(predictions: Any, labels: Any, weights: Any = None, name: str | None = None) -> Any:
    """How often predictions are the labels in this batch. Raises ValueError for floats and unlike dtypes."""
    predictions, labels = tf.convert_to_tensor(predictions), tf.convert_to_tensor(labels)
    if not (labels.dtype.is_integer or labels.dtype in (tf.bool, tf.string)):
        raise ValueError(f"Labels should have bool, integer, or string dtype, not {labels.dtype!r}")
    if not labels.dtype.is_compatible_with(predictions.dtype):
        raise ValueError("Dtypes of predictions and labels should match. "
                         f"Given: predictions ({predictions.dtype!r}) and labels ({labels.dtype!r})")
    with tf.name_scope(name, "accuracy"):
        right = tf.cast(tf.equal(predictions, labels), tf.float32)
        if weights is None:
            return tf.reduce_mean(right)
        weights = tf.multiply(weights, tf.ones_like(right))
        return tf.div(tf.reduce_sum(tf.multiply(right, weights)), tf.reduce_sum(weights))


@_metric("aggregate_metrics")
def aggregate_metrics(*value_update_tuples: Any) -> tuple[list[Any], list[Any]]:
    """The pairs that metrics gave as a list of values and a list of updates. Raises ValueError for none."""
    if not value_update_tuples:
        raise ValueError("Expected at least one value_tensor/update_op pair")
    values, updates = zip(*value_update_tuples, strict=True)
    return list(values), list(updates)


@_metric("aggregate_metric_map")
def aggregate_metric_map(names_to_tuples: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A dictionary of pairs that metrics gave as a dictionary of values and one of updates."""
    return ({name: pair[0] for name, pair in names_to_tuples.items()},
            {name: pair[1] for name, pair in names_to_tuples.items()})


@_metric("confusion_matrix")
def confusion_matrix(labels: Any, predictions: Any, num_classes: Any = None, dtype: Any = None,
                     name: str | None = None, weights: Any = None) -> Any:
    """`tf.confusion_matrix`."""
    return tf.confusion_matrix(labels, predictions, num_classes, tf.int32 if dtype is None else dtype, name, weights)


@_metric("set_difference")
def set_difference(a: Any, b: Any, aminusb: bool = True, validate_indices: bool = True) -> Any:
    """`tf.sets.set_difference`: by rows, what is in one set and not in the other, as a SparseTensor."""
    return tf.sets.set_difference(a, b, aminusb, validate_indices)


@_metric("set_intersection")
def set_intersection(a: Any, b: Any, validate_indices: bool = True) -> Any:
    """`tf.sets.set_intersection`: by rows, what is in both sets, as a SparseTensor."""
    return tf.sets.set_intersection(a, b, validate_indices)


@_metric("set_union")
def set_union(a: Any, b: Any, validate_indices: bool = True) -> Any:
    """`tf.sets.set_union`: by rows, what is in either set, as a SparseTensor."""
    return tf.sets.set_union(a, b, validate_indices)


@_metric("set_size")
def set_size(a: Any, validate_indices: bool = True) -> Any:
    """`tf.sets.set_size`: by rows, how many elements a set has."""
    return tf.sets.set_size(a, validate_indices)
