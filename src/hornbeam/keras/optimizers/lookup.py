"""Optimizers by name and configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hornbeam.keras.identifiers import Identifiers
from hornbeam.keras.names import keras_export
from hornbeam.keras.optimizers.of_tensorflow import of_tensorflow
from hornbeam.keras.optimizers.optimizer import Optimizer
from hornbeam.train.optimizer import Optimizer as TrainOptimizer

OPTIMIZERS = Identifiers("optimizers", "optimizer", lambda name: (name.lower(),))


@keras_export("optimizers.get")
def get(identifier: Any) -> Any:
    """The optimizer that a name in any case (`"adam"`, `"RMSprop"`) or a configuration stands for.

    An optimizer is itself, None is None. Raises ValueError for anything else.

    >>> from hornbeam import keras
    >>> type(keras.optimizers.get("rmsprop")).__name__
    'RMSprop'
    """
    if identifier is None:
        return None
    if isinstance(identifier, TrainOptimizer):
        return of_tensorflow(identifier)
    found = identifier
    if isinstance(identifier, dict):
        found = deserialize(identifier)
    elif isinstance(identifier, str):
        found = OPTIMIZERS.find(identifier.lower()) or OPTIMIZERS.find(identifier)
    if isinstance(found, type) and issubclass(found, Optimizer):
        found = found()  # type: ignore[call-arg]
    if not isinstance(found, Optimizer):
        raise ValueError(f"Could not interpret optimizer identifier: {identifier}")
    return found


@keras_export("optimizers.serialize")
def serialize(optimizer: Any) -> Any:
    """An optimizer's configuration."""
    return OPTIMIZERS.serialize(optimizer)


@keras_export("optimizers.deserialize")
def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The optimizer that a configuration describes; `custom_objects` by name come first.

    The class's name may have any case. Raises TypeError where there is none of that name.
    """
    name = config.get("class_name", "") if isinstance(config, dict) else ""
    if name.lower() in OPTIMIZERS.table and name not in (custom_objects or {}):
        config = {**config, "class_name": name.lower()}
    return OPTIMIZERS.deserialize(config, custom_objects)
