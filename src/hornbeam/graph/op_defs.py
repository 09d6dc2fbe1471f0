"""The ops as messages, with the names of their inputs, outputs and attributes."""

from __future__ import annotations

import functools
from typing import Any

from hornbeam.graph import op_signatures
from hornbeam.graph.dtypes import as_dtype
from hornbeam.graph.op import registry


@functools.cache
def get(name: str) -> Any:
    """The `OpDef` of an op, None where there is none of that name."""
    from hornbeam.graph.messages.op_def_pb2 import OpDef  # protobuf takes time to load

    found = op_signatures.signature(name)
    if found is None:
        return None
    keeps = any(argument.kind == "resource" for argument in found.outputs)
    made = OpDef(name=name, is_stateful=registry[name].stateful if name in registry else keeps)
    for arguments, written in ((found.inputs, made.input_arg), (found.outputs, made.output_arg)):
        for argument in arguments:
            one = written.add(name=argument.name, number_attr=argument.number)
            if argument.kind.startswith("*"):
                one.type_list_attr = argument.type_attr
            elif argument.kind in found.attrs:
                one.type_attr = argument.kind
            else:
                one.type = as_dtype(argument.kind).as_datatype_enum  # type: ignore[assignment]
    for attr, attribute in found.attrs.items():
        made.attr.add(name=attr, type=attribute.kind)
    return made
