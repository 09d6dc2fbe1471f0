"""What ops that TensorFlow lacks are made of, for files that TensorFlow reads.

They are the ops that gradients and updates add, so that a graph with its training can be loaded there.
"""

from __future__ import annotations

from typing import Any

from hornbeam.graph import dtypes, mode
from hornbeam.graph.expansions import expands
from hornbeam.graph.op import registry as ops
from hornbeam.ops import array


@expands("SumLike", "Reshape")
def _(x: Any, like: Any) -> Any:
    shape = ops["Shape"](like)
    axes = ops["BroadcastGradientArgs"](shape, ops["Shape"](x)).r0
    return ops["Reshape"](ops["Sum"](x, axes), shape)


@expands("BroadcastLike", "BroadcastTo")
def _(x: Any, like: Any) -> Any:
    return ops["BroadcastTo"](x, ops["Shape"](like))


@expands("SizeAs", "Cast")
def _(x: Any, dtype: Any) -> Any:
    return ops["Cast"](ops["Size"](x), DstT=dtype)


@expands("RestoreReduced", "BroadcastTo")
def _(dy: Any, like: Any, axis: Any) -> Any:
    shape = ops["Shape"](like)
    rank = ops["Size"](shape)
    axes = ops["Reshape"](ops["Cast"](axis, DstT=dtypes.int32), [-1])
    axes = ops["FloorMod"](ops["AddV2"](axes, rank), rank)
    ones = ops["Fill"](ops["Shape"](axes), 1)
    kept = ops["DynamicStitch"]([ops["Range"](0, rank, 1), axes], [shape, ones])
    return ops["BroadcastTo"](ops["Reshape"](dy, kept), shape)


@expands("Assert", "Assert")
def _(condition: Any, data: Any, summarize: int, texts: Any) -> Any:
    values = iter(data)
    shown = [next(values) if text is None else array.constant(text) for text in texts or (None,) * len(data)]
    ops["Assert"](condition, shown, summarize=summarize)
    return mode.default_graph().last_added


@expands("SegmentCount", "Cast")
def _(ids: Any) -> Any:
    none = array.constant(-1, ids.dtype.base_dtype, [1])
    last = ops["Max"](ops["ConcatV2"]([ids, none], 0), 0)
    return ops["Cast"](ops["AddV2"](last, array.constant(1, ids.dtype.base_dtype)), DstT=dtypes.int32)


@expands("SparseApplyAdam", "ApplyAdam")
def _(var: Any, m: Any, v: Any, beta1_power: Any, beta2_power: Any, lr: Any, beta1: Any, beta2: Any, epsilon: Any,
      grad: Any, indices: Any, use_locking: bool) -> Any:
    """The gradient of all rows, most of them zero."""
    rows = ops["StridedSlice"](ops["Shape"](ops["Identity"](var)), [0], [1], [1], shrink_axis_mask=1)
    total = ops["UnsortedSegmentSum"](grad, indices, rows)
    return ops["ApplyAdam"](var, m, v, beta1_power, beta2_power, lr, beta1, beta2, epsilon, total,
                            use_locking=use_locking)
