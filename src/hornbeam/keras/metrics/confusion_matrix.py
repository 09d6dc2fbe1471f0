"""Counts of right and wrong answers at thresholds, and between classes."""

from __future__ import annotations

import enum
from collections.abc import Container, Iterable, Sequence
from typing import Any

import numpy as np

from hornbeam.keras import ops
from hornbeam.keras.config.settings import epsilon
from hornbeam.keras.losses.loss import same_rank
from hornbeam.keras.metrics.metric import Metric

BELOW_ALL = -1e10
"""Stands for what is not among the `top_k`: below any prediction."""


class Count(enum.Enum):
    """Which answers a variable counts."""

    TRUE_POSITIVES = "tp"
    FALSE_POSITIVES = "fp"
    TRUE_NEGATIVES = "tn"
    FALSE_NEGATIVES = "fn"


def checked_thresholds(thresholds: Any, default: float) -> list[float]:
    """Thresholds as a list, `default` where None are given. Raises ValueError for those outside [0, 1]."""
    if thresholds is None:
        return [default]
    found = list(thresholds) if isinstance(thresholds, (list, tuple)) else [thresholds]
    invalid = [t for t in found if t is None or t < 0 or t > 1]
    if invalid:
        raise ValueError(f"Threshold values must be in [0, 1]. Received: {invalid}")
    return found


def even_thresholds(number: int) -> list[float]:
    """`number` thresholds from 0 to 1, evenly spread."""
    return [0.0, *((i + 1) / (number - 1) for i in range(number - 2)), 1.0]


def are_even(thresholds: Sequence[float]) -> bool:
    """Whether three or more thresholds are spread evenly over [0, 1]: counting is then one pass."""
    number = len(thresholds)
    spread = np.arange(number, dtype=np.float32) / (number - 1) if number >= 3 else None
    return spread is not None and bool(np.allclose(thresholds, spread, atol=epsilon()))


class CountingMetric(Metric):
    """Base of metrics that count right and wrong answers, one number a threshold.

    top_k: only the `top_k` largest predictions of a sample count as yes. class_id: only this class is looked at.
    """

    def _count(self, kinds: Iterable[Count], thresholds: Sequence[float], shape: Any = None, top_k: int | None = None,
               class_id: int | None = None, name: str | None = None) -> None:
        """Make the variables; each stands at the attribute of its name, by default its kind's."""
        self._thresholds_used, self._top_k, self._class_id = list(thresholds), top_k, class_id
        self._even = are_even(self._thresholds_used)
        self._counters: dict[Count, Any] = {}
        for kind in kinds:
            own_name = name or kind.name.lower()
            counter = self.add_variable(shape or (len(self._thresholds_used),), "zeros", name=own_name)
            self._counters[kind] = counter
            setattr(self, own_name, counter)

    def _add_counts(self, y_true: Any, y_pred: Any, sample_weight: Any, multi_label: bool = False,
                    label_weights: Any = None) -> None:
        counts = count_answers(y_true, y_pred, self._thresholds_used, self._counters, even=self._even,
                               top_k=self._top_k, class_id=self._class_id, sample_weight=sample_weight,
                               multi_label=multi_label, label_weights=label_weights)
        for kind, counter in self._counters.items():
            counter.assign_add(counts[kind])

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Add a batch of targets (0 or 1) and predictions between 0 and 1; weights are [batch] or as the targets."""
        self._add_counts(y_true, y_pred, sample_weight)


def count_answers(y_true: Any, y_pred: Any, thresholds: Sequence[float], kinds: Container[Count], *,
                  even: bool, top_k: int | None = None, class_id: int | None = None, sample_weight: Any = None,
                  multi_label: bool = False, label_weights: Any = None) -> dict[Count, Any]:
    """The weighted numbers of answers of each kind: [thresholds], or [thresholds, labels] for `multi_label`.

    A prediction above the threshold is a yes. even: whether the thresholds are spread evenly.
    Raises ValueError where `class_id` is given for predictions without classes.
    """
    dtype = "float32"
    y_true, y_pred = (ops.cast(ops.convert_to_tensor(y), dtype) for y in (y_true, y_pred))
    y_pred, y_true = same_rank(y_pred, y_true)
    if sample_weight is not None:
        weight = ops.expand_dims(ops.cast(ops.convert_to_tensor(sample_weight), dtype), axis=-1)
        sample_weight = same_rank(y_true, weight, expand_rank_1=False)[1]
    if top_k is not None:
        kept = ops.sum(ops.one_hot(ops.top_k(y_pred, top_k)[1], ops.shape(y_pred)[-1], dtype=dtype), axis=-2)
        y_pred = y_pred * kept + BELOW_ALL * (1 - kept)
    if class_id is not None:
        if len(y_pred.shape) == 1:
            raise ValueError("When class_id is provided, y_pred must be a 2D array with shape (num_samples, "
                             f"num_classes), found shape: {tuple(y_pred.shape)}")
        y_true, y_pred = (ops.expand_dims(y[..., class_id], axis=-1) for y in (y_true, y_pred))
    weight = _weights(y_pred, sample_weight, None if multi_label else label_weights)
    yes = ops.cast(ops.cast(y_true, "bool"), dtype)
    if not multi_label:
        yes, y_pred = ops.reshape(yes, (-1, 1)), ops.reshape(y_pred, (-1, 1))
        weight = None if weight is None else ops.reshape(weight, (-1, 1))
    positives, negatives = (yes, 1.0 - yes) if weight is None else (yes * weight, (1.0 - yes) * weight)
    count = _counts_in_one_pass if even else _counts_each
    tp, fp = count(positives, negatives, y_pred, thresholds)
    found = {Count.TRUE_POSITIVES: tp, Count.FALSE_POSITIVES: fp}
    if Count.TRUE_NEGATIVES in kinds:
        found[Count.TRUE_NEGATIVES] = ops.sum(negatives, axis=0) - fp
    if Count.FALSE_NEGATIVES in kinds:
        found[Count.FALSE_NEGATIVES] = ops.sum(positives, axis=0) - tp
    return found if multi_label else {kind: ops.squeeze(value, axis=-1) for kind, value in found.items()}


def _weights(y_pred: Any, sample_weight: Any, label_weights: Any) -> Any:
    """The weight of each prediction, or None."""
    if sample_weight is not None:
        sample_weight = ops.broadcast_to(sample_weight, ops.shape(y_pred))
    if label_weights is None:
        return sample_weight
    labels = ops.broadcast_to(ops.expand_dims(label_weights, 0), ops.shape(y_pred))
    return labels if sample_weight is None else sample_weight * labels


def _counts_each(positives: Any, negatives: Any, y_pred: Any, thresholds: Sequence[float]) -> tuple[Any, Any]:
    """Sums of positives and negatives [n, labels] above each threshold → [thresholds, labels], all compared."""
    levels = ops.reshape(ops.convert_to_tensor(thresholds, dtype=y_pred.dtype), (-1, 1, 1))
    above = ops.cast(ops.expand_dims(y_pred, 0) > levels, y_pred.dtype)
    return ops.sum(above * positives, axis=1), ops.sum(above * negatives, axis=1)


def _counts_in_one_pass(positives: Any, negatives: Any, y_pred: Any, thresholds: Sequence[float]) -> tuple[Any, Any]:
    """As `_counts_each` for even thresholds: each prediction falls into a bucket, and buckets add up from above."""
    number, labels = len(thresholds), ops.shape(y_pred)[1]
    buckets = ops.ceil(ops.clip(y_pred, 0.0, 1.0) * (number - 1)) - 1
    if thresholds[0] < 0.0 or thresholds[-1] > 1.0:  # moved outwards, so that 0 is above the first
        buckets = ops.relu(buckets)
    buckets = ops.cast(buckets, "int32")
    # A bucket of each label of its own; what is above no threshold is outside of all.
    slots = ops.where(buckets < 0, -1, buckets + number * ops.arange(labels, dtype="int32"))

    def sums(values: Any) -> Any:
        filled = ops.segment_sum(ops.reshape(values, (-1,)), ops.reshape(slots, (-1,)), num_segments=number * labels)
        by_label = ops.reshape(filled, (labels, number))
        return ops.transpose(ops.flip(ops.cumsum(ops.flip(by_label, axis=1), axis=1), axis=1))

    return sums(positives), sums(negatives)


def class_pairs(y_true: Any, y_pred: Any, num_classes: int, weights: Any, dtype: Any) -> Any:
    """The weighted number of samples of each pair of classes: vectors of labels → [num_classes, num_classes]."""
    pairs = ops.cast(y_true, "int32") * num_classes + ops.cast(y_pred, "int32")
    counted = ops.segment_sum(ops.cast(weights, dtype), pairs, num_segments=num_classes * num_classes)
    return ops.reshape(counted, (num_classes, num_classes))
