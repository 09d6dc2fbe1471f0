"""Constants; ops of older TensorFlows, and ops without a use here, by those that do the same."""

from __future__ import annotations

from hornbeam.graph import dtypes
from hornbeam.graph.op import registry
from hornbeam.runtime.graph_import import attributes
from hornbeam.runtime.graph_import.builder import Builder, Place, translates
from hornbeam.runtime.graph_import.nodes import Node


@translates("ControlTrigger")
def _(builder: Builder, place: Place, node: Node) -> None:
    """It waits, as `NoOp` does; TensorFlow's also runs where a branch was not taken."""
    builder.operation(place, node, registry["NoOp"], [], {})


@translates("Const")
def _(builder: Builder, place: Place, node: Node) -> None:
    declaration = registry["Const"]
    attrs = attributes.read(declaration, node.proto, str)
    value, dtype = attrs["value"], attrs["dtype"]
    if value is None:
        raise ValueError(f"NodeDef missing attr 'value' from Op<name=Const>; NodeDef: {node.name}")
    if dtypes.from_numpy(value.dtype) is not dtype:
        raise ValueError(f"Node {node.name!r}: Invalid value in tensor used for the attr 'value': it is "
                         f"{dtypes.from_numpy(value.dtype).name}, not {dtype.name}")
    builder.operation(place, node, declaration, [], attrs, outputs=[(value.shape, dtype)])
