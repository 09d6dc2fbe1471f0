"""How what stands in collections is written into files: by collection, a protobuf's class and two functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from hornbeam.graph.graph import Graph
from hornbeam.runtime.collections import GraphKeys
from hornbeam.runtime.save_slices import SaveSliceInfo
from hornbeam.runtime.variable import GLOBAL, Variable


class ProtoFunctions(NamedTuple):
    """`message` gives the protobuf's class, `to_proto(item, export_scope)` and `from_proto(message, import_scope)`."""

    message: Callable[[], Any]
    to_proto: Callable[..., Any]
    from_proto: Callable[..., Any]


_functions: dict[str, ProtoFunctions] = {}


def register_proto_functions(collections: Iterable[str], message: Callable[[], Any], to_proto: Callable[..., Any],
                             from_proto: Callable[..., Any]) -> None:
    """Say how the items of these collections become protobufs in a MetaGraph, and come back.

    message: called for the protobuf's class, when it is first needed. to_proto may answer None for an item that is not
    written. Raises ValueError for a collection that has such functions already.
    """
    for name in collections:
        if name in _functions:
            raise ValueError(f"the collection {name!r} has its functions already")
        _functions[name] = ProtoFunctions(message, to_proto, from_proto)


def proto_functions(collection: str) -> ProtoFunctions | None:
    """The functions of a collection, None where it is written otherwise."""
    return _functions.get(collection)


def _variable_def() -> Any:
    from hornbeam.graph.messages.variable_pb2 import VariableDef
    return VariableDef


def strip_scope(name: str, scope: str | None) -> str:
    """`name` without the `scope` that is exported; without its `^` or `loc:@` scope too.

    >>> strip_scope("^tower/w:0", "tower")
    '^w:0'
    """
    if not scope:
        return name
    scope = scope.rstrip("/") + "/"
    for mark in ("^", "loc:@", ""):
        if name.startswith(mark + scope):
            return mark + name[len(mark + scope):]
    return name


def prepend_scope(name: str, scope: str | None) -> str:
    """`name` within the `scope` that is imported into.

    >>> prepend_scope("w:0", "tower")
    'tower/w:0'
    """
    if not scope:
        return name
    mark = next(m for m in ("^", "loc:@", "") if name.startswith(m))
    return f"{mark}{scope.rstrip('/')}/{name[len(mark):]}"


def variable_def(variable: Any, export_scope: str | None = None) -> Any:
    """The `VariableDef` of a variable of a graph; None where it does not stand in `export_scope`."""
    if export_scope and not variable.name.startswith(export_scope.rstrip("/") + "/"):
        return None
    parts = {"variable_name": variable.name, "initializer_name": variable.initializer.name,
             "snapshot_name": variable._snapshot.name}
    if variable._initial_value is not None:
        parts["initial_value_name"] = variable._initial_value.name
    names = {key: strip_scope(value, export_scope) for key, value in parts.items()}
    message = _variable_def()(**names, trainable=variable.trainable)
    message.synchronization = getattr(variable.synchronization, "value", 0)
    message.aggregation = getattr(variable.aggregation, "value", 0)
    info = getattr(variable, "_save_slice_info", None)
    if info is not None:
        held = info.to_proto(export_scope)
        if held is not None:
            message.save_slice_info_def.CopyFrom(held)
    return message


def variable_from_def(message: Any, import_scope: str | None = None, graph: Graph | None = None) -> Variable:
    """The variable that a `VariableDef` describes, of operations that are in the graph already.

    Raises KeyError where they are not there.
    """
    from hornbeam.runtime.collections import home
    graph = home() if graph is None else graph
    made: Any = object.__new__(Variable)

    def element(name: str) -> Any:
        return graph.as_graph_element(prepend_scope(name, import_scope))

    made._graph, made._cell, made._handle = graph, None, None
    made._variable = element(message.variable_name)
    made._initializer = element(message.initializer_name)
    made._snapshot = element(message.snapshot_name)
    made._initial_value = element(message.initial_value_name) if message.initial_value_name else None
    _refuse_other(made, message)
    made._initializer.attrs["initializes"] = True
    made._name, made._dtype = made._variable.name, made._variable.dtype.base_dtype
    made._trainable = message.trainable
    made._constraint, made._save_name = None, None
    from hornbeam.runtime.variable import VariableAggregation, VariableSynchronization
    made._synchronization = VariableSynchronization(message.synchronization)
    made._aggregation = VariableAggregation(message.aggregation)
    if message.HasField("save_slice_info_def"):
        made._save_slice_info = SaveSliceInfo(save_slice_info_def=message.save_slice_info_def,
                                              import_scope=import_scope)
    return made


def _refuse_other(made: Any, message: Any) -> None:
    """Raise ValueError where the names are not those of a variable's parts."""
    tensors = [made._variable, made._snapshot]
    if any(not hasattr(t, "op") for t in tensors) or hasattr(made._initializer, "op"):
        raise ValueError(f"a VariableDef of {message.variable_name!r} names what is no part of a variable")
    if made._variable.op.type != "VariableV2":
        raise ValueError(f"{message.variable_name!r} is no variable but the result of {made._variable.op.type}")


def _read(message: Any, import_scope: str | None = None) -> Variable:
    return variable_from_def(message, import_scope)


register_proto_functions(
    (GLOBAL, GraphKeys.TRAINABLE_VARIABLES, GraphKeys.MOVING_AVERAGE_VARIABLES, GraphKeys.LOCAL_VARIABLES,
     GraphKeys.MODEL_VARIABLES, GraphKeys.METRIC_VARIABLES, GraphKeys.GLOBAL_STEP, GraphKeys.EVAL_STEP,
     GraphKeys.TRAINABLE_RESOURCE_VARIABLES), _variable_def, variable_def, _read)
