"""Tables of a model's layers."""

from __future__ import annotations

from typing import Any


def print_summary(model: Any, **options: Any) -> None:
    """In work."""
    for layer in model.layers:
        print(layer.name, type(layer).__name__, layer.count_params())
