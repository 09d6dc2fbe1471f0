"""Losses by name and configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hornbeam.keras.identifiers import Identifiers
from hornbeam.keras.losses.loss import Loss
from hornbeam.keras.names import keras_export

ABBREVIATIONS = {"bce": "binary_crossentropy", "kld": "kl_divergence", "mae": "mean_absolute_error",
                 "mse": "mean_squared_error", "mape": "mean_absolute_percentage_error",
                 "msle": "mean_squared_logarithmic_error"}
OLD_FUNCTIONS = {**ABBREVIATIONS, **{short.upper(): full for short, full in ABBREVIATIONS.items()},
                 "logcosh": "log_cosh", "kullback_leibler_divergence": "kl_divergence",
                 "cosine_proximity": "cosine_similarity", "cosine": "cosine_similarity"}
OLD_NAMES = {**OLD_FUNCTIONS, "huber_loss": "huber"}
LOSSES = Identifiers("losses", "loss", functions=True, also=OLD_FUNCTIONS)


@keras_export("losses.get")
def get(identifier: Any) -> Any:
    """The loss that a name (`"mse"`, `"MeanSquaredError"`), a configuration or a class stands for.

    A function or object is itself, None is None. Raises ValueError for anything else.

    >>> from hornbeam import keras
    >>> keras.losses.get("MSE") is keras.losses.mean_squared_error
    True
    """
    return LOSSES.get(identifier)


@keras_export("losses.serialize")
def serialize(loss: Any) -> Any:
    """A loss object's configuration, or a function's name."""
    return LOSSES.serialize(loss)


@keras_export("losses.deserialize")
def deserialize(name: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The loss that a configuration or name describes; `custom_objects` by name come first."""
    return LOSSES.deserialize(name, custom_objects)


def is_loss(value: Any) -> bool:
    """Whether a function or object is one of the losses here: smaller is better."""
    return any(value is known or type(value) is known for known in LOSSES.table.values()) or isinstance(value, Loss)
