"""Names that have other places today, and the types of operations that a graph uses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hornbeam import v1 as tf
from hornbeam.graph.names import public, register


def _moved(name: str, today: Callable[..., Any]) -> None:
    register(today, v1=(f"contrib.util.{name}",))


for _name, _today in (("constant_value", tf.get_static_value), ("make_ndarray", tf.make_ndarray),
                      ("make_tensor_proto", tf.make_tensor_proto)):
    _moved(_name, _today)


@public(v1=("contrib.util.ops_used_by_graph_def",))
def ops_used_by_graph_def(graph_def: Any) -> set[str]:
    """The types of the operations in a `GraphDef`, with those in the functions that these call."""
    functions = {f.signature.name: f for f in graph_def.library.function}
    found: set[str] = set()
    waiting = [node.op for node in graph_def.node]
    while waiting:
        kind = waiting.pop()
        if kind in found:
            continue
        found.add(kind)
        if kind in functions:
            waiting += [node.op for node in functions[kind].node_def]
    return found - set(functions)
