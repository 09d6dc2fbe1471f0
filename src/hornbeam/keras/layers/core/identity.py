"""Identity: nothing is done."""

from __future__ import annotations

from typing import Any

from hornbeam.keras.keras_tensor import KerasTensor
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.names import keras_export
from hornbeam.keras.tree import structures as tree


@keras_export("layers.Identity")
class Identity(Layer):
    """Its inputs, unchanged."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self._build_at_init()

    def call(self, inputs: Any) -> Any:
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def compute_output_spec(self, inputs: Any) -> Any:
        return tree.map_structure(lambda x: KerasTensor(x.shape, dtype=x.dtype, sparse=getattr(x, "sparse", False)),
                                  inputs)
