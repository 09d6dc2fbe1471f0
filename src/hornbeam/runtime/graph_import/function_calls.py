"""Ops that hold functions: calls, and TensorFlow 2's branches and loops.

The nodes of a function are added where it is called; a branch or loop gets a graph for each of its functions.
"""

from __future__ import annotations

from typing import Any

from hornbeam.graph import mode
from hornbeam.graph.body import Body
from hornbeam.graph.op import registry
from hornbeam.graph.shapes import Dims
from hornbeam.graph.tensor import GraphTensor
from hornbeam.ops import control_flow, structural
from hornbeam.runtime.graph_import.builder import Builder, Place, as_value, looped, translates
from hornbeam.runtime.graph_import.nodes import Node


def _taken(builder: Builder, place: Place, node: Node) -> list[GraphTensor]:
    return [builder.take(place, ref, node) for ref in node.inputs]


@translates("PartitionedCall", "StatefulPartitionedCall", "RemoteCall")
def _(builder: Builder, place: Place, node: Node) -> None:
    given = _taken(builder, place, node)
    if node.op == "RemoteCall":
        given = given[1:]
    with place.graph.control_dependencies(builder.waits(place, node)):
        results, waits = builder.called(node.proto.attr["f"].func.name, node, place.graph, given)
    done = None
    if waits:
        with place.graph.control_dependencies(waits):
            done = builder.operation(place, node, registry["NoOp"], [], {}, f"{node.name}/done")
            results = [registry["Identity"](t, name=f"{builder.scope}{node.name}/result/")
                       if not t.dtype._is_ref_dtype else t for t in results]
    if builder.open or not results or any(t.dtype._is_ref_dtype for t in results):
        place.name(node.name, results, done)
        return
    called = builder.operation(place, node, registry["IdentityN"], results, {})  # so that it is found by its name
    place.name(node.name, called.outputs, done or called)


_READERS = frozenset(("ReadVariableOp", "ResourceGather", "ResourceGatherNd", "VariableShape"))
_FIRST = {"If": 1, "StatelessIf": 1, "Case": 1, "StatelessCase": 1}
"""How many inputs of a node are no arguments of its functions."""


def _only_reads(builder: Builder, name: str, index: int) -> bool:
    """Whether a function does nothing with an argument, a variable, but read it."""
    function = builder.functions.get(name)
    if function is None:
        return False
    handles = {function.signature.input_arg[index].name}
    for node in sorted(function.node_def, key=lambda n: n.op != "Identity"):
        places = [i for i, text in enumerate(node.input) if text.partition(":")[0] in handles]
        if not places or node.op in _READERS:
            continue
        if node.op == "Identity":
            handles.add(node.name)
            continue
        inner = [f.name for attr in node.attr.values() for f in ([attr.func] if attr.HasField("func")
                                                                 else attr.list.func)]
        first = _FIRST.get(node.op, 0)
        if not inner or not all(_only_reads(builder, f, i - first) for f in inner for i in places):
            return False
    return True


def _read_before(builder: Builder, place: Place, node: Node, given: list[GraphTensor],
                 functions: list[str]) -> list[GraphTensor]:
    """The arguments, with the values of variables that the functions only read: gradients flow to what comes in."""
    out = list(given)
    for i, tensor in enumerate(given):
        if tensor.dtype._is_ref_dtype and all(_only_reads(builder, name, i) for name in functions):
            out[i] = builder.operation(place, node, registry["Identity"], [tensor], {}, f"{node.name}/read").outputs[0]
    return out


def _is_plain(node: Node) -> bool:
    """Whether a node is of the form that only Hornbeam writes."""
    return "list_lengths" in node.proto.attr or "count" in node.proto.attr or "Tin" not in node.proto.attr


@translates("If", "StatelessIf")
def _(builder: Builder, place: Place, node: Node) -> None:
    if _is_plain(node):
        builder.node(place, node)
        return
    flag, *given = _taken(builder, place, node)
    functions = [node.proto.attr[name].func.name for name in ("then_branch", "else_branch")]
    _branched(builder, place, node, flag, given, functions)


@translates("Case", "StatelessCase")
def _(builder: Builder, place: Place, node: Node) -> None:
    if _is_plain(node):
        builder.node(place, node)
        return
    index, *given = _taken(builder, place, node)
    _branched(builder, place, node, index, given, [f.name for f in node.proto.attr["branches"].list.func])


def _branched(builder: Builder, place: Place, node: Node, choice: GraphTensor, given: list[GraphTensor],
              functions: list[str]) -> None:
    graph = place.graph
    given = _read_before(builder, place, node, given, functions)
    bodies: list[Body] = []
    for name in functions:
        body = Body(graph, builder.scope)
        with mode.opened(body):
            results, waits = builder.called(name, node, body, given)
            with body.control_dependencies(waits):
                body.outputs = [as_value(body, body.bring_in(t)) for t in results]
                if waits:
                    body.outputs = [registry["Identity"](t) for t in body.outputs]
        bodies.append(body)
    sources = control_flow.close_all(graph, bodies, [()] * len(bodies))
    declaration = registry["If"] if len(bodies) == 2 and node.op in ("If", "StatelessIf") else registry["Case"]
    attrs: dict[str, Any] = dict(zip(("then_branch", "else_branch"), bodies, strict=True)) \
        if declaration.type == "If" else {"branches": tuple(bodies)}
    with graph.control_dependencies(control_flow.waits_of(bodies)):
        builder.operation(place, node, declaration, [choice, *sources], attrs)


@translates("While", "StatelessWhile")
def _(builder: Builder, place: Place, node: Node) -> None:
    if "count" in node.proto.attr:
        builder.node(place, node)
        return
    handles = _taken(builder, place, node)
    given = _read_before(builder, place, node, handles, [node.proto.attr[n].func.name for n in ("cond", "body")])
    moving = [i for i, t in enumerate(given) if not t.dtype._is_ref_dtype]
    found: list[Dims] = []

    def results_of(name: str, carried: tuple[GraphTensor, ...]) -> list[GraphTensor]:
        values = list(given)
        for i, tensor in zip(moving, carried, strict=True):
            values[i] = tensor
        graph = mode.default_graph()
        results, waits = builder.called(node.proto.attr[name].func.name, node, graph, values)
        if waits:
            with graph.control_dependencies(waits):
                results = [t if t.dtype._is_ref_dtype else registry["Identity"](t) for t in results]
        return results

    def condition(*carried: GraphTensor) -> GraphTensor:
        return results_of("cond", carried)[0]

    def body(*carried: GraphTensor) -> list[GraphTensor]:
        results = results_of("body", carried)
        made = [results[i] for i in moving]
        found[:] = [structural.merged_dims(g._dims, m._dims) for g, m in zip(carried, made, strict=True)]
        return made

    with mode.opened(place.graph), place.graph.control_dependencies(builder.waits(place, node)):
        made = looped(place.graph, condition, body, [given[i] for i in moving], found)
    outputs = list(given)
    for i, tensor in zip(moving, made, strict=True):
        outputs[i] = tensor
    outputs = [h if h.dtype._is_ref_dtype else t for h, t in zip(handles, outputs, strict=True)]
    place.name(node.name, outputs, made[0].op if made else None)
