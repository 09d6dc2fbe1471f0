"""Gradients of scans: a scan back over the rows.

What an iteration started from, and the results of its products, are kept by the forward scan, row by row. What belongs
to the gradient of a matrix that all iterations use is kept by the scan back, and made of all rows by one product.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hornbeam.autodiff.control_flow import Product, carries, constant, iteration_back, moving_inputs
from hornbeam.autodiff.replay import Replay
from hornbeam.graph import mode
from hornbeam.graph.body import Body, reaching
from hornbeam.graph.graph import Graph
from hornbeam.graph.op import registry as ops
from hornbeam.graph.tensor import GraphTensor
from hornbeam.ops import array, control_flow, structural


@structural.scan_op.grad
def _(call, *dys):
    """A scan back over the rows: what an iteration started from is kept by the forward scan, row by row."""
    graph, attrs, body = mode.default_graph(), call.attrs, call.attrs["body"]
    carried, rows = attrs["carried"], attrs["rows"]
    size = carried + rows
    given: list[Any] = [dy if carries(out) else None for dy, out in zip(dys, call.outputs, strict=True)]
    started = {i for i in range(carried) if given[i] is not None}
    moving = moving_inputs(body, carried, started | _flowing(body, carried, given))
    stacked = [i for i in range(carried, len(given)) if given[i] is not None]
    reached = reaching([body.outputs[i] for i in (*moving, *stacked)], body)
    rows_back = [i for i in range(carried, size) if carries(call.inputs[i]) and body.inputs[i] in reached]
    captured = list(call.inputs[size:])
    back = iteration_back(graph, body, size, captured, [*moving, *stacked], [*moving, *rows_back], rows=True)
    places = _keep_rows(call, [body.inputs[i] for i in back.used if i < carried] + back.known)
    start = [array.zeros_like(graph.bring_in(call.outputs[i])) if given[i] is None else given[i] for i in moving]
    zeros = [array.zeros_like(graph.bring_in(captured[j])) for j in back.captured]
    used = [graph.bring_in(call.outputs[places[body.inputs[i]]] if i < carried else call.inputs[i]) for i in back.used]
    used += [graph.bring_in(call.outputs[places[t]]) for t in back.known]
    numbers = structural.row_numbers(graph.bring_in(call.inputs[carried]))
    first = len(moving) + len(rows_back)
    summed = first + len(zeros)

    def step(values: Sequence[Any], xs: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        grads, totals = values[:len(moving)], values[len(moving):]
        here = mode.default_graph()
        rest = [here.bring_in(t) for t in back.body.captures]
        split = 1 + len(used)
        made = structural.step_op(xs[0], [*xs[1:split], *grads, *xs[split:], *rest], body=back.body,
                                  counted=attrs["counted"])
        before, of_rows, added = made[:len(moving)], made[len(moving):first], made[first:summed]
        return [*before, *(ops["AddN"]([t, a]) for t, a in zip(totals, added, strict=True))], [
            *of_rows, *made[summed:]]

    xs = [numbers, *used, *(graph.bring_in(given[i]) for i in stacked)]
    results = control_flow.scanned(graph, step, [*start, *zeros], xs, not attrs["reverse"], counted=False)
    found: dict[int, Any] = dict(zip(moving, results, strict=False))
    found.update(zip((size + j for j in back.captured), results[len(moving):], strict=False))
    of_rows = results[len(moving) + len(zeros):]
    found.update(zip(rows_back, of_rows, strict=False))
    operands = {summed + at: t for at, t in enumerate(of_rows[len(rows_back):])}
    for j, parts in back.products.items():
        made = [_of_all_rows(p, operands) for p in parts]
        found[size + j] = made[0] if len(made) == 1 else ops["AddN"](made)
    return [found.get(i) for i in range(len(call.inputs))]


def _flowing(body: Body, carried: int, given: Sequence[Any]) -> set[int]:
    """The carried inputs that stacked outputs with a gradient come from."""
    reached = reaching([body.outputs[i] for i in range(carried, len(given)) if given[i] is not None], body)
    return {i for i in range(carried) if body.inputs[i] in reached and carries(body.inputs[i])}


def _keep_rows(call: Any, wanted: Sequence[GraphTensor]) -> dict[GraphTensor, int]:
    """Let a scan give, row by row, tensors of its body; where they stand among the outputs."""
    kept: dict[GraphTensor, int] = dict(call.attrs.get("kept_rows", {}))
    new = [t for t in wanted if t not in kept]
    if not new:
        return kept
    body: Body = call.attrs["body"]
    home: Graph = call.graph
    size = call.attrs["carried"] + call.attrs["rows"]
    made = Body(home, home.get_name_scope())
    own = [made.add_input(t._dims, t.dtype) for t in body.inputs[:size]]
    inside = dict(zip(body.inputs, own, strict=False))
    with mode.opened(made):
        rest = [made.bring_in(t) for t in call.inputs[size:]]
        if any(t not in inside for t in new):
            replay = Replay(made, body, dict(zip(body.inputs, [*own, *call.inputs[size:]], strict=True)))
            results, found = [replay.tensor(t) for t in body.outputs], [replay.tensor(t) for t in new]
        else:
            results = structural.step_op(constant(made, 0), [*own, *rest], body=body, counted=False)
            found = [ops["Identity"](inside[t]) for t in new]
        made.outputs = [*results, *found]
    made.close(list(call.inputs[size:]), own)
    call.attrs["body"] = made
    lead = call.inputs[call.attrs["carried"]]._dims
    length = lead[0] if lead else None
    now = dict(zip(body.outputs, made.outputs, strict=False)) | inside | dict(zip(new, found, strict=True))
    positions = {**kept, **{t: len(call.outputs) + at for at, t in enumerate(new)}}
    for t in new:
        dims = t._dims
        call.outputs.append(GraphTensor(call, len(call.outputs), None if dims is None else (length, *dims),
                                        t.dtype.base_dtype))
    call.attrs["kept_rows"] = {now[t]: at for t, at in positions.items() if t in now}
    call.graph.edited()
    return positions


def _of_all_rows(product: Product, rows: dict[int, GraphTensor]) -> GraphTensor:
    """A part of a gradient from what all iterations gave: one product over all their rows."""
    flat = [ops["Reshape"](rows[i], np.array([-1, rows[i]._dims[2]], np.int32))  # type: ignore[index]
            for i in product.outputs]
    return ops["BiasAddGrad"](*flat) if product.type == "BiasAddGrad" else ops["MatMul"](*flat, transpose_a=True)
