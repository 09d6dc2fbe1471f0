"""The `.h5` files of Keras 2: configuration and weights in one HDF5 file, weights found by order or by name."""

from __future__ import annotations

import json
import logging
import warnings
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from hornbeam.keras.config.settings import backend
from hornbeam.keras.layers.layer_state import set_value
from hornbeam.keras.lookup import named
from hornbeam.keras.saving import legacy_objects
from hornbeam.keras.saving.archive import KERAS_VERSION
from hornbeam.keras.saving.files import named_in_errors, replaced
from hornbeam.keras.saving.h5_store import child_array, child_group, open_h5
from hornbeam.keras.saving.object_registration import CustomObjectScope, get_registered_name, get_registered_object
from hornbeam.keras.saving.serialization import SafeModeScope
from hornbeam.keras.shapes import standardize_shape

_HEADER_LIMIT = 64512
_log = logging.getLogger("hornbeam")


# Writing ---------------------------------------------------------------------------------------------


def save_model(model: Any, path: str, include_optimizer: bool = True) -> None:
    """Write a model to an `.h5` file."""
    with legacy_objects.writing_for_h5():
        attributes: dict[str, Any] = {
            "keras_version": KERAS_VERSION, "backend": backend(),
            "model_config": {"class_name": type(model).__name__, "config": model.get_config()}}
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    optimizer = getattr(model, "optimizer", None) if include_optimizer else None
    if optimizer is not None and model.compiled:
        attributes["training_config"] = _training_config(model, optimizer)
    with replaced(path) as part, h5py.File(part, "w") as file:
        for name, value in attributes.items():
            file.attrs[name] = value if isinstance(value, str) else json.dumps(value, default=_plain).encode()
        _save_layers(file.create_group("model_weights"), model)
        if optimizer is not None and optimizer.variables:
            _put_weights(file.create_group("optimizer_weights"), optimizer.variables)


def save_weights(model: Any, path: str) -> None:
    """Write a model's weights alone to an `.h5` file."""
    with replaced(path) as part, h5py.File(part, "w") as file:
        _save_layers(file, model)


def _plain(value: Any) -> Any:
    """What JSON does not know, as it stands in files."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if hasattr(value, "get_config"):
        return {"class_name": type(value).__name__, "config": value.get_config()}
    if hasattr(value, "__name__"):
        return value.__name__
    if hasattr(value, "as_list"):
        return value.as_list()
    raise TypeError(f"{value!r} cannot be written to a file")


def _training_config(model: Any, optimizer: Any) -> dict[str, Any]:
    given = dict(model.get_compile_config() or {})
    given.pop("optimizer", None)
    config = {name: _without_modules(value) for name, value in given.items()}
    config["optimizer_config"] = {"class_name": get_registered_name(type(optimizer)),
                                  "config": optimizer.get_config()}
    return config


def _without_modules(value: Any) -> Any:
    """A configuration as Keras 2 wrote it: functions by name, objects without their module."""
    if isinstance(value, dict) and "class_name" in value and "config" in value:
        if value["class_name"] == "function":
            return value["config"]
        return {"class_name": value["class_name"], "config": value["config"]}
    if isinstance(value, dict):
        return {k: _without_modules(v) for k, v in value.items()}
    return [_without_modules(v) for v in value] if isinstance(value, (list, tuple)) else value


def _save_layers(group: Any, model: Any) -> None:
    _put_names(group, "layer_names", [layer.name for layer in model.layers])
    group.attrs["backend"] = backend()
    group.attrs["keras_version"] = KERAS_VERSION
    for layer in sorted(model.layers, key=lambda layer: layer.name):
        _put_weights(group.create_group(layer.name), _weights(layer))
    _put_weights(group.create_group("top_level_model_weights"), _top_level(model))


def _weights(layer: Any) -> list[Any]:
    """A layer's weights in the order of `.h5` files: trainable ones first."""
    return [*layer.trainable_weights, *layer.non_trainable_weights]


def _top_level(model: Any) -> list[Any]:
    own = {id(w) for w in model.weights}
    return [v for v in [*model._trainable_variables, *model._non_trainable_variables] if id(v) in own]


def _put_weights(group: Any, weights: list[Any]) -> None:
    names = [str(w.path) for w in weights]
    _put_names(group, "weight_names", names)
    for name, weight in zip(names, weights, strict=True):
        group.create_dataset(name, data=np.asarray(weight))


def _put_names(group: Any, attribute: str, names: list[str]) -> None:
    """A list of names as an attribute, in several ones where it is too long for HDF5. Raises RuntimeError if one is."""
    encoded = [name.encode() for name in names]
    if any(len(name) > _HEADER_LIMIT for name in encoded):
        raise RuntimeError(f"The following attributes cannot be saved to HDF5 file because they are larger than "
                           f"{_HEADER_LIMIT} bytes: {[n for n in encoded if len(n) > _HEADER_LIMIT]}")
    parts, count = [np.asarray(encoded)], 1
    while any(part.nbytes > _HEADER_LIMIT for part in parts):
        count += 1
        parts = np.array_split(np.asarray(encoded), count)
    if count == 1:
        group.attrs[attribute] = encoded
    else:
        for i, part in enumerate(parts):
            group.attrs[f"{attribute}{i}"] = part


# Reading ---------------------------------------------------------------------------------------------


def load_model(path: str, custom_objects: Any = None, compile: bool = True, safe_mode: bool = True) -> Any:
    """The model of an `.h5` file. Raises ValueError where it is damaged or holds no model."""
    with named_in_errors(path, "an `.h5` file"), open_h5(path) as file:
        config = _json(file, "model_config")
        if config is None:
            raise ValueError(f"No model config found in the file at {path}.")
        with CustomObjectScope(custom_objects or {}), SafeModeScope(safe_mode):
            model = legacy_objects.layer_of_old_config(config, custom_objects)
            load_weights(child_group(file, "model_weights"), model)
            if compile:
                _compile(model, file, path)
    return model


def _json(file: Any, attribute: str) -> Any:
    text = file.attrs.get(attribute)
    if text is None:
        return None
    return json.loads(text.decode() if isinstance(text, bytes) else text)


def _compile(model: Any, file: Any, path: str) -> None:
    config = _json(file, "training_config")
    if config is None:
        _log.warning("No training configuration found in %s, so the model was *not* compiled. Compile it manually.",
                     path)
        return
    model.compile(**_compile_arguments(config))
    optimizer = model.optimizer
    if "optimizer_weights" not in file or optimizer is None:
        return
    optimizer.build(model.trainable_variables)
    group = child_group(file, "optimizer_weights")
    values = [child_array(group, name) for name in _names(group, "weight_names")]
    if len(values) != len(optimizer.variables) or any(
            tuple(v.shape) != tuple(w.shape) for v, w in zip(values, optimizer.variables, strict=True)):
        _log.warning("Error in loading the saved optimizer state of %s. As a result, your model is starting with a "
                     "freshly initialized optimizer.", path)
        return
    for variable, value in zip(optimizer.variables, values, strict=True):
        set_value(variable, value)


def _compile_arguments(config: dict[str, Any]) -> dict[str, Any]:
    """The arguments of `compile` from a training configuration."""
    arguments = {"optimizer": named("optimizers.deserialize")(config["optimizer_config"]),
                 "loss_weights": config.get("loss_weights")}
    for name, kind in (("loss", "losses"), ("metrics", "metrics"), ("weighted_metrics", "metrics")):
        arguments[name] = _read(config.get(name), named(f"{kind}.deserialize"))
    return arguments


def _read(value: Any, deserialize: Any) -> Any:
    if isinstance(value, str):
        return get_registered_object(value) or value  # `compile` knows the others
    if value is None:
        return None
    if isinstance(value, dict) and "class_name" in value:
        return deserialize(value)
    if isinstance(value, dict):
        return {k: _read(v, deserialize) for k, v in value.items()}
    return [_read(v, deserialize) for v in value]


def load_weights(group: Any, model: Any, skip_mismatch: bool = False, by_name: bool = False) -> None:
    """Take a model's weights from a group of an `.h5` file, layers by order or by name.

    skip_mismatch: what does not fit is left alone, with a warning. Raises ValueError where something does not fit.
    """
    saved = [(name, child_group(group, name)) for name in _names(group, "layer_names")]
    if by_name:
        pairs = [(layer, name, part) for name, part in saved for layer in model.layers if layer.name == name]
    else:
        saved = [(name, part) for name, part in saved if _names(part, "weight_names")]
        layers = [layer for layer in model.layers if _weights(layer)]
        if len(layers) != len(saved):
            raise ValueError("Layer count mismatch when loading weights from file. Model expected "
                             f"{len(layers)} layers, found {len(saved)} saved layers.")
        pairs = [(layer, name, part) for layer, (name, part) in zip(layers, saved, strict=True)]
    for k, (layer, name, part) in enumerate(pairs):
        _load_into(_weights(layer), part, f"layer #{k} (named {layer.name} in the current model, {name} in the save "
                                          "file)", skip_mismatch and by_name, skip_mismatch)
    if "top_level_model_weights" in group:
        _load_into(_top_level(model), child_group(group, "top_level_model_weights"), "top-level weights",
                   skip_mismatch, skip_mismatch)


def _load_into(weights: list[Any], group: Any, what: str, skip_count: bool, skip_shape: bool) -> None:
    values = [child_array(group, name) for name in _names(group, "weight_names")]
    if len(values) != len(weights):
        text = (f"Weight count mismatch for {what}. Layer expects {len(weights)} weight(s). Received {len(values)} "
                "saved weight(s)")
        if not skip_count:
            raise ValueError(text)
        warnings.warn(f"Skipping loading of weights: {text}", stacklevel=5)
        return
    for weight, value in zip(weights, values, strict=True):
        if standardize_shape(weight.shape) != value.shape:
            text = (f"Shape mismatch in {what} for weight {weight.path}. Weight expects shape {tuple(weight.shape)}. "
                    f"Received saved weight with shape {value.shape}")
            if not skip_shape:
                raise ValueError(text)
            warnings.warn(f"Skipping loading weights: {text}", stacklevel=5)
        else:
            set_value(weight, value)


def _names(group: Any, attribute: str) -> list[str]:
    """A list of names that `_put_names` wrote."""
    found: list[Any] = []
    if attribute in group.attrs:
        found = list(group.attrs[attribute])
    else:
        i = 0
        while f"{attribute}{i}" in group.attrs:
            found += list(group.attrs[f"{attribute}{i}"])
            i += 1
    return [n.decode() if isinstance(n, bytes) else str(n) for n in found]
