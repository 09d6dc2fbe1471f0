"""Penalties of weights that join the loss: sums of sizes and squares, and rows that should be orthogonal."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from hornbeam.keras import ops
from hornbeam.keras.identifiers import Identifiers, with_snake_case
from hornbeam.keras.names import keras_export
from hornbeam.keras.old_names import taking_old_arguments


def _factor(value: Any, name: str) -> float:
    """A penalty's factor. Raises ValueError for what is not a finite number ≥ 0."""
    if not isinstance(value, (float, int)) or math.isinf(value) or math.isnan(value) or value < 0:
        raise ValueError(f"Invalid value for argument {name}: expected a non-negative float."
                         f"Received: {name}={value}")
    return float(value)


@keras_export("Regularizer", "regularizers.Regularizer")
class Regularizer:
    """Base of regularizers: a subclass gives the penalty of a tensor, `__call__(x)`, a single number."""

    def __call__(self, x: Any) -> Any:
        """The penalty of `x`."""
        return 0.0

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the regularizer from."""
        raise NotImplementedError(f"{self} does not implement get_config()")

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The regularizer that `get_config` described."""
        return cls(**config)


def _penalty(factor: float, x: Any, total: Any) -> Any:
    return ops.cast(factor, x.dtype) * total


@keras_export("regularizers.L1L2", "regularizers.l1_l2")
class L1L2(Regularizer):
    """l1 · sum(|x|) + l2 · sum(x²). Raises ValueError for factors that are not finite numbers ≥ 0.

    >>> from hornbeam import keras
    >>> float(keras.regularizers.L1L2(l1=0.5, l2=0.25)(keras.ops.ones((2, 2))))
    3.0
    """

    def __init__(self, l1: float | None = 0.0, l2: float | None = 0.0) -> None:
        self.l1 = _factor(0.0 if l1 is None else l1, "l1")
        self.l2 = _factor(0.0 if l2 is None else l2, "l2")

    def __call__(self, x: Any) -> Any:
        """The penalty of `x`, in its dtype."""
        penalty = ops.convert_to_tensor(0.0, dtype=x.dtype)
        if self.l1 != 0.0:
            penalty = penalty + _penalty(self.l1, x, ops.sum(ops.abs(x)))
        if self.l2 != 0.0:
            penalty = penalty + _penalty(self.l2, x, ops.sum(ops.square(x)))
        return penalty

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the regularizer from."""
        return {"l1": self.l1, "l2": self.l2}


@keras_export("regularizers.L1", "regularizers.l1")
class L1(Regularizer):
    """l1 · sum(|x|). Raises ValueError for a factor that is not a finite number ≥ 0."""

    @taking_old_arguments(l="l1")
    def __init__(self, l1: float | None = 0.01) -> None:
        self.l1 = _factor(0.01 if l1 is None else l1, "l1")

    def __call__(self, x: Any) -> Any:
        """The penalty of `x`, in its dtype."""
        return _penalty(self.l1, x, ops.sum(ops.abs(x)))

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the regularizer from. The factor is a float32, as in Keras's files."""
        return {"l1": float(np.float32(self.l1))}


@keras_export("regularizers.L2", "regularizers.l2")
class L2(Regularizer):
    """l2 · sum(x²). Raises ValueError for a factor that is not a finite number ≥ 0."""

    @taking_old_arguments(l="l2")
    def __init__(self, l2: float | None = 0.01) -> None:
        self.l2 = _factor(0.01 if l2 is None else l2, "l2")

    def __call__(self, x: Any) -> Any:
        """The penalty of `x`, in its dtype."""
        return _penalty(self.l2, x, ops.sum(ops.square(x)))

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the regularizer from."""
        return {"l2": self.l2}


@keras_export("regularizers.OrthogonalRegularizer", "regularizers.orthogonal_regularizer")
class OrthogonalRegularizer(Regularizer):
    """factor · the mean |cosine| between different rows (or columns, as `mode` says) of a matrix.

    Raises ValueError for another mode, a factor that is not a finite number ≥ 0, and for tensors that are no matrix.
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows") -> None:
        self.factor = _factor(factor, "factor")
        if mode not in ("rows", "columns"):
            raise ValueError('Invalid value for argument `mode`. Expected one of {"rows", "columns"}. '
                             f"Received: mode={mode}")
        self.mode = mode

    def __call__(self, inputs: Any) -> Any:
        """The penalty of a matrix."""
        if len(inputs.shape) != 2:
            raise ValueError("Inputs to OrthogonalRegularizer must have rank 2. "
                             f"Received: inputs.shape={tuple(inputs.shape)}")
        rows = ops.convert_to_tensor(inputs) if self.mode == "rows" else ops.transpose(inputs)
        rows = ops.normalize(rows, axis=1)
        number = rows.shape[0]
        cosines = ops.abs(ops.matmul(rows, ops.transpose(rows))) * (1.0 - ops.eye(number, dtype=rows.dtype))
        return self.factor * 0.5 * ops.sum(cosines) / (number * (number - 1.0) / 2.0)

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the regularizer from. The factor is a float32, as in Keras's files."""
        return {"factor": float(np.float32(self.factor)), "mode": self.mode}


REGULARIZERS = Identifiers("regularizers", "regularizer", with_snake_case, also={"l1_l2": "L1L2"})


@keras_export("regularizers.get")
def get(identifier: Any) -> Any:
    """The regularizer that a name (`"l2"`, `"L2"`), a configuration or a class stands for; a callable is itself.

    None is None. Raises ValueError for anything else.
    """
    return REGULARIZERS.get(identifier)


@keras_export("regularizers.serialize")
def serialize(regularizer: Any) -> Any:
    """A regularizer's configuration."""
    return REGULARIZERS.serialize(regularizer)


@keras_export("regularizers.deserialize")
def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The regularizer that a configuration or name describes; `custom_objects` by name come first."""
    return REGULARIZERS.deserialize(config, custom_objects)
