"""Saving and loading models and weights: which format a path asks for."""

from __future__ import annotations

from typing import Any

from hornbeam.keras.saving.legacy_objects import layer_of_old_config


def save_model(model: Any, filepath: Any, overwrite: bool = True, zipped: bool | None = None, **kwargs: Any) -> None:
    """In work."""
    raise ValueError("in work")


save_weights = load_weights = save_model


def model_from_old_config(config: dict[str, Any], custom_objects: Any = None) -> Any:
    """The model of a configuration that Keras 2 wrote."""
    return layer_of_old_config(config, custom_objects)
