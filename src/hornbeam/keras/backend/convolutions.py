"""Keras 2's convolutions and pooling, one function a rank."""

from __future__ import annotations

from typing import Any

import hornbeam as tf
from hornbeam.keras import ops
from hornbeam.keras.backend.old import old
from hornbeam.keras.config.settings import standardize_data_format

_CONV, _POOL = "keras.ops.conv", "keras.ops.max_pool` or `keras.ops.average_pool"


@old(_CONV)
def conv1d(x: Any, kernel: Any, strides: int = 1, padding: str = "valid", data_format: str | None = None,
           dilation_rate: int = 1) -> Any:
    """Convolution of [batch, time, channels]. padding: also 'causal'."""
    if padding == "causal":
        left = dilation_rate * (kernel.shape[0] - 1)
        x, padding = ops.pad(x, ((0, 0), (left, 0), (0, 0))), "valid"
    return ops.conv(x, kernel, strides, padding, data_format, dilation_rate)


@old(_CONV)
def conv2d(x: Any, kernel: Any, strides: Any = (1, 1), padding: str = "valid", data_format: str | None = None,
           dilation_rate: Any = (1, 1)) -> Any:
    """Convolution of images."""
    return ops.conv(x, kernel, strides, padding, data_format, dilation_rate)


@old(_CONV)
def conv3d(x: Any, kernel: Any, strides: Any = (1, 1, 1), padding: str = "valid", data_format: str | None = None,
           dilation_rate: Any = (1, 1, 1)) -> Any:
    """Convolution of volumes."""
    return ops.conv(x, kernel, strides, padding, data_format, dilation_rate)


@old("keras.ops.depthwise_conv")
def depthwise_conv2d(x: Any, depthwise_kernel: Any, strides: Any = (1, 1), padding: str = "valid",
                     data_format: str | None = None, dilation_rate: Any = (1, 1)) -> Any:
    """Convolution of each channel on its own."""
    return ops.depthwise_conv(x, depthwise_kernel, strides, padding, data_format, dilation_rate)


@old("keras.ops.separable_conv")
def separable_conv2d(x: Any, depthwise_kernel: Any, pointwise_kernel: Any, strides: Any = (1, 1),
                     padding: str = "valid", data_format: str | None = None, dilation_rate: Any = (1, 1)) -> Any:
    """Convolution of each channel on its own, then of the channels."""
    return ops.separable_conv(x, depthwise_kernel, pointwise_kernel, strides, padding, data_format, dilation_rate)


@old(_POOL)
def pool2d(x: Any, pool_size: Any, strides: Any = (1, 1), padding: str = "valid", data_format: str | None = None,
           pool_mode: str = "max") -> Any:
    """The largest value of each window of images, or their mean (`pool_mode="avg"`). Raises ValueError for others."""
    return _pooled(x, pool_size, strides, padding, data_format, pool_mode)


@old(_POOL)
def pool3d(x: Any, pool_size: Any, strides: Any = (1, 1, 1), padding: str = "valid", data_format: str | None = None,
           pool_mode: str = "max") -> Any:
    """The largest value of each window of volumes, or their mean (`pool_mode="avg"`). Raises ValueError for others."""
    return _pooled(x, pool_size, strides, padding, data_format, pool_mode)


def _pooled(x: Any, size: Any, strides: Any, padding: str, data_format: str | None, mode: str) -> Any:
    if mode not in ("max", "avg"):
        raise ValueError(f"Invalid pooling mode: {mode}")
    pool = ops.max_pool if mode == "max" else ops.average_pool
    return pool(x, size, strides, padding, data_format)


@old("keras.ops.conv_transpose")
def conv2d_transpose(x: Any, kernel: Any, output_shape: Any, strides: Any = (1, 1), padding: str = "valid",
                     data_format: str | None = None, dilation_rate: Any = (1, 1)) -> Any:
    """The transpose of `conv2d`. kernel: [height, width, filters, channels]. output_shape: the batch's size included,
    of numbers and tensors."""
    return _transposed(tf.nn.conv2d_transpose, x, kernel, output_shape, strides, padding, data_format,
                       dilations=list(dilation_rate))


@old("keras.ops.conv_transpose")
def conv3d_transpose(x: Any, kernel: Any, output_shape: Any, strides: Any = (1, 1, 1), padding: str = "valid",
                     data_format: str | None = None) -> Any:
    """The transpose of `conv3d`. Arguments as for `conv2d_transpose`."""
    return _transposed(tf.nn.conv3d_transpose, x, kernel, output_shape, strides, padding, data_format)


def _transposed(convolve: Any, x: Any, kernel: Any, output_shape: Any, strides: Any, padding: str,
                data_format: str | None, **arguments: Any) -> Any:
    first = standardize_data_format(data_format) == "channels_first"
    sizes = list(output_shape) if isinstance(output_shape, (list, tuple)) else output_shape
    space = len(x.shape) - 2
    if first:
        x = ops.transpose(x, (0, *range(2, space + 2), 1))
        sizes = [sizes[0], *sizes[2:], sizes[1]]
    if isinstance(sizes, list):
        sizes = [tf.shape(x)[0] if sizes[0] is None else sizes[0], *sizes[1:]]
        if any(tf.is_tensor(size) for size in sizes):
            sizes = tf.stack([tf.cast(size, "int32") for size in sizes])
    made = convolve(x, kernel, sizes, list(strides), padding.upper(), **arguments)
    return ops.transpose(made, (0, space + 1, *range(1, space + 1))) if first else made


@old("keras.ops.separable_conv")
def separable_conv1d(x: Any, depthwise_kernel: Any, pointwise_kernel: Any, strides: Any = 1, padding: str = "valid",
                     data_format: str | None = None, dilation_rate: Any = 1) -> Any:
    """Convolution of each channel of [batch, time, channels] on its own, then of the channels."""
    one = [v[0] if isinstance(v, (list, tuple)) else v for v in (strides, dilation_rate)]
    return ops.separable_conv(x, depthwise_kernel, pointwise_kernel, one[0], padding, data_format, one[1])


@old("keras.layers.LocallyConnected1D")
def local_conv1d(inputs: Any, kernel: Any, kernel_size: Any, strides: Any, data_format: str | None = None) -> Any:
    """As `conv1d` with a kernel of its own for each place. kernel: [places, size * channels, filters]."""
    first = standardize_data_format(data_format) == "channels_first"
    x = ops.transpose(inputs, (0, 2, 1)) if first else inputs
    windows = [ops.reshape(x[:, i * strides[0]: i * strides[0] + kernel_size[0]], (-1, kernel.shape[1]))
               for i in range(kernel.shape[0])]
    made = ops.einsum("pbk,pkf->bpf", ops.stack(windows), kernel)
    return ops.transpose(made, (0, 2, 1)) if first else made


@old("keras.layers.LocallyConnected2D")
def local_conv2d(inputs: Any, kernel: Any, kernel_size: Any, strides: Any, output_shape: Any,
                 data_format: str | None = None) -> Any:
    """As `conv2d` with a kernel of its own for each place. kernel: [places, height * width * channels, filters];
    output_shape: (rows, columns)."""
    first = standardize_data_format(data_format) == "channels_first"
    (rows, columns), (height, width) = output_shape, kernel_size
    windows = []
    for i in range(rows):
        for j in range(columns):
            high, wide = slice(i * strides[0], i * strides[0] + height), slice(j * strides[1], j * strides[1] + width)
            window = inputs[:, :, high, wide] if first else inputs[:, high, wide]
            windows.append(ops.reshape(window, (-1, kernel.shape[1])))
    made = ops.einsum("pbk,pkf->bpf", ops.stack(windows), kernel)
    made = ops.reshape(made, (-1, rows, columns, kernel.shape[-1]))
    return ops.transpose(made, (0, 3, 1, 2)) if first else made
