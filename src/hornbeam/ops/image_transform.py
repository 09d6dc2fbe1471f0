"""Images under projective transforms: what rotates, shears and shifts them for training."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp
from hornbeam.graph import dtypes
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.op import op
from hornbeam.ops import array, dims, math
from hornbeam.ops.image_resizing import size_of

_IMAGES = (dtypes.uint8, dtypes.int32, dtypes.int64, dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64)
_MODES = ("REFLECT", "WRAP", "CONSTANT", "NEAREST")


def _places(transforms: Any, rows: int, columns: int) -> tuple[Any, Any]:
    """Where each output pixel comes from: x and y, [batch, rows, columns]; -1 where it comes from infinity."""
    y = jnp.arange(rows, dtype=jnp.float32)[None, :, None]
    x = jnp.arange(columns, dtype=jnp.float32)[None, None, :]
    a = [transforms[:, i, None, None] for i in range(8)]
    depth = a[6] * x + a[7] * y + 1
    safe = jnp.where(depth == 0, 1, depth)
    found = [(a[i] * x + a[i + 1] * y + a[i + 2]) / safe for i in (0, 3)]
    return jnp.where(depth == 0, -1, found[0]), jnp.where(depth == 0, -1, found[1])


def _folded(at: Any, size: int, mode: str) -> Any:
    """Places outside of [0, size - 1] as places within, by the fill mode."""
    last = jnp.float32(size - 1)
    if mode == "CONSTANT":
        return at
    if mode == "NEAREST":
        return jnp.clip(at, 0, last)
    if size <= 1:
        return jnp.zeros_like(at)
    if mode == "WRAP":
        low = at + size * (jnp.trunc(-at / last) + 1)  # periods of `size`, counted in lengths of `last`, as there
        high = at - size * jnp.trunc(at / last)
        return jnp.clip(jnp.where(at < 0, low, jnp.where(at > last, high, at)), 0, last)
    period = jnp.float32(2 * size)
    below = jnp.where(at < -period, at + period * jnp.trunc(-at / period), at)
    below = jnp.where(below < -size, below + period, -below - 1)
    above = at - period * jnp.trunc(at / period)
    above = jnp.where(above >= size, period - above - 1, above)
    return jnp.clip(jnp.where(at < 0, below, jnp.where(at > last, above, at)), 0, last)


def _read(images: Any, y: Any, x: Any, fill: Any) -> Any:
    """The pixels at whole places; `fill` outside of the images."""
    height, width = images.shape[1:3]
    inside = (y >= 0) & (y < height) & (x >= 0) & (x < width)
    rows, columns = (jnp.clip(at, 0, size - 1).astype(jnp.int32) for at, size in ((y, height), (x, width)))
    found = jnp.asarray(images)[jnp.arange(images.shape[0])[:, None, None], rows, columns]
    return jnp.where(inside[..., None], found, fill)


def _round(at: Any) -> Any:
    return jnp.where(at < 0, -jnp.floor(-at + 0.5), jnp.floor(at + 0.5))


def _transformed(images: Any, transforms: Any, output_shape: Any, fill_value: Any, interpolation: str,
                 mode: str) -> Any:
    rows, columns = (int(v) for v in output_shape)
    shape = (images.shape[0], rows, columns, images.shape[3])
    x, y = _places(jnp.broadcast_to(transforms, (images.shape[0], 8)), rows, columns)
    y, x = _folded(y, images.shape[1], mode), _folded(x, images.shape[2], mode)
    if 0 in shape or 0 in images.shape:
        return jnp.full(shape, fill_value).astype(images.dtype)
    if interpolation == "NEAREST":
        return _read(images, _round(y), _round(x), jnp.asarray(fill_value).astype(images.dtype))
    wide = images.astype(jnp.promote_types(images.dtype, jnp.float32))
    y0, x0 = jnp.floor(y), jnp.floor(x)
    dy, dx = (y - y0)[..., None], (x - x0)[..., None]
    fill = jnp.asarray(fill_value).astype(images.dtype).astype(wide.dtype)
    top = (1 - dx) * _read(wide, y0, x0, fill) + dx * _read(wide, y0, x0 + 1, fill)
    bottom = (1 - dx) * _read(wide, y0 + 1, x0, fill) + dx * _read(wide, y0 + 1, x0 + 1, fill)
    return ((1 - dy) * top + dy * bottom).astype(images.dtype)


def _shape(inputs: Any, attrs: dict[str, Any]) -> Any:
    images, transforms = inputs[0].dims, inputs[1].dims
    dims.want_rank(images, 4, f"Input images must have rank 4{dims.text(images)}")
    dims.want_rank(transforms, 2, f"Input transform should be num_images x 8 or 1 x 8{dims.text(transforms)}")
    if transforms is not None and transforms[1] not in (8, None):
        raise ShapeFault(f"Dimension must be 8 but is {transforms[1]}",
                         "Input transform should be num_images x 8 or 1 x 8")
    if images is not None and transforms is not None and transforms[0] not in (1, None, images[0]) and (
            images[0] is not None):
        raise ShapeFault("Input transform should be num_images x 8 or 1 x 8")
    if attrs["interpolation"] not in ("NEAREST", "BILINEAR"):
        raise ShapeFault(f"Invalid interpolation {attrs['interpolation']}. Supported types: NEAREST, BILINEAR")
    if attrs["fill_mode"] not in _MODES:
        raise ShapeFault(f"Invalid mode {attrs['fill_mode']}. Supported types: {', '.join(_MODES)}")
    batch, channels = (None, None) if images is None else (images[0], images[3])
    return [((batch, *size_of(inputs[2]), channels), inputs[0].dtype)]


def _turned(rng: np.random.Generator, *rest: Any) -> Any:
    images = rng.uniform(-1, 1, (2, 5, 4, 2))
    turns = np.array([[0.8, -0.35, 0.9, 0.45, 0.7, -1.3, 0.01, -0.02], [1.3, 0.2, -2.7, -0.1, 1.6, -3.1, 0, 0]],
                     np.float32)
    size = np.array([6, 5], np.int32)
    return [((images, turns if i % 3 else turns[:1], size, *rest), {"interpolation": way, "fill_mode": mode})
            for i, (way, mode) in enumerate((w, m) for w in ("NEAREST", "BILINEAR") for m in _MODES)]


_UNTESTED = {"gradient": "as TensorFlow defines it, an interpolation of its own and not the derivative"}


@op("ImageProjectiveTransformV2", inputs="images: T, transforms: float32, output_shape: int32 static", T=_IMAGES,
    samples=_turned, waive=_UNTESTED)
def image_projective_transform_v2(images, transforms, output_shape, *, interpolation: str, fill_mode: str = "CONSTANT"):
    """Images whose pixel (x, y) comes from ((a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k), k = c0 x + c1 y + 1.

    images: [batch, height, width, channels]. transforms: [batch or 1, 8] of a0, a1, a2, b0, b1, b2, c0, c1.
    """
    return _transformed(images, transforms, output_shape, 0.0, interpolation, fill_mode)


@op("ImageProjectiveTransformV3", inputs="images: T, transforms: float32, output_shape: int32 static, "
    "fill_value: float32", T=_IMAGES, waive=_UNTESTED, samples=lambda rng: _turned(rng, np.float32(0.5)))
def image_projective_transform_v3(images, transforms, output_shape, fill_value, *, interpolation: str,
                                  fill_mode: str = "CONSTANT"):
    """As `ImageProjectiveTransformV2`; `fill_value` stands outside of the images with fill_mode "CONSTANT"."""
    return _transformed(images, transforms, output_shape, fill_value, interpolation, fill_mode)


image_projective_transform_v2.shape(_shape)
image_projective_transform_v3.shape(_shape)


def _inverse_gradient(call: Any, dy: Any) -> Any:
    """As TensorFlow defines it: the gradient is transformed by the inverse transforms, and so interpolated again."""
    images, transforms = call.inputs[:2]
    if not images.dtype.is_floating:
        return [None] * len(call.inputs)
    known = images.dims
    size = list(known[1:3]) if known is not None and None not in known[1:3] else array.shape(images)[1:3]
    one = array.ones_like(transforms[:, :1])
    matrices = array.reshape(array.concat([transforms, one], 1), [-1, 3, 3])
    inverse = _inverted(matrices)
    flat = array.reshape(inverse / inverse[:, 2:3, 2:3], [-1, 9])[:, :8]
    zero = array.zeros([]) if len(call.inputs) > 3 else None
    rest = [] if zero is None else [zero]
    again = image_projective_transform_v2 if zero is None else image_projective_transform_v3
    return [again(dy, flat, size, *rest, **call.attrs), *[None] * (len(call.inputs) - 1)]


def _inverted(m: Any) -> Any:
    """The inverses of 3 × 3 matrices, by cofactors."""
    rows = [[m[:, i, j] for j in range(3)] for i in range(3)]

    def minor(i: int, j: int) -> Any:
        a, b = [r for r in range(3) if r != i], [c for c in range(3) if c != j]
        return rows[a[0]][b[0]] * rows[a[1]][b[1]] - rows[a[0]][b[1]] * rows[a[1]][b[0]]

    cofactors = [[minor(j, i) * (-1 if (i + j) % 2 else 1) for j in range(3)] for i in range(3)]
    determinant = math.add_n([rows[0][j] * cofactors[j][0] for j in range(3)])
    return array.stack([array.stack([c / determinant for c in line], -1) for line in cofactors], -2)


image_projective_transform_v2.grad(_inverse_gradient)
image_projective_transform_v3.grad(_inverse_gradient)
