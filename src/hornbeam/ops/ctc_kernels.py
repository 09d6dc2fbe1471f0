"""Connectionist temporal classification: the loss and its gradient by one pass forwards and one back, in log space.

A path says a label or the blank at each time step; it stands for the labels that remain when repetitions are merged
and blanks dropped. Between the labels l₁ … lₙ stand n + 1 places for blanks, so that the states are kept in two
arrays: `blanks` [batch, n + 1] and `labels` [batch, n]. Graves et al. 2006.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from hornbeam.backend.inlined import looped
from hornbeam.backend.lazy import jax, jnp, lax
from hornbeam.graph import dtypes
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.op import FLOATS, INDEX, never, op
from hornbeam.ops import array, dims
from hornbeam.ops.identity import prevent_gradient
from hornbeam.ops.samples import Sample

_BUCKET = 8
"""Label lengths are padded to a multiple of this, so that batches of different length share one program."""


class _Paths(NamedTuple):
    """What both passes need: log probabilities of blanks [T, B] and labels [T, B, L], and which steps are allowed."""

    blank: Any
    label: Any
    may_skip: Any  # from label i - 1 to label i without a blank
    may_stay: bool


def _before(x: Any) -> Any:
    """The values one place earlier; impossible (-∞) at the first."""
    return jnp.concatenate([jnp.full_like(x[:, :1], -jnp.inf), x[:, :-1]], 1)


def _after(x: Any) -> Any:
    return jnp.concatenate([x[:, 1:], jnp.full_like(x[:, :1], -jnp.inf)], 1)


def _only(held: Any, x: Any) -> Any:
    return jnp.where(held, x, -jnp.inf)


def _forwards(paths: _Paths, lengths: Any) -> tuple[Any, Any]:
    """The log probability of all beginnings of paths that end in each state, at each time."""
    steps, batch, count = paths.label.shape
    at_first = jnp.arange(count + 1) == 0
    blanks = _only(at_first, paths.blank[0][:, None])
    labels = _only(at_first[:count], paths.label[0])

    def step(state: Any, row: Any) -> Any:
        blanks, labels = state
        t, blank, label = row
        padded = jnp.concatenate([jnp.full((batch, 1), -jnp.inf, label.dtype), labels], 1)
        new_blanks = blank[:, None] + jnp.logaddexp(blanks, padded)
        enter = jnp.logaddexp(blanks[:, :-1], _only(paths.may_skip, _before(labels)))
        new_labels = label + (jnp.logaddexp(enter, labels) if paths.may_stay else enter)
        going = (t < lengths)[:, None]
        state = jnp.where(going, new_blanks, blanks), jnp.where(going, new_labels, labels)
        return state, state

    rest = (jnp.arange(1, steps), paths.blank[1:], paths.label[1:])
    with looped():
        _, (later_blanks, later_labels) = lax.scan(step, (blanks, labels), rest)
    return jnp.concatenate([blanks[None], later_blanks]), jnp.concatenate([labels[None], later_labels])


def _backwards(paths: _Paths, lengths: Any, label_lengths: Any) -> tuple[Any, Any]:
    """The log probability of all ends of paths that go on from each state, at each time."""
    steps, batch, count = paths.label.shape
    places = jnp.arange(count + 1)
    kind = paths.label.dtype
    last_blanks = jnp.where(places == label_lengths[:, None], 0.0, -jnp.inf).astype(kind)
    last_labels = jnp.where(places[:count] == label_lengths[:, None] - 1, 0.0, -jnp.inf).astype(kind)

    def step(state: Any, row: Any) -> Any:
        blanks, labels = state
        t, blank, label = row  # of the next time step
        blanks, labels = blanks + blank[:, None], labels + label
        none = jnp.full((batch, 1), -jnp.inf, kind)
        new_blanks = jnp.logaddexp(blanks, jnp.concatenate([labels, none], 1))
        leave = jnp.logaddexp(blanks[:, 1:], _after(_only(paths.may_skip, labels)))
        new_labels = jnp.logaddexp(leave, labels) if paths.may_stay else leave
        ends = (t >= lengths - 1)[:, None]
        state = jnp.where(ends, last_blanks, new_blanks), jnp.where(ends, last_labels, new_labels)
        return state, state

    rest = (jnp.arange(steps - 1), paths.blank[1:], paths.label[1:])
    with looped():
        _, (blanks, labels) = lax.scan(step, (last_blanks, last_labels), rest, reverse=True)
    return jnp.concatenate([blanks, last_blanks[None]]), jnp.concatenate([labels, last_labels[None]])


def ctc(logits: Any, labels: Any, label_lengths: Any, lengths: Any, blank: int, merge: bool) -> tuple[Any, Any]:
    """Losses [B] and their gradients [T, B, K]; where no path fits, the loss is infinite and no label is expected."""
    steps, batch, classes = logits.shape
    if labels.shape[1] == 0:
        labels = jnp.full((batch, 1), 0 if blank else min(1, classes - 1), labels.dtype)
    chances = jax.nn.log_softmax(logits, -1)
    places = jnp.clip(labels, 0, classes - 1)
    of_labels = jnp.take_along_axis(chances, jnp.broadcast_to(places, (steps, *places.shape)), 2)
    differs = jnp.concatenate([jnp.zeros((batch, 1), bool), labels[:, 1:] != labels[:, :-1]], 1)
    may_skip = differs if merge else jnp.arange(labels.shape[1])[None] > 0
    paths = _Paths(chances[:, :, blank], of_labels, may_skip, merge)
    first_blanks, first_labels = _forwards(paths, lengths)
    rest_blanks, rest_labels = _backwards(paths, lengths, label_lengths)
    end = label_lengths[:, None]
    total = jnp.take_along_axis(first_blanks[-1], end, 1)
    by_label = jnp.take_along_axis(first_labels[-1], jnp.maximum(end - 1, 0), 1)
    total = jnp.logaddexp(total, _only(end > 0, by_label))[:, 0]
    empty = lengths <= 0
    possible = (total > -jnp.inf) & ~empty
    scale = jnp.where(possible, total, 0)[None, :, None]
    share_blank = jnp.exp(first_blanks + rest_blanks - scale).sum(2)
    share_labels = jnp.exp(first_labels + rest_labels - scale)
    which = jax.nn.one_hot(places, classes, dtype=logits.dtype)
    expected = jnp.einsum("tbl,blk->tbk", share_labels, which).at[:, :, blank].add(share_blank)
    within = (jnp.arange(steps)[:, None] < lengths)[:, :, None]
    found = jnp.exp(chances) - jnp.where(possible[None, :, None], expected, 0)
    return jnp.where(empty, 0, -total), jnp.where(within, found, 0)


def _loss_samples(rng: np.random.Generator) -> list[Sample]:
    labels = np.array([[1, 2, 2], [3, 0, 0]], np.int32)
    rest = labels, np.array([3, 1], np.int32), np.array([5, 3], np.int32)
    return [((rng.normal(size=(5, 2, 4)), *rest), {}),
            ((rng.normal(size=(5, 2, 4)), *rest), {"blank_index": 3, "ctc_merge_repeated": False})]


_LENGTHS = "logits: T, labels: int32, label_length: int32, logit_length: int32"
_TWICE = ("Currently there is no way to take the second derivative of ctc_loss due to the fused implementation's "
          "interaction with tf.gradients()")


@op("CTCLossDense", inputs=_LENGTHS, T=FLOATS, outputs=("loss", "gradient"), samples=_loss_samples,
    waive={"gradient": "compared with differences of the loss alone in tests/ops/test_ctc.py"})
def ctc_loss_op(logits, labels, label_length, logit_length, *, blank_index: int = 0, ctc_merge_repeated: bool = True,
                ignore_longer: Any = None):
    """Losses of dense labels [batch, n] and the gradient for logits [time, batch, classes].

    ignore_longer: None gives an infinite loss for labels that take more time than there is; False refuses them, True
    gives 0.
    """
    short = logits.astype(np.float32) if logits.dtype.itemsize < 4 else logits
    lengths = jnp.minimum(logit_length, logits.shape[0])
    loss, gradient = ctc(short, labels, label_length, lengths, blank_index, ctc_merge_repeated)
    if ignore_longer is not None:
        fits = label_length <= logit_length
        loss, gradient = jnp.where(fits, loss, 0), jnp.where(fits[None, :, None], gradient, 0)
    return loss.astype(logits.dtype), gradient.astype(logits.dtype)


@ctc_loss_op.shape
def _(inputs, attrs):
    logits, labels = inputs[0].dims, inputs[1].dims
    dims.want_rank(logits, 3, "inputs is not a 3-Tensor")
    dims.want_rank(labels, 2)
    batch = None if logits is None else logits[1]
    for other in (labels, inputs[2].dims, inputs[3].dims):
        if other is not None and None not in (other[0], batch) and other[0] != batch:
            raise ShapeFault(f"Dimensions must be equal, but are {batch} and {other[0]}",
                             f"len(sequence_length) != batch_size: {other[0]} and {batch}")
    if logits is not None and logits[2] is not None and not 0 <= attrs["blank_index"] < logits[2]:
        raise ShapeFault(f"blank_index {attrs['blank_index']} is not in [0, {logits[2]})")
    return [((batch,), inputs[0].dtype), (logits, inputs[0].dtype)]


@ctc_loss_op.check
def _(logits, labels, label_length, logit_length, *, blank_index=0, ctc_merge_repeated=True, ignore_longer=None):
    if not logits.shape[1] or ignore_longer is None:
        return jnp.zeros((), bool), []
    late = logit_length > logits.shape[0]
    wrong = late if ignore_longer else late | (label_length > logit_length)
    at = jnp.argmax(wrong)
    return jnp.any(wrong), [late[at], at, label_length[at], logit_length[at], logits.shape[0]]


@ctc_loss_op.message
def _(numbers, inputs, attrs):
    late, at, need, have, steps = (int(n) for n in numbers[:5])
    if late:
        return f"sequence_length({at}) <= {steps}: it is {have}"
    return (f"Not enough time for target transition sequence (required: {need}, available: {have}){at}You can turn "
            "this error into a warning by using the flag ignore_longer_outputs_than_inputs")


@ctc_loss_op.grad
def _(call, dloss, dgradient):
    if dloss is None:
        return None, None, None, None
    gradient = prevent_gradient(call.outputs[1], message=_TWICE)
    return array.reshape(dloss, [1, -1, 1]) * gradient, None, None, None


# Sparse labels ---------------------------------------------------------------------------------------


def _sequences(indices: Any, values: Any, batch: int) -> list[list[int]]:
    if batch > len(values):
        rows = {row for row, _ in indices.tolist()}
        raise ShapeFault(f"Labels length is zero in batch {next(b for b in range(batch) if b not in rows)}")
    found: list[list[int]] = [[] for _ in range(batch)]
    for (row, _), value in zip(indices.tolist(), values.tolist(), strict=True):
        if not 0 <= row < batch:
            raise ShapeFault(f"labels batch index must be in the range [0, {batch}), got {row}")
        found[row].append(value)
    if [] in found:
        raise ShapeFault(f"Labels length is zero in batch {found.index([])}")
    return found


def _cleaned(row: int, labels: list[int], classes: int, collapse: bool) -> list[int]:
    """The labels up to the first blank. Raises ShapeFault for negative ones, and for others after a blank."""
    kept: list[int] = []
    ended = False
    for i, label in enumerate(labels):
        if collapse and i and label == labels[i - 1]:
            continue
        if label >= classes - 1:
            ended = True
        elif ended:
            raise ShapeFault(f"Saw a non-null label (index >= num_classes - 1) following a null label, batch: {row} "
                             f"num_classes: {classes} labels: {','.join(map(str, labels))}")
        elif label < 0:
            raise ShapeFault(f"All labels must be nonnegative integers, batch: {row} labels: "
                             f"{','.join(map(str, labels))}")
        else:
            kept.append(label)
    return kept


@op("CTCLabels", inputs="indices: int64, values: int32, dense_shape: int64", host=True,
    outputs=("labels", "label_length"), differentiable=never("integer result"),
    samples=lambda rng: [((np.array([[0, 0], [0, 1], [1, 0]]), np.array([1, 1, 2], np.int32), np.array([2, 2])),
                          {"num_classes": 4})])
def ctc_labels_op(indices, values, dense_shape, *, num_classes: int, preprocess_collapse_repeated: bool = False):
    """Sparse labels as a matrix, padded with zeros, and how many each row has."""
    if indices.ndim != 2 or values.ndim != 1 or len(indices) != len(values):
        raise ShapeFault("labels_indices must be a matrix and labels_values a vector of as many elements")
    rows = [_cleaned(b, row, num_classes, preprocess_collapse_repeated)
            for b, row in enumerate(_sequences(indices, values, int(dense_shape[0])))]
    longest = max((len(r) for r in rows), default=0)
    labels = np.zeros((len(rows), max(_BUCKET, -(-longest // _BUCKET) * _BUCKET)), np.int32)
    for b, row in enumerate(rows):
        labels[b, :len(row)] = row
    return labels, np.array([len(r) for r in rows], np.int32)


@ctc_labels_op.shape
def _(inputs, attrs):
    shape = inputs[2].value
    batch = None if shape is None else int(shape[0])
    return [((batch, None), dtypes.int32), ((batch,), dtypes.int32)]


# Dense labels ----------------------------------------------------------------------------------------


@op("CTCUniqueLabels", inputs="labels: T", T=INDEX, host=True, outputs=("unique", "idx"),
    differentiable=never("integer result"), samples=lambda rng: [((np.array([[1, 2, 1], [3, 3, 3]]),), {})])
def unique_labels_op(labels):
    """The distinct labels of each row, in the order they come, padded with zeros; and the number of each label."""
    unique, number = np.zeros(labels.shape, np.int64), np.zeros(labels.shape, np.int32)
    for b, row in enumerate(labels.tolist()):
        found = {label: i for i, label in enumerate(dict.fromkeys(row))}
        unique[b, :len(found)] = list(found)
        number[b] = [found[label] for label in row]
    return unique, number


unique_labels_op.shape(lambda inputs, attrs: [(inputs[0].dims, dtypes.int64), (inputs[0].dims, dtypes.int32)])


@op("CTCCollapseRepeated", inputs="labels: T, seq_length: Tlen", T=INDEX, Tlen=INDEX, host=True,
    outputs=("labels", "seq_length"), differentiable=never("integer result"),
    samples=lambda rng: [((np.array([[1, 1, 2, 0], [3, 3, 3, 3]]), np.array([3, 4])), {})])
def collapse_repeated_op(labels, seq_length):
    """The labels of each row without those equal to the one before, padded with zeros; and how many remain."""
    rows = []
    for row, length in zip(labels.tolist(), seq_length.tolist(), strict=True):
        rows.append([label for i, label in enumerate(row[:length]) if not i or label != row[i - 1]])
    out = np.zeros((len(rows), max((len(r) for r in rows), default=0)), labels.dtype)
    for b, row in enumerate(rows):
        out[b, :len(row)] = row
    return out, np.array([len(r) for r in rows], seq_length.dtype)


@collapse_repeated_op.shape
def _(inputs, attrs):
    batch = None if inputs[0].dims is None else inputs[0].dims[0]
    return [((batch, None), inputs[0].dtype), ((batch,), inputs[1].dtype)]
