"""What a `GraphDef` says, node by node: the name, the op's type, what it takes and what it waits for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar, final

_NAME = re.compile(r"^[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*$")
Item = TypeVar("Item")

SWITCHES = frozenset(("Switch", "RefSwitch"))
MERGES = frozenset(("Merge", "RefMerge"))
ENTERS = frozenset(("Enter", "RefEnter"))
EXITS = frozenset(("Exit", "RefExit"))
NEXT = frozenset(("NextIteration", "RefNextIteration"))
CONTROL_FLOW = SWITCHES | MERGES | ENTERS | EXITS | NEXT | {"LoopCond"}
"""The ops of which TensorFlow 1 made branches and loops."""


class Ref(NamedTuple):
    """One output of a node, as an input says it."""

    node: str
    port: int

    def __str__(self) -> str:
        return f"{self.node}:{self.port}"


@final
class Node:
    """A `NodeDef`, its inputs taken apart."""

    __slots__ = ("controls", "inputs", "name", "op", "proto")

    def __init__(self, proto: Any, inputs: Sequence[Ref], controls: Sequence[str]) -> None:
        self.proto = proto
        self.name: str = proto.name
        self.op: str = proto.op
        self.inputs = list(inputs)
        self.controls = list(controls)

    def attr(self, name: str, default: Any = None) -> Any:
        """A plain attribute (a number, a type, a string) as the protobuf holds it."""
        if name not in self.proto.attr:
            return default
        value = self.proto.attr[name]
        kind = value.WhichOneof("value")
        return getattr(value, kind) if kind else default

    def takes(self) -> Iterable[Ref]:
        """The tensors that it takes."""
        return self.inputs

    def waits(self) -> Iterable[str]:
        """The names of the nodes that it waits for."""
        return self.controls

    def needs(self) -> Iterable[str]:
        """The names of the nodes that come before this one."""
        yield from (ref.node for ref in self.inputs)
        yield from self.controls

    def gives(self) -> Iterable[str]:
        """The names under which others take its outputs."""
        yield self.name


def ref_of(text: str, node: str = "") -> Ref:
    """`name:port` taken apart. Raises ValueError for anything else."""
    name, colon, port = text.partition(":")
    if not name or (colon and not port.isdigit()):
        raise ValueError(f"Node {node!r}: {text!r} is not the name of a tensor")
    return Ref(name, int(port or 0))


def parsed(protos: Iterable[Any], reference: Callable[[str, str], Ref] = ref_of) -> list[Node]:
    """The nodes of a graph. Raises ValueError for names that nodes cannot have, twice the same, and bad inputs.

    reference: takes the name of a tensor, and that of the node that says it, apart.
    """
    nodes: dict[str, Node] = {}
    for proto in protos:
        if not _NAME.match(proto.name):
            raise ValueError(f"Node name {proto.name!r} contains invalid characters")
        if proto.name in nodes:
            raise ValueError(f"Node name {proto.name!r} already exists in the graph_def")
        inputs, controls = [], []
        for text in proto.input:
            if text.startswith("^"):
                controls.append(ref_of(text[1:], proto.name).node)
            else:
                inputs.append(reference(text, proto.name))
        wanted = 2 if proto.op in SWITCHES else 1
        if proto.op in CONTROL_FLOW and (len(inputs) < wanted if proto.op in MERGES else len(inputs) != wanted):
            raise ValueError(f"Node {proto.name!r} ({proto.op}): NodeDef expected inputs do not match {len(inputs)} "
                             "inputs specified")
        nodes[proto.name] = Node(proto, inputs, controls)
    return list(nodes.values())


def in_order(items: Sequence[Item], needs: Callable[[Item], Iterable[str]],
             gives: Callable[[Item], Iterable[str]]) -> list[Item]:
    """The items so that each comes after what it needs; beyond that their order stays. ValueError for a cycle."""
    owner = {name: item for item in items for name in gives(item)}
    out: list[Item] = []
    state: dict[int, int] = {}
    for first in items:
        stack = [(first, iter(()))] if id(first) in state else [(first, _pending(first, needs, owner))]
        while stack:
            item, pending = stack[-1]
            state.setdefault(id(item), 1)
            following = next(pending, None)
            if following is None:
                stack.pop()
                if state[id(item)] == 1:
                    state[id(item)] = 2
                    out.append(item)
            elif id(following) not in state:
                stack.append((following, _pending(following, needs, owner)))
            elif state[id(following)] == 1 and following is not item:
                raise ValueError(f"graph_def has a cycle through {next(iter(gives(following)))!r}")
    return out


def _pending(item: Item, needs: Callable[[Item], Iterable[str]], owner: dict[str, Item]) -> Any:
    return iter([owner[name] for name in needs(item) if name in owner])


_FLOWS = {"TensorArrayV3": 1, "TensorArrayGradV3": 1, "TensorArrayWriteV3": 0, "TensorArrayScatterV3": 0,
          "TensorArraySplitV3": 0}
"""The outputs that are flows, by the ops that make them."""
_HAND_ON = SWITCHES | MERGES | ENTERS | EXITS | NEXT | {"Identity"}


def is_flow(nodes: Mapping[str, Node], ref: Ref) -> bool:
    """Whether a tensor is the flow of a TensorArray."""
    node = nodes.get(ref.node)
    while node is not None and node.op in _HAND_ON and node.inputs:
        ref = node.inputs[0]
        node = nodes.get(ref.node)
    return node is not None and _FLOWS.get(node.op) == ref.port
