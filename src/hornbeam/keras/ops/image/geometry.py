"""Images cropped, padded, resized and bent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.keras.config.settings import standardize_data_format
from hornbeam.keras.dtypes import is_int_dtype, result_type
from hornbeam.keras.ops.core import saturate_cast, slice_
from hornbeam.keras.ops.declare import image_op
from hornbeam.keras.ops.image.colours import of_image_rank
from hornbeam.keras.ops.image.filters import gaussian_blur
from hornbeam.keras.ops.numpy.binary import maximum, minimum
from hornbeam.keras.ops.numpy.creation import zeros
from hornbeam.keras.ops.numpy.elementwise import round_
from hornbeam.keras.ops.numpy.shaping import pad, squeeze, transpose
from hornbeam.keras.ops.tensors import cast, dims, dtype_of, inexact, is_float, rank, shape_vector, sizes, tensor
from hornbeam.keras.random.draws import normal
from hornbeam.keras.random.seed_generator import draw_seed
from hornbeam.ops import image_sampling, moving
from hornbeam.ops.shaping import expand_dims_op, reshape

_RESIZES = ("bilinear", "nearest", "lanczos3", "lanczos5", "bicubic")
_ORDERS = {"nearest": 0, "bilinear": 1}
_FILLS = ("constant", "nearest", "wrap", "mirror", "reflect")
_METHODS = ("linear", "bilinear", "trilinear", "cubic", "bicubic", "tricubic", "lanczos3", "lanczos5")


def _space(x: Any, data_format: str | None) -> tuple[int, int]:
    """The dimensions of height and width."""
    first = rank(x) - (3 if standardize_data_format(data_format) == "channels_last" else 2)
    return first, first + 1


def _known(x: Any, axis: int) -> Any:
    return sizes(x)[axis]


# Cropped and padded -------------------------------------------------------------------------------------


def _refuse(name: str, value: Any) -> None:
    if isinstance(value, int) and value < 0:
        raise ValueError(f"{name} must be >= 0. Received: {name}={value}")


def _two_of_three(before: Any, after: Any, target: Any, names: tuple[str, str, str]) -> None:
    if [before, after, target].count(None) != 1:
        raise ValueError(f"Must specify exactly two of {', '.join(names)}. Received: {names[0]}={before}, "
                         f"{names[1]}={after}, {names[2]}={target}")


@image_op
def pad_images(images: Any, top_padding: Any = None, left_padding: Any = None, bottom_padding: Any = None,
               right_padding: Any = None, target_height: Any = None, target_width: Any = None,
               data_format: str | None = None) -> Any:
    """Zeros around images: of top, bottom and target height exactly two are given, and of left, right and width.

    Raises ValueError otherwise, and for paddings below 0.
    """
    x = of_image_rank(images)
    _two_of_three(top_padding, bottom_padding, target_height, ("top_padding", "bottom_padding", "target_height"))
    _two_of_three(left_padding, right_padding, target_width, ("left_padding", "right_padding", "target_width"))
    rows, columns = _space(x, data_format)
    widths: list[list[Any]] = [[0, 0] for _ in range(rank(x))]
    wanted: list[Any] = list(dims(x))
    for axis, before, after, target, names in (
            (rows, top_padding, bottom_padding, target_height, ("top_padding", "bottom_padding")),
            (columns, left_padding, right_padding, target_width, ("left_padding", "right_padding"))):
        _refuse(f"target_{'height' if axis == rows else 'width'}", target)
        size = _known(x, axis)
        before = target - after - size if before is None else before
        after = target - before - size if after is None else after
        _refuse(names[0], before)
        _refuse(names[1], after)
        widths[axis] = [before, after]
        wanted[axis] = target
    if all(isinstance(w, (int, np.integer)) for pair in widths for w in pair):
        return pad(x, widths)
    padded = moving.pad_op(x, reshape(shape_vector([w for pair in widths for w in pair]), [rank(x), 2]))
    return reshape(padded, shape_vector([n if w is None else w for n, w in zip(sizes(padded), wanted, strict=True)]))


@image_op
def crop_images(images: Any, top_cropping: Any = None, left_cropping: Any = None, bottom_cropping: Any = None,
                right_cropping: Any = None, target_height: Any = None, target_width: Any = None,
                data_format: str | None = None) -> Any:
    """Parts of images: of top, bottom and target height exactly two are given, and of left, right and width.

    Raises ValueError otherwise, and for parts that are not within the images.
    """
    x = of_image_rank(images)
    _two_of_three(top_cropping, bottom_cropping, target_height, ("top_cropping", "bottom_cropping", "target_height"))
    _two_of_three(left_cropping, right_cropping, target_width, ("left_cropping", "right_cropping", "target_width"))
    rows, columns = _space(x, data_format)
    start, shape = [0] * rank(x), sizes(x)
    for axis, before, after, target, names in (
            (rows, top_cropping, bottom_cropping, target_height, ("top_cropping", "target_height")),
            (columns, left_cropping, right_cropping, target_width, ("left_cropping", "target_width"))):
        size = shape[axis]
        before = size - target - after if before is None else before
        target = size - before - after if target is None else target
        _refuse(names[0], before)
        _refuse(names[1], target)
        start[axis], shape[axis] = before, target
    return slice_(x, start, shape)


# Resized ------------------------------------------------------------------------------------------------


def _fitted(x: Any, axes: tuple[int, int], size: tuple[int, int], crop: bool, fill: float) -> Any:
    """Cropped around the middle, or padded by `fill`, to the proportions of `size`."""
    have = sizes(x)
    height, width = (have[a] for a in axes)
    if not isinstance(height, int) or not isinstance(width, int):
        return _fitted_when_known(x, axes, (height, width), size, crop, fill)
    of_width, of_height = int(float(width * size[0]) / size[1]), int(float(height * size[1]) / size[0])
    if crop:
        rows, columns = max(min(height, of_width), 1), max(min(width, of_height), 1)
        return _middle(x, axes, (int(float(height - rows) / 2), int(float(width - columns) / 2)), (rows, columns))
    rows, columns = int(float(max(height, of_width) - height) / 2), int(float(max(width, of_height) - width) / 2)
    widths = [[0, 0] for _ in range(rank(x))]
    if rows > 0:
        widths[axes[0]] = [rows, rows]
    elif columns > 0:
        widths[axes[1]] = [columns, columns]
    return pad(x, widths, "constant", fill)


def _middle(x: Any, axes: tuple[int, int], begin: tuple[Any, Any], window: tuple[Any, Any]) -> Any:
    start, shape = [0] * rank(x), sizes(x)
    for axis, at, size in zip(axes, begin, window, strict=True):
        start[axis], shape[axis] = at, size
    return slice_(x, start, shape)


def _fitted_when_known(x: Any, axes: tuple[int, int], have: tuple[Any, Any], size: tuple[int, int], crop: bool,
                       fill: float) -> Any:
    """`_fitted` for images whose height and width are known when the graph runs."""
    def whole(value: Any, over: float) -> Any:
        return cast(cast(value, "float32") / over, "int32")

    height, width = have
    of_width, of_height = whole(width * size[0], size[1]), whole(height * size[1], size[0])
    if crop:
        rows, columns = maximum(minimum(height, of_width), 1), maximum(minimum(width, of_height), 1)
        return _middle(x, axes, (whole(height - rows, 2), whole(width - columns, 2)), (rows, columns))
    widths: list[Any] = [0] * (2 * rank(x))
    for axis, size_, least in ((axes[0], height, of_width), (axes[1], width, of_height)):
        axis %= rank(x)
        widths[2 * axis] = widths[2 * axis + 1] = whole(maximum(size_, least) - size_, 2)
    return moving.pad_v2_op(x, reshape(shape_vector(widths), [rank(x), 2]), tensor(fill, dtype_of(x)))


@image_op(config="size interpolation antialias crop_to_aspect_ratio pad_to_aspect_ratio fill_mode fill_value "
                 "data_format")
def resize(images: Any, size: Any, interpolation: str = "bilinear", antialias: bool = False,
           crop_to_aspect_ratio: bool = False, pad_to_aspect_ratio: bool = False, fill_mode: str = "constant",
           fill_value: float = 0.0, data_format: str | None = None) -> Any:
    """Images in another size (height, width), by interpolation: "bilinear", "nearest", "bicubic", "lanczos3" or 5.

    antialias: smooth before making smaller. crop_to_aspect_ratio, pad_to_aspect_ratio: cut or fill up first, so that
    proportions stay. Raises ValueError for other words, sizes and ranks.
    """
    if len(size) != 2:
        raise ValueError(f"Expected `size` to be a tuple of 2 integers. Received: size={size}")
    if size[0] <= 0 or size[1] <= 0:
        raise ValueError(f"`size` must have positive height and width. Received: size={size}")
    x = of_image_rank(images)
    if pad_to_aspect_ratio and crop_to_aspect_ratio:
        raise ValueError("Only one of `pad_to_aspect_ratio` & `crop_to_aspect_ratio` can be `True`.")
    if interpolation not in _RESIZES:
        raise ValueError(f"Invalid value for argument `interpolation`. Expected of one {_RESIZES}. "
                         f"Received: interpolation={interpolation}")
    if fill_mode != "constant":
        raise ValueError("Invalid value for argument `fill_mode`. Only `'constant'` is supported. Received: "
                         f"fill_mode={fill_mode}")
    wanted, axes = (int(size[0]), int(size[1])), _space(x, data_format)
    if crop_to_aspect_ratio or pad_to_aspect_ratio:
        x = _fitted(x, axes, wanted, crop_to_aspect_ratio, fill_value)
    wide = inexact(x)
    made = image_sampling.resize_images(wide, sizes=wanted, axes=axes, method=interpolation, antialias=bool(antialias))
    if is_float(x):
        return cast(made, dtype_of(x))
    return saturate_cast(round_(made) if is_int_dtype(dtype_of(x)) else made, dtype_of(x))


@image_op(config="spatial_dims method antialias")
def scale_and_translate(images: Any, output_shape: Any, scale: Any, translation: Any, spatial_dims: Any, method: str,
                        antialias: bool = True) -> Any:
    """Some dimensions scaled and then moved, in an output of a shape. Raises ValueError for an unknown method."""
    if method not in _METHODS:
        raise ValueError(f"Invalid value for argument `method`. Expected of one {_METHODS}. Received: method={method}")
    x = inexact(images)
    kind = result_type(dtype_of(x), "float32")
    return image_sampling.scale_and_translate(
        x, tensor(scale, kind), tensor(translation, kind), shape=tuple(int(d) for d in output_shape),
        axes=tuple(int(a) for a in spatial_dims), method=method, antialias=bool(antialias))


# Sampled ------------------------------------------------------------------------------------------------


def _check_sampling(interpolation: str, fill_mode: str) -> int:
    if interpolation not in _ORDERS:
        raise ValueError(f"Invalid value for argument `interpolation`. Expected of one {set(_ORDERS)}. "
                         f"Received: interpolation={interpolation}")
    if fill_mode not in _FILLS:
        raise ValueError(f"Invalid value for argument `fill_mode`. Expected of one {set(_FILLS)}. "
                         f"Received: fill_mode={fill_mode}")
    return _ORDERS[interpolation]


def _as_batch(images: Any, data_format: str | None, work: Callable[[Any], Any]) -> Any:
    """`work` of images [batch, height, width, channels], its result as the images were."""
    x = of_image_rank(images)
    first = standardize_data_format(data_format) == "channels_first"
    alone = rank(x) == 3
    batch = expand_dims_op(x, np.int32(0)) if alone else x
    batch = transpose(batch, (0, 2, 3, 1)) if first else batch
    kind = dtype_of(batch)
    made = work(inexact(batch))
    if kind != dtype_of(made):
        made = saturate_cast(round_(made), kind)
    made = transpose(made, (0, 3, 1, 2)) if first else made
    return squeeze(made, 0) if alone else made


def _grid(x: Any) -> tuple[Any, Any]:
    """Rows and columns of every pixel, as float32 [height, width]."""
    height, width = dims(x)[1:3]
    if height is None or width is None:
        raise ValueError("bending images needs known height and width")
    rows, columns = np.meshgrid(np.arange(height), np.arange(width), indexing="ij")
    return rows.astype(np.float32), columns.astype(np.float32)


@image_op
def affine_transform(images: Any, transform: Any, interpolation: str = "bilinear", fill_mode: str = "constant",
                     fill_value: float = 0, data_format: str | None = None) -> Any:
    """Images sampled at the places (a0·x + a1·y + a2, b0·x + b1·y + b2) of each output pixel (x, y).

    transform: [8] or [batch, 8], the numbers a0, a1, a2, b0, b1, b2, c0, c1; the last two are not used. interpolation:
    "bilinear" or "nearest". fill_mode: what lies beyond the edges. Raises ValueError for other words and ranks.
    """
    order = _check_sampling(interpolation, fill_mode)
    images = of_image_rank(images)
    matrix = tensor(transform)
    if rank(matrix) not in (1, 2):
        raise ValueError("Invalid transform rank: expected rank 1 (single transform) or rank 2 (batch of transforms). "
                         f"Received input with shape: transform.shape={dims(matrix)}")
    matrix = inexact(reshape(matrix, [-1, 8]))

    def work(x: Any) -> Any:
        rows, columns = (tensor(g, dtype_of(matrix)) for g in _grid(x))

        def place(a: int) -> Any:
            part = [expand_dims_op(matrix[:, i:i + 1], np.int32(-1)) for i in range(a, a + 3)]
            found = part[0] * columns + part[1] * rows + part[2]
            return found + 0 * _per_image(x, found)

        return image_sampling.sample_images(x, place(3), place(0), order=order, mode=fill_mode,
                                            cval=float(fill_value))

    return _as_batch(images, data_format, work)


def _per_image(x: Any, like: Any) -> Any:
    """Zeros [batch, 1, 1], so that one transform serves every image."""
    return zeros([sizes(x)[0], 1, 1], dtype_of(like))


@image_op
def perspective_transform(images: Any, start_points: Any, end_points: Any, interpolation: str = "bilinear",
                          fill_value: float = 0, data_format: str | None = None) -> Any:
    """Images bent so that four points `start_points` come to stand at `end_points`, each (x, y).

    The points: [4, 2] or [batch, 4, 2]. Raises ValueError for other shapes and words.
    """
    order = _check_sampling(interpolation, "constant")
    images = of_image_rank(images)
    start, end = tensor(start_points), tensor(end_points)
    for name, points in (("start_points", start), ("end_points", end)):
        if rank(points) not in (2, 3) or dims(points)[-2:] != (4, 2):
            raise ValueError(f"Invalid {name} shape: expected (4,2) for a single image or (N,4,2) for a batch. "
                             f"Received shape: {dims(points)}")
    if dims(start) != dims(end):
        raise ValueError("start_points and end_points must have the same shape. Received start_points.shape="
                         f"{dims(start)}, end_points.shape={dims(end)}")
    found = image_sampling.solve_homography(*(reshape(tensor(p, "float32"), [-1, 4, 2]) for p in (start, end)))

    def work(x: Any) -> Any:
        rows, columns = _grid(x)
        t = [expand_dims_op(found[:, i:i + 1], np.int32(-1)) for i in range(8)]
        below = t[6] * columns + t[7] * rows + 1.0
        zero = 0 * _per_image(x, found)
        across = (t[0] * columns + t[1] * rows + t[2]) / below + zero
        down = (t[3] * columns + t[4] * rows + t[5]) / below + zero
        return image_sampling.sample_images(x, down, across, order=order, mode="constant", cval=float(fill_value))

    return _as_batch(images, data_format, work)


@image_op
def elastic_transform(images: Any, alpha: Any = 20.0, sigma: Any = 5.0, interpolation: str = "bilinear",
                      fill_mode: str = "reflect", fill_value: float = 0.0, seed: Any = None,
                      data_format: str | None = None) -> Any:
    """Images bent by random displacements, smoothed over `sigma` pixels and `alpha` times as large. Simard et al. 2003.

    seed: an integer, a `SeedGenerator`, or None. Raises ValueError for other words and ranks.
    """
    order = _check_sampling(interpolation, fill_mode)
    reach = int(6 * float(np.asarray(sigma))) | 1
    key = draw_seed(seed)

    def work(x: Any) -> Any:
        rows, columns = _grid(x)
        drawn = normal([sizes(x)[0], *dims(x)[1:3]], dtype=dtype_of(x), seed=key) * tensor(sigma, dtype_of(x))
        moved = gaussian_blur(expand_dims_op(drawn, np.int32(-1)), (reach, reach), (sigma, sigma), "channels_last")
        moved = squeeze(moved, -1) * tensor(alpha, dtype_of(x))
        return image_sampling.sample_images(x, moved + tensor(rows, dtype_of(x)), moved + tensor(columns, dtype_of(x)),
                                            order=order, mode=fill_mode, cval=float(fill_value))

    return _as_batch(images, data_format, work)


@image_op(config="order fill_mode fill_value")
def map_coordinates(inputs: Any, coordinates: Any, order: int, fill_mode: str = "constant",
                    fill_value: float = 0) -> Any:
    """The values of a tensor at coordinates between its elements: the nearest one's (order 0) or linear (order 1).

    coordinates: [dimensions, ...]. Raises ValueError for other orders, words and shapes.
    """
    x, places = tensor(inputs), tensor(coordinates)
    if dims(places)[0] != rank(x):
        raise ValueError("First dim of `coordinates` must be the same as the rank of `inputs`. Received inputs with "
                         f"shape: {dims(x)} and coordinate leading dim of {dims(places)[0]}")
    if rank(places) < 2:
        raise ValueError("Invalid coordinates rank: expected at least rank 2. Received input with shape: "
                         f"{dims(places)}")
    if fill_mode not in _FILLS:
        raise ValueError(f"Invalid value for argument `fill_mode`. Expected one of {set(_FILLS)}. "
                         f"Received: fill_mode={fill_mode}")
    if order not in (0, 1):
        raise ValueError(f"Invalid value for argument `order`. Expected one of [0, 1]. Received: order={order}")
    made = image_sampling.map_coordinates(inexact(x), inexact(places), order=int(order), mode=fill_mode,
                                          cval=float(fill_value))
    return made if is_float(x) else cast(round_(made), dtype_of(x))
