"""Arrays as a source: all of the data at hand, cut into batches, in a new order each epoch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, final

import numpy as np

from hornbeam.graph.convert import to_array
from hornbeam.graph.tensor import EagerTensor
from hornbeam.keras.config.settings import floatx
from hornbeam.keras.trainers.data.batch import pack_x_y_sample_weight
from hornbeam.keras.trainers.data.source import Source, weights_of_classes
from hornbeam.keras.tree import structures as tree


@final
class ArraySource(Source):
    """Batches of arrays whose first dimensions agree.

    x, y, sample_weight: arrays, tensors, or structures of them. shuffle: True draws a new order each epoch, `"batch"`
    an order of the batches. class_weight: weights by class. Raises ValueError for data that cannot be cut.
    """

    def __init__(self, x: Any, y: Any = None, sample_weight: Any = None, batch_size: int | None = None,
                 shuffle: bool | str = False, class_weight: dict[int, float] | None = None) -> None:
        data = [standardized(x), standardized(y), standardized(sample_weight, float_only=True)]
        if class_weight is not None:
            data[2] = _class_weights(data[1], data[2], class_weight)
        sizes = cardinalities(x=data[0], y=data[1], sample_weight=data[2])
        if data[1] is None and data[2] is None:
            self.arrays = pack_x_y_sample_weight(data[0])
        else:
            self.arrays = tuple(data[:2 if data[2] is None else 3])
        self.samples = sizes
        self.batch_size: int = batch_size or 32
        self.num_batches: int = -(-self.samples // self.batch_size)
        self.shuffle = shuffle

    @property
    def partial(self) -> int:
        """The number of samples in the last batch where that is smaller than the others, else 0."""
        return self.samples % self.batch_size

    def order(self) -> np.ndarray:
        """The places of the samples in the order of the next epoch, int32 [samples]."""
        if self.shuffle is True or (self.shuffle and self.shuffle != "batch"):
            return np.random.permutation(self.samples).astype(np.int32)
        order = np.arange(self.samples, dtype=np.int32)
        if self.shuffle == "batch":
            whole = self.samples - self.partial
            batches = order[:whole].reshape(-1, self.batch_size)
            np.random.shuffle(batches)
            order = np.concatenate([batches.reshape(-1), order[whole:]])
        return order

    def batches(self) -> Iterator[Any]:
        if not self.shuffle:
            for start in range(0, self.samples, self.batch_size):
                yield self.rows(slice(start, start + self.batch_size))
            return
        order = self.order().astype(np.intp)
        for start in range(0, self.samples, self.batch_size):
            yield self.rows(order[start:start + self.batch_size])

    def rows(self, rows: Any) -> Any:
        """A batch of these rows: places, or a slice."""
        if type(self.arrays) is tuple and all(type(a) is np.ndarray for a in self.arrays):  # the usual data
            return tuple([a[rows] for a in self.arrays])
        return tree.map_structure(lambda a: None if a is None else a[rows], self.arrays)


def standardized(value: Any, float_only: bool = False) -> Any:
    """Data as NumPy arrays: float64 becomes `floatx`, what holds an array gives it. Raises ValueError for others."""
    if value is None:
        return None
    if isinstance(value, (list, tuple)) and value and all(
            isinstance(v, (bool, int, float, str, bytes, np.generic)) for v in value):
        value = np.asarray(value)  # a list of numbers: one array
    if isinstance(value, (list, tuple, dict)) and not value:
        raise ValueError(f"Expected arrays, got an empty {type(value).__name__}.")
    return tree.map_structure(lambda leaf: _array(leaf, float_only), value)


def _array(value: Any, float_only: bool) -> Any:
    if value is None:
        return None
    if isinstance(value, EagerTensor):
        array = np.asarray(value._value)
    elif isinstance(value, np.ndarray):
        array = value
    elif hasattr(value, "to_numpy"):
        array = value.to_numpy()
    elif hasattr(value, "toarray") and hasattr(value, "nnz"):
        array = value.toarray()
    elif hasattr(value, "__array__"):
        array = np.asarray(value)
    elif hasattr(value, "detach"):
        array = value.detach().cpu().numpy()
    else:
        raise ValueError(f"Unrecognized data type: {value!r} (of type {type(value)})")
    if array.dtype.kind in "US" or (array.dtype == object and array.size and isinstance(array.reshape(-1)[0],
                                                                                        (str, bytes))):
        return to_array(array.tolist())
    if array.dtype == object:
        try:
            if any(item is None for item in array.reshape(-1)):
                raise ValueError("None is among them")
            array = np.asarray(array.tolist(), floatx())
        except (TypeError, ValueError) as error:
            raise ValueError(f"Unrecognized data: an array of objects that are not numbers ({error})") from None
    if array.dtype.kind in "mM":
        raise ValueError(f"Unrecognized data type: {array.dtype}; dates and times are given as numbers.")
    wanted = np.dtype(floatx()) if floatx() != "bfloat16" else np.dtype(np.float32)
    if array.dtype == np.float64 or (float_only and array.dtype.kind in "iub"):
        array = array.astype(wanted)
    return array


def cardinalities(**parts: Any) -> int:
    """The number of samples that all arrays have. Raises ValueError where they differ or there is none."""
    sizes = {name: [len(a) if a.ndim else None for a in tree.flatten(part) if a is not None]
             for name, part in parts.items() if part is not None}
    found = {s for each in sizes.values() for s in each}
    if None in found:
        raise ValueError("Data arrays need a first dimension, the samples; a scalar was given.")
    if len(found) > 1:
        lines = "".join(f"'{name}' sizes: {', '.join(map(str, each))}\n" for name, each in sizes.items())
        raise ValueError("Data cardinality is ambiguous. Make sure all arrays contain the same number of samples."
                         f"{lines}")
    if not found or 0 in found:
        raise ValueError("There are no samples: the arrays are empty." if found else "There are no arrays.")
    return found.pop()  # type: ignore[return-value]


def _class_weights(y: Any, sample_weight: Any, class_weight: dict[int, float]) -> np.ndarray:
    if sample_weight is not None:
        raise ValueError("You cannot `class_weight` and `sample_weight` at the same time.")
    if y is None:
        raise ValueError("`class_weight` needs targets.")
    if tree.is_nested(y):
        raise ValueError("`class_weight` is only supported for Models with a single output.")
    return weights_of_classes(y, class_weight)


def split(arrays: Any, validation_split: float) -> tuple[Any, Any]:
    """The first part of the samples for training, the last for validation.

    Raises ValueError where the data are no arrays, or a part would be empty.
    """
    leaves = [leaf for leaf in tree.flatten(arrays) if leaf is not None]
    unfit = [leaf for leaf in leaves if not (hasattr(leaf, "__getitem__") and hasattr(leaf, "__len__"))]
    if unfit or not leaves:
        raise ValueError("Argument `validation_split` is only supported for tensors or NumPy arrays. Found "
                         f"incompatible type(s): {sorted({str(type(u)) for u in unfit})}")
    samples = len(leaves[0])
    at = int(np.floor(samples * (1.0 - validation_split)))
    if at in (0, samples):
        raise ValueError(f"Training data contains {samples} samples, which is not sufficient to split it into a "
                         f"validation and training set as specified by `validation_split={validation_split}`. Either "
                         "provide more data, or a different value for the `validation_split` argument.")
    arrays = tree.map_structure(lambda leaf: leaf if leaf is None or hasattr(leaf, "shape") else np.asarray(leaf),
                                tuple(standardized(a) if a is not None else None for a in arrays))

    def part(rows: slice) -> Any:
        return tree.map_structure(lambda a: None if a is None else a[rows], arrays)

    return part(slice(0, at)), part(slice(at, None))
