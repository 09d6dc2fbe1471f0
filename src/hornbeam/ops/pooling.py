"""The pooling ops and their gradients; `pools.py` holds the functions users call.

The gradient of a maximum goes to the first element of its window (row by row) that has it. It is written as
comparisons of each window element with the maximum, which XLA fuses: select-and-scatter takes 50 times as long on
the CPU.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp, lax
from hornbeam.graph import dtypes
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.op import FLOATS, INDEX, REALS, op
from hornbeam.graph.shapes import Dims
from hornbeam.ops import array, windows
from hornbeam.ops.conv import check_gradient, known_sizes
from hornbeam.ops.windows import Slide

_MOST = 2**28
_MANY_TAPS = 64
"""Larger windows go through select-and-scatter: the program would grow with each element."""


def pooling(op_type: str, attrs: dict[str, Any], rank: int) -> Slide:
    """How the windows of an op's attributes slide, in all dimensions. Raises ShapeFault."""
    spatial = rank - 2
    windows.check_choice(op_type, "padding", attrs["padding"], ("SAME", "VALID", "EXPLICIT")
                         if "explicit_paddings" in attrs else ("SAME", "VALID"))
    data_format = attrs.get("data_format", windows.FORMATS[spatial][0])
    windows.check_choice(op_type, "data_format", data_format, windows.FORMATS[spatial])
    where = windows.layout(data_format, spatial)
    ksize, strides = tuple(attrs["ksize"]), tuple(attrs["strides"])
    for what, values in (("ksize", ksize), ("strides", strides)):
        if len(values) != rank:
            raise ShapeFault(f"Sliding window {what} field must specify {rank} dimensions, not {len(values)}")
        if any(v <= 0 for v in values):
            raise ShapeFault(f"Sliding window {what} for dimension {next(i for i, v in enumerate(values) if v <= 0)} "
                             "must be positive")
    if prod(ksize) > _MOST:
        raise ShapeFault(f"Sliding window ksize holds {prod(ksize)} elements, more than {_MOST}")
    if ksize[0] != 1 or strides[0] != 1:
        raise ShapeFault("Pooling is not yet supported on the batch dimension.")
    if ksize[where.channel] != 1 and any(ksize[i] != 1 for i in where.spatial):
        raise ShapeFault("MaxPooling supports exactly one of pooling across depth or pooling across width/height.")
    explicit: tuple[windows.Pad, ...] = ()
    if attrs["padding"] == "EXPLICIT":
        inner = windows.explicit_pads(attrs["explicit_paddings"], where)
        explicit = where.dims((0, 0), inner, (0, 0))
    return Slide(ksize, strides, (1,) * rank, attrs["padding"], explicit)


def pool_dims(op_type: str, attrs: dict[str, Any], x: Dims, rank: int) -> Dims:
    """The dims of a pooled tensor. Raises ShapeFault where a window does not fit."""
    windows.check_rank(x, rank)
    slide = pooling(op_type, attrs, rank)
    return slide.outputs((None,) * rank if x is None else x)


def _reduced(x: Any, slide: Slide, start: Any, combine: Any) -> Any:
    return lax.reduce_window(x, start, combine, slide.window, slide.strides, slide.pads(x.shape))


def _lowest(dtype: Any) -> Any:
    return -np.inf if jnp.issubdtype(dtype, jnp.floating) else np.iinfo(dtype).min


def max_pooled(x: Any, slide: Slide) -> Any:
    """The maximum of each window."""
    return _reduced(x, slide, np.asarray(_lowest(x.dtype), x.dtype), lax.max)


# Which element of each window is its maximum ----------------------------------------------------------------


def _taps(slide: Slide) -> list[tuple[int, ...]]:
    return list(itertools.product(*map(range, slide.window)))


def _tap_slice(tap: Sequence[int], slide: Slide, outputs: Sequence[int]) -> tuple[slice, ...]:
    """Where the element `tap` of every window lies in the padded input."""
    return tuple(slice(t, t + (n - 1) * s + 1, s) for t, n, s in zip(tap, outputs, slide.strides, strict=True))


def _padded(x: Any, slide: Slide, value: Any) -> Any:
    return jnp.pad(x, slide.pads(x.shape), constant_values=value)


def _first_max(x: Any, y: Any, slide: Slide) -> Any:
    """The number of the first element in each window of `x` that equals `y`."""
    taps = _taps(slide)
    padded = _padded(x, slide, _lowest(x.dtype))
    number = jnp.full(y.shape, len(taps), jnp.int32)
    for k in range(len(taps) - 1, -1, -1):
        number = jnp.where(padded[_tap_slice(taps[k], slide, y.shape)] == y, k, number)
    return number


def _split(outer: Sequence[int], inner: Sequence[int]) -> tuple[int, ...]:
    return tuple(n for pair in zip(outer, inner, strict=True) for n in pair)


def _placed(number: Any, dy: Any, sizes: Sequence[int], slide: Slide) -> Any:
    """`dy` of every window at its element `number`; what several windows give to one element is added.

    The input, padded, falls into blocks as long as the strides. An element of block q gets from the windows q, q - 1,
    …, as far as a window reaches: all of them are compared at once, by broadcasting over the places in a block.
    """
    pads = slide.pads(sizes)
    blocks, reach = [], []
    for size, (low, _), count, window, step in zip(sizes, pads, dy.shape, slide.window, slide.strides, strict=True):
        blocks.append(max(-(-(size + low) // step), count))
        reach.append(-(-window // step))
    wider = [(r - 1, b - n) for r, b, n in zip(reach, blocks, dy.shape, strict=True)]
    number, dy = jnp.pad(number, wider, constant_values=-1), jnp.pad(dy, wider)
    total = jnp.zeros(_split(blocks, slide.strides), dy.dtype)
    for back in itertools.product(*map(range, reach)):
        part = tuple(slice(r - 1 - m, r - 1 - m + b) for r, m, b in zip(reach, back, blocks, strict=True))
        shape = _split(blocks, (1,) * len(blocks))
        hit = number[part].reshape(shape) == _elements(back, slide).reshape(_split((1,) * len(blocks), slide.strides))
        total = total + jnp.where(hit, dy[part].reshape(shape), jnp.zeros((), dy.dtype))
    flat = total.reshape([b * s for b, s in zip(blocks, slide.strides, strict=True)])
    config = [(-low, size + low - have, 0) for size, (low, _), have in zip(sizes, pads, flat.shape, strict=True)]
    return lax.pad(flat, jnp.zeros((), dy.dtype), config)


def _elements(back: Sequence[int], slide: Slide) -> np.ndarray:
    """For each place in a block, the number it has in the window that began `back` blocks ago; -2 where none."""
    number, inside = np.zeros((1,) * len(back), np.int32), np.ones((1,) * len(back), bool)
    for i, (m, window, step) in enumerate(zip(back, slide.window, slide.strides, strict=True)):
        places = (np.arange(step, dtype=np.int32) + m * step).reshape([-1 if k == i else 1 for k in range(len(back))])
        number, inside = number * window + places, inside & (places < window)
    return np.where(inside, number, np.int32(-2))


def max_gradient(x: Any, y: Any, dy: Any, slide: Slide) -> Any:
    """The gradient of `max_pooled`: `dy` at the first maximum of each window."""
    if 0 in y.shape:
        return jnp.zeros(x.shape, dy.dtype)
    if np.prod(slide.window) <= _MANY_TAPS or not jnp.issubdtype(x.dtype, jnp.floating):
        return _placed(_first_max(x, y, slide), dy, x.shape, slide)
    _, pull = jax.vjp(lambda value: max_pooled(value, slide), x)
    return pull(dy)[0]


# Max pooling ------------------------------------------------------------------------------------------

_POOLED = tuple(d for d in REALS if d not in (dtypes.uint32, dtypes.uint64))
_TWO = {"ksize": (1, 2, 2, 1), "strides": (1, 2, 2, 1), "padding": "SAME"}
_ODD = {"ksize": (1, 1, 3, 2), "strides": (1, 1, 2, 1), "padding": "EXPLICIT",
        "explicit_paddings": (0, 0, 0, 0, 1, 0, 0, 1), "data_format": "NCHW"}
_THREE = {"ksize": (1, 3, 3, 1), "strides": (1, 2, 2, 1), "padding": "VALID"}


def _images(rng: Any) -> Any:
    ties = rng.integers(0, 2, size=(1, 7, 7, 2)).astype(np.float64)
    return [((rng.normal(size=(2, 5, 4, 3)),), _TWO), ((rng.normal(size=(1, 2, 5, 6)),), _ODD), ((ties,), _THREE),
            ((rng.normal(size=(0, 4, 4, 1)),), _TWO)]


def _distinct(rng: Any) -> Any:
    """Images without ties, so that differences see a smooth function."""
    images = [(np.array(rng.permutation(120), np.float64).reshape(2, 5, 4, 3) / 7, _TWO),
              (np.array(rng.permutation(60), np.float64).reshape(1, 2, 5, 6) / 7, _ODD),
              (np.array(rng.permutation(98), np.float64).reshape(1, 7, 7, 2) / 7, _THREE),
              (np.zeros((0, 4, 4, 1)), _TWO)]
    return [((x,), attrs) for x, attrs in images]


@op("MaxPool", inputs="input: T", T=_POOLED, samples=_distinct)
def max_pool_op(input, *, ksize: Any, strides: Any, padding: str, explicit_paddings: Any = (),
                data_format: str = "NHWC"):
    """The maximum of each window of images."""
    attrs = {"ksize": ksize, "strides": strides, "padding": padding, "explicit_paddings": explicit_paddings,
             "data_format": data_format}
    return max_pooled(input, pooling("MaxPool", attrs, 4))


@max_pool_op.shape
def _(inputs, attrs):
    return [(pool_dims("MaxPool", attrs, inputs[0].dims, 4), inputs[0].dtype)]


@max_pool_op.grad
def _(call, dy):
    return max_pool_grad_op(call.inputs[0], call.outputs[0], dy, **call.attrs)


def _with_maxima(rng: Any) -> Any:
    found = []
    for (x,), attrs in _distinct(rng):
        y = np.asarray(max_pool_op.function(jnp.asarray(x), **attrs), x.dtype)
        found.append(((x, y, rng.normal(size=y.shape)), attrs))
    return found


@op("MaxPoolGrad", inputs="orig_input: T, orig_output: T, grad: T", T=REALS, samples=_with_maxima,
    waive={"gradient": "a step where the input moves past the maximum"})
def max_pool_grad_op(orig_input, orig_output, grad, *, ksize: Any, strides: Any, padding: str,
                     explicit_paddings: Any = (), data_format: str = "NHWC"):
    """The gradient of `MaxPool`: `grad` at the first maximum of each window, 0 elsewhere."""
    attrs = {"ksize": ksize, "strides": strides, "padding": padding, "explicit_paddings": explicit_paddings,
             "data_format": data_format}
    return max_gradient(orig_input, orig_output, grad, pooling("MaxPoolGrad", attrs, 4))


@max_pool_grad_op.shape
def _(inputs, attrs):
    return _checked_gradient("MaxPoolGrad", attrs, inputs, 4)


@op("MaxPoolGradGrad", inputs="orig_input: T, orig_output: T, grad: T", T=REALS,
    samples=lambda rng: [((x, y, rng.normal(size=x.shape)), attrs) for (x, y, _), attrs in _with_maxima(rng)
                         if attrs is not _ODD],
    waive={"gradient": "a step where the input moves past the maximum"})
def max_pool_grad_grad_op(orig_input, orig_output, grad, *, ksize: Any, strides: Any, padding: str,
                          data_format: str = "NHWC"):
    """The elements of `grad` that stand where the maxima of the windows of `orig_input` do."""
    attrs = {"ksize": ksize, "strides": strides, "padding": padding, "data_format": data_format}
    return _picked(orig_input, orig_output, grad, pooling("MaxPoolGradGrad", attrs, orig_input.ndim))


def _picked(x: Any, y: Any, values: Any, slide: Slide) -> Any:
    """What of `values` stands where `x` has the maximum of each window: the transpose of `max_gradient`."""
    number = _first_max(x, y, slide)
    padded = _padded(values, slide, 0)
    zero = jnp.zeros((), values.dtype)
    total = jnp.zeros(y.shape, values.dtype)
    for k, tap in enumerate(_taps(slide)):
        total = total + jnp.where(number == k, padded[_tap_slice(tap, slide, y.shape)], zero)
    return total


@max_pool_grad_grad_op.shape
def _(inputs, attrs):
    rank = 4 if inputs[0].dims is None else len(inputs[0].dims)
    expected = pool_dims("MaxPoolGradGrad", attrs, inputs[0].dims, rank)
    check_gradient("MaxPoolGradGrad", expected, inputs[1].dims, (inputs[0].dims, tuple(attrs["ksize"])))
    return [(expected, inputs[2].dtype)]


def _checked_gradient(op_type: str, attrs: dict[str, Any], inputs: Sequence[Any], rank: int) -> Any:
    """The dims of a maximum's gradient: its input's. Raises ShapeFault where the three do not belong together."""
    x = inputs[0].dims
    expected = pool_dims(op_type, attrs, x, rank)
    for given in inputs[1:]:
        check_gradient(op_type, expected, given.dims, (x, tuple(attrs["ksize"])))
    return [(x or (None,) * rank, inputs[2].dtype)]


def _sizes(value: Any) -> tuple[int, ...]:
    return tuple(int(v) for v in value)


@op("MaxPoolV2", inputs="input: T, ksize: int32 static, strides: int32 static", T=_POOLED,
    samples=lambda rng: [((x, np.array(a["ksize"], np.int32), np.array(a["strides"], np.int32)),
                          {"padding": a["padding"]}) for (x,), a in _distinct(rng) if a is not _ODD])
def max_pool_v2_op(input, ksize, strides, *, padding: str, data_format: str = "NHWC"):
    """The maximum of each window of images; the window's size and strides are tensors."""
    attrs = {"ksize": _sizes(ksize), "strides": _sizes(strides), "padding": padding, "data_format": data_format}
    return max_pooled(input, pooling("MaxPoolV2", attrs, 4))


@max_pool_v2_op.shape
def _(inputs, attrs):
    x, (ksize, strides) = inputs[0], (i.value for i in inputs[1:])
    if ksize is None or strides is None:
        windows.check_rank(x.dims, 4)
        return [((None,) * 4, x.dtype)]
    return [(pool_dims("MaxPoolV2", {**attrs, "ksize": _sizes(ksize), "strides": _sizes(strides)}, x.dims, 4), x.dtype)]


@op("MaxPool3D", inputs="input: T", T=FLOATS[:3],
    samples=lambda rng: [((np.array(rng.permutation(96), np.float32).reshape(1, 4, 3, 4, 2) / 7,),
                          {"ksize": (1, 2, 2, 3, 1), "strides": (1, 2, 1, 2, 1), "padding": "SAME"})])
def max_pool3d_op(input, *, ksize: Any, strides: Any, padding: str, data_format: str = "NDHWC"):
    """The maximum of each window of volumes."""
    attrs = {"ksize": ksize, "strides": strides, "padding": padding, "data_format": data_format}
    return max_pooled(input, pooling("MaxPool3D", attrs, 5))


@max_pool3d_op.shape
def _(inputs, attrs):
    return [(pool_dims("MaxPool3D", attrs, inputs[0].dims, 5), inputs[0].dtype)]


@max_pool3d_op.grad
def _(call, dy):
    return max_pool3d_grad_op(call.inputs[0], call.outputs[0], dy, **call.attrs)


@op("MaxPool3DGrad", inputs="orig_input: TInput, orig_output: TInput, grad: T", T=FLOATS[:3], TInput=FLOATS[:3],
    samples=lambda rng: [((np.arange(8, dtype=np.float32).reshape(1, 2, 2, 2, 1),
                           np.full((1, 1, 1, 1, 1), 7, np.float32), np.ones((1, 1, 1, 1, 1), np.float32)),
                          {"ksize": (1, 2, 2, 2, 1), "strides": (1, 2, 2, 2, 1), "padding": "VALID"})],
    waive={"gradient": "a step where the input moves past the maximum"})
def max_pool3d_grad_op(orig_input, orig_output, grad, *, ksize: Any, strides: Any, padding: str,
                       data_format: str = "NDHWC"):
    """The gradient of `MaxPool3D`: `grad` at the first maximum of each window, 0 elsewhere."""
    attrs = {"ksize": ksize, "strides": strides, "padding": padding, "data_format": data_format}
    return max_gradient(orig_input, orig_output, grad, pooling("MaxPool3DGrad", attrs, 5))


@max_pool3d_grad_op.shape
def _(inputs, attrs):
    return _checked_gradient("MaxPool3DGrad", attrs, inputs, 5)


# Max pooling that tells where -----------------------------------------------------------------------------


def _places(x: Any, slide: Slide, with_batch: bool) -> tuple[Any, Any]:
    """The maxima and their flat positions in an image (or in the batch)."""
    best = max_pooled(x, slide)
    number = _first_max(x, best, slide)
    _, height, width, depth = x.shape
    (top, _), (left, _) = slide.pads(x.shape)[1:3]
    grid = [jnp.arange(n).reshape([-1 if i == k else 1 for i in range(4)]) for k, n in enumerate(best.shape)]
    row = grid[1] * slide.strides[1] - top + number // slide.window[2]
    column = grid[2] * slide.strides[2] - left + number % slide.window[2]
    place = (row * width + column) * depth + grid[3]
    return best, place + grid[0] * (height * width * depth) if with_batch else place


@op("MaxPoolWithArgmax", inputs="input: T", outputs=("output", "argmax"), attr_types={"Targmax": "type"}, T=REALS,
    samples=lambda rng: [((x,), a) for (x,), a in _distinct(rng) if a is not _ODD])
def max_pool_with_argmax_op(input, *, ksize: Any, strides: Any, padding: str,
                            Targmax: Any = dtypes.int64, include_batch_in_index: bool = False):
    """The maximum of each window, and where it stands: (row · width + column) · channels + channel."""
    attrs = {"ksize": ksize, "strides": strides, "padding": padding}
    best, place = _places(input, pooling("MaxPoolWithArgmax", attrs, 4), include_batch_in_index)
    return best, place.astype(Targmax.np_dtype)


@max_pool_with_argmax_op.shape
def _(inputs, attrs):
    dims = pool_dims("MaxPoolWithArgmax", {k: attrs[k] for k in ("ksize", "strides", "padding")}, inputs[0].dims, 4)
    return [(dims, inputs[0].dtype), (dims, attrs["Targmax"])]


@max_pool_with_argmax_op.grad
def _(call, dy, _places):
    if dy is None:
        return None
    attrs = {k: call.attrs[k] for k in ("ksize", "strides", "padding", "include_batch_in_index")}
    return max_pool_grad_with_argmax_op(call.inputs[0], dy, call.outputs[1], **attrs)


def _argmax_samples(rng: Any) -> Any:
    places = np.array([[[[0], [2]]], [[[5], [3]]]], np.int64)
    return [((rng.normal(size=(2, 2, 3, 1)), rng.normal(size=(2, 1, 2, 1)), places),
             {"ksize": (1, 2, 2, 1), "strides": (1, 2, 2, 1), "padding": "SAME"})]


@op("MaxPoolGradWithArgmax", inputs="input: T, grad: T, argmax: Targmax", T=REALS, Targmax=INDEX,
    samples=_argmax_samples)
def max_pool_grad_with_argmax_op(input, grad, argmax, *, ksize: Any, strides: Any, padding: str,
                                 include_batch_in_index: bool = False):
    """The gradient of `MaxPoolWithArgmax`: `grad` added up where `argmax` says."""
    size = int(np.prod(input.shape[1:]))
    if not include_batch_in_index:
        argmax = argmax + jnp.arange(input.shape[0], dtype=argmax.dtype).reshape(-1, 1, 1, 1) * size
    flat = jnp.zeros((input.size,), grad.dtype).at[argmax.reshape(-1)].add(grad.reshape(-1))
    return flat.reshape(input.shape)


@max_pool_grad_with_argmax_op.shape
def _(inputs, attrs):
    x = inputs[0].dims
    window = {k: attrs[k] for k in ("ksize", "strides", "padding")}
    check_gradient("MaxPoolGradWithArgmax", pool_dims("MaxPoolGradWithArgmax", window, x, 4), inputs[1].dims,
                   (x, tuple(attrs["ksize"])))
    return [(x or (None,) * 4, inputs[1].dtype)]


# Average pooling ----------------------------------------------------------------------------------------


def _averaged(x: Any, slide: Slide) -> Any:
    """The mean of each window, of what of it lies in the image."""
    wide = jnp.float32 if x.dtype.itemsize == 2 else x.dtype
    total = _reduced(x.astype(wide), slide, np.zeros((), wide), lax.add)
    return (total / _counts(x.shape, slide, wide)).astype(x.dtype)


def _counts(sizes: Sequence[int], slide: Slide, dtype: Any) -> Any:
    """How many elements of the image each window holds."""
    count = np.ones((1,) * len(sizes), dtype)
    for i, (size, (low, high)) in enumerate(zip(sizes, slide.pads(sizes), strict=True)):
        window, stride = slide.window[i], slide.strides[i]
        starts = np.arange(max(0, (size + low + high - window) // stride + 1)) * stride - low
        inside = np.minimum(starts + window, size) - np.maximum(starts, 0)
        count = count * np.maximum(inside, 1).astype(dtype).reshape([-1 if k == i else 1 for k in range(len(sizes))])
    return count


def _average_gradient(sizes: Sequence[int], dy: Any, slide: Slide) -> Any:
    (found,) = jax.linear_transpose(lambda x: _averaged(x, slide), jax.ShapeDtypeStruct(tuple(sizes), dy.dtype))(dy)
    return found


def _average_dims(op_type: str, attrs: dict[str, Any], inputs: Sequence[Any], rank: int) -> Any:
    sizes = known_sizes(inputs[0]) or (None,) * rank
    check_gradient(op_type, pool_dims(op_type, attrs, sizes, rank), inputs[1].dims, (sizes, tuple(attrs["ksize"])))
    return [(sizes, inputs[1].dtype)]


_AVERAGES = [_TWO, _THREE]


@op("AvgPool", inputs="value: T", T=FLOATS,
    samples=lambda rng: [((x,), a) for (x,), a in _images(rng) if a in _AVERAGES])
def avg_pool_op(value, *, ksize: Any, strides: Any, padding: str, data_format: str = "NHWC"):
    """The mean of each window of images; padding does not count."""
    attrs = {"ksize": ksize, "strides": strides, "padding": padding, "data_format": data_format}
    return _averaged(value, pooling("AvgPool", attrs, 4))


@avg_pool_op.shape
def _(inputs, attrs):
    return [(pool_dims("AvgPool", attrs, inputs[0].dims, 4), inputs[0].dtype)]


@avg_pool_op.grad
def _(call, dy):
    return avg_pool_grad_op(array.shape_op(call.inputs[0]), dy, **call.attrs)


@op("AvgPoolGrad", inputs="orig_input_shape: int32 static, grad: T", T=FLOATS,
    samples=lambda rng: [((np.array([1, 5, 4, 2], np.int32), rng.normal(size=(1, 3, 2, 2))), _TWO)])
def avg_pool_grad_op(orig_input_shape, grad, *, ksize: Any, strides: Any, padding: str, data_format: str = "NHWC"):
    """The gradient of `AvgPool`: each mean's gradient, spread evenly over its window."""
    attrs = {"ksize": ksize, "strides": strides, "padding": padding, "data_format": data_format}
    sizes = _sizes(orig_input_shape)
    return _average_gradient(sizes, grad, pooling("AvgPoolGrad", attrs, 4))


@avg_pool_grad_op.shape
def _(inputs, attrs):
    return _average_dims("AvgPoolGrad", attrs, inputs, 4)


@avg_pool_grad_op.grad
def _(call, dy):
    return None, avg_pool_op(dy, **call.attrs)


@op("AvgPool3D", inputs="input: T", T=FLOATS,
    samples=lambda rng: [((rng.normal(size=(1, 4, 3, 4, 2)),),
                          {"ksize": (1, 2, 2, 3, 1), "strides": (1, 2, 1, 2, 1), "padding": "SAME"})])
def avg_pool3d_op(input, *, ksize: Any, strides: Any, padding: str, data_format: str = "NDHWC"):
    """The mean of each window of volumes; padding does not count."""
    attrs = {"ksize": ksize, "strides": strides, "padding": padding, "data_format": data_format}
    return _averaged(input, pooling("AvgPool3D", attrs, 5))


@avg_pool3d_op.shape
def _(inputs, attrs):
    return [(pool_dims("AvgPool3D", attrs, inputs[0].dims, 5), inputs[0].dtype)]


@avg_pool3d_op.grad
def _(call, dy):
    return avg_pool3d_grad_op(array.shape_op(call.inputs[0]), dy, **call.attrs)


@op("AvgPool3DGrad", inputs="orig_input_shape: int32 static, grad: T", T=FLOATS,
    samples=lambda rng: [((np.array([1, 4, 4, 2, 1], np.int32), rng.normal(size=(1, 2, 2, 1, 1))),
                          {"ksize": (1, 2, 2, 2, 1), "strides": (1, 2, 2, 2, 1), "padding": "VALID"})])
def avg_pool3d_grad_op(orig_input_shape, grad, *, ksize: Any, strides: Any, padding: str, data_format: str = "NDHWC"):
    """The gradient of `AvgPool3D`: each mean's gradient, spread evenly over its window."""
    attrs = {"ksize": ksize, "strides": strides, "padding": padding, "data_format": data_format}
    sizes = _sizes(orig_input_shape)
    return _average_gradient(sizes, grad, pooling("AvgPool3DGrad", attrs, 5))


@avg_pool3d_grad_op.shape
def _(inputs, attrs):
    return _average_dims("AvgPool3DGrad", attrs, inputs, 5)


@avg_pool3d_grad_op.grad
def _(call, dy):
    return None, avg_pool3d_op(dy, **call.attrs)
