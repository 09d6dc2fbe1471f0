"""Sparse tensors among the elements of a queue: numbers go through it in their place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import hornbeam.v1 as tf
from hornbeam.ops import sparse_maps
from hornbeam.v1.layers.core import smart_cond


class Kept(NamedTuple):
    """Where one sparse component is kept: the map's name, the dtype and the rank of an element."""

    map_name: str
    dtype: Any
    rank: int | None


def stored(lists: Sequence[Sequence[Any]], many: bool, keep: Any) -> tuple[list[list[Any]], list[Kept | None]]:
    """Lists of tensors with numbers, [1] or with `many` [n, 1], in the place of sparse ones.

    With them, for each component, where it is kept, None for dense ones. Raises ValueError where the lists differ.
    """
    kept: list[Kept | None] = [None] * len(lists[0])
    out = []
    for tensors in lists:
        row = []
        for i, tensor in enumerate(tensors):
            if isinstance(tensor, tf.SparseTensor) != isinstance(lists[0][i], tf.SparseTensor):
                raise ValueError(f"Inconsistent SparseTensors list: {lists[0]} vs. {tensors}")
            if isinstance(tensor, tf.SparseTensor):
                tensor, kept[i] = _stored(tensor, many, keep, kept[i])
            row.append(tensor)
        out.append(row)
    return out, kept


def _stored(sparse: Any, many: bool, keep: Any, shared: Kept | None) -> tuple[Any, Kept]:
    made: list[Any] = []

    def add(tensor: Any, rows: bool) -> Any:
        numbers = sparse_maps.add(tensor, rows, None if shared is None else shared.map_name)
        made.append(numbers.op)
        return numbers

    if keep.shape.ndims == 1:
        numbers = add(tf.sparse_retain(sparse, tf.gather(keep, sparse.indices[:, 0])), True)
    elif many:
        numbers = smart_cond(keep, lambda: add(sparse, True),
                             lambda: -1 * tf.ones(sparse.dense_shape[0:1], tf.int64))
        numbers.set_shape([None])
    else:
        numbers = smart_cond(keep, lambda: add(sparse, False), lambda: tf.constant(-1, tf.int64))
    rank = sparse.dense_shape.shape[0].value
    if shared is None:
        shared = Kept(made[0].name, sparse.dtype, rank if rank is None or not many else rank - 1)
    return tf.expand_dims(numbers, -1), shared


def restored(found: Sequence[Any], kept: Sequence[Kept | None]) -> list[Any]:
    """What came out of the queue, with sparse tensors again where numbers stand for them."""
    out = [tensor if where is None else sparse_maps.take_many(
        tf.squeeze(tensor, [1]), where.dtype, where.map_name, None if where.rank is None else where.rank + 1)
        for tensor, where in zip(found, kept, strict=True)]
    if not any(isinstance(t, tf.SparseTensor) for t in out):
        return out
    # Whoever takes one component has all of them taken out of their maps.
    with tf.control_dependencies([t.values if isinstance(t, tf.SparseTensor) else t for t in out]):
        return [tf.SparseTensor(tf.identity(t.indices), tf.identity(t.values), tf.identity(t.dense_shape))
                if isinstance(t, tf.SparseTensor) else tf.identity(t) for t in out]
