"""Metrics of right and wrong answers at thresholds: counts, precision, recall, and one at a level of the other."""

from __future__ import annotations

from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.metrics.confusion_matrix import (
    BELOW_ALL,
    Count,
    CountingMetric,
    checked_thresholds,
    even_thresholds,
)
from hornbeam.keras.names import keras_export


class _OneCount(CountingMetric):
    """Base of the metrics that count answers of one kind. thresholds: a number between 0 and 1 or several."""

    _kind: Count

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.init_thresholds = thresholds
        self.thresholds = checked_thresholds(thresholds, 0.5)
        self._count((self._kind,), self.thresholds, name="accumulator")

    def result(self) -> Any:
        """The number so far, or a vector of them where there are several thresholds."""
        counts = ops.convert_to_tensor(self._counters[self._kind])
        return counts[0] if len(self.thresholds) == 1 else counts

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the metric from."""
        return {**super().get_config(), "thresholds": self.init_thresholds}


@keras_export("metrics.TruePositives")
class TruePositives(_OneCount):
    """How many targets 1 are predicted above the threshold."""

    _kind = Count.TRUE_POSITIVES


@keras_export("metrics.FalsePositives")
class FalsePositives(_OneCount):
    """How many targets 0 are predicted above the threshold."""

    _kind = Count.FALSE_POSITIVES


@keras_export("metrics.TrueNegatives")
class TrueNegatives(_OneCount):
    """How many targets 0 are predicted below the threshold."""

    _kind = Count.TRUE_NEGATIVES


@keras_export("metrics.FalseNegatives")
class FalseNegatives(_OneCount):
    """How many targets 1 are predicted below the threshold."""

    _kind = Count.FALSE_NEGATIVES


class _Share(CountingMetric):
    """Base of precision and recall: true positives over them and the answers of another kind."""

    _direction = "up"
    _others: Count

    def __init__(self, thresholds: Any = None, top_k: int | None = None, class_id: int | None = None,
                 name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.init_thresholds = thresholds
        self.top_k = top_k
        self.class_id = class_id
        self.thresholds = checked_thresholds(thresholds, 0.5 if top_k is None else BELOW_ALL)
        self._count((Count.TRUE_POSITIVES, self._others), self.thresholds, top_k=top_k, class_id=class_id)

    def result(self) -> Any:
        """The share so far, or a vector of them where there are several thresholds."""
        share = _share(self._counters[Count.TRUE_POSITIVES], self._counters[self._others])
        return share[0] if len(self.thresholds) == 1 else share

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the metric from."""
        return {**super().get_config(), "thresholds": self.init_thresholds, "top_k": self.top_k,
                "class_id": self.class_id}


def _share(part: Any, rest: Any) -> Any:
    """part / (part + rest), 0 where both are 0."""
    return ops.divide_no_nan(part, ops.add(part, rest))


@keras_export("metrics.Precision")
class Precision(_Share):
    """How many of the predictions above the threshold are right.

    thresholds: a number between 0 and 1 (by default 1/2) or several. top_k: only the `top_k` largest predictions of a
    sample count as yes, whatever they are, unless thresholds are given. class_id: only this class is looked at.
    """

    _others = Count.FALSE_POSITIVES


@keras_export("metrics.Recall")
class Recall(_Share):
    """How many of the targets 1 are predicted above the threshold. Arguments as of `Precision`."""

    _others = Count.FALSE_NEGATIVES


class _BestAt(CountingMetric):
    """Base of metrics that say the best of one rate where another reaches a level."""

    _direction = "up"
    _level_name: str

    def __init__(self, value: float, num_thresholds: int = 200, class_id: int | None = None, name: str | None = None,
                 dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        if value < 0 or value > 1:
            raise ValueError(f"Argument `{self._level_name}` must be in the range [0, 1]. "
                             f"Received: {self._level_name}={value}")
        if num_thresholds <= 0:
            raise ValueError("Argument `num_thresholds` must be an integer > 0. "
                             f"Received: num_thresholds={num_thresholds}")
        setattr(self, self._level_name, value)
        self.value = value
        self.num_thresholds = num_thresholds
        self.class_id = class_id
        self.thresholds = [0.5] if num_thresholds == 1 else even_thresholds(num_thresholds)
        self._count(Count, self.thresholds, class_id=class_id)

    def _best(self, rates: Any, where: Any) -> Any:
        """The largest of `rates` where the other rate reaches the level; 0 where it never does."""
        return ops.max(ops.where(ops.greater_equal(where, self.value), rates, ops.zeros_like(rates)))

    def _sensitivity(self) -> Any:
        return _share(self._counters[Count.TRUE_POSITIVES], self._counters[Count.FALSE_NEGATIVES])

    def _specificity(self) -> Any:
        return _share(self._counters[Count.TRUE_NEGATIVES], self._counters[Count.FALSE_POSITIVES])

    def _precision(self) -> Any:
        return _share(self._counters[Count.TRUE_POSITIVES], self._counters[Count.FALSE_POSITIVES])

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the metric from."""
        return {**super().get_config(), "class_id": self.class_id, "num_thresholds": self.num_thresholds,
                self._level_name: self.value}


@keras_export("metrics.SensitivityAtSpecificity")
class SensitivityAtSpecificity(_BestAt):
    """The best sensitivity (share of targets 1 found) at thresholds with at least this specificity (of 0 refused).

    num_thresholds: how many are tried. class_id: only this class is looked at. Raises ValueError for a level outside
    [0, 1] and for no thresholds.
    """

    _level_name = "specificity"

    def __init__(self, specificity: float, num_thresholds: int = 200, class_id: int | None = None,
                 name: str | None = None, dtype: Any = None) -> None:
        super().__init__(specificity, num_thresholds, class_id, name, dtype)

    def result(self) -> Any:
        """The best sensitivity so far."""
        return self._best(self._sensitivity(), self._specificity())


@keras_export("metrics.SpecificityAtSensitivity")
class SpecificityAtSensitivity(_BestAt):
    """The best specificity (share of targets 0 refused) at thresholds with at least this sensitivity.

    Arguments and errors as of `SensitivityAtSpecificity`.
    """

    _level_name = "sensitivity"

    def __init__(self, sensitivity: float, num_thresholds: int = 200, class_id: int | None = None,
                 name: str | None = None, dtype: Any = None) -> None:
        super().__init__(sensitivity, num_thresholds, class_id, name, dtype)

    def result(self) -> Any:
        """The best specificity so far."""
        return self._best(self._specificity(), self._sensitivity())


@keras_export("metrics.PrecisionAtRecall")
class PrecisionAtRecall(_BestAt):
    """The best precision at thresholds with at least this recall. Arguments as of `SensitivityAtSpecificity`."""

    _level_name = "recall"

    def __init__(self, recall: float, num_thresholds: int = 200, class_id: int | None = None, name: str | None = None,
                 dtype: Any = None) -> None:
        super().__init__(recall, num_thresholds, class_id, name, dtype)

    def result(self) -> Any:
        """The best precision so far."""
        return self._best(self._precision(), self._sensitivity())


@keras_export("metrics.RecallAtPrecision")
class RecallAtPrecision(_BestAt):
    """The best recall at thresholds with at least this precision. Arguments as of `SensitivityAtSpecificity`."""

    _level_name = "precision"

    def __init__(self, precision: float, num_thresholds: int = 200, class_id: int | None = None,
                 name: str | None = None, dtype: Any = None) -> None:
        super().__init__(precision, num_thresholds, class_id, name, dtype)

    def result(self) -> Any:
        """The best recall so far."""
        return self._best(self._sensitivity(), self._precision())
