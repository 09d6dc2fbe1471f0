"""What holds elements for a while: `prefetch`, `cache`, `unique`, groups; and what lets errors pass."""

from __future__ import annotations

import atexit
import threading
import warnings
import weakref
from collections import deque
from collections.abc import Sequence
from typing import Any, final

import numpy as np

from hornbeam.data import structure
from hornbeam.data.pipeline.codec import encoded
from hornbeam.data.pipeline.functions import BoundFunction, TracedFunction
from hornbeam.data.pipeline.mapping import called
from hornbeam.data.pipeline.node import AUTOTUNE, INFINITE, UNKNOWN, Context, Elements, Forwarding, Made, Node
from hornbeam.data.pipeline.order import _Same
from hornbeam.data.pipeline.sources import KeptNode
from hornbeam.graph import errors

_AUTOMATIC = 4
"""Elements that `prefetch(AUTOTUNE)` holds."""


# prefetch -----------------------------------------------------------------------------------------------


@final
class PrefetchNode(_Same):
    """The elements; a thread fetches up to `size` of them ahead."""

    def elements(self, context: Context) -> Elements:
        size = context.integer(self.values[0])
        if size < 0 and size != AUTOTUNE:
            raise errors.InvalidArgumentError(None, None, "buffer_size must be >= 0 or set buffer_size to be "
                                                          f"{AUTOTUNE} for auto-tuning")
        source = self.parents[0].elements(context)
        return PrefetchElements(source, _AUTOMATIC if size == AUTOTUNE else size) if size else source

    def cardinality(self, context: Context) -> int:
        return self.parents[0].cardinality(context)


@final
class _Ahead:
    """What a prefetching thread and its consumer share."""

    def __init__(self, source: Elements, size: int) -> None:
        self.source, self.size = source, size
        self.fetching = threading.Lock()
        self.changed = threading.Condition(threading.RLock())
        self.ready: deque[tuple[Any, BaseException | None]] = deque()
        self.ended = self.closed = False
        self.hungry = False
        """Whether the consumer is about to fetch for itself."""

    def taken(self) -> list[Any] | None:
        """The first element that is ready, None where there is none."""
        if not self.ready:
            return None
        element, error = self.ready.popleft()
        if len(self.ready) < self.size:
            with self.changed:
                self.changed.notify_all()
        if error is not None:
            raise error
        return element

    def run(self) -> None:
        """Fetch until the end, or until nobody wants more."""
        while True:
            with self.changed:
                while (len(self.ready) >= self.size or self.hungry) and not self.closed:
                    self.changed.wait()
            with self.fetching:
                if self.closed or self.ended:
                    return
                self._fetch()

    def _fetch(self) -> None:
        try:
            item: tuple[Any, BaseException | None] = self.source.next(), None
        except BaseException as error:
            item = None, error
        with self.changed:
            if item == (None, None):
                self.ended = True
            else:
                self.ready.append(item)
            self.changed.notify_all()

    def stop(self) -> None:
        """Let the thread end."""
        with self.changed:
            self.closed = True
            self.changed.notify_all()


_running: weakref.WeakKeyDictionary[threading.Thread, _Ahead] = weakref.WeakKeyDictionary()


@atexit.register
def _stop_all() -> None:
    """Let the threads end before the interpreter does: one that is stopped for good may hold a lock."""
    running = list(_running.items())
    for _, ahead in running:
        ahead.stop()
    for thread, _ in running:
        thread.join(timeout=2)


@final
class PrefetchElements(Elements):
    """Elements that a thread fetches ahead. It starts with the first `next`."""

    def __init__(self, source: Elements, size: int) -> None:
        self._ahead = _Ahead(source, size)
        self._thread: threading.Thread | None = None

    def next(self) -> list[Any] | None:
        ahead = self._ahead
        if self._thread is None:
            self._thread = threading.Thread(target=ahead.run, name="hornbeam-prefetch", daemon=True)
            _running[self._thread] = ahead
            self._thread.start()
        with ahead.changed:
            if ahead.ready or ahead.ended:
                return ahead.taken()
            ahead.hungry = True
        with ahead.fetching:  # waiting for the thread's signal would take longer than many an element
            try:
                if ahead.ready or ahead.ended:
                    return ahead.taken()
                element = ahead.source.next()
                ahead.ended = element is None
                return element
            finally:
                with ahead.changed:
                    ahead.hungry = False
                    ahead.changed.notify_all()

    def state(self) -> Any:
        ahead = self._ahead
        with ahead.fetching:
            failed = next((error for _, error in ahead.ready if error is not None), None)
            if failed is not None:
                raise failed
            return {"source": ahead.source.state(), "ready": [e for e, _ in ahead.ready], "ended": ahead.ended}

    def restore(self, state: Any) -> None:
        ahead = self._ahead
        with ahead.fetching:
            ahead.source.restore(state["source"])
            ahead.ready = deque((e, None) for e in state["ready"])
            ahead.ended = state["ended"]

    def close(self) -> None:
        self._ahead.stop()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=5)
        if self._ahead.fetching.acquire(timeout=5):
            self._ahead.source.close()
            self._ahead.fetching.release()

    def __del__(self) -> None:
        if getattr(self, "_ahead", None) is not None:
            self._ahead.stop()


# cache in memory ------------------------------------------------------------------------------------------


@final
class MemoryCacheNode(_Same):
    """The elements, kept in memory during the first whole pass and taken from there in later ones."""

    def elements(self, context: Context) -> Elements:
        return _MemoryElements(self, context)

    def cardinality(self, context: Context) -> int:
        return self.parents[0].cardinality(context)


@final
class _MemoryElements(Elements):
    def __init__(self, node: MemoryCacheNode, context: Context) -> None:
        self._node, self._context = node, context
        self._kept: list[list[Any]] | None = context.memory.get(node)
        self._filling: list[list[Any]] = []
        self._source = None if self._kept is not None else node.parents[0].elements(context)
        self._at = 0

    def next(self) -> list[Any] | None:
        if self._source is not None:
            return self._first_pass(self._source)
        assert self._kept is not None
        if self._at >= len(self._kept):
            return None
        self._at += 1
        return list(self._kept[self._at - 1])

    def _first_pass(self, source: Elements) -> list[Any] | None:
        element = source.next()
        if element is not None:
            self._filling.append(element)
            return element
        self._kept = self._filling
        self._context.memory.setdefault(self._node, self._kept)
        self._at = len(self._kept)
        self._source = None
        source.close()
        return None

    def state(self) -> Any:
        if self._source is not None:
            return {"source": [self._source.state()], "kept": list(self._filling)}
        return {"source": None, "kept": list(self._kept or ()), "at": self._at}

    def restore(self, state: Any) -> None:
        kept = [list(e) for e in state["kept"]]
        if state["source"] is None:
            self._kept, self._at, self._source = kept, state["at"], None
            self._context.memory.setdefault(self._node, kept)
            return
        self._kept, self._filling = None, kept
        self._source = self._node.parents[0].elements(self._context)
        self._source.restore(state["source"][0])

    def close(self) -> None:
        if self._source is not None:
            self._source.close()


# unique -------------------------------------------------------------------------------------------------


@final
class UniqueNode(_Same):
    """Each element once, where it comes first."""

    def elements(self, context: Context) -> Elements:
        return _UniqueElements(self.parents[0].elements(context))

    def cardinality(self, context: Context) -> int:
        return UNKNOWN


@final
class _UniqueElements(Elements):
    def __init__(self, source: Elements) -> None:
        self._source = source
        self._seen: dict[Any, list[Any]] = {}

    def next(self) -> list[Any] | None:
        while (element := self._source.next()) is not None:
            value = element[0]
            key = encoded([value]) if value.ndim else value[()]
            if key not in self._seen:
                self._seen[key] = element
                return element
        return None

    def state(self) -> Any:
        return [self._source.state(), list(self._seen)]

    def restore(self, state: Any) -> None:
        self._source.restore(state[0])
        self._seen = dict.fromkeys(state[1])  # type: ignore[arg-type]

    def close(self) -> None:
        self._source.close()


# groups -------------------------------------------------------------------------------------------------


@final
class GroupByWindowNode(Node):
    """Elements of one key, `size(key)` at a time, as a dataset each; the elements of what `reduce` makes of them."""

    def __init__(self, parent: Node, key: TracedFunction, reduce: TracedFunction, size: TracedFunction) -> None:
        self.parents, self.functions = (parent,), (key, reduce, size)
        self.spec = reduce.spec._element_spec

    def elements(self, context: Context) -> Elements:
        return _GroupElements(self.parents[0], context, [f.bind(context) for f in self.functions])

    def cardinality(self, context: Context) -> int:
        return UNKNOWN


@final
class _GroupElements(Elements):
    def __init__(self, parent: Node, context: Context, functions: Sequence[BoundFunction]) -> None:
        self._source = parent.elements(context)
        self._spec, self._specs = parent.spec, structure.flatten(parent.spec)
        self._key, self._reduce, self._size = functions
        self._groups: dict[int, list[list[Any]]] = {}
        self._sizes: dict[int, int] = {}
        self._current: tuple[int, list[list[Any]], Elements] | None = None
        self._ended = False

    def next(self) -> list[Any] | None:
        while True:
            if self._current is not None:
                element = self._current[2].next()
                if element is not None:
                    return element
                self._current = None
            if self._ended:
                if not self._groups:
                    return None
                key = min(self._groups)
                self._start(key, self._groups.pop(key))
            else:
                self._take()

    def _take(self) -> None:
        element = self._source.next()
        if element is None:
            self._ended = True
            return
        key = int(called(self._key, element)[0])
        if key not in self._groups:
            size = int(self._size([np.array(key, np.int64)])[0])
            if size <= 0:
                raise errors.InvalidArgumentError(None, None, f"Window size must be greater than zero, but got {size}.")
            self._sizes[key] = size
        group = self._groups.setdefault(key, [])
        group.append(element)
        if len(group) == self._sizes[key]:
            self._start(key, self._groups.pop(key))

    def _start(self, key: int, group: list[list[Any]]) -> None:
        box = np.empty((), object)
        box[()] = Made(KeptNode(group, self._spec))
        made: Made = self._reduce([np.array(key, np.int64), box])[0]
        self._current = key, group, made.elements()

    def state(self) -> Any:
        current = None if self._current is None else [self._current[0], self._current[1], self._current[2].state()]
        return {"source": self._source.state(), "ended": self._ended, "current": current,
                "groups": [[k, self._sizes[k], list(g)] for k, g in self._groups.items()]}

    def restore(self, state: Any) -> None:
        self._source.restore(state["source"])
        self._ended = state["ended"]
        self._groups = {k: list(g) for k, _, g in state["groups"]}
        self._sizes = {k: size for k, size, _ in state["groups"]}
        self._current = None
        if state["current"] is not None:
            key, group, kept = state["current"]
            self._start(key, group)
            assert self._current is not None
            self._current[2].restore(kept)

    def close(self) -> None:
        self._source.close()


@final
class GroupByReducerNode(Node):
    """What a reducer makes of all elements of each key, in the order of the keys."""

    def __init__(self, parent: Node, key: TracedFunction, init: TracedFunction, reduce: TracedFunction,
                 finalize: TracedFunction) -> None:
        self.parents, self.functions, self.spec = (parent,), (key, init, reduce, finalize), finalize.spec

    def elements(self, context: Context) -> Elements:
        return _ReducerElements(self.parents[0], context, [f.bind(context) for f in self.functions])


@final
class _ReducerElements(Elements):
    def __init__(self, parent: Node, context: Context, functions: Sequence[BoundFunction]) -> None:
        self._source, self._specs = parent.elements(context), structure.flatten(parent.spec)
        self._key, self._init, self._reduce, self._finalize = functions
        self._states: dict[int, list[Any]] = {}
        self._ended = False

    def next(self) -> list[Any] | None:
        while not self._ended:
            element = self._source.next()
            if element is None:
                self._ended = True
                break
            key = int(called(self._key, element)[0])
            if key not in self._states:
                self._states[key] = self._init([np.array(key, np.int64)])
            self._states[key] = called(self._reduce, [*self._states[key], *element])
        if not self._states:
            return None
        return self._finalize(self._states.pop(min(self._states)))

    def state(self) -> Any:
        return {"source": self._source.state(), "ended": self._ended, "states": [[k, v] for k, v in
                                                                               self._states.items()]}

    def restore(self, state: Any) -> None:
        self._source.restore(state["source"])
        self._ended = state["ended"]
        self._states = {k: list(v) for k, v in state["states"]}

    def close(self) -> None:
        self._source.close()


# Errors, and what is only said ----------------------------------------------------------------------------


@final
class IgnoreErrorsNode(_Same):
    """The elements that can be made; errors of others are passed over."""

    def __init__(self, parent: Node, log: bool) -> None:
        super().__init__(parent)
        self._log = log

    def elements(self, context: Context) -> Elements:
        return _IgnoringElements(self.parents[0].elements(context), self._log)

    def cardinality(self, context: Context) -> int:
        return UNKNOWN


@final
class _IgnoringElements(Forwarding):
    def __init__(self, source: Elements, log: bool) -> None:
        super().__init__(source)
        self._log = log

    def next(self) -> list[Any] | None:
        while True:
            try:
                return self._source.next()
            except errors.OpError as error:
                if self._log:
                    warnings.warn(f"Error raised with error message {error.message}", stacklevel=2)


@final
class OptionsNode(_Same):
    """The same elements; `options` says how they may be computed."""

    def __init__(self, parent: Node, options: Any) -> None:
        super().__init__(parent)
        self.options = options

    def elements(self, context: Context) -> Elements:
        return self.parents[0].elements(context)

    def cardinality(self, context: Context) -> int:
        return self.parents[0].cardinality(context)


@final
class AssertCardinalityNode(_Same):
    """The same elements, of which there must be as many as was said."""

    def elements(self, context: Context) -> Elements:
        return _CountedElements(self.parents[0].elements(context), context.integer(self.values[0]))

    def cardinality(self, context: Context) -> int:
        return context.integer(self.values[0]) if self.known(context) else UNKNOWN


@final
class _CountedElements(Elements):
    def __init__(self, source: Elements, wanted: int) -> None:
        self._source, self._wanted, self._count = source, wanted, 0

    def next(self) -> list[Any] | None:
        element = self._source.next()
        if element is not None:
            self._count += 1
        ended = element is None
        if (ended and self._count != self._wanted) or self._count > self._wanted >= 0:
            wanted = {INFINITE: "an infinite number of"}.get(self._wanted, self._wanted)
            found = f"{self._count}" if ended else f"at least {self._count}"
            if not (self._wanted == UNKNOWN):
                raise errors.FailedPreconditionError(
                    None, None, f"Input dataset was expected to contain {wanted} element{'s' * (wanted != 1)} but "
                    f"contained {found} element{'s' * (self._count != 1)}.")
        return element

    def state(self) -> Any:
        return [self._source.state(), self._count]

    def restore(self, state: Any) -> None:
        self._source.restore(state[0])
        self._count = state[1]

    def close(self) -> None:
        self._source.close()
