"""GraphFunction: a traced graph that is called with flat tensors and gives flat tensors.

Where calls run at once it runs through a plan, as `Session.run` does; in a graph its operations are copied there. A
tape is told of the whole call: its gradient is another GraphFunction, which takes what the first one kept.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from typing import Any, final

from hornbeam.autodiff.gradients import graph_gradients
from hornbeam.autodiff.reverse import carries
from hornbeam.backend.lazy import jax
from hornbeam.graph import infer, mode, nest, recording
from hornbeam.graph.body import SHAPES_ONLY
from hornbeam.graph.call import as_tensor, constant_node, graph_for
from hornbeam.graph.execute import of_machine
from hornbeam.graph.graph import Graph
from hornbeam.graph.indexed_slices import IndexedSlices
from hornbeam.graph.op import registry as ops
from hornbeam.graph.tensor import EagerTensor, GraphTensor
from hornbeam.ops import array
from hornbeam.runtime.executor import Runner
from hornbeam.runtime.function_graph import FunctionGraph
from hornbeam.runtime.inline import Inlined
from hornbeam.runtime.plan import Plan
from hornbeam.runtime.store import Cell, Store

_state = mode.state

MOST_SHAPES = 32
"""Programs compiled for one trace, by the shapes of its inputs. Further shapes run op by op, with NumPy."""


def _scope(name: str) -> str:
    """A function's name as a name of operations: `lambda` for `<lambda>`."""
    return re.sub(r"[^A-Za-z0-9_.-]", "_", name).lstrip("_.-").rstrip("_") or "call"


@final
class _CallDeclaration:
    """What stands for an op in a tape's record of a call; `differentiable_outputs` are its first ones."""

    type = "PartitionedCall"
    writes = ()
    differentiable = None

    def __init__(self, gradient: Any = None, outputs: int | None = None) -> None:
        self.gradient = gradient
        self.differentiable_outputs = outputs


called: dict[FunctionGraph, None] | None = None
"""The graphs of the functions that ran, in order, while somebody wants to know (`summary.trace_on`)."""


@final
class GraphFunction:
    """A closed `FunctionGraph`, ready to be called. `store` counts the draws of its random operations."""

    def __init__(self, graph: FunctionGraph, store: Store | None = None) -> None:
        self.graph = graph
        self.store = Store() if store is None else store
        held = list(graph.held.values())
        self.held = [tensor for tensor, _ in held]
        self.feeds = [*graph.inputs, *(inside for _, inside in held), *graph.captures.values()]
        self._runner: Runner | None = None
        self._edits = -1
        self._derivative: _Derivative | None = None

    def __call__(self, tensors: Sequence[Any]) -> list[Any]:
        """The outputs for these inputs: tensors with values, or of a graph."""
        graph = graph_for(*tensors)
        if graph is not None:
            return self.inlined(graph, tensors)
        if not _state.tapes:
            return [EagerTensor(r) for r in self.run([t._value for t in tensors])]
        return self._recorded(tensors)

    def run(self, values: Sequence[Any]) -> Sequence[Any]:
        """The outputs as arrays, for arrays."""
        if called is not None:
            called[self.graph] = None
        runner = self._runner
        if runner is None or self._edits != self.graph._edits:
            runner = self._prepare()
        try:
            return runner.run([*values, *(t._value for t in self.held)] if self.held else values)
        except (MemoryError, jax.errors.JaxRuntimeError) as error:
            raise of_machine(error, f"the function {self.graph.name!r}") from error

    def _prepare(self) -> Runner:
        graph = self.graph
        if graph.captures:
            raise ValueError(f"The function {graph.name!r} uses tensors of a graph around it, "
                             f"{next(iter(graph.captures))!r} for one, and can only be called there.")
        plan = Plan(graph.outputs, graph.effects, self.feeds)
        self._runner, self._edits = Runner(plan, self.store, MOST_SHAPES), graph._edits
        return self._runner

    def cells(self) -> tuple[list[Cell], list[Cell]]:
        """The cells of the variables that a call writes, and of those that it only reads."""
        plan = (self._runner or self._prepare()).plan
        only_read = [v for v in plan.reads if v not in plan.writes]
        return [self.store.cell(v) for v in plan.writes], [self.store.cell(v) for v in only_read]

    def inlined(self, graph: Graph, tensors: Sequence[Any]) -> list[Any]:
        """The outputs as tensors of `graph`, in which the operations are repeated."""
        with mode.opened(graph):
            inputs = [*tensors, *self.held, *self.graph.captures]
            given = [as_tensor(t, None, graph, graph.unique_name("Const", False)) for t in inputs]
            with graph.name_scope(_scope(self.graph.name)):
                copy = Inlined(self.graph, graph, dict(zip(self.feeds, given, strict=True)))
            return [graph.bring_in(copy.tensor(t)) for t in self.graph.outputs]

    # Gradients ------------------------------------------------------------------------------------

    def _recorded(self, tensors: Sequence[Any]) -> list[Any]:
        """As a call, with tapes that listen: one that follows an input can go back through the whole call."""
        inputs = [*tensors, *self.held, *self.graph.trainable_variables]
        levels = sum([tape.levels for tape in _state.tapes if tape.follows(inputs)])
        if not levels:
            outputs = [EagerTensor(r) for r in self.run([t._value for t in tensors])]
            recording.record(_CallDeclaration(), inputs, outputs, {})
            return outputs
        with recording.paused(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is kept for higher orders may have no gradient itself
            derivatives = self._derivatives(levels)
        results = derivatives[-1].forward.run([t._value for t in (*tensors, *self.held)])
        outputs = [EagerTensor(r) for r in results]
        recording.record(_CallDeclaration(_rule(derivatives), derivatives[-1].given), inputs, outputs, {})
        return outputs[:len(self.graph.outputs)]

    def _derivatives(self, levels: int) -> list[_Derivative]:
        """The way back through a call, through what that keeps, and so on, for derivatives of higher order."""
        if self._derivative is None:
            self._derivative = _Derivative(self)
        further = self._derivative.forward._derivatives(levels - 1) if levels > 1 else []
        return [self._derivative, *further]


def _rule(derivatives: Sequence[_Derivative]) -> Any:
    """The gradient of one call whose outputs are the function's, then what each derivative keeps."""
    def go_back(call: Any, *dys: Any) -> list[Any]:
        for derivative in derivatives:
            given, kept = derivative.given, derivative.kept
            if all(dy is None for dy in dys[given:]):
                return derivative.go_back(call.outputs[:given], dys[:given], call.outputs[given:given + kept])
        raise ValueError("derivatives of a traced function of a higher order than there are tapes around its call")

    return go_back


@final
class _Derivative:
    """How to go back through a call: `forward` is the function, which also gives what `backward` needs."""

    def __init__(self, function: GraphFunction) -> None:
        graph = function.graph
        forward = FunctionGraph(graph.name)
        inputs = [forward.add_input(t._dims, t.dtype, t.op.name) for t in function.feeds]
        copy = Inlined(graph, forward, dict(zip(function.feeds, inputs, strict=True)), same_draws=True)
        outputs = [copy.tensor(t) for t in graph.outputs]
        backward = FunctionGraph(f"{graph.name}_backward", parents=(forward,))
        backward.replays[forward] = lambda tensor: _kept(backward, tensor)
        self._carrying = [carries(t) for t in outputs]
        with mode.opened(backward):
            dys = [backward.add_input(t._dims, t.dtype, "dy") for t, c in zip(outputs, self._carrying, strict=True)
                   if c]
            sources = [*inputs, *(v.handle for v in graph.trainable_variables)]
            grads = graph_gradients([t for t, c in zip(outputs, self._carrying, strict=True) if c],
                                    sources, dys, name="gradients") if dys else [None] * len(sources)
            self._structure = grads
            found = [as_tensor(t, None, backward, "grad") for t in nest.flatten(grads, True) if t is not None]
        kept = list(backward.captures)
        given = [backward.captures[t] for t in kept]
        backward.captures, backward.sources = {}, {}
        forward.finish([*outputs, *kept], inputs)
        backward.finish(found, [*dys, *given])
        self.given, self.kept = len(outputs), len(kept)
        self.forward = GraphFunction(forward, function.store)
        self.backward = GraphFunction(backward, function.store)

    def go_back(self, outputs: Sequence[Any], dys: Sequence[Any], kept: Sequence[Any]) -> list[Any]:
        """The gradients of the inputs and variables of one call that gave `outputs` and kept these tensors."""
        starts = [array.zeros_like(out) if dy is None else array.convert(dy)
                  for out, dy, c in zip(outputs, dys, self._carrying, strict=True) if c]
        found = iter(self.backward([*starts, *kept]))
        grads: list[Any] = []
        for pattern in self._structure:
            if isinstance(pattern, IndexedSlices):
                parts = [None if p is None else next(found) for p in nest.flatten(pattern, True)]
                grads.append(nest.pack_sequence_as(pattern, parts, True))
            else:
                grads.append(None if pattern is None else next(found))
        return grads


def _kept(backward: FunctionGraph, tensor: GraphTensor) -> GraphTensor:
    """A tensor of the forward graph in the backward one: known values and shapes are repeated, others are kept."""
    found = backward.captures.get(tensor)
    if found is not None:
        return found
    known = infer.constant_value(tensor)
    if known is not None:
        return constant_node(backward, known, backward.unique_name("Const", False))
    if tensor.op.type in SHAPES_ONLY and tensor.op.type != "SizeAs":
        with mode.opened(backward):
            made = ops[tensor.op.type](*tensor.op.declaration.group(tensor.op.inputs, tensor.op.attrs),
                                       **{k: v for k, v in tensor.op.attrs.items()
                                          if k in tensor.op.declaration.defaults})
        return made[tensor.value_index] if isinstance(made, list) else made
    held = backward.captures[tensor] = backward.add_input(tensor._dims, tensor.dtype, "kept")
    return held
