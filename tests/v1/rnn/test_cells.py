"""Cells, wrappers and what runs them: names, structures, errors, dropout."""

from __future__ import annotations

import numpy as np
import pytest

import hornbeam.v1 as tf
from hornbeam.graph import mode

cells = tf.nn.rnn_cell
rnn = tf.contrib.rnn


@pytest.fixture(autouse=True)
def fresh_graph():
    mode.reset_default_graph()
    tf.set_random_seed(1)


def inputs(*shape):
    return tf.constant(np.random.default_rng(0).normal(size=shape or (2, 3, 4)).astype(np.float32))


def run(fetches):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches)


def names():
    return [v.op.name for v in tf.global_variables()]


def test_names_of_a_stack():
    stack = cells.MultiRNNCell([cells.DropoutWrapper(cells.LSTMCell(3, use_peepholes=True, num_proj=2), 0.5),
                                cells.GRUCell(2)])
    tf.nn.dynamic_rnn(stack, inputs(), dtype=tf.float32)
    inner = "rnn/multi_rnn_cell/cell_0/lstm_cell"
    assert names()[:6] == [f"{inner}/kernel", f"{inner}/bias", f"{inner}/w_f_diag", f"{inner}/w_i_diag",
                           f"{inner}/w_o_diag", f"{inner}/projection/kernel"]
    assert names()[6] == "rnn/multi_rnn_cell/cell_1/gru_cell/gates/kernel"
    assert len(stack.trainable_variables) == 10


def test_outputs_are_named_as_tensorflow_names_them():
    outputs, state = tf.nn.dynamic_rnn(cells.BasicRNNCell(3), inputs(), dtype=tf.float32)
    assert outputs.name == "rnn/transpose_1:0"
    assert state.name == "rnn/while/Exit_3:0"
    assert outputs.shape.as_list() == [2, 3, 3]


def test_a_second_cell_has_names_of_its_own_and_a_reused_one_has_not():
    x = inputs()
    tf.nn.dynamic_rnn(cells.GRUCell(3), x, dtype=tf.float32)
    with pytest.raises(ValueError, match="already exists, disallowed"):
        tf.nn.dynamic_rnn(cells.GRUCell(3), x, dtype=tf.float32)
    with tf.variable_scope("", reuse=True):
        tf.nn.dynamic_rnn(cells.GRUCell(3), x, dtype=tf.float32)
    assert len(names()) == 4


def test_shards_are_parts_of_variables():
    tf.nn.dynamic_rnn(cells.LSTMCell(3, num_unit_shards=2), inputs(), dtype=tf.float32)
    assert names()[:2] == ["rnn/lstm_cell/kernel/part_0", "rnn/lstm_cell/kernel/part_1"]


def test_states():
    lstm = cells.BasicLSTMCell(3)
    state = lstm.zero_state(2, tf.float32)
    assert isinstance(state, cells.LSTMStateTuple)
    assert state.c.name == "BasicLSTMCellZeroState/zeros:0"
    assert state.dtype == tf.float32
    with pytest.raises(TypeError, match="Inconsistent internal state"):
        _ = cells.LSTMStateTuple(tf.zeros([1]), tf.zeros([1], tf.float64)).dtype
    joined = cells.BasicLSTMCell(3, state_is_tuple=False)
    assert (joined.state_size, joined.output_size) == (6, 3)
    assert cells.MultiRNNCell([joined, joined], state_is_tuple=False).state_size == 12
    assert joined.get_initial_state(inputs(5, 4)).shape.as_list() == [5, 6]


def test_an_output_past_the_length_is_zero_and_the_state_stays():
    outputs, state = tf.nn.dynamic_rnn(cells.GRUCell(3), inputs(), sequence_length=[1, 3], dtype=tf.float32)
    values, last = run([outputs, state])
    assert np.all(values[0, 1:] == 0)
    assert np.all(values[0, 0] == last[0])
    assert np.all(values[1, 2] == last[1])


@pytest.mark.parametrize(("call", "error", "words"), [
    (lambda: tf.nn.dynamic_rnn(3, inputs(), dtype=tf.float32), TypeError, "is not an RNNCell"),
    (lambda: tf.nn.dynamic_rnn(cells.GRUCell(3), inputs()), ValueError, "you must give a dtype"),
    (lambda: tf.nn.dynamic_rnn(cells.GRUCell(3), inputs(2, 3), dtype=tf.float32), ValueError, "rank at least 3"),
    (lambda: tf.nn.dynamic_rnn(cells.GRUCell(3), inputs(), sequence_length=3, dtype=tf.float32), ValueError,
     "must be a vector of length batch_size"),
    (lambda: tf.nn.dynamic_rnn(cells.GRUCell(3), tf.placeholder(tf.float32, [None, None, None]), dtype=tf.float32),
     ValueError, "must be accessible via shape inference"),
    (lambda: tf.nn.dynamic_rnn(cells.GRUCell(3), tf.zeros([2, 3, 4], tf.int32), dtype=tf.float32), ValueError,
     "RNN cell only supports floating point inputs"),
    (lambda: tf.nn.static_rnn(cells.GRUCell(3), inputs(), dtype=tf.float32), TypeError, "inputs must be a sequence"),
    (lambda: tf.nn.static_rnn(cells.GRUCell(3), [], dtype=tf.float32), ValueError, "inputs must not be empty"),
    (lambda: cells.MultiRNNCell([]), ValueError, "at least one cell"),
    (lambda: cells.MultiRNNCell([cells.LSTMCell(2)], state_is_tuple=False), ValueError, "Some cells return tuples"),
    (lambda: cells.DropoutWrapper(cells.GRUCell(2), input_keep_prob=1.5), ValueError, "must be between 0 and 1"),
    (lambda: cells.DropoutWrapper(cells.GRUCell(2), variational_recurrent=True), ValueError, "dtype must be provided"),
    (lambda: cells.DropoutWrapper(cells.GRUCell(2), 0.5, variational_recurrent=True, dtype=tf.float32), ValueError,
     "input_size must be provided"),
    (lambda: tf.nn.raw_rnn(cells.GRUCell(2), None), TypeError, "loop_fn must be a callable"),
    (lambda: rnn.OutputProjectionWrapper(cells.GRUCell(2), 0), ValueError, "must be > 0"),
    (lambda: tf.contrib.seq2seq.dynamic_decode(3), TypeError, "Expected decoder to be type Decoder"),
])
def test_errors(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_lengths_of_another_batch_are_refused_by_the_run():
    lengths = tf.placeholder(tf.int32, [None])
    outputs, _ = tf.nn.dynamic_rnn(cells.GRUCell(3), inputs(), sequence_length=lengths, dtype=tf.float32)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"Expected shape for Tensor|must match size of"):
            session.run(outputs, {lengths: [1, 2, 3]})


def test_dropout_differs_from_step_to_step_and_variational_does_not():
    ones = tf.ones([2, 6, 40])

    class Copy(cells.RNNCell):
        state_size, output_size = 1, 40

        def call(self, given, state):
            return given, state

    def dropped(**settings):
        wrapper = cells.DropoutWrapper(Copy(), output_keep_prob=0.5, seed=2, **settings)
        return tf.nn.dynamic_rnn(wrapper, ones, dtype=tf.float32)[0]

    each, same = run([dropped(), dropped(variational_recurrent=True, dtype=tf.float32)])
    assert set(np.unique(each)) == set(np.unique(same)) == {0.0, 2.0}
    assert not np.all(each[:, 0] == each[:, 1])
    assert np.all(same == same[:1, :1])


def test_dropout_of_states_spares_c():
    wrapper = cells.DropoutWrapper(cells.BasicLSTMCell(50), state_keep_prob=0.5)
    state = run(wrapper(inputs(3, 4), wrapper.zero_state(3, tf.float32))[1])
    assert np.all(state.c != 0)
    assert 0.2 < np.mean(state.h == 0) < 0.8


def test_a_cell_of_the_users_own_runs_and_trains():
    class Mine(tf.nn.rnn_cell.RNNCell):
        @property
        def state_size(self):
            return 3

        @property
        def output_size(self):
            return 3

        def __call__(self, given, state, scope=None):
            with tf.variable_scope(scope or type(self).__name__):
                w = tf.get_variable("w", [7, 3])
                new = tf.tanh(tf.matmul(tf.concat([given, state], 1), w))
            return new, new

    for function, x in ((tf.nn.dynamic_rnn, inputs()), (tf.nn.static_rnn, tf.unstack(inputs(), axis=1))):
        with tf.variable_scope("both", reuse=tf.AUTO_REUSE):
            _, state = function(Mine(), x, dtype=tf.float32)
        last = state if function is tf.nn.dynamic_rnn else last + 0 * state  # noqa: F821
    assert names() == ["both/rnn/Mine/w"]
    assert np.all(np.isfinite(run(tf.gradients(last, tf.trainable_variables()))[0]))


def test_a_training_step_is_one_program():
    x = tf.placeholder(tf.float32, [2, 5, 4])
    _, state = tf.nn.dynamic_rnn(cells.LSTMCell(3), x, dtype=tf.float32)
    step = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(state.h))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        binding = session._bind(step, (x,))
        assert [stage.on_host for stage in binding.runner.plan.stages] == [False]
        assert not any(op.type == "While" for op in tf.get_default_graph().get_operations())


def test_products_of_inputs_and_of_weight_gradients_are_made_at_once():
    x = tf.placeholder(tf.float32, [7, 2, 4])
    outputs, _ = tf.nn.dynamic_rnn(cells.BasicRNNCell(3), x, dtype=tf.float32, time_major=True)
    tf.gradients(outputs, tf.trainable_variables())
    shapes = [op.outputs[0].shape.as_list() for op in tf.get_default_graph().get_operations() if op.type == "MatMul"]
    assert [14, 3] in shapes, "of all inputs"
    assert [3, 3] in shapes, "of the gradient of the state's part of the kernel"


def test_a_second_derivative_through_the_loop():
    x = inputs(1, 3, 2)
    w = tf.get_variable("v", [2], initializer=tf.ones_initializer())
    outputs, _ = tf.nn.dynamic_rnn(cells.BasicRNNCell(2), x * w, dtype=tf.float32)
    first = tf.gradients(tf.reduce_sum(outputs ** 2), w)[0]
    second = tf.gradients(first[0], w)[0]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        got = session.run(second)
        values = []
        for step in (1e-2, -1e-2):
            w.load(np.float32([1 + step, 1]), session)
            values.append(session.run(first))
    np.testing.assert_allclose(got, (values[0] - values[1]) / 2e-2, rtol=2e-2, atol=1e-3)


def test_fused_cells_and_their_adaptors():
    x = inputs(3, 2, 4)
    fused = rnn.LSTMBlockFusedCell(5)
    outputs, state = fused(x, dtype=tf.float32, sequence_length=[1, 3])
    adapted = rnn.FusedRNNCellAdaptor(cells.GRUCell(5), use_dynamic_rnn=True)
    turned, _ = rnn.TimeReversedFusedRNN(adapted)(x, dtype=tf.float32, sequence_length=[1, 3])
    values, last, backwards = run([outputs, state, turned])
    assert np.all(values[1:, 0] == 0)
    assert np.all(values[0, 0] == last.h[0])
    assert np.all(backwards[1:, 0] == 0)
    assert "lstm_fused_cell/kernel" in names()


def test_stacks_in_both_directions():
    make = [[cells.GRUCell(3), cells.GRUCell(2)] for _ in range(2)]
    outputs, forward, _ = rnn.stack_bidirectional_dynamic_rnn(*make, inputs(), dtype=tf.float32)
    assert outputs.shape.as_list() == [2, 3, 4]
    assert [s.shape.as_list() for s in forward] == [[2, 3], [2, 2]]
    assert "stack_bidirectional_rnn/cell_1/bidirectional_rnn/bw/gru_cell/gates/bias" in names()


def test_states_are_saved():
    class Saver:
        def __init__(self):
            self.saved = []

        def state(self, name):
            return tf.ones([2, 3])

        def save_state(self, name, value):
            self.saved.append(name)
            return tf.identity(value, name="saved")

    saver = Saver()
    outputs, _ = tf.nn.static_state_saving_rnn(cells.GRUCell(3), tf.unstack(inputs(), axis=1), saver, "kept")
    assert saver.saved == ["kept"]
    assert np.shape(run(outputs)) == (3, 2, 3)
