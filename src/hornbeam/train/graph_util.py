"""`graph_util`: `GraphDef`s cut down to what some nodes need, with variables made constants."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from hornbeam.graph import dtypes
from hornbeam.graph.graph_def import make_tensor_proto
from hornbeam.graph.names import public

_VARIABLES = frozenset(("Variable", "VariableV2", "VarHandleOp"))
_TOUCH_VARIABLES = frozenset((
    "Assign", "AssignAdd", "AssignSub", "ScatterUpdate", "ScatterAdd", "ScatterSub", "AssignVariableOp",
    "AssignAddVariableOp", "AssignSubVariableOp"))
_HANDED_ON = frozenset(("Enter", "RefEnter", "Exit", "RefExit", "Identity", "RefIdentity", "Merge", "RefMerge",
                        "NextIteration", "RefNextIteration", "Switch", "RefSwitch"))


def _named(reference: str) -> str:
    """The node that an input names."""
    return reference.lstrip("^").partition(":")[0]


def _kind(node: Any, name: str) -> int:
    return node.attr[name].type


@public(v1=("graph_util.must_run_on_cpu",))
def must_run_on_cpu(node: Any, pin_variables_on_cpu: bool = False) -> bool:
    """Whether a node (an operation or `NodeDef`) keeps to the CPU: constants of strings and int32, and, if asked for,
    variables.
    """
    node_def = node if hasattr(node, "attr") else node.node_def
    if pin_variables_on_cpu and node_def.op in _VARIABLES:
        return True
    integers, strings = dtypes.int32.as_datatype_enum, dtypes.string.as_datatype_enum
    if node_def.op == "Const":
        return _kind(node_def, "dtype") in (integers, strings)
    if node_def.op in ("DynamicStitch", "ParallelDynamicStitch"):
        return _kind(node_def, "T") == integers
    if node_def.op == "Cast":
        return _kind(node_def, "SrcT") == strings or _kind(node_def, "DstT") == strings
    return False


@public(v1=("graph_util.tensor_shape_from_node_def_name",))
def tensor_shape_from_node_def_name(graph: Any, input_name: str) -> Any:
    """The static shape of the tensor that an input of a `NodeDef` names.

    Raises KeyError where the graph has none of that name.
    """
    return graph.get_tensor_by_name(input_name if ":" in input_name else f"{input_name}:0").get_shape()


@public(v1=("graph_util.extract_sub_graph",))
def extract_sub_graph(graph_def: Any, dest_nodes: Iterable[str]) -> Any:
    """A `GraphDef` of the nodes that `dest_nodes` (names) need, themselves included, in the order they had.

    Raises TypeError for other arguments, AssertionError for a name that is not there.
    """
    if not (hasattr(graph_def, "node") and hasattr(graph_def, "library")):
        raise TypeError(f"graph_def must be a graph_pb2.GraphDef proto, but got type {type(graph_def)}.")
    if isinstance(dest_nodes, str):
        raise TypeError("dest_nodes must be an iterable of strings, but got type "
                        f"{type(dest_nodes)}")
    by_name = {node.name: node for node in graph_def.node}
    wanted = list(dest_nodes)
    for name in wanted:
        if name not in by_name:
            raise AssertionError(f"{name} is not in graph")
    kept = _before(by_name, wanted)
    made = type(graph_def)()
    made.node.extend(node for node in graph_def.node if node.name in kept)
    made.library.CopyFrom(graph_def.library)
    made.versions.CopyFrom(graph_def.versions)
    return made


def _before(by_name: dict[str, Any], names: Iterable[str]) -> set[str]:
    """The nodes that some need, themselves included."""
    kept: set[str] = set()
    stack = list(names)
    while stack:
        name = stack.pop()
        if name not in kept and name in by_name:
            kept.add(name)
            stack.extend(_named(i) for i in by_name[name].input)
    return kept


@public(v1=("graph_util.convert_variables_to_constants",))
def convert_variables_to_constants(sess: Any, input_graph_def: Any, output_node_names: Sequence[str],
                                   variable_names_whitelist: Iterable[str] | None = None,
                                   variable_names_blacklist: Iterable[str] | None = None) -> Any:
    """A `GraphDef` of what the output nodes need, with variables as constants of the values they have in `sess`.

    variable_names_whitelist: only these become constants. variable_names_blacklist: these do not.
    Raises AssertionError for an output that is not there.
    """
    needed = extract_sub_graph(input_graph_def, output_node_names)
    by_name = {node.name: node for node in needed.node}
    chosen = [n for n in needed.node if n.op in _VARIABLES and _is_wanted(n.name, variable_names_whitelist,
                                                                          variable_names_blacklist)]
    values = dict(zip([n.name for n in chosen], sess.run([f"{n.name}:0" for n in chosen]) if chosen else [],
                      strict=True))
    made = type(input_graph_def)()
    for node in needed.node:
        out = made.node.add()
        if node.name in values:
            _write_constant(out, node, values[node.name])
            continue
        out.CopyFrom(node)
        handle = _variable_behind(by_name, node)
        if handle is not None and handle in values:
            _read_constant(out, handle)
    made.library.CopyFrom(needed.library)
    made.versions.CopyFrom(needed.versions)
    return made


def _is_wanted(name: str, only: Iterable[str] | None, but: Iterable[str] | None) -> bool:
    return (only is None or name in only) and (but is None or name not in but)


def _write_constant(out: Any, node: Any, value: Any) -> None:
    out.op, out.name = "Const", node.name
    out.attr["dtype"].type = _kind(node, "dtype")
    out.attr["value"].tensor.CopyFrom(make_tensor_proto(value, dtypes.as_dtype(_kind(node, "dtype"))))


def _variable_behind(by_name: dict[str, Any], node: Any) -> str | None:
    """The variable whose handle a node takes first or hands on, where it is one that knows variables as resources."""
    if node.op not in ("ReadVariableOp", "ResourceGather", "ResourceGatherNd") and not (
            node.op in _HANDED_ON and "T" in node.attr and _kind(node, "T") == dtypes.resource.as_datatype_enum):
        return None
    source: Any = node
    while source is not None and source.op != "VarHandleOp":
        source = by_name.get(_named(source.input[0])) if source.input else None
    return source.name if source is not None else None


def _read_constant(out: Any, handle: str) -> None:
    """Make a node that reads a resource one that takes its value."""
    dtype = out.attr["dtype"].type if "dtype" in out.attr else 0
    if out.op == "ReadVariableOp":
        out.op = "Identity"
        out.attr["T"].type = dtype
        del out.attr["dtype"]
    elif out.op == "ResourceGather":
        out.op = "Gather" if not out.attr["batch_dims"].i else out.op
        if out.op != "Gather":
            raise ValueError(f"{out.name}: a gather along batch dimensions of {handle} cannot be frozen")
        out.attr["Tparams"].type = dtype
        for name in ("dtype", "batch_dims"):
            out.attr.pop(name, None)
    elif out.op == "ResourceGatherNd":
        out.op = "GatherNd"
        out.attr["Tparams"].type = dtype
        del out.attr["dtype"]
    else:
        out.attr["T"].type = 0


@public(v1=("graph_util.remove_training_nodes",))
def remove_training_nodes(input_graph: Any, protected_nodes: Iterable[str] | None = None) -> Any:
    """A `GraphDef` without the nodes that inference has no use for: `CheckNumerics`, and `Identity`s in a line.

    protected_nodes: names that stay, as outputs should that are `Identity`s. Nodes that something waits for, or that
    wait, stay too.
    """
    protected = set(protected_nodes or ())
    return _without_identities(_without_checks(input_graph, protected), protected)


def _without_checks(graph_def: Any, protected: set[str]) -> Any:
    removable = {n.name: n.input[0] for n in graph_def.node
                 if n.op == "CheckNumerics" and n.name not in protected and n.input}
    return _spliced(graph_def, removable)


def _without_identities(graph_def: Any, protected: set[str]) -> Any:
    waited_for = {_named(i) for n in graph_def.node for i in n.input if i.startswith("^")}
    return _spliced(graph_def, {
        n.name: n.input[0] for n in graph_def.node
        if n.op == "Identity" and n.name not in protected and n.name not in waited_for
        and len(n.input) == 1 and not n.input[0].startswith("^")})


def _spliced(graph_def: Any, removable: dict[str, str]) -> Any:
    """The graph without some nodes: what took them takes what they took."""
    made = type(graph_def)()
    for node in graph_def.node:
        if node.name in removable:
            continue
        out = made.node.add()
        out.CopyFrom(node)
        for i, text in enumerate(node.input):
            waits = text.startswith("^")
            while _named(text) in removable and not (waits and ":" in removable[_named(text)]):
                text = removable[_named(text)]
                text = f"^{text.lstrip('^')}" if waits else text
            out.input[i] = text
    made.library.CopyFrom(graph_def.library)
    made.versions.CopyFrom(graph_def.versions)
    return made
