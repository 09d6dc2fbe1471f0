"""Boxes of images: drawn, and drawn at random so that they hold enough of an object."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp
from hornbeam.graph import dtypes, seeds
from hornbeam.graph.call import composite
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import INDEX, never, op
from hornbeam.ops import array, dims
from hornbeam.ops.image_batches import check_on_host
from hornbeam.ops.stateless_random import key_of

# Drawn onto images ----------------------------------------------------------------------------------------

_PAINTED = never("TensorFlow defines no gradient of it")
_COLOURS = np.array([[1, 1, 0, 1], [0, 0, 1, 1], [1, 0, 0, 1], [0, 1, 0, 1], [0.5, 0, 0.5, 1], [0.5, 0.5, 0, 1],
                     [0.5, 0, 0, 1], [0, 0, 0.5, 1], [0, 1, 1, 1], [1, 0, 1, 1]], np.float32)
"""Yellow, blue, red, lime, purple, olive, maroon, navy, aqua, fuchsia: what boxes get in turn."""


def _drawn(images: np.ndarray, boxes: np.ndarray, colours: np.ndarray) -> np.ndarray:
    found = np.array(images)
    height, width = images.shape[1:3]
    size = np.array([height - 1, width - 1] * 2, np.float32)
    with np.errstate(invalid="ignore"):
        corners = (boxes * size).astype(np.int64)
    for image, its_boxes in zip(found, corners, strict=True):
        for k, (top, left, bottom, right) in enumerate(its_boxes):
            if top > bottom or left > right or top >= height or bottom < 0 or left >= width or right < 0:
                continue
            _outline(image, (top, left, bottom, right), colours[k % len(colours)])
    return found


def _outline(image: np.ndarray, box: tuple[Any, ...], colour: np.ndarray) -> None:
    """Paint the lines of a box that lie within the image."""
    height, width = image.shape[:2]
    top, left, bottom, right = box
    rows = slice(max(top, 0), min(bottom, height - 1) + 1)
    columns = slice(max(left, 0), min(right, width - 1) + 1)
    for row in (top, bottom):
        if 0 <= row < height:
            image[row, columns] = colour
    for column in (left, right):
        if 0 <= column < width:
            image[rows, column] = colour


def _table(colours: Any, depth: int) -> np.ndarray:
    if colours is None or not len(colours):
        table = _COLOURS[:, :depth].copy()
        if depth == 1:
            table[:, 0] = 1
        return table
    return np.asarray(colours)[:, :depth]


def _draw_shape(inputs: Any, attrs: dict[str, Any]) -> Any:
    images, boxes = inputs[0].dims, inputs[1].dims
    dims.want_rank(images, 4, "The rank of the images should be 4")
    dims.want_rank(boxes, 3, "The rank of the boxes tensor should be 3")
    if boxes is not None and boxes[2] not in (4, None):
        raise ShapeFault(f"Dimension must be 4 but is {boxes[2]}", "boxes must have 4 coordinates")
    if images is not None and images[3] not in (1, 3, 4, None):
        raise ShapeFault("Channel depth should be either 1 (GRY), 3 (RGB), or 4 (RGBA)")
    if images is not None and boxes is not None:
        dims.merged(images[:1], boxes[:1], "The batch sizes should be the same")
    if len(inputs) > 2:
        colours = inputs[2].dims
        dims.want_rank(colours, 2, f"colors must be a 2-D matrix{dims.text(colours)}")
        if colours is not None and images is not None and None not in (colours[1], images[3]) and (
                colours[1] < images[3]):
            raise ShapeFault(f"colors must have equal or more channels than the image provided: {dims.text(colours)}")
    return [(images, inputs[0].dtype)]


def _with_boxes(rng: np.random.Generator) -> Any:
    images = rng.uniform(0, 1, (2, 6, 7, 3)).astype(np.float32)
    boxes = np.array([[[0.1, 0.2, 0.7, 0.9], [-0.5, -0.5, 0.5, 0.5]], [[0.9, 0.9, 0.1, 0.1], [0, 0, 1, 1]]], np.float32)
    return [(images, boxes), (images[..., :1], boxes)]


@op("DrawBoundingBoxes", inputs="images: T, boxes: float32", host=True, T=(dtypes.float32, dtypes.float16),
    differentiable=_PAINTED, samples=lambda rng: [(inputs, {}) for inputs in _with_boxes(rng)])
def draw_bounding_boxes_op(images, boxes):
    """Images with the outlines of boxes in colours that take turns."""
    return _drawn(images, boxes, _table(None, images.shape[3]))


@op("DrawBoundingBoxesV2", inputs="images: T, boxes: float32, colors: float32", host=True, differentiable=_PAINTED,
    T=(dtypes.float32, dtypes.float16), samples=lambda rng: [
        ((*inputs, colours), {}) for inputs in _with_boxes(rng)
        for colours in (np.zeros((0, 4), np.float32), np.array([[1, 0.5, 0.2, 0.1]], np.float32))])
def draw_bounding_boxes_v2_op(images, boxes, colors):
    """Images with the outlines of boxes in the given colours, which take turns."""
    return _drawn(images, boxes, _table(colors, images.shape[3]))


draw_bounding_boxes_op.shape(_draw_shape)
draw_bounding_boxes_v2_op.shape(_draw_shape)
check_on_host(draw_bounding_boxes_op, draw_bounding_boxes_v2_op)


@public(v2=("image.draw_bounding_boxes",))
def draw_bounding_boxes(images: Any, boxes: Any, colors: Any, name: str | None = None) -> Any:
    """Images with the outlines of boxes, one pixel wide.

    images: [batch, height, width, depth], float16 or float32, where depth is 1, 3 or 4. boxes: float32 [batch, n, 4]
    of [y1, x1, y2, x2], where 0 is the first and 1 the last pixel. colors: float32 [m, depth], which boxes take in
    turn; None for ten of them. Raises InvalidArgumentError (in graphs ValueError) where shapes do not fit.
    """
    if colors is None:
        return draw_bounding_boxes_op(images, boxes, name=name)
    return draw_bounding_boxes_v2_op(images, boxes, colors, name=name)


# Drawn at random ------------------------------------------------------------------------------------------

_SIZES = (dtypes.uint8, dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64)
_RANDOM = never("a random number does not depend on its inputs smoothly")
_F = np.float32
_MOST_TRIES = 10_000
"""All tries are drawn at once; whoever has not found a part by then finds none."""


def _candidates(keys: Any, height: Any, width: Any, ratios: Any, areas: Any, tries: int) -> tuple[Any, ...]:
    """Top, left, height and width of `tries` crops, and whether each lies within the image and the area."""
    ratio = jax.random.uniform(keys[0], (tries,), jnp.float32, ratios[0], ratios[1])
    h, w = height.astype(jnp.float32), width.astype(jnp.float32)
    least, most = areas[0] * h * w, areas[1] * h * w
    tallest = jnp.rint(jnp.sqrt(most / ratio))
    too_wide = jnp.rint(tallest * ratio) > w
    tallest = jnp.where(too_wide, jnp.floor((w + _F(0.5) - _F(1e-7)) / ratio), tallest)
    tallest = jnp.minimum(jnp.where(jnp.rint(tallest * ratio) > w, tallest - 1, tallest), h)
    smallest = jnp.minimum(jnp.rint(jnp.sqrt(least / ratio)), tallest)
    tall = smallest + jnp.floor(jax.random.uniform(keys[1], (tries,)) * (tallest - smallest + 1)).astype(jnp.float32)
    wide = jnp.rint(tall * ratio)
    for step, wrong in ((1, lambda area: area < least), (-1, lambda area: area > most)):
        off = wrong(tall * wide)
        tall = jnp.where(off, tall + step, tall)
        wide = jnp.where(off, jnp.rint(tall * ratio), wide)
    area = tall * wide
    good = (area >= least) & (area <= most) & (wide <= w) & (tall <= h) & (wide > 0) & (tall > 0)
    draws = jax.random.uniform(keys[2], (2, tries))
    top = jnp.floor(draws[0] * jnp.maximum(h - tall, 1)).astype(jnp.float32)
    left = jnp.floor(draws[1] * jnp.maximum(w - wide, 1)).astype(jnp.float32)
    return top, left, tall, wide, good


def _holds_enough(crop: tuple[Any, ...], boxes: Any, height: Any, width: Any, wanted: Any) -> Any:
    """Whether a crop holds the wanted part of some object; objects of no area do not count."""
    top, left, tall, wide = (v[:, None] for v in crop)
    sizes = jnp.stack([height, width, height, width]).astype(jnp.float32)
    y1, x1, y2, x2 = (jnp.floor(boxes * sizes)[:, i] for i in range(4))
    area = (y2 - y1) * (x2 - x1)
    shared = jnp.maximum(jnp.minimum(top + tall, y2) - jnp.maximum(top, y1), 0) * (
        jnp.maximum(jnp.minimum(left + wide, x2) - jnp.maximum(left, x1), 0))
    enough = (area > 0) & (shared / jnp.where(area > 0, area, 1) >= wanted)
    return jnp.any(enough, 1)


def _sampled(key: Any, image_size: Any, bounding_boxes: Any, wanted: Any, ratios: Any, areas: Any,
             tries: int) -> tuple[Any, Any, Any]:
    """begin, size and the box itself of the first crop that fits; the whole image where none does."""
    height, width = image_size[0].astype(jnp.int32), image_size[1].astype(jnp.int32)
    boxes = jnp.reshape(bounding_boxes, (-1, 4))
    if not len(boxes):
        boxes = jnp.array([[0, 0, 1, 1]], jnp.float32)
    tries = min(tries, _MOST_TRIES)
    *crop, good = _candidates(jax.random.split(key, 3), height, width, ratios, areas, tries)
    good = good & _holds_enough(tuple(crop), boxes, height, width, wanted)
    first = jnp.argmax(good)
    whole = (jnp.float32(0), jnp.float32(0), height.astype(jnp.float32), width.astype(jnp.float32))
    top, left, tall, wide = (jnp.where(jnp.any(good), v[first], w) for v, w in zip(crop, whole, strict=True))
    h, w = whole[2:]
    box = jnp.stack([top / h, left / w, (top + tall) / h, (left + wide) / w])
    kind = image_size.dtype
    begin = jnp.stack([top, left, jnp.float32(0)]).astype(jnp.int64).astype(kind)
    size = jnp.stack([tall, wide, jnp.float32(-1)]).astype(jnp.int64).astype(kind)
    return begin, size, box.reshape(1, 1, 4).astype(jnp.float32)


def _sample_shape(inputs: Any, attrs: dict[str, Any]) -> Any:
    size, boxes = inputs[0], inputs[1].dims
    dims.want_rank(size.dims, 1, f"image_size must be 1-dimensional: {dims.text(size.dims)}")
    if size.dims is not None and size.dims[0] not in (3, None):
        raise ShapeFault(f"Dimension must be 3 but is {size.dims[0]}", "image_size must contain 3 elements"
                         f"{dims.text(size.dims)}")
    dims.want_rank(boxes, 3, f"input boxes must be 3-dimensional [batch, num_boxes, coords]: {dims.text(boxes)}")
    if boxes is not None and boxes[2] not in (4, None):
        raise ShapeFault(f"Dimension must be 4 but is {boxes[2]}", "bounding boxes must have shape [4]")
    if boxes is not None and 0 in boxes and not attrs["use_image_if_no_bounding_boxes"]:
        raise ShapeFault("No bounding boxes provided as input. One must enable use_image_if_no_bounding_boxes if you "
                         "wish to not provide any bounding boxes.")
    _check_ranges(attrs)
    return [((3,), size.dtype), ((3,), size.dtype), ((1, 1, 4), dtypes.float32)]


def _check_ranges(attrs: dict[str, Any]) -> None:
    ratios, areas = attrs["aspect_ratio_range"], attrs["area_range"]
    if len(ratios) != 2:
        raise ShapeFault(f"Aspect ratio range field must specify 2 dimensions {list(ratios)}")
    if not (ratios[0] > 0 and ratios[1] > 0):
        raise ShapeFault(f"Aspect ratio range must be non-negative: {list(ratios)}")
    if len(areas) != 2:
        raise ShapeFault(f"Area range field must specify 2 dimensions {list(areas)}")
    if not all(0 < a <= 1 for a in areas):
        raise ShapeFault(f"Area range must be non-negative: {list(areas)}")
    if attrs["max_attempts"] <= 0:
        raise ShapeFault(f"Max attempts must be non-negative: {attrs['max_attempts']}")


def _box_check(image_size: Any, bounding_boxes: Any, min_object_covered: Any) -> Any:
    flat = jnp.reshape(jnp.asarray(bounding_boxes), -1)
    outside = jnp.logical_not((flat >= 0) & (flat <= 1))
    worst = flat[jnp.argmax(outside)] if flat.size else jnp.float32(0)
    low = jnp.asarray(min_object_covered) < 0
    return jnp.any(outside) | low, [low, jnp.asarray(min_object_covered), worst]


def _box_text(numbers: Any, inputs: Any, attrs: Any) -> str:
    if numbers[0]:
        return f"Min object covered must be non-negative: {numbers[1]:g}"
    return f"All bounding box coordinates must be in [0.0, 1.0]: {numbers[2]:g}"


def _sizes(rng: np.random.Generator) -> Any:
    return (np.array([40, 50, 3], np.int32), np.array([[[0.2, 0.3, 0.6, 0.9]]], np.float32))


_SPEC: dict[str, Any] = {"T": _SIZES, "differentiable": _RANDOM, "outputs": ("begin", "size", "bboxes")}


@op("SampleDistortedBoundingBox", inputs="image_size: T, bounding_boxes: float32", random=True, **_SPEC,
    samples=lambda rng: [(_sizes(rng), {"min_object_covered": 0.5})])
def sample_distorted_bounding_box_v1_op(key, image_size, bounding_boxes, *, seed: int = 0, seed2: int = 0,
                                        min_object_covered: float = 0.1, aspect_ratio_range: Any = (0.75, 1.33),
                                        area_range: Any = (0.05, 1), max_attempts: int = 100,
                                        use_image_if_no_bounding_boxes: bool = False):
    """A random part of an image that holds enough of some object."""
    return _sampled(key, image_size, bounding_boxes, min_object_covered, aspect_ratio_range, area_range, max_attempts)


@op("SampleDistortedBoundingBoxV2", inputs="image_size: T, bounding_boxes: float32, min_object_covered: float32",
    random=True, **_SPEC, samples=lambda rng: [((*_sizes(rng), np.float32(0.3)), {}),
                                               ((*_sizes(rng), np.float32(1)), {"area_range": (0.9, 0.95)})])
def sample_distorted_bounding_box_op(key, image_size, bounding_boxes, min_object_covered, *, seed: int = 0,
                                     seed2: int = 0, aspect_ratio_range: Any = (0.75, 1.33),
                                     area_range: Any = (0.05, 1), max_attempts: int = 100,
                                     use_image_if_no_bounding_boxes: bool = False):
    """A random part of an image that holds enough of some object."""
    return _sampled(key, image_size, bounding_boxes, min_object_covered, aspect_ratio_range, area_range, max_attempts)


@op("StatelessSampleDistortedBoundingBox", inputs="image_size: T, bounding_boxes: float32, min_object_covered: float32,"
    " seed: Tseed", Tseed=INDEX, **_SPEC,
    samples=lambda rng: [((*_sizes(rng), np.float32(0.3), np.array([1, 2], np.int32)), {})])
def stateless_sample_distorted_bounding_box_op(image_size, bounding_boxes, min_object_covered, seed, *,
                                               aspect_ratio_range: Any = (0.75, 1.33), area_range: Any = (0.05, 1),
                                               max_attempts: int = 100, use_image_if_no_bounding_boxes: bool = False):
    """A part of an image that holds enough of some object, as a function of a seed."""
    return _sampled(key_of(seed), image_size, bounding_boxes, min_object_covered, aspect_ratio_range, area_range,
                    max_attempts)


for _op in (sample_distorted_bounding_box_v1_op, sample_distorted_bounding_box_op,
            stateless_sample_distorted_bounding_box_op):
    _op.shape(_sample_shape)
    _op.message(_box_text)
sample_distorted_bounding_box_v1_op.check(
    lambda key, image_size, bounding_boxes, *, min_object_covered, **_: _box_check(image_size, bounding_boxes,
                                                                                   min_object_covered))
sample_distorted_bounding_box_op.check(
    lambda key, image_size, bounding_boxes, min_object_covered, **_: _box_check(image_size, bounding_boxes,
                                                                                min_object_covered))
stateless_sample_distorted_bounding_box_op.check(
    lambda image_size, bounding_boxes, min_object_covered, seed, **_: _box_check(image_size, bounding_boxes,
                                                                                 min_object_covered))


def given(**attrs: Any) -> dict[str, Any]:
    """The attributes that are not None."""
    return {k: v for k, v in attrs.items() if v is not None}


@public(v2=("image.sample_distorted_bounding_box",))
@composite("sample_distorted_bounding_box")
def sample_distorted_bounding_box(image_size: Any, bounding_boxes: Any, seed: int = 0, min_object_covered: Any = 0.1,
                                  aspect_ratio_range: Any = None, area_range: Any = None,
                                  max_attempts: int | None = None, use_image_if_no_bounding_boxes: bool | None = None,
                                  name: str | None = None) -> Any:
    """A random part of an image that holds enough of some object: what to crop for training.

    image_size: integers [height, width, channels]. bounding_boxes: float32 [batch, n, 4] of [y1, x1, y2, x2] in
    [0, 1], the objects; none at all where `use_image_if_no_bounding_boxes`. min_object_covered: the part of some
    object that must lie within. aspect_ratio_range: of width / height, (0.75, 1.33) by default. area_range: the part
    of the image's area, (0.05, 1) by default. max_attempts: how many parts are tried before the whole image is taken,
    100 by default. seed: 0 for a random one.
    Returns begin, [top, left, 0], and size, [height, width, -1], as `slice` takes them, and the part itself as a box,
    float32 [1, 1, 4]. Raises InvalidArgumentError for ranges and boxes outside of [0, 1].
    """
    return sample_distorted_bounding_box_op(
        image_size, bounding_boxes, array.convert(min_object_covered, dtypes.float32), **seeds.attributes(seed or None),
        **given(aspect_ratio_range=aspect_ratio_range, area_range=area_range, max_attempts=max_attempts,
                use_image_if_no_bounding_boxes=use_image_if_no_bounding_boxes))


@public(v2=("image.stateless_sample_distorted_bounding_box",))
@composite("stateless_sample_distorted_bounding_box")
def stateless_sample_distorted_bounding_box(image_size: Any, bounding_boxes: Any, seed: Any,
                                            min_object_covered: Any = 0.1, aspect_ratio_range: Any = None,
                                            area_range: Any = None, max_attempts: int | None = None,
                                            use_image_if_no_bounding_boxes: bool | None = None,
                                            name: str | None = None) -> Any:
    """As `sample_distorted_bounding_box`, as a function of `seed` (two integers)."""
    return stateless_sample_distorted_bounding_box_op(
        image_size, bounding_boxes, array.convert(min_object_covered, dtypes.float32), seed,
        **given(aspect_ratio_range=aspect_ratio_range, area_range=area_range, max_attempts=max_attempts,
                use_image_if_no_bounding_boxes=use_image_if_no_bounding_boxes))
