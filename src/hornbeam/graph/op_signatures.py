"""How TensorFlow spells the ops: names of inputs, outputs and attributes, which files must have exactly so.

The table is `op_signatures.json`, written by `tools/op_signatures.py`.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from importlib import resources
from typing import Any, NamedTuple

from hornbeam.graph import dtypes


class Argument(NamedTuple):
    """An input or output: `kind` is a dtype, an attribute, or one that is a list (`*Tin`); `number` counts a list."""

    name: str
    kind: str
    number: str = ""

    @property
    def is_list(self) -> bool:
        """Whether it stands for several tensors."""
        return bool(self.number) or self.kind.startswith("*")

    @property
    def type_attr(self) -> str:
        """The attribute that says its dtype, where `kind` is one."""
        return self.kind.lstrip("*")


class Attribute(NamedTuple):
    """An attribute: its kind, its default as text (None without one), and whether TensorFlow 1.15 lacks it."""

    kind: str
    default: str | None = None
    new: int = 0


class Signature(NamedTuple):
    """One op, as TensorFlow spells it."""

    inputs: tuple[Argument, ...]
    outputs: tuple[Argument, ...]
    attrs: dict[str, Attribute]


@functools.cache
def _table() -> dict[str, Any]:
    return json.loads(resources.files("hornbeam.graph").joinpath("op_signatures.json").read_text())


def names() -> list[str]:
    """All ops of which TensorFlow's spelling is known."""
    return list(_table())


@functools.cache
def signature(type: str) -> Signature | None:
    """The signature of an op; None where TensorFlow has none of that name."""
    held = _table().get(type)
    if held is None:
        return None
    inputs, outputs, attrs = held
    return Signature(tuple(Argument(*a) for a in inputs), tuple(Argument(*a) for a in outputs),
                     {name: Attribute(*a) for name, a in attrs.items()})


@functools.cache
def _default(type: str, name: str) -> Any:
    from google.protobuf import text_format

    from hornbeam.graph.messages.attr_value_pb2 import AttrValue
    found = signature(type)
    text = None if found is None or name not in found.attrs else found.attrs[name].default
    return None if text is None else text_format.Parse(text, AttrValue())


def without_defaults(node: Any, only_new: bool = False) -> None:
    """Leave out of a `NodeDef` the attributes that have the value which the op takes without them."""
    found = signature(node.op)
    for name, attribute in (found.attrs if found is not None else {}).items():
        if name in node.attr and (attribute.new or not only_new) and node.attr[name] == _default(node.op, name):
            del node.attr[name]


def conform(node: Any, groups: Sequence[Any], outputs: Sequence[Any]) -> None:
    """Give a `NodeDef` the attributes that TensorFlow's op has: no other ones, and those that tell its types.

    groups: the inputs, one tensor or list of tensors an argument. outputs: its outputs.
    """
    found = signature(node.op)
    if found is None:
        return
    if len(groups) == len(found.inputs):
        for argument, item in zip(found.inputs, groups, strict=True):
            _write_types(node, found, argument, item if isinstance(item, list) else [item])
    for argument, tensors in zip(found.outputs, _split(found.outputs, outputs), strict=False):
        _write_types(node, found, argument, tensors, missing_only=True)
    for name in list(node.attr):
        if not name.startswith("_") and name not in found.attrs:
            del node.attr[name]
        elif name in found.attrs:
            _coerce(node.attr[name], found.attrs[name].kind)
    without_defaults(node, only_new=True)


def _split(arguments: Sequence[Argument], tensors: Sequence[Any]) -> list[list[Any]]:
    """The flat outputs by argument, where at most one of these is a list."""
    lists = [i for i, a in enumerate(arguments) if a.is_list]
    if len(lists) > 1:
        return []
    spare = len(tensors) - len(arguments) + 1
    out, at = [], 0
    for i in range(len(arguments)):
        length = max(spare, 0) if lists == [i] else 1
        out.append(list(tensors[at:at + length]))
        at += length
    return out


def _write_types(node: Any, found: Signature, argument: Argument, tensors: Sequence[Any],
                 missing_only: bool = False) -> None:
    types = [t.dtype.base_dtype.as_datatype_enum for t in tensors]
    name = argument.type_attr
    if name in found.attrs and not (missing_only and name in node.attr):
        if argument.kind.startswith("*"):
            node.attr[name].Clear()
            node.attr[name].list.SetInParent()
            node.attr[name].list.type.extend(types)
        elif types:
            node.attr[name].type = types[0]
    if argument.number and not (missing_only and argument.number in node.attr):
        node.attr[argument.number].i = len(tensors)


def _coerce(attr: Any, kind: str) -> None:
    """Python's integers and text as the kind of number or string that the attribute is."""
    held = attr.WhichOneof("value")
    if kind == "float" and held == "i":
        attr.f = attr.i
    elif kind == "list(float)" and held == "list" and attr.list.i:
        values = list(attr.list.i)
        attr.list.Clear()
        attr.list.f.extend(values)
    elif kind == "type" and held == "s":
        attr.type = dtypes.as_dtype(attr.s.decode()).as_datatype_enum
    elif kind.startswith("list(") and held == "shape":
        raise ValueError(f"an attribute of kind {kind} cannot hold a shape")
