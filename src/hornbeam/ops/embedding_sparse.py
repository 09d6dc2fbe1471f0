"""Rows of tables combined by sparse ids: `embedding_lookup_sparse` and its safe kin."""

from __future__ import annotations

from typing import Any

from hornbeam.graph import dtypes
from hornbeam.graph.call import composite
from hornbeam.graph.names import public
from hornbeam.graph.shapes import TensorShape
from hornbeam.graph.sparse_tensor import SparseTensor, SparseTensorValue, as_sparse
from hornbeam.ops import array, dims, math
from hornbeam.ops.embedding import looked_up
from hornbeam.ops.sparse import fill_empty_rows, reshape, retain
from hornbeam.ops.sparse_segments import segment_total

_COMBINERS = ("mean", "sqrtn", "sum")


def _combiner(given: str | None) -> str:
    combiner = "mean" if given is None else given
    if combiner not in _COMBINERS:
        raise ValueError(f"combiner must be one of 'mean', 'sqrtn' or 'sum', got {combiner}")
    return combiner


@composite("embedding_lookup_sparse")
def combined(params: Any, sp_ids: Any, sp_weights: Any, strategy: str, combiner: str | None, max_norm: float | None,
             name: str | None = None) -> Any:
    """`embedding_lookup_sparse` of both generations."""
    how = _combiner(combiner)
    if not isinstance(sp_ids, (SparseTensor, SparseTensorValue)):
        raise TypeError(f"sp_ids must be SparseTensor, got {type(sp_ids)}")
    ids = as_sparse(sp_ids)
    weights = None
    if sp_weights is not None:
        if not isinstance(sp_weights, (SparseTensor, SparseTensorValue)):
            raise TypeError(f"sp_weights must be either None or SparseTensor, got {type(sp_weights)}")
        weights = as_sparse(sp_weights)
        ids.values.shape.assert_is_compatible_with(weights.values.shape)
    rows = looked_up(params, ids.values, strategy, max_norm)
    if rows.dtype.base_dtype in (dtypes.float16, dtypes.bfloat16):
        rows = math.cast(rows, dtypes.float32)
    segments = ids.indices[:, 0]
    if weights is None:
        size = math.cast(array.ones_like(segments), rows.dtype.base_dtype)
    else:
        size = math.cast(weights.values, rows.dtype.base_dtype)
        rows = rows * _as_deep(size, rows)
    total = segment_total(rows, segments, None)
    if how == "sum":
        return total
    count = array.shape(total)[0]
    if how == "mean":
        by = segment_total(size, segments, count)
    else:
        by = math.sqrt(segment_total(math.square(size), segments, count))
    return math.divide_no_nan(total, array.broadcast_like(_as_deep(by, total), total))


def _as_deep(x: Any, rows: Any) -> Any:
    """A vector with an axis of length 1 for each further dimension of `rows`."""
    if rows.dims is None:
        raise ValueError("the rank of `params` must be known")
    return array.reshape(x, [-1, *[1] * (len(rows.dims) - 1)])


@public(v2=("nn.embedding_lookup_sparse",))
def embedding_lookup_sparse(params: Any, sp_ids: Any, sp_weights: Any, combiner: str | None = None,
                            max_norm: float | None = None, name: str | None = None,
                            allow_fast_lookup: bool = False) -> Any:
    """The rows of a table that the ids in each row of a sparse matrix name, combined.

    params: a tensor or variable [rows, ...], or a list that divides the rows into blocks. sp_ids: integers, sparse.
    sp_weights: a sparse tensor at the same places, or None for equal weights. combiner: "sum", "mean" (the default:
    divided by the sum of weights), "sqrtn" (divided by the root of the sum of their squares). max_norm: rows of a
    larger l2 norm are scaled down first. allow_fast_lookup: accepted.
    Returns [n, ...], n the last row with an id plus 1; rows without ids are 0.
    Raises TypeError for ids or weights that are not sparse, ValueError for another combiner.
    """
    return combined(params, sp_ids, sp_weights, "div", combiner, max_norm, name)


@public(v1=("nn.embedding_lookup_sparse",))
def embedding_lookup_sparse_v1(params: Any, sp_ids: Any, sp_weights: Any, partition_strategy: str = "mod",
                               name: str | None = None, combiner: str | None = None, max_norm: float | None = None,
                               allow_fast_lookup: bool = False) -> Any:
    """As TensorFlow 2's, with a choice how a list of tensors divides the rows: "mod" (in turn) or "div" (in blocks)."""
    return combined(params, sp_ids, sp_weights, partition_strategy, combiner, max_norm, name)


@composite("embedding_lookup")
def _safe(weights: Any, sparse_ids: Any, sparse_weights: Any, combiner: str, default_id: Any, strategy: str,
          max_norm: float | None, name: str | None = None) -> Any:
    if weights is None:
        raise ValueError(f"Missing embedding_weights {weights}.")
    parts = list(weights) if isinstance(weights, (list, tuple)) or hasattr(weights, "partitions") else [weights]
    if not parts:
        raise ValueError(f"Missing embedding_weights {weights}.")
    parts = [p if hasattr(getattr(p, "dtype", None), "base_dtype") else array.convert(p) for p in parts]
    ids = as_sparse(sparse_ids)
    own_weights = None if sparse_weights is None else as_sparse(sparse_weights)
    if own_weights is not None and own_weights.dtype.base_dtype is not parts[0].dtype.base_dtype:
        own_weights = own_weights.with_values(math.cast(own_weights.values, parts[0].dtype.base_dtype))
    rank, shape = ids.shape.rank, ids.dense_shape
    ids, own_weights = _as_matrix(ids), None if own_weights is None else _as_matrix(own_weights)
    ids, own_weights = _valid(ids, own_weights, combiner)
    ids, empty = fill_empty_rows(ids, 0 if default_id is None else default_id)
    if own_weights is not None:
        own_weights, _ = fill_empty_rows(own_weights, 1.0)
    found = combined(parts if len(parts) > 1 else parts[0], ids, own_weights, strategy, combiner, max_norm)
    if default_id is None:
        hidden = array.broadcast_like(_as_deep(empty, found), found)
        found = array.where(hidden, array.zeros_like(found), found)
    if rank is None:
        sizes: Any = array.concat([math.cast(shape[:-1], dtypes.int32), array.shape(found)[1:]], 0)
        return array.reshape(found, sizes)
    if rank == 2:
        return dims.with_dims(found, (TensorShape(sparse_ids.shape)._dims[0], *found.dims[1:]))  # type: ignore[index]
    return array.reshape(found, array.concat([math.cast(shape[:rank - 1], dtypes.int32), array.shape(found)[1:]], 0))


def _as_matrix(x: SparseTensor) -> SparseTensor:
    """All dimensions but the last as one."""
    if x.shape.rank == 2:
        return x
    lead = math.reduce_prod(x.dense_shape[:-1])
    return reshape(x, array.stack([lead, x.dense_shape[-1]]))


def _valid(ids: SparseTensor, weights: SparseTensor | None, combiner: str) -> tuple[SparseTensor, SparseTensor | None]:
    """Without negative ids and, unless weights are summed, without weights that are not positive."""
    held = math.greater_equal(ids.values, array.zeros_like(ids.values))
    if weights is None:
        return retain(ids, held), None
    if combiner != "sum":
        held = math.logical_and(held, math.greater(weights.values, array.zeros_like(weights.values)))
    return retain(ids, held), retain(weights, held)


@public(v2=("nn.safe_embedding_lookup_sparse",))
def safe_embedding_lookup_sparse(embedding_weights: Any, sparse_ids: Any, sparse_weights: Any = None,
                                 combiner: str = "mean", default_id: Any = None, max_norm: float | None = None,
                                 name: str | None = None, allow_fast_lookup: bool = False) -> Any:
    """As `embedding_lookup_sparse`, for ids and weights that need not be valid.

    Negative ids, and ids whose weight is not positive (unless `combiner` is "sum"), count for nothing. A row without
    ids gives the row `default_id` of the table, by default zeros. sparse_ids: [d0, ..., dn]; returns [d0, ..., dn-1,
    ...]. Raises ValueError where `embedding_weights` is None or an empty list.
    """
    return _safe(embedding_weights, sparse_ids, sparse_weights, _combiner(combiner), default_id, "div", max_norm, name)


@public(v1=("nn.safe_embedding_lookup_sparse",))
def safe_embedding_lookup_sparse_v1(embedding_weights: Any, sparse_ids: Any, sparse_weights: Any = None,
                                    combiner: str = "mean", default_id: Any = None, name: str | None = None,
                                    partition_strategy: str = "div", max_norm: float | None = None,
                                    allow_fast_lookup: bool = False) -> Any:
    """As TensorFlow 2's, with a choice how a list of tensors divides the rows: "mod" (in turn) or "div" (in blocks)."""
    return _safe(embedding_weights, sparse_ids, sparse_weights, _combiner(combiner), default_id, partition_strategy,
                 max_norm, name)


