"""Functions of elements: `map`, `filter`, `flat_map`, `interleave`, `scan`, `take_while`.

Rows of elements go through a function at once where it is exact (`exact.py`); otherwise one by one, which threads may
do ahead for those that take no random numbers. Order and results are the same in all three ways.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, final

import numpy as np

from hornbeam.data import structure
from hornbeam.data.pipeline.functions import BoundFunction, TracedFunction
from hornbeam.data.pipeline.node import (
    AUTOTUNE,
    UNKNOWN,
    Context,
    Elements,
    Forwarding,
    Made,
    Node,
    Rows,
    arrays_of,
    columns,
)
from hornbeam.data.pipeline.sources import known
from hornbeam.graph.errors import InvalidArgumentError, OutOfRangeError

_MAX_THREADS = 16


def threads_for(calls: int | None) -> int:
    """How many calls at a time `num_parallel_calls` means: at least one, with AUTOTUNE one a core."""
    if calls is None:
        return 1
    return min(_MAX_THREADS, os.cpu_count() or 1) if calls == AUTOTUNE else max(1, calls)


class _Of(Node):
    """A node with one parent and one function."""

    def __init__(self, parent: Node, function: TracedFunction) -> None:
        self.parents = (parent,)
        self.functions = (function,)
        self.spec = function.spec


# map --------------------------------------------------------------------------------------------------


@final
class MapNode(_Of):
    """A function of each element; `calls` at a time."""

    def __init__(self, parent: Node, function: TracedFunction, calls: Any = None) -> None:
        super().__init__(parent, function)
        self._calls = calls
        self.values = () if calls is None else (calls,)

    def elements(self, context: Context) -> Elements:
        parent = self.parents[0]
        function = self.functions[0].bind(context)
        threads = threads_for(None if self._calls is None else context.integer(self._calls))
        if threads > 1 and not (function.function.exact or function.function.is_random):
            return ParallelMapElements(parent.elements(context), parent.spec, function, threads)
        return MapElements(parent.elements(context), parent.spec, function)

    def cardinality(self, context: Context) -> int:
        return self.parents[0].cardinality(context)


@final
class MapElements(Forwarding):
    """A function of each element of another pass."""

    def __init__(self, source: Elements, spec: Any, function: BoundFunction) -> None:
        super().__init__(source)
        self._function = function
        self._specs = structure.flatten(spec)
        self._rows = structure.is_dense(spec) and structure.is_dense(function.function.spec) and \
            function.runs_on_rows(self._specs)

    def next(self) -> list[Any] | None:
        element = self._source.next()
        return None if element is None else called(self._function, element)

    def next_many(self, count: int) -> tuple[int, list[np.ndarray]]:
        if not self._rows:
            return super().next_many(count)
        found, given = self._source.next_many(count)
        return found, self._on_rows(given) if found else []

    def _on_rows(self, given: list[np.ndarray]) -> list[np.ndarray]:
        made = self._function.rows(given)
        if made is not None:
            return made
        return columns([called(self._function, [c[i, ...] for c in given])
                        for i in range(len(given[0]))])

    @property
    def rows(self) -> Rows | None:
        source = self._source.rows if self._rows else None
        return None if source is None else _MapRows(source, self._function)


@final
class _MapRows(Rows):
    """A function of the rows that are taken."""

    def __init__(self, source: Rows, function: BoundFunction) -> None:
        self._source, self._function = source, function
        self.length = source.length

    def row(self, index: int) -> list[Any]:
        return self._function(self._source.row(index))

    def gather(self, indices: np.ndarray) -> list[np.ndarray]:
        given = self._source.gather(indices)
        made = self._function.rows(given)
        return columns([self._function([c[i, ...] for c in given]) for i in range(len(indices))]) \
            if made is None else made


def called(function: BoundFunction, element: list[Any]) -> list[Any]:
    """A function of one element. The end of a sequence within it is an error like any other."""
    try:
        return function(arrays_of(element))
    except OutOfRangeError as error:
        raise InvalidArgumentError(None, error.op, f"Function invocation produced OutOfRangeError: "
                                                   f"{error.message}") from error


@final
class ParallelMapElements(Elements):
    """As `MapElements`; threads compute the results of the next elements meanwhile, which come in order."""

    def __init__(self, source: Elements, spec: Any, function: BoundFunction, threads: int) -> None:
        self._source, self._function, self._threads = source, function, threads
        self._specs = structure.flatten(spec)
        self._pool: ThreadPoolExecutor | None = None
        self._waiting: deque[Future[list[Any]]] = deque()
        self._ended = False

    def _fill(self) -> None:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._threads, "hornbeam-map")
        while len(self._waiting) < self._threads and not self._ended:
            element = self._source.next()
            if element is None:
                self._ended = True
            else:
                self._waiting.append(self._pool.submit(called, self._function, element))

    def next(self) -> list[Any] | None:
        self._fill()
        if not self._waiting:
            return None
        first = self._waiting.popleft()
        result = first.result()
        self._fill_later()
        return result

    def _fill_later(self) -> None:
        try:
            self._fill()
        except Exception as error:  # what the source raises belongs after the results that wait
            failed: Future[list[Any]] = Future()
            failed.set_exception(error)
            self._waiting.append(failed)

    def state(self) -> Any:
        return {"source": self._source.state(), "ended": self._ended, "waiting": [f.result() for f in self._waiting]}

    def restore(self, state: Any) -> None:
        self._source.restore(state["source"])
        self._ended = state["ended"]
        self._waiting.clear()
        for element in state["waiting"]:
            done: Future[list[Any]] = Future()
            done.set_result(element)
            self._waiting.append(done)

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
        self._source.close()


# filter -----------------------------------------------------------------------------------------------


@final
class FilterNode(Node):
    """The elements for which a function gives true."""

    def __init__(self, parent: Node, function: TracedFunction) -> None:
        self.parents, self.functions, self.spec = (parent,), (function,), parent.spec

    def elements(self, context: Context) -> Elements:
        return _FilterElements(self.parents[0].elements(context), self.spec, self.functions[0].bind(context))

    def cardinality(self, context: Context) -> int:
        return UNKNOWN


@final
class _FilterElements(Forwarding):
    def __init__(self, source: Elements, spec: Any, function: BoundFunction) -> None:
        super().__init__(source)
        self._function = function
        self._specs = structure.flatten(spec)
        self._rows = structure.is_dense(spec) and function.runs_on_rows(self._specs)

    def next(self) -> list[Any] | None:
        while True:
            element = self._source.next()
            if element is None or bool(called(self._function, element)[0]):
                return element

    def next_many(self, count: int) -> tuple[int, list[np.ndarray]]:
        if not self._rows:
            return super().next_many(count)
        parts: list[list[np.ndarray]] = []
        total = 0
        while total < count:
            found, given = self._source.next_many(count - total)
            if not found:
                break
            keep = self._kept(given)
            parts.append([c[keep] for c in given])
            total += int(keep.sum())
        return total, joined(parts) if parts else []

    def _kept(self, given: list[np.ndarray]) -> np.ndarray:
        made = self._function.rows(given)
        if made is None:
            return np.array([bool(called(self._function, [c[i, ...] for c in given])[0])
                             for i in range(len(given[0]))])
        return np.asarray(made[0], bool).reshape(-1)


def joined(parts: Sequence[list[np.ndarray]]) -> list[np.ndarray]:
    """Columns one after another."""
    if len(parts) == 1:
        return parts[0]
    shapes = {tuple(c.shape[1:] for c in part) for part in parts if part and len(part[0])}
    if len(shapes) > 1:
        rows = [[c[i, ...] for c in part] for part in parts for i in range(len(part[0]))]
        return columns(rows)
    full = [p for p in parts if p and len(p[0])] or parts[:1]
    return [np.concatenate(c) for c in zip(*full, strict=True)]


@final
class TakeWhileNode(Node):
    """The elements before the first for which a function gives false."""

    def __init__(self, parent: Node, function: TracedFunction) -> None:
        self.parents, self.functions, self.spec = (parent,), (function,), parent.spec

    def elements(self, context: Context) -> Elements:
        return _TakeWhileElements(self.parents[0].elements(context), self.spec, self.functions[0].bind(context))


@final
class _TakeWhileElements(Elements):
    def __init__(self, source: Elements, spec: Any, function: BoundFunction) -> None:
        self._source, self._function, self._specs = source, function, structure.flatten(spec)
        self._ended = False

    def next(self) -> list[Any] | None:
        if self._ended:
            return None
        element = self._source.next()
        if element is None or not bool(called(self._function, element)[0]):
            self._ended = True
            return None
        return element

    def state(self) -> Any:
        return [self._source.state(), self._ended]

    def restore(self, state: Any) -> None:
        self._source.restore(state[0])
        self._ended = state[1]

    def close(self) -> None:
        self._source.close()


# scan -------------------------------------------------------------------------------------------------


@final
class ScanNode(Node):
    """A function of a state and each element, which gives the next state and an element.

    The function's result is flat: `states` leaves of the state, then those of the element.
    """

    def __init__(self, parent: Node, function: TracedFunction, initial: Sequence[Any], state_specs: Sequence[Any],
                 spec: Any) -> None:
        self.parents, self.functions, self.spec = (parent,), (function,), spec
        self.values = tuple(initial)
        self._state_specs = list(state_specs)

    def elements(self, context: Context) -> Elements:
        return _ScanElements(self.parents[0].elements(context), structure.flatten(self.parents[0].spec),
                             self.functions[0].bind(context), [known(v, context) for v in self.values],
                             self._state_specs)

    def cardinality(self, context: Context) -> int:
        return self.parents[0].cardinality(context)


@final
class _ScanElements(Elements):
    def __init__(self, source: Elements, specs: Sequence[Any], function: BoundFunction, initial: list[Any],
                 state_specs: Sequence[Any]) -> None:
        self._source, self._function, self._now = source, function, initial
        self._specs, self._state_specs = list(specs), list(state_specs)

    def next(self) -> list[Any] | None:
        element = self._source.next()
        if element is None:
            return None
        made = called(self._function, [*self._now, *element])
        self._now = made[:len(self._now)]
        return made[len(self._now):]

    def state(self) -> Any:
        return [self._source.state(), self._now]

    def restore(self, state: Any) -> None:
        self._source.restore(state[0])
        self._now = list(state[1])

    def close(self) -> None:
        self._source.close()


# flat_map and interleave ------------------------------------------------------------------------------


@final
class FlatMapNode(Node):
    """The elements of the datasets that a function gives, one dataset after another."""

    def __init__(self, parent: Node, function: TracedFunction) -> None:
        self.parents, self.functions = (parent,), (function,)
        self.spec = function.spec._element_spec

    def elements(self, context: Context) -> Elements:
        return InterleaveElements(self, context, 1, 1)

    def cardinality(self, context: Context) -> int:
        return UNKNOWN


@final
class InterleaveNode(Node):
    """The elements of the datasets that a function gives: `block` of each in turn, from `cycle` at a time."""

    def __init__(self, parent: Node, function: TracedFunction, cycle: Any, block: Any) -> None:
        self.parents, self.functions = (parent,), (function,)
        self.spec = function.spec._element_spec
        self.values = (cycle, block)

    def elements(self, context: Context) -> Elements:
        cycle, block = (context.integer(v) for v in self.values)
        return InterleaveElements(self, context, (os.cpu_count() or 1) if cycle == AUTOTUNE else cycle, block)

    def cardinality(self, context: Context) -> int:
        return UNKNOWN


class _Slot:
    """One of the datasets that take turns: the element it was made of, and its pass."""

    __slots__ = ("argument", "inner")

    def __init__(self, argument: list[Any], inner: Elements) -> None:
        self.argument, self.inner = argument, inner


@final
class InterleaveElements(Elements):
    """`block` elements of each of `cycle` datasets in turn. A new dataset takes the place of one that ends."""

    def __init__(self, node: Node, context: Context, cycle: int, block: int) -> None:
        parent = node.parents[0]
        self._source = parent.elements(context)
        self._specs = structure.flatten(parent.spec)
        self._function = node.functions[0].bind(context)
        self._block = block
        self._slots: list[_Slot | None] = [None] * cycle
        self._place = self._given = 0
        self._ended = False

    def next(self) -> list[Any] | None:
        while True:
            slot = self._slots[self._place]
            if slot is not None:
                element = slot.inner.next()
                if element is not None:
                    self._given += 1
                    if self._given == self._block:
                        self._turn()
                    return element
                slot.inner.close()
                self._slots[self._place] = None
                self._turn()
            elif not self._ended:
                self._open()
                if self._ended:
                    self._turn()
            elif any(s is not None for s in self._slots):
                self._turn()
            else:
                return None

    def _turn(self) -> None:
        self._place = (self._place + 1) % len(self._slots)
        self._given = 0

    def _open(self) -> None:
        argument = self._source.next()
        if argument is None:
            self._ended = True
        else:
            self._slots[self._place] = self._slot(argument)

    def _slot(self, argument: list[Any]) -> _Slot:
        made: Made = called(self._function, argument)[0]
        return _Slot(argument, made.elements())

    def state(self) -> Any:
        return {"source": self._source.state(), "place": self._place, "given": self._given, "ended": self._ended,
                "slots": [None if s is None else [s.argument, s.inner.state()] for s in self._slots]}

    def restore(self, state: Any) -> None:
        self._source.restore(state["source"])
        self._place, self._given, self._ended = state["place"], state["given"], state["ended"]
        self._slots = []
        for kept in state["slots"]:
            if kept is None:
                self._slots.append(None)
                continue
            slot = self._slot(kept[0])
            slot.inner.restore(kept[1])
            self._slots.append(slot)

    def close(self) -> None:
        for slot in self._slots:
            if slot is not None:
                slot.inner.close()
        self._source.close()

