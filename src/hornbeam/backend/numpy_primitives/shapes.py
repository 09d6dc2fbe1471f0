"""Primitives that move elements and compute nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter, methodcaller
from typing import Any

import numpy as np

from hornbeam.backend.numpy_primitives.table import SAME, Equation, primitive


@primitive(
    "copy",
    "copy_p",
    "stop_gradient",
    "optimization_barrier",
    "device_put",
    "name",
    "sharding_constraint",
    "random_clone",
    views=True,
    weight=0,
)
def same(eq: Equation):
    return SAME


@primitive("reshape", "squeeze", "expand_dims", views=True, weight=0)
def reshape(eq: Equation):
    order = eq.params.get("dimensions") if eq.name == "reshape" else None
    shape = eq.outs[0].shape
    if order is not None and tuple(order) != tuple(range(len(order))):
        return lambda x: x.transpose(order).reshape(shape)
    return SAME if shape == eq.ins[0].shape else methodcaller("reshape", shape)


@primitive("transpose", views=True, weight=0)
def transpose(eq: Equation):
    permutation = tuple(int(d) for d in eq.params["permutation"])
    return SAME if permutation == tuple(range(len(permutation))) else methodcaller("transpose", permutation)


def _pick(selection: tuple[slice, ...]):
    return itemgetter(selection)


@primitive("rev", views=True, weight=0)
def reverse(eq: Equation):
    turned = eq.params["dimensions"]
    if not turned:
        return SAME
    return _pick(tuple(slice(None, None, -1 if d in turned else 1) for d in range(len(eq.ins[0].shape))))


@primitive("slice", views=True, weight=0)
def slice_(eq: Equation):
    if eq.ins[0].shape == eq.outs[0].shape:
        return SAME
    starts, limits = eq.params["start_indices"], eq.params["limit_indices"]
    strides = eq.params["strides"] or (1,) * len(starts)
    return _pick(tuple(map(slice, starts, limits, strides)))


def along_axis(rank: int, axis: int, size: int) -> np.ndarray:
    """0, 1, … along one of `rank` dimensions, to be broadcast over the others."""
    return np.arange(size).reshape([size if d == axis else 1 for d in range(rank)])


def _along(axis: int, rank: int, selection) -> tuple:
    return tuple(selection if d == axis else slice(None) for d in range(rank))


@primitive("split", views=True, weight=0)
def split(eq: Equation):
    axis, rank = eq.params["axis"], len(eq.ins[0].shape)
    ends = np.cumsum(eq.params["sizes"]).tolist()
    parts = [_along(axis, rank, slice(a, b)) for a, b in zip([0, *ends], ends, strict=False)]
    return lambda x: [x[part] for part in parts]


@primitive("unstack", views=True, weight=0)
def unstack(eq: Equation):
    axis, rank = eq.params["axis"], len(eq.ins[0].shape)
    parts = [_along(axis, rank, i) for i in range(eq.ins[0].shape[axis])]
    return lambda x: [x[part] for part in parts]


@primitive("stack")
def stack(eq: Equation):
    shape, dtype = eq.outs[0]
    parts = [_along(eq.params["axis"], len(shape), i) for i in range(len(eq.ins))]

    def fill(*xs):
        out = np.empty(shape, dtype)
        for part, x in zip(parts, xs, strict=True):
            out[part] = x
        return out

    return fill


@primitive("concatenate")
def concatenate(eq: Equation):
    axis = eq.params["dimension"]
    return lambda *xs: np.concatenate(xs, axis)


@primitive("tile")
def tile(eq: Equation):
    repeats = tuple(int(r) for r in eq.params["reps"])
    return lambda x: np.tile(x, repeats)


@primitive("iota", "empty2")
def iota(eq: Equation):
    shape, dtype = eq.outs[0]
    axis = eq.params.get("dimension")
    if axis is None:
        return lambda: np.zeros(shape, dtype)
    return lambda: along_axis(len(shape), axis, shape[axis]).astype(dtype)


@primitive("pad", views=True)
def pad(eq: Equation):
    return padder(eq.ins[0].shape, eq.params["padding_config"], eq.outs[0].dtype)


def padder(
    shape: Sequence[int], config: Sequence[tuple[int, int, int]], dtype: np.dtype
) -> Callable[[np.ndarray, Any], np.ndarray]:
    """A function that pads an array of this shape with a value; where there is nothing to do, it returns it.

    config: for each dimension the number of elements before, after (less than 0 to crop) and between.
    """
    if not any(map(any, config)):
        return lambda x, value: x
    padded = tuple(
        max(0, low + size + max(0, size - 1) * between + high)
        for size, (low, high, between) in zip(shape, config, strict=True)
    )
    ends = [
        _padded(size, total, low, between + 1)
        for size, total, (low, _, between) in zip(shape, padded, config, strict=True)
    ]
    source, target = tuple(e[0] for e in ends), tuple(e[1] for e in ends)

    def fill(x, value):
        out = np.empty(padded, dtype)
        out[...] = value
        out[target] = x[source]
        return out

    return fill


def _padded(size: int, total: int, low: int, step: int) -> tuple[slice, slice]:
    """Which of `size` elements stay, and where: element i goes to `low + i·step` if that is below `total`."""
    first = max(0, -(low // step))
    stop = max(first, min(size, -((low - total) // step)))
    start = low + first * step
    return slice(first, stop), slice(start, start + (stop - first) * step, step)


def _clamped_starts(eq: Equation, sizes: tuple[int, ...]):
    """A function from start indices to the slices of a window that lies wholly inside the operand."""
    windows = [(total - size, size) for total, size in zip(eq.ins[0].shape, sizes, strict=True)]

    def locate(starts):
        where = []
        for start, (last, size) in zip(starts, windows, strict=True):
            start = int(start)
            start = 0 if start < 0 else min(start, last)
            where.append(slice(start, start + size))
        return tuple(where)

    return locate


@primitive("dynamic_slice", views=True)
def dynamic_slice(eq: Equation):
    locate = _clamped_starts(eq, eq.outs[0].shape)
    return lambda x, *starts: x[locate(starts)]


@primitive("dynamic_update_slice")
def dynamic_update_slice(eq: Equation):
    locate = _clamped_starts(eq, eq.ins[1].shape)

    def update(x, y, *starts):
        out = np.array(x)
        out[locate(starts)] = y
        return out

    return update
