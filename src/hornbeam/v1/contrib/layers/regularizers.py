"""Regularizers: functions of a variable that give its penalty."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Sequence
from typing import Any

from hornbeam.v1.api import tf
from hornbeam.v1.contrib.names import of_layers

Regularizer = Callable[[Any], Any]


def _scale_of(scale: Any) -> Any:
    """The scale of a regularizer. Raises ValueError for integers and negative numbers."""
    if isinstance(scale, numbers.Integral):
        raise ValueError(f"scale cannot be an integer: {scale}")
    if isinstance(scale, numbers.Real) and scale < 0.0:
        raise ValueError(f"Setting a scale less than 0 on a regularizer: {float(scale):g}")
    return scale


@of_layers("l1_regularizer")
def l1_regularizer(scale: Any, scope: str | None = None) -> Regularizer:
    """scale · Σ |w|. A scale of 0 gives a function that returns None. Raises ValueError for bad scales."""
    if _scale_of(scale) == 0.0:
        return lambda _: None

    def l1(weights: Any, name: str | None = None) -> Any:
        with tf.name_scope(scope, "l1_regularizer", [weights]) as own:
            factor = tf.convert_to_tensor(scale, dtype=weights.dtype.base_dtype, name="scale")
            return tf.multiply(factor, tf.reduce_sum(tf.abs(weights)), name=own)

    return l1


@of_layers("l2_regularizer")
def l2_regularizer(scale: Any, scope: str | None = None) -> Regularizer:
    """scale · Σ w² / 2. A scale of 0 gives a function that returns None. Raises ValueError for bad scales."""
    if _scale_of(scale) == 0.0:
        return lambda _: None

    def l2(weights: Any) -> Any:
        with tf.name_scope(scope, "l2_regularizer", [weights]) as own:
            factor = tf.convert_to_tensor(scale, dtype=weights.dtype.base_dtype, name="scale")
            return tf.multiply(factor, tf.nn.l2_loss(weights), name=own)

    return l2


@of_layers("l1_l2_regularizer")
def l1_l2_regularizer(scale_l1: Any = 1.0, scale_l2: Any = 1.0, scope: str | None = None) -> Regularizer | None:
    """scale_l1 · Σ |w| + scale_l2 · Σ w² / 2."""
    scope = scope or "l1_l2_regularizer"
    _scale_of(scale_l1)
    _scale_of(scale_l2)
    if scale_l1 == 0.0:
        return l2_regularizer(scale_l2, scope)
    if scale_l2 == 0.0:
        return l1_regularizer(scale_l1, scope)
    return sum_regularizer([l1_regularizer(scale_l1), l2_regularizer(scale_l2)], scope=scope)


@of_layers("sum_regularizer")
def sum_regularizer(regularizer_list: Sequence[Regularizer | None], scope: str | None = None) -> Regularizer | None:
    """The sum of several regularizers, without those that are None; None of none."""
    kept = [r for r in regularizer_list if r is not None]
    if not kept:
        return None

    def total(weights: Any) -> Any:
        with tf.name_scope(scope, "sum_regularizer", [weights]) as own:
            found = [t for t in (r(weights) for r in kept) if t is not None]
            return tf.add_n(found, name=own) if found else None

    return total


@of_layers("apply_regularization")
def apply_regularization(regularizer: Regularizer, weights_list: Sequence[Any] | None = None) -> Any:
    """The penalty of all weights (by default those of the collection `WEIGHTS`), which goes to `REGULARIZATION_LOSSES`.

    Raises ValueError without weights, and where a penalty is no scalar.
    """
    weights = tf.get_collection(tf.GraphKeys.WEIGHTS) if weights_list is None else weights_list
    if not weights:
        raise ValueError("No weights to regularize.")
    with tf.name_scope(None, "get_regularization_penalty", list(weights)) as own:
        found = [regularizer(w) for w in weights]
        penalties = [p if p is not None else tf.constant(0.0) for p in found]
        for weight, penalty in zip(weights, penalties, strict=True):
            if penalty.shape.rank != 0:
                raise ValueError(f"regularizer must return a scalar Tensor instead of a Tensor with rank "
                                 f"{penalty.shape.rank} (of {weight}).")
        total = tf.add_n(penalties, name=own)
        tf.add_to_collection(tf.GraphKeys.REGULARIZATION_LOSSES, total)
        return total
