"""The most likely sequence of tags: Viterbi's algorithm, for NumPy arrays and for tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.graph.names import public
from hornbeam.v1.api import tf
from hornbeam.v1.contrib.crf.scores import CrfCell, by_length, one_less


@public(v1=("contrib.crf.viterbi_decode",))
def viterbi_decode(score: Any, transition_params: Any) -> tuple[list[Any], Any]:
    """(tags, their score) of one sequence. score: array [time, tags]. transition_params: array [tags, tags]."""
    best = score[0]
    before = []
    for scores in score[1:]:
        by_both = np.expand_dims(best, 1) + transition_params
        best = (scores + np.max(by_both, 0)).astype(score.dtype)
        before.append(np.argmax(by_both, 0).astype(np.int32))
    tags = [np.argmax(best)]
    for tag_before in reversed(before):
        tags.append(tag_before[tags[-1]])
    return tags[::-1], np.max(best)


@public(v1=("contrib.crf.CrfDecodeForwardRnnCell",))
class CrfDecodeForwardRnnCell(CrfCell):
    """One place of Viterbi's algorithm: the state is the score of the best sequence to each tag, [batch, tags]."""

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> tuple[Any, Any]:
        """(the best tag before each tag int32 [batch, tags], the next state). inputs: scores [batch, tags]."""
        by_both = self._by_both_tags(state)
        return tf.cast(tf.argmax(by_both, 1), tf.int32), inputs + tf.reduce_max(by_both, [1])


@public(v1=("contrib.crf.CrfDecodeBackwardRnnCell",))
class CrfDecodeBackwardRnnCell(tf.nn.rnn_cell.RNNCell):
    """One place back along the best sequence: the state is a tag, int32 [batch, 1]. num_tags: how many tags."""

    def __init__(self, num_tags: int) -> None:
        self._num_tags = num_tags

    @property
    def state_size(self) -> int:
        """1."""
        return 1

    @property
    def output_size(self) -> int:
        """1."""
        return 1

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> tuple[Any, Any]:
        """The tag before, twice. inputs: the best tag before each tag, [batch, tags]."""
        places = tf.stack([tf.range(tf.shape(inputs)[0]), tf.squeeze(state, axis=[1])], axis=1)
        before = tf.expand_dims(tf.gather_nd(inputs, places), axis=-1)
        return before, before


@public(v1=("contrib.crf.crf_decode",))
def crf_decode(potentials: Any, transition_params: Any, sequence_length: Any) -> tuple[Any, Any]:
    """(tags int32 [batch, time], their scores [batch]) of the most likely sequences; 0 behind a sequence's end.

    potentials: scores [batch, time, tags]. transition_params: [tags, tags]. sequence_length: [batch].
    """
    def of_one() -> tuple[Any, Any]:
        scores = tf.squeeze(potentials, [1])
        tags = tf.expand_dims(tf.argmax(scores, axis=1), 1)
        return tf.cast(tags, tf.int32), tf.reduce_max(scores, axis=1)

    def of_more() -> tuple[Any, Any]:
        first = tf.squeeze(tf.slice(potentials, [0, 0, 0], [-1, 1, -1]), axis=[1])
        lengths = one_less(sequence_length)
        before, last = tf.nn.dynamic_rnn(
            CrfDecodeForwardRnnCell(transition_params), tf.slice(potentials, [0, 1, 0], [-1, -1, -1]),
            sequence_length=lengths, initial_state=first, dtype=tf.int32)
        end = tf.expand_dims(tf.cast(tf.argmax(last, axis=1), tf.int32), axis=-1)
        backwards, _ = tf.nn.dynamic_rnn(
            CrfDecodeBackwardRnnCell(potentials.shape[2].value), tf.reverse_sequence(before, lengths, seq_axis=1),
            sequence_length=lengths, initial_state=end, dtype=tf.int32)
        tags = tf.concat([end, tf.squeeze(backwards, axis=[2])], axis=1)
        return tf.reverse_sequence(tags, sequence_length, seq_axis=1), tf.reduce_max(last, axis=1)

    return by_length(potentials, of_one, of_more)
