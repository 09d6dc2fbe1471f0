"""What ops make of ragged tensors: those that work element by element keep the rows; some have a rule of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.call import convert_to_tensor
from hornbeam.graph.errors import InvalidArgumentError
from hornbeam.graph.names import public
from hornbeam.graph.op import Op
from hornbeam.graph.op import registry as op_named
from hornbeam.graph.tensor import EagerTensor
from hornbeam.ops import (
    activations,
    arithmetic,
    array,
    casts,
    compare,
    division,
    elementary,
    operators,
    special,
    strings,
)
from hornbeam.ops.casts import cast
from hornbeam.ops.conversion import get_static_value
from hornbeam.ops.gathering import gather
from hornbeam.ops.ragged import boolean_mask, expand_dims, gather_rows, is_ragged, ragged_concat, stack
from hornbeam.ops.ragged_tensor import RaggedTensor, rules
from hornbeam.ops.segment import unsorted_segment_max, unsorted_segment_min, unsorted_segment_prod, unsorted_segment_sum
from hornbeam.ops.string_joining import unsorted_segment_join
from hornbeam.ops.unicode import unicode_encode_op

_MODULES = (activations, arithmetic, casts, compare, division, elementary, special, strings)
_ELEMENTWISE = {found.type for module in _MODULES for found in vars(module).values() if isinstance(found, Op)} | {
    "StaticRegexReplace", "RegexReplace", "StaticRegexFullMatch", "RegexFullMatch", "StringToNumber",
    "StringToHashBucketFast", "StringToHashBucketStrong", "StringToHashBucket", "UnicodeTranscode", "Identity",
    "StopGradient", "ZerosLike", "OnesLike", "CheckNumerics", "Select", "SelectV2", "DecodeBase64", "EncodeBase64"}
_ELEMENTWISE -= {"Softmax", "LogSoftmax"}
_COMPOSITES = {
    "abs", "add", "cast", "saturate_cast", "clip_by_value", "divide", "quotient", "truediv", "floordiv", "equal",
    "not_equal", "logical_xor", "pow", "round", "sum_of_two", "length", "substr", "regex_replace", "regex_full_match",
    "join", "to_number", "to_hash_bucket", "zeros_like", "zeros_alike", "ones_like", "ones_alike", "where",
    "identity", "one_hot", "dropout", "relu", "elu", "gelu", "leaky_relu", "log_sigmoid", "sigmoid", "softplus",
    "swish", "silu", "tanh", "zeros_like_v2", "ones_like_v2", "div_no_nan", "multiply_no_nan", "real", "imag",
    "cast_v2", "to_float", "to_int32", "angle", "conj"}
Function = Callable[..., Any]


def _call(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A call with a ragged tensor among its arguments. Raises TypeError for one that takes none."""
    name = function.type if isinstance(function, Op) else getattr(function, "__name__", "")
    own = _RULES.get(name)
    if own is not None:
        return own(*args, **kwargs)
    if name in (_ELEMENTWISE if isinstance(function, Op) else _COMPOSITES):
        return elementwise(function, args, kwargs)
    raise TypeError(f"{name} takes no ragged tensors; `to_tensor()` makes one dense")


def elementwise(function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> RaggedTensor:
    """A function of the elements, for ragged tensors with the same rows and for what broadcasts to them."""
    kwargs = {key: value for key, value in kwargs.items() if key != "name"}
    found = [v for value in (*args, *kwargs.values()) for v in (value if isinstance(value, (list, tuple)) else [value])
             if is_ragged(v)]
    like = max(found, key=lambda v: v.ragged_rank)

    def flat(value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return type(value)(map(flat, value)) if any(map(is_ragged, value)) else value
        return _along(value, like)

    return like.with_flat_values(function(*map(flat, args), **{key: flat(value) for key, value in kwargs.items()}))


def _along(value: Any, like: RaggedTensor) -> Any:
    """A value as one that broadcasts with the innermost values of `like`. Raises InvalidArgumentError for others."""
    if is_ragged(value):
        rows = value.nested_row_splits, like.nested_row_splits
        if value.ragged_rank != like.ragged_rank or not all(map(_same, *rows)):
            raise InvalidArgumentError(None, None, "ragged tensors with different rows do not fit together")
        return value.flat_values
    dims = getattr(value, "shape", None)
    if not dims or len(dims) < len(like.flat_values.shape):
        return value
    x = convert_to_tensor(value)
    ragged = x.shape.as_list()[:len(dims) - len(like.flat_values.shape) + 1]  # those where `like` has rows of rows
    if len(ragged) == 2 and like.ragged_rank == 1 and ragged[0] != 1 and ragged[1] == 1:
        return gather(x[:, 0], like.value_rowids())  # one for each row
    if len(ragged) > like.ragged_rank + 1 or any(d != 1 for d in ragged):
        raise InvalidArgumentError(None, None, f"a tensor of shape {x.shape} does not broadcast to the ragged shape "
                                               f"{like.shape}")
    return array.reshape(x, array.shape(x)[len(ragged) - 1:])


def _same(a: Any, b: Any) -> bool:
    if a is b or not (type(a) is type(b) is EagerTensor):
        return True  # within a graph the values are not known
    return np.array_equal(a.numpy(), b.numpy())


# Reductions ---------------------------------------------------------------------------------------------


def _reduction(over: Function, whole: Op) -> Function:
    """A reduction, by a function of (values, segments, how many) and by the op for tensors."""
    def reduce(x: Any, axes: Any, keep_dims: bool = False, name: str | None = None, **how: Any) -> Any:
        rank = x.shape.rank
        wanted = sorted({int(a) % rank for a in np.reshape(get_static_value(axes), -1)}, reverse=True)
        if len(wanted) == rank:
            flat = x.flat_values
            found = whole(flat, np.arange(len(flat.shape), dtype=np.int32), **how)
            return array.reshape(found, [1] * rank) if keep_dims else found
        for axis in wanted:
            x = one(x, axis, keep_dims, how)
        return x

    def one(x: Any, axis: int, keep_dims: bool, how: dict[str, Any]) -> Any:
        if not is_ragged(x):
            return whole(x, np.array([axis], np.int32), keep_dims=keep_dims, **how)
        if axis > 1:
            return x.with_values(one(x.values, axis - 1, keep_dims, how))
        rows = x.value_rowids()
        if axis == 1:
            found = _segments(over, x.values, rows, x.nrows(), how)
        else:
            places = cast(_range(array.shape(rows)[0]), rows.dtype) - gather(x.row_splits, rows)
            found = _segments(over, x.values, places, x.bounding_shape(axis=1), how)
        return expand_dims(found, axis) if keep_dims else found

    return reduce


def _segments(over: Function, values: Any, ids: Any, count: Any, how: dict[str, Any]) -> Any:
    if not is_ragged(values):
        return over(values, ids, count, **how)
    rows = gather(ids, values.value_rowids())  # ragged below: each column of its own is reduced
    starts = gather(values.row_splits, values.value_rowids())
    places = cast(_range(array.shape(rows)[0]), starts.dtype) - starts
    width = arithmetic.maximum(values.bounding_shape(axis=1), cast(1, starts.dtype))
    grid = over(values.values, rows * width + places, count * width, **how)
    lengths = unsorted_segment_max(values.row_lengths(), ids, count)
    lengths = arithmetic.maximum(lengths, array.zeros_like(lengths))
    dense = array.reshape(grid, array.stack([cast(count, dtypes.int32), cast(width, dtypes.int32)]))
    return RaggedTensor.from_tensor(dense, lengths=lengths)


def _range(limit: Any) -> Any:
    from hornbeam.ops.constants import range as range_of
    return range_of(limit)


def _truth(over: Function) -> Function:
    return lambda values, ids, count: over(cast(values, dtypes.int32), ids, count) > 0


def _mean(x: Any, axes: Any, keep_dims: bool = False, name: str | None = None) -> Any:
    total, count = _sum(x, axes, keep_dims), _sum(array.ones_like(x), axes, keep_dims)
    return total / count if x.dtype.is_floating else total // count


_sum = _reduction(unsorted_segment_sum, op_named["Sum"])


# Others -------------------------------------------------------------------------------------------------


def _concat(values: Any, axis: Any, name: str | None = None) -> Any:
    return ragged_concat(values, int(get_static_value(axis)))


def _expand_dims(input: Any, axis: Any, name: str | None = None) -> Any:
    return expand_dims(input, int(get_static_value(axis)))


def _gather(params: Any, indices: Any, validate_indices: Any = None, axis: Any = None, batch_dims: int = 0,
            name: str | None = None) -> Any:
    """`gather` with ragged params, ragged indices, or both. Raises ValueError for inner axes and batches."""
    if axis not in (None, 0) or batch_dims:
        raise ValueError("rows of ragged tensors are gathered along their first axis, without batches")
    if is_ragged(indices):
        return indices.with_values(_gather(params, indices.values))
    if not is_ragged(params):
        return gather(params, indices)
    places = convert_to_tensor(indices)
    if places.shape.rank == 0:
        return params[places]
    if places.shape.rank == 1:
        return gather_rows(params, places)
    return RaggedTensor.from_tensor(places).with_values(gather_rows(params, array.reshape(places, [-1])))


def _embedding_lookup(params: Any, ids: Any, max_norm: Any = None, name: str | None = None) -> Any:
    from hornbeam.ops.embedding import embedding_lookup
    return ids.with_flat_values(embedding_lookup(params, ids.flat_values, max_norm))


def _gather_v2(params: Any, indices: Any, axis: Any, batch_dims: int = 0, name: str | None = None) -> Any:
    return _gather(params, indices, None, int(get_static_value(axis)), batch_dims)


def _pack(values: Any, axis: int = 0, name: str | None = None) -> Any:
    return stack(values, axis)


def _encode(input: Any, output_encoding: str, errors: str = "replace", replacement_char: int = 0xFFFD,
            name: str | None = None) -> Any:
    """Code points joined to strings, along the last dimension."""
    if is_ragged(input.values):
        return input.with_values(_encode(input.values, output_encoding, errors, replacement_char))
    return unicode_encode_op(input.values, input.row_splits, output_encoding=output_encoding, errors=errors,
                             replacement_char=replacement_char)


def _reduce_join(inputs: Any, axis: Any = None, keepdims: bool = False, separator: str = "",
                 name: str | None = None) -> Any:
    axes = np.arange(inputs.shape.rank) if axis is None else axis
    return _joined(inputs, axes, keepdims, separator=separator)


_joined = _reduction(lambda values, ids, count, separator="": unsorted_segment_join(
    values, ids, cast(count, dtypes.int32), separator), op_named["ReduceJoin"])


def _rank(input: Any, name: str | None = None) -> Any:
    return array.constant(input.shape.rank)


def _count(input: Any, out_type: Any = dtypes.int32, name: str | None = None) -> Any:
    return array.size(input.flat_values, out_type)


@public(v2=("ragged.map_flat_values",))
def map_flat_values(op: Function, *args: Any, **kwargs: Any) -> Any:
    """`op` of the innermost values of ragged tensors, with the rows as they are.

    >>> map_flat_values(lambda x: x * 10, rules["from_tensor"]([[1, 2]]))
    <tf.RaggedTensor [[10, 20]]>
    """
    if not any(is_ragged(v) for v in (*args, *kwargs.values())):
        return op(*args, **kwargs)
    return elementwise(op, args, kwargs)


_RULES: dict[str, Function] = {
    "ConcatV2": _concat, "concat": _concat, "ExpandDims": _expand_dims, "gather": _gather, "GatherV2": _gather_v2,
    "embedding_lookup": _embedding_lookup, "Rank": _rank, "Size": _count, "Pack": _pack, "unicode_encode": _encode,
    "boolean_mask": lambda tensor, mask, axis=None, name=None: boolean_mask(tensor, mask),
    "Sum": _sum, "Mean": _mean,
    **{name: _reduction(over, op_named[name]) for name, over in (
        ("Max", unsorted_segment_max), ("Min", unsorted_segment_min), ("Prod", unsorted_segment_prod),
        ("Any", _truth(unsorted_segment_max)), ("All", _truth(unsorted_segment_min)))},
    "reduce_join": _reduce_join, "ReduceJoin": _joined,
}
rules["call"] = _call
operators.bind(RaggedTensor)
RaggedTensor.__getitem__ = lambda self, key: rules["getitem"](self, key)  # type: ignore[method-assign]
