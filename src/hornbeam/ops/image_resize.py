"""Images resized, as users call it. `image_resizing.py` holds the ops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, final

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.call import composite
from hornbeam.graph.names import public
from hornbeam.ops import array, dims, math
from hornbeam.ops.image_batches import (
    after,
    as_batch,
    checks_of_3d,
    is_tensor,
    larger,
    require,
    scoped,
    shaped,
    sizes_of,
)
from hornbeam.ops.image_geometry import pad_to_bounding_box
from hornbeam.ops.image_resizing import (
    resize_area_op,
    resize_bicubic_op,
    resize_bilinear_op,
    resize_nearest_neighbor_op,
    scale_and_translate_op,
)

Resizer = Callable[[Any, Any], Any]


@public(v2=("image.ResizeMethod",))
@final
class ResizeMethod:
    """The ways of `resize`."""

    BILINEAR = "bilinear"
    NEAREST_NEIGHBOR = "nearest"
    BICUBIC = "bicubic"
    AREA = "area"
    LANCZOS3 = "lanczos3"
    LANCZOS5 = "lanczos5"
    GAUSSIAN = "gaussian"
    MITCHELLCUBIC = "mitchellcubic"


_BY_KERNEL = {"bilinear": "triangle", "bicubic": "keyscubic", "lanczos3": "lanczos3", "lanczos5": "lanczos5",
              "gaussian": "gaussian", "mitchellcubic": "mitchellcubic"}


def resizer(method: Any, antialias: bool) -> Resizer:
    """The function of (images, size) that resizes by a method. Raises ValueError for methods that are not known."""
    if method == "nearest":
        return lambda images, size: resize_nearest_neighbor_op(images, size, half_pixel_centers=True)
    if method == "area":
        return resize_area_op
    if method in ("bilinear", "bicubic") and not antialias:
        plain = resize_bilinear_op if method == "bilinear" else resize_bicubic_op
        return lambda images, size: plain(images, size, half_pixel_centers=True)
    if method not in _BY_KERNEL:
        raise ValueError(f"Resize method is not implemented: {method}")
    return lambda images, size: _by_kernel(images, size, _BY_KERNEL[method], antialias)


def _by_kernel(images: Any, size: Any, kernel: str, antialias: bool) -> Any:
    scale = math.divide(math.cast(size, dtypes.float32), math.cast(array.shape(images)[1:3], dtypes.float32))
    return scale_and_translate_op(images, size, scale, array.zeros([2]), kernel_type=kernel, antialias=bool(antialias))


def resized(images: Any, size: Any, resize_batch: Resizer, preserve_aspect_ratio: bool, keep_same: bool) -> Any:
    """`resize` of both generations. keep_same: images that have the size already stay as they are."""
    x = array.convert(images, name="images")
    if x.dims is None:
        raise ValueError("'images' contains no shape.")
    if len(x.dims) not in (3, 4):
        raise ValueError("'images' must have either 3 or 4 dimensions.")
    batch, undo = as_batch(x)
    size = _converted(size)
    if preserve_aspect_ratio:
        size = _in_proportion(batch, size)
    known = _known(size)
    if keep_same and None not in known and tuple(batch.dims[1:3]) == known:
        return x
    return undo(shaped(resize_batch(batch, size), [None, *known, None]))


def _converted(size: Any) -> Any:
    try:
        made = array.convert(size, dtypes.int32, name="size")
    except (TypeError, ValueError):
        raise ValueError("'size' must be a 1-D int32 Tensor") from None
    if made.dims is not None and (len(made.dims) != 1 or made.dims[0] not in (2, None)):
        raise ValueError("'size' must be a 1-D Tensor of 2 elements: new_height, new_width")
    return made


def _known(size: Any) -> tuple[int | None, int | None]:
    """Height and width as far as the graph tells them."""
    value = dims.static_value(size)
    if value is None:
        return None, None
    return int(value[0]), int(value[1])


def _in_proportion(batch: Any, size: Any) -> Any:
    """The largest size within `size` that keeps the images' proportions."""
    _, height, width, _ = sizes_of(batch)
    value = dims.static_value(size)
    if value is not None and not is_tensor(height) and not is_tensor(width):
        have = np.array([height, width], np.float32)
        factor = (value.astype(np.float32) / have).min()
        return array.convert(np.rint(factor * have).astype(np.int32))
    have = math.cast(array.stack([height, width]), dtypes.float32)
    factor = math.reduce_min(math.divide(math.cast(size, dtypes.float32), have))
    return math.cast(math.round(factor * have), dtypes.int32)


@public(v2=("image.resize",))
@composite("resize")
def resize(images: Any, size: Any, method: Any = ResizeMethod.BILINEAR, preserve_aspect_ratio: bool = False,
           antialias: bool = False, name: str | None = None) -> Any:
    """Images of another size.

    images: [height, width, channels] or [batch, height, width, channels], any real dtype. size: int32 [2], the new
    height and width. method: of `ResizeMethod`, or its name: "bilinear", "nearest", "bicubic", "area", "lanczos3",
    "lanczos5", "gaussian", "mitchellcubic". preserve_aspect_ratio: the largest size within `size` that keeps the
    proportions. antialias: the kernel widens where the image gets smaller ("nearest" and "area" have no kernel).
    Returns float32, but "nearest" the images' dtype. Raises ValueError for other ranks, sizes and methods.

    >>> resize([[[1.0], [3.0]]], [1, 4]).numpy().reshape(-1).tolist()
    [1.0, 1.5, 2.5, 3.0]
    """
    return resized(images, size, lambda batch, wanted: resizer(method, antialias)(batch, wanted),
                   preserve_aspect_ratio, keep_same=False)


def padded(image: Any, target_height: Any, target_width: Any, resize_batch: Resizer) -> Any:
    """`resize_with_pad` of both generations."""
    images, undo = as_batch(array.convert(image, name="image"))
    made = checks_of_3d(images)
    made += require(target_width > 0, "target_width must be > 0.")
    made += require(target_height > 0, "target_height must be > 0.")
    images = after(made, images)
    _, height, width, _ = sizes_of(images)
    size, offsets = _fitted([height, width], [target_height, target_width])
    found = pad_to_bounding_box(resize_batch(images, size), offsets[0], offsets[1], target_height, target_width)
    return undo(found)


def _fitted(have: list[Any], wanted: list[Any]) -> tuple[Any, list[Any]]:
    """The size that fits into the wanted one, and how far from its corner the image begins."""
    symbolic = any(map(is_tensor, have + wanted))
    real: Any = (lambda v: math.cast(v, dtypes.float32)) if symbolic else np.float32
    whole: Any = (lambda v: math.cast(math.floor(v), dtypes.int32)) if symbolic else lambda v: int(np.floor(v))
    x, y = [real(v) for v in have], [real(v) for v in wanted]
    ratio = larger(x[1] / y[1], x[0] / y[0])
    fitted = [v / ratio for v in x]
    return [whole(v) for v in fitted], [larger(whole((b - a) / real(2)), 0) for a, b in zip(fitted, y, strict=True)]


@public(v2=("image.resize_with_pad",))
@scoped("resize_image_with_pad")
def resize_with_pad(image: Any, target_height: Any, target_width: Any, method: Any = ResizeMethod.BILINEAR,
                    antialias: bool = False) -> Any:
    """The image resized in its proportions to fit `target_height` × `target_width`, and padded with black evenly.

    image: [height, width, channels] or [batch, height, width, channels]. method, antialias: as for `resize`. Raises
    ValueError for other ranks, and for sizes that are not positive.

    >>> resize_with_pad([[[5.0]]], 1, 3).numpy().reshape(-1).tolist()
    [0.0, 5.0, 0.0]
    """
    return padded(image, target_height, target_width,
                  lambda images, size: resize(images, size, method, antialias=antialias))
