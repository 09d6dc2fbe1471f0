"""What Keras keeps for the process (settings) and for each thread (open scopes, counters of names).

`clear_session` forgets what belongs to models made so far, and leaves the settings.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

_forget: list[Callable[[], None]] = []


class ThreadState(threading.local):
    """Everything that opens and closes with a block of the running program."""

    def __init__(self) -> None:
        self.name_scopes: list[Any] = []
        self.stateless_scopes: list[Any] = []
        self.autocast_scopes: list[Any] = []
        self.object_scopes: list[Any] = []
        self.remat_scopes: list[Any] = []
        self.graph_scopes: list[Any] = []  # of layers' calls in graphs of TensorFlow 1
        self.graphs_aside: list[Any] = []  # those that were open around what now runs at once
        self.given_scope: str | None = None  # that the next of them takes
        self.forward: dict[int, Any] | None = None  # what the training step has for each of its symbolic tensors
        self.later_writes: list[tuple[Any, Any]] | None = None  # while set, variables are not written
        self.call_context: Any = None
        self.learning_phase: bool | None = None  # of calls that do not say whether they train
        self.name_counts: dict[str, int] = {}


thread = ThreadState()


def on_clear_session(forget: Callable[[], None]) -> Callable[[], None]:
    """Decorator: the function below is called by `clear_session`."""
    _forget.append(forget)
    return forget


@on_clear_session
def reset_names() -> None:
    """Automatic names start again from the first."""
    thread.name_counts.clear()


def clear() -> None:
    """Forget what belongs to models made so far."""
    thread.name_scopes.clear()
    thread.stateless_scopes.clear()
    thread.autocast_scopes.clear()
    thread.graph_scopes.clear()
    thread.call_context = None
    thread.learning_phase = None
    for forget in _forget:
        forget()
