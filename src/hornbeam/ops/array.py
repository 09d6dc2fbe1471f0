"""The ops of arrays by one name, `array.reshape`: what other families, gradients and the runtime use.

Read first `constants.py` (tensors from nothing), then `shaping.py`, `joining.py`, `moving.py` (whole tensors),
`slicing.py`, `gathering.py`, `selecting.py` (parts of them).
"""

from __future__ import annotations

from hornbeam.graph.call import as_tensor, constant_node, graph_for
from hornbeam.ops.constants import (
    constant,
    fill,
    fill_op,
    one_hot,
    ones,
    ones_like,
    ones_like_op,
    placeholder_op,
    placeholder_with_default_op,
    range,
    range_op,
    zeros,
    zeros_like,
    zeros_like_op,
)
from hornbeam.ops.conversion import convert, convert_or_slices, convert_to_tensor, scope_name
from hornbeam.ops.gathering import (
    densify,
    gather,
    gather_nd,
    gather_nd_op,
    gather_op,
    outside,
    outside_text,
    scatter_nd,
    scatter_rows,
)
from hornbeam.ops.identity import ensure_shape, identity, identity_op, stop_gradient
from hornbeam.ops.joining import concat, concat_op, pack, repeat, split, split_op, stack, tile, unpack, unstack
from hornbeam.ops.moving import (
    invert_permutation,
    pad,
    pad_op,
    reverse,
    reverse_sequence,
    roll,
    slice,
    slice_op,
    transpose,
    transpose_op,
)
from hornbeam.ops.selecting import boolean_mask, select_op, select_v2_op, sequence_mask, where, where_op
from hornbeam.ops.shaping import (
    broadcast_dynamic_shape,
    broadcast_like,
    broadcast_static_shape,
    broadcast_to,
    expand_dims,
    expand_dims_op,
    rank,
    reshape,
    reshape_like,
    reshape_op,
    shape,
    shape_of,
    shape_op,
    size,
    size_of,
    squeeze,
    squeeze_op,
    sum_like,
    unbroadcast,
)
from hornbeam.ops.slicing import strided_slice, strided_slice_op

__all__ = [
    "as_tensor", "boolean_mask", "broadcast_dynamic_shape", "broadcast_like", "broadcast_static_shape",
    "broadcast_to", "concat", "concat_op", "constant", "constant_node", "convert", "convert_or_slices",
    "convert_to_tensor", "densify", "ensure_shape", "expand_dims", "expand_dims_op", "fill", "fill_op", "gather",
    "gather_nd", "gather_nd_op", "gather_op", "graph_for", "identity", "identity_op", "invert_permutation", "one_hot",
    "ones", "ones_like", "ones_like_op", "outside", "outside_text", "pack", "pad", "pad_op", "placeholder_op",
    "placeholder_with_default_op", "range", "range_op", "rank", "repeat", "reshape", "reshape_like", "reshape_op",
    "reverse", "reverse_sequence", "roll", "scatter_nd", "scatter_rows", "scope_name", "select_op", "select_v2_op",
    "sequence_mask", "shape", "shape_of", "shape_op", "size", "size_of", "slice", "slice_op", "split", "split_op",
    "squeeze", "squeeze_op", "stack", "stop_gradient", "strided_slice", "strided_slice_op", "sum_like", "tile",
    "transpose", "transpose_op", "unbroadcast", "unpack", "unstack", "where", "where_op", "zeros", "zeros_like",
    "zeros_like_op",
]
