"""Hornbeam's side: one case run at once, in a graph for its gradients, and placed in a graph for static shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
from tests.oracle.answer import error, listed
from tests.oracle.cases import Case
from tests.oracle.encoding import weights

import hornbeam as hb
import hornbeam.v1 as tf
from hornbeam.graph import dtypes
from hornbeam.graph.op import Never, Op


def run(case: Case, gradient: bool, hidden: list[Any] | None) -> dict[str, Any]:
    """As `answer.run`, by Hornbeam."""
    op, attrs = case.op, case.attrs
    if any(a.ref for a in op.args):
        return _run_refs(case)
    answer: dict[str, Any] = {}
    try:
        outputs = listed(op(*[_tensors(v) for v in case.inputs.values()], **attrs))
        answer["outputs"] = [o.numpy() for o in outputs]
        answer["outputs"] = [np.array(o, object) if isinstance(o, bytes) else np.asarray(o)
                             for o in answer["outputs"]]
    except Exception as caught:
        return {"error": error(caught)}
    if gradient:
        answer["gradients"] = gradients(case)
    if hidden is not None:
        answer["static"] = [static(case, h) for h in hidden]
    return answer


def _tensors(value: Any) -> Any:
    return [hb.constant(v) for v in value] if isinstance(value, list) else hb.constant(value)


def gradients(case: Case) -> Any:
    """One array or None for each flat input."""
    op = case.op
    if isinstance(op.differentiable, Never):
        return [None for v in case.inputs.values() for _ in (v if isinstance(v, list) else [v])]
    try:
        with hb.Graph().as_default() as graph:
            feeds: dict[Any, Any] = {}
            inputs = [_placed(v, a.static, feeds) for a, v in zip(op.args, case.inputs.values(), strict=True)]
            outputs = [(k, t) for k, t in enumerate(listed(op(*inputs, **case.attrs)))
                       if t.dtype.is_floating or t.dtype.is_complex]
            xs = [t for i in inputs for t in (i if isinstance(i, list) else [i])]
            with tf.Session(graph=graph) as session:
                values = session.run([t for _, t in outputs], feeds)
                ys = [tf.constant(weights(v.shape, v.dtype, k)) for (k, _), v in zip(outputs, values, strict=True)]
                grads = tf.gradients([t for _, t in outputs], xs, grad_ys=ys)
                dense = [None if g is None else tf.convert_to_tensor(g) for g in grads]
                found = iter(session.run([g for g in dense if g is not None], feeds))
                return [None if g is None else np.asarray(next(found)) for g in dense]
    except Exception as caught:
        return {"error": error(caught)}


def _placed(value: Any, known: bool, feeds: dict[Any, Any]) -> Any:
    if isinstance(value, list):
        return [_placed(v, known, feeds) for v in value]
    if known or value.dtype == object:
        return tf.constant(value)
    tensor = tf.placeholder(dtypes.from_numpy(value.dtype), value.shape)
    feeds[tensor] = value
    return tensor


def static(case: Case, hidden: dict[str, Any]) -> Any:
    """The shapes that the graph tells."""
    def symbol(value: Any, shape: Any) -> Any:
        if isinstance(value, list):
            return [symbol(v, s) for v, s in zip(value, shape, strict=True)]
        if shape == "value":
            return tf.constant(value)
        return tf.placeholder(dtypes.from_numpy(value.dtype), shape)

    try:
        with hb.Graph().as_default():
            outputs = listed(case.op(*[symbol(v, hidden[k]) for k, v in case.inputs.items()], **case.attrs))
            return [None if o.shape.rank is None else o.shape.as_list() for o in outputs]
    except Exception as caught:
        return {"error": error(caught)}


def hidden_shapes(case: Case) -> list[dict[str, Any]]:
    """What the graph is not told: nothing, the first dimension, every dimension, the ranks."""
    def each(change: Any) -> dict[str, Any]:
        return {a.name: _shaped(v, a.static, change) for a, v in zip(case.op.args, case.inputs.values(), strict=True)}

    return [each(list), each(lambda s: [None, *s[1:]] if s else []), each(lambda s: [None] * len(s)),
            each(lambda s: None)]


def _shaped(value: Any, known: bool, change: Any) -> Any:
    if isinstance(value, list):
        return [_shaped(v, known, change) for v in value]
    return "value" if known else change(list(value.shape))


def _run_refs(case: Case) -> dict[str, Any]:
    op: Op = case.op
    refs = {a.name for a in op.args if a.ref}
    try:
        with hb.Graph().as_default() as graph, tf.Session(graph=graph) as session:
            variables = {k: tf.Variable(v) for k, v in case.inputs.items() if k in refs}
            made = op(*[variables.get(k, v) if k in refs else _constants(v) for k, v in case.inputs.items()],
                      **case.attrs)
            session.run(tf.global_variables_initializer())
            session.run(made)
            return {"outputs": [np.asarray(session.run(v)) for v in variables.values()]}
    except Exception as caught:
        return {"error": error(caught)}


def _constants(value: Any) -> Any:
    return [tf.constant(v) for v in value] if isinstance(value, list) else tf.constant(value)
