"""TensorFlow 1's spellings of the array functions: other orders of arguments, and names that TensorFlow 2 dropped."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.graph import dtypes, mode
from hornbeam.graph.names import public
from hornbeam.graph.shapes import TensorShape
from hornbeam.ops import array, blocks, constants, conversion, gathering, joining, moving, selecting, shaping, strings


def either(now: Any, before: Any, names: tuple[str, str]) -> Any:
    """The value of an argument that has an older name. Raises ValueError where both names are used."""
    if before is None:
        return now
    if now is not None:
        raise ValueError(f"Cannot specify both '{names[1]}' and '{names[0]}'.")
    return before


@public(v1=("constant",))
def constant(value: Any, dtype: Any = None, shape: Any = None, name: str = "Const", verify_shape: bool = False) -> Any:
    """A tensor that holds `value`; of too few elements for `shape`, the last one is repeated.

    verify_shape: raise TypeError where `value` does not have the shape `shape` already.
    """
    held = constants.array_of(value, dtype)
    if verify_shape and shape is not None and held.shape != tuple(TensorShape(shape).as_list()):
        raise TypeError(f"Expected Tensor's shape: {tuple(TensorShape(shape).as_list())}, but got {held.shape}.")
    return conversion.held(constants.filled_to(held, shape, repeat_last=True), name, value)


@public(v1=("placeholder",))
def placeholder(dtype: Any, shape: Any = None, name: str | None = None) -> Any:
    """A tensor whose value each `Session.run` is given by its `feed_dict`.

    shape: what fed values must fit; None for unknown sizes, or for any shape at all.
    Raises RuntimeError where calls run at once.
    """
    if mode.executing_eagerly():
        raise RuntimeError("tf.placeholder() is not compatible with eager execution.")
    return constants.placeholder_op(dtype=dtypes.as_dtype(dtype), shape=TensorShape(shape), name=name)


@public(v1=("placeholder_with_default",))
def placeholder_with_default(input: Any, shape: Any, name: str | None = None) -> Any:
    """`input`, unless `Session.run` is fed something else of the given shape."""
    return constants.placeholder_with_default_op(input, shape=TensorShape(shape), name=name)


@public(v1=("convert_to_tensor",))
def convert_to_tensor(value: Any, dtype: Any = None, name: str | None = None, preferred_dtype: Any = None,
                      dtype_hint: Any = None) -> Any:
    """`value` as a tensor. `preferred_dtype` is the older name of `dtype_hint`."""
    hint = either(dtype_hint, preferred_dtype, ("dtype_hint", "preferred_dtype"))
    return conversion.convert(value, dtype, hint, name)


@public(v1=("convert_to_tensor_or_indexed_slices",))
def convert_to_tensor_or_indexed_slices(value: Any, dtype: Any = None, name: str | None = None) -> Any:
    """`value` as a tensor, or as it is where it is an `IndexedSlices`."""
    return conversion.convert_or_slices(value, dtype, name)


@public(v1=("shape",))
def shape(input: Any, name: str | None = None, out_type: Any = None) -> Any:
    """The shape of a tensor when it runs, as a vector of integers; a constant where all of it is known."""
    return shaping.shape_of(input, out_type, name)


@public(v1=("size",))
def size(input: Any, name: str | None = None, out_type: Any = None) -> Any:
    """The number of elements of a tensor when it runs; a constant where it is known."""
    return shaping.size_of(input, out_type, name)


@public(v1=("expand_dims",))
def expand_dims(input: Any, axis: Any = None, name: str | None = None, dim: Any = None) -> Any:
    """`input` with a dimension of size 1 put in before dimension `axis` (once called `dim`)."""
    axis = either(axis, dim, ("axis", "dim"))
    if axis is None:
        raise ValueError("Must specify an axis argument to tf.expand_dims()")
    return shaping.expand_dims(input, axis, name)


@public(v1=("squeeze",))
def squeeze(input: Any, axis: Any = None, name: str | None = None, squeeze_dims: Any = None) -> Any:
    """`input` without its dimensions of size 1: all, or those that `axis` (once called `squeeze_dims`) lists."""
    return shaping.squeeze(input, either(axis, squeeze_dims, ("axis", "squeeze_dims")), name)


@public(v1=("zeros_like",))
def zeros_like(tensor: Any, dtype: Any = None, name: str | None = None, optimize: bool = True) -> Any:
    """Zeros of the shape of `tensor`; a constant where `optimize` and the shape is known."""
    return constants.zeros_alike(tensor, dtype, optimize, name)


@public(v1=("ones_like",))
def ones_like(tensor: Any, dtype: Any = None, name: str | None = None, optimize: bool = True) -> Any:
    """Ones of the shape of `tensor`; a constant where `optimize` and the shape is known."""
    return constants.ones_alike(tensor, dtype, optimize, name)


@public(v1=("pad",))
def pad(tensor: Any, paddings: Any, mode: str = "CONSTANT", name: str | None = None, constant_values: Any = 0) -> Any:
    """`tensor` with a constant or its mirror image around it."""
    return moving.pad(tensor, paddings, mode, constant_values, name)


@public(v1=("transpose",))
def transpose(a: Any, perm: Any = None, name: str | None = "transpose", conjugate: bool = False) -> Any:
    """The dimensions of `a` in the order `perm`, by default reversed."""
    return moving.transpose(a, perm, conjugate, name)


@public(v1=("reverse_sequence",))
def reverse_sequence(input: Any, seq_lengths: Any, seq_axis: int | None = None, batch_axis: int | None = None,
                     name: str | None = None, seq_dim: int | None = None, batch_dim: int | None = None) -> Any:
    """The first `seq_lengths[i]` elements along `seq_axis` in reverse order, for each place i along `batch_axis`."""
    seq_axis = either(seq_axis, seq_dim, ("seq_axis", "seq_dim"))
    batch_axis = either(batch_axis, batch_dim, ("batch_axis", "batch_dim"))
    return moving.reverse_sequence(input, seq_lengths, seq_axis, batch_axis, name)


@public(v1=("gather",))
def gather(params: Any, indices: Any, validate_indices: Any = None, name: str | None = None, axis: Any = None,
           batch_dims: int = 0) -> Any:
    """The slices of `params` along `axis` at the places that `indices` holds."""
    return gathering.gather(params, indices, validate_indices, axis, batch_dims, name)


@public(v1=("gather_nd", "manip.gather_nd"))
def gather_nd(params: Any, indices: Any, name: str | None = None, batch_dims: int = 0,
              bad_indices_policy: str = "") -> Any:
    """The slices of `params` at coordinates: the last dimension of `indices` holds one place each."""
    return gathering.gather_nd(params, indices, batch_dims, name, bad_indices_policy)


@public(v1=("batch_gather",))
def batch_gather(params: Any, indices: Any, name: str | None = None) -> Any:
    """The slices of `params` along its last shared dimension: all dimensions of `indices` but the last go together."""
    places = array.convert(indices)
    if places.dims is None:
        raise ValueError("batch_gather does not allow indices with unknown shape.")
    return gathering.gather(params, places, None, len(places.dims) - 1, len(places.dims) - 1, name)


@public(v1=("boolean_mask",))
def boolean_mask(tensor: Any, mask: Any, name: str | None = "boolean_mask", axis: Any = None) -> Any:
    """The elements (or slices) of `tensor` where `mask` is true."""
    return selecting.boolean_mask(tensor, mask, axis, name)


@public(v1=("where",))
def where(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Any:
    """The places where `condition` is true; with `x` and `y`, elements of `x` where it holds, else of `y`.

    The three have one shape, or `condition` is a vector that chooses rows (`where_v2` broadcasts).
    """
    if x is None and y is None:
        return selecting.where_op(array.convert(condition, name="condition"), name=name)
    if x is None or y is None:
        raise ValueError("x and y must both be non-None or both be None.")
    return selecting.select_op(condition, x, y, name=name)


@public(v1=("space_to_batch", "nn.space_to_batch"))
def space_to_batch(input: Any, paddings: Any, block_size: int | None = None, name: str | None = None,
                   block_shape: Any = None) -> Any:
    """The elements of each block of the padded spatial dimensions spread over as many batch entries."""
    return blocks.space_to_batch_nd(input, _block(block_shape, block_size), paddings, name=name)


@public(v1=("batch_to_space",))
def batch_to_space(input: Any, crops: Any, block_size: int | None = None, name: str | None = None,
                   block_shape: Any = None) -> Any:
    """The inverse of `space_to_batch`: batch entries put back into blocks, then cropped."""
    return blocks.batch_to_space(input, _block(block_shape, block_size), crops, name)


def _block(shape: Any, size: int | None) -> Any:
    if size is not None:
        if shape is not None:
            raise ValueError("Cannot specify both 'block_size' and 'block_shape'.")
        return np.array([size, size])
    if shape is None:
        raise ValueError("block_shape (or block_size, for square blocks) is needed")
    return shape


@public(v1=("space_to_depth", "nn.space_to_depth"))
def space_to_depth(input: Any, block_size: int, name: str | None = None, data_format: str = "NHWC") -> Any:
    """Images whose square blocks became channels."""
    return blocks.space_to_depth(input, block_size, data_format, name)


@public(v1=("depth_to_space", "nn.depth_to_space"))
def depth_to_space(input: Any, block_size: int, name: str | None = None, data_format: str = "NHWC") -> Any:
    """Images whose channels became square blocks."""
    return blocks.depth_to_space(input, block_size, data_format, name)


@public(v1=("extract_image_patches", "image.extract_image_patches"))
def extract_image_patches(images: Any, ksizes: Any = None, strides: Any = None, rates: Any = None,
                          padding: str | None = None, name: str | None = None, sizes: Any = None) -> Any:
    """Windows of images as channels. `ksizes` is the older name of `sizes`."""
    wanted = either(sizes, ksizes, ("sizes", "ksizes"))
    given = {"sizes": wanted, "strides": strides, "rates": rates, "padding": padding}
    if any(v is None for v in given.values()):
        raise ValueError(f"extract_image_patches needs {', '.join(k for k, v in given.items() if v is None)}")
    return blocks.extract_patches(images, wanted, strides, rates, str(padding), name)


@public(v1=("strings.length",))
def string_length(input: Any, name: str | None = None, unit: str = "BYTE") -> Any:
    """The length of each string, as int32."""
    return strings.length(input, unit, name)


@public(v1=("strings.substr", "substr"))
def substr(input: Any, pos: Any, len: Any, name: str | None = None, unit: str = "BYTE") -> Any:
    """The `len` bytes or characters of each string from `pos` on."""
    return strings.substr(input, pos, len, unit, name)


# Names from before TensorFlow 1.0 ----------------------------------------------------------------------


@public(v1=("pack",))
def pack(values: Any, axis: int = 0, name: str | None = "pack") -> Any:
    """`stack`, as it was called before TensorFlow 1.0."""
    return joining.stack(values, axis, name)


@public(v1=("unpack",))
def unpack(value: Any, num: int | None = None, axis: int = 0, name: str | None = "unpack") -> list[Any]:
    """`unstack`, as it was called before TensorFlow 1.0."""
    return joining.unstack(value, num, axis, name)


@public(v1=("select",))
def select(condition: Any, t: Any, e: Any, name: str | None = None) -> Any:
    """`where` with three arguments, as it was called before TensorFlow 1.0."""
    return selecting.select_op(condition, t, e, name=name)


@public(v1=("concat_v2",))
def concat_v2(values: Any, axis: Any, name: str | None = "concat_v2") -> Any:
    """`concat`, as it was called on the way to TensorFlow 1.0."""
    return joining.concat(values, axis, name)
