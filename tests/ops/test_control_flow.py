"""Branches, loops, functional loops and TensorArrays in graphs: values, side effects, what is compiled and what not."""

from __future__ import annotations

import numpy as np
import pytest

import hornbeam.v1 as tf
from hornbeam.backend.switches import show


@pytest.fixture(autouse=True)
def session():
    with tf.Graph().as_default(), tf.Session() as sess:
        yield sess


def both(session, fetches, feeds=None):
    """The answers of a run; run op by op, they are the same."""
    usual = session.run(fetches, feeds)
    with show(5):
        stepped = session.run(fetches, feeds)
    for x, y in zip(np.atleast_1d(np.asarray(usual, object)), np.atleast_1d(np.asarray(stepped, object)), strict=True):
        np.testing.assert_allclose(np.asarray(x, float), np.asarray(y, float), rtol=1e-5)
    return usual


def test_cond_runs_one_side_and_what_was_made_outside(session) -> None:
    v = tf.Variable(0.0)
    flag = tf.placeholder(tf.bool, [])
    outside = tf.assign_add(v, 5.0)
    from_outside = tf.cond(flag, lambda: outside, lambda: tf.constant(0.0))
    inside = tf.cond(flag, lambda: tf.assign_add(v, 1.0), lambda: tf.constant(0.0))
    assert from_outside.name == "cond/Merge:0"
    session.run(v.initializer)
    session.run(from_outside, {flag: False})
    assert session.run(v) == 5.0
    session.run(inside, {flag: False})
    assert session.run(v) == 5.0
    assert session.run(inside, {flag: True}) == 6.0


def test_cond_keeps_structure_and_refuses_what_differs(session) -> None:
    x = tf.constant(2.0)
    a, (b, c) = tf.cond(x > 1, lambda: (x, [x + 1, x + 2]), lambda: (x, [x, x]))
    assert session.run([a, b, c]) == [2.0, 3.0, 4.0]
    with pytest.raises((TypeError, ValueError)):
        tf.cond(x > 1, lambda: x, lambda: tf.constant(1))
    with pytest.raises(TypeError, match="bool"):
        tf.cond(True, lambda: x, lambda: x)


def test_while_loop_names_values_and_bound(session) -> None:
    x = tf.placeholder(tf.float32, [])
    n, total = tf.while_loop(lambda i, t: i < 5, lambda i, t: (i + 1, t * x), [0, 1.0])
    assert n.name == "while/Exit:0"
    assert total.name == "while/Exit_1:0"
    assert both(session, [n, total], {x: 2.0}) == [5, 32.0]
    bounded = tf.while_loop(lambda i: i < 100, lambda i: i + 1, [0], maximum_iterations=7)
    assert session.run(bounded) == 7


def test_a_loop_variable_that_changes_shape_needs_an_invariant(session) -> None:
    with pytest.raises(ValueError, match="shape_invariants"):
        tf.while_loop(lambda x: tf.shape(x)[0] < 5, lambda x: tf.concat([x, x], 0), [tf.constant([1.0])])
    grown = tf.while_loop(lambda x: tf.shape(x)[0] < 5, lambda x: tf.concat([x, x], 0), [tf.constant([1.0])],
                          shape_invariants=[tf.TensorShape([None])])
    assert session.run(grown).shape == (8,)


def test_sparse_loop_variables_may_have_more_elements_in_each_iteration(session) -> None:
    start = tf.SparseTensor([[0], [3]], [2.0, 4.0], [10])
    for invariants in (None, [tf.TensorShape([]), tf.TensorShape([None])]):
        _, grown = tf.while_loop(lambda i, _: i < 2, lambda i, x: (i + 1, tf.sparse_concat(0, [x, x])),
                                 [tf.constant(0), start], invariants)
        assert grown.values.shape.as_list() == [None]
        assert session.run(grown).values.tolist() == [2, 4] * 4


def test_what_loops_refuse(session) -> None:
    n = tf.constant(0)
    with pytest.raises(TypeError, match="parallel_iterations' must be a positive integer"):
        tf.while_loop(lambda i: i < 1, lambda i: i + 1, [n], parallel_iterations=0)
    with pytest.raises(ValueError, match="Shape must be rank 0 but is rank 1"):
        tf.while_loop(lambda i: i[None] < 1, lambda i: i + 1, [n])
    with pytest.raises(ValueError, match="same nested structure"):
        tf.while_loop(lambda i, j: i < 1, lambda i, j: (i + 1, j), [n, n], [tf.TensorShape([])])
    with pytest.raises(ValueError, match="must be provided"):
        tf.while_loop(lambda i: i < 1, lambda i: i + 1, None)
    with pytest.raises(ValueError, match="Unknown keyword"):
        tf.group(n, other=1)
    flag = tf.placeholder(tf.bool)
    picked = tf.cond(flag, lambda: 1, lambda: 2)
    assert session.run(picked, {flag: True}) == 1
    with pytest.raises(tf.errors.InvalidArgumentError):
        session.run(picked, {flag: [True, False]})


def test_no_gradient_flows_through_a_loop_without_back_prop(session) -> None:
    v = tf.constant(2.0)
    assert tf.gradients(tf.while_loop(lambda x: x < 100.0, tf.square, [v], back_prop=False), v) == [None]


def test_writes_and_draws_inside_a_loop(session) -> None:
    v = tf.Variable(1.0)

    def body(i):
        with tf.control_dependencies([tf.assign(v, v * 2)]):
            return tf.identity(i + 1)

    loop = tf.while_loop(lambda i: i < 4, body, [0])
    draws = tf.map_fn(lambda _: tf.random_uniform([]), tf.zeros([6]))
    session.run(v.initializer)
    assert session.run(loop) == 4
    assert session.run(v) == 16.0
    assert len(set(session.run(draws).tolist())) == 6


def test_python_functions_inside_a_loop_run_on_the_host(session) -> None:
    seen = []

    def note(i):
        seen.append(int(i))
        return np.float32(i * 10)

    total = tf.while_loop(lambda i, t: i < 3, lambda i, t: (i + 1, t + tf.py_func(note, [i], tf.float32)),
                          [0, 0.0], shape_invariants=[tf.TensorShape([]), tf.TensorShape(None)])[1]
    assert session.run(total) == 30.0
    assert seen == [0, 1, 2]


def test_an_assertion_inside_a_loop_stops_the_run(session) -> None:
    limit = tf.placeholder(tf.int32, [])

    def body(i):
        with tf.control_dependencies([tf.Assert(i < limit, ["too far", i])]):
            return i + 1

    loop = tf.while_loop(lambda i: i < 10, body, [0])
    assert session.run(loop, {limit: 50}) == 10
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"assertion failed: \[too far\] \[3\]"):
        session.run(loop, {limit: 3})


def test_map_scan_and_folds(session) -> None:
    x = tf.placeholder(tf.float32, [None, 2])
    rows = np.arange(6, dtype=np.float32).reshape(3, 2)
    squares = tf.map_fn(lambda r: tf.reduce_sum(r * r), x)
    pairs = tf.map_fn(lambda r: (r[0], r[1] * 2), x, dtype=(tf.float32, tf.float32))
    sums, last = tf.scan(lambda a, r: a + r, x), tf.foldl(lambda a, r: a * 0.5 + r, x)
    back = tf.foldr(lambda a, r: a * 0.5 + r, x)
    got = session.run([squares, pairs, sums, last, back], {x: rows})
    assert got[0].tolist() == [1.0, 13.0, 41.0]
    assert got[1][1].tolist() == [2.0, 6.0, 10.0]
    assert got[2].tolist() == np.cumsum(rows, 0).tolist()
    assert got[3].tolist() == [5.0, 6.75]
    assert got[4].tolist() == [2.0, 3.75]


def test_tensor_arrays_in_and_out_of_loops(session) -> None:
    n = 4
    array = tf.TensorArray(tf.float32, n)
    _, filled = tf.while_loop(lambda i, a: i < n, lambda i, a: (i + 1, a.write(i, tf.cast(i * i, tf.float32))),
                              [0, array])
    stacked = filled.stack()
    again = tf.TensorArray(tf.float32, n).unstack(stacked)
    grad, = tf.gradients(again.read(2) * 3, stacked)
    assert both(session, [stacked])[0].tolist() == [0.0, 1.0, 4.0, 9.0]
    assert session.run([again.read(3), again.size()]) == [9.0, 4]
    assert session.run(grad).tolist() == [0.0, 0.0, 3.0, 0.0]


def test_a_tensor_array_grows_for_rows_that_are_scattered(session) -> None:
    rows = tf.constant([[1.0], [2.0]])
    grown = tf.TensorArray(tf.float32, 0, dynamic_size=True).scatter([3, 0], rows)
    assert session.run(grown.stack()).tolist() == [[2], [0], [0], [1]]
    assert session.run(tf.gradients(grown.read(3) * 5.0, rows)[0]).tolist() == [[5], [0]]


def test_case_and_switch(session) -> None:
    x = tf.placeholder(tf.int32, [])
    chosen = tf.case([(tf.equal(x, 1), lambda: tf.constant(10)), (x > 5, lambda: tf.constant(20))],
                     default=lambda: tf.constant(30))
    assert [session.run(chosen, {x: v}) for v in (1, 7, 2)] == [10, 20, 30]
    branch = tf.switch_case(x, [lambda: tf.constant(1.0), lambda: tf.constant(2.0)])
    assert [session.run(branch, {x: v}) for v in (0, 1, 9)] == [1.0, 2.0, 2.0]
