"""Grayscale dilation and erosion: maxima of sums, minima of differences."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp, lax
from hornbeam.graph.call import composite, own_name
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import REALS, op
from hornbeam.graph.shapes import Dims
from hornbeam.ops import array, math, windows
from hornbeam.ops.conv import check_gradient
from hornbeam.ops.windows import Slide

_LAYOUT = windows.layout("NHWC", 2)


def _slide(attrs: dict[str, Any], window: Sequence[int | None]) -> Slide:
    windows.check_choice("Dilation2D", "padding", attrs["padding"], ("SAME", "VALID"))
    strides = windows.check_steps("strides", attrs["strides"], _LAYOUT)
    rates = windows.check_steps("rates", attrs["rates"], _LAYOUT)
    return Slide(tuple(window), strides, rates, attrs["padding"])


def _dims(attrs: dict[str, Any], x: Dims, w: Dims) -> Dims:
    windows.check_rank(x, 4)
    windows.check_rank(w, 3)
    slide = _slide(attrs, (None, None) if w is None else w[:2])
    x, w = x or (None,) * 4, w or (None,) * 3
    if x[3] is not None and w[2] is not None and x[3] != w[2]:
        raise ShapeFault(f"Dimensions must be equal, but are {x[3]} and {w[2]}",
                         f"input and filter must have the same depth: {x[3]} vs {w[2]}")
    return x[0], *slide.outputs(x[1:3]), w[2] if x[3] is None else x[3]


def _sums(x: Any, w: Any, slide: Slide) -> Any:
    """For each filter element in turn: its index, where it lies in the padded image, its sums, and which exist."""
    pads = ((0, 0), *slide.pads(x.shape[1:3]), (0, 0))
    outputs = slide.outputs(x.shape[1:3])
    padded = jnp.pad(x, pads)
    inside = jnp.pad(jnp.ones(x.shape[1:3], bool), pads[1:3])
    for tap in itertools.product(range(w.shape[0]), range(w.shape[1])):
        spans = tuple(slice(t * r, t * r + (n - 1) * s + 1, s) for t, r, n, s in
                      zip(tap, slide.dilations, outputs, slide.strides, strict=True))
        yield tap, spans, padded[:, spans[0], spans[1]] + w[tap], inside[spans][None, :, :, None]


def _lowest(dtype: Any) -> Any:
    return jnp.asarray(-jnp.inf if jnp.issubdtype(dtype, jnp.floating) else np.iinfo(dtype).min, dtype)


def _best(x: Any, w: Any, slide: Slide) -> tuple[Any, Any]:
    """The largest sum of each window, and the number of the first filter element that gives it."""
    best = jnp.full((x.shape[0], *slide.outputs(x.shape[1:3]), x.shape[3]), _lowest(x.dtype))
    number = jnp.full(best.shape, -1, jnp.int32)
    for k, (_, _, sums, exists) in enumerate(_sums(x, w, slide)):
        larger = exists & (sums > best)
        number = jnp.where(larger | (exists & (number < 0)), k, number)
        best = jnp.where(larger, sums, best)
    return best, number


_PLAIN = {"strides": (1, 1, 1, 1), "rates": (1, 1, 1, 1), "padding": "SAME"}
_APART = {"strides": (1, 2, 1, 1), "rates": (1, 1, 2, 1), "padding": "VALID"}


def _samples(rng: Any) -> Any:
    return [((rng.normal(size=(2, 4, 5, 2)), rng.normal(size=(2, 3, 2))), _PLAIN),
            ((rng.normal(size=(1, 4, 5, 2)), rng.normal(size=(2, 2, 2))), _APART)]


def _gradient_samples(rng: Any) -> Any:
    return [((*_samples(rng)[0][0], rng.normal(size=(2, 4, 5, 2))), _PLAIN),
            ((*_samples(rng)[1][0], rng.normal(size=(1, 2, 3, 2))), _APART)]


@op("Dilation2D", inputs="input: T, filter: T", T=REALS, samples=_samples)
def dilation2d_op(input, filter, *, strides: Any, rates: Any, padding: str):
    """max over a window of input + filter, channel by channel."""
    return _best(input, filter, _slide({"strides": strides, "rates": rates, "padding": padding}, filter.shape[:2]))[0]


@dilation2d_op.shape
def _(inputs, attrs):
    return [(_dims(attrs, inputs[0].dims, inputs[1].dims), inputs[0].dtype)]


@dilation2d_op.grad
def _(call, dy):
    x, w = call.inputs
    return (dilation2d_backprop_input(x, w, dy, **call.attrs), dilation2d_backprop_filter(x, w, dy, **call.attrs))


def _checked(op_type: str, inputs: Any, attrs: dict[str, Any]) -> None:
    x, w, dy = (i.dims for i in inputs)
    check_gradient(op_type, _dims(attrs, x, w), dy, (x, w))


_STEP = {"gradient": "a step where another element becomes the largest"}


@op("Dilation2DBackpropInput", inputs="input: T, filter: T, out_backprop: T", T=REALS, samples=_gradient_samples,
    waive=_STEP)
def dilation2d_backprop_input(input, filter, out_backprop, *, strides: Any, rates: Any, padding: str):
    """The gradient of `Dilation2D` in its input: at the element that gave each maximum."""
    slide = _slide({"strides": strides, "rates": rates, "padding": padding}, filter.shape[:2])
    _, number = _best(input, filter, slide)
    total, zero = jnp.zeros(input.shape, out_backprop.dtype), jnp.zeros((), out_backprop.dtype)
    pads = slide.pads(input.shape[1:3])
    for k, (_, spans, _, _) in enumerate(_sums(input, filter, slide)):
        share = jnp.where(number == k, out_backprop, zero)
        config = [(0, 0, 0)]
        for i, span in enumerate(spans):
            before = span.start - pads[i][0]
            reach = (out_backprop.shape[i + 1] - 1) * span.step + 1
            config.append((before, input.shape[i + 1] - before - reach, span.step - 1))
        total = total + lax.pad(share, zero, [*config, (0, 0, 0)])
    return total


@dilation2d_backprop_input.shape
def _(inputs, attrs):
    _checked("Dilation2DBackpropInput", inputs, attrs)
    return [(inputs[0].dims, inputs[0].dtype)]


@op("Dilation2DBackpropFilter", inputs="input: T, filter: T, out_backprop: T", T=REALS, samples=_gradient_samples,
    waive=_STEP)
def dilation2d_backprop_filter(input, filter, out_backprop, *, strides: Any, rates: Any, padding: str):
    """The gradient of `Dilation2D` in its filter: at the element that gave each maximum."""
    slide = _slide({"strides": strides, "rates": rates, "padding": padding}, filter.shape[:2])
    _, number = _best(input, filter, slide)
    zero = jnp.zeros((), out_backprop.dtype)
    shares = [jnp.sum(jnp.where(number == k, out_backprop, zero), (0, 1, 2), dtype=out_backprop.dtype)
              for k in range(filter.shape[0] * filter.shape[1])]
    return jnp.stack(shares).reshape(filter.shape)


@dilation2d_backprop_filter.shape
def _(inputs, attrs):
    _checked("Dilation2DBackpropFilter", inputs, attrs)
    return [(inputs[1].dims, inputs[1].dtype)]


@public(v2=("nn.dilation2d",))
def dilation2d(input: Any, filters: Any, strides: Sequence[int], padding: str, data_format: str,
               dilations: Sequence[int], name: str | None = None) -> Any:
    """Grayscale dilation: the maximum over a window of input + filter, channel by channel. Serra 1982.

    input: [batch, height, width, channels]. filters: [height, width, channels]. strides, dilations: one a dimension.
    padding: "VALID" or "SAME". data_format: "NHWC" (ValueError for another).
    """
    _only_nhwc(data_format)
    return dilation2d_op(input, filters, strides=tuple(strides), rates=tuple(dilations), padding=padding, name=name)


def _only_nhwc(data_format: str) -> None:
    if data_format != "NHWC":
        raise ValueError("`data_format` values other than 'NHWC' are not supported. "
                         f"Received: data_format={data_format}")


@public(v2=("nn.erosion2d",))
@composite("erosion2d")
def erosion2d(value: Any, filters: Any, strides: Sequence[int], padding: str, data_format: str,
              dilations: Sequence[int], name: str | None = None) -> Any:
    """Grayscale erosion: the minimum over a window of value - filter, channel by channel. Serra 1982.

    Arguments as for `dilation2d`; it is -dilation2d(-value, filter mirrored).
    """
    _only_nhwc(data_format)
    return eroded(value, filters, strides, dilations, padding)


def eroded(value: Any, filters: Any, strides: Sequence[int], rates: Sequence[int], padding: str) -> Any:
    """`erosion2d` of both generations."""
    mirrored = array.reverse(array.convert(filters), [0, 1])
    return math.negative(dilation2d_op(math.negative(value), mirrored, strides=tuple(strides), rates=tuple(rates),
                                       padding=padding, name=own_name()))
