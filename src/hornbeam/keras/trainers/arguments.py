"""What `fit`, `evaluate` and `predict` are told: refused before the first step where it makes no sense."""

from __future__ import annotations

import operator
import warnings
from typing import Any

import numpy as np

from hornbeam.keras.callbacks.callback import Callback
from hornbeam.keras.tree import structures as tree


def refuse_numbers(**given: Any) -> None:
    """Raise ValueError for numbers of batches, samples or steps that are not whole and positive; None is any."""
    for name, value in given.items():
        if value is None:
            continue
        try:
            whole = operator.index(value)
        except TypeError:
            whole = 0
        if whole <= 0 or isinstance(value, (bool, np.bool_)):
            raise ValueError(f"`{name}` is a positive whole number. Received: {name}={value!r}")


def refuse_epochs(**given: Any) -> None:
    """Raise ValueError for numbers of epochs that are not whole, or negative."""
    for name, value in given.items():
        if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < 0:
            raise ValueError(f"`{name}` is a whole number, not negative. Received: {name}={value!r}")


def refuse_split(part: Any) -> None:
    """Raise ValueError for a part that is not between 0 and 1."""
    if isinstance(part, bool) or not isinstance(part, (int, float, np.floating)) or not 0 <= part < 1:
        raise ValueError(f"`validation_split` is a part between 0 and 1. Received: validation_split={part!r}")


def refuse_callbacks(callbacks: Any) -> None:
    """Raise TypeError for what is no callback, as a class that nobody called."""
    for callback in tree.flatten(callbacks):
        if callback is None or isinstance(callback, Callback):
            continue
        if isinstance(callback, type) or not hasattr(callback, "set_model"):
            raise TypeError(f"`callbacks` are instances of `keras.callbacks.Callback`. Received: {callback!r}")


def warn_of_nan(logs: dict[str, Any], epoch: int, source: Any) -> bool:
    """Warn where the loss of an epoch is not a number, and say where the data are not either. Whether it did."""
    loss = logs.get("loss")
    if loss is None or not isinstance(loss, float) or loss == loss:
        return False
    places = []
    for name, part in zip(("x", "y", "sample_weight"), getattr(source, "arrays", ()), strict=False):
        for array in tree.flatten(part):
            if array is not None and array.dtype.kind == "f":
                bad = np.isnan(array).reshape(len(array), -1).any(axis=1)
                if bad.any():
                    places.append(f"`{name}` holds NaN at sample {int(np.argmax(bad))}")
    why = "; ".join(places) or "the data hold none, the learning rate may be too high"
    warnings.warn(f"The loss is NaN in epoch {epoch + 1}: {why}.", RuntimeWarning, stacklevel=5)
    return True
