"""Colours of images [height, width, channels] or batches of them, or with the channels before height and width."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.keras.config.settings import standardize_data_format
from hornbeam.keras.dtypes import result_type
from hornbeam.keras.ops.declare import image_op
from hornbeam.keras.ops.numpy import binary
from hornbeam.keras.ops.numpy.elementwise import absolute
from hornbeam.keras.ops.numpy.shaping import split, squeeze
from hornbeam.keras.ops.tensors import cast, dims, dtype_of, is_float, rank, tensor
from hornbeam.ops import matmul
from hornbeam.ops.joining import pack
from hornbeam.ops.shaping import expand_dims_op


def of_image_rank(images: Any) -> Any:
    """`images` as a tensor of rank 3 or 4. Raises ValueError for another."""
    x = tensor(images)
    if rank(x) not in (3, 4):
        raise ValueError("Invalid images rank: expected rank 3 (single image) or rank 4 (batch of images). Received "
                         f"input with shape: images.shape={dims(x)}")
    return x


def channel_axis(data_format: str | None) -> int:
    """Where the channels stand, counted from the end."""
    return -1 if standardize_data_format(data_format) == "channels_last" else -3


@image_op(type="RGBToGrayscale")
def rgb_to_grayscale(images: Any, data_format: str | None = None) -> Any:
    """Colours as brightness, one channel. Raises ValueError for other than 1 or 3 channels."""
    x, axis = of_image_rank(images), channel_axis(data_format)
    channels = dims(x)[axis]
    if channels not in (1, 3):
        raise ValueError("Invalid channel size: expected 3 (RGB) or 1 (Grayscale). Received input with shape: "
                         f"images.shape={dims(x)}")
    if channels == 1:
        return x
    wide = cast(x, result_type(dtype_of(x), float))
    weights = tensor(np.array([0.2989, 0.5870, 0.1140]), dtype_of(wide))
    grey = matmul.tensordot(wide, weights, [[rank(x) + axis], [0]])
    return cast(expand_dims_op(grey, np.int32(axis)), dtype_of(x))


def _planes(images: Any, data_format: str | None) -> tuple[Any, int, list[Any]]:
    x, axis = of_image_rank(images), channel_axis(data_format)
    if not is_float(x):
        raise ValueError(f"Invalid images dtype: expected float dtype. Received: images.dtype={dtype_of(x)}")
    channels = dims(x)[axis]
    if channels not in (3, None):
        raise ValueError(f"Input images must have 3 channels, but received images with {channels} channels.")
    return x, axis, [squeeze(p, axis) for p in split(x, 3, axis)]


@image_op(type="RGBToHSV")
def rgb_to_hsv(images: Any, data_format: str | None = None) -> Any:
    """Red, green and blue in [0, 1] as hue, saturation and value. Raises ValueError for integers."""
    x, axis, planes = _planes(images, data_format)
    tiny = float(np.finfo(np.float32 if dtype_of(x) == "bfloat16" else x.dtype.np_dtype).eps)
    tiny = 2.0**-7 if dtype_of(x) == "bfloat16" else tiny
    red, green, blue = (binary.chosen(binary.less(absolute(p), tiny), 0.0, p) for p in planes)
    value = binary.maximum(binary.maximum(red, green), blue)
    spread = binary.subtract(value, binary.minimum(binary.minimum(red, green), blue))
    some, coloured = binary.greater(value, 0), binary.greater(spread, 0)
    saturation = binary.chosen(some, binary.divide(spread, binary.chosen(some, value, 1.0)), 0.0)
    part = binary.divide(1.0, binary.multiply(6.0, binary.chosen(coloured, spread, 1.0)))
    of_green = binary.add(binary.multiply(part, binary.subtract(blue, red)), 2 / 6)
    of_blue = binary.add(binary.multiply(part, binary.subtract(red, green)), 4 / 6)
    hue = binary.chosen(binary.equal(value, green), of_green, of_blue)
    hue = binary.chosen(binary.equal(value, red), binary.multiply(part, binary.subtract(green, blue)), hue)
    turned = cast(binary.less(hue, 0), dtype_of(x))
    hue = binary.add(binary.chosen(coloured, hue, 0.0), turned)
    return pack([hue, saturation, value], axis=rank(x) + axis)


@image_op(type="HSVToRGB")
def hsv_to_rgb(images: Any, data_format: str | None = None) -> Any:
    """Hue, saturation and value in [0, 1] as red, green and blue. Raises ValueError for integers."""
    x, axis, (hue, saturation, value) = _planes(images, data_format)
    turn = binary.multiply(binary.mod(hue, 1.0), 6.0)
    shares = [binary.subtract(absolute(binary.subtract(turn, 3.0)), 1.0),
              binary.subtract(2.0, absolute(binary.subtract(turn, 2.0))),
              binary.subtract(2.0, absolute(binary.subtract(turn, 4.0)))]
    pale = binary.subtract(1.0, saturation)
    made = [binary.multiply(value, binary.add(pale, binary.multiply(saturation, binary.clip(s, 0.0, 1.0))))
            for s in shares]
    return pack(made, axis=rank(x) + axis)
