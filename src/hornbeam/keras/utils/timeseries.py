"""Windows over a series of measurements, as a dataset."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.data.api.dataset import Dataset
from hornbeam.data.pipeline.node import AUTOTUNE
from hornbeam.keras import ops
from hornbeam.keras.names import keras_export


def _check(what: str, value: int, count: int) -> None:
    """Raises ValueError for a step that is not between 0 and the length of the data."""
    if value <= 0:
        raise ValueError(f"`{what}` must be higher than 0. Received: {what}={value}")
    if value >= count:
        raise ValueError(f"`{what}` must be lower than the length of the data. Received: {what}={value}, for data of "
                         f"length {count}")


def _check_ends(start: int | None, end: int | None, count: int) -> None:
    if start:
        if start < 0:
            raise ValueError(f"`start_index` must be 0 or greater. Received: start_index={start}")
        if start >= count:
            raise ValueError("`start_index` must be lower than the length of the data. Received: "
                             f"start_index={start}, for data of length {count}")
    if end:
        if start and end <= start:
            raise ValueError(f"`end_index` must be higher than `start_index`. Received: start_index={start}, and "
                             f"end_index={end} ")
        _check("end_index", end, count)


@keras_export("utils.timeseries_dataset_from_array", "preprocessing.timeseries_dataset_from_array")
def timeseries_dataset_from_array(data: Any, targets: Any, sequence_length: int, sequence_stride: int = 1,
                                  sampling_rate: int = 1, batch_size: int | None = 128, shuffle: bool = False,
                                  seed: int | None = None, start_index: int | None = None,
                                  end_index: int | None = None, format: str = "tf") -> Any:
    """A `Dataset` of windows of a series: [batch, sequence_length, …], with a target for each where there are any.

    data: one time step a row. targets: `targets[i]` goes with the window that begins at i (None for windows alone).
    sequence_stride: steps from one window to the next; sampling_rate: from one row of a window to the next.
    batch_size: None for single windows. shuffle, seed: windows in a random order. start_index, end_index: rows outside
    are not used. Raises ValueError for values that do not fit the data.

    >>> windows = timeseries_dataset_from_array(np.arange(5), None, sequence_length=3)
    >>> next(iter(windows)).numpy().tolist()
    [[0, 1, 2], [1, 2, 3], [2, 3, 4]]
    """
    count = len(data)
    _check_ends(start_index, end_index, count)
    _check("sampling_rate", sampling_rate, count)
    _check("sequence_stride", sequence_stride, count)
    if format != "tf":
        raise ValueError(f'`format` should be "tf". Received: format={format}')
    first, last = start_index or 0, end_index if end_index is not None else count
    starts = last - first - (sequence_length - 1) * sampling_rate
    starts = starts if targets is None else min(starts, len(targets))
    positions = np.arange(0, starts, sequence_stride, dtype=np.int32 if starts < 2**31 - 1 else np.int64)
    if shuffle:
        seed = int(np.random.randint(10**6)) if seed is None else seed
        np.random.RandomState(seed).shuffle(positions)
    steps = np.arange(0, sequence_length * sampling_rate, sampling_rate, dtype=positions.dtype)
    where = Dataset.from_tensor_slices(positions)
    rows = data[first:last]
    found = where.map(lambda at: ops.take(rows, at + steps, axis=0), num_parallel_calls=AUTOTUNE)
    if targets is not None:
        wanted = targets[first:last]
        found = Dataset.zip((found, where.map(lambda at: ops.take(wanted, at, axis=0), num_parallel_calls=AUTOTUNE)))
    found = found.prefetch(AUTOTUNE)
    if shuffle:
        found = found.shuffle(1024 if batch_size is None else batch_size * 8, seed=seed)
    return found if batch_size is None else found.batch(batch_size)
