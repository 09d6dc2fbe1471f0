# ruff: noqa: B905, UP031, RUF100 (Python 3.7 runs it too)
"""Decoders, attention and sequence losses with fixed weights; run as `cases.py` is."""

import sys

import numpy as np
import tensorflow as tf
from cases import BATCH, CASES, DEPTH, STEPS, case, cells, draws, inputs, main
from tensorflow.contrib import legacy_seq2seq, rnn, seq2seq

CASES.clear()
VOCABULARY = 7
LENGTHS = [3, 5, 1, 4]


def memory():
    return tf.constant(draws(BATCH, 6, 8))


MECHANISMS = {
    "luong": lambda m, n: seq2seq.LuongAttention(8, m, memory_sequence_length=n),
    "luong_scaled": lambda m, n: seq2seq.LuongAttention(8, m, memory_sequence_length=n, scale=True),
    "bahdanau": lambda m, n: seq2seq.BahdanauAttention(5, m, memory_sequence_length=n),
    "bahdanau_normed": lambda m, n: seq2seq.BahdanauAttention(5, m, memory_sequence_length=n, normalize=True),
    "bahdanau_plain": lambda m, n: seq2seq.BahdanauAttention(5, m),
    "hardmax": lambda m, n: seq2seq.LuongAttention(8, m, probability_fn=seq2seq.hardmax),
    "monotonic_parallel": lambda m, n: seq2seq.BahdanauMonotonicAttention(5, m, memory_sequence_length=n,
                                                                          score_bias_init=-1.0),
    "monotonic_recursive": lambda m, n: seq2seq.LuongMonotonicAttention(8, m, memory_sequence_length=n,
                                                                        mode="recursive"),
    "monotonic_hard": lambda m, n: seq2seq.LuongMonotonicAttention(8, m, mode="hard", scale=True),
}


def attending(make, **settings):
    mechanism = make(memory(), [6, 2, 4, 1])
    return seq2seq.AttentionWrapper(cells.LSTMCell(8), mechanism, **settings)


def trained(cell, impute=False, layer=None, state=None, time_major=False, **settings):
    helper = seq2seq.TrainingHelper(inputs(time_major), LENGTHS, time_major=time_major)
    state = cell.zero_state(BATCH, tf.float32) if state is None else state
    decoder = seq2seq.BasicDecoder(cell, helper, state, output_layer=layer)
    return seq2seq.dynamic_decode(decoder, impute_finished=impute, output_time_major=time_major, **settings)


for _name, _make in MECHANISMS.items():
    CASES["attention_%s" % _name] = lambda make=_make: trained(attending(make, attention_layer_size=6))
    CASES["attention_%s_whole" % _name] = lambda make=_make: trained(attending(make, output_attention=False), True)


@case
def history():
    outputs, state, lengths = trained(attending(MECHANISMS["luong"], attention_layer_size=6, alignment_history=True))
    return outputs, state.cell_state, state.alignment_history.stack(), lengths


@case
def several_mechanisms():
    mechanisms = [MECHANISMS["luong"](memory(), [6, 2, 4, 1]), MECHANISMS["bahdanau"](memory() * 2, None)]
    cell = seq2seq.AttentionWrapper(cells.GRUCell(8), mechanisms, attention_layer_size=[3, 4], name="attend")
    return trained(cell)


@case
def attention_in_dynamic_rnn():
    cell = attending(MECHANISMS["bahdanau"], attention_layer_size=6)
    return tf.nn.dynamic_rnn(cell, inputs(), dtype=tf.float32, sequence_length=LENGTHS)[0]


@case
def encoder_state():
    _, state = tf.nn.dynamic_rnn(cells.LSTMCell(8), inputs(), dtype=tf.float32)
    cell = attending(MECHANISMS["luong"], attention_layer_size=6)
    return trained(cell, state=cell.zero_state(BATCH, tf.float32).clone(cell_state=state))[0]


@case
def basic_training():
    return trained(cells.GRUCell(4))


@case
def basic_training_time_major():
    return trained(cells.GRUCell(4), time_major=True)


@case
def basic_training_limited():
    return trained(cells.GRUCell(4), True, maximum_iterations=3)


@case
def training_layer():
    return trained(cells.GRUCell(4), layer=tf.layers.Dense(VOCABULARY))


@case
def training_layer_named():
    layer = tf.layers.Dense(VOCABULARY, use_bias=False, name="projection")
    return trained(cells.BasicLSTMCell(4), True, layer, scope="decode")


@case
def scheduled_never():
    helper = seq2seq.ScheduledEmbeddingTrainingHelper(inputs(), LENGTHS, tf.constant(draws(VOCABULARY, DEPTH)), 0.0)
    cell = rnn.OutputProjectionWrapper(cells.GRUCell(4), VOCABULARY)
    return seq2seq.dynamic_decode(seq2seq.BasicDecoder(cell, helper, cell.zero_state(BATCH, tf.float32)))


@case
def scheduled_outputs():
    helper = seq2seq.ScheduledOutputTrainingHelper(inputs(), LENGTHS, 1.0, auxiliary_inputs=0.5 * inputs())
    cell = cells.GRUCell(DEPTH)
    return seq2seq.dynamic_decode(seq2seq.BasicDecoder(cell, helper, cell.zero_state(BATCH, tf.float32)))


@case
def scheduled_outputs_by_function():
    helper = seq2seq.ScheduledOutputTrainingHelper(inputs(), LENGTHS, 1.0, next_inputs_fn=lambda o: 2 * o[:, :DEPTH])
    cell = cells.GRUCell(4)
    return seq2seq.dynamic_decode(seq2seq.BasicDecoder(cell, helper, cell.zero_state(BATCH, tf.float32)))


def table():
    return tf.get_variable("table", [VOCABULARY, DEPTH])


def greedy(limit, impute=False):
    helper = seq2seq.GreedyEmbeddingHelper(table(), [1, 2, 3, 4], 0)
    cell = cells.LSTMCell(4)
    decoder = seq2seq.BasicDecoder(cell, helper, cell.zero_state(BATCH, tf.float32), tf.layers.Dense(VOCABULARY))
    return seq2seq.dynamic_decode(decoder, maximum_iterations=limit, impute_finished=impute)


@case
def greedy_limited():
    return greedy(6)


@case
def greedy_imputed():
    return greedy(tf.constant(9), True)


@case
def greedy_limit_computed():
    return greedy(tf.reduce_max(tf.constant(LENGTHS)) * 2)


@case
def custom_helper():
    helper = seq2seq.CustomHelper(
        lambda: (tf.zeros([BATCH], tf.bool), inputs()[:, 0]),
        lambda time, outputs, state: tf.cast(tf.argmax(outputs, 1), tf.int32),
        lambda time, outputs, state, sample_ids: (tf.fill([BATCH], time >= 3), outputs[:, :DEPTH], state))
    cell = cells.GRUCell(4)
    return seq2seq.dynamic_decode(seq2seq.BasicDecoder(cell, helper, cell.zero_state(BATCH, tf.float32)))


@case
def inference_helper():
    helper = seq2seq.InferenceHelper(lambda o: o, [DEPTH], tf.float32, inputs()[:, 0],
                                     lambda s: tf.greater(s[:, 0], 0.05))
    cell = cells.GRUCell(DEPTH)
    decoder = seq2seq.BasicDecoder(cell, helper, cell.zero_state(BATCH, tf.float32))
    return seq2seq.dynamic_decode(decoder, maximum_iterations=5)


def beams(attention, limit=7, known=True, **settings):
    width = 3
    starts = tf.constant([1, 2, 3, 4]) if known else tf.placeholder_with_default(np.int32([1, 2, 3, 4]), [None])
    if attention:
        lengths = seq2seq.tile_batch(tf.constant([6, 2, 4, 1]), width)
        mechanism = seq2seq.BahdanauAttention(5, seq2seq.tile_batch(memory(), width), lengths)
        cell = seq2seq.AttentionWrapper(cells.LSTMCell(8), mechanism, attention_layer_size=6, alignment_history=True)
    else:
        cell = cells.LSTMCell(8)
    decoder = seq2seq.BeamSearchDecoder(cell, table(), starts, 0, cell.zero_state(BATCH * width, tf.float32),
                                        width, tf.layers.Dense(VOCABULARY), **settings)
    outputs, state, lengths = seq2seq.dynamic_decode(decoder, maximum_iterations=limit)
    kept = state.cell_state.alignment_history if attention else tf.constant(0)
    kept = kept.stack() if isinstance(kept, tf.TensorArray) else kept
    return outputs, state.log_probs, state.finished, state.lengths, lengths, kept


@case
def beam_search():
    return beams(False)


@case
def beam_search_penalty():
    return beams(False, length_penalty_weight=0.7)


@case
def beam_search_attention():
    return beams(True)


@case
def beam_search_coverage():
    return beams(True, length_penalty_weight=0.7, coverage_penalty_weight=0.3)


@case
def beam_search_in_order():
    return beams(True, known=False)


@case
def losses():
    logits = tf.get_variable("logits", [BATCH, STEPS, VOCABULARY])
    targets = tf.constant(np.random.RandomState(1).randint(0, VOCABULARY, (BATCH, STEPS)))
    weights = tf.sequence_mask(LENGTHS, STEPS, dtype=tf.float32)
    settings = [(True, True, False, False), (True, False, False, False), (False, True, False, False),
                (False, False, False, False), (False, False, True, True), (False, False, True, False),
                (False, False, False, True)]
    return [seq2seq.sequence_loss(logits, targets, weights, *s) for s in settings]


@case
def small_functions():
    x = tf.get_variable("x", [BATCH, STEPS])
    p = tf.sigmoid(x)
    before = tf.nn.softmax(2 * x)
    ids = tf.constant(np.random.RandomState(2).randint(0, 6, (5, 2, 3)).astype(np.int32))
    parents = tf.constant(np.random.RandomState(3).randint(0, 3, (5, 2, 3)).astype(np.int32))
    return [seq2seq.safe_cumprod(p, axis=1, exclusive=True), seq2seq.hardmax(x), seq2seq.tile_batch(x, 3),
            [seq2seq.monotonic_attention(p, before, mode) for mode in ("recursive", "parallel", "hard")],
            seq2seq.gather_tree(ids, parents, [5, 3], 1)]


# Before contrib.seq2seq -------------------------------------------------------------------------------


def symbols(count, seed):
    values = np.random.RandomState(seed).randint(0, VOCABULARY, (count, BATCH)).astype(np.int32)
    return [tf.constant(row) for row in values]


def steps():
    return tf.unstack(inputs(), axis=1)


@case
def legacy_basic():
    return legacy_seq2seq.basic_rnn_seq2seq(steps(), [2 * x for x in steps()[:3]], cells.GRUCell(4))


@case
def legacy_tied():
    cell = rnn.OutputProjectionWrapper(cells.GRUCell(4), DEPTH)
    return legacy_seq2seq.tied_rnn_seq2seq(steps(), steps()[:3], cell, loop_function=lambda prev, i: prev)


@case
def legacy_embedding():
    return legacy_seq2seq.embedding_rnn_seq2seq(symbols(4, 1), symbols(3, 2), cells.BasicLSTMCell(4), VOCABULARY,
                                                VOCABULARY + 1, 5)


@case
def legacy_embedding_fed_back():
    return legacy_seq2seq.embedding_rnn_seq2seq(symbols(4, 1), symbols(3, 2), cells.BasicLSTMCell(4), VOCABULARY,
                                                VOCABULARY, 5, feed_previous=True)


@case
def legacy_embedding_choice():
    return legacy_seq2seq.embedding_rnn_seq2seq(symbols(4, 1), symbols(3, 2), cells.GRUCell(4), VOCABULARY, VOCABULARY,
                                                5, feed_previous=tf.constant(True))


@case
def legacy_tied_embedding():
    return legacy_seq2seq.embedding_tied_rnn_seq2seq(symbols(4, 1), symbols(3, 2), cells.GRUCell(4), VOCABULARY, 5)


@case
def legacy_attention():
    return legacy_seq2seq.embedding_attention_seq2seq(symbols(4, 1), symbols(3, 2), cells.GRUCell(4), VOCABULARY,
                                                      VOCABULARY, 5, num_heads=2)


@case
def legacy_attention_lstm():
    stack = cells.MultiRNNCell([cells.BasicLSTMCell(4), cells.BasicLSTMCell(4)])
    return legacy_seq2seq.embedding_attention_seq2seq(symbols(4, 1), symbols(3, 2), stack, VOCABULARY, VOCABULARY, 5,
                                                      feed_previous=True, initial_state_attention=True)


@case
def legacy_attention_projection():
    w, b = tf.get_variable("w", [4, VOCABULARY]), tf.get_variable("b", [VOCABULARY])
    return legacy_seq2seq.embedding_attention_seq2seq(symbols(4, 1), symbols(3, 2), cells.GRUCell(4), VOCABULARY,
                                                      VOCABULARY, 5, output_projection=(w, b), feed_previous=True)


@case
def legacy_one_to_many():
    decoders = {"a": symbols(3, 2), "b": symbols(2, 3)}
    return legacy_seq2seq.one2many_rnn_seq2seq(symbols(4, 1), decoders, cells.GRUCell(4),
                                               {"a": cells.GRUCell(4), "b": cells.GRUCell(4)}, VOCABULARY,
                                               {"a": VOCABULARY, "b": VOCABULARY - 1}, 5)


@case
def legacy_losses():
    logits = [tf.get_variable("logits_%d" % i, [BATCH, VOCABULARY]) for i in range(3)]
    weights = [tf.constant(np.float32([1, 1, i > 0, i > 1])) for i in range(3)]
    by_example = legacy_seq2seq.sequence_loss_by_example(logits, symbols(3, 5), weights)
    summed = legacy_seq2seq.sequence_loss_by_example(logits, symbols(3, 5), weights, False)
    return [by_example, summed, legacy_seq2seq.sequence_loss(logits, symbols(3, 5), weights),
            legacy_seq2seq.sequence_loss(logits, symbols(3, 5), weights, False, False)]


@case
def legacy_buckets():
    def model(x, y):
        return legacy_seq2seq.embedding_attention_seq2seq(x, y, cells.GRUCell(4), VOCABULARY, VOCABULARY, 5)

    weights = [tf.constant(np.float32([1, 1, i > 0, i > 1])) for i in range(4)]
    outputs, losses = legacy_seq2seq.model_with_buckets(symbols(4, 1), symbols(4, 2), symbols(4, 3), weights,
                                                        [(2, 2), (4, 4)], model)
    return [outputs, losses]


if __name__ == "__main__":
    main(*[a for a in sys.argv[1:] if not a.startswith("--")])
