"""get_source_inputs: what a symbolic tensor follows from."""

from __future__ import annotations

from typing import Any

from hornbeam.keras.names import keras_export
from hornbeam.keras.tree import structures as tree


@keras_export("utils.get_source_inputs")
def get_source_inputs(tensor: Any) -> list[Any]:
    """The symbolic inputs that a KerasTensor follows from, each once."""
    if getattr(tensor, "_keras_history", None) is None:
        return tensor
    operation, index, _ = tensor._keras_history
    if operation is None or not operation._inbound_nodes:
        return [tensor]
    node = operation._inbound_nodes[index]
    if node.is_input:
        return tree.flatten(node.output_tensors)
    found: list[Any] = []
    for x in node.input_tensors:
        found += [source for source in get_source_inputs(x) if all(source is not f for f in found)]
    return found
