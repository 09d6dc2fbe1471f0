"""Variables that TensorFlow keeps as resources: here they are variables like any other.

A handle stands for the variable; what reads, assigns and updates it are the ops that take variables.
"""

from __future__ import annotations

from typing import Any

from hornbeam.graph import dtypes, mode
from hornbeam.graph.op import Op, registry
from hornbeam.graph.tensor import GraphTensor
from hornbeam.runtime.graph_import import attributes
from hornbeam.runtime.graph_import.builder import Builder, Place, translates
from hornbeam.runtime.graph_import.nodes import Node


def _inputs(builder: Builder, place: Place, node: Node) -> list[GraphTensor]:
    return [builder.take(place, ref, node) for ref in node.inputs]


def _attrs(builder: Builder, declaration: Op, node: Node) -> dict[str, Any]:
    return attributes.read(declaration, node.proto, lambda name: builder.functions[name])


def _as(builder: Builder, place: Place, node: Node, type: str, inputs: list[GraphTensor] | None = None,
        **attrs: Any) -> None:
    """Add a node as an operation of another type."""
    declaration = registry[type]
    given = _inputs(builder, place, node) if inputs is None else inputs
    builder.operation(place, node, declaration, given, {**_attrs(builder, declaration, node), **attrs})


@translates("VarHandleOp", "Variable")
def _(builder: Builder, place: Place, node: Node) -> None:
    _as(builder, place, node, "VariableV2")


@translates("ReadVariableOp")
def _(builder: Builder, place: Place, node: Node) -> None:
    _as(builder, place, node, "Identity")


@translates("AssignVariableOp")
def _(builder: Builder, place: Place, node: Node) -> None:
    _as(builder, place, node, "Assign")


@translates("AssignAddVariableOp")
def _(builder: Builder, place: Place, node: Node) -> None:
    _as(builder, place, node, "AssignAdd")


@translates("AssignSubVariableOp")
def _(builder: Builder, place: Place, node: Node) -> None:
    _as(builder, place, node, "AssignSub")


@translates("VarIsInitializedOp")
def _(builder: Builder, place: Place, node: Node) -> None:
    _as(builder, place, node, "IsVariableInitialized")


@translates("VariableShape")
def _(builder: Builder, place: Place, node: Node) -> None:
    _as(builder, place, node, "Shape")


@translates("DestroyResourceOp", "DisableCopyOnRead")
def _(builder: Builder, place: Place, node: Node) -> None:
    _as(builder, place, node, "NoOp", [])


@translates("Identity", "RefIdentity")
def _(builder: Builder, place: Place, node: Node) -> None:
    """Of a handle, the handle; of anything else, the value."""
    tensors = _inputs(builder, place, node)
    if node.op == "RefIdentity" or node.attr("T") == dtypes.resource.as_datatype_enum:
        builder.alias(place, node, tensors)
    else:
        builder.handed_on(place, node, tensors[0], node.inputs[0])


@translates("ResourceGather")
def _(builder: Builder, place: Place, node: Node) -> None:
    variable, indices = _inputs(builder, place, node)
    with mode.opened(place.graph):
        axis = registry["Const"]
        zero = place.graph.add(axis, place.graph.unique_full_name(f"{builder.scope}{node.name}/axis"), (),
                               _constant(0), [((), dtypes.int32)]).outputs[0]
    value = builder.operation(place, node, registry["Identity"], [variable], {}, f"{node.name}/read").outputs[0]
    _as(builder, place, node, "GatherV2", [value, indices, zero], batch_dims=node.attr("batch_dims", 0))


def _constant(value: int) -> dict[str, Any]:
    import numpy as np
    return {"value": np.array(value, np.int32), "dtype": dtypes.int32}


@translates("ResourceGatherNd")
def _(builder: Builder, place: Place, node: Node) -> None:
    variable, indices = _inputs(builder, place, node)
    value = builder.operation(place, node, registry["Identity"], [variable], {}, f"{node.name}/read").outputs[0]
    _as(builder, place, node, "GatherNd", [value, indices])


def _without_prefix(builder: Builder, place: Place, node: Node) -> None:
    _as(builder, place, node, node.op.removeprefix("Resource"))


_UPDATES = ("ScatterAdd", "ScatterSub", "ScatterMul", "ScatterDiv", "ScatterMin", "ScatterMax", "ScatterUpdate",
            "ScatterNdAdd", "ScatterNdSub", "ScatterNdUpdate", "ScatterNdMin", "ScatterNdMax", "CountUpTo",
            "StridedSliceAssign")
translates(*(f"Resource{name}" for name in _UPDATES if name in registry))(_without_prefix)
translates(*(f"Resource{op.type}" for op in registry if op.type.startswith(("Apply", "SparseApply"))))(_without_prefix)
