"""Models between results in the middle of other models: the calls are repeated on symbolic tensors of their own."""

from __future__ import annotations

from typing import Any

from hornbeam.keras.functions import history_of, is_model_input
from hornbeam.keras.graph_map import nodes_between
from hornbeam.keras.keras_tensor import KerasTensor
from hornbeam.keras.layers.core.input_layer import Input, InputLayer
from hornbeam.keras.nodes import Node
from hornbeam.keras.tree import structures as tree


def copied_nodes(inputs: Any, outputs: Any) -> tuple[Any, Any]:
    """Inputs and outputs with the same operations between them; inputs that were results are now `Input`s."""
    nodes, _ = nodes_between(tree.flatten(inputs), tree.flatten(outputs))
    copies: dict[int, KerasTensor] = {}
    inputs_for: dict[int, Any] = {}

    def copy(x: Any) -> Any:
        if not isinstance(x, KerasTensor):
            return x
        if id(x) not in copies:
            copies[id(x)] = _like(x)
        return copies[id(x)]

    def as_input(x: KerasTensor) -> KerasTensor:
        made = x
        if not is_model_input(x):
            made = Input(batch_shape=x.shape, dtype=x.dtype, sparse=x.sparse, name=f"{x._own_name}CLONE")
            inputs_for[id(history_of(x).operation)] = history_of(made).operation
        copies[id(x)] = made
        return made

    new_inputs = tree.map_structure(as_input, inputs)
    for x in tree.flatten(outputs):
        copy(x)._keras_history = history_of(x)
    for node in nodes:
        operation = inputs_for.get(id(node.operation), node.operation)
        is_input = isinstance(operation, InputLayer)
        args = () if is_input else tree.map_structure(copy, node.arguments.args)
        kwargs = {} if is_input else tree.map_structure(copy, node.arguments.kwargs)
        Node(operation, args, kwargs, tree.map_structure(copy, node.output_tensors))
    return new_inputs, tree.map_structure(copy, outputs)


def _like(x: KerasTensor) -> KerasTensor:
    return KerasTensor(x.shape, dtype=x.dtype, sparse=x.sparse, name=f"{x._own_name}_clone")
