"""Strings as TensorFlow 1 spells them: `string_tensor` for `input`, and retired names of arguments."""

from __future__ import annotations

from typing import Any

from hornbeam.graph import dtypes
from hornbeam.graph.names import public
from hornbeam.ops import hashing, string_joining, string_parsing


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
