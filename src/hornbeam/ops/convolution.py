"""Convolutions as users call them: one, two and three dimensions, transposed, dilated, separable.

`conv.py` and `depthwise.py` hold the ops.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hornbeam.graph.call import composite, own_name
from hornbeam.graph.names import public
from hornbeam.graph.shapes import TensorShape
from hornbeam.ops import array, random
from hornbeam.ops.conv import (
    conv2d_backprop_filter_op,
    conv2d_backprop_input_op,
    conv2d_op,
    conv3d_backprop_filter_op,
    conv3d_backprop_input_op,
    conv3d_op,
)
from hornbeam.ops.depthwise import depthwise_backprop_filter_op, depthwise_backprop_input_op, depthwise_conv2d_op
from hornbeam.ops.windows import FORMATS, format_of, full_list, layout, split_padding


def with_batch_dims(x: Any, inner: int, compute: Callable[[Any], Any]) -> Any:
    """`compute` of a tensor whose leading dimensions, all but the last `inner`, are taken as one batch."""
    dims = x.dims
    if dims is None or len(dims) <= inner + 1:
        return compute(x)
    lead, rest = dims[:-inner], dims[-inner:]
    known = None not in rest
    flat = array.reshape(x, [-1, *rest] if known else array.concat([[-1], array.shape_op(x)[len(lead):]], 0))
    result = compute(flat)
    tail = result.dims[1:] if result.dims is not None else (None,)
    if None not in lead and None not in tail:
        return array.reshape(result, [*lead, *tail])
    return array.reshape(result, array.concat([array.shape_op(x)[:len(lead)], array.shape_op(result)[1:]], 0))


def _channel_axis(data_format: str) -> int:
    return 1 if data_format[1:2] == "C" else -1


# Plain ------------------------------------------------------------------------------------------------


@public(v2=("nn.conv2d",))
def conv2d(input: Any, filters: Any, strides: Any, padding: Any, data_format: str = "NHWC", dilations: Any = None,
           name: str | None = None) -> Any:
    """The convolution of images with filters: Σ over the window of input · filter (not mirrored).

    input: [..., height, width, channels], or [..., channels, height, width] with `data_format` "NCHW"; leading
    dimensions are the batch. filters: [height, width, in, out], same dtype; `in` divides the channels, which go in
    channels / in groups. strides, dilations: a number, one each for height and width, or one a dimension.
    padding: "VALID", "SAME" (the output has size ⌈input / stride⌉; an odd element is padded after), or a list of
    pairs, one a dimension. Returns [..., height, width, out].
    Raises ValueError (in graphs) or InvalidArgumentError where shapes do not fit.

    >>> conv2d([[[[1.0], [2.0], [3.0]]]], [[[[1.0]], [[1.0]]]], 1, "VALID").numpy().reshape(-1).tolist()
    [3.0, 5.0]
    """
    return plain_conv2d(input, filters, strides, padding, data_format, dilations, name)


def plain_conv2d(input: Any, filters: Any, strides: Any, padding: Any, data_format: str | None, dilations: Any,
                 name: str | None) -> Any:
    """`conv2d` of both generations."""
    order = format_of(data_format, 2)
    kind, explicit = split_padding(padding)
    channel = _channel_axis(order)
    x = array.convert(input)
    return with_batch_dims(x, 3, lambda images: conv2d_op(
        images, filters, strides=full_list(strides, 2, channel, "strides"), padding=kind, explicit_paddings=explicit,
        data_format=order, dilations=full_list(dilations, 2, channel, "dilations"), name=name))


@public(v2=("nn.conv1d",))
@composite("conv1d")
def conv1d(input: Any, filters: Any, stride: Any, padding: Any, data_format: str = "NWC", dilations: Any = None,
           name: str | None = None) -> Any:
    """The convolution of sequences with filters.

    input: [..., width, channels], or [..., channels, width] with "NCW". filters: [width, in, out]. stride, dilations:
    numbers. padding: "VALID", "SAME", or a list of pairs, one a dimension. Returns [..., width, out].
    """
    return plain_conv1d(input, filters, stride, padding, data_format, dilations)


def plain_conv1d(input: Any, filters: Any, stride: Any, padding: Any, data_format: str | None, dilations: Any) -> Any:
    """`conv1d` of both generations, as `Conv2D` of images one pixel high."""
    order = {"NHWC": "NWC", "NCHW": "NCW"}.get(data_format or "NWC", data_format or "NWC")
    if order not in FORMATS[1]:
        raise ValueError("`data_format` must be 'NWC' or 'NCW'. Received: data_format=" + str(data_format))
    kind, explicit = _padding_1d(padding, order)
    channel = _channel_axis(order)
    strides, steps = _in_two(stride, channel, "stride"), _in_two(dilations, channel, "dilations")
    axis = -2 if channel == 1 else -3
    kernel = array.expand_dims(filters, 0)

    def compute(images: Any) -> Any:
        return conv2d_op(images, kernel, strides=strides, padding=kind, explicit_paddings=explicit,
                         data_format=FORMATS[2][channel == 1], dilations=steps, name=own_name())

    found = with_batch_dims(array.expand_dims(input, axis), 3, compute)
    return array.squeeze(found, [axis])


def _in_two(value: Any, channel: int, what: str) -> tuple[int, ...]:
    """Steps along a sequence as steps along images one pixel high."""
    listed = full_list(value, 1, channel, what)
    return (listed[0], listed[1], 1, listed[2]) if channel == 1 else (listed[0], 1, *listed[1:])


def _padding_1d(padding: Any, order: str) -> tuple[str, tuple[int, ...]]:
    kind, flat = split_padding(padding, 3)
    if kind != "EXPLICIT":
        return kind, ()
    at = 4 if order == "NCW" else 2
    return kind, (*flat[:at], 0, 0, *flat[at:])


@public(v2=("nn.conv3d",))
def conv3d(input: Any, filters: Any, strides: Any, padding: str, data_format: str = "NDHWC", dilations: Any = None,
           name: str | None = None) -> Any:
    """The convolution of volumes with filters.

    input: [batch, depth, height, width, channels], or channels second with "NCDHW". filters: [depth, height, width,
    in, out]. strides, dilations: one a dimension (or a number, or three). padding: "VALID" or "SAME".
    """
    order = format_of(data_format, 3)
    channel = _channel_axis(order)
    return with_batch_dims(array.convert(input), 4, lambda volumes: conv3d_op(
        volumes, filters, strides=full_list(strides, 3, channel, "strides"), padding=padding, data_format=order,
        dilations=full_list(dilations, 3, channel, "dilations"), name=name))


@public(v2=("nn.convolution",))
@composite("convolution")
def convolution(input: Any, filters: Any, strides: Any = None, padding: Any = "VALID", data_format: str | None = None,
                dilations: Any = None, name: str | None = None) -> Any:
    """A convolution in as many dimensions (1, 2, 3) as the filters have.

    input: [batch, ...space, channels], or channels second where `data_format` starts with "NC". filters: [...space,
    in, out]. strides, dilations: numbers, or one a spatial dimension; not both above 1 (ValueError).
    padding: "VALID", "SAME" or a list of pairs.
    """
    return any_convolution(input, filters, strides, padding, data_format, dilations)


def any_convolution(input: Any, filters: Any, strides: Any, padding: Any, data_format: str | None,
                    dilations: Any) -> Any:
    """`convolution` of both generations."""
    x, w = array.convert(input), array.convert(filters)
    spatial = _spatial(w, x)
    order = format_of(data_format, spatial)
    steps, rates = _per_space(strides, spatial, "strides"), _per_space(dilations, spatial, "dilations")
    if max(steps) > 1 and max(rates) > 1:
        raise ValueError("`strides > 1` not supported in conjunction with `dilation_rate > 1`. "
                         f"Received: strides={list(steps)} and dilation_rate={list(rates)}")
    if spatial == 1:
        return plain_conv1d(x, w, steps, padding, order, rates)
    if spatial == 2:
        return plain_conv2d(x, w, steps, padding, order, rates, own_name())
    return conv3d(x, w, steps, padding, order, rates, name=own_name())


def _spatial(w: Any, x: Any) -> int:
    """The number of spatial dimensions. Raises ValueError where neither filters nor input tell."""
    dims = w.dims if w.dims is not None else x.dims
    if dims is None:
        raise ValueError("Rank of `input` or `filters` must be known")
    if len(dims) - 2 not in FORMATS:
        raise ValueError("`filters` must be of rank 3, 4 or 5. Received: rank " + str(len(dims)))
    return len(dims) - 2


def _per_space(values: Any, spatial: int, what: str) -> tuple[int, ...]:
    return full_list(values, spatial, -1, what)[1:-1]


@public("nn.atrous_conv2d")
def atrous_conv2d(value: Any, filters: Any, rate: int, padding: str, name: str | None = None) -> Any:
    """`conv2d` with filters whose elements stand `rate` apart. Yu and Koltun 2016; Chen et al. 2018.

    value: [batch, height, width, in]. filters: [height, width, in, out]. rate: 1 or more. padding: "VALID" or "SAME".
    """
    return convolution(value, filters, padding=padding, dilations=[rate, rate], name=name)


# Transposed -------------------------------------------------------------------------------------------


def sizes(shape: Any) -> Any:
    """An output shape (numbers, a TensorShape, a tensor) as an int32 tensor or array."""
    if isinstance(shape, TensorShape):
        shape = shape.as_list()
    if isinstance(shape, (list, tuple)) and all(isinstance(d, (int, np.integer)) for d in shape):
        return np.array(shape, np.int32)
    return random.shape_tensor(shape)


@public(v2=("nn.conv2d_transpose",))
@composite("conv2d_transpose")
def conv2d_transpose(input: Any, filters: Any, output_shape: Any, strides: Any, padding: Any = "SAME",
                     data_format: str = "NHWC", dilations: Any = None, name: str | None = None) -> Any:
    """The transpose of `conv2d` (its gradient in the input), which makes images larger. Zeiler et al. 2010.

    input: [batch, height, width, in]. filters: [height, width, out, in]. output_shape: of the result, which fits the
    input: a convolution of the result with these strides and padding has the input's shape.
    """
    return transposed_conv2d(input, filters, output_shape, strides, padding, data_format, dilations)


def transposed_conv2d(input: Any, filters: Any, output_shape: Any, strides: Any, padding: Any, data_format: str | None,
                      dilations: Any) -> Any:
    """`conv2d_transpose` of both generations."""
    order = format_of(data_format, 2)
    channel = _channel_axis(order)
    kind, explicit = split_padding(padding)
    return conv2d_backprop_input_op(
        sizes(output_shape), filters, input, strides=full_list(strides, 2, channel, "strides"), padding=kind,
        explicit_paddings=explicit, data_format=order, dilations=full_list(dilations, 2, channel, "dilations"),
        name=own_name())


@public("nn.conv1d_transpose")
@composite("conv1d_transpose")
def conv1d_transpose(input: Any, filters: Any, output_shape: Any, strides: Any, padding: str = "SAME",
                     data_format: str = "NWC", dilations: Any = None, name: str | None = None) -> Any:
    """The transpose of `conv1d`, which makes sequences longer.

    input: [batch, width, in]. filters: [width, out, in]. output_shape: of the result, [batch, width, out].
    """
    order = format_of(data_format, 1)
    if order not in FORMATS[1]:
        raise ValueError(f"`data_format` must be 'NWC' or 'NCW'. Received: data_format={data_format}")
    channel = _channel_axis(order)
    axis = 2 if channel == 1 else 1
    shape = sizes(output_shape)
    images = np.insert(shape, axis, 1) if isinstance(shape, np.ndarray) else array.concat(
        [shape[:axis], [1], shape[axis:]], 0)
    found = conv2d_backprop_input_op(
        images, array.expand_dims(filters, 0), array.expand_dims(input, axis), padding=padding,
        strides=_in_two(strides, channel, "strides"), data_format=FORMATS[2][channel == 1],
        dilations=_in_two(dilations, channel, "dilations"), name=own_name())
    return array.squeeze(found, [axis])


@public(v2=("nn.conv3d_transpose",))
@composite("conv3d_transpose")
def conv3d_transpose(input: Any, filters: Any, output_shape: Any, strides: Any, padding: str = "SAME",
                     data_format: str = "NDHWC", dilations: Any = None, name: str | None = None) -> Any:
    """The transpose of `conv3d`, which makes volumes larger.

    input: [batch, depth, height, width, in]. filters: [depth, height, width, out, in]. output_shape: of the result.
    """
    return transposed_conv3d(input, filters, output_shape, strides, padding, data_format, dilations)


def transposed_conv3d(input: Any, filters: Any, output_shape: Any, strides: Any, padding: str,
                      data_format: str | None, dilations: Any) -> Any:
    """`conv3d_transpose` of both generations."""
    order = format_of(data_format, 3)
    channel = _channel_axis(order)
    return conv3d_backprop_input_op(
        sizes(output_shape), filters, input, strides=full_list(strides, 3, channel, "strides"), padding=padding,
        data_format=order, dilations=full_list(dilations, 3, channel, "dilations"), name=own_name())


@public("nn.conv_transpose")
@composite("conv_transpose")
def conv_transpose(input: Any, filters: Any, output_shape: Any, strides: Any, padding: str = "SAME",
                   data_format: str | None = None, dilations: Any = None, name: str | None = None) -> Any:
    """The transpose of `convolution` in as many dimensions (1, 2, 3) as the filters have.

    input: [batch, ...space, in]. filters: [...space, out, in]. output_shape: of the result.
    """
    spatial = _spatial(array.convert(filters), array.convert(input))
    apply = {1: conv1d_transpose, 2: conv2d_transpose, 3: conv3d_transpose}[spatial]
    return apply(input, filters, output_shape, strides, padding, format_of(data_format, spatial), dilations,
                 name=own_name())


@public("nn.atrous_conv2d_transpose")
@composite("atrous_conv2d_transpose")
def atrous_conv2d_transpose(value: Any, filters: Any, output_shape: Any, rate: int, padding: str,
                            name: str | None = None) -> Any:
    """The transpose of `atrous_conv2d`.

    value: [batch, height, width, in]. filters: [height, width, out, in]. output_shape: of the result. rate: 1 or more.
    """
    if padding not in ("SAME", "VALID"):
        raise ValueError(f"`padding` must be 'SAME' or 'VALID'. Received: padding={padding}")
    return conv2d_backprop_input_op(sizes(output_shape), filters, value, strides=(1, 1, 1, 1), padding=padding,
                                    dilations=(1, rate, rate, 1))


# Depthwise and separable -------------------------------------------------------------------------------


@public(v2=("nn.depthwise_conv2d",))
@composite("depthwise")
def depthwise_conv2d(input: Any, filter: Any, strides: Sequence[int], padding: Any, data_format: str | None = None,
                     dilations: Any = None, name: str | None = None) -> Any:
    """Each channel convolved with its own filters.

    input: [batch, height, width, channels] or, with "NCHW", channels second. filter: [height, width, channels,
    multiplier]. strides: one a dimension. dilations: one number or two; above 1 only where the strides are 1.
    Returns [batch, height, width, channels · multiplier].
    """
    return by_channel(input, filter, strides, padding, data_format, dilations)


def by_channel(input: Any, filter: Any, strides: Any, padding: Any, data_format: str | None, dilations: Any,
               name: str | None = None) -> Any:
    """`depthwise_conv2d` of both generations. Raises ValueError for strides and dilations that are both above 1."""
    order = format_of(data_format, 2)
    channel = _channel_axis(order)
    kind, explicit = split_padding(padding)
    steps, rates = full_list(strides, 2, channel, "strides"), full_list(dilations, 2, channel, "dilations")
    if max(rates) > 1 and max(steps) > 1:
        raise ValueError("`strides > 1` not supported in conjunction with `dilations > 1`. "
                         f"Received: strides={strides} and dilations={dilations}")
    return depthwise_conv2d_op(input, filter, strides=steps, padding=kind, explicit_paddings=explicit,
                               data_format=order, dilations=rates, name=name or own_name())


@public(v2=("nn.separable_conv2d",))
@composite("separable_conv2d")
def separable_conv2d(input: Any, depthwise_filter: Any, pointwise_filter: Any, strides: Sequence[int], padding: Any,
                     data_format: str | None = None, dilations: Any = None, name: str | None = None) -> Any:
    """A depthwise convolution followed by one of 1 × 1 filters. Chollet 2017.

    depthwise_filter: [height, width, channels, multiplier]. pointwise_filter: [1, 1, channels · multiplier, out].
    strides: one a dimension. Returns [batch, height, width, out].
    """
    return separable(input, depthwise_filter, pointwise_filter, strides, padding, data_format, dilations)


def separable(input: Any, depthwise_filter: Any, pointwise_filter: Any, strides: Any, padding: Any,
              data_format: str | None, dilations: Any) -> Any:
    """`separable_conv2d` of both generations. Raises ValueError for a pointwise filter that is none."""
    points = array.convert(pointwise_filter)
    if points.dims is not None and (len(points.dims) != 4 or any(d not in (1, None) for d in points.dims[:2])):
        raise ValueError(f"`pointwise_filter` must have shape [1, 1, in, out]. Received: shape={points.shape}")
    own = own_name()
    inner = by_channel(input, depthwise_filter, strides, padding, data_format, dilations, name="depthwise")
    return conv2d_op(inner, points, strides=(1, 1, 1, 1), padding="VALID", data_format=format_of(data_format, 2),
                     name=own)


# Gradients that users call ------------------------------------------------------------------------------


@public("nn.depthwise_conv2d_backprop_input",
        v1=("nn.depthwise_conv2d_native_backprop_input",))
def depthwise_conv2d_backprop_input(input_sizes: Any, filter: Any, out_backprop: Any, strides: Sequence[int],
                                    padding: Any, data_format: str = "NHWC", dilations: Sequence[int] = (1, 1, 1, 1),
                                    name: str | None = None) -> Any:
    """The gradient of `depthwise_conv2d` in its input, whose shape is `input_sizes`."""
    kind, explicit = split_padding(padding)
    return depthwise_backprop_input_op(sizes(input_sizes), filter, out_backprop, strides=tuple(strides), padding=kind,
                                       explicit_paddings=explicit, data_format=data_format,
                                       dilations=tuple(dilations), name=name)


@public("nn.depthwise_conv2d_backprop_filter",
        v1=("nn.depthwise_conv2d_native_backprop_filter",))
def depthwise_conv2d_backprop_filter(input: Any, filter_sizes: Any, out_backprop: Any, strides: Sequence[int],
                                     padding: Any, data_format: str = "NHWC", dilations: Sequence[int] = (1, 1, 1, 1),
                                     name: str | None = None) -> Any:
    """The gradient of `depthwise_conv2d` in its filter, whose shape is `filter_sizes`."""
    kind, explicit = split_padding(padding)
    return depthwise_backprop_filter_op(input, sizes(filter_sizes), out_backprop, strides=tuple(strides), padding=kind,
                                        explicit_paddings=explicit, data_format=data_format,
                                        dilations=tuple(dilations), name=name)


__all__ = ["conv2d_backprop_filter_op", "conv3d_backprop_filter_op", "layout"]
