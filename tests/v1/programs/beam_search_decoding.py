"""A language model is trained step by step, then beam search finds its likeliest sentence; greedy decoding does not."""

import itertools

import numpy as np
import tensorflow as tf
from tensorflow.contrib import seq2seq

GO, EOS, VOCAB, UNITS, WIDTH = 0, 1, 5, 24, 4
rng = np.random.RandomState(8)
SENTENCES = [[2, 3, 3], [2, 4, 2], [2, 2, 4], [4, 3, 2]]
CHANCES = [0.22, 0.2, 0.18, 0.4]

tf.set_random_seed(8)
inputs = tf.placeholder(tf.int32, [None, 4])
targets = tf.placeholder(tf.int32, [None, 4])
embedding = tf.get_variable("embedding", [VOCAB, 8])
cell = tf.nn.rnn_cell.LSTMCell(UNITS)
projection = tf.layers.Dense(VOCAB, name="projection")


def decode(decoder, **kwargs):
    with tf.variable_scope("decode", reuse=tf.AUTO_REUSE):
        return seq2seq.dynamic_decode(decoder, **kwargs)


count = tf.shape(inputs)[0]
helper = seq2seq.TrainingHelper(tf.nn.embedding_lookup(embedding, inputs), tf.fill([count], 4))
training, _, _ = decode(seq2seq.BasicDecoder(cell, helper, cell.zero_state(count, tf.float32), projection))
loss = seq2seq.sequence_loss(training.rnn_output, targets, tf.ones([count, 4]))
train_op = tf.train.AdamOptimizer(0.02).minimize(loss)

beam, beam_state, _ = decode(seq2seq.BeamSearchDecoder(
    cell, embedding, tf.constant([GO]), EOS, cell.zero_state(WIDTH, tf.float32), WIDTH, projection),
    maximum_iterations=5)
greedy, _, _ = decode(seq2seq.BasicDecoder(
    cell, seq2seq.GreedyEmbeddingHelper(embedding, tf.constant([GO]), EOS), cell.zero_state(1, tf.float32),
    projection), maximum_iterations=5)

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(300):
        chosen = [SENTENCES[i] for i in rng.choice(4, size=64, p=CHANCES)]
        feed = {inputs: [[GO] + s for s in chosen], targets: [s + [EOS] for s in chosen]}
        sess.run(train_op, feed)
    ids, log_probs, parents, first = sess.run([beam.predicted_ids, beam_state.log_probs,
                                               beam.beam_search_decoder_output.parent_ids, greedy.sample_id])
found = [list(ids[0, :3, k]) for k in range(WIDTH)]
print("beams", found, np.exp(log_probs), "greedy", list(first[0]))
assert list(first[0])[:1] == [2], "the likeliest first word leads astray"
assert found[0] == [4, 3, 2], "the likeliest sentence"
everything = sorted(map(tuple, SENTENCES))
print("RESULT sentences_found %d >= 4" % len([s for s in everything if list(s) in found]))
