"""Sequences turned round by an encoder and a decoder with attention; greedy decoding shares its variables."""

import numpy as np
import tensorflow as tf
from tensorflow.contrib import seq2seq

PAD, GO, EOS, FIRST, VOCAB = 0, 1, 2, 3, 10
rng = np.random.RandomState(6)
max_len, units, batch_size = 6, 48, 64


def batch():
    lengths = rng.randint(3, max_len + 1, size=batch_size)
    lengths[0] = max_len
    source = np.zeros((batch_size, max_len), np.int32)
    target = np.zeros((batch_size, max_len + 1), np.int32)
    for i, n in enumerate(lengths):
        word = rng.randint(FIRST, VOCAB, size=n)
        source[i, :n] = word
        target[i, :n + 1] = list(word[::-1]) + [EOS]
    return source, lengths, target, lengths + 1


tf.set_random_seed(6)
source = tf.placeholder(tf.int32, [None, None], name="source")
source_lengths = tf.placeholder(tf.int32, [None], name="source_lengths")
target = tf.placeholder(tf.int32, [None, None], name="target")
target_lengths = tf.placeholder(tf.int32, [None], name="target_lengths")
count = tf.shape(source)[0]

encoder_embedding = tf.get_variable("encoder_embedding", [VOCAB, 16])
encoder_outputs, encoder_state = tf.nn.dynamic_rnn(
    tf.nn.rnn_cell.GRUCell(units), tf.nn.embedding_lookup(encoder_embedding, source),
    sequence_length=source_lengths, dtype=tf.float32)

decoder_embedding = tf.get_variable("decoder_embedding", [VOCAB, 16])
mechanism = seq2seq.BahdanauAttention(units, encoder_outputs, memory_sequence_length=source_lengths)
cell = seq2seq.AttentionWrapper(tf.nn.rnn_cell.GRUCell(units), mechanism, attention_layer_size=units)
start = cell.zero_state(count, tf.float32).clone(cell_state=encoder_state)
projection = tf.layers.Dense(VOCAB, use_bias=False, name="projection")

with tf.variable_scope("decode"):
    decoder_inputs = tf.concat([tf.fill([count, 1], GO), target[:, :-1]], 1)
    helper = seq2seq.TrainingHelper(tf.nn.embedding_lookup(decoder_embedding, decoder_inputs), target_lengths)
    decoder = seq2seq.BasicDecoder(cell, helper, start, output_layer=projection)
    outputs, _, _ = seq2seq.dynamic_decode(decoder, impute_finished=True)
with tf.variable_scope("decode", reuse=True):
    helper = seq2seq.GreedyEmbeddingHelper(decoder_embedding, tf.fill([count], GO), EOS)
    decoder = seq2seq.BasicDecoder(cell, helper, start, output_layer=projection)
    decoded, _, _ = seq2seq.dynamic_decode(decoder, impute_finished=True, maximum_iterations=max_len + 2)

weights = tf.sequence_mask(target_lengths, dtype=tf.float32)
loss = seq2seq.sequence_loss(outputs.rnn_output, target, weights)
optimizer = tf.train.AdamOptimizer(0.005)
gradients, variables = zip(*optimizer.compute_gradients(loss))
gradients, _ = tf.clip_by_global_norm(gradients, 5.0)
train_op = optimizer.apply_gradients(zip(gradients, variables))

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(400):
        a, b, c, d = batch()
        sess.run(train_op, {source: a, source_lengths: b, target: c, target_lengths: d})
    a, b, c, d = batch()
    ids = sess.run(decoded.sample_id, {source: a, source_lengths: b})
whole = [list(ids[i, :n]) == list(c[i, :n]) for i, n in enumerate(d)]
print("RESULT turned_round %.4f >= 0.8" % np.mean(whole))
