"""Inlining: the operations of a traced function, copied into the graph that calls it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, final

from hornbeam.graph import mode
from hornbeam.graph.body import Body
from hornbeam.graph.graph import Graph
from hornbeam.graph.operation import Operation
from hornbeam.graph.tensor import GraphTensor


@final
class Inlined:
    """A copy of `source` in `into`; `given` says what stands for its inputs.

    same_draws: random operations share the draws of those they are copies of, rather than drawing for themselves.
    """

    def __init__(self, source: Body, into: Graph, given: Mapping[GraphTensor, GraphTensor],
                 same_draws: bool = False) -> None:
        self.source, self.into, self.same_draws = source, into, same_draws
        self.copies: dict[GraphTensor, GraphTensor] = dict(given)
        self.operations: dict[Operation, Operation] = {}
        with mode.opened(into):
            for op in source.needed:
                self._copy(op)

    def tensor(self, tensor: GraphTensor) -> GraphTensor:
        """What stands for a tensor of the source."""
        return self.copies.get(tensor, tensor)

    def _copy(self, op: Operation) -> None:
        into = self.into
        inputs = [into.bring_in(self.tensor(t)) for t in op.inputs]
        made = into.add(op.declaration, into.unique_name(op.name), inputs, self._attrs(op),
                        [(t._dims, t.dtype) for t in op.outputs])
        made.rule = None if op.rule is None else self._rule(op.rule)
        made.gradient_type, made.frames = op.gradient_type, op.frames
        self.operations[op] = made
        self.copies.update(zip(op.outputs, made.outputs, strict=True))

    def _attrs(self, op: Operation) -> dict[str, Any]:
        attrs = dict(op.attrs)
        stream = attrs.get("stream")
        if stream in self.operations:
            attrs["stream"] = self.operations[stream]
        if op.declaration.random and self.same_draws:
            attrs["stream"] = op.attrs.get("stream") or op
        if "beside" in attrs:
            attrs["beside"] = tuple(self.operations.get(other, other) for other in attrs["beside"])
        return attrs

    def _rule(self, rule: Callable[..., Any]) -> Callable[..., Any]:
        """A gradient that the user wrote, which may use tensors of the source: it gets their copies."""
        def of_copy(call: Any, *dys: Any) -> Any:
            graph = mode.current_graph()
            if not isinstance(graph, Body):
                return rule(call, *dys)
            before = graph.replays.get(self.source)
            graph.replays[self.source] = lambda t: graph.bring_in(self.tensor(t))
            try:
                return rule(call, *dys)
            finally:
                if before is None:
                    del graph.replays[self.source]
                else:
                    graph.replays[self.source] = before

        return of_copy
