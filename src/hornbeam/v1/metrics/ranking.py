"""Metrics of the k best classes: precision, recall and average precision of sets of labels.

Labels are [..., n], dense or sparse; sparse ones become dense, filled up with a number that is no class. Labels and
predictions count as sets: a number that stands twice counts once.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.v1.api import tf
from hornbeam.v1.losses.weighting import broadcast_weights, checked
from hornbeam.v1.metrics.results import collected, metric, metric_variable, read

_NO_LABEL = np.int64(np.iinfo(np.int64).min)


def _at_k(name: str, k: int | None, class_id: int | None = None) -> str:
    name = f"{name}_at_k" if k is None else f"{name}_at_{k}"
    return name if class_id is None else f"{name}_class{class_id}"


def _dense(labels: Any) -> Any:
    """Labels as int64, sparse ones filled up."""
    labels = tf.convert_to_tensor_or_sparse_tensor(labels)
    if isinstance(labels, tf.SparseTensor):
        labels = tf.sparse_to_dense(labels.indices, labels.dense_shape, tf.cast(labels.values, tf.int64), _NO_LABEL)
    return tf.cast(labels, tf.int64)


def _beside(labels: Any, predictions: Any) -> Any:
    """Labels with a last dimension, where predictions have one more than they."""
    few, many = labels.dims, predictions.dims
    if few is None or many is None:
        return tf.cond(tf.equal(tf.rank(predictions), tf.rank(labels) + 1), lambda: tf.expand_dims(labels, -1),
                       lambda: labels)
    if len(few) not in (len(many), len(many) - 1):
        raise ValueError(f"Unexpected labels shape {labels.get_shape()} for predictions shape "
                         f"{predictions.get_shape()}. Predictions rank should be the same rank as labels rank or "
                         "labels rank plus one .")
    return labels if len(few) == len(many) else tf.expand_dims(labels, -1)


def _first(numbers: Any) -> Any:
    """Where a number stands for the first time in its row."""
    same = tf.equal(numbers[..., :, None], numbers[..., None, :])
    before = tf.cast(tf.matrix_band_part(tf.cast(same, tf.int32), -1, 0), tf.int32)
    return tf.equal(tf.reduce_sum(before, -1), 1)


def _found(numbers: Any, others: Any) -> Any:
    """Which numbers stand in the same row of the others."""
    return tf.reduce_any(tf.equal(numbers[..., :, None], others[..., None, :]), -1)


def _in_set(numbers: Any, class_id: int | None) -> Any:
    """The places that stand for an element of the set: without what fills up, and of one class where that is asked."""
    chosen = tf.logical_and(_first(numbers), tf.not_equal(numbers, _NO_LABEL))
    return chosen if class_id is None else tf.logical_and(chosen, tf.equal(numbers, class_id))


def _streamed(kind: str, labels: Any, predictions: Any, k: int | None, class_id: int | None,
              weights: Any) -> tuple[Any, Any]:
    """The variable of one count and its update. kind: true_positive, false_positive or false_negative."""
    with tf.name_scope(_at_k(kind, k, class_id)) as scope:
        with tf.name_scope(f"{kind}s"):
            numbers, others = (labels, predictions) if kind == "false_negative" else (predictions, labels)
            hit = _found(numbers, others)
            wanted = tf.logical_and(_in_set(numbers, class_id), hit if kind == "true_positive"
                                    else tf.logical_not(hit))
            count = tf.reduce_sum(tf.cast(wanted, tf.float64), -1)
            if weights is not None:
                weights = tf.convert_to_tensor(weights)
                with checked(weights, count):
                    count = tf.multiply(count, tf.cast(weights, tf.float64))
        held = metric_variable([], tf.float64, name=scope)
        return held, tf.assign_add(held, tf.reduce_sum(count), name="update")


def _share(what: str, wrong_kind: str, labels: Any, predictions_idx: Any, k: int | None, class_id: int | None,
           weights: Any, metrics_collections: Any, updates_collections: Any, name: str | None) -> tuple[Any, Any]:
    with tf.name_scope(name, _at_k(what, k, class_id)) as scope:
        predictions = tf.cast(tf.convert_to_tensor(predictions_idx), tf.int64)
        labels = _beside(_dense(labels), predictions)
        right, right_update = _streamed("true_positive", labels, predictions, k, class_id, weights)
        wrong, wrong_update = _streamed(wrong_kind, labels, predictions, k, class_id, weights)
        value = read(lambda: tf.div(right, tf.add(right, wrong), name=scope), metrics_collections)
        update = tf.div(right_update, tf.add(right_update, wrong_update), name="update")
        return value, collected(update, updates_collections)


@metric("metrics.precision_at_top_k")
def precision_at_top_k(labels: Any, predictions_idx: Any, k: int | None = None, class_id: int | None = None,
                       weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None,
                       name: str | None = None) -> tuple[Any, Any]:
    """The share of predicted classes that are labels.

    labels: integers, [..., n] or [...], dense or sparse. predictions_idx: class numbers, [..., k]. k: for the name.
    class_id: only this class counts. weights: a scalar or of the rank of the rows. NaN where nothing was predicted.
    """
    return _share("precision", "false_positive", labels, predictions_idx, k, class_id, weights, metrics_collections,
                  updates_collections, name)


@metric("metrics.precision_at_k")
def precision_at_k(labels: Any, predictions: Any, k: int, class_id: int | None = None, weights: Any = None,
                   metrics_collections: Any = None, updates_collections: Any = None,
                   name: str | None = None) -> tuple[Any, Any]:
    """The share of the k classes with the largest of `predictions`, [..., classes], that are labels.

    Further arguments as for `precision_at_top_k`.
    """
    with tf.name_scope(name, _at_k("precision", k, class_id)) as scope:
        return precision_at_top_k(labels, tf.nn.top_k(predictions, k)[1], k, class_id, weights, metrics_collections,
                                  updates_collections, scope)


@metric("metrics.sparse_precision_at_k")
def sparse_precision_at_k(labels: Any, predictions: Any, k: int, class_id: int | None = None, weights: Any = None,
                          metrics_collections: Any = None, updates_collections: Any = None,
                          name: str | None = None) -> tuple[Any, Any]:
    """The older name of `precision_at_k`."""
    return precision_at_k(labels, predictions, k, class_id, weights, metrics_collections, updates_collections, name)


@metric("metrics.recall_at_top_k")
def recall_at_top_k(labels: Any, predictions_idx: Any, k: int | None = None, class_id: int | None = None,
                    weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None,
                    name: str | None = None) -> tuple[Any, Any]:
    """The share of labels that are among predicted classes. Arguments as for `precision_at_top_k`."""
    return _share("recall", "false_negative", labels, predictions_idx, k, class_id, weights, metrics_collections,
                  updates_collections, name)


@metric("metrics.recall_at_k")
def recall_at_k(labels: Any, predictions: Any, k: int, class_id: int | None = None, weights: Any = None,
                metrics_collections: Any = None, updates_collections: Any = None,
                name: str | None = None) -> tuple[Any, Any]:
    """The share of labels that are among the k classes with the largest of `predictions`, [..., classes].

    Further arguments as for `precision_at_top_k`.
    """
    with tf.name_scope(name, _at_k("recall", k, class_id)) as scope:
        return recall_at_top_k(labels, tf.nn.top_k(predictions, k)[1], k, class_id, weights, metrics_collections,
                               updates_collections, scope)


# Average precision ------------------------------------------------------------------------------------


@metric("metrics.average_precision_at_k")
def average_precision_at_k(labels: Any, predictions: Any, k: int, weights: Any = None, metrics_collections: Any = None,
                           updates_collections: Any = None, name: str | None = None) -> tuple[Any, Any]:
    """The mean over rows of the precision at each hit among the k best classes, over as many as could be hit.

    labels: int64, [..., n] or [...], dense or sparse. predictions: [..., classes]. weights: a scalar or [...].
    Raises ValueError for k below 1.
    """
    if k < 1:
        raise ValueError(f"Invalid k={k}. `k` should be >= 1.")
    with tf.name_scope(name, _at_k("average_precision", k)) as scope:
        predictions = tf.convert_to_tensor(predictions)
        best = tf.cast(tf.nn.top_k(predictions, k)[1], tf.int64)
        given = tf.convert_to_tensor_or_sparse_tensor(labels)
        dense = _dense(given)
        outside = tf.greater_equal(dense, tf.cast(tf.shape(predictions)[-1], tf.int64))
        dense = _beside(tf.where(outside, -tf.ones_like(dense), dense), best)
        average = _average(dense, best, k, isinstance(given, tf.SparseTensor))
        return _mean_average(average, weights, metrics_collections, updates_collections, scope)


def _average(labels: Any, best: Any, k: int, as_sets: bool) -> Any:
    """The average precision of each row."""
    hits = tf.cast(_found(best, labels), tf.float64)
    precision = tf.cumsum(hits, axis=-1) / tf.cast(tf.range(1, k + 1), tf.float64)
    possible = _in_set(labels, None) if as_sets else tf.greater_equal(labels, 0)
    count = tf.minimum(tf.reduce_sum(tf.cast(possible, tf.float64), -1), tf.cast(k, tf.float64))
    return tf.reduce_sum(precision * hits, -1) / count


def _mean_average(average: Any, weights: Any, metrics_collections: Any, updates_collections: Any,
                  name: str) -> tuple[Any, Any]:
    with tf.name_scope(name) as scope:
        if weights is not None:
            weights = broadcast_weights(tf.cast(weights, tf.float64), average)
            average = tf.multiply(average, weights)
        with tf.name_scope("max") as inner:
            most = metric_variable([], tf.float64, name=inner)
            batch = (tf.cast(tf.size(average, name="batch_max"), tf.float64) if weights is None
                     else tf.reduce_sum(weights, name="batch_max"))
            most_update = tf.assign_add(most, batch, name="update")
        with tf.name_scope("total") as inner:
            total = metric_variable([], tf.float64, name=inner)
            total_update = tf.assign_add(total, tf.reduce_sum(average, name="batch_total"), name="update")
        value = read(lambda: tf.div_no_nan(total, most, name="mean"), metrics_collections)
        return value, collected(tf.div_no_nan(total_update, most_update, name=scope), updates_collections)


@metric("metrics.sparse_average_precision_at_k")
def sparse_average_precision_at_k(labels: Any, predictions: Any, k: int, weights: Any = None,
                                  metrics_collections: Any = None, updates_collections: Any = None,
                                  name: str | None = None) -> tuple[Any, Any]:
    """The older name of `average_precision_at_k`."""
    return average_precision_at_k(labels, predictions, k, weights, metrics_collections, updates_collections, name)
