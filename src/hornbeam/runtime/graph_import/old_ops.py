"""Ops of older TensorFlows, and ops without a use here, by those that do the same."""

from __future__ import annotations

from hornbeam.graph.op import registry
from hornbeam.runtime.graph_import.builder import Builder, Place, translates
from hornbeam.runtime.graph_import.nodes import Node


@translates("ControlTrigger")
def _(builder: Builder, place: Place, node: Node) -> None:
    """It waits, as `NoOp` does; TensorFlow's also runs where a branch was not taken."""
    builder.operation(place, node, registry["NoOp"], [], {})
