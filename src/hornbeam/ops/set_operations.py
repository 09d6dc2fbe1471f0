"""`sets`: union, intersection and difference of the sets in the last dimension of tensors; they run on the host.

The sets of a dense tensor are its rows, those of a sparse one the values in each row. What comes out is sparse: the
values of each set in order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from hornbeam.graph import dtypes, mode
from hornbeam.graph.call import convert_to_tensor as convert
from hornbeam.graph.call import graph_for
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import Op, never, op
from hornbeam.graph.sparse_tensor import SparseTensor
from hornbeam.ops import rules
from hornbeam.ops.sparse_kernels import ORDER_HINT

_TYPES = (dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64, dtypes.uint8, dtypes.uint16, dtypes.string)
_PARTS = ("result_indices", "result_values", "result_shape")
_NEVER = never("sets have no derivative")
_OPERATIONS = {"a-b": lambda a, b: a - b, "b-a": lambda a, b: b - a, "intersection": lambda a, b: a & b,
               "union": lambda a, b: a | b}
Sets = dict[tuple[int, ...], set[Any]]


def _dense(array: np.ndarray) -> tuple[Sets, tuple[int, ...]]:
    """The sets of a dense tensor, and its leading dimensions."""
    if array.ndim < 2:
        raise ShapeFault(f"Shape {rules.text(array.shape)} has rank {array.ndim} < 2")
    return {place: set(array[place].tolist()) for place in np.ndindex(array.shape[:-1])}, array.shape[:-1]


def _sparse(indices: np.ndarray, values: np.ndarray, shape: np.ndarray, validate: bool
            ) -> tuple[Sets, tuple[int, ...]]:
    """The sets of a sparse tensor, and its leading dimensions."""
    if len(shape) < 2:
        raise ShapeFault(f"Shape {rules.text(tuple(shape))} has rank {len(shape)} < 2")
    if validate:
        _check_order(indices, shape)
    found: Sets = {}
    for place, value in zip(indices[:, :-1].tolist(), values.tolist(), strict=True):
        found.setdefault(tuple(place), set()).add(value)
    return found, tuple(int(d) for d in shape[:-1])


def _check_order(indices: np.ndarray, shape: np.ndarray) -> None:
    before: list[int] | None = None
    for number, place in enumerate(indices.tolist()):
        if any(not 0 <= i < d for i, d in zip(place, shape, strict=True)):
            raise ShapeFault(f"indices[{number}] = {_place(place)} is out of bounds: need 0 <= index < "
                             f"{_place(shape.tolist())}")
        if before is not None and place <= before:
            how = "repeated" if place == before else f"out of order. {ORDER_HINT}"
            raise ShapeFault(f"indices[{number}] = {_place(place)} is {how}")
        before = place


def _place(numbers: Iterable[int]) -> str:
    return f"[{','.join(map(str, numbers))}]"


def _combined(a: tuple[Sets, tuple[int, ...]], b: tuple[Sets, tuple[int, ...]], operation: str, like: np.ndarray
              ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    (first, dims), (second, others) = a, b
    if dims != others:
        raise ShapeFault(f"Mismatched shapes {rules.text(dims)} vs {rules.text(others)}")
    if operation not in _OPERATIONS:
        raise ShapeFault(f"Invalid set_operation {operation}.")
    combine = _OPERATIONS[operation]
    places: list[tuple[int, ...]] = []
    values: list[Any] = []
    widest = 0
    for place in sorted({*first, *second}):
        members = sorted(combine(first.get(place, set()), second.get(place, set())))
        places += [(*place, i) for i in range(len(members))]
        values += members
        widest = max(widest, len(members))
    return (np.array(places, np.int64).reshape(len(places), len(dims) + 1), np.array(values, like.dtype),
            np.array([*dims, widest], np.int64))


def _declared(type_: str, inputs: str, function: Any) -> Op:
    made = op(type_, inputs=inputs, outputs=_PARTS, host=True, gives_strings=False, differentiable=_NEVER, T=_TYPES,
              samples=None, waive={"samples": "called by `sets`, whose tests these are"})(function)

    @made.shape
    def _(inputs: Any, attrs: Any) -> Any:
        dims = inputs[0].dims if type_.startswith("Dense") else inputs[2].dims
        rank = None if dims is None else len(dims) if type_.startswith("Dense") else dims[0]
        return [((None, rank), dtypes.int64), ((None,), inputs[0 if type_.startswith("Dense") else 1].dtype),
                ((rank,), dtypes.int64)]

    return made


def _dense_dense(set1, set2, *, set_operation: str, validate_indices: bool = True):
    """The sets of two dense tensors, combined row by row."""
    return _combined(_dense(set1), _dense(set2), set_operation, set1)


def _dense_sparse(set1, set2_indices, set2_values, set2_shape, *, set_operation: str, validate_indices: bool = True):
    """The sets of a dense and a sparse tensor, combined row by row."""
    second = _sparse(set2_indices, set2_values, set2_shape, validate_indices)
    return _combined(_dense(set1), second, set_operation, set1)


def _sparse_sparse(set1_indices, set1_values, set1_shape, set2_indices, set2_values, set2_shape, *,
                   set_operation: str, validate_indices: bool = True):
    """The sets of two sparse tensors, combined row by row."""
    first = _sparse(set1_indices, set1_values, set1_shape, validate_indices)
    second = _sparse(set2_indices, set2_values, set2_shape, validate_indices)
    return _combined(first, second, set_operation, set1_values)


_of_sparse = "{0}_indices: int64, {0}_values: T, {0}_shape: int64"
dense_dense_op = _declared("DenseToDenseSetOperation", "set1: T, set2: T", _dense_dense)
dense_sparse_op = _declared("DenseToSparseSetOperation", f"set1: T, {_of_sparse.format('set2')}", _dense_sparse)
sparse_sparse_op = _declared("SparseToSparseSetOperation",
                             f"{_of_sparse.format('set1')}, {_of_sparse.format('set2')}", _sparse_sparse)


@op("SetSize", inputs="set_indices: int64, set_values: T, set_shape: int64", T=_TYPES, host=True, gives_strings=False,
    differentiable=_NEVER, waive={"samples": "called by `sets`, whose tests these are"})
def set_size_op(set_indices, set_values, set_shape, *, validate_indices: bool = True):
    """How many different values each row of a sparse tensor has, as int32."""
    found, dims = _sparse(set_indices, set_values, set_shape, validate_indices)
    sizes = np.zeros(dims, np.int32)
    for place, members in found.items():
        sizes[place] = len(members)
    return sizes


@set_size_op.shape
def _(inputs, attrs):
    rank = None if inputs[2].dims is None else inputs[2].dims[0]
    known = inputs[2].value
    dims = None if rank is None else (None,) * (rank - 1)
    return [(dims if known is None else tuple(int(d) for d in known[:-1]), dtypes.int32)]


# Public functions ------------------------------------------------------------------------------------


def _operand(name: str, value: Any) -> Any:
    made = value if isinstance(value, SparseTensor) else convert(value, name=name)
    if made.dtype.base_dtype not in _TYPES:
        raise TypeError(f"'{name}' has invalid dtype `{made.dtype!s}` not in supported dtypes: "
                        f"`{', '.join(t.name for t in _TYPES)}`.")
    return made


def _flat(tensor: Any) -> Sequence[Any]:
    return (tensor.indices, tensor.values, tensor.dense_shape) if isinstance(tensor, SparseTensor) else (tensor,)


def _operation(a: Any, b: Any, operation: str, validate: bool) -> SparseTensor:
    with mode.opened(graph_for(a, b)):
        return _combination(a, b, operation, validate)


def _combination(a: Any, b: Any, operation: str, validate: bool) -> SparseTensor:
    a, b = _operand("a", a), _operand("b", b)
    if a.dtype.base_dtype is not b.dtype.base_dtype:
        raise TypeError(f"Types don't match, {a.dtype!s} vs {b.dtype!s}.")
    if isinstance(a, SparseTensor) and not isinstance(b, SparseTensor):
        a, b, operation = b, a, {"a-b": "b-a", "b-a": "a-b"}.get(operation, operation)
    both = isinstance(a, SparseTensor), isinstance(b, SparseTensor)
    made = {(False, False): dense_dense_op, (False, True): dense_sparse_op, (True, True): sparse_sparse_op}[both]
    return SparseTensor(*made(*_flat(a), *_flat(b), set_operation=operation, validate_indices=validate))


@public("sets.difference", v1=("sets.set_difference",))
def difference(a: Any, b: Any, aminusb: bool = True, validate_indices: bool = True) -> SparseTensor:
    """The elements of each set of `a` that `b`'s set has not; with aminusb=False, of `b` that `a`'s has not.

    a, b: tensors or `SparseTensor`s of integers or strings, [..., elements], equal but for the last dimension.
    validate_indices: whether the order of sparse indices is checked. Raises TypeError for other dtypes,
    InvalidArgumentError for other shapes and indices out of order.

    >>> difference([[1, 2, 3]], [[2]]).values.numpy().tolist()
    [1, 3]
    """
    return _operation(a, b, "a-b" if aminusb else "b-a", validate_indices)


@public("sets.intersection", v1=("sets.set_intersection",))
def intersection(a: Any, b: Any, validate_indices: bool = True) -> SparseTensor:
    """The elements that each set of `a` and the set of `b` beside it have both. Arguments as for `difference`."""
    return _operation(a, b, "intersection", validate_indices)


@public("sets.union", v1=("sets.set_union",))
def union(a: Any, b: Any, validate_indices: bool = True) -> SparseTensor:
    """The elements that each set of `a` or the set of `b` beside it has. Arguments as for `difference`."""
    return _operation(a, b, "union", validate_indices)


@public("sets.size", v1=("sets.set_size",))
def size(a: Any, validate_indices: bool = True) -> Any:
    """How many different elements each set of a `SparseTensor` has: int32, without the last dimension.

    Raises TypeError for anything else.
    """
    if not isinstance(a, SparseTensor):
        raise TypeError(f"Expected `SparseTensor`, got {a}.")
    return set_size_op(a.indices, a.values, a.dense_shape, validate_indices=validate_indices)
