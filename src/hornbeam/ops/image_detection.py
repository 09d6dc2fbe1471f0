"""Suppression over batches and classes, and proposals: the last steps of object detectors. Host ops, but of results
whose shapes the graph knows.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.call import composite
from hornbeam.graph.errors import InvalidArgumentError
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import never, op
from hornbeam.ops import array, dims
from hornbeam.ops.casts import cast
from hornbeam.ops.image_batches import check_on_host
from hornbeam.ops.image_suppression import by_area, suppressed

_CHOICE = never("which boxes are left depends on their scores by steps")


def _scalar(value: Any) -> int | None:
    known = getattr(value, "value", None)
    return None if known is None else int(np.reshape(known, -1)[0])


# Several classes ------------------------------------------------------------------------------------------


def _classes(rng: np.random.Generator) -> Any:
    corner = rng.uniform(-0.1, 0.6, (2, 9, 1, 2))
    boxes = np.concatenate([corner, corner + rng.uniform(0.1, 0.6, (2, 9, 1, 2))], -1).astype(np.float32)
    scores = rng.uniform(0, 1, (2, 9, 3)).astype(np.float32)
    rest = np.int32(3), np.int32(7), np.float32(0.3), np.float32(0.2)
    each = np.repeat(boxes, 3, 2) + rng.uniform(0, 0.1, (2, 9, 3, 4)).astype(np.float32)
    return [((boxes, scores, *rest), {}), ((each, scores, *rest), {"clip_boxes": False}),
            ((boxes, scores, np.int32(1), *rest[1:]), {"pad_per_class": True})]


@op("CombinedNonMaxSuppression", inputs="boxes: float32, scores: float32, max_output_size_per_class: int32, "
    "max_total_size: int32 static, iou_threshold: float32, score_threshold: float32", host=True,
    outputs=("nmsed_boxes", "nmsed_scores", "nmsed_classes", "valid_detections"), differentiable=_CHOICE,
    samples=_classes)
def combined_non_max_suppression_op(boxes, scores, max_output_size_per_class, max_total_size, iou_threshold,
                                    score_threshold, *, pad_per_class: bool = False, clip_boxes: bool = True):
    """The best boxes of each image over all classes, each class suppressed by itself."""
    each, total = int(max_output_size_per_class), int(max_total_size)
    if each <= 0:
        raise InvalidArgumentError(None, None, "max_size_per_class must be positive")
    if total <= 0:
        raise InvalidArgumentError(None, None, "max_total_size must be > 0, max_total_size is set to " + str(total))
    if not 0 <= float(iou_threshold) <= 1:
        raise InvalidArgumentError(None, None, "iou_threshold must be in [0, 1]")
    classes = scores.shape[2]
    size = min(total, each * classes) if pad_per_class else total
    found = (np.zeros((len(boxes), size, 4), np.float32), np.zeros((len(boxes), size), np.float32),
             np.zeros((len(boxes), size), np.float32), np.zeros(len(boxes), np.int32))
    for b in range(len(boxes)):
        best = sorted(_per_class(boxes[b], scores[b], each, float(iou_threshold), float(score_threshold)),
                      key=lambda item: -item[0])[:size]
        for k, (score, kind, place) in enumerate(best):
            box = boxes[b, place, min(kind, boxes.shape[2] - 1)]
            found[0][b, k] = np.clip(box, 0, 1) if clip_boxes else box
            found[1][b, k], found[2][b, k] = score, kind
        found[3][b] = len(best)
    return found


def _per_class(boxes: np.ndarray, scores: np.ndarray, most: int, threshold: float, score_threshold: float) -> Any:
    """Score, class and number of the boxes that each class keeps."""
    shared = by_area(boxes[:, 0]) if boxes.shape[1] == 1 else None
    for kind in range(scores.shape[1]):
        overlaps = shared or by_area(boxes[:, kind])
        for place, score in zip(*suppressed(overlaps, scores[:, kind], most, threshold, score_threshold), strict=True):
            yield score, kind, place


@combined_non_max_suppression_op.shape
def _(inputs, attrs):
    boxes, scores = inputs[0].dims, inputs[1].dims
    dims.want_rank(boxes, 4, "boxes must be 4-D" + dims.text(boxes))
    dims.want_rank(scores, 3, "scores must be 3-D" + dims.text(scores))
    batch = None
    if boxes is not None:
        if boxes[3] not in (4, None):
            raise ShapeFault(f"Dimension must be 4 but is {boxes[3]}", "boxes must have 4 columns")
        batch = boxes[0]
    if boxes is not None and scores is not None:
        batch = (dims.merged(boxes[:2], scores[:2], "scores has incompatible shape") or (None,))[0]
        if boxes[2] not in (1, None) and scores[2] is not None and boxes[2] != scores[2]:
            raise ShapeFault(f"Dimension must be 1 or {scores[2]} but is {boxes[2]}",
                             "third dimension of boxes must be either 1 or num classes")
    size = _scalar(inputs[3])
    if attrs["pad_per_class"]:
        each = _scalar(inputs[2])
        known = scores is not None and scores[2] is not None and None not in (each, size)
        size = min(size, each * scores[2]) if known else None  # type: ignore[operator]
    return [((batch, size, 4), dtypes.float32), ((batch, size), dtypes.float32), ((batch, size), dtypes.float32),
            ((batch,), dtypes.int32)]


check_on_host(combined_non_max_suppression_op)


@public("image.combined_non_max_suppression")
@composite("combined_non_max_suppression")
def combined_non_max_suppression(boxes: Any, scores: Any, max_output_size_per_class: Any, max_total_size: Any,
                                 iou_threshold: Any = 0.5, score_threshold: Any = float("-inf"),
                                 pad_per_class: bool = False, clip_boxes: bool = True,
                                 name: str | None = None) -> Any:
    """The best boxes of each image over all classes; within a class no two overlap by more than `iou_threshold`.

    boxes: float32 [batch, n, q, 4] of [y1, x1, y2, x2], where q is 1 or the number of classes. scores: float32
    [batch, n, classes]. max_output_size_per_class, max_total_size: how many at most. pad_per_class: results are no
    longer than max_output_size_per_class · classes. clip_boxes: boxes are cut to [0, 1].
    Returns nmsed_boxes [batch, m, 4], nmsed_scores and nmsed_classes [batch, m], filled with zeros, and
    valid_detections, int32 [batch].
    """
    return combined_non_max_suppression_op(boxes, scores, max_output_size_per_class, max_total_size, iou_threshold,
                                           score_threshold, pad_per_class=pad_per_class, clip_boxes=clip_boxes)


# Batches, padded ------------------------------------------------------------------------------------------


def _batches(rng: np.random.Generator) -> Any:
    corner = rng.uniform(0, 1, (2, 12, 2))
    boxes = np.concatenate([corner, corner + rng.uniform(0.1, 0.6, (2, 12, 2))], -1).astype(np.float32)
    scores = rng.uniform(0, 1, (2, 12)).astype(np.float32)
    return [((boxes, scores, np.int32(5), np.float32(0.3), np.float32(0.2)), {}),
            ((boxes[0], -np.sort(-scores[0]), np.int32(5), np.float32(0.1), np.float32(-np.inf)),
             {"sorted_input": True, "canonicalized_coordinates": True})]


@op("NonMaxSuppressionPadded", inputs="boxes: float32, scores: float32, max_output_size: int32 static, "
    "iou_threshold: float32, score_threshold: float32", host=True, outputs=("selected_indices", "valid_outputs"),
    differentiable=never("integer result"), samples=_batches)
def non_max_suppression_padded_op(boxes, scores, max_output_size, iou_threshold, score_threshold, *,
                                  sorted_input: bool = False, canonicalized_coordinates: bool = False):
    """The numbers of the best boxes of each image, filled with zeros, and how many they are."""
    most, lead = int(max_output_size), boxes.shape[:-2]
    flat, points = boxes.reshape(-1, *boxes.shape[-2:]), scores.reshape(-1, scores.shape[-1])
    if score_threshold != -np.inf:
        enough = points > score_threshold
        flat, points = flat * enough[..., None], points * enough
    if not canonicalized_coordinates and flat.size:
        first = flat[0, 0]  # as TensorFlow: the first box says which of its corners is the smaller for all of them
        order = [0, 1, 2, 3] if first[0] <= first[2] else [2, 1, 0, 3]
        flat = flat[..., order if first[1] <= first[3] else [order[0], 3, order[2], 1]]
    indices, counts = np.zeros((len(flat), most), np.int32), np.zeros(len(flat), np.int32)
    for b, (corners, score) in enumerate(zip(flat, points, strict=True)):
        order = np.arange(len(score)) if sorted_input else np.argsort(-score, kind="stable")
        kept = _greedy(corners, order, most, float(iou_threshold))
        indices[b, :len(kept)], counts[b] = kept, len(kept)
    return indices.reshape(*lead, most), counts.reshape(lead)


def _greedy(boxes: np.ndarray, order: np.ndarray, most: int, threshold: float) -> list[int]:
    """The boxes in their order, without those that overlap one before by `threshold` or more.

    Boxes without a positive coordinate, which stand for none, are not among them.
    """
    kept: list[int] = []
    while len(order) and len(kept) < most:
        if (boxes[order[0]] > 0).any():
            kept.append(int(order[0]))
        order = order[1:][_shared(boxes[order[0]], boxes[order[1:]]) < threshold]
    return kept


def _shared(box: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Intersection over union, of boxes whose second corner is the larger."""
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    both = np.maximum(high - low, 0).prod(1)
    return both / ((box[2:] - box[:2]).prod() + (others[:, 2:] - others[:, :2]).prod(1) - both + np.float32(1e-8))


@non_max_suppression_padded_op.shape
def _(inputs, attrs):
    boxes = inputs[0].dims
    if boxes is not None and len(boxes) < 2:
        raise ShapeFault(f"Shape must be at least rank 2 but is rank {len(boxes)}")
    lead = None if boxes is None else boxes[:-2]
    found = None if lead is None else (*lead, _scalar(inputs[2]))
    return [(found, dtypes.int32), (lead, dtypes.int32)]


check_on_host(non_max_suppression_padded_op)


@public("image.non_max_suppression_padded")
@composite("non_max_suppression_padded")
def non_max_suppression_padded(boxes: Any, scores: Any, max_output_size: Any, iou_threshold: Any = 0.5,
                               score_threshold: Any = float("-inf"), pad_to_max_output_size: bool = False,
                               name: str | None = None, sorted_input: bool = False,
                               canonicalized_coordinates: bool = False, tile_size: int = 512) -> Any:
    """`non_max_suppression` of one image or a batch, with results of one length: `(indices, how many)`.

    boxes: [..., n, 4]. scores: [..., n]. pad_to_max_output_size: the indices have length `max_output_size`, with
    zeros behind the valid ones; a batch needs it (ValueError otherwise). sorted_input: the scores fall.
    canonicalized_coordinates: the first corner of each box has the smaller coordinates. tile_size: accepted; nothing
    here depends on it. Boxes that overlap a better one by `iou_threshold` or more are left out.
    """
    x = array.convert(boxes)
    if not pad_to_max_output_size and x.dims is not None and len(x.dims) > 2:
        raise ValueError(f"'pad_to_max_output_size' (value {pad_to_max_output_size}) must be True for batched input")
    indices, count = non_max_suppression_padded_op(
        cast(x, dtypes.float32), cast(scores, dtypes.float32), max_output_size, cast(iou_threshold, dtypes.float32),
        cast(score_threshold, dtypes.float32), sorted_input=sorted_input,
        canonicalized_coordinates=canonicalized_coordinates)
    return indices if pad_to_max_output_size else indices[:count], count


# Proposals ------------------------------------------------------------------------------------------------


_LARGEST = np.float32(np.log(1000 / 16))
"""Boxes grow by no more than this logarithm."""


def _anchored(rng: np.random.Generator) -> Any:
    corner = rng.uniform(0, 20, (12, 2))
    anchors = np.concatenate([corner, corner + rng.uniform(5, 20, (12, 2))], 1).astype(np.float32)
    scores = rng.uniform(0, 1, (2, 2, 3, 2)).astype(np.float32)
    deltas = rng.normal(0, 0.3, (2, 2, 3, 8)).astype(np.float32)
    info = np.array([[32, 40, 1, 32, 40]] * 2, np.float32)
    return [((scores, deltas, info, anchors, np.float32(0.5), np.int32(9), np.float32(4)), {"post_nms_topn": 5})]


@op("GenerateBoundingBoxProposals", inputs="scores: float32, bbox_deltas: float32, image_info: float32, "
    "anchors: float32, nms_threshold: float32, pre_nms_topn: int32, min_size: float32", host=True,
    outputs=("rois", "roi_probabilities"), differentiable=_CHOICE, samples=_anchored)
def generate_bounding_box_proposals_op(scores, bbox_deltas, image_info, anchors, nms_threshold, pre_nms_topn, min_size,
                                       *, post_nms_topn: int = 300):
    """The boxes that a network moved anchors to, the best ones, suppressed."""
    batch = len(scores)
    rois, chances = np.zeros((batch, post_nms_topn, 4), np.float32), np.zeros((batch, post_nms_topn), np.float32)
    for b in range(batch):
        points, deltas = scores[b].reshape(-1), bbox_deltas[b].reshape(-1, 4)
        best = np.argsort(-points, kind="stable")[:int(pre_nms_topn)]
        boxes = _moved(anchors[best], deltas[best], image_info[b])
        large = ((boxes[:, 2:] - boxes[:, :2]) >= float(min_size)).all(1)
        boxes, points = boxes[large], points[best][large]
        kept, found = suppressed(by_area(boxes), points, post_nms_topn, float(nms_threshold), -np.inf)
        rois[b, :len(kept)], chances[b, :len(kept)] = boxes[kept], found
    return rois, chances


def _moved(anchors: np.ndarray, deltas: np.ndarray, info: np.ndarray) -> np.ndarray:
    """Anchors moved by deltas [dy, dx, dh, dw] of their sizes, and cut to the image."""
    with np.errstate(invalid="ignore", over="ignore"):
        size = anchors[:, 2:] - anchors[:, :2]
        middle = anchors[:, :2] + size / 2 + deltas[:, :2] * size
        half = np.exp(np.minimum(deltas[:, 2:], _LARGEST)) * size / 2
        return np.clip(np.concatenate([middle - half, middle + half], 1), 0, np.tile(info[:2], 2)).astype(np.float32)


@generate_bounding_box_proposals_op.shape
def _(inputs, attrs):
    scores, deltas, info, anchors = (i.dims for i in inputs[:4])
    for given, rank in ((scores, 4), (deltas, 4), (info, 2), (anchors, 2)):
        dims.want_rank(given, rank)
    batch = None if scores is None else scores[0]
    count = attrs["post_nms_topn"]
    return [((batch, count, 4), dtypes.float32), ((batch, count), dtypes.float32)]


check_on_host(generate_bounding_box_proposals_op)


@public("image.generate_bounding_box_proposals")
def generate_bounding_box_proposals(scores: Any, bbox_deltas: Any, image_info: Any, anchors: Any,
                                    nms_threshold: Any = 0.7, pre_nms_topn: Any = 6000, min_size: Any = 16,
                                    post_nms_topn: int = 300, name: str | None = None) -> Any:
    """Regions that may hold an object, from what a region proposal network says (Ren et al. 2015).

    scores: float32 [batch, height, width, anchors a place]. bbox_deltas: float32 [batch, height, width, 4 · anchors a
    place] of [dy, dx, dh, dw], shifts in sizes of the anchor and logarithms of factors. image_info: float32
    [batch, 5], each image's height and width first. anchors: float32 [height · width · anchors a place, 4] of
    [y1, x1, y2, x2]. The pre_nms_topn best are moved, cut to the image, left out where a side is below `min_size`,
    and suppressed where they overlap a better one by more than `nms_threshold`.
    Returns rois, float32 [batch, post_nms_topn, 4], and roi_probabilities, [batch, post_nms_topn], filled with zeros.
    """
    return generate_bounding_box_proposals_op(scores, bbox_deltas, image_info, anchors, nms_threshold, pre_nms_topn,
                                              array.convert(min_size, dtypes.float32), post_nms_topn=post_nms_topn,
                                              name=name)
