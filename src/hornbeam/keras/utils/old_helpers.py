"""Helpers that Keras 2 had."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.keras.saving.h5_store import open_h5


class HDF5Matrix:
    """A data set in an HDF5 file, as an array that is read where it is used.

    datapath: the file. dataset: its name in there. start, end: the rows that count. normalizer: of what is read.
    """

    def __init__(self, datapath: str, dataset: str, start: int = 0, end: int | None = None,
                 normalizer: Callable[[np.ndarray], np.ndarray] | None = None) -> None:
        self._file = open_h5(datapath)
        self.data = self._file[dataset]
        self.start, self.end = start, len(self.data) if end is None else end
        self.normalizer = normalizer

    def __len__(self) -> int:
        return self.end - self.start

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            first, last, step = key.indices(len(self))
            found = np.asarray(self.data[self.start + first: self.start + max(first, last)])[::step]
        elif isinstance(key, (int, np.integer)):
            if not -len(self) <= key < len(self):
                raise IndexError(f"row {key} of {len(self)}")
            found = np.asarray(self.data[self.start + int(key) % len(self)])
        else:
            rows = np.asarray(key)
            if rows.size and rows.max() >= len(self):
                raise IndexError(f"row {rows.max()} of {len(self)}")
            wanted, back = np.unique(rows, return_inverse=True)
            found = np.asarray(self.data[self.start + wanted])[back]
        return found if self.normalizer is None else self.normalizer(found)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self[:], dtype=dtype)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of what counts."""
        return (len(self), *self.data.shape[1:])

    @property
    def dtype(self) -> Any:
        """The dtype in the file."""
        return self.data.dtype

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return self.data.ndim

    @property
    def size(self) -> int:
        """The number of elements."""
        return int(np.prod(self.shape))


def print_summary(model: Any, line_length: int | None = None, positions: Any = None,
                  print_fn: Callable[[str], Any] | None = None) -> None:
    """Prints a summary of a model."""
    model.summary(line_length=line_length, positions=positions, print_fn=print_fn)
