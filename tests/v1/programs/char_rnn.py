"""A character model: two LSTM layers with dropout under dynamic_rnn learn a text and write some of it again."""

import numpy as np
import tensorflow as tf

TEXT = "she sells sea shells by the sea shore and the shells she sells are sea shells for sure " * 40
chars = sorted(set(TEXT))
char_to_id = {c: i for i, c in enumerate(chars)}
data = np.array([char_to_id[c] for c in TEXT], dtype=np.int32)
vocab_size, num_units, batch_size, num_steps = len(chars), 64, 16, 25

tf.set_random_seed(5)
inputs = tf.placeholder(tf.int32, [None, None], name="inputs")
targets = tf.placeholder(tf.int32, [None, None], name="targets")
keep_prob = tf.placeholder_with_default(1.0, [], name="keep_prob")


def lstm_cell():
    cell = tf.nn.rnn_cell.BasicLSTMCell(num_units, forget_bias=1.0)
    return tf.nn.rnn_cell.DropoutWrapper(cell, output_keep_prob=keep_prob)


cell = tf.nn.rnn_cell.MultiRNNCell([lstm_cell() for _ in range(2)])
initial_state = cell.zero_state(tf.shape(inputs)[0], tf.float32)
with tf.variable_scope("rnnlm"):
    embedding = tf.get_variable("embedding", [vocab_size, num_units])
    softmax_w = tf.get_variable("softmax_w", [num_units, vocab_size])
    softmax_b = tf.get_variable("softmax_b", [vocab_size], initializer=tf.zeros_initializer())
outputs, final_state = tf.nn.dynamic_rnn(cell, tf.nn.embedding_lookup(embedding, inputs), initial_state=initial_state)
logits = tf.matmul(tf.reshape(outputs, [-1, num_units]), softmax_w) + softmax_b
probabilities = tf.nn.softmax(logits)
loss = tf.contrib.legacy_seq2seq.sequence_loss_by_example(
    [logits], [tf.reshape(targets, [-1])], [tf.ones_like(tf.reshape(targets, [-1]), dtype=tf.float32)])
cost = tf.reduce_mean(loss)
tvars = tf.trainable_variables()
grads, _ = tf.clip_by_global_norm(tf.gradients(cost, tvars), 5.0)
train_op = tf.train.AdamOptimizer(0.01).apply_gradients(zip(grads, tvars))

length = len(data) // batch_size
rows = data[:batch_size * length].reshape(batch_size, length)

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for epoch in range(8):
        state = sess.run(initial_state, {inputs: rows[:, :num_steps]})
        for start in range(0, length - num_steps - 1, num_steps):
            feed = {inputs: rows[:, start:start + num_steps], targets: rows[:, start + 1:start + num_steps + 1],
                    keep_prob: 0.9}
            for i, (c, h) in enumerate(initial_state):
                feed[c], feed[h] = state[i].c, state[i].h
            _, state, value = sess.run([train_op, final_state, cost], feed)

    state = sess.run(cell.zero_state(1, tf.float32))
    written = "she sells "
    for char in written[:-1]:
        state = sess.run(final_state, {inputs: [[char_to_id[char]]], initial_state: state})
    for _ in range(40):
        feed = {inputs: [[char_to_id[written[-1]]]], initial_state: state}
        p, state = sess.run([probabilities, final_state], feed)
        written += chars[int(np.argmax(p[0]))]
print(written)
words = written.split(" ")[:-1]
known = set(TEXT.split(" "))
print("RESULT known_words %.4f >= 0.8" % (sum(w in known for w in words) / float(len(words))))
