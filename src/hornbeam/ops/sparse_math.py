"""`tf.sparse`: sums, products, extremes and reductions of sparse tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.graph import dtypes, sparse_tensor
from hornbeam.graph.call import composite, own_name
from hornbeam.graph.indexed_slices import IndexedSlices
from hornbeam.graph.names import public
from hornbeam.graph.sparse_tensor import SparseTensor, SparseTensorValue, as_sparse
from hornbeam.ops import array, dims, math
from hornbeam.ops.linalg import adjoint as adjoint_of
from hornbeam.ops.linalg import matrix_transpose
from hornbeam.ops.sets import setdiff1d
from hornbeam.ops.sparse import rank_of, reorder
from hornbeam.ops.sparse_host import (
    sparse_add_op,
    sparse_maximum_op,
    sparse_minimum_op,
    sparse_reduce_max_sparse_op,
    sparse_reduce_sum_sparse_op,
)
from hornbeam.ops.sparse_kernels import (
    sparse_dense_add_op,
    sparse_dense_divide,
    sparse_dense_matmul_op,
    sparse_dense_multiply,
    sparse_reduce_max_op,
    sparse_reduce_sum_op,
    sparse_to_dense_op,
)

_SPARSE = (SparseTensor, SparseTensorValue)


def _with_dense(op: Any) -> Any:
    @composite("mul")
    def apply(sparse: SparseTensor, dense: Any, name: str | None = None) -> SparseTensor:
        kind = sparse.dtype.base_dtype
        other = array.convert(dense, None if hasattr(dense, "dtype") else kind)
        return sparse.with_values(op(sparse.indices, sparse.values, sparse.dense_shape, other))

    return apply


sparse_tensor.bind(multiply=_with_dense(sparse_dense_multiply), divide=_with_dense(sparse_dense_divide))


# Sums ------------------------------------------------------------------------------------------------


@public(v2=("sparse.add",))
def add(a: Any, b: Any, threshold: Any = 0) -> Any:
    """The sum of two sparse tensors of one shape, as a sparse tensor; of a sparse and a dense one, as a dense tensor.

    threshold: elements of a sparse sum whose size is below it are left out. Raises TypeError where neither is sparse,
    InvalidArgumentError for different shapes.
    """
    return _sum(a, b, threshold)


@public(v1=("sparse.add", "sparse_add"))
def add_v1(a: Any, b: Any, threshold: Any = None, thresh: Any = None) -> Any:
    """`sparse.add` of TensorFlow 2; thresh: the retired name of `threshold`."""
    if threshold is not None and thresh is not None:
        raise ValueError("Cannot specify both 'thresh' and 'threshold'.")
    given = thresh if threshold is None else threshold
    return _sum(a, b, 0 if given is None else given)


@composite("SparseAdd")
def _sum(a: Any, b: Any, threshold: Any, name: str | None = None) -> Any:
    if not isinstance(a, _SPARSE) and not isinstance(b, _SPARSE):
        raise TypeError("At least one input should be SparseTensor; do you mean to use tf.add()?")
    if isinstance(a, _SPARSE) and isinstance(b, _SPARSE):
        x, y = as_sparse(a), as_sparse(b)
        limit = array.convert(threshold, x.dtype.base_dtype.real_dtype)
        found = sparse_add_op(x.indices, x.values, x.dense_shape, y.indices, y.values, y.dense_shape, limit)
        made = SparseTensor(found.sum_indices, found.sum_values, found.sum_shape)
        if x.shape.is_compatible_with(y.shape):
            made.set_shape(x.shape.merge_with(y.shape))
        return made
    x, dense = (as_sparse(a), b) if isinstance(a, _SPARSE) else (as_sparse(b), a)
    return sparse_dense_add_op(x.indices, x.values, x.dense_shape, array.convert(dense))


def _pairwise(op: Any) -> Any:
    @composite("SparseSparse")
    def apply(sp_a: Any, sp_b: Any, name: str | None = None) -> SparseTensor:
        a, b = as_sparse(sp_a), as_sparse(sp_b)
        found = op(a.indices, a.values, a.dense_shape, b.indices, b.values, b.dense_shape)
        made = SparseTensor(found.output_indices, found.output_values, a.dense_shape)
        made.set_shape(a.shape)
        return made

    return apply


_maximum, _minimum = _pairwise(sparse_maximum_op), _pairwise(sparse_minimum_op)


@public("sparse.maximum", v1=("sparse_maximum",))
def maximum(sp_a: Any, sp_b: Any, name: str | None = None) -> SparseTensor:
    """The larger of the elements at each place that one of them holds; a missing element counts as 0."""
    return _maximum(sp_a, sp_b, name or "SparseSparseMaximum")


@public("sparse.minimum", v1=("sparse_minimum",))
def minimum(sp_a: Any, sp_b: Any, name: str | None = None) -> SparseTensor:
    """The smaller of the elements at each place that one of them holds; a missing element counts as 0."""
    return _minimum(sp_a, sp_b, name or "SparseSparseMinimum")


# Products --------------------------------------------------------------------------------------------


@public("sparse.sparse_dense_matmul", v1=("sparse_tensor_dense_matmul", "sparse.matmul"))
@composite("SparseTensorDenseMatMul")
def sparse_dense_matmul(sp_a: Any, b: Any, adjoint_a: bool = False, adjoint_b: bool = False,
                        name: str | None = None) -> Any:
    """The product of a sparse and a dense matrix, either of which may be the sparse one, as a dense matrix.

    adjoint_a, adjoint_b: turn and conjugate that factor first. Raises ValueError or InvalidArgumentError for sizes
    that do not fit and places outside the shape.
    """
    if isinstance(b, _SPARSE) and not isinstance(sp_a, _SPARSE):
        return adjoint_of(sparse_dense_matmul(b, sp_a, not adjoint_b, not adjoint_a))
    x = as_sparse(sp_a)
    return sparse_dense_matmul_op(x.indices, x.values, x.dense_shape, array.convert(b, x.dtype.base_dtype if not
                                  hasattr(b, "dtype") else None), adjoint_a=adjoint_a, adjoint_b=adjoint_b,
                                  name=own_name())


@public(v2=("sparse.sampled_addmm",))
def sampled_addmm(indices: Any, values: Any, dense_shape: Any, mat1: Any, mat2: Any, beta: float = 1.0,
                  alpha: float = 1.0, output_type: Any = dtypes.float32) -> tuple[Any, Any, Any]:
    """beta · values + alpha · (mat1 · mat2) at the places of a sparse matrix alone: (indices, values, dense_shape).

    indices: int64 [N, rank]. values: [N]. dense_shape: [..., m, n]. mat1: [..., m, k]. mat2: [..., k, n].
    output_type: the dtype that all are cast to.
    """
    return _sampled(indices, values, dense_shape, mat1, mat2, beta, alpha, dtypes.as_dtype(output_type))


@composite("sampled_addmm")
def _sampled(indices: Any, values: Any, dense_shape: Any, mat1: Any, mat2: Any, beta: float, alpha: float,
             kind: Any, name: str | None = None) -> tuple[Any, Any, Any]:
    places = array.convert(indices, None if hasattr(indices, "dtype") else dtypes.int64)
    held, a, b = (math.cast(array.convert(x), kind) for x in (values, mat1, mat2))
    rows = array.gather_nd(a, places[:, :-1])
    columns = array.gather_nd(matrix_transpose(b), array.concat([places[:, :-2], places[:, -1:]], 1))
    found = math.multiply(math.reduce_sum(rows * columns, -1), alpha) + math.multiply(held, beta)
    return places, found, array.convert(dense_shape)


# Reductions ------------------------------------------------------------------------------------------


def _axes_of(x: SparseTensor, axis: Any) -> Any:
    if axis is None:
        return np.arange(rank_of(x), dtype=np.int32) if x.shape.rank is not None else \
            array.range(math.cast(array.shape(x.dense_shape)[0], dtypes.int32))
    found = array.convert(axis)
    return array.reshape(math.cast(found, dtypes.int32), [-1])


@composite("SparseReduce")
def _reduced(sp_input: Any, axis: Any, keepdims: Any, dense: Any, name: str | None = None) -> Any:
    x = as_sparse(sp_input)
    return dense(x.indices, x.values, x.dense_shape, _axes_of(x, axis), keep_dims=bool(keepdims))


def _reduced_sparse(sp_input: Any, axis: Any, keepdims: Any, op: Any, name: str | None) -> SparseTensor:
    found = _reduced(sp_input, axis, keepdims, op, name)
    return SparseTensor(found.output_indices, found.output_values, found.output_shape)


@public(v2=("sparse.reduce_sum",))
def reduce_sum(sp_input: Any, axis: Any = None, keepdims: Any = None, output_is_sparse: bool = False,
               name: str | None = None) -> Any:
    """Sums of the elements over the dimensions `axis` (all by default), as a dense tensor unless `output_is_sparse`.

    >>> reduce_sum(SparseTensor([[0, 1], [1, 1]], [1, 2], [2, 2]), 0).numpy().tolist()
    [0, 3]
    """
    if output_is_sparse:
        return _reduced_sparse(sp_input, axis, keepdims, sparse_reduce_sum_sparse_op, name)
    return _reduced(sp_input, axis, keepdims, sparse_reduce_sum_op, name)


@public(v2=("sparse.reduce_max",))
def reduce_max(sp_input: Any, axis: Any = None, keepdims: Any = None, output_is_sparse: bool = False,
               name: str | None = None) -> Any:
    """The largest of the elements that are there over the dimensions `axis` (all by default); 0 where none is."""
    if output_is_sparse:
        return _reduced_sparse(sp_input, axis, keepdims, sparse_reduce_max_sparse_op, name)
    return _reduced(sp_input, axis, keepdims, sparse_reduce_max_op, name)


def _one_of(new: Any, old: Any, new_name: str, old_name: str) -> Any:
    if new is not None and old is not None:
        raise ValueError(f"Cannot specify both '{old_name}' and '{new_name}'.")
    return old if new is None else new


def _v1(dense: bool, largest: bool) -> Any:
    op = ((sparse_reduce_max_op if dense else sparse_reduce_max_sparse_op) if largest else
          (sparse_reduce_sum_op if dense else sparse_reduce_sum_sparse_op))

    def reduce(sp_input: Any, axis: Any = None, keepdims: Any = None, reduction_axes: Any = None,
               keep_dims: Any = None) -> Any:
        over = _one_of(axis, reduction_axes, "axis", "reduction_axes")
        kept = _one_of(keepdims, keep_dims, "keepdims", "keep_dims")
        return _reduced(sp_input, over, kept, op) if dense else _reduced_sparse(sp_input, over, kept, op, None)

    what = "largest of the" if largest else "sums of the"
    reduce.__doc__ = (f"The {what} elements over dimensions, as a {'dense' if dense else 'sparse'} tensor.\n\n"
                      "reduction_axes, keep_dims: the retired names of `axis` and `keepdims`.")
    short = f"reduce_{'max' if largest else 'sum'}{'' if dense else '_sparse'}"
    reduce.__name__ = reduce.__qualname__ = f"sparse_{short}"
    return public(v1=(f"sparse.{short}", f"sparse_{short}"))(reduce)


for _dense in (True, False):
    for _largest in (True, False):
        _v1(_dense, _largest)


# Ids -------------------------------------------------------------------------------------------------


@public("sparse.mask", v1=("sparse_mask",))
@composite("sparse_mask")
def mask(a: Any, mask_indices: Any, name: str | None = None) -> IndexedSlices:
    """`IndexedSlices` without the rows that `mask_indices` names."""
    kept, places = setdiff1d(a.indices, array.convert(mask_indices, a.indices.dtype.base_dtype))
    return IndexedSlices(array.gather(a.values, places), kept, a.dense_shape)


@composite("SparseMerge")
def merged(sp_ids: Any, sp_values: Any, vocab_size: Any, already_sorted: bool, name: str | None = None) -> SparseTensor:
    """Sparse ids and values as one sparse tensor in which the last places are the ids."""
    ids = [as_sparse(i) for i in (sp_ids if isinstance(sp_ids, list) else [sp_ids])]
    sizes = [*vocab_size] if isinstance(sp_ids, list) else [vocab_size]
    values = as_sparse(sp_values)
    if len(ids) != len(sizes):
        raise ValueError(f"sp_ids and vocab_size have to have equal lengths, got {len(ids)} and {len(sizes)}")
    columns = [array.expand_dims(math.cast(i.values, dtypes.int64), 1) for i in ids]
    places = array.concat([ids[0].indices[:, :-1], *columns], 1)
    ends = array.stack([math.cast(array.convert(v), dtypes.int64) for v in sizes])
    made = SparseTensor(places, values.values, array.concat([ids[0].dense_shape[:-1], ends], 0))
    front = ids[0].shape._dims
    if front is not None:
        known = [dims.static_value(array.convert(v)) for v in sizes]
        made.set_shape([*front[:-1], *(None if v is None else int(v) for v in known)])
    return made if already_sorted else reorder(made)


@public(v1=("sparse_merge", "sparse.merge"))
def sparse_merge(sp_ids: Any, sp_values: Any, vocab_size: Any, name: str | None = None,
                 already_sorted: bool = False) -> SparseTensor:
    """Values at the places that ids name: each id becomes the last part of a place, up to `vocab_size`.

    sp_ids: a sparse tensor of integers, or a list of them with a list of sizes. Raises ValueError where their lengths
    differ, TypeError for what is not sparse.
    """
    return merged(sp_ids, sp_values, vocab_size, already_sorted, name)


@public("sparse.to_indicator", v1=("sparse_to_indicator",))
@composite("SparseToIndicator")
def to_indicator(sp_input: Any, vocab_size: Any, name: str | None = None) -> Any:
    """A boolean tensor that holds at the places whose last part an id of the sparse tensor names.

    sp_input: int32 or int64 ids of shape [..., n]. Returns [..., vocab_size].
    """
    x = as_sparse(sp_input)
    there = x.with_values(array.ones_like(x.values, dtype=dtypes.bool))
    found = merged(x, there, vocab_size, False)
    made = sparse_to_dense_op(found.indices, found.dense_shape, found.values, False, validate_indices=False)
    return dims.with_dims(made, dims.merged(made.dims, found.shape._dims))
