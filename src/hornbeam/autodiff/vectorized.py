"""The gradient of `Each`: the rows' gradients, all at once; those of what all rows share add up."""

from __future__ import annotations

from hornbeam.autodiff.control_flow import carries, iteration_back
from hornbeam.graph import mode
from hornbeam.graph.op import registry as ops
from hornbeam.ops.vectorized import each_op


@each_op.grad
def _(call, *dys):
    body, rows = call.attrs["body"], call.attrs["rows"]
    given = [i for i, dy in enumerate(dys) if dy is not None and carries(call.outputs[i])]
    if not given:
        return [None] * len(call.inputs)
    graph = mode.default_graph()
    sources = [i for i in range(rows) if carries(body.inputs[i])]
    back = iteration_back(graph, body, rows, call.inputs[rows:], given, sources)
    taken = [*(call.inputs[i] for i in back.used), *(dys[i] for i in given)]
    found = each_op([*taken, *back.body.captures], body=back.body, rows=len(taken))
    grads = dict(zip(sources, found, strict=False))
    for place, rows_of in zip(back.captured, found[len(sources):], strict=True):
        grads[rows + place] = ops["Sum"](rows_of, 0)
    return [grads.get(i) for i in range(len(call.inputs))]
