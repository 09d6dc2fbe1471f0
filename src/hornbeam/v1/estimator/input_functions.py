"""Arrays and data frames as the input of an estimator."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.names import public
from hornbeam.v1.api import tf


class _Batches:
    """Batches of rows of arrays, one after the other, in several epochs."""

    def __init__(self, arrays: list[np.ndarray], batch_size: int, num_epochs: int | None, shuffle: bool,
                 seed: int | None) -> None:
        self._arrays, self._batch_size, self._shuffle = arrays, batch_size, shuffle
        self._epochs_left = num_epochs
        self._random = np.random.RandomState(seed)
        self._rows = np.empty(0, np.int64)
        self._lock = threading.Lock()

    def __call__(self) -> list[np.ndarray]:
        with self._lock:
            while len(self._rows) < self._batch_size and self._epochs_left != 0:
                count = len(self._arrays[0])
                more = self._random.permutation(count) if self._shuffle else np.arange(count)
                self._rows = np.concatenate([self._rows, more])
                if self._epochs_left is not None:
                    self._epochs_left -= 1
            rows, self._rows = self._rows[:self._batch_size], self._rows[self._batch_size:]
        if not len(rows):
            raise StopIteration("the arrays have ended")
        return [np.arange(len(rows))] if not self._arrays else [a[rows] for a in self._arrays]


def _check_shuffle(shuffle: Any) -> bool:
    if not isinstance(shuffle, bool):
        raise ValueError("shuffle must be provided and explicitly set as boolean (it is recommended to set it as True "
                         f"for training); got {shuffle}")
    return shuffle


def _dtype(array: np.ndarray) -> Any:
    return dtypes.string if array.dtype.kind in "OSU" else dtypes.from_numpy(array.dtype)


def _fed(arrays: dict[str, np.ndarray], batch_size: int, num_epochs: int | None, shuffle: bool) -> dict[str, Any]:
    """Tensors of the next batch: [batch, …] for each array, all of one operation."""
    kept = {key: np.array([_bytes(v) for v in a.ravel()], object).reshape(a.shape) if a.dtype.kind in "OSU" else a
            for key, a in arrays.items()}
    batches = _Batches(list(kept.values()), batch_size, num_epochs, shuffle, tf.get_default_graph().seed)
    with tf.name_scope("enqueue_input"):
        found = tf.py_func(batches, [], [_dtype(a) for a in kept.values()], name="next_batch")
    for tensor, array in zip(found, kept.values(), strict=True):
        tensor.set_shape([None, *array.shape[1:]])
    return dict(zip(kept, found, strict=True))


def _bytes(value: Any) -> Any:
    return value.encode() if isinstance(value, str) else value


@public(v1=("estimator.inputs.numpy_input_fn",))
def numpy_input_fn(x: Any, y: Any = None, batch_size: int = 128, num_epochs: int | None = 1,
                   shuffle: bool | None = None, queue_capacity: int = 1000,
                   num_threads: int = 1) -> Callable[[], Any]:
    """A function that gives batches of arrays as (features, labels), or features alone where there is no `y`.

    x: an array, or a dictionary of arrays of one length. y: an array or a dictionary. num_epochs: how often the arrays
    are passed over, None for ever. shuffle: whether the rows come in random order, other in each epoch.
    queue_capacity, num_threads: accepted. Raises ValueError where `shuffle` is no bool, for empty dictionaries and
    arrays of different lengths; TypeError for an `x` that is neither array nor dictionary.
    """
    shuffle = _check_shuffle(shuffle)

    def input_fn() -> Any:
        if not isinstance(x, (Mapping, np.ndarray)):
            raise TypeError(f"x must be a dict or array; got {type(x).__name__}")
        if isinstance(x, Mapping) and not x:
            raise ValueError("x cannot be an empty dict")
        if isinstance(y, Mapping) and not y:
            raise ValueError("y cannot be empty dict, use None instead.")
        features = {f"x:{k}": np.asarray(v) for k, v in (x.items() if isinstance(x, Mapping) else [("", x)])}
        targets = {} if y is None else {f"y:{k}": np.asarray(v) for k, v in (
            y.items() if isinstance(y, Mapping) else [("", y)])}
        if len({len(a) for a in (*features.values(), *targets.values())}) > 1:
            raise ValueError(
                "Length of tensors in x and y is mismatched. All elements in x and y must have the same length.\n"
                f"Shapes for x: { {k[2:]: v.shape for k, v in features.items()} }\n"
                f"Shapes for y: { {k[2:]: v.shape for k, v in targets.items()} }\n")
        found = _fed({**features, **targets}, batch_size, num_epochs, shuffle)
        mine = {k[2:]: v for k, v in found.items() if k in features} if isinstance(x, Mapping) else found["x:"]
        if y is None:
            return mine
        return mine, {k[2:]: v for k, v in found.items() if k in targets} if isinstance(y, Mapping) else found["y:"]

    return input_fn


@public(v1=("estimator.inputs.pandas_input_fn",))
def pandas_input_fn(x: Any, y: Any = None, batch_size: int = 128, num_epochs: int | None = 1,
                    shuffle: bool | None = None, queue_capacity: int = 1000, num_threads: int = 1,
                    target_column: str = "target") -> Callable[[], Any]:
    """A function that gives batches of a `DataFrame`: a dictionary of its columns, and labels where there is a `y`.

    x: a `DataFrame`. y: a `Series` or `DataFrame` of the same index. The rest as for `numpy_input_fn`.
    Raises TypeError for an `x` of another kind, ValueError where `shuffle` is no bool, the indices differ, or a column
    is named `target_column` already.
    """
    if not (hasattr(x, "columns") and hasattr(x, "index")):
        raise TypeError("pandas_input_fn should not be called without pandas installed" if not hasattr(x, "iloc")
                        else f"x must be a DataFrame; got {type(x).__name__}")
    shuffle = _check_shuffle(shuffle)
    if not isinstance(target_column, str):
        raise TypeError(f"target_column must be a string type; got {type(target_column).__name__}")
    if y is not None:
        if not hasattr(y, "columns") and target_column in x:
            raise ValueError(f"Cannot use name {target_column} for target column: DataFrame already has a column with "
                             f"that name: {x.columns}")
        if not np.array_equal(x.index, y.index):
            raise ValueError(f"Index for x and y are mismatched.\nIndex for x: {x.index}\nIndex for y: {y.index}\n")

    def input_fn() -> Any:
        features = {str(c): np.asarray(x[c]) for c in x.columns}
        targets = {} if y is None else {f"\0{c}": np.asarray(y[c]) for c in y.columns} if hasattr(
            y, "columns") else {"\0": np.asarray(y)}
        found = _fed({**features, **targets}, batch_size, num_epochs, shuffle)
        mine = {k: v for k, v in found.items() if k in features}
        if y is None:
            return mine
        return mine, {k[1:]: v for k, v in found.items() if k in targets} if hasattr(y, "columns") else found["\0"]

    return input_fn
