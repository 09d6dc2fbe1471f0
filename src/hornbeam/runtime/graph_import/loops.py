"""Loops as TensorFlow 1 writes them: cycles through `Merge` and `NextIteration`, entered and left by name.

Comes in: nodes. Goes out: the nodes outside all loops, and one `Frame` a loop, which holds everything inside.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, final

from hornbeam.runtime.graph_import.nodes import ENTERS, EXITS, MERGES, NEXT, SWITCHES, Node, Ref, in_order


class LoopVariable(NamedTuple):
    """One value that a loop carries: where it comes from, what stands for it inside, what it becomes, where it goes."""

    start: Ref
    merge: str
    switch: str | None
    following: Ref
    exit: Node | None


@final
class Frame:
    """A loop: its nodes, those in loops inside it included."""

    def __init__(self, name: str, nodes: Sequence[Node], enters: Sequence[Node]) -> None:
        self.name, self.nodes, self.enters = name, list(nodes), list(enters)
        self._inside = {n.name for n in self.nodes} | {n.name for n in self.enters}
        self._depth = _paths(self.nodes, {e.name for e in self.enters})
        self.exits = [n for n in self.nodes if n.op in EXITS and not self._depth[n.name]]

    def takes(self) -> Iterable[Ref]:
        """The tensors that it takes."""
        return [ref for enter in self.enters for ref in enter.inputs]

    def waits(self) -> Iterable[str]:
        """The names of the nodes outside that nodes in it wait for."""
        return [name for node in (*self.enters, *self.nodes) for name in node.controls if name not in self._inside]

    def needs(self) -> Iterable[str]:
        """The names of the nodes outside that come before the loop."""
        for node in (*self.enters, *self.nodes):
            yield from (name for name in node.needs() if name not in self._inside)

    def gives(self) -> Iterable[str]:
        """The names of the nodes that hand its results on."""
        return [n.name for n in self.exits]

    def _own(self, kinds: frozenset[str]) -> list[Node]:
        return [n for n in self.nodes if n.op in kinds and not self._depth[n.name]]

    def condition(self) -> Node:
        """The node that decides on another iteration. Raises ValueError where there is not exactly one."""
        found = self._own(frozenset(("LoopCond",)))
        if len(found) != 1:
            raise ValueError(f"the loop {self.name!r} has {len(found)} LoopCond nodes, not one")
        return found[0]

    def variables(self) -> list[LoopVariable]:
        """What the loop carries. Raises ValueError for a loop that is not made as TensorFlow makes them."""
        enters = {n.name: n for n in self.enters}
        nexts = {n.name: n for n in self._own(NEXT)}
        decides = self.condition().name
        switches = {n.inputs[0].node: n for n in self._own(SWITCHES)
                    if len(n.inputs) == 2 and n.inputs[1].node == decides}
        exits = {n.inputs[0].node: n for n in self.exits if n.inputs}
        found = []
        for merge in self._own(MERGES):
            sources = [r.node for r in merge.inputs]
            if not any(s in nexts for s in sources):
                continue
            if len(sources) != 2 or sources[0] not in enters or sources[1] not in nexts:
                raise ValueError(f"Node {merge.name!r}: a loop variable comes from Enter and NextIteration")
            switch = switches.get(merge.name)
            found.append(LoopVariable(enters[sources[0]].inputs[0], merge.name, switch and switch.name,
                                      nexts[sources[1]].inputs[0], switch and exits.get(switch.name)))
        return found

    def parts(self, variables: Sequence[LoopVariable]) -> tuple[list[Node], list[Node]]:
        """The nodes of the condition and those of the body; some may be of both."""
        frame_work = {v.merge for v in variables} | {v.switch for v in variables} | {self.condition().name}
        frame_work |= {n.name for n in (*self._own(NEXT), *self.exits)}
        inside = {n.name: n for n in self.nodes if n.name not in frame_work}
        condition = _before([r.node for r in self.condition().inputs], inside)
        body = _before([v.following.node for v in variables], inside)
        rest = {name for name in inside if name not in condition} | body
        return [n for n in self.nodes if n.name in condition], [n for n in self.nodes if n.name in rest]


def _before(names: Iterable[str], inside: dict[str, Node]) -> set[str]:
    """The nodes that some are computed from, themselves included."""
    found: set[str] = set()
    stack = [n for n in names if n in inside]
    while stack:
        name = stack.pop()
        if name not in found:
            found.add(name)
            stack.extend(n for n in inside[name].needs() if n in inside)
    return found


def _paths(nodes: Sequence[Node], known: Iterable[str] = ()) -> dict[str, tuple[str, ...]]:
    """For each node, the loops it runs in, outermost first; `known` nodes stand in none."""
    nexts = {n.name for n in nodes if n.op in NEXT}
    outside = set(known)
    paths: dict[str, tuple[str, ...]] = {}
    leads: dict[str, tuple[str, ...]] = {}
    for node in in_order(nodes, lambda n: (x for x in n.needs() if x not in nexts), Node.gives):
        found = max((leads[x] for x in node.needs() if x in leads and x not in outside and x not in nexts),
                    key=len, default=())
        paths[node.name] = leads[node.name] = found
        if node.op in ENTERS:
            leads[node.name] = (*found, str(node.attr("frame_name", b"").decode()))
        elif node.op in EXITS:
            leads[node.name] = found[:-1]
    return paths


def split(nodes: Sequence[Node]) -> list[Node | Frame]:
    """The nodes outside loops, and the loops. Raises ValueError for cycles that are no loops."""
    if not any(n.op in ENTERS for n in nodes):
        return list(nodes)
    paths = _paths(nodes)
    frames: dict[str, list[Node]] = {}
    enters: dict[str, list[Node]] = {}
    outside: list[Node | Frame] = []
    for node in nodes:
        if paths[node.name]:
            frames.setdefault(paths[node.name][0], []).append(node)
        elif node.op in ENTERS:
            enters.setdefault(node.attr("frame_name", b"").decode(), []).append(node)
        else:
            outside.append(node)
    for name, entering in enters.items():
        if name in frames:
            outside.append(Frame(name, frames[name], entering))
    return outside
