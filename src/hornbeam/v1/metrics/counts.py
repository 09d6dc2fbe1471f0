"""How often predictions that are true or false are right: counts, precision and recall."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hornbeam.v1.api import tf
from hornbeam.v1.metrics.results import collected, metric, metric_variable, read, squeezed


def _booleans(labels: Any, predictions: Any, weights: Any) -> tuple[Any, Any, Any]:
    return squeezed(tf.cast(predictions, tf.bool), tf.cast(labels, tf.bool), weights)


def _counted(name: str | None, default: str, label: bool, prediction: bool, labels: Any, predictions: Any,
             weights: Any, metrics_collections: Any, updates_collections: Any) -> tuple[Any, Any]:
    """How often a label was `label` and its prediction `prediction`."""
    with tf.variable_scope(name, default):
        predictions, labels, weights = _booleans(labels, predictions, weights)
        found = tf.logical_and(tf.equal(labels, label), tf.equal(predictions, prediction))
        return count_condition(found, weights, metrics_collections, updates_collections)


def count_condition(values: Any, weights: Any = None, metrics_collections: Any = None,
                    updates_collections: Any = None) -> tuple[Any, Any]:
    """How often a boolean was true, each counting its weight."""
    count = metric_variable([], tf.float32, name="count")
    values = tf.cast(values, tf.float32)
    if weights is not None:
        with tf.control_dependencies([tf.assert_rank_in(weights, (0, tf.rank(values)))]):
            weights = tf.cast(weights, tf.float32)
            values = tf.multiply(values, weights)
    value = read(lambda: tf.identity(count.value()), metrics_collections)
    return value, collected(tf.assign_add(count, tf.reduce_sum(values)), updates_collections)


@metric("metrics.true_positives")
def true_positives(labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
                   updates_collections: Any = None, name: str | None = None) -> tuple[Any, Any]:
    """How many labels and predictions were both true, each counting its weight.

    labels, predictions: cast to booleans, of one shape. weights: a scalar, or of their rank. Returns a tensor that
    reads the number and one that takes a batch in, both put into the collections that are given.
    """
    return _counted(name, "true_positives", True, True, labels, predictions, weights, metrics_collections,
                    updates_collections)


@metric("metrics.true_negatives")
def true_negatives(labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
                   updates_collections: Any = None, name: str | None = None) -> tuple[Any, Any]:
    """How many labels and predictions were both false. Arguments as for `true_positives`."""
    return _counted(name, "true_negatives", False, False, labels, predictions, weights, metrics_collections,
                    updates_collections)


@metric("metrics.false_positives")
def false_positives(labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
                    updates_collections: Any = None, name: str | None = None) -> tuple[Any, Any]:
    """How many predictions were true where labels were false. Arguments as for `true_positives`."""
    return _counted(name, "false_positives", False, True, labels, predictions, weights, metrics_collections,
                    updates_collections)


@metric("metrics.false_negatives")
def false_negatives(labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
                    updates_collections: Any = None, name: str | None = None) -> tuple[Any, Any]:
    """How many predictions were false where labels were true. Arguments as for `true_positives`."""
    return _counted(name, "false_negatives", True, False, labels, predictions, weights, metrics_collections,
                    updates_collections)


def _share(part: Any, other: Any, name: str) -> Any:
    """part / (part + other), 0 where there are none."""
    return tf.where(tf.greater(part + other, 0), tf.div(part, part + other), tf.zeros_like(part), name)


def _of_positives(default: str, counter: Callable[..., Any], labels: Any, predictions: Any, weights: Any,
                  metrics_collections: Any, updates_collections: Any, name: str | None) -> tuple[Any, Any]:
    """The share of true positives among those and what `counter` counts."""
    with tf.variable_scope(name, default):
        predictions, labels, weights = _booleans(labels, predictions, weights)
        right, right_update = true_positives(labels, predictions, weights)
        wrong, wrong_update = counter(labels, predictions, weights)
        value = read(lambda: _share(right, wrong, "value"), metrics_collections)
        return value, collected(_share(right_update, wrong_update, "update_op"), updates_collections)


@metric("metrics.precision")
def precision(labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
              updates_collections: Any = None, name: str | None = None) -> tuple[Any, Any]:
    """The share of true predictions whose labels are true. Arguments as for `true_positives`."""
    return _of_positives("precision", false_positives, labels, predictions, weights, metrics_collections,
                         updates_collections, name)


@metric("metrics.recall")
def recall(labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
           updates_collections: Any = None, name: str | None = None) -> tuple[Any, Any]:
    """The share of true labels that are predicted. Arguments as for `true_positives`."""
    return _of_positives("recall", false_negatives, labels, predictions, weights, metrics_collections,
                         updates_collections, name)
