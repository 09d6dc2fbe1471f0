"""Metrics of contrib that follow from counts above many thresholds."""

from __future__ import annotations

from typing import Any, NamedTuple

from hornbeam.graph.names import public
from hornbeam.v1.api import tf
from hornbeam.v1.metrics.results import collected, metric_variable, squeezed
from hornbeam.v1.metrics.thresholds import counts_at_thresholds

_SMALL = 1e-7


def _even(count: int) -> list[float]:
    """`count` thresholds from just below 0 to just above 1."""
    return [-_SMALL, *((i + 1) / (count - 1) for i in range(count - 2)), 1.0 + _SMALL]


def _of(default: str, compute: Any, points: Any, labels: Any, predictions: Any, weights: Any, kinds: tuple[str, ...],
        metrics_collections: Any, updates_collections: Any, name: str | None) -> tuple[Any, Any]:
    """What `compute` makes of the counts, and of the counts after a batch."""
    with tf.variable_scope(name, default):
        counted = ("tp", "fn", "tn", "fp") if len(kinds) > 2 else kinds
        values, updates = counts_at_thresholds(labels, predictions, points, weights, counted)
        return (collected(compute(*(values[k] for k in kinds), "value"), metrics_collections),
                collected(compute(*(updates[k] for k in kinds), "update_op"), updates_collections))


@public(v1=("contrib.metrics.streaming_false_positive_rate_at_thresholds",))
def streaming_false_positive_rate_at_thresholds(predictions: Any, labels: Any, thresholds: Any, weights: Any = None,
                                                metrics_collections: Any = None, updates_collections: Any = None,
                                                name: str | None = None) -> tuple[Any, Any]:
    """The share of false labels with predictions above each threshold."""
    return _of("false_positive_rate_at_thresholds",
               lambda fp, tn, last: tf.div(fp, _SMALL + fp + tn, name=f"fpr_{last}"), thresholds, labels, predictions,
               weights, ("fp", "tn"), metrics_collections, updates_collections, name)


@public(v1=("contrib.metrics.streaming_false_negative_rate_at_thresholds",))
def streaming_false_negative_rate_at_thresholds(predictions: Any, labels: Any, thresholds: Any, weights: Any = None,
                                                metrics_collections: Any = None, updates_collections: Any = None,
                                                name: str | None = None) -> tuple[Any, Any]:
    """The share of true labels with predictions not above each threshold."""
    return _of("false_negative_rate_at_thresholds",
               lambda fn, tp, last: tf.div(fn, _SMALL + fn + tp, name=f"fnr_{last}"), thresholds, labels, predictions,
               weights, ("fn", "tp"), metrics_collections, updates_collections, name)


@public(v1=("contrib.metrics.recall_at_precision",))
def recall_at_precision(labels: Any, predictions: Any, precision: float, weights: Any = None,
                        num_thresholds: int = 200, metrics_collections: Any = None, updates_collections: Any = None,
                        name: str | None = None, strict_mode: bool = False) -> tuple[Any, Any]:
    """The recall at the threshold with the precision nearest to the wanted one.

    strict_mode: at the nearest that is no smaller; 0 where there is none. Raises ValueError for a precision that is
    not in [0, 1].
    """
    if not 0 <= precision <= 1:
        raise ValueError("`precision` must be in the range [0, 1].")

    def compute(tp: Any, fp: Any, fn: Any, last: str) -> Any:
        far = tf.div(tp, tp + fp + _SMALL) - precision
        at = tf.argmax(tf.div(1.0, far + _SMALL), 0) if strict_mode else tf.argmin(tf.abs(far), 0)
        found = tf.div(tp[at], tp[at] + fn[at] + _SMALL)
        return tf.identity(tf.where(far[at] >= 0, found, tf.zeros_like(found)) if strict_mode else found, last)

    return _of("recall_at_precision", compute, _even(num_thresholds), labels, predictions, weights, ("tp", "fp", "fn"),
               metrics_collections, updates_collections, name)


@public(v1=("contrib.metrics.precision_at_recall",))
def precision_at_recall(labels: Any, predictions: Any, target_recall: float, weights: Any = None,
                        num_thresholds: int = 200, metrics_collections: Any = None, updates_collections: Any = None,
                        name: str | None = None) -> tuple[Any, Any]:
    """The precision at the largest threshold with at least the wanted recall.

    Raises ValueError for a recall that is not in [0, 1].
    """
    if target_recall < 0 or target_recall > 1:
        raise ValueError("`target_recall` must be in the range [0, 1].")

    def compute(tp: Any, fp: Any, fn: Any, last: str) -> Any:
        enough = tf.cast(tf.div(tp, tp + fn + _SMALL) >= target_recall, tf.int64)
        at = tf.reduce_sum(enough) - 1
        return tf.div(tp[at] + _SMALL, tp[at] + fp[at] + _SMALL, last)

    return _of("precision_at_recall", compute, _even(num_thresholds), labels, predictions, weights, ("tp", "fp", "fn"),
               metrics_collections, updates_collections, name)


@public(v1=("contrib.metrics.streaming_curve_points",))
def streaming_curve_points(labels: Any = None, predictions: Any = None, weights: Any = None, num_thresholds: int = 200,
                           metrics_collections: Any = None, updates_collections: Any = None, curve: str = "ROC",
                           name: str | None = None) -> tuple[Any, Any]:
    """The points [num_thresholds, 2] of a curve, and what adds a batch.

    curve: "ROC", of false positive rate and recall, or "PR", of recall and precision. Raises ValueError for others.
    """
    if curve not in ("ROC", "PR"):
        raise ValueError(f"curve must be either ROC or PR, {curve} unknown")
    with tf.variable_scope(name, "curve_points"):
        kinds = ("tp", "fn", "tn", "fp")
        values, updates = counts_at_thresholds(labels, predictions, _even(num_thresholds), weights, kinds)
        tp, fn, tn, fp = (values[kind] for kind in kinds)
        recall = tf.div(tp + 1e-6, tp + fn + 1e-6)
        if curve == "ROC":
            points = tf.stack([tf.div(fp, fp + tn + 1e-6), recall], axis=1)
        else:
            points = tf.stack([recall, tf.div(tp + 1e-6, tp + fp + 1e-6)], axis=1)
        return collected(points, metrics_collections), collected(tf.group(*updates.values()), updates_collections)


class PrecisionRecallData(NamedTuple):
    """Counts above each threshold and what follows from them, each [num_thresholds]."""

    tp: Any
    fp: Any
    tn: Any
    fn: Any
    precision: Any
    recall: Any
    thresholds: Any


@public(v1=("contrib.metrics.precision_recall_at_equal_thresholds",))
def precision_recall_at_equal_thresholds(labels: Any, predictions: Any, weights: Any = None,
                                         num_thresholds: int | None = None, use_locking: bool | None = None,
                                         name: str | None = None) -> tuple[PrecisionRecallData, Any]:
    """Counts, precision and recall at `num_thresholds`, by default 201, thresholds from 0 to 1; and what adds a batch.

    Each prediction is put into one of as many buckets, so a batch costs no more for more thresholds.
    labels: bool. predictions: in [0, 1]. Raises TypeError for other labels.
    """
    count = 201 if num_thresholds is None else num_thresholds
    if labels.dtype.base_dtype != tf.bool:
        raise TypeError(f"{labels.name} must be of type tf.bool")
    with tf.variable_scope(name, "precision_recall_at_equal_thresholds"):
        checks = [tf.assert_greater_equal(predictions, tf.cast(0.0, predictions.dtype),
                                          message="predictions must be in [0, 1]"),
                  tf.assert_less_equal(predictions, tf.cast(1.0, predictions.dtype),
                                       message="predictions must be in [0, 1]")]
        with tf.control_dependencies(checks):
            predictions, labels, weights = squeezed(tf.identity(predictions), labels, weights)
        dtype = predictions.dtype
        true = tf.cast(labels, tf.float64)
        by = tf.cast(1.0 if weights is None else weights, tf.float64)
        buckets = tf.cast(tf.floor(tf.reshape(predictions, [-1]) * (count - 1)), tf.int32)
        with tf.name_scope("variables"):
            tp_buckets = metric_variable([count], tf.float64, name="tp_buckets")
            fp_buckets = metric_variable([count], tf.float64, name="fp_buckets")
        with tf.name_scope("update_op"):
            update = tf.group(tf.scatter_add(tp_buckets, buckets, tf.reshape(true * by, [-1])),
                              tf.scatter_add(fp_buckets, buckets, tf.reshape((1.0 - true) * by, [-1])))
        tp, fp = tf.cumsum(tp_buckets, reverse=True, name="tp"), tf.cumsum(fp_buckets, reverse=True, name="fp")
        fn = tp[0] - tp
        found = (tp, fp, fp[0] - fp, fn, tp / tf.maximum(tf.cast(1e-7, tf.float64), tp + fp),
                 tp / tf.maximum(tf.cast(1e-7, tf.float64), tp + fn), tf.linspace(0.0, 1.0, count))
        return PrecisionRecallData(*(tf.cast(value, dtype) for value in found)), update
