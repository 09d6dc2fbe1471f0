"""`tf.sparse.bincount`: how often each number comes, as a sparse tensor."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.call import composite
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import INDEX, never, op
from hornbeam.graph.sparse_tensor import SparseTensor, SparseTensorValue, as_sparse
from hornbeam.ops import array

_WEIGHTS = (dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64)


def _samples(rng: np.random.Generator) -> list[Any]:
    x = np.array([0, 0, 1], np.int64), np.array([3, 3, 1], np.int32)
    return [((*x, np.array([0.5, 2, 1]), np.int64(2)), {"weighted": True}),
            ((*x, np.zeros(0), np.int64(2)), {"minlength": 6, "binary_output": True}),
            ((*x, np.zeros(0), np.int64(2)), {"maxlength": 2})]


@op("RowsBincount", inputs="rows: int64, values: T, weights: W, count: int64", T=INDEX, W=_WEIGHTS, host=True,
    differentiable=never("counts"), outputs=("output_indices", "output_values", "output_dense_shape"),
    samples=_samples)
def rows_bincount(rows, values, weights, count, *, minlength: int = -1, maxlength: int = -1,
                  binary_output: bool = False, weighted: bool = False):
    """How often each number comes in each row, or the sum of its weights; sparse."""
    if (values < 0).any():
        raise ShapeFault("Input values must all be non-negative")
    held = values < maxlength if maxlength >= 0 else np.ones(len(values), bool)
    rows, numbers = rows[held], values[held].astype(np.int64)
    width = max(int(numbers.max()) + 1 if len(numbers) else 0, minlength, 0)
    if maxlength >= 0:
        width = min(width, maxlength)
    places, of = np.unique(np.stack([rows, numbers], 1), axis=0, return_inverse=True) if len(rows) else \
        (np.zeros((0, 2), np.int64), np.zeros(0, np.int64))
    total = np.zeros(len(places), weights.dtype)
    np.add.at(total, np.reshape(of, -1), weights[held] if weighted else np.ones(len(rows), weights.dtype))
    return places, np.ones_like(total) if binary_output else total, np.array([int(count), width], np.int64)


@rows_bincount.shape
def _(inputs, attrs):
    return [((None, 2), dtypes.int64), ((None,), inputs[2].dtype), ((2,), dtypes.int64)]


@public("sparse.bincount")
@composite("bincount")
def bincount(values: Any, weights: Any = None, axis: int | None = 0, minlength: int | None = None,
             maxlength: int | None = None, binary_output: bool = False, name: str | None = None) -> SparseTensor:
    """How often each number comes, as a sparse tensor that holds the numbers that come.

    values: integers, not negative, a dense or sparse tensor of rank 1 or 2. weights: what each counts for, at the same
    places. axis: 0 or None counts all together: [numbers]; -1 counts each row: [rows, numbers]. minlength: how many
    numbers there are at least; maxlength: larger ones are left out. binary_output: 1 for each number that comes.
    Raises ValueError for another axis, and for weights with `binary_output`.

    >>> bincount([2, 0, 2]).values.numpy().tolist()
    [1, 2]
    """
    if axis not in (0, -1, None):
        raise ValueError(f"Unsupported value for argument axis={axis}. Only 0 and -1 are currently supported.")
    if binary_output and weights is not None:
        raise ValueError("Arguments `binary_output` and `weights` are mutually exclusive. Please specify only one.")
    if isinstance(values, (SparseTensor, SparseTensorValue)):
        held = as_sparse(values)
        numbers, rank, places = held.values, held.shape.rank or 2, held.indices
        count = held.dense_shape[0]
    else:
        dense = array.convert(values)
        rank, places = len(dense.dims or (None,)), array.where(array.ones_like(dense, dtype=dtypes.bool))
        numbers, count = array.reshape(dense, [-1]), array.shape(dense, out_type=dtypes.int64)[0]
    whole = axis in (0, None) or rank == 1
    rows = array.zeros_like(places[:, 0]) if whole else places[:, 0]
    if weights is None:
        given: Any = np.zeros(0, np.int64 if numbers.dtype.base_dtype is dtypes.int64 else np.int32)
    elif isinstance(weights, (SparseTensor, SparseTensorValue)):
        given = as_sparse(weights).values
    else:
        given = array.reshape(array.convert(weights), [-1])
    found = rows_bincount(rows, numbers, given, np.int64(1) if whole else count,
                          minlength=-1 if minlength is None else int(minlength),
                          maxlength=-1 if maxlength is None else int(maxlength), binary_output=binary_output,
                          weighted=weights is not None)
    if whole:
        return SparseTensor(found.output_indices[:, 1:], found.output_values, found.output_dense_shape[1:])
    return SparseTensor(found.output_indices, found.output_values, found.output_dense_shape)


