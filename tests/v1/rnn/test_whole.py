"""Cells that compute a whole sequence at once give what the loop gives: values, gradients, names and shapes."""

from __future__ import annotations

import numpy as np
import pytest

import hornbeam.v1 as tf
from hornbeam.graph import mode
from hornbeam.v1.rnn import dynamic, static

cells = tf.nn.rnn_cell
nest = tf.contrib.framework.nest

CELLS = {
    "joined": lambda: cells.BasicLSTMCell(3, forget_bias=0.3, state_is_tuple=False),
    "stack": lambda: cells.MultiRNNCell([cells.LSTMCell(3, use_peepholes=True, activation="tanh"),
                                         cells.ResidualWrapper(cells.GRUCell(3))]),
    "wrapped": lambda: cells.DropoutWrapper(cells.MultiRNNCell([cells.BasicLSTMCell(2), cells.GRUCell(3)]),
                                            output_keep_prob=tf.constant(1.0)),
}


@pytest.fixture(autouse=True)
def fresh_graph():
    mode.reset_default_graph()


def draws(*shape):
    return np.random.default_rng(len(shape)).normal(size=shape).astype(np.float32)


def ops_of(graph):
    return {op.type for op in graph.get_operations()}


def program(make, runner, with_lengths):
    """Names and shapes of what a runner gives, and values with gradients."""
    graph = tf.Graph()
    with graph.as_default(), tf.variable_scope("net", initializer=tf.random_uniform_initializer(-0.6, 0.6, seed=3)):
        x = tf.placeholder(tf.float32, [None, None, 2])
        cell = make()
        state = nest.map_structure(lambda n: tf.constant(draws(3, n)), cell.state_size)
        lengths = tf.constant([0, 9, 2]) if with_lengths else None
        if runner == "static":
            rows = [tf.ensure_shape(row, [3, 2]) for row in tf.unstack(x, num=4, axis=1)]
            results = tf.nn.static_rnn(cell, rows, state, sequence_length=lengths)
        else:
            results = tf.nn.dynamic_rnn(cell, x, lengths, state, time_major=runner == "time first")
        leaves = nest.flatten(results)
        loss = tf.add_n([tf.reduce_sum(tf.sin(leaf + i)) for i, leaf in enumerate(leaves)])
        sources = [x, *nest.flatten(state), *tf.trainable_variables()]
        slopes = tf.gradients(loss, sources)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            values = session.run([*leaves, *slopes], {x: draws(4, 3, 2) if runner == "time first"
                                                     else draws(3, 4, 2)})
    return graph, [(leaf.name, leaf.shape.as_list()) for leaf in leaves], [s.name for s in sources[1:]], values


@pytest.mark.parametrize(("cell", "runner", "with_lengths"), [
    ("joined", "time first", True), ("stack", "dynamic", False), ("wrapped", "static", True)])
def test_as_the_loop(cell, runner, with_lengths, monkeypatch):
    graph, *at_once = program(CELLS[cell], runner, with_lengths)
    assert ops_of(graph) & {"BlockLSTM", "BlockGRU"}
    assert "Scan" not in ops_of(graph)
    for module in (dynamic, static):
        monkeypatch.setattr(module, "computes_whole", lambda *_: False)
    graph, *step_by_step = program(CELLS[cell], runner, with_lengths)
    assert "Scan" in ops_of(graph)
    assert at_once[:2] == step_by_step[:2]
    for one, other in zip(at_once[2], step_by_step[2], strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-5, atol=2e-5)


def test_no_steps_and_no_rows():
    x = tf.placeholder(tf.float32, [None, None, 2])
    found = [tf.nn.dynamic_rnn(make(), x, dtype=tf.float32, scope=name)
             for name, make in (("lstm", lambda: cells.LSTMCell(3)), ("gru", lambda: cells.GRUCell(3)))]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for shape in ((2, 0, 2), (0, 4, 2)):
            for outputs, state in session.run(found, {x: np.zeros(shape)}):
                assert outputs.shape == (*shape[:2], 3)
                assert all(np.array_equal(s, np.zeros((shape[0], 3))) for s in nest.flatten(state))


class _Mine(cells.LSTMCell):
    """A subclass may do anything."""


@pytest.mark.parametrize("make", [
    lambda: _Mine(3), lambda: cells.LSTMCell(3, num_proj=2), lambda: cells.LSTMCell(3, cell_clip=1.0),
    lambda: cells.GRUCell(3, activation=tf.nn.relu),
    lambda: cells.DropoutWrapper(cells.GRUCell(3), state_keep_prob=0.5),
    lambda: cells.ResidualWrapper(cells.GRUCell(2), residual_fn=lambda x, y: y),
    lambda: cells.MultiRNNCell([cells.LSTMCell(3), cells.BasicRNNCell(3)])])
def test_what_is_left_to_the_loop(make):
    tf.nn.dynamic_rnn(make(), tf.zeros([2, 4, 2]), dtype=tf.float32)
    assert "Scan" in ops_of(tf.get_default_graph())


def test_doubles_are_left_to_the_loop_and_so_is_what_does_not_fit():
    tf.nn.dynamic_rnn(cells.GRUCell(3), tf.zeros([2, 4, 2], tf.float64), dtype=tf.float64)
    assert "Scan" in ops_of(tf.get_default_graph())
    with pytest.raises(ValueError, match="Dimensions must be equal"):
        tf.nn.dynamic_rnn(cells.GRUCell(3), tf.zeros([2, 4, 2]), initial_state=tf.zeros([2, 5]), scope="other")


def test_within_branches_and_loops():
    x, cell = tf.constant(draws(2, 3, 2)), cells.LSTMCell(3, initializer=tf.constant_initializer(0.1))

    def total(number):
        return tf.reduce_sum(tf.nn.dynamic_rnn(cell, x * number, dtype=tf.float32)[0])

    looped = tf.while_loop(lambda i, _: i < 3.0, lambda i, sum_: (i + 1.0, sum_ + total(i)), [1.0, 0.0])[1]
    chosen = tf.cond(tf.constant(True), lambda: total(1.0) + total(2.0), lambda: tf.constant(0.0))
    slopes = [tf.gradients(y, x)[0] for y in (looped, chosen)]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        one, other, *pair = session.run([looped, chosen, *slopes])
    assert [v.op.name for v in tf.trainable_variables()] == ["rnn/lstm_cell/kernel", "rnn/lstm_cell/bias"]
    np.testing.assert_allclose(one, other, rtol=1e-5)
    np.testing.assert_allclose(*pair, rtol=1e-4, atol=1e-6)
