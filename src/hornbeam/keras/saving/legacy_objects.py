"""Layers as Keras 2 wrote them: `{"class_name": …, "config": …}`, without a module. `.h5` files hold such ones."""

from __future__ import annotations

import inspect
import warnings
from contextlib import contextmanager
from typing import Any

from hornbeam.graph.names import names_v2
from hornbeam.keras.saving.object_registration import get_registered_name, get_registered_object
from hornbeam.keras.saving.serialization import internal_classes, op_classes, serialize_keras_object
from hornbeam.keras.state import thread


@contextmanager
def writing_for_h5() -> Any:
    """Within the block models write their layers as Keras 2 did."""
    thread.writing_for_h5 = True  # type: ignore[attr-defined]
    try:
        yield
    finally:
        thread.writing_for_h5 = False  # type: ignore[attr-defined]


def serialize_for_h5(layer: Any) -> dict[str, Any] | None:
    """A layer as Keras 2 wrote it, within `writing_for_h5`; else None."""
    if not getattr(thread, "writing_for_h5", False):
        return None
    return {"class_name": get_registered_name(type(layer)), "config": layer.get_config()}


def layer_of_old_config(config: dict[str, Any], custom_objects: Any = None) -> Any:
    """The layer or model of such a configuration. Raises ValueError where its class is not known."""
    name = config.get("class_name") if isinstance(config, dict) else None
    if not isinstance(name, str) or "config" not in config:
        raise ValueError("The configuration is of no layer that Keras has. Expected a dictionary containing a 'config' "
                         f"key. Improper config format: {config}; it contains `class_name` and `config` as keys.")
    cls = get_registered_object(name, custom_objects=custom_objects) or _class_named(name, config["config"])
    if cls is None:
        raise ValueError(f"Unknown layer: '{name}'. Please ensure you are using a `keras.utils.custom_object_scope` "
                         "and that this object is included in the scope.")
    inner = _renamed(name, dict(config["config"])) if isinstance(config["config"], dict) else config["config"]
    if isinstance(config["config"], list):  # Sequential of Keras before 2.2.3
        inner = {"name": None, "layers": config["config"]}
    for key in _INNER.intersection(inner):
        inner[key] = _today(inner[key], custom_objects)
    takes_objects = "custom_objects" in inspect.signature(cls.from_config).parameters
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the file's spelling, not the program's
        return cls.from_config(inner, custom_objects=custom_objects) if takes_objects else cls.from_config(inner)


_INNER = frozenset(("layer", "backward_layer", "cell", "cells"))
"""Where layers that wrap others keep them in their configurations."""


def _today(config: Any, custom_objects: Any) -> Any:
    """Layers within another's configuration as they are written today."""
    if isinstance(config, list):
        return [_today(entry, custom_objects) for entry in config]
    if not isinstance(config, dict) or "class_name" not in config or "module" in config:
        return config
    return serialize_keras_object(layer_of_old_config(config, custom_objects))


def _class_named(name: str, config: Any) -> Any:
    """The class of layers, models or operations of `keras.ops` that is meant; `Add` is one of each kind."""
    operation = next((op_classes[key] for key in op_classes.names() if key.endswith(f">{name}")), None)
    if operation is not None and isinstance(config, dict) and "dtype" not in config:
        return operation
    if name in ("Model", "Functional"):
        return internal_classes["keras.src.models.functional>Functional"]
    for space in ("keras.layers", "keras.models", "keras"):
        held = names_v2.get(f"{space}.{name}")
        if held is not None:
            return held.target
    return operation


def _renamed(name: str, config: dict[str, Any]) -> dict[str, Any]:
    """Arguments of Keras 2 by today's names."""
    if name == "InputLayer" and "batch_input_shape" in config:
        config["batch_shape"] = config.pop("batch_input_shape")
    axis = config.get("axis")
    if isinstance(axis, list) and len(axis) == 1:
        config["axis"] = int(axis[0])
    if name == "Lambda":
        for what in ("function", "output_shape", "mask"):
            kind = config.pop(f"{what}_type", None)
            config.pop(f"{what}_module", None)
            if kind == "lambda" and isinstance(config.get(what), list):
                text, defaults, closure = config[what]
                config[what] = {"class_name": "__lambda__",
                                "config": {"code": text, "defaults": defaults, "closure": closure}}
            elif kind == "function" and isinstance(config.get(what), str):
                config[what] = {"module": "builtins", "class_name": "function", "config": config[what],
                                "registered_name": config[what]}
        config.pop("module", None)
    return config
