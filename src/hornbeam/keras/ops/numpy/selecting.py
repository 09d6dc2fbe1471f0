"""Elements chosen by place, by condition and by order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hornbeam.graph.tensor import GraphTensor
from hornbeam.keras.ops.declare import numpy_op
from hornbeam.keras.ops.numpy import binary
from hornbeam.keras.ops.numpy.reductions import sum_
from hornbeam.keras.ops.tensors import (
    axis_of,
    cast,
    dims,
    dtype_of,
    promote,
    rank,
    shape_vector,
    sizes,
    tensor,
)
from hornbeam.ops import arithmetic, compare, numpy_arrays, numpy_statistics, reduce, sorting
from hornbeam.ops.constants import range_op
from hornbeam.ops.gathering import gather_op
from hornbeam.ops.joining import unstack
from hornbeam.ops.selecting import select_v2_op, where_op
from hornbeam.ops.shaping import expand_dims_op, reshape

# By place -----------------------------------------------------------------------------------------------


def _places(indices: Any) -> Any:
    x = tensor(indices)
    if x.dtype.base_dtype.is_floating or x.dtype.base_dtype.is_complex:
        raise TypeError(f"indices must be integers, not {dtype_of(x)}")
    return x if dtype_of(x) in ("int32", "int64") else cast(x, "int64" if dtype_of(x) == "uint64" else "int32")


def _from_front(indices: Any, length: Any) -> Any:
    """Negative places count from the end."""
    wrapped = arithmetic.add_v2(indices, tensor(length, dtype_of(indices)))
    return select_v2_op(compare.less(indices, tensor(0, dtype_of(indices))), wrapped, indices)


@numpy_op
def take(x: Any, indices: Any, axis: Any = None) -> Any:
    """The elements (or slices along `axis`) at places, negative ones from the end; of the flattened tensor for None.

    Raises InvalidArgumentError for a place outside.

    >>> take([10, 20, 30], [2, -3]).numpy().tolist()
    [30, 10]
    """
    x, at = tensor(x), _places(indices)
    if axis is None:
        x, axis = reshape(x, [-1]), 0
    where_ = axis_of(axis, rank(x))
    unsigned = tensor(indices).dtype.base_dtype.name.startswith("u")
    return gather_op(x, at if unsigned else _from_front(at, sizes(x)[where_]), np.int32(where_))


@numpy_op
def take_along_axis(x: Any, indices: Any, axis: Any = None) -> Any:
    """The elements at places along `axis`, one list of places for each line; of the flattened tensors for None."""
    x, at = tensor(x), _places(indices)
    if axis is None:
        if rank(at) != 1:
            raise ValueError("take_along_axis indices must be 1D if axis=None, got ndim "
                             f"{rank(at)}")
        x, axis = reshape(x, [-1]), 0
    where_ = axis_of(axis, rank(x))
    return numpy_arrays.take_along_axis(x, at, axis=where_)


@numpy_op
def get_item(x: Any, key: Any) -> Any:
    """`x[key]`: integers, slices, `None`, `...`, and integer or boolean tensors."""
    return tensor(x)[key]


@numpy_op(config="shape")
def unravel_index(indices: Any, shape: Any) -> Any:
    """The coordinates of places in the flattened tensor of a shape, one tensor a dimension."""
    at = _places(indices)
    out = []
    for size in reversed(list(shape)):
        step = tensor(int(size), dtype_of(at))
        out.append(binary.mod(at, step))
        at = binary.floor_divide(at, step)
    return tuple(reversed(out))


# By condition -------------------------------------------------------------------------------------------


@numpy_op
def nonzero(x: Any) -> Any:
    """Where the elements are that are not 0: one int32 vector of coordinates a dimension."""
    x = tensor(x)
    if rank(x) == 0:
        x = reshape(x, [1])
    places = cast(where_op(x), "int32")
    return tuple(unstack(places, rank(x), 1))


@numpy_op(config="")
def where(condition: Any, x1: Any = None, x2: Any = None) -> Any:
    """Elements of `x1` where the condition holds, else of `x2`; alone, the places where it holds, as `nonzero`.

    Raises ValueError where only one of the two is given.
    """
    if x1 is None and x2 is None:
        return nonzero(condition)
    if x1 is None or x2 is None:
        raise ValueError("`x1` and `x2` either both should be `None` or both should have non-None value.")
    return binary.chosen(condition, x1, x2)


@numpy_op(config="")
def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> Any:
    """Elements of the choice whose condition is the first that holds, else `default`.

    Raises ValueError where there are not as many conditions as choices.
    """
    if len(condlist) != len(choicelist):
        raise ValueError(f"condlist and choicelist must have the same length. Received: {len(condlist)} and "
                         f"{len(choicelist)}")
    if not condlist:
        raise ValueError("condlist and choicelist must be non-empty")
    *choices, found = promote(*choicelist, default)
    for condition, choice in reversed(list(zip(condlist, choices, strict=True))):
        found = binary.chosen(condition, choice, found)
    return found


@numpy_op(type="IsIn", config="assume_unique invert")
def isin(x1: Any, x2: Any, assume_unique: bool = False, invert: bool = False) -> Any:
    """Which elements of `x1` are among those of `x2`; with `invert`, which are not."""
    x, among = promote(x1, x2)
    equal = compare.equal_op(expand_dims_op(x, np.int32(-1)), reshape(among, [-1]))
    found = reduce.any_op(equal, np.array([-1], np.int32))
    return compare.logical_not(found) if invert else found


# By order -----------------------------------------------------------------------------------------------


def _sortable(x: Any) -> Any:
    x = tensor(x)
    return cast(x, "int8") if x.dtype.base_dtype.is_bool else x


@numpy_op
def sort(x: Any, axis: Any = -1) -> Any:
    """The elements in ascending order along `axis`; flattened first where it is None."""
    x, values = tensor(x), _sortable(x)
    if axis is None:
        values, axis = reshape(values, [-1]), 0
    return cast(sorting.sort_op(values, axis=axis_of(axis, rank(values))), dtype_of(x))


@numpy_op
def argsort(x: Any, axis: Any = -1) -> Any:
    """The places that put the elements into ascending order along `axis`, as int32."""
    values = _sortable(x)
    if axis is None or rank(values) == 0:
        values, axis = reshape(values, [-1]), 0
    return cast(sorting.argsort_op(values, axis=axis_of(axis, rank(values))), "int32")


@numpy_op(config="kth axis")
def argpartition(x: Any, kth: int, axis: Any = -1) -> Any:
    """Places such that the element at `kth` stands where sorting would put it, smaller ones before it."""
    values = _sortable(x)
    if axis is None:
        values, axis = reshape(values, [-1]), 0
    return numpy_statistics.argpartition(values, kth=int(kth), axis=axis_of(axis, rank(values)))


@numpy_op(type="SearchSorted")
def searchsorted(sorted_sequence: Any, values: Any, side: str = "left") -> Any:
    """Where values would go into a sorted vector, "left" before equal elements or "right" after, as int32.

    Raises ValueError where the sequence is not a vector.
    """
    rows = tensor(sorted_sequence)
    if rank(rows) != 1:
        raise ValueError("`searchsorted` only supports 1-D sorted sequences. You can use `keras.ops.vectorized_map` "
                         f"to extend it to N-D sequences. Received: sorted_sequence.shape={dims(rows)}")
    rows, wanted = promote(rows, values)
    flat = sorting.searchsorted(rows, reshape(wanted, [-1]), side=side)
    return reshape(flat, shape_vector(sizes(wanted)))


@numpy_op
def digitize(x: Any, bins: Any) -> Any:
    """The number of the bin of each element: how many of the ascending edges are not larger, as int32."""
    return searchsorted(bins, x, "right")


@numpy_op
def unique(x: Any, sorted: bool = True, return_index: bool = False, return_inverse: bool = False,
           return_counts: bool = False, axis: Any = None, size: Any = None, fill_value: Any = None) -> Any:
    """The distinct elements (or slices along `axis`) in ascending order, and what is asked for besides.

    return_index: where each stands first; return_inverse: which one each element is; return_counts: how many there
    are. size: so many results, filled up with `fill_value` (the first one by default).
    """
    found = numpy_statistics.unique_of_axis(tensor(x), axis=axis, size=size, fill_value=fill_value)
    asked = [found.values]
    asked += [found.index] if return_index else []
    asked += [found.inverse] if return_inverse else []
    asked += [found.counts] if return_counts else []
    return asked[0] if len(asked) == 1 else tuple(asked)


# Diagonals ----------------------------------------------------------------------------------------------


@numpy_op
def diag(x: Any, k: int = 0) -> Any:
    """A matrix with a vector on its diagonal k, or the diagonal k of a matrix. Raises ValueError for other ranks."""
    x = tensor(x)
    if rank(x) == 1:
        return numpy_arrays.diag(x, k=k)
    if rank(x) != 2:
        raise ValueError(f"`x` must be 1d or 2d, but received shape {dims(x)}.")
    return numpy_arrays.diagonal(x, offset=k)


@numpy_op
def diagflat(x: Any, k: int = 0) -> Any:
    """A matrix with all elements on its diagonal k."""
    return numpy_arrays.diag(reshape(tensor(x), [-1]), k=k)


@numpy_op
def diagonal(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The diagonals of the matrices in two dimensions, along a new last one. Raises ValueError for one dimension."""
    x = tensor(x)
    if rank(x) < 2:
        raise ValueError(f"`diagonal` requires an array of at least two dimensions, but `x` is of shape {dims(x)}.")
    if axis1 % rank(x) == axis2 % rank(x):
        raise ValueError(f"`axis1` and `axis2` cannot be the same. Received: axis1={axis1}, axis2={axis2}")
    return numpy_arrays.diagonal(x, offset=offset, axis1=axis1, axis2=axis2)


@numpy_op
def trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The sum of the diagonal of the matrices in two dimensions; small integers are added as 32-bit ones."""
    return sum_(diagonal(x, offset, axis1, axis2), -1)


@numpy_op
def tril(x: Any, k: int = 0) -> Any:
    """Zeros above the diagonal k of each matrix."""
    return numpy_arrays.tril(tensor(x), k=k) if _known(k) else _triangle(tensor(x), compare.greater_equal, k)


@numpy_op
def triu(x: Any, k: int = 0) -> Any:
    """Zeros below the diagonal k of each matrix."""
    return numpy_arrays.triu(tensor(x), k=k) if _known(k) else _triangle(tensor(x), compare.less_equal, k)


def _known(k: Any) -> bool:
    return not isinstance(k, GraphTensor)


def _triangle(x: Any, holds: Any, k: Any) -> Any:
    """What of each matrix lies on one side of a diagonal that is known when the graph runs."""
    rows, columns = (range_op(np.int32(0), sizes(x)[axis], np.int32(1)) for axis in (-2, -1))
    kept = holds(reshape(rows, [-1, 1]) + tensor(k, "int32"), columns)
    return select_v2_op(kept, x, tensor(0, dtype_of(x)))


