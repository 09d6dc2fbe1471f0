"""The variables of a branch or loop while it runs: read, set, and told apart into tensors and what stays Python's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, final

import numpy as np

from hornbeam.graph import convert, mode, nest
from hornbeam.graph.call import as_tensor
from hornbeam.graph.source import user_frames
from hornbeam.graph.tensor import EagerTensor, GraphTensor

RETURNED = "retval_"
"""How the name starts that holds what a converted function returns."""
_NUMBERS = (bool, int, float, complex, np.ndarray, np.generic)
_PLAIN = frozenset((bool, int, float, type(None), str, list, tuple, dict, EagerTensor))


@final
class Absent:
    """The value of a variable that has none."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"<{self.name!r} is not defined>"


def absent(value: Any) -> bool:
    """Whether a variable has no value."""
    return type(value) is Absent


def forget(holder: Any, key: Any, is_item: bool) -> None:
    """Remove an attribute or item that was not there before."""
    try:
        if is_item:
            del holder[key]
        else:
            delattr(holder, key)
    except (AttributeError, LookupError, TypeError):
        pass


@final
class State:
    """The variables and places that a statement changes. The first `count` are read after it."""

    __slots__ = ("_get", "_set", "count", "names")

    def __init__(self, names: Sequence[str], count: int, getters: Sequence[Callable[[], Any]],
                 setter: Callable[[Sequence[Any]], None] | None) -> None:
        self.names, self.count, self._get, self._set = names, count, getters, setter

    def read(self) -> list[Any]:
        """The values; of what is not defined, an `Absent`."""
        return [_value_of(get, name) for get, name in zip(self._get, self.names, strict=True)]

    def write(self, values: Sequence[Any]) -> None:
        """Set them all; `Absent` ones become undefined."""
        if self._set is not None:
            self._set(values)


def _value_of(get: Callable[[], Any], name: str) -> Any:
    try:
        return get()
    except (NameError, AttributeError, LookupError, TypeError):
        return Absent(name)


# What is a tensor -----------------------------------------------------------------------------------


def symbolic(value: Any) -> bool:
    """Whether a value is known only when a graph runs."""
    kind = type(value)
    if kind is GraphTensor:
        return True
    if kind in _PLAIN:
        return False
    return hasattr(value, "_as_tensor") and mode.current_graph() is not None


def tensor_of(value: Any) -> GraphTensor:
    """A symbolic value as a tensor of the graph that is open."""
    if type(value) is GraphTensor:
        graph = mode.state.open_graphs[-1] if mode.state.open_graphs else None
        return value if graph is None else graph.bring_in(value)
    return as_tensor(value, None, mode.current_graph())


def is_tensor_like(value: Any) -> bool:
    """Whether a value can be a tensor of a graph."""
    if isinstance(value, (GraphTensor, EagerTensor, *_NUMBERS, str, bytes)):
        return True
    return hasattr(value, "_as_tensor") or (value is not None and convert.converter_for(value) is not None)


def is_number(value: Any) -> bool:
    """Whether a value is a Python or NumPy number or array, which becomes a tensor where its variable is one."""
    return isinstance(value, _NUMBERS)


def leaves(value: Any) -> list[Any]:
    """The tensors and other parts of a nested value."""
    return nest.flatten(value, True)


def refilled(value: Any, parts: Sequence[Any]) -> Any:
    """A nested value with other parts."""
    return nest.pack_sequence_as(value, list(parts), True)


# Errors ---------------------------------------------------------------------------------------------


def fault(kind: type[Exception], text: str, advice: str = "") -> Exception:
    """An error of a branch or loop, with the user's line and what to write instead."""
    frames = user_frames(1)
    where = f"\n\n  {frames[0]}: {frames[0].line}" if frames else ""
    return kind(text + where + (f"\n  {advice}" if advice else ""))
