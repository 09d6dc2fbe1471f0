"""What every initializer is: called with a shape and a dtype, it gives the first value of a weight."""

from __future__ import annotations

from typing import Any

from hornbeam.keras.names import keras_export


@keras_export("Initializer", "initializers.Initializer")
class Initializer:
    """Base class of initializers. Subclasses write `__call__(shape, dtype=None)`, and `get_config` for arguments."""

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        """The first value of a weight of this shape and dtype."""
        raise NotImplementedError("Initializer subclasses must implement the `__call__()` method.")

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the initializer from."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """An initializer from what `get_config` gave."""
        return cls(**config)

    def clone(self) -> Any:
        """Another initializer of the same configuration."""
        return type(self).from_config(self.get_config())
