"""Each step tagged by what comes before and after it: a bidirectional GRU over sequences of different lengths."""

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(4)
max_len, vocab, units = 9, 6, 24


def batch(size):
    """The tag of a step is 1 where both neighbours are larger than it."""
    lengths = rng.randint(3, max_len + 1, size=size)
    tokens = rng.randint(1, vocab, size=(size, max_len))
    tokens[np.arange(max_len)[None] >= lengths[:, None]] = 0
    padded = np.pad(tokens, [(0, 0), (1, 1)], "constant")
    tags = (padded[:, :-2] > tokens) & (padded[:, 2:] > tokens)
    return tokens, tags.astype(np.int32), lengths


tf.set_random_seed(4)
tokens = tf.placeholder(tf.int32, [None, max_len])
tags = tf.placeholder(tf.int32, [None, max_len])
lengths = tf.placeholder(tf.int32, [None])
embeddings = tf.get_variable("embeddings", [vocab, 8])
outputs, states = tf.nn.bidirectional_dynamic_rnn(
    tf.nn.rnn_cell.GRUCell(units), tf.nn.rnn_cell.GRUCell(units), tf.nn.embedding_lookup(embeddings, tokens),
    sequence_length=lengths, dtype=tf.float32)
logits = tf.layers.dense(tf.concat(outputs, axis=-1), 2)
mask = tf.sequence_mask(lengths, max_len, dtype=tf.float32)
loss = tf.contrib.seq2seq.sequence_loss(logits, tags, mask)
train_op = tf.train.AdamOptimizer(0.01).minimize(loss)
right = tf.cast(tf.equal(tf.argmax(logits, -1, output_type=tf.int32), tags), tf.float32)
accuracy = tf.reduce_sum(right * mask) / tf.reduce_sum(mask)

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(300):
        a, b, c = batch(64)
        sess.run(train_op, {tokens: a, tags: b, lengths: c})
    a, b, c = batch(500)
    figure = sess.run(accuracy, {tokens: a, tags: b, lengths: c})
print("RESULT accuracy %.4f >= 0.95" % figure)
