"""What weights are turned into after each update: norms within bounds, no negative numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.config.settings import epsilon
from hornbeam.keras.identifiers import Identifiers, with_snake_case
from hornbeam.keras.names import keras_export


@keras_export("constraints.Constraint")
class Constraint:
    """Base of constraints: a subclass turns a weight into one that it allows, `__call__(w)`, of the same shape."""

    def __call__(self, w: Any) -> Any:
        """The weight as it may be."""
        return w

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the constraint from."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The constraint that `get_config` described."""
        return cls(**config)


def _norms(w: Any, axis: Any) -> tuple[Any, Any]:
    """The weight as a tensor and its norms along `axis`, which stays with size 1."""
    w = ops.convert_to_tensor(w)
    return w, ops.sqrt(ops.sum(ops.square(w), axis=axis, keepdims=True))


@keras_export("constraints.MaxNorm", "constraints.max_norm")
class MaxNorm(Constraint):
    """Norms along `axis` of at most `max_value`. Srivastava et al. 2014.

    axis: 0 for the columns of a dense layer's kernel, (0, 1, 2) for the filters of a 2-D convolution.
    """

    def __init__(self, max_value: float = 2, axis: Any = 0) -> None:
        self.max_value = max_value
        self.axis = axis

    def __call__(self, w: Any) -> Any:
        """The weight, scaled down where its norms are larger."""
        w, norms = _norms(w, self.axis)
        return w * (ops.clip(norms, 0, self.max_value) / (epsilon() + norms))

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the constraint from."""
        return {"max_value": self.max_value, "axis": self.axis}


@keras_export("constraints.MinMaxNorm", "constraints.min_max_norm")
class MinMaxNorm(Constraint):
    """Norms along `axis` between `min_value` and `max_value`.

    rate: how far norms outside are moved at once: 1 to the bound, less only a part of the way.
    """

    def __init__(self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: Any = 0) -> None:
        self.min_value = min_value
        self.max_value = max_value
        self.rate = rate
        self.axis = axis

    def __call__(self, w: Any) -> Any:
        """The weight, scaled where its norms are outside the bounds."""
        w, norms = _norms(w, self.axis)
        wanted = self.rate * ops.clip(norms, self.min_value, self.max_value) + (1 - self.rate) * norms
        return w * (wanted / (epsilon() + norms))

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the constraint from."""
        return {"min_value": self.min_value, "max_value": self.max_value, "rate": self.rate, "axis": self.axis}


@keras_export("constraints.NonNeg", "constraints.non_neg")
class NonNeg(Constraint):
    """No negative numbers: they become 0."""

    def __call__(self, w: Any) -> Any:
        """The weight with 0 in place of negative numbers."""
        return ops.maximum(ops.convert_to_tensor(w), 0)


@keras_export("constraints.UnitNorm", "constraints.unit_norm")
class UnitNorm(Constraint):
    """Norms along `axis` of 1. Arguments as of `MaxNorm`."""

    def __init__(self, axis: Any = 0) -> None:
        self.axis = axis

    def __call__(self, w: Any) -> Any:
        """The weight over its norms."""
        w, norms = _norms(w, self.axis)
        return w / (epsilon() + norms)

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the constraint from."""
        return {"axis": self.axis}


CONSTRAINTS = Identifiers("constraints", "constraint", with_snake_case,
                          also={"maxnorm": "MaxNorm", "nonneg": "NonNeg", "unitnorm": "UnitNorm"})


@keras_export("constraints.get")
def get(identifier: Any) -> Any:
    """The constraint that a name (`"max_norm"`, `"MaxNorm"`), a configuration or a class stands for; a callable is
    itself, None is None. Raises ValueError for anything else.
    """
    return CONSTRAINTS.get(identifier)


@keras_export("constraints.serialize")
def serialize(constraint: Any) -> Any:
    """A constraint's configuration."""
    return CONSTRAINTS.serialize(constraint)


@keras_export("constraints.deserialize")
def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The constraint that a configuration or name describes; `custom_objects` by name come first."""
    return CONSTRAINTS.deserialize(config, custom_objects)
