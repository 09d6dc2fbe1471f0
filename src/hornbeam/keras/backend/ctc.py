"""Keras 2's functions of connectionist temporal classification: labels without their places in time."""

from __future__ import annotations

from typing import Any

import hornbeam as tf
from hornbeam.keras import ops
from hornbeam.keras.backend.old import old
from hornbeam.keras.config.settings import epsilon


@old("keras.ops.ctc_loss")
def ctc_batch_cost(y_true: Any, y_pred: Any, input_length: Any, label_length: Any) -> Any:
    """The CTC loss [batch, 1] of labels [batch, l] for probabilities [batch, time, classes]; the last class is blank.

    input_length, label_length: [batch, 1].
    """
    logits = ops.log(ops.add(y_pred, epsilon()))
    blank = y_pred.shape[-1] - 1
    loss = ops.ctc_loss(ops.cast(y_true, "int32"), logits, ops.cast(ops.squeeze(label_length, -1), "int32"),
                        ops.cast(ops.squeeze(input_length, -1), "int32"), mask_index=blank)
    return ops.expand_dims(loss, 1)


@old("keras.ops.ctc_decode")
def ctc_decode(y_pred: Any, input_length: Any, greedy: bool = True, beam_width: int = 100, top_paths: int = 1,
               merge_repeated: bool = False) -> tuple[list[Any], Any]:
    """The labels that probabilities [batch, time, classes] say, the last class being blank.

    input_length: [batch], how many steps count. greedy: the best class of each step, else `top_paths` sequences of a
    beam of `beam_width`. merge_repeated: without effect, as blanks alone separate. Returns a list of [batch, labels],
    filled up with -1, and the scores [batch, paths].
    """
    logits = ops.log(ops.add(y_pred, epsilon()))
    lengths = ops.cast(input_length, "int32")
    paths, scores = ops.ctc_decode(logits, lengths, strategy="greedy" if greedy else "beam_search",
                                   beam_width=beam_width, top_paths=top_paths, mask_index=y_pred.shape[-1] - 1)
    return [_shortened(ops.cast(paths[i], "int64")) for i in range(1 if greedy else top_paths)], scores


def _shortened(path: Any) -> Any:
    """Without the columns at the end in which there are only fillers."""
    longest = tf.reduce_max(tf.reduce_sum(tf.cast(path >= 0, "int32"), axis=-1))
    return path[:, :longest]


@old("tf.sparse.from_dense")
def ctc_label_dense_to_sparse(labels: Any, label_lengths: Any) -> Any:
    """Labels [batch, l], of which `label_lengths` count, as a sparse tensor."""
    labels, lengths = tf.convert_to_tensor(labels), tf.reshape(tf.cast(label_lengths, "int64"), [-1, 1])
    places = tf.where(tf.range(tf.shape(labels, out_type="int64")[1])[None] < lengths)
    return tf.SparseTensor(places, tf.gather_nd(labels, places), tf.shape(labels, out_type="int64"))
