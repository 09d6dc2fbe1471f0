"""How we know that ops are right: properties that every op of the registry must have.

An op declares samples (inputs and attributes); what cannot hold for it is waived in the declaration, with a reason.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf
from hornbeam.graph import dtypes, infer
from hornbeam.graph.execute import execute
from hornbeam.graph.op import GENERIC, Never, Op, registry
from hornbeam.runtime.executor import Runner

OPS = [op for op in registry if not op.type.endswith("VJP")]
SAMPLED = [op for op in OPS if op.samples is not None and not op.structural and not op.writes]
Sample = tuple[list[Any], dict[str, Any]]


def samples(op: Op) -> Iterator[Sample]:
    """The op's samples, the same in every run."""
    rng = np.random.default_rng(zlib.crc32(op.type.encode()))
    for inputs, attrs in op.samples(rng) if callable(op.samples) else op.samples:
        arrays = [[np.asarray(v) for v in i] if isinstance(i, list) else np.asarray(i) for i in inputs]
        yield arrays, op.normalized({**op.defaults, **attrs})


def stream(op: Op) -> np.ndarray | None:
    return np.array([1, 2], np.uint32) if op.random else None


def both_tiers_agree(op: Op) -> None:
    """Interpreted and compiled give the same values."""
    if op.host:
        pytest.skip("host ops have one way to run")
    for arrays, attrs in samples(op):
        op.programs.clear()  # so that the one program left is this sample's
        execute(op, arrays, attrs, stream(op))
        (program,) = op.programs.values()
        flat = [] if stream(op) is None else [stream(op)]
        for arg, value in zip(op.args, arrays, strict=True):
            if not arg.static:
                flat.extend(value if arg.many else [value])
        if any(a.dtype == object for a in flat):
            continue
        for x, y in zip(program.interpreter()(*flat), program.compiled()(*flat), strict=True):
            x, y = np.asarray(x), np.asarray(y)
            assert x.dtype == y.dtype
            assert x.shape == y.shape
            close(x, y, f"{op.type} {attrs}")


def close(x: np.ndarray, y: np.ndarray, what: str) -> None:
    exact = x.dtype.kind not in "fcV"
    small = x.dtype.itemsize <= 2 or x.dtype.kind == "V"
    rtol = 0 if exact else 2e-2 if small else 2e-5 if x.dtype in (np.float32, np.complex64) else 1e-12
    if x.dtype.kind == "V" or str(x.dtype) == "bfloat16":
        x, y = x.astype(np.float32), y.astype(np.float32)
    np.testing.assert_allclose(x, y, rtol=rtol, atol=0 if exact else rtol, err_msg=what)


def the_static_spec_is_the_result(op: Op) -> None:
    """Shape inference tells the truth, with every dimension known and with some unknown."""
    for arrays, attrs in samples(op):
        results = execute(op, arrays, attrs, stream(op))
        for hidden in (False, True):
            outputs = infer.outputs_of(op, [described(a, v, hidden) for a, v in zip(op.args, arrays, strict=True)],
                                       attrs)
            assert len(outputs) == len(results)
            for (dims, dtype), result in zip(outputs, results, strict=True):
                result = np.asarray(result)
                assert dtype.np_dtype == result.dtype, (op.type, attrs)
                assert dims is None or hb.TensorShape(dims).is_compatible_with(result.shape), (op.type, dims)
                if not hidden and not op.host:
                    assert dims == result.shape, (op.type, attrs, dims, result.shape)


def described(arg: Any, value: Any, hidden: bool) -> Any:
    if isinstance(value, list):
        return [described(arg, v, hidden) for v in value]
    dtype = dtypes.from_numpy(value.dtype)
    if arg.static:
        return infer.Input(value.shape, dtype, value)
    return infer.Input((None,) * value.ndim if hidden else value.shape, dtype)


def the_hand_written_shape_rule_agrees(op: Op) -> None:
    """A rule written for speed says what abstract evaluation says."""
    if op.shape_rule is None or op.host or "shape" in op.waive:
        pytest.skip("the shape is derived")
    for arrays, attrs in samples(op):
        if any(np.asarray(v).dtype == object for a in arrays for v in (a if isinstance(a, list) else [a])):
            continue
        inputs = [described(a, v, False) for a, v in zip(op.args, arrays, strict=True)]
        by_hand = op.shape_rule(inputs, attrs)
        rule, op.shape_rule = op.shape_rule, None
        try:
            derived = infer.outputs_of(op, inputs, attrs)
        finally:
            op.shape_rule = rule
        assert [(d, t.name) for d, t in by_hand] == [(d, t.name) for d, t in derived], (op.type, attrs)


def eager_graph_and_compiled_agree(op: Op) -> None:
    """The same values at once, stepped through a graph, and compiled."""
    if op.random:
        pytest.skip("draws differ from run to run")
    for arrays, attrs in samples(op):
        eager = listed(op(*[hb_tensors(a) for a in arrays], **attrs))
        with hb.Graph().as_default() as graph:
            feeds: dict[Any, Any] = {}
            inputs = [placed(arg, a, feeds) for arg, a in zip(op.args, arrays, strict=True)]
            fetches = [t for t in listed(op(*inputs, **attrs)) if isinstance(t, hb.Tensor)]
            with tf.Session(graph=graph) as session:
                stepped = session.run(fetches, feeds)
                binding = next(iter(session._bindings.values()))
                compiled = Runner(binding.runner.plan, session._store)._stages([*feeds.values()])
        for x, y, z in zip(eager, stepped, compiled, strict=True):
            x, y, z = (np.asarray(v, object if isinstance(v, bytes) else None) for v in (x, y, z))
            if x.dtype == object:
                assert x.tolist() == y.tolist()
                continue
            close(x, y, op.type)
            close(x, z, op.type)


def hb_tensors(value: Any) -> Any:
    return [hb.constant(v) for v in value] if isinstance(value, list) else hb.constant(value)


def placed(arg: Any, value: Any, feeds: dict[Any, Any]) -> Any:
    if isinstance(value, list):
        return [placed(arg, v, feeds) for v in value]
    if arg.static:
        return hb.constant(value)
    tensor = tf.placeholder(dtypes.from_numpy(value.dtype), value.shape)
    feeds[tensor] = value
    return tensor


def listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [] if value is None else [value]


def the_gradient_is_that_of_differences(op: Op) -> None:
    """Reverse mode equals central differences in float64, and is itself differentiable."""
    if isinstance(op.differentiable, Never):
        pytest.skip(f"not differentiable: {op.differentiable.why}")
    if "gradient" in op.waive:
        pytest.skip(op.waive["gradient"])
    tried = 0
    for arrays, attrs in samples(op):
        in_64 = [as_float64(a) for a in arrays]
        moving = [v for arg, a in zip(op.args, in_64, strict=True) if not arg.static
                  for v in (a if arg.many else [a]) if v.dtype == np.float64]
        if not moving or not accepts_float64(op):
            continue
        if any(a.dtype.kind == "c" for g in in_64 for a in (g if isinstance(g, list) else [g])):
            continue
        tried += 1
        compare_with_differences(op, in_64, op.normalized(float64_attrs(attrs)))
    if not tried:
        pytest.skip("no sample of floats")


def accepts_float64(op: Op) -> bool:
    return all(not allowed or dtypes.float64 in allowed or not any(d.is_floating for d in allowed)
               for allowed in op.types.values())


def float64_attrs(attrs: dict[str, Any]) -> dict[str, Any]:
    return {k: dtypes.float64 if isinstance(v, dtypes.DType) and v.is_floating else v for k, v in attrs.items()}


def as_float64(value: Any) -> Any:
    if isinstance(value, list):
        return [as_float64(v) for v in value]
    floating = value.dtype.kind in "fV" or str(value.dtype) == "bfloat16"
    return value.astype(np.float64) if floating else value


def compare_with_differences(op: Op, arrays: list[Any], attrs: dict[str, Any]) -> None:
    """First and, where it is not waived, second order: the gradients of the gradients."""
    with hb.Graph().as_default() as graph, tf.Session(graph=graph) as session:
        feeds: dict[Any, Any] = {}
        inputs = [placed(arg, a, feeds) for arg, a in zip(op.args, arrays, strict=True)]
        outputs = [t for t in listed(op(*inputs, **attrs)) if t.dtype.base_dtype == hb.float64]
        xs = [t for t, v in feeds.items() if v.dtype == np.float64]
        for order in (1, 2):
            if not outputs or (order == 2 and "second_order" in op.waive):
                break
            outputs = compare_gradients(session, outputs, xs, feeds, f"order {order} of {op.type} {attrs}", order)


def compare_gradients(session: Any, outputs: list[Any], xs: list[Any], feeds: dict[Any, Any], what: str,
                      order: int) -> list[Any]:
    """Check the gradients of `outputs` with random weights, and return them."""
    rng = np.random.default_rng(7 + order)
    weights = [rng.normal(size=v.shape) for v in session.run(outputs, feeds)]
    grads = tf.gradients(outputs, xs, grad_ys=[hb.constant(w) for w in weights])
    dense = [None if g is None else hb.convert_to_tensor(g) for g in grads]
    found = iter(session.run([g for g in dense if g is not None], feeds))
    run = session.make_callable(outputs, list(feeds))
    for x, grad in zip(xs, dense, strict=True):
        mine = next(found) if grad is not None else np.zeros(feeds[x].shape)
        theirs = differences(run, feeds, x, weights)
        np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=1e-5 if order == 1 else 1e-4,
                                   err_msg=f"{what} {x.name}")
    return [g for g in dense if g is not None]


def differences(run: Callable[..., Any], feeds: dict[Any, Any], x: Any, weights: list[Any]) -> np.ndarray:
    out = np.zeros(feeds[x].shape)
    step = 1e-5
    flat = feeds[x].reshape(-1)
    for i in range(flat.size):
        ends = []
        for sign in (1, -1):
            moved = flat.copy()
            moved[i] += sign * step
            results = run(*[moved.reshape(feeds[x].shape) if t is x else v for t, v in feeds.items()])
            ends.append(sum(float(np.sum(w * r)) for w, r in zip(weights, results, strict=True)))
        out.reshape(-1)[i] = (ends[0] - ends[1]) / (2 * step)
    return out


def the_second_call_traces_nothing(op: Op) -> None:
    """A signature seen before costs no trace."""
    if op.host:
        pytest.skip("host ops are not traced")
    for arrays, attrs in samples(op):
        execute(op, arrays, attrs, stream(op))
        before = dict(op.programs)
        execute(op, arrays, attrs, stream(op))
        assert op.programs == before


PROPERTIES = [both_tiers_agree, the_static_spec_is_the_result, the_hand_written_shape_rule_agrees,
              eager_graph_and_compiled_agree, the_gradient_is_that_of_differences, the_second_call_traces_nothing]


@pytest.mark.filterwarnings("ignore:gradient stops at:UserWarning")  # second derivatives of steps: none, as tested
@pytest.mark.parametrize("prop", PROPERTIES, ids=lambda p: p.__name__)
@pytest.mark.parametrize("op", SAMPLED, ids=str)
def test_op(op: Op, prop: Callable[[Op], None]) -> None:
    prop(op)


def test_every_op_says_whether_it_is_differentiable() -> None:
    assert not [op for op in OPS if op.differentiable is not GENERIC and not isinstance(op.differentiable, Never)]


def test_every_op_has_a_docstring() -> None:
    assert not [op.type for op in OPS if not (op.__doc__ or "").strip()]


def test_every_op_has_samples() -> None:
    """Ops that hold graphs or write variables, and those without inputs, are tested by their families."""
    missing = {op.type for op in OPS if op.samples is None and op.args and not op.structural and not op.writes
               and not any(a.ref for a in op.args) and "samples" not in op.waive}
    assert not missing, f"{len(missing)} ops without samples: {sorted(missing)}"
