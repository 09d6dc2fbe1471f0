"""Nodes: the calls of operations on symbolic tensors, from which functional models are made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hornbeam.keras.graph_places import keep_place
from hornbeam.keras.keras_tensor import KerasHistory, KerasTensor
from hornbeam.keras.tree import structures as tree


class SymbolicArguments:
    """The arguments of one call, with KerasTensors where the tensors will stand."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.args = tree.map_structure(lambda x: x, args)
        self.kwargs = tree.map_structure(lambda x: x, kwargs)
        self.keras_tensors = [x for x in tree.flatten((self.args, self.kwargs)) if isinstance(x, KerasTensor)]
        self._single = not kwargs and len(args) == 1 and isinstance(args[0], KerasTensor)

    def fill_in(self, values: Mapping[int, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments with what `values` has for each KerasTensor, by its id."""
        if self._single:
            return (values[id(self.args[0])],), {}

        def fill(x: Any) -> Any:
            return values.get(id(x)) if isinstance(x, KerasTensor) else x

        return tree.map_structure(fill, self.args), tree.map_structure(fill, self.kwargs)


class Node:
    """One call of an operation: its arguments and the KerasTensors that came out.

    Making one tells the operation and the outputs (`_keras_history`). Raises ValueError where an output is none.
    """

    def __init__(self, operation: Any, call_args: Any = None, call_kwargs: Any = None, outputs: Any = None,
                 said: Any = None) -> None:
        self.operation = operation
        self.arguments = SymbolicArguments(*(call_args or ()), **(call_kwargs or {}))
        self.outputs = [] if outputs is None else tree.flatten(outputs)
        for x in self.outputs:
            if not isinstance(x, KerasTensor):
                raise ValueError(f"All operation outputs must be tensors. Operation {operation} returned a non-tensor. "
                                 f"Non-tensor received: {x}")
        for x in self.arguments.keras_tensors:
            if not hasattr(x, "_keras_history"):
                x._keras_history = KerasHistory(None, 0, 0)  # type: ignore[attr-defined]
            maker = x._keras_history.operation  # type: ignore[attr-defined]
            if maker is not None:
                maker._outbound_nodes.append(self)
        operation._inbound_nodes.append(self)
        index = len(operation._inbound_nodes) - 1
        for i, x in enumerate(self.outputs):
            x._keras_history = KerasHistory(operation, index, i)
        self.is_input = not self.arguments.keras_tensors
        self.said: Any = said
        keep_place(self, said)

    @property
    def input_tensors(self) -> list[KerasTensor]:
        """The KerasTensors among the arguments."""
        return self.arguments.keras_tensors

    @property
    def output_tensors(self) -> list[KerasTensor]:
        """The KerasTensors that came out."""
        return self.outputs

    @property
    def parent_nodes(self) -> list[Node]:
        """The nodes whose outputs are this one's inputs."""
        histories = [x._keras_history for x in self.arguments.keras_tensors]  # type: ignore[attr-defined]
        return [h.operation._inbound_nodes[h.node_index] for h in histories if h.operation is not None]

    def __repr__(self) -> str:
        return f"<Node operation={self.operation.name}, id={id(self)}>"
