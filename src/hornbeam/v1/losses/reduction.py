"""How losses of examples become one number, and the collections they are found in."""

from __future__ import annotations

from typing import Any, ClassVar, final

from hornbeam.graph.names import public
from hornbeam.runtime.collections import GraphKeys
from hornbeam.v1.api import tf
from hornbeam.v1.losses.weighting import broadcast_weights, checked


@public(v1=("losses.Reduction",))
@final
class Reduction:
    """How weighted losses are reduced: not at all, to their sum, or to one of four means."""

    NONE = "none"
    SUM = "weighted_sum"
    SUM_OVER_BATCH_SIZE = "weighted_sum_over_batch_size"
    MEAN = "weighted_mean"
    SUM_BY_NONZERO_WEIGHTS = "weighted_sum_by_nonzero_weights"
    SUM_OVER_NONZERO_WEIGHTS: ClassVar[str] = SUM_BY_NONZERO_WEIGHTS

    @classmethod
    def all(cls) -> tuple[str, ...]:
        """All of them."""
        return (cls.NONE, cls.SUM, cls.MEAN, cls.SUM_OVER_BATCH_SIZE, cls.SUM_OVER_NONZERO_WEIGHTS,
                cls.SUM_BY_NONZERO_WEIGHTS)

    @classmethod
    def validate(cls, key: Any) -> None:
        """Raise ValueError for what is none of them."""
        if key not in cls.all():
            raise ValueError(f"Invalid Reduction Key {key}. Key should be one of {cls.all()}.")


@public(v1=("losses.compute_weighted_loss",))
def compute_weighted_loss(losses: Any, weights: Any = 1.0, scope: Any = None, loss_collection: Any = GraphKeys.LOSSES,
                          reduction: str = Reduction.SUM_BY_NONZERO_WEIGHTS) -> Any:
    """Losses of examples times weights, reduced and put into a collection.

    losses: [batch, …]. weights: a scalar, or of the rank of `losses`, each dimension 1 or theirs. reduction: by
    default the sum over the number of losses whose weight is not 0. Returns the dtype of `losses`, computed in
    float32. Raises ValueError where the weights do not fit.
    """
    Reduction.validate(reduction)
    with tf.name_scope(scope, "weighted_loss"):
        given = tf.convert_to_tensor(losses)
        weights = tf.convert_to_tensor(weights)
        with checked(weights, given):
            losses, weights = tf.cast(given, tf.float32), tf.cast(weights, tf.float32)
            loss = tf.multiply(losses, weights)
            if reduction != Reduction.NONE:
                loss = tf.reduce_sum(loss)
            if reduction == Reduction.MEAN:
                loss = safe_mean(loss, tf.reduce_sum(tf.ones_like(losses) * weights))
            elif reduction == Reduction.SUM_BY_NONZERO_WEIGHTS:
                loss = safe_mean(loss, num_present(losses, weights))
            elif reduction == Reduction.SUM_OVER_BATCH_SIZE:
                loss = safe_mean(loss, tf.cast(tf.size(losses, name="num_elements"), losses.dtype))
            loss = tf.cast(loss, given.dtype)
            add_loss(loss, loss_collection)
            return loss


def safe_mean(losses: Any, count: Any) -> Any:
    """The sum of losses over a count, 0 where that is 0."""
    return tf.div_no_nan(tf.reduce_sum(losses), count, name="value")


def num_present(losses: Any, weights: Any, per_batch: bool = False) -> Any:
    """How many losses have a weight that is not 0, in all or of each example (then [batch, 1, …])."""
    with tf.name_scope("num_present") as scope:
        weights = tf.cast(weights, tf.float32)
        present = tf.where(tf.equal(weights, 0.0), tf.zeros_like(weights), tf.ones_like(weights))
        present = broadcast_weights(present, losses)
        if per_batch:
            return tf.reduce_sum(present, axis=tf.range(1, tf.rank(present)), keepdims=True, name=scope)
        return tf.reduce_sum(present, name=scope)


# Collections ------------------------------------------------------------------------------------------


@public(v1=("losses.add_loss",))
def add_loss(loss: Any, loss_collection: Any = GraphKeys.LOSSES) -> None:
    """Put a loss into a collection; nowhere where that is None, or calls run at once."""
    if loss_collection and not tf.executing_eagerly():
        tf.add_to_collection(loss_collection, loss)


@public(v1=("losses.get_losses",))
def get_losses(scope: str | None = None, loss_collection: Any = GraphKeys.LOSSES) -> list[Any]:
    """The losses of a collection; with `scope`, those whose names it matches from the start."""
    return tf.get_collection(loss_collection, scope)


@public(v1=("losses.get_regularization_losses",))
def get_regularization_losses(scope: str | None = None) -> list[Any]:
    """What regularizers of variables gave."""
    return tf.get_collection(GraphKeys.REGULARIZATION_LOSSES, scope)


@public(v1=("losses.get_regularization_loss",))
def get_regularization_loss(scope: str | None = None, name: str = "total_regularization_loss") -> Any:
    """The sum of what regularizers gave, 0 where there is nothing."""
    losses = get_regularization_losses(scope)
    return tf.add_n(losses, name=name) if losses else tf.constant(0.0)


@public(v1=("losses.get_total_loss",))
def get_total_loss(add_regularization_losses: bool = True, name: str = "total_loss", scope: str | None = None) -> Any:
    """The sum of the losses of the default collection, by default with what regularizers gave."""
    losses = get_losses(scope)
    if add_regularization_losses:
        losses += get_regularization_losses(scope)
    return tf.add_n(losses, name=name)
