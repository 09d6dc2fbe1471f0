"""What `[]` on tensors and variables means: strided slices, places that a tensor tells, boolean masks."""

from __future__ import annotations

import operator
from typing import Any, NamedTuple

import numpy as np

from hornbeam.graph import dtypes, mode
from hornbeam.graph.call import composite, graph_for
from hornbeam.graph.op import registry as ops
from hornbeam.graph.tensor import EagerTensor, GraphTensor, Tensor
from hornbeam.ops import operators, slice_updates
from hornbeam.ops.conversion import convert, held, scope_name
from hornbeam.ops.joining import stack
from hornbeam.ops.selecting import boolean_mask
from hornbeam.ops.slicing import MASKS, Masks, slice_at, strided_slice_op


class _Index(NamedTuple):
    """An index as vectors and masks; entries are integers or scalar tensors."""

    begin: list[Any]
    end: list[Any]
    strides: list[Any]
    masks: Masks


def _parsed(index: Any) -> _Index:
    begin: list[Any] = []
    end: list[Any] = []
    strides: list[Any] = []
    bits = dict.fromkeys(Masks._fields, 0)
    for i, item in enumerate(index if isinstance(index, (list, tuple)) else (index,)):
        bit = 1 << i
        low: Any = 0
        high: Any = 0
        hop: Any = 1
        if isinstance(item, slice):
            low, high, hop = (_entry(v) for v in (item.start, item.stop, item.step))
            bits["begin"] |= bit if low is None else 0
            bits["end"] |= bit if high is None else 0
            low, high, hop = 0 if low is None else low, 0 if high is None else high, 1 if hop is None else hop
        elif item is Ellipsis:
            bits["ellipsis"] |= bit
        elif item is None:
            bits["new_axis"] |= bit
        else:
            low = _entry(item)
            high = low + 1
            bits["shrink"] |= bit
        begin.append(low)
        end.append(high)
        strides.append(hop)
    return _Index(begin, end, strides, Masks(**bits))


def _entry(value: Any) -> Any:
    """One bound or place: an integer, a scalar integer tensor, or None. Raises TypeError for anything else."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, np.generic | np.ndarray) and value.ndim == 0 and value.dtype.kind in "iu":
        return int(value)
    dtype = getattr(value, "dtype", None)
    if isinstance(dtype, dtypes.DType) and dtype.base_dtype.is_integer and getattr(value, "dims", None) in ((), None):
        tensor = convert(value)
        return int(tensor._value) if type(tensor) is EagerTensor else tensor
    if hasattr(value, "__index__") and not isinstance(value, (bool, np.ndarray)) and not isinstance(value, Tensor):
        return operator.index(value)  # type: ignore[arg-type]
    raise TypeError("Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar tf.int32/tf.int64 "
                    f"tensors are valid indices, got {value!r}")


def _is_mask(index: Any) -> bool:
    if isinstance(index, np.ndarray):
        return index.dtype == bool
    dtype = getattr(index, "dtype", None)
    return isinstance(dtype, dtypes.DType) and dtype.base_dtype.is_bool


def getitem(tensor: Any, index: Any) -> Any:
    """`tensor[index]`: integers, slices, `...`, None, scalar integer tensors, or one boolean mask."""
    if isinstance(index, bool) or _is_mask(index):
        return boolean_mask(tensor, index)
    parsed = _parsed(index)
    symbolic = any(type(v) is GraphTensor for part in parsed[:3] for v in part)
    if not symbolic and graph_for(tensor) is None:
        part = _slice_now(convert(tensor), parsed)
    else:
        part = _slice_node(convert(tensor), parsed, name="strided_slice")
    if not isinstance(tensor, Tensor) and hasattr(tensor, "_ref"):  # a variable
        part.assign = slice_updates.assigner(tensor, part, parsed)
    return part


def _slice_now(tensor: Any, index: _Index) -> Any:
    masks = dict(zip(MASKS, index.masks, strict=True))
    places = [b for i, b in enumerate(index.begin) if index.masks.shrink >> i & 1]
    if not places:
        vectors = [np.array(v, np.int64) for v in index[:3]]
        return strided_slice_op(tensor, *vectors, **masks)
    free = tuple(None if index.masks.shrink >> i & 1 else b for i, b in enumerate(index.begin))
    ends = tuple(None if index.masks.shrink >> i & 1 else e for i, e in enumerate(index.end))
    return slice_at(tensor, np.array(places, np.int64), begin=free, end=ends, strides=tuple(index.strides), **masks)


@composite("strided_slice")
def _slice_node(tensor: Any, index: _Index, name: str | None = None) -> Any:
    wide = any(type(v) is GraphTensor and v.dtype.base_dtype is dtypes.int64 for part in index[:3] for v in part)
    wanted = dtypes.int64 if wide else dtypes.int32
    vectors = []
    for part in index[:3]:
        plain = all(isinstance(v, int) for v in part)
        vectors.append(held(np.array(part, wanted.np_dtype), "stack") if plain else
                       stack([_as(v, wanted) for v in part], name="stack"))
    own = scope_name() if mode.current_graph() is not None else None
    return strided_slice_op(tensor, *vectors, **dict(zip(MASKS, index.masks, strict=True)), name=own)


def _as(value: Any, wanted: Any) -> Any:
    if type(value) is not GraphTensor:
        return value if wanted is dtypes.int32 else np.int64(value)
    return value if value.dtype.base_dtype is wanted else ops["Cast"](value, DstT=wanted)


operators.extend("__getitem__", getitem)
