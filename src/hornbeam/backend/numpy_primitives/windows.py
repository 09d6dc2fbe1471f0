"""Convolutions and reductions over sliding windows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from math import prod
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from hornbeam.backend.numpy_primitives.linear import in_product_dtype, product_dtype
from hornbeam.backend.numpy_primitives.reductions import accumulating, limit
from hornbeam.backend.numpy_primitives.shapes import padder
from hornbeam.backend.numpy_primitives.table import Equation, is_float, primitive, scalar


def _sliding(
    outside: tuple[int, ...], window: Sequence[int], strides: Sequence[int], dilation: Sequence[int]
) -> Callable[[np.ndarray], np.ndarray]:
    """A function to a view of all windows along the last dimensions.

    The dimensions of the view are those before the windows, `outside` (one window each), and `window`.
    """
    rank = len(window)

    def view(x: np.ndarray) -> np.ndarray:
        before, along = x.shape[: x.ndim - rank], x.strides[x.ndim - rank :]
        steps = [a * b for a, b in zip(along, strides, strict=True)]
        inner = [a * b for a, b in zip(along, dilation, strict=True)]
        shape = (*before, *outside, *window)
        return as_strided(x, shape, (*x.strides[: x.ndim - rank], *steps, *inner), writeable=False)

    return view


def _padding_config(padding: Sequence[Any], dilation: Sequence[int]) -> list[tuple[int, int, int]]:
    return [(low, high, step - 1) for (low, high), step in zip(padding, dilation, strict=True)]


def _window_reduction(ufunc: np.ufunc, start: Callable[[np.dtype], Any]):
    def rule(eq: Equation):
        shape, dtype = eq.ins[0]
        if dtype.kind == "c" and ufunc is not np.add:
            return None
        window, strides = eq.params["window_dimensions"], eq.params["window_strides"]
        pad = padder(shape, _padding_config(eq.params["padding"], eq.params["base_dilation"]), dtype)
        view = _sliding(eq.outs[0].shape, window, strides, eq.params["window_dilation"])
        axes, outside = tuple(range(len(shape), 2 * len(shape))), scalar(start(dtype), dtype)
        if ufunc is np.add:
            reduce = accumulating(eq, partial(np.add.reduce, axis=axes))
        else:
            reduce = partial(ufunc.reduce, axis=axes, initial=outside[()])
        return lambda x: reduce(view(pad(x, outside)))

    return rule


primitive("reduce_window_sum", weight=4)(_window_reduction(np.add, lambda dtype: 0))
primitive("reduce_window_max", weight=4)(_window_reduction(np.maximum, lambda dtype: limit(dtype, False)))
primitive("reduce_window_min", weight=4)(_window_reduction(np.minimum, lambda dtype: limit(dtype, True)))


@primitive("select_and_scatter_add", weight=8)
def select_and_scatter_add(eq: Equation):
    """The gradient of pooling: each source element goes to the extreme element of its window."""
    source, (shape, dtype) = eq.ins
    greatest = {"ge": True, "le": False}.get(eq.params["select_prim"].name)
    if greatest is None or not is_float(dtype):
        return None
    window, ones = eq.params["window_dimensions"], (1,) * len(shape)
    config = _padding_config(eq.params["padding"], ones)
    view = _sliding(source.shape, window, eq.params["window_strides"], ones)
    pad, pad_places = padder(shape, config, dtype), padder(shape, config, np.dtype(np.intp))
    outside, size = scalar(limit(dtype, not greatest), dtype), prod(shape)
    rows = (*source.shape, prod(window))
    places = view(pad_places(np.arange(size).reshape(shape), size)).reshape(rows)

    def scatter(values, x):
        windows = view(pad(x, outside)).reshape(rows)
        chosen = windows.argmax(-1) if greatest else windows.argmin(-1)
        total = np.zeros(size + 1, dtype)  # the last one takes what falls on padding
        np.add.at(total, np.take_along_axis(places, chosen[..., None], -1)[..., 0], values)
        return total[:size].reshape(shape)

    return scatter if prod(window) and size else None


@primitive("conv_general_dilated")
def convolution(eq: Equation):
    numbers = eq.params["dimension_numbers"]
    left = tuple(eq.ins[0].shape[d] for d in numbers.lhs_spec)
    right = tuple(eq.ins[1].shape[d] for d in numbers.rhs_spec)
    out = tuple(eq.outs[0].shape[d] for d in numbers.out_spec)
    features, batches = eq.params["feature_group_count"], eq.params["batch_group_count"]
    groups, spatial = max(features, batches), len(left) - 2
    view = _sliding(out[2:], right[2:], eq.params["window_strides"], eq.params["rhs_dilation"])
    config = [(0, 0, 0)] * 2 + _padding_config(eq.params["padding"], eq.params["lhs_dilation"])
    split = (batches, left[0] // batches, features, left[1] // features, *out[2:], *right[2:])
    # From (group, batch, group, channel, *outside, *window) to (groups, batch, *outside, channel, *window).
    places, inside = range(4, 4 + spatial), range(4 + spatial, 4 + 2 * spatial)
    order = (0, 2, 1, *places, 3, *inside)
    rows, inner = out[0] * prod(out[2:]), prod(right[1:])
    back = (1, *range(2, 2 + spatial), 0, 2 + spatial)
    final = np.argsort([numbers.out_spec[d] for d in (0, *range(2, 2 + spatial), 1)])

    if 0 in (*out, *left, *right):
        return lambda x, kernel: np.zeros(*eq.outs[0])
    dtype = product_dtype(eq)
    pad, nothing = padder(left, config, dtype), scalar(0, dtype)

    def product(x, kernel):
        columns = (
            view(pad(x.transpose(numbers.lhs_spec), nothing))
            .reshape(split)
            .transpose(order)
            .reshape(groups, rows, inner)
        )
        weights = kernel.transpose(numbers.rhs_spec).reshape(groups, out[1] // groups, inner)
        result = np.matmul(columns, weights.transpose(0, 2, 1)).reshape(groups, out[0], *out[2:], -1)
        return result.transpose(back).reshape(out[0], *out[2:], out[1]).transpose(final)

    return in_product_dtype(eq, product)
