"""Gradients of TensorFlow 1's loops: they keep values on stacks that have no counterpart here, so they are taken anew.

Comes in: nodes of a file. What needs such a stack is set apart; once the rest is added, the gradients that optimizers
of the file take from it are those that `gradients` gives, and what takes them is added too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import final

from hornbeam.autodiff.gradients import gradients
from hornbeam.graph import mode
from hornbeam.graph.op import registry
from hornbeam.graph.tensor import GraphTensor
from hornbeam.runtime.graph_import.builder import Builder, Place
from hornbeam.runtime.graph_import.nodes import Node, Ref

_STACKS = frozenset(("StackV2", "StackPushV2", "StackPopV2", "TensorArrayGradV3", "TensorArrayGradWithShape"))
IN_GRADIENTS = re.compile(r"^(?:.*?/)?gradients(?:_\d+)?/")


@final
class LoopGradients:
    """The nodes that need the gradient of a loop (`left_out`), and all others (`rest`)."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.by_name = {n.name: n for n in nodes}
        self.users: dict[str, list[Node]] = {}
        for node in nodes:
            for name in node.needs():
                self.users.setdefault(name, []).append(node)
        self.left_out: set[str] = set()
        stack = [n.name for n in nodes if n.op in _STACKS]
        while stack:
            name = stack.pop()
            if name not in self.left_out:
                self.left_out.add(name)
                stack.extend(n.name for n in self.users.get(name, ()))
        self.rest = [n for n in nodes if n.name not in self.left_out]

    def add(self, builder: Builder, place: Place) -> None:
        """Add what takes gradients from the nodes that were left out, where these can be told; they stay out."""
        wanted = {n: node for n in self.left_out if not IN_GRADIENTS.match(n) for node in (self.by_name[n],)}
        sources = {ref: self._variable(ref, wanted) for node in wanted.values() for ref in node.inputs
                   if ref.node in self.left_out and ref.node not in wanted}
        found: dict[Ref, GraphTensor] = {}
        for scope in {match.group() for ref in sources if (match := IN_GRADIENTS.match(ref.node))}:
            own = {r: v for r, v in sources.items() if r.node.startswith(scope) and v is not None}
            found.update(self._taken(scope, own, place))
        known = {str(ref): tensor for ref, tensor in found.items()}
        kept = self._reachable(wanted, found)
        builder.replaced.update(known)
        builder.build([Node(n.proto, n.inputs, [c for c in n.controls if c in kept or c in place.operations])
                       for n in self.by_name.values() if n.name in kept], place)
        for text in known:
            del builder.replaced[text]
        builder.used -= set(known)
        self.left_out -= kept

    def _reachable(self, wanted: Mapping[str, Node], found: Mapping[Ref, GraphTensor]) -> set[str]:
        """Those of the nodes whose inputs are all there."""
        missing = {n.name for n in wanted.values() for r in n.inputs
                   if r.node in self.left_out and r.node not in wanted and r not in found}
        stack = list(missing)
        while stack:
            for node in self.users.get(stack.pop(), ()):
                if node.name in wanted and node.name not in missing:
                    missing.add(node.name)
                    stack.append(node.name)
        return set(wanted) - missing

    def _variable(self, ref: Ref, wanted: Mapping[str, Node]) -> str | None:
        """The variable whose update a gradient reaches by the shortest way."""
        seen, edge = {ref.node}, [ref.node]
        while edge:
            following = []
            for name in edge:
                for node in self.users.get(name, ()):
                    if node.name in seen or node.name not in wanted:
                        continue
                    seen.add(node.name)
                    following.append(node.name)
                    declaration = registry.get(node.op.removeprefix("Resource"))
                    if declaration is not None and declaration.type.startswith("Apply") and declaration.writes:
                        names = [a.name for a in declaration.args]
                        at = next(i for i, a in enumerate(names) if a in ("grad", "delta"))
                        if at < len(node.inputs) and node.inputs[at].node == name:
                            return node.inputs[0].node
            edge = following
        return None

    def _taken(self, scope: str, own: Mapping[Ref, str | None], place: Place) -> dict[Ref, GraphTensor]:
        """The gradients of the variables, of whatever the gradients in a scope were taken of."""
        y = self._differentiated(scope)
        variables = {ref: place.tensors.get(f"{v}:0") for ref, v in own.items()}
        held = {ref: v for ref, v in variables.items() if v is not None}
        if y is None or f"{y}:0" not in place.tensors or f"{scope}grad_ys_1" in self.by_name or not held:
            return {}
        with mode.opened(place.graph):
            made = gradients(place.tensors[f"{y}:0"], list(held.values()))
        return {ref: g for ref, g in zip(held, made, strict=True) if isinstance(g, GraphTensor)}

    def _differentiated(self, scope: str) -> str | None:
        """The operation that gradients were taken of: their first nodes are named after it."""
        seen: set[str] = set()
        edge = [f"{scope}grad_ys_0"]
        while edge:
            following = [n.name for name in edge for n in self.users.get(name, ())
                         if n.name.startswith(scope) and n.name not in seen]
            seen.update(following)
            for name in following:
                for match in re.finditer(r"_grad/", name):
                    if name[len(scope):match.start()] in self.by_name:
                        return name[len(scope):match.start()]
            edge = following
        return None
