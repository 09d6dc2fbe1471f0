"""Losses of probabilities and logits: cross-entropies and their kin."""

from __future__ import annotations

import warnings
from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.config.settings import epsilon
from hornbeam.keras.losses.loss import FunctionLoss, cast_target
from hornbeam.keras.masks import set_keras_mask
from hornbeam.keras.names import keras_export


def _categories(name: str, y_true: Any, y_pred: Any, label_smoothing: float, axis: Any) -> tuple[Any, Any]:
    """One-hot targets and predictions for a loss over classes, smoothed."""
    if isinstance(axis, bool):
        raise ValueError(f"`axis` must be of type `int`. Received: axis={axis} of type {type(axis)}")
    y_true, y_pred = cast_target(y_true, y_pred)
    if y_pred.shape[-1] == 1:
        warnings.warn(f"In loss {name}, expected y_pred.shape to be (batch_size, num_classes) with num_classes > 1. "
                      f"Received: y_pred.shape={tuple(y_pred.shape)}. Consider using 'binary_crossentropy' if you only "
                      "have 2 classes.", SyntaxWarning, stacklevel=3)
    if label_smoothing:
        classes = ops.cast(ops.shape(y_true)[-1], y_pred.dtype)
        y_true = y_true * (1.0 - label_smoothing) + label_smoothing / classes
    return y_true, y_pred


def _halves(y_true: Any, y_pred: Any, label_smoothing: float) -> tuple[Any, Any]:
    """Targets 0 or 1 and predictions for a binary loss, smoothed."""
    y_true, y_pred = cast_target(y_true, y_pred)
    if label_smoothing:
        y_true = y_true * (1.0 - label_smoothing) + 0.5 * label_smoothing
    return y_true, y_pred


@keras_export("losses.binary_crossentropy", "metrics.binary_crossentropy")
def binary_crossentropy(y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0,
                        axis: Any = -1) -> Any:
    """−mean(y_true · log(y_pred) + (1 − y_true) · log(1 − y_pred)) over `axis`.

    y_true: 0, 1 or between. y_pred: probabilities, or logits with `from_logits`. label_smoothing: draws targets to 1/2.
    """
    y_true, y_pred = _halves(y_true, y_pred, label_smoothing)
    return ops.mean(ops.binary_crossentropy(y_true, y_pred, from_logits=from_logits), axis=axis)


@keras_export("losses.binary_focal_crossentropy", "metrics.binary_focal_crossentropy")
def binary_focal_crossentropy(y_true: Any, y_pred: Any, apply_class_balancing: bool = False, alpha: float = 0.25,
                              gamma: float = 2.0, from_logits: bool = False, label_smoothing: float = 0.0,
                              axis: Any = -1) -> Any:
    """Binary cross-entropy times (1 − p)^gamma, p the probability of the target: hard examples count more.

    apply_class_balancing: weigh ones by `alpha` and zeros by 1 − alpha. Lin et al. 2018.
    """
    y_true, y_pred = _halves(y_true, y_pred, label_smoothing)
    if from_logits:
        y_pred = ops.sigmoid(y_pred)
    of_target = y_true * y_pred + (1 - y_true) * (1 - y_pred)
    values = ops.power(1.0 - of_target, gamma) * ops.binary_crossentropy(y_true, y_pred)
    if apply_class_balancing:
        values = values * (y_true * alpha + (1 - y_true) * (1 - alpha))
    return ops.mean(values, axis=axis)


@keras_export("losses.categorical_crossentropy", "metrics.categorical_crossentropy")
def categorical_crossentropy(y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0,
                             axis: Any = -1) -> Any:
    """−sum(y_true · log(y_pred)) over the classes at `axis`: [..., classes] → [...].

    y_true: one-hot or probabilities. y_pred: probabilities (scaled to sum to 1), or logits with `from_logits`.
    label_smoothing: draws targets to the uniform distribution. Raises ValueError for shapes that differ.
    """
    y_true, y_pred = _categories("categorical_crossentropy", y_true, y_pred, label_smoothing, axis)
    return ops.categorical_crossentropy(y_true, y_pred, from_logits=from_logits, axis=axis)


@keras_export("losses.categorical_focal_crossentropy", "metrics.categorical_focal_crossentropy")
def categorical_focal_crossentropy(y_true: Any, y_pred: Any, alpha: Any = 0.25, gamma: float = 2.0,
                                   from_logits: bool = False, label_smoothing: float = 0.0, axis: Any = -1) -> Any:
    """Categorical cross-entropy with each class's part times alpha · (1 − p)^gamma. Lin et al. 2018.

    alpha: a number or one for each class.
    """
    y_true, y_pred = _categories("categorical_focal_crossentropy", y_true, y_pred, label_smoothing, axis)
    if from_logits:
        y_pred = ops.softmax(y_pred, axis=axis)
    probability = ops.clip(y_pred / ops.sum(y_pred, axis=axis, keepdims=True), epsilon(), 1.0 - epsilon())
    weight = ops.multiply(ops.power(1.0 - probability, gamma), alpha)
    return -ops.sum(weight * y_true * ops.log(probability), axis=axis)


@keras_export("losses.sparse_categorical_crossentropy", "metrics.sparse_categorical_crossentropy")
def sparse_categorical_crossentropy(y_true: Any, y_pred: Any, from_logits: bool = False,
                                    ignore_class: int | None = None, axis: int = -1) -> Any:
    """−log of the probability of the class `y_true`: labels [...] or [..., 1], predictions [..., classes] → [...].

    y_pred: probabilities, or logits with `from_logits`. ignore_class: samples with this label give 0 and are masked.
    Raises ValueError for shapes that do not fit; labels out of range are refused or give NaN.
    """
    y_true, y_pred = ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
    if len(y_true.shape) == len(y_pred.shape) and y_true.shape[axis] == 1:
        y_true = ops.squeeze(y_true, axis=axis)
    if ignore_class is None:
        return ops.sparse_categorical_crossentropy(y_true, y_pred, from_logits=from_logits, axis=axis)
    kept = ops.not_equal(y_true, ops.cast(ignore_class, y_true.dtype))
    values = ops.sparse_categorical_crossentropy(
        ops.where(kept, y_true, ops.zeros_like(y_true)),
        ops.where(ops.expand_dims(kept, axis), y_pred, ops.zeros_like(y_pred)), from_logits=from_logits, axis=axis)
    values = ops.where(kept, values, ops.zeros_like(values))
    set_keras_mask(values, kept)
    return values


@keras_export("losses.categorical_generalized_cross_entropy")
def categorical_generalized_cross_entropy(y_true: Any, y_pred: Any, q: float) -> Any:
    """(1 − p^q) / q, p the probability of the class `y_true`: robust against wrong labels. Zhang and Sabuncu 2018.

    y_true: labels [...]. y_pred: probabilities [..., classes]. q: between 0 (cross-entropy) and 1 (absolute error).
    """
    y_pred = ops.convert_to_tensor(y_pred)
    chosen = ops.one_hot(ops.cast(ops.convert_to_tensor(y_true), "int32"), ops.shape(y_pred)[-1], dtype=y_pred.dtype)
    return (1 - ops.power(ops.sum(y_pred * chosen, axis=-1), q)) / q


@keras_export("losses.kl_divergence", "metrics.kl_divergence")
def kl_divergence(y_true: Any, y_pred: Any) -> Any:
    """sum(y_true · log(y_true / y_pred)) over the last axis, both at least ε. Kullback and Leibler 1951."""
    y_true, y_pred = cast_target(y_true, y_pred)
    y_true, y_pred = (ops.clip(y, epsilon(), 1) for y in (y_true, y_pred))
    return ops.sum(y_true * ops.log(y_true / y_pred), axis=-1)


@keras_export("losses.BinaryCrossentropy")
class BinaryCrossentropy(FunctionLoss):
    """Cross-entropy of independent yes-or-no targets (0 or 1) and probabilities, or logits with `from_logits`.

    label_smoothing: draws targets to 1/2. axis: over which the mean is taken first.
    """

    def __init__(self, from_logits: bool = False, label_smoothing: float = 0.0, axis: Any = -1,
                 reduction: str | None = "sum_over_batch_size", name: str = "binary_crossentropy",
                 dtype: Any = None) -> None:
        super().__init__(binary_crossentropy, reduction, name, dtype, from_logits=from_logits,
                         label_smoothing=label_smoothing, axis=axis)


@keras_export("losses.BinaryFocalCrossentropy")
class BinaryFocalCrossentropy(FunctionLoss):
    """Binary cross-entropy in which hard examples count more. Lin et al. 2018.

    gamma: how much more. apply_class_balancing: weigh ones by `alpha` and zeros by 1 − alpha.
    """

    def __init__(self, apply_class_balancing: bool = False, alpha: float = 0.25, gamma: float = 2.0,
                 from_logits: bool = False, label_smoothing: float = 0.0, axis: Any = -1,
                 reduction: str | None = "sum_over_batch_size", name: str = "binary_focal_crossentropy",
                 dtype: Any = None) -> None:
        super().__init__(binary_focal_crossentropy, reduction, name, dtype, from_logits=from_logits,
                         label_smoothing=label_smoothing, axis=axis, apply_class_balancing=apply_class_balancing,
                         alpha=alpha, gamma=gamma)


@keras_export("losses.CategoricalCrossentropy")
class CategoricalCrossentropy(FunctionLoss):
    """Cross-entropy of one-hot targets and probabilities over classes, or logits with `from_logits`.

    label_smoothing: draws targets to the uniform distribution. axis: of the classes.
    """

    def __init__(self, from_logits: bool = False, label_smoothing: float = 0.0, axis: Any = -1,
                 reduction: str | None = "sum_over_batch_size", name: str = "categorical_crossentropy",
                 dtype: Any = None) -> None:
        super().__init__(categorical_crossentropy, reduction, name, dtype, from_logits=from_logits,
                         label_smoothing=label_smoothing, axis=axis)


@keras_export("losses.CategoricalFocalCrossentropy")
class CategoricalFocalCrossentropy(FunctionLoss):
    """Categorical cross-entropy in which hard examples count more. Lin et al. 2018."""

    def __init__(self, alpha: Any = 0.25, gamma: float = 2.0, from_logits: bool = False, label_smoothing: float = 0.0,
                 axis: Any = -1, reduction: str | None = "sum_over_batch_size",
                 name: str = "categorical_focal_crossentropy", dtype: Any = None) -> None:
        super().__init__(categorical_focal_crossentropy, reduction, name, dtype, from_logits=from_logits,
                         label_smoothing=label_smoothing, axis=axis, alpha=alpha, gamma=gamma)


@keras_export("losses.SparseCategoricalCrossentropy")
class SparseCategoricalCrossentropy(FunctionLoss):
    """Cross-entropy of integer labels and probabilities over classes, or logits with `from_logits`.

    ignore_class: samples with this label do not count.
    """

    _integer_targets = True
    _saved_unless = (("axis", -1),)

    def __init__(self, from_logits: bool = False, ignore_class: int | None = None,
                 reduction: str | None = "sum_over_batch_size", axis: int = -1,
                 name: str = "sparse_categorical_crossentropy", dtype: Any = None) -> None:
        super().__init__(sparse_categorical_crossentropy, reduction, name, dtype, from_logits=from_logits,
                         ignore_class=ignore_class, axis=axis)


@keras_export("losses.CategoricalGeneralizedCrossEntropy")
class CategoricalGeneralizedCrossEntropy(FunctionLoss):
    """(1 − p^q) / q, p the probability of the label: robust against wrong labels. Zhang and Sabuncu 2018.

    Raises ValueError for a `q` that is not between 0 and 1.
    """

    _integer_targets = True

    def __init__(self, q: float = 0.5, reduction: str | None = "sum_over_batch_size",
                 name: str = "categorical_generalized_cross_entropy", dtype: Any = None) -> None:
        if not 0 < q < 1:
            raise ValueError("q must be in the interval (0, 1)")
        super().__init__(categorical_generalized_cross_entropy, reduction, name, dtype, q=q)


@keras_export("losses.KLDivergence")
class KLDivergence(FunctionLoss):
    """sum(y_true · log(y_true / y_pred)). Kullback and Leibler 1951."""

    def __init__(self, reduction: str | None = "sum_over_batch_size", name: str = "kl_divergence",
                 dtype: Any = None) -> None:
        super().__init__(kl_divergence, reduction, name, dtype)
