"""Strided slices: `x[1:, ..., i, None]` as the op StridedSlice. `indexing.py` says what `[]` makes of it.

A slice is said by vectors begin, end and strides, with bits that say which entries are an ellipsis, a new dimension,
a single place (shrink) or have no bound. `Spec` turns these into one step a dimension. Entries that only a run tells
cost no compilation where they are single places.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, final

import numpy as np

from hornbeam.backend.lazy import jax, jnp
from hornbeam.graph import dtypes, infer
from hornbeam.graph.execute import Failed, execute, finding
from hornbeam.graph.names import public
from hornbeam.graph.op import INDEX, op
from hornbeam.graph.op import registry as ops
from hornbeam.graph.tensor import GraphTensor
from hornbeam.ops import dims as shapes
from hornbeam.ops.conversion import convert, shape_argument
from hornbeam.ops.dims import ShapeFault
from hornbeam.ops.shaping import shape_of

Entry = int | None


@final
class Step(NamedTuple):
    """What happens at one place of the result or the input: `kind` is "new", "all", "place" or "range".

    `entry`: which entry of begin, end and strides says it.
    """

    kind: str
    entry: int


class Masks(NamedTuple):
    """The five bit masks, in the order of the op's attributes."""

    begin: int = 0
    end: int = 0
    ellipsis: int = 0
    new_axis: int = 0
    shrink: int = 0


@final
class Spec:
    """A strided slice of a tensor of known rank. Raises ShapeFault for one that no tensor of this rank has."""

    def __init__(self, begin: Sequence[Entry], end: Sequence[Entry], strides: Sequence[Entry], masks: Masks,
                 rank: int) -> None:
        self.begin, self.end, self.strides, self.masks = begin, end, strides, masks
        self.steps = _steps(len(begin), masks, rank)
        for i, s in enumerate(strides):
            if s == 0:
                raise ShapeFault(f"strides[{i}] must be non-zero")
            if s is not None and s < 1 and Step("place", i) in self.steps:
                raise ShapeFault("only stride 1 allowed on non-range indexing.")

    def bounds(self, entry: int, size: int) -> tuple[int, int, int]:
        """Start, stop and stride of a range in a dimension of known size."""
        low = None if self.masks.begin >> entry & 1 else self.begin[entry]
        high = None if self.masks.end >> entry & 1 else self.end[entry]
        return slice(low, high, self.strides[entry]).indices(size)

    def length(self, entry: int, size: Entry) -> Entry:
        """How many elements a range takes, None where that is unknown."""
        free_low, free_high = self.masks.begin >> entry & 1, self.masks.end >> entry & 1
        low, high, stride = self.begin[entry], self.end[entry], self.strides[entry]
        if stride is None or (low is None and not free_low) or (high is None and not free_high):
            return None
        if size is not None:
            return len(range(*self.bounds(entry, size)))
        if not free_low and not free_high and (low >= 0) == (high >= 0):  # type: ignore[operator]
            return 0 if len(range(low, high, stride)) == 0 else None  # type: ignore[arg-type]
        return None

    def result(self, dims: Sequence[Entry]) -> tuple[Entry, ...]:
        """The shape of the slice. Raises ShapeFault for a place outside of a known dimension."""
        out: list[Entry] = []
        at = 0
        for kind, entry in self.steps:
            if kind == "new":
                out.append(1)
                continue
            size = dims[at]
            if kind == "all":
                out.append(size)
            elif kind == "range":
                out.append(self.length(entry, size))
            else:
                self.refuse_place(self.begin[entry], size, at)
            at += 1
        return tuple(out)

    def refuse_place(self, place: Entry, size: Entry, at: int) -> None:
        """Raise ShapeFault where a known place is outside of a known dimension."""
        if place is not None and size is not None:
            forward = place + size if place < 0 else place
            if not 0 <= forward < size:
                raise ShapeFault(f"slice index {forward} of dimension {at} out of bounds.")

    def places(self) -> list[int]:
        """The entries that are single places, in order."""
        return [entry for kind, entry in self.steps if kind == "place"]

    def take(self, x: Any, places: Sequence[Any]) -> Any:
        """The slice of `x`, the single places being given (integers or traced)."""
        dims = jnp.shape(x)
        at, final_dims = 0, []
        given = iter(places)
        lows, highs, hops, turned = [0] * len(dims), list(dims), [1] * len(dims), []
        moving: list[tuple[int, Any]] = []
        for kind, entry in self.steps:
            if kind == "new":
                final_dims.append(1)
                continue
            if kind == "range":
                low, high, hop, count = self._forward(entry, dims[at])
                lows[at], highs[at], hops[at] = low, high, abs(hop)
                turned += [at] if hop < 0 else []
                final_dims.append(count)
            elif kind == "all":
                final_dims.append(dims[at])
            else:
                place = next(given)
                if isinstance(place, int):
                    lows[at] = place + dims[at] if place < 0 else place
                    highs[at] = lows[at] + 1
                else:
                    moving.append((at, place))
            at += 1
        if lows != [0] * len(dims) or highs != list(dims) or hops != [1] * len(dims):
            x = jax.lax.slice(x, lows, highs, hops)
        x = jax.lax.rev(x, turned) if turned else x
        for axis, place in moving:
            x = jax.lax.dynamic_slice_in_dim(x, _inside(place, dims[axis]), 1, axis)
        return jnp.reshape(x, final_dims)

    def put(self, dy: Any, dims: Sequence[int], places: Sequence[Any]) -> Any:
        """A tensor of zeros of shape `dims` whose slice is `dy`: the transposed of `take`."""
        given = iter(places)
        parts, edges, turned = [], [], []
        moving: list[tuple[int, Any]] = []
        at = 0
        for kind, entry in self.steps:
            if kind == "new":
                continue
            size = dims[at]
            if kind == "range":
                low, _, hop, count = self._forward(entry, size)
                parts.append(count)
                last = low + (count - 1) * abs(hop) + 1 if count else low
                edges.append((low, size - last, abs(hop) - 1))
                turned += [at] if hop < 0 else []
            elif kind == "all":
                parts.append(size)
                edges.append((0, 0, 0))
            else:
                place = next(given)
                parts.append(1)
                if isinstance(place, int):
                    forward = place + size if place < 0 else place
                    edges.append((forward, size - forward - 1, 0))
                else:
                    edges.append((0, 0, 0))
                    moving.append((at, place))
            at += 1
        dy = jnp.reshape(dy, parts)
        dy = jax.lax.rev(dy, turned) if turned else dy
        dy = jax.lax.pad(dy, jnp.zeros((), dy.dtype), edges)
        if not moving:
            return dy
        starts = [jnp.int64(0)] * len(dims)
        for axis, place in moving:
            starts[axis] = _inside(place, dims[axis]).astype(jnp.int64)
        return jax.lax.dynamic_update_slice(jnp.zeros(tuple(dims), dy.dtype), dy, starts)

    def _forward(self, entry: int, size: int) -> tuple[int, int, int, int]:
        """A range as low, high, stride and count, where low ≤ high also for negative strides."""
        start, stop, hop = self.bounds(entry, size)
        count = len(range(start, stop, hop))
        if not count:
            return 0, 0, hop, 0
        last = start + (count - 1) * hop
        return min(start, last), max(start, last) + 1, hop, count

    def found_outside(self, dims: Sequence[int], places: Sequence[Any]) -> tuple[Any, list[Any]]:
        """For a check: whether a place is outside of its dimension, and which (place, dimension)."""
        failed: Any = jnp.asarray(False)
        number: Any = jnp.int64(0)
        axis: Any = jnp.int64(0)
        given, at = iter(places), 0
        for kind, _ in self.steps:
            if kind == "place":
                place = jnp.asarray(next(given)).astype(jnp.int64)
                forward = jnp.where(place < 0, place + dims[at], place)
                bad = (forward < 0) | (forward >= dims[at])
                number, axis = (jnp.where(bad & ~failed, a, b) for a, b in ((forward, number), (at, axis)))
                failed = failed | bad
            at += kind != "new"
        return failed, [number, axis]


def _inside(place: Any, size: int) -> Any:
    return jnp.clip(jnp.where(place < 0, place + size, place), 0, max(0, size - 1))


def _steps(count: int, masks: Masks, rank: int) -> tuple[Step, ...]:
    """One step a dimension of the input or new dimension; the ellipsis spreads over what nothing else says."""
    said = 0
    ellipses = [i for i in range(count) if masks.ellipsis >> i & 1]
    if len(ellipses) > 1:
        raise ShapeFault("Multiple ellipses in slice spec not allowed")
    for i in range(count):
        said += not (i in ellipses or masks.new_axis >> i & 1)
    if said > rank:
        raise ShapeFault(f"Index out of range using input dim {rank}; input has only {rank} dims")
    steps: list[Step] = []
    for i in range(count):
        if i in ellipses:
            steps += [Step("all", i)] * (rank - said)
        elif masks.new_axis >> i & 1:
            steps.append(Step("new", i))
        else:
            steps.append(Step("place" if masks.shrink >> i & 1 else "range", i))
    if not ellipses:
        steps += [Step("all", count)] * (rank - said)
    return tuple(steps)


# The op ----------------------------------------------------------------------------------------------


def _masks(attrs: dict[str, Any]) -> Masks:
    return Masks(attrs["begin_mask"], attrs["end_mask"], attrs["ellipsis_mask"], attrs["new_axis_mask"],
                 attrs["shrink_axis_mask"])


def _ints(vector: Any) -> list[Any]:
    return [int(v) for v in vector]


def _slices(rng: np.random.Generator) -> list[Any]:
    x = rng.normal(size=(3, 4, 5))

    def sample(begin: list[int], end: list[int], strides: list[int], **masks: int) -> Any:
        return (x, *(np.array(v, np.int32) for v in (begin, end, strides))), masks

    return [sample([0, 1], [2, 4], [1, 2]), sample([2, 3], [0, 0], [-1, -2], end_mask=2),
            sample([1, 0, 4], [2, 0, 5], [1, 1, 1], shrink_axis_mask=5, ellipsis_mask=2),
            sample([0, 0, 2], [0, 3, 2], [1, 1, 1], new_axis_mask=1), sample([], [], [])]


@op("StridedSlice", inputs="input: T, begin: Index static, end: Index static, strides: Index static",
    Index=(dtypes.int16, *INDEX), samples=_slices)
def strided_slice_op(input, begin, end, strides, *, begin_mask: int = 0, end_mask: int = 0, ellipsis_mask: int = 0,
                     new_axis_mask: int = 0, shrink_axis_mask: int = 0):
    """A slice of a tensor with strides; the masks say which entries are bounds, places, new dimensions."""
    masks = Masks(begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask)
    spec = Spec(_ints(begin), _ints(end), _ints(strides), masks, jnp.ndim(input))
    return spec.take(input, [spec.begin[i] for i in spec.places()])


@strided_slice_op.shape
def _(inputs, attrs):
    return [(_sliced(inputs[0].dims, inputs[1:], attrs), inputs[0].dtype)]


def _sliced(dims: Any, vectors: Sequence[Any], attrs: dict[str, Any]) -> Any:
    counts = [v.dims[0] for v in vectors if v.dims and v.dims[0] is not None]
    if len(set(counts)) > 1:
        raise ShapeFault("Expected begin, end, and strides to be 1D equal size tensors, but got shapes "
                         f"{', '.join(shapes.text(v.dims) for v in vectors)} instead.")
    count = counts[0] if counts else None
    if dims is None or count is None:
        return None
    begin, end, strides = (_ints(v.value) if v.value is not None else list(v.partial or (None,) * count)
                           for v in vectors)
    return Spec(begin, end, strides, _masks(attrs), len(dims)).result(dims)


def known_entries(tensor: GraphTensor) -> list[Entry] | None:
    """The entries of a vector, None for those that only a run tells; None where even their number is unknown."""
    value = infer.constant_value(tensor)
    if value is not None:
        return [int(v) for v in value] if value.ndim == 1 else None
    dims = tensor._dims
    count = dims[0] if dims and len(dims) == 1 else None
    if count is None:
        return None
    if tensor.op.type != "Pack" or tensor.op.inputs[0]._dims != ():
        return [None for _ in range(count)]
    return [None if (v := infer.constant_value(t)) is None else int(v) for t in tensor.op.inputs]


class _Entries(NamedTuple):
    begin: list[Entry]
    end: list[Entry]
    strides: list[Entry]


def _only_places_move(operation: Any, vectors: Sequence[GraphTensor]) -> _Entries | None:
    """The known entries, where some are unknown but all those are single places; else None."""
    begin, end, strides = (known_entries(t) for t in vectors)
    if begin is None or end is None or strides is None or None in strides:
        return None
    if not len(begin) == len(end) == len(strides):
        return None  # an error, once it runs
    masks = _masks(operation.attrs)
    places = masks.shrink & ~masks.ellipsis & ~masks.new_axis
    unknown = [i for i, (b, e) in enumerate(zip(begin, end, strict=True)) if b is None or e is None]
    return _Entries(begin, end, strides) if unknown and all(places >> i & 1 for i in unknown) else None


@strided_slice_op.static
def _(operation):
    """Places that only a run tells cost no compilation."""
    vectors = operation.inputs[1:]
    return [] if _only_places_move(operation, vectors) else list(vectors)


@strided_slice_op.lower
def _(context, call, values):
    entries = _only_places_move(call, call.inputs[1:])
    x, begin = values[:2]
    if entries is None or (not context.concrete and isinstance(begin, np.ndarray)):
        return context.apply(call, values)
    spec = Spec(entries.begin, entries.end, entries.strides, _masks(call.attrs), jnp.ndim(x))
    if context.concrete:
        return _stepped(call, slice_at, [x, np.asarray(begin)[spec.places()].astype(np.int64)], spec)
    places = [begin[i] for i in spec.places()]
    context.note(call, finding(*spec.found_outside(jnp.shape(x), places)))
    return (spec.take(x, places),)


def _stepped(call: Any, at_op: Any, args: list[Any], spec: Spec) -> Any:
    attrs = at_op.normalized({"begin": tuple(spec.begin), "end": tuple(spec.end), "strides": tuple(spec.strides),
                              **{k: call.attrs[k] for k in MASKS}})
    try:
        return execute(at_op, args, attrs)
    except (ShapeFault, Failed) as fault:
        raise shapes.refused(call, getattr(fault, "run", None) or str(fault)) from None


MASKS = ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask")


@strided_slice_op.message
def _(numbers, inputs, attrs):
    return f"slice index {int(numbers[0])} of dimension {int(numbers[1])} out of bounds."


@strided_slice_op.grad
def _(call, dy):
    x, begin, end, strides = call.inputs
    shape = shape_of(x, begin.dtype.base_dtype if begin.dtype.base_dtype in INDEX else None)
    return strided_slice_grad(shape, begin, end, strides, dy, **{k: call.attrs[k] for k in MASKS}), None, None, None


@strided_slice_op.value
def _(tensor, known):
    operation = tensor.op
    begin, end, strides = (known(t) for t in operation.inputs[1:])
    if begin is None or end is None or strides is None:
        return None
    source = known(operation.inputs[0])
    if source is None:
        part = _partial_slice(tensor)
        if part is None or None in part or operation.inputs[0].dtype.base_dtype not in INDEX:
            return None
        return np.array(part, tensor.dtype.base_dtype.np_dtype).reshape(tensor._dims)
    if source.size > 1024:
        return None
    spec = Spec(_ints(begin), _ints(end), _ints(strides), _masks(operation.attrs), source.ndim)
    return _numpy_take(spec, source)


def _numpy_take(spec: Spec, source: np.ndarray) -> np.ndarray:
    index: list[Any] = []
    at = 0
    for kind, entry in spec.steps:
        if kind == "new":
            index.append(None)
            continue
        if kind == "place":
            index.append(spec.begin[entry])
        elif kind == "all":
            index.append(slice(None))
        else:
            start, stop, hop = spec.bounds(entry, source.shape[at])
            index.append(slice(start, None if stop < 0 else stop, hop))
        at += 1
    return np.array(source[tuple(index)])


@infer.partial_rule("StridedSlice")
def _(tensor):
    return _partial_slice(tensor)


def _partial_slice(tensor: GraphTensor) -> Any:
    """The entries of a vector that a slice takes, as far as they are known."""
    operation = tensor.op
    source = operation.inputs[0]
    if source._dims is None or len(source._dims) != 1 or tensor._dims is None or len(tensor._dims) > 1:
        return None
    vectors = [infer.constant_value(t) for t in operation.inputs[1:]]
    held = infer.partial_shape(source) if source.dtype.base_dtype in INDEX and all(
        v is not None for v in vectors) else None
    if held is None:
        return None
    entries = np.empty(len(held), object)
    entries[:] = held
    begin, end, strides = (_ints(v) for v in vectors)
    spec = Spec(begin, end, strides, _masks(operation.attrs), 1)
    return tuple(np.reshape(_numpy_take(spec, entries), -1))


def _grad_samples(rng: np.random.Generator) -> list[Any]:
    out = []
    for (x, *vectors), masks in _slices(rng):
        attrs = dict.fromkeys(MASKS, 0) | masks
        begin, end, strides = (_ints(v) for v in vectors)
        dims: Any = Spec(begin, end, strides, _masks(attrs), 3).result(x.shape)
        out.append(((np.array(x.shape, np.int32), *vectors, rng.normal(size=dims)), masks))
    return out


@op("StridedSliceGrad", inputs="shape: Index static, begin: Index static, end: Index static, strides: Index static, "
    "dy: T", Index=INDEX, samples=_grad_samples)
def strided_slice_grad(shape, begin, end, strides, dy, *, begin_mask: int = 0, end_mask: int = 0,
                       ellipsis_mask: int = 0, new_axis_mask: int = 0, shrink_axis_mask: int = 0):
    """Zeros of the given shape whose strided slice is `dy`."""
    if not len(begin) == len(end) == len(strides):
        raise ShapeFault("Expected begin, end, and strides to be 1D equal size tensors, but got shapes "
                         f"[{len(begin)}], [{len(end)}], and [{len(strides)}] instead.")
    masks = Masks(begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask)
    spec = Spec(_ints(begin), _ints(end), _ints(strides), masks, len(shape))
    return spec.put(dy, _ints(shape), [spec.begin[i] for i in spec.places()])


@strided_slice_grad.shape
def _(inputs, attrs):
    return [(shapes.wanted_shape(inputs[0]), inputs[4].dtype)]


@strided_slice_grad.static
def _(operation):
    shape, *vectors = operation.inputs[:4]
    return [shape] if _only_places_move(operation, vectors) else [shape, *vectors]


@strided_slice_grad.lower
def _(context, call, values):
    entries = _only_places_move(call, call.inputs[1:4])
    shape, begin, dy = values[0], values[1], values[4]
    if entries is None or context.concrete or isinstance(begin, np.ndarray):
        return context.apply(call, values)
    spec = Spec(entries.begin, entries.end, entries.strides, _masks(call.attrs), len(shape))
    return (spec.put(dy, _ints(shape), [begin[i] for i in spec.places()]),)


@strided_slice_grad.grad
def _(call, dy):
    return None, None, None, None, strided_slice_op(dy, *call.inputs[1:4], **{k: call.attrs[k] for k in MASKS})


@op("StridedSliceAt", inputs="input: T, places: int64",
    samples=lambda rng: [((rng.normal(size=(3, 4)), np.array([2])), {
        "begin": (None, 1), "end": (None, 3), "strides": (1, 1), "shrink_axis_mask": 1})])
def slice_at(input, places, *, begin: Any, end: Any, strides: Any, begin_mask: int = 0, end_mask: int = 0,
             ellipsis_mask: int = 0, new_axis_mask: int = 0, shrink_axis_mask: int = 0):
    """A strided slice whose single places are a tensor: one program for all of them."""
    masks = Masks(begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask)
    spec = Spec(begin, end, strides, masks, jnp.ndim(input))
    return spec.take(input, [places[i] for i in range(len(spec.places()))])


@slice_at.shape
def _(inputs, attrs):
    dims = inputs[0].dims
    if dims is None:
        return [(None, inputs[0].dtype)]
    vectors = [attrs[k] for k in ("begin", "end", "strides")]
    if any(not isinstance(v, tuple) or len(v) != len(vectors[0]) for v in vectors) or any(
            not isinstance(e, int | None) for v in vectors for e in v):
        raise ShapeFault("begin, end and strides are tuples of one length, of integers or None")
    begin, end, strides = vectors
    spec = Spec(begin, end, strides, _masks(attrs), len(dims))
    shapes.merged((len(spec.places()),), inputs[1].dims)
    free = list(attrs["begin"])
    for entry in spec.places():
        free[entry] = None
    return [(Spec(free, attrs["end"], attrs["strides"], _masks(attrs), len(dims)).result(dims), inputs[0].dtype)]


@slice_at.check
def _(input, places, *, begin, end, strides, **masks):
    spec = Spec(begin, end, strides, _masks(masks), jnp.ndim(input))
    return spec.found_outside(jnp.shape(input), [places[i] for i in range(len(spec.places()))])


@slice_at.message
def _(numbers, inputs, attrs):
    return f"slice index {int(numbers[0])} of dimension {int(numbers[1])} out of bounds."


# What programs write -----------------------------------------------------------------------------------


@public("strided_slice")
def strided_slice(input_: Any, begin: Any, end: Any, strides: Any = None, begin_mask: int = 0, end_mask: int = 0,
                  ellipsis_mask: int = 0, new_axis_mask: int = 0, shrink_axis_mask: int = 0, var: Any = None,
                  name: str | None = None) -> Any:
    """The elements from `begin` up to (not including) `end`, `strides` apart: one entry a dimension.

    Bit i of a mask speaks of entry i: `begin_mask`, `end_mask`: no bound; `ellipsis_mask`: all dimensions that
    nothing else says; `new_axis_mask`: a new dimension of size 1; `shrink_axis_mask`: the single place `begin[i]`,
    whose dimension goes. `var` is taken for TensorFlow's sake and not needed. Raises for a place out of range.

    >>> strided_slice([1, 2, 3, 4, 5], [4], [0], [-2]).numpy().tolist()
    [5, 3]
    """
    begin, end = shape_argument(begin), shape_argument(end)
    if strides is None:
        first = convert(begin)
        if first.dims is None or None in first.dims:
            strides = ops["OnesLike"](first)
        else:
            strides = np.ones(first.dims, first.dtype.base_dtype.np_dtype)
    return strided_slice_op(input_, begin, end, shape_argument(strides), begin_mask=begin_mask, end_mask=end_mask,
                            ellipsis_mask=ellipsis_mask, new_axis_mask=new_axis_mask,
                            shrink_axis_mask=shrink_axis_mask, name=name or "StridedSlice")
