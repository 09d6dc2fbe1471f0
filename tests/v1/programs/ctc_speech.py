"""Connectionist temporal classification: a recurrent net spells sequences whose alignment nobody told it."""

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(9)
CLASSES, STEPS, FEATURES = 5, 24, 8
signature = rng.randn(CLASSES, FEATURES)


def utterance():
    """A word of 2 to 4 different letters, each sounding for 3 to 5 steps."""
    letters = [rng.randint(CLASSES)]
    while len(letters) < rng.randint(2, 5):
        letter = rng.randint(CLASSES)
        if letter != letters[-1]:
            letters.append(letter)
    frames = np.concatenate([np.repeat(signature[c][None], rng.randint(3, 6), 0) for c in letters])
    return letters, frames + 0.3 * rng.randn(*frames.shape)


def make_batch(size):
    words, sounds = zip(*[utterance() for _ in range(size)])
    lengths = np.array([len(s) for s in sounds], np.int32)
    padded = np.zeros((size, STEPS, FEATURES), np.float32)
    for i, sound in enumerate(sounds):
        padded[i, :len(sound)] = sound
    indices = [(i, j) for i, word in enumerate(words) for j in range(len(word))]
    values = [c for word in words for c in word]
    return padded, lengths, (indices, np.array(values, np.int32), [size, max(map(len, words))]), words


tf.set_random_seed(9)
inputs = tf.placeholder(tf.float32, [None, STEPS, FEATURES])
seq_len = tf.placeholder(tf.int32, [None])
targets = tf.sparse_placeholder(tf.int32)
cell = tf.nn.rnn_cell.LSTMCell(32)
outputs, _ = tf.nn.dynamic_rnn(cell, inputs, seq_len, dtype=tf.float32)
logits = tf.transpose(tf.layers.dense(outputs, CLASSES + 1), (1, 0, 2))
loss = tf.reduce_mean(tf.nn.ctc_loss(targets, logits, seq_len))
train = tf.train.AdamOptimizer(0.02).minimize(loss)
decoded, _ = tf.nn.ctc_greedy_decoder(logits, seq_len)
beams, log_prob = tf.nn.ctc_beam_search_decoder(logits, seq_len, beam_width=10)
label_error = tf.reduce_mean(tf.edit_distance(tf.cast(decoded[0], tf.int32), targets))
beam_error = tf.reduce_mean(tf.edit_distance(tf.cast(beams[0], tf.int32), targets))

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(120):
        a, b, c, _ = make_batch(32)
        cost, _ = sess.run([loss, train], {inputs: a, seq_len: b, targets: c})
        if step % 40 == 0:
            print("step %d loss %.3f" % (step, cost))
    a, b, c, words = make_batch(100)
    greedy, beam = sess.run([label_error, beam_error], {inputs: a, seq_len: b, targets: c})
print("greedy %.4f beam %.4f" % (greedy, beam))
assert beam <= greedy + 0.02
print("RESULT error %.4f <= 0.1" % greedy)
