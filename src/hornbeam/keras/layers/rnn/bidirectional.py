"""Bidirectional: a recurrent layer and its mirror image, from both ends of a sequence."""

from __future__ import annotations

import copy
from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.names import keras_export
from hornbeam.keras.saving.serialization import deserialize_keras_object, serialize_keras_object

_MODES = ("sum", "mul", "ave", "concat", None)


@keras_export("layers.Bidirectional")
class Bidirectional(Layer):
    """`layer` forwards and another one backwards over a sequence, their outputs merged.

    merge_mode: 'concat', 'sum', 'mul', 'ave', or None for both as a list. backward_layer: by default one made from the
    configuration of `layer`, the other way round; its options must agree. Raises ValueError where they do not, and for
    another mode.
    """

    _passes_training_on = True

    def __init__(self, layer: Any, merge_mode: str | None = "concat", weights: Any = None, backward_layer: Any = None,
                 **kwargs: Any) -> None:
        if not isinstance(layer, Layer):
            raise ValueError("Please initialize `Bidirectional` layer with a `keras.layers.Layer` instance. Received: "
                             f"{layer}")
        if backward_layer is not None and not isinstance(backward_layer, Layer):
            raise ValueError(f"`backward_layer` need to be a `keras.layers.Layer` instance. Received: {backward_layer}")
        if merge_mode not in _MODES:
            raise ValueError(f"Invalid merge mode. Received: {merge_mode}. Merge mode should be one of "
                             '{"sum", "mul", "ave", "concat", None}')
        super().__init__(**kwargs)
        config = serialize_keras_object(layer)
        config["config"]["name"] = f"forward_{_bare(layer.name)}"
        self.forward_layer = deserialize_keras_object(config)
        if backward_layer is None:
            mirrored = copy.deepcopy(config)
            mirrored["config"]["go_backwards"] = not mirrored["config"]["go_backwards"]
            mirrored["config"]["name"] = f"backward_{_bare(layer.name)}"
            self.backward_layer = deserialize_keras_object(mirrored)
        else:
            self.backward_layer = backward_layer
        self._check()
        if hasattr(layer, "use_cudnn"):  # which configurations leave out
            self.forward_layer.use_cudnn = layer.use_cudnn
            if backward_layer is None:
                self.backward_layer.use_cudnn = layer.use_cudnn
        for each in (self.forward_layer, self.backward_layer):  # else a masked step would repeat what came before it
            if hasattr(each, "zero_output_for_mask"):
                each.zero_output_for_mask = each.return_sequences
        self.merge_mode = merge_mode
        if weights:
            half = len(weights) // 2
            self.forward_layer.initial_weights = weights[:half]
            self.backward_layer.initial_weights = weights[half:]
        self.stateful, self.return_sequences = layer.stateful, layer.return_sequences
        self.return_state = layer.return_state
        self.supports_masking = True
        self.input_spec = layer.input_spec

    def _check(self) -> None:
        one, other = self.forward_layer, self.backward_layer
        if one.go_backwards == other.go_backwards:
            raise ValueError("Forward layer and backward layer should have different `go_backwards` value. Received: "
                             f"forward_layer.go_backwards {one.go_backwards}, backward_layer.go_backwards="
                             f"{other.go_backwards}")
        for name in ("stateful", "return_sequences", "return_state"):
            if getattr(one, name) != getattr(other, name):
                raise ValueError(f'Forward layer and backward layer are expected to have the same value for attribute '
                                 f'"{name}", got "{getattr(one, name)}" for forward layer and '
                                 f'"{getattr(other, name)}" for backward layer')

    @property
    def layer(self) -> Any:
        """The layer that goes forwards."""
        return self.forward_layer

    @property
    def go_backwards(self) -> bool:
        """Whether the first layer goes backwards."""
        return self.forward_layer.go_backwards

    def build(self, sequences_shape: Any, initial_state_shape: Any = None) -> None:
        for layer in (self.forward_layer, self.backward_layer):
            if not layer.built:
                layer.build(sequences_shape)
                layer.built = True

    def compute_output_shape(self, sequences_shape: Any, initial_state_shape: Any = None) -> Any:
        shape = self.forward_layer.compute_output_shape(sequences_shape)
        output, states = (shape[0], tuple(shape[1:])) if self.return_state else (shape, ())
        if self.merge_mode == "concat":
            output = (*output[:-1], output[-1] * 2)
        outputs = (output, output) if self.merge_mode is None else (output,)
        if self.return_state:
            return (*outputs, *states, *states)
        return outputs if self.merge_mode is None else output

    def call(self, sequences: Any, initial_state: Any = None, mask: Any = None, training: bool | None = None) -> Any:
        starts: tuple[Any, Any] = (None, None)
        if initial_state is not None:
            half = len(initial_state) // 2
            starts = initial_state[:half], initial_state[half:]
        y, back = (layer(sequences, initial_state=start, mask=mask, training=training) for layer, start in zip(
            (self.forward_layer, self.backward_layer), starts, strict=True))
        states: tuple[Any, ...] = ()
        if self.return_state:
            states = (*y[1:], *back[1:])
            y, back = y[0], back[0]
        y, back = ops.cast(y, self.compute_dtype), ops.cast(back, self.compute_dtype)
        if self.return_sequences:
            back = ops.flip(back, axis=1)
        if self.merge_mode == "concat":
            output = ops.concatenate([y, back], axis=-1)
        elif self.merge_mode == "sum":
            output = ops.add(y, back)
        elif self.merge_mode == "ave":
            output = ops.add(y, back) / 2
        elif self.merge_mode == "mul":
            output = ops.multiply(y, back)
        else:
            output = (y, back)
        if self.return_state:
            return (*output, *states) if self.merge_mode is None else (output, *states)
        return output

    def reset_states(self) -> None:
        """The older spelling of `reset_state`."""
        self.reset_state()

    def reset_state(self) -> None:
        """Let both layers start from zeros again. Raises AttributeError where they are not stateful."""
        if not self.stateful:
            raise AttributeError("Layer must be stateful.")
        self.forward_layer.reset_state()
        self.backward_layer.reset_state()

    @property
    def states(self) -> Any:
        """The states of both layers, None where they keep none."""
        if self.forward_layer.states and self.backward_layer.states:
            return (*self.forward_layer.states, *self.backward_layer.states)
        return None

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        mask = mask[0] if isinstance(mask, list) else mask
        output = ((mask, mask) if not self.merge_mode else mask) if self.return_sequences else (
            (None, None) if not self.merge_mode else None)
        if self.return_state and self.states is not None:
            states = tuple(None for _ in self.states)
            return (*(output if isinstance(output, tuple) else (output,)), *states)
        return output

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "merge_mode": self.merge_mode,
                "layer": serialize_keras_object(self.forward_layer),
                "backward_layer": serialize_keras_object(self.backward_layer)}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        config = copy.deepcopy(config)
        config["layer"] = deserialize_keras_object(config["layer"], custom_objects=custom_objects)
        if config.get("backward_layer") is not None:
            config["backward_layer"] = deserialize_keras_object(config["backward_layer"], custom_objects=custom_objects)
        return cls(**config)


def _bare(name: str) -> str:
    return name.removeprefix("forward_").removeprefix("backward_")
