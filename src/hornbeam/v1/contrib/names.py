"""How names of contrib are declared where several of its namespaces have them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hornbeam.graph.names import public

Item = TypeVar("Item")


def of_layers(*names: str) -> Callable[[Item], Item]:
    """Decorator: public in `contrib.layers` and `contrib.slim`."""
    return public(v1=[f"contrib.{space}.{name}" for space in ("layers", "slim") for name in names])


def of_framework(*names: str) -> Callable[[Item], Item]:
    """Decorator: public in `contrib.framework` and `contrib.slim`."""
    return public(v1=[f"contrib.{space}.{name}" for space in ("framework", "slim") for name in names])
