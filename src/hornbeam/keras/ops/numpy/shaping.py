"""Shapes: the same elements in another arrangement, joined, split and repeated."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from hornbeam.graph.mode import executing_eagerly
from hornbeam.graph.tensor import Tensor
from hornbeam.keras.ops.declare import numpy_op
from hornbeam.keras.ops.tensors import (
    axes_of,
    axis_of,
    cast,
    dims,
    product_of,
    promote,
    rank,
    shape_vector,
    sizes,
    tensor,
)
from hornbeam.ops import joining, moving, numpy_arrays
from hornbeam.ops import shaping as shapes

# Dimensions ---------------------------------------------------------------------------------------------


@numpy_op(config="newshape")
def reshape(x: Any, newshape: Any) -> Any:
    """The elements of `x`, row by row, in another shape; one entry may be -1.

    Raises ValueError for several of them, and for other numbers below 0.

    >>> reshape([1, 2, 3, 4], (2, -1)).numpy().tolist()
    [[1, 2], [3, 4]]
    """
    x = tensor(x)
    if isinstance(newshape, Tensor):
        return shapes.reshape(x, newshape if rank(newshape) else shapes.reshape(newshape, [1]))
    entries = [newshape] if isinstance(newshape, (int, np.integer)) else list(newshape)
    known = [e for e in entries if isinstance(e, (int, np.integer))]
    if any(e < -1 for e in known):
        raise ValueError("Each entry of `newshape` must be a non-negative integer, or -1 for the one that is found. "
                         f"Received: newshape={newshape}")
    if known.count(-1) > 1:
        raise ValueError("There must be at most one unknown dimension (-1) in `newshape`. Received: "
                         f"newshape={newshape}")
    return shapes.reshape(x, shape_vector([-1 if e is None else e for e in entries]))


@numpy_op
def ravel(x: Any) -> Any:
    """The elements in one vector."""
    return shapes.reshape(tensor(x), [-1])


@numpy_op(symbolic=False)
def ndim(x: Any) -> Any:
    """The number of dimensions."""
    return len(getattr(x, "shape", None)) if hasattr(x, "shape") else rank(tensor(x))  # type: ignore[arg-type]


@numpy_op
def size(x: Any) -> Any:
    """The number of elements: an integer where it is known at once, else an int32 scalar."""
    count = product_of(sizes(tensor(x)))
    return count if executing_eagerly() else tensor(count, "int32")


@numpy_op(config="axis")
def expand_dims(x: Any, axis: Any) -> Any:
    """New dimensions of size 1, at the places `axis` of the result."""
    x = tensor(x)
    given = list(axis) if isinstance(axis, (list, tuple)) else [axis]
    for at in sorted(axes_of(given, rank(x) + len(given))):
        x = shapes.expand_dims_op(x, np.int32(at))
    return x


@numpy_op
def squeeze(x: Any, axis: Any = None) -> Any:
    """Without the dimensions of size 1, or without those that `axis` names. Raises ValueError for larger ones."""
    x = tensor(x)
    if axis is None:  # where a size is unknown, the dimension stays
        axis = [i for i, d in enumerate(dims(x)) if d == 1]
    at = axes_of(axis, rank(x))
    for a in at:
        if dims(x)[a] not in (1, None):
            raise ValueError(f"Cannot squeeze axis={axis}, because the dimension is not 1. Received: x.shape={dims(x)}")
    return shapes.squeeze_op(x, squeeze_dims=at) if at else x


@numpy_op
def transpose(x: Any, axes: Any = None) -> Any:
    """The dimensions in another order, by default reversed. Raises ValueError for axes that are no permutation."""
    x = tensor(x)
    count = rank(x)
    order = tuple(range(count))[::-1] if axes is None else tuple(a + count if a < 0 else a for a in map(int, axes))
    if sorted(order) != list(range(count)):
        raise ValueError(f"`axes` is no valid permutation of the {count} dimensions. Received: axes={axes}")
    return moving.transpose_op(x, np.array(order, np.int32), name="transpose")


@numpy_op(config="source destination")
def moveaxis(x: Any, source: Any, destination: Any) -> Any:
    """The dimensions `source` at the places `destination`, the others in their order."""
    x = tensor(x)
    one = isinstance(source, (int, np.integer))
    count = rank(x)
    origin = axes_of([source] if one else source, count)
    goal = axes_of([destination] if isinstance(destination, (int, np.integer)) else destination, count)
    if len(origin) != len(goal):
        raise ValueError("`source` and `destination` arguments must have the same number of elements, but received "
                         f"`source={source}` and `destination={destination}`.")
    order = [a for a in range(count) if a not in origin]
    for to, at in sorted(zip(goal, origin, strict=True)):
        order.insert(to, at)
    return moving.transpose_op(x, np.array(order, np.int32))


@numpy_op(config="axis1 axis2")
def swapaxes(x: Any, axis1: int, axis2: int) -> Any:
    """Two dimensions exchanged."""
    x = tensor(x)
    order = list(range(rank(x)))
    a, b = axis_of(axis1, len(order)), axis_of(axis2, len(order))
    order[a], order[b] = order[b], order[a]
    return moving.transpose_op(x, np.array(order, np.int32))


@numpy_op(config="shape")
def broadcast_to(x: Any, shape: Any) -> Any:
    """`x` repeated along new and size-1 dimensions until it has `shape`."""
    entries = [shape] if isinstance(shape, (int, np.integer)) else shape
    return shapes.broadcast_to(tensor(x), entries if isinstance(entries, Tensor) else shape_vector(list(entries)))


# Turned over --------------------------------------------------------------------------------------------


@numpy_op
def flip(x: Any, axis: Any = None) -> Any:
    """The order of the elements reversed along one, several or all dimensions."""
    x = tensor(x)
    return moving.reverse(x, np.array(axes_of(axis, rank(x)), np.int32))


@numpy_op
def fliplr(x: Any) -> Any:
    """The order of the columns reversed. Raises ValueError for fewer than two dimensions."""
    return flip(_at_least(x, 2, "fliplr"), 1)


@numpy_op
def flipud(x: Any) -> Any:
    """The order of the rows reversed. Raises ValueError for a scalar."""
    return flip(_at_least(x, 1, "flipud"), 0)


def _at_least(x: Any, count: int, what: str) -> Any:
    x = tensor(x)
    if rank(x) < count:
        raise ValueError(f"`{what}` requires an input of at least {count} dimension(s), got shape {dims(x)}")
    return x


@numpy_op
def rot90(array: Any, k: int = 1, axes: Any = (0, 1)) -> Any:
    """Turned by 90 degrees `k` times, from the first towards the second of two dimensions."""
    array = tensor(array)
    if rank(array) < 2:
        raise ValueError(f"Input array must have at least 2 dimensions. Received: array.ndim={rank(array)}")
    if len(axes) != 2 or axis_of(axes[0], rank(array)) == axis_of(axes[1], rank(array)):
        raise ValueError(f"Invalid axes: {axes}. Axes must be a tuple of two different dimensions.")
    turns = k % 4
    if turns == 0:
        return array
    if turns == 2:
        return flip(array, tuple(axes))
    if turns == 1:
        return swapaxes(flip(array, axes[1]), axes[0], axes[1])
    return flip(swapaxes(array, axes[0], axes[1]), axes[1])


@numpy_op(config="shift axis")
def roll(x: Any, shift: Any, axis: Any = None) -> Any:
    """The elements moved along, those beyond the end to the beginning; of the flattened tensor for no axis."""
    x = tensor(x)
    if axis is None:
        turned = moving.roll(shapes.reshape(x, [-1]), _total(shift), 0)
        return shapes.reshape(turned, shape_vector(sizes(x)))
    at = axes_of(axis, rank(x))
    steps = shift if isinstance(shift, (list, tuple)) else [shift] * len(at)
    if len(steps) == 1 and len(at) > 1:
        steps = list(steps) * len(at)
    return moving.roll(x, list(steps), list(at))


def _total(shift: Any) -> Any:
    return sum(shift) if isinstance(shift, (list, tuple)) else shift


# Joined -------------------------------------------------------------------------------------------------


@numpy_op
def concatenate(xs: Any, axis: Any = 0) -> Any:
    """Tensors one after the other along a dimension; flattened first where `axis` is None."""
    values = promote(*xs)
    if axis is None:
        return joining.concat([shapes.reshape(v, [-1]) for v in values], 0)
    at = axis_of(axis, rank(values[0]))
    return values[0] if len(values) == 1 else joining.concat_op(values, np.int32(at), name="concat")


@numpy_op
def stack(x: Any, axis: int = 0) -> Any:
    """Tensors of one shape along a new dimension."""
    values = promote(*x)
    return joining.pack(values, axis=axis_of(axis, rank(values[0]) + 1))


@numpy_op
def append(x1: Any, x2: Any, axis: Any = None) -> Any:
    """`x2` after `x1` along a dimension; both flattened where `axis` is None."""
    return concatenate([x1, x2], axis)


def _with_rank(x: Any, count: int) -> Any:
    """At least so many dimensions, as NumPy adds them: a vector is a row, and a matrix gets a third one behind."""
    x = tensor(x)
    if rank(x) == 0:
        x = shapes.reshape(x, [1])
    if count >= 2 and rank(x) == 1:
        x = shapes.expand_dims_op(x, np.int32(0))
    if count >= 3 and rank(x) == 2:
        x = shapes.expand_dims_op(x, np.int32(2))
    return x


@numpy_op
def hstack(xs: Any) -> Any:
    """Tensors side by side: along the second dimension, vectors along their only one."""
    values = [_with_rank(x, 1) for x in xs]
    return concatenate(values, 0 if rank(values[0]) == 1 else 1)


@numpy_op
def vstack(xs: Any) -> Any:
    """Tensors below one another: along the first dimension, vectors as rows."""
    return concatenate([_with_rank(x, 2) for x in xs], 0)


@numpy_op
def dstack(xs: Any) -> Any:
    """Tensors behind one another: along the third dimension."""
    return concatenate([_with_rank(x, 3) for x in xs], 2)


# Split --------------------------------------------------------------------------------------------------


def _pieces(x: Any, places: Sequence[int], axis: int) -> list[Any]:
    """Cut before each of the places."""
    length = dims(x)[axis]
    if length is None:
        cuts = [None, *(int(p) for p in places), None]
        return [x[(slice(None),) * axis + (slice(a, b),)] for a, b in itertools.pairwise(cuts)]
    ends = [*(_within(p, length) for p in places), length]
    starts = [0, *ends[:-1]]
    lengths = [max(e - s, 0) for s, e in zip(starts, ends, strict=True)]
    return [_part(x, axis, s, n) for s, n in zip(starts, lengths, strict=True)]


def _within(place: int, length: int) -> int:
    place = int(place)
    return max(0, min(place + length if place < 0 else place, length))


def _part(x: Any, axis: int, start: int, length: int) -> Any:
    begin = [start if i == axis else 0 for i in range(rank(x))]
    count = [length if i == axis else -1 for i in range(rank(x))]
    return moving.slice_op(x, np.array(begin, np.int32), np.array(count, np.int32))


@numpy_op(config="indices_or_sections axis")
def split(x: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """A list of equal parts where a number is given, else the parts between the places given.

    Raises ValueError where the size does not divide.
    """
    x = tensor(x)
    at = axis_of(axis, rank(x))
    if not isinstance(indices_or_sections, (int, np.integer)):
        return _pieces(x, [int(i) for i in np.asarray(indices_or_sections).reshape(-1)], at)
    length = dims(x)[at]
    if length is not None and length % indices_or_sections:
        raise ValueError("`x` size on given `axis` must be dividable by `indices_or_sections` when it is an int. "
                         f"Received: size={length}, indices_or_sections={indices_or_sections}")
    return list(joining.split_op(np.int32(at), x, num_split=int(indices_or_sections)))


@numpy_op(config="indices_or_sections axis")
def array_split(x: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """As `split`; where the size does not divide, the first parts have one more."""
    x = tensor(x)
    at = axis_of(axis, rank(x))
    if not isinstance(indices_or_sections, (int, np.integer)):
        return split(x, indices_or_sections, axis)
    length = dims(x)[at]
    if length is None:
        raise ValueError(f"Cannot use array_split with static Python logic on dynamic axis. Axis {axis} of shape "
                         f"{dims(x)} is unknown.")
    small, larger = divmod(length, int(indices_or_sections))
    counts = [small + (i < larger) for i in range(int(indices_or_sections))]
    return _pieces(x, np.cumsum(counts)[:-1].tolist(), at)


@numpy_op(config="indices_or_sections")
def hsplit(x: Any, indices_or_sections: Any) -> Any:
    """`split` along the second dimension, of vectors along their only one."""
    x = tensor(x)
    return split(x, indices_or_sections, 1 if rank(x) > 1 else 0)


@numpy_op(config="indices_or_sections")
def vsplit(x: Any, indices_or_sections: Any) -> Any:
    """`split` along the first dimension."""
    return split(_at_least(x, 2, "vsplit"), indices_or_sections, 0)


@numpy_op(config="indices_or_sections")
def dsplit(x: Any, indices_or_sections: Any) -> Any:
    """`split` along the third dimension."""
    return split(_at_least(x, 3, "dsplit"), indices_or_sections, 2)


# Repeated and padded ------------------------------------------------------------------------------------


@numpy_op(config="repeats")
def tile(x: Any, repeats: Any) -> Any:
    """The whole tensor repeated so many times along each dimension, the last ones first where there are fewer."""
    x = tensor(x)
    if isinstance(repeats, Tensor):
        return joining.tile(x, repeats)
    times = [repeats] if isinstance(repeats, (int, np.integer)) else list(repeats)
    if len(times) < rank(x):
        times = [1] * (rank(x) - len(times)) + times
    while rank(x) < len(times):
        x = shapes.expand_dims_op(x, np.int32(0))
    return joining.tile(x, shape_vector(times))


@numpy_op(config="repeats axis")
def repeat(x: Any, repeats: Any, axis: Any = None) -> Any:
    """Each element (or slice) so many times in a row; of the flattened tensor where `axis` is None."""
    x = tensor(x)
    if axis is None:
        x, axis = shapes.reshape(x, [-1]), 0
    at = axis_of(axis, rank(x))
    counts = repeats if isinstance(repeats, Tensor) else np.asarray(repeats, np.int32)
    if not isinstance(counts, Tensor) and counts.shape == (1,):
        counts = counts[0]
    return joining.repeat(x, counts, at)


@numpy_op(config="pad_width mode")
def pad(x: Any, pad_width: Any, mode: str = "constant", constant_values: Any = None) -> Any:
    """More elements around: `pad_width` says how many, for all sides, as (before, after), or so for each dimension.

    mode: "constant" (`constant_values`, 0 by default), "reflect", "symmetric", "edge", "wrap". Raises ValueError for
    `constant_values` in another mode.
    """
    x = tensor(x)
    if constant_values is not None and mode != "constant":
        raise ValueError("Argument `constant_values` can only be provided when `mode == 'constant'`. "
                         f"Received: mode={mode}")
    widths = _widths(pad_width, rank(x))
    if mode == "constant":
        if x.dtype.base_dtype.is_bool:
            return cast(pad(cast(x, "int32"), pad_width, mode, constant_values), "bool")
        if constant_values is None:
            return moving.pad_op(x, widths)
        return moving.pad_v2_op(x, widths, tensor(constant_values, x.dtype.base_dtype.name))
    if mode in ("reflect", "symmetric") and _fits_once(x, widths, mode):
        return moving.mirror_pad(x, widths, mode=mode.upper())
    return numpy_arrays.pad(x, widths, mode=mode)


def _widths(pad_width: Any, count: int) -> np.ndarray:
    given = np.asarray(pad_width, np.int32)
    if given.ndim == 0:
        given = np.broadcast_to(given, (count, 2))
    elif given.ndim == 1:
        given = np.broadcast_to(given if given.size == 2 else np.repeat(given, 2), (count, 2))
    elif given.shape[0] == 1:
        given = np.broadcast_to(given, (count, 2))
    if given.shape != (count, 2):
        raise ValueError(f"`pad_width` must have one pair for each of the {count} dimensions. "
                         f"Received: pad_width={pad_width}")
    return np.ascontiguousarray(given)


def _fits_once(x: Any, widths: np.ndarray, mode: str) -> bool:
    """Whether each side takes at most one mirror image: what XLA does in one pass."""
    less = 1 if mode == "reflect" else 0
    return all(d is None or max(pair) <= max(d - less, 0) for d, pair in zip(dims(x), widths.tolist(), strict=True))
