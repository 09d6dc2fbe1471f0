"""Shapes as tensors, and the same elements in another shape: reshape, expand, squeeze, broadcast."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp
from hornbeam.graph import dtypes, infer
from hornbeam.graph.call import composite
from hornbeam.graph.names import public
from hornbeam.graph.op import BOOL, INDEX, NUMERIC, never, op
from hornbeam.graph.op import registry as ops
from hornbeam.graph.shapes import TensorShape
from hornbeam.graph.sparse_tensor import SparseTensor
from hornbeam.ops import dims as shapes
from hornbeam.ops import rules
from hornbeam.ops.conversion import convert, held, shape_argument
from hornbeam.ops.dims import ShapeFault

_INTEGER = never("integer result")


def _some(*attributes: dict[str, Any]) -> Any:
    """Samples of one real input."""
    def make(rng: np.random.Generator) -> list[Any]:
        return [((x,), a) for a in attributes or ({},)
                for x in (rng.normal(size=(2, 3)), np.float32(1), np.zeros((0, 2)))]

    return make


# Shape, size, rank -----------------------------------------------------------------------------------


@op("Shape", inputs="input: T", attr_types={"out_type": "type"}, gives_strings=False, differentiable=_INTEGER,
    samples=_some({}, {"out_type": dtypes.int64}))
def shape_op(input, *, out_type: Any = dtypes.int32):
    """The shape of a tensor, as a vector of integers."""
    return np.array(jnp.shape(input), out_type.np_dtype)


@shape_op.shape
def _(inputs, attrs):
    dims = inputs[0].dims
    return [((None if dims is None else len(dims),), shapes.index_type(attrs["out_type"], "out_type"))]


def _shape_value(tensor: Any, source: Any) -> np.ndarray | None:
    dims = source._dims
    return None if dims is None or None in dims else np.array(dims, tensor.dtype.np_dtype)


@shape_op.value
def _(tensor, known):
    return _shape_value(tensor, tensor.op.inputs[0])


@op("ShapeN", inputs="input: list T", attr_types={"out_type": "type"}, gives_strings=False, differentiable=_INTEGER,
    returns_list=True, samples=lambda rng: [(([rng.normal(size=(2, 3)), np.float64(1)],), {})])
def shape_n_op(input, *, out_type: Any = dtypes.int32):
    """The shapes of several tensors."""
    return [np.array(jnp.shape(x), out_type.np_dtype) for x in input]


@shape_n_op.shape
def _(inputs, attrs):
    wanted = shapes.index_type(attrs["out_type"], "out_type")
    return [((None if x.dims is None else len(x.dims),), wanted) for x in inputs[0]]


@shape_n_op.value
def _(tensor, known):
    return _shape_value(tensor, tensor.op.inputs[tensor.value_index])


@infer.partial_rule("Shape")
def _(tensor):
    return tensor.op.inputs[0]._dims


@infer.partial_rule("ShapeN")
def _(tensor):
    return tensor.op.inputs[tensor.value_index]._dims


@op("Size", inputs="input: T", attr_types={"out_type": "type"}, gives_strings=False, differentiable=_INTEGER,
    samples=_some({}, {"out_type": dtypes.int64}))
def size_op(input, *, out_type: Any = dtypes.int32):
    """The number of elements."""
    return np.array(np.prod(jnp.shape(input), dtype=np.int64), out_type.np_dtype)


@size_op.shape
def _(inputs, attrs):
    return [((), shapes.index_type(attrs["out_type"], "out_type"))]


@size_op.value
def _(tensor, known):
    dims = tensor.op.inputs[0]._dims
    count = None if dims is None else shapes.product(dims)
    return None if count is None else np.array(count, tensor.dtype.np_dtype)


@op("Rank", inputs="input: T", gives_strings=False, differentiable=_INTEGER, samples=_some())
def rank_op(input):
    """The number of dimensions."""
    return np.array(jnp.ndim(input), np.int32)


@rank_op.shape
def _(inputs, attrs):
    return [((), dtypes.int32)]


@rank_op.value
def _(tensor, known):
    dims = tensor.op.inputs[0]._dims
    return None if dims is None else np.array(len(dims), np.int32)


def _index_type(out_type: Any) -> Any:
    return dtypes.int32 if out_type is None else dtypes.as_dtype(out_type)


@public(v2=("shape",))
def shape(input: Any, out_type: Any = None, name: str | None = None) -> Any:
    """The shape of a tensor when it runs, as a vector of integers; a constant where all of it is known.

    out_type: int32 (the default) or int64.
    """
    return shape_of(input, out_type, name)


def shape_of(input: Any, out_type: Any = None, name: str | None = None, optimize: bool = True) -> Any:
    """`shape`; with `optimize` false an operation even where the shape is known."""
    if isinstance(input, SparseTensor):
        return ops["Cast"](input.dense_shape, DstT=_index_type(out_type), name=name)
    x, wanted = convert(input, name="input"), _index_type(out_type)
    sizes = shapes.static_dims(x)
    if optimize and sizes is not None:
        return held(np.array(sizes, wanted.np_dtype), name or "Shape", x)
    return shape_op(x, out_type=wanted, name=name)


@public("shape_n")
def shape_n(input: Any, out_type: Any = dtypes.int32, name: str | None = None) -> list[Any]:
    """The shapes of a list of tensors."""
    return shape_n_op(list(input), out_type=_index_type(out_type), name=name)


@public(v2=("size",))
def size(input: Any, out_type: Any = None, name: str | None = None) -> Any:
    """The number of elements of a tensor when it runs; a constant where it is known.

    out_type: int32 (the default) or int64.
    """
    return size_of(input, out_type, name)


def size_of(input: Any, out_type: Any = None, name: str | None = None) -> Any:
    """`size`."""
    if isinstance(input, SparseTensor):
        return ops["Prod"](shape_of(input, out_type), np.int32(0), name=name)
    x, wanted = convert(input, name="input"), _index_type(out_type)
    sizes = shapes.static_dims(x)
    if sizes is not None:
        return held(np.array(np.prod(sizes, dtype=np.int64), wanted.np_dtype), name or "Size", x)
    return size_op(x, out_type=wanted, name=name)


@public("rank")
def rank(input: Any, name: str | None = None) -> Any:
    """The number of dimensions of a tensor, as an int32 scalar; a constant where it is known."""
    if isinstance(input, SparseTensor):
        return size_of(input.dense_shape, name=name)
    x = convert(input, name="input")
    if x.dims is not None:
        return held(np.array(len(x.dims), np.int32), name or "Rank", x)
    return rank_op(x, name=name)


# Reshape ---------------------------------------------------------------------------------------------


@op("Reshape", inputs="tensor: T, shape: Tshape static", Tshape=INDEX,
    samples=lambda rng: [((rng.normal(size=(2, 6)), np.array([3, -1])), {}), ((rng.normal(size=1), np.array([])
                         .astype(np.int32)), {}), ((np.zeros((0, 3)), np.array([3, 0])), {})])
def reshape_op(tensor, shape):
    """The same elements in another shape; one entry of `shape` may be -1."""
    return jnp.reshape(tensor, tuple(int(d) for d in shape))


@reshape_op.shape
def _(inputs, attrs):
    (dims, dtype), wanted = inputs[0][:2], inputs[1]
    shapes.want_rank(wanted.dims, 1, f"sizes input must be 1-D, not {shapes.text(wanted.dims)}")
    target = shapes.held_shape(wanted)
    if target is None:
        return [(None, dtype)]
    if wanted.value is not None:
        _refuse_sizes(wanted.value)
    if dims is None:
        return [(target, dtype)]
    count = shapes.product(dims)
    unknown = [i for i, d in enumerate(target) if d is None]
    if count is None or len(unknown) > 1:
        return [(target, dtype)]
    given = shapes.product([d for d in target if d is not None])
    if unknown:
        return [(_completed(target, unknown[0], count, given or 0), dtype)]
    if given != count:
        raise ShapeFault(f"Cannot reshape a tensor with {count} elements to shape {shapes.text(target)} "
                         f"({given} elements)", f"Input to reshape is a tensor with {count} values, but the "
                         f"requested shape has {given}")
    return [(target, dtype)]


def _refuse_sizes(value: np.ndarray) -> None:
    missing = np.flatnonzero(value == -1)
    if len(missing) > 1:
        raise ShapeFault(f"Only one input size may be -1, not both {missing[0]} and {missing[1]}")
    low = np.flatnonzero(value < -1)
    if len(low):
        raise ShapeFault(f"Invalid value in tensor used for shape: {value[low[0]]}",
                         f"Size {low[0]} must be non-negative, not {value[low[0]]}")


def _completed(target: Any, at: int, count: int, given: int) -> tuple[int | None, ...]:
    """`target` with its one unknown entry filled in."""
    if given == 0:
        if count == 0:
            raise ShapeFault("reshape cannot infer the missing input size for an empty tensor unless all specified "
                             "input sizes are non-zero")
        raise ShapeFault(f"Cannot reshape a tensor with {count} elements to shape {shapes.text(target)} (0 elements)",
                         f"Input to reshape is a tensor with {count} values, but the requested shape requires a "
                         "multiple of 0")
    if count % given:
        raise ShapeFault(f"Dimension size must be evenly divisible by {given} but is {count}",
                         f"Input to reshape is a tensor with {count} values, but the requested shape requires a "
                         f"multiple of {given}")
    return (*target[:at], count // given, *target[at + 1:])


@reshape_op.grad
def _(call, dy):
    return reshape_like(dy, call.inputs[0]), None


def reshape_like(dy: Any, like: Any) -> Any:
    """`dy` in the shape of `like`."""
    return reshape_op(dy, shape_of(like))


@infer.partial_rule("Reshape")
def _(tensor):
    dims = tensor._dims
    return infer.partial_shape(tensor.op.inputs[0]) if dims is not None and len(dims) == 1 else None


@public("reshape", v1=("manip.reshape",))
def reshape(tensor: Any, shape: Any, name: str | None = None) -> Any:
    """The same elements, in the same order, in another shape.

    shape: a vector of integers; one may be -1, which stands for what is left. Raises where the number of elements
    does not fit (ValueError in a graph, InvalidArgumentError at once).

    >>> reshape([1, 2, 3, 4, 5, 6], [2, -1]).shape
    TensorShape([2, 3])
    """
    return reshape_op(tensor, shape_argument(shape), name=name)


# One dimension more or less --------------------------------------------------------------------------


@op("ExpandDims", raw={"dim": "axis"}, inputs="input: T, dim: Tdim static", Tdim=INDEX,
    samples=lambda rng: [((rng.normal(size=(2, 3)), np.int32(a)), {}) for a in (0, 1, -1, -3)]
    + [((np.float32(1), np.int32(0)), {})])
def expand_dims_op(input, dim):
    """The same elements with a dimension of size 1 more."""
    return jnp.expand_dims(input, int(np.reshape(dim, ())))


@expand_dims_op.shape
def _(inputs, attrs):
    (dims, dtype), axis = inputs[0][:2], shapes.known_axis(inputs[1])
    if dims is None:
        return [(None, dtype)]
    if axis is None:
        return [((None,) * (len(dims) + 1), dtype)]
    rank_ = len(dims) + 1
    at = shapes.normal_axis(axis, rank_, f"dim {axis} not in the interval [{-rank_}, {rank_ - 1}].",
                            f"Tried to expand dim index {axis} for tensor with {rank_ - 1} dimensions.")
    return [((*dims[:at], 1, *dims[at:]), dtype)]


@expand_dims_op.grad
def _(call, dy):
    return reshape_like(dy, call.inputs[0]), None


@infer.partial_rule("ExpandDims")
def _(tensor):
    source = tensor.op.inputs[0]
    value = infer.constant_value(source) if source._dims == () else None
    return None if value is None else (int(value),)


@public(v2=("expand_dims",))
def expand_dims(input: Any, axis: Any, name: str | None = None) -> Any:
    """`input` with a dimension of size 1 put in before dimension `axis`; a negative axis counts from the end."""
    return expand_dims_op(input, axis, name=name)


@op("Squeeze", raw={"squeeze_dims": "axis"}, inputs="input: T",
    samples=lambda rng: [((rng.normal(size=(1, 2, 1)),), {}), ((rng.normal(size=(1, 2, 1)),), {"squeeze_dims": (-1,)}),
                         ((np.float32(1),), {})])
def squeeze_op(input, *, squeeze_dims: Any = ()):
    """The same elements without dimensions of size 1: all of them, or those that `squeeze_dims` lists."""
    axes = tuple(squeeze_dims) or tuple(i for i, d in enumerate(jnp.shape(input)) if d == 1)
    return jnp.squeeze(input, axes)


@squeeze_op.shape
def _(inputs, attrs):
    dims, dtype = inputs[0][:2]
    wanted = shapes.integers(attrs["squeeze_dims"], "squeeze_dims")
    if dims is None:
        return [(None, dtype)]
    if not wanted:
        return [(None if None in dims else tuple(d for d in dims if d != 1), dtype)]
    gone = set()
    for i, axis in enumerate(wanted):
        at = shapes.normal_axis(axis, len(dims), f"squeeze_dims[{i}] not in [{-len(dims)},{len(dims)}).",
                                f"Tried to squeeze dim index {axis} for tensor with {len(dims)} dimensions.")
        if dims[at] not in (1, None):
            raise ShapeFault(f"Can not squeeze dim[{at}], expected a dimension of 1, got {dims[at]}")
        gone.add(at)
    return [(tuple(d for i, d in enumerate(dims) if i not in gone), dtype)]


@squeeze_op.grad
def _(call, dy):
    return reshape_like(dy, call.inputs[0])


@public(v2=("squeeze",))
def squeeze(input: Any, axis: Any = None, name: str | None = None) -> Any:
    """`input` without its dimensions of size 1: all of them, or the listed ones, which must have size 1."""
    axes = () if axis is None else tuple(int(a) for a in np.reshape(np.asarray(axis), -1))
    return squeeze_op(input, squeeze_dims=axes, name=name)


# Broadcasting ----------------------------------------------------------------------------------------


_SHAPES = ((3,), (2, 1), (2, 3), ())


@op("SumLike", inputs="x: T, like: U", T=NUMERIC, U=NUMERIC + BOOL,
    samples=lambda rng: [((rng.normal(size=(2, 3)), rng.normal(size=s)), {}) for s in _SHAPES])
def sum_like(x, like):
    """`x` summed over the dimensions along which `like` was broadcast to it: the gradient of broadcasting."""
    shape, target = jnp.shape(x), jnp.shape(like)
    lead = len(shape) - len(target)
    axes = (*range(lead), *(i + lead for i, d in enumerate(target) if d == 1 and shape[i + lead] != 1))
    return jnp.reshape(jnp.sum(x, axes, dtype=x.dtype), target) if axes else x


@op("BroadcastLike", inputs="x: T, like: U", T=NUMERIC + BOOL, U=NUMERIC + BOOL,
    samples=lambda rng: [((rng.normal(size=s), rng.normal(size=(2, 3))), {}) for s in _SHAPES])
def broadcast_like(x, like):
    """`x` broadcast to the shape of `like`."""
    return jnp.broadcast_to(x, jnp.shape(like))


def _like_second(inputs: Any, attrs: dict[str, Any]) -> Any:
    return [(inputs[1].dims, inputs[0].dtype)]


sum_like.shape(_like_second)
broadcast_like.shape(_like_second)


@sum_like.grad
def _(call, dy):
    return broadcast_like(dy, call.inputs[0]), None


@broadcast_like.grad
def _(call, dy):
    return sum_like(dy, call.inputs[0]), None


def unbroadcast(grad: Any, like: Any) -> Any:
    """The gradient of an input that was broadcast: `grad` summed to the shape of `like`."""
    known = grad.dims
    if known is not None and known == like.dims and None not in known:
        return grad
    return sum_like(grad, like)


@op("BroadcastTo", inputs="input: T, shape: Tidx static", names=("broadcast_to",), Tidx=INDEX,
    samples=lambda rng: [((rng.normal(size=(3, 1)), np.array([2, 3, 4])), {}), ((np.float64(2), np.array([0, 2])), {})])
def broadcast_to(input, shape):
    """`input` repeated to a larger shape, as arithmetic broadcasts it.

    shape: a vector of integers; sizes of `input`, counted from the last dimension, agree with it or are 1.
    """
    return jnp.broadcast_to(input, tuple(int(d) for d in shape))


@broadcast_to.shape
def _(inputs, attrs):
    (dims, dtype), target = inputs[0][:2], shapes.wanted_shape(inputs[1])
    if target is None or dims is None:
        return [(target, dtype)]
    if len(dims) > len(target):
        raise ShapeFault(f"Shape must be at most rank {len(target)} but is rank {len(dims)}",
                         f"Rank of input ({len(dims)}) must be no greater than rank of output shape ({len(target)}).")
    for mine, wanted in zip(reversed(dims), reversed(target), strict=False):
        if mine not in (1, None) and wanted is not None and mine != wanted:
            raise ShapeFault(f"Dimensions must be equal, but are {mine} and {wanted}",
                             f"Incompatible shapes: {shapes.text(dims)} vs. {shapes.text(target)}")
    return [(target, dtype)]


@broadcast_to.grad
def _(call, dy):
    return unbroadcast(dy, call.inputs[0]), None


@op("BroadcastArgs", inputs="s0: T static, s1: T static", differentiable=_INTEGER, T=INDEX,
    samples=lambda rng: [((np.array([2, 1]), np.array([3])), {}), ((np.array([], np.int64), np.array([4, 0])), {})])
def broadcast_args(s0, s1):
    """The shape to which two shapes broadcast."""
    return np.array(rules.broadcast_dims([tuple(int(d) for d in s0), tuple(int(d) for d in s1)]), s0.dtype)


@broadcast_args.shape
def _(inputs, attrs):
    ranks = [None if i.dims is None else i.dims[0] for i in inputs]
    known = [r for r in ranks if r is not None]
    return [((max(known) if len(known) == 2 else None,), inputs[0].dtype)]


@infer.partial_rule("BroadcastArgs")
def _(tensor):
    x, y = (infer.partial_shape(t) for t in tensor.op.inputs)
    return None if x is None or y is None else rules.broadcast_dims([x, y])


@public("broadcast_dynamic_shape")
def broadcast_dynamic_shape(shape_x: Any, shape_y: Any) -> Any:
    """The shape, as a tensor, to which two shapes given as vectors of integers broadcast."""
    return broadcast_args(shape_x, shape_y)


@public("broadcast_static_shape")
def broadcast_static_shape(shape_x: TensorShape, shape_y: TensorShape) -> TensorShape:
    """The TensorShape to which two TensorShapes broadcast. Raises ValueError where they do not fit.

    >>> broadcast_static_shape(TensorShape([2, 1]), TensorShape([3]))
    TensorShape([2, 3])
    """
    x, y = TensorShape(shape_x), TensorShape(shape_y)
    try:
        return type(shape_x)(rules.broadcast_dims([x._dims, y._dims])) if isinstance(shape_x, TensorShape) \
            else TensorShape(rules.broadcast_dims([x._dims, y._dims]))
    except ShapeFault:
        raise ValueError(f"Incompatible shapes for broadcasting. Two shapes are compatible if for each dimension pair "
                         f"they are either equal or one of them is 1. Received: {x} and {y}.") from None


def _grid(tensors: list[Any], indexing: str) -> list[Any]:
    """Vectors spread over the dimensions of a grid."""
    count = len(tensors)
    order = list(range(count))
    if indexing == "xy" and count > 1:
        order[:2] = [1, 0]
    flat = [reshape_op(t, np.array([-1], np.int32)) for t in tensors]
    sizes = [size_of(t) for t in flat]
    known = [shapes.static_value(s) for s in sizes]
    full: Any = [sizes[i] if known[i] is None else int(known[i]) for i in order]  # type: ignore[arg-type]
    if all(k is not None for k in known):
        full = np.array(full, np.int32)
    columns = [np.array([-1 if order[k] == i else 1 for k in range(count)], np.int32) for i in range(count)]
    return [broadcast_to(reshape_op(t, c), full) for t, c in zip(flat, columns, strict=True)]


@composite("meshgrid")
def _meshgrid(tensors: list[Any], indexing: str, name: str | None = None) -> list[Any]:
    return _grid([convert(t) for t in tensors], indexing)


@public("meshgrid")
def meshgrid(*args: Any, **kwargs: Any) -> list[Any]:
    """Vectors spread over a grid: output i varies along one dimension as input i does and is constant along others.

    indexing: "xy" (the first input runs along columns) or "ij". name: the scope's name. Raises ValueError for
    another indexing, TypeError for other keywords.

    >>> [t.numpy().tolist() for t in meshgrid([1, 2], [3, 4, 5])][0]
    [[1, 2], [1, 2], [1, 2]]
    """
    indexing, name = kwargs.pop("indexing", "xy"), kwargs.pop("name", "meshgrid")
    if kwargs:
        raise TypeError(f"'{next(iter(kwargs))}' is an invalid keyword argument for this function")
    if indexing not in ("xy", "ij"):
        raise ValueError(f"Argument `indexing` parameter must be either 'xy' or 'ij', got '{indexing}'")
    if not args:
        return []
    return _meshgrid(list(args), indexing, name=name)


# The same bits ---------------------------------------------------------------------------------------


@op("Bitcast", inputs="input: T", attr_types={"type": "type"}, differentiable=never("reinterprets bits"), T=NUMERIC,
    samples=lambda rng: [((rng.normal(size=(2, 3)).astype(np.float32),), {"type": dtypes.int32}),
                         ((rng.integers(0, 9, (2, 4), np.uint8),), {"type": dtypes.float32}),
                         ((rng.normal(size=3),), {"type": dtypes.uint8})])
def bitcast_op(input, *, type: Any):
    """The bits of `input` read as another dtype."""
    x, wanted = jnp.asarray(input), np.dtype(type.np_dtype)
    if x.dtype.kind == "c":
        parts = jax.lax.bitcast_convert_type(jnp.stack([x.real, x.imag], -1), np.uint8)
        x = jnp.reshape(parts, (*x.shape, x.dtype.itemsize))
    if wanted.kind == "c":
        return _complex_of(x, wanted)
    if x.dtype == wanted:
        return x
    if x.dtype.itemsize < wanted.itemsize < jnp.shape(x)[-1] * x.dtype.itemsize:
        x = jnp.reshape(x, (*jnp.shape(x)[:-1], -1, wanted.itemsize // x.dtype.itemsize))
    return jax.lax.bitcast_convert_type(x, wanted)


def _complex_of(x: Any, wanted: Any) -> Any:
    """The bits of real numbers as complex ones: the last dimension holds the parts of one."""
    lead = x.shape if x.dtype.itemsize == wanted.itemsize else x.shape[:-1]
    parts = jnp.reshape(jax.lax.bitcast_convert_type(x, np.uint8), (*lead, 2, wanted.itemsize // 2))
    parts = jax.lax.bitcast_convert_type(parts, np.dtype(f"f{wanted.itemsize // 2}"))
    return jax.lax.complex(parts[..., 0], parts[..., 1])


@bitcast_op.shape
def _(inputs, attrs):
    dims, dtype = inputs[0][:2]
    wanted = attrs["type"]
    if wanted not in NUMERIC:
        raise ShapeFault(f"Value for attr 'type' of {getattr(wanted, 'name', wanted)} is not in the list of allowed "
                         f"values: {', '.join(d.name for d in NUMERIC)}")
    if dims is None:
        return [(None, wanted)]
    mine, theirs = dtype.size, wanted.size
    if mine == theirs:
        return [(dims, wanted)]
    if mine > theirs:
        return [((*dims, mine // theirs), wanted)]
    if not dims or dims[-1] not in (theirs // mine, None):
        last = dims[-1] if dims else 0
        raise ShapeFault(f"Cannot bitcast from {theirs} to {mine} due to shape. {last} does not match "
                         f"{theirs // mine}",
                         f"Cannot bitcast from {dtype.name} to {wanted.name}: {shapes.text(dims)}")
    return [(dims[:-1], wanted)]


@public("bitcast")
def bitcast(input: Any, type: Any, name: str | None = None) -> Any:
    """The bits of `input` read as another dtype, without conversion of values.

    A smaller dtype adds a last dimension that holds the parts; a larger one takes the last dimension up, which must
    hold as many elements as fit (ValueError in a graph, InvalidArgumentError at once).
    """
    return bitcast_op(input, type=dtypes.as_dtype(type), name=name)
