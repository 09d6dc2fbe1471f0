"""Losses over a sample of the classes: noise-contrastive estimation and the sampled softmax."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.call import composite
from hornbeam.graph.names import public
from hornbeam.ops import array, losses, math
from hornbeam.ops.candidate_sampling import hits_mask, log_uniform_candidate_sampler
from hornbeam.ops.embedding import looked_up
from hornbeam.ops.matmul import matmul


def _logits(weights: Any, biases: Any, labels: Any, inputs: Any, num_sampled: int, num_classes: int, num_true: int,
            sampled_values: Any, remove_hits: bool, strategy: str, seed: int | None) -> tuple[Any, Any]:
    """Logits of the true and of the sampled classes, corrected by their expected counts, and labels for them.

    Returns two tensors [batch, num_true + num_sampled].
    """
    x = array.convert(inputs, name="inputs")
    true = array.convert(labels, name="labels")
    true = true if true.dtype.base_dtype is dtypes.int64 else math.cast(true, dtypes.int64)
    if true.dims is not None and len(true.dims) == 1:
        true = array.reshape(true, [-1, num_true])
    if sampled_values is None:
        sampled_values = log_uniform_candidate_sampler(true, num_true, num_sampled, True, num_classes, seed)
    sampled, true_count, sampled_count = (array.stop_gradient(v) for v in sampled_values)
    sampled = math.cast(sampled, dtypes.int64)
    flat = array.reshape(true, [-1])
    # One look-up for both, so that the gradient of the table is one sparse update.
    ids = array.concat([flat, sampled], 0)
    count = array.shape(flat)[0]
    rows, offsets = (math.cast(looked_up(table, ids, strategy, None), x.dtype.base_dtype)
                     for table in (weights, biases))
    true_rows = array.reshape(rows[:count], [-1, num_true, array.shape(rows)[1]])
    true_logits = math.reduce_sum(array.expand_dims(x, 1) * true_rows, 2)
    true_logits = true_logits + array.reshape(offsets[:count], [-1, num_true])
    sampled_logits = matmul(x, rows[count:], transpose_b=True) + offsets[count:]
    if remove_hits:
        lowest = np.asarray(np.finfo(np.float32).min, x.dtype.base_dtype.np_dtype)
        sampled_logits = sampled_logits + math.cast(hits_mask(true, sampled), x.dtype.base_dtype) * lowest
    true_logits = true_logits - math.log(math.cast(true_count, x.dtype.base_dtype))
    sampled_logits = sampled_logits - math.log(math.cast(sampled_count, x.dtype.base_dtype))
    targets = [array.ones_like(true_logits) / num_true, array.zeros_like(sampled_logits)]
    return array.concat([true_logits, sampled_logits], 1), array.concat(targets, 1)


@composite("nce_loss")
def _nce(weights: Any, biases: Any, labels: Any, inputs: Any, num_sampled: int, num_classes: int, num_true: int,
         sampled_values: Any, remove_hits: bool, strategy: str, name: str | None = None) -> Any:
    logits, targets = _logits(weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values,
                              remove_hits, strategy, None)
    return math.reduce_sum(losses.sigmoid_cross_entropy_with_logits(labels=targets, logits=logits), 1)


@composite("sampled_softmax_loss")
def _softmax(weights: Any, biases: Any, labels: Any, inputs: Any, num_sampled: int, num_classes: int, num_true: int,
             sampled_values: Any, remove_hits: bool, strategy: str, seed: int | None, name: str | None = None) -> Any:
    logits, targets = _logits(weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values,
                              remove_hits, strategy, seed)
    return losses.softmax_cross_entropy_with_logits(labels=array.stop_gradient(targets), logits=logits)


@public(v2=("nn.nce_loss",))
def nce_loss(weights: Any, biases: Any, labels: Any, inputs: Any, num_sampled: int, num_classes: int,
             num_true: int = 1, sampled_values: Any = None, remove_accidental_hits: bool = False,
             name: str | None = "nce_loss") -> Any:
    """Noise-contrastive estimation: tells the true classes from sampled ones. Gutmann and Hyvärinen 2010.

    weights: [num_classes, dim], or a list that divides the rows into blocks. biases: [num_classes]. labels: int64
    [batch, num_true]. inputs: [batch, dim]. sampled_values: what a candidate sampler gave, by default
    `random.log_uniform_candidate_sampler` with `unique`. remove_accidental_hits: leave out samples that are true.
    Returns the losses [batch].
    """
    return _nce(weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values,
                remove_accidental_hits, "div", name=name)


@public(v1=("nn.nce_loss",))
def nce_loss_v1(weights: Any, biases: Any, labels: Any, inputs: Any, num_sampled: int, num_classes: int,
                num_true: int = 1, sampled_values: Any = None, remove_accidental_hits: bool = False,
                partition_strategy: str = "mod", name: str | None = "nce_loss") -> Any:
    """As TensorFlow 2's, with a choice how a list of tensors divides the rows: "mod" (in turn) or "div" (in blocks)."""
    return _nce(weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values,
                remove_accidental_hits, partition_strategy, name=name)


@public(v2=("nn.sampled_softmax_loss",))
def sampled_softmax_loss(weights: Any, biases: Any, labels: Any, inputs: Any, num_sampled: int, num_classes: int,
                         num_true: int = 1, sampled_values: Any = None, remove_accidental_hits: bool = True,
                         seed: int | None = None, name: str | None = "sampled_softmax_loss") -> Any:
    """The softmax cross entropy over the true and sampled classes: for training alone, as it underestimates the loss.

    Arguments as for `nn.nce_loss`; seed: of the default sampler. Jean et al. 2014. Returns the losses [batch].
    """
    return _softmax(weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values,
                    remove_accidental_hits, "div", seed, name=name)


@public(v1=("nn.sampled_softmax_loss",))
def sampled_softmax_loss_v1(weights: Any, biases: Any, labels: Any, inputs: Any, num_sampled: int, num_classes: int,
                            num_true: int = 1, sampled_values: Any = None, remove_accidental_hits: bool = True,
                            partition_strategy: str = "mod", name: str | None = "sampled_softmax_loss",
                            seed: int | None = None) -> Any:
    """As TensorFlow 2's, with a choice how a list of tensors divides the rows: "mod" (in turn) or "div" (in blocks)."""
    return _softmax(weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values,
                    remove_accidental_hits, partition_strategy, seed, name=name)
