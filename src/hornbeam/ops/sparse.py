"""`tf.sparse`: sparse tensors made, turned into dense ones, reordered and cut."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hornbeam.graph import dtypes, nest
from hornbeam.graph.call import composite, graph_for
from hornbeam.graph.errors import InvalidArgumentError
from hornbeam.graph.names import public
from hornbeam.graph.shapes import TensorShape
from hornbeam.graph.sparse_tensor import SparseTensor, SparseTensorValue, as_sparse
from hornbeam.ops import array, dims, math
from hornbeam.ops.checks import assert_
from hornbeam.ops.gathering import gather_nd_op, gather_op
from hornbeam.ops.selecting import where_op
from hornbeam.ops.sparse_host import sparse_fill_empty_rows_op
from hornbeam.ops.sparse_kernels import sparse_order, sparse_reshape_op, sparse_softmax_op, sparse_to_dense_op


def rank_of(sparse: SparseTensor) -> int:
    """The rank, known. Raises ValueError where it is not."""
    rank = sparse.shape.rank
    if rank is None:
        raise ValueError("the rank of the sparse tensor must be known")
    return rank


def _known_shape(made: SparseTensor, shape: Any) -> SparseTensor:
    made.set_shape(shape)
    return made


# Made, and made dense --------------------------------------------------------------------------------


@public("sparse.from_dense")
@composite("dense_to_sparse")
def from_dense(tensor: Any, name: str | None = None) -> SparseTensor:
    """The elements of a dense tensor that are not zero (or not the empty string), as a sparse tensor.

    >>> from_dense([[0, 3], [0, 0]]).indices.numpy().tolist()
    [[0, 1]]
    """
    x = array.convert(tensor)
    is_bool = x.dtype.base_dtype is dtypes.bool
    places = where_op(x if is_bool else math.not_equal(x, array.zeros_like(x)))
    return SparseTensor(places, gather_nd_op(x, places), array.shape(x, out_type=dtypes.int64))


@public("sparse.to_dense", v1=("sparse_tensor_to_dense",))
def to_dense(sp_input: Any, default_value: Any = None, validate_indices: bool = True, name: str | None = None) -> Any:
    """The whole tensor, with `default_value` (zero, the empty string) where the sparse one holds nothing.

    validate_indices: refuse places that are out of row-major order or repeated. Raises TypeError for what is not
    sparse, InvalidArgumentError for such places and for those outside the shape.

    >>> to_dense(SparseTensor([[0, 1]], [5], [2, 2])).numpy().tolist()
    [[0, 5], [0, 0]]
    """
    x = as_sparse(sp_input)
    if default_value is None:
        default_value = array.zeros([], x.dtype.base_dtype)
    made = sparse_to_dense_op(x.indices, x.dense_shape, x.values, default_value, validate_indices=validate_indices,
                              name=name)
    return dims.with_dims(made, dims.merged(made.dims, x.shape._dims))


@public(v1=("sparse_to_dense",))
def sparse_to_dense(sparse_indices: Any, output_shape: Any, sparse_values: Any, default_value: Any = 0,
                    validate_indices: bool = True, name: str | None = None) -> Any:
    """A tensor of `output_shape` that holds `sparse_values` at `sparse_indices`, and `default_value` elsewhere.

    sparse_indices: a scalar, a vector of places in a vector, or a matrix with one place a row. sparse_values: one for
    each place, or one for all. Raises as `sparse.to_dense` does.
    """
    return sparse_to_dense_op(sparse_indices, output_shape, sparse_values, default_value,
                              validate_indices=validate_indices, name=name)


@public(v1=("convert_to_tensor_or_sparse_tensor",))
def convert_to_tensor_or_sparse_tensor(value: Any, dtype: Any = None, name: str | None = None) -> Any:
    """`value` as a sparse tensor where it is one or the value of one, else as a tensor. Raises RuntimeError for a
    sparse tensor of another dtype."""
    if isinstance(value, SparseTensorValue):
        value = SparseTensor.from_value(value)
    if isinstance(value, SparseTensor):
        if dtype is not None and not dtypes.as_dtype(dtype).is_compatible_with(value.dtype):
            raise RuntimeError(f"Sparse dtype mismatch. Requested: {dtypes.as_dtype(dtype).name},  Actual: "
                               f"{value.dtype.name}")
        return value
    return array.convert_to_tensor(value, dtype=dtype, name=name)


@public("sparse.eye")
@composite("eye")
def eye(num_rows: Any, num_columns: Any = None, dtype: Any = dtypes.float32, name: str | None = None) -> SparseTensor:
    """A matrix with ones on its main diagonal, as a sparse tensor; square where `num_columns` is None."""
    height = array.convert(num_rows, dtypes.int64)
    width = height if num_columns is None else array.convert(num_columns, dtypes.int64)
    places = array.range(math.minimum(height, width))
    ones = array.ones_like(places, dtype=dtypes.as_dtype(dtype))
    return SparseTensor(array.stack([places, places], axis=1), ones, array.stack([height, width]))


@public(v1=("sparse_placeholder", "sparse.placeholder"))
def sparse_placeholder(dtype: Any, shape: Any = None, name: str | None = None) -> SparseTensor:
    """A sparse tensor whose value is fed: a `SparseTensorValue`, or a tuple (indices, values, dense_shape).

    shape: the dense shape, with None for dimensions that only the fed value tells. Raises RuntimeError eagerly.
    """
    if graph_for() is None:
        raise RuntimeError("`sparse_placeholder` is not compatible with eager execution.")
    kind = dtypes.as_dtype(dtype)
    known = TensorShape(shape)
    rank = known.rank

    def named(part: str) -> str | None:
        return None if name is None else f"{name}/{part}"

    if rank is None:
        size = array.placeholder_op(dtype=dtypes.int64, shape=TensorShape([None]), name=named("shape"))
    else:
        default = np.array([-1 if d is None else d for d in known.as_list()], np.int64)
        held = array.constant(default, name=named("shape_default") or "Const")
        size = array.placeholder_with_default_op(held, shape=TensorShape([rank]), name=named("shape"))
    values = array.placeholder_op(dtype=kind, shape=TensorShape([None]), name=named("values"))
    places = array.placeholder_op(dtype=dtypes.int64, shape=TensorShape([None, rank]), name=named("indices"))
    return _known_shape(SparseTensor(places, values, size), known)


# Order and shape -------------------------------------------------------------------------------------


@public("sparse.reorder", v1=("sparse_reorder",))
@composite("SparseReorder")
def reorder(sp_input: Any, name: str | None = None) -> SparseTensor:
    """The same elements with their places in row-major order, which most sparse functions want."""
    x = as_sparse(sp_input)
    order = sparse_order(x.indices)
    made = SparseTensor(_rows(x.indices, order), _rows(x.values, order), array.identity(x.dense_shape))
    return _known_shape(made, x.shape)


def _rows(x: Any, order: Any) -> Any:
    return gather_op(x, order, np.int32(0))


@public("sparse.reshape", v1=("sparse_reshape",))
@composite("SparseReshape")
def reshape(sp_input: Any, shape: Any, name: str | None = None) -> SparseTensor:
    """The same elements, counted row by row, in another dense shape, of which one size may be -1.

    Raises ValueError or InvalidArgumentError where the number of elements differs.
    """
    x = as_sparse(sp_input)
    wanted = math.cast(array.convert(shape, None if hasattr(shape, "dtype") else dtypes.int64), dtypes.int64)
    known = dims.static_value(wanted)
    if known is not None:
        if (known == -1).sum() > 1:
            raise ValueError("At most one dimension can be inferred (-1). Found: "
                             f"{[int(d) for d in known]}")
        _refuse_sizes(x.shape, known)
    found = sparse_reshape_op(x.indices, x.dense_shape, wanted)
    made = SparseTensor(found.output_indices, array.identity(x.values), found.output_shape)
    return made if known is None else _known_shape(made, [None if d < 0 else int(d) for d in known])


def _refuse_sizes(old: TensorShape, new: Any) -> None:
    """Raise where a known number of elements does not fit a new shape that is known."""
    count = old.num_elements()
    rest = int(np.prod(new[new != -1]))
    if count is not None and (count != rest if -1 not in new else rest and count % rest) and graph_for() is not None:
        raise ValueError(f"Cannot reshape a tensor with {count} elements to shape {new.tolist()} ({rest} elements).")


@public("sparse.expand_dims")
@composite("expand_dims")
def expand_dims(sp_input: Any, axis: Any = None, name: str | None = None) -> SparseTensor:
    """The sparse tensor with a dimension of size 1 inserted at `axis`, by default at the end.

    Raises ValueError or InvalidArgumentError where `axis` lies outside [-rank - 1, rank].
    """
    x = as_sparse(sp_input)
    rank = rank_of(x)
    at = -1 if axis is None else int(axis)
    if not -rank - 1 <= at <= rank:
        text = f"axis {at} not in [{-rank - 1}, {rank}]"
        raise InvalidArgumentError(None, None, text) if graph_for() is None else ValueError(text)
    at += rank + 1 if at < 0 else 0
    shape, places = x.dense_shape, x.indices
    sizes = array.concat([shape[:at], np.array([1], np.int64), shape[at:]], 0)
    nothing = array.zeros_like(places[:, :1]) if rank else array.zeros([array.shape(x.values)[0], 1], dtypes.int64)
    made = SparseTensor(array.concat([places[:, :at], nothing, places[:, at:]], 1), x.values, sizes)
    known = x.shape._dims
    return made if known is None else _known_shape(made, [*known[:at], 1, *known[at:]])


@public("sparse.transpose", v1=("sparse_transpose",))
@composite("SparseTranspose")
def transpose(sp_input: Any, perm: Any = None, name: str | None = None) -> SparseTensor:
    """The sparse tensor with its dimensions permuted, reversed by default; places in row-major order."""
    x = as_sparse(sp_input)
    rank = rank_of(x)
    order = np.arange(rank)[::-1] if perm is None else perm
    order = array.convert(np.array(order, np.int32) if not hasattr(order, "dtype") else order)
    places = gather_op(x.indices, order, np.int32(1))
    made = reorder(SparseTensor(places, x.values, gather_op(x.dense_shape, order, np.int32(0))))
    known, order_known = x.shape._dims, dims.static_value(order)
    if known is not None and order_known is not None:
        made.set_shape([known[int(i)] for i in order_known])
    return made


@public("sparse.reset_shape", v1=("sparse_reset_shape",))
def reset_shape(sp_input: Any, new_shape: Any = None) -> SparseTensor:
    """The same elements in a larger dense shape; without `new_shape` in the smallest that holds them.

    Raises ValueError or InvalidArgumentError for another rank, or where a size would shrink.
    """
    return _reset_shape(sp_input, new_shape)


@composite("SparseResetShape")
def _reset_shape(sp_input: Any, new_shape: Any = None, name: str | None = None) -> SparseTensor:
    x = as_sparse(sp_input)
    if new_shape is None:
        tight = math.reduce_max(x.indices, 0) + np.int64(1)
        return SparseTensor(x.indices, x.values, math.maximum(np.int64(0), tight))
    wanted = math.cast(array.convert(new_shape), dtypes.int64)
    if x.shape.rank is not None and wanted.dims and wanted.dims[0] not in (None, x.shape.rank):
        raise ValueError(f"Shapes {x.dense_shape.shape} and {wanted.shape} are incompatible")
    known, have = dims.static_value(wanted), x.shape._dims
    if known is not None and have is not None and None not in have:
        if any(int(n) < d for n, d in zip(known, have, strict=True)):  # type: ignore[operator]
            raise ValueError("Requested new_shape should have dimension sizes >= sp_input.shape.  Found new_shape "
                             f"({list(have)}), sp_input.shape ({known.tolist()}).")
        return SparseTensor(x.indices, x.values, wanted)
    holds = math.reduce_all(math.less_equal(x.dense_shape, wanted))
    checked = assert_(holds, ["new_shape is smaller than dense_shape", wanted, x.dense_shape])
    graph = graph_for(x.indices)
    if graph is None:
        return SparseTensor(x.indices, x.values, wanted)
    with graph.control_dependencies([checked]):
        return SparseTensor(x.indices, x.values, array.identity(wanted))


# Parts -----------------------------------------------------------------------------------------------


@public("sparse.retain", v1=("sparse_retain",))
def retain(sp_input: Any, to_retain: Any) -> SparseTensor:
    """The elements for which `to_retain`, a boolean vector, holds. Raises ValueError for another length."""
    return _retain(sp_input, to_retain)


@composite("SparseRetain")
def _retain(sp_input: Any, to_retain: Any, name: str | None = None) -> SparseTensor:
    x, held = as_sparse(sp_input), array.convert(to_retain)
    TensorShape(x.values.shape).dims[0].assert_is_compatible_with(  # type: ignore[index]
        TensorShape(held.shape).with_rank(1).dims[0])  # type: ignore[index]
    places = array.squeeze(where_op(held), [1])
    made = SparseTensor(_rows(x.indices, places), _rows(x.values, places), array.identity(x.dense_shape))
    return _known_shape(made, x.shape)


@public("sparse.slice", v1=("sparse_slice",))
@composite("SparseSlice")
def slice_(sp_input: Any, start: Any, size: Any, name: str | None = None) -> SparseTensor:
    """The block of `size` from `start` on, cut where the tensor ends."""
    x = as_sparse(sp_input)
    first, count = (math.cast(array.convert(v), dtypes.int64) for v in (start, size))
    inside = math.logical_and(math.greater_equal(x.indices, first), math.less(x.indices, first + count))
    part = retain(x, math.reduce_all(inside, 1))
    nothing = np.int64(0)
    sizes = math.maximum(nothing, math.minimum(count, x.dense_shape - first))
    return SparseTensor(part.indices - first, part.values, sizes)


@public(v2=("sparse.split",))
def split(sp_input: Any = None, num_split: Any = None, axis: Any = None, name: str | None = None) -> list[Any]:
    """`num_split` sparse tensors that make up the whole along `axis`; the first ones are larger by 1 where it must be.

    Raises ValueError where an argument is missing.
    """
    for what, value in (("sp_input", sp_input), ("num_split", num_split), ("axis", axis)):
        if value is None:
            raise ValueError(f"{what} is required")
    return _split(sp_input, num_split, axis, name)


@composite("SparseSplit")
def _split(sp_input: Any, num_split: int, axis: Any, name: str | None = None) -> list[Any]:
    x = as_sparse(sp_input)
    rank = rank_of(x)
    at = int(axis) + (rank if int(axis) < 0 else 0)
    if not 0 <= at < rank:
        raise ValueError(f"Input split_dim should be between 0 and rank ({rank}), got {int(axis)}")
    known = x.shape._dims
    total: Any = x.dense_shape[at] if known is None or known[at] is None else np.int64(known[at] or 0)
    each, more = total // num_split, total % num_split
    parts = []
    edge: Any = np.int64(0)
    here = np.eye(rank, dtype=np.int64)[at]
    for i in range(int(num_split)):
        size = each + (more > i if isinstance(more, np.integer) else math.cast(math.greater(more, i), dtypes.int64))
        sizes = x.dense_shape * (1 - here) + size * here
        parts.append(slice_(x, array.convert(edge, dtypes.int64) * here, sizes))
        edge = edge + size
    return parts


@public(v2=("sparse.concat",))
def concat(axis: Any, sp_inputs: Sequence[Any], expand_nonconcat_dims: bool = False,
           name: str | None = None) -> SparseTensor:
    """Sparse tensors joined along `axis`, places in row-major order.

    expand_nonconcat_dims: let the other dimensions differ, and take the largest. Raises TypeError for what is not
    sparse, ValueError or InvalidArgumentError where the other dimensions differ.
    """
    if not isinstance(sp_inputs, (list, tuple)):
        raise TypeError("Inputs must be a list of SparseTensors")
    return _concat(int(axis), [as_sparse(s) for s in sp_inputs], expand_nonconcat_dims, name)


@composite("SparseConcat")
def _concat(axis: int, parts: list[Any], expand: bool, name: str | None = None) -> SparseTensor:
    if len(parts) == 1:
        return parts[0]
    rank = rank_of(parts[0])
    if not -rank <= axis < rank:
        raise ValueError(f"Concat dimension must be in range [{-rank}, {rank}), got {axis}")
    at = axis % rank
    here = np.eye(rank, dtype=np.int64)[at]
    if not expand:
        _refuse_shapes(parts, at)
    largest, before = parts[0].dense_shape, array.zeros([rank], dtypes.int64)
    places = []
    for part in parts:
        places.append(part.indices + before)
        before = before + part.dense_shape * here
        largest = math.maximum(largest, part.dense_shape)
    values = array.concat([p.values for p in parts], 0)
    made = reorder(SparseTensor(array.concat(places, 0), values, largest * (1 - here) + before))
    known = [p.shape._dims for p in parts]
    sizes: list[Any] = [_common([d[i] for d in known], i == at) for i in range(rank)]
    return _known_shape(made, sizes)


def _common(sizes: list[Any], added: bool) -> int | None:
    if None in sizes:
        return None
    return sum(sizes) if added else max(sizes)


def _refuse_shapes(parts: list[Any], at: int) -> None:
    first = parts[0].shape._dims
    for n, part in enumerate(parts[1:], 1):
        for i, (a, b) in enumerate(zip(first, part.shape._dims, strict=True)):
            if i != at and None not in (a, b) and a != b:
                text = f"Input shapes must match: expected {a} for dimension {i} but got {b} at position {n}"
                if graph_for(part) is None:
                    raise InvalidArgumentError(None, None, f"{text} [Op:SparseConcat]")
                raise ValueError(text)


@public("sparse.fill_empty_rows", v1=("sparse_fill_empty_rows",))
@composite("SparseFillEmptyRows")
def fill_empty_rows(sp_input: Any, default_value: Any, name: str | None = None) -> tuple[SparseTensor, Any]:
    """The sparse matrix with `default_value` in the first column of each row without elements; and which these are.

    Returns (sparse tensor, bool [rows]). Raises InvalidArgumentError for places outside the shape.
    """
    x = as_sparse(sp_input)
    default = array.convert(default_value, x.dtype.base_dtype)
    found = sparse_fill_empty_rows_op(x.indices, x.values, x.dense_shape, default)
    made = SparseTensor(found.output_indices, found.output_values, x.dense_shape)
    return _known_shape(made, x.shape), found.empty_row_indicator


# Elements --------------------------------------------------------------------------------------------


@public("sparse.softmax", v1=("sparse_softmax",))
@composite("SparseSoftmax")
def softmax(sp_input: Any, name: str | None = None) -> SparseTensor:
    """The softmax along the last dimension over the elements that are there; the others count for nothing."""
    x = as_sparse(sp_input)
    return x.with_values(sparse_softmax_op(x.indices, x.values, x.dense_shape))


@public(v2=("sparse.map_values",))
def map_values(op: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """`op` of the elements of the sparse tensors among the arguments, at the places that all of them share.

    Raises ValueError where no argument is sparse or they have different numbers of elements, InvalidArgumentError
    where their places differ. Without a sparse argument `op` is called as it is.
    """
    found = [x for x in nest.flatten([list(args), dict(kwargs)]) if isinstance(x, SparseTensor)]
    if not found:
        raise ValueError("No SparseTensor in argument list of map_values")
    first = found[0]
    checked = [c for other in found[1:] for c in (
        _agree("Mismatched shapes!", first.dense_shape, other.dense_shape),
        _agree("Mismatched indices!", first.indices, other.indices)) if c is not None]
    graph = graph_for(first.values)

    def values_of(item: Any) -> Any:
        return nest.map_structure(lambda x: x.values if isinstance(x, SparseTensor) else x, item)

    if graph is None or not checked:
        return first.with_values(op(*values_of(list(args)), **values_of(dict(kwargs))))
    with graph.control_dependencies(checked):
        return first.with_values(op(*values_of(list(args)), **values_of(dict(kwargs))))


def _agree(text: str, a: Any, b: Any) -> Any:
    a.shape.assert_is_compatible_with(b.shape)
    return assert_(math.reduce_all(math.equal(a, b)), [text, a, b])
