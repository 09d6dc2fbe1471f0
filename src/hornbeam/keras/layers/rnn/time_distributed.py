"""TimeDistributed: a layer applied to each step of a sequence."""

from __future__ import annotations

from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.layers.core.wrapper import Wrapper
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.names import keras_export


@keras_export("layers.TimeDistributed")
class TimeDistributed(Wrapper):
    """`layer` on each of the steps [batch, steps, …]: they join the batch for it. Raises ValueError for no layer."""

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        if not isinstance(layer, Layer):
            raise ValueError("Please initialize `TimeDistributed` layer with a `keras.layers.Layer` instance. "
                             f"Received: {layer}")
        super().__init__(layer, **kwargs)
        self.supports_masking = True

    def _child_shape(self, input_shape: Any) -> tuple[Any, ...]:
        if not isinstance(input_shape, (tuple, list)) or len(input_shape) < 3:
            raise ValueError("`TimeDistributed` Layer should be passed an `input_shape` with at least 3 dimensions, "
                             f"received: {input_shape}")
        return (input_shape[0], *input_shape[2:])

    def build(self, input_shape: Any = None) -> None:
        super().build(self._child_shape(input_shape))

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        inner = self.layer.compute_output_shape(self._child_shape(input_shape))
        return (inner[0], input_shape[1], *inner[1:])

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        shape = ops.shape(inputs)
        takes: dict[str, Any] = {}
        if self.layer._call_has_training_arg:
            takes["training"] = training
        if mask is not None and "mask" in getattr(self.layer, "call_signature_parameters", ()):
            takes["mask"] = ops.reshape(mask, (-1, *ops.shape(mask)[2:]))
        flat = ops.reshape(inputs, (-1, *shape[2:]))
        outputs = self.layer(flat, **takes)
        return ops.reshape(outputs, (shape[0] if inputs.shape[0] is None else inputs.shape[0],
                                     shape[1], *ops.shape(outputs)[1:]))
