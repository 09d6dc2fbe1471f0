"""TimeDistributed: a layer applied to each step of a sequence."""

from __future__ import annotations

from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.layers.core.wrapper import Wrapper
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.names import keras_export


@keras_export("layers.TimeDistributed")
class TimeDistributed(Wrapper):
    """`layer` on each of the steps [batch, steps, …]: they join the batch for it.

    Raises ValueError for no layer, and for a mask that is not [batch, steps, …].
    """

    _passes_training_on = True

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
        if mask is not None:
            _check_mask(inputs.shape, mask.shape)
        shape = ops.shape(inputs)
        takes: dict[str, Any] = {}
        if self.layer._call_has_training_arg:
            takes["training"] = training
        if mask is not None and "mask" in getattr(self.layer, "call_signature_parameters", ()):
            takes["mask"] = ops.reshape(mask, (-1, *ops.shape(mask)[2:]))
        flat = ops.reshape(inputs, (-1, *shape[2:]))
        outputs = ops.cast(self.layer(flat, **takes), self.compute_dtype)
        return ops.reshape(outputs, (*shape[:2], *ops.shape(outputs)[1:]))


def _check_mask(shape: Any, mask: Any) -> None:
    if len(mask) < 2 or any(None not in (m, d) and m != d for m, d in zip(mask[:2], shape[:2], strict=True)):
        raise ValueError("The `mask` passed to the `TimeDistributed` layer has a shape that does not fit its input: "
                         f"the first two dimensions must be equal. Received: mask.shape={tuple(mask)}, "
                         f"input.shape={tuple(shape)}")
