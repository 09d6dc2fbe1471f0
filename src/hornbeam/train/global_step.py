"""The global step: one variable of a graph that training counts up."""

from __future__ import annotations

from typing import Any

from hornbeam.graph import dtypes, mode
from hornbeam.graph.graph import Graph
from hornbeam.graph.names import public
from hornbeam.graph.tensor import GraphTensor
from hornbeam.ops import initializers
from hornbeam.runtime.collections import GraphKeys
from hornbeam.runtime.variable import Variable
from hornbeam.runtime.variable_scope import get_variable


@public(v1=("train.get_global_step",))
def get_global_step(graph: Graph | None = None) -> Any:
    """The global step of a graph: of its collection `GLOBAL_STEP`, or what is named `global_step:0`; None without one.

    Raises TypeError where that is no integer scalar.
    """
    graph = graph or mode.default_graph()
    held = graph.get_collection(GraphKeys.GLOBAL_STEP)
    if len(held) == 1:
        found = held[0]
    elif held:
        raise ValueError(f"Multiple tensors in global_step collection: {held}")
    else:
        try:
            found = graph.get_tensor_by_name("global_step:0")
        except KeyError:
            return None
        mine = [v for v in graph.get_collection(GraphKeys.GLOBAL_VARIABLES) if v.name == found.name]
        found = mine[0] if mine else found
    assert_global_step(found)
    return found


@public(v1=("train.create_global_step",))
def create_global_step(graph: Graph | None = None) -> Variable:
    """Make the global step, an int64 variable that starts at 0. Raises ValueError where the graph has one."""
    graph = graph or mode.default_graph()
    if get_global_step(graph) is not None:
        raise ValueError("\"global_step\" already exists.")
    with graph.as_default(), graph.name_scope(None):
        return get_variable("global_step", [], dtypes.int64, initializers.Zeros(), trainable=False,
                            collections=[GraphKeys.GLOBAL_VARIABLES, GraphKeys.GLOBAL_STEP])


@public(v1=("train.get_or_create_global_step",))
def get_or_create_global_step(graph: Graph | None = None) -> Any:
    """The global step of a graph, made where there is none."""
    graph = graph or mode.default_graph()
    found = get_global_step(graph)
    return create_global_step(graph) if found is None else found


@public(v1=("train.assert_global_step",))
def assert_global_step(global_step_tensor: Any) -> None:
    """Raise TypeError unless it is a variable or tensor that holds one integer."""
    if not isinstance(global_step_tensor, (Variable, GraphTensor)):
        raise TypeError(f"Existing \"global_step\" must be a Variable or Tensor: {global_step_tensor}.")
    if not global_step_tensor.dtype.base_dtype.is_integer:
        raise TypeError(f"Existing \"global_step\" does not have integer type: {global_step_tensor.dtype!r}")
    if global_step_tensor.dims not in (None, ()):
        raise TypeError(f"Existing \"global_step\" is not scalar: {global_step_tensor.get_shape()}")


@public(v1=("train.global_step",))
def global_step(sess: Any, global_step_tensor: Any) -> int:
    """The value of a global step in a session."""
    return int(sess.run(global_step_tensor))
