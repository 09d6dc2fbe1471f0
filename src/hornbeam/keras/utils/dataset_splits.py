"""A dataset in two parts."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from hornbeam.data.api.dataset import Dataset
from hornbeam.data.pipeline.batching import BatchNode
from hornbeam.data.pipeline.node import AUTOTUNE
from hornbeam.keras import tree
from hornbeam.keras.names import keras_export


@keras_export("utils.split_dataset")
def split_dataset(dataset: Any, left_size: Any = None, right_size: Any = None, shuffle: bool = False,
                  seed: int | None = None, preferred_backend: str | None = None) -> tuple[Any, Any]:
    """Two `Dataset`s, of the first and of the last elements. All elements are held in memory.

    dataset: a `Dataset` (a batched one is split by its rows, and batched again), an array, or a list or tuple of arrays
    of the same length. left_size, right_size: how many elements (an integer), or which part of all (a float below 1);
    without one of them the rest. Raises TypeError for other data and sizes, ValueError where a part would be empty.

    >>> left, right = split_dataset(np.arange(5), left_size=0.6)
    >>> [int(x) for x in left], [int(x) for x in right]
    ([0, 1, 2], [3, 4])
    """
    if not isinstance(dataset, (Dataset, np.ndarray, list, tuple)):
        raise TypeError("The `dataset` argument must be either a `tf.data.Dataset` object, or a list/tuple of arrays. "
                        f"Received: dataset={dataset} of type {type(dataset)}")
    if left_size is None and right_size is None:
        raise ValueError("At least one of the `left_size` or `right_size` must be specified. Received: left_size=None "
                         "and right_size=None")
    samples = _samples(dataset)
    if shuffle:
        random.seed(random.randint(0, 10**6) if seed is None else seed)
        random.shuffle(samples)
    left, right = _sizes(left_size, right_size, len(samples))
    parts = [Dataset.from_tensor_slices(_joined(part)) for part in (samples[:left], samples[-right:])]
    if isinstance(dataset, Dataset) and isinstance(dataset._node, BatchNode):
        size = int(np.asarray(next(iter(tree.flatten(next(iter(dataset)))))).shape[0])
        parts = [part.batch(size) for part in parts]
    first, second = (part.prefetch(AUTOTUNE) for part in parts)
    return first, second


def _samples(dataset: Any) -> list[Any]:
    if isinstance(dataset, (list, tuple)):
        _check_arrays(dataset)
        found = list(zip(*dataset, strict=True))
    elif isinstance(dataset, Dataset):
        found = list(dataset.unbatch() if isinstance(dataset._node, BatchNode) else dataset)
    else:
        found = list(dataset)
    if not found:
        raise ValueError("Received an empty dataset. Argument `dataset` must be a non-empty list/tuple of "
                         "`numpy.ndarray` objects or `tf.data.Dataset` objects.")
    first = found[0]
    if not isinstance(first, (tuple, dict, list)):
        for i, sample in enumerate(found[1:]):
            if np.shape(sample) != np.shape(first):
                raise ValueError(f"All `dataset` samples must have same shape, Expected shape: {np.shape(first)} "
                                 f"Received shape: {np.shape(sample)} at index {i}.")
    return found


def _check_arrays(arrays: Any) -> None:
    kind = type(arrays).__name__
    if not arrays:
        raise ValueError(f"Received an empty list dataset. Please provide a non-empty {kind} of arrays.")
    for i, array in enumerate(arrays):
        if not isinstance(array, np.ndarray):
            raise ValueError(f"Expected a {kind} of `numpy.ndarray` objects,Received: {type(array)} at index {i}.")
        if array.shape[0] != arrays[0].shape[0]:
            raise ValueError(f"Received a {kind} of NumPy arrays with different lengths.Mismatch found at index {i}, "
                             f"Expected shape={arrays[0].shape} Received shape={array.shape}.Please provide a {kind} "
                             "of NumPy arrays of the same length.")


def _joined(samples: list[Any]) -> Any:
    """Samples as one structure of arrays; lists in it become tuples."""
    if isinstance(samples[0], np.ndarray) or np.isscalar(samples[0]):
        return np.array(samples)
    made = tree.map_structure(lambda *leaves: np.array([np.asarray(leaf) for leaf in leaves]), *samples)
    return tuple(made) if isinstance(made, list) else made


def _sizes(left: Any, right: Any, count: int) -> tuple[int, int]:
    """How many elements both parts have."""
    for name, size in (("left_size", left), ("right_size", right)):
        if size is not None and type(size) not in (int, float):
            raise TypeError(f"Invalid `{name}` Type. Expected: int or float or None, Received: "
                            f"type({name})={type(size)}.")
    if left == 0 and right == 0:
        raise ValueError("Both `left_size` and `right_size` are zero. At least one of the split sizes must be "
                         "non-zero.")
    for name, size in (("left_size", left), ("right_size", right)):
        if size is not None and not 0 < size < (count if type(size) is int else 1):
            raise ValueError(f"`{name}` should be either a positive integer smaller than {count}, or a float within "
                             f"the range `[0, 1]`. Received: {name}={size}")
    if type(left) is float and type(right) is float and left + right > 1:
        raise ValueError("The sum of `left_size` and `right_size` is greater than 1. It must be less than or equal "
                         "to 1.")
    numbers: list[Any] = [round(s * count) if type(s) is float else s for s in (left, right)]
    left, right = (count - numbers[1 - i] if s is None else s for i, s in enumerate(numbers))
    if left + right > count:
        raise ValueError(f"The sum of `left_size` and `right_size` should be smaller than the {count}. Received: "
                         f"left_size + right_size = {left + right} and total_length = {count}")
    for size, side in ((left, "left"), (right, "right")):
        if size == 0:
            raise ValueError(f"With `dataset` of length={count}, `left_size`={left} and `right_size`={right}. "
                             f"Resulting {side} side dataset split will be empty. Adjust any of the aforementioned "
                             "parameters")
    return left, right
