"""Helpers of `tensorflow.python.ops.array_ops` and `tensorflow.python.framework.constant_op` that are not public."""

from __future__ import annotations

from typing import Any

import hornbeam.v1 as tf


def shape_internal(input: Any, name: str | None = None, optimize: bool = True, out_type: Any = tf.int32) -> Any:
    """As `tf.shape`. optimize: a constant where the shape is known."""
    with tf.name_scope(name, "Shape", [input]) as scope:
        known = tf.convert_to_tensor(input).shape
        if optimize and known.is_fully_defined():
            return tf.constant(known.as_list(), out_type, name=scope)
        return tf.raw_ops.Shape(input=input, out_type=out_type, name=scope)


def size_internal(input: Any, name: str | None = None, optimize: bool = True, out_type: Any = tf.int32) -> Any:
    """As `tf.size`. optimize: a constant where the shape is known."""
    with tf.name_scope(name, "Size", [input]) as scope:
        known = tf.convert_to_tensor(input).shape
        if optimize and known.is_fully_defined():
            return tf.constant(known.num_elements(), out_type, name=scope)
        return tf.raw_ops.Size(input=input, out_type=out_type, name=scope)


def rank_internal(input: Any, name: str | None = None, optimize: bool = True) -> Any:
    """As `tf.rank`. optimize: a constant where the rank is known."""
    with tf.name_scope(name, "Rank", [input]) as scope:
        known = tf.convert_to_tensor(input).shape.ndims
        if optimize and known is not None:
            return tf.constant(known, tf.int32, name=scope)
        return tf.raw_ops.Rank(input=input, name=scope)


def ones_like_impl(tensor: Any, dtype: Any, name: str | None, optimize: bool = True) -> Any:
    """As `tf.ones_like`. optimize: the shape is a constant where it is known."""
    with tf.name_scope(name, "ones_like", [tensor]) as scope:
        given = tf.convert_to_tensor(tensor)
        return tf.ones(shape_internal(given, optimize=optimize), dtype or given.dtype, name=scope)


def _tensor_shape_tensor_conversion_function(s: Any, dtype: Any = None, name: str | None = None,
                                             as_ref: bool = False) -> Any:
    """A known shape as a vector: int32, or int64 where a size needs it.  Raises ValueError for an unknown one."""
    if not s.is_fully_defined():
        raise ValueError(f"Cannot convert a partially known TensorShape to a Tensor: {s}")
    sizes = s.as_list()
    if dtype not in (None, tf.int32, tf.int64):
        raise TypeError(f"Cannot convert a TensorShape to dtype: {tf.as_dtype(dtype)}")
    wide = any(size >= 2 ** 31 for size in sizes)
    return tf.constant(sizes, dtype or (tf.int64 if wide else tf.int32), name=name or "shape_as_tensor")
