"""Symbolic tensors of a program of TensorFlow 1 as tensors of its graph: placeholders, and what layers make of them.

A call takes its names when it is made; its operations are added when somebody looks the graph up (`Graph.catch_up`),
so that a program which only trains and predicts builds nothing.
"""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Callable, Iterator
from typing import Any

from hornbeam.graph import mode
from hornbeam.graph.graph import Graph
from hornbeam.graph.op import registry
from hornbeam.graph.tensor import GraphTensor
from hornbeam.keras.conventions import Conventions
from hornbeam.keras.graph_scopes import called_again
from hornbeam.keras.scopes import in_symbolic_scope
from hornbeam.keras.state import thread
from hornbeam.keras.tree import structures as tree


class GraphPlace:
    """Where one call of an operation on symbolic tensors stands in a graph: its name scope, or its placeholder's name.

    `failure`: why it could not be added. `said`: the arguments that the program gave a layer, None for all: what was
    filled in (`training`) follows from the call in the graph anew.
    """

    def __init__(self, graph: Graph, scope: str, is_layer: bool) -> None:
        self.graph, self.scope, self.is_layer = graph, scope, is_layer
        self.phase = thread.learning_phase
        self.failure: Exception | None = None
        self.said: frozenset[str] | None = None

    def add(self, node: Any) -> None:
        """Add the operations, after those of the tensors that the call takes."""
        try:
            for x in node.input_tensors:
                tensor_of(x)
            made = self._placeholder(node.outputs[0]) if node.is_input else self._call(node)
        except Exception as error:
            self.failure = error.__cause__ if isinstance(error.__cause__, Exception) else error
            return
        for x, tensor in zip(node.outputs, made, strict=False):
            x._graph_tensor = tensor

    def _placeholder(self, x: Any) -> list[Any]:
        if x._graph_tensor is not None:
            return [x._graph_tensor]
        with mode.opened(self.graph), self.graph.name_scope(None):
            return [registry["Placeholder"](dtype=x.dtype, shape=x.shape, name=f"{self.scope}/")]

    def _call(self, node: Any) -> list[Any]:
        args, kwargs = node.arguments.fill_in({id(x): tensor_of(x) for x in node.input_tensors})
        if self.said is not None:
            kwargs = {k: v for k, v in kwargs.items() if k in self.said or k not in node.operation._call_context_args}
        with called_again(self.graph, self.scope, self.is_layer):
            thread.learning_phase = self.phase
            return tree.flatten(node.operation(*args, **kwargs))


def _place_of_call(operation: Any, is_input: bool) -> GraphPlace | None:
    """The place of the call that is being made, None where no graph of TensorFlow 1 is built."""
    if in_symbolic_scope() or thread.graph_scopes[1:]:
        return None
    if thread.graph_scopes:
        scope = thread.graph_scopes[0]
        return GraphPlace(scope.graph, scope.scope, True) if scope.placed and scope.layer is operation else None
    graph = mode.graph_of_v1()
    if graph is None:
        return None
    return GraphPlace(graph, graph.unique_name(operation.name) if is_input else graph.get_name_scope(), False)


def keep_place(node: Any, said: Any = None) -> None:
    """Give a new call its place in the graph, if there is one. said: the names of a layer's arguments that were given.
    """
    place = _place_of_call(node.operation, node.is_input)
    if place is None:
        return
    place.said = None if said is None else frozenset(said)
    waiting = weakref.ref(node)
    place.graph.add_later(lambda: _add(place, waiting))
    for x in node.outputs:
        if x._place is None:
            x._place = place


def _add(place: GraphPlace, waiting: Callable[[], Any]) -> None:
    node = waiting()
    if node is not None:
        place.add(node)


def called_in_graph(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What a function of TensorFlow 1 makes of symbolic tensors, as tensors of the graph in which they have their
    places; NotImplemented elsewhere. Layers and models take them as symbolic ones still."""
    given = [x for x in tree.leaves((args, kwargs)) if hasattr(x, "_graph_tensor")]
    if not (mode.state.graph_first or thread.forward) or not all(_is_here(x) for x in given):
        return NotImplemented
    there = tree.map_structure(lambda x: _value_of(x) if hasattr(x, "_graph_tensor") else x, (args, kwargs))
    made = function(*there[0], **there[1])
    for i, tensor in enumerate(tree.leaves(made)):
        if isinstance(tensor, GraphTensor):
            tensor.__dict__.setdefault("_symbolic_call", (function, args, kwargs, i))
    return made


@contextlib.contextmanager
def values_of_symbolic_tensors() -> Iterator[None]:
    """Within the block, a step of training, losses find what stands for a model's symbolic tensors (Keras 2)."""
    before = thread.forward
    thread.forward = {} if Conventions.keras_2 else None
    try:
        yield
    finally:
        thread.forward = before


def here(x: Any) -> Any:
    """What stands for a symbolic tensor in the step of `fit` that is being traced; anything else as it is."""
    return x if thread.forward is None else thread.forward.get(id(x), x)


def _is_here(x: Any) -> bool:
    if thread.forward is not None and id(x) in thread.forward:
        return True
    return x._place is not None and mode.graph_of_v1() is x._place.graph


def _value_of(x: Any) -> Any:
    found = None if thread.forward is None else thread.forward.get(id(x))
    return tensor_of(x) if found is None else found


def symbolic(x: Any) -> Any:
    """The symbolic tensor for one that `called_in_graph` made; anything else as it is."""
    held = x.__dict__.get("_symbolic_call") if type(x) is GraphTensor else None
    if held is None:
        return x
    if "_symbolic" not in x.__dict__:
        function, args, kwargs, i = held
        found = list(tree.leaves(call_of_function[0](function, args, kwargs)))[i]
        found._graph_tensor = x
        x.__dict__["_symbolic"] = found
    return x.__dict__["_symbolic"]


call_of_function: list[Callable[..., Any]] = []
"""Makes a node of a call of one of Hornbeam's functions (`operations.py` says how)."""


def tensor_of(x: Any) -> GraphTensor:
    """The tensor of the graph that a symbolic one stands for.

    Raises AttributeError where no graph of TensorFlow 1 was being built, ValueError where it could not be added.
    """
    if x._graph_tensor is None:
        if x._place is None:
            raise AttributeError(f"{x!r} stands for no tensor of a graph.")
        x._place.graph.catch_up()
    if x._graph_tensor is None:
        why = x._place.failure
        raise ValueError(f"{x!r} could not be added to the graph: {why}") from why
    return x._graph_tensor
