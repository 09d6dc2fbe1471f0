"""Tensors joined and taken apart: stack and unstack, concat and split, tile and repeat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp
from hornbeam.graph import dtypes, infer, mode
from hornbeam.graph.call import composite
from hornbeam.graph.names import public
from hornbeam.graph.op import INDEX, never, op
from hornbeam.graph.op import registry as ops
from hornbeam.graph.shapes import Dimension, TensorShape
from hornbeam.ops import dims as shapes
from hornbeam.ops.constants import zeros_like_op
from hornbeam.ops.conversion import convert, scope_name
from hornbeam.ops.dims import ShapeFault
from hornbeam.ops.identity import identity_op
from hornbeam.ops.moving import slice_op
from hornbeam.ops.shaping import expand_dims_op, reshape, shape_n_op, shape_of

# Stack and unstack -----------------------------------------------------------------------------------


@op("Pack", inputs="values: list T", samples=lambda rng: [(([rng.normal(size=(2, 3)), rng.normal(size=(2, 3))],),
                                                           {"axis": a}) for a in (0, 1, -1)]
    + [(([np.float32(1), np.float32(2)],), {})])
def pack(values, *, axis: int = 0):
    """Tensors of one shape, stacked along a new axis."""
    return jnp.stack(values, axis)


@pack.shape
def _(inputs, attrs):
    values, axis = inputs[0], attrs["axis"]
    if not values:
        raise ShapeFault("List argument 'values' to 'Pack' Op with length 0 shorter than minimum length 1.")
    dims = values[0].dims
    for i, other in enumerate(values[1:], 1):
        try:
            dims = shapes.merged(dims, other.dims)
        except ShapeFault as fault:
            run = (f"Shapes of all inputs must match: values[0].shape = {shapes.text(values[0].dims)} != "
                   f"values[{i}].shape = {shapes.text(other.dims)}")
            raise ShapeFault(f"{fault.build}\n\tFrom merging shape {i - 1} with other shapes.", run) from None
    if dims is None:
        return [(None, values[0].dtype)]
    rank = len(dims) + 1
    at = shapes.normal_axis(axis, rank, f"Invalid axis for pack: axis = {axis} not in [{-rank}, {rank})")
    return [((*dims[:at], len(values), *dims[at:]), values[0].dtype)]


@pack.grad
def _(call, dy):
    return unpack(dy, num=len(call.inputs), axis=call.attrs["axis"])


@infer.partial_rule("Pack")
def _(tensor):
    """Entries in the order of the flattened result: of scalars, or of vectors stacked along axis 0."""
    parts = [infer.partial_shape(t) for t in tensor.op.inputs]
    if tensor.op.attrs["axis"] != 0 and tensor.op.inputs[0]._dims != ():
        return None
    if tensor.op.inputs[0]._dims == ():
        return tuple(p[0] if p is not None and len(p) == 1 else None for p in parts)
    return None if any(p is None for p in parts) else tuple(d for p in parts for d in p or ())


@public("stack")
def stack(values: Any, axis: int = 0, name: str | None = "stack") -> Any:
    """Tensors of one shape and dtype, stacked along a new dimension `axis`.

    Raises ValueError where `axis` is out of range or the shapes differ.

    >>> stack([[1, 2], [3, 4]], axis=1).numpy().tolist()
    [[1, 3], [2, 4]]
    """
    if isinstance(values, (list, tuple)):
        if not values:
            raise ValueError("stack() needs at least one tensor; the list of values is empty.")
        plain = all(isinstance(v, (bool, int, float, complex, str, bytes, np.ndarray, np.generic, list, tuple))
                    for v in values)
        if axis == 0 and plain and not _holds_tensors(values):
            return convert(list(values), name=name)
    first = convert(values[0]).dims if not hasattr(values[0], "dims") else values[0].dims
    if first is not None and not -len(first) - 1 <= axis <= len(first):
        raise ValueError(f"Argument `axis` = {axis} not in range [{-len(first) - 1}, {len(first) + 1})")
    return pack(list(values), axis=int(axis), name=name)


def _holds_tensors(values: Sequence[Any]) -> bool:
    """Whether a nested list holds a tensor."""
    return any(_holds_tensors(v) if isinstance(v, (list, tuple)) else hasattr(v, "dims") for v in values)


@op("ParallelConcat", inputs="values: list T",
    samples=lambda rng: [(([rng.normal(size=(1, 2)), rng.normal(size=(1, 2))],), {"shape": (2, 2)})])
def parallel_concat(values, *, shape: Any):
    """Tensors of first dimension 1, joined along it."""
    return jnp.concatenate(values, 0)


@parallel_concat.shape
def _(inputs, attrs):
    return [(TensorShape(attrs["shape"])._dims, inputs[0][0].dtype)]


@parallel_concat.grad
def _(call, dy):
    return split_op(np.int32(0), dy, num_split=len(call.inputs))


@public("parallel_stack")
@composite("parallel_stack")
def parallel_stack(values: Any, name: str | None = "parallel_stack") -> Any:
    """Tensors of one fully known shape, stacked along a new first dimension. Raises ValueError for other shapes."""
    tensors = [convert(v) for v in values]
    sizes = shapes.static_dims(tensors[0])
    if mode.current_graph() is None:
        return pack(tensors)
    if sizes is None:
        raise ValueError(f"parallel_stack needs tensors of fully known shape, not {tensors[0].shape}")
    rows = [expand_dims_op(t, np.int32(0)) for t in tensors]
    return parallel_concat(rows, shape=TensorShape((len(tensors), *sizes)))


@op("Unpack", inputs="value: T", returns_list=True,
    samples=lambda rng: [((rng.normal(size=(2, 3)),), {"num": 2}), ((rng.normal(size=(2, 3)),),
                                                                   {"num": 3, "axis": -1})])
def unpack(value, *, num: int, axis: int = 0):
    """The slices of a tensor along an axis."""
    return [jnp.take(value, i, axis) for i in range(num)]


@unpack.shape
def _(inputs, attrs):
    dims, dtype = inputs[0][:2]
    axis = attrs["axis"]
    num = 0 if attrs["num"] == 0 else shapes.output_count(attrs["num"], "num")
    if dims is None:
        return [(None, dtype)] * num
    at = shapes.normal_axis(axis, len(dims), f"Invalid axis for unpack: axis = {axis} not in "
                            f"[{-len(dims)}, {len(dims)})", f"axis = {axis} not in [{-len(dims)}, {len(dims)})")
    if dims[at] not in (None, num):
        raise ShapeFault(f"Dimension must be {num} but is {dims[at]}",
                         f"Input shape axis {at} must equal {num}, got shape {shapes.text(dims)}")
    return [((*dims[:at], *dims[at + 1:]), dtype)] * num


@unpack.grad
def _(call, *dys):
    return pack(given_or_zeros(call, dys), axis=call.attrs["axis"])


def given_or_zeros(call: Any, dys: Sequence[Any]) -> list[Any]:
    """The gradients of all outputs: zeros where nothing depends on one."""
    return [zeros_like_op(out) if dy is None else dy for out, dy in zip(call.outputs, dys, strict=True)]


@public("unstack")
def unstack(value: Any, num: int | None = None, axis: int = 0, name: str | None = "unstack") -> list[Any]:
    """The slices of a tensor along dimension `axis`, as a list of tensors of one rank less.

    num: their number, where the static shape does not tell it. Raises ValueError where it cannot be told.
    """
    x = convert(value)
    if num is None:
        if x.dims is not None:
            if not -len(x.dims) <= axis < len(x.dims):
                raise ValueError(f"Argument `axis` = {axis} not in range [{-len(x.dims)}, {len(x.dims)})")
            num = x.dims[axis]
        if num is None:
            raise ValueError(f"Cannot infer argument `num` from shape {x.shape}")
    return unpack(x, num=int(num), axis=int(axis), name=name)


# Concat and split ------------------------------------------------------------------------------------


@op("ConcatV2", inputs="values: list T, axis: Tidx static", Tidx=INDEX,
    samples=lambda rng: [(([rng.normal(size=(2, 3)), rng.normal(size=(2, 3))], np.int32(a)), {}) for a in (0, 1, -1)]
    + [(([np.zeros((0, 3)), rng.normal(size=(2, 3))], np.int32(0)), {})])
def concat_op(values, axis):
    """Tensors joined along an axis that they have."""
    return jnp.concatenate(values, int(np.reshape(axis, ())))


@concat_op.shape
def _(inputs, attrs):
    values, axis = inputs[0], shapes.known_axis(inputs[1])
    if len(values) < 2:
        raise ShapeFault(f"List argument 'values' to 'ConcatV2' Op with length {len(values)} shorter than minimum "
                         "length 2.")
    rank = next((len(v.dims) for v in values if v.dims is not None), None)
    if rank is None:
        return [(None, values[0].dtype)]
    for i, v in enumerate(values):
        if v.dims is not None and len(v.dims) != rank:
            raise ShapeFault(f"Shape must be rank {rank} but is rank {len(v.dims)}",
                             "ConcatOp : Ranks of all input tensors should match: shape[0] = "
                             f"{shapes.text(values[0].dims)} vs. shape[{i}] = {shapes.text(v.dims)}")
    if axis is None:
        return [((None,) * rank, values[0].dtype)]
    need = axis + 1 if axis >= 0 else -axis
    at = shapes.normal_axis(axis, rank, f"Shape must be at least rank {need} but is rank {rank}",
                            f"ConcatOp : Expected concatenating dimensions in the range [{-rank}, {rank}), "
                            f"but got {axis}")
    return [(_joined([v.dims for v in values], at, rank), values[0].dtype)]


def _joined(parts: Sequence[Any], at: int, rank: int) -> tuple[int | None, ...]:
    total: int | None = 0
    rest: Any = (None,) * (rank - 1)
    first = parts[0]
    for i, dims in enumerate(parts):
        if dims is None:
            total = None
            continue
        total = None if total is None or dims[at] is None else total + dims[at]
        for k, (a, b) in enumerate(zip(rest, (*dims[:at], *dims[at + 1:]), strict=True)):
            if a is not None and b is not None and a != b:
                raise ShapeFault(f"Dimension {k} in both shapes must be equal, but are {a} and {b}. Shapes are "
                                 f"{shapes.text(rest)} and {shapes.text((*dims[:at], *dims[at + 1:]))}.",
                                 f"ConcatOp : Dimension {k if k < at else k + 1} in both shapes must be equal: "
                                 f"shape[0] = {shapes.text(first)} vs. shape[{i}] = {shapes.text(dims)}")
        rest = shapes.merged(rest, (*dims[:at], *dims[at + 1:]))
    return (*rest[:at], total, *rest[at:])


@infer.partial_rule("ConcatV2")
def _(tensor):
    parts = [infer.partial_shape(t) for t in tensor.op.inputs[:-1]]
    return None if any(p is None for p in parts) else tuple(d for p in parts for d in p or ())


@op("ConcatOffset", inputs="concat_dim: int32 static, shape: list shape_type", shape_type=INDEX,
    differentiable=never("integer result"), returns_list=True,
    samples=lambda rng: [((np.int32(1), [np.array([2, 3]), np.array([2, 5])]), {})])
def concat_offset(concat_dim, shape):
    """Where each of several tensors begins in what they are joined to."""
    at = int(np.reshape(concat_dim, ()))
    here = np.arange(jnp.shape(shape[0])[0]) == at
    out, start = [], jnp.zeros((), shape[0].dtype)
    for s in shape:
        out.append(jnp.where(here, start, jnp.zeros((), s.dtype)))
        start = start + s[at]
    return out


@concat_offset.shape
def _(inputs, attrs):
    return [(s.dims, s.dtype) for s in inputs[1]]


@concat_op.grad
def _(call, dy):
    return [*parts_of_joined(dy, list(call.inputs[:-1]), call.inputs[-1]), None]


def parts_of_joined(dy: Any, parts: list[Any], axis: Any) -> list[Any]:
    """The gradient of a concat, cut into the parts that were joined."""
    at = shapes.static_value(axis)
    sizes = [shapes.static_dims(p) for p in parts]
    if at is not None and all(s is not None for s in sizes):
        starts = np.cumsum([0, *(s[int(at)] for s in sizes)])  # type: ignore[index]
        cut = []
        for s, start in zip(sizes, starts[:-1], strict=True):
            begin = np.zeros(len(s), np.int32)  # type: ignore[arg-type]
            begin[int(at)] = start
            cut.append(slice_op(dy, begin, np.array(s, np.int32)))
        return cut
    shapes_ = shape_n_op(parts, out_type=dtypes.int32)
    if at is not None:
        rank = len(next(p.dims for p in parts if p.dims is not None)) if any(p.dims is not None for p in parts) else 0
        axis = np.int32(int(at) % rank if rank else int(at))
    else:
        axis = ops["FloorMod"](axis, ops["Cast"](ops["Rank"](parts[0]), DstT=axis.dtype.base_dtype))
    offsets = concat_offset(axis, shapes_)
    return [slice_op(dy, o, s) for o, s in zip(offsets, shapes_, strict=True)]


@public("concat")
def concat(values: Any, axis: Any, name: str | None = "concat") -> Any:
    """Tensors joined along dimension `axis`; their other dimensions agree.

    Raises ValueError (in a graph) or InvalidArgumentError (at once) where they do not.

    >>> concat([[1, 2], [3]], 0).numpy().tolist()
    [1, 2, 3]
    """
    if not isinstance(values, (list, tuple)):
        if isinstance(axis, (list, tuple)):
            raise ValueError("concat(values, axis) takes the list of tensors first and the axis second (before "
                             f"TensorFlow 1.0 it was the other way round); the axis must have rank 0, not be {axis!r}")
        values = [values]
    if len(values) == 1:
        return _alone(values[0], axis, name=name)
    return concat_op(list(values), axis, name=name)


@composite("concat")
def _alone(value: Any, axis: Any, name: str | None = None) -> Any:
    at = convert(axis, dtypes.int32, name="concat_dim")
    if at.dims:
        raise ValueError(f"Shape {at.shape} must have rank 0")
    return identity_op(value, name="concat")


@op("Split", raw={"split_dim": "axis"}, inputs="split_dim: int32 static, value: T", returns_list=True,
    samples=lambda rng: [((np.int32(1), rng.normal(size=(2, 6))), {"num_split": 3}), ((np.int32(-2),
                         rng.normal(size=(2, 6))), {"num_split": 2})])
def split_op(split_dim, value, *, num_split: int):
    """A tensor cut into equal parts along an axis."""
    return jnp.split(value, num_split, int(split_dim))


@split_op.shape
def _(inputs, attrs):
    axis, (dims, dtype) = shapes.known_axis(inputs[0]), inputs[1][:2]
    count = shapes.output_count(attrs["num_split"], "num_split")
    if dims is None:
        return [(None, dtype)] * count
    if axis is None:
        return [((None,) * len(dims), dtype)] * count
    at = _split_axis(axis, len(dims))
    size = dims[at]
    if size is not None and size % count:
        raise ShapeFault(f"Dimension size must be evenly divisible by {count} but is {size}\n\t"
                         "Number of ways to split should evenly divide the split dimension",
                         "Number of ways to split should evenly divide the split dimension, but got split_dim "
                         f"{at} (size = {size}) and num_split {count}")
    return [((*dims[:at], None if size is None else size // count, *dims[at + 1:]), dtype)] * count


def _split_axis(axis: int, rank: int) -> int:
    return shapes.normal_axis(axis, rank, f"Dimension size, given by scalar input {axis} must be in range "
                              f"[{-rank}, {rank})", f"-input rank(-{rank}) <= split_dim < input rank ({rank}), "
                              f"but got {axis}")


@split_op.grad
def _(call, *dys):
    return None, _together(call, dys, call.inputs[1], call.inputs[0])


def _together(call: Any, dys: Sequence[Any], x: Any, axis: Any) -> Any:
    """The gradients of all parts of `x`, joined."""
    joined = concat_op(given_or_zeros(call, dys), axis) if len(dys) > 1 else dys[0]
    return shapes.with_dims(joined, x.dims)


@op("SplitV", raw={"split_dim": "axis"}, inputs="value: T, size_splits: Tlen static, split_dim: int32 static",
    returns_list=True, Tlen=(dtypes.int8, dtypes.int32, dtypes.int64),
    samples=lambda rng: [((rng.normal(size=(2, 6)), np.array([1, -1, 2]), np.int32(1)), {"num_split": 3})])
def split_v_op(value, size_splits, split_dim, *, num_split: int):
    """A tensor cut into parts of the given sizes along an axis; one size may be -1, for what is left."""
    axis = int(split_dim)
    sizes: list[Any] = _sizes(size_splits, jnp.shape(value)[axis])
    return jnp.split(value, np.cumsum(sizes)[:-1], axis)


def _sizes(given: np.ndarray, total: int | None) -> list[int | None]:
    sizes: list[int | None] = [int(s) for s in given]
    known = sum(s for s in sizes if s is not None and s >= 0)
    rest = sizes.count(-1)
    told = " ".join(map(str, sizes))
    if rest > 1 or any(s is not None and s < -1 for s in sizes):
        raise ShapeFault(f"size_splits can only have one -1 and no other negative size, got [{told}]")
    if total is not None and (known != total if not rest else known > total):
        raise ShapeFault(f"can't split axis of size {total} into pieces of size [{','.join(map(str, sizes))}]",
                         "Determined shape must either match input shape along split_dim exactly if fully specified, "
                         "or be less than the size of the input along split_dim if not fully specified.  "
                         f"Got: {known}")
    return [(None if total is None else total - known) if s == -1 else s for s in sizes]


@split_v_op.shape
def _(inputs, attrs):
    (dims, dtype), given, axis = inputs[0][:2], inputs[1], shapes.known_axis(inputs[2])
    count = shapes.output_count(attrs["num_split"], "num_split")
    if dims is None:
        return [(None, dtype)] * count
    if axis is None:
        return [((None,) * len(dims), dtype)] * count
    at = _split_axis(axis, len(dims))
    if given.value is None:
        sizes: Sequence[int | None] = given.partial if given.partial is not None else (None,) * count
    else:
        sizes = _sizes(given.value, dims[at])
    if len(sizes) != count:
        raise ShapeFault(f"Length of size_splits should be equal to num_outputs, {count}, but is {len(sizes)}")
    return [((*dims[:at], s, *dims[at + 1:]), dtype) for s in sizes]


@split_v_op.grad
def _(call, *dys):
    return _together(call, dys, call.inputs[0], call.inputs[2]), None, None


@public("split")
def split(value: Any, num_or_size_splits: Any, axis: Any = 0, num: int | None = None,
          name: str | None = "split") -> list[Any]:
    """A tensor cut along dimension `axis`: into equal parts, or into parts of the listed sizes (one may be -1).

    num: the number of parts, where `num_or_size_splits` is a tensor that does not tell it.
    Raises ValueError (in a graph) or InvalidArgumentError where the parts do not make up the dimension.

    >>> [t.numpy().tolist() for t in split([1, 2, 3, 4], [1, 3])]
    [[1], [2, 3, 4]]
    """
    if isinstance(num_or_size_splits, (int, np.integer)) and not isinstance(num_or_size_splits, bool):
        return split_op(axis, value, num_split=int(num_or_size_splits), name=name)
    if isinstance(num_or_size_splits, Dimension):
        return split_op(axis, value, num_split=int(num_or_size_splits), name=name)
    sizes = convert(num_or_size_splits)
    if sizes.dims == ():
        raise ValueError("Rank-0 tensors are not supported as the num_or_size_splits argument to split. "
                         f"Argument provided: {num_or_size_splits!r}")
    if num is None:
        num = sizes.dims[0] if sizes.dims is not None and len(sizes.dims) == 1 else None
        if num is None:
            raise ValueError(f"Cannot infer argument `num` from shape {sizes.shape}")
    return split_v_op(value, sizes, axis, num_split=int(num), name=name)


# Tile and repeat -------------------------------------------------------------------------------------


@op("Tile", inputs="input: T, multiples: Tmultiples static", names=("tile",), v1=("manip.tile",), Tmultiples=INDEX,
    samples=lambda rng: [((rng.normal(size=(2, 3)), np.array(m)), {}) for m in ([2, 1], [0, 2], [1, 1])]
    + [((np.float32(1), np.array([], np.int32)), {})])
def tile(input, multiples):
    """`input` repeated `multiples[i]` times along each dimension i.

    multiples: as many integers as `input` has dimensions, none negative.
    """
    return jnp.tile(input, tuple(int(m) for m in multiples))


def _known_multiples(multiples: Any) -> Any:
    if multiples.value is not None:
        low = np.flatnonzero(multiples.value < 0)
        if len(low):
            raise ShapeFault(f"Expected multiples[{low[0]}] >= 0, but got {multiples.value[low[0]]}")
    return shapes.held_shape(multiples)


def _refuse_multiples(dims: Any, times: Any) -> None:
    if dims is not None and times is not None and len(times) != len(dims):
        raise ShapeFault(f"Shape must be rank {len(dims)} but is rank {len(times)}",
                         f"Expected multiples argument to be a vector of length {len(dims)} but got length "
                         f"{len(times)}")


def _tiled(inputs: Any, attrs: Any) -> Any:
    (dims, dtype), times = inputs[0][:2], _known_multiples(inputs[1])
    _refuse_multiples(dims, times)
    if dims is None and times is not None:
        dims = (None,) * len(times)
    if dims is None or times is None:
        return [(None if dims is None else (None,) * len(dims), dtype)]
    tiled = tuple(0 if 0 in (d, m) else None if d is None or m is None else d * m
                  for d, m in zip(dims, times, strict=True))
    if any(d is not None and d >= 2**63 for d in tiled):
        raise ShapeFault(f"Tiling {shapes.text(dims)} by {shapes.text(times)} overflows 64-bit sizes")
    return [(tiled, dtype)]


@tile.shape
def _(inputs, attrs):
    times = inputs[1].value
    if times is None or times.ndim != 1 or len(times) == 0 or times.min() != -1:
        return _tiled(inputs, attrs)
    fault = f"Expected multiples[{times.argmin()}] >= 0, but got -1"
    # While a graph is built, -1 is a size that nobody knows, as it is in shapes.
    partial = tuple(None if m == -1 else int(m) for m in times)
    raise ShapeFault(fault, outputs=_tiled([inputs[0], inputs[1]._replace(value=None, partial=partial)], attrs))


@tile.grad
def _(call, dy):
    return sum_of_tiles(dy, *call.inputs), None


@op("SumOfTiles", inputs="dy: T, like: T, multiples: Tmultiples static", Tmultiples=INDEX,
    samples=lambda rng: [((rng.normal(size=(4, 3)), rng.normal(size=(2, 3)), np.array([2, 1])), {})])
def sum_of_tiles(dy, like, multiples):
    """The gradient of `Tile`: the sum of the repeated parts, in the shape of `like`."""
    parts: list[int] = []
    for d, m in zip(jnp.shape(like), multiples, strict=True):
        parts += [int(m), d]
    return jnp.sum(jnp.reshape(dy, parts), tuple(range(0, len(parts), 2)), dtype=dy.dtype)


@sum_of_tiles.shape
def _(inputs, attrs):
    return [(inputs[1].dims, inputs[0].dtype)]


@sum_of_tiles.grad
def _(call, dy):
    return tile(dy, call.inputs[2]), None, None


@op("RepeatV2", inputs="input: T, repeats: Trepeats static", Trepeats=INDEX,
    samples=lambda rng: [((rng.normal(size=(2, 3)), np.array([2])), {"axis": 1}),
                         ((rng.normal(size=(2, 3)), np.array([0, 2])), {"axis": 0})])
def repeat_op(input, repeats, *, axis: int):
    """Every element of `input` repeated along an axis, one number for all or one for each."""
    times = np.asarray(repeats, np.int64).reshape(-1)
    dims = jnp.shape(input)
    at = axis % len(dims)
    if times.size == 1:
        count = int(times[0])
        wide = jnp.broadcast_to(jnp.expand_dims(input, at + 1), (*dims[:at + 1], count, *dims[at + 1:]))
        return jnp.reshape(wide, (*dims[:at], dims[at] * count, *dims[at + 1:]))
    if times.sum() > np.iinfo(np.int32).max:
        raise ShapeFault(f"{times.sum()} repeated elements are too many")
    return jnp.take(input, np.repeat(np.arange(dims[at]), times), at)


@repeat_op.shape
def _(inputs, attrs):
    (dims, dtype), repeats, axis = inputs[0][:2], inputs[1], attrs["axis"]
    if dims is None:
        return [(None, dtype)]
    at = shapes.normal_axis(axis, len(dims), f"axis {axis} is out of bounds for tensor of rank {len(dims)}")
    size = dims[at]
    held = repeats.dims[0] if repeats.dims else 1
    if size is not None and held not in (1, None, size):
        raise ShapeFault(f"Dimensions {size} and {held} are not compatible")
    total = None
    if repeats.value is not None:
        if repeats.value.ndim > 1:
            raise ShapeFault(f"repeats must be a scalar or a vector, not of shape {shapes.text(repeats.dims)}")
        if (repeats.value < 0).any():
            raise ShapeFault("repeats must not be negative")
        one = repeats.value.size == 1
        total = (None if size is None else size * int(repeats.value.reshape(-1)[0])) if one \
            else int(repeats.value.sum())
    return [((*dims[:at], total, *dims[at + 1:]), dtype)]


@public("repeat")
@composite("Repeat")
def repeat(input: Any, repeats: Any, axis: int | None = None, name: str | None = None) -> Any:
    """The elements of `input` repeated along dimension `axis`; without an axis, `input` is flattened first.

    repeats: a number, or one for each element along the axis. Raises ValueError where their counts differ.

    >>> repeat([1, 2], [1, 3]).numpy().tolist()
    [1, 2, 2, 2]
    """
    x = convert(input, name="data")
    if axis is None:
        x, axis = (x, 0) if x.dims is not None and len(x.dims) == 1 else (reshape(x, [-1]), 0)
    times = convert(repeats, name="repeats")
    if times.dims is not None and len(times.dims) > 1:
        raise ValueError(f"repeats must be a scalar or a vector, not of shape {times.shape}")
    size = None if x.dims is None else x.dims[axis]
    if size is not None and times.dims and times.dims[0] not in (1, None, size):
        raise ValueError(f"Dimensions {size} and {times.dims[0]} are not compatible")
    return repeat_op(x, times, axis=int(axis), name=scope_name())


__all__ = ["concat", "shape_of", "split", "stack", "tile", "unstack"]
