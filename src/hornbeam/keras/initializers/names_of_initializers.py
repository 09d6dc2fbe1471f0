"""Initializers by name and configuration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from hornbeam.graph.tensor import Tensor
from hornbeam.keras.dtypes import standardize_dtype
from hornbeam.keras.identifiers import Identifiers, with_snake_case
from hornbeam.keras.names import keras_export
from hornbeam.keras.ops.tensors import tensor
from hornbeam.keras.shapes import standardize_shape

INITIALIZERS = Identifiers("initializers", "initializer", with_snake_case, also={
    "IdentityInitializer": "Identity", "STFTInitializer": "STFT", "OrthogonalInitializer": "Orthogonal",
    "normal": "RandomNormal", "uniform": "RandomUniform", "one": "Ones", "zero": "Zeros"})


def _of_value(value: Any) -> Callable[..., Any]:
    """An initializer that gives a tensor. It raises ValueError for another shape."""
    def initialize(shape: Any, dtype: Any = None) -> Any:
        if standardize_shape(shape) != standardize_shape(value.shape):
            raise ValueError(f"Expected `shape` to be {value.shape} for direct tensor as initializer. "
                             f"Received shape={shape}")
        return tensor(value, standardize_dtype(dtype))

    return initialize


@keras_export("initializers.get")
def get(identifier: Any) -> Any:
    """The initializer that a name (`"he_normal"`, `"HeNormal"`), a configuration, a class or a tensor stands for.

    A callable is itself, None is None. Raises ValueError for anything else.
    """
    if isinstance(identifier, (np.ndarray, np.generic, Tensor)):
        return _of_value(identifier)
    return INITIALIZERS.get(identifier)


@keras_export("initializers.serialize")
def serialize(initializer: Any) -> Any:
    """An initializer's configuration."""
    return INITIALIZERS.serialize(initializer)


@keras_export("initializers.deserialize")
def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The initializer that a configuration or name describes; `custom_objects` by name come first."""
    return INITIALIZERS.deserialize(config, custom_objects)
