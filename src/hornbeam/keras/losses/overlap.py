"""Losses of sets and sequences: the overlap of segments, the distances of embeddings, alignments."""

from __future__ import annotations

import math
from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.config.settings import epsilon
from hornbeam.keras.losses.loss import FunctionLoss, cast_target
from hornbeam.keras.masks import set_keras_mask
from hornbeam.keras.names import keras_export


@keras_export("losses.dice")
def dice(y_true: Any, y_pred: Any, axis: Any = None) -> Any:
    """1 − 2 |y_true ∩ y_pred| / (|y_true| + |y_pred|), over `axis` (all axes by default). Sørensen 1948, Dice 1945."""
    y_true, y_pred = cast_target(y_true, y_pred)
    both = ops.sum(y_true * y_pred, axis=axis)
    sizes = ops.sum(y_true, axis=axis) + ops.sum(y_pred, axis=axis)
    return 1 - 2.0 * both / (sizes + epsilon())


@keras_export("losses.tversky")
def tversky(y_true: Any, y_pred: Any, alpha: float = 0.5, beta: float = 0.5, axis: Any = None) -> Any:
    """1 − TP / (TP + alpha · missed + beta · wrongly found), over `axis`. Salehi et al. 2017.

    As in Keras `alpha` weighs what the prediction misses and `beta` what it adds.
    """
    y_true, y_pred = cast_target(y_true, y_pred)
    both = ops.sum(y_true * y_pred, axis=axis)
    missed = ops.sum(y_true * (1 - y_pred), axis=axis)
    added = ops.sum((1 - y_true) * y_pred, axis=axis)
    return 1 - both / (both + alpha * missed + beta * added + epsilon())


@keras_export("losses.circle")
def circle(y_true: Any, y_pred: Any, ref_labels: Any = None, ref_embeddings: Any = None, remove_diagonal: bool = True,
           gamma: float = 80, margin: float = 0.4) -> Any:
    """Circle loss of embeddings: near those with the same label, far from the others. Sun et al. 2020.

    y_true: labels [n]. y_pred: embeddings [n, k] of length 1. ref_labels, ref_embeddings: those to compare with, by
    default the same; remove_diagonal: an embedding is not compared with itself. gamma: the scale. margin: the distance
    that counts as near. → [n].
    """
    y_pred, y_true = ops.convert_to_tensor(y_pred), ops.cast(ops.convert_to_tensor(y_true), "int32")
    others = y_pred if ref_embeddings is None else ops.convert_to_tensor(ref_embeddings)
    labels = y_true if ref_labels is None else ops.cast(ops.convert_to_tensor(ref_labels), "int32")
    distance = ops.maximum(1 - ops.matmul(y_pred, ops.transpose(others)), 0.0)
    same = ops.equal(ops.reshape(y_true, (-1, 1)), ops.reshape(labels, (1, -1)))
    different = ops.logical_not(same)
    if remove_diagonal:
        rows, columns = ops.arange(ops.shape(y_pred)[0]), ops.arange(ops.shape(others)[0])
        same = ops.logical_and(same, ops.not_equal(ops.expand_dims(rows, 1), ops.expand_dims(columns, 0)))
    near = -gamma * ops.maximum(margin + distance, 0.0) * (margin - distance)
    far = gamma * ops.maximum(1 + margin - distance, 0.0) * (1 - margin - distance)
    pull, push = (ops.logsumexp(ops.where(mask, logits, -math.inf), axis=1)
                  for mask, logits in ((same, near), (different, far)))
    loss = ops.softplus(pull + push)
    set_keras_mask(loss, loss > 0)
    return loss


@keras_export("losses.ctc")
def ctc(y_true: Any, y_pred: Any) -> Any:
    """Connectionist temporal classification: −log of the probability of the labels, summed over alignments → [batch].

    y_true: labels [batch, length], 0 fills up. y_pred: logits [batch, time, classes], class 0 is the blank.
    Raises ValueError for other ranks. Graves et al. 2006.
    """
    y_true, y_pred = ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
    if len(y_true.shape) != 2:
        raise ValueError("Targets `y_true` are expected to be a tensor of shape `(batch_size, max_length)` in integer "
                         f"format. Received: y_true.shape={ops.shape(y_true)}")
    if len(y_pred.shape) != 3:
        raise ValueError("Logits `y_pred` are expected to be a tensor of shape `(batch_size, max_length, "
                         f"num_classes)`. Received: y_pred.shape={ops.shape(y_pred)}")
    batch, time = ops.shape(y_pred)[0], ops.shape(y_pred)[1]
    times = time * ops.ones((batch,), dtype="int32")
    lengths = ops.sum(ops.cast(ops.not_equal(y_true, 0), "int32"), axis=-1)
    return ops.ctc_loss(ops.cast(y_true, "int32"), y_pred, ops.cast(lengths, "int32"), times, mask_index=0)


@keras_export("losses.Dice")
class Dice(FunctionLoss):
    """1 − 2 |y_true ∩ y_pred| / (|y_true| + |y_pred|), over `axis`."""

    def __init__(self, reduction: str | None = "sum_over_batch_size", name: str = "dice", axis: Any = None,
                 dtype: Any = None) -> None:
        super().__init__(dice, reduction, name, dtype, axis=axis)


@keras_export("losses.Tversky")
class Tversky(FunctionLoss):
    """1 − TP / (TP + alpha · missed + beta · wrongly found), over `axis`."""

    def __init__(self, alpha: float = 0.5, beta: float = 0.5, reduction: str | None = "sum_over_batch_size",
                 name: str = "tversky", axis: Any = None, dtype: Any = None) -> None:
        super().__init__(tversky, reduction, name, dtype, alpha=alpha, beta=beta, axis=axis)


@keras_export("losses.Circle")
class Circle(FunctionLoss):
    """Circle loss of embeddings of length 1 and their labels. Sun et al. 2020."""

    _integer_targets = True

    def __init__(self, gamma: float = 80.0, margin: float = 0.4, remove_diagonal: bool = True,
                 reduction: str | None = "sum_over_batch_size", name: str = "circle", dtype: Any = None) -> None:
        super().__init__(circle, reduction, name, dtype, gamma=gamma, margin=margin, remove_diagonal=remove_diagonal)


@keras_export("losses.CTC")
class CTC(FunctionLoss):
    """Connectionist temporal classification of labels [batch, length] by logits [batch, time, classes]."""

    _integer_targets = True

    def __init__(self, reduction: str | None = "sum_over_batch_size", name: str = "ctc", dtype: Any = None) -> None:
        super().__init__(ctc, reduction, name, dtype)
