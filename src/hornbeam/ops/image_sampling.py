"""Images resized and sampled anywhere, in any dimensions."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp
from hornbeam.graph.op import FLOATS, op

_SLOPES = {"gradient": "slopes jump where samples cross pixels", "second_order": "as above"}


@op("MapCoordinates", inputs="x: T, coordinates: C", T=FLOATS, C=FLOATS, waive=_SLOPES, samples=lambda rng: [
    ((rng.normal(size=(4, 5)), rng.uniform(0.1, 2.9, (2, 3))), {}),
    ((rng.normal(size=(4, 5)), rng.uniform(-3, 6, (2, 2, 2))), {"order": 0, "mode": "reflect"})])
def map_coordinates(x, coordinates, *, order: int = 1, mode: str = "constant", cval: float = 0.0):
    """The values at coordinates between the elements: of the nearest one (order 0) or linear (order 1).

    mode: what lies beyond the edges.
    """
    return jax.scipy.ndimage.map_coordinates(x, tuple(coordinates), order, mode, cval)


@op("SampleImages", inputs="images: T, rows: C, columns: C", T=FLOATS, C=FLOATS, waive=_SLOPES, samples=lambda rng: [
    ((rng.normal(size=(2, 4, 5, 3)), rng.uniform(0.1, 2.9, (2, 3, 2)), rng.uniform(0.1, 2.9, (2, 3, 2))), {})])
def sample_images(images, rows, columns, *, order: int = 1, mode: str = "constant", cval: float = 0.0):
    """Every channel of images [n, height, width, channels] at the places [n, ...]."""
    def channel(plane: Any, y: Any, x: Any) -> Any:
        return jax.scipy.ndimage.map_coordinates(plane, (y, x), order, mode, cval)

    each = jax.vmap(jax.vmap(channel, (-1, None, None), -1))
    return each(images, rows, columns)


@op("ResizeImages", inputs="x: T", T=FLOATS, samples=lambda rng: [
    ((rng.normal(size=(4, 5)),), {"sizes": (6, 3), "axes": (0, 1), "method": m, "antialias": a})
    for m, a in (("bilinear", False), ("bicubic", True), ("nearest", False), ("lanczos3", True))])
def resize_images(x, *, sizes: Any, axes: Any, method: str = "bilinear", antialias: bool = False):
    """Some dimensions in other sizes, by interpolation with pixels centred at halves."""
    shape = list(x.shape)
    for axis, size in zip(axes, sizes, strict=True):
        shape[axis] = size
    return jax.image.resize(x, shape, method, antialias)


@op("ScaleAndTranslateAxes", inputs="x: T, scale: C, translation: C", T=FLOATS, C=FLOATS,
    waive={"second_order": "checked at first order"}, samples=lambda rng: [
        ((rng.normal(size=(4, 5)), np.array([1.5, 0.8]), np.array([0.3, -0.2])),
         {"shape": (6, 4), "axes": (0, 1), "method": "linear"})])
def scale_and_translate(x, scale, translation, *, shape: Any, axes: Any, method: str = "linear",
                        antialias: bool = True):
    """Some dimensions scaled and moved, into an output of another shape."""
    return jax.image.scale_and_translate(x, shape, axes, scale, translation, method, antialias)


_CORNERS = np.array([[[0, 0], [4, 0], [0, 4], [4, 4.0]]])


@op("SolveHomography", inputs="start: T, end: T", T=FLOATS, waive={"second_order": "checked at first order"},
    samples=lambda rng: [((_CORNERS, _CORNERS + np.array([[0, 1], [0, 0], [1, 0], [1, 0]])), {})])
def solve_homography(start, end):
    """The eight numbers of the perspective map that takes four points `end` to four points `start`, in batches."""
    (sx, sy), (ex, ey) = (jnp.moveaxis(p, -1, 0) for p in (start, end))
    zero, one = jnp.zeros_like(ex), jnp.ones_like(ex)
    rows = jnp.stack([ex, ey, one, zero, zero, zero, -sx * ex, -sx * ey], -1)
    columns = jnp.stack([zero, zero, zero, ex, ey, one, -sy * ex, -sy * ey], -1)
    target = jnp.concatenate([sx, sy], -1)[..., None]
    return jnp.linalg.solve(jnp.concatenate([rows, columns], -2), target)[..., 0]
