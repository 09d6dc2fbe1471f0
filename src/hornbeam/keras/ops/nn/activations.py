"""Activation functions. Integers become floats, but for `relu` and `relu6`."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from hornbeam.keras.ops.declare import nn_op
from hornbeam.keras.ops.numpy.shaping import swapaxes
from hornbeam.keras.ops.tensors import (
    axes_of,
    axis_of,
    dims,
    inexact,
    rank,
    tensor,
)
from hornbeam.ops import activations, activations_more, arithmetic, elementary
from hornbeam.ops.joining import split_op
from hornbeam.ops.reduce import reduce_max, reduce_sum


@nn_op
def relu(x: Any) -> Any:
    """max(x, 0)."""
    return activations.relu(tensor(x))


@nn_op
def relu6(x: Any) -> Any:
    """x between 0 and 6."""
    return activations.relu6(tensor(x))


@nn_op
def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x))."""
    return elementary.sigmoid(inexact(x))


@nn_op
def sparse_sigmoid(x: Any) -> Any:
    """0 up to -1, 1 from 1 on, (x + 1) / 2 between."""
    return activations_more.sparse_sigmoid(inexact(x))


@nn_op
def softplus(x: Any) -> Any:
    """log(1 + exp(x)), without overflow."""
    return activations.softplus(inexact(x))


@nn_op
def softsign(x: Any) -> Any:
    """x / (1 + |x|)."""
    return activations.softsign(inexact(x))


@nn_op
def soft_shrink(x: Any, threshold: float = 0.5) -> Any:
    """x moved towards 0 by the threshold, 0 within it."""
    return activations_more.soft_shrink(inexact(x), threshold=threshold)


@nn_op
def sparse_plus(x: Any) -> Any:
    """0 up to -1, x from 1 on, (x + 1)² / 4 between."""
    return activations_more.sparse_plus(inexact(x))


@nn_op
def silu(x: Any) -> Any:
    """x · sigmoid(x)."""
    return activations_more.silu(inexact(x))


@nn_op(type="Silu")
def swish(x: Any) -> Any:
    """x · sigmoid(x)."""
    return activations_more.silu(inexact(x))


@nn_op
def squareplus(x: Any, b: float = 4) -> Any:
    """(x + √(x² + b)) / 2."""
    return activations_more.squareplus(inexact(x), b=float(b))


@nn_op
def log_sigmoid(x: Any) -> Any:
    """log(sigmoid(x)), without overflow."""
    return activations_more.log_sigmoid(inexact(x))


@nn_op
def leaky_relu(x: Any, negative_slope: float = 0.2) -> Any:
    """x where it is positive, else x · negative_slope."""
    return activations.leaky_relu_op(inexact(x), alpha=float(negative_slope))


@nn_op
def hard_sigmoid(x: Any) -> Any:
    """x / 6 + 1/2, between 0 and 1."""
    return activations_more.hard_sigmoid(inexact(x))


@nn_op
def hard_silu(x: Any) -> Any:
    """x · hard_sigmoid(x)."""
    return activations_more.hard_silu(inexact(x))


@nn_op(type="HardSilu")
def hard_swish(x: Any) -> Any:
    """x · hard_sigmoid(x)."""
    return activations_more.hard_silu(inexact(x))


@nn_op
def elu(x: Any, alpha: float = 1.0) -> Any:
    """x where it is positive, else alpha · (exp(x) - 1)."""
    x = inexact(x)
    return activations.elu(x) if alpha == 1 else activations_more.elu(x, alpha=float(alpha))


@nn_op
def selu(x: Any) -> Any:
    """A scaled elu that keeps mean and variance through layers."""
    return activations.selu(inexact(x))


@nn_op
def gelu(x: Any, approximate: bool = True) -> Any:
    """x · Φ(x), Φ being the normal distribution's function; approximated by tanh unless told otherwise."""
    return activations_more.gelu(inexact(x), approximate=bool(approximate))


@nn_op
def celu(x: Any, alpha: float = 1.0) -> Any:
    """max(x, 0) + min(alpha · (exp(x / alpha) - 1), 0)."""
    return activations_more.celu(inexact(x), alpha=float(alpha))


@nn_op
def glu(x: Any, axis: int = -1) -> Any:
    """The first half along `axis`, times the sigmoid of the second. Raises ValueError for an odd size."""
    x = inexact(x)
    at = axis_of(axis, rank(x))
    if (dims(x)[at] or 0) % 2:
        raise ValueError(f"axis size must be divisible by 2. Received: x.shape={dims(x)} with axis={axis}")
    first, second = split_op(np.int32(at), x, num_split=2)
    return arithmetic.multiply(first, elementary.sigmoid(second))


@nn_op
def hard_tanh(x: Any) -> Any:
    """x between -1 and 1."""
    return activations_more.hard_tanh(inexact(x))


@nn_op
def tanh_shrink(x: Any) -> Any:
    """x - tanh(x)."""
    x = inexact(x)
    return arithmetic.subtract(x, elementary.tanh(x))


@nn_op
def hard_shrink(x: Any, threshold: float = 0.5) -> Any:
    """x where it is further from 0 than the threshold, else 0."""
    return activations_more.hard_shrink(inexact(x), threshold=float(threshold))


@nn_op(config="threshold default_value")
def threshold(x: Any, threshold: float, default_value: float) -> Any:
    """x where it is above the threshold, else the default value."""
    return activations_more.threshold_(inexact(x), threshold=float(threshold), default_value=float(default_value))


# Over a dimension ---------------------------------------------------------------------------------------


def _along(op: Any, x: Any, axis: int) -> Any:
    """An op over the last dimension, taken over another."""
    at = axis_of(axis, max(rank(x), 1))
    if rank(x) == 0 or at == rank(x) - 1:
        return op(x)
    return swapaxes(op(swapaxes(x, at, -1)), at, -1)


@nn_op
def softmax(x: Any, axis: Any = -1) -> Any:
    """exp(x) / Σ exp(x) over one dimension, or over several that a tuple names."""
    x = inexact(x)
    if axis is None:
        axis = tuple(range(rank(x)))
    if not isinstance(axis, (tuple, list)):
        if rank(x) and dims(x)[axis_of(axis, rank(x))] == 1:
            warnings.warn(f"You are using a softmax over axis {axis} of a tensor of shape {dims(x)}. This axis has "
                          "size 1. The softmax operation will always return the value 1, which is likely not what you "
                          "intended. Did you mean to use a sigmoid instead?", stacklevel=3)
        return _along(activations.softmax_op, x, axis)
    axes = list(axes_of(axis, rank(x)))
    powers = elementary.exp(arithmetic.subtract(x, reduce_max(x, axes, True)))
    return powers / reduce_sum(powers, axes, True)


@nn_op
def log_softmax(x: Any, axis: Any = -1) -> Any:
    """x - log Σ exp(x) over one dimension, or over several that a tuple names."""
    x = inexact(x)
    if axis is None:
        axis = tuple(range(rank(x)))
    if not isinstance(axis, (tuple, list)):
        return _along(activations.log_softmax_op, x, axis)
    axes = list(axes_of(axis, rank(x)))
    centred = arithmetic.subtract(x, reduce_max(x, axes, True))
    return arithmetic.subtract(centred, elementary.log(reduce_sum(elementary.exp(centred), axes, True)))


@nn_op
def sparsemax(x: Any, axis: int = -1) -> Any:
    """Like softmax, with zeros: x less a threshold, cut at 0."""
    x = inexact(x)
    return activations_more.sparsemax(x, axis=axis_of(axis, rank(x)))


