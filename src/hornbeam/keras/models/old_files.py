"""Models in the older text forms: YAML, and configurations as Keras 2 had them."""

from __future__ import annotations

import json
from typing import Any

from hornbeam.keras.models.model import Model
from hornbeam.keras.saving.legacy_objects import layer_of_old_config
from hornbeam.keras.saving.serialization import deserialize_keras_object


def model_from_config(config: dict[str, Any], custom_objects: Any = None) -> Model:
    """The model of a configuration `{"class_name": ..., "config": ...}`. Raises TypeError for a list."""
    if isinstance(config, list):
        raise TypeError("`model_from_config` expects a dictionary, not a list. Maybe you meant to use "
                        "`Sequential.from_config(config)`?")
    if "module" in config:
        return deserialize_keras_object(config, custom_objects=custom_objects)
    return layer_of_old_config(config, custom_objects)


def model_from_yaml(yaml_string: str, custom_objects: Any = None) -> Model:
    """The model that a text of YAML describes, as `to_yaml` writes it. Reads plain data only. Needs PyYAML."""
    return model_from_config(_yaml().safe_load(yaml_string), custom_objects)


def to_yaml(model: Any, **kwargs: Any) -> str:
    """A model's configuration as YAML. kwargs: those of `yaml.safe_dump`."""
    return _yaml().safe_dump(json.loads(model.to_json()), **kwargs)


def _yaml() -> Any:
    try:
        import yaml
    except ImportError:
        raise ImportError("Requires yaml module installed (`pip install pyyaml`).") from None
    return yaml
