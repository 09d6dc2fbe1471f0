"""Weights beside values: which shapes fit, and columns beside vectors. Losses and metrics share it."""

from __future__ import annotations

from typing import Any

from hornbeam.v1.api import tf

_PREFIX = "weights can not be broadcast to values."


def assert_broadcastable(weights: Any, values: Any) -> Any:
    """The operation to wait for, which checks that `weights` is a scalar or each of its dimensions 1 or that of values.

    None where that is known. Raises ValueError where it is known to be otherwise.
    """
    few, many = weights.dims, values.dims
    if few == ():
        return None
    if few is not None and many is not None:
        if len(few) != len(many):
            raise ValueError(f"{_PREFIX} values.rank={len(many)}. weights.rank={len(few)}. "
                             f"values.shape={values.shape}. weights.shape={weights.shape}. "
                             f"Received weights={weights}, values={values}")
        if None not in few and None not in many:
            for i, (own, wanted) in enumerate(zip(few, many, strict=True)):
                if own not in (1, wanted):
                    raise ValueError(f"{_PREFIX} Mismatch at dim {i}. values.shape={list(many)}, weights.shape="
                                     f"{list(few)}. Received weights={weights}, values={values}")
            return None
    with tf.name_scope("assert_broadcastable"):
        own, wanted = tf.shape(weights), tf.shape(values)

        def fits() -> Any:
            return tf.reduce_all(tf.logical_or(tf.equal(own, 1), tf.equal(own, wanted)))

        if few is not None and many is not None:
            good = fits()
        else:
            same = tf.equal(tf.rank(weights), tf.rank(values))
            good = tf.logical_or(tf.equal(tf.rank(weights), 0), tf.cond(same, fits, lambda: same))
        return tf.Assert(good, [_PREFIX, "weights.shape=", own, "values.shape=", wanted])


def checked(weights: Any, values: Any) -> Any:
    """A block whose operations wait for the check that the weights fit."""
    check = assert_broadcastable(weights, values)
    return tf.control_dependencies([] if check is None else [check])


def broadcast_weights(weights: Any, values: Any) -> Any:
    """The weights, in the dtype of `values`, repeated to their shape."""
    with tf.name_scope("broadcast_weights") as scope:
        values = tf.convert_to_tensor(values, name="values")
        weights = tf.convert_to_tensor(weights, dtype=values.dtype.base_dtype, name="weights")
        few, many = weights.dims, values.dims
        if few is not None and few == many and None not in few:
            return weights
        with checked(weights, values):
            return tf.multiply(weights, tf.ones_like(values), name=scope)


def remove_squeezable_dimensions(labels: Any, predictions: Any, expected_rank_diff: int = 0,
                                 name: str | None = None) -> tuple[Any, Any]:
    """Labels and predictions without a last dimension of 1 which one has more than the other.

    expected_rank_diff: how many dimensions more predictions should have.
    """
    with tf.name_scope(name, "remove_squeezable_dimensions"):
        predictions, labels = tf.convert_to_tensor(predictions), tf.convert_to_tensor(labels)
        many, few = predictions.dims, labels.dims
        if many is not None and few is not None:
            more = len(many) - len(few)
            if more == expected_rank_diff + 1 and many[-1] in (1, None):
                predictions = tf.squeeze(predictions, [-1])
            elif more == expected_rank_diff - 1 and few[-1] in (1, None):
                labels = tf.squeeze(labels, [-1])
            return labels, predictions
        more = tf.rank(predictions) - tf.rank(labels)
        if many is None or many[-1:] in ((1,), (None,)):
            predictions = _squeezed_where(tf.equal(expected_rank_diff + 1, more), predictions)
        if few is None or few[-1:] in ((1,), (None,)):
            labels = _squeezed_where(tf.equal(expected_rank_diff - 1, more), labels)
        return labels, predictions


def _squeezed_where(condition: Any, tensor: Any) -> Any:
    return tf.cond(condition, lambda: tf.squeeze(tensor, [-1]), lambda: tensor)


def squeeze_weights(weights: Any, labels: Any) -> Any:
    """Weights without a last dimension that labels have not."""
    weights = tf.convert_to_tensor(weights)
    few, many = labels.dims, weights.dims
    if few is not None and many is not None:
        return tf.squeeze(weights, [-1]) if len(many) == len(few) + 1 else weights
    if many is None or many[-1:] in ((1,), (None,)):
        return _squeezed_where(tf.equal(1, tf.rank(weights) - tf.rank(labels)), weights)
    return weights
