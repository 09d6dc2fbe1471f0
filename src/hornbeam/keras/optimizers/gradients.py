"""What happens to gradients before an optimizer uses them: missing ones, rows, norms."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

import hornbeam as tf
from hornbeam.keras import ops


def present(grads: Sequence[Any], variables: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """The gradients that are there, and their variables. Raises ValueError where none is, warns where some are not."""
    pairs = [(g, v) for g, v in zip(grads, variables, strict=True) if g is not None]
    if not pairs:
        raise ValueError("No gradients provided for any variable.")
    if len(pairs) < len(grads):
        missing = [getattr(v, "path", v.name) for g, v in zip(grads, variables, strict=True) if g is None]
        warnings.warn(f"Gradients do not exist for variables {missing} when minimizing the loss. If using "
                      "`model.compile()`, did you forget to provide a `loss` argument?", stacklevel=4)
    return [g for g, _ in pairs], [v for _, v in pairs]


def is_rows(grad: Any) -> bool:
    """Whether a gradient holds some rows of a larger one."""
    return isinstance(grad, tf.IndexedSlices)


def have_values(grads: Sequence[Any]) -> bool:
    """Whether all gradients are values, not symbols of a graph."""
    parts = [part for g in grads for part in ((g.values, g.indices) if is_rows(g) else (g,))]
    return all(isinstance(part, np.ndarray) or hasattr(part, "numpy") for part in parts)


def dense(grad: Any) -> Any:
    """A gradient as one tensor: rows with the same index are added up, the others are 0."""
    return tf.convert_to_tensor(grad) if is_rows(grad) else grad


def scaled(grad: Any, factor: Any) -> Any:
    """A gradient times a number; rows stay rows."""
    if is_rows(grad):
        return tf.IndexedSlices(grad.values * ops.cast(factor, grad.dtype), grad.indices, grad.dense_shape)
    return grad * ops.cast(factor, grad.dtype)


def clipped_by_norm(grad: Any, limit: float) -> Any:
    """A gradient scaled down where its norm is above `limit`."""
    grad = ops.convert_to_tensor(grad)
    square = ops.sum(ops.square(grad))
    # The square root has no gradient at 0: a gradient of 0 goes around it.
    norm = ops.where(square > 0, ops.sqrt(ops.where(square > 0, square, ops.ones_like(square))), square)
    return grad * limit / ops.maximum(norm, limit)


def global_norm(grads: Sequence[Any]) -> Any:
    """The norm of all gradients as one vector."""
    return ops.sqrt(sum(ops.sum(ops.square(ops.convert_to_tensor(g))) for g in grads if g is not None))


def clipped_by_global_norm(grads: Sequence[Any], limit: float) -> list[Any]:
    """All gradients scaled down by one number where their norm together is above `limit`; NaN where it is infinite."""
    norm = global_norm(grads)
    scale = limit / ops.maximum(norm, limit) + (norm - norm)
    return [None if g is None else ops.convert_to_tensor(g) * ops.cast(scale, g.dtype) for g in grads]
