"""Whole models: an encoder and a decoder over lists of tensors, and their losses."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import hornbeam.v1 as tf
from hornbeam.graph import dtypes, nest
from hornbeam.graph.names import public
from hornbeam.v1.contrib.legacy_seq2seq.decoders import (
    embedding_attention_decoder,
    embedding_rnn_decoder,
    fed_back,
    rnn_decoder,
)
from hornbeam.v1.contrib.rnn.wrappers import EmbeddingWrapper, OutputProjectionWrapper
from hornbeam.v1.rnn.static import static_rnn


def _either(feed_previous: Any, decode: Callable[[bool], tuple[Any, Any]], outputs: int) -> tuple[list[Any], Any]:
    """What `decode` gives for a flag that is known, or for a tensor, by which one of both runs."""
    if isinstance(feed_previous, bool):
        return decode(feed_previous)
    structure: list[Any] = []

    def flat(feed: bool) -> list[Any]:
        with tf.variable_scope(tf.get_variable_scope(), reuse=None if feed else True):
            found, state = decode(feed)
        structure.append(state)
        return [*found, *nest.flatten(state)]

    found = tf.cond(feed_previous, lambda: flat(True), lambda: flat(False))
    return list(found[:outputs]), nest.pack_sequence_as(structure[0], list(found[outputs:]))


@public(v1=("contrib.legacy_seq2seq.basic_rnn_seq2seq", "nn.seq2seq.basic_rnn_seq2seq"))
def basic_rnn_seq2seq(encoder_inputs: Sequence[Any], decoder_inputs: Sequence[Any], cell: Any,
                      dtype: Any = dtypes.float32, scope: Any = None) -> tuple[list[Any], Any]:
    """A cell along the encoder's inputs, and another like it along the decoder's, from the state of the first.

    Returns the decoder's outputs and its last state.
    """
    with tf.variable_scope(scope or "basic_rnn_seq2seq"):
        _, state = static_rnn(copy.deepcopy(cell), encoder_inputs, dtype=dtype)
        return rnn_decoder(decoder_inputs, state, cell)


@public(v1=("contrib.legacy_seq2seq.tied_rnn_seq2seq", "nn.seq2seq.tied_rnn_seq2seq"))
def tied_rnn_seq2seq(encoder_inputs: Sequence[Any], decoder_inputs: Sequence[Any], cell: Any,
                     loop_function: Any = None, dtype: Any = dtypes.float32,
                     scope: Any = None) -> tuple[list[Any], Any]:
    """`basic_rnn_seq2seq` with one cell for both."""
    with tf.variable_scope("combined_tied_rnn_seq2seq"):
        name = scope or "tied_rnn_seq2seq"
        _, state = static_rnn(cell, encoder_inputs, dtype=dtype, scope=name)
        tf.get_variable_scope().reuse_variables()
        return rnn_decoder(decoder_inputs, state, cell, loop_function=loop_function, scope=name)


@public(v1=("contrib.legacy_seq2seq.embedding_rnn_seq2seq", "nn.seq2seq.embedding_rnn_seq2seq"))
def embedding_rnn_seq2seq(encoder_inputs: Sequence[Any], decoder_inputs: Sequence[Any], cell: Any,
                          num_encoder_symbols: int, num_decoder_symbols: int, embedding_size: int,
                          output_projection: Any = None, feed_previous: Any = False, dtype: Any = None,
                          scope: Any = None) -> tuple[list[Any], Any]:
    """`basic_rnn_seq2seq` over class numbers; the outputs are projected to `num_decoder_symbols` columns.

    output_projection: (weights, biases), with which the outputs stay the cell's. feed_previous: a bool, or a scalar
    boolean tensor: whether decoder steps get the likeliest class of the step before.
    """
    with tf.variable_scope(scope or "embedding_rnn_seq2seq") as opened:
        dtype = _dtype_of(opened, dtype)
        encoder = EmbeddingWrapper(copy.deepcopy(cell), embedding_classes=num_encoder_symbols,
                                   embedding_size=embedding_size)
        _, state = static_rnn(encoder, encoder_inputs, dtype=dtype)
        if output_projection is None:
            cell = OutputProjectionWrapper(cell, num_decoder_symbols)

        def decode(feed: bool) -> tuple[Any, Any]:
            return embedding_rnn_decoder(decoder_inputs, state, cell, num_decoder_symbols, embedding_size,
                                         output_projection=output_projection, feed_previous=feed,
                                         update_embedding_for_previous=isinstance(feed_previous, bool))

        return _either(feed_previous, decode, len(decoder_inputs))


def _dtype_of(scope: Any, dtype: Any) -> Any:
    if dtype is None:
        return scope.dtype
    scope.set_dtype(dtype)
    return dtype


@public(v1=("contrib.legacy_seq2seq.embedding_tied_rnn_seq2seq", "nn.seq2seq.embedding_tied_rnn_seq2seq"))
def embedding_tied_rnn_seq2seq(encoder_inputs: Sequence[Any], decoder_inputs: Sequence[Any], cell: Any,
                               num_symbols: int, embedding_size: int, num_decoder_symbols: int | None = None,
                               output_projection: Any = None, feed_previous: Any = False, dtype: Any = None,
                               scope: Any = None) -> tuple[list[Any], Any]:
    """`tied_rnn_seq2seq` over class numbers, with one table for both sides.

    num_decoder_symbols: how many of the symbols the decoder gives, by default all. The rest as for
    `embedding_rnn_seq2seq`.
    """
    with tf.variable_scope(scope or "embedding_tied_rnn_seq2seq", dtype=dtype) as opened:
        dtype = opened.dtype
        given = num_symbols if num_decoder_symbols is None else num_decoder_symbols
        if output_projection is not None:
            tf.convert_to_tensor(output_projection[1], dtype=dtype).shape.assert_is_compatible_with(
                tf.TensorShape([num_symbols]))
        embedding = tf.get_variable("embedding", [num_symbols, embedding_size], dtype=dtype)
        encoded = [tf.nn.embedding_lookup(embedding, x) for x in encoder_inputs]
        decoded = [tf.nn.embedding_lookup(embedding, x) for x in decoder_inputs]
        if output_projection is None:
            cell = OutputProjectionWrapper(cell, given)
        update = isinstance(feed_previous, bool)

        def decode(feed: bool) -> tuple[Any, Any]:
            loop = fed_back(embedding, output_projection, update) if feed else None
            return tied_rnn_seq2seq(encoded, decoded, cell, loop_function=loop, dtype=dtype)

        return _either(feed_previous, decode, len(decoder_inputs))


@public(v1=("contrib.legacy_seq2seq.embedding_attention_seq2seq", "nn.seq2seq.embedding_attention_seq2seq"))
def embedding_attention_seq2seq(encoder_inputs: Sequence[Any], decoder_inputs: Sequence[Any], cell: Any,
                                num_encoder_symbols: int, num_decoder_symbols: int, embedding_size: int,
                                num_heads: int = 1, output_projection: Any = None, feed_previous: Any = False,
                                dtype: Any = None, scope: Any = None,
                                initial_state_attention: bool = False) -> tuple[list[Any], Any]:
    """`embedding_rnn_seq2seq` whose decoder attends to the encoder's outputs; see `attention_decoder`."""
    with tf.variable_scope(scope or "embedding_attention_seq2seq", dtype=dtype) as opened:
        dtype = opened.dtype
        encoder = EmbeddingWrapper(copy.deepcopy(cell), embedding_classes=num_encoder_symbols,
                                   embedding_size=embedding_size)
        encoded, state = static_rnn(encoder, encoder_inputs, dtype=dtype)
        places = tf.concat([tf.reshape(e, [-1, 1, cell.output_size]) for e in encoded], 1)
        size = None
        if output_projection is None:
            cell = OutputProjectionWrapper(cell, num_decoder_symbols)
            size = num_decoder_symbols

        def decode(feed: bool) -> tuple[Any, Any]:
            return embedding_attention_decoder(
                decoder_inputs, state, places, cell, num_decoder_symbols, embedding_size, num_heads=num_heads,
                output_size=size, output_projection=output_projection, feed_previous=feed,
                update_embedding_for_previous=isinstance(feed_previous, bool),
                initial_state_attention=initial_state_attention)

        return _either(feed_previous, decode, len(decoder_inputs))


@public(v1=("contrib.legacy_seq2seq.one2many_rnn_seq2seq", "nn.seq2seq.one2many_rnn_seq2seq"))
def one2many_rnn_seq2seq(encoder_inputs: Sequence[Any], decoder_inputs_dict: Mapping[str, Sequence[Any]],
                         enc_cell: Any, dec_cells_dict: Mapping[str, Any], num_encoder_symbols: int,
                         num_decoder_symbols_dict: Mapping[str, int], embedding_size: int, feed_previous: Any = False,
                         dtype: Any = None, scope: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """One encoder and several decoders, by name. Returns outputs by name and states by name."""
    outputs, states = {}, {}
    with tf.variable_scope(scope or "one2many_rnn_seq2seq", dtype=dtype) as opened:
        dtype = opened.dtype
        encoder = EmbeddingWrapper(enc_cell, embedding_classes=num_encoder_symbols, embedding_size=embedding_size)
        _, state = static_rnn(encoder, encoder_inputs, dtype=dtype)
        for name, decoder_inputs in decoder_inputs_dict.items():
            symbols = num_decoder_symbols_dict[name]
            with tf.variable_scope(f"one2many_decoder_{name}"):
                cell = OutputProjectionWrapper(dec_cells_dict[name], symbols)

                def decode(feed: bool, inputs: Any = decoder_inputs, cell: Any = cell,
                           symbols: int = symbols) -> tuple[Any, Any]:
                    return embedding_rnn_decoder(inputs, state, cell, symbols, embedding_size, feed_previous=feed,
                                                 update_embedding_for_previous=isinstance(feed_previous, bool))

                outputs[name], states[name] = _either(feed_previous, decode, len(decoder_inputs))
    return outputs, states


# Losses -----------------------------------------------------------------------------------------------


@public(v1=("contrib.legacy_seq2seq.sequence_loss_by_example", "nn.seq2seq.sequence_loss_by_example"))
def sequence_loss_by_example(logits: Sequence[Any], targets: Sequence[Any], weights: Sequence[Any],
                             average_across_timesteps: bool = True, softmax_loss_function: Any = None,
                             name: str | None = None) -> Any:
    """The weighed cross-entropy of each row of a batch, over lists of steps: [batch].

    logits: [batch, classes] each. targets: int [batch]. weights: [batch]. average_across_timesteps: divide by the
    row's weights. softmax_loss_function: a function of `labels` and `logits`. Raises ValueError for lists of different
    lengths.
    """
    _refuse_lengths(logits, targets, weights)
    with tf.name_scope(name, "sequence_loss_by_example", [*logits, *targets, *weights]):
        parts = []
        for logit, target, weight in zip(logits, targets, weights, strict=True):
            if softmax_loss_function is None:
                loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.reshape(target, [-1]), logits=logit)
            else:
                loss = softmax_loss_function(labels=target, logits=logit)
            parts.append(loss * weight)
        total = tf.add_n(parts)
        return total / (tf.add_n(list(weights)) + 1e-12) if average_across_timesteps else total


def _refuse_lengths(logits: Sequence[Any], targets: Sequence[Any], weights: Sequence[Any]) -> None:
    if len(targets) != len(logits) or len(weights) != len(logits):
        raise ValueError("Lengths of logits, weights, and targets must be the same "
                         f"{len(logits)}, {len(weights)}, {len(targets)}.")


@public(v1=("contrib.legacy_seq2seq.sequence_loss", "nn.seq2seq.sequence_loss"))
def sequence_loss(logits: Sequence[Any], targets: Sequence[Any], weights: Sequence[Any],
                  average_across_timesteps: bool = True, average_across_batch: bool = True,
                  softmax_loss_function: Any = None, name: str | None = None) -> Any:
    """The sum of `sequence_loss_by_example`, divided by the batch size where `average_across_batch`."""
    with tf.name_scope(name, "sequence_loss", [*logits, *targets, *weights]):
        cost = tf.reduce_sum(sequence_loss_by_example(
            logits, targets, weights, average_across_timesteps=average_across_timesteps,
            softmax_loss_function=softmax_loss_function))
        return cost / tf.cast(tf.shape(targets[0])[0], cost.dtype) if average_across_batch else cost


@public(v1=("contrib.legacy_seq2seq.model_with_buckets", "nn.seq2seq.model_with_buckets"))
def model_with_buckets(encoder_inputs: Sequence[Any], decoder_inputs: Sequence[Any], targets: Sequence[Any],
                       weights: Sequence[Any], buckets: Sequence[tuple[int, int]], seq2seq: Any,
                       softmax_loss_function: Any = None, per_example_loss: bool = False,
                       name: str | None = None) -> tuple[list[Any], list[Any]]:
    """A model for each of several sizes, which share variables: (outputs, losses), one a bucket.

    buckets: pairs (encoder steps, decoder steps), growing. seq2seq: (encoder inputs, decoder inputs) → (outputs,
    state). per_example_loss: whether losses are [batch]. Raises ValueError where a list is too short for a bucket.
    """
    last = buckets[-1]
    for label, items, size in (("encoder_inputs", encoder_inputs, last[0]), ("targets", targets, last[1]),
                               ("weights", weights, last[1])):
        if len(items) < size:
            raise ValueError(f"Length of {label} ({len(items)}) must be at least that of last bucket ({size}).")
    outputs, losses = [], []
    with tf.name_scope(name, "model_with_buckets", [*encoder_inputs, *decoder_inputs, *targets, *weights]):
        for number, (encoder_size, decoder_size) in enumerate(buckets):
            with tf.variable_scope(tf.get_variable_scope(), reuse=True if number else None):
                found, _ = seq2seq(encoder_inputs[:encoder_size], decoder_inputs[:decoder_size])
                outputs.append(found)
                loss_of = sequence_loss_by_example if per_example_loss else sequence_loss
                losses.append(loss_of(found, targets[:decoder_size], weights[:decoder_size],
                                      softmax_loss_function=softmax_loss_function))
    return outputs, losses
