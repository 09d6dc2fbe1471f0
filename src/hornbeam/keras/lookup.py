"""Public objects of Keras by name, for modules that stand below the one that defines them."""

from __future__ import annotations

from typing import Any

from hornbeam.graph.names import names_v2


def named(name: str) -> Any:
    """What is public as `keras.<name>`. Raises KeyError where nothing is."""
    return names_v2[f"keras.{name}"].target


def is_a(value: Any, name: str) -> bool:
    """Whether `value` is an instance of the class `keras.<name>`, False where that is not loaded."""
    held = names_v2.get(f"keras.{name}")
    return held is not None and isinstance(value, held.target)
