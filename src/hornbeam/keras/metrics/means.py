"""Means and sums of values, and metrics that are the mean of a function of targets and predictions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hornbeam.keras import initializers, ops
from hornbeam.keras.config.settings import floatx
from hornbeam.keras.losses.lookup import is_loss
from hornbeam.keras.losses.loss import apply_mask, same_rank
from hornbeam.keras.masks import get_keras_mask
from hornbeam.keras.metrics.metric import Metric
from hornbeam.keras.names import keras_export
from hornbeam.keras.saving.serialization import deserialize_keras_object, serialize_keras_object


def per_sample(values: Any, sample_weight: Any, reduce: Callable[..., Any], dtype: Any) -> tuple[Any, Any]:
    """Values [batch] and their weights [batch] or None: further axes are reduced, weighted where they have weights."""
    dtype = dtype or floatx()
    mask = get_keras_mask(values)
    values = ops.cast(ops.convert_to_tensor(values), dtype)
    if sample_weight is not None:
        sample_weight = apply_mask(ops.convert_to_tensor(sample_weight, dtype=dtype), mask, dtype, "sum")
        values, sample_weight = same_rank(values, sample_weight)
        weighted_axes = len(sample_weight.shape)
        if len(values.shape) > weighted_axes:
            values = reduce(values, axis=list(range(weighted_axes, len(values.shape))))
        sample_weight = ops.broadcast_to(sample_weight, ops.shape(values))
        values = values * sample_weight
        if weighted_axes > 1:
            sample_weight = reduce(sample_weight, axis=list(range(1, weighted_axes)))
    if len(values.shape) > 1:
        values = reduce(values, axis=list(range(1, len(values.shape))))
    return values, sample_weight


@keras_export("metrics.Sum")
class Sum(Metric):
    """The sum of all values, times their weights.

    >>> from hornbeam import keras
    >>> metric = keras.metrics.Sum()
    >>> metric.update_state([1.0, 3.0])
    >>> float(metric([5.0]))
    9.0
    """

    def __init__(self, name: str | None = "sum", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.total = self.add_variable((), initializers.Zeros(), dtype=self.dtype, name="total")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Add values, of any shape, and weights that fit their first axes."""
        values, _ = per_sample(values, sample_weight, ops.sum, self.dtype)
        self.total.assign_add(ops.sum(values))

    def reset_state(self) -> None:
        """The sum back to 0."""
        self.total.assign(0)

    def result(self) -> Any:
        """The sum so far."""
        return ops.cast(self.total, self.dtype)


@keras_export("metrics.Mean")
class Mean(Metric):
    """The mean of all values, each with its weight.

    >>> from hornbeam import keras
    >>> float(keras.metrics.Mean()([1.0, 3.0, 5.0, 7.0], sample_weight=[1, 1, 0, 0]))
    2.0
    """

    def __init__(self, name: str | None = "mean", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.total = self.add_variable((), initializers.Zeros(), dtype=self.dtype, name="total")
        self.count = self.add_variable((), initializers.Zeros(), dtype=self.dtype, name="count")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Add values: a number counts once, [batch, ...] once a sample, weighted where there are weights."""
        values, sample_weight = per_sample(values, sample_weight, ops.mean, self.dtype)
        if sample_weight is not None:
            count = ops.sum(sample_weight)
        else:
            count = ops.cast(ops.shape(values)[0] if len(values.shape) else 1, self.dtype)
        self.total.assign_add(ops.sum(values))
        self.count.assign_add(count)

    def reset_state(self) -> None:
        """As if no value had been added."""
        self.total.assign(0)
        self.count.assign(0)

    def result(self) -> Any:
        """The mean so far, 0 where nothing was added."""
        return ops.divide_no_nan(self.total, ops.cast(self.count, self.dtype))


@keras_export("metrics.MeanMetricWrapper")
class MeanMetricWrapper(Mean):
    """The mean of `fn(y_true, y_pred, **arguments)`, which gives values per sample."""

    def __init__(self, fn: Callable[..., Any], name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(name=name, dtype=dtype)
        self._fn = fn
        self._fn_kwargs = kwargs
        if self._direction is None and is_loss(fn):
            self._direction = "down"

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Add a batch of targets and predictions. The predictions' mask, where they have one, is a weight."""
        mask = get_keras_mask(y_pred)
        values = self._fn(y_true, y_pred, **self._fn_kwargs)
        if mask is not None and sample_weight is not None:
            sample_weight = ops.convert_to_tensor(sample_weight, dtype=self.dtype)
        super().update_state(values, apply_mask(sample_weight, mask, self.dtype, "sum"))

    def get_config(self) -> dict[str, Any]:
        """The base's configuration with the function and its arguments."""
        return {**super().get_config(), "fn": serialize_keras_object(self._fn),
                **serialize_keras_object(self._fn_kwargs)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The metric that `get_config` described."""
        return cls(**(deserialize_keras_object(config) if "fn" in config else config))


class FunctionMetric(MeanMetricWrapper):
    """Base of the means here: each is made for one function, whose arguments are the metric's own."""

    _saved_unless: tuple[tuple[str, Any], ...] = ()
    """Arguments that the configuration leaves out while they have this value; Keras does whatever they are."""

    def __init__(self, fn: Callable[..., Any], name: str | None, dtype: Any, **kwargs: Any) -> None:
        super().__init__(fn, name, dtype, **kwargs)
        for key, value in kwargs.items():
            setattr(self, key, value)

    def get_config(self) -> dict[str, Any]:
        """The base's configuration with the function's arguments."""
        own = {k: v for k, v in self._fn_kwargs.items() if (k, v) not in self._saved_unless}
        return {**Metric.get_config(self), **own}
