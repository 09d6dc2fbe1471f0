"""Arrays that XLA takes where they lie.

XLA on the CPU uses an array of NumPy's in place if it begins at a multiple of 64 bytes. Others it copies, large ones in
another thread, and the program then runs in another thread too, once that is done: handing over takes longer than many
a program runs. What it takes in place it may read after the call: a caller's own array is therefore copied first, as
the caller may write to it at once (`own`, `Places`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, final

import numpy as np

ALIGNMENT = 64
_LARGE = 100_000
"""Bytes from which XLA hands the copying to another thread."""
_MOST_KEPT = 50_000_000
"""Bytes up to which `Places` keeps its memory from run to run."""


def aligned(value: Any) -> Any:
    """`value`, or a copy of it that XLA takes in place, where it is a large array of NumPy's that it would not."""
    if type(value) is not np.ndarray or value.nbytes <= _LARGE or value.dtype == object:
        return value
    if value.flags.c_contiguous and not value.__array_interface__["data"][0] % ALIGNMENT:
        return value
    return copied(value, value.dtype)


def copied(value: np.ndarray, dtype: np.dtype[Any]) -> np.ndarray:
    """A copy of an array in the given dtype, that XLA takes in place."""
    if value.nbytes <= _LARGE:
        return value.astype(dtype)
    copy = room(value.shape, dtype)
    np.copyto(copy, value, casting="unsafe")
    return copy


def own(array: np.ndarray) -> np.ndarray:
    """A copy of an array that someone else may write to."""
    return copied(array, array.dtype)


@final
class Places:
    """Copies of the inputs of a program that runs again and again, each time in the same memory.

    One thread at a time may use it. `until`: a result of the last run; once it is there, nobody reads the copies.
    """

    __slots__ = ("_copies", "_of", "until")

    def __init__(self) -> None:
        self._copies: tuple[np.ndarray, ...] = ()
        self._of: object = None
        self.until: Any = None

    def filled(self, values: Sequence[np.ndarray], of: object) -> tuple[np.ndarray, ...]:
        """Copies of these values: where the last ones lay, if their run is over.

        of: the same object for values of the same shapes and dtypes.
        """
        until, self.until = self.until, None
        if of is not self._of or until is None or until.is_deleted() or not until.is_ready():
            self._copies, self._of = tuple([room(v.shape, v.dtype) for v in values]), of
        copies = self._copies
        for copy, value in zip(copies, values, strict=True):
            np.copyto(copy, value)
        if sum([copy.nbytes for copy in copies]) > _MOST_KEPT:
            self._copies, self._of = (), None
        return copies


def room(shape: tuple[int, ...], dtype: np.dtype[Any]) -> np.ndarray:
    """An array whose elements are not set yet, where XLA takes it in place."""
    size = math.prod(shape) * dtype.itemsize
    memory = np.empty(size + ALIGNMENT, np.uint8)
    start = -memory.__array_interface__["data"][0] % ALIGNMENT
    return memory[start:start + size].view(dtype).reshape(shape)
