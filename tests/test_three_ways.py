"""Every op at once under a tape, in a graph, and in a traced function: the same values, the same gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.test_ops import SAMPLED, accepts_float64, as_float64, float64_attrs, hb_tensors, listed, placed, samples

import hornbeam as hb
import hornbeam.v1 as tf
from hornbeam.graph.op import Never, Op

TOLERANCE = {np.dtype(np.float64): 1e-12, np.dtype(np.float32): 1e-6, np.dtype(np.complex128): 1e-12,
             np.dtype(np.complex64): 1e-6}


def as_float32(value: Any) -> Any:
    if isinstance(value, list):
        return [as_float32(v) for v in value]
    return value.astype(np.float32) if value.dtype == np.float64 else value


def cases(op: Op) -> list[tuple[list[Any], dict[str, Any]]]:
    found = []
    for arrays, attrs in samples(op):
        if accepts_float64(op) and op.type not in ("Bitcast", "DecodeRaw", "ParseTensor") and not any(
                isinstance(a.type, hb.DType) and a.type.is_floating for a in op.args):
            found.append(([as_float64(a) for a in arrays], op.normalized(float64_attrs(attrs))))
        found.append(([as_float32(v) if isinstance(a.type, str) else v for a, v in zip(op.args, arrays, strict=True)],
                      attrs))
    return found


def moving_of(op: Op, inputs: list[Any]) -> list[Any]:
    leaves = [t for arg, i in zip(op.args, inputs, strict=True) if not arg.static for t in listed(i)]
    return [t for t in leaves if t.dtype.base_dtype.is_floating]


def with_tape(op: Op, inputs: list[Any], attrs: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    """Values, and the gradients of all outputs, weighted by the ramp 1, 2, …"""
    moving = moving_of(op, inputs)
    with hb.GradientTape() as tape:
        tape.watch(moving)
        outputs = [t for t in listed(op(*inputs, **attrs)) if isinstance(t, hb.Tensor)]
    if isinstance(op.differentiable, Never) or "gradient" in op.waive:
        return outputs, [None] * len(moving)
    carrying = [t for t in outputs if t.dtype.base_dtype.is_floating]
    return outputs, tape.gradient(carrying, moving, [ramp(t) for t in carrying]) if carrying else [None] * len(moving)


def ramp(tensor: Any) -> Any:
    count = hb.range(1, 1 + hb.size(tensor))
    return hb.cast(hb.reshape(count, hb.shape(tensor)), tensor.dtype)


def in_graph(op: Op, arrays: list[Any], attrs: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    with hb.Graph().as_default() as graph, tf.Session(graph=graph) as session:
        feeds: dict[Any, Any] = {}
        inputs = [placed(arg, a, feeds) for arg, a in zip(op.args, arrays, strict=True)]
        outputs = [t for t in listed(op(*inputs, **attrs)) if isinstance(t, hb.Tensor)]
        moving = moving_of(op, inputs)
        grads: list[Any] = [None] * len(moving)
        carrying = [t for t in outputs if t.dtype.base_dtype.is_floating]
        if carrying and moving and not isinstance(op.differentiable, Never) and "gradient" not in op.waive:
            grads = hb.gradients(carrying, moving, [ramp(t) for t in carrying])
        dense = [g if g is None else hb.convert_to_tensor(g) for g in grads]
        found = session.run([outputs, [g for g in dense if g is not None]], feeds)
        rest = iter(found[1])
        return found[0], [None if g is None else next(rest) for g in dense]


def agree(mine: list[Any], other: list[Any], what: str) -> None:
    assert len(mine) == len(other), what
    for x, y in zip(mine, other, strict=True):
        assert (x is None) == (y is None), what
        if x is None:
            continue
        a, b = np.asarray(hb.convert_to_tensor(x)), np.asarray(hb.convert_to_tensor(y))
        assert a.dtype == b.dtype, what
        assert a.shape == b.shape, what
        if a.dtype not in TOLERANCE:
            if a.dtype == object or a.dtype.kind in "iub":
                assert a.tolist() == b.tolist(), what
            continue
        finite = np.isfinite(b)
        np.testing.assert_array_equal(np.isfinite(a), finite, err_msg=what)
        scale = max(1.0, float(np.max(np.abs(b[finite]), initial=0)))
        assert float(np.max(np.abs(a[finite] - b[finite]), initial=0)) <= TOLERANCE[a.dtype] * scale * 10, what


def traced(op: Op, attrs: dict[str, Any], static: list[bool], fixed: list[Any]) -> Any:
    """The op as a traced function of the inputs that move."""
    @hb.function(autograph=False)
    def run(*given: Any) -> Any:
        known, moving = iter(fixed), iter(given)
        return with_tape(op, [next(known) if s else next(moving) for s in static], attrs)

    return run


@pytest.mark.filterwarnings("ignore:gradient stops at:UserWarning")
@pytest.mark.parametrize("op", [op for op in SAMPLED if not op.random], ids=str)
def test_the_same_at_once_in_a_graph_and_traced(op: Op) -> None:
    for arrays, attrs in cases(op):
        tensors = [hb_tensors(a) for a in arrays]
        at_once, grads = with_tape(op, tensors, attrs)
        declared, declared_grads = in_graph(op, arrays, attrs)
        agree(at_once, declared, f"{op.type} {attrs}: at once and in a graph")
        agree(grads, declared_grads, f"gradient of {op.type} {attrs}: at once and in a graph")
        static = [a.static for a in op.args]
        fixed = [t for t, s in zip(tensors, static, strict=True) if s]

        values, traced_grads = traced(op, attrs, static, fixed)(
            *(t for t, s in zip(tensors, static, strict=True) if not s))
        agree(values, at_once, f"{op.type} {attrs}: traced and at once")
        agree(traced_grads, grads, f"gradient of {op.type} {attrs}: traced and at once")
