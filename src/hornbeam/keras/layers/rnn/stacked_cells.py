"""StackedRNNCells: several cells as one, each taking the output of the one before."""

from __future__ import annotations

from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.names import keras_export
from hornbeam.keras.saving.serialization import deserialize_keras_object, serialize_keras_object
from hornbeam.keras.tree import structures as tree


@keras_export("layers.StackedRNNCells")
class StackedRNNCells(Layer):
    """One step through all `cells`. Raises ValueError for what is no cell."""

    def __init__(self, cells: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for cell in cells:
            if "call" not in dir(cell):
                raise ValueError(f"All cells must have a `call` method. Received cell without a `call` method: {cell}")
            if "state_size" not in dir(cell):
                raise ValueError("All cells must have a `state_size` attribute. Received cell without a `state_size`: "
                                 f"{cell}")
        self.cells = list(cells)

    @property
    def state_size(self) -> list[Any]:
        """The sizes of the cells' states."""
        return [c.state_size for c in self.cells]

    @property
    def output_size(self) -> Any:
        """The last cell's."""
        last = self.cells[-1]
        size = getattr(last, "output_size", None)
        return size if size is not None else tree.flatten(last.state_size)[0]

    def get_initial_state(self, batch_size: Any = None) -> list[Any]:
        """Zeros for each cell's states."""
        found = []
        for cell in self.cells:
            own = getattr(cell, "get_initial_state", None)
            if own is not None:
                found.append(own(batch_size=batch_size))
            elif isinstance(cell.state_size, int):
                found.append(ops.zeros((batch_size, cell.state_size), dtype=self.compute_dtype))
            else:
                found.append([ops.zeros((batch_size, d), dtype=self.compute_dtype) for d in cell.state_size])
        return found

    def build(self, input_shape: Any) -> None:
        for cell in self.cells:
            if isinstance(cell, Layer) and not cell.built:
                cell.build(input_shape)
                cell.built = True
            size = getattr(cell, "output_size", None)
            input_shape = (input_shape[0], size if size is not None else tree.flatten(cell.state_size)[0])

    def call(self, inputs: Any, states: Any, training: bool = False, **kwargs: Any) -> Any:
        after = []
        for cell, own in zip(self.cells, states, strict=True):
            given = list(own) if tree.is_nested(own) else [own]
            takes = getattr(cell, "_call_has_training_arg", False)
            inputs, made = cell(inputs, given, **({"training": training} if takes else {}))
            after.append(made)
        return inputs, after

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "cells": [serialize_keras_object(c) for c in self.cells]}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        config = dict(config)
        return cls([deserialize_keras_object(c, custom_objects=custom_objects) for c in config.pop("cells")], **config)
