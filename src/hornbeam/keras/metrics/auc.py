"""The area under a curve over all thresholds."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np

from hornbeam.keras import ops
from hornbeam.keras.config.settings import epsilon
from hornbeam.keras.metrics.confusion_matrix import Count, CountingMetric, are_even, even_thresholds
from hornbeam.keras.names import keras_export

Choice = TypeVar("Choice", bound=enum.Enum)


class AUCCurve(enum.Enum):
    """True over false positives, precision over recall, or both as gains over always answering yes."""

    ROC = "ROC"
    PR = "PR"
    PRGAIN = "PRGAIN"


class AUCSummationMethod(enum.Enum):
    """How the area between two thresholds is counted: by interpolation, the larger or the smaller height."""

    INTERPOLATION = "interpolation"
    MAJORING = "majoring"
    MINORING = "minoring"


def _chosen(kind: type[Choice], given: Any, what: str, expected: str) -> Choice:
    for choice in kind:
        if given is choice or (isinstance(given, str) and given in (choice.value, choice.value.lower(),
                                                                    choice.value.capitalize())):
            return choice
    raise ValueError(f'Invalid {what} value: "{given}". Expected values are {expected}')


@keras_export("metrics.AUC")
class AUC(CountingMetric):
    """The area under the curve of two rates over all thresholds, by default true positives over false positives.

    num_thresholds: how many, evenly spread, or `thresholds` between 0 and 1 (the ends are added). curve: "ROC", "PR"
    (precision over recall) or "PRGAIN" (Flach and Kull 2015). summation_method: "interpolation" (for PR as in Davis
    and Goadrich 2006), "minoring" or "majoring". multi_label: targets are [batch, labels], an area for each, averaged
    by `label_weights`; num_labels: how many, else the first batch says. Without `multi_label`, `label_weights` weigh
    each column's answers. from_logits: predictions are logits. Raises ValueError for other values.

    >>> from hornbeam import keras
    >>> float(keras.metrics.AUC(num_thresholds=3)([0, 0, 1, 1], [0, 0.5, 0.3, 0.9]))
    0.75
    """

    _direction = "up"

    def __init__(self, num_thresholds: int = 200, curve: Any = "ROC", summation_method: Any = "interpolation",
                 name: str | None = None, dtype: Any = None, thresholds: Sequence[float] | None = None,
                 multi_label: bool = False, num_labels: int | None = None, label_weights: Any = None,
                 from_logits: bool = False) -> None:
        super().__init__(name=name, dtype=dtype)
        self._init_from_thresholds = thresholds is not None
        if thresholds is None:
            if num_thresholds <= 1:
                raise ValueError("Argument `num_thresholds` must be an integer > 1. "
                                 f"Received: num_thresholds={num_thresholds}")
            levels = even_thresholds(num_thresholds)
        else:
            levels = [0.0, *sorted(thresholds), 1.0]
        self.num_thresholds = len(levels)
        self._evenly_spread = thresholds is None or are_even(levels)
        # The ends move outwards, so that predictions of 0 and 1 are above one and below the other.
        self._thresholds = np.array([-epsilon(), *levels[1:-1], 1.0 + epsilon()])
        self.curve = _chosen(AUCCurve, curve, "AUC curve", '["PR", "ROC", "PRGAIN"]')
        self.summation_method = _chosen(AUCSummationMethod, summation_method, "AUC summation method",
                                        '["interpolation", "majoring", "minoring"]')
        self.multi_label = multi_label
        self.num_labels = num_labels
        self.label_weights = None if label_weights is None else ops.convert_to_tensor(label_weights, dtype=self.dtype)
        self._given_label_weights = label_weights
        self._from_logits = from_logits
        self._built = False
        if num_labels and not multi_label:
            raise ValueError("`num_labels` is needed only when `multi_label` is True.")
        if num_labels or not multi_label:
            self._build((None, num_labels) if multi_label else None)

    @property
    def thresholds(self) -> list[float]:
        """All thresholds, the ends moved a little outwards."""
        return list(self._thresholds)

    def _build(self, shape: Any) -> None:
        counters = (self.num_thresholds,)
        if self.multi_label:
            if len(shape) != 2:
                raise ValueError(f"`y_pred` must have rank 2 when `multi_label=True`. Found rank {len(shape)}. "
                                 f"Full shape received for `y_pred`: {tuple(shape)}")
            self._num_labels = shape[1]
            counters = (self.num_thresholds, self._num_labels)
        self._build_input_shape = shape
        self._count(Count, self.thresholds, shape=counters)
        self._even = self._evenly_spread
        self._built = True

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Add a batch of targets (0 or 1) and predictions between 0 and 1 (logits with `from_logits`)."""
        y_pred = ops.convert_to_tensor(y_pred)
        if not self._built:
            self._build(y_pred.shape)
        if self._from_logits:
            y_pred = ops.sigmoid(y_pred)
        self._add_counts(y_true, y_pred, sample_weight, self.multi_label, self.label_weights)

    def reset_state(self) -> None:
        """As if nothing had been added."""
        if self._built:
            super().reset_state()

    def result(self) -> Any:
        """The area so far."""
        tp, fp, tn, fn = (ops.convert_to_tensor(self._counters[kind]) for kind in Count)
        if self.curve is AUCCurve.PR and self.summation_method is AUCSummationMethod.INTERPOLATION:
            return self._over_labels(_interpolated_precision(tp, fp, fn))
        recall = ops.divide_no_nan(tp, tp + fn)
        if self.curve is AUCCurve.ROC:
            x, y = ops.divide_no_nan(fp, fp + tn), recall
        elif self.curve is AUCCurve.PR:
            x, y = recall, ops.divide_no_nan(tp, tp + fp)
        else:
            x, y = _gains(tp, fp, tn, fn)
        left, right = y[:-1], y[1:]
        if self.summation_method is AUCSummationMethod.INTERPOLATION:
            heights = (left + right) / 2.0
        else:
            pick = ops.minimum if self.summation_method is AUCSummationMethod.MINORING else ops.maximum
            heights = pick(left, right)
        return self._over_labels((x[:-1] - x[1:]) * heights)

    def interpolate_pr_auc(self) -> Any:
        """The area under precision over recall so far, interpolated as Davis and Goadrich 2006 do."""
        tp, fp, fn = (ops.convert_to_tensor(self._counters[kind]) for kind in (
            Count.TRUE_POSITIVES, Count.FALSE_POSITIVES, Count.FALSE_NEGATIVES))
        return self._over_labels(_interpolated_precision(tp, fp, fn))

    def _over_labels(self, parts: Any) -> Any:
        """The parts of the area added up, and averaged over labels."""
        area = ops.sum(parts, axis=0)
        if not self.multi_label:
            return area
        if self.label_weights is None:
            return ops.mean(area)
        return ops.divide_no_nan(ops.sum(area * self.label_weights), ops.sum(self.label_weights))

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the metric from."""
        given = self._given_label_weights
        config = {**super().get_config(), "num_thresholds": self.num_thresholds, "curve": self.curve.value,
                  "summation_method": self.summation_method.value, "multi_label": self.multi_label,
                  "num_labels": self.num_labels,
                  "label_weights": None if given is None else np.asarray(given).tolist(),
                  "from_logits": self._from_logits}
        if self._init_from_thresholds:
            config["thresholds"] = self.thresholds[1:-1]
        return config


def _interpolated_precision(tp: Any, fp: Any, fn: Any) -> Any:
    """The parts of the area under precision over recall: between two thresholds true positives grow linearly with all
    positives, and precision along with them.
    """
    positives = tp + fp
    gained, added = tp[:-1] - tp[1:], positives[:-1] - positives[1:]
    slope = ops.divide_no_nan(gained, ops.maximum(added, 0))
    intercept = tp[1:] - slope * positives[1:]
    both = ops.logical_and(positives[:-1] > 0, positives[1:] > 0)
    ratio = ops.where(both, ops.divide_no_nan(positives[:-1], ops.maximum(positives[1:], 0)),
                      ops.ones_like(positives[1:]))
    return ops.divide_no_nan(slope * (gained + intercept * ops.log(ratio)), ops.maximum(tp[1:] + fn[1:], 0))


def _gains(tp: Any, fp: Any, tn: Any, fn: Any) -> tuple[Any, Any]:
    """Recall and precision as gains over the share of positives, which always answering yes would reach."""
    odds = ops.divide_no_nan(tp + fn, tn + fp)
    none = ops.equal(tp, 0.0)
    recall = ops.where(none, ops.zeros_like(tp), 1.0 - odds * ops.divide_no_nan(fn, tp))
    precision = ops.where(none, ops.ones_like(tp), 1.0 - odds * ops.divide_no_nan(fp, tp))
    return ops.maximum(recall, 0.0), precision
