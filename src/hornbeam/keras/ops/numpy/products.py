"""Products of vectors, matrices and tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.keras.ops.declare import numpy_op
from hornbeam.keras.ops.tensors import axis_of, cast, dims, dtype_of, numeric, promote, rank, tensor
from hornbeam.ops import arithmetic, numpy_arrays, reduce
from hornbeam.ops import matmul as products
from hornbeam.ops.casts import conj
from hornbeam.ops.shaping import expand_dims_op, reshape, squeeze_op


def _pair(x1: Any, x2: Any) -> tuple[Any, Any]:
    x, y = promote(x1, x2)
    return numeric(x), numeric(y)


def _of_bool(x1: Any, x2: Any, result: Any) -> Any:
    """The product of truth values is one of truth values."""
    both = all(getattr(v, "dtype", None) in (dtypes.bool, np.bool_, "bool") for v in (x1, x2))
    return cast(result, "bool") if both else result


@numpy_op
def matmul(x1: Any, x2: Any) -> Any:
    """The matrix product over the last two dimensions, the others broadcast; a vector is a row or a column.

    Two int8 tensors give int32. Raises ValueError for scalars.

    >>> matmul([[1, 2]], [[3], [4]]).numpy().tolist()
    [[11]]
    """
    x, y = _pair(x1, x2)
    if not rank(x) or not rank(y):
        raise ValueError(f"matmul takes no scalars; shapes {dims(x)} and {dims(y)}")
    if dtype_of(x) == "int8" and dtype_of(tensor(x1)) == dtype_of(tensor(x2)):
        x, y = cast(x, "int32"), cast(y, "int32")
    if rank(x) > 2 and rank(y) == 2:  # one product of matrices: the gradient of `y` adds up the batch in it
        return products.tensordot(x, y, 1)
    row, column = rank(x) == 1, rank(y) == 1
    if row:
        x = expand_dims_op(x, np.int32(0))
    if column:
        y = expand_dims_op(y, np.int32(1))
    made = products.matmul_op(x, y) if rank(x) == rank(y) == 2 else products.batch_matmul(x, y)
    gone = ([-2] if row else []) + ([-1] if column else [])
    return squeeze_op(made, squeeze_dims=tuple(gone)) if gone else made


@numpy_op
def dot(x1: Any, x2: Any) -> Any:
    """The sum over the last dimension of `x1` and the second last (of vectors the only one) of `x2`.

    A scalar multiplies.
    """
    x, y = _pair(x1, x2)
    if not rank(x) or not rank(y):
        return arithmetic.multiply(x, y)
    if rank(x) == rank(y) == 2:
        return products.matmul_op(x, y)
    return products.tensordot(x, y, [[rank(x) - 1], [max(rank(y) - 2, 0)]])


@numpy_op
def inner(x1: Any, x2: Any) -> Any:
    """The sum over the last dimension of both. A scalar multiplies."""
    x, y = _pair(x1, x2)
    if not rank(x) or not rank(y):
        return arithmetic.multiply(x, y)
    return products.tensordot(x, y, [[rank(x) - 1], [rank(y) - 1]])


@numpy_op
def outer(x1: Any, x2: Any) -> Any:
    """Every element of `x1` times every one of `x2`, both flattened."""
    x, y = _pair(x1, x2)
    return arithmetic.multiply(reshape(x, [-1, 1]), reshape(y, [1, -1]))


@numpy_op
def vdot(x1: Any, x2: Any) -> Any:
    """The sum of the products of all elements, those of `x1` conjugated."""
    x, y = _pair(x1, x2)
    flat = reshape(x, [-1])
    flat = conj(flat) if x.dtype.base_dtype.is_complex else flat
    return reduce.sum_op(arithmetic.multiply(flat, reshape(y, [-1])), np.array([0], np.int32))


@numpy_op
def tensordot(x1: Any, x2: Any, axes: Any = 2) -> Any:
    """The sum over dimensions of both: the last `axes` of `x1` and first ones of `x2`, or a pair of lists."""
    x, y = _pair(x1, x2)
    if not isinstance(axes, (int, np.integer)):
        first, second = axes
        axes = [list(a) if isinstance(a, (list, tuple)) else [a] for a in (first, second)]
        axes = [[axis_of(a, rank(t)) for a in given] for given, t in zip(axes, (x, y), strict=True)]
    return products.tensordot(x, y, axes)


@numpy_op
def kron(x1: Any, x2: Any) -> Any:
    """The Kronecker product: every element of `x1` times the whole of `x2`."""
    return numpy_arrays.kron(*_pair(x1, x2))


@numpy_op
def cross(x1: Any, x2: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: Any = None) -> Any:
    """The cross product of vectors of two or three elements; of two of two elements a number each.

    axisa, axisb, axisc: where the vectors stand in the arguments and the result; axis: in all three.
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    return numpy_arrays.cross(*_pair(x1, x2), axisa=axisa, axisb=axisb, axisc=axisc)


@numpy_op(config="subscripts")
def einsum(subscripts: str, *operands: Any, **kwargs: Any) -> Any:
    """Einstein's sum: `"ij,jk->ik"`. int8 tensors alone give int32.

    >>> einsum("ij,j->i", [[1, 2], [3, 4]], [1, 1]).numpy().tolist()
    [3, 7]
    """
    unknown = set(kwargs) - {"optimize", "precision"}
    if unknown:
        raise TypeError(f"einsum() got unexpected keyword arguments {sorted(unknown)}")
    values = [numeric(v) for v in promote(*operands)]
    if all(dtype_of(v) == "int8" for v in values):
        values = [cast(v, "int32") for v in values]
    return products.einsum(subscripts, *values)


