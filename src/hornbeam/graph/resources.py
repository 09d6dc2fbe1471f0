"""Resources: what operations keep from run to run besides variables. Queues, readers, tables, iterators.

A handle is a scalar tensor of dtype `resource` whose value is the resource itself. Called at once, the op of a handle
makes a resource; in a graph its operation stands for one resource in each session, which the session's store keeps:

    @op("TextLineReaderV2", inputs="", host=True, stateful=True, differentiable=never("a handle"))
    def text_line_reader(*, skip_header_lines: int = 0, container: str = "", shared_name: str = ""):
        return handle(LineReader(skip_header_lines))

    kept(text_line_reader)

Operations that take a handle get the resource from it by `held`. Those that may wait for other threads are declared by
`waits`, and wait by `Waiting.until`: closing the session then ends them with CancelledError.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, final

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.errors import CancelledError, DeadlineExceededError, InvalidArgumentError, OpError
from hornbeam.graph.op import Op

__all__ = ["Resource", "Waiting", "current_waiting", "handle", "held", "kept", "waits"]


class Resource:
    """What a handle stands for. Threads share it: its methods take care of that themselves."""

    made_by: Any = None
    """The operation that made it."""

    def named(self, name: str) -> None:
        """Take the name of the operation that stands for it, for messages."""

    def agrees(self, attrs: dict[str, Any]) -> None:
        """Raises InvalidArgumentError where an operation with these attributes cannot share this resource."""

    def release(self) -> None:
        """The session that kept it is closed: files are closed, memory is let go."""


def handle(resource: Resource) -> np.ndarray:
    """The value of a tensor that stands for a resource."""
    made = np.empty((), object)
    made[()] = resource
    return made


def held(value: Any) -> Any:
    """The resource that a handle's value stands for."""
    return np.asarray(value)[()]


def handle_rule(inputs: Any, attrs: dict[str, Any]) -> Any:
    """The shape rule of an op that gives a handle."""
    return [((), dtypes.resource)]


def kept(declaration: Op) -> Op:
    """Declares that an op gives a handle: in a graph of one resource in each session, made when it is first needed.

    Operations with the same attributes `container` and `shared_name` stand for one resource.
    """
    declaration.shape(handle_rule)

    @declaration.lower
    def _(context: Any, call: Any, values: Any) -> Any:
        def make() -> Any:
            made = held(context.apply(call, declaration.group(values, call.attrs))[0])
            made.made_by = call
            made.named(call.attrs.get("shared_name") or call.name)
            return made

        found = context.store.resource(call, make)
        if found.made_by is not call:
            _share(found, call)
        return (handle(found),)

    return declaration


def _share(resource: Resource, call: Any) -> None:
    """Raises InvalidArgumentError where an operation cannot stand for a resource that another one made."""
    first, asked = resource.made_by.type, call.type
    try:
        if asked != first:
            raise InvalidArgumentError(None, None, f"Expected {first.removesuffix('V2')}, found {asked}")
        resource.agrees(call.attrs)
    except OpError as error:
        text = f"{error.message}\n\t [[{{{{node {call.name}}}}}]]"
        raise type(error)(None, call, text) from None  # type: ignore[call-arg]


def waits(declaration: Op) -> Op:
    """Declares that an op may wait for what other threads do: closing the session ends that."""
    @declaration.lower
    def _(context: Any, call: Any, values: Any) -> Any:
        with context.store.waiting.entered():
            return context.apply(call, declaration.group(values, call.attrs))

    return declaration


# Waiting ---------------------------------------------------------------------------------------------


class _Current(threading.local):
    waiting: Waiting | None = None
    deadline: float | None = None


_current = _Current()


@final
class Waiting:
    """What waits in the runs of one session; `cancel` ends all of it, for good."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._conditions: dict[threading.Condition, int] = {}
        self.cancelled = False

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Within the block, what this thread waits for can be cancelled here."""
        before, _current.waiting = _current.waiting, self
        try:
            yield
        finally:
            _current.waiting = before

    def until(self, condition: threading.Condition, ready: Callable[[], bool], what: str,
              deadline: float | None = None) -> None:
        """Wait until `ready()`, asked whenever `condition`, which the caller holds, is notified.

        deadline: by `time.monotonic()`. Raises CancelledError once cancelled, with `what` in its text, and
        DeadlineExceededError.
        """
        if ready():
            return
        with self._lock:
            self._conditions[condition] = self._conditions.get(condition, 0) + 1
        try:
            while not ready():
                if self.cancelled:
                    raise CancelledError(None, None, what)
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    raise DeadlineExceededError(None, None, "Timed out waiting for notification")
                condition.wait(left)
        finally:
            with self._lock:
                self._conditions[condition] -= 1
                if not self._conditions[condition]:
                    del self._conditions[condition]

    def cancel(self) -> None:
        """End what waits now and what will want to wait."""
        self.cancelled = True
        with self._lock:
            conditions = list(self._conditions)
        for condition in conditions:
            with condition:
                condition.notify_all()


_process = Waiting()
"""What waits in eager code: nothing closes it."""


def current_waiting() -> Waiting:
    """That of the session whose run this thread is in, else the process's."""
    return _current.waiting or _process


def wait_until(condition: threading.Condition, ready: Callable[[], bool], what: str) -> None:
    """Wait in the run that this thread is in, no longer than its options allow (`Waiting.until`)."""
    current_waiting().until(condition, ready, what, _current.deadline)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Within the block this thread waits no longer than until `seconds` from now, for all of it together."""
    before, _current.deadline = _current.deadline, time.monotonic() + seconds
    try:
        yield
    finally:
        _current.deadline = before
