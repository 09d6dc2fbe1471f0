"""Function: a computation between symbolic inputs and outputs, applied to tensors."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from hornbeam.keras.graph_map import map_graph, node_key
from hornbeam.keras.keras_tensor import KerasTensor
from hornbeam.keras.names import keras_export
from hornbeam.keras.nodes import Node
from hornbeam.keras.operations import Operation
from hornbeam.keras.tree import structures as tree


@keras_export("Function")
class Function(Operation):
    """The operations between `inputs` and `outputs`, as one operation.

    inputs, outputs: KerasTensors or structures of them. name: as for `Operation`.
    Raises ValueError where one is empty or an output does not follow from the inputs.

    >>> x = KerasTensor((None, 2)); from hornbeam import keras
    >>> double = Function(x, keras.ops.multiply(x, 2.0))
    >>> double(keras.ops.ones((1, 2))).numpy().tolist()
    [[2.0, 2.0]]
    """

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None) -> None:
        super().__init__(name=name)
        self._set_graph(inputs, outputs)

    def _set_graph(self, inputs: Any, outputs: Any) -> None:
        self._inputs_struct = tree.map_structure(lambda x: x, inputs)
        self._outputs_struct = tree.map_structure(lambda x: x, outputs)
        self._inputs = tree.flatten(inputs)
        self._outputs = tree.flatten(outputs)
        for what, found in (("inputs", self._inputs), ("outputs", self._outputs)):
            if not found:
                raise ValueError(f"`{what}` argument cannot be empty. Received:\ninputs={inputs}\noutputs={outputs}")
        self._map_graph(self._outputs)
        self._values_for(self._inputs, lambda node, args, kwargs: node.outputs)

    def _map_graph(self, outputs: list[KerasTensor]) -> None:
        graph = map_graph(self._inputs, outputs)
        self._nodes = graph.node_keys
        self._nodes_by_depth = graph.nodes_by_depth
        self._operations = graph.operations
        self._operations_by_depth = graph.operations_by_depth
        self._plan = [node for depth in sorted(graph.nodes_by_depth, reverse=True)
                      for node in graph.nodes_by_depth[depth] if node.operation and not node.is_input]

    @property
    def operations(self) -> list[Operation]:
        """The operations, inputs first."""
        return list(self._operations)

    @property
    def inputs(self) -> list[KerasTensor]:
        """The symbolic inputs, flat."""
        return self._inputs

    @property
    def outputs(self) -> list[KerasTensor]:
        """The symbolic outputs, flat."""
        return self._outputs

    def call(self, inputs: Any) -> Any:
        """The outputs for these inputs."""
        self._assert_input_compatibility(inputs)
        return self._run_through_graph(inputs)

    def compute_output_spec(self, inputs: Any) -> Any:
        """Shapes and dtypes of the outputs."""
        self._assert_input_compatibility(inputs)
        flat = tree.flatten(inputs)
        if all(x is not None and tuple(x.shape) == ref.shape for x, ref in zip(flat, self._inputs, strict=False)):
            return tree.map_structure(lambda x: KerasTensor(x.shape, dtype=x.dtype), self._outputs_struct)
        return self._run_through_graph(inputs, lambda operation: operation.compute_output_spec)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shapes of the outputs."""
        specs = tree.map_shape_structure(lambda shape: KerasTensor(shape), input_shape)
        flat = [KerasTensor(x.shape, dtype=ref.dtype, sparse=ref.sparse)
                for x, ref in zip(tree.flatten(specs), self._inputs, strict=False)]
        found = self.compute_output_spec(tree.pack_sequence_as(specs, flat))
        return tree.map_structure(lambda x: x.shape, found)

    def _run_through_graph(self, inputs: Any,
                           operation_fn: Callable[[Any], Callable[..., Any]] = lambda operation: operation) -> Any:
        """The outputs in their structure; `operation_fn` says what is called for an operation."""
        values = self._values_for(tree.flatten(inputs),
                                lambda node, args, kwargs: operation_fn(node.operation)(*args, **kwargs))
        return tree.pack_sequence_as(self._outputs_struct, [values[id(x)] for x in self._outputs])

    def _values_for(self, inputs: Iterable[Any], call: Callable[[Node, Any, Any], Any]) -> dict[int, Any]:
        """What stands for each symbolic tensor, by its id."""
        values = {id(x): y for x, y in zip(self._inputs, inputs, strict=False)}
        for node in self._plan:
            if any(id(x) not in values for x in node.input_tensors):
                continue
            args, kwargs = node.arguments.fill_in(values)
            outputs = call(node, args, kwargs)
            for x, y in zip(node.outputs, tree.flatten(outputs), strict=False):
                values[id(x)] = y
        for i, x in enumerate(self._outputs):
            if id(x) not in values:
                path = ".".join(str(p) for p in tree.flatten_with_path(self._outputs_struct)[i][0])
                raise ValueError(f"Output with path `{path}` is not connected to `inputs`")
        return values

    def _assert_input_compatibility(self, inputs: Any) -> None:
        try:
            tree.assert_same_structure(inputs, self._inputs_struct)
        except ValueError:
            raise ValueError("Function was called with an invalid input structure. Expected input structure: "
                             f"{self._inputs_struct}\nReceived input structure: {inputs}") from None
        for x, ref in zip(tree.flatten(inputs), self._inputs, strict=True):
            shape = tuple(x.shape)
            if len(shape) != len(ref.shape) or any(
                    d is not None and r is not None and d != r for d, r in zip(shape, ref.shape, strict=True)):
                raise ValueError(f"{type(self).__name__} was passed incompatible inputs. For input '{ref.name}', "
                                 f"expected shape {ref.shape}, but received instead a tensor with shape {shape}.")


def history_of(x: KerasTensor) -> Any:
    """Which call made a symbolic tensor."""
    return x._keras_history  # type: ignore[attr-defined]


def is_model_input(x: KerasTensor) -> bool:
    """Whether a symbolic tensor follows from nothing, as those of `Input` do."""
    history = history_of(x)
    return history.operation._inbound_nodes[history.node_index].is_input


__all__ = ["Function", "history_of", "is_model_input", "node_key"]
