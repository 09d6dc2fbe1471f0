"""Depthwise convolutions: every channel with its own filters [h, w, channels, multiplier].

Written as one multiplication and addition a filter element, which XLA fuses into one pass over the image; grouped
convolutions are 20 to 100 times slower on the CPU.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp, lax
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.op import FLOATS, op
from hornbeam.graph.shapes import Dims
from hornbeam.ops import array, windows
from hornbeam.ops.conv import check_gradient, known_sizes, sliding
from hornbeam.ops.windows import Layout, Slide

_MANY_TAPS = 64
"""Larger filters go through a grouped convolution: the program would grow with each element."""


def _dims(op_type: str, attrs: dict[str, Any], x: Dims, w: Dims) -> Dims:
    """The dims of a depthwise convolution. Raises ShapeFault where input and filter do not fit."""
    windows.check_rank(x, 4)
    windows.check_rank(w, 4)
    where, slide = sliding(op_type, attrs, (None, None) if w is None else w[:2])
    x, w = x or (None,) * 4, w or (None,) * 4
    depth, filters = x[where.channel], w[2]
    if depth is not None and filters is not None and depth != filters:
        raise ShapeFault(f"Dimensions must be equal, but are {depth} and {filters}",
                         f"input depth must be evenly divisible by filter depth: {depth} vs {filters}")
    depth = filters if depth is None else depth
    out = None if depth is None or w[3] is None else depth * w[3]
    return where.dims(x[0], slide.outputs(where.of_space(x)), out)


def _convolve(x: Any, w: Any, where: Layout, slide: Slide) -> Any:
    pads = slide.pads(where.of_space(x.shape))
    height, width, depth, multiplier = w.shape
    if height * width > _MANY_TAPS:
        spec = ("NCHW", "HWIO", "NCHW") if where.channel == 1 else ("NHWC", "HWIO", "NHWC")
        return lax.conv_general_dilated(x, w.reshape(height, width, 1, depth * multiplier), slide.strides, pads,
                                        rhs_dilation=slide.dilations, dimension_numbers=spec,
                                        feature_group_count=depth)
    wide = jnp.float32 if x.dtype.itemsize == 2 else x.dtype
    outputs = slide.outputs(where.of_space(x.shape))
    every = [(0, 0)] * 4
    for i, pad in zip(where.spatial, pads, strict=True):
        every[i] = pad
    padded = jnp.pad(x, every)
    total = jnp.zeros((), wide)
    for tap in itertools.product(range(height), range(width)):
        index: list[Any] = [slice(None)] * 4
        for k, i in enumerate(where.spatial):
            start = tap[k] * slide.dilations[k]
            index[i] = slice(start, start + (outputs[k] - 1) * slide.strides[k] + 1, slide.strides[k])
        total = total + _products(padded[tuple(index)].astype(wide), w[tap].astype(wide), where)
    shape = where.dims(x.shape[0], outputs, depth * multiplier)
    return jnp.reshape(total, shape).astype(x.dtype)


def _products(part: Any, weights: Any, where: Layout) -> Any:
    """Each channel of `part` times its `weights` [channels, multiplier]; the multiplier's axis comes right after."""
    if weights.shape[1] == 1:
        weights = weights[:, 0]
        return part * (weights[:, None, None] if where.channel == 1 else weights)
    if where.channel == 1:
        return part[:, :, None] * weights[:, :, None, None]
    return part[..., None] * weights


_ONES = (1, 1, 1, 1)
_USUAL = {"strides": _ONES, "padding": "SAME"}
_ODD = {"strides": (1, 1, 2, 2), "padding": "VALID", "data_format": "NCHW"}


@op("DepthwiseConv2dNative", inputs="input: T, filter: T", T=FLOATS,
    samples=lambda rng: [((rng.normal(size=(2, 5, 4, 3)), rng.normal(size=(3, 2, 3, 2))), _USUAL),
                         ((rng.normal(size=(1, 3, 5, 6)), rng.normal(size=(2, 3, 3, 1))), _ODD)])
def depthwise_conv2d_op(input, filter, *, strides: Any, padding: str, explicit_paddings: Any = (),
                        data_format: str = "NHWC", dilations: Any = _ONES):
    """Each channel convolved with its own filters; channel c gives outputs c·multiplier and on."""
    attrs = {"strides": strides, "padding": padding, "explicit_paddings": explicit_paddings,
             "data_format": data_format, "dilations": dilations}
    return _convolve(input, filter, *sliding("DepthwiseConv2dNative", attrs, filter.shape[:2]))


@depthwise_conv2d_op.shape
def _(inputs, attrs):
    return [(_dims("DepthwiseConv2dNative", attrs, inputs[0].dims, inputs[1].dims), inputs[0].dtype)]


@depthwise_conv2d_op.grad
def _(call, dy):
    x, w = call.inputs
    return (depthwise_backprop_input_op(array.shape_op(x), w, dy, **call.attrs),
            depthwise_backprop_filter_op(x, array.shape_op(w), dy, **call.attrs))


@op("DepthwiseConv2dNativeBackpropInput", inputs="input_sizes: int32 static, filter: T, out_backprop: T", T=FLOATS,
    samples=lambda rng: [((np.array([2, 5, 4, 3], np.int32), rng.normal(size=(3, 2, 3, 2)),
                           rng.normal(size=(2, 5, 4, 6))), _USUAL)])
def depthwise_backprop_input_op(input_sizes, filter, out_backprop, *, strides: Any, padding: str,
                                explicit_paddings: Any = (), data_format: str = "NHWC", dilations: Any = _ONES):
    """The gradient of `DepthwiseConv2dNative` in its input, whose shape is `input_sizes`."""
    attrs = {"strides": strides, "padding": padding, "explicit_paddings": explicit_paddings,
             "data_format": data_format, "dilations": dilations}
    sizes = tuple(int(d) for d in input_sizes)
    where, slide = sliding("DepthwiseConv2dNativeBackpropInput", attrs, filter.shape[:2])
    (found,) = jax.linear_transpose(lambda x: _convolve(x, filter, where, slide),
                                    jax.ShapeDtypeStruct(sizes, filter.dtype))(out_backprop)
    return found


@depthwise_backprop_input_op.shape
def _(inputs, attrs):
    sizes = known_sizes(inputs[0]) or (None,) * 4
    expected = _dims("DepthwiseConv2dNativeBackpropInput", attrs, sizes, inputs[1].dims)
    check_gradient("DepthwiseConv2dNativeBackpropInput", expected, inputs[2].dims, (sizes, inputs[1].dims))
    return [(sizes, inputs[1].dtype)]


@depthwise_backprop_input_op.grad
def _(call, dy):
    _, w, out = call.inputs
    return (None, depthwise_backprop_filter_op(dy, array.shape_op(w), out, **call.attrs),
            depthwise_conv2d_op(dy, w, **call.attrs))


@op("DepthwiseConv2dNativeBackpropFilter", inputs="input: T, filter_sizes: int32 static, out_backprop: T", T=FLOATS,
    samples=lambda rng: [((rng.normal(size=(2, 5, 4, 3)), np.array([3, 2, 3, 2], np.int32),
                           rng.normal(size=(2, 5, 4, 6))), _USUAL)])
def depthwise_backprop_filter_op(input, filter_sizes, out_backprop, *, strides: Any, padding: str,
                                 explicit_paddings: Any = (), data_format: str = "NHWC", dilations: Any = _ONES):
    """The gradient of `DepthwiseConv2dNative` in its filter, whose shape is `filter_sizes`."""
    attrs = {"strides": strides, "padding": padding, "explicit_paddings": explicit_paddings,
             "data_format": data_format, "dilations": dilations}
    sizes = tuple(int(d) for d in filter_sizes)
    where, slide = sliding("DepthwiseConv2dNativeBackpropFilter", attrs, sizes[:2])
    (found,) = jax.linear_transpose(lambda w: _convolve(input, w, where, slide),
                                    jax.ShapeDtypeStruct(sizes, input.dtype))(out_backprop)
    return found


@depthwise_backprop_filter_op.shape
def _(inputs, attrs):
    sizes = known_sizes(inputs[1]) or (None,) * 4
    expected = _dims("DepthwiseConv2dNativeBackpropFilter", attrs, inputs[0].dims, sizes)
    check_gradient("DepthwiseConv2dNativeBackpropFilter", expected, inputs[2].dims, (inputs[0].dims, sizes))
    return [(sizes, inputs[0].dtype)]


@depthwise_backprop_filter_op.grad
def _(call, dy):
    x, _, out = call.inputs
    return (depthwise_backprop_input_op(array.shape_op(x), dy, out, **call.attrs), None,
            depthwise_conv2d_op(x, dy, **call.attrs))
