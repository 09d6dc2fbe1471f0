"""Metrics of probabilities: counts, precision and recall at thresholds, and areas under curves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hornbeam.v1.api import tf
from hornbeam.v1.losses.weighting import broadcast_weights
from hornbeam.v1.metrics.results import collected, metric, metric_variable, read, squeezed

_SMALL = 1e-7
_KINDS = {"tp": ("true_positives", True, True), "fn": ("false_negatives", True, False),
          "tn": ("true_negatives", False, False), "fp": ("false_positives", False, True)}


def counts_at_thresholds(labels: Any, predictions: Any, thresholds: Sequence[float], weights: Any = None,
                         includes: Sequence[str] = ("tp", "fn", "tn", "fp")) -> tuple[dict[str, Any], dict[str, Any]]:
    """Variables of counts at each threshold, by kind, and the operations that add a batch.

    A prediction is true where it is above the threshold. Predictions lie in [0, 1], else InvalidArgumentError.
    """
    predictions = tf.convert_to_tensor(predictions)
    zero, one = (tf.cast(x, predictions.dtype) for x in (0.0, 1.0))
    with tf.control_dependencies([
            tf.assert_greater_equal(predictions, zero, message="predictions must be in [0, 1]"),
            tf.assert_less_equal(predictions, one, message="predictions must be in [0, 1]")]):
        predictions, labels, weights = squeezed(tf.cast(predictions, tf.float32), tf.cast(labels, tf.bool), weights)
    above = tf.greater(tf.reshape(predictions, [1, -1]), tf.constant(np.array(thresholds, np.float32)[:, None]))
    true = tf.reshape(labels, [1, -1])
    if weights is not None:
        weights = tf.reshape(broadcast_weights(tf.cast(weights, tf.float32), predictions), [1, -1])
    values, updates = {}, {}
    for kind in ("tp", "fn", "tn", "fp"):
        if kind in includes:
            name, label, prediction = _KINDS[kind]
            values[kind] = metric_variable([len(thresholds)], tf.float32, name=name)
            found = tf.cast(tf.logical_and(true if label else tf.logical_not(true),
                                           above if prediction else tf.logical_not(above)), tf.float32)
            if weights is not None:
                found *= weights
            updates[kind] = tf.assign_add(values[kind], tf.reduce_sum(found, 1))
    return values, updates


def _even(count: int, last: float) -> list[float]:
    """Thresholds from 0 to 1, the first and last a little outside."""
    return [0.0 - _SMALL, *((i + 1) * 1.0 / (count - 1) for i in range(count - 2)), last]


def _one_kind(kind: str, labels: Any, predictions: Any, thresholds: Any, weights: Any, metrics_collections: Any,
              updates_collections: Any, name: str | None) -> tuple[Any, Any]:
    with tf.variable_scope(name, _KINDS[kind][0]):
        values, updates = counts_at_thresholds(labels, predictions, thresholds, weights, (kind,))
        value = read(lambda: tf.identity(values[kind].value()), metrics_collections)
        return value, collected(updates[kind], updates_collections)


@metric("metrics.true_positives_at_thresholds")
def true_positives_at_thresholds(labels: Any, predictions: Any, thresholds: Any, weights: Any = None,
                                 metrics_collections: Any = None, updates_collections: Any = None,
                                 name: str | None = None) -> tuple[Any, Any]:
    """How many true labels have predictions above each threshold: [thresholds]. Predictions lie in [0, 1].

    weights: a scalar, or of the rank of labels. Returns a tensor that reads the numbers and one that takes a batch in.
    """
    return _one_kind("tp", labels, predictions, thresholds, weights, metrics_collections, updates_collections, name)


@metric("metrics.true_negatives_at_thresholds")
def true_negatives_at_thresholds(labels: Any, predictions: Any, thresholds: Any, weights: Any = None,
                                 metrics_collections: Any = None, updates_collections: Any = None,
                                 name: str | None = None) -> tuple[Any, Any]:
    """How many false labels have predictions not above each threshold. See `true_positives_at_thresholds`."""
    return _one_kind("tn", labels, predictions, thresholds, weights, metrics_collections, updates_collections, name)


@metric("metrics.false_positives_at_thresholds")
def false_positives_at_thresholds(labels: Any, predictions: Any, thresholds: Any, weights: Any = None,
                                  metrics_collections: Any = None, updates_collections: Any = None,
                                  name: str | None = None) -> tuple[Any, Any]:
    """How many false labels have predictions above each threshold. See `true_positives_at_thresholds`."""
    return _one_kind("fp", labels, predictions, thresholds, weights, metrics_collections, updates_collections, name)


@metric("metrics.false_negatives_at_thresholds")
def false_negatives_at_thresholds(labels: Any, predictions: Any, thresholds: Any, weights: Any = None,
                                  metrics_collections: Any = None, updates_collections: Any = None,
                                  name: str | None = None) -> tuple[Any, Any]:
    """How many true labels have predictions not above each threshold. See `true_positives_at_thresholds`."""
    return _one_kind("fn", labels, predictions, thresholds, weights, metrics_collections, updates_collections, name)


def _both(compute: Callable[..., Any], kinds: Sequence[str], values: Any, updates: Any, metrics_collections: Any,
          updates_collections: Any) -> tuple[Any, Any]:
    """The pair of a metric that `compute` makes of counts and a name."""
    value = read(lambda: compute(*(values[k].value() for k in kinds), "value"), metrics_collections)
    return value, collected(compute(*(updates[k] for k in kinds), "update_op"), updates_collections)


def _share_at_thresholds(what: str, kinds: Sequence[str], labels: Any, predictions: Any, thresholds: Any, weights: Any,
                         metrics_collections: Any, updates_collections: Any, name: str | None) -> tuple[Any, Any]:
    with tf.variable_scope(name, f"{what}_at_thresholds"):
        values, updates = counts_at_thresholds(labels, predictions, thresholds, weights, kinds)
        return _both(lambda right, wrong, last: tf.div(right, _SMALL + right + wrong, name=f"{what}_{last}"), kinds,
                     values, updates, metrics_collections, updates_collections)


@metric("metrics.precision_at_thresholds")
def precision_at_thresholds(labels: Any, predictions: Any, thresholds: Any, weights: Any = None,
                            metrics_collections: Any = None, updates_collections: Any = None,
                            name: str | None = None) -> tuple[Any, Any]:
    """The share of predictions above each threshold whose labels are true. See `true_positives_at_thresholds`."""
    return _share_at_thresholds("precision", ("tp", "fp"), labels, predictions, thresholds, weights,
                                metrics_collections, updates_collections, name)


@metric("metrics.recall_at_thresholds")
def recall_at_thresholds(labels: Any, predictions: Any, thresholds: Any, weights: Any = None,
                         metrics_collections: Any = None, updates_collections: Any = None,
                         name: str | None = None) -> tuple[Any, Any]:
    """The share of true labels with predictions above each threshold. See `true_positives_at_thresholds`."""
    return _share_at_thresholds("recall", ("tp", "fn"), labels, predictions, thresholds, weights, metrics_collections,
                                updates_collections, name)


# Curves -----------------------------------------------------------------------------------------------


@metric("metrics.auc")
def auc(labels: Any, predictions: Any, weights: Any = None, num_thresholds: int = 200, metrics_collections: Any = None,
        updates_collections: Any = None, curve: str = "ROC", name: str | None = None,
        summation_method: str = "trapezoidal", thresholds: Any = None) -> tuple[Any, Any]:
    """The area under the curve of true against false positives ('ROC') or of precision against recall ('PR').

    labels: cast to booleans. predictions: of [0, 1]. num_thresholds: how many points the curve has; thresholds: which
    (besides both ends). summation_method: 'trapezoidal', 'minoring', 'majoring' or, of PR, 'careful_interpolation'.
    Raises ValueError for other curves and methods.
    """
    with tf.variable_scope(name, "auc"):
        if curve not in ("ROC", "PR"):
            raise ValueError(f"Curve must be either ROC or PR. Curve {curve} is unknown.")
        if summation_method not in _HEIGHTS:
            raise ValueError(f"Invalid summation_method: {summation_method} summation_method should be 'trapezoidal', "
                             "'careful_interpolation', 'minoring', or 'majoring'.")
        points = ([0.0 - _SMALL, *sorted(thresholds), 1.0 + _SMALL] if thresholds is not None
                  else _even(num_thresholds, 1.0 + _SMALL))
        values, updates = counts_at_thresholds(labels, predictions, points, weights)
        if curve == "PR" and summation_method == "careful_interpolation":
            def compute(tp: Any, fn: Any, tn: Any, fp: Any, last: str) -> Any:
                return _interpolated(tp, fp, fn)
        else:
            def compute(tp: Any, fn: Any, tn: Any, fp: Any, last: str) -> Any:
                return _area(curve, _HEIGHTS[summation_method], tp, fn, tn, fp, last)
        return _both(compute, ("tp", "fn", "tn", "fp"), values, updates, metrics_collections, updates_collections)


_HEIGHTS: dict[str, Callable[[Any, Any], Any]] = {
    "trapezoidal": lambda a, b: (a + b) / 2.0, "careful_interpolation": lambda a, b: (a + b) / 2.0,
    "minoring": lambda a, b: tf.minimum(a, b), "majoring": lambda a, b: tf.maximum(a, b)}


def _area(curve: str, height: Callable[[Any, Any], Any], tp: Any, fn: Any, tn: Any, fp: Any, name: str) -> Any:
    small = 1e-6
    recall = tf.div(tp + small, tp + fn + small)
    if curve == "ROC":
        x, y = tf.div(fp, fp + tn + small), recall
    else:
        x, y = recall, tf.div(tp + small, tp + fp + small)
    return tf.reduce_sum(tf.multiply(x[:-1] - x[1:], height(y[:-1], y[1:])), name=name)


def _interpolated(tp: Any, fp: Any, fn: Any) -> Any:
    """The area under precision against recall, positives interpolated linearly (Davis, Goadrich 2006)."""
    gained, positive = tp[:-1] - tp[1:], tp + fp
    slope = tf.div_no_nan(gained, tf.maximum(positive[:-1] - positive[1:], 0), name="prec_slope")
    start = tp[1:] - tf.multiply(slope, positive[1:])
    growth = tf.where(tf.logical_and(positive[:-1] > 0, positive[1:] > 0),
                      tf.div_no_nan(positive[:-1], tf.maximum(positive[1:], 0), name="recall_relative_ratio"),
                      tf.ones_like(positive[1:]))
    parts = tf.div_no_nan(slope * (gained + start * tf.log(growth)), tf.maximum(tp[1:] + fn[1:], 0),
                          name="pr_auc_increment")
    return tf.reduce_sum(parts, name="interpolate_pr_auc")


@metric("metrics.sensitivity_at_specificity")
def sensitivity_at_specificity(labels: Any, predictions: Any, specificity: float, weights: Any = None,
                               num_thresholds: int = 200, metrics_collections: Any = None,
                               updates_collections: Any = None, name: str | None = None) -> tuple[Any, Any]:
    """The share of true labels above the threshold at which `specificity` of the false ones are not above it."""
    if specificity < 0 or specificity > 1:
        raise ValueError(f"`specificity` must be in the range [0, 1]. Currently, `specificity` got {specificity}.")

    def compute(tp: Any, tn: Any, fp: Any, fn: Any, last: str) -> Any:
        found = tf.div(tn, tn + fp + _SMALL)
        at = tf.cast(tf.argmin(tf.abs(found - specificity), 0), tf.int32)
        return tf.div(tp[at], tp[at] + fn[at] + _SMALL, last)

    with tf.variable_scope(name, "sensitivity_at_specificity"):
        values, updates = counts_at_thresholds(labels, predictions, _even(num_thresholds, 1.0 + _SMALL), weights)
        return _both(compute, ("tp", "tn", "fp", "fn"), values, updates, metrics_collections, updates_collections)


@metric("metrics.specificity_at_sensitivity")
def specificity_at_sensitivity(labels: Any, predictions: Any, sensitivity: float, weights: Any = None,
                               num_thresholds: int = 200, metrics_collections: Any = None,
                               updates_collections: Any = None, name: str | None = None) -> tuple[Any, Any]:
    """The share of false labels not above the last threshold at which nearest to `sensitivity` of the true ones are."""
    if sensitivity < 0 or sensitivity > 1:
        raise ValueError(f"`sensitivity` must be in the range [0, 1]. Currently, `sensitivity` is {sensitivity}.")

    def compute(tp: Any, tn: Any, fp: Any, fn: Any, last: str) -> Any:
        far = tf.abs(tf.div(tp, tp + fn + _SMALL) - sensitivity)
        nearest = tf.cast(tf.equal(far, tf.reduce_min(far)), tf.int64)
        at = tf.cast(tf.argmax(tf.cumsum(nearest), 0), tf.int32)
        return tf.div(tn[at], tn[at] + fp[at] + _SMALL, last)

    with tf.variable_scope(name, "specificity_at_sensitivity"):
        values, updates = counts_at_thresholds(labels, predictions, _even(num_thresholds, 1.0 - _SMALL), weights)
        return _both(compute, ("tp", "tn", "fp", "fn"), values, updates, metrics_collections, updates_collections)
