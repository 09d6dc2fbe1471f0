"""What losses share: values per sample from targets and predictions, then weights, masks and the reduction."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from hornbeam.keras import dtype_policies, ops, tree
from hornbeam.keras.config.settings import floatx
from hornbeam.keras.dtypes import is_int_dtype
from hornbeam.keras.masks import get_keras_mask
from hornbeam.keras.names import keras_export
from hornbeam.keras.old_names import warn_of_old_spelling
from hornbeam.keras.saving.serialization import deserialize_keras_object, internal, serialize_keras_object
from hornbeam.keras.utils.naming import auto_name

REDUCTIONS = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None)


class Reduction:
    """Keras 2's names of the reductions."""

    AUTO = "auto"
    NONE = "none"
    SUM = "sum"
    SUM_OVER_BATCH_SIZE = "sum_over_batch_size"


def checked_reduction(reduction: str | None) -> str | None:
    """The reduction itself; Keras 2's `"auto"` is `"sum_over_batch_size"`. Raises ValueError for another word."""
    if reduction == Reduction.AUTO:
        warn_of_old_spelling('`reduction="auto"` is now `reduction="sum_over_batch_size"`, the default.')
        return "sum_over_batch_size"
    if reduction not in REDUCTIONS:
        raise ValueError(f"Invalid value for argument `reduction`. Expected one of {set(REDUCTIONS)}. "
                         f"Received: reduction={reduction}")
    return reduction


@keras_export("Loss", "losses.Loss")
class Loss:
    """Base of losses: a subclass defines `call(y_true, y_pred)`, the values per sample.

    name: by default the class's in snake_case. reduction: `"sum_over_batch_size"` (the mean over all values, weighted
    values summed), `"sum"`, `"mean"`, `"mean_with_sample_weight"` (divided by the sum of the weights) or None
    (`"none"`): the values themselves. dtype: a dtype or policy to compute in, by default `floatx`.
    Raises ValueError for another reduction.
    """

    def __init__(self, name: str | None = None, reduction: str | None = "sum_over_batch_size",
                 dtype: Any = None) -> None:
        self.name = name or auto_name(type(self).__name__)
        self.reduction = checked_reduction(reduction)
        self._dtype_policy = dtype_policies.get(dtype or floatx())
        self._dtype = self._dtype_policy.compute_dtype

    @property
    def dtype(self) -> str:
        """The dtype that targets and predictions are cast to."""
        return self._dtype

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """The loss of `y_pred` [batch, ...], weighted by `sample_weight` ([batch] or as the values per sample)."""
        mask = get_keras_mask(y_pred)
        y_pred = tree.map_structure(self._cast, y_pred)
        y_true = tree.map_structure(self._cast_target, y_true)
        values = self.call(y_true, y_pred)
        own_mask = get_keras_mask(values)
        if own_mask is not None:
            mask = own_mask if mask is None else ops.logical_and(mask, own_mask)
        return reduce_weighted(values, sample_weight, mask, self.reduction, self.dtype)

    def _cast(self, x: Any) -> Any:
        return ops.convert_to_tensor(x, dtype=self.dtype)

    def _cast_target(self, x: Any) -> Any:
        return self._cast(x)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """The values per sample, from targets and predictions of one dtype."""
        raise NotImplementedError(f"Loss {type(self).__name__} does not have a `call()` method implemented.")

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the loss from."""
        return {"name": self.name, "reduction": self.reduction}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The loss that `get_config` described."""
        return cls(**config)

    def _obj_type(self) -> str:
        return "Loss"


@internal("keras.src.losses.losses")
class LossFunctionWrapper(Loss):
    """A loss made of a function `fn(y_true, y_pred, **arguments)` that gives the values per sample."""

    _integer_targets = False
    """Whether integer targets stay integers."""

    def __init__(self, fn: Callable[..., Any], reduction: str | None = "sum_over_batch_size",
                 name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.fn = fn
        self._fn_kwargs = kwargs

    def _cast_target(self, x: Any) -> Any:
        if self._integer_targets:
            x = ops.convert_to_tensor(x)
            if is_int_dtype(x.dtype):
                return x
        return super()._cast_target(x)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """`fn` of targets and predictions of one rank."""
        if tree.is_nested(y_pred):
            targets, predictions = tree.flatten(y_true), tree.flatten(y_pred)
            pairs = [same_rank(t, p) for t, p in zip(targets, predictions, strict=True)]
            y_true = tree.pack_sequence_as(y_true, [t for t, _ in pairs])
            y_pred = tree.pack_sequence_as(y_pred, [p for _, p in pairs])
        else:
            y_true, y_pred = same_rank(y_true, y_pred)
        return self.fn(y_true, y_pred, **self._fn_kwargs)

    def get_config(self) -> dict[str, Any]:
        """The base's configuration with the function and its arguments."""
        return {**super().get_config(), "fn": serialize_keras_object(self.fn),
                **serialize_keras_object(self._fn_kwargs)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The loss that `get_config` described."""
        return cls(**(deserialize_keras_object(config) if "fn" in config else config))

    def __repr__(self) -> str:
        return f"<{type(self).__name__}({self.fn}, kwargs={self._fn_kwargs})>"


class FunctionLoss(LossFunctionWrapper):
    """Base of the losses here: each is made for one function, whose arguments are the loss's own."""

    _saved_unless: tuple[tuple[str, Any], ...] = ()
    """Arguments that the configuration leaves out while they have this value; Keras does whatever they are."""

    def __init__(self, fn: Callable[..., Any], reduction: str | None, name: str | None, dtype: Any,
                 **kwargs: Any) -> None:
        super().__init__(fn, reduction, name, dtype, **kwargs)
        for key, value in kwargs.items():
            setattr(self, key, value)

    def get_config(self) -> dict[str, Any]:
        """The base's configuration with the function's arguments."""
        own = {k: v for k, v in self._fn_kwargs.items() if (k, v) not in self._saved_unless}
        return {**Loss.get_config(self), **own}


# Ranks, weights and masks ----------------------------------------------------------------------------


def same_rank(x1: Any, x2: Any, expand_rank_1: bool = True) -> tuple[Any, Any]:
    """Both with the same rank where a last dimension of 1 is all that parts them.

    The longer one loses it, or a vector gains it (`expand_rank_1`). Anything else stays as it is.
    """
    difference = len(x1.shape) - len(x2.shape)
    if abs(difference) != 1:
        return x1, x2
    longer, shorter = (x1, x2) if difference == 1 else (x2, x1)
    if longer.shape[-1] == 1:
        if len(shorter.shape) == 1 and expand_rank_1:
            shorter = ops.expand_dims(shorter, axis=-1)
        else:
            longer = ops.squeeze(longer, axis=-1)
    return (longer, shorter) if difference == 1 else (shorter, longer)


def aligned(y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    """Targets and predictions as tensors of the predictions' dtype and of the same rank."""
    y_pred = ops.convert_to_tensor(y_pred)
    return same_rank(ops.convert_to_tensor(y_true, dtype=y_pred.dtype), y_pred)


def cast_target(y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    """Targets and predictions as tensors of the predictions' dtype; ranks as they are."""
    y_pred = ops.convert_to_tensor(y_pred)
    return ops.cast(ops.convert_to_tensor(y_true), y_pred.dtype), y_pred


def apply_mask(sample_weight: Any, mask: Any, dtype: Any, reduction: str | None) -> Any:
    """The weights with masked samples at 0.

    For reductions that divide by the number of values the rest is scaled up, so that masked ones do not count.
    """
    if mask is None:
        return sample_weight
    weights = ops.cast(mask, dtype)
    if reduction in ("mean", "sum_over_batch_size"):
        weights = weights * ops.divide_no_nan(number_of_values(mask, dtype), ops.sum(weights))
    if sample_weight is None:
        return weights
    weights, sample_weight = same_rank(weights, ops.cast(sample_weight, dtype))
    return sample_weight * weights


def number_of_values(x: Any, dtype: Any) -> Any:
    """The number of elements of `x`, as a tensor of `dtype`."""
    dims = tuple(x.shape)
    known = all(isinstance(d, int) for d in dims)
    return ops.convert_to_tensor(math.prod(dims), dtype=dtype) if known else ops.cast(ops.size(x), dtype)


def reduce_weighted(values: Any, sample_weight: Any = None, mask: Any = None,
                    reduction: str | None = "sum_over_batch_size", dtype: Any = None) -> Any:
    """The values times their weights, reduced. A single value and an empty vector stay as they are."""
    values = ops.convert_to_tensor(values, dtype=dtype)
    if sample_weight is not None:
        sample_weight = ops.convert_to_tensor(sample_weight, dtype=dtype)
    sample_weight = apply_mask(sample_weight, mask, values.dtype, checked_reduction(reduction))
    if sample_weight is not None:
        values, sample_weight = same_rank(values, ops.cast(sample_weight, values.dtype))
        values = values * sample_weight
    if reduction in (None, "none") or tuple(values.shape) in ((), (0,)):
        return values
    total = ops.sum(values)
    if reduction == "sum":
        return total
    if reduction == "mean_with_sample_weight" and sample_weight is not None:
        return ops.divide_no_nan(total, ops.cast(ops.sum(sample_weight), total.dtype))
    return ops.divide_no_nan(total, number_of_values(values, total.dtype))
