"""A table of named things that knows where each one came from."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator
from typing import Generic, TypeVar

from hornbeam.graph.errors import UnknownName

T = TypeVar("T")


class Registry(Generic[T]):
    """Names and what they stand for, in the order of registration.

    kind: what one item is called in messages ("op", "optimizer").
    where: how a reader reaches this table, for messages; by default `kind` + "s".

    >>> colours = Registry("colour")
    >>> _ = colours.register("red", 0xFF0000)
    >>> colours.lookup("rad")
    Traceback (most recent call last):
        ...
    hornbeam.graph.errors.UnknownName: 'rad' is not the name of a colour. Did you mean red?
    """

    def __init__(self, kind: str, where: str | None = None) -> None:
        self.kind = kind
        self.where = where or f"{kind}s"
        self._items: dict[str, T] = {}
        self._places: dict[str, str] = {}

    def register(self, name: str, item: T, place: str | None = None) -> T:
        """Put `item` under `name` and return it.

        place: "file:line" of the definition (see `caller_place`); that of the call where it is None.
        ValueError if the name is taken, naming both places.
        """
        place = place or caller_place()
        if name in self._items:
            raise ValueError(
                f"{self.kind} {name!r} is registered twice: at {self._places[name]} and at {place}."
            )
        self._items[name] = item
        self._places[name] = place
        return item

    def lookup(self, name: str) -> T:
        """What stands under `name`.  UnknownName, with guesses, if nothing does."""
        try:
            return self._items[name]
        except KeyError:
            raise UnknownName(self._miss(name)) from None

    __getitem__ = lookup

    def get(self, name: str, default: T | None = None) -> T | None:
        """What stands under `name`, or `default`."""
        return self._items.get(name, default)

    def place(self, name: str) -> str:
        """Where `name` was registered, as "file:line"."""
        self.lookup(name)
        return self._places[name]

    def names(self) -> list[str]:
        """All names, in the order of registration."""
        return list(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items.values())

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, name: object) -> bool:
        return name in self._items

    def __repr__(self) -> str:
        return f"<Registry of {len(self)} {self.kind}s>"

    def _miss(self, name: str) -> str:
        near = difflib.get_close_matches(name, self._items, n=3)
        guess = f"Did you mean {' or '.join(near)}?" if near else f"All {len(self)}: {self.where}.names()"
        article = "an" if self.kind[0] in "aeiou" else "a"
        return f"{name!r} is not the name of {article} {self.kind}. {guess}"


def caller_place() -> str:
    """Who called the function that asks, as "file:line": for decorators that register."""
    frame = sys._getframe(2)
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"
