"""Layers as configurations, and back."""

from __future__ import annotations

from typing import Any

from hornbeam.graph.names import names_v2
from hornbeam.keras.conventions import Conventions
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.names import keras_export
from hornbeam.keras.saving.legacy_objects import layer_of_old_config
from hornbeam.keras.saving.serialization import deserialize_keras_object, serialize_keras_object


@keras_export("layers.serialize")
def serialize(layer: Any) -> dict[str, Any]:
    """The configuration of a layer."""
    return serialize_keras_object(layer)


@keras_export("layers.deserialize")
def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """The layer of a configuration. Raises ValueError where it is that of something else."""
    if Conventions.keras_2 and isinstance(config, dict) and "class_name" in config and "module" not in config:
        return layer_of_old_config(config, custom_objects)
    made = deserialize_keras_object(config, custom_objects=custom_objects)
    if isinstance(made, Layer):
        return made
    names = [name.removeprefix("keras.layers.") for name in names_v2 if name.startswith("keras.layers.")]
    raise ValueError(f"`keras.layers.deserialize` was passed a `config` object that is not a `keras.layers.Layer`. "
                     f"Received: {config}. Layers are {', '.join(sorted(names)[:5])}, …")
