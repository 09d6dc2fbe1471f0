"""Non-maximum suppression: of boxes that overlap, those with the best scores. Host ops: how many are left depends on
the boxes.

A box is [y1, x1, y2, x2], any two opposite corners.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.call import composite
from hornbeam.graph.errors import InvalidArgumentError
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import never, op
from hornbeam.ops import array, dims
from hornbeam.ops.image_batches import check_on_host

_INDEX = never("integer result")
_HALF_OR_FLOAT = (dtypes.float16, dtypes.float32)

Overlaps = Callable[[int, np.ndarray], np.ndarray]
"""How much one box overlaps others, by their numbers."""


def canonical(boxes: np.ndarray) -> np.ndarray:
    """The boxes with the smaller coordinates first."""
    return np.concatenate([np.minimum(boxes[..., :2], boxes[..., 2:]), np.maximum(boxes[..., :2], boxes[..., 2:])], -1)


def by_area(boxes: np.ndarray) -> Overlaps:
    """The overlaps of boxes as intersection over union; 0 where one has no area."""
    top, left, bottom, right = np.ascontiguousarray(canonical(boxes).T)
    with np.errstate(invalid="ignore", over="ignore"):  # boxes without end overlap nothing
        areas = (bottom - top) * (right - left)

    def overlaps(box: int, others: np.ndarray) -> np.ndarray:
        with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
            high = np.minimum(bottom[others], bottom[box]) - np.maximum(top[others], top[box])
            wide = np.minimum(right[others], right[box]) - np.maximum(left[others], left[box])
            both = np.maximum(high, 0) * np.maximum(wide, 0)
            area = areas[others]
            shared = both / (areas[box] + area - both)
        shared[~(area > 0)] = 0
        return shared if areas[box] > 0 else np.zeros_like(shared)

    return overlaps


def suppressed(overlaps: Overlaps, scores: np.ndarray, most: int, threshold: float, score_threshold: float,
               sigma: float = 0.0) -> tuple[list[int], list[float]]:
    """The best boxes, best first, and their scores: each overlaps every better one by `threshold` at most.

    With sigma > 0 overlapping boxes lose score by exp(-overlap² / 2 sigma) instead (Bodla et al. 2017).
    """
    waiting = np.argsort(-scores, kind="stable")
    waiting = waiting[scores[waiting] > score_threshold]
    if sigma > 0:
        return _softly(overlaps, scores, waiting, most, score_threshold, sigma)
    chosen: list[int] = []
    while len(waiting) and len(chosen) < most:
        best, waiting = int(waiting[0]), waiting[1:]
        chosen.append(best)
        waiting = waiting[~(overlaps(best, waiting) > threshold)]
    return chosen, list(scores[chosen])


def _softly(overlaps: Overlaps, scores: np.ndarray, order: np.ndarray, most: int, score_threshold: float,
            sigma: float) -> tuple[list[int], list[float]]:
    kind = scores.dtype.type
    waiting = [(-scores[i], int(i), 0) for i in order]
    everything = np.arange(len(scores))
    chosen: list[int] = []
    rows: list[np.ndarray] = []
    found: list[Any] = []
    while waiting and len(chosen) < most:
        negative, box, seen = heapq.heappop(waiting)
        before = score = -negative
        for row in reversed(rows[seen:]):
            score = score * kind(np.exp(kind(-0.5 / sigma) * row[box] * row[box]))
            if score <= score_threshold:
                break
        if score == before:
            chosen.append(box)
            rows.append(overlaps(box, everything))
            found.append(score)
        elif score > score_threshold:
            heapq.heappush(waiting, (-score, box, len(chosen)))
    return chosen, found


# Checks and shapes ----------------------------------------------------------------------------------------


def _refuse(condition: Any, text: str) -> None:
    if condition:
        raise InvalidArgumentError(None, None, text)


def _check(most: Any, threshold: Any, sigma: Any = None) -> None:
    _refuse(not 0 <= float(threshold) <= 1, "iou_threshold must be in [0, 1]")
    _refuse(sigma is not None and not float(sigma) >= 0, "soft_nms_sigma must be non-negative")
    _refuse(int(most) < 0, "output size must be non-negative")


def _check_boxes(inputs: Any) -> Any:
    """Raise ShapeFault unless these are [n, 4] and [n]. Returns n."""
    boxes, scores = inputs[0].dims, inputs[1].dims
    dims.want_rank(boxes, 2, f"boxes must be 2-D{dims.text(boxes)}")
    dims.want_rank(scores, 1, f"scores must be 1-D{dims.text(scores)}")
    if boxes is not None and boxes[1] not in (4, None):
        raise ShapeFault(f"Dimension must be 4 but is {boxes[1]}", "boxes must have 4 columns")
    for what, scalar in zip(("max_output_size", "iou_threshold", "score_threshold", "soft_nms_sigma"), inputs[2:],
                            strict=False):
        dims.want_rank(scalar.dims, 0, f"{what} must be 0-D, got shape {dims.text(scalar.dims)}")
    return dims.merged((None,) if boxes is None else boxes[:1], scores, "scores has incompatible shape")


def _indices(inputs: Any, attrs: dict[str, Any]) -> Any:
    _check_boxes(inputs)
    return [((None,), dtypes.int32)]


def _padded_dims(inputs: Any, attrs: dict[str, Any]) -> Any:
    size = inputs[2]
    fixed = attrs["pad_to_max_output_size"] and getattr(size, "value", None) is not None
    return (int(size.value) if fixed else None,)


def _padded(values: list[Any], kind: Any, most: Any, pad: bool) -> np.ndarray:
    found = np.array(values, kind)
    return np.concatenate([found, np.zeros(max(0, int(most) - len(found)), kind)]) if pad else found


def _boxes(rng: np.random.Generator, *rest: Any) -> tuple[Any, ...]:
    corner = rng.uniform(0, 1, (12, 2))
    boxes = np.concatenate([corner, corner + rng.uniform(0.1, 0.6, (12, 2))], 1).astype(np.float32)
    return (boxes, rng.uniform(0, 1, 12).astype(np.float32), np.int32(5), *map(np.float32, rest))


# The ops --------------------------------------------------------------------------------------------------


@op("NonMaxSuppression", inputs="boxes: float32, scores: float32, max_output_size: int32", host=True,
    differentiable=_INDEX, samples=lambda rng: [(_boxes(rng), {}), (_boxes(rng), {"iou_threshold": 0.1})])
def non_max_suppression_v1_op(boxes, scores, max_output_size, *, iou_threshold: float = 0.5):
    """The numbers of the best boxes that overlap by `iou_threshold` at most."""
    _check(max_output_size, iou_threshold)
    chosen, _ = suppressed(by_area(boxes), scores, int(max_output_size), iou_threshold, -np.inf)
    return np.array(chosen, np.int32)


@op("NonMaxSuppressionV2", inputs="boxes: T, scores: T, max_output_size: int32, iou_threshold: T_threshold",
    host=True, T=_HALF_OR_FLOAT, T_threshold=_HALF_OR_FLOAT, differentiable=_INDEX,
    samples=lambda rng: [(_boxes(rng, 0.3), {})])
def non_max_suppression_v2_op(boxes, scores, max_output_size, iou_threshold):
    """The numbers of the best boxes that overlap by `iou_threshold` at most."""
    _check(max_output_size, iou_threshold)
    chosen, _ = suppressed(by_area(boxes), scores, int(max_output_size), float(iou_threshold), -np.inf)
    return np.array(chosen, np.int32)


_TWO_THRESHOLDS = "boxes: T, scores: T, max_output_size: int32, iou_threshold: T_threshold, " \
                  "score_threshold: T_threshold"


@op("NonMaxSuppressionV3", inputs=_TWO_THRESHOLDS, host=True, T=_HALF_OR_FLOAT, T_threshold=_HALF_OR_FLOAT,
    differentiable=_INDEX, samples=lambda rng: [(_boxes(rng, 0.3, 0.2), {}), (_boxes(rng, 0.3, 2.0), {})])
def non_max_suppression_v3_op(boxes, scores, max_output_size, iou_threshold, score_threshold):
    """The numbers of the best boxes of more than `score_threshold` that overlap by `iou_threshold` at most."""
    _check(max_output_size, iou_threshold)
    chosen, _ = suppressed(by_area(boxes), scores, int(max_output_size), float(iou_threshold), float(score_threshold))
    return np.array(chosen, np.int32)


for _op in (non_max_suppression_v1_op, non_max_suppression_v2_op, non_max_suppression_v3_op):
    _op.shape(_indices)


@op("NonMaxSuppressionV4", inputs=_TWO_THRESHOLDS, host=True, T=_HALF_OR_FLOAT, T_threshold=_HALF_OR_FLOAT,
    outputs=("selected_indices", "valid_outputs"), differentiable=_INDEX,
    samples=lambda rng: [(_boxes(rng, 0.3, 0.2), {}), (_boxes(rng, 0.1, 0.2), {"pad_to_max_output_size": True})])
def non_max_suppression_v4_op(boxes, scores, max_output_size, iou_threshold, score_threshold, *,
                              pad_to_max_output_size: bool = False):
    """As `NonMaxSuppressionV3`, and how many there are; zeros behind them where `pad_to_max_output_size`."""
    chosen = non_max_suppression_v3_op.function(boxes, scores, max_output_size, iou_threshold, score_threshold)
    return _padded(chosen, np.int32, max_output_size, pad_to_max_output_size), np.int32(len(chosen))


@non_max_suppression_v4_op.shape
def _(inputs, attrs):
    _check_boxes(inputs)
    return [(_padded_dims(inputs, attrs), dtypes.int32), ((), dtypes.int32)]


@op("NonMaxSuppressionV5", inputs="boxes: T, scores: T, max_output_size: int32, iou_threshold: T, score_threshold: T, "
    "soft_nms_sigma: T", host=True, T=_HALF_OR_FLOAT, differentiable=_INDEX,
    outputs=("selected_indices", "selected_scores", "valid_outputs"), samples=lambda rng: [
        (_boxes(rng, 0.3, 0.2, 0.0), {}), (_boxes(rng, 0.3, 0.2, 0.5), {}),
        (_boxes(rng, 0.1, 0.2, 0.1), {"pad_to_max_output_size": True})])
def non_max_suppression_v5_op(boxes, scores, max_output_size, iou_threshold, score_threshold, soft_nms_sigma, *,
                              pad_to_max_output_size: bool = False):
    """As `NonMaxSuppressionV4`, with the scores; a sigma above 0 lowers scores instead of leaving boxes out."""
    _check(max_output_size, iou_threshold, soft_nms_sigma)
    chosen, found = suppressed(by_area(boxes), scores, int(max_output_size), float(iou_threshold),
                               float(score_threshold), float(soft_nms_sigma))
    pad = pad_to_max_output_size
    return (_padded(chosen, np.int32, max_output_size, pad), _padded(found, scores.dtype, max_output_size, pad),
            np.int32(len(chosen)))


@non_max_suppression_v5_op.shape
def _(inputs, attrs):
    _check_boxes(inputs)
    found = _padded_dims(inputs, attrs)
    return [(found, dtypes.int32), (found, inputs[1].dtype), ((), dtypes.int32)]


def _tables(rng: np.random.Generator) -> Any:
    table = rng.uniform(0, 1, (8, 8)).astype(np.float32)
    return [((table, rng.uniform(0, 1, 8).astype(np.float32), np.int32(4), np.float32(t), np.float32(0.1)), {})
            for t in (0.4, 0.9)]


@op("NonMaxSuppressionWithOverlaps", inputs="overlaps: float32, scores: float32, max_output_size: int32, "
    "overlap_threshold: float32, score_threshold: float32", host=True, differentiable=_INDEX, samples=_tables)
def non_max_suppression_with_overlaps_op(overlaps, scores, max_output_size, overlap_threshold, score_threshold):
    """As `NonMaxSuppressionV3`, with the overlaps given as a matrix."""
    chosen, _ = suppressed(lambda box, others: overlaps[others, box], scores, int(max_output_size),
                           float(overlap_threshold), float(score_threshold))
    return np.array(chosen, np.int32)


@non_max_suppression_with_overlaps_op.shape
def _(inputs, attrs):
    table, scores = inputs[0].dims, inputs[1].dims
    dims.want_rank(table, 2, f"overlaps must be 2-D{dims.text(table)}")
    dims.want_rank(scores, 1, f"scores must be 1-D{dims.text(scores)}")
    if table is not None:
        dims.merged(table[:1], table[1:], "overlaps must be square")
        dims.merged(table[:1], scores, "scores has incompatible shape")
    return [((None,), dtypes.int32)]


check_on_host(non_max_suppression_v1_op, non_max_suppression_v2_op, non_max_suppression_v3_op,
              non_max_suppression_v4_op, non_max_suppression_v5_op, non_max_suppression_with_overlaps_op)

# As users call them ---------------------------------------------------------------------------------------


@public("image.non_max_suppression")
@composite("non_max_suppression")
def non_max_suppression(boxes: Any, scores: Any, max_output_size: Any, iou_threshold: Any = 0.5,
                        score_threshold: Any = float("-inf"), name: str | None = None) -> Any:
    """The numbers of the best boxes, best first, of which no two overlap by more than `iou_threshold`.

    boxes: [n, 4] of [y1, x1, y2, x2], float16 or float32. scores: [n]. max_output_size: how many at most.
    score_threshold: boxes must have more. Returns int32 [m]. Raises InvalidArgumentError for thresholds outside of
    [0, 1], and where shapes do not fit (in graphs ValueError).

    >>> non_max_suppression([[0.0, 0.0, 1.0, 1.0], [0.0, 0.1, 1.0, 1.1], [2.0, 2.0, 3.0, 3.0]], [0.9, 0.8, 0.7],
    ...                     3).numpy().tolist()
    [0, 2]
    """
    return non_max_suppression_v3_op(boxes, scores, max_output_size, array.convert(iou_threshold),
                                     array.convert(score_threshold))


@public("image.non_max_suppression_with_scores")
@composite("non_max_suppression_with_scores")
def non_max_suppression_with_scores(boxes: Any, scores: Any, max_output_size: Any, iou_threshold: Any = 0.5,
                                    score_threshold: Any = float("-inf"), soft_nms_sigma: Any = 0.0,
                                    name: str | None = None) -> Any:
    """`non_max_suppression` with the scores of the boxes: `(indices, scores)`.

    soft_nms_sigma: where above 0, boxes that overlap a better one lose score by exp(-overlap² / 2 sigma) instead of
    being left out (Bodla et al. 2017), and the scores come back lowered.
    """
    given = (array.convert(v) for v in (iou_threshold, score_threshold, soft_nms_sigma))
    indices, found, _ = non_max_suppression_v5_op(boxes, scores, max_output_size, *given)
    return indices, found


@public("image.non_max_suppression_overlaps")
@composite("non_max_suppression_overlaps")
def non_max_suppression_overlaps(overlaps: Any, scores: Any, max_output_size: Any, overlap_threshold: Any = 0.5,
                                 score_threshold: Any = float("-inf"), name: str | None = None) -> Any:
    """`non_max_suppression` with the overlaps given: `overlaps[i, j]`, float32 [n, n].

    >>> non_max_suppression_overlaps([[1.0, 0.7], [0.7, 1.0]], [0.2, 0.5], 2).numpy().tolist()
    [1]
    """
    return non_max_suppression_with_overlaps_op(overlaps, scores, max_output_size, overlap_threshold, score_threshold)

