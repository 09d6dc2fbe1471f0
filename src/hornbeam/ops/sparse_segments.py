"""Sums and means over segments of chosen rows: `tf.sparse.segment_sum` and its kin."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.call import composite
from hornbeam.graph.names import public
from hornbeam.graph.op import INDEX, never, op
from hornbeam.graph.shapes import TensorShape
from hornbeam.ops import array, dims, math
from hornbeam.ops.segment import unsorted_segment_sum
from hornbeam.ops.shaping import broadcast_like


def segment_total(rows: Any, ids: Any, num_segments: Any) -> Any:
    """The sums of rows by segment; the number of segments is the last id plus 1 where it is None.

    Only that number depends on the ids, so that what is computed with the rows compiles.
    """
    if num_segments is None:
        num_segments = count_of(ids)
    return unsorted_segment_sum(rows, ids, num_segments)


@op("SegmentCount", inputs="ids: T", T=INDEX, host=True, differentiable=never("a count"),
    samples=lambda rng: [((np.array([0, 0, 2]),), {}), ((np.zeros(0, np.int32),), {})])
def count_of(ids):
    """The last of sorted ids plus 1; 0 where there is none. On the host, as shapes follow from it."""
    return np.array(ids[-1] + 1 if ids.size else 0, np.int32)


count_of.shape(lambda inputs, attrs: [((), dtypes.int32)])


@composite("SparseSegment")
def _segments(data: Any, indices: Any, segment_ids: Any, num_segments: Any, kind: str, name: str | None = None) -> Any:
    x, ids = array.convert(data, name="data"), array.convert(segment_ids, name="segment_ids")
    places = array.convert(indices, name="indices")
    TensorShape(places.shape).assert_is_compatible_with(ids.shape)
    known = dims.static_value(ids)
    if known is not None and (np.diff(known) < 0).any():
        raise ValueError("segment ids are not increasing")
    total = segment_total(array.gather(x, places), ids, num_segments)
    if kind == "sum":
        return total
    ones = math.cast(array.ones_like(ids), x.dtype.base_dtype)
    count = segment_total(ones, ids, array.shape(total)[0])
    size = math.maximum(count, array.ones_like(count))
    size = size if kind == "mean" else math.sqrt(size)
    extra = [1] * (len(x.dims) - 1) if x.dims is not None else []
    return math.divide(total, broadcast_like(array.reshape(size, [-1, *extra]), total))


def _declare(kind: str) -> None:
    what = {"sum": "The sums of", "mean": "The means of",
            "sqrt_n": "The sums, divided by the square root of how many there are, of"}[kind]
    text = (f"{what} the rows of `data` that `indices` names, by segment.\n\n"
            "data: [rows, ...]. indices: which rows. segment_ids: as long, sorted: the segment of each. num_segments: "
            "how many\n    there are, by default the last id plus 1; those without rows are 0. sparse_gradient: "
            "accepted.\n    Raises ValueError for ids that are not sorted, InvalidArgumentError for rows that are not "
            "there.")

    def segment(data: Any, indices: Any, segment_ids: Any, num_segments: Any = None, name: str | None = None,
                sparse_gradient: bool = False) -> Any:
        return _segments(data, indices, segment_ids, num_segments, kind, name)

    def segment_v1(data: Any, indices: Any, segment_ids: Any, name: str | None = None, num_segments: Any = None,
                   sparse_gradient: bool = False) -> Any:
        return _segments(data, indices, segment_ids, num_segments, kind, name)

    for function in (segment, segment_v1):
        function.__name__ = function.__qualname__ = f"sparse_segment_{kind}"
        function.__doc__ = text
    public(v2=(f"sparse.segment_{kind}",))(segment)
    public(v1=(f"sparse.segment_{kind}", f"sparse_segment_{kind}"))(segment_v1)


for _kind in ("sum", "mean", "sqrt_n"):
    _declare(_kind)
