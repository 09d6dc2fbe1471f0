"""Configurations: objects as dictionaries that JSON knows, and back.

    {"module": "keras.layers", "class_name": "Dense", "config": {…}, "registered_name": None, "build_config": {…}}

Reading makes objects of three kinds only: public classes and functions of Keras, what was registered or is named in
`custom_objects`, and the few private classes that files name (`keras.src.ops.numpy`, `Add`). It imports nothing, and
runs code that stands in a file (a `lambda`) only where safe mode is off.
"""

from __future__ import annotations

import inspect
import types
import warnings
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import numpy as np

import hornbeam as tf
from hornbeam.graph.names import names_v2
from hornbeam.keras.config.settings import unsafe_deserialization
from hornbeam.keras.dtypes import standardize_dtype
from hornbeam.keras.keras_tensor import KerasTensor, is_concrete
from hornbeam.keras.names import keras_export
from hornbeam.keras.operations import Operation, op_classes
from hornbeam.keras.saving import code
from hornbeam.keras.saving.object_registration import (
    CustomObjectScope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    objects_in_scope,
)
from hornbeam.keras.state import thread

_PLAIN = (str, int, float, bool)
_WITH_SHORT_NAMES = ("activations", "constraints", "initializers", "losses", "metrics", "optimizers", "regularizers")
_NO_PART_OF_A_MODEL = ("backend.", "callbacks.", "config.", "datasets.", "preprocessing.", "saving.", "utils.",
                       "export.", "wrappers.", "distribution.", "visualization.", "models.load_model",
                       "models.model_from_json", "models.save_model", "models.clone_model")
_NAMED_ALL_THE_SAME = ("utils.FeatureSpace",)

internal_classes: dict[str, type] = {}
"""Private classes that files name, by `module>class`."""


def internal(module: str) -> Callable[[type], type]:
    """Decorator: files name the class below by a module of Keras's (`keras.src.models.functional`)."""
    def declare(cls: type) -> type:
        cls._keras_module = module  # type: ignore[attr-defined]
        internal_classes[f"{module}>{cls.__name__}"] = cls
        return cls

    return declare


# Scopes ----------------------------------------------------------------------------------------------


class ObjectSharingScope:
    """Within the block an object that is mentioned twice is one object again after reading."""

    def __enter__(self) -> ObjectSharingScope:
        thread.shared = {}, {}  # type: ignore[attr-defined]
        return self

    def __exit__(self, *exc: object) -> None:
        thread.shared = None  # type: ignore[attr-defined]


def _shared() -> tuple[dict[int, Any], dict[int, dict[str, Any]]] | None:
    return getattr(thread, "shared", None)


class SafeModeScope:
    """Within the block reading is safe or not, whatever the arguments of inner calls say."""

    def __init__(self, safe_mode: bool = True) -> None:
        self.safe_mode = safe_mode

    def __enter__(self) -> SafeModeScope:
        self._before = getattr(thread, "safe_mode", None)
        thread.safe_mode = self.safe_mode  # type: ignore[attr-defined]
        return self

    def __exit__(self, *exc: object) -> None:
        thread.safe_mode = self._before  # type: ignore[attr-defined]


def in_safe_mode() -> bool | None:
    """What the open scope or the process says; None where neither says anything."""
    if unsafe_deserialization():
        return False
    return getattr(thread, "safe_mode", None)


# Writing ---------------------------------------------------------------------------------------------


@keras_export("saving.serialize_keras_object", "utils.serialize_keras_object")
def serialize_keras_object(obj: Any) -> Any:
    """The configuration of an object, as `deserialize_keras_object` reads it.

    Plain values, lists and dictionaries stay what they are. Raises TypeError for an object without `get_config`.
    """
    if obj is None or (isinstance(obj, _PLAIN) and not isinstance(obj, np.generic)):
        return obj
    if isinstance(obj, (list, tuple)):
        items = [serialize_keras_object(x) for x in obj]
        return tuple(items) if isinstance(obj, tuple) else items
    if isinstance(obj, dict):
        return serialize_dict(obj)
    tagged = _tagged(obj)
    if tagged is not _UNTAGGED:
        return tagged
    config = _identity(obj, _inner_config(obj))
    for part in ("build_config", "compile_config"):
        get = getattr(obj, f"get_{part}", None)
        found = None if get is None else get()
        if found is not None:
            config[part] = serialize_dict(found)
    _remember_written(obj, config)
    return config


def serialize_dict(obj: Mapping[str, Any]) -> dict[str, Any]:
    """The dictionary with each value's configuration."""
    return {key: serialize_keras_object(value) for key, value in obj.items()}


_UNTAGGED = object()


def _tag(name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": f"__{name}__", "config": config}


def _tagged(obj: Any) -> Any:
    """The values that have a notation of their own."""
    if isinstance(obj, bytes):
        return _tag("bytes", value=obj.decode("utf-8"))
    if isinstance(obj, slice):
        return _tag("slice", start=serialize_keras_object(obj.start), stop=serialize_keras_object(obj.stop),
                    step=serialize_keras_object(obj.step))
    if obj is Ellipsis:
        return _tag("ellipsis")
    if isinstance(obj, KerasTensor):
        history = getattr(obj, "_keras_history", None)
        at = history and [history.operation.name, history.node_index, history.tensor_index]
        return _tag("keras_tensor", shape=obj.shape, dtype=obj.dtype, keras_history=at)
    if isinstance(obj, tf.TensorShape):
        return None if obj.rank is None else obj.as_list()
    if isinstance(obj, tf.DType):
        return obj.name
    if is_concrete(obj):
        return _tag("tensor", value=np.asarray(obj).tolist(), dtype=standardize_dtype(obj.dtype))
    if isinstance(obj, np.ndarray) and obj.ndim > 0:
        return _tag("numpy", value=obj.tolist(), dtype=standardize_dtype(obj.dtype))
    if isinstance(obj, (np.ndarray, np.generic)):
        return obj.item()
    if isinstance(obj, np.dtype):
        return obj.name
    if isinstance(obj, types.FunctionType) and obj.__name__ == "<lambda>":
        warnings.warn("The object being serialized includes a `lambda`. This is unsafe. In order to reload the object, "
                      "you will have to pass `safe_mode=False` to the loading function. Please use a named Python "
                      f"function instead of {code.source_of(obj)}", stacklevel=3)
        return _tag("lambda", value=code.dump(obj))
    return _UNTAGGED


def _inner_config(obj: Any) -> Any:
    if isinstance(obj, types.FunctionType):
        return get_registered_name(obj)
    if hasattr(obj, "get_config"):
        config = obj.get_config()
        if not isinstance(config, dict):
            raise TypeError(f"The `get_config()` method of {obj} should return a dict. It returned: {config}")
        return serialize_dict(config)
    if hasattr(obj, "__name__"):
        return get_registered_name(obj)
    raise TypeError(f"Cannot serialize object {obj} of type {type(obj)}. To be serializable, a class must implement "
                    "the `get_config()` method.")


def _identity(obj: Any, inner: Any) -> dict[str, Any]:
    """The configuration with the names that the object's class is found by."""
    cls = type(obj)
    name = public_name(cls)
    if name is not None:
        module, _, class_name = name.rpartition(".")
        return {"module": module, "class_name": class_name, "config": inner, "registered_name": None}
    module = cls.__dict__.get("_keras_module") or cls.__module__
    return {"module": module, "class_name": cls.__name__, "config": inner, "registered_name": get_registered_name(cls)}


_public: dict[int, tuple[Any, str]] = {}
_known = [0]


def public_name(obj: Any) -> str | None:
    """The first of an object's public names: `keras.layers.Dense`; None where it has none."""
    count = dict.__len__(names_v2)
    if _known[0] != count:
        _public.clear()
        for name, held in names_v2.loaded().items():
            if name.startswith("keras."):
                _public.setdefault(id(held.target), (held.target, name))
        _known[0] = count
    found = _public.get(id(obj))
    return None if found is None else found[1]


def _remember_written(obj: Any, config: dict[str, Any]) -> None:
    if config["module"] == "__main__":
        config["module"] = None
    shared = _shared()
    if shared is None:
        return
    first = shared[1].setdefault(id(obj), config)
    if first is not config:
        first["shared_object_id"] = config["shared_object_id"] = id(obj)
    shared[0][id(obj)] = obj  # kept, so that no other object takes its id


# Reading ---------------------------------------------------------------------------------------------


@keras_export("saving.deserialize_keras_object", "utils.deserialize_keras_object")
def deserialize_keras_object(config: Any, custom_objects: Mapping[str, Any] | None = None, safe_mode: bool = True,
                             **kwargs: Any) -> Any:
    """The object of a configuration that `serialize_keras_object` wrote.

    custom_objects: classes and functions by name, besides those registered. safe_mode: whether code in the
    configuration is refused. `module_objects`: names that a plain string or a class name stands for.
    Raises TypeError where a class or function is not known, ValueError where it is not allowed here.
    """
    stated = in_safe_mode()
    safe_mode = safe_mode if stated is None else stated
    module_objects = kwargs.pop("module_objects", None)
    custom = {**(custom_objects or {}), **objects_in_scope(), **get_custom_objects()}
    if config is None:
        return None
    if isinstance(config, str) and custom.get(config) is not None:
        return custom[config]
    if isinstance(config, (list, tuple)):
        return [deserialize_keras_object(x, custom_objects=custom, safe_mode=safe_mode) for x in config]
    if module_objects is not None:
        done, config = _from_module(config, module_objects, custom)
        if done:
            return config
    if isinstance(config, _PLAIN):
        return config
    if not isinstance(config, dict):
        raise TypeError(f"Could not parse config: {config}")
    if "class_name" not in config or "config" not in config:
        return {key: deserialize_keras_object(value, custom_objects=custom, safe_mode=safe_mode)
                for key, value in config.items()}
    tag = str(config["class_name"])
    if tag.startswith("__") and tag.endswith("__"):
        return _untagged(tag.strip("_"), config, custom, safe_mode)
    return _made(config, custom, safe_mode)


def _from_module(config: Any, module_objects: Mapping[str, Any], custom: Mapping[str, Any]) -> tuple[bool, Any]:
    """Whether the object is found (and the object), else the configuration to go on with."""
    inner = None
    if isinstance(config, dict):
        if "class_name" not in config:
            raise ValueError(f"Unknown `config` as a `dict`, config={config}")
        inner = config.get("config")
        if (config["class_name"] in custom or config.get("registered_name") in custom
                or (isinstance(inner, str) and inner in custom)):
            return False, config
        if config["class_name"] == "function":
            name = config["config"] if config.get("module") == "builtins" else config.get("registered_name")
        elif config.get("module", "_") is None:
            raise TypeError(f"Cannot deserialize object of type `{config['class_name']}`. If `{config['class_name']}` "
                            "is a custom class, please register it using the "
                            "`@keras.saving.register_keras_serializable()` decorator.")
        else:
            name = config["class_name"]
    else:
        name = config
    if not isinstance(name, str) or name not in module_objects:
        elsewhere = isinstance(config, dict) and isinstance(config.get("module"), str) and "config" in config
        return (False, config) if elsewhere else (True, name)  # a layer may be an activation
    held = module_objects[name]
    if not isinstance(held, type):
        return True, held
    return False, {"module": None, "class_name": name, "config": inner, "registered_name": None, "_class": held}


def _untagged(tag: str, tagged: dict[str, Any], custom: Mapping[str, Any], safe_mode: bool) -> Any:
    config = tagged["config"] or {}
    if tag == "keras_tensor":
        made = KerasTensor(config["shape"], dtype=config["dtype"])
        made._pre_serialization_keras_history = config["keras_history"]  # type: ignore[attr-defined]
        return made
    if tag == "tensor":
        return tf.cast(tf.convert_to_tensor(np.array(config["value"])), config["dtype"])
    if tag == "numpy":
        return np.array(config["value"], dtype=config["dtype"])
    if tag == "bytes":
        return config["value"].encode("utf-8")
    if tag == "ellipsis":
        return Ellipsis
    if tag == "slice":
        return slice(*(deserialize_keras_object(config[k], custom_objects=custom, safe_mode=safe_mode)
                       for k in ("start", "stop", "step")))
    if tag == "lambda":
        if safe_mode:
            raise ValueError("Requested the deserialization of a Python lambda. This carries a potential risk of "
                             "arbitrary code execution and thus it is disallowed by default. If you trust the source "
                             "of the artifact, you can override this error by passing `safe_mode=False` to the "
                             "loading function, or calling `keras.config.enable_unsafe_deserialization().")
        return code.load(config["value"])
    if tag == "typespec" and not isinstance(config, (list, tuple)):
        raise TypeError("Expected 'config' to be a list or a tuple for a __typespec__ class name,\ninstead got "
                        f"{type(config)}\nFull config: {tagged}")
    raise TypeError(_not_located("class", f"__{tag}__", tagged))


def _not_located(kind: str, name: str, config: dict[str, Any]) -> str:
    return (f"Could not locate {kind} '{name}'. Make sure custom classes and functions are decorated with "
            "`@keras.saving.register_keras_serializable()`. If they are already decorated, make sure they are "
            f"all imported so that the decorator is run before trying to load them. Full object config: {config}")


def _made(config: dict[str, Any], custom: dict[str, Any], safe_mode: bool) -> Any:
    class_name = config["class_name"]
    inner = config["config"] if config["config"] is not None else {}
    if class_name == "function":
        if not isinstance(inner, str):
            raise TypeError("Expected 'config' to be a non-null str for a function classname,\ninstead got "
                            f"{type(inner)}\nFull config: {config}")
        return _find(inner, inner, "function", config, custom)
    if not isinstance(inner, dict):
        raise TypeError(f"Expected 'config' to be a dict for {class_name},\ninstead got {type(inner)}\n"
                        f"Full config: {config}")
    shared, shared_id = _shared(), config.get("shared_object_id")
    if shared is not None and shared_id is not None and shared_id in shared[0]:
        return shared[0][shared_id]
    cls = config.get("_class")
    if cls is None:
        cls = _find(class_name, config.get("registered_name", class_name), "class", config, custom)
    if isinstance(cls, types.FunctionType):
        return cls
    if not hasattr(cls, "from_config"):
        raise TypeError(f"Unable to reconstruct an instance of '{class_name}' because the class is missing a "
                        f"`from_config()` method. Full object config: {config}")
    with CustomObjectScope(custom), SafeModeScope(safe_mode):
        instance = _instance(cls, inner, config)
    if shared is not None and shared_id is not None:
        shared[0][shared_id] = instance
    return instance


def _instance(cls: Any, inner: dict[str, Any], config: dict[str, Any]) -> Any:
    try:
        instance = cls.from_config(inner)
    except TypeError as error:
        if hasattr(error, "_told_with_config"):
            raise  # of an object within this one
        told = TypeError(f"{cls} could not be deserialized properly. Please ensure that components that are Python "
                         "object instances (layers, models, etc.) returned by `get_config()` are explicitly "
                         f"deserialized in the model's `from_config()` method.\n\nconfig={config}.\n\nException "
                         f"encountered: {error}")
        told._told_with_config = True  # type: ignore[attr-defined]
        raise told from error
    build_config = config.get("build_config")
    if build_config and not instance.built:
        instance.build_from_config(build_config)
        instance.built = True
    compile_config = config.get("compile_config")
    if compile_config:
        instance.compile_from_config(compile_config)
    return instance


def _find(name: str, registered_name: Any, kind: str, config: dict[str, Any], custom: Mapping[str, Any]) -> Any:
    """The class or function that a configuration names."""
    module = config.get("module")
    found = get_registered_object(registered_name, custom_objects=custom)
    if found is None and registered_name != name and not (module or "").startswith("keras"):
        found = custom.get(name)
    if found is not None:
        return found
    if isinstance(module, str) and module.split(".")[0] in ("keras", "hornbeam"):
        found = _of_keras(module, name, config)
    elif kind == "function" and module == "builtins":
        full = next((full for part in _WITH_SHORT_NAMES if (full := f"keras.{part}.{name}") in names_v2), None)
        if full is not None:
            _refuse_registered(full, name, config)
            found = names_v2[full].target
        else:
            found = next((obj for key, obj in custom.items() if key.endswith(f">{name}")), None)
    if found is not None:
        return found
    raise TypeError(_not_located(kind, name, config))


def _of_keras(module: str, name: str, config: dict[str, Any]) -> Any:
    """A public class or function of Keras, or a private class that files may name. None where there is none."""
    key = f"{module}>{name}"
    if key in internal_classes:
        return internal_classes[key]
    if key in op_classes:
        return op_classes[key]
    if module.startswith("keras.src."):
        return _by_class_name(name) or _refuse(module, name, config)
    full = f"{module}.{name}"
    short = full.removeprefix("keras.")
    if short.startswith(_NO_PART_OF_A_MODEL) and short not in _NAMED_ALL_THE_SAME:
        raise ValueError(f"Cannot deserialize `{full}` because it is not a modeling function. Non-modeling APIs are "
                         "disallowed during deserialization for security. Model configuration should only contains "
                         "operations, layers, metrics, losses, or registered custom objects and functions.")
    held = names_v2.get(full)
    if held is None:
        _refuse(module, name, config)
    _refuse_registered(full, name, config)
    return held.target


def _refuse_registered(full: str, name: str, config: dict[str, Any]) -> None:
    """Raise where a part of Keras is named together with the name of something registered."""
    stated = config.get("registered_name")
    if stated and stated not in (name, config.get("class_name")):
        raise ValueError(f"`registered_name={stated!r}` was provided in the config, but '{full}' resolved to a Keras "
                         "built-in and does not use registered names. Remove the `registered_name` field from the "
                         f"config. Full object config: {config}")


def _refuse(module: str, name: str, config: dict[str, Any]) -> NoReturn:
    """Raise for a class or function that Keras does not have."""
    if any(full.startswith(f"{module}.") for full in names_v2):
        raise ValueError(f"Could not deserialize '{module}.{name}' because it is not a KerasSaveable subclass")
    kind = "function" if config.get("class_name") == "function" else "class"
    raise TypeError(f"Could not deserialize {kind} '{name}' because its parent module {module} cannot be imported. "
                    f"Full object config: {config}")


def _by_class_name(name: str) -> Any:
    """The public class of that name, for files that name the module where Keras defines it."""
    for full, held in names_v2.items():
        if full.startswith("keras.") and full.endswith(f".{name}") and inspect.isclass(held.target) and (
                issubclass(held.target, Operation) or hasattr(held.target, "from_config")):
            return held.target
    return None
