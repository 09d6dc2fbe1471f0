"""Arrays prepared for training: one-hot classes, rows of length one."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.graph.tensor import EagerTensor, Tensor
from hornbeam.keras import ops
from hornbeam.keras.names import keras_export
from hornbeam.keras.old_names import taking_old_arguments


@keras_export("utils.to_categorical")
@taking_old_arguments("dtype", y="x")
def to_categorical(x: Any, num_classes: int | None = None) -> Any:
    """Class numbers as rows of zeros with a one: of shape x.shape + [num_classes] (a last dimension of 1 is dropped).

    num_classes: by default the largest number plus one. A tensor gives a tensor, anything else a float64 array.

    >>> to_categorical([0, 2]).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    if isinstance(x, Tensor):
        if num_classes is None:
            if not isinstance(x, EagerTensor):
                raise ValueError("`num_classes` is needed for a tensor without a value.")
            num_classes = int(np.max(np.asarray(x))) + 1
        if len(x.shape) > 1 and x.shape[-1] == 1:
            x = ops.squeeze(x, -1)
        return ops.one_hot(ops.cast(x, "int32"), num_classes)
    x = np.array(x, dtype="int64")
    shape = x.shape
    if shape and shape[-1] == 1 and len(shape) > 1:
        shape = shape[:-1]
    flat = x.reshape(-1)
    count = num_classes or int(np.max(flat)) + 1
    rows = np.zeros((len(flat), count))
    rows[np.arange(len(flat)), flat] = 1
    return rows.reshape((*shape, count))


@keras_export("utils.normalize")
def normalize(x: Any, axis: int = -1, order: int = 2) -> Any:
    """Rows (along `axis`) divided by their length of the given order; zeros stay."""
    if isinstance(x, Tensor):
        return ops.normalize(x, axis=axis, order=order)
    lengths = np.atleast_1d(np.linalg.norm(x, order, axis))
    lengths[lengths == 0] = 1
    return x / np.expand_dims(lengths, axis)
