"""Tracking: what a layer's attributes hold (variables, layers, metrics, seeds), also inside lists and dictionaries."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import contextmanager
from typing import Any

from hornbeam.keras.state import thread

_PLAIN = (str, int, float, bool, bytes, type(None))


@contextmanager
def no_tracking() -> Any:
    """Within the block attributes are set as they are."""
    before = getattr(thread, "tracking", True)
    thread.tracking = False  # type: ignore[attr-defined]
    try:
        yield
    finally:
        thread.tracking = before  # type: ignore[attr-defined]


class Tracker:
    """Sorts objects into stores: `kinds` are (store's name, whether an object belongs there, the list)."""

    def __init__(self, kinds: list[tuple[str, Callable[[Any], bool], list[Any]]]) -> None:
        self.stores = {name: store for name, _, store in kinds}
        self._kinds = [(name, belongs) for name, belongs, _ in kinds]
        self._held: dict[str, set[int]] = {name: set() for name in self.stores}
        self.locked = False
        self._why_locked = ""

    def lock(self, message: str = "") -> None:
        """Refuse new objects from now on, with this message."""
        self.locked, self._why_locked = True, message or self._why_locked

    def unlock(self) -> None:
        """Take new objects again."""
        self.locked = False

    def track(self, value: Any) -> Any:
        """Take note of `value` and what is in it. Lists, dictionaries and sets come back as ones that go on doing so.

        Raises ValueError where something new comes and the tracker is locked.
        """
        if isinstance(value, _PLAIN) or not getattr(thread, "tracking", True):
            return value
        for name, belongs in self._kinds:
            if belongs(value):
                if not any(id(value) in held for held in self._held.values()):
                    self.add(name, value)
                return value
        if isinstance(value, tuple):
            items = [self.track(item) for item in value]
            return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
        for kind, tracked in ((list, TrackedList), (dict, TrackedDict), (set, TrackedSet)):
            if isinstance(value, kind):
                own = isinstance(value, tracked) and value.tracker is self
                return value if own else tracked(value, self)  # type: ignore[arg-type]
        return value

    def add(self, store: str, value: Any) -> None:
        """Put `value` into a store. Raises ValueError where the tracker is locked."""
        if self.locked:
            raise ValueError(self._why_locked)
        self.stores[store].append(value)
        self._held[store].add(id(value))

    def untrack(self, value: Any) -> None:
        """Forget an object, whether locked or not."""
        for name, held in self._held.items():
            if id(value) in held:
                held.discard(id(value))
                store = self.stores[name]
                store[:] = [item for item in store if item is not value]

    def __deepcopy__(self, memo: Any) -> Tracker:
        raise TypeError("a tracker belongs to its layer")


class TrackedList(list):  # type: ignore[type-arg]
    """A list whose items its layer tracks."""

    def __init__(self, values: Iterable[Any] = (), tracker: Tracker | None = None) -> None:
        self.tracker = tracker
        super().__init__(_tracked(tracker, v) for v in values)

    def append(self, value: Any) -> None:
        super().append(_tracked(self.tracker, value))

    def insert(self, index: Any, value: Any) -> None:
        super().insert(index, _tracked(self.tracker, value))

    def extend(self, values: Iterable[Any]) -> None:
        super().extend(_tracked(self.tracker, v) for v in values)

    def __iadd__(self, values: Iterable[Any]) -> TrackedList:  # type: ignore[override, misc]
        self.extend(values)
        return self

    def __setitem__(self, key: Any, value: Any) -> None:
        old = self[key]
        if isinstance(key, slice):
            super().__setitem__(key, [_tracked(self.tracker, v) for v in value])
            self._forget(old)
        else:
            super().__setitem__(key, _tracked(self.tracker, value))
            self._forget([old])

    def _forget(self, values: Iterable[Any]) -> None:
        if self.tracker is not None:
            for value in values:
                if not any(value is kept for kept in self):
                    self.tracker.untrack(value)

    def remove(self, value: Any) -> None:
        super().remove(value)
        self._forget([value])

    def pop(self, index: Any = -1) -> Any:
        value = super().pop(index)
        self._forget([value])
        return value

    def clear(self) -> None:
        values = list(self)
        super().clear()
        self._forget(values)

    def __delitem__(self, key: Any) -> None:
        old = self[key] if isinstance(key, slice) else [self[key]]
        super().__delitem__(key)
        self._forget(old)

    def __reduce__(self) -> Any:
        return list, (list(self),)


class TrackedDict(dict):  # type: ignore[type-arg]
    """A dictionary whose values its layer tracks."""

    def __init__(self, values: Any = (), tracker: Tracker | None = None) -> None:
        self.tracker = tracker
        super().__init__({key: _tracked(tracker, value) for key, value in dict(values).items()})

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, _tracked(self.tracker, value))

    def update(self, *values: Any, **more: Any) -> None:
        super().update({key: _tracked(self.tracker, value) for key, value in dict(*values, **more).items()})

    def setdefault(self, key: Any, default: Any = None) -> Any:
        if key not in self:
            self[key] = default
        return self[key]

    def pop(self, key: Any, *default: Any) -> Any:
        held = key in self
        value = super().pop(key, *default)
        if held and self.tracker is not None:
            self.tracker.untrack(value)
        return value

    def popitem(self) -> tuple[Any, Any]:
        key, value = super().popitem()
        if self.tracker is not None:
            self.tracker.untrack(value)
        return key, value

    def clear(self) -> None:
        for key in list(self):
            self.pop(key)

    def __delitem__(self, key: Any) -> None:
        self.pop(key)

    def __reduce__(self) -> Any:
        return dict, (dict(self),)


class TrackedSet(set):  # type: ignore[type-arg]
    """A set whose items its layer tracks."""

    def __init__(self, values: Iterable[Any] = (), tracker: Tracker | None = None) -> None:
        self.tracker = tracker
        super().__init__(_tracked(tracker, v) for v in values)

    def add(self, value: Any) -> None:
        super().add(_tracked(self.tracker, value))

    def update(self, *others: Iterable[Any]) -> None:
        for values in others:
            for value in values:
                self.add(value)

    def discard(self, value: Any) -> None:
        super().discard(value)
        if self.tracker is not None:
            self.tracker.untrack(value)

    def remove(self, value: Any) -> None:
        super().remove(value)
        if self.tracker is not None:
            self.tracker.untrack(value)

    def __reduce__(self) -> Any:
        return set, (set(self),)


def _tracked(tracker: Tracker | None, value: Any) -> Any:
    return value if tracker is None else tracker.track(value)
