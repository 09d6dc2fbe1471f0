"""Masking: time steps that do not count."""

from __future__ import annotations

from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.masks import set_keras_mask
from hornbeam.keras.names import keras_export
from hornbeam.keras.saving.serialization import deserialize_keras_object


@keras_export("layers.Masking")
class Masking(Layer):
    """Steps whose features all equal `mask_value` are masked: layers above skip them.

    inputs: [batch, steps, features]. Returns the inputs, 0 in masked steps, and carries the mask [batch, steps].

    >>> Masking()(ops.array([[[1., 2.], [0., 0.]]]))._keras_mask.numpy().tolist()
    [[True, False]]
    """

    def __init__(self, mask_value: Any = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if isinstance(mask_value, dict) and mask_value.get("config"):
            mask_value = deserialize_keras_object(mask_value)
        self.mask_value = mask_value
        self.supports_masking = True
        self._build_at_init()

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return ops.any(ops.not_equal(inputs, self.mask_value), axis=-1)

    def call(self, inputs: Any) -> Any:
        counts = ops.any(ops.not_equal(inputs, self.mask_value), axis=-1, keepdims=True)
        outputs = ops.where(counts, inputs, 0)
        set_keras_mask(outputs, ops.squeeze(counts, axis=-1))
        return outputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "mask_value": self.mask_value}
