"""TensorArrays as TensorFlow 1 writes them: a handle, and a flow that orders reads and writes.

Here the flow is the array itself, so the handle is only looked at for how the array was made.
"""

from __future__ import annotations

from hornbeam.graph import dtypes, mode
from hornbeam.graph.op import registry
from hornbeam.graph.tensor import GraphTensor
from hornbeam.runtime.graph_import import attributes
from hornbeam.runtime.graph_import.builder import Builder, Place, translates
from hornbeam.runtime.graph_import.nodes import ENTERS, SWITCHES, Node, Ref

_HANDED_ON = ENTERS | SWITCHES | {"Identity", "RefIdentity"}


def origin(builder: Builder, ref: Ref, node: Node) -> Node:
    """The node that made the array (or stack) of a handle. Raises ValueError where nothing did."""
    made = builder.known.get(ref.node)
    while made is not None and made.op in _HANDED_ON:
        made = builder.known.get(made.inputs[0].node)
    if made is None or made.op not in ("TensorArrayV3", "TensorArrayGradV3", "StackV2"):
        raise ValueError(f"Node {node.name!r}: nothing tells which TensorArray it means")
    return made


def _counts_up(builder: Builder, ref: Ref, limit: str | None = None) -> bool:
    """Whether a tensor is `range(0, n)`; with `limit`, of an n that this op gives."""
    node = builder.known.get(ref.node)
    if node is None or node.op != "Range" or len(node.inputs) != 3:
        return False
    ends = [builder.known.get(r.node) for r in node.inputs]
    values = [attributes.value_of(n.proto.attr["value"], False, str) if n is not None and n.op == "Const" else None
              for n in (ends[0], ends[2])]
    return values == [0, 1] and (limit is None or (ends[1] is not None and ends[1].op == limit))


def _taken(builder: Builder, place: Place, node: Node) -> list[GraphTensor]:
    return [builder.take(place, ref, node) for ref in node.inputs]


@translates("TensorArrayV3")
def _(builder: Builder, place: Place, node: Node) -> None:
    element = attributes.shape_of(node.proto.attr["element_shape"].shape)._dims
    attrs = {"dtype": dtypes.as_dtype(node.attr("dtype")),
             "element_shape": None if element is None or None in element else element,
             "dynamic_size": bool(node.attr("dynamic_size", False))}
    op = builder.operation(place, node, registry["TensorArrayNew"], _taken(builder, place, node), attrs)
    place.name(node.name, [op.outputs[0]] * 2, op)


@translates("TensorArrayWriteV3")
def _(builder: Builder, place: Place, node: Node) -> None:
    grows = bool(origin(builder, node.inputs[0], node).attr("dynamic_size", False))
    _, index, value, flow = _taken(builder, place, node)
    _builds(builder, place, node, "TensorArrayWrite", [flow, index, value], dynamic_size=grows)


def _builds(builder: Builder, place: Place, node: Node, type: str, inputs: list[GraphTensor],
            **attrs: object) -> GraphTensor:
    declaration = registry[type]
    return builder.operation(place, node, declaration, inputs, {**declaration.defaults, **attrs}).outputs[0]


@translates("TensorArrayReadV3")
def _(builder: Builder, place: Place, node: Node) -> None:
    _, index, flow = _taken(builder, place, node)
    element = origin(builder, node.inputs[0], node).proto.attr["element_shape"].shape
    made = _builds(builder, place, node, "TensorArrayRead", [flow, index])
    shape = attributes.shape_of(element)
    if made.shape.is_compatible_with(shape):
        made.set_shape(shape)


@translates("TensorArrayGatherV3")
def _(builder: Builder, place: Place, node: Node) -> None:
    _, indices, flow = _taken(builder, place, node)
    if _counts_up(builder, node.inputs[1], "TensorArraySizeV3"):
        made = _builds(builder, place, node, "TensorArrayRows", [flow])
    else:
        rows = builder.operation(place, node, registry["TensorArrayRows"], [flow], {}, f"{node.name}/rows").outputs[0]
        with mode.opened(place.graph):
            zero = registry["Cast"](registry["Rank"](indices) * 0, DstT=dtypes.int32)
        made = _builds(builder, place, node, "GatherV2", [rows, indices, zero])
    element = attributes.shape_of(node.proto.attr["element_shape"].shape)._dims
    if element is not None and (made._dims is None or len(made._dims) == len(element) + 1):
        made.set_shape((None, *element))


@translates("TensorArrayScatterV3")
def _(builder: Builder, place: Place, node: Node) -> None:
    _, indices, value, flow = _taken(builder, place, node)
    if _counts_up(builder, node.inputs[1]):
        _builds(builder, place, node, "Identity", [value])
        return
    with mode.opened(place.graph):
        size = registry["Reshape"](registry["RowCount"](flow), [1])
        shape = registry["ConcatV2"]([size, registry["Shape"](value)[1:]], 0)
        at = registry["ExpandDims"](indices, -1)
    _builds(builder, place, node, "ScatterNd", [at, value, shape])


@translates("TensorArraySplitV3")
def _(builder: Builder, place: Place, node: Node) -> None:
    _, value, lengths, _ = _taken(builder, place, node)
    with mode.opened(place.graph):
        short = registry["Cast"](lengths, DstT=dtypes.int32)
    _builds(builder, place, node, "TensorArrayCut", [value, short])


@translates("TensorArrayConcatV3")
def _(builder: Builder, place: Place, node: Node) -> None:
    _, flow = _taken(builder, place, node)
    _builds(builder, place, node, "TensorArrayJoin", [flow])


@translates("TensorArraySizeV3")
def _(builder: Builder, place: Place, node: Node) -> None:
    _, flow = _taken(builder, place, node)
    _builds(builder, place, node, "RowCount", [flow])


@translates("TensorArrayCloseV3")
def _(builder: Builder, place: Place, node: Node) -> None:
    builder.operation(place, node, registry["NoOp"], [], {})
