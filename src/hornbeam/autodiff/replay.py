"""Repeating the operations of a body in another graph, so that a gradient can be taken there.

Random operations draw the same numbers again, writes and printing are not repeated: what an assignment gave is its
value, or what the variable holds now.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, final

from hornbeam.graph.body import Body, bodies, has_effects, ordered_for
from hornbeam.graph.op import registry as ops
from hornbeam.graph.operation import Operation
from hornbeam.graph.tensor import GraphTensor
from hornbeam.ops import states


@final
class Replay:
    """Copies of a body's tensors in the body `into`, made when they are asked for.

    given: for inputs of the original, the tensors that stand for them (of `into` or of a graph around it).
    known: for results of its operations, tensors of `into` with their values; gradients flow as if there were none.
    """

    def __init__(self, into: Body, original: Body, given: Mapping[GraphTensor, GraphTensor],
                 known: Mapping[GraphTensor, GraphTensor] | None = None) -> None:
        self.into, self.original, self.given, self.known = into, original, dict(given), dict(known or {})
        self.copies: dict[GraphTensor, GraphTensor] = {}
        into.replays[original] = self.tensor

    def tensor(self, tensor: GraphTensor) -> GraphTensor:
        """The copy of a tensor of the original."""
        if tensor.op.graph is not self.original:
            return self.into.bring_in(tensor)
        found = self.copies.get(tensor)
        if found is not None:
            return found
        if tensor in self.given:
            return self.copies.setdefault(tensor, self.into.bring_in(self.given[tensor]))
        for op in ordered_for([tensor.op]):
            if op.graph is self.original and op.outputs and op.type != "_Arg" and op.outputs[0] not in self.copies:
                self._copy(op)
        return self.copies[tensor]

    def _copy(self, op: Operation) -> None:
        inputs = [self.tensor(t) for t in op.inputs if not (op.type == "Assign" and t is op.inputs[0])]
        instead = self._instead(op, inputs)
        if instead is None:
            attrs = dict(op.attrs)
            if op.declaration.random:
                attrs["stream"] = op.attrs.get("stream") or op
            if op.declaration.structural and has_effects(op):
                attrs = {key: _quiet(value) for key, value in attrs.items()}
            into = self.into
            name = into.unique_name(op.name.rpartition("/")[2])
            made = into.add(op.declaration, name, inputs, attrs, [(t._dims, t.dtype.base_dtype) for t in op.outputs])
            made.rule, made.gradient_type, made.frames = op.rule, op.gradient_type, op.frames
            instead = made.outputs
        for tensor, copy in zip(op.outputs, instead, strict=True):
            self.copies[tensor] = states.known_as(self.known[tensor], copy) if tensor in self.known else copy

    def _instead(self, op: Operation, inputs: list[GraphTensor]) -> list[GraphTensor] | None:
        """What stands for the outputs of an operation that is not repeated."""
        if op.type == "Assign":
            return [inputs[0]]
        if op.declaration.writes:
            return [ops["Identity"](self.into.bring_in(_variable(op.inputs[0]))), *(
                ops["ZerosLike"](t) for t in op.outputs[1:])]
        return [inputs[0]] if op.type == "Print" else None


def _variable(tensor: GraphTensor) -> GraphTensor:
    while tensor.op.type != "VariableV2":
        tensor = tensor.op.inputs[0]
    return tensor


def _quiet(value: Any) -> Any:
    """A body without its effects; anything else as it is."""
    if isinstance(value, tuple):
        return tuple(_quiet(v) for v in value)
    if not isinstance(value, Body) or not any(has_effects(op) for op in value._operations):
        return value
    made = Body(value.outer, value._scope)
    inputs = [made.add_input(t._dims, t.dtype) for t in value.inputs]
    replay = Replay(made, value, dict(zip(value.inputs, inputs, strict=True)))
    made.outputs = [replay.tensor(t) for t in value.outputs]
    made.inputs, made.closed = inputs, True
    return made


__all__ = ["Replay", "bodies"]
