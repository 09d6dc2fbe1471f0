"""Images smoothed, their edges, their patches, and how alike two are."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.keras.config.settings import standardize_data_format
from hornbeam.keras.dtypes import result_type
from hornbeam.keras.ops.declare import image_op
from hornbeam.keras.ops.image.colours import of_image_rank
from hornbeam.keras.ops.nn.convolutions import conv, depthwise_conv
from hornbeam.keras.ops.numpy import binary
from hornbeam.keras.ops.numpy.elementwise import exp, square
from hornbeam.keras.ops.numpy.products import outer
from hornbeam.keras.ops.numpy.reductions import mean, sum_
from hornbeam.keras.ops.numpy.shaping import moveaxis, squeeze, tile
from hornbeam.keras.ops.tensors import cast, dims, dtype_of, inexact, rank, tensor
from hornbeam.ops.joining import pack
from hornbeam.ops.shaping import expand_dims_op, reshape


def _bell(size: int, sigma: Any, dtype: str) -> Any:
    """The weights of a Gaussian over `size` points, which sum to 1."""
    places = tensor(np.arange(size) - (size - 1) / 2, dtype)
    weights = exp(binary.multiply(-0.5, square(binary.divide(places, sigma))))
    return binary.divide(weights, sum_(weights))


def _channels(x: Any, order: str) -> int:
    found = dims(x)[-1 if order == "channels_last" else 1]
    if found is None:
        raise ValueError(f"the number of channels must be known; got shape {dims(x)}")
    return found


def _filtered(x: Any, kernel: Any, order: str) -> Any:
    """Every channel of a batch convolved with one kernel [height, width]."""
    channels = _channels(x, order)
    spread = tile(reshape(kernel, [*dims(kernel), 1, 1]), (1, 1, channels, 1))
    return depthwise_conv(x, spread, 1, "same", order)


@image_op
def gaussian_blur(images: Any, kernel_size: Any = (3, 3), sigma: Any = (1.0, 1.0),
                  data_format: str | None = None) -> Any:
    """Images smoothed by a Gaussian.

    kernel_size: (width, height) of its window; sigma: its standard deviations, in the same order.
    """
    x, order = inexact(of_image_rank(images)), standardize_data_format(data_format)
    alone = rank(x) == 3
    x = expand_dims_op(x, np.int32(0)) if alone else x
    kind = dtype_of(x)
    across, down = (_bell(int(kernel_size[i]), tensor(sigma[i], kind), kind) for i in range(2))
    made = _filtered(x, outer(down, across), order)
    return squeeze(made, 0) if alone else made


@image_op
def sobel_edges(images: Any, data_format: str | None = None) -> Any:
    """The slopes of images, down and across, along a new last dimension of size 2."""
    x, order = inexact(of_image_rank(images)), standardize_data_format(data_format)
    across = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    made = [_filtered(x, tensor(k, dtype_of(x)), order) for k in (across.T, across)]
    return pack(made, axis=rank(x))


# Patches ------------------------------------------------------------------------------------------------


def _patches(x: Any, size: Any, strides: Any, dilation_rate: Any, padding: str, data_format: str | None,
             space: int) -> Any:
    window = (size,) * space if isinstance(size, int) else tuple(size)
    order = standardize_data_format(data_format)
    alone = rank(x) == space + 1
    x = expand_dims_op(x, np.int32(0)) if alone else x
    channels = _channels(x, order)
    count = int(np.prod(window)) * channels
    kernel = np.eye(count, dtype=np.int8).reshape(*window, channels, count)
    made = conv(x, tensor(kernel, dtype_of(x)), strides or window, padding, order, dilation_rate)
    return squeeze(made, 0) if alone else made


@image_op(config="size strides dilation_rate padding data_format")
def extract_patches(images: Any, size: Any, strides: Any = None, dilation_rate: Any = 1, padding: str = "valid",
                    data_format: str | None = None) -> Any:
    """The windows of images (or, for a size of three numbers, volumes) as channels. strides: the size by default.

    Raises TypeError and ValueError for other sizes.
    """
    if not isinstance(size, int):
        if not isinstance(size, (tuple, list)):
            raise TypeError("Invalid `size` argument. Expected an int or a tuple. Received: "
                            f"size={size} of type {type(size).__name__}")
        if len(size) not in (2, 3):
            raise ValueError("Invalid `size` argument. Expected a tuple of length 2 or 3. Received: "
                             f"size={size} with length {len(size)}")
    space = 2 if isinstance(size, int) else len(size)
    return _patches(inexact(images), size, strides, dilation_rate, padding, data_format, space)


@image_op(symbolic=False)
def extract_patches_3d(volumes: Any, size: Any, strides: Any = None, dilation_rate: Any = 1, padding: str = "valid",
                       data_format: str | None = None) -> Any:
    """The windows of volumes as channels. strides: the size by default. Raises TypeError for a size of other length."""
    if not isinstance(size, int) and (not isinstance(size, (tuple, list)) or len(size) != 3):
        raise TypeError(f"Invalid `size` argument. Expected an int or a tuple of length 3. Received: size={size}")
    window = (size,) * 3 if isinstance(size, int) else size
    return extract_patches(volumes, window, strides, dilation_rate, padding, data_format)


# Likeness -----------------------------------------------------------------------------------------------


@image_op(type="SSIM")
def ssim(image1: Any, image2: Any, max_val: float = 1.0, filter_size: int = 11, filter_sigma: float = 1.5,
         k1: float = 0.01, k2: float = 0.03, data_format: str | None = None) -> Any:
    """How alike two images (or batches) are in structure: 1 for equal ones. Wang et al. 2004."""
    a, b = of_image_rank(image1), of_image_rank(image2)
    kind, wide = dtype_of(a), result_type(dtype_of(a), float)
    alone = rank(a) == 3
    a, b = (expand_dims_op(cast(v, wide), np.int32(0)) if alone else cast(v, wide) for v in (a, b))
    if standardize_data_format(data_format) == "channels_first":
        a, b = moveaxis(a, 1, -1), moveaxis(b, 1, -1)
    bell = _bell(int(filter_size), float(filter_sigma), wide)
    channels = _channels(a, "channels_last")
    kernel = tile(reshape(outer(bell, bell), [int(filter_size), int(filter_size), 1, 1]), (1, 1, channels, 1))

    def smooth(v: Any) -> Any:
        return depthwise_conv(v, kernel, 1, "valid", "channels_last")

    c1, c2 = (k1 * max_val) ** 2, (k2 * max_val) ** 2
    mean_a, mean_b = smooth(a), smooth(b)
    both = mean_a * mean_b
    var_a, var_b = smooth(a * a) - mean_a * mean_a, smooth(b * b) - mean_b * mean_b
    alike = (2.0 * both + c1) * (2.0 * (smooth(a * b) - both) + c2)
    alike = alike / ((mean_a * mean_a + mean_b * mean_b + c1) * (var_a + var_b + c2))
    found = cast(mean(mean(alike, (1, 2)), -1), kind)
    return squeeze(found, 0) if alone else found


