"""Slices that take new values: `v[1:3].assign(x)`, and the same on tensors, which gives a new one."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp
from hornbeam.graph.call import graph_for
from hornbeam.graph.execute import Failed, execute, finding
from hornbeam.graph.op import INDEX, never, op
from hornbeam.ops import dims as shapes
from hornbeam.ops import rules
from hornbeam.ops.dims import ShapeFault
from hornbeam.ops.slicing import MASKS, Masks, Spec, _ints, _masks, _only_places_move, _sliced

_UPDATE = never("a variable is updated in place")
_VECTORS = "begin: Index static, end: Index static, strides: Index static"


def _index(spec: Spec, dims: Sequence[int], places: Sequence[Any]) -> tuple[Any, ...]:
    """The slice as an index of arrays, the single places being given."""
    given, index, at = iter(places), [], 0
    for kind, entry in spec.steps:
        if kind == "new":
            index.append(None)
            continue
        if kind == "place":
            index.append(next(given))
        elif kind == "all":
            index.append(slice(None))
        else:
            start, stop, hop = spec.bounds(entry, dims[at])
            index.append(slice(start, None if stop < 0 else stop, hop))
        at += 1
    return tuple(index)


def _fitted(value: Any, wanted: tuple[int, ...]) -> Any:
    """The value in the shape of the slice. Raises ShapeFault where it does not fit."""
    shape = jnp.shape(value)
    extra = max(0, len(shape) - len(wanted))
    inner = shape[extra:]
    fits = all(n == 1 for n in shape[:extra]) and all(
        n in (1, m) for n, m in zip(inner, wanted[len(wanted) - len(inner):], strict=True))
    if not fits:
        raise ShapeFault(f"Cannot broadcast input shape {rules.text(shape)} into final shape {rules.text(wanted)}")
    return jnp.broadcast_to(jnp.reshape(value, inner), wanted)


def _put(x: Any, value: Any, spec: Spec, places: Sequence[Any]) -> Any:
    """`x` with its slice replaced."""
    dims = jnp.shape(x)
    fitted = _fitted(value, tuple(spec.result(dims)))  # type: ignore[arg-type]
    return jnp.asarray(x).at[_index(spec, dims, places)].set(fitted)


def _put_known(x: Any, vectors: Sequence[Any], value: Any, masks: Masks) -> Any:
    begin, end, strides = map(_ints, vectors)
    spec = Spec(begin, end, strides, masks, jnp.ndim(x))
    return _put(x, value, spec, [spec.begin[i] for i in spec.places()])


def _samples(rng: np.random.Generator) -> list[Any]:
    x = rng.normal(size=(3, 4))

    def sample(begin: list[int], end: list[int], strides: list[int], value: Any, **masks: int) -> Any:
        return (x, *(np.array(v, np.int32) for v in (begin, end, strides)), np.asarray(value)), masks

    return [sample([1], [3], [1], rng.normal(size=(2, 4))), sample([0, 3], [3, 0], [2, -2], rng.normal(size=(2, 2))),
            sample([1, 2], [2, 3], [1, 1], 7.0, shrink_axis_mask=3),
            sample([0, 0, 1], [0, 1, 2], [1, 1, 1], rng.normal(size=(1, 4)), new_axis_mask=1, shrink_axis_mask=2,
                   end_mask=4, begin_mask=4)]


def _shape(inputs: Any, attrs: dict[str, Any]) -> Any:
    _sliced(inputs[0].dims, inputs[1:4], attrs)
    return [(inputs[0].dims, inputs[0].dtype)]


@op("TensorStridedSliceUpdate", inputs=f"input: T, {_VECTORS}, value: T", Index=INDEX, samples=_samples)
def tensor_strided_slice_update_op(input, begin, end, strides, value, *, begin_mask: int = 0, end_mask: int = 0,
                                   ellipsis_mask: int = 0, new_axis_mask: int = 0, shrink_axis_mask: int = 0):
    """The tensor with new values in a slice; `value` broadcasts to it."""
    masks = Masks(begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask)
    return _put_known(input, (begin, end, strides), value, masks)


tensor_strided_slice_update_op.shape(_shape)


# On variables ----------------------------------------------------------------------------------------


@op("StridedSliceAssign", inputs=f"ref: T ref, {_VECTORS}, value: T", writes=("ref",), differentiable=_UPDATE,
    Index=INDEX, samples=_samples)
def strided_slice_assign_op(ref, begin, end, strides, value, *, begin_mask: int = 0, end_mask: int = 0,
                            ellipsis_mask: int = 0, new_axis_mask: int = 0, shrink_axis_mask: int = 0):
    """A slice of the variable takes `value`, which broadcasts to it; gives the whole variable."""
    masks = Masks(begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask)
    return _put_known(ref, (begin, end, strides), value, masks)


strided_slice_assign_op.shape(_shape)


@strided_slice_assign_op.static
def _(operation):
    """Places that only a run tells cost no compilation."""
    vectors = operation.inputs[1:4]
    return [] if _only_places_move(operation, vectors) else list(vectors)


@strided_slice_assign_op.lower
def _(context, call, values):
    entries = _only_places_move(call, call.inputs[1:4])
    ref, begin, value = values[0], values[1], values[4]
    if entries is None or (not context.concrete and isinstance(begin, np.ndarray)):
        return context.apply(call, values)
    spec = Spec(entries.begin, entries.end, entries.strides, _masks(call.attrs), jnp.ndim(ref))
    if context.concrete:
        attrs = slice_assign_at.normalized({**spec_attrs(spec), **{k: call.attrs[k] for k in MASKS}})
        try:
            return execute(slice_assign_at, [ref, np.asarray(begin)[spec.places()].astype(np.int64), value], attrs)
        except (ShapeFault, Failed) as fault:
            raise shapes.refused(call, getattr(fault, "run", None) or str(fault)) from None
    places = [begin[i] for i in spec.places()]
    context.note(call, finding(*spec.found_outside(jnp.shape(ref), places)))
    return (_put(ref, value, spec, places),)


@strided_slice_assign_op.message
def _outside_text(numbers: Any, inputs: Any, attrs: Any) -> str:
    return f"slice index {int(numbers[0])} of dimension {int(numbers[1])} out of bounds."


@op("StridedSliceAssignAt", inputs="ref: T ref, places: int64, value: T", writes=("ref",), differentiable=_UPDATE,
    samples=lambda rng: [((rng.normal(size=(3, 4)), np.array([2]), rng.normal(size=2)), {
        "begin": (None, 1), "end": (None, 3), "strides": (1, 1), "shrink_axis_mask": 1})])
def slice_assign_at(ref, places, value, *, begin: Any, end: Any, strides: Any, begin_mask: int = 0, end_mask: int = 0,
                    ellipsis_mask: int = 0, new_axis_mask: int = 0, shrink_axis_mask: int = 0):
    """As `StridedSliceAssign`, the single places being a tensor: one program for all of them."""
    masks = Masks(begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask)
    spec = Spec(begin, end, strides, masks, jnp.ndim(ref))
    return _put(ref, value, spec, [places[i] for i in range(len(spec.places()))])


@slice_assign_at.shape
def _(inputs, attrs):
    spec = _told(inputs[0].dims, attrs)
    if spec is not None:
        shapes.merged((len(spec.places()),), inputs[1].dims)
    return [(inputs[0].dims, inputs[0].dtype)]


def _told(dims: Any, attrs: dict[str, Any]) -> Spec | None:
    vectors = [attrs[k] for k in ("begin", "end", "strides")]
    if any(not isinstance(v, tuple) or len(v) != len(vectors[0]) for v in vectors) or any(
            not isinstance(e, int | None) for v in vectors for e in v):
        raise ShapeFault("begin, end and strides are tuples of one length, of integers or None")
    begin, end, strides = vectors
    return None if dims is None else Spec(begin, end, strides, _masks(attrs), len(dims))


@slice_assign_at.check
def _(ref, places, value, *, begin, end, strides, **masks):
    spec = Spec(begin, end, strides, _masks(masks), jnp.ndim(ref))
    return spec.found_outside(jnp.shape(ref), [places[i] for i in range(len(spec.places()))])


slice_assign_at.message(_outside_text)


def spec_attrs(spec: Spec) -> dict[str, Any]:
    """A slice whose single places are left open, as attributes."""
    places = spec.places()

    def free(entries: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(None if i in places else e for i, e in enumerate(entries))

    return {"begin": free(spec.begin), "end": free(spec.end), "strides": tuple(spec.strides)}


def assigner(variable: Any, part: Any, index: Any) -> Callable[..., Any]:
    """`assign(value, name=None)` of the slice `part` of a variable.

    index: begin, end, strides and masks, as `indexing.py` has them. In a graph the result is the whole variable's
    new value, eagerly the variable itself.
    """
    if graph_for(part) is not None:
        return functools.partial(_assign_node, variable, part.op)
    return functools.partial(_assign_now, variable, index)


def _assign_node(variable: Any, node: Any, value: Any, name: str | None = None) -> Any:
    return strided_slice_assign_op(variable, *node.inputs[1:4], value, **{k: node.attrs[k] for k in MASKS},
                                   name=name or f"{node.name}/_assign/")


def _assign_now(variable: Any, index: Any, value: Any, name: str | None = None) -> Any:
    begin, end, strides, masks = index
    spec = Spec(begin, end, strides, masks, len(variable.shape))
    bits = dict(zip(MASKS, masks, strict=True))
    places = [begin[i] for i in spec.places()]
    if places:
        slice_assign_at(variable, np.array(places, np.int64), value, **spec_attrs(spec), **bits)
    else:
        vectors = [np.array(v, np.int64) for v in (begin, end, strides)]
        strided_slice_assign_op(variable, *vectors, value, **bits)
    return variable


__all__ = ["assigner", "slice_assign_at", "strided_slice_assign_op", "tensor_strided_slice_update_op"]
