"""Which functions of Keras 2's backend there are, and what stands in their place today."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from hornbeam.keras.old_names import Old

Item = TypeVar("Item", bound=Callable[..., Any])

_AS_IN_OPS = """
    abs all any cast convert_to_tensor cos elu exp log logsumexp max
    mean min prod round sigmoid sign sin softmax softplus softsign sqrt square squeeze stack
    std sum tanh transpose var
"""

functions: dict[str, Any] = {name: f"ops.{name}" for name in _AS_IN_OPS.split()}
functions |= {"is_tensor": "ops.is_tensor"}


def old(now: str | None) -> Callable[[Item], Item]:
    """Decorator: the function below is `keras.backend`'s. now: what a program writes today, None where nothing is."""
    def declare(function: Item) -> Item:
        functions[function.__name__.rstrip("_")] = Old(function, now)
        return function

    return declare
