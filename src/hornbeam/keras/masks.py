"""Masks that travel with tensors: which positions of a sequence count. `tensor._keras_mask`, as in Keras."""

from __future__ import annotations

from typing import Any


def get_keras_mask(x: Any) -> Any:
    """The mask that a tensor carries, or None."""
    return getattr(x, "_keras_mask", None)


def set_keras_mask(x: Any, mask: Any) -> None:
    """Let the tensor `x` carry `mask` (None takes it away)."""
    if mask is None:
        if getattr(x, "_keras_mask", None) is not None:
            del x._keras_mask
        return
    x._keras_mask = mask
