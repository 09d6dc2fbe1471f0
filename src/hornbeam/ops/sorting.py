"""Order: sort, argsort, searchsorted; and places counted row by row."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp
from hornbeam.graph import dtypes
from hornbeam.graph.call import composite
from hornbeam.graph.names import public
from hornbeam.graph.op import INDEX, REALS, never, op
from hornbeam.ops import dims as shapes
from hornbeam.ops import rules
from hornbeam.ops.conversion import convert, scope_name
from hornbeam.ops.dims import ShapeFault
from hornbeam.ops.moving import slice as slice_
from hornbeam.ops.shaping import reshape, shape_of

_PLACES = never("integer result")


def _samples(rng: np.random.Generator) -> list[Any]:
    x = rng.permutation(12).reshape(3, 4).astype(np.float64)
    return [((x,), {"axis": a, "descending": d}) for a in (0, -1) for d in (False, True)]


def _sorted_axis(inputs: Any, attrs: dict[str, Any]) -> None:
    dims, axis = inputs[0].dims, attrs["axis"]
    if dims is not None:
        shapes.normal_axis(axis, len(dims), f"axis {axis} is out of range for a tensor of rank {len(dims)}")


@op("SortValues", inputs="values: T", T=REALS, samples=_samples)
def sort_op(values, *, axis: int = -1, descending: bool = False):
    """The elements along an axis in order."""
    return jnp.sort(values, axis, descending=descending)


@sort_op.shape
def _(inputs, attrs):
    _sorted_axis(inputs, attrs)
    return [(inputs[0].dims, inputs[0].dtype)]


@sort_op.grad
def _(call, dy):
    x = call.inputs[0]
    return sort_grad(dy, argsort_op(x, **call.attrs), axis=call.attrs["axis"])


@op("SortGrad", inputs="dy: T, places: int32", samples=lambda rng: [
    ((rng.normal(size=(2, 3)), np.array([[1, 0, 2], [2, 1, 0]], np.int32)), {})])
def sort_grad(dy, places, *, axis: int = -1):
    """Each element back at the place it was sorted from."""
    return jnp.take_along_axis(dy, jnp.argsort(places, axis), axis, mode="clip")


sort_grad.shape(rules.as_first)


@sort_grad.grad
def _(call, dy):
    return take_along(dy, call.inputs[1], axis=call.attrs["axis"]), None


@op("TakeAlongAxis", inputs="x: T, places: int32", samples=lambda rng: [
    ((rng.normal(size=(2, 3)), np.array([[1, 0, 2], [2, 1, 0]], np.int32)), {})])
def take_along(x, places, *, axis: int = -1):
    """The elements along an axis at the given places."""
    return jnp.take_along_axis(x, places, axis, mode="clip")


take_along.shape(rules.as_first)


@op("SortPlaces", inputs="values: T", T=REALS, differentiable=_PLACES, samples=_samples)
def argsort_op(values, *, axis: int = -1, descending: bool = False):
    """The places of the elements along an axis in order; equal ones stay in theirs."""
    return jnp.argsort(values, axis, descending=descending, stable=True).astype(jnp.int32)


@argsort_op.shape
def _(inputs, attrs):
    _sorted_axis(inputs, attrs)
    return [(inputs[0].dims, dtypes.int32)]


def _descending(direction: str) -> bool:
    wanted = str(direction).upper()
    if wanted not in ("ASCENDING", "DESCENDING"):
        raise ValueError("Argument `direction` should be one of ASCENDING, DESCENDING. "
                         f"Received: direction={direction}")
    return wanted == "DESCENDING"


def _axis(axis: Any) -> int:
    value = shapes.static_value(axis) if hasattr(axis, "dims") else axis
    if value is None:
        raise ValueError("a sort's axis must be known while a graph is built")
    return int(value)


@public("sort")
@composite("sort")
def sort(values: Any, axis: Any = -1, direction: str = "ASCENDING", name: str | None = None) -> Any:
    """The elements of a tensor of rank ≥ 1 in order along `axis`. direction: "ASCENDING" or "DESCENDING".

    >>> sort([3, 1, 2]).numpy().tolist()
    [1, 2, 3]
    """
    return sort_op(convert(values, name="values"), axis=_axis(axis), descending=_descending(direction),
                   name=scope_name())


@public("argsort")
@composite("argsort")
def argsort(values: Any, axis: Any = -1, direction: str = "ASCENDING", stable: bool = False,
            name: str | None = None) -> Any:
    """The places of the elements in order along `axis`, as int32; equal elements always keep their order."""
    return argsort_op(convert(values, name="values"), axis=_axis(axis), descending=_descending(direction),
                      name=scope_name())


# Search ----------------------------------------------------------------------------------------------


def _search(sorted_inputs: Any, values: Any, side: str, out_type: Any) -> Any:
    if jnp.shape(sorted_inputs)[-1] == 0 or 0 in jnp.shape(values):
        return jnp.zeros(jnp.shape(values), out_type.np_dtype)
    found = jax.vmap(lambda s, v: jnp.searchsorted(s, v, side=side, method="scan_unrolled"))(sorted_inputs, values)
    return found.astype(out_type.np_dtype)


def _searches(rng: np.random.Generator) -> list[Any]:
    return [((np.sort(rng.normal(size=(2, 5))), rng.normal(size=(2, 3))), {}),
            ((np.array([[1, 2, 2, 3]]), np.array([[2, 0, 9]])), {"out_type": dtypes.int64})]


@op("LowerBound", inputs="sorted_inputs: T, values: T", attr_types={"out_type": "type"}, differentiable=_PLACES,
    samples=_searches)
def lower_bound(sorted_inputs, values, *, out_type: Any = dtypes.int32):
    """For each row, where values would go in before equal ones."""
    return _search(sorted_inputs, values, "left", out_type)


@op("UpperBound", inputs="sorted_inputs: T, values: T", attr_types={"out_type": "type"}, differentiable=_PLACES,
    samples=_searches)
def upper_bound(sorted_inputs, values, *, out_type: Any = dtypes.int32):
    """For each row, where values would go in after equal ones."""
    return _search(sorted_inputs, values, "right", out_type)


def _bound_shape(inputs: Any, attrs: dict[str, Any]) -> Any:
    rows, values = inputs[0].dims, inputs[1].dims
    for dims in (rows, values):
        shapes.want_rank(dims, 2)
    if rows is not None and values is not None:
        shapes.merged(rows[:1], values[:1], f"Leading dim_size of both tensors must match: {rows[0]} vs. {values[0]}")
    return [(values, attrs["out_type"])]


lower_bound.shape(_bound_shape)
upper_bound.shape(_bound_shape)


@public("searchsorted")
def searchsorted(sorted_sequence: Any, values: Any, side: str = "left", out_type: Any = dtypes.int32,
                 name: str | None = None) -> Any:
    """Where `values` would go into sequences that are sorted along their last dimension.

    side: "left" before equal elements, "right" after them. The leading dimensions of both agree.
    Raises ValueError for another side.

    >>> searchsorted([1, 3, 5], [3, 9]).numpy().tolist()
    [1, 3]
    """
    if side not in ("left", "right"):
        raise ValueError(f"Argument `side` must be either 'right' or 'left'. Received: `side` = '{side}'.")
    rows, wanted = convert(sorted_sequence), convert(values)
    if wanted.dtype.base_dtype is not rows.dtype.base_dtype:
        wanted = convert(values, rows.dtype.base_dtype)
    find = lower_bound if side == "left" else upper_bound
    found = find(_rows(rows), _rows(wanted), out_type=dtypes.as_dtype(out_type), name=name)
    return reshape(found, shape_of(wanted))


def _rows(x: Any) -> Any:
    if x.dims is not None and len(x.dims) == 2:
        return x
    last = x.dims[-1] if x.dims else None
    if last:
        return reshape(x, [-1, last])
    sizes = shape_of(x)
    return reshape(x, [-1, slice_(sizes, [len(x.dims) - 1], [1])[0]]) if x.dims is not None else \
        reshape(x, [-1, sizes[-1]])


# Places ----------------------------------------------------------------------------------------------


@op("UnravelIndex", inputs="indices: Tidx, dims: Tidx", names=("unravel_index",), Tidx=INDEX, differentiable=_PLACES,
    samples=lambda rng: [((np.array([5, 7, 11]), np.array([3, 4])), {}),
                         ((np.int32(5), np.array([2, 3], np.int32)), {})])
def unravel_index(indices, dims):
    """The coordinates of elements that are counted row by row in a tensor of shape `dims`.

    One row a dimension, one column an index (a vector for a single index). Raises InvalidArgumentError for an index
    outside of the tensor.
    """
    rank = jnp.shape(dims)[0]
    out = []
    for i in range(rank):
        after = jnp.prod(dims[i + 1:], dtype=dims.dtype)
        out.append(indices // jnp.maximum(after, 1) % jnp.maximum(dims[i], 1))
    return jnp.stack(out) if out else jnp.zeros((0, *jnp.shape(indices)), indices.dtype)


@unravel_index.shape
def _(inputs, attrs):
    (indices, dtype), dims = inputs[0][:2], inputs[1].dims
    shapes.want_rank(dims, 1, "The indices can only be scalar or vector.")
    if indices is not None and len(indices) > 1:
        raise ShapeFault(f"Shape must be at most rank 1 but is rank {len(indices)}",
                         "The indices can only be scalar or vector.")
    rank = None if dims is None else dims[0]
    return [(None if indices is None else (rank, *indices), dtype)]


@unravel_index.check
def _(indices, dims):
    total = jnp.prod(dims, dtype=jnp.int64)
    return ((indices < 0) | (indices >= total)).any(), []


@unravel_index.message
def _(numbers, inputs, attrs):
    return "index is out of bound as with dims"
