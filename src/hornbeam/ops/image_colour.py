"""Colours of images: conversions between dtypes and colour spaces, brightness, contrast, gamma, hue, saturation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.graph import dtypes, mode
from hornbeam.graph.call import composite, own_name
from hornbeam.graph.names import public
from hornbeam.ops import array, dims, math
from hornbeam.ops.casts import cast
from hornbeam.ops.checks import assert_
from hornbeam.ops.clip import saturate_cast
from hornbeam.ops.identity import identity_op
from hornbeam.ops.image_batches import after, at_least_3d, require, scoped
from hornbeam.ops.image_colour_ops import adjust_contrast_op, adjust_hue_op, adjust_saturation_op
from hornbeam.ops.reduce import reduce_std

# Dtypes ---------------------------------------------------------------------------------------------------


@public("image.convert_image_dtype")
def convert_image_dtype(image: Any, dtype: Any, saturate: bool = False, name: str | None = None) -> Any:
    """The image in another dtype, scaled: floats lie in [0, 1], integers in [0, the dtype's largest].

    saturate: numbers that the dtype cannot hold become its ends instead of wrapping. Raises AttributeError for
    dtypes that are neither integers nor floats.

    >>> convert_image_dtype(np.array([0, 255], np.uint8), dtypes.float32).numpy().tolist()
    [0.0, 1.0]
    """
    x, wanted = array.convert(image, name="image"), dtypes.as_dtype(dtype).base_dtype
    have = x.dtype.base_dtype
    if not (wanted.is_floating or wanted.is_integer):
        raise AttributeError("dtype must be either floating point or integer")
    if not (have.is_floating or have.is_integer):
        raise AttributeError("image dtype must be either floating point or integer")
    if wanted is have:
        return identity_op(x, name=name)
    return _converted(x, wanted, saturate, name)


@composite("convert_image")
def _converted(x: Any, dtype: Any, saturate: bool, name: str | None = None) -> Any:
    have = x.dtype.base_dtype
    narrow = saturate_cast if saturate else cast
    if have.is_floating:
        if dtype.is_floating:
            return cast(x, dtype, name=own_name())
        with np.errstate(over="ignore"):  # float16 holds no 65535.5: infinity, as in TensorFlow
            return narrow(math.multiply(x, dtype.max + 0.5), dtype, name=own_name())
    if dtype.is_floating:
        return math.multiply(cast(x, dtype), 1.0 / have.max, name=own_name())
    if have.max > dtype.max:
        return narrow(math.floordiv(x, (have.max + 1) // (dtype.max + 1)), dtype, name=own_name())
    return math.multiply(narrow(x, dtype), (dtype.max + 1) // (have.max + 1), name=own_name())


def in_floats(image: Any, change: Callable[[Any], Any], saturate: bool, name: str = "image") -> Any:
    """`change` of the image as float16 or float32, in the image's own dtype again."""
    x = array.convert(image, name=name)
    kind = x.dtype.base_dtype
    floats = x if kind in (dtypes.float16, dtypes.float32) else convert_image_dtype(x, dtypes.float32)
    return convert_image_dtype(change(floats), kind, saturate=saturate)


# Changed --------------------------------------------------------------------------------------------------


@public("image.adjust_brightness")
@scoped("adjust_brightness")
def adjust_brightness(image: Any, delta: Any) -> Any:
    """The image with `delta` added to every number, on the scale where integers lie in [0, 1].

    image: any shape, integers or floats; integers saturate. delta: a scalar, as a rule in (-1, 1).

    >>> adjust_brightness(np.array([0, 200], np.uint8), 0.4).numpy().tolist()
    [102, 255]
    """
    return in_floats(image, lambda x: math.add(x, cast(delta, x.dtype.base_dtype)), saturate=True)


@public("image.adjust_contrast")
@scoped("adjust_contrast")
def adjust_contrast(images: Any, contrast_factor: Any) -> Any:
    """Images whose channels lie `contrast_factor` times as far from their mean over the image.

    images: [..., height, width, channels], integers or floats; integers saturate. contrast_factor: a scalar.

    >>> adjust_contrast([[[1.0], [3.0]]], 2.0).numpy().reshape(-1).tolist()
    [0.0, 4.0]
    """
    return in_floats(images, lambda x: adjust_contrast_op(x, contrast_factor), saturate=True, name="images")


@public("image.adjust_gamma")
@scoped("adjust_gamma")
def adjust_gamma(image: Any, gamma: Any = 1, gain: Any = 1) -> Any:
    """gain · image^gamma, on the scale where integers lie in [0, 1].

    image: integers or floats; integers saturate. gamma: not negative, a number or a scalar of a graph. Raises
    ValueError for a negative gamma.

    >>> adjust_gamma([0.5], 2.0).numpy().tolist()
    [0.25]
    """
    def changed(x: Any) -> Any:
        checked = require(gamma >= 0, "Gamma should be a non-negative real number.")
        return gain * math.pow(x, after(checked, gamma))

    return in_floats(image, changed, saturate=True)


@public("image.adjust_hue")
@composite("adjust_hue")
def adjust_hue(image: Any, delta: Any, name: str | None = None) -> Any:
    """The image's colours turned on the colour wheel by `delta` turns.

    image: [..., height, width, 3], integers or floats. delta: in [-1, 1]; others raise ValueError where calls run at
    once.

    >>> adjust_hue([[[1.0, 0.0, 0.0]]], 1 / 3).numpy().reshape(-1).round(4).tolist()
    [0.0, 1.0, 0.0]
    """
    if mode.executing_eagerly() and (delta < -1 or delta > 1):
        raise ValueError("delta must be in the interval [-1, 1]")
    return in_floats(image, lambda x: adjust_hue_op(x, delta), saturate=False)


@public("image.adjust_saturation")
@composite("adjust_saturation")
def adjust_saturation(image: Any, saturation_factor: Any, name: str | None = None) -> Any:
    """The image with the saturation of its colours multiplied by `saturation_factor`, kept within [0, 1].

    image: [..., height, width, 3], integers or floats.

    >>> adjust_saturation([[[1.0, 0.5, 0.5]]], 0.0).numpy().reshape(-1).tolist()
    [1.0, 1.0, 1.0]
    """
    return in_floats(image, lambda x: adjust_saturation_op(x, saturation_factor), saturate=False)


@public("image.per_image_standardization")
@scoped("per_image_standardization")
def per_image_standardization(image: Any) -> Any:
    """Each image shifted and scaled to mean 0 and variance 1, as float32.

    image: [..., height, width, channels]. The deviation is taken as at least 1/√n of n numbers, so that even images
    stay finite. Raises ValueError where there are fewer than three dimensions.

    >>> per_image_standardization([[[1.0], [3.0]]]).numpy().reshape(-1).tolist()
    [-1.0, 1.0]
    """
    x = cast(at_least_3d(array.convert(image, name="image")), dtypes.float32)
    count = cast(math.reduce_prod(array.shape(x)[-3:]), dtypes.float32)
    inner = [-1, -2, -3]
    centred = x - math.reduce_mean(x, inner, keepdims=True)
    deviation = math.maximum(reduce_std(x, inner, keepdims=True), math.rsqrt(count))
    return math.divide(centred, deviation, name=own_name())


# Colour spaces --------------------------------------------------------------------------------------------


@public("image.rgb_to_grayscale")
@composite("rgb_to_grayscale")
def rgb_to_grayscale(images: Any, name: str | None = None) -> Any:
    """The brightness of colours: 0.2989 red + 0.587 green + 0.114 blue. [..., 3] gives [..., 1] of the same dtype.

    >>> rgb_to_grayscale([[1.0, 1.0, 1.0]]).numpy().round(4).tolist()
    [[0.9999]]
    """
    x = array.convert(images, name="images")
    floats = convert_image_dtype(x, dtypes.float32)
    grey = math.tensordot(floats, np.array([0.2989, 0.5870, 0.1140], np.float32), [-1, -1])
    return convert_image_dtype(array.expand_dims(grey, -1), x.dtype.base_dtype, name=own_name())


@public("image.grayscale_to_rgb")
@composite("grayscale_to_rgb")
def grayscale_to_rgb(images: Any, name: str | None = None) -> Any:
    """Grey images as colours: [..., 1] gives [..., 3]. Raises ValueError where the last dimension is not 1.

    >>> grayscale_to_rgb([[[7]]]).numpy().tolist()
    [[[7, 7, 7]]]
    """
    x = array.convert(images, name="images")
    known = x.dims
    if known is not None and len(known) < 2:
        raise ValueError(f"A grayscale image (shape {x.shape}) must be at least two-dimensional.")
    text = "Last dimension of a grayscale image should be size 1."
    if known is not None and known[-1] not in (1, None):
        raise ValueError(text)
    if known is None or known[-1] is None:
        last = array.shape(x)[-1]
        x = after([assert_(math.equal(last, 1), [text, last])], x)
    if known is not None:
        return dims.with_dims(array.tile(x, [1] * (len(known) - 1) + [3], name=own_name()), (*known[:-1], 3))
    return array.tile(x, array.concat([array.fill(array.expand_dims(array.rank(x) - 1, 0), 1), [3]], 0),
                      name=own_name())


_RGB_TO_YIQ = np.array([[0.299, 0.59590059, 0.2115], [0.587, -0.27455667, -0.52273617],
                        [0.114, -0.32134392, 0.31119955]])
_YIQ_TO_RGB = np.array([[1, 1, 1], [0.95598634, -0.27201283, -1.10674021], [0.6208248, -0.64720424, 1.70423049]])
_RGB_TO_YUV = np.array([[0.299, -0.14714119, 0.61497538], [0.587, -0.28886916, -0.51496512],
                        [0.114, 0.43601035, -0.10001026]])
_YUV_TO_RGB = np.array([[1, 1, 1], [0, -0.394642334, 2.03206185], [1.13988303, -0.58062185, 0]])


def _mixed(images: Any, matrix: np.ndarray) -> Any:
    """Colours [..., 3] times a matrix, in their own dtype."""
    x = array.convert(images, name="images")
    return math.tensordot(x, array.convert(matrix.astype(x.dtype.base_dtype.np_dtype), name="kernel"), [[-1], [0]])


@public("image.rgb_to_yiq")
def rgb_to_yiq(images: Any) -> Any:
    """Colours as brightness and the two chromas of NTSC: Y in [0, 1], I in [-0.6, 0.6], Q in [-0.53, 0.53].

    images: floats [..., 3] in [0, 1].
    """
    return _mixed(images, _RGB_TO_YIQ)


@public("image.yiq_to_rgb")
def yiq_to_rgb(images: Any) -> Any:
    """Colours from brightness and the two chromas of NTSC; the inverse of `rgb_to_yiq`. images: floats [..., 3]."""
    return _mixed(images, _YIQ_TO_RGB)


@public("image.rgb_to_yuv")
def rgb_to_yuv(images: Any) -> Any:
    """Colours as brightness and the two chromas of PAL: Y in [0, 1], U in [-0.44, 0.44], V in [-0.62, 0.62].

    images: floats [..., 3] in [0, 1].
    """
    return _mixed(images, _RGB_TO_YUV)


@public("image.yuv_to_rgb")
def yuv_to_rgb(images: Any) -> Any:
    """Colours from brightness and the two chromas of PAL; the inverse of `rgb_to_yuv`. images: floats [..., 3]."""
    return _mixed(images, _YUV_TO_RGB)
