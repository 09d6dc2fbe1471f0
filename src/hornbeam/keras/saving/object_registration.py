"""Custom objects: classes and functions of the user's that configurations may name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from hornbeam.keras.names import keras_export
from hornbeam.keras.state import thread

Item = TypeVar("Item")

_objects: dict[str, Any] = {}
_names: dict[Any, str] = {}


@keras_export("saving.CustomObjectScope", "saving.custom_object_scope", "utils.CustomObjectScope",
              "utils.custom_object_scope")
class CustomObjectScope:
    """Within the block configurations may name these classes and functions: a dictionary of names."""

    def __init__(self, custom_objects: Mapping[str, Any] | None) -> None:
        self.custom_objects = dict(custom_objects or {})

    def __enter__(self) -> CustomObjectScope:
        thread.object_scopes.append(self.custom_objects)
        return self

    def __exit__(self, *exc: object) -> None:
        thread.object_scopes.pop()


def objects_in_scope() -> dict[str, Any]:
    """What the open scopes name, the innermost first."""
    found: dict[str, Any] = {}
    for objects in thread.object_scopes:
        found |= objects
    return found


@keras_export("saving.get_custom_objects", "utils.get_custom_objects")
def get_custom_objects() -> dict[str, Any]:
    """The process's dictionary of custom objects itself: what is put into it may be named from then on."""
    return _objects


@keras_export("saving.register_keras_serializable", "utils.register_keras_serializable")
def register_keras_serializable(package: str = "Custom", name: str | None = None) -> Callable[[Item], Item]:
    """Decorator: configurations name the class or function below `package>name`, by default with its own name.

    Raises ValueError for a class without `get_config`.
    """
    def register(target: Item) -> Item:
        if inspect.isclass(target) and not hasattr(target, "get_config"):
            raise ValueError("Cannot register a class that does not have a get_config() method.")
        full = f"{package}>{name if name is not None else target.__name__}"  # type: ignore[attr-defined]
        _objects[full] = target
        _names[target] = full
        return target

    return register


@keras_export("saving.get_registered_name", "utils.get_registered_name")
def get_registered_name(obj: Any) -> str:
    """The name that a class or function was registered by, else its own."""
    try:
        held = _names.get(obj)
    except TypeError:
        held = None
    return obj.__name__ if held is None else held


@keras_export("saving.get_registered_object", "utils.get_registered_object")
def get_registered_object(name: Any, custom_objects: Mapping[str, Any] | None = None,
                          module_objects: Mapping[str, Any] | None = None) -> Any:
    """What a name stands for: in the open scopes, registered, in `custom_objects`, in `module_objects`; else None."""
    for table in (objects_in_scope(), _objects, custom_objects or {}, module_objects or {}):
        if name in table:
            return table[name]
    return None
