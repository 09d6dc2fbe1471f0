"""Metrics by name and configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hornbeam.keras.identifiers import Identifiers, with_snake_case
from hornbeam.keras.names import keras_export

_SHORT = {"bce": "BinaryCrossentropy", "mse": "MeanSquaredError", "mae": "MeanAbsoluteError",
          "mape": "MeanAbsolutePercentageError", "msle": "MeanSquaredLogarithmicError"}
METRICS = Identifiers("metrics", "metric", with_snake_case,
                      also={**_SHORT, **{short.upper(): full for short, full in _SHORT.items()},
                            "cosine_proximity": "CosineSimilarity"})


@keras_export("metrics.get")
def get(identifier: Any) -> Any:
    """The metric that a name (`"mse"`, `"MeanSquaredError"`, `"auc"`), a configuration or a class stands for.

    A function or object is itself, None is None. Raises ValueError for anything else.
    """
    return METRICS.get(identifier)


@keras_export("metrics.serialize")
def serialize(metric: Any) -> Any:
    """A metric's configuration, or a function's name."""
    return METRICS.serialize(metric)


@keras_export("metrics.deserialize")
def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The metric that a configuration or name describes; `custom_objects` by name come first."""
    return METRICS.deserialize(config, custom_objects)
