"""`tf.sets`: unions, intersections and differences of the rows of tensors, each row a set."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.call import composite
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import never, op
from hornbeam.graph.sparse_tensor import SparseTensor, SparseTensorValue, as_sparse
from hornbeam.ops import array

_TYPES = (dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64, dtypes.uint8, dtypes.uint16, dtypes.string)
_OPERATIONS = {"union": set.union, "intersection": set.intersection, "a-b": set.difference,
               "b-a": lambda a, b: b - a}
_NEVER = never("members of sets do not vary smoothly")


def _rows(indices: Any, values: Any) -> dict[tuple[int, ...], set[Any]]:
    found: dict[tuple[int, ...], set[Any]] = {}
    for place, value in zip(indices.tolist(), values.tolist(), strict=True):
        found.setdefault(tuple(place[:-1]), set()).add(value)
    return found


def _pair(rng: np.random.Generator) -> list[Any]:
    places = np.array([[0, 0], [0, 1], [1, 0]])
    return [((places, np.array([3, 1, 2]), np.array([2, 2]), places, np.array([3, 2, 2]), np.array([2, 2])),
             {"set_operation": name}) for name in _OPERATIONS]


@op("SparseToSparseSetOperation", inputs="set1_indices: int64, set1_values: T, set1_shape: int64, set2_indices: int64, "
    "set2_values: T, set2_shape: int64", T=_TYPES, host=True, gives_strings=False, differentiable=_NEVER,
    outputs=("result_indices", "result_values", "result_shape"), samples=_pair)
def set_operation(set1_indices, set1_values, set1_shape, set2_indices, set2_values, set2_shape, *, set_operation: str,
                  validate_indices: bool = True):
    """An operation on the sets in the last dimension of two sparse tensors, row by row; members in their order."""
    if set_operation not in _OPERATIONS:
        raise ShapeFault(f"Invalid set_operation {set_operation}.")
    for shape in (set1_shape, set2_shape):
        if len(shape) < 2:
            raise ShapeFault(f"Shape [{','.join(map(str, shape))}] has rank {len(shape)} < 2")
    if len(set1_shape) != len(set2_shape) or (set1_shape[:-1] != set2_shape[:-1]).any():
        raise ShapeFault(f"Mismatched group shapes [{','.join(map(str, set1_shape[:-1]))}] and "
                         f"[{','.join(map(str, set2_shape[:-1]))}]")
    a, b = _rows(set1_indices, set1_values), _rows(set2_indices, set2_values)
    places, values, longest = [], [], 0
    for row in sorted({*a, *b}):
        members = sorted(_OPERATIONS[set_operation](a.get(row, set()), b.get(row, set())))
        longest = max(longest, len(members))
        places += [(*row, i) for i in range(len(members))]
        values += members
    made = np.empty(len(values), set1_values.dtype)
    made[:] = values
    return (np.array(places, np.int64).reshape(-1, len(set1_shape)), made,
            np.array([*set1_shape[:-1], longest], np.int64))


@set_operation.shape
def _(inputs, attrs):
    rank = inputs[2].dims[0] if inputs[2].dims else None
    return [((None, rank), dtypes.int64), ((None,), inputs[1].dtype), ((rank,), dtypes.int64)]


@op("SetSize", inputs="set_indices: int64, set_values: T, set_shape: int64", T=_TYPES, host=True, gives_strings=False,
    differentiable=_NEVER, samples=lambda rng: [((np.array([[0, 0], [0, 1], [1, 0]]), np.array([3, 3, 2]),
                                                  np.array([3, 2])), {})])
def set_size(set_indices, set_values, set_shape, *, validate_indices: bool = True):
    """How many different members the sets in the last dimension of a sparse tensor have: int32."""
    out = np.zeros(tuple(int(d) for d in set_shape[:-1]), np.int32)
    for row, members in _rows(set_indices, set_values).items():
        out[row] = len(members)
    return out


@set_size.shape
def _(inputs, attrs):
    shape = inputs[2].value
    rank = inputs[2].dims[0] if inputs[2].dims else None
    if shape is not None:
        return [(tuple(int(d) for d in shape[:-1]), dtypes.int32)]
    return [(None if rank is None else (None,) * (rank - 1), dtypes.int32)]


def _as_sets(x: Any) -> SparseTensor:
    """A sparse tensor as it is; of a dense one all elements."""
    if isinstance(x, (SparseTensor, SparseTensorValue)):
        return as_sparse(x)
    dense = array.convert(x)
    places = array.where(array.ones_like(dense, dtype=dtypes.bool))
    return SparseTensor(places, array.reshape(dense, [-1]), array.shape(dense, out_type=dtypes.int64))


@composite("set_operation")
def _combined(a: Any, b: Any, operation: str, validate_indices: bool, name: str | None = None) -> SparseTensor:
    x, y = _as_sets(a), _as_sets(b)
    found = set_operation(x.indices, x.values, x.dense_shape, y.indices, y.values, y.dense_shape,
                          set_operation=operation, validate_indices=validate_indices)
    return SparseTensor(found.result_indices, found.result_values, found.result_shape)


@public("sets.union", v1=("sets.set_union",))
def union(a: Any, b: Any, validate_indices: bool = True) -> SparseTensor:
    """The members of either set, row by row: a sparse tensor whose last dimension holds them in their order.

    a, b: dense or sparse tensors of integers or strings; the last dimension of each is a set, the others agree.
    validate_indices: accepted. Raises InvalidArgumentError where the other dimensions differ.
    """
    return _combined(a, b, "union", validate_indices)


@public("sets.intersection", v1=("sets.set_intersection",))
def intersection(a: Any, b: Any, validate_indices: bool = True) -> SparseTensor:
    """The members of both sets, row by row. See `sets.union`."""
    return _combined(a, b, "intersection", validate_indices)


@public("sets.difference", v1=("sets.set_difference",))
def difference(a: Any, b: Any, aminusb: bool = True, validate_indices: bool = True) -> SparseTensor:
    """The members of `a` that `b` has not, row by row; the other way round without `aminusb`. See `sets.union`."""
    return _combined(a, b, "a-b" if aminusb else "b-a", validate_indices)


@public("sets.size", v1=("sets.set_size",))
def size(a: Any, validate_indices: bool = True) -> Any:
    """How many different members each set in the last dimension of a sparse tensor has: int32.

    Raises TypeError for what is not sparse.
    """
    if not isinstance(a, (SparseTensor, SparseTensorValue)):
        raise TypeError(f"Expected `SparseTensor`, got {a}.")
    x = as_sparse(a)
    return set_size(x.indices, x.values, x.dense_shape, validate_indices=validate_indices)


