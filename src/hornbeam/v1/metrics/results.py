"""What metrics share: their variables, the shapes of what they compare, and the pair they give."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from hornbeam.graph.names import public
from hornbeam.runtime.collections import GraphKeys
from hornbeam.v1.api import tf
from hornbeam.v1.losses.weighting import remove_squeezable_dimensions

Function = TypeVar("Function", bound=Callable[..., Any])


def metric(*names: str) -> Callable[[Function], Function]:
    """Decorator: a public metric. Where calls run at once it is refused: it lives in variables of a graph."""
    def declare(function: Function) -> Function:
        @functools.wraps(function)
        def made(*args: Any, **kwargs: Any) -> Any:
            if tf.executing_eagerly():
                raise RuntimeError(f"tf.{names[0]} is not supported when eager execution is enabled.")
            return function(*args, **kwargs)

        return public(v1=names)(made)  # type: ignore[return-value]

    return declare


def metric_variable(shape: Any, dtype: Any, validate_shape: bool = True, name: str | None = None) -> Any:
    """A local variable of zeros, in the collections of local variables and of metrics."""
    return tf.Variable(lambda: tf.zeros(shape, dtype), trainable=False, validate_shape=validate_shape, name=name,
                       collections=[GraphKeys.LOCAL_VARIABLES, GraphKeys.METRIC_VARIABLES])


def squeezed(predictions: Any, labels: Any, weights: Any) -> tuple[Any, Any, Any]:
    """Predictions, labels and weights as tensors of one rank, where they differ by a last dimension of 1."""
    predictions = tf.convert_to_tensor(predictions)
    if labels is not None:
        labels, predictions = remove_squeezable_dimensions(labels, predictions)
        predictions.get_shape().assert_is_compatible_with(labels.get_shape())
    if weights is None:
        return predictions, labels, None
    return predictions, labels, _beside(tf.convert_to_tensor(weights), predictions)


def _beside(weights: Any, predictions: Any) -> Any:
    few, many = weights.dims, predictions.dims
    if few == ():
        return weights
    if few is not None and many is not None:
        if len(few) == len(many) + 1:
            return tf.squeeze(weights, [-1])
        return tf.expand_dims(weights, [-1]) if len(few) == len(many) - 1 else weights
    more = tf.rank(weights) - tf.rank(predictions)
    flat = weights if few is not None and few[-1] not in (1, None) else None

    def fewer() -> Any:
        return tf.cond(tf.equal(more, -1), lambda: tf.expand_dims(weights, [-1]), lambda: weights)

    def fitted() -> Any:
        return tf.cond(tf.equal(more, 1), lambda: tf.squeeze(weights, [-1]) if flat is None else flat, fewer)

    return tf.cond(tf.equal(tf.rank(weights), 0), lambda: weights, fitted)


def read(make: Callable[[], Any], collections: Any) -> Any:
    """The tensor that reads a metric: it waits for nothing that the program waits for where the metric is made."""
    with tf.control_dependencies(None):
        value = make()
    return collected(value, collections)


def collected(value: Any, collections: Any) -> Any:
    """A tensor, put into collections where there are any."""
    if collections:
        tf.add_to_collections(collections, value)
    return value


def flat(tensor: Any) -> Any:
    """A tensor of more than one dimension as a vector."""
    return tf.reshape(tensor, [-1]) if tensor.dims is None or len(tensor.dims) > 1 else tensor


def ratio(part: Any, whole: Any, name: str | None) -> Any:
    """part / max(whole, 0), 0 where that is 0."""
    return tf.div_no_nan(part, tf.maximum(whole, 0), name=name)
