"""contrib's losses: predictions before labels, and weights of as many dimensions as one likes, from the first on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from hornbeam.graph.names import public, register
from hornbeam.v1.api import tf
from hornbeam.v1.losses import reduction
from hornbeam.v1.losses.reduction import add_loss

Function = TypeVar("Function", bound=Callable[..., Any])


def _loss(*names: str) -> Callable[[Function], Function]:
    return public(v1=[f"contrib.{space}.{name}" for space in ("losses", "slim.losses") for name in names])


for _name in ("add_loss", "get_losses", "get_regularization_losses", "get_total_loss"):
    register(getattr(reduction, _name), v1=(f"contrib.losses.{_name}", f"contrib.slim.losses.{_name}"))


def _pair(predictions: Any, labels: Any) -> tuple[Any, Any]:
    predictions, labels = tf.cast(predictions, tf.float32), tf.cast(labels, tf.float32)
    predictions.get_shape().assert_is_compatible_with(labels.get_shape())
    return predictions, labels


def _fitted(weights: Any, losses: Any) -> Any:
    """Weights with a 1 for each dimension that they lack. Raises ValueError for unknown ranks."""
    weights = tf.cast(tf.convert_to_tensor(weights), tf.float32)
    for label, tensor in (("losses", losses), ("weights", weights)):
        if tensor.dims is None:
            raise ValueError(f"{label}.get_shape().ndims cannot be None")
    if len(weights.dims) > 1 and weights.dims[-1] in (1, None):
        weights = tf.squeeze(weights, [-1])
    missing = len(losses.dims) - len(weights.dims) if weights.dims else 0
    return tf.reshape(weights, tf.concat([tf.shape(weights), [1] * missing], 0)) if missing > 0 else weights


@_loss("compute_weighted_loss")
def compute_weighted_loss(losses: Any, weights: Any = 1.0, scope: Any = None) -> Any:
    """The sum of weighted losses over the number of them whose weight is not 0; put into the collection of losses.

    losses: [batch, …]. weights: a scalar, [batch] or of more of the first dimensions.
    """
    with tf.name_scope(scope, "weighted_loss"):
        given = tf.convert_to_tensor(losses)
        losses = tf.cast(given, tf.float32)
        weights = _fitted(weights, losses)
        total = tf.reduce_sum(losses * weights)
        present = tf.reduce_sum(tf.cast(tf.not_equal(weights, 0), tf.float32) * tf.ones_like(losses))
        loss = tf.cast(tf.div_no_nan(total, present, name="value"), given.dtype)
        add_loss(loss)
        return loss


@_loss("absolute_difference")
def absolute_difference(predictions: Any, labels: Any = None, weights: Any = 1.0, scope: Any = None) -> Any:
    """|predictions - labels|, weighted as by `compute_weighted_loss`."""
    with tf.name_scope(scope, "absolute_difference") as scope:
        predictions, labels = _pair(predictions, labels)
        return compute_weighted_loss(tf.abs(tf.subtract(predictions, labels)), weights, scope)


@_loss("mean_squared_error")
def mean_squared_error(predictions: Any, labels: Any = None, weights: Any = 1.0, scope: Any = None) -> Any:
    """(predictions - labels)², weighted as by `compute_weighted_loss`."""
    with tf.name_scope(scope, "mean_squared_error") as scope:
        predictions, labels = _pair(predictions, labels)
        return compute_weighted_loss(tf.squared_difference(predictions, labels), weights, scope)


@_loss("log_loss")
def log_loss(predictions: Any, labels: Any = None, weights: Any = 1.0, epsilon: float = 1e-7,
             scope: Any = None) -> Any:
    """The cross entropy of probabilities with labels of 0 and 1."""
    with tf.name_scope(scope, "log_loss") as scope:
        predictions, labels = _pair(predictions, labels)
        losses = (-tf.multiply(labels, tf.log(predictions + epsilon))
                  - tf.multiply(1 - labels, tf.log(1 - predictions + epsilon)))
        return compute_weighted_loss(losses, weights, scope)


@_loss("hinge_loss")
def hinge_loss(logits: Any, labels: Any = None, scope: Any = None) -> Any:
    """max(0, 1 - s · logits) of each element, neither reduced nor collected; s is -1 or 1 for labels of 0 or 1."""
    with tf.name_scope(scope, "hinge_loss"):
        logits, labels = tf.convert_to_tensor(logits), tf.cast(labels, tf.float32)
        logits.get_shape().assert_is_compatible_with(labels.get_shape())
        ones = tf.ones_like(labels)
        return tf.nn.relu(tf.subtract(ones, tf.multiply(tf.subtract(2 * labels, ones), logits)))


@_loss("cosine_distance")
def cosine_distance(predictions: Any, labels: Any = None, axis: Any = None, weights: Any = 1.0, scope: Any = None,
                    dim: Any = None) -> Any:
    """1 - Σ predictions · labels along `axis` (in older programs `dim`). Raises ValueError without one."""
    axis = dim if axis is None else axis
    if axis is None:
        raise ValueError("You must specify 'axis'.")
    with tf.name_scope(scope, "cosine_distance_loss") as scope:
        predictions, labels = _pair(predictions, labels)
        losses = 1 - tf.reduce_sum(tf.multiply(predictions, labels), axis=[axis])
        return compute_weighted_loss(losses, weights, scope)


@_loss("mean_pairwise_squared_error")
def mean_pairwise_squared_error(predictions: Any, labels: Any = None, weights: Any = 1.0, scope: Any = None) -> Any:
    """The mean over pairs of elements of each example of the squared differences of their errors."""
    with tf.name_scope(scope, "mean_pairwise_squared_error"):
        predictions, labels = _pair(predictions, labels)
        errors = tf.subtract(predictions, labels)
        weights = _fitted(weights, errors)
        axis = list(range(1, len(errors.dims)))
        present = tf.cast(tf.not_equal(weights, 0), tf.float32) * tf.ones_like(errors)
        count = tf.reduce_sum(present, axis=axis, keepdims=True)
        squares = tf.reduce_sum(tf.square(errors), axis=axis, keepdims=True)
        total = tf.reduce_sum(errors, axis=axis, keepdims=True)
        of_squares = 2.0 * tf.div_no_nan(squares, count, name="value")
        of_total = 2.0 * tf.div_no_nan(tf.square(total), tf.square(count), name="value")
        loss = tf.reduce_sum((of_squares - of_total) * weights)
        loss = tf.where(tf.reduce_sum(count) > 0, loss, tf.zeros_like(loss), name="value")
        add_loss(loss)
        return loss


@_loss("sigmoid_cross_entropy")
def sigmoid_cross_entropy(logits: Any, multi_class_labels: Any, weights: Any = 1.0, label_smoothing: float = 0,
                          scope: Any = None) -> Any:
    """The cross entropy of labels of 0 and 1, each for itself. label_smoothing: how far labels move towards 1/2."""
    with tf.name_scope(scope, "sigmoid_cross_entropy_loss") as scope:
        logits = tf.convert_to_tensor(logits)
        labels = tf.cast(multi_class_labels, logits.dtype)
        logits.get_shape().assert_is_compatible_with(labels.get_shape())
        if label_smoothing > 0:
            labels = labels * (1 - label_smoothing) + 0.5 * label_smoothing
        losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits, name="xentropy")
        return compute_weighted_loss(losses, weights, scope)


@_loss("softmax_cross_entropy")
def softmax_cross_entropy(logits: Any, onehot_labels: Any, weights: Any = 1.0, label_smoothing: float = 0,
                          scope: Any = None) -> Any:
    """The cross entropy of distributions over classes. label_smoothing: how far labels move towards 1/classes."""
    with tf.name_scope(scope, "softmax_cross_entropy_loss") as scope:
        logits = tf.convert_to_tensor(logits)
        logits.get_shape().assert_is_compatible_with(tf.convert_to_tensor(onehot_labels).get_shape())
        labels = tf.cast(onehot_labels, logits.dtype)
        if label_smoothing > 0:
            labels = labels * (1.0 - label_smoothing) + label_smoothing / tf.cast(tf.shape(labels)[1], logits.dtype)
        losses = tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits, name="xentropy")
        return compute_weighted_loss(losses, weights, scope)


@_loss("sparse_softmax_cross_entropy")
def sparse_softmax_cross_entropy(logits: Any, labels: Any, weights: Any = 1.0, scope: Any = None) -> Any:
    """The cross entropy of class numbers, [batch] or [batch, 1]."""
    with tf.name_scope(scope, "sparse_softmax_cross_entropy_loss") as scope:
        labels = tf.reshape(labels, [tf.shape(labels)[0]])
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits, name="xentropy")
        return compute_weighted_loss(losses, weights, scope)
