"""Intersection over union: how well predicted segments cover the true ones."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.config.settings import epsilon
from hornbeam.keras.metrics.confusion_matrix import class_pairs
from hornbeam.keras.metrics.metric import Metric
from hornbeam.keras.names import keras_export


class _PairCounts(Metric):
    """Base of the metrics made of the number of samples of each pair of true and predicted class."""

    _direction = "up"

    def __init__(self, num_classes: int, name: str | None = None, dtype: Any = None, ignore_class: int | None = None,
                 sparse_y_true: bool = True, sparse_y_pred: bool = True, axis: int = -1) -> None:
        super().__init__(name=name, dtype=dtype or "int64")
        self.num_classes = num_classes
        self.ignore_class = ignore_class
        self.sparse_y_true = sparse_y_true
        self.sparse_y_pred = sparse_y_pred
        self.axis = axis
        self.total_cm = self.add_variable((num_classes, num_classes), "zeros", dtype=self.dtype,
                                          name="total_confusion_matrix")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch of labels, of any shape; with classes at `axis` where they are not sparse.

        Labels outside the classes do not count. Weights are as the labels; floats are cut to integers unless `dtype`
        is a float, which a warning says.
        """
        labels = [ops.convert_to_tensor(y) if sparse else ops.argmax(ops.convert_to_tensor(y), axis=self.axis)
                  for y, sparse in ((y_true, self.sparse_y_true), (y_pred, self.sparse_y_pred))]
        y_true, y_pred = (ops.reshape(ops.cast(y, self.dtype), (-1,)) for y in labels)
        if "float" in str(getattr(sample_weight, "dtype", "")) and "int" in self.dtype:
            warnings.warn("You are passing weight as `float`, but dtype is `int`. This may result in an incorrect "
                          "weight due to type casting Consider using integer weights.", stacklevel=2)
        weight = ops.convert_to_tensor(1 if sample_weight is None else sample_weight, dtype=self.dtype)
        if len(weight.shape) > 1:
            weight = ops.reshape(weight, (-1,))
        weight = ops.broadcast_to(weight, ops.shape(y_true))
        counted = ops.equal(y_true, y_true)
        for labels_of in (y_true, y_pred):
            inside = ops.logical_and(labels_of >= 0, labels_of < self.num_classes)
            counted = ops.logical_and(counted, inside)
        if self.ignore_class is not None:
            counted = ops.logical_and(counted, ops.not_equal(y_true, self.ignore_class))
        y_true, y_pred, weight = (ops.where(counted, x, ops.zeros_like(x)) for x in (y_true, y_pred, weight))
        self.total_cm.assign_add(class_pairs(y_true, y_pred, self.num_classes, weight, self.dtype))


@keras_export("metrics.IoU")
class IoU(_PairCounts):
    """|true ∩ predicted| / |true ∪ predicted|, the mean over `target_class_ids`.

    num_classes: how many labels there are. ignore_class: targets of this class do not count. sparse_y_true,
    sparse_y_pred: whether they are labels, else one-hot or probabilities with the classes at `axis`. dtype: of the
    counts, int64 by default. Raises ValueError for a target class that is not there.
    """

    def __init__(self, num_classes: int, target_class_ids: Sequence[int], name: str | None = None, dtype: Any = None,
                 ignore_class: int | None = None, sparse_y_true: bool = True, sparse_y_pred: bool = True,
                 axis: int = -1) -> None:
        super().__init__(num_classes, name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis)
        if max(target_class_ids) >= num_classes:
            raise ValueError(f"Target class id {max(target_class_ids)} is out of range, which is [0, {num_classes}).")
        self.target_class_ids = list(target_class_ids)

    def result(self) -> Any:
        """The mean over the target classes that were seen or predicted so far."""
        matrix = ops.convert_to_tensor(self.total_cm)
        both = ops.diag(matrix)
        either = ops.sum(matrix, axis=0) + ops.sum(matrix, axis=1) - both
        both, either = (ops.cast(ops.take(x, self.target_class_ids, axis=0), "float32") for x in (both, either))
        seen = ops.greater(either, 1e-9)
        shares = ops.where(seen, both / (either + epsilon()), ops.zeros_like(both))
        return ops.sum(shares) / (ops.sum(ops.cast(seen, "float32")) + epsilon())

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the metric from."""
        return {**super().get_config(), "num_classes": self.num_classes, "target_class_ids": self.target_class_ids,
                "ignore_class": self.ignore_class, "sparse_y_true": self.sparse_y_true,
                "sparse_y_pred": self.sparse_y_pred, "axis": self.axis}

    def _config_without(self, *names: str) -> dict[str, Any]:
        return {key: value for key, value in IoU.get_config(self).items() if key not in names}


@keras_export("metrics.BinaryIoU")
class BinaryIoU(IoU):
    """IoU of targets 0 or 1 and predictions that are 1 from `threshold` on, the mean over `target_class_ids`."""

    def __init__(self, target_class_ids: Sequence[int] = (0, 1), threshold: float = 0.5, name: str | None = None,
                 dtype: Any = None) -> None:
        super().__init__(2, target_class_ids, name, dtype)
        self.threshold = threshold

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch of targets and predictions between 0 and 1."""
        above = ops.convert_to_tensor(y_pred, dtype="float32") >= self.threshold
        super().update_state(y_true, ops.cast(above, self.dtype), sample_weight)

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the metric from."""
        return {"target_class_ids": self.target_class_ids, "threshold": self.threshold, **Metric.get_config(self)}


@keras_export("metrics.MeanIoU")
class MeanIoU(IoU):
    """IoU, the mean over all classes. Arguments as of `IoU`."""

    def __init__(self, num_classes: int, name: str | None = None, dtype: Any = None, ignore_class: int | None = None,
                 sparse_y_true: bool = True, sparse_y_pred: bool = True, axis: int = -1) -> None:
        super().__init__(num_classes, range(num_classes), name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the metric from."""
        return self._config_without("target_class_ids")


@keras_export("metrics.OneHotIoU")
class OneHotIoU(IoU):
    """IoU of one-hot targets, the mean over `target_class_ids`. Arguments as of `IoU`."""

    def __init__(self, num_classes: int, target_class_ids: Sequence[int], name: str | None = None, dtype: Any = None,
                 ignore_class: int | None = None, sparse_y_pred: bool = False, axis: int = -1) -> None:
        super().__init__(num_classes, target_class_ids, name, dtype, ignore_class, False, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the metric from."""
        return self._config_without("sparse_y_true")


@keras_export("metrics.OneHotMeanIoU")
class OneHotMeanIoU(MeanIoU):
    """IoU of one-hot targets, the mean over all classes. Arguments as of `IoU`."""

    def __init__(self, num_classes: int, name: str | None = None, dtype: Any = None, ignore_class: int | None = None,
                 sparse_y_pred: bool = False, axis: int = -1) -> None:
        super().__init__(num_classes, name, dtype, ignore_class, False, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the metric from."""
        return self._config_without("sparse_y_true", "target_class_ids")
