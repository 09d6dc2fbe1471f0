"""Rows of tables by number: `embedding_lookup`."""

from __future__ import annotations

from typing import Any

from hornbeam.graph.call import composite, own_name
from hornbeam.graph.names import public
from hornbeam.graph.shapes import TensorShape
from hornbeam.ops import array, math


@public(v2=("nn.embedding_lookup",))
@composite("embedding_lookup")
def embedding_lookup(params: Any, ids: Any, max_norm: float | None = None, name: str | None = None) -> Any:
    """The rows of a table that `ids` name.

    params: a tensor or variable [rows, ...], or a list of them that divides the rows into blocks of nearly equal size.
    ids: integers of any shape. max_norm: rows of a larger l2 norm are scaled down to it.
    Returns ids.shape + params.shape[1:]; the gradient is `IndexedSlices`.
    Raises InvalidArgumentError for an id that is no row.
    """
    return looked_up(params, ids, "div", max_norm)


def looked_up(params: Any, ids: Any, partition_strategy: str, max_norm: float | None) -> Any:
    """`embedding_lookup` of both generations."""
    if params is None:
        raise ValueError("params must be specified")
    in_parts = isinstance(params, (list, tuple)) or hasattr(params, "partitions")  # or a PartitionedVariable
    parts = list(params) if in_parts else [params]
    if not parts:
        raise ValueError("Need at least one param")
    ids = array.convert(ids, name="ids")
    if len(parts) == 1:
        found = array.gather(parts[0], ids, name=own_name())
        return array.identity(_clipped(found, ids, max_norm))
    return _from_parts(parts, ids, partition_strategy, max_norm)


def _from_parts(parts: list[Any], ids: Any, strategy: str, max_norm: float | None) -> Any:
    """Every part is asked for all ids, for its row 0 where another holds the id, and the right answers are kept.

    So shapes do not depend on the ids, and the whole stays one compiled program. Row 0 of every part is in its
    gradient, with zeros if nobody asked for it.
    """
    own = ids.dtype.base_dtype
    count = len(parts)
    if strategy == "mod":
        home, row = math.floormod(ids, count), math.floordiv(ids, count)
    elif strategy == "div":
        home, row = _blocks(parts, ids, own)
    else:
        raise ValueError("Only 'mod' and 'div' partition strategies are supported. "
                         f"Received: partition_strategy={strategy}")
    nothing = array.zeros_like_op(ids)
    result = None
    for k, part in enumerate(parts):
        # an id that no part holds is left to the last one, which refuses it
        mine = math.equal(home, k) if k < count - 1 else math.greater_equal(home, k)
        mine = mine if k else math.less_equal(home, 0)
        found = _clipped(array.gather(part, array.where(mine, row, nothing)), ids, max_norm)
        result = found if result is None else array.where(_as_deep(mine, ids, found), found, result)
    return array.identity(result, name=own_name())


def _as_deep(chosen: Any, ids: Any, found: Any) -> Any:
    """`chosen`, one for each id, with an axis of length 1 for each dimension of a row."""
    if ids.dims is None or found.dims is None:
        raise ValueError("`ids` and `params` must have known rank where `params` is a list.")
    for _ in range(len(found.dims) - len(ids.dims)):
        chosen = array.expand_dims(chosen, -1)
    return chosen


def _blocks(parts: list[Any], ids: Any, own: Any) -> tuple[Any, Any]:
    """Part and row of each id where the parts hold consecutive blocks, the first ones a row more."""
    count = len(parts)
    total = _rows(parts, own)
    size, more = math.floordiv(total, count), math.floormod(total, count)
    longer = (size + 1) * more
    home = math.maximum(math.floordiv(ids, size + 1), math.floordiv(ids - more, size))
    within = array.where(math.less(ids, longer), math.floormod(ids, size + 1), math.floormod(ids - more, size))
    held = math.logical_and(math.greater_equal(ids, 0), math.less(ids, total))
    return home, array.where(held, within, ids)  # an id that no part holds is no row of the one that is asked


def _rows(parts: list[Any], own: Any) -> Any:
    """The number of rows of all parts together, as a tensor."""
    counts = [dims[0] if (dims := TensorShape(p.shape)._dims) else None for p in parts]
    known = [n for n in counts if n is not None]
    if len(known) == len(parts):
        return array.constant(sum(known), own)
    return math.add_n([math.cast(array.shape_op(array.convert(p))[0], own) for p in parts])


def _clipped(rows: Any, ids: Any, max_norm: float | None) -> Any:
    if max_norm is None:
        return rows
    if ids.dims is None or rows.dims is None:
        raise ValueError("`max_norm` needs `ids` and `params` of known rank.")
    return math.clip_by_norm(rows, max_norm, axes=list(range(len(ids.dims), len(rows.dims))))
