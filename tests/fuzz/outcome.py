"""What may come out of a call: values that both tiers agree on, or an error of Hornbeam's that names the op."""

from __future__ import annotations

import contextlib
import re
import signal
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from tests.fuzz.calls import Call

import hornbeam as hb
import hornbeam.v1 as tf
from hornbeam.data.api.optional import OptionalValue
from hornbeam.graph import errors
from hornbeam.graph.resources import Resource
from hornbeam.ops.states import Unset

PATIENCE = 20
"""Seconds of work after which a call counts as one that hangs. Its own, so that a busy machine changes nothing."""

FOREIGN = re.compile(r"\b(jax|jaxlib|jnp|lax|jit|XLA|xla|HLO|tracer|Traced|ShapedArray|ConcretizationTypeError|"
                     r"dot_general|broadcast_in_dim|conv_general_dilated|reduce_window|dynamic_slice|"
                     r"dynamic_update_slice|gather_p|scatter_p|eval_shape)\b")
"""Words of the machinery below, which mean nothing to a caller."""


class Hangs(Exception):
    """A call took longer than `PATIENCE`."""


@contextlib.contextmanager
def deadline() -> Iterator[None]:
    """Raise Hangs after `PATIENCE` seconds, as soon as Python runs again."""
    def late(*_: Any) -> None:
        raise Hangs

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def fault(call: Call, in_graph: bool = False, both_tiers: bool = False) -> str | None:
    """What is wrong with the outcome of a call, None if nothing."""
    try:
        with warnings.catch_warnings(), deadline():
            warnings.simplefilter("ignore")
            results = _in_graph(call) if in_graph else _at_once(call)
    except Hangs:
        return f"hangs: more than {PATIENCE} s"
    except Exception as error:
        return of_error(call, error)
    for result in results:
        if not isinstance(result, np.ndarray | np.generic | bytes | Unset | Resource | OptionalValue):
            return f"value: a {type(result).__name__} came out"
    if both_tiers and not in_graph:
        return _tiers_disagree(call)
    return None


def of_error(call: Call, error: BaseException) -> str | None:
    """What is wrong with an error: its class, its words, or that it does not name the op."""
    name = type(error).__name__
    text = str(error)
    if not isinstance(error, TypeError | ValueError | errors.OpError) or not (
            type(error).__module__.startswith("hornbeam") or type(error).__module__ == "builtins"):
        return f"class: {name}: {text[:150]}"
    if isinstance(error, UnicodeError):
        return f"class: {name}: {text[:150]}"
    found = FOREIGN.search(text)
    if found:
        return f"words: {name}: {text[:150]} ({found[0]!r})"
    if call.op.type not in text and f"{call.op.__name__}(" not in text:
        return f"unnamed: {name}: {text[:150]}"
    return None


def _at_once(call: Call) -> list[Any]:
    inputs = [_eager(a, v) for a, v in zip(call.op.args, call.inputs, strict=True)]
    return [np.asarray(t) if not hasattr(t, "numpy") else t.numpy() for t in _listed(call.op(*inputs, **call.attrs))]


def _eager(arg: Any, value: Any) -> Any:
    if isinstance(value, list):
        return [hb.constant(v) for v in value]
    return hb.constant(value)


def _in_graph(call: Call) -> list[Any]:
    with hb.Graph().as_default() as graph:
        feeds: dict[Any, Any] = {}
        inputs = [_node(a, v, feeds) for a, v in zip(call.op.args, call.inputs, strict=True)]
        made = call.op(*inputs, **call.attrs)
        with tf.Session(graph=graph) as session:
            if any(a.ref for a in call.op.args):
                session.run(tf.global_variables_initializer())
            found = session.run([t for t in _listed(made) if t is not None], feeds)
    return [f for f in found if f is not None]


def _node(arg: Any, value: Any, feeds: dict[Any, Any]) -> Any:
    if isinstance(value, list):
        return [_node(arg, v, feeds) for v in value]
    if arg.ref:
        return tf.Variable(value)
    if arg.static or value.dtype == object or value.size % 2:
        return tf.constant(value)
    tensor = tf.placeholder(hb.as_dtype(value.dtype), [None] * value.ndim if value.ndim % 2 else value.shape)
    feeds[tensor] = value
    return tensor


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]


def _tiers_disagree(call: Call) -> str | None:
    """The last program of the op, compiled and interpreted, on the call's inputs."""
    op = call.op
    if op.host or op.random or op.writes or not op.programs:
        return None
    flat = [v for a, i in zip(op.args, call.inputs, strict=True) if not a.static
            for v in (i if isinstance(i, list) else [i])]
    if any(v.dtype == object for v in flat):
        return None
    program = list(op.programs.values())[-1]
    if [(v.shape, v.dtype) for v in flat] != [(a.shape, a.dtype) for a in program.jaxpr.in_avals]:
        return None
    with np.errstate(all="ignore"):
        pairs = list(zip(program.interpreter()(*flat), program.compiled()(*flat), strict=True))
    floats = [v for v in flat if v.dtype.kind in "fc"]
    if any((np.abs(v[np.isfinite(v)]).astype(np.float64) > 1e300).any() for v in floats):
        return None  # one over such a number is a denormal, which XLA takes for 0
    infinite = any(not np.isfinite(v).all() for v in floats)
    for x, y in pairs[:-1] if op.checker is not None else pairs:
        x, y = np.asarray(x), np.asarray(y)
        if infinite and x.shape == y.shape and x.dtype.kind in "fc":  # 0·inf and inf - inf depend on the order of sums
            both = np.isfinite(x) & np.isfinite(y)
            x, y = x[both], y[both]
        if x.dtype != y.dtype or x.shape != y.shape:
            return f"tiers: {x.dtype}{list(x.shape)} and {y.dtype}{list(y.shape)}"
        if not _close(x, y):
            return f"tiers: {x.reshape(-1)[:6]} and {y.reshape(-1)[:6]}"
    return None


def _close(x: np.ndarray, y: np.ndarray) -> bool:
    if x.dtype.kind in "iub":
        return bool((x == y).all())
    tolerance = 3e-2 if x.dtype.itemsize <= 2 else 1e-4 if x.dtype in (np.float32, np.complex64) else 1e-9
    kind = np.complex128 if x.dtype.kind == "c" else np.float64
    a, b = x.astype(kind), y.astype(kind)
    finite = np.abs(b[np.isfinite(b)])
    scale = float(finite.max()) if finite.size else 0.0
    denormal = float(np.finfo(x.dtype).tiny) if x.dtype.kind in "fc" else 0.0  # XLA takes denormals for 0
    with np.errstate(all="ignore"):
        return bool(np.isclose(a, b, rtol=tolerance, atol=max(tolerance * scale, 2 * denormal), equal_nan=True).all())
