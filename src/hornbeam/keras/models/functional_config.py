"""Functional models as configurations, and back: layers, and the calls of each with its arguments."""

from __future__ import annotations

import copy
from collections.abc import Collection
from typing import Any

from hornbeam.keras.graph_map import node_key
from hornbeam.keras.keras_tensor import KerasTensor
from hornbeam.keras.operations import Operation
from hornbeam.keras.saving.legacy_objects import layer_of_old_config, serialize_for_h5
from hornbeam.keras.saving.serialization import deserialize_keras_object, serialize_keras_object
from hornbeam.keras.tree import structures as tree


def config_of(model: Any) -> dict[str, Any]:
    """The configuration of a functional model."""
    own: Collection[str] = model._nodes
    places = {}
    for operation in model.operations:
        place = _first_place(operation)
        for index in range(len(operation._inbound_nodes)):
            key = node_key(operation, index)
            if key in own:
                places[key] = place
                place += 1

    def place_of(x: Any) -> list[Any]:
        operation, index, tensor_index = x._keras_history
        return [operation.name, places[node_key(operation, index)], tensor_index]

    layers = []
    for operation in model.operations:
        calls = [_call_config(node, own) for index, node in enumerate(operation._inbound_nodes)
                 if node_key(operation, index) in own and node.input_tensors]
        made = serialize_for_h5(operation) or serialize_keras_object(operation)
        made["name"] = operation.name
        made["inbound_nodes"] = calls
        layers.append(made)
    return copy.deepcopy({"name": model.name, "trainable": model.trainable, "layers": layers,
                          "input_layers": tree.map_structure(place_of, model._inputs_struct),
                          "output_layers": tree.map_structure(place_of, model._outputs_struct)})


def _first_place(operation: Any) -> int:
    """Functional models count their calls from 1 in a model's inputs and outputs: files have it so."""
    return int(hasattr(operation, "_inputs_struct"))


def _call_config(node: Any, own: Collection[str]) -> dict[str, Any]:
    """The arguments of a call. Indices count only the calls that belong to the model."""
    def written(x: Any) -> Any:
        if not isinstance(x, KerasTensor):
            return x
        operation, index, tensor_index = x._keras_history  # type: ignore[attr-defined]
        place = index - sum(node_key(operation, i) not in own for i in range(index))
        made = serialize_keras_object(x)
        made["config"]["keras_history"] = [operation.name, place, tensor_index]
        return made

    arguments = node.arguments
    return {"args": serialize_keras_object(tree.map_structure(written, arguments.args)),
            "kwargs": serialize_keras_object(tree.map_structure(written, arguments.kwargs))}


class _NotYet(Exception):
    """A call needs the result of one that was not made yet."""


def model_of(cls: type, config: dict[str, Any], custom_objects: Any) -> Any:
    """A model of class `cls` from a configuration.

    Raises ValueError where calls wait for each other, or name a layer that is not there.
    """
    config = dict(config)
    layer_configs, inputs, outputs = (config.pop(k) for k in ("layers", "input_layers", "output_layers"))
    name, trainable = config.pop("name", None), config.pop("trainable", None)
    layers: dict[str, Any] = {}
    waiting: dict[str, list[Any]] = {}
    for entry in layer_configs:
        layers[entry["name"]] = _layer(entry, custom_objects)
        waiting.setdefault(entry["name"], []).extend(entry["inbound_nodes"])
    waiting = {n: calls for n, calls in waiting.items() if calls}
    while waiting:
        made = False
        for layer_name in list(waiting):
            calls = waiting[layer_name]
            while calls:
                try:
                    args, kwargs = _arguments(calls[0], layers)
                except _NotYet:
                    break
                layers[layer_name](*args, **kwargs)
                calls.pop(0)
                made = True
            if not calls:
                del waiting[layer_name]
        if not made:
            raise ValueError("Invalid Functional model configuration. The graph of the Functional model either has "
                             "loops or disconnected nodes. The following nodes failed to be resolved: "
                             f"{waiting}")

    def tensor(place: Any) -> Any:
        layer_name, index, tensor_index = place
        if layer_name not in layers:
            raise ValueError(f"Invalid Functional model configuration: could not find layer {layer_name}.")
        layer = layers[layer_name]
        index -= _first_place(layer)
        return layer._inbound_nodes[index].output_tensors[tensor_index]

    return cls(inputs=_tensors(inputs, tensor), outputs=_tensors(outputs, tensor), name=name, trainable=trainable,
               **config)


def _tensors(places: Any, tensor: Any) -> Any:
    if isinstance(places, (list, tuple)) and len(places) == 3 and isinstance(places[0], str):
        return tensor(places)
    if isinstance(places, dict):
        return {k: _tensors(v, tensor) for k, v in places.items()}
    return type(places)(_tensors(v, tensor) for v in places)


def _layer(entry: dict[str, Any], custom_objects: Any) -> Any:
    if "module" in entry:
        layer = deserialize_keras_object(entry, custom_objects=custom_objects)
    else:
        layer = layer_of_old_config(entry, custom_objects)
    if not isinstance(layer, Operation):
        raise ValueError("Unexpected object from deserialization, expected a layer or operation, got a "
                         f"{type(layer)}")
    return layer


def _arguments(call: Any, layers: dict[str, Any]) -> tuple[Any, Any]:
    """The arguments of a call. Raises _NotYet where the layer that makes one was not called often enough."""
    if isinstance(call, list):
        return _old_arguments(call, layers)

    def tensor(x: Any) -> Any:
        history = getattr(x, "_pre_serialization_keras_history", None)
        return x if history is None else _output(history, layers)

    args = deserialize_keras_object(call["args"])
    kwargs = deserialize_keras_object(call["kwargs"])
    return tree.map_structure(tensor, args), tree.map_structure(tensor, kwargs)


def _old_arguments(call: list[Any], layers: dict[str, Any]) -> tuple[Any, Any]:
    """As Keras 2 wrote a call: `[[layer, node, tensor, {further arguments}], …]`."""
    found: list[Any] = []
    kwargs: dict[str, Any] = {}
    for place in call:
        if len(place) not in (3, 4):
            raise ValueError("Cannot deserialize the model (invalid config data?)")
        found.append(_output(place[:3], layers))
        kwargs = place[3] if len(place) == 4 else {}
    return [found[0] if len(found) == 1 else found], kwargs


def _output(history: Any, layers: dict[str, Any]) -> Any:
    layer_name, index, tensor_index = history
    layer = layers.get(layer_name)
    if layer is None:
        raise ValueError(f"Missing node: {layer_name} is no layer of the model.")
    if len(layer._inbound_nodes) <= index:
        raise _NotYet
    return layer._inbound_nodes[index].output_tensors[tensor_index]
