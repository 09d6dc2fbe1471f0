"""Automatic names: `dense`, `dense_1`, …, counted for each class until `clear_session`."""

from __future__ import annotations

import re
import weakref
from typing import Any, ClassVar

from hornbeam.graph import mode
from hornbeam.keras.names import keras_export
from hornbeam.keras.state import on_clear_session, thread


def to_snake_case(name: str) -> str:
    """`Conv2DTranspose` → `conv2d_transpose`.

    >>> to_snake_case("BatchNormalization"), to_snake_case("LSTMCell")
    ('batch_normalization', 'lstm_cell')
    """
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


_of_graphs: weakref.WeakKeyDictionary[Any, dict[str, int]] = weakref.WeakKeyDictionary()


def _counts() -> dict[str, int]:
    """How often names were taken: in graphs of TensorFlow 1 each graph counts for itself."""
    graph = mode.graph_of_v1()
    return thread.name_counts if graph is None else _of_graphs.setdefault(graph, {})


def uniquify(name: str) -> str:
    """`name`, then `name_1`, `name_2`, …"""
    counts = _counts()
    count = counts.get(name, 0)
    counts[name] = count + 1
    return f"{name}_{count}" if count else name


class Style:
    """How objects are named: other names of classes, and which are numbered from 1 on (None: all)."""

    renamed: ClassVar[dict[str, str]] = {}
    numbered: ClassVar[tuple[str, ...] | None] = ()


def auto_name(class_name: str) -> str:
    """The name that the next object of a class takes."""
    name = to_snake_case(class_name)
    name = Style.renamed.get(name, name)
    if Style.numbered is None or name in Style.numbered:
        return f"{name}_{get_uid(name)}"
    return uniquify(name)


@keras_export("backend.get_uid")
def get_uid(prefix: str = "") -> int:
    """How often a number was asked for under this prefix: 1, 2, …"""
    counts = _counts()
    counts[prefix] = counts.get(prefix, 0) + 1
    return counts[prefix]


@on_clear_session
def reset_uids() -> None:
    """Automatic names and numbers start again from the first."""
    thread.name_counts.clear()
    _of_graphs.clear()
