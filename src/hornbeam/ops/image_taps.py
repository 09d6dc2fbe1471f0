"""Resampling one axis: which input positions each output position is made of, and with what weights.

Comes in: two sizes and how their grids lie on each other. Goes out: `Taps`, two tables [outputs, taps]. All of it is
NumPy in float32, computed while an op is traced; `applied` is the one place that touches images. A transposed table
is a table again: gradients gather too, and nothing scatters.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from hornbeam.backend.lazy import jnp, lax

_FEW = 12
"""Tables of more taps become matrices."""
_CUBIC_STEPS = 1024
_SMALLEST = np.float32(1000 * np.finfo(np.float32).tiny)
_F = np.float32


class Taps(NamedTuple):
    """`output[o] = Σ_k weights[o, k] · input[indices[o, k]]`; `size` inputs. Where an index is -1 there is no tap."""

    indices: np.ndarray
    weights: np.ndarray
    size: int

    @property
    def matrix(self) -> np.ndarray:
        """The same as a matrix [outputs, size]."""
        found = np.zeros((len(self.indices), self.size), np.float32)
        np.add.at(found, (np.arange(len(self.indices))[:, None], self.indices), self.weights)
        return found

    def transposed(self) -> Taps:
        """The table of the transposed matrix: what each input gives to the outputs."""
        outputs = len(self.indices)
        place = np.repeat(np.arange(outputs), self.indices.shape[1])
        source, weight = self.indices.reshape(-1), self.weights.reshape(-1)
        used = source >= 0
        place, source, weight = place[used], source[used], weight[used]
        order = np.argsort(source, kind="stable")
        place, source, weight = place[order], source[order], weight[order]
        counts = np.bincount(source, minlength=self.size)
        rank = np.arange(len(source)) - np.repeat(np.cumsum(counts) - counts, counts)
        most = max(1, int(counts.max(initial=0)))
        indices, weights = np.full((self.size, most), -1, np.int32), np.zeros((self.size, most), np.float32)
        indices[source, rank], weights[source, rank] = place, weight
        return Taps(indices, weights, outputs)


def applied(x: Any, taps: Taps, axis: int) -> Any:
    """`x` with one axis resampled."""
    outputs, count = taps.indices.shape
    if x.shape[axis] == outputs and count == 1 and np.array_equal(taps.indices[:, 0], np.arange(outputs)) and (
            taps.weights == 1).all():
        return x
    if 0 in x.shape or not outputs:
        return jnp.zeros((*x.shape[:axis], outputs, *x.shape[axis + 1:]), x.dtype)
    if count > _FEW:
        moved = jnp.tensordot(jnp.asarray(taps.matrix, x.dtype), x, (1, axis), precision=lax.Precision.HIGHEST)
        return jnp.moveaxis(moved, 0, axis)

    def along(values: np.ndarray) -> np.ndarray:
        return values.reshape((-1, *[1] * (x.ndim - axis - 1)))

    def taken(k: int) -> Any:
        found = jnp.take(x, np.maximum(taps.indices[:, k], 0), axis=axis, mode="clip")
        there = taps.indices[:, k] >= 0
        return found if there.all() else jnp.where(along(there), found, jnp.zeros((), x.dtype))

    def weight(k: int) -> Any:
        return jnp.asarray(along(taps.weights[:, k]), x.dtype)

    if count == 2 and (taps.indices >= 0).all() and (taps.weights[:, 0] == 1 - taps.weights[:, 1]).all():
        first = taken(0)
        return first + (taken(1) - first) * weight(1)  # exact where both are alike
    parts = [taken(k) if (taps.weights[:, k][taps.indices[:, k] >= 0] == 1).all() else taken(k) * weight(k)
             for k in range(count)]
    return functools.reduce(lambda a, b: a + b, parts)


# The grids ------------------------------------------------------------------------------------------------


def scale_of(size: int, outputs: int, align_corners: bool) -> np.float32:
    """Input positions an output position."""
    if align_corners and outputs > 1:
        return _F(_F(size - 1) / _F(outputs - 1))
    return _F(_F(size) / _F(max(outputs, 1)))


def _places(size: int, outputs: int, align_corners: bool, half_pixel_centers: bool) -> np.ndarray:
    """Where the outputs lie among the inputs."""
    at = np.arange(outputs, dtype=np.float32)
    scale = scale_of(size, outputs, align_corners)
    return (at + _F(0.5)) * scale - _F(0.5) if half_pixel_centers else at * scale


@functools.lru_cache(256)
def linear(size: int, outputs: int, align_corners: bool, half_pixel_centers: bool) -> Taps:
    """The two neighbours, weighted by their distance; at the ends the last element alone."""
    at = _places(size, outputs, align_corners, half_pixel_centers)
    floor = np.floor(at)
    upper = np.minimum(np.ceil(at).astype(np.int64), size - 1)
    lower = np.minimum(np.maximum(floor.astype(np.int64), 0), upper)
    second = at - floor
    return Taps(np.stack([lower, upper], 1).astype(np.int32), np.stack([1 - second, second], 1), size)


@functools.lru_cache(256)
def nearest(size: int, outputs: int, align_corners: bool, half_pixel_centers: bool) -> Taps:
    """The nearest neighbour."""
    at = np.arange(outputs, dtype=np.float32)
    scale = scale_of(size, outputs, align_corners)
    at = (at + _F(0.5)) * scale if half_pixel_centers else at * scale
    at = np.floor(at + _F(0.5)) if align_corners else np.floor(at)
    found = np.clip(at.astype(np.int64), 0, max(size - 1, 0)).astype(np.int32)
    return Taps(found[:, None], np.ones((outputs, 1), np.float32), size)


def _cubic_table(a: float) -> np.ndarray:
    """Keys's kernel at distances 0 to 2 in steps of 1/1024."""
    x = np.arange(_CUBIC_STEPS + 1, dtype=np.float32) / _F(_CUBIC_STEPS)
    near = ((_F(a + 2) * x - _F(a + 3)) * x) * x + _F(1)
    x = x + _F(1)
    far = ((_F(a) * x - _F(5 * a)) * x + _F(8 * a)) * x - _F(4 * a)
    return np.stack([near, far], 1)


@functools.lru_cache(256)
def cubic(size: int, outputs: int, align_corners: bool, half_pixel_centers: bool) -> Taps:
    """Four neighbours by Keys's kernel: a = -½ on half-pixel centres, where neighbours outside count nothing, else -¾.

    The kernel is read from a table of 1024 steps, as TensorFlow does.
    """
    at = _places(size, outputs, align_corners, half_pixel_centers)
    floor = np.floor(at)
    step = np.rint((at - floor) * _F(_CUBIC_STEPS)).astype(np.int64)
    table = _cubic_table(-0.5 if half_pixel_centers else -0.75)
    back = _CUBIC_STEPS - step
    weights = np.stack([table[step, 1], table[step, 0], table[back, 0], table[back, 1]], 1)
    wanted = floor.astype(np.int64)[:, None] + np.arange(-1, 3)
    indices = np.clip(wanted, 0, size - 1)
    if half_pixel_centers:
        weights = np.where(indices == wanted, weights, _F(0))
        weights = _normalized(weights)
    return Taps(indices.astype(np.int32), weights.astype(np.float32), size)


def _normalized(weights: np.ndarray) -> np.ndarray:
    total = weights.sum(1, keepdims=True, dtype=np.float32)
    return np.where(np.abs(total) >= _SMALLEST, weights / np.where(total == 0, _F(1), total), weights)


@functools.lru_cache(256)
def area(size: int, outputs: int, align_corners: bool) -> Taps:
    """All inputs that an output covers, by the part of it that each is."""
    scale = scale_of(size, outputs, align_corners)
    at = np.arange(outputs, dtype=np.float32)
    begin, end = at * scale, (at + _F(1)) * scale
    first = np.floor(begin).astype(np.int64)
    count = max(1, int((np.ceil(end).astype(np.int64) - first).max(initial=1)))
    wanted = first[:, None] + np.arange(count)
    low, high = np.maximum(wanted, begin[:, None]), np.minimum(wanted + 1, end[:, None])
    weights = np.maximum(high - low, 0).astype(np.float32) / (scale or _F(1))
    indices = np.where(weights > 0, np.clip(wanted, 0, size - 1), -1)
    return Taps(indices.astype(np.int32), weights.astype(np.float32), size)


# Kernels that scale with the image -------------------------------------------------------------------------

Kernel = Callable[[Any], Any]


def _lanczos(radius: float) -> Kernel:
    def kernel(x: Any) -> Any:
        safe = jnp.maximum(x, 1e-3)
        value = radius * jnp.sin(np.pi * safe) * jnp.sin(np.pi * safe / radius) / (np.pi ** 2 * safe * safe)
        return jnp.where(x > radius, 0, jnp.where(x <= 1e-3, 1, value))

    return kernel


def _gaussian(x: Any) -> Any:
    return jnp.where(x >= 1.5, 0, jnp.exp(-x * x / (2 * 0.5 ** 2)))


def _box(x: Any) -> Any:
    return jnp.where(x < 0.5, 1, jnp.where(x == 0.5, 0.5, 0))


def _keys(x: Any) -> Any:
    near, far = ((1.5 * x - 2.5) * x) * x + 1, ((-0.5 * x + 2.5) * x - 4) * x + 2
    return jnp.where(x >= 2, 0, jnp.where(x >= 1, far, near))


def _mitchell(x: Any) -> Any:
    near = ((7 / 6 * x - 2) * x) * x + 8 / 9
    far = ((-7 / 18 * x + 2) * x - 10 / 3) * x + 16 / 9
    return jnp.where(x >= 2, 0, jnp.where(x >= 1, far, near))


KERNELS: dict[str, tuple[float, Kernel]] = {
    "lanczos1": (1, _lanczos(1)), "lanczos3": (3, _lanczos(3)), "lanczos5": (5, _lanczos(5)),
    "gaussian": (1.5, _gaussian), "box": (1, _box), "triangle": (1, lambda x: jnp.maximum(1 - x, 0)),
    "keyscubic": (2, _keys), "mitchellcubic": (2, _mitchell)}
"""Radius and function of the distance, by TensorFlow's names."""


def spread(size: int, outputs: int, scale: Any, translation: Any, kernel_type: str, antialias: bool) -> Any:
    """The matrix [outputs, size] that resamples by a kernel, wider than the inputs where `antialias` and scale < 1.

    scale, translation: scalars, which need not be known. Outputs that lie outside of the input are zero.
    """
    radius, kernel = KERNELS[kernel_type]
    inverse = 1 / scale
    reach = jnp.maximum(inverse, 1) if antialias else jnp.ones_like(inverse)
    middle = (jnp.arange(outputs, dtype=jnp.float32) + 0.5) * inverse - inverse * translation
    begin = jnp.clip(jnp.ceil(middle - radius * reach - 0.5), 0, size - 1)
    end = jnp.clip(jnp.floor(middle + radius * reach - 0.5), 0, size - 1)
    source = jnp.arange(size, dtype=jnp.float32)
    weights = kernel(jnp.abs((source + 0.5 - middle[:, None]) / reach)).astype(jnp.float32)
    inside = (source >= begin[:, None]) & (source <= end[:, None])
    weights = jnp.where(inside, weights, 0)
    total = weights.sum(1, keepdims=True)
    weights = jnp.where(jnp.abs(total) >= _SMALLEST, weights / jnp.where(total == 0, 1, total), weights)
    return jnp.where(((middle >= 0) & (middle <= size))[:, None], weights, 0)
