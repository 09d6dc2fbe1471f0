"""Where a call goes when its inputs do not say: the stack of open graphs, and the namespace that is being called.

`hornbeam.v1` enters `graph_first()` around each of its functions, so a call without symbolic inputs builds in the
default graph; `hornbeam` does not, so it runs. An open `Graph.as_default()` wins over both.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hornbeam.graph.graph import Graph


class _State(threading.local):
    def __init__(self) -> None:
        self.open_graphs: list[Graph | None] = []
        self.graph_first = False
        self.sessions: list[Any] = []
        self.tapes: list[Any] = []
        self.once = False


state = _State()
_default: dict[str, Any] = {"graph": None, "make": None, "v1_builds": True, "for_keras": False}


def set_graph_factory(make: Callable[[], Graph]) -> None:
    """Say how the process's default graph is made (called once by `graph.graph`)."""
    _default["make"] = make


def default_graph() -> Graph:
    """The innermost open graph, else the process's default graph."""
    for graph in reversed(state.open_graphs):
        if graph is not None:
            return graph
    return global_default_graph()


def global_default_graph() -> Graph:
    """The graph that `hornbeam.v1` builds in when none is open."""
    if _default["graph"] is None:
        _default["graph"] = _default["make"]()
    return _default["graph"]


def reset_default_graph() -> None:
    """Replace the process's default graph with an empty one.

    Raises AssertionError where a graph is open, as its block would go on building in the old one.
    """
    if state.open_graphs:
        raise AssertionError("Do not use tf.reset_default_graph() to clear nested graphs. If you need a cleared "
                             "graph, exit the nesting and create a new graph.")
    _default["graph"] = _default["make"]()


def current_graph() -> Graph | None:
    """The graph in which a call without symbolic inputs becomes a node, or None where it runs at once."""
    if state.open_graphs:
        return state.open_graphs[-1]
    if state.graph_first and _default["v1_builds"]:
        return global_default_graph()
    return None


def executing_eagerly() -> bool:
    """Whether a call without symbolic inputs runs at once here."""
    return current_graph() is None


@contextmanager
def running_once() -> Iterator[None]:
    """Within the block, what runs at once is interpreted whatever its work: it will not run again.

    Compiling the draw of a layer's weights takes longer than the draw.
    """
    before, state.once = state.once, True
    try:
        yield
    finally:
        state.once = before


def set_v1_builds(builds: bool) -> None:
    """What `hornbeam.v1` does where no input says: build (the default) or run (`enable_eager_execution`)."""
    _default["v1_builds"] = builds


def v1_builds() -> bool:
    """Whether `hornbeam.v1` builds where no input says."""
    return _default["v1_builds"]


def set_default_graph_for_keras() -> None:
    """From now on, in this process, Keras builds in the default graph too while `hornbeam.v1` does.

    Said for programs that `hornbeam run` runs: those of TensorFlow 1 expect their models there.
    """
    _default["for_keras"] = True


def graph_of_v1() -> Graph | None:
    """The graph of TensorFlow 1 in which models have their place: the open one, else the default one of a program of
    that generation. None where calls run at once, or a function is being traced."""
    if state.open_graphs:
        graph = state.open_graphs[-1]
        graph = None if graph is None else graph.outermost
        return graph if graph is not None and graph.v1 and not graph.in_program_order else None
    return global_default_graph() if _default["for_keras"] and _default["v1_builds"] else None


def has_global_operations() -> bool:
    """Whether something was built in the process's default graph."""
    return _default["graph"] is not None and _default["graph"].version > 0


@contextmanager
def opened(graph: Graph | None) -> Iterator[None]:
    """Open `graph` for building; None opens eager execution."""
    state.open_graphs.append(graph)
    try:
        yield
    finally:
        if state.open_graphs:  # the set-up of a test case, called within, has emptied it
            if state.open_graphs[-1] is not graph:
                raise AssertionError(f"Nesting violated for default stack of {type(graph)} objects")
            state.open_graphs.pop()


class graph_first:
    """The scope of one call of a `hornbeam.v1` function."""

    __slots__ = ("before",)

    def __enter__(self) -> None:
        self.before = state.graph_first
        state.graph_first = True

    def __exit__(self, *exc: object) -> None:
        state.graph_first = self.before
