"""The convolution ops and their gradients; `convolution.py` holds the functions users call.

Filters are [*space, in, out]. Gradients are ops of their own, linear in what they take, so each one's gradient is
another of the three: a convolution, its input's gradient, its filter's gradient.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp, lax
from hornbeam.graph import dtypes
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.op import FLOATS, INDEX, op
from hornbeam.graph.shapes import Dims
from hornbeam.ops import array, rules, windows
from hornbeam.ops.windows import Layout, Slide

_ONES = (1, 1, 1, 1)
_PADDINGS = ("SAME", "VALID", "EXPLICIT")
_WITH_INT32 = (*FLOATS, dtypes.int32)


# Shapes -----------------------------------------------------------------------------------------------


def sliding(op_type: str, attrs: dict[str, Any], window: Sequence[int | None]) -> tuple[Layout, Slide]:
    """The layout of an op's attributes, and how a filter of size `window` slides. Raises ShapeFault."""
    spatial = len(window)
    windows.check_choice(op_type, "padding", attrs["padding"], _PADDINGS if spatial == 2 else _PADDINGS[:2])
    windows.check_choice(op_type, "data_format", attrs["data_format"], windows.FORMATS[spatial])
    where = windows.layout(attrs["data_format"], spatial)
    strides = windows.check_steps("strides", attrs["strides"], where)
    dilations = windows.check_steps("dilations", attrs["dilations"], where)
    explicit = ()
    if attrs["padding"] == "EXPLICIT":
        explicit = windows.explicit_pads(attrs["explicit_paddings"], where)
    elif attrs.get("explicit_paddings"):
        raise ShapeFault("explicit_paddings attribute must be empty if the padding attribute is not EXPLICIT")
    return where, Slide(tuple(window), strides, dilations, attrs["padding"], explicit)


def conv_dims(op_type: str, attrs: dict[str, Any], x: Dims, w: Dims, spatial: int) -> Dims:
    """The dims of a convolution. Raises ShapeFault where input and filter do not fit."""
    windows.check_rank(x, spatial + 2)
    windows.check_rank(w, spatial + 2)
    window = (None,) * spatial if w is None else w[:spatial]
    where, slide = sliding(op_type, attrs, window)
    x = (None,) * (spatial + 2) if x is None else x
    w = (None,) * (spatial + 2) if w is None else w
    _check_groups(x[where.channel], w[-2], w[-1])
    return where.dims(x[0], slide.outputs(where.of_space(x)), w[-1])


def _check_groups(depth: int | None, filter_depth: int | None, out_depth: int | None) -> None:
    if depth is None or filter_depth is None:
        return
    if filter_depth == 0 or depth % filter_depth:
        raise ShapeFault(f"Depth of input ({depth}) is not a multiple of input depth of filter ({filter_depth})",
                         f"input depth must be evenly divisible by filter depth: {depth} vs {filter_depth}")
    groups = depth // filter_depth
    if out_depth is not None and groups and out_depth % groups:
        raise ShapeFault(f"Depth of output ({out_depth}) is not a multiple of the number of groups ({groups})",
                         f"output depth must be evenly divisible by number of groups: {out_depth} vs {groups}")


def check_gradient(op_type: str, expected: Dims, given: Dims, known: Sequence[Any], outputs: Any = None) -> None:
    """Raise ShapeFault where a gradient has not the shape of the output it belongs to. outputs: as ShapeFault's."""
    if expected is None or given is None:
        return
    if len(expected) != len(given):
        raise ShapeFault(f"Shape must be rank {len(expected)} but is rank {len(given)}",
                         f"{op_type}: out_backprop must be {len(expected)}-dimensional")
    for i, (a, b) in enumerate(zip(expected, given, strict=True)):
        if a is not None and b is not None and a != b:
            raise ShapeFault(f"Dimensions must be equal, but are {b} and {a}",
                             f"{op_type}: Size of out_backprop doesn't match computed: actual = {b}, computed = {a} "
                             f"dimension: {i} input: {rules.text(known[0])} filter: {rules.text(known[1])} "
                             f"output: {rules.text(given)}", outputs)


def known_sizes(described: Any) -> Dims:
    """What a shape argument tells while a graph is built."""
    if described.value is not None:
        return tuple(int(d) for d in np.reshape(described.value, -1))
    return described.partial


# The three forms of a convolution -------------------------------------------------------------------------


def _numbers(where: Layout) -> tuple[str, str, str]:
    last, first = windows.FORMATS[len(where.spatial)]
    x = first if where.channel == 1 else last
    return x, last[1:-1] + "IO", x


def convolve(x: Any, w: Any, where: Layout, slide: Slide) -> Any:
    """The convolution of arrays; as many groups as the filter's depth goes into the input's."""
    pads = slide.pads(where.of_space(x.shape))
    groups = x.shape[where.channel] // w.shape[-2] if w.shape[-2] else 1
    return lax.conv_general_dilated(x, w, slide.strides, pads, rhs_dilation=slide.dilations,
                                    dimension_numbers=_numbers(where), feature_group_count=groups)


def input_gradient(sizes: Sequence[int], w: Any, dy: Any, where: Layout, slide: Slide) -> Any:
    """The gradient of `convolve` in `x` of shape `sizes`."""
    if not jnp.issubdtype(w.dtype, jnp.inexact):  # integers have no transpose; products of int32 fit float64
        return input_gradient(sizes, w.astype(jnp.float64), dy.astype(jnp.float64), where, slide).astype(w.dtype)
    (found,) = jax.linear_transpose(lambda x: convolve(x, w, where, slide),
                                    jax.ShapeDtypeStruct(tuple(sizes), w.dtype))(dy)
    return found


def filter_gradient(x: Any, sizes: Sequence[int], dy: Any, where: Layout, slide: Slide) -> Any:
    """The gradient of `convolve` in `w` of shape `sizes`."""
    (found,) = jax.linear_transpose(lambda w: convolve(x, w, where, slide),
                                    jax.ShapeDtypeStruct(tuple(sizes), x.dtype))(dy)
    return found


def _forward(op_type: str, x: Any, w: Any, attrs: dict[str, Any]) -> Any:
    where, slide = sliding(op_type, attrs, w.shape[:-2])
    return convolve(x, w, where, slide)


def full_sizes(sizes: Any, w: Dims, dy: Dims, data_format: str) -> Any:
    """The input's dims from a shape argument, which may hold only the spatial ones."""
    if sizes is None or w is None or len(sizes) == len(w):
        return sizes
    if len(sizes) != len(w) - 2:
        raise ShapeFault(f"input_sizes must have {len(w)} or {len(w) - 2} entries, not {len(sizes)}")
    where = windows.layout(data_format, len(w) - 2)
    return where.dims(dy[0] if dy else None, sizes, w[-2])


def _to_input(op_type: str, input_sizes: Any, w: Any, dy: Any, attrs: dict[str, Any]) -> Any:
    sizes = full_sizes(tuple(int(d) for d in input_sizes), w.shape, dy.shape, attrs["data_format"])
    return input_gradient(sizes, w, dy, *sliding(op_type, attrs, w.shape[:-2]))


def _to_filter(op_type: str, x: Any, filter_sizes: Any, dy: Any, attrs: dict[str, Any]) -> Any:
    sizes = tuple(int(d) for d in filter_sizes)
    return filter_gradient(x, sizes, dy, *sliding(op_type, attrs, sizes[:-2]))


def _input_dims(op_type: str, inputs: Sequence[Any], attrs: dict[str, Any], spatial: int) -> Any:
    w, dy = inputs[1].dims, inputs[2].dims
    windows.check_rank(w, spatial + 2)
    windows.check_rank(dy, spatial + 2)
    sizes = full_sizes(known_sizes(inputs[0]), w, dy, attrs["data_format"])
    if sizes is None:
        sizes = (None,) * (spatial + 2)
    sized = [((dy[0] if sizes[0] is None and dy is not None else sizes[0], *sizes[1:]), inputs[1].dtype)]
    check_gradient(op_type, conv_dims(op_type, attrs, sizes, w, spatial), dy, (sizes, w), sized)
    return sized


def _filter_dims(op_type: str, inputs: Sequence[Any], attrs: dict[str, Any], spatial: int) -> Any:
    x, dy = inputs[0].dims, inputs[2].dims
    sizes = known_sizes(inputs[1])
    check_gradient(op_type, conv_dims(op_type, attrs, x, sizes, spatial), dy, (x, sizes))
    return [((None,) * (spatial + 2) if sizes is None else sizes, inputs[0].dtype)]


# Conv2D -----------------------------------------------------------------------------------------------

_USUAL = {"strides": (1, 1, 1, 1), "padding": "SAME"}
_ODD = {"strides": (1, 2, 1, 1), "padding": "VALID", "dilations": (1, 1, 2, 1)}
_FIRST = {"strides": (1, 1, 2, 3), "padding": "EXPLICIT", "explicit_paddings": (0, 0, 0, 0, 1, 0, 2, 1),
          "data_format": "NCHW"}


def _conv_samples(rng: Any) -> Any:
    return [((rng.normal(size=(2, 5, 4, 3)), rng.normal(size=(3, 2, 3, 2))), _USUAL),
            ((rng.normal(size=(1, 6, 7, 4)), rng.normal(size=(2, 3, 2, 4))), _ODD),
            ((rng.normal(size=(1, 3, 5, 6)), rng.normal(size=(2, 3, 3, 2))), _FIRST),
            ((rng.normal(size=(0, 5, 4, 3)), rng.normal(size=(3, 2, 3, 2))), _USUAL)]


@op("Conv2D", inputs="input: T, filter: T", T=_WITH_INT32, samples=_conv_samples)
def conv2d_op(input, filter, *, strides: Any, padding: str, use_cudnn_on_gpu: bool = True,
              explicit_paddings: Any = (), data_format: str = "NHWC", dilations: Any = _ONES):
    """A two-dimensional convolution (correlation, as networks call it) of images with filters [h, w, in, out]."""
    return _forward("Conv2D", input, filter, {
        "strides": strides, "padding": padding, "explicit_paddings": explicit_paddings, "data_format": data_format,
        "dilations": dilations})


@conv2d_op.shape
def _(inputs, attrs):
    return [(conv_dims("Conv2D", attrs, inputs[0].dims, inputs[1].dims, 2), inputs[0].dtype)]


@conv2d_op.grad
def _(call, dy):
    x, w = call.inputs
    return (conv2d_backprop_input_op(array.shape_op(x), w, dy, **call.attrs),
            conv2d_backprop_filter_op(x, array.shape_op(w), dy, **call.attrs))


@op("Conv2DBackpropInput", inputs="input_sizes: int32 static, filter: T, out_backprop: T", T=_WITH_INT32,
    samples=lambda rng: [
        ((np.array([2, 5, 4, 3], np.int32), rng.normal(size=(3, 2, 3, 2)), rng.normal(size=(2, 5, 4, 2))), _USUAL),
        ((np.array([1, 6, 7, 4], np.int32), rng.normal(size=(2, 3, 2, 4)), rng.normal(size=(1, 3, 3, 4))), _ODD)])
def conv2d_backprop_input_op(input_sizes, filter, out_backprop, *, strides: Any, padding: str,
                             use_cudnn_on_gpu: bool = True, explicit_paddings: Any = (), data_format: str = "NHWC",
                             dilations: Any = _ONES):
    """The gradient of `Conv2D` in its input, whose shape is `input_sizes`: a transposed convolution."""
    return _to_input("Conv2DBackpropInput", input_sizes, filter, out_backprop, {
        "strides": strides, "padding": padding, "explicit_paddings": explicit_paddings, "data_format": data_format,
        "dilations": dilations})


@conv2d_backprop_input_op.shape
def _(inputs, attrs):
    return _input_dims("Conv2DBackpropInput", inputs, attrs, 2)


@conv2d_backprop_input_op.grad
def _(call, dy):
    _, w, out = call.inputs
    return (None, conv2d_backprop_filter_op(dy, array.shape_op(w), out, **call.attrs),
            conv2d_op(dy, w, **call.attrs))


@op("Conv2DBackpropFilter", inputs="input: T, filter_sizes: int32 static, out_backprop: T", T=FLOATS,
    samples=lambda rng: [
        ((rng.normal(size=(2, 5, 4, 3)), np.array([3, 2, 3, 2], np.int32), rng.normal(size=(2, 5, 4, 2))), _USUAL),
        ((rng.normal(size=(1, 6, 7, 4)), np.array([2, 3, 2, 4], np.int32), rng.normal(size=(1, 3, 3, 4))), _ODD)])
def conv2d_backprop_filter_op(input, filter_sizes, out_backprop, *, strides: Any, padding: str,
                              use_cudnn_on_gpu: bool = True, explicit_paddings: Any = (), data_format: str = "NHWC",
                              dilations: Any = _ONES):
    """The gradient of `Conv2D` in its filter, whose shape is `filter_sizes`."""
    return _to_filter("Conv2DBackpropFilter", input, filter_sizes, out_backprop, {
        "strides": strides, "padding": padding, "explicit_paddings": explicit_paddings, "data_format": data_format,
        "dilations": dilations})


@conv2d_backprop_filter_op.shape
def _(inputs, attrs):
    return _filter_dims("Conv2DBackpropFilter", inputs, attrs, 2)


@conv2d_backprop_filter_op.grad
def _(call, dy):
    x, _, out = call.inputs
    return (conv2d_backprop_input_op(array.shape_op(x), dy, out, **call.attrs), None,
            conv2d_op(x, dy, **call.attrs))


# Conv3D -----------------------------------------------------------------------------------------------

_USUAL_3D = {"strides": (1, 1, 1, 1, 1), "padding": "SAME"}
_ODD_3D = {"strides": (1, 1, 1, 2, 1), "padding": "VALID", "data_format": "NCDHW"}


@op("Conv3D", inputs="input: T, filter: T", T=FLOATS,
    samples=lambda rng: [((rng.normal(size=(1, 3, 4, 2, 2)), rng.normal(size=(2, 2, 1, 2, 3))), _USUAL_3D),
                         ((rng.normal(size=(1, 2, 3, 4, 2)), rng.normal(size=(2, 2, 1, 2, 3))), _ODD_3D)])
def conv3d_op(input, filter, *, strides: Any, padding: str, data_format: str = "NDHWC", dilations: Any = (1, *_ONES)):
    """A three-dimensional convolution of volumes with filters [d, h, w, in, out]."""
    return _forward("Conv3D", input, filter, {
        "strides": strides, "padding": padding, "data_format": data_format, "dilations": dilations})


@conv3d_op.shape
def _(inputs, attrs):
    return [(conv_dims("Conv3D", attrs, inputs[0].dims, inputs[1].dims, 3), inputs[0].dtype)]


@conv3d_op.grad
def _(call, dy):
    x, w = call.inputs
    return (conv3d_backprop_input_op(array.shape_op(x), w, dy, **call.attrs),
            conv3d_backprop_filter_op(x, array.shape_op(w), dy, **call.attrs))


@op("Conv3DBackpropInputV2", inputs="input_sizes: Tshape static, filter: T, out_backprop: T", T=FLOATS, Tshape=INDEX,
    samples=lambda rng: [((np.array([1, 3, 4, 2, 2], np.int32), rng.normal(size=(2, 2, 1, 2, 3)),
                           rng.normal(size=(1, 3, 4, 2, 3))), _USUAL_3D)])
def conv3d_backprop_input_op(input_sizes, filter, out_backprop, *, strides: Any, padding: str,
                             data_format: str = "NDHWC", dilations: Any = (1, *_ONES)):
    """The gradient of `Conv3D` in its input, whose shape is `input_sizes`: a transposed convolution."""
    return _to_input("Conv3DBackpropInputV2", input_sizes, filter, out_backprop, {
        "strides": strides, "padding": padding, "data_format": data_format, "dilations": dilations})


@conv3d_backprop_input_op.shape
def _(inputs, attrs):
    return _input_dims("Conv3DBackpropInputV2", inputs, attrs, 3)


@conv3d_backprop_input_op.grad
def _(call, dy):
    _, w, out = call.inputs
    return (None, conv3d_backprop_filter_op(dy, array.shape_op(w), out, **call.attrs),
            conv3d_op(dy, w, **call.attrs))


@op("Conv3DBackpropFilterV2", inputs="input: T, filter_sizes: int32 static, out_backprop: T", T=FLOATS,
    samples=lambda rng: [((rng.normal(size=(1, 3, 4, 2, 2)), np.array([2, 2, 1, 2, 3], np.int32),
                           rng.normal(size=(1, 3, 4, 2, 3))), _USUAL_3D)])
def conv3d_backprop_filter_op(input, filter_sizes, out_backprop, *, strides: Any, padding: str,
                              data_format: str = "NDHWC", dilations: Any = (1, *_ONES)):
    """The gradient of `Conv3D` in its filter, whose shape is `filter_sizes`."""
    return _to_filter("Conv3DBackpropFilterV2", input, filter_sizes, out_backprop, {
        "strides": strides, "padding": padding, "data_format": data_format, "dilations": dilations})


@conv3d_backprop_filter_op.shape
def _(inputs, attrs):
    return _filter_dims("Conv3DBackpropFilterV2", inputs, attrs, 3)


@conv3d_backprop_filter_op.grad
def _(call, dy):
    x, _, out = call.inputs
    return (conv3d_backprop_input_op(array.shape_op(x), dy, out, **call.attrs), None,
            conv3d_op(x, dy, **call.attrs))
