"""Layers as Keras 2 wrote them: `{"class_name": …, "config": …}`, without a module. `.h5` files hold such ones."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any

from hornbeam.graph.names import names_v2
from hornbeam.keras.saving.object_registration import get_registered_name, get_registered_object
from hornbeam.keras.saving.serialization import internal_classes, op_classes
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
    name = config.get("class_name")
    if not isinstance(name, str) or "config" not in config:
        raise ValueError(f"Improper config format: {config}. Expected python dict contains `class_name` and `config` as "
                         "keys")
    cls = get_registered_object(name, custom_objects=custom_objects)
    for space in ("keras.layers", "keras.models", "keras"):
        held = names_v2.get(f"{space}.{name}")
        cls = cls or (None if held is None else held.target)
    cls = cls or next((c for table in (internal_classes, dict.fromkeys(())) for k, c in table.items()
                       if k.endswith(f">{name}")), None)
    if cls is None:
        cls = next((op_classes[k] for k in op_classes.names() if k.endswith(f">{name}")), None)
    if name == "Model" or (cls is None and name == "Functional"):
        cls = internal_classes["keras.src.models.functional>Functional"]
    if cls is None:
        raise ValueError(f"Unknown layer: '{name}'. Please ensure you are using a `keras.utils.custom_object_scope` and "
                         "that this object is included in the scope.")
    inner = _renamed(name, dict(config["config"])) if isinstance(config["config"], dict) else config["config"]
    if isinstance(config["config"], list):  # Sequential of Keras before 2.2.3
        inner = {"name": None, "layers": config["config"]}
    if custom_objects and "custom_objects" in getattr(cls.from_config, "__code__", _NO_CODE).co_varnames:
        return cls.from_config(inner, custom_objects=custom_objects)
    return cls.from_config(inner)


class _NO_CODE:
    co_varnames = ()


def _renamed(name: str, config: dict[str, Any]) -> dict[str, Any]:
    """Arguments of Keras 2 by today's names."""
    if name == "InputLayer" and "batch_input_shape" in config:
        config["batch_shape"] = config.pop("batch_input_shape")
    elif "batch_input_shape" in config:
        config.pop("batch_input_shape")
    return config
