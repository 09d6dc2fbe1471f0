"""The ops that resize images, and their gradients. `image_taps.py` says how an axis is resampled, `image_resize.py`
holds the functions users call.

Images are [batch, height, width, channels]; all but the nearest neighbour give float32, whatever they are given.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp, lax
from hornbeam.graph import dtypes
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.op import FLOATS, op
from hornbeam.graph.shapes import Dims
from hornbeam.ops import array, dims, image_taps, rules
from hornbeam.ops.image_taps import Taps

IMAGES = (dtypes.int8, dtypes.uint8, dtypes.int16, dtypes.uint16, dtypes.int32, dtypes.int64, *FLOATS)
"""What an image may hold where it is resized."""

def check_image(x: Dims, what: str = "input must be 4-dimensional") -> None:
    """Raise ShapeFault unless the rank is 4 or unknown."""
    dims.want_rank(x, 4, f"{what}{rules.text(x)}")


def size_of(size: Any) -> tuple[int | None, int | None]:
    """Height and width that an input `size` asks for. Raises ShapeFault where it cannot hold two positive sizes."""
    if size.dims is not None and len(size.dims) != 1:
        dims.want_rank(size.dims, 1, f"shape_t must be 1-dimensional{rules.text(size.dims)}")
    held = dims.wanted_shape(size)
    if held is None:
        return None, None
    if len(held) != 2:
        raise ShapeFault(f"Dimension must be 2 but is {len(held)}", f"shape_t must have two elements[{len(held)}]")
    if any(d is not None and d <= 0 for d in held):
        raise ShapeFault("output dimensions must be positive")
    return held[0], held[1]


def _resized(inputs: Any, dtype: Any) -> Any:
    x = inputs[0].dims
    check_image(x)
    if x is not None and 0 in x[1:]:
        raise ShapeFault("input image must be of non-zero size" if 0 in x[1:3] else "image must have at least one "
                         "channel")
    batch, channels = (None, None) if x is None else (x[0], x[3])
    return [((batch, *size_of(inputs[1]), channels), dtype)]


def _to_float(inputs: Any, attrs: dict[str, Any]) -> Any:
    _refuse_both(attrs.get("align_corners", False), attrs.get("half_pixel_centers", False))
    return _resized(inputs, dtypes.float32)


def _refuse_both(align_corners: bool, half_pixel_centers: bool) -> None:
    if align_corners and half_pixel_centers:
        raise ShapeFault("If half_pixel_centers is True, align_corners must be False.")


def _both_ways(x: Any, height: Taps, width: Taps) -> Any:
    """Rows and columns resampled: rows first, which lie together in memory."""
    rows = image_taps.applied(x, height, 1)
    if min(height.indices.shape[1], width.indices.shape[1]) > 2:
        rows = lax.optimization_barrier(rows)  # else XLA computes each of them again for each tap of a column
    return image_taps.applied(rows, width, 2)


def _forward(kind: Any, x: Any, size: Any, *how: bool) -> Any:
    rows, columns = (int(v) for v in size)
    return _both_ways(x, kind(x.shape[1], rows, *how), kind(x.shape[2], columns, *how))


def _backward(kind: Any, dy: Any, rows: int, columns: int, *how: bool) -> Any:
    return _both_ways(dy, kind(rows, dy.shape[1], *how).transposed(), kind(columns, dy.shape[2], *how).transposed())


def _size(height: int, width: int) -> Any:
    return np.array([height, width], np.int32)


def _images(*attrs: dict[str, Any]) -> Any:
    def make(rng: np.random.Generator) -> Any:
        sizes = [(2, 3), (7, 5), (4, 1), (1, 9)]
        return [((rng.uniform(-1, 1, (2, 4, 5, 2)).astype(np.float32), _size(*size)), given)
                for given in attrs for size in sizes]

    return make


_WAYS = ({}, {"align_corners": True}, {"half_pixel_centers": True})
_BOTH = "images: T, size: int32 static"


# Bilinear -------------------------------------------------------------------------------------------------


@op("ResizeBilinear", inputs=_BOTH, T=IMAGES, samples=_images(*_WAYS))
def resize_bilinear_op(images, size, *, align_corners: bool = False, half_pixel_centers: bool = False):
    """Images resized by linear interpolation between the neighbours, as float32."""
    return _forward(image_taps.linear, images.astype(jnp.float32), size, align_corners, half_pixel_centers)


resize_bilinear_op.shape(_to_float)


def _original_gradient(grad_op: Any) -> Any:
    """The gradient of an op of (images, size) by the op of (dy, images)."""
    def rule(call: Any, dy: Any) -> Any:
        images = call.inputs[0]
        return [grad_op(dy, images, **call.attrs) if images.dtype.is_floating else None, None]

    return rule


def _with_gradients(*attrs: dict[str, Any]) -> Any:
    def make(rng: np.random.Generator) -> Any:
        sizes = [(2, 3), (7, 5), (1, 9)]
        return [((rng.uniform(-1, 1, (2, *size, 2)).astype(np.float32),
                  rng.uniform(-1, 1, (2, 4, 5, 2)).astype(np.float32)), given) for given in attrs for size in sizes]

    return make


def _wide(grads: Any, original_image: Any) -> Any:
    return grads.astype(jnp.promote_types(jnp.float32, original_image.dtype))


def _like_original(inputs: Any, attrs: dict[str, Any]) -> Any:
    _refuse_both(attrs["align_corners"], attrs["half_pixel_centers"])
    for x in inputs[:2]:
        check_image(x.dims)
    return [(inputs[1].dims, inputs[1].dtype)]


@op("ResizeBilinearGrad", inputs="grads: float32, original_image: T", T=FLOATS, samples=_with_gradients(*_WAYS),
    waive={"gradient": "float32 in and out; tests/ops/test_image_resize.py has it"})
def resize_bilinear_grad_op(grads, original_image, *, align_corners: bool = False, half_pixel_centers: bool = False):
    """The gradient of `ResizeBilinear` for its images."""
    found = _backward(image_taps.linear, _wide(grads, original_image), *original_image.shape[1:3], align_corners,
                      half_pixel_centers)
    return found.astype(original_image.dtype)


resize_bilinear_grad_op.shape(_like_original)
resize_bilinear_op.grad(_original_gradient(resize_bilinear_grad_op))


def _linear_in_dy(forward_op: Any) -> Any:
    """The gradient of a gradient op: what `forward_op` makes of it."""
    def rule(call: Any, dy: Any) -> Any:
        return [forward_op(dy, array.shape(call.inputs[0])[1:3], **call.attrs), None]

    return rule


resize_bilinear_grad_op.grad(_linear_in_dy(resize_bilinear_op))


# Bicubic --------------------------------------------------------------------------------------------------


@op("ResizeBicubic", inputs=_BOTH, T=IMAGES, samples=_images(*_WAYS))
def resize_bicubic_op(images, size, *, align_corners: bool = False, half_pixel_centers: bool = False):
    """Images resized by cubic convolution over 4 × 4 neighbours, as float32."""
    return _forward(image_taps.cubic, images.astype(jnp.float32), size, align_corners, half_pixel_centers)


resize_bicubic_op.shape(_to_float)


@op("ResizeBicubicGrad", inputs="grads: float32, original_image: T", T=(dtypes.float32, dtypes.float64),
    samples=_with_gradients(*_WAYS), waive={"gradient": "float32 in; tests/ops/test_image_resize.py has it"})
def resize_bicubic_grad_op(grads, original_image, *, align_corners: bool = False, half_pixel_centers: bool = False):
    """The gradient of `ResizeBicubic` for its images."""
    found = _backward(image_taps.cubic, _wide(grads, original_image), *original_image.shape[1:3], align_corners,
                      half_pixel_centers)
    return found.astype(original_image.dtype)


resize_bicubic_grad_op.shape(_like_original)
resize_bicubic_grad_op.grad(_linear_in_dy(resize_bicubic_op))


@resize_bicubic_op.grad
def _(call, dy):
    images = call.inputs[0]
    wide = images.dtype.base_dtype in (dtypes.float32, dtypes.float64)
    return [resize_bicubic_grad_op(dy, images, **call.attrs) if wide else None, None]


# Nearest neighbour ----------------------------------------------------------------------------------------


@op("ResizeNearestNeighbor", inputs=_BOTH, T=IMAGES, samples=_images(*_WAYS))
def resize_nearest_neighbor_op(images, size, *, align_corners: bool = False, half_pixel_centers: bool = False):
    """Images resized by taking the nearest pixel, in their own dtype."""
    return _forward(image_taps.nearest, images, size, align_corners, half_pixel_centers)


@resize_nearest_neighbor_op.shape
def _(inputs, attrs):
    _refuse_both(attrs["align_corners"], attrs["half_pixel_centers"])
    return _resized(inputs, inputs[0].dtype)


@op("ResizeNearestNeighborGrad", inputs="grads: T, size: int32 static",
    T=(dtypes.uint8, dtypes.int8, dtypes.int32, *FLOATS), samples=_images(*_WAYS))
def resize_nearest_neighbor_grad_op(grads, size, *, align_corners: bool = False, half_pixel_centers: bool = False):
    """The gradient of `ResizeNearestNeighbor` for images of height and width `size`."""
    rows, columns = (int(v) for v in size)
    return _backward(image_taps.nearest, grads, rows, columns, align_corners, half_pixel_centers)


@resize_nearest_neighbor_grad_op.shape
def _(inputs, attrs):
    check_image(inputs[0].dims)
    batch, channels = (None, None) if inputs[0].dims is None else (inputs[0].dims[0], inputs[0].dims[3])
    return [((batch, *size_of(inputs[1]), channels), inputs[0].dtype)]


@resize_nearest_neighbor_op.grad
def _(call, dy):
    return [resize_nearest_neighbor_grad_op(dy, _sizes(call.inputs[0]), **call.attrs), None]


@resize_nearest_neighbor_grad_op.grad
def _(call, dy):
    return [resize_nearest_neighbor_op(dy, _sizes(call.inputs[0]), **call.attrs), None]


def _sizes(images: Any) -> Any:
    """Height and width as an op's input: numbers where they are known."""
    x = images.dims
    return list(x[1:3]) if x is not None and None not in x[1:3] else array.shape(images)[1:3]


# By area --------------------------------------------------------------------------------------------------


@op("ResizeArea", inputs=_BOTH, T=IMAGES, v1=("image.resize_area",),
    samples=_images({}, {"align_corners": True}))
def resize_area_op(images, size, *, align_corners: bool = False):
    """Images resized by averaging what each new pixel covers, as float32.

    images: [batch, height, width, channels]. size: int32 [2]. align_corners: the centres of the corner pixels stay
    where they are.
    """
    return _forward(image_taps.area, images.astype(jnp.float32), size, align_corners)


resize_area_op.shape(_to_float)


# By a kernel ----------------------------------------------------------------------------------------------


def _spread(x: Any, matrices: Any) -> Any:
    rows, columns = matrices
    found = jnp.einsum("oh,bhwc->bowc", rows, x, precision=lax.Precision.HIGHEST)
    return jnp.einsum("ow,bhwc->bhoc", columns, found, precision=lax.Precision.HIGHEST)


def _matrices(sizes: Any, outputs: Any, scale: Any, translation: Any, kernel_type: str, antialias: bool) -> Any:
    return [image_taps.spread(sizes[i], int(outputs[i]), scale[i], translation[i], kernel_type, antialias)
            for i in (0, 1)]


def _kernel_samples(rng: np.random.Generator) -> Any:
    x = rng.uniform(-1, 1, (2, 6, 5, 2)).astype(np.float32)
    pairs = np.array([0.5, 1.6], np.float32), np.array([0.3, -1.0], np.float32)
    found: Any = [((x, _size(3, 8), *pairs), {"kernel_type": kind, "antialias": wide})
                  for kind in image_taps.KERNELS for wide in (True, False)]
    return [*found, ((x, _size(3, 8), *pairs), {})]


@op("ScaleAndTranslate", inputs="images: T, size: int32 static, scale: float32, translation: float32", T=IMAGES,
    samples=_kernel_samples, waive={"gradient": "float32 in and out; tests/ops/test_image_resize.py has it"})
def scale_and_translate_op(images, size, scale, translation, *, kernel_type: str = "lanczos3", antialias: bool = True):
    """Images scaled and moved, resampled by a kernel, as float32: output position = scale · input + translation."""
    matrices = _matrices(images.shape[1:3], size, scale, translation, kernel_type, antialias)
    return _spread(images.astype(jnp.float32), matrices)


@scale_and_translate_op.shape
def _(inputs, attrs):
    _check_kernel(attrs)
    for pair in inputs[2:]:
        dims.merged(pair.dims, (2,))
    return _resized(inputs, dtypes.float32)


def _check_kernel(attrs: dict[str, Any]) -> None:
    if attrs["kernel_type"] not in image_taps.KERNELS:
        raise ShapeFault(f"Unrecognized kernel type: {attrs['kernel_type']}")


@scale_and_translate_op.check
def _(images, size, scale, translation, *, kernel_type, antialias):
    return jnp.logical_not(jnp.all(scale > 0)), []


@scale_and_translate_op.message
def _(numbers, inputs, attrs):
    return "Scale must be greater than zero."


@op("ScaleAndTranslateGrad", inputs="grads: T, original_image: T, scale: float32, translation: float32",
    T=(dtypes.float32,), samples=lambda rng: [
        ((rng.uniform(-1, 1, (2, 3, 8, 2)).astype(np.float32), x, scale, move), attrs)
        for (x, _, scale, move), attrs in _kernel_samples(rng)[:4]])
def scale_and_translate_grad_op(grads, original_image, scale, translation, *, kernel_type: str = "lanczos3",
                                antialias: bool = True):
    """The gradient of `ScaleAndTranslate` for its images."""
    matrices = _matrices(original_image.shape[1:3], grads.shape[1:3], scale, translation, kernel_type, antialias)
    return _spread(grads, [m.T for m in matrices])


@scale_and_translate_grad_op.shape
def _(inputs, attrs):
    _check_kernel(attrs)
    return [(inputs[1].dims, inputs[1].dtype)]


scale_and_translate_grad_op.check(lambda grads, images, scale, translation, **_: (
    jnp.logical_not(jnp.all(scale > 0)), []))
scale_and_translate_grad_op.message(lambda numbers, inputs, attrs: "Scale must be greater than zero.")


@scale_and_translate_op.grad
def _(call, dy):
    images, _, scale, translation = call.inputs
    if images.dtype.base_dtype is not dtypes.float32:
        return [None] * 4
    return [scale_and_translate_grad_op(dy, images, scale, translation, **call.attrs), None, None, None]


@scale_and_translate_grad_op.grad
def _(call, dy):
    grads, _, scale, translation = call.inputs
    return [scale_and_translate_op(dy, _sizes(grads), scale, translation, **call.attrs), None, None, None]
