"""How alike two images are (PSNR, SSIM), and the differences between neighbours within one."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.backend.lazy import lax
from hornbeam.graph import dtypes
from hornbeam.graph.call import composite
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import FLOATS, op
from hornbeam.graph.shapes import TensorShape
from hornbeam.ops import array, dims, math
from hornbeam.ops.activations import relu
from hornbeam.ops.casts import cast
from hornbeam.ops.checks import assert_
from hornbeam.ops.control_flow import cond
from hornbeam.ops.convolution import depthwise_conv2d, with_batch_dims
from hornbeam.ops.image_batches import after, scoped
from hornbeam.ops.image_colour import convert_image_dtype
from hornbeam.ops.pools import avg_pool

# Two images -----------------------------------------------------------------------------------------------


def _alike(a: Any, b: Any) -> list[Any]:
    """Checks that both are images of one size whose batches broadcast. Raises ValueError where they are not."""
    for x in (a, b):
        if x.dims is not None and len(x.dims) < 3:
            raise ValueError(f"Shape {x.shape} must have rank at least 3")
    one, other = a.shape, b.shape
    if a.dims is not None and b.dims is not None:
        TensorShape(a.dims[-3:]).assert_is_compatible_with(b.dims[-3:])
        for x, y in zip(reversed(a.dims[:-3]), reversed(b.dims[:-3]), strict=False):
            if x != y and 1 not in (x, y) and None not in (x, y):
                raise ValueError(f"Two images are not compatible: {one} and {other}")
        if None not in (*a.dims[-3:], *b.dims[-3:]):
            return []
    shapes = array.shape(a), array.shape(b)
    same = math.reduce_all(math.equal(shapes[0][-3:], shapes[1][-3:]))
    return [assert_(same, list(shapes), summarize=10)]


def _as_floats(a: Any, b: Any, max_val: Any) -> tuple[Any, Any, Any]:
    top = convert_image_dtype(cast(max_val, a.dtype.base_dtype), dtypes.float32)
    return convert_image_dtype(a, dtypes.float32), convert_image_dtype(b, dtypes.float32), top


@public("image.psnr")
@composite("PSNR")
def psnr(a: Any, b: Any, max_val: Any, name: str | None = None) -> Any:
    """The peak signal-to-noise ratio of two images in decibels: 20 log₁₀ max_val - 10 log₁₀ of the mean squared error.

    a, b: [..., height, width, channels]; the leading dimensions broadcast. max_val: the largest number that images
    may hold. Returns float32 of the leading dimensions. Raises ValueError where the images differ in size.

    >>> float(psnr(np.zeros((1, 1, 1), np.float32), np.full((1, 1, 1), 0.1, np.float32), 1.0).numpy().round(3))
    20.0
    """
    x, y = array.convert(a, name="a"), array.convert(b, name="b")
    floats, others, top = _as_floats(x, y, max_val)
    error = math.reduce_mean(math.squared_difference(floats, others), [-3, -2, -1])
    error = after(_alike(x, y), error)
    return 20 * math.log(top) / math.log(10.0) - np.float32(10 / np.log(10)) * math.log(error)


@op("SmoothedByWindow", inputs="images: T, weights: T", T=FLOATS,
    samples=lambda rng: [((rng.normal(size=(2, 4, 5, 2)), rng.uniform(0, 1, 3)), {})])
def smoothed_by_window(images, weights):
    """Sums over square windows of images, by the products of a row's and a column's weight, where windows fit.

    [..., rows, columns, channels] gives [..., rows - size + 1, columns - size + 1, channels].
    """
    size = weights.shape[0]
    for axis in (images.ndim - 3, images.ndim - 2):
        fitting = images.shape[axis] - size + 1
        parts = [weights[k] * lax.slice_in_dim(images, k, k + fitting, axis=axis) for k in range(size)]
        images = functools.reduce(lambda a, b: a + b, parts)
    return images


@smoothed_by_window.shape
def _(inputs, attrs):
    images, weights = inputs[0].dims, inputs[1].dims
    dims.want_rank(weights, 1)
    if images is None:
        return [(None, inputs[0].dtype)]
    size = None if weights is None else weights[0]
    fitting = [None if None in (d, size) else d - size + 1 for d in images[-3:-1]]
    if any(d is not None and d < 1 for d in fitting):
        raise ShapeFault(f"images {dims.text(images)} are smaller than a window of {size}")
    return [((*images[:-3], *fitting, images[-1]), inputs[0].dtype)]


def _gauss(size: Any, sigma: Any) -> Any:
    """Weights that fall off as exp(-r² / 2σ²) and add up to 1."""
    size, sigma = array.convert(size, dtypes.int32), array.convert(sigma, dtypes.float32)
    place = cast(array.range(size), dtypes.float32) - cast(size - 1, dtypes.float32) / 2.0
    weights = math.exp(math.square(place) * (-0.5 / math.square(sigma)))
    return weights / math.reduce_sum(weights)


def _over_batches(images: Any, compute: Callable[[Any], Any]) -> Any:
    """`compute` of images [batch, …], whatever dimensions stand before their last three."""
    if images.dims is not None and len(images.dims) == 3:
        return array.squeeze(compute(array.expand_dims(images, 0)), [0])
    if images.dims is not None:
        return with_batch_dims(images, 3, compute)
    shape = array.shape(images)
    found = compute(array.reshape(images, array.concat([[-1], shape[-3:]], 0)))
    return array.reshape(found, array.concat([shape[:-3], array.shape(found)[1:]], 0))


def _large_enough(x: Any, filter_size: Any) -> Any:
    known, size = x.dims, dims.static_value(array.convert(filter_size))
    if known is not None and None not in known[-3:-1] and size is not None and min(known[-3:-1]) >= int(size):
        return x
    shape = array.shape(x)
    holds = math.reduce_all(math.greater_equal(shape[-3:-1], filter_size))
    return after([assert_(holds, [shape, filter_size], summarize=8)], x)


def _per_channel(x: Any, y: Any, top: Any, filter_size: Any, filter_sigma: Any, k1: Any, k2: Any,
                 maps: bool = False) -> tuple[Any, Any]:
    """SSIM and its factor of contrast and structure, [..., channels], or the maps [..., rows, columns, channels]."""
    x, y = _large_enough(x, filter_size), _large_enough(y, filter_size)
    weights = _gauss(filter_size, filter_sigma)

    def smoothed(image: Any) -> Any:
        return smoothed_by_window(image, weights)

    c1, c2 = math.square(k1 * top), math.square(k2 * top)
    mean_x, mean_y = smoothed(x), smoothed(y)
    product, squares = mean_x * mean_y * 2.0, math.square(mean_x) + math.square(mean_y)
    luminance = (product + c1) / (squares + c1)
    both = smoothed(x * y) * 2.0
    each = smoothed(math.square(x) + math.square(y))
    structure = (both - product + c2) / (each - squares + c2)
    if maps:
        return luminance * structure, structure
    return _mean(luminance * structure), _mean(structure)


def _mean(maps: Any) -> Any:
    """The mean over rows and columns, one after the other: one long float32 sum loses four digits of large images."""
    return math.reduce_mean(math.reduce_mean(maps, [-2]), [-2])


@public("image.ssim")
@scoped("SSIM")
def ssim(img1: Any, img2: Any, max_val: Any, filter_size: Any = 11, filter_sigma: Any = 1.5, k1: Any = 0.01,
         k2: Any = 0.03, return_index_map: bool = False) -> Any:
    """The structural similarity of two images, at most 1 (Wang et al. 2004), averaged over channels.

    img1, img2: [..., height, width, channels]; the leading dimensions broadcast. max_val: the largest number that
    images may hold. filter_size, filter_sigma: of the Gaussian window, no larger than the images. Returns float32 of
    the leading dimensions; with `return_index_map` the value at each place of the window.
    Raises ValueError where the images differ in size, InvalidArgumentError where they are smaller than the window.

    >>> float(ssim(np.ones((11, 11, 1), np.float32), np.ones((11, 11, 1), np.float32), 1.0))
    1.0
    """
    x, y = array.convert(img1, name="img1"), array.convert(img2, name="img2")
    x = after(_alike(x, y), x)
    x, y, top = _as_floats(x, y, max_val)
    found, _ = _per_channel(x, y, top, filter_size, filter_sigma, k1, k2, return_index_map)
    return math.reduce_mean(found, [-1])


_POWERS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)


@public("image.ssim_multiscale")
@scoped("MS-SSIM")
def ssim_multiscale(img1: Any, img2: Any, max_val: Any, power_factors: Any = _POWERS, filter_size: Any = 11,
                    filter_sigma: Any = 1.5, k1: Any = 0.01, k2: Any = 0.03) -> Any:
    """Structural similarity over several scales, each half of the one before (Wang et al. 2003).

    power_factors: the exponent of each scale, the finest first. The other arguments and errors are those of `ssim`;
    the images must be as large as the window at the coarsest scale too.
    """
    x, y = array.convert(img1, name="img1"), array.convert(img2, name="img2")
    x = after(_alike(x, y), x)
    x, y, top = _as_floats(x, y, max_val)
    factors: list[Any] = []
    for scale in range(len(power_factors)):
        if scale:
            x, y = _halved(x), _halved(y)
        found, structure = _per_channel(x, y, top, filter_size, filter_sigma, k1, k2)
        factors.append(relu(found if scale == len(power_factors) - 1 else structure))
    stacked = math.pow(array.stack(factors, -1), array.convert(power_factors, dtypes.float32))
    return math.reduce_mean(math.reduce_prod(stacked, [-1]), [-1])


def _halved(images: Any) -> Any:
    """Means of 2 × 2 pixels; an odd last row or column is repeated first."""
    def pooled(batch: Any) -> Any:
        return avg_pool(_even(batch), [1, 2, 2, 1], [1, 2, 2, 1], "VALID", "NHWC")

    return _over_batches(images, pooled)


def _even(batch: Any) -> Any:
    known = batch.dims
    if known is not None and None not in known[1:3]:
        odd = [d % 2 for d in known[1:3]]
        return array.pad(batch, [[0, 0], [0, odd[0]], [0, odd[1]], [0, 0]], "SYMMETRIC") if any(odd) else batch
    rest = math.floormod(array.shape(batch)[1:3], 2)
    widths = array.pad(array.expand_dims(rest, 1), [[1, 1], [1, 0]])
    return cond(math.reduce_any(math.not_equal(rest, 0)), lambda: array.pad(batch, widths, "SYMMETRIC"), lambda: batch)


# Neighbours -----------------------------------------------------------------------------------------------


@public("image.total_variation")
@composite("total_variation")
def total_variation(images: Any, name: str | None = None) -> Any:
    """The sum of the absolute differences between neighbouring pixels.

    images: [height, width, channels], which gives a scalar, or [batch, height, width, channels], which gives [batch].
    Raises ValueError for other ranks.

    >>> float(total_variation(np.array([[[1.0], [3.0]], [[0.0], [3.0]]])))
    6.0
    """
    x = array.convert(images, name="images")
    rank = None if x.dims is None else len(x.dims)
    if rank not in (3, 4):
        raise ValueError("'images' must be either 3 or 4-dimensional.")
    down = x[..., 1:, :, :] - x[..., :-1, :, :]
    across = x[..., :, 1:, :] - x[..., :, :-1, :]
    axes = None if rank == 3 else [1, 2, 3]
    return math.reduce_sum(math.abs(down), axes) + math.reduce_sum(math.abs(across), axes)


@public("image.image_gradients")
def image_gradients(image: Any) -> Any:
    """The differences to the pixel below and to the one on the right: `(dy, dx)`, 0 in the last row and column.

    image: [batch, height, width, channels]; both results have its shape. Raises ValueError for other ranks.

    >>> dy, dx = image_gradients(np.array([[[[1], [2]], [[5], [9]]]]))
    >>> dy.numpy().reshape(-1).tolist(), dx.numpy().reshape(-1).tolist()
    ([4, 7, 0, 0], [1, 0, 4, 0])
    """
    x = array.convert(image, name="image")
    if x.dims is None or len(x.dims) != 4:
        raise ValueError(f"image_gradients expects a 4D tensor [batch_size, h, w, d], not {x.shape}.")
    down = x[:, 1:, :, :] - x[:, :-1, :, :]
    across = x[:, :, 1:, :] - x[:, :, :-1, :]
    return array.pad(down, [[0, 0], [0, 1], [0, 0], [0, 0]]), array.pad(across, [[0, 0], [0, 0], [0, 1], [0, 0]])


_SOBEL = np.array([[[-1, -2, -1], [0, 0, 0], [1, 2, 1]], [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]])


@public("image.sobel_edges")
def sobel_edges(image: Any) -> Any:
    """Sobel's derivatives of an image, downwards and to the right; at the borders the image is reflected.

    image: floats [batch, height, width, channels]. Returns [batch, height, width, channels, 2].
    """
    x = array.convert(image, name="image")
    shape = array.shape(x)
    kernels = _SOBEL.transpose(1, 2, 0)[:, :, None, :].astype(x.dtype.base_dtype.np_dtype)
    filters = array.tile(array.convert(kernels), [1, 1, shape[-1], 1], name="sobel_filters")
    wide = array.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], "REFLECT")
    found = array.reshape(depthwise_conv2d(wide, filters, [1, 1, 1, 1], "VALID"), array.concat([shape, [2]], 0))
    return found if x.dims is None else dims.with_dims(found, (*x.dims, 2))
