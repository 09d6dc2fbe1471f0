"""Shapes and dtypes of what a function gives, found by calling it on placeholders in a graph that is thrown away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hornbeam.autograph.conversion import convert
from hornbeam.graph import mode
from hornbeam.graph.dtypes import as_dtype
from hornbeam.graph.graph import Graph
from hornbeam.graph.op import registry
from hornbeam.graph.tensor import GraphTensor
from hornbeam.keras.dtypes import standardize_dtype
from hornbeam.keras.keras_tensor import KerasTensor, is_concrete
from hornbeam.keras.scopes import SymbolicScope
from hornbeam.keras.tree import structures as tree


class ScratchGraph(Graph):
    """A graph for shapes alone. A variable is a placeholder here: its value does not matter."""

    def __init__(self) -> None:
        super().__init__()
        self._stand_ins: dict[Any, tuple[Any, GraphTensor]] = {}

    def placeholder(self, dims: Any, dtype: Any) -> GraphTensor:
        """A tensor without a value."""
        with mode.opened(self):
            return registry["Placeholder"](dtype=as_dtype(dtype), shape=dims)

    def stand_in(self, source: Any, dims: Any, dtype: Any) -> GraphTensor:
        """The placeholder for a variable or a tensor from elsewhere."""
        held = self._stand_ins.get(id(source))
        if held is None:
            held = self._stand_ins[id(source)] = source, self.placeholder(dims, dtype)
        return held[1]

    def bring_in(self, tensor: GraphTensor) -> GraphTensor:
        """`tensor`, or the placeholder for one of another graph."""
        return tensor if tensor.op.graph is self else self.stand_in(tensor, tensor.dims, tensor.dtype.base_dtype)


def output_spec(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What `function` gives, with KerasTensors in place of tensors; variables and random states stay as they are.

    Its `if` and loops may follow tensors. KerasTensors and tensors among the arguments stand for any such tensor.
    Raises ValueError where the number of dimensions cannot be found.
    """
    graph = ScratchGraph()

    def stand_in(x: Any) -> Any:
        if isinstance(x, KerasTensor):
            return graph.stand_in(x, x.shape, x.dtype)
        if isinstance(x, GraphTensor):
            return graph.bring_in(x)
        return x

    with SymbolicScope(), mode.opened(graph):
        outputs = convert(function)(*tree.map_structure(stand_in, args), **tree.map_structure(stand_in, kwargs))
    return tree.map_structure(spec_of, outputs)


def spec_of(x: Any) -> Any:
    """A tensor's shape and dtype as a KerasTensor; anything else as it is."""
    if is_concrete(x):
        if x.dims is None:
            raise ValueError(f"The number of dimensions of {x!r} does not follow from the inputs' shapes.")
        return KerasTensor(x.dims, standardize_dtype(x.dtype))
    return x
