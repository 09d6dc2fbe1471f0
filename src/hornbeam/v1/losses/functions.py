"""The losses themselves: labels and predictions in, one weighted number out."""

from __future__ import annotations

from typing import Any

from hornbeam.graph.names import public
from hornbeam.runtime.collections import GraphKeys
from hornbeam.v1.api import tf
from hornbeam.v1.losses.reduction import Reduction, add_loss, compute_weighted_loss, num_present
from hornbeam.v1.losses.weighting import checked, remove_squeezable_dimensions, squeeze_weights

_LOSSES = GraphKeys.LOSSES
_BY_WEIGHTS = Reduction.SUM_BY_NONZERO_WEIGHTS


def _given(**arguments: Any) -> None:
    for name, value in arguments.items():
        if value is None:
            raise ValueError(f"Argument `{name}` must not be None.")


def _floats(first: Any, labels: Any) -> tuple[Any, Any]:
    """Both as float32 of one shape. Raises ValueError where the shapes differ."""
    first, labels = tf.cast(first, tf.float32), tf.cast(labels, tf.float32)
    first.get_shape().assert_is_compatible_with(labels.get_shape())
    return first, labels


@public(v1=("losses.absolute_difference",))
def absolute_difference(labels: Any, predictions: Any, weights: Any = 1.0, scope: Any = None,
                        loss_collection: Any = _LOSSES, reduction: str = _BY_WEIGHTS) -> Any:
    """|predictions - labels|, weighted as by `compute_weighted_loss`. Shapes are equal (else ValueError)."""
    _given(labels=labels, predictions=predictions)
    with tf.name_scope(scope, "absolute_difference") as scope:
        predictions, labels = _floats(predictions, labels)
        losses = tf.abs(tf.subtract(predictions, labels))
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


@public(v1=("losses.cosine_distance",))
def cosine_distance(labels: Any, predictions: Any, axis: Any = None, weights: Any = 1.0, scope: Any = None,
                    loss_collection: Any = _LOSSES, reduction: str = _BY_WEIGHTS, dim: Any = None) -> Any:
    """1 - Σ predictions · labels along `axis` (in older programs `dim`); both are of unit length there."""
    if dim is not None:
        if axis is not None:
            raise ValueError("Cannot specify both 'axis' and 'dim'.")
        axis = dim
    if axis is None:
        raise ValueError("You must specify argument `axis`.")
    _given(labels=labels, predictions=predictions)
    with tf.name_scope(scope, "cosine_distance_loss") as scope:
        predictions, labels = _floats(predictions, labels)
        losses = 1 - tf.reduce_sum(tf.multiply(predictions, labels), axis=(axis,), keepdims=True)
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


@public(v1=("losses.hinge_loss",))
def hinge_loss(labels: Any, logits: Any, weights: Any = 1.0, scope: Any = None, loss_collection: Any = _LOSSES,
               reduction: str = _BY_WEIGHTS) -> Any:
    """max(0, 1 - s · logits), where s is -1 for labels of 0 and 1 for labels of 1."""
    _given(labels=labels, logits=logits)
    with tf.name_scope(scope, "hinge_loss") as scope:
        logits, labels = _floats(logits, labels)
        ones = tf.ones_like(labels)
        losses = tf.nn.relu(tf.subtract(ones, tf.multiply(tf.subtract(2 * labels, ones), logits)))
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


@public(v1=("losses.huber_loss",))
def huber_loss(labels: Any, predictions: Any, weights: Any = 1.0, delta: Any = 1.0, scope: Any = None,
               loss_collection: Any = _LOSSES, reduction: str = _BY_WEIGHTS) -> Any:
    """e²/2 where the error |e| is at most `delta`, beyond it delta · (|e| - delta/2)."""
    _given(labels=labels, predictions=predictions)
    with tf.name_scope(scope, "huber_loss") as scope:
        predictions, labels = _floats(predictions, labels)
        error = tf.abs(tf.subtract(predictions, labels))
        near = tf.minimum(error, delta)
        losses = tf.add(tf.multiply(0.5, tf.multiply(near, near)), tf.multiply(delta, tf.subtract(error, near)))
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


@public(v1=("losses.log_loss",))
def log_loss(labels: Any, predictions: Any, weights: Any = 1.0, epsilon: float = 1e-7, scope: Any = None,
             loss_collection: Any = _LOSSES, reduction: str = _BY_WEIGHTS) -> Any:
    """-labels · log(predictions + ε) - (1 - labels) · log(1 - predictions + ε), of probabilities."""
    _given(labels=labels, predictions=predictions)
    with tf.name_scope(scope, "log_loss") as scope:
        predictions, labels = _floats(predictions, labels)
        losses = (-tf.multiply(labels, tf.log(predictions + epsilon))
                  - tf.multiply(1 - labels, tf.log(1 - predictions + epsilon)))
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


@public(v1=("losses.mean_pairwise_squared_error",))
def mean_pairwise_squared_error(labels: Any, predictions: Any, weights: Any = 1.0, scope: Any = None,
                                loss_collection: Any = _LOSSES) -> Any:
    """The mean over pairs of elements of each example of ((a - b) of predictions - (a - b) of labels)², summed.

    labels, predictions: [batch, …]. weights: a scalar, or [batch, 1, …].
    """
    _given(labels=labels, predictions=predictions)
    with tf.name_scope(scope, "mean_pairwise_squared_error"):
        weights, labels = tf.cast(weights, tf.float32), tf.cast(labels, tf.float32)
        with checked(weights, labels):
            predictions = tf.cast(predictions, tf.float32)
            predictions.get_shape().assert_is_compatible_with(labels.get_shape())
            errors = tf.subtract(predictions, labels)
            axis = tf.range(1, tf.rank(errors))
            count = num_present(errors, weights, per_batch=True)
            squares = tf.reduce_sum(tf.square(errors), axis=axis, keepdims=True)
            of_squares = 2.0 * tf.div_no_nan(squares, tf.maximum(count - 1, 0), name="value")
            total = tf.reduce_sum(errors, axis=axis, keepdims=True)
            of_total = 2.0 * tf.div_no_nan(tf.square(total), tf.maximum(tf.multiply(count, count - 1), 0),
                                           name="value")
            loss = tf.reduce_sum(tf.multiply(of_squares - of_total, weights))
            loss = tf.where(tf.reduce_sum(count) > 0, loss, tf.zeros_like(loss), name="value")
            add_loss(loss, loss_collection)
            return loss


@public(v1=("losses.mean_squared_error",))
def mean_squared_error(labels: Any, predictions: Any, weights: Any = 1.0, scope: Any = None,
                       loss_collection: Any = _LOSSES, reduction: str = _BY_WEIGHTS) -> Any:
    """(predictions - labels)², weighted as by `compute_weighted_loss`. Shapes are equal (else ValueError)."""
    _given(labels=labels, predictions=predictions)
    with tf.name_scope(scope, "mean_squared_error") as scope:
        predictions, labels = _floats(predictions, labels)
        losses = tf.squared_difference(predictions, labels)
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


@public(v1=("losses.sigmoid_cross_entropy",))
def sigmoid_cross_entropy(multi_class_labels: Any, logits: Any, weights: Any = 1.0, label_smoothing: float = 0,
                          scope: Any = None, loss_collection: Any = _LOSSES, reduction: str = _BY_WEIGHTS) -> Any:
    """The cross entropy of labels of 0 and 1, each for itself. label_smoothing: how far labels move towards 1/2."""
    _given(multi_class_labels=multi_class_labels, logits=logits)
    with tf.name_scope(scope, "sigmoid_cross_entropy_loss") as scope:
        logits = tf.convert_to_tensor(logits)
        labels = tf.cast(multi_class_labels, logits.dtype)
        logits.get_shape().assert_is_compatible_with(labels.get_shape())
        if label_smoothing > 0:
            labels = labels * (1 - label_smoothing) + 0.5 * label_smoothing
        losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits, name="xentropy")
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


@public(v1=("losses.softmax_cross_entropy",))
def softmax_cross_entropy(onehot_labels: Any, logits: Any, weights: Any = 1.0, label_smoothing: float = 0,
                          scope: Any = None, loss_collection: Any = _LOSSES, reduction: str = _BY_WEIGHTS) -> Any:
    """The cross entropy of distributions over classes, [batch, classes]; weights are [batch] or a scalar.

    label_smoothing: how far labels move towards 1/classes. Nothing flows back into the labels.
    """
    _given(onehot_labels=onehot_labels, logits=logits)
    with tf.name_scope(scope, "softmax_cross_entropy_loss") as scope:
        logits = tf.convert_to_tensor(logits)
        labels = tf.cast(onehot_labels, logits.dtype)
        logits.get_shape().assert_is_compatible_with(labels.get_shape())
        if label_smoothing > 0:
            classes = tf.cast(tf.shape(labels)[-1], logits.dtype)
            labels = labels * (1.0 - label_smoothing) + label_smoothing / classes
        labels = tf.stop_gradient(labels, name="labels_stop_gradient")
        losses = tf.nn.softmax_cross_entropy_with_logits_v2(labels=labels, logits=logits, name="xentropy")
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


@public(v1=("losses.sparse_softmax_cross_entropy",))
def sparse_softmax_cross_entropy(labels: Any, logits: Any, weights: Any = 1.0, scope: Any = None,
                                 loss_collection: Any = _LOSSES, reduction: str = _BY_WEIGHTS) -> Any:
    """The cross entropy of class numbers, [batch] or [batch, 1], with logits [batch, classes]."""
    _given(labels=labels, logits=logits)
    with tf.name_scope(scope, "sparse_softmax_cross_entropy_loss") as scope:
        labels, logits = remove_squeezable_dimensions(labels, logits, 1)
        weights = squeeze_weights(weights, labels)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits, name="xentropy")
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)
