"""Source: what `fit`, `evaluate` and `predict` take batches from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

import numpy as np

from hornbeam.keras import ops
from hornbeam.keras.trainers.data.batch import unpack_x_y_sample_weight
from hornbeam.keras.tree import structures as tree


class Source(ABC):
    """Batches, epoch by epoch. `num_batches` of an epoch and `batch_size` are None where they are not known."""

    num_batches: int | None = None
    batch_size: int | None = None

    @abstractmethod
    def batches(self) -> Iterator[Any]:
        """The batches of one epoch: tuples of inputs, targets and weights."""

    @property
    def repeats(self) -> bool:
        """Whether `batches` can be asked for again, each time from the start."""
        return True

    def on_epoch_begin(self) -> None:  # noqa: B027  (a turn that most sources have no use for)
        """Called before each epoch."""

    def on_epoch_end(self) -> None:  # noqa: B027
        """Called after each epoch."""

    def close(self) -> None:  # noqa: B027
        """Called when no more batches are wanted."""


def weights_of_classes(y: Any, class_weight: dict[int, float]) -> np.ndarray:
    """The weight of each sample by its class; 1 for classes without one.

    y: numbers of classes [n] or [n, 1], or a probability for each [n, classes].
    """
    y = np.asarray(y)
    classes = np.argmax(y, axis=-1) if y.ndim >= 2 and y.shape[-1] != 1 else np.round(
        y[..., 0] if y.ndim >= 2 else y).astype(np.int64)
    out = np.ones(classes.shape, np.float32)
    for key, weight in class_weight.items():
        out[classes == int(key)] = weight
    return out


def with_class_weight(batch: Any, class_weight: dict[int, float] | None) -> Any:
    """A batch with weights by class. Raises ValueError where it has weights already, or several targets."""
    if class_weight is None:
        return batch
    x, y, sample_weight = unpack_x_y_sample_weight(batch)
    if sample_weight is not None:
        raise ValueError("You cannot `class_weight` and `sample_weight` at the same time.")
    if y is None:
        raise ValueError("`class_weight` needs targets.")
    if tree.is_nested(y):
        raise ValueError("`class_weight` is only supported for Models with a single output.")
    return x, y, weights_of_classes(ops.convert_to_numpy(y) if not isinstance(y, np.ndarray) else y, class_weight)
