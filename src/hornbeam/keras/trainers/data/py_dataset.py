"""PyDataset: batches by number, prepared by worker threads ahead of the model."""

from __future__ import annotations

import itertools
import math
import warnings
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, final

import numpy as np

from hornbeam.keras.names import keras_export
from hornbeam.keras.trainers.data.iterables import as_batch
from hornbeam.keras.trainers.data.source import Source, with_class_weight
from hornbeam.keras.tree import structures as tree


@keras_export("utils.PyDataset", "utils.Sequence")
class PyDataset:
    """Base of data sets: a subclass gives batch number `index` (`__getitem__`) and their number (`__len__`).

    workers: threads that prepare batches ahead. use_multiprocessing: accepted; batches are prepared by threads.
    max_queue_size: how many batches may wait.
    """

    def __init__(self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10) -> None:
        self._workers, self._use_multiprocessing, self._max_queue_size = workers, use_multiprocessing, max_queue_size

    @property
    def workers(self) -> int:
        """The number of threads that prepare batches."""
        return getattr(self, "_workers", 1)

    @workers.setter
    def workers(self, value: int) -> None:
        self._workers = value

    @property
    def use_multiprocessing(self) -> bool:
        """As it was given."""
        return getattr(self, "_use_multiprocessing", False)

    @use_multiprocessing.setter
    def use_multiprocessing(self, value: bool) -> None:
        self._use_multiprocessing = value

    @property
    def max_queue_size(self) -> int:
        """How many batches may wait."""
        return getattr(self, "_max_queue_size", 10)

    @max_queue_size.setter
    def max_queue_size(self, value: int) -> None:
        self._max_queue_size = value

    def __getitem__(self, index: int) -> Any:
        """The batch of that number."""
        raise NotImplementedError(f"{type(self).__name__} does not define `__getitem__()`.")

    @property
    def num_batches(self) -> int | None:
        """The number of batches; None for a data set without end."""
        if type(self).__len__ is PyDataset.__len__:
            raise NotImplementedError("You need to implement `num_batches` or `__len__` in your dataset.")
        return len(self)

    def __len__(self) -> int:
        raise NotImplementedError(f"{type(self).__name__} does not define `__len__()`.")

    def __iter__(self) -> Iterator[Any]:
        """The batches one after another: without end where their number is not known."""
        try:
            count = self.num_batches
        except NotImplementedError:
            count = None
        return (self[i] for i in (itertools.count() if count in (None, math.inf) else range(count)))

    def on_epoch_begin(self) -> None:
        """Called before each epoch."""

    def on_epoch_end(self) -> None:
        """Called after each epoch."""


@final
class PyDatasetSource(Source):
    """The batches of a `PyDataset`, by number, in a drawn order where `shuffle` is true."""

    def __init__(self, dataset: PyDataset, class_weight: dict[int, float] | None = None,
                 shuffle: bool = False) -> None:
        self.dataset = dataset
        self._class_weight = class_weight
        self._shuffle = shuffle
        count = dataset.num_batches
        self.num_batches = None if count is None or count == math.inf else int(count)
        if self.num_batches == 0:
            warnings.warn("The PyDataset has no batches.", stacklevel=5)
        self._pool: ThreadPoolExecutor | None = None

    def on_epoch_begin(self) -> None:
        self.dataset.on_epoch_begin()

    def on_epoch_end(self) -> None:
        self.dataset.on_epoch_end()

    def _batch(self, index: int) -> Any:
        item = self.dataset[index]
        if item is None:
            raise ValueError(f"{type(self.dataset).__name__}.__getitem__({index}) gave None.")
        # The dataset may fill the same arrays anew for the next batch, which is prepared before this one is used.
        batch = tree.map_structure(lambda a: np.array(a) if isinstance(a, np.ndarray) else a, as_batch(item))
        return with_class_weight(batch, self._class_weight)

    def batches(self) -> Iterator[Any]:
        if self.num_batches is None:
            order: Iterator[int] = itertools.count()
        else:
            numbers = np.arange(self.num_batches)
            if self._shuffle:
                np.random.shuffle(numbers)
            order = iter(numbers.tolist())
        if self._pool is None:
            self._pool = ThreadPoolExecutor(max(1, self.dataset.workers), "batches")
        ahead = max(1, min(self.dataset.max_queue_size, 2 * max(1, self.dataset.workers)))
        waiting: deque[Any] = deque()
        for index in order:
            waiting.append(self._pool.submit(self._batch, index))
            if len(waiting) > ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None
