"""Large arrays, element by element, in blocks that stay in the cache and on the threads of the machine."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from hornbeam.backend.quiet import quietly

BLOCK = 1 << 15
"""Elements of a block: a dozen temporaries of such a block lie in a core's cache."""


def in_blocks(function: Callable[..., np.ndarray], dtype: np.dtype[Any], *arrays: np.ndarray) -> np.ndarray:
    """`function(*arrays)` of arrays of one shape, where each element of the result follows from those at its place.

    `function` gives `dtype`; it makes temporaries, so that a pass over the whole would go through main memory for each.
    """
    first = arrays[0]
    if first.size < 4 * BLOCK or any(a.shape != first.shape or not a.flags.c_contiguous for a in arrays):
        return function(*arrays)
    flat = [a.reshape(-1) for a in arrays]
    found = np.empty(first.size, dtype)

    def one(start: int) -> None:
        found[start:start + BLOCK] = function(*[a[start:start + BLOCK] for a in flat])

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        list(threads.map(quietly(one), range(0, first.size, BLOCK)))
    return found.reshape(first.shape)
