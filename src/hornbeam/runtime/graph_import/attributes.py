"""Attributes of nodes and signatures of functions, read from protobufs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hornbeam.graph import dtypes
from hornbeam.graph.graph_def import make_ndarray
from hornbeam.graph.op import Op
from hornbeam.graph.op_signatures import signature
from hornbeam.graph.shapes import TensorShape
from hornbeam.runtime.graph_import.nodes import Node, Ref, parsed, ref_of

_MOST_DIMENSIONS = 254


def read(declaration: Op, node: Any, function: Callable[[str], Any]) -> dict[str, Any]:
    """The attributes of a node, with defaults for what it leaves out.

    Raises ValueError where one that has no default is missing, or a value does not fit.
    """
    attrs = dict(declaration.defaults)
    for name in attrs:
        if name in node.attr:
            try:
                attrs[name] = value_of(node.attr[name], isinstance(attrs[name], bytes), function)
            except (TypeError, UnicodeDecodeError, MemoryError, OverflowError) as error:
                raise ValueError(f"Node {node.name!r} ({node.op}): attr {name!r}: {error}") from None
        elif name in declaration.required and name in declaration.attr_types:
            raise ValueError(f"NodeDef missing attr '{name}' from Op<name={node.op}>; NodeDef: {node.name}")
    try:
        return declaration.normalized(attrs)
    except (TypeError, ValueError) as error:
        raise ValueError(f"Node {node.name!r}: {error}") from None


def value_of(attr: Any, as_bytes: bool, function: Callable[[str], Any]) -> Any:
    """The value of one `AttrValue`."""
    kind = attr.WhichOneof("value")
    if kind == "func":
        return function(attr.func.name)
    if kind == "s":
        return attr.s if as_bytes else attr.s.decode()
    if kind == "type":
        return dtypes.as_dtype(attr.type)
    if kind == "shape":
        return shape_of(attr.shape)
    if kind == "tensor":
        return make_ndarray(attr.tensor)
    if kind == "list":
        return _list(attr.list, function)
    return getattr(attr, kind) if kind else None


def _list(items: Any, function: Callable[[str], Any]) -> tuple[Any, ...]:
    for field in ("i", "f", "b"):
        if getattr(items, field):
            return tuple(getattr(items, field))
    if items.s:
        return tuple(s.decode() for s in items.s)
    if items.func:
        return tuple(function(f.name) for f in items.func)
    if items.type:
        return tuple(dtypes.as_dtype(t) for t in items.type)
    if items.tensor:
        return tuple(make_ndarray(t) for t in items.tensor)
    return tuple(shape_of(s) for s in items.shape)


def shape_of(message: Any) -> TensorShape:
    """A `TensorShapeProto` as a shape. Raises ValueError for one of too many dimensions."""
    if message.unknown_rank:
        return TensorShape(None)
    if len(message.dim) > _MOST_DIMENSIONS:
        raise ValueError(f"a shape of {len(message.dim)} dimensions")
    return TensorShape([None if d.size < 0 else d.size for d in message.dim])


def refuse_other_types(declaration: Op, node: Any, groups: Sequence[Any]) -> None:
    """Raise TypeError where inputs are of another type than the node says."""
    for arg, item in zip(declaration.args, groups, strict=True):
        if not isinstance(arg.type, str) or arg.type not in node.attr or not node.attr[arg.type].type:
            continue
        expected = dtypes.as_dtype(node.attr[arg.type].type).base_dtype
        for tensor in item if isinstance(item, list) else (item,):
            if tensor.dtype.base_dtype is not expected:
                raise TypeError(f"Input {arg.name!r} was passed {tensor.dtype.base_dtype.name} from {tensor.name} "
                                f"incompatible with expected {expected.name}")


def function_nodes(function: Any) -> list[Node]:
    """The nodes of a `FunctionDef`, whose inputs name outputs as `node:argument:number`."""
    protos = {proto.name: proto for proto in function.node_def}
    return parsed(function.node_def, lambda text, node: output_ref(text, protos, node))


def output_ref(text: str, protos: Any, node: str = "") -> Ref:
    """The output of a node (or the argument) that a function's `node:argument:number` names."""
    name, _, rest = text.partition(":")
    argument, colon, number = rest.partition(":")
    if not colon:
        return ref_of(text, node)
    if name not in protos or not number.isdigit():
        raise ValueError(f"Node {node!r}: Unknown input node {name!r} of {text!r}")
    found = signature(protos[name].op)
    at = 0
    for output in found.outputs if found is not None else ():
        if output.name == argument:
            break
        attrs = protos[name].attr
        if output.number:
            at += attrs[output.number].i
        else:
            at += len(attrs[output.type_attr].list.type) if output.kind.startswith("*") else 1
    return Ref(name, at + int(number))
