"""Every op of the mathematics: at once as in a graph, as its static shape says, and its gradient as differences say."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf
from hornbeam.graph.op import Never, Op, registry

MODULES = ("casts compare arithmetic division elementary special reduce cumulative segment counting matmul clip norms "
           "linalg decompositions diagonals banded spectral signal").split()
OPS = [o for o in registry if o.__module__.rpartition(".")[2] in MODULES and not o.type.endswith("VJP")]


def sampled(op: Op) -> list[Any]:
    return op.samples(np.random.default_rng(1))


def listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def fed(op: Op, inputs: Any, attrs: dict[str, Any]) -> tuple[list[Any], dict[Any, Any]]:
    """The outputs of a node of `op`, and what to feed."""
    feed: dict[Any, Any] = {}

    def placeholder(value: Any) -> Any:
        value = np.asarray(value)
        tensor = tf.placeholder(tf.as_dtype(value.dtype), value.shape)
        feed[tensor] = value
        return tensor

    tensors = [tf.constant(v) if arg.static else [placeholder(i) for i in v] if arg.many else placeholder(v)
               for v, arg in zip(inputs, op.args, strict=True)]
    return listed(op(*tensors, **attrs)), feed


def test_every_op_has_samples():
    assert [o.type for o in OPS if not o.samples] == []


@pytest.mark.parametrize("op", OPS, ids=str)
def test_a_graph_gives_what_a_call_at_once_gives_and_the_static_shape_says(op: Op):
    for inputs, attrs in sampled(op):
        at_once = listed(op(*[[hb.constant(i) for i in v] if isinstance(v, list) else hb.constant(v) for v in inputs],
                            **attrs))
        with tf.Graph().as_default():
            outputs, feed = fed(op, inputs, attrs)
            static = [t.shape for t in outputs]
            with tf.Session() as sess:
                values = sess.run(outputs, feed)
        for tensor, value, shape, other in zip(outputs, values, static, at_once, strict=True):
            assert shape.is_compatible_with(np.shape(value))
            assert tensor.dtype.as_numpy_dtype == np.asarray(value).dtype
            np.testing.assert_allclose(other.numpy(), value, rtol=1e-6, atol=1e-9)


def differentiable(op: Op) -> bool:
    return not isinstance(op.differentiable, Never) and "gradient" not in op.waive


@pytest.mark.parametrize("op", [o for o in OPS if differentiable(o)], ids=str)
def test_gradients_agree_with_differences(op: Op):
    for inputs, attrs in sampled(op):
        with tf.Graph().as_default(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an input without a gradient is said so; here that is expected
            outputs, feed = fed(op, inputs, attrs)
            reals = [t for t in outputs if t.dtype == tf.float64]
            sources = [t for t in feed if t.dtype == tf.float64]
            if not reals or not sources:
                continue
            with tf.Session() as sess:
                shapes = [np.shape(v) for v in sess.run(reals, feed)]
                weights = [np.cos(np.arange(int(np.prod(s))) + 0.5).reshape(s) for s in shapes]
                loss = tf.add_n([tf.reduce_sum(t * w) for t, w in zip(reals, weights, strict=True)])
                for source, gradient in zip(sources, tf.gradients(loss, sources), strict=True):
                    if gradient is not None:
                        found = sess.run(gradient, feed)
                        np.testing.assert_allclose(found, differences(sess, loss, source, feed), rtol=1e-5, atol=1e-6)


def differences(sess: Any, loss: Any, source: Any, feed: dict[Any, Any], step: float = 1e-6) -> np.ndarray:
    value = np.array(feed[source])
    found = np.zeros_like(value)
    for at in np.ndindex(value.shape):
        ends = []
        for sign in (1, -1):
            moved = value.copy()
            moved[at] += sign * step
            ends.append(sess.run(loss, {**feed, source: moved}))
        found[at] = (ends[0] - ends[1]) / (2 * step)
    return found
