"""Parts of images: boxes cropped and resized, with gradients for images and boxes, and glimpses."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp
from hornbeam.graph import dtypes, seeds
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import never, op
from hornbeam.ops import array, dims

_IMAGES = (dtypes.uint8, dtypes.uint16, dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64, dtypes.float16,
           dtypes.float32, dtypes.float64)
_FLOATS = (dtypes.float16, dtypes.float32, dtypes.float64)

# Boxes ----------------------------------------------------------------------------------------------------


def _places(low: Any, high: Any, size: int, count: int) -> tuple[Any, Any]:
    """Where the pixels of each crop lie along an axis [boxes, count], and which lie within the image."""
    last = jnp.float32(size - 1)
    if count > 1:
        step = (high - low) * last / jnp.float32(count - 1)
        at = low[:, None] * last + jnp.arange(count, dtype=jnp.float32) * step[:, None]
    else:
        at = 0.5 * (low + high)[:, None] * last
    return at, (at >= 0) & (at <= last)


def _grid(boxes: Any, shape: Any, rows: int, columns: int) -> Any:
    """Places of rows and of columns, and the mask [boxes, rows, columns] of what lies within the image."""
    y, in_y = _places(boxes[:, 0], boxes[:, 2], shape[1], rows)
    x, in_x = _places(boxes[:, 1], boxes[:, 3], shape[2], columns)
    return y, x, in_y[:, :, None] & in_x[:, None, :]


def _indices(at: Any, size: int) -> Any:
    return jnp.clip(jnp.nan_to_num(at), 0, size - 1).astype(jnp.int32)


def _corners(y: Any, x: Any, shape: Any) -> Any:
    """Of the four neighbours of each place: rows, columns, and the two weights [boxes, rows, columns, 1]."""
    for row, by_row in ((jnp.floor(y), 1 - (y - jnp.floor(y))), (jnp.ceil(y), y - jnp.floor(y))):
        for column, by_column in ((jnp.floor(x), 1 - (x - jnp.floor(x))), (jnp.ceil(x), x - jnp.floor(x))):
            yield (_indices(row, shape[1])[:, :, None], _indices(column, shape[2])[:, None, :],
                   by_row[:, :, None, None], by_column[:, None, :, None])


def _nearest(at: Any) -> Any:
    """Rounded as C does: halves away from zero."""
    return jnp.floor(at + 0.5)


def _crops(rng: np.random.Generator) -> Any:
    image = rng.uniform(-1, 1, (2, 5, 4, 2)).astype(np.float32)
    boxes = np.array([[0.1, 0.2, 0.83, 0.91], [0.7, 0.9, 0.22, 0.05], [-0.3, 0.4, 0.6, 1.4]], np.float32)
    boxes = boxes + rng.uniform(0, 0.02, boxes.shape).astype(np.float32)
    index = np.array([1, 0, 1], np.int32)
    return [((image, boxes, index, np.array(size, np.int32)), attrs) for size, attrs in (
        ([3, 4], {}), ([1, 2], {"extrapolation_value": -2.0}), ([3, 3], {"method": "nearest"}))]


@op("CropAndResize", inputs="image: T, boxes: float32, box_ind: int32, crop_size: int32 static", T=_IMAGES,
    samples=_crops, waive={"gradient": "float32 in and out; tests/ops/test_image_boxes.py has it"})
def crop_and_resize_op(image, boxes, box_ind, crop_size, *, method: str = "bilinear",
                       extrapolation_value: float = 0):
    """Parts of images resized to one size, as float32 [boxes, height, width, channels]."""
    rows, columns = (int(v) for v in crop_size)
    y, x, inside = _grid(boxes, image.shape, rows, columns)
    image, of = jnp.asarray(image), box_ind[:, None, None]  # a known array takes no traced index
    if method == "nearest":
        found = image[of, _indices(_nearest(y), image.shape[1])[:, :, None],
                      _indices(_nearest(x), image.shape[2])[:, None, :]].astype(jnp.float32)
    else:
        taken = [image[of, r, c].astype(jnp.float32) for r, c, _, _ in _corners(y, x, image.shape)]
        dx, dy = (x - jnp.floor(x))[:, None, :, None], (y - jnp.floor(y))[:, :, None, None]
        top, bottom = taken[0] + (taken[1] - taken[0]) * dx, taken[2] + (taken[3] - taken[2]) * dx
        found = top + (bottom - top) * dy
    return jnp.where(inside[..., None], found, jnp.float32(extrapolation_value))


def _check_method(attrs: dict[str, Any], allowed: tuple[str, ...] = ("bilinear", "nearest")) -> None:
    if attrs["method"] not in allowed:
        listed = ", ".join(f'"{m}"' for m in allowed)
        raise ShapeFault(f"Value for attr 'method' of \"{attrs['method']}\" is not in the list of allowed values: "
                         f"{listed}")


def _boxes_of(boxes: Any, index: Any) -> int | None:
    """How many boxes there are. Raises ShapeFault where they do not fit to their indices."""
    dims.want_rank(boxes.dims, 2, f"boxes must be 2-D, got: {dims.text(boxes.dims)}")
    dims.want_rank(index.dims, 1, "box_index has incompatible shape")
    if boxes.dims is not None and boxes.dims[1] not in (4, None):
        raise ShapeFault(f"Dimension must be 4 but is {boxes.dims[1]}", "boxes must have 4 columns")
    count = dims.merged((None,) if boxes.dims is None else boxes.dims[:1], index.dims,
                        "box_index has incompatible shape")
    return None if count is None else count[0]


@crop_and_resize_op.shape
def _(inputs, attrs):
    _check_method(attrs)
    image, size = inputs[0].dims, inputs[3]
    dims.want_rank(image, 4, f"input image must be 4-D{dims.text(image)}")
    if image is not None and 0 in image[1:3]:
        raise ShapeFault("image dimensions must be positive")
    count = _boxes_of(*inputs[1:3])
    dims.want_rank(size.dims, 1, f"crop_size must be 1-D{dims.text(size.dims)}")
    held = dims.held_shape(size) or (None, None)
    if len(held) != 2:
        raise ShapeFault(f"Dimension must be 2 but is {len(held)}", f"crop_size must have two elements[{len(held)}]")
    if size.value is not None and (np.asarray(size.value) <= 0).any():
        raise ShapeFault("crop dimensions must be positive")
    return [((count, *held, None if image is None else image[3]), dtypes.float32)]


def _index_outside(index: Any, batch: Any) -> Any:
    return jnp.any((index < 0) | (index >= batch)), []


_INDEX_TEXT = "box_index has values outside [0, batch_size)"


def _index_text(numbers: Any, inputs: Any, attrs: Any) -> str:
    return _INDEX_TEXT


@crop_and_resize_op.check
def _(image, boxes, box_ind, crop_size, *, method, extrapolation_value):
    endless = jnp.logical_not(jnp.all(jnp.isfinite(boxes)))
    return endless | _index_outside(box_ind, image.shape[0])[0], [endless]


@crop_and_resize_op.message
def _(numbers, inputs, attrs):
    return "Boxes contains at least one element that is not finite" if numbers[0] else _INDEX_TEXT


def _with_dy(rng: np.random.Generator, build: Any, methods: tuple[str, ...] = ("bilinear", "nearest")) -> Any:
    found = []
    for (image, boxes, index, size), attrs in _crops(rng):
        method = attrs.get("method", "bilinear")
        if method in methods:
            grads = rng.uniform(-1, 1, (3, *size, 2)).astype(np.float32)
            found.append((build(grads, image, boxes, index), {"method": method}))
    return found


@op("CropAndResizeGradImage", inputs="grads: float32, boxes: float32, box_ind: int32, image_size: int32 static",
    attr_types={"T": "type"}, differentiable=never("TensorFlow defines no second derivative of crops"),
    samples=lambda rng: [(inputs, {"T": dtypes.float32, **attrs}) for inputs, attrs in _with_dy(
        rng, lambda dy, image, boxes, index: (dy, boxes, index, np.array(image.shape, np.int32)))])
def crop_and_resize_grad_image_op(grads, boxes, box_ind, image_size, *, T: Any, method: str = "bilinear"):
    """The gradient of `CropAndResize` for its images, of shape `image_size`."""
    shape = tuple(int(v) for v in image_size)
    y, x, inside = _grid(boxes, shape, *grads.shape[1:3])
    dy = jnp.where(inside[..., None], grads, 0)
    of = jnp.broadcast_to(box_ind[:, None, None], inside.shape)
    total = jnp.zeros(shape, jnp.promote_types(jnp.float32, T.np_dtype))
    if method == "nearest":
        rows, columns = _indices(_nearest(y), shape[1])[:, :, None], _indices(_nearest(x), shape[2])[:, None, :]
        return total.at[of, rows, columns].add(dy).astype(T.np_dtype)
    for rows, columns, by_row, by_column in _corners(y, x, shape):
        part = jnp.where(inside[..., None], by_row * by_column, 0) * dy
        total = total.at[of, rows, columns].add(part)
    return total.astype(T.np_dtype)


@crop_and_resize_grad_image_op.shape
def _(inputs, attrs):
    _check_method(attrs)
    dims.want_rank(inputs[0].dims, 4, f"grads image must be 4-D{dims.text(inputs[0].dims)}")
    _boxes_of(*inputs[1:3])
    held = dims.held_shape(inputs[3])
    return [((None,) * 4 if held is None else held, attrs["T"])]


crop_and_resize_grad_image_op.check(
    lambda grads, boxes, box_ind, image_size, **_: _index_outside(box_ind, int(image_size[0])))
crop_and_resize_grad_image_op.message(_index_text)


@op("CropAndResizeGradBoxes", inputs="grads: float32, image: T, boxes: float32, box_ind: int32", T=_IMAGES,
    differentiable=never("TensorFlow defines no second derivative of crops"),
    samples=lambda rng: _with_dy(rng, lambda *inputs: inputs, ("bilinear",)))
def crop_and_resize_grad_boxes_op(grads, image, boxes, box_ind, *, method: str = "bilinear"):
    """The gradient of a bilinear `CropAndResize` for its boxes."""
    rows, columns = grads.shape[1:3]
    y, x, inside = _grid(boxes, image.shape, rows, columns)
    image, of = jnp.asarray(image), box_ind[:, None, None]
    a, b, c, d = (image[of, r, k].astype(jnp.float32) for r, k, _, _ in _corners(y, x, image.shape))
    dx, dy = (x - jnp.floor(x))[:, None, :, None], (y - jnp.floor(y))[:, :, None, None]
    weight = jnp.where(inside[..., None], grads, 0)
    along_y = (((1 - dx) * (c - a) + dx * (d - b)) * weight).sum(-1) * (image.shape[1] - 1)
    along_x = (((1 - dy) * (b - a) + dy * (d - c)) * weight).sum(-1) * (image.shape[2] - 1)
    down, right = _shares(rows)[:, :, None], _shares(columns)[:, None, :]
    found = [(along_y * down[0]).sum((1, 2)), (along_x * right[0]).sum((1, 2)), (along_y * down[1]).sum((1, 2)),
             (along_x * right[1]).sum((1, 2))]
    return jnp.stack(found, 1).astype(jnp.float32)


def _shares(count: int) -> np.ndarray:
    """How a place moves with the first and the last coordinate of its box."""
    last = np.arange(count, dtype=np.float32) / np.float32(count - 1) if count > 1 else np.full(1, 0.5, np.float32)
    return np.stack([1 - last, last])


@crop_and_resize_grad_boxes_op.shape
def _(inputs, attrs):
    _check_method(attrs, ("bilinear",))
    return [((_boxes_of(*inputs[2:4]), 4), dtypes.float32)]


crop_and_resize_grad_boxes_op.check(lambda grads, image, boxes, box_ind, **_: _index_outside(box_ind, image.shape[0]))
crop_and_resize_grad_boxes_op.message(_index_text)


@crop_and_resize_op.grad
def _(call, dy):
    image, boxes, index, _ = call.inputs
    kind = image.dtype.base_dtype
    of_image = None
    if kind in _FLOATS:
        size = list(image.dims) if dims.static_dims(image) is not None else array.shape(image)
        of_image = crop_and_resize_grad_image_op(dy, boxes, index, size, T=kind, method=call.attrs["method"])
    # Where the nearest pixels are taken the boxes get the slope between pixels, as in TensorFlow.
    return [of_image, crop_and_resize_grad_boxes_op(dy, image, boxes, index), None, None]


@public(v2=("image.crop_and_resize",))
def crop_and_resize(image: Any, boxes: Any, box_indices: Any, crop_size: Any, method: str = "bilinear",
                    extrapolation_value: float = 0.0, name: str | None = None) -> Any:
    """Parts of images, each resized to `crop_size`.

    image: [batch, height, width, channels], any real dtype. boxes: float32 [n, 4] of [y1, x1, y2, x2], where 0 is the
    first and 1 the last pixel; a box whose first coordinate is the larger is mirrored. box_indices: int32 [n], the
    image of each box. crop_size: int32 [2], height and width. method: "bilinear" or "nearest". extrapolation_value:
    what stands where a box leaves the image. Returns float32 [n, height, width, channels].
    Raises InvalidArgumentError for box_indices outside of the batch, and where shapes do not fit (in graphs
    ValueError).

    >>> crop_and_resize([[[[1.0], [2.0], [3.0]]]], [[0.0, 0.0, 0.0, 0.5]], [0], [1, 2]).numpy().reshape(-1).tolist()
    [1.0, 2.0]
    """
    return crop_and_resize_op(image, boxes, box_indices, crop_size, method=method,
                              extrapolation_value=extrapolation_value, name=name)


# Glimpses -------------------------------------------------------------------------------------------------

_NO_SLOPE = never("TensorFlow defines no gradient of glimpses")
_NOISES = ("uniform", "gaussian", "zero")


def _begin(offset: Any, image: int, size: int, centred: bool, normalized: bool, old: bool) -> Any:
    """Where glimpses begin along an axis, by one coordinate of their offsets."""
    at = offset * jnp.float32(image) if normalized else offset
    if old or (centred and normalized):
        at = at / 2 + jnp.float32(image) / 2 if centred else at
        at = at - jnp.float32(size) / 2
    elif centred:
        at = at + jnp.float32(image) / 2
    return at.astype(jnp.int32)


def _noise(key: Any, x: Any, shape: Any, kind: str) -> Any:
    """What stands outside of the image: numbers like its own, channel by channel."""
    if kind == "zero":
        return jnp.zeros(shape, x.dtype)
    if kind == "gaussian":
        return x.mean((1, 2), keepdims=True) + x.std((1, 2), keepdims=True) * jax.random.normal(key, shape, x.dtype)
    low, high = x.min((1, 2), keepdims=True), x.max((1, 2), keepdims=True)
    return low + (high - low) * jax.random.uniform(key, shape, x.dtype)


def _glimpses(key: Any, x: Any, size: Any, offsets: Any, centred: bool, normalized: bool, noise: str,
              old: bool) -> Any:
    rows, columns = (int(v) for v in size)
    shape = (x.shape[0], rows, columns, x.shape[3])
    if 0 in x.shape or 0 in shape:
        return jnp.zeros(shape, x.dtype)
    y = _begin(offsets[:, 0], x.shape[1], rows, centred, normalized, old)[:, None] + jnp.arange(rows)
    z = _begin(offsets[:, 1], x.shape[2], columns, centred, normalized, old)[:, None] + jnp.arange(columns)
    inside = ((y >= 0) & (y < x.shape[1]))[:, :, None] & ((z >= 0) & (z < x.shape[2]))[:, None, :]
    rows, at = jnp.clip(y, 0, x.shape[1] - 1)[:, :, None], jnp.clip(z, 0, x.shape[2] - 1)[:, None, :]
    found = jnp.asarray(x)[jnp.arange(x.shape[0])[:, None, None], rows, at]
    return jnp.where(inside[..., None], found, _noise(key, x, shape, noise))


def _glimpse_shape(inputs: Any, attrs: dict[str, Any]) -> Any:
    x, size, offsets = inputs
    if attrs["noise"] not in _NOISES:
        raise ShapeFault(f"The noise could only be uniform, gaussian, or zero, got {attrs['noise']}")
    if attrs["uniform_noise"] and attrs["noise"] != "uniform":
        raise ShapeFault("The uniform_noise and noise could not be specified at the same time")
    dims.want_rank(x.dims, 4, f"input must be 4-dimensional (batch_size, height, width, depth){dims.text(x.dims)}")
    dims.want_rank(offsets.dims, 2, "input must be a matrix[n, 2]")
    if offsets.dims is not None and offsets.dims[1] not in (2, None):
        raise ShapeFault(f"Dimension must be 2 but is {offsets.dims[1]}",
                         f"second dimension should be of size 2 (y,x){dims.text(offsets.dims)}")
    held = dims.wanted_shape(size) or (None, None)
    if len(held) != 2:
        raise ShapeFault(f"Dimension must be 2 but is {len(held)}",
                         f"input must be a vector of size 2 (height, width)[{len(held)}]")
    batch = dims.merged((None,) if x.dims is None else x.dims[:1],
                        (None,) if offsets.dims is None else offsets.dims[:1],
                        f"first dimension should be batch{dims.text(offsets.dims)}")
    return [((None if batch is None else batch[0], *held, None if x.dims is None else x.dims[3]), dtypes.float32)]


def _glimpse_samples(rng: np.random.Generator) -> Any:
    x = rng.uniform(-1, 1, (2, 5, 4, 2)).astype(np.float32)
    offsets, size = np.array([[0.3, -0.4], [0.0, 1.0]], np.float32), np.array([3, 2], np.int32)
    return [((x, size, offsets), {"noise": "zero", "uniform_noise": False}), ((x, size, offsets), {}),
            ((x, size, offsets), {"noise": "gaussian", "uniform_noise": False, "centered": False})]


_GLIMPSE: dict[str, Any] = {"inputs": "input: float32, size: int32 static, offsets: float32", "random": True,
                            "differentiable": _NO_SLOPE, "samples": _glimpse_samples}


@op("ExtractGlimpse", **_GLIMPSE)
def extract_glimpse_op(key, input, size, offsets, *, centered: bool = True, normalized: bool = True,
                       uniform_noise: bool = True, noise: str = "uniform", seed: int = 0, seed2: int = 0):
    """Windows of images, whose middles lie at the offsets, as TensorFlow 1 places them."""
    return _glimpses(key, input, size, offsets, centered, normalized, noise, True)


@op("ExtractGlimpseV2", **_GLIMPSE)
def extract_glimpse_v2_op(key, input, size, offsets, *, centered: bool = True, normalized: bool = True,
                          uniform_noise: bool = True, noise: str = "uniform", seed: int = 0, seed2: int = 0):
    """Windows of images at the offsets."""
    return _glimpses(key, input, size, offsets, centered, normalized, noise, False)


extract_glimpse_op.shape(_glimpse_shape)
extract_glimpse_v2_op.shape(_glimpse_shape)


@public(v2=("image.extract_glimpse",))
def extract_glimpse(input: Any, size: Any, offsets: Any, centered: bool = True, normalized: bool = True,
                    noise: str = "uniform", name: str | None = None) -> Any:
    """Windows of images, one an image.

    input: float32 [batch, height, width, channels]. size: int32 [2], height and width of the windows. offsets:
    float32 [batch, 2] of [y, x]. centered, normalized: with both the window's middle lies at the offset, (-1, -1)
    being the image's first corner and (1, 1) its last; else its first pixel does, counted from the image's middle
    (`centered`) or first corner, in pixels or (`normalized`) image sizes. noise: what stands outside of the image,
    "uniform" or "gaussian" like its numbers, or "zero".

    >>> extract_glimpse(np.arange(9, dtype=np.float32).reshape(1, 3, 3, 1), [1, 1], [[0.0, 0.0]]).numpy().reshape(-1)
    array([4.], dtype=float32)
    """
    return extract_glimpse_v2_op(input, size, offsets, centered=centered, normalized=normalized, noise=noise,
                                 uniform_noise=False, **seeds.attributes(None), name=name)


