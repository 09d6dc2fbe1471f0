"""Strings as TensorFlow 1 spells them: `string_tensor` for `input`, and retired names of arguments."""

from __future__ import annotations

from typing import Any

from hornbeam.graph import dtypes
from hornbeam.graph.call import composite, convert_to_tensor
from hornbeam.graph.names import public
from hornbeam.graph.sparse_tensor import SparseTensor
from hornbeam.ops import hashing, string_joining, string_parsing
from hornbeam.ops.joining import concat
from hornbeam.ops.moving import transpose
from hornbeam.ops.shaping import reshape, shape
from hornbeam.ops.sorting import unravel_index


def _either(new: Any, new_name: str, old: Any, old_name: str) -> Any:
    """The argument under its new name or its old one. Raises ValueError unless exactly one is given."""
    if old is None and new is None:
        raise ValueError(f"At least one of '{new_name}' and '{old_name}' must be specified.")
    if old is not None and new is not None:
        raise ValueError(f"Cannot specify both '{old_name}' and '{new_name}'.")
    return old if new is None else new


@public(v1=("strings.to_number", "string_to_number"))
def to_number(string_tensor: Any = None, out_type: Any = dtypes.float32, name: str | None = None,
              input: Any = None) -> Any:
    """The number that each string writes, in its shape: float32, float64, int32 or int64.

    Raises InvalidArgumentError for a string that is no number of that dtype.
    """
    return string_parsing.to_number(_either(input, "input", string_tensor, "string_tensor"), out_type, name)


@public(v1=("strings.to_hash_bucket", "string_to_hash_bucket"))
def to_hash_bucket(string_tensor: Any = None, num_buckets: Any = None, name: str | None = None,
                   input: Any = None) -> Any:
    """The bucket, from 0 to `num_buckets` - 1, that each string falls into: int64, the shape of the strings."""
    return hashing.to_hash_bucket(_either(input, "input", string_tensor, "string_tensor"), num_buckets, name)


@public(v1=("strings.reduce_join", "reduce_join"))
def reduce_join(inputs: Any, axis: Any = None, keep_dims: Any = None, separator: str = "", name: str | None = None,
                reduction_indices: Any = None, keepdims: Any = None) -> Any:
    """Strings joined along axes, by default all of them, row by row; the first axis named varies fastest.

    reduction_indices and keep_dims are retired names of `axis` and `keepdims`.
    """
    if axis is not None and reduction_indices is not None:
        raise ValueError("Cannot specify both 'reduction_indices' and 'axis'.")
    if keepdims is not None and keep_dims is not None:
        raise ValueError("Cannot specify both 'keep_dims' and 'keepdims'.")
    return string_joining.reduce_join(inputs, reduction_indices if axis is None else axis,
                                      bool(keep_dims if keepdims is None else keepdims), separator, name)


@public(v1=("io.decode_raw", "decode_raw"))
def decode_raw(input_bytes: Any = None, out_type: Any = None, little_endian: bool = True, name: str | None = None,
               bytes: Any = None) -> Any:
    """The bytes of strings of one length as numbers of dtype `out_type`, along one more dimension at the end.

    bytes: the retired name of `input_bytes`.
    """
    given = _either(input_bytes, "input_bytes", bytes, "bytes")
    if out_type is None:
        raise ValueError("decode_raw() missing 1 positional argument: 'out_type'")
    return string_parsing.decode_raw(given, out_type, little_endian, name=name)


# Splitting -------------------------------------------------------------------------------------------


def _sparse_result(result_type: str) -> None:
    if result_type == "RaggedTensor":
        raise ValueError("Hornbeam has no RaggedTensor: ask for a SparseTensor")
    if result_type != "SparseTensor":
        raise ValueError("result_type must be 'RaggedTensor' or 'SparseTensor'.")


@public(v1=("string_split",))
@composite("StringSplit")
def string_split(source: Any, sep: str | None = None, skip_empty: bool = True, delimiter: str | None = None,
                 result_type: str = "SparseTensor", name: str | None = None) -> SparseTensor:
    """The parts of each string of a vector, between any of the bytes of `sep` (a space by default).

    With `sep` "" each byte is a part. skip_empty: leave out empty parts. delimiter: the retired name of `sep`.
    """
    _sparse_result(result_type)
    if sep is not None and delimiter is not None:
        raise ValueError("Cannot specify both 'delimiter' and 'sep'.")
    mark = sep if delimiter is None else delimiter
    found = string_joining.string_split_op(source, " " if mark is None else mark, skip_empty=skip_empty)
    return SparseTensor(*found)


@public(v1=("strings.split",))
@composite("StringSplit")
def split(input: Any = None, sep: str | None = None, maxsplit: int = -1, result_type: str = "SparseTensor",
          source: Any = None, name: str | None = None) -> SparseTensor:
    """The parts of each string between occurrences of `sep`, as Python's `split` gives them, along one more dimension.

    Without `sep` at white space. maxsplit: how many splits at most, -1 for all. source: the retired name of `input`.
    """
    _sparse_result(result_type)
    words = convert_to_tensor(_either(input, "input", source, "source"), dtypes.string)
    mark = "" if sep is None else sep
    if words.shape.rank is None:
        raise ValueError("the rank of what is split must be known")
    if words.shape.rank == 1:
        return SparseTensor(*string_joining.string_split_v2_op(words, mark, maxsplit=maxsplit))
    if words.shape.rank == 0:
        return SparseTensor(*string_joining.string_split_v2_op(reshape(words, [1]), mark, maxsplit=maxsplit))
    indices, values, size = string_joining.string_split_v2_op(reshape(words, [-1]), mark, maxsplit=maxsplit)
    outer = shape(words, dtypes.int64)
    rows = transpose(unravel_index(indices[:, 0], outer))
    return SparseTensor(concat([rows, indices[:, 1:]], 1), values, concat([outer, size[1:]], 0))
