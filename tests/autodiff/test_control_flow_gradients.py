"""Gradients through branches, loops, scans and custom rules, at first and second order, against differences."""

from __future__ import annotations

import numpy as np
import pytest

import hornbeam.v1 as tf


@pytest.fixture(autouse=True)
def session():
    with tf.Graph().as_default(), tf.Session() as sess:
        yield sess


def difference(session, y, x, value, feeds=None, step=1e-5):
    """The derivative of a scalar by differences, in float64."""
    out = np.zeros(np.shape(value))
    for place in np.ndindex(*np.shape(value)) if np.shape(value) else [()]:
        ends = []
        for sign in (1, -1):
            moved = np.array(value, np.float64)
            moved[place] += sign * step
            ends.append(session.run(y, {**(feeds or {}), x: moved}))
        out[place] = (ends[0] - ends[1]) / (2 * step)
    return out


def check(session, y, x, value, feeds=None, orders=2):
    """First and second derivatives of the scalar `y`."""
    for _ in range(orders):
        grad, = tf.gradients(y, x)
        got = session.run(grad, {**(feeds or {}), x: value})
        np.testing.assert_allclose(got, difference(session, y, x, value, feeds), rtol=1e-5, atol=1e-6)
        y = tf.reduce_sum(tf.sin(grad))


def test_through_both_sides_of_a_branch(session) -> None:
    x = tf.placeholder(tf.float64, [2])
    y = tf.cond(tf.reduce_sum(x) > 0, lambda: tf.reduce_sum(x**3), lambda: tf.reduce_sum(tf.exp(x)))
    check(session, y, x, np.array([1.0, 0.5]))
    check(session, y, x, np.array([-1.0, 0.5]))


@pytest.mark.parametrize("trips", [0, 1, 3, 150])
def test_through_a_loop_without_a_bound(session, trips) -> None:
    x, n = tf.placeholder(tf.float64, [2]), tf.placeholder(tf.int32, [])
    w = tf.constant([[0.6, -0.2], [0.3, 0.5]], tf.float64)
    _, out = tf.while_loop(lambda i, h: i < n,
                           lambda i, h: (i + 1, tf.tanh(tf.squeeze(tf.matmul(h[None], w), 0) + x)), [0, x])
    check(session, tf.reduce_sum(out), x, np.array([0.3, -0.4]), {n: trips}, orders=2 if trips < 100 else 1)


def test_through_more_iterations_than_are_kept(session) -> None:
    x, n = tf.placeholder(tf.float64, []), tf.placeholder(tf.int32, [])
    _, out = tf.while_loop(lambda i, h: i < n, lambda i, h: (i + 1, h * 0.9999 + x * 1e-4), [0, x])
    grad, = tf.gradients(out, x)
    trips = 40_000
    expected = 0.9999**trips + 1e-4 * (1 - 0.9999**trips) / (1 - 0.9999)
    np.testing.assert_allclose(session.run(grad, {x: 2.0, n: trips}), expected, rtol=1e-9)


def test_through_nested_loops_and_branches(session) -> None:
    x = tf.placeholder(tf.float64, [])

    def inner(h):
        return tf.while_loop(lambda j, a: j < 3, lambda j, a: (j + 1, a * x + 0.1), [0, h])[1]

    def body(i, h):
        return i + 1, tf.cond(tf.equal(i % 2, 0), lambda: inner(h), lambda: tf.sin(h))

    out = tf.while_loop(lambda i, h: i < 4, body, [0, x])[1]
    check(session, out, x, 0.8)


def test_through_map_and_scan(session) -> None:
    x = tf.placeholder(tf.float64, [3])
    scale = tf.placeholder(tf.float64, [])
    y = tf.reduce_sum(tf.map_fn(lambda r: tf.sin(r) * scale, x) * tf.scan(lambda a, r: a * r + scale, x))
    value = np.array([0.3, -0.7, 1.1])
    check(session, y, x, value, {scale: 0.4})
    check(session, y, scale, 0.4, {x: value})


def test_a_dropped_unit_stays_dropped_in_the_gradient_of_a_branch(session) -> None:
    x = tf.constant(np.ones(200), tf.float64)
    flag = tf.placeholder(tf.bool, [])
    y = tf.cond(flag, lambda: tf.nn.dropout(x, 0.5), lambda: x)
    grad, = tf.gradients(y, x)
    value, slope = session.run([y, grad], {flag: True})
    np.testing.assert_array_equal(value, slope)
    assert 50 < np.count_nonzero(value) < 150


def test_a_custom_gradient_and_an_override(session) -> None:
    @tf.custom_gradient
    def clipped(x):
        return tf.identity(x), lambda dy: tf.clip_by_value(dy, -1.0, 1.0)

    x = tf.constant([2.0, -3.0])
    assert session.run(tf.gradients(clipped(x) * [5.0, 0.5], x)[0]).tolist() == [1.0, 0.5]

    @tf.RegisterGradient("GuidedForTest")
    def _guided(op, grad):
        return tf.where(grad > 0, tf.where(op.outputs[0] > 0, grad, tf.zeros_like(grad)), tf.zeros_like(grad))

    with tf.get_default_graph().gradient_override_map({"Relu": "GuidedForTest"}):
        guided = tf.nn.relu(x)
    weights = tf.constant([-1.0, 1.0])
    assert session.run(tf.gradients(guided * weights, x)[0]).tolist() == [0.0, 0.0]
    assert session.run(tf.gradients(tf.nn.relu(x) * weights, x)[0]).tolist() == [-1.0, 0.0]


def test_gradients_answer_as_tensorflows(session) -> None:
    x, z = tf.constant(3.0), tf.constant(1.0)
    y = x * x
    assert session.run(tf.gradients([y, 2 * x], x)[0]) == 8.0
    assert session.run(tf.gradients(y, x, grad_ys=[tf.constant(10.0)])[0]) == 60.0
    assert tf.gradients(y, [x, z])[1] is None
    assert session.run(tf.gradients(y, z, unconnected_gradients="zero")[0]) == 0.0
    assert session.run(tf.gradients(y * x, x, stop_gradients=[y])[0]) == 9.0
    assert session.run(tf.hessians(x**3, x)[0]) == 18.0
    table = tf.Variable(tf.ones([4, 2]))
    slices, = tf.gradients(tf.nn.embedding_lookup(table, [1, 1]), [table])
    assert isinstance(slices, tf.IndexedSlices)
    session.run(table.initializer)
    assert session.run(tf.convert_to_tensor(slices))[1].tolist() == [2.0, 2.0]


def test_a_branch_decides_whether_variables_change(session):
    w, steps, yes = tf.Variable([1.0, 2.0]), tf.Variable(0, trainable=False), tf.placeholder(tf.bool, [])
    optimizer = tf.train.AdamOptimizer(0.1)
    trained = tf.cond(yes, lambda: tf.group(optimizer.minimize(tf.reduce_sum(w * w), steps)), tf.no_op)
    assert [v.op.name for v in tf.global_variables()[2:4]] == ["cond/beta1_power", "cond/beta2_power"]
    session.run(tf.global_variables_initializer())
    session.run(trained, {yes: False})
    assert session.run([w, steps])[1] == 0
    session.run(trained, {yes: True})
    np.testing.assert_allclose(session.run(w), [0.9, 1.9], rtol=1e-6)
    assert session.run(steps) == 1


def test_a_loop_trains(session):
    w = tf.Variable([1.0, 2.0])

    def body(i):
        with tf.control_dependencies([tf.train.GradientDescentOptimizer(0.1).apply_gradients([(tf.ones(2), w)])]):
            return i + 1

    loop = tf.while_loop(lambda i: i < 3, body, [tf.constant(0)])
    session.run(tf.global_variables_initializer())
    session.run(loop)
    np.testing.assert_allclose(session.run(w), [0.7, 1.7], rtol=1e-6)


@pytest.mark.parametrize("shape", [[1, 3, 2], [6]])
def test_a_weight_of_as_many_elements_is_taken(session, shape):
    x = tf.placeholder(tf.float32, [3, 2])
    found = tf.gradients(2 * x, x, [tf.reshape(tf.range(6.0), shape)])[0]
    assert session.run(found, {x: np.zeros((3, 2))}).tolist() == [[0, 2], [4, 6], [8, 10]]
    assert found.op.graph.get_operations()[0].op_def.name == "Placeholder"
