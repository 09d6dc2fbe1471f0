"""Sums and means over segments of chosen rows as single ops, as graphs of TensorFlow have them.

`tf.sparse.segment_sum` and its kin are made of other ops (`sparse_segments.py`), which compile together.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.graph import errors
from hornbeam.graph.op import FLOATS, INDEX, REALS, op
from hornbeam.ops import array, math
from hornbeam.ops.segment import unsorted_segment_sum
from hornbeam.ops.sparse_segments import segment_total


def _wrong(text: str) -> errors.InvalidArgumentError:
    return errors.InvalidArgumentError(None, None, text)


def _combined(data: Any, indices: Any, segment_ids: Any, segments: int | None, kind: str) -> np.ndarray:
    """The rows of `data` that `indices` names, combined by sorted segments."""
    data, indices, ids = np.asarray(data), np.asarray(indices), np.asarray(segment_ids)
    if indices.shape != ids.shape:
        raise _wrong("segment_ids and indices should have same size.")
    if (np.diff(ids) < 0).any() or (ids.size and ids[0] < 0):
        raise _wrong("segment ids are not increasing")
    if ids.size and segments is not None and ids[-1] >= segments:
        raise _wrong("segment ids must be < num_segments")
    outside = np.flatnonzero((indices < 0) | (indices >= len(data)))
    if outside.size:
        raise _wrong(f"indices[{outside[0]}] = {indices[outside[0]]} is out of range [0, {len(data)})")
    count = int(ids[-1]) + 1 if segments is None and ids.size else segments or 0
    half = data.dtype.itemsize == 2 and data.dtype.kind not in "iu"
    wide = np.dtype(np.float32) if half else data.dtype  # half floats are summed as single ones
    total = np.zeros((count, *data.shape[1:]), wide)
    np.add.at(total, ids, data[indices].astype(wide))
    if kind != "Sum":
        size = np.maximum(np.bincount(ids, minlength=count), 1).reshape((-1,) + (1,) * (data.ndim - 1))
        total /= size.astype(wide) if kind == "Mean" else np.sqrt(size.astype(wide))
    return total.astype(data.dtype)


def _gradient(kind: str) -> Any:
    def rule(call: Any, dy: Any) -> Any:
        data, indices, ids, *others = call.inputs
        if kind != "Sum":
            count = segment_total(math.cast(array.ones_like(ids), dy.dtype.base_dtype), ids, array.shape(dy)[0])
            size = math.maximum(count, array.ones_like(count))
            size = size if kind == "Mean" else math.sqrt(size)
            dy = dy / array.reshape(size, [-1] + [1] * (len(data.shape) - 1))
        found = unsorted_segment_sum(array.gather(dy, ids), indices, array.shape(data)[0])
        return (found, None, None, *(None for _ in others))

    return rule


def _shape(inputs: Any, attrs: Any) -> Any:
    dims = inputs[0].dims
    known = inputs[3].value if len(inputs) > 3 else None
    return [(None if dims is None else (None if known is None else int(known), *dims[1:]), inputs[0].dtype)]


def _sample(rng: np.random.Generator) -> tuple[Any, ...]:
    return rng.normal(size=(4, 3)), np.array([0, 2, 3, 3]), np.array([0, 0, 1, 3])


def _declare(kind: str) -> None:
    what = {"Sum": "Sums", "Mean": "Means", "SqrtN": "Sums, divided by the square root of how many there are,"}[kind]
    types = {"T": REALS if kind == "Sum" else FLOATS, "Tidx": INDEX, "Tsegmentids": INDEX}
    inputs = "data: T, indices: Tidx, segment_ids: Tsegmentids"

    def segment(data, indices, segment_ids, *, sparse_gradient: bool = False):
        return _combined(data, indices, segment_ids, None, kind)

    def numbered(data, indices, segment_ids, num_segments, *, sparse_gradient: bool = False):
        return _combined(data, indices, segment_ids, int(num_segments), kind)

    segment.__doc__ = f"{what} of chosen rows by sorted segments, as many as the last of them says."
    numbered.__doc__ = f"{what} of chosen rows by sorted segments."
    made = op(f"SparseSegment{kind}", inputs=inputs, host=True, samples=lambda rng: [(_sample(rng), {})],
              **types)(segment)
    more = op(f"SparseSegment{kind}WithNumSegments", inputs=f"{inputs}, num_segments: Tnumsegments", host=True,
              samples=lambda rng: [((*_sample(rng), np.array(5)), {})], Tnumsegments=INDEX, **types)(numbered)
    for declared in (made, more):
        declared.shape(_shape)
        declared.grad(_gradient(kind))


for _kind in ("Sum", "Mean", "SqrtN"):
    _declare(_kind)
