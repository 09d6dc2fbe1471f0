"""`tensorflow.python.framework.op_def_registry`: the ops as messages, with the names of their inputs and outputs."""

from __future__ import annotations

from typing import Any

from hornbeam.graph import op_signatures
from hornbeam.graph.op_defs import get

__all__ = ["get", "get_registered_ops", "sync"]


def get_registered_ops() -> dict[str, Any]:
    """All ops by name."""
    return {name: found for name in op_signatures.names() if (found := get(name)) is not None}


def sync() -> None:
    """All ops are known from the start."""
