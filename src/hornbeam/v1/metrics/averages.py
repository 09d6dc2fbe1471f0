"""Means over many batches: of values, errors and right answers, by class and by confusion matrix."""

from __future__ import annotations

from typing import Any

from hornbeam.v1.api import tf
from hornbeam.v1.losses.weighting import broadcast_weights, remove_squeezable_dimensions
from hornbeam.v1.metrics.results import collected, flat, metric, metric_variable, ratio, read, squeezed


@metric("metrics.mean")
def mean(values: Any, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None,
         name: str | None = None) -> tuple[Any, Any]:
    """The weighted mean of all values so far.

    values: numbers of any shape. weights: of a rank that is 0 or theirs; each dimension is 1 or theirs.
    metrics_collections, updates_collections: where the two tensors are put. Returns a tensor that reads the mean, and
    one that takes in the values and gives the mean with them. The two numbers are local variables.
    """
    with tf.variable_scope(name, "mean"):
        values = tf.cast(values, tf.float32)
        total, count = (metric_variable([], tf.float32, name=n) for n in ("total", "count"))
        if weights is None:
            number = tf.cast(tf.size(values), tf.float32)
        else:
            values, _, weights = squeezed(values, None, weights)
            weights = broadcast_weights(tf.cast(weights, tf.float32), values)
            values = tf.multiply(values, weights)
            number = tf.reduce_sum(weights)
        added = tf.assign_add(total, tf.reduce_sum(values))
        with tf.control_dependencies([values]):
            counted = tf.assign_add(count, number)
        value = read(lambda: ratio(total, count, "value"), metrics_collections)
        return value, collected(ratio(added, counted, "update_op"), updates_collections)


@metric("metrics.mean_tensor")
def mean_tensor(values: Any, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None,
                name: str | None = None) -> tuple[Any, Any]:
    """As `mean`, of each element: the mean has the shape of `values`, which is known."""
    with tf.variable_scope(name, "mean"):
        values = tf.cast(values, tf.float32)
        total, count = (metric_variable(values.get_shape(), tf.float32, name=n)
                        for n in ("total_tensor", "count_tensor"))
        number = tf.ones_like(values)
        if weights is not None:
            values, _, weights = squeezed(values, None, weights)
            weights = broadcast_weights(tf.cast(weights, tf.float32), values)
            values, number = tf.multiply(values, weights), tf.multiply(number, weights)
        added = tf.assign_add(total, values)
        with tf.control_dependencies([values]):
            counted = tf.assign_add(count, number)
        value = read(lambda: ratio(total, count, "value"), metrics_collections)
        return value, collected(ratio(added, counted, "update_op"), updates_collections)


@metric("metrics.accuracy")
def accuracy(labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
             updates_collections: Any = None, name: str | None = None) -> tuple[Any, Any]:
    """How often predictions are the labels. Shapes are equal but for a last dimension of 1. Arguments as for `mean`."""
    predictions, labels, weights = squeezed(predictions, labels, weights)
    if labels.dtype != predictions.dtype:
        predictions = tf.cast(predictions, labels.dtype)
    right = tf.cast(tf.equal(predictions, labels), tf.float32)
    return mean(right, weights, metrics_collections, updates_collections, name or "accuracy")


@metric("metrics.mean_absolute_error")
def mean_absolute_error(labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
                        updates_collections: Any = None, name: str | None = None) -> tuple[Any, Any]:
    """The mean of |predictions - labels|. Arguments as for `mean`."""
    predictions, labels, weights = squeezed(predictions, labels, weights)
    return mean(tf.abs(predictions - labels), weights, metrics_collections, updates_collections,
                name or "mean_absolute_error")


@metric("metrics.mean_squared_error")
def mean_squared_error(labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
                       updates_collections: Any = None, name: str | None = None) -> tuple[Any, Any]:
    """The mean of (predictions - labels)². Arguments as for `mean`."""
    predictions, labels, weights = squeezed(predictions, labels, weights)
    return mean(tf.squared_difference(labels, predictions), weights, metrics_collections, updates_collections,
                name or "mean_squared_error")


@metric("metrics.root_mean_squared_error")
def root_mean_squared_error(labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
                            updates_collections: Any = None, name: str | None = None) -> tuple[Any, Any]:
    """The root of the mean of (predictions - labels)². Arguments as for `mean`."""
    predictions, labels, weights = squeezed(predictions, labels, weights)
    value, update = mean_squared_error(labels, predictions, weights, None, None, name or "root_mean_squared_error")
    return read(lambda: tf.sqrt(value), metrics_collections), collected(tf.sqrt(update), updates_collections)


@metric("metrics.mean_cosine_distance")
def mean_cosine_distance(labels: Any, predictions: Any, dim: int, weights: Any = None, metrics_collections: Any = None,
                         updates_collections: Any = None, name: str | None = None) -> tuple[Any, Any]:
    """The mean of 1 - Σ predictions · labels along `dim`, both of unit length there. Arguments as for `mean`."""
    predictions, labels, weights = squeezed(predictions, labels, weights)
    near = tf.reduce_sum(tf.multiply(predictions, labels), axis=[dim], keepdims=True)
    value, update = mean(near, weights, None, None, name or "mean_cosine_distance")
    return (collected(tf.subtract(1.0, value), metrics_collections),
            collected(tf.subtract(1.0, update), updates_collections))


@metric("metrics.mean_relative_error")
def mean_relative_error(labels: Any, predictions: Any, normalizer: Any, weights: Any = None,
                        metrics_collections: Any = None, updates_collections: Any = None,
                        name: str | None = None) -> tuple[Any, Any]:
    """The mean of |predictions - labels| / normalizer, 0 where that is 0. Arguments as for `mean`."""
    predictions, labels, weights = squeezed(predictions, labels, weights)
    predictions, normalizer = remove_squeezable_dimensions(predictions, normalizer)
    predictions.get_shape().assert_is_compatible_with(normalizer.get_shape())
    errors = tf.where(tf.equal(normalizer, 0.0), tf.zeros_like(labels),
                      tf.divide(tf.abs(labels - predictions), normalizer))
    return mean(errors, weights, metrics_collections, updates_collections, name or "mean_relative_error")


@metric("metrics.percentage_below")
def percentage_below(values: Any, threshold: Any, weights: Any = None, metrics_collections: Any = None,
                     updates_collections: Any = None, name: str | None = None) -> tuple[Any, Any]:
    """The share of values below a threshold. Arguments as for `mean`."""
    below = tf.cast(tf.less(values, threshold), tf.float32)
    return mean(below, weights, metrics_collections, updates_collections, name or "percentage_below_threshold")


@metric("metrics.mean_per_class_accuracy")
def mean_per_class_accuracy(labels: Any, predictions: Any, num_classes: int, weights: Any = None,
                            metrics_collections: Any = None, updates_collections: Any = None,
                            name: str | None = None) -> tuple[Any, Any]:
    """The mean over classes of how often the labels of a class are predicted; the update gives one share a class."""
    with tf.variable_scope(name, "mean_accuracy"):
        labels, predictions = flat(tf.cast(labels, tf.int64)), flat(tf.convert_to_tensor(predictions))
        predictions.get_shape().assert_is_compatible_with(labels.get_shape())
        total, count = (metric_variable([num_classes], tf.float32, name=n) for n in ("total", "count"))
        ones = tf.ones([tf.size(labels)], tf.float32)
        if labels.dtype != predictions.dtype:
            predictions = tf.cast(predictions, labels.dtype)
        right = tf.cast(tf.equal(predictions, labels), tf.float32)
        if weights is not None:
            weights = tf.cast(flat(tf.convert_to_tensor(weights)), tf.float32)
            right, ones = right * weights, ones * weights
        added, counted = tf.scatter_add(total, labels, ones), tf.scatter_add(count, labels, right)
        value = read(lambda: tf.reduce_mean(ratio(count, total, None), name="mean_accuracy"), metrics_collections)
        return value, collected(ratio(counted, added, "update_op"), updates_collections)


@metric("metrics.mean_iou")
def mean_iou(labels: Any, predictions: Any, num_classes: int, weights: Any = None, metrics_collections: Any = None,
             updates_collections: Any = None, name: str | None = None) -> tuple[Any, Any]:
    """The mean over classes that occur of intersection / union of labels and predictions; updates give the matrix."""
    with tf.variable_scope(name, "mean_iou"):
        labels, predictions = tf.convert_to_tensor(labels), tf.convert_to_tensor(predictions)
        predictions.get_shape().assert_is_compatible_with(labels.get_shape())
        total, update = streaming_confusion_matrix(labels, predictions, num_classes, weights)
        return read(lambda: _mean_iou(total), metrics_collections), collected(update, updates_collections)


def _mean_iou(total: Any) -> Any:
    rows, columns = (tf.cast(tf.reduce_sum(total, axis), tf.float32) for axis in (0, 1))
    both = tf.cast(tf.diag_part(total), tf.float32)
    either = rows + columns - both
    valid = tf.reduce_sum(tf.cast(tf.not_equal(either, 0), tf.float32))
    shares = tf.div(both, tf.where(tf.greater(either, 0), either, tf.ones_like(either)))
    found = tf.reduce_sum(shares, name="mean_iou") / valid
    return tf.where(tf.greater(valid, 0), found, tf.zeros_like(found))


def streaming_confusion_matrix(labels: Any, predictions: Any, num_classes: Any,
                               weights: Any = None) -> tuple[Any, Any]:
    """A variable that holds the confusion matrix of all batches so far, and the operation that adds one."""
    total = metric_variable([num_classes, num_classes], tf.float64, name="total_confusion_matrix")
    predictions, labels = (flat(tf.cast(x, tf.int64)) for x in (predictions, labels))
    weights = None if weights is None else flat(tf.convert_to_tensor(weights))
    matrix = tf.confusion_matrix(labels, predictions, tf.cast(num_classes, tf.int64), weights=weights,
                                 dtype=tf.float64)
    return total, tf.assign_add(total, matrix)
