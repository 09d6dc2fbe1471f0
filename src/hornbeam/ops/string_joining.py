"""Strings joined along axes and by segments, and split into parts; on the host."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.call import composite, convert_to_tensor
from hornbeam.graph.errors import OutOfRangeError
from hornbeam.graph.names import public
from hornbeam.graph.op import INDEX, never, op
from hornbeam.ops import rules
from hornbeam.ops.constants import range as range_of
from hornbeam.ops.dims import ShapeFault
from hornbeam.ops.shaping import rank as rank_of

_NEVER = never("strings")
_GRID = np.array([[b"a", b"b"], [b"c", b"d"]], object)

# Along axes -----------------------------------------------------------------------------------------


def _axes(given: Sequence[int], rank: int) -> list[int]:
    """The axes from the front, in the order given. Raises OutOfRangeError for one that there is not."""
    out: list[int] = []
    for axis in given:
        if not -rank <= axis < rank:
            raise OutOfRangeError(None, None, f"Invalid reduction dimension {axis} for input with {rank} dimension(s)")
        if axis % rank in out:
            raise ShapeFault(f"Duplicate reduction dimension {axis}")
        out.append(axis % rank)
    return out


@op("ReduceJoin", inputs="inputs: string, reduction_indices: int32 static", host=True, differentiable=_NEVER,
    raw={"reduction_indices": "reduction_indices"},  # not `axis`, as with other reductions
    samples=lambda rng: [((_GRID, np.array([0], np.int32)), {"separator": "-"}),
                         ((_GRID, np.array([1, 0], np.int32)), {"keep_dims": True}),
                         ((np.array(b"a", object), np.zeros(0, np.int32)), {})])
def reduce_join_op(inputs, reduction_indices, *, keep_dims: bool = False, separator: str = ""):
    """Strings joined along axes: the first axis named varies fastest."""
    axes = _axes([int(i) for i in reduction_indices.reshape(-1)], inputs.ndim)
    kept = [d for d in range(inputs.ndim) if d not in axes]
    shape = tuple(inputs.shape[d] for d in kept)
    joined = int(np.prod([inputs.shape[d] for d in axes]))
    rows = inputs.transpose(*kept, *axes[::-1]).reshape(int(np.prod(shape)), joined)
    between = separator.encode()
    out = np.empty(len(rows), object)
    for i, row in enumerate(rows):
        out[i] = between.join(row)
    if keep_dims:
        shape = tuple(1 if d in axes else n for d, n in enumerate(inputs.shape))
    return out.reshape(shape)


@reduce_join_op.shape
def _(inputs, attrs):
    dims, indices = inputs[0].dims, inputs[1].value
    if dims is None:
        return [(None, dtypes.string)]
    if indices is None:
        return [((None,) * len(dims) if attrs["keep_dims"] else None, dtypes.string)]
    given = [int(i) for i in np.reshape(indices, -1)]
    for axis in given:
        if not -len(dims) <= axis < len(dims):
            raise ShapeFault(f"Invalid reduction dimension {axis} for input with {len(dims)} dimensions.")
    axes = {axis % len(dims) for axis in given}
    if attrs["keep_dims"]:
        return [(tuple(1 if d in axes else n for d, n in enumerate(dims)), dtypes.string)]
    return [(tuple(n for d, n in enumerate(dims) if d not in axes), dtypes.string)]


@public(v2=("strings.reduce_join",))
@composite("ReduceJoin")
def reduce_join(inputs: Any, axis: Any = None, keepdims: bool = False, separator: str = "",
                name: str | None = None) -> Any:
    """Strings joined along axes, by default all of them, row by row.

    axis: one or several, from the front or (negative) from the end; the first one named varies fastest. keepdims:
    these axes stay, with length 1. Raises InvalidArgumentError for an axis named twice.

    >>> reduce_join([["a", "b"], ["c", "d"]], axis=0).numpy().tolist()
    [b'ac', b'bd']
    """
    tensor = convert_to_tensor(inputs, name="inputs")
    return reduce_join_op(tensor, _all_axes(tensor) if axis is None else axis, keep_dims=keepdims,
                          separator=separator)


def _all_axes(tensor: Any) -> Any:
    known = tensor.shape.rank
    if known is not None:
        return np.arange(known, dtype=np.int32)[::-1]
    return range_of(rank_of(tensor) - 1, -1, -1)


# By segments ----------------------------------------------------------------------------------------


@op("UnsortedSegmentJoin", inputs="inputs: string, segment_ids: Tindices, num_segments: Tnumsegments static", host=True,
    differentiable=_NEVER, Tindices=INDEX, Tnumsegments=INDEX,
    samples=lambda rng: [((_GRID, np.array([1, 1], np.int32), np.int32(3)), {"separator": "-"}),
                         ((_GRID, np.array([[0, 1], [1, 0]], np.int64), np.int32(2)), {})])
def unsorted_segment_join_op(inputs, segment_ids, num_segments, *, separator: str = ""):
    """Strings with one segment id joined, in their order; the ids cover the first axes of `inputs`."""
    count = _segment_count(inputs, segment_ids, num_segments)
    ids = segment_ids.reshape(-1)
    if ids.size and (ids.min() < 0 or ids.max() >= count):
        raise ShapeFault("segment_ids are not allowed to exceed num_segments or to have negative values.")
    inner = inputs.shape[segment_ids.ndim:]
    width = int(np.prod(inner))
    parts: list[list[bytes]] = [[] for _ in range(count * width)]
    for segment, row in zip(ids, inputs.reshape(len(ids), width), strict=True):
        for k, item in enumerate(row):
            parts[int(segment) * width + k].append(item)
    out = np.empty(len(parts), object)
    out[:] = [separator.encode().join(p) for p in parts]
    return out.reshape(count, *inner)


def _segment_count(inputs: np.ndarray, segment_ids: np.ndarray, num_segments: np.ndarray) -> int:
    if num_segments.ndim:
        raise ShapeFault("Number of segments must be a scalar")
    if num_segments < 0:
        raise ShapeFault(f"Number of segments must be non-negative but got {int(num_segments)}")
    if not segment_ids.ndim:
        raise ShapeFault("Segment_id cannot have rank 0")
    if segment_ids.ndim > inputs.ndim:
        raise ShapeFault(f"Segment_id rank {segment_ids.ndim} exceeds input rank {inputs.ndim}")
    for d, (segments, given) in enumerate(zip(segment_ids.shape, inputs.shape, strict=False)):
        if segments != given:
            raise ShapeFault(f"Segment dimension is {segments} while input dimension is {given} in rank {d}")
    count = int(num_segments)
    if count > 2**31:
        raise MemoryError
    return count


@unsorted_segment_join_op.shape
def _(inputs, attrs):
    dims, ids, count = inputs[0].dims, inputs[1].dims, inputs[2].value
    if dims is None or ids is None:
        return [(None, dtypes.string)]
    if len(ids) > len(dims):
        raise ShapeFault(f"Segment_id rank {len(ids)} exceeds input rank {len(dims)}")
    known = int(count) if count is not None and np.ndim(count) == 0 and count >= 0 else None
    return [((known, *dims[len(ids):]), dtypes.string)]


@public("strings.unsorted_segment_join")
def unsorted_segment_join(inputs: Any, segment_ids: Any, num_segments: Any, separator: str = "",
                          name: str | None = None) -> Any:
    """Strings with one segment id joined, in their order: [num_segments, …].

    segment_ids: integers from 0 to `num_segments` - 1, whose shape is the beginning of that of `inputs`. A segment
    without strings gives "". Raises InvalidArgumentError for other ids.

    >>> unsorted_segment_join(["a", "b", "c"], [0, 1, 0], 2, "-").numpy().tolist()
    [b'a-c', b'b']
    """
    return unsorted_segment_join_op(inputs, segment_ids, num_segments, separator=separator, name=name)


# Splitting ------------------------------------------------------------------------------------------

_SENTENCES = np.array([b"a b  c", b"", b"x,y,,z"], object)


def _scalar(value: np.ndarray, what: str) -> bytes:
    if value.ndim:
        raise ShapeFault(f"{what} must be a scalar, got shape: {rules.text(value.shape)}")
    return value.item()


def sparse_strings(rows: list[list[bytes]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of different lengths as the parts of a sparse tensor."""
    indices = [(i, j) for i, row in enumerate(rows) for j in range(len(row))]
    values = np.empty(len(indices), object)
    values[:] = [item for row in rows for item in row]
    shape = np.array([len(rows), max(map(len, rows), default=0)], np.int64)
    return np.array(indices, np.int64).reshape(-1, 2), values, shape


def _split_anywhere(text: bytes, delimiters: bytes, skip_empty: bool) -> list[bytes]:
    """The parts between single bytes, any of the delimiters; without delimiters the bytes themselves."""
    if not delimiters:
        return [text[i:i + 1] for i in range(len(text))]
    if not text:
        return []
    parts = text.translate(bytes.maketrans(delimiters, delimiters[:1] * len(delimiters))).split(delimiters[:1])
    return [p for p in parts if p] if skip_empty else parts


@op("StringSplit", inputs="input: string, delimiter: string", outputs=("indices", "values", "shape"), host=True,
    differentiable=_NEVER, samples=lambda rng: [((_SENTENCES, np.array(b", ", object)), {}),
                                                ((_SENTENCES, np.array(b"", object)), {"skip_empty": False})])
def string_split_op(input, delimiter, *, skip_empty: bool = True):
    """The parts of each string of a vector between the bytes of `delimiter`, as a sparse tensor."""
    vector_of_strings(input)
    marks = _scalar(delimiter, "delimiter")
    return sparse_strings([_split_anywhere(text, marks, skip_empty) for text in input])


@op("StringSplitV2", inputs="input: string, sep: string", outputs=("indices", "values", "shape"), host=True,
    differentiable=_NEVER, samples=lambda rng: [((_SENTENCES, np.array(b"", object)), {}),
                                                ((_SENTENCES, np.array(b",", object)), {"maxsplit": 1})])
def string_split_v2_op(input, sep, *, maxsplit: int = -1):
    """The parts of each string of a vector, as Python's `split` gives them, as a sparse tensor."""
    vector_of_strings(input)
    mark = _scalar(sep, "sep")
    return sparse_strings([_split_between(text, mark, maxsplit) for text in input])


def _split_between(text: bytes, mark: bytes, most: int) -> list[bytes]:
    most = max(-1, min(most, 2**31))
    if mark:
        return text.split(mark, most)
    if most == 0:
        return [text.lstrip()]
    parts = text.split(None, most)
    return [*parts, b""] if len(parts) == most else parts  # what remains after the last split, also nothing


def vector_of_strings(value: np.ndarray) -> None:
    if value.ndim != 1:
        raise ShapeFault(f"input must be a vector, got shape: {rules.text(value.shape)}")


def _sparse_shape(inputs: Any, attrs: dict[str, Any]) -> Any:
    for given, rank, words in ((inputs[0].dims, 1, "input must be a vector"), (inputs[1].dims, 0, "must be a scalar")):
        if given is not None and len(given) != rank:
            raise ShapeFault(f"Shape must be rank {rank} but is rank {len(given)}",
                             f"{words}, got shape: {rules.text(given)}")
    return [((None, 2), dtypes.int64), ((None,), dtypes.string), ((2,), dtypes.int64)]


string_split_op.shape(_sparse_shape)
string_split_v2_op.shape(_sparse_shape)
