"""A GRU under raw_rnn: it reads a sequence in training, and is fed its own outputs when it goes on by itself."""

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(11)
steps, batch_size, units = 16, 32, 32


def waves(count, length):
    start, speed = rng.rand(count, 1) * 6.28, 0.4
    return np.sin(start + speed * np.arange(length))[:, :, None].astype(np.float32)


tf.set_random_seed(11)
cell = tf.nn.rnn_cell.GRUCell(units)
w = tf.get_variable("w", [units, 1])
given = tf.placeholder(tf.float32, [batch_size, steps + 1, 1])
inputs_ta = tf.TensorArray(tf.float32, size=steps + 1, clear_after_read=False).unstack(
    tf.transpose(given, [1, 0, 2]))


def make_loop_fn(alone_from, last):
    """Up to `alone_from` the true inputs are read, from there on what was predicted."""
    def loop_fn(time, cell_output, cell_state, loop_state):
        if cell_output is None:
            return (tf.zeros([batch_size], tf.bool), inputs_ta.read(0), cell.zero_state(batch_size, tf.float32),
                    tf.zeros([1]), None)
        emit = tf.matmul(cell_output, w)
        next_input = tf.cond(time < alone_from, lambda: inputs_ta.read(tf.minimum(time, steps)), lambda: emit)
        next_input.set_shape([batch_size, 1])
        return tf.fill([batch_size], time >= last), next_input, cell_state, emit, None

    return loop_fn


with tf.variable_scope("net"):
    trained_ta, _, _ = tf.nn.raw_rnn(cell, make_loop_fn(steps, steps))
with tf.variable_scope("net", reuse=True):
    alone_ta, _, _ = tf.nn.raw_rnn(cell, make_loop_fn(8, steps))
predicted = tf.transpose(trained_ta.stack(), [1, 0, 2])
alone = tf.transpose(alone_ta.stack(), [1, 0, 2])
loss = tf.reduce_mean(tf.square(predicted - given[:, 1:]))
train_op = tf.train.AdamOptimizer(0.01).minimize(loss)

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(150):
        sess.run(train_op, {given: waves(batch_size, steps + 1)})
    truth = waves(batch_size, steps + 1)
    going_on = sess.run(alone, {given: truth})
error = np.mean((going_on[:, 8:] - truth[:, 9:]) ** 2)
print("RESULT error_alone %.4f <= 0.1" % error)
