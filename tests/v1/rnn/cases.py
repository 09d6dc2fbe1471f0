# ruff: noqa: B905, UP031, RUF100 (Python 3.7 runs it too)
"""Recurrent graphs with fixed weights: their values, gradients and names, written to a file.

    <python with TensorFlow 1.15> tests/v1/rnn/cases.py answers.npz     records
    hornbeam run tests/v1/rnn/cases.py found.npz [word]                 the same by Hornbeam; cases with this word

Each case is a function that returns the tensors to evaluate; the gradients of their weighted sum are added.
"""

import sys
import zlib

import numpy as np
import tensorflow as tf
from tensorflow.contrib import rnn

BATCH, STEPS, DEPTH = 4, 5, 3
CASES = {}
cells = tf.nn.rnn_cell


def case(function):
    CASES[function.__name__] = function
    return function


def draws(*shape):
    return np.random.RandomState(zlib.crc32(repr(shape).encode()) % 2**31).normal(size=shape).astype(np.float32)


def inputs(time_major=False, dtype=np.float32):
    shape = (STEPS, BATCH, DEPTH) if time_major else (BATCH, STEPS, DEPTH)
    x = draws(BATCH, STEPS, DEPTH)
    x = x.transpose(1, 0, 2) if time_major else x
    assert x.shape == shape
    return tf.constant(x.astype(dtype), name="x")


def flat(structure):
    if isinstance(structure, dict):
        return [leaf for key in sorted(structure) for leaf in flat(structure[key])]
    if isinstance(structure, (list, tuple)):
        return [leaf for part in structure for leaf in flat(part)]
    return [structure]


CELLS = {
    "basic": lambda n: cells.BasicRNNCell(n),
    "relu": lambda n: cells.BasicRNNCell(n, activation=tf.nn.relu),
    "gru": lambda n: cells.GRUCell(n),
    "lstm_basic": lambda n: cells.BasicLSTMCell(n, forget_bias=0.5),
    "lstm_joined": lambda n: cells.BasicLSTMCell(n, state_is_tuple=False),
    "lstm": lambda n: cells.LSTMCell(n),
    "lstm_full": lambda n: cells.LSTMCell(n, use_peepholes=True, cell_clip=0.4, num_proj=3, proj_clip=0.2),
    "lstm_named": lambda n: cells.LSTMCell(n, num_proj=2, state_is_tuple=False, name="inner"),
    "lstm_shards": lambda n: cells.LSTMCell(n, num_unit_shards=2, num_proj_shards=2, num_proj=4),
    "stack": lambda n: cells.MultiRNNCell([cells.BasicLSTMCell(n), cells.GRUCell(n + 1)]),
    "stack_joined": lambda n: cells.MultiRNNCell([cells.GRUCell(n), cells.BasicRNNCell(n)], state_is_tuple=False),
    "stack_of_stacks": lambda n: cells.MultiRNNCell([cells.MultiRNNCell([cells.GRUCell(n)]), cells.LSTMCell(n)]),
    "residual": lambda n: cells.ResidualWrapper(cells.GRUCell(DEPTH)),
    "residual_fn": lambda n: cells.ResidualWrapper(cells.GRUCell(DEPTH), residual_fn=lambda i, o: i * o),
    "device": lambda n: cells.DeviceWrapper(cells.LSTMCell(n), "/cpu:0"),
    "kept": lambda n: cells.DropoutWrapper(cells.BasicLSTMCell(n), output_keep_prob=1.0),
    "output_projection": lambda n: rnn.OutputProjectionWrapper(cells.GRUCell(n), 2),
    "input_projection": lambda n: rnn.InputProjectionWrapper(cells.GRUCell(n), 6),
    "attention_cell": lambda n: rnn.AttentionCellWrapper(cells.GRUCell(n), 3),
    "attention_cell_lstm": lambda n: rnn.AttentionCellWrapper(cells.LSTMCell(n), 2, attn_size=5, attn_vec_size=4),
    "layer_norm": lambda n: rnn.LayerNormBasicLSTMCell(n),
    "layer_norm_off": lambda n: rnn.LayerNormBasicLSTMCell(n, layer_norm=False),
    "coupled": lambda n: rnn.CoupledInputForgetGateLSTMCell(n),
    "coupled_full": lambda n: rnn.CoupledInputForgetGateLSTMCell(n, use_peepholes=True, num_proj=3, layer_norm=True),
    "block": lambda n: rnn.LSTMBlockCell(n, use_peephole=True, cell_clip=0.5),
    "gru_block": lambda n: rnn.GRUBlockCell(n),
    "gru_block2": lambda n: rnn.GRUBlockCellV2(n),
    "ugrnn": lambda n: rnn.UGRNNCell(n),
    "intersection": lambda n: rnn.IntersectionRNNCell(n, num_in_proj=n),
    "nas": lambda n: rnn.NASCell(n, use_bias=True, num_proj=3),
    "indy_rnn": lambda n: rnn.IndRNNCell(n),
    "indy_gru": lambda n: rnn.IndyGRUCell(n),
    "indy_lstm": lambda n: rnn.IndyLSTMCell(n),
    "highway": lambda n: rnn.HighwayWrapper(cells.GRUCell(DEPTH)),
    "glstm": lambda n: rnn.GLSTMCell(6, number_of_groups=3, num_proj=3),
    "sru": lambda n: rnn.SRUCell(DEPTH),
}
LENGTHS = {"whole": None, "lengths": [5, 0, 2, 4]}


def dynamic(make, lengths, time_major):
    def run():
        return tf.nn.dynamic_rnn(make(4), inputs(time_major), dtype=tf.float32, sequence_length=lengths,
                                 time_major=time_major)

    return run


def static(make, lengths):
    def run():
        return tf.nn.static_rnn(make(4), tf.unstack(inputs(), axis=1), dtype=tf.float32, sequence_length=lengths)

    return run


for _cell, _make in CELLS.items():
    for _word, _lengths in LENGTHS.items():
        for _major in (False, True):
            CASES["dynamic_%s_%s_%s" % (_cell, _word, "time" if _major else "batch")] = dynamic(_make, _lengths, _major)
        CASES["static_%s_%s" % (_cell, _word)] = static(_make, _lengths)
    CASES["bidirectional_%s" % _cell] = lambda make=_make: tf.nn.bidirectional_dynamic_rnn(
        make(4), make(4), inputs(), sequence_length=LENGTHS["lengths"], dtype=tf.float32)
    CASES["bidirectional_static_%s" % _cell] = lambda make=_make: tf.nn.static_bidirectional_rnn(
        make(4), make(4), tf.unstack(inputs(), axis=1), sequence_length=LENGTHS["lengths"], dtype=tf.float32)


@case
def initial_state():
    cell = cells.LSTMCell(4)
    state = cells.LSTMStateTuple(tf.constant(draws(BATCH, 4)), tf.constant(draws(4, BATCH)))
    return tf.nn.dynamic_rnn(cell, inputs(), initial_state=state, scope="other")


@case
def double():
    return tf.nn.dynamic_rnn(cells.LSTMCell(4), inputs(dtype=np.float64), dtype=tf.float64)


@case
def two_cells_one_scope():
    a, _ = tf.nn.dynamic_rnn(cells.GRUCell(4), inputs(), dtype=tf.float32)
    with tf.variable_scope("second"):
        b, _ = tf.nn.dynamic_rnn(cells.GRUCell(4), a, dtype=tf.float32)
    return a, b


@case
def reused():
    with tf.variable_scope("model"):
        a, _ = tf.nn.dynamic_rnn(cells.BasicLSTMCell(4), inputs(), dtype=tf.float32)
    with tf.variable_scope("model", reuse=True):
        b, _ = tf.nn.dynamic_rnn(cells.BasicLSTMCell(4), 2 * inputs(), dtype=tf.float32)
    return a, b


@case
def one_cell_twice():
    cell = cells.BasicLSTMCell(4)
    a, s = tf.nn.dynamic_rnn(cell, inputs(), dtype=tf.float32)
    b, t = tf.nn.dynamic_rnn(cell, 2 * inputs(), initial_state=s)
    return a, b, t, [tf.constant(len(cell.variables))]


@case
def called_by_hand():
    cell = cells.MultiRNNCell([cells.BasicLSTMCell(3), cells.BasicLSTMCell(2)])
    state = cell.zero_state(BATCH, tf.float32)
    outputs = []
    with tf.variable_scope("RNN"):
        for step in range(3):
            if step:
                tf.get_variable_scope().reuse_variables()
            output, state = cell(inputs()[:, step, :], state)
            outputs.append(output)
    return outputs, state


@case
def nested_inputs():
    class Both(cells.RNNCell):
        state_size, output_size = (2, 3), (3, 2)

        def call(self, given, state):
            x, y = given
            a, b = state
            w = tf.get_variable("w", [DEPTH, 2])
            a = tf.tanh(a + tf.matmul(x, w))
            b = tf.tanh(b + y)
            return (b, a), (a, b)

    return tf.nn.dynamic_rnn(Both(), (inputs(), 2 * inputs()), dtype=tf.float32, sequence_length=[1, 5, 3, 2])


@case
def raw():
    cell = cells.LSTMCell(4)
    steps = tf.TensorArray(tf.float32, STEPS).unstack(tf.transpose(inputs(), [1, 0, 2]))
    lengths = tf.constant([5, 1, 3, 4])

    def loop_fn(time, output, state, loop_state):
        state = cell.zero_state(BATCH, tf.float32) if output is None else state
        finished = time >= lengths
        following = tf.cond(tf.reduce_all(finished), lambda: tf.zeros([BATCH, DEPTH]), lambda: steps.read(time))
        following.set_shape([BATCH, DEPTH])
        return finished, following, state, output, None

    emitted, state, _ = tf.nn.raw_rnn(cell, loop_fn)
    return emitted.stack(), state


@case
def raw_with_loop_state():
    cell = cells.GRUCell(DEPTH)

    def loop_fn(time, output, state, loop_state):
        if output is None:
            return tf.zeros([BATCH], tf.bool), inputs()[:, 0], cell.zero_state(BATCH, tf.float32), tf.zeros([2]), (
                tf.constant(0.0))
        return tf.fill([BATCH], time >= 4), output, state, output[:, :2] * 2, loop_state + tf.reduce_sum(output)

    emitted, state, total = tf.nn.raw_rnn(cell, loop_fn)
    return emitted.stack(), state, total


def weigh():
    """Weights that follow from the variables' names and shapes."""
    session = tf.get_default_session()
    for variable in tf.global_variables():
        shape = variable.shape.as_list()
        rows = np.random.RandomState(zlib.crc32(variable.op.name.encode()) % 2**31)
        value = rows.normal(size=shape) * 0.4
        variable.load(value.astype(variable.dtype.as_numpy_dtype), session)


def answers(function):
    tf.reset_default_graph()
    tf.set_random_seed(3)
    tensors = flat(function())
    floats = [t for t in tensors if t.dtype.is_floating]
    loss = tf.add_n([tf.cast(tf.reduce_sum(tf.sin(t * 1.3 + i)), tf.float32) for i, t in enumerate(floats)])
    variables = tf.trainable_variables()
    gradients = [tf.convert_to_tensor(g) if g is not None else tf.constant(0.0) for g in tf.gradients(loss, variables)]
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        weigh()
        values, grads = session.run([tensors, gradients])
    found = {"value_%d" % i: v for i, v in enumerate(values)}
    found.update(("gradient_of_" + v.op.name, g) for v, g in zip(variables, grads))
    found["variables"] = np.array([v.op.name for v in tf.global_variables()])
    found["shapes"] = np.array([str(t.shape) for t in tensors])
    return found


def main(file, *words):
    kept = {}
    for name, function in sorted(CASES.items()):
        if not words or any(word in name for word in words):
            try:
                found = answers(function)
            except Exception as error:  # noqa: BLE001 (what a case raises is its answer)
                if "--raise" in sys.argv:
                    raise
                found = {"error": np.array([type(error).__name__ + ": " + str(error)[:200]])}
            kept.update(("%s|%s" % (name, key), value) for key, value in found.items())
    np.savez_compressed(file, **kept)


if __name__ == "__main__":
    main(*[a for a in sys.argv[1:] if not a.startswith("--")])
