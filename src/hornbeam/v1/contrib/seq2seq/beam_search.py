"""Beam search: the likeliest few continuations are kept at every step."""

from __future__ import annotations

import collections
from typing import Any

import numpy as np

import hornbeam.v1 as tf
from hornbeam.graph import dtypes, nest
from hornbeam.graph.names import public
from hornbeam.graph.shapes import TensorShape
from hornbeam.graph.tensor import Tensor
from hornbeam.ops import states
from hornbeam.ops.beam_search import gather_tree
from hornbeam.runtime.logs import get_logger
from hornbeam.v1.contrib.seq2seq.attention_wrapper import AttentionWrapperState
from hornbeam.v1.contrib.seq2seq.decoder import Decoder, refuse_no_layer
from hornbeam.v1.contrib.seq2seq.helpers import embedding_function
from hornbeam.v1.rnn.sequences import refuse_no_cell


class BeamSearchDecoderState(collections.namedtuple(
        "BeamSearchDecoderState", ("cell_state", "log_probs", "finished", "lengths", "accumulated_attention_probs"))):
    """The state of the cell, and of each beam its logarithmic probability, whether it is finished and its length."""

    __slots__ = ()


class BeamSearchDecoderOutput(collections.namedtuple("BeamSearchDecoderOutput",
                                                     ("scores", "predicted_ids", "parent_ids"))):
    """Of each beam its score, its id at this step, and the beam of the step before that it goes on from."""

    __slots__ = ()


class FinalBeamSearchDecoderOutput(collections.namedtuple("FinalBeamDecoderOutput",
                                                          ("predicted_ids", "beam_search_decoder_output"))):
    """The ids of the beams, best first, and the outputs of the steps."""

    __slots__ = ()


for _kind in (BeamSearchDecoderState, BeamSearchDecoderOutput, FinalBeamSearchDecoderOutput):
    public(v1=(f"contrib.seq2seq.{_kind.__name__}",))(_kind)


@public(v1=("contrib.seq2seq.tile_batch",))
def tile_batch(t: Any, multiplier: int, name: str | None = None) -> Any:
    """Each row of a tensor (or of nested ones) `multiplier` times: [batch, ...] → [batch · multiplier, ...].

    Raises ValueError where the rank is not known.
    """
    with tf.name_scope(name, "tile_batch", [x for x in nest.flatten(t) if isinstance(x, Tensor)]):
        return nest.map_structure(lambda x: _tiled(x, multiplier), t)


def _tiled(x: Any, multiplier: int) -> Any:
    x = tf.convert_to_tensor(x, name="t")
    if x.shape.ndims is None or x.shape.ndims < 1:
        raise ValueError("t must have statically known rank")
    known = x.shape.as_list()[0]
    shape = tf.shape(x)
    tiled = tf.tile(tf.expand_dims(x, 1), [1, multiplier] + [1] * (x.shape.ndims - 1))
    tiled = tf.reshape(tiled, tf.concat([[shape[0] * multiplier], shape[1:]], 0))
    tiled.set_shape([None if known is None else known * multiplier, *x.shape.as_list()[1:]])
    return tiled


@public(v1=("contrib.seq2seq.BeamSearchDecoder",))
class BeamSearchDecoder(Decoder):
    """Keeps the `beam_width` likeliest sequences, by the embeddings of their ids.

    cell: an `RNNCell`; with attention its memory is tiled (`tile_batch`) to batch · beam_width. embedding: a table, or
    a function of ids. start_tokens: int [batch]. end_token: int. initial_state: of the cell, for batch · beam_width
    rows. output_layer: a layer after the cell. length_penalty_weight, coverage_penalty_weight: of the penalties of Wu
    et al. 2016. reorder_tensor_arrays: whether TensorArrays of the state follow the beams.
    The outputs are a `FinalBeamSearchDecoderOutput` with ids [batch, time, beam]. Raises TypeError and ValueError for
    arguments of the wrong kind.
    """

    def __init__(self, cell: Any, embedding: Any, start_tokens: Any, end_token: Any, initial_state: Any,
                 beam_width: int, output_layer: Any = None, length_penalty_weight: Any = 0.0,
                 coverage_penalty_weight: Any = 0.0, reorder_tensor_arrays: bool = True) -> None:
        refuse_no_cell("cell", cell)
        refuse_no_layer(output_layer)
        self._cell, self._output_layer, self._beam_width = cell, output_layer, beam_width
        self._reorder_tensor_arrays = reorder_tensor_arrays
        self._length_penalty_weight, self._coverage_penalty_weight = length_penalty_weight, coverage_penalty_weight
        self._embedding_fn = embedding_function(embedding)
        tokens = tf.convert_to_tensor(start_tokens, dtype=dtypes.int32, name="start_tokens")
        if tokens.shape.ndims != 1:
            raise ValueError("start_tokens must be a vector")
        self._end_token = tf.convert_to_tensor(end_token, dtype=dtypes.int32, name="end_token")
        if self._end_token.shape.ndims != 0:
            raise ValueError("end_token must be a scalar")
        self._batch_size = tf.size(tokens)
        self._known_batch = tokens.shape.as_list()[0]
        self._initial_cell_state = nest.map_structure(self._split, initial_state)
        self._start_inputs = self._embedding_fn(tf.tile(tf.expand_dims(tokens, 1), [1, beam_width]))
        self._finished = tf.one_hot(tf.zeros([self._batch_size], dtype=dtypes.int32), depth=beam_width, on_value=False,
                                    off_value=True, dtype=dtypes.bool)

    @property
    def batch_size(self) -> Any:
        """The number of rows, without the beams."""
        return self._batch_size

    @property
    def tracks_own_finished(self) -> bool:
        """True: a beam that was finished may be replaced."""
        return True

    @property
    def output_size(self) -> Any:
        """A `BeamSearchDecoderOutput` of sizes."""
        size = TensorShape([self._beam_width])
        return BeamSearchDecoderOutput(size, size, size)

    @property
    def output_dtype(self) -> Any:
        """A `BeamSearchDecoderOutput` of dtypes."""
        return BeamSearchDecoderOutput(self._dtype, dtypes.int32, dtypes.int32)

    @property
    def _dtype(self) -> Any:
        return nest.flatten(self._initial_cell_state)[0].dtype.base_dtype

    def initialize(self, name: str | None = None) -> Any:
        """(finished [batch, beam], first inputs, first state): only the first beam is open."""
        rows = tf.zeros([self._batch_size], dtype=dtypes.int32)
        log_probs = tf.one_hot(rows, depth=self._beam_width, on_value=tf.constant(0.0, self._dtype),
                               off_value=tf.constant(-np.inf, self._dtype), dtype=self._dtype)
        attended = _attention_of(self._initial_cell_state, self._coverage_penalty_weight)
        state = BeamSearchDecoderState(
            cell_state=self._initial_cell_state, log_probs=log_probs, finished=self._finished,
            lengths=tf.zeros([self._batch_size, self._beam_width], dtype=dtypes.int64),
            accumulated_attention_probs=() if attended is None else attended)
        return self._finished, self._start_inputs, state

    # Beams beside rows ----------------------------------------------------------------------------

    def _split(self, x: Any) -> Any:
        """[batch · beam, ...] → [batch, beam, ...]. Raises ValueError where that does not fit."""
        if hasattr(x, "_parts"):
            return x
        x = tf.convert_to_tensor(x)
        _refuse_unknown_rank(x)
        if x.shape.ndims < 1:
            return x
        known, batch = x.shape.as_list()[0], self._known_batch
        wanted = TensorShape([batch, self._beam_width]).concatenate(x.shape[1:])
        if known is not None and batch is not None and known != batch * self._beam_width:
            raise ValueError("Unexpected behavior when reshaping between beam width and batch size.  The reshaped "
                             f"tensor has shape: {x.shape}.  We expected it to have shape (batch_size, beam_width, "
                             f"depth) == {wanted}.  Perhaps you forgot to create a zero_state with "
                             "batch_size=encoder_batch_size * beam_width?")
        found = tf.reshape(x, tf.concat([[self._batch_size, self._beam_width], tf.shape(x)[1:]], 0))
        found.set_shape(wanted)
        return found

    def _merge(self, x: Any) -> Any:
        """[batch, beam, ...] → [batch · beam, ...]."""
        if hasattr(x, "_parts"):
            return x
        _refuse_unknown_rank(x)
        if x.shape.ndims < 2:
            return x
        batch = self._known_batch
        found = tf.reshape(x, tf.concat([[self._batch_size * self._beam_width], tf.shape(x)[2:]], 0))
        found.set_shape(TensorShape([None if batch is None else batch * self._beam_width]).concatenate(x.shape[2:]))
        return found

    def _of_beams(self, x: Any, beams: Any) -> Any:
        """What belongs to the given beams [batch, beam]: of [batch, beam, ...], or of a scalar itself."""
        if hasattr(x, "_parts") or x.shape.ndims < 2:
            return x
        start = tf.expand_dims(tf.range(self._batch_size) * self._beam_width, 1)
        found = tf.gather(self._merge(x), tf.reshape(beams + start, [-1]))
        found = tf.reshape(found, tf.shape(x))
        found.set_shape(x.shape)
        return found

    # A step ---------------------------------------------------------------------------------------

    def step(self, time: Any, inputs: Any, state: Any, name: str | None = None) -> Any:
        """(`BeamSearchDecoderOutput`, next state, next inputs, finished)."""
        with tf.name_scope(name, "BeamSearchDecoderStep", [time]):
            cell_state = nest.map_structure(self._merge, state.cell_state)
            outputs, cell_state = self._cell(nest.map_structure(self._merge, inputs), cell_state)
            logits, cell_state = self._split(outputs), nest.map_structure(self._split, cell_state)
            if self._output_layer is not None:
                logits = self._output_layer(logits)
            output, after = self._searched(logits, cell_state, state)
            following, over = self._embedding_fn(output.predicted_ids), tf.reduce_all(after.finished)
            following = nest.map_structure(lambda s, x: states.either(over, s, x), self._start_inputs, following)
        return output, after, following, after.finished

    def _searched(self, logits: Any, cell_state: Any, before: Any) -> tuple[Any, Any]:
        """The best continuations of the beams, and the state after them."""
        classes = logits.shape.as_list()[-1] or tf.shape(logits)[-1]
        open_ = tf.logical_not(before.finished)
        steps = self._ended_beams_stay(tf.nn.log_softmax(logits), before.finished, classes)
        total = tf.expand_dims(before.log_probs, 2) + steps
        longer = tf.one_hot(tf.fill([self._batch_size, self._beam_width], self._end_token), depth=classes,
                            on_value=tf.constant(0, dtypes.int64), off_value=tf.constant(1, dtypes.int64),
                            dtype=dtypes.int64)
        lengths = longer * tf.expand_dims(tf.cast(open_, dtypes.int64), 2) + tf.expand_dims(before.lengths, 2)
        attended = _attention_of(cell_state, self._coverage_penalty_weight)
        if attended is not None:
            attended = before.accumulated_attention_probs + attended * tf.expand_dims(
                tf.cast(open_, attended.dtype), 2)
        scores = self._scores(total, lengths, before.finished, attended)
        best, at = tf.nn.top_k(tf.reshape(scores, [self._batch_size, -1]), k=self._beam_width)
        best.set_shape([self._known_batch, self._beam_width])
        at.set_shape([self._known_batch, self._beam_width])
        ids, parents = tf.mod(at, classes), tf.floordiv(at, classes)
        flat = tf.reshape(total, [-1])
        start = tf.expand_dims(tf.range(self._batch_size) * (self._beam_width * classes), 1)
        log_probs = tf.gather(flat, at + start)
        log_probs.set_shape([self._known_batch, self._beam_width])
        ended = self._of_beams(before.finished, parents)
        after = BeamSearchDecoderState(
            cell_state=nest.map_structure(lambda s: self._of_beams(s, parents), cell_state), log_probs=log_probs,
            finished=tf.logical_or(ended, tf.equal(ids, self._end_token)),
            lengths=self._of_beams(before.lengths, parents) + tf.cast(tf.logical_not(ended), dtypes.int64),
            accumulated_attention_probs=() if attended is None else self._of_beams(attended, parents))
        return BeamSearchDecoderOutput(best, ids, parents), after

    def _ended_beams_stay(self, log_probs: Any, finished: Any, classes: Any) -> Any:
        """A finished beam goes on with the end alone, which costs nothing."""
        dtype = log_probs.dtype.base_dtype
        row = tf.one_hot(self._end_token, classes, dtype=dtype, on_value=tf.constant(0.0, dtype),
                         off_value=tf.constant(dtype.min, dtype))
        return tf.where(tf.tile(tf.expand_dims(finished, 2), [1, 1, classes]),
                        tf.zeros_like(log_probs) + row, log_probs)

    def _scores(self, log_probs: Any, lengths: Any, finished: Any, attended: Any) -> Any:
        """Probabilities by which beams are compared: penalised by length and by what was not attended to."""
        scores = log_probs / _length_penalty(lengths, self._length_penalty_weight, log_probs.dtype)
        if attended is None:
            return scores
        covered = tf.where(tf.equal(attended, 0.0), tf.ones_like(attended), attended)
        penalty = tf.reduce_sum(tf.log(tf.minimum(covered, 1.0)), 2) * tf.cast(finished, attended.dtype)
        return scores + tf.expand_dims(penalty * self._coverage_penalty_weight, 2)

    # At the end -----------------------------------------------------------------------------------

    def finalize(self, outputs: Any, final_state: Any, sequence_lengths: Any) -> Any:
        """(`FinalBeamSearchDecoderOutput`, state) with the ids of whole beams."""
        longest = tf.cast(tf.reduce_max(final_state.lengths, axis=1), dtypes.int32)
        ids = gather_tree(outputs.predicted_ids, outputs.parent_ids, longest, self._end_token)
        if self._reorder_tensor_arrays:
            final_state = final_state._replace(cell_state=nest.map_structure(
                lambda x: self._in_order(x, outputs.parent_ids, final_state.lengths), final_state.cell_state))
        return FinalBeamSearchDecoderOutput(ids, outputs), final_state

    def _in_order(self, array: Any, parent_ids: Any, lengths: Any) -> Any:
        """A TensorArray's elements stacked, each beam's in its own row; anything else as it is."""
        if not hasattr(array, "_parts"):
            return array
        shape, batch = array.element_shape, self._known_batch
        if shape.ndims is None or shape.ndims < 1:
            get_logger().warning("The TensorArray %s in the cell state is not amenable to sorting based on the beam "
                                 "search result. For a TensorArray to be sorted, its elements shape must be defined "
                                 "and have at least a rank of 1, but saw shape: %s", array, shape)
            return array
        first, *others = shape.as_list()
        apart = bool(others) and others[0] is not None and [first, others[0]] != [batch, self._beam_width]
        if batch is not None and first is not None and (first != batch * self._beam_width or apart):
            get_logger().warning("TensorArray reordering expects elements to be reshapable to %s which is "
                                 "incompatible with the current shape %s. Consider setting reorder_tensor_arrays to "
                                 "False to disable TensorArray reordering during the beam search.",
                                 TensorShape([batch, self._beam_width, None]), shape)
            return array
        return gather_tree_from_array(array.stack(), parent_ids, lengths)


def gather_tree_from_array(t: Any, parent_ids: Any, sequence_length: Any) -> Any:
    """What each beam had at every step, from what stood at its place then.

    t: [time, batch · beam, ...] or [time, batch, beam, ...]. parent_ids: int32 [time, batch, beam]. sequence_length:
    [batch, beam]. Shape of `t`.
    """
    shape = tf.shape(parent_ids)
    steps, batch, beams = shape[0], shape[1], shape[2]
    own = tf.tile(tf.reshape(tf.range(beams), [1, 1, -1]), tf.stack([steps, batch, 1]))
    longest = tf.cast(tf.reduce_max(sequence_length, axis=1), dtypes.int32)
    order = gather_tree(own, parent_ids, longest, beams + 1)
    within = tf.transpose(tf.sequence_mask(sequence_length, maxlen=steps), perm=[2, 0, 1])
    order = tf.where(within, order, own)
    whole = tf.reshape(t, tf.concat([shape, [-1]], 0))
    rows = tf.reshape(tf.range(steps), [-1, 1, 1]) * batch + tf.reshape(tf.range(batch), [1, -1, 1])
    at = tf.reshape(rows * beams + order, [-1])
    flat = tf.reshape(whole, tf.stack([steps * batch * beams, -1]))
    return tf.reshape(tf.gather(flat, at), tf.shape(t))


def _length_penalty(lengths: Any, factor: Any, dtype: Any) -> Any:
    known = tf.get_static_value(factor) if isinstance(factor, Tensor) else factor
    if known is not None and float(known) == 0:
        return tf.constant(1.0, dtype)
    factor = tf.convert_to_tensor(factor, dtype=dtypes.float32, name="penalty_factor")
    return tf.cast(((5.0 + tf.cast(lengths, dtypes.float32)) ** factor) / ((5.0 + 1.0) ** factor), dtype)


def _attention_of(cell_state: Any, weight: Any) -> Any:
    """The alignments in a state, the mean of several; None where coverage does not count.

    Raises ValueError where no cell attends.
    """
    if not isinstance(weight, Tensor) and weight == 0.0:
        return None
    found = [cell_state] if isinstance(cell_state, AttentionWrapperState) else [
        s for s in cell_state if isinstance(s, AttentionWrapperState)] if isinstance(cell_state, tuple) else []
    if not found:
        raise ValueError("coverage_penalty_weight must be 0.0 if no cell is attentional.")
    means = [_mean(s.alignments) for s in found]
    return means[0] if len(means) == 1 else _mean(tuple(means))


def _mean(alignments: Any) -> Any:
    return tf.reduce_mean(tf.stack(list(alignments), -1), -1) if isinstance(alignments, tuple) else alignments


def _refuse_unknown_rank(x: Any) -> None:
    if x.shape.ndims is None:
        raise ValueError(f"Expected tensor ({x}) to have known rank, but ndims == None.")


