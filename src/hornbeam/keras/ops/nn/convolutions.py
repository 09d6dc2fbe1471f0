"""Convolutions and pooling in one, two and three dimensions, with the channels last or first."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.keras.config.settings import standardize_data_format
from hornbeam.keras.ops.declare import nn_op
from hornbeam.keras.ops.numpy.reductions import max_
from hornbeam.keras.ops.numpy.shaping import moveaxis, reshape, transpose
from hornbeam.keras.ops.tensors import dims, dtype_of, inexact, rank, sizes, tensor
from hornbeam.ops import convolution, matmul, nn_windows, pools
from hornbeam.ops.depthwise import depthwise_conv2d_op
from hornbeam.ops.gathering import gather_op
from hornbeam.ops.shaping import expand_dims_op, squeeze_op

_ORDERS = {"channels_last": ("", "NWC", "NHWC", "NDHWC"), "channels_first": ("", "NCW", "NCHW", "NCDHW")}


def _each(value: Any, count: int, what: str) -> tuple[int, ...]:
    """One number a spatial dimension. Raises ValueError for another count of them."""
    listed = (int(value),) * count if isinstance(value, (int, np.integer)) else tuple(int(v) for v in value)
    if len(listed) != count:
        raise ValueError(f"`{what}` must be a number or {count} of them. Received: {what}={value}")
    return listed


def _padding(padding: Any) -> Any:
    kind = str(padding).lower() if isinstance(padding, str) else None
    if kind not in ("valid", "same"):
        raise ValueError(f"Invalid padding '{padding}', must be 'same' or 'valid'.")
    return kind.upper()


def _space(x: Any, what: str) -> int:
    space = rank(x) - 2
    if not 1 <= space <= 3:
        raise ValueError(f"{what} takes inputs of rank 3, 4 or 5. Received: inputs.shape={dims(x)}")
    return space


def _channels(x: Any, data_format: str) -> int | None:
    return dims(x)[-1 if data_format == "channels_last" else 1]


def _pair(inputs: Any, kernel: Any) -> tuple[Any, Any]:
    """Input and kernel in the kernel's dtype."""
    w = tensor(kernel)
    return tensor(inputs, dtype_of(w)), w


def _refuse_empty(x: Any, w: Any, rates: tuple[int, ...], order: str) -> None:
    """Raise ValueError where a window without padding reaches beyond the input."""
    space = dims(x)[1:-1] if order == "channels_last" else dims(x)[2:]
    if any(n is not None and k is not None and n < (k - 1) * r + 1
           for n, k, r in zip(space, dims(w), rates, strict=False)) and 0 not in dims(x):
        raise ValueError("The convolution operation resulted in an empty output. This can happen if the input is too "
                         "small for the given kernel size, strides, dilation rate, and padding mode. Please check the "
                         "input shape and convolution parameters.")


@nn_op
def conv(inputs: Any, kernel: Any, strides: Any = 1, padding: str = "valid", data_format: str | None = None,
         dilation_rate: Any = 1) -> Any:
    """The convolution of inputs with filters, in as many dimensions (1, 2, 3) as the inputs have.

    inputs: [batch, ...space, channels], or channels second. kernel: [...space, channels / groups, filters].
    Raises ValueError where the kernel's channels do not divide the input's, and for an empty result.
    """
    x, w = _pair(inputs, kernel)
    order, space = standardize_data_format(data_format), _space(x, "conv")
    channels, own = _channels(x, order), dims(w)[-2]
    if channels is not None and own and channels % own:
        raise ValueError("The number of input channels must match the kernel: be evenly divisible by kernel's "
                         f"in_channels. Received input channels {channels} and kernel in_channels {own}. ")
    steps, rates = _each(strides, space, "strides"), _each(dilation_rate, space, "dilation_rate")
    kind, layout = _padding(padding), _ORDERS[order][space]
    if kind == "VALID":
        _refuse_empty(x, w, rates, order)
    if space == 1:
        return convolution.plain_conv1d(x, w, steps, kind, layout, rates)
    if space == 2:
        return convolution.plain_conv2d(x, w, steps, kind, layout, rates, None)
    return convolution.conv3d(x, w, steps, kind, layout, rates)


@nn_op
def depthwise_conv(inputs: Any, kernel: Any, strides: Any = 1, padding: str = "valid",
                   data_format: str | None = None, dilation_rate: Any = 1) -> Any:
    """Each channel convolved with its own filters.

    inputs: [batch, ...space, channels], or channels second. kernel: [...space, channels, multiplier].
    """
    x, w = _pair(inputs, kernel)
    order, space = standardize_data_format(data_format), _space(x, "depthwise_conv")
    _check_channels(x, w, order)
    steps, rates = _each(strides, space, "strides"), _each(dilation_rate, space, "dilation_rate")
    kind = _padding(padding)
    if space == 3:
        shape = dims(w)
        return conv(x, reshape(w, (*shape[:3], 1, shape[3] * shape[4])), steps, padding,  # type: ignore[operator]
                    order, rates)
    if space == 1:
        at = 1 if order == "channels_last" else 2
        x, w = expand_dims_op(x, np.int32(at)), expand_dims_op(w, np.int32(0))
        steps, rates = (1, *steps), (1, *rates)
    full = ((1, *steps, 1), (1, *rates, 1)) if order == "channels_last" else ((1, 1, *steps), (1, 1, *rates))
    y = depthwise_conv2d_op(x, w, strides=full[0], padding=kind, data_format=_ORDERS[order][2], dilations=full[1])
    return squeeze_op(y, squeeze_dims=(1 if order == "channels_last" else 2,)) if space == 1 else y


def _check_channels(x: Any, w: Any, order: str) -> None:
    have, wanted = _channels(x, order), dims(w)[-2]
    if have is not None and wanted is not None and have != wanted:
        raise ValueError("The number of input channels must match the kernel's in_channels. Received: "
                         f"{have} and {wanted}, inputs.shape={dims(x)}, kernel.shape={dims(w)}")


@nn_op
def separable_conv(inputs: Any, depthwise_kernel: Any, pointwise_kernel: Any, strides: Any = 1,
                   padding: str = "valid", data_format: str | None = None, dilation_rate: Any = 1) -> Any:
    """A depthwise convolution followed by one with filters of size 1."""
    apart = depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return conv(apart, pointwise_kernel, 1, "valid", data_format, 1)


# Transposed ---------------------------------------------------------------------------------------------


def transposed_pads(kernel: int, stride: int, rate: int, padding: str, extra: int | None) -> tuple[int, int]:
    """How far a transposed convolution's spread-out input is padded along one dimension, before and after.

    extra: by how much the output is to be longer (`output_padding`); None for what the convolution leaves open.
    """
    reach = (kernel - 1) * rate + 1
    if padding == "valid":
        return reach - 1, reach - 1 + (max(reach, stride) - reach if extra is None else extra)
    total = reach - 2 + (stride if extra is None else reach % 2 + extra)
    before = min(-(-total // 2), reach - 1)
    return before, total - before


@nn_op
def conv_transpose(inputs: Any, kernel: Any, strides: Any = 1, padding: str = "valid", output_padding: Any = None,
                   data_format: str | None = None, dilation_rate: Any = 1) -> Any:
    """The transpose of `conv`, which makes inputs larger.

    inputs: [batch, ...space, channels], or channels second. kernel: [...space, filters, channels]. output_padding:
    how much longer the output is than the shortest that fits.
    """
    x, w = _pair(inputs, kernel)
    order, space = standardize_data_format(data_format), _space(x, "conv_transpose")
    have, wanted = _channels(x, order), dims(w)[-1]
    if have is not None and wanted is not None and have != wanted:
        raise ValueError("The number of input channels must match the kernel's in_channels. Received: "
                         f"{have} and {wanted}, inputs.shape={dims(x)}, kernel.shape={dims(w)}")
    steps, rates = _each(strides, space, "strides"), _each(dilation_rate, space, "dilation_rate")
    extra = (None,) * space if output_padding is None else _each(output_padding, space, "output_padding")
    kind = _padding(padding).lower()
    pads = tuple(transposed_pads(int(k or 0), s, r, kind, e)
                 for k, s, r, e in zip(dims(w)[:space], steps, rates, extra, strict=True))
    return nn_windows.conv_transpose(x, w, strides=steps, pads=pads, dilations=rates,
                                     channels_first=order == "channels_first")


# Pooling ------------------------------------------------------------------------------------------------


def _pooled(kind: str, inputs: Any, pool_size: Any, strides: Any, padding: str, data_format: str | None) -> Any:
    x = tensor(inputs) if kind == "MAX" else inexact(inputs)
    order, space = standardize_data_format(data_format), _space(x, "pooling")
    window = _each(pool_size, space, "pool_size")
    steps = window if strides is None else _each(strides, space, "strides")
    return pools.any_pool(kind, x, window, steps, _padding(padding), _ORDERS[order][space], _POOLS[kind])


@nn_op(config="pool_size strides padding data_format")
def max_pool(inputs: Any, pool_size: Any, strides: Any = None, padding: str = "valid",
             data_format: str | None = None) -> Any:
    """The maximum of each window; `strides` are the window's size by default."""
    return _pooled("MAX", inputs, pool_size, strides, padding, data_format)


@nn_op(config="pool_size strides padding data_format")
def average_pool(inputs: Any, pool_size: Any, strides: Any = None, padding: str = "valid",
                 data_format: str | None = None) -> Any:
    """The mean of each window, padding left out; `strides` are the window's size by default."""
    return _pooled("AVG", inputs, pool_size, strides, padding, data_format)


_POOLS = {"MAX": "MaxPool", "AVG": "AvgPool"}


def _windows(size: int | None, outputs: int) -> list[tuple[int, int]]:
    """Start and end of the parts that divide `size` elements among `outputs`; neighbours may overlap."""
    if size is None:
        raise ValueError("adaptive pooling needs known spatial sizes")
    return [(i * size // outputs, -(-(i + 1) * size // outputs)) for i in range(outputs)]


def _adaptively(inputs: Any, output_size: Any, data_format: str | None, pool: Any) -> Any:
    x = inexact(inputs)
    order, space = standardize_data_format(data_format), _space(x, "adaptive pooling")
    first = 1 if order == "channels_last" else 2
    wanted = (output_size,) * space if isinstance(output_size, (int, np.integer)) else tuple(output_size)
    if len(wanted) != space:
        raise ValueError(f"`output_size` must be a number or {space} of them. Received: output_size={output_size}")
    for axis, outputs in enumerate(wanted, first):
        if outputs is not None:
            x = pool(x, axis, _windows(dims(x)[axis], int(outputs)))
    return x


def _mean_of_parts(x: Any, axis: int, parts: list[tuple[int, int]]) -> Any:
    weights = np.zeros((dims(x)[axis] or 0, len(parts)))
    for i, (start, end) in enumerate(parts):
        weights[start:end, i] = 1 / (end - start)
    return moveaxis(matmul.tensordot(moveaxis(x, axis, -1), tensor(weights, dtype_of(x)), 1), -1, axis)


def _max_of_parts(x: Any, axis: int, parts: list[tuple[int, int]]) -> Any:
    widest = max(end - start for start, end in parts)
    places = np.array([[min(start + i, end - 1) for i in range(widest)] for start, end in parts], np.int32)
    return max_(gather_op(x, places, np.int32(axis)), axis + 1)


@nn_op(config="output_size data_format")
def adaptive_average_pool(inputs: Any, output_size: Any, data_format: str | None = None) -> Any:
    """The means of windows so wide that `output_size` of them cover each dimension."""
    return _adaptively(inputs, output_size, data_format, _mean_of_parts)


@nn_op(config="output_size data_format")
def adaptive_max_pool(inputs: Any, output_size: Any, data_format: str | None = None) -> Any:
    """The maxima of windows so wide that `output_size` of them cover each dimension."""
    return _adaptively(inputs, output_size, data_format, _max_of_parts)


# Blocks -------------------------------------------------------------------------------------------------


def _two(value: Any) -> tuple[int, int]:
    first, second = (value, value) if isinstance(value, (int, np.integer)) else value
    return int(first), int(second)


@nn_op(config="kernel_size dilation padding stride")
def unfold(x: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    """The windows of images [batch, channels, height, width] as columns [batch, channels · kernel, windows]."""
    return nn_windows.unfold(tensor(x), kernel=_two(kernel_size), dilation=_two(dilation), padding=_two(padding),
                             stride=_two(stride))


@nn_op(config="output_size kernel_size dilation padding stride")
def fold(x: Any, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    """Images [batch, channels, height, width] from the columns that `unfold` gives; where windows overlap, sums."""
    return nn_windows.fold(tensor(x), size=_two(output_size), kernel=_two(kernel_size), dilation=_two(dilation),
                           padding=_two(padding), stride=_two(stride))


@nn_op(config="block_size data_format")
def depth_to_space(x: Any, block_size: int, data_format: str = "channels_last") -> Any:
    """Channels spread out over blocks of `block_size` × `block_size` pixels. Raises ValueError for sizes below 2."""
    return _blocks(x, int(block_size), data_format, True)


@nn_op(config="block_size data_format")
def space_to_depth(x: Any, block_size: int, data_format: str = "channels_last") -> Any:
    """Blocks of `block_size` × `block_size` pixels as channels. Raises ValueError for sizes below 2."""
    return _blocks(x, int(block_size), data_format, False)


def _blocks(x: Any, b: int, data_format: str, outwards: bool) -> Any:
    x, order = tensor(x), standardize_data_format(data_format)
    if b < 2:
        raise ValueError(f"`block_size` must be at least 2. Received: block_size={b}")
    if rank(x) != 4:
        raise ValueError(f"expected images of rank 4, got shape {dims(x)}")
    n, *rest = sizes(x)
    if order == "channels_last":
        h, w, c = rest
        if outwards:
            _refuse_rest(c, b * b)
            spread = transpose(reshape(x, (n, h, w, b, b, c // (b * b))), (0, 1, 3, 2, 4, 5))
            return reshape(spread, (n, h * b, w * b, c // (b * b)))
        _refuse_rest(h, b)
        _refuse_rest(w, b)
        packed = transpose(reshape(x, (n, h // b, b, w // b, b, c)), (0, 1, 3, 2, 4, 5))
        return reshape(packed, (n, h // b, w // b, b * b * c))
    c, h, w = rest
    if outwards:
        _refuse_rest(c, b * b)
        spread = transpose(reshape(x, (n, b, b, c // (b * b), h, w)), (0, 3, 4, 1, 5, 2))
        return reshape(spread, (n, c // (b * b), h * b, w * b))
    _refuse_rest(h, b)
    _refuse_rest(w, b)
    packed = transpose(reshape(x, (n, c, h // b, b, w // b, b)), (0, 3, 5, 1, 2, 4))
    return reshape(packed, (n, b * b * c, h // b, w // b))


def _refuse_rest(size: Any, by: int) -> None:
    if isinstance(size, int) and size % by:
        raise ValueError(f"a dimension of size {size} does not divide into blocks of {by}")

