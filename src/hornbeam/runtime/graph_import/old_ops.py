"""Constants; ops of older TensorFlows, and ops without a use here, by those that do the same."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.graph import dtypes, infer
from hornbeam.graph.call import constant_node
from hornbeam.graph.op import registry
from hornbeam.graph.tensor import GraphTensor
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


_RENAMED = {"AccumulateNV2": "AddN", "InvGrad": "ReciprocalGrad", "PlaceholderV2": "Placeholder",
            "ScatterNdNonAliasingAdd": "TensorScatterAdd"}


@translates(*_RENAMED)
def _(builder: Builder, place: Place, node: Node) -> None:
    _as(builder, place, node, _RENAMED[node.op], _taken(builder, place, node))


@translates("MatrixDiagV2", "MatrixDiagPartV2", "MatrixSetDiagV2")
def _(builder: Builder, place: Place, node: Node) -> None:
    """The next version puts diagonals where it is told; this one, to the left."""
    _as(builder, place, node, node.op.replace("V2", "V3"), _taken(builder, place, node), align="LEFT_LEFT")


@translates("Concat")
def _(builder: Builder, place: Place, node: Node) -> None:
    axis, *values = _taken(builder, place, node)
    _as(builder, place, node, "ConcatV2", [*values, axis])


@translates("Conv3DBackpropInput", "Conv3DBackpropFilter")
def _(builder: Builder, place: Place, node: Node) -> None:
    """The next version takes the shape of what the gradient is of, this one that itself."""
    inputs = _taken(builder, place, node)
    at = 0 if node.op == "Conv3DBackpropInput" else 1
    inputs[at] = _part(builder, place, node, "Shape", [inputs[at]], "Shape")
    _as(builder, place, node, f"{node.op}V2", inputs)


@translates("FusedPadConv2D", "FusedResizeAndPadConv2D")
def _(builder: Builder, place: Place, node: Node) -> None:
    """Images that are resized and padded by their mirror image, then convolved."""
    image, *rest = _taken(builder, place, node)
    if node.op == "FusedResizeAndPadConv2D":
        size, *rest = rest
        image = _part(builder, place, node, "ResizeBilinear", [image, size], "resized",
                      align_corners=bool(node.attr("resize_align_corners", False)))
    paddings, filters = rest
    mode_ = (node.attr("mode") or b"REFLECT").decode()
    image = _part(builder, place, node, "MirrorPad", [image, paddings], "padded", mode=mode_)
    _as(builder, place, node, "Conv2D", [image, filters])


@translates("Empty")
def _(builder: Builder, place: Place, node: Node) -> None:
    """Zeros, as TensorFlow gives where `init` is set."""
    dtype = dtypes.as_dtype(node.attr("dtype"))
    zero = np.array(b"", object) if dtype is dtypes.string else np.zeros((), dtype.np_dtype)
    value = constant_node(place.graph, zero, f"{builder.scope}{node.name}/value")
    _as(builder, place, node, "Fill", [*_taken(builder, place, node), value])


def _taken(builder: Builder, place: Place, node: Node) -> list[GraphTensor]:
    return [builder.take(place, ref, node) for ref in node.inputs]


def _as(builder: Builder, place: Place, node: Node, type: str, inputs: list[GraphTensor], **attrs: Any) -> None:
    """Add a node as an operation of another type."""
    declaration = registry[type]
    builder.operation(place, node, declaration, inputs, {**attributes.read(declaration, node.proto, str), **attrs})


def _part(builder: Builder, place: Place, node: Node, type: str, inputs: list[GraphTensor], name: str,
          **attrs: Any) -> GraphTensor:
    """The result of an operation that is part of what a node stands for."""
    return builder.operation(place, node, registry[type], inputs, attrs, f"{node.name}/{name}").outputs[0]


@translates("Assert")
def _(builder: Builder, place: Place, node: Node) -> None:
    """What is shown are values and, among them, constant words, which stand beside the values here."""
    condition, *shown = (builder.take(place, ref, node) for ref in node.inputs)
    values, texts = [], []
    for tensor in shown:
        known = infer.constant_value(tensor) if tensor.dtype.base_dtype is dtypes.string else None
        words = None if known is None or known.ndim else known[()]
        texts.append(words.decode(errors="replace") if isinstance(words, bytes) else words)
        if words is None:
            values.append(tensor)
    builder.operation(place, node, registry["Assert"], [condition, *values],
                      {"summarize": node.attr("summarize", 3), "texts": tuple(texts)})
