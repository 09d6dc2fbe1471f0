"""Wrapper: a layer around another."""

from __future__ import annotations

from typing import Any

from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.names import keras_export
from hornbeam.keras.saving.serialization import deserialize_keras_object, serialize_keras_object


@keras_export("layers.Wrapper")
class Wrapper(Layer):
    """Base of layers that change what another layer does. Raises ValueError where `layer` is none."""

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        if not isinstance(layer, Layer):
            raise ValueError(f"Layer {layer} supplied to Wrapper isn't a supported layer type. Please ensure wrapped "
                             "layer is a valid Keras layer.")
        super().__init__(**kwargs)
        self.layer = layer

    def build(self, input_shape: Any = None) -> None:
        if not self.layer.built:
            self.layer.build(input_shape)
            self.layer.built = True

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "layer": serialize_keras_object(self.layer)}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        config = dict(config)
        return cls(deserialize_keras_object(config.pop("layer"), custom_objects=custom_objects), **config)
