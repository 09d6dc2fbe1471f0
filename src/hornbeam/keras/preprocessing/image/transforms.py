"""Images as arrays, turned, moved, sheared, zoomed and made brighter, as Keras 2's programs do it."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.keras.utils.image_utils import array_to_img, img_to_array

_MODES = ("nearest", "constant", "reflect", "wrap")


def apply_affine_transform(x: Any, theta: float = 0, tx: float = 0, ty: float = 0, shear: float = 0, zx: float = 1,
                           zy: float = 1, row_axis: int = 0, col_axis: int = 1, channel_axis: int = 2,
                           fill_mode: str = "nearest", cval: float = 0.0, order: int = 1) -> np.ndarray:
    """An image [rows, columns, channels] turned by `theta` degrees, moved by `tx` rows and `ty` columns, sheared by
    `shear` degrees and zoomed by `zx` and `zy` (below 1: nearer), around its middle.

    row_axis, col_axis, channel_axis: where these are. fill_mode: what lies outside: "nearest", "constant" (`cval`),
    "reflect" or "wrap". order: 0 takes the nearest pixel, 1 interpolates between four; higher ones need SciPy.
    Raises ValueError for other modes.
    """
    if fill_mode not in _MODES:
        raise ValueError(f"`fill_mode` is one of {', '.join(_MODES)}. Received: {fill_mode}")
    x = np.asarray(x)
    angle, slant = np.deg2rad(theta), np.deg2rad(shear)
    matrix = np.eye(3)
    if theta:
        matrix = matrix @ [[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]]
    if tx or ty:
        matrix = matrix @ [[1, 0, tx], [0, 1, ty], [0, 0, 1]]
    if shear:
        matrix = matrix @ [[1, -np.sin(slant), 0], [0, np.cos(slant), 0], [0, 0, 1]]
    if zx != 1 or zy != 1:
        matrix = matrix @ np.diag([zx, zy, 1])
    if np.array_equal(matrix, np.eye(3)):
        return x
    rows, columns = x.shape[row_axis], x.shape[col_axis]
    middle = np.array([rows / 2 + 0.5, columns / 2 + 0.5])
    offset = matrix[:2, 2] + middle - matrix[:2, :2] @ middle
    channels = np.moveaxis(x, channel_axis, 0)
    if row_axis > col_axis:
        channels = channels.swapaxes(1, 2)
    made = _sampled(channels, matrix[:2, :2], offset, fill_mode, cval, order)
    if row_axis > col_axis:
        made = made.swapaxes(1, 2)
    return np.moveaxis(made, 0, channel_axis)


def _sampled(images: np.ndarray, matrix: np.ndarray, offset: Any, mode: str, cval: float,
             order: int) -> np.ndarray:
    """Images [channels, rows, columns] read at `matrix @ (row, column) + offset`."""
    if order > 1:
        try:
            from scipy import ndimage
        except ImportError:
            raise ImportError("Interpolation of an order above 1 requires SciPy.") from None
        return np.stack([ndimage.affine_transform(image, matrix, offset, order=order, mode=mode, cval=cval)
                         for image in images])
    _, rows, columns = images.shape
    row, column = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
    places = [matrix[i, 0] * row + matrix[i, 1] * column + offset[i] for i in (0, 1)]
    # What lies outside by rounding alone is still inside.
    outside = np.zeros((rows, columns), bool)
    for place, size in zip(places, (rows, columns), strict=True):
        outside |= (place < -1e-9) | (place > size - 1 + 1e-9)
    if order == 0:
        at = [_inside(np.floor(_wrapped(place, size, mode) + 0.5).astype(int), size, mode)
              for place, size in zip(places, (rows, columns), strict=True)]
        made = images[:, at[0], at[1]]
    else:
        made = _between(images, [_wrapped(place, size, mode) for place, size in
                                 zip(places, (rows, columns), strict=True)], mode)
        made = (np.floor(made + 0.5) if images.dtype.kind == "u" else made).astype(images.dtype)
    if mode == "constant":
        made = np.where(outside, np.asarray(cval, made.dtype), made)
    return made


def _wrapped(place: np.ndarray, size: int, mode: str) -> np.ndarray:
    """Places outside, where "wrap" repeats the image so that its first and last pixels coincide."""
    if mode != "wrap" or size == 1:
        return place
    period = size - 1
    return np.where((place < 0) | (place > period), np.mod(place, period), place)


def _between(images: np.ndarray, places: list[np.ndarray], mode: str) -> np.ndarray:
    """Bilinear interpolation."""
    sizes = images.shape[1:]
    low = [np.floor(place).astype(int) for place in places]
    part = [place - below for place, below in zip(places, low, strict=True)]
    made = np.zeros((images.shape[0], *places[0].shape), np.float64)
    for i in (0, 1):
        for j in (0, 1):
            weight = (part[0] if i else 1 - part[0]) * (part[1] if j else 1 - part[1])
            made += weight * images[:, _inside(low[0] + i, sizes[0], mode), _inside(low[1] + j, sizes[1], mode)]
    return made


def _inside(index: np.ndarray, size: int, mode: str) -> np.ndarray:
    """Indices of pixels that stand for those outside."""
    if mode == "reflect":
        index = np.mod(index, 2 * size)
        return np.where(index >= size, 2 * size - 1 - index, index)
    return np.clip(index, 0, size - 1)


def random_rotation(x: Any, rg: float, row_axis: int = 1, col_axis: int = 2, channel_axis: int = 0,
                    fill_mode: str = "nearest", cval: float = 0.0, interpolation_order: int = 1) -> np.ndarray:
    """An image turned by at most `rg` degrees. Other arguments as for `apply_affine_transform`."""
    theta = np.random.uniform(-rg, rg)
    return apply_affine_transform(x, theta=theta, row_axis=row_axis, col_axis=col_axis, channel_axis=channel_axis,
                                  fill_mode=fill_mode, cval=cval, order=interpolation_order)


def random_shift(x: Any, wrg: float, hrg: float, row_axis: int = 1, col_axis: int = 2, channel_axis: int = 0,
                 fill_mode: str = "nearest", cval: float = 0.0, interpolation_order: int = 1) -> np.ndarray:
    """An image moved by at most these parts of its width and height."""
    rows, columns = np.shape(x)[row_axis], np.shape(x)[col_axis]
    tx = np.random.uniform(-hrg, hrg) * rows
    ty = np.random.uniform(-wrg, wrg) * columns
    return apply_affine_transform(x, tx=tx, ty=ty, row_axis=row_axis, col_axis=col_axis, channel_axis=channel_axis,
                                  fill_mode=fill_mode, cval=cval, order=interpolation_order)


def random_shear(x: Any, intensity: float, row_axis: int = 1, col_axis: int = 2, channel_axis: int = 0,
                 fill_mode: str = "nearest", cval: float = 0.0, interpolation_order: int = 1) -> np.ndarray:
    """An image sheared by at most `intensity` degrees."""
    shear = np.random.uniform(-intensity, intensity)
    return apply_affine_transform(x, shear=shear, row_axis=row_axis, col_axis=col_axis, channel_axis=channel_axis,
                                  fill_mode=fill_mode, cval=cval, order=interpolation_order)


def random_zoom(x: Any, zoom_range: Any, row_axis: int = 1, col_axis: int = 2, channel_axis: int = 0,
                fill_mode: str = "nearest", cval: float = 0.0, interpolation_order: int = 1) -> np.ndarray:
    """An image zoomed by factors between the two of `zoom_range`. Raises ValueError unless there are two."""
    if len(zoom_range) != 2:
        raise ValueError(f"`zoom_range` should be a tuple or list of two floats. Received: {zoom_range}")
    zx, zy = (1, 1) if tuple(zoom_range) == (1, 1) else np.random.uniform(zoom_range[0], zoom_range[1], 2)
    return apply_affine_transform(x, zx=zx, zy=zy, row_axis=row_axis, col_axis=col_axis, channel_axis=channel_axis,
                                  fill_mode=fill_mode, cval=cval, order=interpolation_order)


def apply_channel_shift(x: Any, intensity: float, channel_axis: int = 0) -> np.ndarray:
    """All values moved by `intensity`, within the range that they have."""
    x = np.asarray(x)
    return np.clip(x + np.asarray(intensity, x.dtype), np.min(x), np.max(x))


def random_channel_shift(x: Any, intensity_range: float, channel_axis: int = 0) -> np.ndarray:
    """All values moved by at most `intensity_range`."""
    return apply_channel_shift(x, np.random.uniform(-intensity_range, intensity_range), channel_axis)


def apply_brightness_shift(x: Any, brightness: float) -> np.ndarray:
    """An image whose values, spread over 0 to 255, are multiplied by `brightness`. Needs Pillow."""
    from PIL import ImageEnhance

    return img_to_array(ImageEnhance.Brightness(array_to_img(x)).enhance(brightness))


def random_brightness(x: Any, brightness_range: Any) -> np.ndarray:
    """As `apply_brightness_shift`, between the two of `brightness_range`. Raises ValueError unless there are two."""
    if len(brightness_range) != 2:
        raise ValueError(f"`brightness_range should be tuple or list of two floats. Received: {brightness_range}")
    return apply_brightness_shift(x, np.random.uniform(brightness_range[0], brightness_range[1]))
