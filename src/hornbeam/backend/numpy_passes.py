"""Lines of an interpreted program that go through large arrays element by element, joined into one pass over blocks.

Each such line alone reads and writes main memory; a run of them, block by block, stays in the cache, on all threads.
A run is lines that follow each other and give arrays of one shape, from arrays of that shape and single numbers:

    v3 = f2(v1, f1)                     def part(v1):
    v4 = f3(v3, v2)          becomes      v3 = f2(v1, f1)
                                          v4 = f3(v3, v2)
                                          return v4,
                                        v4, = f9(part, f8, v1)      # in_blocks(part, the dtypes, v1)
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np

from hornbeam.backend.numpy_primitives.blocks import LARGE, in_blocks


class Name(NamedTuple):
    """A variable of the program: the shape of its array, and the dtype."""

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]


class Line(NamedTuple):
    """One line; elementwise: each element of its one result follows from those at its place."""

    text: str
    reads: Sequence[Name]
    writes: Sequence[Name]
    elementwise: bool

    @property
    def goes_through(self) -> tuple[int, ...] | None:
        """The shape of the large arrays that it goes through element by element, if it does."""
        if not self.elementwise or len(self.writes) != 1:
            return None
        shape = self.writes[0].shape
        fits = all(name.shape == shape or prod(name.shape) == 1 for name in self.reads)
        return shape if prod(shape) >= LARGE and fits and any(name.shape == shape for name in self.reads) else None


def in_passes(lines: Sequence[Line], results: Iterable[str], cell: Callable[[Any], str]) -> Iterator[str]:
    """The text of `lines`, runs of them joined; `results`: the names that the program returns.

    cell: gives a name under which the program finds an object.
    """
    last_use = {name.name: at for at, line in enumerate(lines) for name in line.reads}
    last_use |= dict.fromkeys(results, len(lines))
    for shape, group in itertools.groupby(enumerate(lines), key=lambda numbered: numbered[1].goes_through):
        run = list(group)
        if shape is None or len(run) == 1:
            yield from (line.text for _, line in run)
        else:
            yield from _pass([line for _, line in run], shape, last_use, run[-1][0], cell)


def _pass(run: Sequence[Line], shape: tuple[int, ...], last_use: dict[str, int], end: int,
          cell: Callable[[Any], str]) -> Iterator[str]:
    made = [name for line in run for name in line.writes]
    inside = {name.name for name in made}
    taken = dict.fromkeys(name.name for line in run for name in line.reads
                          if name.shape == shape and name.name not in inside)
    given = [name for name in made if last_use.get(name.name, -1) > end]
    left = "".join(f"{name.name}, " for name in given)
    yield f"def part({', '.join(taken)}):"
    yield from (f"  {line.text}" for line in run)
    yield f"  return ({left})"
    yield f"{left}= {cell(in_blocks)}(part, {cell(tuple(name.dtype for name in given))}, {', '.join(taken)})"
