"""Convolutions and their gradients through oneDNN: grouped, dilated, depthwise, in one to three dimensions.

The kernels have the channels last; images that have them first are turned around them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, final

import numpy as np

from hornbeam.backend.lazy import jnp
from hornbeam.kernels import library
from hornbeam.kernels.fusion import After, masked, rectified
from hornbeam.kernels.selection import Kernel, call, computes_in, forced, kernel, known_dims, written_out
from hornbeam.ops import conv, depthwise
from hornbeam.ops.windows import Layout

SMALL = 10_000
"""Multiplications up to which XLA's own loops are taken."""
_FEW_CHANNELS = 4
_TILE, _FEWEST_TILES, _FEWEST_CHANNELS, _FULL = 4, 48, 32, 0.65
"""The size of a tile of results, and from how many, of how many channels, how full of results, tiles pay."""
_MOST_FILTERS, _FILTERS_OF_TILE = 2**18, 2**11
"""Filters that are transformed, of one channel each: at most so many, in all and for each tile."""
_FORWARD, _TO_INPUT, _TO_FILTER = range(3)
_TARGETS = ("hornbeam_convolution", "hornbeam_convolution_to_input", "hornbeam_convolution_to_filter")

Dims = tuple[int, ...]


@final
class _Convolution(NamedTuple):
    """One convolution with the channels last: sizes of its three arrays, and how the filter slides."""

    where: Layout
    x: Dims
    w: Dims
    y: Dims
    groups: int
    strides: Dims
    dilations: Dims
    before: Dims
    after: Dims

    @property
    def work(self) -> int:
        """Multiplications of the forward form; each gradient has as many."""
        return math.prod(self.y) * math.prod(self.w[:-1])

    def pays(self, form: int, dtype: np.dtype[Any]) -> bool:
        """Measured against XLA: 1.1 to 3 times as fast in general, 3 to 20 for a filter's gradient, 10 to 3000 in
        groups; three forms are faster as XLA has them.

        In bfloat16, which XLA computes in float32, every form: 1.3 to 3 times as fast where small, else 2.3 to 14.
        """
        if dtype != np.float32:
            return self.work > SMALL
        depth = self.x[-1]
        by_channel = self.groups == depth > 1
        if form == _TO_INPUT and (depth <= _FEW_CHANNELS or (by_channel and self.w[-1] == depth
                                                             and max(self.strides) > 1)):
            return False
        if form == _FORWARD and by_channel and self.w[-1] != depth:
            return False
        return self.work > SMALL

    def attributes(self, form: int, dtype: np.dtype[Any]) -> dict[str, Any]:
        """What a kernel is told besides its arrays."""
        lists = {n: np.array(getattr(self, n), np.int64) for n in ("strides", "dilations", "before", "after")}
        return {"groups": np.int64(self.groups), **lists, "in_tiles": self.in_tiles(form, dtype)}

    def in_tiles(self, form: int, dtype: np.dtype[Any]) -> bool:
        """Whether a quarter of the multiplications, and the transforms they take, pay (`native/winograd.cc`).

        Measured against the sums written out: 1.3 to 2.5 times as fast in general, 1.0 to 1.2 at the limits given here,
        less beyond them.
        """
        results = self.x if form == _TO_INPUT else self.y
        if dtype != np.float32 or self.w[:-2] != (3, 3) or self.groups != 1 or written_out():
            return False
        if max(self.strides) > 1 or max(self.dilations) > 1 or min(self.x[-1], self.y[-1]) < _FEWEST_CHANNELS:
            return False
        tiles = results[0] * -(-results[1] // _TILE) * -(-results[2] // _TILE)
        filters = self.x[-1] * self.y[-1]
        if tiles < _FEWEST_TILES or filters > min(_MOST_FILTERS, _FILTERS_OF_TILE * tiles):
            return False
        return math.prod(results[:-1]) >= _FULL * tiles * _TILE**2

    def name(self, form: int, bits: int) -> str:
        """What oneDNN calls its implementation of one of the three forms; empty where it has none."""
        sizes = (*self.x, *self.w, *self.y, *self.strides, *self.dilations, *self.before, *self.after)
        return library.convolution_name(form, self.groups, len(self.strides), sizes, bits)


def _last(dims: Sequence[int], where: Layout) -> Dims:
    return tuple(dims) if where.channel != 1 else (dims[0], *dims[2:], dims[1])


def _described(op_type: str, attrs: dict[str, Any], x: Dims, w: Dims) -> _Convolution:
    where, slide = conv.sliding(op_type, attrs, w[:-2])
    space = where.of_space(x)
    depth, outputs = x[where.channel], slide.outputs(space)
    if op_type.startswith("Depthwise"):
        w = (*w[:-2], 1, w[-2] * w[-1])
    pads = slide.pads(space)
    return _Convolution(where, _last(x, where), w, (x[0], *outputs, w[-1]), depth // w[-2] if w[-2] else 0,
                        slide.strides, slide.dilations, tuple(p[0] for p in pads), tuple(p[1] for p in pads))


def _suits(found: _Convolution, form: int, *arrays: Any) -> bool:
    dtype = arrays[0].dtype
    if any(a.dtype != dtype for a in arrays) or not computes_in(dtype) or not found.work or not found.groups:
        return False
    name = found.name(form, 8 * dtype.itemsize)
    return bool(name) and (forced() or (not name.startswith("ref") and found.pays(form, dtype)))


def _call(form: int, found: _Convolution, result: Dims, *arrays: Any, with_relu: bool = False) -> Any:
    target = _TARGETS[form] + ("_relu" if with_relu else "")
    dtype = arrays[0].dtype
    return call(target, result, dtype, *map(jnp.asarray, arrays), **found.attributes(form, dtype))


def _channels_last(image: Any, where: Layout) -> Any:
    return jnp.moveaxis(image, 1, -1) if where.channel == 1 else jnp.asarray(image)


def _as_given(image: Any, where: Layout) -> Any:
    return jnp.moveaxis(image, -1, 1) if where.channel == 1 else image


def _forward(op_type: str) -> Callable[[Sequence[Any], dict[str, Any]], Kernel | None]:
    def rule(args: Sequence[Any], attrs: dict[str, Any]) -> Kernel | None:
        x, w = args
        return run if _suits(_described(op_type, attrs, x.shape, w.shape), _FORWARD, x, w) else None

    def run(x: Any, w: Any, **attrs: Any) -> Any:
        found = _described(op_type, attrs, x.shape, w.shape)
        return _as_given(_call(_FORWARD, found, found.y, _channels_last(x, found.where),
                               jnp.reshape(w, found.w)), found.where)

    return rule


def _of_input(op_type: str, attrs: dict[str, Any], sizes: Any, w: Any, dy: Any) -> _Convolution:
    dims = conv.full_sizes(known_dims(sizes), w.shape, dy.shape, attrs["data_format"])
    return _described(op_type, attrs, dims, w.shape)


def _to_input(op_type: str) -> Callable[[Sequence[Any], dict[str, Any]], Kernel | None]:
    def rule(args: Sequence[Any], attrs: dict[str, Any]) -> Kernel | None:
        _, w, dy = args
        return run if _suits(_of_input(op_type, attrs, *args), _TO_INPUT, w, dy) else None

    def run(sizes: Any, w: Any, dy: Any, **attrs: Any) -> Any:
        found = _of_input(op_type, attrs, sizes, w, dy)
        return _as_given(_call(_TO_INPUT, found, found.x, jnp.reshape(w, found.w),
                               _channels_last(dy, found.where)), found.where)

    return rule


def _to_filter(op_type: str) -> Callable[[Sequence[Any], dict[str, Any]], Kernel | None]:
    def rule(args: Sequence[Any], attrs: dict[str, Any]) -> Kernel | None:
        x, sizes, dy = args
        return run if _suits(_described(op_type, attrs, x.shape, known_dims(sizes)), _TO_FILTER, x, dy) else None

    def run(x: Any, sizes: Any, dy: Any, **attrs: Any) -> Any:
        found = _described(op_type, attrs, x.shape, known_dims(sizes))
        dw = _call(_TO_FILTER, found, found.w, _channels_last(x, found.where), _channels_last(dy, found.where))
        return jnp.reshape(dw, known_dims(sizes))

    return rule


for _op in (conv.conv2d_op, conv.conv3d_op, depthwise.depthwise_conv2d_op):
    kernel(_op)(_forward(_op.type))
for _op in (conv.conv2d_backprop_input_op, conv.conv3d_backprop_input_op, depthwise.depthwise_backprop_input_op):
    kernel(_op)(_to_input(_op.type))
for _op in (conv.conv2d_backprop_filter_op, conv.conv3d_backprop_filter_op, depthwise.depthwise_backprop_filter_op):
    kernel(_op)(_to_filter(_op.type))


# A convolution and what follows it up to a ReLU, in one -----------------------------------------------------

@rectified(conv.conv2d_op, conv.conv3d_op, depthwise.depthwise_conv2d_op)
def _(op_type: str, args: Sequence[Any], attrs: dict[str, Any], after: After) -> Kernel | None:
    x, w = args
    if attrs["data_format"].startswith("NC"):
        return None
    found = _described(op_type, attrs, x.shape, w.shape)
    numbers = [a for a in after if a is not None]
    if not _suits(found, _FORWARD, x, w, *numbers):
        return None
    if after.scale is None and after.more is None:
        finish = [jnp.reshape(after.bias, (-1,))]
    elif x.dtype != np.float32:
        return None
    else:
        channels = found.y[-1:]
        scale = jnp.ones(channels, x.dtype) if after.scale is None else after.scale
        bias = jnp.zeros(channels, x.dtype) if after.bias is None else after.bias
        finish = [bias, scale, *([] if after.more is None else [after.more])]
    return lambda features: _call(_FORWARD, found, found.y, x, jnp.reshape(w, found.w), *finish, with_relu=True)


@masked(conv.conv2d_backprop_input_op, conv.conv3d_backprop_input_op, depthwise.depthwise_backprop_input_op)
def _(operation: Any, producer: Any, args: list[Any]) -> Kernel | None:
    _, w, dy = args
    if producer.attrs["data_format"].startswith("NC"):
        return None
    found = _of_input(producer.type, producer.attrs, *args)
    if not _suits(found, _TO_INPUT, w, dy):
        return None
    return lambda gradient, features: _call(_TO_INPUT, found, found.x, jnp.reshape(w, found.w), dy, features,
                                            with_relu=True)
