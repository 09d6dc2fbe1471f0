"""The loss of sequences of classes."""

from __future__ import annotations

from typing import Any

import hornbeam.v1 as tf
from hornbeam.graph.names import public


@public(v1=("contrib.seq2seq.sequence_loss",))
def sequence_loss(logits: Any, targets: Any, weights: Any, average_across_timesteps: bool = True,
                  average_across_batch: bool = True, sum_over_timesteps: bool = False, sum_over_batch: bool = False,
                  softmax_loss_function: Any = None, name: str | None = None) -> Any:
    """The cross-entropy of sequences, each step weighed.

    logits: [batch, steps, classes]. targets: int [batch, steps]. weights: floats [batch, steps].
    average_across_timesteps, average_across_batch: divide by the weights along these; without, a dimension stays.
    sum_over_timesteps, sum_over_batch: divide by the number of weights that are not zero instead.
    softmax_loss_function: a function of `labels` and `logits` in place of the sparse softmax cross-entropy.
    Raises ValueError for other ranks and for averages and sums at once.
    """
    for what, tensor, rank, words in (("Logits", logits, 3, "[batch_size x sequence_length x logits]"),
                                      ("Targets", targets, 2, "[batch_size x sequence_length]"),
                                      ("Weights", weights, 2, "[batch_size x sequence_length]")):
        if len(tf.convert_to_tensor(tensor).shape) != rank:
            raise ValueError(f"{what} must be a {words} tensor")
    if average_across_timesteps and sum_over_timesteps:
        raise ValueError("average_across_timesteps and sum_over_timesteps cannot be set to True at same time.")
    if average_across_batch and sum_over_batch:
        raise ValueError("average_across_batch and sum_over_batch cannot be set to True at same time.")
    with tf.name_scope(name, "sequence_loss", [logits, targets, weights]):
        weights = tf.convert_to_tensor(weights)
        flat = tf.reshape(logits, [-1, tf.shape(logits)[2]])
        labels = tf.reshape(targets, [-1])
        loss_of = softmax_loss_function or tf.nn.sparse_softmax_cross_entropy_with_logits
        losses = loss_of(labels=labels, logits=flat) * tf.reshape(weights, [-1])
        if average_across_timesteps and average_across_batch:
            return tf.div_no_nan(tf.reduce_sum(losses), tf.reduce_sum(weights))
        if sum_over_timesteps and sum_over_batch:
            count = tf.cast(tf.count_nonzero(weights), losses.dtype)
            return tf.div_no_nan(tf.reduce_sum(losses), count)
        losses = tf.reshape(losses, tf.shape(logits)[0:2])
        if average_across_timesteps or average_across_batch:
            axis = [0] if average_across_batch else [1]
            return tf.div_no_nan(tf.reduce_sum(losses, axis=axis), tf.reduce_sum(weights, axis=axis))
        if sum_over_timesteps or sum_over_batch:
            axis = [0] if sum_over_batch else [1]
            count = tf.cast(tf.count_nonzero(weights, axis=axis), losses.dtype)
            return tf.div_no_nan(tf.reduce_sum(losses, axis=axis), count)
        return losses
