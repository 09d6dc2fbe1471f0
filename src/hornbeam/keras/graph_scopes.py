"""Names that layers and their variables have in a graph of TensorFlow 1: `dense/kernel`, `dense_1/BiasAdd`.

There a layer's call opens a name scope, as in TensorFlow 1; where no such graph is being built, nothing happens.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from hornbeam.graph import mode
from hornbeam.graph.graph import Graph
from hornbeam.keras.scopes import in_symbolic_scope
from hornbeam.keras.state import thread

Method = TypeVar("Method", bound=Callable[..., Any])


@contextlib.contextmanager
def set_aside() -> Iterator[None]:
    """Within the block calls run at once, where a graph of TensorFlow 1 was being built."""
    graph = mode.graph_of_v1()
    if graph is None:
        yield
        return
    thread.graphs_aside.append(graph)
    try:
        with mode.opened(None):
            yield
    finally:
        thread.graphs_aside.pop()


def at_once(method: Method) -> Method:
    """Decorator: what the method does with variables is done when it returns, whatever graph is open."""
    @functools.wraps(method)
    def call(*args: Any, **kwargs: Any) -> Any:
        if mode.graph_of_v1() is None:
            return method(*args, **kwargs)
        with set_aside():
            return method(*args, **kwargs)

    return call  # type: ignore[return-value]


def in_the_programs_graph(method: Method) -> Method:
    """The method of a program's own callback: it finds the graph open in which the program called `fit`."""
    if not thread.graphs_aside:
        return method
    graph = thread.graphs_aside[-1]

    @functools.wraps(method)
    def call(*args: Any, **kwargs: Any) -> Any:
        with mode.opened(graph):
            return method(*args, **kwargs)

    return call  # type: ignore[return-value]


class LayerScope:
    """The name scope of a layer's call in a graph of TensorFlow 1.

    symbolic: the call is one of symbolic tensors. Within another layer's call that leaves no trace in the graph, so
    its names are not taken.
    """

    __slots__ = ("before", "graph", "layer", "placed", "scope")

    def __init__(self, graph: Graph, layer: Any, symbolic: bool) -> None:
        self.graph, self.layer = graph, layer
        self.placed = not (in_symbolic_scope() or (symbolic and thread.graph_scopes))
        given, thread.given_scope = thread.given_scope, None
        self.scope: str = graph.unique_name(layer.name, mark_as_used=self.placed) if given is None else given

    def __enter__(self) -> LayerScope:
        self.before, self.graph._scope = self.graph._scope, self.scope
        thread.graph_scopes.append(self)
        return self

    def __exit__(self, *exc: object) -> None:
        thread.graph_scopes.pop()
        self.graph._scope = self.before


def graph_around() -> Graph | None:
    """The graph of TensorFlow 1 that a layer which is called here has its place in, None where there is none."""
    if in_symbolic_scope():
        return thread.graph_scopes[-1].graph if thread.graph_scopes else None
    return mode.graph_of_v1()


def variable_name(path: str, name: str) -> str:
    """The name of a variable in its graph, before it is made unique there: below the scope of the call it is made in.

    path: its path in Keras, which it has outside of calls.
    """
    if not thread.graph_scopes:
        return path
    scope = thread.graph_scopes[-1]
    parts: list[str] = []
    for opened in thread.name_scopes:
        if opened.caller is scope.layer:
            parts = []
        elif not getattr(opened.caller, "_nameless_in_graphs", False):
            parts.append(opened.name)
    return "/".join([scope.scope, *parts, name])


def in_no_collection() -> bool:
    """Whether a variable that is made here is in no collection of its graph: the state of a metric or of a seed."""
    return bool(thread.name_scopes) and getattr(thread.name_scopes[-1].caller, "_in_no_collection", False)


@contextlib.contextmanager
def called_again(graph: Graph, scope: str, is_layer: bool) -> Iterator[None]:
    """Within the block a call becomes operations of `graph` under `scope`, whatever is open around it."""
    held = dict(vars(thread))
    state = mode.state
    tapes, state.tapes = state.tapes, []
    before, graph._scope = graph._scope, "" if is_layer else scope
    thread.__init__()  # type: ignore[misc]
    thread.name_counts = held["name_counts"]
    thread.given_scope = scope if is_layer else None
    try:
        with mode.opened(graph), graph.control_dependencies(None):
            yield
    finally:
        graph._scope, state.tapes = before, tapes
        vars(thread).update(held)
