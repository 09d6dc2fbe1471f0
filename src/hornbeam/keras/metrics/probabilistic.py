"""Cross-entropies, divergences and hinge losses as metrics: their means."""

from __future__ import annotations

from typing import Any

from hornbeam.keras.losses import margins
from hornbeam.keras.losses import probabilistic as losses
from hornbeam.keras.losses.regression import poisson
from hornbeam.keras.metrics.means import FunctionMetric
from hornbeam.keras.names import keras_export


@keras_export("metrics.KLDivergence")
class KLDivergence(FunctionMetric):
    """sum(y_true · log(y_true / y_pred))."""

    def __init__(self, name: str | None = "kl_divergence", dtype: Any = None) -> None:
        super().__init__(losses.kl_divergence, name, dtype)


@keras_export("metrics.Poisson")
class Poisson(FunctionMetric):
    """mean(y_pred − y_true · log(y_pred))."""

    def __init__(self, name: str | None = "poisson", dtype: Any = None) -> None:
        super().__init__(poisson, name, dtype)


@keras_export("metrics.BinaryCrossentropy")
class BinaryCrossentropy(FunctionMetric):
    """Cross-entropy of yes-or-no targets (0 or 1) and probabilities, or logits with `from_logits`."""

    def __init__(self, name: str | None = "binary_crossentropy", dtype: Any = None, from_logits: bool = False,
                 label_smoothing: float = 0) -> None:
        super().__init__(losses.binary_crossentropy, name, dtype, from_logits=from_logits,
                         label_smoothing=label_smoothing)


@keras_export("metrics.CategoricalCrossentropy")
class CategoricalCrossentropy(FunctionMetric):
    """Cross-entropy of one-hot targets and probabilities over classes at `axis`, or logits with `from_logits`."""

    def __init__(self, name: str | None = "categorical_crossentropy", dtype: Any = None, from_logits: bool = False,
                 label_smoothing: float = 0, axis: Any = -1) -> None:
        super().__init__(losses.categorical_crossentropy, name, dtype, from_logits=from_logits,
                         label_smoothing=label_smoothing, axis=axis)


@keras_export("metrics.SparseCategoricalCrossentropy")
class SparseCategoricalCrossentropy(FunctionMetric):
    """Cross-entropy of integer labels and probabilities over classes, or logits with `from_logits`.

    ignore_class: samples with this label do not count.
    """

    def __init__(self, name: str | None = "sparse_categorical_crossentropy", dtype: Any = None,
                 from_logits: bool = False, ignore_class: int | None = None, axis: int = -1) -> None:
        super().__init__(losses.sparse_categorical_crossentropy, name, dtype, from_logits=from_logits,
                         ignore_class=ignore_class, axis=axis)


@keras_export("metrics.Hinge")
class Hinge(FunctionMetric):
    """mean(max(1 − y_true · y_pred, 0)); targets −1 or 1."""

    def __init__(self, name: str | None = "hinge", dtype: Any = None) -> None:
        super().__init__(margins.hinge, name, dtype)


@keras_export("metrics.SquaredHinge")
class SquaredHinge(FunctionMetric):
    """mean(max(1 − y_true · y_pred, 0)²); targets −1 or 1."""

    def __init__(self, name: str | None = "squared_hinge", dtype: Any = None) -> None:
        super().__init__(margins.squared_hinge, name, dtype)


@keras_export("metrics.CategoricalHinge")
class CategoricalHinge(FunctionMetric):
    """How far the right class falls short of beating all others by 1; targets one-hot."""

    def __init__(self, name: str | None = "categorical_hinge", dtype: Any = None) -> None:
        super().__init__(margins.categorical_hinge, name, dtype)
