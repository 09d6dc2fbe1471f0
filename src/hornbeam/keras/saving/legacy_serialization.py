"""`keras.legacy.saving`: objects as Keras 2 wrote them, `{"class_name": …, "config": …}`."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from hornbeam.keras.names import keras_export
from hornbeam.keras.saving.object_registration import CustomObjectScope, get_registered_name, get_registered_object


@keras_export("legacy.saving.serialize_keras_object", "utils.legacy.serialize_keras_object")
def serialize_keras_object(instance: Any) -> Any:
    """The configuration of an object; of a function, its name. Raises ValueError for what has neither."""
    if instance is None:
        return None
    instance = inspect.unwrap(instance) if callable(instance) else instance
    if hasattr(instance, "get_config"):
        config = {key: _inner(value) for key, value in instance.get_config().items()}
        return {"class_name": get_registered_name(type(instance)), "config": config}
    if hasattr(instance, "__name__"):
        return get_registered_name(instance)
    raise ValueError(f"Cannot serialize {instance} because it doesn't implement `get_config()`.")


def _inner(value: Any) -> Any:
    if isinstance(value, (str, int, float, bool, dict, list, tuple)) or value is None:
        return value
    try:
        found = serialize_keras_object(value)
    except ValueError:
        return value
    return {**found, "__passive_serialization__": True} if isinstance(found, dict) else found


@keras_export("legacy.saving.deserialize_keras_object", "utils.legacy.deserialize_keras_object")
def deserialize_keras_object(identifier: Any, module_objects: Mapping[str, Any] | None = None,
                             custom_objects: Mapping[str, Any] | None = None,
                             printable_module_name: str = "object") -> Any:
    """The object of a configuration, the function or class instance of a name, or what is none of both as it is.

    module_objects, custom_objects: classes and functions by name. printable_module_name: what messages call the
    object. Raises ValueError for an unknown name.
    """
    if identifier is None or inspect.isfunction(identifier):
        return identifier
    if isinstance(identifier, dict):
        if "class_name" not in identifier or "config" not in identifier:
            raise ValueError(f"Improper config format for {identifier}. Expecting python dict contains `class_name` "
                             "and `config` as keys")
        cls = _known(identifier["class_name"], module_objects, custom_objects, printable_module_name)
        config = {key: deserialize_keras_object(value, module_objects, custom_objects, "config_item")
                  if isinstance(value, dict) and "__passive_serialization__" in value else value
                  for key, value in identifier["config"].items()}
        with CustomObjectScope(custom_objects):
            return cls.from_config(config) if hasattr(cls, "from_config") else cls(**config)
    if isinstance(identifier, str):
        found = _known(identifier, module_objects, custom_objects, printable_module_name)
        return found() if inspect.isclass(found) else found
    raise ValueError(f"Could not interpret serialized {printable_module_name}: {identifier}")


def _known(name: str, module_objects: Any, custom_objects: Any, kind: str) -> Any:
    found = get_registered_object(name, custom_objects, module_objects)
    if found is None:
        raise ValueError(f"Unknown {kind}: '{name}'. Please ensure you are using a `keras.utils.custom_object_scope` "
                         "and that this object is included in the scope.")
    return found
