"""Bounding boxes [..., 4] in nine formats: converted, moved, cut, and as deltas from anchors.

A format says what the four numbers are: two corners ("xyxy", "yxyx"), a corner and the size ("xywh"), or the centre
and the size ("center_xywh", "center_yxhw"); "rel_…" counts in parts of the image's width and height.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.config.settings import epsilon
from hornbeam.keras.names import keras_export

FORMATS = ("xyxy", "yxyx", "xywh", "center_xywh", "center_yxhw", "rel_xyxy", "rel_yxyx", "rel_xywh", "rel_center_xywh")
_Y_FIRST = ("yxyx", "center_yxhw")


@keras_export("utils.bounding_boxes.convert_format")
def convert_format(boxes: Any, source: str, target: str, height: Any = None, width: Any = None,
                   dtype: str = "float32") -> Any:
    """Boxes of the format `source` in the format `target`. boxes: also a dictionary with `boxes` in it.

    height, width: of the image, needed between relative and absolute formats. Raises ValueError for unknown formats,
    for other than four numbers a box, and where height and width are missing.

    >>> convert_format([[10, 20, 30, 60]], "xyxy", "center_xywh").numpy().tolist()
    [[20.0, 40.0, 20.0, 40.0]]
    """
    if isinstance(boxes, dict):
        return {**boxes, "boxes": convert_format(boxes["boxes"], source, target, height, width, dtype)}
    boxes = ops.convert_to_tensor(boxes)
    if boxes.shape[-1] != 4:
        raise ValueError("`boxes` must be a tensor with the last dimension of 4. Received: "
                         f"boxes.shape={tuple(boxes.shape)}")
    source, target = source.lower(), target.lower()
    if source not in FORMATS or target not in FORMATS:
        raise ValueError(f"Invalid source or target format. Supported formats: {FORMATS}")
    relative = source.startswith("rel_"), target.startswith("rel_")
    if any(relative) and (width is None or height is None):
        raise ValueError("convert_format() must receive `height` and `width` transforming between relative and "
                         f"absolute formats. convert_format() received source=`{source}`, target=`{target}`, but "
                         f"height={height} and width={width}.")
    boxes = ops.cast(boxes, dtype)
    if source == target:
        return boxes
    corners = _corners(boxes, source.removeprefix("rel_"))
    if relative[0] != relative[1]:
        x, y = ops.cast(width, dtype), ops.cast(height, dtype)
        corners = tuple(v * n if relative[0] else v / n for v, n in zip(corners, (x, y, x, y), strict=True))
    left, top, right, bottom = corners
    return _joined(left, top, right, bottom, target.removeprefix("rel_"))


def _corners(boxes: Any, form: str) -> tuple[Any, ...]:
    """Left, top, right and bottom, each [..., 1]."""
    x, y, u, v = ops.split(boxes, 4, axis=-1)
    if form in _Y_FIRST:
        x, y, u, v = y, x, v, u
    if form.startswith("center"):
        return x - u / 2.0, y - v / 2.0, x + u / 2.0, y + v / 2.0
    return (x, y, x + u, y + v) if form == "xywh" else (x, y, u, v)


def _joined(left: Any, top: Any, right: Any, bottom: Any, form: str = "xyxy") -> Any:
    """Boxes of a format from their corners."""
    x, y, u, v = left, top, right, bottom
    if form not in ("xyxy", "yxyx"):
        u, v = right - left, bottom - top
    if form.startswith("center"):
        x, y = left + u / 2.0, top + v / 2.0
    return ops.concatenate([y, x, v, u] if form in _Y_FIRST else [x, y, u, v], axis=-1)


def _only(form: str, *known: str) -> None:
    if form not in known:
        raise NotImplementedError(f"Boxes in the format {form!r}: only {', '.join(known)} is known here. Use "
                                  "`convert_format` first.")


@keras_export("utils.bounding_boxes.clip_to_image_size")
def clip_to_image_size(bounding_boxes: Any, height: Any = None, width: Any = None,
                       bounding_box_format: str = "xyxy") -> Any:
    """The dictionary `bounding_boxes` with its `boxes` cut at the image's edges; where nothing is left of a box, its
    label in `labels` becomes -1.

    bounding_box_format: "xyxy", which needs `height` and `width`, or "rel_xyxy". Raises ValueError where these are
    missing.
    """
    _only(bounding_box_format, "xyxy", "rel_xyxy")
    if bounding_box_format == "xyxy" and (height is None or width is None):
        raise ValueError("`height` and `width` must be set if `format='xyxy'`.")
    boxes, labels = bounding_boxes["boxes"], bounding_boxes.get("labels")
    boxes = ops.convert_to_tensor(boxes)
    ends = (1.0, 1.0) if bounding_box_format == "rel_xyxy" else (ops.cast(width, boxes.dtype),
                                                                 ops.cast(height, boxes.dtype))
    left, top, right, bottom = _within(_corners(boxes, "xyxy"), *ends)
    found = {**bounding_boxes, "boxes": _joined(left, top, right, bottom)}
    if labels is not None:
        area = ops.squeeze((right - left) * (bottom - top), axis=-1)
        found["labels"] = ops.where(area > 0, labels, -1)
    return found


def _within(corners: tuple[Any, ...], width: Any, height: Any) -> tuple[Any, ...]:
    return tuple(ops.clip(v, 0, n) for v, n in zip(corners, (width, height, width, height), strict=True))


@keras_export("utils.bounding_boxes.crop")
def crop(boxes: Any, top: Any, left: Any, height: Any, width: Any, bounding_box_format: str = "xyxy") -> Any:
    """Boxes within the part of an image that begins at `top`, `left` and has this height and width."""
    _only(bounding_box_format, "xyxy")
    x0, y0, x1, y1 = _corners(boxes, "xyxy")
    return _joined(*_within((x0 - left, y0 - top, x1 - left, y1 - top), width, height))


@keras_export("utils.bounding_boxes.pad")
def pad(boxes: Any, top: Any, left: Any, height: Any = None, width: Any = None,
        bounding_box_format: str = "xyxy") -> Any:
    """Boxes within an image that got `top` rows above and `left` columns before it. height, width: not needed."""
    _only(bounding_box_format, "xyxy")
    x0, y0, x1, y1 = _corners(boxes, "xyxy")
    return _joined(x0 + left, y0 + top, x1 + left, y1 + top)


@keras_export("utils.bounding_boxes.affine_transform")
def affine_transform(boxes: Any, angle: Any, translate_x: Any, translate_y: Any, scale: Any, shear_x: Any, shear_y: Any,
                     height: Any, width: Any, center_x: Any = None, center_y: Any = None,
                     bounding_box_format: str = "xyxy") -> Any:
    """Boxes [batch, boxes, 4] around what they hold after a turn by `angle` and shears by `shear_x` and `shear_y`, all
    in degrees, a scale, and a translation by parts of the image. All of these are vectors [batch].

    center_x, center_y: what the turn is around, as parts of the image, by default its middle.
    """
    _only(bounding_box_format, "xyxy")
    rows = _inverse(angle, translate_x, translate_y, scale, shear_x, shear_y,
                    (0.5 if center_x is None else center_x) * (width - 1),
                    (0.5 if center_y is None else center_y) * (height - 1), height, width)
    return around(boxes, rows)


def around(boxes: Any, way: Sequence[Any]) -> Any:
    """Boxes "xyxy" around the moved corners of boxes [batch, n, 4]. way: six numbers of each image, each [batch]: a
    point's new x is a·x + b·y + c, its new y is d·x + e·y + f; with eight numbers, both divided by g·x + h·y + 1."""
    a, b, c, d, e, f, *below = (ops.reshape(v, (-1, 1, 1)) for v in way)
    left, top, right, bottom = _corners(ops.cast(boxes, a.dtype), "xyxy")
    x = ops.concatenate([left, right, right, left], axis=-1)
    y = ops.concatenate([top, top, bottom, bottom], axis=-1)
    by = below[0] * x + below[1] * y + 1 if below else 1
    x, y = (a * x + b * y + c) / by, (d * x + e * y + f) / by
    return ops.stack([ops.min(x, -1), ops.min(y, -1), ops.max(x, -1), ops.max(y, -1)], axis=-1)


def _inverse(angle: Any, translate_x: Any, translate_y: Any, scale: Any, shear_x: Any, shear_y: Any, center_x: Any,
             center_y: Any, height: Any, width: Any) -> tuple[Any, ...]:
    """The six numbers of the transformation that images are sampled by, turned round."""
    turn, sx, sy = (-v * (math.pi / 180.0) for v in (angle, shear_x, shear_y))
    a = ops.cos(turn - sy) / ops.cos(sy)
    c = -ops.sin(turn - sy) / ops.cos(sy)
    b, d = a * ops.tan(sx) + ops.sin(turn), ops.cos(turn) - c * ops.tan(sx)
    a, b, c, d = d * scale, -b * scale, -c * scale, a * scale
    x = center_x - translate_x * (width - 1)
    y = center_y - translate_y * (height - 1)
    return a, b, center_x - a * x - b * y, c, d, center_y - c * x - d * y


def scaled(boxes: Any, down: Any, across: Any, top: Any = 0, left: Any = 0) -> Any:
    """Boxes "xyxy" of images that became `down` times as high and `across` times as wide, then moved."""
    x0, y0, x1, y1 = _corners(boxes, "xyxy")
    return _joined(x0 * across + left, y0 * down + top, x1 * across + left, y1 * down + top)


def dense(bounding_boxes: Any) -> dict[str, Any]:
    """Bounding boxes as tensors.

    Raises ValueError for anything but a dictionary with `boxes` and `labels`, and for ranks that do not go together.
    """
    if not isinstance(bounding_boxes, dict) or not {"boxes", "labels"} <= set(bounding_boxes):
        raise ValueError("Expected `bounding_boxes` argument to be a dict with keys 'boxes' and 'labels'. Received: "
                         f"bounding_boxes={bounding_boxes}")
    boxes = ops.convert_to_tensor(bounding_boxes["boxes"], dtype="float32")
    labels = ops.convert_to_tensor(bounding_boxes["labels"])
    rank = len(boxes.shape)
    if rank not in (2, 3):
        raise ValueError("Expected `bounding_boxes['boxes']` to have rank 2 or 3, with shape (num_boxes, 4) or "
                         f"(batch_size, num_boxes, 4). Received: bounding_boxes['boxes'].shape={tuple(boxes.shape)}")
    if len(labels.shape) not in (rank - 1, rank):
        raise ValueError(f"Found bounding_boxes['boxes'].shape={tuple(boxes.shape)} and expected "
                         f"bounding_boxes['labels'] to have rank {rank - 1} or {rank}, but received: "
                         f"bounding_boxes['labels'].shape={tuple(labels.shape)}")
    return {**bounding_boxes, "boxes": boxes, "labels": labels}


# Anchors -------------------------------------------------------------------------------------------------


def _size_of(image_shape: Any) -> tuple[Any, Any]:
    return (None, None) if image_shape is None else tuple(image_shape[:2])


def _checked(variance: Any, form: str, name: str) -> Any:
    if form not in ("center_xywh", "center_yxhw"):
        raise ValueError(f"`{name}` should be one of 'center_xywh' or 'center_yxhw', got {form}")
    if variance is None:
        return None
    found = ops.convert_to_tensor(variance, "float32")
    if found.shape[-1] != 4:
        raise ValueError(f"`variance` must be length 4, got {variance}")
    return found


@keras_export("utils.bounding_boxes.encode_box_to_deltas")
def encode_box_to_deltas(anchors: Any, boxes: Any, anchor_format: str, box_format: str,
                         encoding_format: str = "center_yxhw", variance: Any = None, image_shape: Any = None) -> Any:
    """How boxes [..., n, 4] differ from anchors [n, 4]: the way of the centre in sizes of the anchor, and the logarithm
    of how much larger a box is.

    encoding_format: the order of the four numbers, "center_xywh" or "center_yxhw". variance: four numbers that the
    deltas are divided by. image_shape: height, width and channels, for relative formats. Raises ValueError for other
    formats and lengths.
    """
    variance = _checked(variance, encoding_format, "encoding_format")
    height, width = _size_of(image_shape)
    anchors = convert_format(anchors, anchor_format, encoding_format, height, width)
    boxes = convert_format(boxes, box_format, encoding_format, height, width)
    size = ops.maximum(anchors[..., 2:], epsilon())
    deltas = ops.concatenate([(boxes[..., :2] - anchors[..., :2]) / size,
                              ops.log(ops.maximum(boxes[..., 2:], epsilon()) / size)], axis=-1)
    return deltas if variance is None else deltas / variance


@keras_export("utils.bounding_boxes.decode_deltas_to_boxes")
def decode_deltas_to_boxes(anchors: Any, boxes_delta: Any, anchor_format: str, box_format: str,
                           encoded_format: str = "center_yxhw", variance: Any = None, image_shape: Any = None) -> Any:
    """The boxes of deltas that `encode_box_to_deltas` gives with the same arguments. Anchors and deltas may be
    dictionaries, by level of a pyramid, say. Raises ValueError for other formats and lengths."""
    if isinstance(anchors, dict) and isinstance(boxes_delta, dict):
        return {level: decode_deltas_to_boxes(own, boxes_delta[level], anchor_format, box_format, encoded_format,
                                              variance, image_shape) for level, own in anchors.items()}
    variance = _checked(variance, encoded_format, "encoded_format")
    height, width = _size_of(image_shape)
    anchors = convert_format(anchors, anchor_format, encoded_format, height, width)
    deltas = ops.convert_to_tensor(boxes_delta)
    deltas = deltas if variance is None else deltas * variance
    centre, size = anchors[..., :2], anchors[..., 2:]
    boxes = ops.concatenate([deltas[..., :2] * size + centre, ops.exp(deltas[..., 2:]) * size], axis=-1)
    return convert_format(boxes, encoded_format, box_format, height, width)


# How much two boxes share ----------------------------------------------------------------------------------


@keras_export("utils.bounding_boxes.compute_iou")
def compute_iou(boxes1: Any, boxes2: Any, bounding_box_format: str, use_masking: bool = False, mask_val: float = -1,
                image_shape: Any = None) -> Any:
    """Intersection over union of each box with each other: [n, m] for boxes [n, 4] and [m, 4], also in batches.

    use_masking: boxes without a number that is not negative get `mask_val`. image_shape: height, width and channels,
    for relative formats. Raises ValueError for other ranks, and for relative formats without `image_shape`.
    """
    ranks = tuple(len(ops.shape(b)) for b in (boxes1, boxes2))
    for i, rank in enumerate(ranks):
        if rank not in (2, 3):
            raise ValueError(f"compute_iou() expects boxes{i + 1} to be batched, or to be unbatched. Received "
                             f"len(boxes1.shape)={ranks[0]}, len(boxes2.shape)={ranks[1]}. Expected either "
                             f"len(boxes{i + 1}.shape)=2 AND or len(boxes{i + 1}.shape)=3.")
    if "rel" in bounding_box_format and image_shape is None:
        raise ValueError("When using relative bounding box formats (e.g. `rel_yxyx`) the `image_shape` argument must "
                         f"be provided. Received `image_shape`: {image_shape}")
    size = _size_of(image_shape)
    first = ops.expand_dims(convert_format(boxes1, bounding_box_format, "xyxy", *size), -2)
    second = ops.expand_dims(convert_format(boxes2, bounding_box_format, "xyxy", *size), -3)
    shared = _shared(first, second)
    found = shared / (_area(first) + _area(second) - shared + epsilon())
    if not use_masking:
        return found
    nothing = ops.logical_or(ops.max(first, axis=-1) < 0.0, ops.max(second, axis=-1) < 0.0)
    return ops.where(nothing, ops.cast(mask_val, found.dtype), found)


def _area(boxes: Any) -> Any:
    return (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])


def _shared(first: Any, second: Any) -> Any:
    low, high = ops.maximum(first[..., :2], second[..., :2]), ops.minimum(first[..., 2:], second[..., 2:])
    sides = ops.maximum(high - low, 0)
    return sides[..., 0] * sides[..., 1]


@keras_export("utils.bounding_boxes.compute_ciou")
def compute_ciou(boxes1: Any, boxes2: Any, bounding_box_format: str, image_shape: Any = None) -> Any:
    """Complete intersection over union of boxes with boxes in the same places: less where centres and proportions
    differ. Raises ValueError for relative formats."""
    if "rel" in bounding_box_format:
        raise ValueError("When using relative bounding box formats (e.g. `rel_yxyx`) the `image_shape` argument must "
                         f"be provided. Received `image_shape`: {image_shape}")
    first, second = (convert_format(b, bounding_box_format, "xyxy", *_size_of(image_shape)) for b in (boxes1, boxes2))
    shared = _shared(first, second)
    (width1, height1), (width2, height2) = (_sides(b) for b in (first, second))
    iou = shared / (width1 * height1 + width2 * height2 - shared + 2 * epsilon())
    both = ops.maximum(first[..., 2:], second[..., 2:]) - ops.minimum(first[..., :2], second[..., :2])
    way = (first[..., :2] + first[..., 2:] - second[..., :2] - second[..., 2:]) / 2
    apart = ops.sum(ops.square(way), axis=-1) / (ops.sum(ops.square(both), axis=-1) + epsilon())
    shape = 4 / math.pi**2 * ops.square(ops.arctan(width2 / height2) - ops.arctan(width1 / height1))
    return iou - apart - shape * shape / (shape - iou + 1 + epsilon())


def _sides(boxes: Any) -> tuple[Any, Any]:
    """Width and height, which is never 0."""
    return boxes[..., 2] - boxes[..., 0], boxes[..., 3] - boxes[..., 1] + epsilon()
