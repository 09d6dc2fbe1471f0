"""Sparse tensors that wait in queues: kept in a map, they travel as numbers."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from typing import Any, NamedTuple, final

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.call import composite, convert_to_tensor
from hornbeam.graph.errors import InvalidArgumentError, OpError
from hornbeam.graph.op import never, op
from hornbeam.graph.resources import Resource
from hornbeam.graph.sparse_tensor import SparseTensor
from hornbeam.ops.rules import text

_NEVER = never("a number that stands for a tensor")
_WAIVE = {"samples": "its result stands for what a session keeps"}


class _Parts(NamedTuple):
    indices: np.ndarray
    values: np.ndarray
    dense_shape: np.ndarray


@final
class SparseTensorsMap(Resource):
    """Sparse tensors by number; each can be taken once."""

    def __init__(self) -> None:
        self._numbers = itertools.count()
        self._kept: dict[int, _Parts] = {}
        self._lock = threading.Lock()

    def add(self, parts: _Parts) -> int:
        """Keep a tensor; its number."""
        with self._lock:
            number = next(self._numbers)
            self._kept[number] = parts
            return number

    def take(self, numbers: Sequence[int]) -> list[_Parts]:
        """The tensors of these numbers. Raises InvalidArgumentError for a number of none."""
        with self._lock:
            for number in numbers:
                if number not in self._kept:
                    raise InvalidArgumentError(None, None, f"Unable to find SparseTensor: {number} in map")
            return [self._kept.pop(number) for number in numbers]


_process = SparseTensorsMap()
"""The map of calls that run at once."""


def _in_map(declaration: Any) -> None:
    """The operation works on the map that its `shared_name` or its own name says, of its session."""
    @declaration.lower
    def _(context: Any, call: Any, values: Any) -> Any:
        found = context.store.resource(call, SparseTensorsMap, call.name)
        try:
            return declaration.function(*[np.asarray(v) for v in values], **{**call.attrs, "kept": found})
        except OpError as error:
            raise type(error)(None, call, error.message) from None  # type: ignore[call-arg]


def _checked(indices: np.ndarray, values: np.ndarray, shape: np.ndarray) -> _Parts:
    if indices.ndim != 2:
        raise InvalidArgumentError(None, None, f"Input indices should be a matrix but received shape "
                                   f"{text(indices.shape)}")
    if values.ndim != 1 or len(values) != len(indices):
        raise InvalidArgumentError(None, None, "Input values should be a vector with one entry for each index but "
                                   f"received shape {text(values.shape)}")
    if shape.ndim != 1 or len(shape) != indices.shape[1]:
        raise InvalidArgumentError(None, None, f"Input shape should be a vector but received shape {text(shape.shape)}")
    return _Parts(np.array(indices), np.array(values), np.array(shape))


@op("AddSparseToTensorsMap", inputs="sparse_indices: int64, sparse_values: T, sparse_shape: int64", host=True,
    stateful=True, gives_strings=False, differentiable=_NEVER, waive=_WAIVE, T=())
def add_sparse_op(sparse_indices, sparse_values, sparse_shape, *, container: str = "", shared_name: str = "",
                  kept: Any = None):
    """Keeps a sparse tensor; its number."""
    found = kept or _process
    return (np.array(found.add(_checked(sparse_indices, sparse_values, sparse_shape)), np.int64),)


@op("AddManySparseToTensorsMap", inputs="sparse_indices: int64, sparse_values: T, sparse_shape: int64", host=True,
    stateful=True, gives_strings=False, differentiable=_NEVER, waive=_WAIVE, T=())
def add_many_sparse_op(sparse_indices, sparse_values, sparse_shape, *, container: str = "", shared_name: str = "",
                       kept: Any = None):
    """Keeps the rows of a sparse tensor as tensors of their own; their numbers."""
    found = kept or _process
    indices, values, shape = _checked(sparse_indices, sparse_values, sparse_shape)
    ends = np.searchsorted(indices[:, 0], np.arange(shape[0] + 1))
    return (np.array([found.add(_Parts(indices[a:b, 1:], values[a:b], shape[1:]))
                      for a, b in itertools.pairwise(ends)], np.int64),)


@op("TakeManySparseFromTensorsMap", inputs="sparse_handles: int64", host=True, stateful=True, differentiable=_NEVER,
    outputs=("sparse_indices", "sparse_values", "sparse_shape"), waive=_WAIVE)
def take_many_sparse_op(sparse_handles, *, dtype: Any, container: str = "", shared_name: str = "", kept: Any = None):
    """The sparse tensors of some numbers, as the rows of one, which is as large as the largest."""
    parts = (kept or _process).take([int(n) for n in sparse_handles])
    rank = len(parts[0].dense_shape) if parts else 0
    if any(len(p.dense_shape) != rank for p in parts):
        raise InvalidArgumentError(None, None, "Inconsistent rank across SparseTensors in one batch")
    rows = [np.concatenate([np.full((len(p.indices), 1), i, np.int64), p.indices], 1) for i, p in enumerate(parts)]
    values = [p.values for p in parts]
    sizes = np.max([p.dense_shape for p in parts], axis=0) if parts else np.zeros(rank, np.int64)
    return (np.concatenate([np.zeros((0, rank + 1), np.int64), *rows]),
            np.concatenate(values) if values else np.zeros(0, dtype.np_dtype),
            np.concatenate([[len(parts)], sizes]).astype(np.int64))


add_sparse_op.shape(lambda inputs, attrs: [((), dtypes.int64)])
add_many_sparse_op.shape(lambda inputs, attrs: [((None,), dtypes.int64)])
take_many_sparse_op.shape(lambda inputs, attrs: [((None, None), dtypes.int64), ((None,), attrs["dtype"]),
                                                 ((None,), dtypes.int64)])
for _op in (add_sparse_op, add_many_sparse_op, take_many_sparse_op):
    _in_map(_op)


def add(sparse: SparseTensor, many: bool, shared_name: str | None = None) -> Any:
    """The number that a sparse tensor is kept by: a scalar int64; with `many` a vector, one for each of its rows."""
    declaration = add_many_sparse_op if many else add_sparse_op
    return declaration(sparse.indices, sparse.values, sparse.dense_shape, shared_name=shared_name or "")


@composite("TakeManySparseFromTensorsMap")
def take_many(numbers: Any, dtype: Any, shared_name: str, rank: int | None, name: str | None = None) -> SparseTensor:
    """The sparse tensors that were kept by some numbers, as the rows of one of rank `rank`."""
    found = take_many_sparse_op(convert_to_tensor(numbers), dtype=dtype, shared_name=shared_name)
    found.sparse_indices.set_shape([None, rank])
    found.sparse_shape.set_shape([rank])
    return SparseTensor(*found)
