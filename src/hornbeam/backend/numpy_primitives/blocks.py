"""Large arrays, element by element, in blocks that stay in the cache and on the threads of the machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from hornbeam.backend.quiet import quietly

BLOCK = 1 << 16
"""Elements of a block: temporaries of such a block stay near a core. With smaller ones threads wait for each other's
hold of the interpreter: twice as many take a fifth longer.
"""

LARGE = 2 * BLOCK
"""Elements from which on blocks pay."""

Function = Callable[..., tuple[np.ndarray, ...]]


def in_blocks(function: Function, dtypes: Sequence[np.dtype[Any]], *arrays: np.ndarray) -> tuple[np.ndarray, ...]:
    """`function(*arrays)` of arrays of one shape, where each element of a result follows from those at its place.

    `function` gives one result for each of `dtypes`; it makes temporaries, so that a pass over the whole would go
    through main memory for each.
    """
    first = arrays[0]
    if first.size < LARGE or any(a.shape != first.shape or not a.flags.c_contiguous for a in arrays):
        return function(*arrays)
    flat = [a.reshape(-1) for a in arrays]
    found = [np.empty(first.size, dtype) for dtype in dtypes]
    starts = range(0, first.size, BLOCK)
    workers = min(os.cpu_count() or 1, len(starts))

    def part(worker: int) -> None:
        for start in starts[worker::workers]:
            here = slice(start, start + BLOCK)
            for whole, piece in zip(found, function(*[a[here] for a in flat]), strict=True):
                whole[here] = piece

    with ThreadPoolExecutor(workers) as threads:
        list(threads.map(quietly(part), range(workers)))
    return tuple(whole.reshape(first.shape) for whole in found)
