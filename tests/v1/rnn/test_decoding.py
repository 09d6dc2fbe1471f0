"""Decoding: what compiles how often, what grows, errors."""

from __future__ import annotations

import numpy as np
import pytest

import hornbeam.v1 as tf
from hornbeam.graph import mode

seq2seq = tf.contrib.seq2seq
BATCH, STEPS, DEPTH = 3, 4, 5


@pytest.fixture(autouse=True)
def fresh_graph():
    mode.reset_default_graph()
    tf.set_random_seed(1)


def memory():
    return tf.constant(np.random.default_rng(0).normal(size=(BATCH, 6, 4)).astype(np.float32))


def test_other_lengths_compile_nothing_anew():
    x, n = tf.placeholder(tf.float32, [BATCH, STEPS, DEPTH]), tf.placeholder(tf.int32, [None])
    targets = tf.zeros([BATCH, STEPS], tf.int32)
    cell = tf.nn.rnn_cell.GRUCell(4)
    decoder = seq2seq.BasicDecoder(cell, seq2seq.TrainingHelper(x, n), cell.zero_state(BATCH, tf.float32))
    outputs, _, _ = seq2seq.dynamic_decode(decoder)
    loss = seq2seq.sequence_loss(outputs.rnn_output, targets, tf.sequence_mask(n, dtype=tf.float32))
    step = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    rows = np.random.default_rng(0).normal(size=(BATCH, STEPS, DEPTH))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        binding = session._bind([step, loss], (x, n))
        binding.run([rows, [4, 1, 2]])
        programs = len(binding.runner.plan.executables)
        losses = [binding.run([rows, [4, i % 4, 3]])[1] for i in range(6)]
        assert len(binding.runner.plan.executables) == programs
    assert losses[-1] < losses[0]


def test_decoding_without_a_limit_ends_by_itself():
    table = tf.constant(np.eye(DEPTH, dtype=np.float32))
    helper = seq2seq.GreedyEmbeddingHelper(table, [1, 2, 3], 0)

    class Counts(tf.nn.rnn_cell.RNNCell):
        """The class that is one less than the input's."""

        state_size, output_size = 1, DEPTH

        def call(self, given, state):
            return tf.concat([given[:, 1:], given[:, :1]], 1), state

    cell = Counts()
    outputs, _, lengths = seq2seq.dynamic_decode(seq2seq.BasicDecoder(cell, helper, cell.zero_state(3, tf.float32)))
    with tf.Session() as session:
        ids, counts = session.run([outputs.sample_id, lengths])
    assert ids.tolist() == [[0, 4, 3], [1, 0, 4], [2, 1, 0]]
    assert counts.tolist() == [1, 2, 3]


def test_the_states_of_an_attention_wrapper():
    cell = seq2seq.AttentionWrapper(tf.nn.rnn_cell.GRUCell(4), seq2seq.LuongAttention(4, memory()),
                                    attention_layer_size=7)
    assert cell.state_size.attention == 7
    assert cell.state_size.alignments == 6
    state = cell.zero_state(BATCH, tf.float32)
    assert state.clone(cell_state=tf.ones([BATCH, 4])).attention is state.attention
    with pytest.raises(ValueError, match="expected to be same"):
        state.clone(cell_state=tf.ones([BATCH, 5]))
    with pytest.raises(tf.errors.InvalidArgumentError, match="tile_batch"):
        cell.zero_state(BATCH * 2, tf.float32)


@pytest.mark.parametrize(("call", "error", "words"), [
    (lambda: seq2seq.TrainingHelper(tf.zeros([2, 3, 4]), 3), ValueError, "to be a vector"),
    (lambda: seq2seq.GreedyEmbeddingHelper(tf.zeros([4, 4]), 1, 0), ValueError, "start_tokens must be a vector"),
    (lambda: seq2seq.monotonic_attention(tf.zeros([1, 2]), tf.zeros([1, 2]), "other"), ValueError, "mode must be"),
    (lambda: seq2seq.AttentionWrapper(tf.nn.rnn_cell.GRUCell(3), 4), TypeError, "must be an AttentionMechanism"),
    (lambda: seq2seq.sequence_loss(tf.zeros([2, 3]), tf.zeros([2, 3]), tf.zeros([2, 3])), ValueError,
     "Logits must be a"),
    (lambda: seq2seq.BasicDecoder(tf.nn.rnn_cell.GRUCell(3), 4, None), TypeError, "helper must be a Helper"),
    (lambda: tf.contrib.legacy_seq2seq.sequence_loss_by_example([1], [1, 2], [1]), ValueError, "must be the same"),
])
def test_errors(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_parents_that_are_no_beams_are_refused():
    ids = tf.zeros([2, 1, 3], tf.int32)
    found = seq2seq.gather_tree(ids, ids + 3, [2], 1)
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match="parent id 3"):
        session.run(found)
