"""Activation functions by name and configuration."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any

from hornbeam.keras.activations.functions import linear
from hornbeam.keras.identifiers import Identifiers
from hornbeam.keras.names import keras_export
from hornbeam.keras.saving.object_registration import get_registered_name

ACTIVATIONS = Identifiers("activations", "activation function", functions=True)


@keras_export("activations.get")
def get(identifier: Any) -> Any:
    """The activation function that a name or a configuration stands for; a callable is itself, None is `linear`.

    Raises ValueError for anything else.

    >>> get("relu").__name__
    'relu'
    """
    if identifier is None:
        return linear
    return ACTIVATIONS.get(identifier)


@keras_export("activations.serialize")
def serialize(activation: Any) -> Any:
    """An activation function's name; of other callables, the configuration. Raises ValueError for unknown functions."""
    config = ACTIVATIONS.serialize(activation)
    if not isinstance(config, dict) or "config" not in config:
        raise ValueError(f"Unknown activation function '{activation}' cannot be serialized due to invalid function "
                         "name. Make sure to use an activation name that matches the references defined in "
                         "activations.py or use `@keras.saving.register_keras_serializable()`to register any custom "
                         f"activations. config={config}")
    if not isinstance(activation, types.FunctionType):
        return config
    if isinstance(config["config"], str) and config["config"] not in ACTIVATIONS.table:
        config["config"] = get_registered_name(activation)
        return config
    return config["config"]


@keras_export("activations.deserialize")
def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The function that a configuration or name describes; `custom_objects` by name come first."""
    return ACTIVATIONS.deserialize(config, custom_objects)
