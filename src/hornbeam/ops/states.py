"""Rows of a buffer: where loops keep states for their gradients, and tensor arrays their elements.

A buffer is a tensor whose first dimension counts rows. `SetRow` on the host writes in place where it may, and keeps
rows of different shapes side by side in an array of arrays.

The places of checkpoints, for a loop whose number of iterations nobody knows: there are `slots` (a power of two,
2^s) places, and iterations are kept at multiples of 2^e; e starts at 0 and grows by one whenever the places are full.
Then every second checkpoint may go, and new ones take those places: multiple m stands at m rotated left by e within s
bits, so nothing ever moves. One place more takes what need not be kept.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp, lax
from hornbeam.graph import dtypes
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.op import never, op
from hornbeam.graph.op import registry as ops
from hornbeam.ops.array import zeros_like_op

_COUNTS = never("integer result")


def _rows(inputs: Any, attrs: dict[str, Any]) -> Any:
    dims = inputs[0].dims
    return [(None if dims is None else (attrs["rows"], *dims), inputs[0].dtype)]


@op("RowBuffer", inputs="example: T", differentiable=never("constant result"),
    samples=lambda rng: [((rng.normal(size=(2, 3)),), {"rows": 4})])
def row_buffer(example, *, rows: int):
    """Zeros for `rows` rows of the shape and dtype of `example`."""
    return jnp.zeros((rows, *jnp.shape(example)), example.dtype)


row_buffer.shape(_rows)


@row_buffer.lower
def _(context, operation, values):
    rows, example = operation.attrs["rows"], values[0]
    make = np if context.concrete else jnp
    return [make.zeros((rows, *np.shape(example)), example.dtype)]


def _like_buffer(inputs: Any, attrs: dict[str, Any]) -> Any:
    return [(inputs[0].dims, inputs[0].dtype)]


def _numbered(rng: np.random.Generator) -> list[Any]:
    return [((rng.normal(size=(4, 2)), np.int32(1), rng.normal(size=2)), {}),
            ((rng.normal(size=3), np.int32(0), np.asarray(rng.normal())), {})]


@op("SetRow", inputs="buffer: T, index: int32, value: T", samples=_numbered)
def set_row(buffer, index, value):
    """`buffer` with `value` as row `index`."""
    return lax.dynamic_update_index_in_dim(buffer, value.astype(buffer.dtype), index, 0)


set_row.shape(_like_buffer)


@set_row.lower
def _(context, operation, values):
    buffer, index, value = values
    if isinstance(buffer, Unset):
        buffer = buffer.zeros(np.shape(value), context.concrete)
    if not context.concrete:
        if jnp.shape(value) != jnp.shape(buffer)[1:]:
            raise ShapeFault(f"a row of shape {jnp.shape(value)} does not fit {jnp.shape(buffer)}")
        return [set_row.function(jnp.asarray(buffer), index, jnp.asarray(value))]
    buffer = np.array(buffer) if not isinstance(buffer, np.ndarray) or not buffer.flags.writeable else buffer
    return [with_row(buffer, int(index), np.asarray(value), in_place=True)]


def with_row(buffer: Any, index: int, value: np.ndarray, in_place: bool = False) -> np.ndarray:
    """`buffer` with another row; where its shape is another, the rows stand side by side in an array of arrays."""
    made = buffer if in_place else np.array(buffer)
    if made.dtype != object and value.shape != made.shape[1:]:
        rows = np.empty(made.shape[0], object)
        rows[:] = list(made)
        made = rows
    made[index] = value
    return made


class Unset:
    """The value of a buffer of `size` rows whose shape nobody knows yet."""

    def __init__(self, size: int, dtype: Any) -> None:
        self.size, self.dtype = size, np.dtype(dtype)
        _tell_jax()

    def zeros(self, row: tuple[int, ...], concrete: bool) -> Any:
        """The buffer, now that a row's shape is known."""
        return (np if concrete else jnp).zeros((self.size, *row), self.dtype)


@functools.cache
def _tell_jax() -> None:
    """A compiled stage may take such a value and hand it on: there is no array in it."""
    jax.tree_util.register_pytree_node(Unset, lambda unset: ((), (unset.size, unset.dtype.str)),
                                       lambda known, _: Unset(*known))


@set_row.grad
def _(call, dy):
    index = call.inputs[1]
    return clear_row(dy, index), None, get_row(dy, index)


@op("ClearRow", inputs="buffer: T, index: int32", samples=lambda rng: [((rng.normal(size=(4, 2)), np.int32(1)), {})])
def clear_row(buffer, index):
    """`buffer` with zeros as row `index`."""
    return lax.dynamic_update_index_in_dim(buffer, jnp.zeros(buffer.shape[1:], buffer.dtype), index, 0)


clear_row.shape(_like_buffer)


@clear_row.grad
def _(call, dy):
    return clear_row(dy, call.inputs[1]), None


@op("GetRow", inputs="buffer: T, index: int32", samples=lambda rng: [((rng.normal(size=(4, 2)), np.int32(1)), {})])
def get_row(buffer, index):
    """Row `index` of `buffer`."""
    return lax.dynamic_index_in_dim(buffer, index, 0, keepdims=False)


@get_row.shape
def _(inputs, attrs):
    dims = inputs[0].dims
    return [(None if dims is None else dims[1:], inputs[0].dtype)]


@get_row.lower
def _(context, operation, values):
    buffer, index = values
    return [np.asarray(buffer[int(index)]) if context.concrete else get_row.function(jnp.asarray(buffer), index)]


@get_row.grad
def _(call, dy):
    return only_row(dy, call.inputs[1], call.inputs[0]), None


@op("OnlyRow", inputs="value: T, index: int32, like: T",
    samples=lambda rng: [((rng.normal(size=2), np.int32(1), rng.normal(size=(4, 2))), {})])
def only_row(value, index, like):
    """Zeros of the shape of `like` with `value` as row `index`."""
    return lax.dynamic_update_index_in_dim(jnp.zeros(like.shape, like.dtype), value, index, 0)


@only_row.shape
def _(inputs, attrs):
    return [(inputs[2].dims, inputs[2].dtype)]


@only_row.grad
def _(call, dy):
    return get_row(dy, call.inputs[1]), None, None


@op("Either", inputs="first: bool, x: T, y: T",
    samples=lambda rng: [((np.array(True), rng.normal(size=2), rng.normal(size=2)), {})])
def either(first, x, y):
    """`x` where `first` holds, else `y`; the one that is not chosen may have another shape."""
    return jnp.where(first, x, y)


@either.shape
def _(inputs, attrs):
    x, y = inputs[1].dims, inputs[2].dims
    if x is None or y is None or len(x) != len(y):
        return [(None, inputs[1].dtype)]
    return [(tuple(a if a == b else None for a, b in zip(x, y, strict=True)), inputs[1].dtype)]


@either.lower
def _(context, operation, values):
    first, x, y = values
    return [(x if bool(first) else y) if context.concrete else jnp.where(first, x, y)]


@either.grad
def _(call, dy):
    first, x, y = call.inputs
    return None, either(first, dy, zeros_like_op(x)), either(first, zeros_like_op(y), dy)


@op("KnownAs", inputs="known: T, computed: T", samples=lambda rng: [((x := rng.normal(size=2), x), {})],
    waive={"gradient": "gradients flow to what it would be"})
def known_as(known, computed):
    """`known`, which is what `computed` would be: gradients flow to that."""
    return known


@known_as.shape
def _(inputs, attrs):
    return [(inputs[1].dims, inputs[1].dtype)]


@known_as.grad
def _(call, dy):
    return None, dy


@op("RowCount", inputs="buffer: T", differentiable=_COUNTS, samples=lambda rng: [((rng.normal(size=(4, 2)),), {})])
def row_count(buffer):
    """The number of rows, as int32."""
    return np.asarray(jnp.shape(buffer)[0], np.int32)


@row_count.shape
def _(inputs, attrs):
    return [((), dtypes.int32)]


@row_count.lower
def _(context, operation, values):
    buffer = values[0]
    return [np.asarray(buffer.size if isinstance(buffer, Unset) else buffer.shape[0], np.int32)]


@op("RowsIdentity", inputs="buffer: T", samples=lambda rng: [((rng.normal(size=(4, 2)),), {})])
def rows_identity(buffer):
    """The same buffer, as the output of another operation."""
    return buffer


rows_identity.shape(_like_buffer)


@rows_identity.lower
def _(context, operation, values):
    return list(values)


@rows_identity.grad
def _(call, dy):
    return dy


@op("SetRows", inputs="buffer: T, indices: int32, values: T",
    samples=lambda rng: [((rng.normal(size=(4, 2)), np.array([1, 3], np.int32), rng.normal(size=(2, 2))), {})])
def set_rows(buffer, indices, values):
    """`buffer` with `values` as the rows `indices`."""
    return jnp.asarray(buffer).at[indices].set(values)


set_rows.shape(_like_buffer)


@set_rows.lower
def _(context, operation, values):
    buffer, indices, rows = values
    if isinstance(buffer, Unset):
        buffer = buffer.zeros(np.shape(rows)[1:], context.concrete)
    if not context.concrete:
        return [set_rows.function(buffer, indices, rows)]
    made = np.array(buffer)
    made[np.asarray(indices)] = np.asarray(rows)
    return [made]


@set_rows.grad
def _(call, dy):
    indices = call.inputs[1]
    taken = _gathered(dy, indices)
    return set_rows(dy, indices, zeros_like_op(taken)), None, taken


def _gathered(params, indices):
    """The rows of `params` at `indices`."""
    return ops["GatherV2"](params, indices, np.int32(0))


# Places of checkpoints ------------------------------------------------------------------------------


def place_of(multiple: Any, exponent: Any, slots: int) -> Any:
    """Where checkpoint number `multiple` stands when checkpoints are 2^exponent iterations apart."""
    bits = slots.bit_length() - 1
    if bits == 0:
        return jnp.zeros_like(multiple)
    turn = exponent % bits
    return ((multiple << turn) | (multiple >> (bits - turn))) & (slots - 1)


@op("CheckpointPlace", inputs="iteration: int32, exponent: int32", outputs=("place", "exponent_now"),
    differentiable=_COUNTS, samples=lambda rng: [((np.int32(5), np.int32(0)), {"slots": 4})])
def checkpoint_place(iteration, exponent, *, slots: int):
    """Where to keep this iteration's state (place `slots` for those that are not kept), and the exponent from now."""
    exponent = exponent + (iteration == (jnp.int32(slots) << exponent)).astype(jnp.int32)
    kept = (iteration & ((jnp.int32(1) << exponent) - 1)) == 0
    place = place_of(iteration >> exponent, exponent, slots)
    return jnp.where(kept, place, slots).astype(jnp.int32), exponent


@op("CheckpointOf", inputs="multiple: int32, exponent: int32", differentiable=_COUNTS,
    samples=lambda rng: [((np.int32(3), np.int32(1)), {"slots": 4})])
def checkpoint_of(multiple, exponent, *, slots: int):
    """Where checkpoint number `multiple` stands."""
    return place_of(multiple, exponent, slots).astype(jnp.int32)


@op("WayTo", inputs="index: int32, count: int32, exponent: int32", differentiable=_COUNTS,
    outputs=("fresh", "place", "row", "first_row", "start", "begin", "exponent"),
    samples=lambda rng: [((np.int32(5), np.int32(7), np.int32(2)), {"slots": 2})])
def way_to(index, count, exponent, *, slots: int):
    """How to reach the state of iteration `index` of `count`, going backwards.

    fresh: from the checkpoint at `place` (and keep it in row `first_row` of the second buffer), else from `row` of
    the second buffer; that is the state of iteration `start`. begin: where the stretch begins that the second buffer
    holds, every 2^exponent-th state of it.
    """
    number = index >> exponent
    begin = number << exponent
    fresh = index == jnp.minimum(begin + (jnp.int32(1) << exponent), count) - 1
    apart = jnp.maximum(exponent - (slots.bit_length() - 1), 0)
    row = (index - begin) >> apart
    start = jnp.where(fresh, begin, begin + (row << apart))
    first_row = jnp.where(fresh, 0, slots)
    found = place_of(number, exponent, slots), row, first_row, start, begin, apart
    return (fresh, *(v.astype(jnp.int32) for v in found))


@way_to.shape
def _(inputs, attrs):
    return [((), dtypes.bool)] + [((), dtypes.int32)] * 6


@op("RowAfter", inputs="iteration: int32, begin: int32, exponent: int32", differentiable=_COUNTS,
    samples=lambda rng: [((np.int32(5), np.int32(4), np.int32(1)), {"slots": 4})])
def row_after(iteration, begin, exponent, *, slots: int):
    """The row of the second buffer for the state after `iteration`; `slots` where it is not kept."""
    at = iteration + 1 - begin
    kept = (at & ((jnp.int32(1) << exponent) - 1)) == 0
    return jnp.where(kept, jnp.minimum(at >> exponent, slots), slots).astype(jnp.int32)


def _scalars(count: int) -> Callable[..., Any]:
    """The shape rule of an op that gives so many numbers."""
    return lambda inputs, attrs: [((), inputs[0].dtype)] * count


for _op in (checkpoint_place, checkpoint_of, row_after):
    _op.shape(_scalars(len(_op.output_names) or 1))
