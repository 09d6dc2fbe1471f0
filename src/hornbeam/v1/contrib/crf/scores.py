"""How likely a sequence of tags is, by scores of each tag at each place and of each pair of neighbours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hornbeam.graph.names import public
from hornbeam.v1.api import tf


def by_length(inputs: Any, of_one: Callable[[], Any], of_more: Callable[[], Any]) -> Any:
    """What `of_one` gives where sequences [batch, time, tags] have one place, else what `of_more` gives."""
    known = inputs.shape[1].value
    if known is not None:
        return of_one() if known == 1 else of_more()
    return tf.cond(tf.equal(tf.shape(inputs)[1], 1), of_one, of_more)


def one_less(lengths: Any) -> Any:
    """Lengths of sequences without their first places."""
    return tf.maximum(tf.constant(0, dtype=lengths.dtype), lengths - 1)


class CrfCell(tf.nn.rnn_cell.RNNCell):
    """A cell whose state has a number for each tag. transition_params: [tags, tags], from one tag to the next."""

    def __init__(self, transition_params: Any) -> None:
        # No layer: it has no variables, and what it gives needs no scope.
        self._transition_params = tf.expand_dims(transition_params, 0)
        self._num_tags = transition_params.shape[0].value

    @property
    def state_size(self) -> Any:
        """The number of tags."""
        return self._num_tags

    @property
    def output_size(self) -> Any:
        """The number of tags."""
        return self._num_tags

    def _by_both_tags(self, state: Any) -> Any:
        """[batch, tag before, tag]: the state before and the transition."""
        return tf.expand_dims(state, 2) + self._transition_params


@public(v1=("contrib.crf.CrfForwardRnnCell",))
class CrfForwardRnnCell(CrfCell):
    """One place of the forward algorithm: the state is the logarithm of the sum over all tags before, [batch, tags]."""

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> tuple[Any, Any]:
        """The next state, twice. inputs: the scores of the place, [batch, tags]."""
        after = inputs + tf.reduce_logsumexp(self._by_both_tags(state), [1])
        return after, after


@public(v1=("contrib.crf.crf_log_likelihood",))
def crf_log_likelihood(inputs: Any, tag_indices: Any, sequence_lengths: Any,
                       transition_params: Any = None) -> tuple[Any, Any]:
    """(log likelihood of the tags [batch], transition_params): their score without the normalizer.

    inputs: scores [batch, time, tags]. tag_indices: [batch, time]. sequence_lengths: [batch]. transition_params:
    [tags, tags], by default a new variable `transitions`.
    """
    tags = inputs.shape[2].value
    if transition_params is None:
        transition_params = tf.get_variable("transitions", [tags, tags])
    score = crf_sequence_score(inputs, tag_indices, sequence_lengths, transition_params)
    return score - crf_log_norm(inputs, sequence_lengths, transition_params), transition_params


@public(v1=("contrib.crf.crf_sequence_score",))
def crf_sequence_score(inputs: Any, tag_indices: Any, sequence_lengths: Any, transition_params: Any) -> Any:
    """The score of each sequence of tags, [batch]: of its tags and its pairs. 0 where the length is 0."""
    def of_one() -> Any:
        batch = tf.range(tf.shape(inputs, out_type=tag_indices.dtype)[0], dtype=tag_indices.dtype)
        places = tf.concat([tf.reshape(batch, [-1, 1]), tag_indices], axis=1)
        return _none_without_length(tf.gather_nd(tf.squeeze(inputs, [1]), places), sequence_lengths)

    def of_more() -> Any:
        return (crf_unary_score(tag_indices, sequence_lengths, inputs)
                + crf_binary_score(tag_indices, sequence_lengths, transition_params))

    return by_length(inputs, of_one, of_more)


@public(v1=("contrib.crf.crf_multitag_sequence_score",))
def crf_multitag_sequence_score(inputs: Any, tag_bitmap: Any, sequence_lengths: Any, transition_params: Any) -> Any:
    """The logarithm of the sum over all sequences whose tags are allowed, [batch].

    tag_bitmap: bool [batch, time, tags], True for the tags that are allowed at a place.
    """
    allowed = tf.where(tag_bitmap, inputs, tf.fill(tf.shape(inputs), float("-inf")))
    return by_length(inputs, lambda: tf.reduce_logsumexp(allowed, axis=[1, 2]),
                     lambda: crf_log_norm(allowed, sequence_lengths, transition_params))


@public(v1=("contrib.crf.crf_log_norm",))
def crf_log_norm(inputs: Any, sequence_lengths: Any, transition_params: Any) -> Any:
    """The logarithm of the sum over all sequences of tags, [batch]. 0 where the length is 0."""
    first = tf.squeeze(tf.slice(inputs, [0, 0, 0], [-1, 1, -1]), [1])

    def of_more() -> Any:
        _, last = tf.nn.dynamic_rnn(CrfForwardRnnCell(transition_params), tf.slice(inputs, [0, 1, 0], [-1, -1, -1]),
                                    sequence_length=one_less(sequence_lengths), initial_state=first, dtype=tf.float32)
        return _none_without_length(tf.reduce_logsumexp(last, [1]), sequence_lengths)

    return by_length(inputs, lambda: _none_without_length(tf.reduce_logsumexp(first, [1]), sequence_lengths), of_more)


def _none_without_length(values: Any, lengths: Any) -> Any:
    return tf.where(tf.less_equal(lengths, 0), tf.zeros_like(values), values)


@public(v1=("contrib.crf.crf_unary_score",))
def crf_unary_score(tag_indices: Any, sequence_lengths: Any, inputs: Any) -> Any:
    """The sum of the scores of the tags at their places, [batch]."""
    scores = tf.gather(inputs, tag_indices, batch_dims=2)
    return tf.reduce_sum(scores * _inside(tag_indices, sequence_lengths), 1)


@public(v1=("contrib.crf.crf_binary_score",))
def crf_binary_score(tag_indices: Any, sequence_lengths: Any, transition_params: Any) -> Any:
    """The sum of the scores of neighbours, [batch]."""
    pairs = tag_indices[:, :-1] * transition_params.shape[0].value + tag_indices[:, 1:]
    scores = tf.gather(tf.reshape(transition_params, [-1]), pairs)
    return tf.reduce_sum(scores * _inside(tag_indices, sequence_lengths)[:, 1:], 1)


def _inside(tag_indices: Any, lengths: Any) -> Any:
    """1 for the places of a sequence, 0 behind its end: [batch, time]."""
    return tf.sequence_mask(lengths, maxlen=tf.shape(tag_indices)[1], dtype=tf.float32)
