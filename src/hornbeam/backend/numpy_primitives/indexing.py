"""Gather and scatter with XLA's general dimension numbers.

Both move windows of one array, whose places are given by an array of start indices.  For each dimension of
that array an index array is made in the layout of the windows' other side (gather's result, scatter's
updates), so that NumPy's own indexing does the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from hornbeam.backend.lazy import lax
from hornbeam.backend.numpy_primitives.shapes import along_axis
from hornbeam.backend.numpy_primitives.table import Equation, is_float, primitive, scalar


class Windows(NamedTuple):
    """Where windows of an array lie."""

    shape: tuple[int, ...]
    """Of the array."""
    sizes: tuple[int, ...]
    """Of a window, along each dimension of the array."""
    mapped: tuple[int, ...]
    """The dimensions that the parts of a start index speak of."""
    batching: dict[int, int]
    """Dimensions that run along with a dimension of the start indices."""
    rank: int
    """Of the layout."""
    batch_axes: tuple[int, ...]
    """Where the layout has the dimensions of the start indices, less the last."""
    window_axes: dict[int, int]
    """Where the layout has the window's dimensions."""

    def limits(self) -> np.ndarray:
        """The greatest start index along each mapped dimension."""
        return np.array([self.shape[d] - self.sizes[d] for d in self.mapped], np.intp)

    def spread(self, batch: Sequence[int]) -> tuple[int, ...]:
        """The shape that puts an array of shape `batch` along the batch axes of the layout."""
        places = dict(zip(self.batch_axes, batch, strict=True))
        return tuple(places.get(axis, 1) for axis in range(self.rank))

    def locator(self, batch: tuple[int, ...]) -> Callable[[np.ndarray], tuple]:
        """A function from start indices of shape `batch + (…,)` to one index array for each dimension."""
        fixed: list[Any] = [self._fixed_index(d) for d in range(len(self.shape))]
        spread = self.spread(batch)
        parts = list(enumerate(self.mapped))

        def locate(starts: np.ndarray) -> tuple:
            index = fixed.copy()
            for k, d in parts:
                start = starts[..., k].reshape(spread)
                index[d] = start if index[d] is None else start + index[d]
            return tuple(index)

        return locate

    def _fixed_index(self, d: int) -> np.ndarray | None:
        """What does not depend on the start indices; None for nothing."""
        if d in self.window_axes:
            return along_axis(self.rank, self.window_axes[d], self.sizes[d])
        if d in self.batching:
            return along_axis(self.rank, self.batch_axes[self.batching[d]], self.shape[d])
        return None if d in self.mapped else scalar(0, np.dtype(np.intp))


def _numbers(values: Sequence[Any]) -> tuple[int, ...]:
    return tuple(int(v) for v in values)


def _gathered(eq: Equation) -> Windows:
    numbers = eq.params["dimension_numbers"]
    offsets = _numbers(numbers.offset_dims)
    batching = _numbers(numbers.operand_batching_dims)
    absent = _numbers(numbers.collapsed_slice_dims) + batching
    rank, operand = len(eq.outs[0].shape), eq.ins[0].shape
    kept = [d for d in range(len(operand)) if d not in absent]
    return Windows(
        operand,
        _numbers(eq.params["slice_sizes"]),
        _numbers(numbers.start_index_map),
        dict(zip(batching, _numbers(numbers.start_indices_batching_dims), strict=True)),
        rank,
        tuple(axis for axis in range(rank) if axis not in offsets),
        dict(zip(kept, sorted(offsets), strict=True)),
    )


def _scattered(eq: Equation) -> tuple[Windows, tuple[int, ...]]:
    """The windows, and the order of the updates' dimensions that puts one window after the other, as XLA does."""
    numbers = eq.params["dimension_numbers"]
    operand, updates = eq.ins[0].shape, eq.ins[2].shape
    window = _numbers(numbers.update_window_dims)
    batching = _numbers(numbers.operand_batching_dims)
    absent = _numbers(numbers.inserted_window_dims) + batching
    axes = dict(zip([d for d in range(len(operand)) if d not in absent], sorted(window), strict=True))
    batch = [axis for axis in range(len(updates)) if axis not in window]
    order = (*batch, *axes.values())
    windows = Windows(
        operand,
        tuple(updates[axes[d]] if d in axes else 1 for d in range(len(operand))),
        _numbers(numbers.scatter_dims_to_operand_dims),
        dict(zip(batching, _numbers(numbers.scatter_indices_batching_dims), strict=True)),
        len(updates),
        tuple(range(len(batch))),
        {d: order.index(axis) for d, axis in axes.items()},
    )
    return windows, order


def _fill_value(eq: Equation) -> np.ndarray:
    """What an index out of range yields: NaN, the least signed or the greatest unsigned number, or true."""
    dtype, value = eq.ins[0].dtype, eq.params["fill_value"]
    if value is None:
        if dtype.kind in "iu":
            value = np.iinfo(dtype).min if dtype.kind == "i" else np.iinfo(dtype).max
        else:
            value = np.nan if is_float(dtype) or dtype.kind == "c" else True
    return np.asarray(value).astype(dtype)


def _unusual(eq: Equation) -> bool:
    """Whether the index arrays would not span the layout, or what to fill with is not known."""
    return not eq.ins[0].shape or eq.ins[1].shape[-1] == 0 or (eq.ins[0].dtype.type is np.void and _fills(eq))


def _fills(eq: Equation) -> bool:
    return lax.GatherScatterMode.from_any(eq.params["mode"]) == lax.GatherScatterMode.FILL_OR_DROP


@primitive("gather", weight=2)
def gather(eq: Equation):
    if _unusual(eq):
        return None
    windows = _gathered(eq)
    batch = eq.ins[1].shape[:-1]
    take = _take_along_one(windows, batch) or _take_windows(windows, batch)
    if not _fills(eq):
        return take
    limits, spread, fill = windows.limits(), windows.spread(batch), _fill_value(eq)

    def filled(x, starts):
        starts = starts.astype(np.intp)
        out = take(x, starts)
        outside = _outside(starts, limits)
        if outside.any():
            return np.where(outside.reshape(spread), fill, out)
        return out

    return filled


def _outside(starts: np.ndarray, limits: np.ndarray) -> Any:
    """Whether a window at each start would leave the array; as unsigned numbers, negative starts are large."""
    outside = starts.view(np.uintp) > limits.view(np.uintp)
    return outside[..., 0] if len(limits) == 1 else outside.any(-1)


def _take_windows(windows: Windows, batch: tuple[int, ...]):
    locate, limits, zero = windows.locator(batch), windows.limits(), scalar(0, np.dtype(np.intp))
    return lambda x, starts: x[locate(np.minimum(np.maximum(starts.astype(np.intp), zero), limits))]


def _take_along_one(windows: Windows, batch: tuple[int, ...]):
    """The frequent case, whole slices along one dimension, or None."""
    if len(windows.mapped) != 1 or windows.batching:
        return None
    (axis,) = windows.mapped
    rest = [d for d in range(len(windows.shape)) if d != axis]
    whole = all(d in windows.window_axes and windows.sizes[d] == windows.shape[d] for d in rest)
    if axis in windows.window_axes or not whole:
        return None
    # NumPy's result has the dimensions before `axis`, those of the indices, those after.
    places = [windows.window_axes[d] for d in rest]
    places[axis:axis] = windows.batch_axes
    order = tuple(places.index(i) for i in range(windows.rank))
    if order == tuple(range(windows.rank)):
        return lambda x, starts: x.take(starts.reshape(batch).astype(np.intp), axis, mode="clip")
    return lambda x, starts: x.take(starts.reshape(batch).astype(np.intp), axis, mode="clip").transpose(order)


def _scatter(combine: Callable[[np.ndarray, tuple, np.ndarray], Any]):
    def rule(eq: Equation):
        if _unusual(eq) or (eq.name == "scatter" and eq.params["update_jaxpr"] is not None):
            return None
        (windows, order), batch = _scattered(eq), eq.ins[1].shape[:-1]
        layout = tuple(eq.ins[2].shape[axis] for axis in order)
        ordered = order == tuple(range(len(order)))
        locate, limits, spread = windows.locator(batch), windows.limits(), windows.spread(batch)
        clips = lax.GatherScatterMode.from_any(eq.params["mode"]) == lax.GatherScatterMode.CLIP

        def scatter(x, starts, updates):
            out, starts = np.array(x), starts.astype(np.intp)
            if not ordered:
                updates = updates.transpose(order)
            if clips:
                combine(out, locate(np.minimum(np.maximum(starts, 0), limits)), updates)
                return out
            outside, index = _outside(starts, limits), locate(starts)
            if outside.any():
                inside = np.broadcast_to(~outside.reshape(spread), layout)
                index = tuple(np.broadcast_to(i, layout)[inside] for i in index)
                updates = updates[inside]
            combine(out, index, updates)
            return out

        return scatter

    return rule


def _assign(out: np.ndarray, index: tuple, updates: np.ndarray) -> None:
    out[index] = updates  # the last of several updates of one element stays, as in XLA on the CPU


primitive("scatter", weight=2)(_scatter(_assign))
primitive("scatter-add", "scatter_add", weight=4)(_scatter(np.add.at))
primitive("scatter-sub", "scatter_sub", weight=4)(_scatter(np.subtract.at))
primitive("scatter-mul", "scatter_mul", weight=4)(_scatter(np.multiply.at))
primitive("scatter-min", "scatter_min", weight=4)(_scatter(np.minimum.at))
primitive("scatter-max", "scatter_max", weight=4)(_scatter(np.maximum.at))
