"""Images in files and as arrays: load_img, save_img, array_to_img, img_to_array, smart_resize. Needs Pillow."""

from __future__ import annotations

import functools
import io
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from hornbeam.graph.tensor import Tensor
from hornbeam.keras import ops
from hornbeam.keras.config.settings import floatx, standardize_data_format
from hornbeam.keras.names import keras_export
from hornbeam.keras.old_names import warn_of_old_spelling

_INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "hamming", "box", "lanczos")
_MODES = {"grayscale": ("L", ("L", "I;16", "I")), "rgba": ("RGBA", ("RGBA",)), "rgb": ("RGB", ("RGB",))}


def _pillow(user: str) -> Any:
    try:
        from PIL import Image
    except ImportError:
        raise ImportError(f"Could not import PIL.Image. The use of `{user}` requires PIL (package pillow).") from None
    return Image


def _with_grayscale(load: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: `load_img` takes Keras 2's `grayscale` too."""
    @functools.wraps(load)
    def call(*args: Any, **kwargs: Any) -> Any:
        if "grayscale" in kwargs:
            warn_of_old_spelling("`load_img(..., grayscale=True)` is now `color_mode=\"grayscale\"`.")
            if kwargs.pop("grayscale"):
                kwargs["color_mode"] = "grayscale"
        return load(*args, **kwargs)

    call.old_arguments = frozenset(("grayscale",))  # type: ignore[attr-defined]
    return call


@keras_export("utils.load_img", "preprocessing.image.load_img")
@_with_grayscale
def load_img(path: Any, color_mode: str = "rgb", target_size: Any = None, interpolation: str = "nearest",
             keep_aspect_ratio: bool = False) -> Any:
    """The image in a file (a path or `io.BytesIO`), as Pillow's.

    color_mode: 'rgb', 'rgba' or 'grayscale'. target_size: (height, width) to resize to, by `interpolation`: 'nearest',
    'bilinear', 'bicubic', 'hamming', 'box' or 'lanczos'. keep_aspect_ratio: cut to the new proportions first. Raises
    TypeError for other paths, ValueError for other words, ImportError without Pillow.
    """
    image_module = _pillow("load_img")
    if isinstance(path, io.BytesIO):
        image = image_module.open(path)
    elif isinstance(path, (Path, bytes, str)):
        with open(path, "rb") as file:
            image = image_module.open(io.BytesIO(file.read()))
    else:
        raise TypeError(f"path should be path-like or io.BytesIO, not {type(path)}")
    if color_mode not in _MODES:
        raise ValueError('color_mode must be "grayscale", "rgb", or "rgba"')
    mode, fitting = _MODES[color_mode]
    if image.mode not in fitting:
        image = image.convert(mode)
    if target_size is None or image.size == (target_size[1], target_size[0]):
        return image
    if interpolation not in _INTERPOLATIONS:
        raise ValueError(f"Invalid interpolation method {interpolation} specified. Supported methods are "
                         f"{', '.join(_INTERPOLATIONS)}")
    height, width = target_size
    box = None
    if keep_aspect_ratio:
        columns, rows = image.size
        tall, wide = min(rows, columns * height // width), min(columns, rows * width // height)
        top, left = (rows - tall) // 2, (columns - wide) // 2
        box = (left, top, left + wide, top + tall)
    return image.resize((width, height), getattr(image_module.Resampling, interpolation.upper()), box=box)


@keras_export("utils.img_to_array", "preprocessing.image.img_to_array")
def img_to_array(img: Any, data_format: str | None = None, dtype: Any = None) -> np.ndarray:
    """An image as an array [height, width, channels], or [channels, height, width] with "channels_first".

    dtype: by default `floatx()`. Raises ValueError for other ranks than 2 and 3.
    """
    data_format = standardize_data_format(data_format)
    x = np.asarray(img, dtype=dtype or floatx())
    if x.ndim not in (2, 3):
        raise ValueError(f"Unsupported image shape: {x.shape}")
    x = x[..., None] if x.ndim == 2 else x
    return x.transpose(2, 0, 1) if data_format == "channels_first" else x


@keras_export("utils.array_to_img", "preprocessing.image.array_to_img")
def array_to_img(x: Any, data_format: str | None = None, scale: bool = True, dtype: Any = None) -> Any:
    """An array of rank 3, with 1, 3 or 4 channels, as Pillow's image.

    scale: spread the values over 0 to 255. Raises ValueError for other ranks and numbers of channels, ImportError
    without Pillow.
    """
    data_format = standardize_data_format(data_format)
    image_module = _pillow("array_to_img")
    x = np.asarray(x, dtype=dtype or floatx())
    if x.ndim != 3:
        raise ValueError(f"Expected image array to have rank 3 (single image). Got array with shape: {x.shape}")
    if data_format == "channels_first":
        x = x.transpose(1, 2, 0)
    if scale:
        x = x - np.min(x)
        x = x / (np.max(x) or 1) * 255
    channels = x.shape[2]
    if channels not in (1, 3, 4):
        raise ValueError(f"Unsupported channel number: {channels}")
    if channels > 1:
        return image_module.fromarray(x.astype("uint8"))
    return image_module.fromarray(x[:, :, 0].astype("int32" if np.max(x) > 255 else "uint8"))


@keras_export("utils.save_img", "preprocessing.image.save_img")
def save_img(path: Any, x: Any, data_format: str | None = None, file_format: str | None = None, scale: bool = True,
             **kwargs: Any) -> None:
    """Writes an array as an image. file_format: by default as the path ends. kwargs: to Pillow's `save`."""
    if file_format is None and isinstance(path, (str, Path)):
        file_format = Path(path).suffix[1:].lower()
    if file_format and file_format.lower() == "jpg":
        file_format = "jpeg"
    image = array_to_img(x, data_format=data_format, scale=scale)
    if image.mode == "RGBA" and file_format == "jpeg":
        warnings.warn("The JPEG format does not support RGBA images, converting to RGB.", stacklevel=2)
        image = image.convert("RGB")
    image.save(path, format=file_format, **kwargs)


@keras_export("preprocessing.image.smart_resize")
def smart_resize(x: Any, size: Any, interpolation: str = "bilinear", data_format: str = "channels_last",
                 **kwargs: Any) -> Any:
    """Images of rank 3 or 4 cut in the middle to the proportions of `size` (height, width) and resized to it.

    An array gives an array. Raises ValueError for other sizes and ranks.
    """
    kwargs.pop("backend_module", None)
    if kwargs:
        raise TypeError(f"smart_resize() got unexpected arguments: {sorted(kwargs)}")
    made = ops.image.resize(ops.cast(x, floatx()), size, interpolation, crop_to_aspect_ratio=True,
                            data_format=data_format)
    return made if isinstance(x, Tensor) else np.asarray(made)
