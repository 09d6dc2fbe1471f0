"""Sparse ops whose number of elements depends on the data, so that they run on the host."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.op import NUMERIC, REALS, never, op
from hornbeam.ops.gathering import gather
from hornbeam.ops.reduce import reduce_sum
from hornbeam.ops.samples import Sample


def _rank(described: Any) -> int | None:
    """The rank that a dense shape or a matrix of places tells."""
    found = described.dims
    return None if not found else found[-1]


# Two sparse tensors ----------------------------------------------------------------------------------


def _two(rng: np.random.Generator) -> list[Any]:
    a, b = np.array([[0, 1], [1, 0]]), np.array([[0, 0], [1, 0], [1, 2]])
    return [a, rng.normal(size=2), np.array([2, 3]), b, rng.normal(size=3), np.array([2, 3])]


def _union(a_indices: Any, b_indices: Any, a_shape: Any, b_shape: Any) -> tuple[Any, Any, Any]:
    """The places of both in row-major order, and for each place of `a` and of `b` its number among them."""
    if a_shape.shape != b_shape.shape or (a_shape != b_shape).any():
        raise ShapeFault(f"Operands do not have the same shapes: {a_shape.tolist()} and {b_shape.tolist()}")
    both = np.concatenate([a_indices, b_indices])
    if not len(both):
        return both, np.zeros(0, np.int64), np.zeros(0, np.int64)
    places, number = np.unique(both, axis=0, return_inverse=True)
    number = np.reshape(number, -1)
    return places, number[:len(a_indices)], number[len(a_indices):]


@op("SparseAdd", inputs="a_indices: int64, a_values: T, a_shape: int64, b_indices: int64, b_values: T, b_shape: int64, "
    "thresh: Treal", T=NUMERIC, Treal=REALS, host=True, outputs=("sum_indices", "sum_values", "sum_shape"),
    samples=lambda rng: [((*_two(rng), np.float64(0)), {})])
def sparse_add_op(a_indices, a_values, a_shape, b_indices, b_values, b_shape, thresh):
    """The sum of two sparse tensors, without elements whose size is below `thresh`."""
    places, a_at, b_at = _union(a_indices, b_indices, a_shape, b_shape)
    total = np.zeros(len(places), a_values.dtype)
    np.add.at(total, a_at, a_values)
    np.add.at(total, b_at, b_values)
    held = np.abs(total) >= thresh
    return places[held], total[held], a_shape


@sparse_add_op.shape
def _(inputs, attrs):
    return [((None, _rank(inputs[0])), dtypes.int64), ((None,), inputs[1].dtype), (inputs[2].dims, dtypes.int64)]


@op("SparseAddGrad", inputs="backprop_val_grad: T, a_indices: int64, b_indices: int64, sum_indices: int64", T=NUMERIC,
    host=True, outputs=("a_val_grad", "b_val_grad"), differentiable=never("as TensorFlow's"),
    samples=lambda rng: [((rng.normal(size=2), np.array([[0, 1]]), np.array([[1, 0]]), np.array([[0, 1], [1, 0]])),
                          {})])
def sparse_add_grad(backprop_val_grad, a_indices, b_indices, sum_indices):
    """The gradients of the elements of both summands: those of the sums at their places."""
    held = {tuple(p): i for i, p in enumerate(sum_indices.tolist())}

    def at(indices: Any) -> Any:
        rows = [held.get(tuple(p), -1) for p in indices.tolist()]
        found = np.append(backprop_val_grad, np.zeros(1, backprop_val_grad.dtype))
        return found[np.array(rows, np.int64)]

    return at(a_indices), at(b_indices)


@sparse_add_grad.shape
def _(inputs, attrs):
    return [((None if not i.dims else i.dims[0],), inputs[0].dtype) for i in inputs[1:3]]


@sparse_add_op.grad
def _(call, d_indices, d_values, d_shape):
    a_indices, _, _, b_indices = call.inputs[:4]
    if d_values is None:
        return (None,) * 7
    found = sparse_add_grad(d_values, a_indices, b_indices, call.outputs[0])
    return None, found.a_val_grad, None, None, found.b_val_grad, None, None


def _larger_or_smaller(pick: Any) -> Any:
    def function(a_indices, a_values, a_shape, b_indices, b_values, b_shape):
        places, a_at, b_at = _union(a_indices, b_indices, a_shape, b_shape)
        a, b = np.zeros(len(places), a_values.dtype), np.zeros(len(places), a_values.dtype)
        a[a_at], b[b_at] = a_values, b_values
        return places, pick(a, b)

    function.__doc__ = ("The larger" if pick is np.maximum else "The smaller") + \
        " of the elements of two sparse tensors, where a missing one counts as 0."
    return function


_PAIR = ("a_indices: int64, a_values: T, a_shape: int64, b_indices: int64, b_values: T, b_shape: int64")
_NO_GRADIENT = never("TensorFlow has no gradient of it")
sparse_maximum_op, sparse_minimum_op = (
    op(kind, inputs=_PAIR, T=REALS, host=True, outputs=("output_indices", "output_values"),
       differentiable=_NO_GRADIENT, samples=lambda rng: [(tuple(_two(rng)), {})])(_larger_or_smaller(pick))
    for kind, pick in (("SparseSparseMaximum", np.maximum), ("SparseSparseMinimum", np.minimum)))
for _op in (sparse_maximum_op, sparse_minimum_op):
    _op.shape(lambda inputs, attrs: [((None, _rank(inputs[0])), dtypes.int64), ((None,), inputs[1].dtype)])


# Rows without elements -------------------------------------------------------------------------------


def _rows_samples(rng: np.random.Generator) -> list[Sample]:
    return [((np.array([[0, 1], [2, 0], [2, 2]]), rng.normal(size=3), np.array([4, 3]), np.float64(7)), {}),
            ((np.zeros((0, 2), np.int64), np.zeros(0), np.array([2, 3]), np.float64(7)), {})]


@op("SparseFillEmptyRows", inputs="indices: int64, values: T, dense_shape: int64, default_value: T", host=True,
    outputs=("output_indices", "output_values", "empty_row_indicator", "reverse_index_map"), samples=_rows_samples)
def sparse_fill_empty_rows_op(indices, values, dense_shape, default_value):
    """The sparse tensor with one element in each row that has none, and which rows these are."""
    rows = int(dense_shape[0])
    if indices.shape[0] and ((indices[:, 0] < 0) | (indices[:, 0] >= rows)).any():
        at = int(np.argmax((indices[:, 0] < 0) | (indices[:, 0] >= rows)))
        raise ShapeFault(f"indices({at}, 0) is invalid: {int(indices[at, 0])} >= {rows}")
    empty = np.ones(rows, bool)
    empty[indices[:, 0]] = False
    added = np.zeros((int(empty.sum()), indices.shape[1]), np.int64)
    added[:, 0] = np.flatnonzero(empty)
    all_places = np.concatenate([indices, added])
    all_values = np.concatenate([values, np.full(len(added), default_value, values.dtype)])
    order = np.argsort(all_places[:, 0], kind="stable")
    where = np.empty(len(order), np.int64)
    where[order] = np.arange(len(order))
    return all_places[order], all_values[order], empty, where[:len(indices)]


@sparse_fill_empty_rows_op.shape
def _(inputs, attrs):
    shape = inputs[2].value
    count = None if not inputs[0].dims else inputs[0].dims[0]
    return [((None, _rank(inputs[0])), dtypes.int64), ((None,), inputs[1].dtype),
            ((None if shape is None else int(shape[0]),), dtypes.bool), ((count,), dtypes.int64)]


@sparse_fill_empty_rows_op.grad
def _(call, d_indices, d_values, d_empty, d_map):
    if d_values is None:
        return (None,) * 4
    own = gather(d_values, call.outputs[3])
    return None, own, None, reduce_sum(d_values) - reduce_sum(own)


# Reductions to sparse tensors -------------------------------------------------------------------------


def _kept(indices: Any, values: Any, shape: Any, axes: Any, keep_dims: bool, gather_into: Any) -> Any:
    """The reduced elements at the places that had any."""
    rank = len(shape)
    over = {int(a) % rank for a in np.reshape(axes, -1)}
    kept = [i for i in range(rank) if keep_dims or i not in over]
    places = np.array([i not in over for i in kept]) * indices[:, kept]
    sizes = np.array([1 if i in over else shape[i] for i in kept], np.int64)
    if not len(places):
        return places.astype(np.int64), values, sizes
    places, first, number = np.unique(places, axis=0, return_index=True, return_inverse=True)
    total = np.zeros(len(places), values.dtype) if gather_into is np.add else values[first]
    with np.errstate(invalid="ignore"):
        gather_into.at(total, np.reshape(number, -1), values)
    return places.astype(np.int64), total, sizes


_REDUCED = "input_indices: int64, input_values: T, input_shape: int64, reduction_axes: int32"


def _reduce_samples(rng: np.random.Generator) -> list[Sample]:
    x = np.array([[0, 1], [1, 0], [1, 2]]), rng.normal(size=3), np.array([3, 3])
    return [((*x, np.array([1], np.int32)), {}), ((*x, np.array([-1], np.int32)), {"keep_dims": True})]


@op("SparseReduceSumSparse", inputs=_REDUCED, T=NUMERIC, host=True, outputs=("output_indices", "output_values",
    "output_shape"), differentiable=_NO_GRADIENT, samples=_reduce_samples)
def sparse_reduce_sum_sparse_op(input_indices, input_values, input_shape, reduction_axes, *, keep_dims: bool = False):
    """Sums of a sparse tensor over dimensions, as a sparse tensor."""
    return _kept(input_indices, input_values, input_shape, reduction_axes, keep_dims, np.add)


@op("SparseReduceMaxSparse", inputs=_REDUCED, T=REALS, host=True, outputs=("output_indices", "output_values",
    "output_shape"), differentiable=_NO_GRADIENT, samples=_reduce_samples)
def sparse_reduce_max_sparse_op(input_indices, input_values, input_shape, reduction_axes, *, keep_dims: bool = False):
    """The largest elements of a sparse tensor over dimensions, as a sparse tensor."""
    return _kept(input_indices, input_values, input_shape, reduction_axes, keep_dims, np.maximum)


for _op in (sparse_reduce_sum_sparse_op, sparse_reduce_max_sparse_op):
    _op.shape(lambda inputs, attrs: [((None, None), dtypes.int64), ((None,), inputs[1].dtype), ((None,), dtypes.int64)])

__all__ = ["sparse_add_op", "sparse_fill_empty_rows_op", "sparse_maximum_op",
           "sparse_minimum_op", "sparse_reduce_max_sparse_op", "sparse_reduce_sum_sparse_op"]
