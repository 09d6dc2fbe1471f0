"""Variables that are some steps ahead of what a program may see.

One call that repeats steps on the device is faster than a call a step, but leaves variables as after the last step
while callbacks are still to hear of the first. `Ahead` watches the variables' cells meanwhile: when somebody reads or
writes one, all are first taken back to the step that the program knows of, by running those steps again from the
values before the call. Nobody sees a difference, and most callbacks look at no variable.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, final

from hornbeam.runtime.store import RUNNING, Cell

_VALUE: Any = Cell.__dict__["value"]


@final
class Ahead:
    """The cells of the variables that a step writes, and of those that it only reads.

    `seen`: how many of the steps of the last call the program knows of. `touched`: whether a variable that matters
    was used since the last block of `watching` began. `taken_back`: whether variables were taken back since the last
    call, so that steps are to be run anew.
    """

    def __init__(self, written: Sequence[Cell], read: Sequence[Cell]) -> None:
        self._written, self._read = written, read
        self._before: list[Any] = []
        self._steps: Callable[[int], Any] | None = None
        self._count = self.seen = 0
        self.touched = self.taken_back = False
        self._watched, self._guarded = _watching(self._use)

    def run(self, steps: Callable[[int], Any], count: int) -> Any:
        """What `steps(count)` returns, which runs that many steps; until the next call variables can be taken back."""
        self._before = []
        if count > 1:
            for cell in self._written:
                cell.lent = True  # the value is kept here: the call is not to reuse its memory
                self._before.append(cell.value)
        self._steps, self._count, self.seen = steps, count, 0
        self.taken_back = False
        return steps(count)

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Within the block, and after it, who uses a variable finds it as after step `seen`."""
        self.touched = False
        self._become(self._watched, self._guarded)
        try:
            yield
        finally:
            self._become(Cell, Cell)
            self.take_back()

    def _become(self, of_written: type[Cell], of_read: type[Cell]) -> None:
        for cell in self._written:
            cell.__class__ = of_written
        for cell in self._read:
            cell.__class__ = of_read

    def _use(self) -> None:
        """Somebody is about to use a variable."""
        with RUNNING:
            self.touched = True
            self._become(Cell, Cell)
            self.take_back()

    def take_back(self) -> None:
        """Take the variables back to step `seen`."""
        if self.seen == self._count or self.taken_back:
            return
        self.taken_back = True
        for cell, value in zip(self._written, self._before, strict=True):
            cell.write(value)
        if self.seen:
            assert self._steps is not None
            self._steps(self.seen)
        for cell in self._written:
            cell.lent = True  # whoever asked may hold what it gets


def _watching(use: Callable[[], None]) -> tuple[type[Cell], type[Cell]]:
    """Two kinds of cells that call `use` first: before their value is read or written, and before it is written."""

    def read(cell: Cell) -> Any:
        use()
        return _VALUE.__get__(cell)

    def write(cell: Cell, value: Any) -> None:
        use()
        _VALUE.__set__(cell, value)

    def body(value: property) -> dict[str, Any]:
        return {"__slots__": (), "value": value}

    return type("Watched", (Cell,), body(property(read, write))), \
        type("Guarded", (Cell,), body(property(_VALUE.__get__, write)))
