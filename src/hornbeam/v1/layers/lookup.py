"""Activations, initializers, regularizers and constraints by name, as layers take them."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import Any

from hornbeam.graph.names import Lazy, names_v1
from hornbeam.ops.initializers import Ones, Zeros

ZEROS, ONES = Zeros(), Ones()
"""What biases, and factors, start from by default."""


def _of_keras(module: str, identifier: Any) -> Any:
    return importlib.import_module(f"hornbeam.keras.{module}").get(identifier)


def _public(name: str) -> Any:
    found = names_v1.get(name)
    return None if found is None or isinstance(found.target, Lazy) else found.target


def activation_of(identifier: Any) -> Callable[..., Any] | None:
    """A function, or that of this name. Raises ValueError for an unknown name."""
    if identifier is None or callable(identifier):
        return identifier
    if identifier == "linear":
        return None
    if isinstance(identifier, str):
        found = _public(f"nn.{identifier}")
        if found is None:
            found = _keras_activation(identifier)
        return found
    return _of_keras("activations", identifier)


@functools.cache
def _keras_activation(name: str) -> Callable[..., Any]:
    try:
        return _of_keras("activations", name)
    except ValueError:
        raise ValueError(f"Unknown activation function:{name}") from None


def initializer_of(identifier: Any) -> Any:
    """An initializer, or that of this name or configuration. Raises ValueError for an unknown name."""
    if isinstance(identifier, str):
        found = _public(f"initializers.{identifier}")
        if found is not None:
            return found()
        try:
            return _of_keras("initializers", identifier)
        except ValueError:
            raise ValueError(f"Unknown initializer:{identifier}") from None
    return _of_keras("initializers", identifier) if isinstance(identifier, dict) else identifier


def regularizer_of(identifier: Any) -> Any:
    """A regularizer, or that of this name or configuration."""
    return _of_keras("regularizers", identifier) if isinstance(identifier, (str, dict)) else identifier


def constraint_of(identifier: Any) -> Any:
    """A constraint, or that of this name or configuration."""
    return _of_keras("constraints", identifier) if isinstance(identifier, (str, dict)) else identifier
