"""Gradients of branches and loops.

A branch: the same choice between graphs that repeat the branch's operations and go back through them.

A loop of N iterations, N unknown until it has run: the loop is made to keep the state of some iterations in a buffer
of S rows (`ops/states.py`), and a second loop walks back. Where N ≤ S every state was kept; else the states between
two checkpoints are computed again, into a second buffer of S rows. With c bytes of states that the gradient needs,

    memory  2·S·c,     S = the largest power of two with S·c ≤ 8 MiB, between 16 and 1024
    time    N ≤ S: one forward and one backward pass; N ≤ S²: the body once more for each iteration;
            beyond: from the nearest state of the second buffer, up to 2·N/S² times more

in one compiled program, whatever N is. Loop variables that the gradient does not need are not kept. All of it is made
of operations that have gradients themselves, so second derivatives are the same thing once more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, final

import numpy as np

from hornbeam.autodiff.replay import Replay
from hornbeam.autodiff.reverse import reverse
from hornbeam.graph import mode
from hornbeam.graph.body import Body, has_effects, reaching
from hornbeam.graph.call import as_tensor
from hornbeam.graph.graph import Graph
from hornbeam.graph.op import registry as ops
from hornbeam.graph.tensor import GraphTensor
from hornbeam.ops import array, control_flow, states, structural

_BUDGET = 8 * 2**20
_FEWEST, _MOST = 16, 1024
_USUAL = 64
"""What an unknown dimension counts as where the number of rows is chosen."""


def carries(tensor: GraphTensor) -> bool:
    """Whether gradients flow through a tensor: one that is no variable's handle."""
    dtype = tensor.dtype.base_dtype
    return (dtype.is_floating or dtype.is_complex) and not tensor.dtype._is_ref_dtype


def _maker(tensor: GraphTensor) -> Any:
    return tensor.op


# Branches -------------------------------------------------------------------------------------------


class _Back(NamedTuple):
    """A graph that repeats another and goes back through it; `grads` are its inputs' gradients, None where none."""

    body: Body
    grads: list[Any]


def _backward(graph: Graph, original: Body, inputs: Sequence[GraphTensor], dys: Sequence[Any]) -> _Back:
    """The graph, within `graph`, of the gradients of `inputs` where the outputs' are `dys`."""
    body = Body(graph, graph.get_name_scope())
    with mode.opened(body):
        replay = Replay(body, original, dict(zip(original.inputs, inputs, strict=True)))
        pairs = [(replay.tensor(t), body.bring_in(dy)) for t, dy in zip(original.outputs, dys, strict=True)
                 if dy is not None and carries(t)]
        sources = [body.bring_in(t) for t in inputs if carries(t)]
        found = iter(reverse([t for t, _ in pairs], [dy for _, dy in pairs], sources, _maker))
        grads = [next(found) if carries(t) else None for t in inputs]
        return _Back(body, [g if g is None else array.convert(g) for g in grads])


def _through_branches(call: Any, branches: Sequence[Body], dys: Sequence[Any], make: Callable[..., Any]) -> list[Any]:
    """The gradients of a choice: `make(choice, inputs, bodies)` is the choice between the backward graphs."""
    graph = mode.default_graph()
    inputs = call.inputs[1:]
    made = [_backward(graph, branch, inputs, dys) for branch in branches]
    wanted = [i for i in range(len(inputs)) if any(back.grads[i] is not None for back in made)]
    if not wanted:
        return [None] * len(call.inputs)
    for back in made:
        with mode.opened(back.body):
            back.body.outputs = [array.zeros_like(back.body.bring_in(inputs[i])) if back.grads[i] is None else
                                 back.grads[i] for i in wanted]
    sources = control_flow.close_all(graph, [back.body for back in made], [()] * len(made))
    chosen = make(call.inputs[0], sources, [back.body for back in made])
    chosen[0].op.attrs["beside"] = (call,)  # branches of different shapes run on the host, so do their gradients
    results = dict(zip(wanted, chosen, strict=True))
    return [None, *(results.get(i) for i in range(len(inputs)))]


@structural.if_op.grad
def _(call, *dys):
    def make(choice: Any, sources: Any, made: list[Body]) -> Any:
        return structural.if_op(choice, sources, then_branch=made[0], else_branch=made[1])

    return _through_branches(call, (call.attrs["then_branch"], call.attrs["else_branch"]), dys, make)


@structural.case_op.grad
def _(call, *dys):
    def make(choice: Any, sources: Any, made: list[Body]) -> Any:
        return structural.case_op(choice, sources, branches=tuple(made))

    return _through_branches(call, call.attrs["branches"], dys, make)


@structural.step_op.grad
def _(call, *dys):
    def make(iteration: Any, sources: Any, made: list[Body]) -> Any:
        return structural.step_op(iteration, sources, body=made[0], counted=call.attrs["counted"])

    return _through_branches(call, (call.attrs["body"],), dys, make)


# Loops ----------------------------------------------------------------------------------------------


@final
@dataclass(frozen=True)
class _Kept:
    """What a loop that keeps states was before, and where it keeps what.

    `count`, `exponent` and `buffers` (by loop variable) are positions among its outputs.
    """

    cond: Body
    body: Body
    loop_vars: int
    counted: bool
    slots: int
    count: int
    exponent: int
    buffers: dict[int, int]


def moving_inputs(body: Body, size: int, moving: set[int]) -> list[int]:
    """The first `size` inputs of a body that gradients flow through: `moving`, and those that these come from."""
    while True:
        reached = reaching([body.outputs[i] for i in moving], body)
        more = {i for i in range(size) if body.inputs[i] in reached and carries(body.inputs[i])}
        if more <= moving:
            return sorted(moving)
        moving = moving | more


class Product(NamedTuple):
    """A part of a captured tensor's gradient, one an iteration: the operation `type` of outputs of the body."""

    type: str
    outputs: list[int]


class _IterationBack(NamedTuple):
    """The graph of one iteration backwards.

    Its inputs are the values of the body's inputs number `used`, those of `known` and the gradients of outputs; its
    outputs are the gradients of some inputs, what is added to those of the captured tensors number `captured`, and what
    `products` are made of, which are the parts of other captured tensors' gradients.
    """

    body: Body
    used: list[int]
    captured: list[int]
    known: list[GraphTensor]
    products: dict[int, list[Product]]


def iteration_back(graph: Graph, original: Body, size: int, captured: Sequence[GraphTensor], outputs: Sequence[int],
                    sources: Sequence[int], rows: bool = False) -> _IterationBack:
    """One iteration of a loop whose body has `size` own inputs, from gradients of `outputs` to those of `sources`.

    rows: what an iteration makes can be kept: the results of products forwards are known, and those that belong to
    gradients of captured tensors are left to be made from all iterations at once.
    """
    made = Body(graph, graph.get_name_scope())
    values = [made.add_input(t._dims, t.dtype) for t in original.inputs[:size]]
    kept = {t: made.add_input(t._dims, t.dtype) for t in _worth_keeping(original)} if rows else {}
    dys = [made.add_input(original.outputs[i]._dims, original.outputs[i].dtype) for i in outputs]
    with mode.opened(made):
        replay = Replay(made, original, dict(zip(original.inputs, [*values, *captured], strict=True)), kept)
        places = [j for j, t in enumerate(captured) if carries(t)]
        wanted = [values[i] for i in sources] + [made.bring_in(captured[j]) for j in places]
        found = reverse([replay.tensor(original.outputs[i]) for i in outputs], dys, wanted, _maker)
        before = [array.zeros_like(values[i]) if g is None else array.convert(g)
                  for i, g in zip(sources, found, strict=False)]
        added = {j: array.convert(g) for j, g in zip(places, found[len(sources):], strict=True) if g is not None}
    operands = {j: parts for j, g in added.items() if (parts := _operands(g)) is not None} if rows else {}
    summed = {j: g for j, g in added.items() if j not in operands}
    made.outputs = [*before, *summed.values(),
                    *dict.fromkeys(t for parts in operands.values() for _, tensors in parts for t in tensors)]
    first = len(before) + len(summed)
    position = {t: first + at for at, t in enumerate(made.outputs[first:])}
    reached = reaching(made.outputs, made)
    used = [i for i in range(size) if values[i] in reached]
    known = [t for t, held in kept.items() if held in reached]
    made.forget_unused()
    made.close(list(made.captures), [*(values[i] for i in used), *(kept[t] for t in known), *dys])
    products = {j: [Product(type, [position[t] for t in tensors]) for type, tensors in parts]
                for j, parts in operands.items()}
    return _IterationBack(made, used, list(summed), known, products)


def _worth_keeping(body: Body) -> list[GraphTensor]:
    """The results of products of matrices in a body, which would take longer to make again than to keep."""
    if any(has_effects(op) for op in body._operations):
        return []
    return [op.outputs[0] for op in body.needed if op.type == "MatMul" and op.outputs[0]._dims is not None]


def _operands(gradient: GraphTensor) -> list[tuple[str, list[GraphTensor]]] | None:
    """What a gradient is the sum of, where these are products over rows (aᵀ · b) or sums of rows; else None."""
    while gradient.op.type == "Identity":
        gradient = gradient.op.inputs[0]
    op = gradient.op
    if op.type == "AddN":
        parts = [_operands(t) for t in op.inputs]
        return None if any(p is None for p in parts) else [x for p in parts for x in p or ()]
    flat = all(t._dims is not None and len(t._dims) == 2 and t._dims[1] is not None for t in op.inputs)
    if op.type == "MatMul" and flat and op.attrs["transpose_a"] and not op.attrs["transpose_b"]:
        return [("MatMul", list(op.inputs))]
    if op.type == "BiasAddGrad" and flat:
        return [("BiasAddGrad", list(op.inputs))]
    return None


@structural.while_op.grad
def _(call, *dys):
    return _LoopGradient(call, dys).gradients()


@final
class _LoopGradient:
    """The gradient of one loop operation."""

    def __init__(self, call: Any, dys: Sequence[Any]) -> None:
        self.call = call
        self.graph = mode.default_graph()
        attrs = call.attrs
        kept: _Kept | None = attrs.get("kept")
        if kept is not None and any(dy is not None for dy in dys[kept.loop_vars:]):
            kept = None  # through what it keeps as well: a second derivative
        self.kept = kept
        self.body: Body = attrs["body"] if kept is None else kept.body
        self.cond: Body = attrs["cond"] if kept is None else kept.cond
        self.size: int = attrs["count"] if kept is None else kept.loop_vars
        self.counted: bool = attrs["counted"] if kept is None else kept.counted
        self.dys = [dy if carries(out) else None for dy, out in zip(dys[:self.size], call.outputs, strict=False)]
        held = len(self.body.inputs) - self.size
        self.starts: list[GraphTensor] = list(call.inputs[:self.size])
        self.captured = self._captured(held)
        self.steady = {i for i in range(self.size) if structural.is_unchanged(self.body, i)}

    def _captured(self, count: int) -> list[GraphTensor]:
        """The tensors that the original body's further inputs stand for."""
        if self.kept is None:
            return list(self.call.inputs[self.call.attrs["count"]:])
        return list(self.call.attrs["captured"])[:count]

    def gradients(self) -> list[Any]:
        """One gradient an input of the loop operation (which has more of them afterwards)."""
        moving = moving_inputs(self.body, self.size, {i for i, dy in enumerate(self.dys) if dy is not None})
        if not moving:
            return [None] * len(self.call.inputs)
        back = iteration_back(self.graph, self.body, self.size, self.captured, moving, moving)
        step, used, captured = back.body, back.used, back.captured
        again = self._recomputed(used)
        kept = self._keep([i for i in again if i not in self.steady])
        start = [self._start(i) for i in moving]
        zeros = [array.zeros_like(self.graph.bring_in(self.captured[j])) for j in captured]
        results = _Walk(self, kept, step, used, again, moving, captured).run(start, zeros)
        of_variables = dict(zip(moving, results[:len(moving)], strict=True))
        of_captured: dict[GraphTensor, Any] = {}
        for j, grad in zip(captured, results[len(moving):], strict=True):
            of_captured[self.captured[j]] = grad
        total = self.call.attrs["count"]
        return [*(of_variables.get(i) for i in range(total)),
                *(of_captured.get(t) for t in self.call.inputs[total:])]

    def _start(self, i: int) -> Any:
        dy = self.dys[i]
        return array.zeros_like(self.graph.bring_in(self.call.outputs[i])) if dy is None else self.graph.bring_in(dy)

    def _recomputed(self, used: Sequence[int]) -> list[int]:
        """The loop variables that must be known to compute those in `used` anew from iteration to iteration."""
        wanted = set(used)
        while True:
            reached = reaching([self.body.outputs[i] for i in wanted - self.steady], self.body)
            more = wanted | {i for i in range(self.size) if self.body.inputs[i] in reached}
            if more == wanted:
                return sorted(wanted)
            wanted = more

    # The loop keeps states ------------------------------------------------------------------------

    def _keep(self, wanted: Sequence[int]) -> _Kept:
        """Make the loop count, and keep the states of the loop variables in `wanted`."""
        kept = self.kept
        if kept is not None and set(wanted) <= set(kept.buffers):
            return kept
        known = dict(kept.buffers) if kept is not None else {}
        slots = kept.slots if kept is not None else _slots([self.body.inputs[i] for i in wanted],
                                                           self.call.attrs["limit"])
        buffers = [*known, *(i for i in wanted if i not in known)]
        home: Graph = self.call.graph
        first = self.size + 2
        with mode.opened(home), home.control_dependencies(None):
            new = [states.row_buffer(home.bring_in(self.starts[i]), rows=slots + 1) for i in buffers[len(known):]]
            for tensor in new:
                tensor.op.attrs["beside"] = (self.call,)
            zeros = [constant(home, 0), constant(home, 0)] if kept is None else []
            held = list(self.call.inputs[:self.call.attrs["count"]]) + zeros + new
            self._rebuild(home, held, slots, buffers)
        made = _Kept(self.cond, self.body, self.size, self.counted, slots, self.size, self.size + 1,
                     {i: first + at for at, i in enumerate(buffers)})
        self.call.attrs["kept"] = made
        return made

    def _rebuild(self, home: Graph, held: list[GraphTensor], slots: int, buffers: Sequence[int]) -> None:
        """Give the loop operation a condition and a body that count and keep states."""
        dims = [t._dims for t in self.body.inputs[:self.size]] + [t._dims for t in held[self.size:]]
        captured = self.captured

        def step(graph: Body, body: Body, given: Sequence[GraphTensor]) -> list[Any]:
            rest = [graph.bring_in(t) for t in captured]
            return structural.step_op(given[self.size], [*given[:self.size], *rest], body=body, counted=self.counted)

        made: list[tuple[Body, list[GraphTensor]]] = []
        for inner in (self.cond, self.body):
            graph = Body(home, home.get_name_scope())
            given = [graph.add_input(d, t.dtype) for d, t in zip(dims, held, strict=True)]
            with mode.opened(graph):
                results = step(graph, inner, given)
                if inner is self.body:
                    results = [*results, *_kept_state(given, self.size, slots, buffers)]
            graph.outputs = list(results)
            made.append((graph, given))
        (cond, cond_given), (body, body_given) = made
        sources = control_flow.close_all(home, [cond, body], [cond_given, body_given])
        _become(self.call, [*held, *sources], {"cond": cond, "body": body, "count": len(held), "counted": False,
                                               "captured": tuple(captured)}, body)


def _kept_state(given: Sequence[GraphTensor], size: int, slots: int, buffers: Sequence[int]) -> list[Any]:
    """The counter, the exponent and the buffers after an iteration whose loop variables were `given`."""
    count, exponent = given[size], given[size + 1]
    place, exponent = states.checkpoint_place(count, exponent, slots=slots)
    rows = [states.set_row(buffer, place, given[i]) for buffer, i in zip(given[size + 2:], buffers, strict=True)]
    return [ops["AddV2"](count, 1), exponent, *rows]


def _become(call: Any, inputs: Sequence[GraphTensor], attrs: dict[str, Any], body: Body) -> None:
    """Change a loop operation in place: what uses its outputs goes on using them, and there are more of them."""
    for tensor in inputs:
        if call not in tensor._users:
            tensor._users.append(call)
    call.inputs = tuple(inputs)
    call.attrs.update(attrs)
    for position in range(len(call.outputs), attrs["count"]):
        tensor = body.inputs[position]
        call.outputs.append(GraphTensor(call, position, tensor._dims, tensor.dtype.base_dtype))
    call.graph.edited()


def _slots(tensors: Sequence[GraphTensor], limit: int | None) -> int:
    """How many states to keep: a power of two, from what one takes, but no more than there can be."""
    size = sum(t.dtype.base_dtype.np_dtype.itemsize * int(np.prod([_USUAL if d is None else d for d in t._dims or ()]))
               for t in tensors) or 1
    most = max(_FEWEST, min(_MOST, _BUDGET // size))
    slots = 1 << (most.bit_length() - 1)
    if limit is not None:
        slots = min(slots, 1 << max(0, (max(1, limit) - 1).bit_length()))
    return slots


def constant(graph: Graph, value: int) -> GraphTensor:
    """An int32 of `graph`."""
    return as_tensor(np.int32(value), None, graph, graph.unique_name("Const", False))


@final
class _Walk:
    """The way back through a loop, which is a loop."""

    def __init__(self, loop: _LoopGradient, kept: _Kept, step: Body, used: Sequence[int], again: Sequence[int],
                 moving: Sequence[int], captured: Sequence[int]) -> None:
        self.loop, self.graph, self.kept, self.step = loop, loop.graph, kept, step
        self.used = list(used)
        self.saved = [i for i in again if i not in loop.steady]
        self.moving, self.captured = list(moving), list(captured)
        limit = loop.call.attrs["limit"]
        self.all_kept = not self.saved or (limit is not None and limit <= kept.slots)

    def run(self, start: Sequence[Any], zeros: Sequence[Any]) -> list[Any]:
        """The gradients of the moving loop variables before the loop, and of captured tensors."""
        outputs = self.loop.call.outputs
        self.count = self.graph.bring_in(outputs[self.kept.count])
        self.exponent = self.graph.bring_in(outputs[self.kept.exponent])
        self.buffers = [self.graph.bring_in(outputs[self.kept.buffers[i]]) for i in self.saved]
        grads = [*start, *zeros]
        dims = [self.loop.body.inputs[i]._dims for i in self.moving] + [z._dims for z in zeros]
        return self._by_iteration(grads, dims) if self.all_kept else self._by_checkpoint(grads, dims)

    def _looped(self, condition: Any, body: Any, start: Sequence[Any], dims: Sequence[Any]) -> list[Any]:
        made = control_flow.loop(mode.default_graph(), condition, body, list(start), list(dims), counted=False)
        made[0].op.attrs["beside"] = (self.loop.call,)
        return made

    def _here(self, tensors: Sequence[GraphTensor]) -> list[GraphTensor]:
        graph = mode.default_graph()
        return [graph.bring_in(t) for t in tensors]

    def _back(self, index: Any, states_: Sequence[Any], grads: Sequence[Any]) -> list[Any]:
        """The gradients before iteration `index`, whose saved loop variables were `states_`."""
        known = dict(zip(self.saved, states_, strict=True))
        values = [known[i] if i in known else mode.default_graph().bring_in(self.loop.starts[i]) for i in self.used]
        dys, totals = grads[:len(self.moving)], grads[len(self.moving):]
        rest = self._here(list(self.step.captures))
        made = structural.step_op(index, [*values, *dys, *rest], body=self.step, counted=self.loop.counted)
        added = [ops["AddN"]([t, a]) for t, a in zip(totals, made[len(self.moving):], strict=True)]
        return [*made[:len(self.moving)], *added]

    def _by_iteration(self, grads: Sequence[Any], dims: Sequence[Any]) -> list[Any]:
        def body(left: Any, *now: Any) -> list[Any]:
            index = ops["Sub"](left, 1)
            place = states.checkpoint_of(index, mode.default_graph().bring_in(self.exponent), slots=self.kept.slots)
            rows = [states.get_row(b, place) for b in self._here(self.buffers)]
            return [index, *self._back(index, rows, now)]

        start = [self.count, *grads]
        return self._looped(_some_left, body, start, [(), *dims])[1:]

    # From the nearest state -------------------------------------------------------------------------

    def _by_checkpoint(self, grads: Sequence[Any], dims: Sequence[Any]) -> list[Any]:
        """Iteration by iteration, each from the nearest state before it.

        The last iteration of the stretch after a checkpoint starts from that and fills the second buffer on its way;
        those before it start from the second buffer.
        """
        slots, width = self.kept.slots, len(self.buffers)
        forward = self._forward_step()
        second = [states.row_buffer(states.get_row(b, constant(self.graph, 0)), rows=slots + 1)
                  for b in self.buffers]
        for tensor in second:
            tensor.op.attrs["beside"] = (self.loop.call,)
        state_dims = [self.loop.body.inputs[i]._dims for i in self.saved]

        def body(left: Any, *now: Any) -> list[Any]:
            index = ops["Sub"](left, 1)
            at = states.way_to(index, *self._here([self.count, self.exponent]), slots=slots)
            nearest = [states.either(at.fresh, states.get_row(b, at.place), states.get_row(second_, at.row))
                       for b, second_ in zip(self._here(self.buffers), now[:width], strict=True)]
            rows = [states.set_row(b, at.first_row, v) for b, v in zip(now[:width], nearest, strict=True)]

            def ahead(t: Any, *values: Any) -> list[Any]:
                following = self._forward(forward, t, values[width:])
                row = states.row_after(t, *self._here([at.begin, at.exponent]), slots=slots)
                kept = [states.set_row(b, row, v) for b, v in zip(values[:width], following, strict=True)]
                return [ops["AddV2"](t, 1), *kept, *following]

            reached = self._looped(lambda t, *_: ops["Less"](t, self._here([index])[0]), ahead,
                                   [at.start, *rows, *nearest], [(), *(r._dims for r in rows), *state_dims])
            return [index, *reached[1:1 + width], *self._back(index, reached[1 + width:], now[width:])]

        shapes = [(), *(t._dims for t in second), *dims]
        return self._looped(_some_left, body, [self.count, *second, *grads], shapes)[1 + width:]

    def _forward_step(self) -> Body:
        """The graph of one iteration forwards, of the saved loop variables alone."""
        loop = self.loop
        made = Body(self.graph, self.graph.get_name_scope())
        values = {i: made.add_input(loop.body.inputs[i]._dims, loop.body.inputs[i].dtype) for i in self.saved}
        given = [values.get(i, loop.starts[i]) for i in range(loop.size)] + loop.captured
        with mode.opened(made):
            replay = Replay(made, loop.body, dict(zip(loop.body.inputs, given, strict=True)))
            made.outputs = [replay.tensor(loop.body.outputs[i]) for i in self.saved]
        made.forget_unused()
        made.close(list(made.captures), list(values.values()))
        return made

    def _forward(self, forward: Body, index: Any, now: Sequence[Any]) -> list[Any]:
        rest = self._here(list(forward.captures))
        return structural.step_op(index, [*now, *rest], body=forward, counted=self.loop.counted)


def _some_left(left: Any, *_: Any) -> Any:
    return ops["Greater"](left, 0)
