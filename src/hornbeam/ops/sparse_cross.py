"""Crosses of features: for each row all combinations of one value from each input, as strings or as hashes."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from hornbeam.graph import dtypes, errors
from hornbeam.graph.call import convert_to_tensor
from hornbeam.graph.names import public
from hornbeam.graph.op import never, op
from hornbeam.graph.sparse_tensor import SparseTensor, SparseTensorValue, as_sparse
from hornbeam.ops.casts import cast
from hornbeam.ops.hashing import fingerprint64

HASH_KEY = 0xDECAFCAFFE
"""What hashes begin with unless a key is given."""

_MASK, _FACTOR = 2**64 - 1, 0xC6A4A7935BD1E995


def _shifted(word: int) -> int:
    return word ^ (word >> 47)


def _joined(first: int, second: int) -> int:
    """Two fingerprints as one: the last steps of MurmurHash2 on the second, with the first as its state."""
    word = first ^ _FACTOR
    word ^= (_shifted(second * _FACTOR & _MASK) * _FACTOR) & _MASK
    word = _shifted(word * _FACTOR & _MASK) * _FACTOR & _MASK
    return _shifted(word)


def _rows(count: int, indices: Any, values: np.ndarray) -> list[list[Any]]:
    """The values of a sparse input, row by row."""
    rows: list[list[Any]] = [[] for _ in range(count)]
    for row, value in zip(np.asarray(indices)[:, 0].tolist(), values.tolist(), strict=True):
        if not 0 <= row < count:
            raise errors.InvalidArgumentError(None, None, f"Sparse tensor batch index {row} is not in [0, {count})")
        rows[row].append(value)
    return rows


@op("SparseCross", inputs="indices: int64 list, values: list, shapes: int64 list, dense_inputs: list",
    outputs=("output_indices", "output_values", "output_shape"), host=True, differentiable=never("strings and hashes"),
    attr_types={"out_type": "type", "internal_type": "type"},
    lengths={"indices": "N", "values": "sparse_types", "shapes": "N", "dense_inputs": "dense_types"},
    waive={"samples": "tests/ops/test_sparse_cross.py compares values recorded from TensorFlow"})
def sparse_cross_op(indices, values, shapes, dense_inputs, *, N: Any, hashed_output: bool, num_buckets: int,
                    hash_key: int, sparse_types: Any, dense_types: Any, out_type: Any, internal_type: Any,
                    separator: str = "_X_"):
    """The combinations of each row, of the values of all inputs; those of the last input change fastest."""
    counts = {int(np.asarray(s)[0]) for s in shapes} | {int(np.shape(d)[0]) for d in dense_inputs}
    if len(counts) > 1:
        raise errors.InvalidArgumentError(None, None, f"Expected batch size {min(counts)}, got {max(counts)}")
    count = counts.pop() if counts else 0
    columns = [_rows(count, i, np.asarray(v)) for i, v in zip(indices, values, strict=True)]
    columns += [np.asarray(d).tolist() for d in dense_inputs]
    make = _hashing(hash_key, num_buckets) if hashed_output else _joining(separator)
    found = [[make(parts) for parts in itertools.product(*(c[row] for c in columns))] for row in range(count)]
    places = [(row, place) for row, each in enumerate(found) for place in range(len(each))]
    flat = [word for each in found for word in each]
    out = np.empty(len(flat), object) if not hashed_output else np.zeros(len(flat), np.int64)
    out[:] = flat
    return (np.array(places, np.int64).reshape(-1, 2), out,
            np.array([count, max((len(each) for each in found), default=0)], np.int64))


def _hashing(key: int, buckets: int) -> Any:
    known: dict[bytes, int] = {}

    def number(value: Any) -> int:
        if not isinstance(value, bytes):
            return int(value) & _MASK
        if value not in known:
            known[value] = fingerprint64(value)
        return known[value]

    def make(parts: Sequence[Any]) -> int:
        word = key & _MASK
        for part in parts:
            word = _joined(word, number(part))
        return word % buckets if buckets else word % (2**63 - 1)

    return make


def _joining(separator: str) -> Any:
    mark = separator.encode()
    return lambda parts: mark.join(p if isinstance(p, bytes) else str(p).encode() for p in parts)


@sparse_cross_op.shape
def _(inputs, attrs):
    return [((None, 2), dtypes.int64), ((None,), attrs["out_type"]), ((2,), dtypes.int64)]


def _crossed(inputs: Sequence[Any], name: str | None, **attrs: Any) -> SparseTensor:
    if not isinstance(inputs, (list, tuple)):
        raise TypeError("Inputs must be a list")
    sparse, dense = [], []
    for given in inputs:
        if isinstance(given, (SparseTensor, SparseTensorValue)):
            sparse.append(as_sparse(given))
        elif hasattr(given, "to_sparse"):
            sparse.append(given.to_sparse())
        else:
            dense.append(_widened(convert_to_tensor(given)))
    values = [_widened(s.values) for s in sparse]
    made = sparse_cross_op([s.indices for s in sparse], values, [s.dense_shape for s in sparse], dense,
                           N=len(sparse), sparse_types=tuple(v.dtype.base_dtype for v in values),
                           dense_types=tuple(d.dtype.base_dtype for d in dense), internal_type=dtypes.string,
                           name=name, **attrs)
    return SparseTensor(made.output_indices, made.output_values, made.output_shape)


def _widened(tensor: Any) -> Any:
    """Strings, or integers as int64. Raises TypeError for others."""
    dtype = tensor.dtype.base_dtype
    if dtype is dtypes.string or dtype is dtypes.int64:
        return tensor
    if not dtype.is_integer:
        raise TypeError(f"Value passed to parameter 'values' has DataType {dtype.name} not in list of allowed values: "
                        "int64, string")
    return cast(tensor, dtypes.int64)


@public(v2=("sparse.cross",))
def sparse_cross(inputs: Sequence[Any], name: str | None = None, separator: str | None = None) -> SparseTensor:
    """For each row the combinations of one value from each input, as strings joined by `separator`, `_X_` by default.

    inputs: [batch, n] tensors or sparse ones, of strings or integers. Returns a sparse string tensor.

    >>> sparse_cross([[["a", "b"]], [["x"]]]).values.numpy().tolist()
    [b'a_X_x', b'b_X_x']
    """
    return _crossed(inputs, name, hashed_output=False, num_buckets=0, hash_key=HASH_KEY, out_type=dtypes.string,
                    separator="_X_" if separator is None else separator)


@public(v2=("sparse.cross_hashed",))
def sparse_cross_hashed(inputs: Sequence[Any], num_buckets: int = 0, hash_key: int | None = None,
                        name: str | None = None) -> SparseTensor:
    """For each row the hashes of the combinations of one value from each input, below `num_buckets` unless it is 0.

    inputs: [batch, n] tensors or sparse ones, of strings or integers. Returns a sparse int64 tensor.
    """
    return _crossed(inputs, name, hashed_output=True, num_buckets=int(num_buckets),
                    hash_key=HASH_KEY if hash_key is None else int(hash_key), out_type=dtypes.int64)
