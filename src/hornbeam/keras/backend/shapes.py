"""Keras 2's functions of shapes: what a tensor's is, and the same values in another."""

from __future__ import annotations

from typing import Any

import hornbeam as tf
from hornbeam.keras import ops
from hornbeam.keras.backend.old import old
from hornbeam.keras.config.settings import floatx, set_image_data_format, standardize_data_format
from hornbeam.keras.dtypes import standardize_dtype
from hornbeam.keras.layers.merging import merge


@old("keras.ops.shape")
def shape(x: Any) -> Any:
    """The shape as a tensor of integers."""
    return tf.shape(x)


@old("x.shape")
def int_shape(x: Any) -> tuple[int | None, ...] | None:
    """The shape as a tuple, None where a size is not known; None for an unknown number of dimensions."""
    dims = x.dims if hasattr(x, "dims") else getattr(x, "shape", None)
    return None if dims is None else tuple(dims)


@old("x.ndim")
def ndim(x: Any) -> int:
    """The number of dimensions."""
    return len(x.shape)


@old("keras.ops.dtype")
def dtype(x: Any) -> str:
    """The dtype's name."""
    return standardize_dtype(x.dtype)


@old("keras.ops.size")
def count_params(x: Any) -> int:
    """The number of scalars in a variable."""
    return int(ops.size(x))


@old("keras.ops.reshape")
def reshape(x: Any, shape: Any) -> Any:
    """The same values in another shape."""
    return ops.reshape(x, shape)


@old("keras.ops.transpose")
def permute_dimensions(x: Any, pattern: Any) -> Any:
    """The dimensions in the order of `pattern`."""
    return ops.transpose(x, axes=list(pattern))


@old("keras.ops.tile")
def tile(x: Any, n: Any) -> Any:
    """x repeated `n` times along each dimension; one number stands for the last."""
    return ops.tile(x, [1] * (len(x.shape) - 1) + [n] if isinstance(n, int) else n)


@old("keras.ops.expand_dims")
def expand_dims(x: Any, axis: int = -1) -> Any:
    """With a dimension of size 1, at the end by default."""
    return ops.expand_dims(x, axis)


@old("keras.ops.reshape")
def flatten(x: Any) -> Any:
    """All values in one dimension."""
    return ops.reshape(x, (-1,))


@old("keras.ops.reshape")
def batch_flatten(x: Any) -> Any:
    """All but the first dimension in one."""
    sizes = x.shape[1:]
    if all(size is not None for size in sizes):
        product = 1
        for size in sizes:
            product *= int(size)
        return ops.reshape(x, (-1, product))
    return tf.reshape(x, tf.stack([-1, tf.reduce_prod(tf.shape(x)[1:])]))


@old("keras.ops.concatenate")
def concatenate(tensors: Any, axis: int = -1) -> Any:
    """One behind the other, along the last axis by default."""
    return ops.concatenate(tensors, axis=axis)


@old("keras.ops.repeat")
def repeat_elements(x: Any, rep: int, axis: int) -> Any:
    """Each slice along an axis `rep` times."""
    return ops.repeat(x, rep, axis=axis)


@old("keras.layers.RepeatVector")
def repeat(x: Any, n: int) -> Any:
    """[batch, k] as [batch, n, k]."""
    return ops.repeat(ops.expand_dims(x, 1), n, axis=1)


@old("keras.ops.flip")
def reverse(x: Any, axes: Any) -> Any:
    """In the opposite order along these axes."""
    return ops.flip(x, axis=axes)


@old("keras.ops.take")
def gather(reference: Any, indices: Any) -> Any:
    """The slices of the first dimension at these places."""
    return ops.take(reference, ops.cast(indices, "int32") if not _is_integer(indices) else indices, axis=0)


def _is_integer(x: Any) -> bool:
    return "int" in str(getattr(x, "dtype", "int32"))


@old("keras.ops.one_hot")
def one_hot(indices: Any, num_classes: int) -> Any:
    """Floats [..., num_classes], 1 at each index."""
    return ops.one_hot(indices, num_classes, dtype=floatx())


@old("keras.ops.slice")
def slice_(x: Any, start: Any, size: Any) -> Any:
    """The part from `start` on, of this size."""
    return tf.slice(x, start, size)


@old("keras.ops.dot")
def batch_dot(x: Any, y: Any, axes: Any = None) -> Any:
    """The product of each sample's tensors along `axes` (of x and y; by default the last and the first but one)."""
    if axes is None:
        axes = (1, 1) if len(y.shape) == 2 else (len(x.shape) - 1, len(y.shape) - 2)
    axes = (axes, axes) if isinstance(axes, int) else tuple(axes)
    return merge.batch_dot(x, y, axes[0] % len(x.shape), axes[1] % len(y.shape))


@old("keras.ops.arange")
def arange(start: Any, stop: Any = None, step: Any = 1, dtype: Any = "int32") -> Any:
    """Numbers from `start` (or 0) up to `stop`, which is left out."""
    return ops.arange(start, stop, step, dtype=dtype)


@old("keras.ops.pad")
def temporal_padding(x: Any, padding: tuple[int, int] = (1, 1)) -> Any:
    """Zeros before and after the middle dimension of [batch, time, k]."""
    return ops.pad(x, ((0, 0), tuple(padding), (0, 0)))


@old("keras.ops.pad")
def spatial_2d_padding(x: Any, padding: Any = ((1, 1), (1, 1)), data_format: str | None = None) -> Any:
    """Zeros around images."""
    rows, columns = (tuple(p) for p in padding)
    first = standardize_data_format(data_format) == "channels_first"
    return ops.pad(x, ((0, 0), (0, 0), rows, columns) if first else ((0, 0), rows, columns, (0, 0)))


@old("keras.layers.UpSampling2D")
def resize_images(x: Any, height_factor: int, width_factor: int, data_format: str | None = None,
                  interpolation: str = "nearest") -> Any:
    """Images made larger by whole factors."""
    data_format = standardize_data_format(data_format)
    rows, columns = (2, 3) if data_format == "channels_first" else (1, 2)
    if interpolation == "nearest":
        return ops.repeat(ops.repeat(x, height_factor, axis=rows), width_factor, axis=columns)
    size = (x.shape[rows] * height_factor, x.shape[columns] * width_factor)
    return ops.image.resize(x, size, interpolation=interpolation, data_format=data_format)


@old("keras.layers.UpSampling3D")
def resize_volumes(x: Any, depth_factor: int, height_factor: int, width_factor: int, data_format: str) -> Any:
    """Volumes made larger by whole factors."""
    start = 2 if standardize_data_format(data_format) == "channels_first" else 1
    for axis, factor in enumerate((depth_factor, height_factor, width_factor), start):
        x = ops.repeat(x, factor, axis=axis)
    return x


@old("keras.ops.pad")
def spatial_3d_padding(x: Any, padding: Any = ((1, 1), (1, 1), (1, 1)), data_format: str | None = None) -> Any:
    """Zeros around volumes."""
    inner = tuple(tuple(p) for p in padding)
    first = standardize_data_format(data_format) == "channels_first"
    return ops.pad(x, ((0, 0), (0, 0), *inner) if first else ((0, 0), *inner, (0, 0)))


@old("keras.ops.size")
def size(x: Any, name: str | None = None) -> Any:
    """The number of elements, as a tensor."""
    return tf.size(x, name=name)


@old("keras.config.image_data_format")
def normalize_data_format(value: str | None) -> str:
    """`value`, or what `image_data_format()` says. Raises ValueError for others."""
    return standardize_data_format(value)


@old("x.shape")
def get_variable_shape(x: Any) -> tuple[int | None, ...] | None:
    """The shape of a variable as a tuple."""
    return int_shape(x)


@old("keras.config.image_data_format")
def image_dim_ordering() -> str:
    """Keras 1's word for where the channels are: 'th' for first, 'tf' for last."""
    return "th" if standardize_data_format(None) == "channels_first" else "tf"


@old("keras.config.set_image_data_format")
def set_image_dim_ordering(dim_ordering: str) -> None:
    """Say where channels are: 'th' for first, 'tf' for last. Raises ValueError for others."""
    if dim_ordering not in ("tf", "th"):
        raise ValueError("Unknown dim_ordering:", dim_ordering)
    set_image_data_format("channels_first" if dim_ordering == "th" else "channels_last")
