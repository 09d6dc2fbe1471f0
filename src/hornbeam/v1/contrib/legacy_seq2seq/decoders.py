"""Decoders over lists of inputs: plain, with embeddings, with attention."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import hornbeam.v1 as tf
from hornbeam.graph import nest
from hornbeam.graph.names import public
from hornbeam.v1.contrib.rnn.linear import linear


def fed_back(embedding: Any, output_projection: Any, update_embedding: bool = True) -> Callable[[Any, int], Any]:
    """A loop function: the embedding of the likeliest class of the output before.

    output_projection: a pair (weights, biases) that gives the classes. update_embedding: whether gradients flow.
    """
    def loop_function(previous: Any, _: int) -> Any:
        if output_projection is not None:
            previous = tf.nn.xw_plus_b(previous, output_projection[0], output_projection[1])
        found = tf.nn.embedding_lookup(embedding, tf.argmax(previous, 1))
        return found if update_embedding else tf.stop_gradient(found)

    return loop_function


def _fed(inputs: Any, previous: Any, number: int, loop_function: Any) -> Any:
    """The input of a step: what is given, or what follows from the output before."""
    if loop_function is None or previous is None:
        return inputs
    with tf.variable_scope("loop_function", reuse=True):
        return loop_function(previous, number)


@public(v1=("contrib.legacy_seq2seq.rnn_decoder", "nn.seq2seq.rnn_decoder"))
def rnn_decoder(decoder_inputs: Iterable[Any], initial_state: Any, cell: Any, loop_function: Any = None,
                scope: Any = None) -> tuple[list[Any], Any]:
    """A cell along a list of inputs, from a state.

    loop_function: (output before, number) → input, from the second step on; without it `decoder_inputs` are all used.
    Returns the outputs and the last state.
    """
    with tf.variable_scope(scope or "rnn_decoder"):
        state, outputs, previous = initial_state, [], None
        for number, inputs in enumerate(decoder_inputs):
            given = _fed(inputs, previous, number, loop_function)
            if number:
                tf.get_variable_scope().reuse_variables()
            output, state = cell(given, state)
            outputs.append(output)
            previous = output
    return outputs, state


@public(v1=("contrib.legacy_seq2seq.embedding_rnn_decoder", "nn.seq2seq.embedding_rnn_decoder"))
def embedding_rnn_decoder(decoder_inputs: Sequence[Any], initial_state: Any, cell: Any, num_symbols: int,
                          embedding_size: int, output_projection: Any = None, feed_previous: bool = False,
                          update_embedding_for_previous: bool = True, scope: Any = None) -> tuple[list[Any], Any]:
    """`rnn_decoder` over class numbers, embedded in a table [num_symbols, embedding_size].

    feed_previous: whether a step gets the likeliest class of the step before. output_projection: (weights, biases) of
    the classes. Raises ValueError where these do not fit.
    """
    with tf.variable_scope(scope or "embedding_rnn_decoder") as opened:
        _refuse_projection(output_projection, opened.dtype, num_symbols)
        embedding = tf.get_variable("embedding", [num_symbols, embedding_size])
        loop = fed_back(embedding, output_projection, update_embedding_for_previous) if feed_previous else None
        embedded = [tf.nn.embedding_lookup(embedding, i) for i in decoder_inputs]
        return rnn_decoder(embedded, initial_state, cell, loop_function=loop)


def _refuse_projection(projection: Any, dtype: Any, num_symbols: int) -> None:
    if projection is None:
        return
    weights = tf.convert_to_tensor(projection[0], dtype=dtype)
    weights.shape.assert_is_compatible_with(tf.TensorShape([None, num_symbols]))
    biases = tf.convert_to_tensor(projection[1], dtype=dtype)
    biases.shape.assert_is_compatible_with(tf.TensorShape([num_symbols]))


class _Heads:
    """Attention of several heads to states [batch, places, size], by variables of the open scope."""

    def __init__(self, states: Any, count: int, batch_size: Any, dtype: Any) -> None:
        _, places, size = states.shape.as_list()
        self.places, self.size, self.dtype, self.count = places or tf.shape(states)[1], size, dtype, count
        self.batch_size = batch_size
        self.hidden = tf.reshape(states, tf.stack([-1, self.places, 1, size]))
        self.features, self.v = [], []
        for head in range(count):
            k = tf.get_variable(f"AttnW_{head}", [1, 1, size, size], dtype=dtype)
            self.features.append(tf.nn.conv2d(self.hidden, k, [1, 1, 1, 1], "SAME"))
            self.v.append(tf.get_variable(f"AttnV_{head}", [size], dtype=dtype))

    def zeros(self) -> list[Any]:
        """What was found before anything was asked."""
        found = [tf.zeros(tf.stack([self.batch_size, self.size]), dtype=self.dtype) for _ in range(self.count)]
        for x in found:
            x.set_shape([None, self.size])
        return found

    def __call__(self, query: Any) -> list[Any]:
        """What each head finds for a state."""
        if nest.is_nested(query):
            parts = nest.flatten(query)
            for part in parts:
                if part.shape.ndims is not None and part.shape.ndims != 2:
                    raise ValueError(f"an attention query has two dimensions, not {part.shape}")
            query = tf.concat(parts, 1)
        found = []
        for head in range(self.count):
            with tf.variable_scope(f"Attention_{head}"):
                y = tf.reshape(linear(query, self.size, True), [-1, 1, 1, self.size])
                scores = tf.reduce_sum(self.v[head] * tf.tanh(self.features[head] + y), [2, 3])
                weights = tf.nn.softmax(scores)
                mean = tf.reduce_sum(tf.reshape(weights, tf.stack([-1, self.places, 1, 1])) * self.hidden, [1, 2])
                found.append(tf.reshape(mean, [-1, self.size]))
        return found


@public(v1=("contrib.legacy_seq2seq.attention_decoder", "nn.seq2seq.attention_decoder"))
def attention_decoder(decoder_inputs: Sequence[Any], initial_state: Any, attention_states: Any, cell: Any,
                      output_size: int | None = None, num_heads: int = 1, loop_function: Any = None,
                      dtype: Any = None, scope: Any = None,
                      initial_state_attention: bool = False) -> tuple[list[Any], Any]:
    """`rnn_decoder` with attention to `attention_states` [batch, places, size].

    output_size: of the outputs, by default the cell's. num_heads: how many places are looked at at once.
    initial_state_attention: whether to attend before the first step. The rest as for `rnn_decoder`.
    Raises ValueError without inputs or heads, and where the size is not known.
    """
    if not decoder_inputs:
        raise ValueError("Must provide at least 1 input to attention decoder.")
    if num_heads < 1:
        raise ValueError("With less than 1 heads, use a non-attention decoder.")
    if attention_states.shape.as_list()[2] is None:
        raise ValueError(f"Shape[2] of attention_states must be known: {attention_states.shape}")
    size = cell.output_size if output_size is None else output_size
    with tf.variable_scope(scope or "attention_decoder", dtype=dtype) as opened:
        attend = _Heads(attention_states, num_heads, tf.shape(decoder_inputs[0])[0], opened.dtype)
        state, outputs, previous = initial_state, [], None
        found = attend(initial_state) if initial_state_attention else attend.zeros()
        for number, inputs in enumerate(decoder_inputs):
            if number:
                tf.get_variable_scope().reuse_variables()
            given = _fed(inputs, previous, number, loop_function)
            width = given.shape.with_rank(2).as_list()[1]
            if width is None:
                raise ValueError(f"Could not infer input size from input: {given.name}")
            cell_output, state = cell(linear([given, *found], width, True), state)
            with tf.variable_scope(tf.get_variable_scope(), reuse=True if initial_state_attention else None):
                found = attend(state)
            with tf.variable_scope("AttnOutputProjection"):
                output = linear([cell_output, *found], size, True)
            outputs.append(output)
            previous = output
    return outputs, state


@public(v1=("contrib.legacy_seq2seq.embedding_attention_decoder", "nn.seq2seq.embedding_attention_decoder"))
def embedding_attention_decoder(decoder_inputs: Sequence[Any], initial_state: Any, attention_states: Any, cell: Any,
                                num_symbols: int, embedding_size: int, num_heads: int = 1,
                                output_size: int | None = None, output_projection: Any = None,
                                feed_previous: bool = False, update_embedding_for_previous: bool = True,
                                dtype: Any = None, scope: Any = None,
                                initial_state_attention: bool = False) -> tuple[list[Any], Any]:
    """`attention_decoder` over class numbers; arguments as there and as of `embedding_rnn_decoder`."""
    size = cell.output_size if output_size is None else output_size
    if output_projection is not None:
        tf.convert_to_tensor(output_projection[1]).shape.assert_is_compatible_with(tf.TensorShape([num_symbols]))
    with tf.variable_scope(scope or "embedding_attention_decoder", dtype=dtype):
        embedding = tf.get_variable("embedding", [num_symbols, embedding_size])
        loop = fed_back(embedding, output_projection, update_embedding_for_previous) if feed_previous else None
        embedded = [tf.nn.embedding_lookup(embedding, i) for i in decoder_inputs]
        return attention_decoder(embedded, initial_state, attention_states, cell, output_size=size,
                                 num_heads=num_heads, loop_function=loop,
                                 initial_state_attention=initial_state_attention)
