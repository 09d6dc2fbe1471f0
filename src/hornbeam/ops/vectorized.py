"""`Each`: a graph applied to every row of some tensors at once, as one batched program.

Where it is compiled, `jax.vmap` runs the graph on all rows together; op by op it runs row by row. Random ops draw
other numbers for each row, and the first check that failed in any row is told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp
from hornbeam.graph import mode
from hornbeam.graph.body import Body, NeedsHost, bodies, static_captures, written_variables
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.graph import Graph
from hornbeam.graph.op import op
from hornbeam.graph.tensor import GraphTensor
from hornbeam.ops.control_flow import as_outputs, close_all, waits_of
from hornbeam.ops.structural import _joined, mixed_iteration, run_inside, scan_op, strong


@op("Each", inputs="input: list", structural=True, returns_list=True)
def each_op(input, *, body: Any, rows: int):
    """The outputs of `body` for every row of the first `rows` inputs, stacked; the other inputs stay the same."""
    raise ShapeFault("a graph is run by its runtime")


@each_op.shape
def _(inputs, attrs):
    dims = [i.dims for i in inputs[0][:attrs["rows"]]]
    length = next((d[0] for d in dims if d is not None and d[0] is not None), None)
    return [(None if t._dims is None else (length, *t._dims), t.dtype.base_dtype) for t in attrs["body"].outputs]


@each_op.static
def _(operation):
    return static_captures(operation, operation.attrs["body"], operation.inputs)


@each_op.lower
def _(context, operation, values):
    rows, rest = values[:operation.attrs["rows"]], values[operation.attrs["rows"]:]
    lengths = {np.shape(v)[0] for v in rows}
    if len(lengths) > 1:
        raise ShapeFault(f"the tensors taken row by row have {sorted(lengths)} rows")
    return (_row_by_row if context.concrete else _all_at_once)(context, operation, rows, rest, lengths.pop())


def _row_by_row(context: Any, operation: Any, rows: list[Any], rest: list[Any], length: int) -> list[Any]:
    body = operation.attrs["body"]
    arrays = [np.asarray(r) for r in rows]
    found = [run_inside(context, body, [*(r[i] for r in arrays), *rest], mixed_iteration(context.iteration, i))
             for i in range(length)]
    return [_joined([np.asarray(row[k]) for row in found], t) for k, t in enumerate(body.outputs)]


def _all_at_once(context: Any, operation: Any, rows: list[Any], rest: list[Any], length: int) -> list[Any]:
    body = operation.attrs["body"]
    if not length:
        return [jnp.zeros((0, *(d or 0 for d in t._dims or ())), t.dtype.base_dtype.np_dtype) for t in body.outputs]

    def one(row: list[Any], index: Any) -> tuple[list[Any], Any]:
        child = context.child(dict(zip(body.inputs, [*row, *rest], strict=True)),
                              mixed_iteration(context.iteration, index), dict(context.variables), None)
        child.transformed = True
        child.run(body.needed)
        return [strong(child.value(t), t.dtype.base_dtype) for t in body.outputs], child.found

    try:
        results, found = jax.vmap(one)([jnp.asarray(r) for r in rows], jnp.arange(length, dtype=jnp.int32))
    except jax.errors.JAXTypeError as error:
        raise NeedsHost(operation, str(error).splitlines()[0]) from error
    if found is not None:
        first = found[jnp.argmax(found[:, 0] != 0)]
        before = context.found
        context.found = first if before is None else jnp.where(before[0] != 0, before, first)
    return results


def each_row(graph: Graph, function: Callable[[Sequence[GraphTensor]], Sequence[Any]], leaves: Sequence[GraphTensor],
             sequential: bool) -> list[GraphTensor]:
    """The tensors that `function` gives for each row of `leaves`, stacked: one `Each` operation of `graph`.

    A tensor of one row beside longer ones is the same for all. Where the function writes variables or needs the host,
    it becomes a `Scan`, which runs the rows in their order. Raises ValueError where `sequential` forbids that.
    """
    inside = Body(graph, graph.get_name_scope())
    longest = max((t._dims[0] or 2 for t in leaves if t._dims is not None), default=2)
    shared = [t._dims is not None and t._dims[0] == 1 and longest != 1 for t in leaves]
    rows = [t for t, same in zip(leaves, shared, strict=True) if not same]
    taken = [inside.add_input(None if t._dims is None else t._dims[1:], t.dtype) for t in rows]
    with mode.opened(inside):
        picked = iter(taken)
        results = function([inside.bring_in(t)[0] if same else next(picked)
                            for t, same in zip(leaves, shared, strict=True)])
    inside.outputs = as_outputs(inside, results)
    in_order = _in_order(inside)
    if in_order is not None and not sequential:
        raise ValueError(f"vectorized_map cannot run all rows at once: {in_order}. "
                         "Use `fallback_to_while_loop=True`, which runs one after the other.")
    sources = close_all(graph, [inside], [taken])
    with graph.control_dependencies(waits_of([inside])):
        if in_order is None:
            return each_op([*rows, *sources], body=inside, rows=len(rows))
        return scan_op([*rows, *sources], body=inside, carried=0, rows=len(rows))


def _in_order(body: Body) -> str | None:
    """Why the rows must run one after the other, or None."""
    if written_variables([body]):
        return "the function writes a variable"
    for operation in body.get_operations():
        if operation.declaration.host:
            return f"{operation.type} runs on the host"
        for inner in bodies(operation):
            why = _in_order(inner)
            if why is not None:
                return why
    return None
