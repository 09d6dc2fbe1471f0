"""The operations that hold graphs: `If`, `Case`, `While`, `Step`; the functions that make them are in `control_flow`.

The lowering rules run these graphs (`graph/body.py`): on arrays, Python decides; while a program is compiled,
`lax.switch` and `lax.while_loop` do, and what only the host can do raises `NeedsHost`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp, lax
from hornbeam.graph import dtypes, infer
from hornbeam.graph.body import Body, NeedsHost, has_checks, static_captures
from hornbeam.graph.execute import FINDING, ShapeFault
from hornbeam.graph.op import never, op
from hornbeam.graph.shapes import Dims, TensorShape
from hornbeam.graph.tensor import GraphTensor
from hornbeam.ops.states import Unset

# The graphs inside ----------------------------------------------------------------------------------


@op("_Arg", inputs="", stateful=True, attr_types={"dtype": "type"}, differentiable=never("an input of a graph"))
def arg_op(*, dtype: Any, shape: Any = None) -> Any:
    """An input of the graph inside a branch or loop."""
    raise ShapeFault("an input of a graph has no value of its own")


@arg_op.shape
def _(inputs, attrs):
    return [(TensorShape(attrs["shape"])._dims, attrs["dtype"])]


@arg_op.value
def _(tensor: GraphTensor, known: Any) -> np.ndarray | None:
    source = _source(tensor)
    return None if source is None else known(source)


@infer.partial_rule("_Arg")
def _(tensor: GraphTensor) -> Dims:
    source = _source(tensor)
    return None if source is None else infer.partial_shape(source)


def _source(tensor: GraphTensor) -> GraphTensor | None:
    """The tensor outside that an input stands for, where it stands for one."""
    return tensor.op.graph.sources.get(tensor) if isinstance(tensor.op.graph, Body) else None


def outputs_shape(body: Body) -> list[tuple[Dims, dtypes.DType]]:
    """Dims and dtypes of a body's outputs."""
    return [(t._dims, t.dtype.base_dtype) for t in body.outputs]


def merged_dims(x: Dims, y: Dims) -> Dims:
    """What is known of a tensor that has one shape or the other."""
    if x is None or y is None or len(x) != len(y):
        return None
    return tuple(a if a == b else None for a, b in zip(x, y, strict=True))


def mixed_iteration(outer: Any, index: Any) -> Any:
    """The number of an iteration within all loops around it: random ops fold it into their keys."""
    if isinstance(outer, int) and isinstance(index, int):
        return (outer * 1_000_003 + index + 1) & 0xFFFFFFFF
    wide = jnp.asarray(outer).astype(jnp.uint32) * jnp.uint32(1_000_003)
    return wide + jnp.asarray(index).astype(jnp.uint32) + jnp.uint32(1)


def run_inside(context: Any, body: Body, values: Sequence[Any], iteration: Any = None) -> list[Any]:
    """The outputs of a body run here and now: its variables and findings are the context's."""
    given = dict(zip(body.inputs, values, strict=True))
    if context.concrete:
        child = context.child(given, iteration)
    else:
        child = context.child(given, iteration, context.variables, context.found)
    child.run(body.needed)
    if not context.concrete:
        context.found = child.found
    return [child.value(t) for t in body.outputs]


def strong(value: Any, dtype: dtypes.DType) -> Any:
    """A value as carried by loops and branches: an array of exactly this dtype."""
    return lax.convert_element_type(jnp.asarray(value), dtype.np_dtype)


def is_known(value: Any) -> bool:
    """Whether a value is an array rather than a tracer."""
    return isinstance(value, (np.ndarray, np.generic))


class _State:
    """What a branch or loop changes besides its values: the variables it writes, and findings of checks."""

    def __init__(self, context: Any, operation: Any) -> None:
        self.context = context
        self.written = context.written(operation)
        self.checked = has_checks(operation)

    def enter(self) -> tuple[Any, ...]:
        """The state before."""
        variables = tuple(self.context.variable(v) for v in self.written)
        if not self.checked:
            return (variables,)
        found = self.context.found
        return variables, jnp.zeros(FINDING, jnp.float64) if found is None else found

    def child(self, state: tuple[Any, ...], given: dict[GraphTensor, Any], iteration: Any = None) -> Any:
        """An evaluation that starts from a state."""
        variables = {**self.context.variables, **dict(zip(self.written, state[0], strict=True))}
        return self.context.child(given, iteration, variables, state[1] if self.checked else None)

    def of(self, child: Any) -> tuple[Any, ...]:
        """The state in which a child ended."""
        variables = tuple(child.variables[v] for v in self.written)
        return (variables, child.found) if self.checked else (variables,)

    def leave(self, state: tuple[Any, ...]) -> None:
        """Take a state over."""
        self.context.variables.update(zip(self.written, state[0], strict=True))
        if self.checked:
            self.context.found = state[1]


def _host_decides(operation: Any, error: Exception) -> NeedsHost:
    return NeedsHost(operation, str(error).splitlines()[0])


# If -------------------------------------------------------------------------------------------------


@op("If", inputs="cond: Tcond, input: list", structural=True, returns_list=True)
def if_op(cond, input, *, then_branch: Any, else_branch: Any):
    """The outputs of one of two graphs; a condition that is no boolean is true unless it is 0 or empty."""
    raise ShapeFault("a branch is run by its graph's runtime")


@if_op.shape
def _(inputs, attrs):
    pairs = zip(outputs_shape(attrs["then_branch"]), outputs_shape(attrs["else_branch"]), strict=True)
    return [(merged_dims(a, b), dtype) for (a, dtype), (b, _) in pairs]


@if_op.static
def _(operation):
    branches = operation.attrs["then_branch"], operation.attrs["else_branch"]
    return list(dict.fromkeys(t for b in branches for t in static_captures(operation, b, operation.inputs[1:])))


@if_op.lower
def _(context, operation, values):
    condition, inputs = values[0], values[1:]
    branches = operation.attrs["then_branch"], operation.attrs["else_branch"]
    if context.concrete or is_known(condition):
        return run_inside(context, branches[0 if _holds(np.asarray(condition)) else 1], inputs)
    flag = jnp.reshape(condition if condition.dtype == np.bool_ else condition != 0, ())
    return _chosen(context, operation, branches, jnp.where(flag, 0, 1), inputs)


@op("Case", inputs="branch_index: int32, input: list", structural=True, returns_list=True)
def case_op(branch_index, input, *, branches: Any):
    """The outputs of one of several graphs; an index out of range means the last."""
    raise ShapeFault("a branch is run by its graph's runtime")


@case_op.shape
def _(inputs, attrs):
    found = outputs_shape(attrs["branches"][0])
    for body in attrs["branches"][1:]:
        found = [(merged_dims(a, b), dtype) for (a, dtype), (b, _) in zip(found, outputs_shape(body), strict=True)]
    return found


@case_op.static
def _(operation):
    branches = operation.attrs["branches"]
    return list(dict.fromkeys(t for b in branches for t in static_captures(operation, b, operation.inputs[1:])))


@case_op.lower
def _(context, operation, values):
    index, inputs, branches = values[0], values[1:], operation.attrs["branches"]
    if context.concrete or is_known(index):
        chosen = int(index)
        return run_inside(context, branches[chosen if 0 <= chosen < len(branches) else -1], inputs)
    last = len(branches) - 1
    return _chosen(context, operation, branches, jnp.where((index < 0) | (index > last), last, index), inputs)


def _chosen(context: Any, operation: Any, branches: Sequence[Body], index: Any, inputs: list[Any]) -> list[Any]:
    """The outputs of the branch that a traced index chooses."""
    state = _State(context, operation)

    def branch(body: Body) -> Callable[[Any], Any]:
        def run(before: Any) -> Any:
            child = state.child(before, dict(zip(body.inputs, inputs, strict=True)))
            child.run(body.needed)
            return [strong(child.value(t), t.dtype.base_dtype) for t in body.outputs], state.of(child)

        return run

    try:
        _refuse_different(operation, [jax.eval_shape(branch(b), state.enter()) for b in branches])
        outputs, after = lax.switch(index, [branch(b) for b in branches], state.enter())
    except jax.errors.JAXTypeError as error:
        raise _host_decides(operation, error) from error
    state.leave(after)
    return outputs


def _holds(condition: np.ndarray) -> bool:
    if condition.dtype == object:
        return bool(condition.reshape(-1)[0]) if condition.ndim == 0 else condition.size > 0
    return bool(condition) if condition.ndim == 0 else condition.size > 0


def _refuse_different(operation: Any, results: Sequence[Any]) -> None:
    shapes = [[r.shape for r in jax.tree.leaves(result)] for result in results]
    if any(s != shapes[0] for s in shapes[1:]):
        raise NeedsHost(operation, "its branches give different shapes")


# While ----------------------------------------------------------------------------------------------


@op("While", inputs="input: list", structural=True, returns_list=True)
def while_op(input, *, cond: Any, body: Any, count: int, counted: bool = True, limit: Any = None):
    """The loop variables (the first `count` inputs) after running `body` on them for as long as `cond` holds.

    The inputs after them do not change. counted: each iteration has its own random numbers. limit: a number of
    iterations that is known not to be exceeded.
    """
    raise ShapeFault("a loop is run by its graph's runtime")


@while_op.shape
def _(inputs, attrs):
    return [(t._dims, t.dtype.base_dtype) for t in attrs["body"].inputs[:attrs["count"]]]


@while_op.static
def _(operation):
    held = operation.attrs["cond"], operation.attrs["body"]
    count, body = operation.attrs["count"], operation.attrs["body"]
    steady = {operation.inputs[i] for i in range(count) if is_unchanged(body, i)} | set(operation.inputs[count:])
    found = dict.fromkeys(t for b in held for t in static_captures(operation, b, operation.inputs))
    return [t for t in found if t in steady]


def is_unchanged(body: Body, index: int) -> bool:
    """Whether an iteration hands a loop variable on as it is."""
    tensor = body.outputs[index]
    while tensor.op.type == "Identity":
        tensor = tensor.op.inputs[0]
    return tensor is body.inputs[index]


@while_op.lower
def _(context, operation, values):
    return _stepped(context, operation, values) if context.concrete else _traced(context, operation, values)


def _stepped(context: Any, operation: Any, values: list[Any]) -> list[Any]:
    """The loop in Python."""
    attrs = operation.attrs
    cond, body, count = attrs["cond"], attrs["body"], attrs["count"]
    loop, rest = list(values[:count]), list(values[count:])
    index = 0
    while True:
        iteration = mixed_iteration(context.iteration, index) if attrs["counted"] else context.iteration
        if not _holds(np.asarray(run_inside(context, cond, loop + rest, iteration)[0])):
            return loop
        loop = run_inside(context, body, loop + rest, iteration)
        index += 1


def _traced(context: Any, operation: Any, values: list[Any]) -> list[Any]:
    """The loop as one `lax.while_loop` over the iteration's number, the loop variables and the state.

    Where the condition is checked (or writes), the body evaluates it for the next iteration, as `lax.while_loop`
    gives nothing but a flag out of conditions. A failed check ends the loop.
    """
    attrs = operation.attrs
    cond, body, count = attrs["cond"], attrs["body"], attrs["count"]
    types = [t.dtype.base_dtype for t in body.outputs]
    steady = [is_unchanged(body, i) for i in range(count)]
    rest = values[count:]
    state = _State(context, operation)
    first = [v for v, same in zip(values[:count], steady, strict=True) if not same]
    moving = [t for t, same in zip(types, steady, strict=True) if not same]

    def all_values(carried: Sequence[Any]) -> list[Any]:
        picked = iter(carried)
        return [v if same else next(picked) for v, same in zip(values[:count], steady, strict=True)] + rest

    def child_for(graph: Body, index: Any, carried: Any, before: Any) -> Any:
        iteration = mixed_iteration(context.iteration, index) if attrs["counted"] else context.iteration
        child = state.child(before, dict(zip(graph.inputs, all_values(carried), strict=True)), iteration)
        child.run(graph.needed)
        return child

    def evaluate(index: Any, carried: Any, before: Any) -> tuple[Any, Any]:
        child = child_for(cond, index, carried, before)
        flag = jnp.asarray(child.value(cond.outputs[0]))
        return jnp.reshape(flag if flag.dtype == np.bool_ else flag != 0, ()), state.of(child)

    def advance(index: Any, carried: Any, before: Any) -> tuple[list[Any], Any]:
        child = child_for(body, index, carried, before)
        results = [strong(child.value(t), t.dtype.base_dtype)
                   for t, same in zip(body.outputs, steady, strict=True) if not same]
        if any(not isinstance(c, Unset) and r.shape != jnp.shape(c) for r, c in zip(results, carried, strict=True)):
            raise NeedsHost(operation, "the shapes of its variables change from iteration to iteration")
        return results, state.of(child)

    try:
        first = _set(first, lambda: advance(jnp.zeros((), jnp.uint32), first, state.enter())[0])
        start = [strong(v, t) for v, t in zip(first, moving, strict=True)]
        carried, after = _looped(evaluate, advance, start, state.enter(), state.checked or bool(state.written))
    except jax.errors.JAXTypeError as error:
        raise _host_decides(operation, error) from error
    state.leave(after)
    return all_values(carried)[:count]


def _set(values: list[Any], once: Callable[[], list[Any]]) -> list[Any]:
    """Start values, where those that are not set get the shape that an iteration gives them."""
    if not any(isinstance(v, Unset) for v in values):
        return values
    found = jax.eval_shape(once)
    return [jnp.zeros(f.shape, f.dtype) if isinstance(v, Unset) else v for v, f in zip(values, found, strict=True)]


def _looped(evaluate: Any, advance: Any, start: list[Any], before: Any, checked: bool) -> tuple[Any, Any]:
    """`lax.while_loop` of a condition and a body that take (index, carried, state)."""
    zero = jnp.zeros((), jnp.uint32)
    if not checked:
        _, carried, after = lax.while_loop(lambda s: evaluate(*s)[0],
                                           lambda s: (s[0] + jnp.uint32(1), *advance(*s)), (zero, start, before))
        return carried, after

    def body(s: Any) -> Any:
        _, index, carried, now = s
        carried, now = advance(index, carried, now)
        go, now = evaluate(index + jnp.uint32(1), carried, now)
        return go & _sound(now), index + jnp.uint32(1), carried, now

    go, now = evaluate(zero, start, before)
    _, _, carried, after = lax.while_loop(lambda s: s[0], body, (go & _sound(now), zero, start, now))
    return carried, after


def _sound(state: Any) -> Any:
    """Whether no check has failed so far."""
    return state[1][0] == 0 if len(state) > 1 else True


# Scan -----------------------------------------------------------------------------------------------


@op("Scan", inputs="input: list", structural=True, returns_list=True)
def scan_op(input, *, body: Any, carried: int, rows: int, reverse: bool = False, counted: bool = True):
    """`body` once for each row, from the last where `reverse`, each time from what the time before carried on.

    input: the values carried (the first `carried`), tensors that are taken row by row (`rows` of them, at least one),
    and those that stay. Outputs: what is carried at the end, and the body's further outputs, stacked.
    """
    raise ShapeFault("a scan is run by its graph's runtime")


@scan_op.shape
def _(inputs, attrs):
    carried, body = attrs["carried"], attrs["body"]
    rows = [i.dims for i in inputs[0][carried:carried + attrs["rows"]]]
    length = next((d[0] for d in rows if d is not None and d[0] is not None), None)
    outputs = [(t._dims, t.dtype.base_dtype) for t in body.outputs]
    stacked = [(None if d is None else (length, *d), dtype) for d, dtype in outputs[carried:]]
    return [(t._dims, dtype) for t, (_, dtype) in zip(body.inputs, outputs[:carried], strict=False)] + stacked


@scan_op.static
def _(operation):
    attrs = operation.attrs
    steady = set(operation.inputs[attrs["carried"] + attrs["rows"]:])
    steady |= {operation.inputs[i] for i in range(attrs["carried"]) if is_unchanged(attrs["body"], i)}
    return [t for t in static_captures(operation, attrs["body"], operation.inputs) if t in steady]


@scan_op.lower
def _(context, operation, values):
    attrs = operation.attrs
    carried, rows = attrs["carried"], attrs["rows"]
    parts = values[:carried], values[carried:carried + rows], values[carried + rows:]
    lengths = {np.shape(v)[0] for v in parts[1]}
    if len(lengths) > 1:
        raise ShapeFault(f"the tensors taken row by row have {sorted(lengths)} rows")
    return (_scan_stepped if context.concrete else _scan_traced)(context, operation, *parts, lengths.pop())


def _scan_stepped(context: Any, operation: Any, carry: list[Any], rows: list[Any], rest: list[Any],
                  length: int) -> list[Any]:
    attrs, body = operation.attrs, operation.attrs["body"]
    count = attrs["carried"]
    stacked: list[list[Any]] = [[None] * length for _ in body.outputs[count:]]
    rows = [np.asarray(r) for r in rows]
    for index in range(length - 1, -1, -1) if attrs["reverse"] else range(length):
        iteration = mixed_iteration(context.iteration, index) if attrs["counted"] else context.iteration
        results = run_inside(context, body, [*carry, *(r[index] for r in rows), *rest], iteration)
        carry = results[:count]
        for place, value in zip(stacked, results[count:], strict=True):
            place[index] = np.asarray(value)
    return [*carry, *(_joined(s, t) for s, t in zip(stacked, body.outputs[count:], strict=True))]


def _joined(values: Sequence[Any], like: GraphTensor) -> np.ndarray:
    if not values:
        return np.zeros((0, *(d or 0 for d in like._dims or ())), like.dtype.base_dtype.np_dtype)
    if any(v.shape != values[0].shape for v in values):
        raise ShapeFault("the results of the iterations have different shapes: " + ", ".join(
            sorted({str(list(v.shape)) for v in values})))
    return np.stack(values)


def _scan_traced(context: Any, operation: Any, carry: list[Any], rows: list[Any], rest: list[Any],
                 length: int) -> list[Any]:
    attrs, body = operation.attrs, operation.attrs["body"]
    count = attrs["carried"]
    steady = [is_unchanged(body, i) for i in range(count)]
    state = _State(context, operation)
    moving = [t.dtype.base_dtype for t, same in zip(body.outputs, steady, strict=False) if not same]
    first = [v for v, same in zip(carry, steady, strict=True) if not same]

    def step(now: Any, xs: Any) -> Any:
        held, before = now
        index, row = xs
        picked = iter(held)
        full = [v if same else next(picked) for v, same in zip(carry, steady, strict=True)]
        iteration = mixed_iteration(context.iteration, index) if attrs["counted"] else context.iteration
        child = state.child(before, dict(zip(body.inputs, [*full, *row, *rest], strict=True)), iteration)
        child.run(body.needed)
        results = [strong(child.value(t), t.dtype.base_dtype) for t in body.outputs]
        after = [r for r, same in zip(results, steady, strict=False) if not same]
        if any(not isinstance(h, Unset) and r.shape != jnp.shape(h) for r, h in zip(after, held, strict=True)):
            raise NeedsHost(operation, "the shapes of what it carries change from row to row")
        return (after, state.of(child)), results[count:]

    xs = jnp.arange(length, dtype=jnp.int32), [jnp.asarray(r) for r in rows]
    row = jnp.zeros((), jnp.int32), [jnp.zeros(x.shape[1:], x.dtype) for x in xs[1]]
    try:
        first = _set(first, lambda: step((first, state.enter()), row)[0][0])
        start = [strong(v, t) for v, t in zip(first, moving, strict=True)]
        (held, after), stacked = lax.scan(step, (start, state.enter()), xs, reverse=attrs["reverse"])
    except jax.errors.JAXTypeError as error:
        raise _host_decides(operation, error) from error
    state.leave(after)
    picked = iter(held)
    return [*(v if same else next(picked) for v, same in zip(carry, steady, strict=True)), *stacked]


@op("RowNumbers", inputs="x: T", differentiable=never("integer result"),
    samples=lambda rng: [((rng.normal(size=(3, 2)),), {})])
def row_numbers(x):
    """0, 1, … for each row of `x`, as int32."""
    return np.arange(jnp.shape(x)[0], dtype=np.int32)


@row_numbers.shape
def _(inputs, attrs):
    dims = inputs[0].dims
    return [((dims[0] if dims else None,), dtypes.int32)]


# Step -----------------------------------------------------------------------------------------------


@op("Step", inputs="iteration: int32, input: list", structural=True, returns_list=True)
def step_op(iteration, input, *, body: Any, counted: bool = True):
    """The outputs of a graph run once.

    counted: with the random numbers of the given iteration of a loop that stands here.
    """
    raise ShapeFault("a graph is run by its runtime")


@step_op.shape
def _(inputs, attrs):
    return outputs_shape(attrs["body"])


@step_op.static
def _(operation):
    return static_captures(operation, operation.attrs["body"], operation.inputs[1:])


@step_op.lower
def _(context, operation, values):
    iteration = context.iteration
    if operation.attrs["counted"]:
        iteration = mixed_iteration(iteration, int(values[0]) if context.concrete else values[0])
    return run_inside(context, operation.attrs["body"], values[1:], iteration)


