"""Elements taken by index and put by index: gather, scatter, and what `IndexedSlices` are as tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp, lax
from hornbeam.graph import dtypes, indexed_slices, infer
from hornbeam.graph.indexed_slices import IndexedSlices
from hornbeam.graph.names import public
from hornbeam.graph.op import BOOL, INDEX, NUMERIC, REALS, never, op
from hornbeam.graph.op import registry as ops
from hornbeam.graph.tensor import GraphTensor
from hornbeam.ops import dims as shapes
from hornbeam.ops.bounds import first_outside
from hornbeam.ops.conversion import convert, shape_argument
from hornbeam.ops.dims import ShapeFault
from hornbeam.ops.shaping import reshape_op, shape_of

_PLACES = (dtypes.int16, *INDEX)
_SHOWN = 4
"""So many coordinates of an index out of range can be told in its message."""

# Gather ----------------------------------------------------------------------------------------------


def _gathers(rng: np.random.Generator) -> list[Any]:
    x = rng.normal(size=(3, 4))
    return [((x, np.array([[0, 2], [2, 1]]), np.int32(0)), {}), ((x, np.int32(3), np.int32(1)), {}),
            ((x, np.array([], np.int32), np.int32(-2)), {}),
            ((x, np.array([[3, 0], [1, 1], [2, 2]]), np.int32(1)), {"batch_dims": 1})]


@op("GatherV2", inputs="params: Tparams, indices: Tindices, axis: Taxis static", Tindices=_PLACES, Taxis=INDEX,
    samples=_gathers)
def gather_op(params, indices, axis, *, batch_dims: int = 0):
    """The slices of `params` along an axis at the places that `indices` holds."""
    at = int(np.reshape(axis, ())) % max(1, jnp.ndim(params))
    batch = batch_dims % (jnp.ndim(indices) + 1) if batch_dims < 0 else batch_dims
    if jnp.shape(params)[at] == 0:
        return jnp.zeros(_gathered(jnp.shape(params), jnp.shape(indices), at, batch), params.dtype)

    def take(p: Any, i: Any) -> Any:
        return _slices_at(p, i, at - batch)

    for _ in range(batch):
        take = jax.vmap(take)
    return take(params, indices)


def _slices_at(params: Any, indices: Any, at: int) -> Any:
    """The slices along dimension `at`; an index out of range takes the nearest."""
    dims, places = jnp.shape(params), jnp.ndim(indices)
    kept = (*range(at), *range(at + places, len(dims) - 1 + places))
    numbers = lax.GatherDimensionNumbers(offset_dims=kept, collapsed_slice_dims=(at,), start_index_map=(at,))
    return lax.gather(params, lax.expand_dims(indices, (places,)), numbers, (*dims[:at], 1, *dims[at + 1:]),
                      mode="clip")


def _gathered(params: Any, indices: Any, at: int, batch: int) -> tuple[int | None, ...]:
    return (*params[:at], *indices[batch:], *params[at + 1:])


@gather_op.shape
def _(inputs, attrs):
    (params, dtype), indices, axis = inputs[0][:2], inputs[1].dims, shapes.known_axis(inputs[2])
    batch = attrs["batch_dims"]
    if indices is not None and batch < 0:
        batch += len(indices)
    if params is None or indices is None:
        return [(None, dtype)]
    if axis is None:
        return [((None,) * (len(params) - 1 + len(indices) - batch), dtype)]
    need = axis + 1 if axis >= 0 else -axis
    at = shapes.normal_axis(axis, len(params), f"Shape must be at least rank {need} but is rank {len(params)}")
    if not 0 <= batch <= min(len(indices), at):
        raise ShapeFault(f"batch_dims ({batch}) must be less than or equal to rank(indices) ({len(indices)}) and to "
                         f"axis ({at})")
    lead = shapes.merged(params[:batch], indices[:batch], "params.shape[:batch_dims] and indices.shape[:batch_dims] "
                         f"must be equal, but are {shapes.text(params[:batch])} and {shapes.text(indices[:batch])}")
    return [((*(lead or ()), *params[batch:at], *indices[batch:], *params[at + 1:]), dtype)]


def outside(indices: Any, size: int) -> tuple[Any, list[Any]]:
    """For a check: whether an index is outside of 0 … size - 1, and which: value, size, rank, place, dimensions."""
    failed, value, place = first_outside(indices, size)
    dims = jnp.shape(indices)
    return failed, [value, size, len(dims), place, *dims[1:_SHOWN]]


def coordinates(place: Any, dims: Any) -> list[Any]:
    """The coordinates of an element counted row by row."""
    return [place // int(np.prod(dims[i + 1:], dtype=np.int64)) % dims[i] for i in range(len(dims))]


def outside_text(numbers: Any) -> str:
    """The words for what `outside` found."""
    value, size, rank, place, *dims = (int(n) for n in numbers[:3 + _SHOWN])
    if not 0 < rank <= _SHOWN:
        return f"indices = {value} is not in [0, {size})"
    rest = tuple(dims[:rank - 1])
    where = np.unravel_index(place, (place // max(1, int(np.prod(rest))) + 1, *rest))
    return f"indices[{','.join(map(str, where))}] = {value} is not in [0, {size})"


@gather_op.check
def _(params, indices, axis, *, batch_dims=0):
    return outside(indices, jnp.shape(params)[int(np.reshape(axis, ()))])


@gather_op.message
def _(numbers, inputs, attrs):
    return outside_text(numbers)


@gather_op.value
def _(tensor, known):
    params, indices, axis = (known(t) for t in tensor.op.inputs)
    if params is None or indices is None or axis is None or tensor.op.attrs["batch_dims"]:
        return None
    size = params.shape[int(axis)]
    return None if ((indices < 0) | (indices >= size)).any() else np.take(params, indices, int(axis))


@infer.partial_rule("GatherV2")
def _(tensor):
    source = infer.partial_shape(tensor.op.inputs[0])
    indices = infer.constant_value(tensor.op.inputs[1])
    if source is None or indices is None or tensor.op.inputs[0]._dims is None or len(tensor.op.inputs[0]._dims) != 1:
        return None
    places = [int(i) for i in np.reshape(indices, -1)]
    return tuple(source[i] for i in places) if all(0 <= i < len(source) for i in places) else None


@gather_op.grad
def _(call, dy):
    params, indices, axis = call.inputs
    known = shapes.static_value(axis)
    if known is not None and call.attrs["batch_dims"] == 0 and (
            known == 0 or (params.dims is not None and int(known) + len(params.dims) == 0)):
        return rows_of(dy, indices, params), None, None
    return gather_grad(dy, params, indices, axis, batch_dims=call.attrs["batch_dims"]), None, None


def rows_of(dy: Any, indices: Any, params: Any) -> IndexedSlices:
    """The gradient of gathering rows of `params`: these rows, with their indices."""
    tail = None if params.dims is None else params.dims[1:]
    if indices.dims is not None and len(indices.dims) == 1:
        rows = dy
    elif tail is not None and None not in tail:
        rows = reshape_op(dy, np.array((-1, *tail), np.int32))
    else:
        rest = ops["StridedSlice"](shape_of(params), np.array([1]), np.array([0]), np.array([1]), end_mask=1)
        rows = reshape_op(dy, ops["ConcatV2"]([np.array([-1], np.int32), rest], np.int32(0)))
    flat = indices if indices.dims is not None and len(indices.dims) == 1 else reshape_op(
        indices, np.array([-1], np.int32))
    return IndexedSlices(rows, flat, shape_of(params))


@op("GatherV2Grad", inputs="dy: T, params: T, indices: Tindices, axis: Taxis static", Tindices=_PLACES, Taxis=INDEX,
    samples=lambda rng: [((rng.normal(size=(3, 2)), rng.normal(size=(3, 4)), np.array([1, 1]), np.int32(1)), {})])
def gather_grad(dy, params, indices, axis, *, batch_dims: int = 0):
    """What `GatherV2` took, added up where it came from."""
    def take(p: Any) -> Any:
        return gather_op.function(p, indices, axis, batch_dims=batch_dims)

    _, pull = jax.vjp(take, jnp.zeros(jnp.shape(params), params.dtype))
    return pull(dy)[0]


@gather_grad.shape
def _(inputs, attrs):
    assert gather_op.shape_rule is not None
    gather_op.shape_rule(inputs[1:], attrs)  # it refuses what cannot have been gathered
    return [(inputs[1].dims, inputs[0].dtype)]


@gather_grad.grad
def _(call, dy):
    return gather_op(dy, *call.inputs[2:], batch_dims=call.attrs["batch_dims"]), None, None, None


@op("Gather", inputs="params: Tparams, indices: Tindices", Tindices=INDEX,
    samples=lambda rng: [((rng.normal(size=(3, 2)), np.array([[0, 2]])), {})])
def gather_v1_op(params, indices, *, validate_indices: bool = True):
    """The rows of `params` at the places that `indices` holds."""
    return gather_op.function(params, indices, np.int32(0))


@gather_v1_op.check
def _(params, indices, *, validate_indices=True):
    return outside(indices, jnp.shape(params)[0])


gather_v1_op.message(lambda numbers, inputs, attrs: outside_text(numbers))


@gather_v1_op.grad
def _(call, dy):
    return rows_of(dy, call.inputs[1], call.inputs[0]), None


@public(v2=("gather",))
def gather(params: Any, indices: Any, validate_indices: Any = None, axis: Any = None, batch_dims: int = 0,
           name: str | None = None) -> Any:
    """The slices of `params` along `axis` at the places that `indices` holds; the result has shape
    `params.shape[:axis] + indices.shape[batch_dims:] + params.shape[axis + 1:]`.

    axis: by default `batch_dims`. batch_dims: so many leading dimensions of both go together.
    validate_indices: indices are always checked. Raises InvalidArgumentError for an index out of range. The gradient
    along axis 0 is an `IndexedSlices`.

    >>> gather([10, 20, 30], [2, 0]).numpy().tolist()
    [30, 10]
    """
    if axis is None:
        axis = batch_dims
    read = getattr(params, "sparse_read", None)
    if read is not None and isinstance(axis, int) and axis == 0 and not batch_dims:
        return read(indices, name=name)
    return gather_op(params, indices, axis, batch_dims=int(batch_dims), name=name)


# Gather by coordinates -------------------------------------------------------------------------------


@op("GatherNd", inputs="params: Tparams, indices: Tindices", Tindices=_PLACES,
    samples=lambda rng: [((rng.normal(size=(3, 4)), np.array([[0, 1], [2, 3]])), {}),
                         ((rng.normal(size=(3, 4)), np.array([[2], [2]])), {}),
                         ((rng.normal(size=(3, 4)), np.zeros((2, 0), np.int32)), {})])
def gather_nd_op(params, indices, *, bad_indices_policy: str = ""):
    """The slices of `params` at coordinates: the last dimension of `indices` holds one place."""
    depth = jnp.shape(indices)[-1]
    if depth == 0:
        return jnp.broadcast_to(params, (*jnp.shape(indices)[:-1], *jnp.shape(params)))
    if 0 in jnp.shape(params)[:depth]:
        return jnp.zeros((*jnp.shape(indices)[:-1], *jnp.shape(params)[depth:]), params.dtype)
    places = tuple(indices[..., i] for i in range(depth))
    if bad_indices_policy == "IGNORE":
        ok = _valid(indices, jnp.shape(params))
        taken = jnp.asarray(params).at[places].get(mode="clip")
        mask = jnp.reshape(ok, (*jnp.shape(ok), *(1,) * (taken.ndim - jnp.ndim(ok))))
        return jnp.where(mask, taken, jnp.zeros((), taken.dtype))
    return jnp.asarray(params).at[places].get(mode="clip")


def _valid(indices: Any, dims: Any) -> Any:
    limits = np.array(dims[:jnp.shape(indices)[-1]], np.int64)
    return ((indices >= 0) & (indices < limits)).all(-1)


@gather_nd_op.shape
def _(inputs, attrs):
    (params, dtype), indices = inputs[0][:2], inputs[1].dims
    if indices is not None and not indices:
        raise ShapeFault("Shape must be at least rank 1 but is rank 0", "indices must be at least a vector")
    if params is None or indices is None or indices[-1] is None:
        return [(None, dtype)]
    depth = indices[-1]
    if depth > len(params):
        raise ShapeFault(f"indices.shape[-1] must be <= params.rank, but saw indices shape: {shapes.text(indices)} "
                         f"and params shape: {shapes.text(params)}",
                         f"index innermost dimension length must be <= params rank; saw: {depth} vs. {len(params)}")
    return [((*indices[:-1], *params[depth:]), dtype)]


def outside_nd(indices: Any, dims: Any) -> tuple[Any, list[Any]]:
    """For a check: whether a place is outside of `dims`, and which: rank, depth, coordinates, the place."""
    indices = jnp.asarray(indices)
    depth, outer = jnp.shape(indices)[-1], jnp.shape(indices)[:-1]
    bad = jnp.reshape(~_valid(indices, dims), (-1,))
    if not bad.shape[0] or not depth:
        return jnp.asarray(False), []
    first = jnp.argmax(bad)
    places = coordinates(first, outer)
    place = jnp.reshape(indices, (-1, depth))[first]
    return bad.any(), [len(outer), depth, *places, *(place[i] for i in range(depth))][:8]


def outside_nd_text(numbers: Any) -> str:
    """The words for what `outside_nd` found, without the shape."""
    rank, depth, *rest = (int(n) for n in numbers)
    if rank + depth > len(rest):
        return "indices hold a place that"
    where = f"[{','.join(map(str, rest[:rank]))}]" if rank else ""
    return f"indices{where} = [{', '.join(map(str, rest[rank:rank + depth]))}]"


def _shape_text(value: Any) -> str:
    return shapes.text(value._dims if isinstance(value, GraphTensor) else jnp.shape(value))


@gather_nd_op.check
def _(params, indices, *, bad_indices_policy=""):
    if bad_indices_policy == "IGNORE":
        return jnp.asarray(False), []
    return outside_nd(indices, jnp.shape(params))


@gather_nd_op.message
def _(numbers, inputs, attrs):
    return f"{outside_nd_text(numbers)} does not index into param shape {_shape_text(inputs[0])}"


@gather_nd_op.grad
def _(call, dy):
    params, indices = call.inputs
    dims = indices.dims
    if dims is not None and len(dims) == 2 and dims[1] == 1:
        return IndexedSlices(dy, reshape_op(indices, np.array([-1], np.int32)), shape_of(params)), None
    return scatter_nd(indices, dy, shape_of(params, indices.dtype.base_dtype)), None


@public(v2=("gather_nd",))
def gather_nd(params: Any, indices: Any, batch_dims: int = 0, name: str | None = None,
              bad_indices_policy: str = "") -> Any:
    """The slices of `params` at coordinates: the last dimension of `indices` holds one place each.

    The result has shape `indices.shape[:-1] + params.shape[indices.shape[-1]:]`. batch_dims: so many leading
    dimensions of both go together. bad_indices_policy: "" or "ERROR": InvalidArgumentError for a place out of range;
    "IGNORE": zeros.

    >>> gather_nd([[1, 2], [3, 4]], [[0, 0], [1, 1]]).numpy().tolist()
    [1, 4]
    """
    if bad_indices_policy not in ("", "DEFAULT", "ERROR", "IGNORE"):
        raise ValueError(f"bad_indices_policy is '', 'DEFAULT', 'ERROR' or 'IGNORE', not {bad_indices_policy!r}")
    count = int(batch_dims)
    if count:
        return _gather_nd_batched(convert(params), convert(indices), count, name, bad_indices_policy)
    return gather_nd_op(params, indices, bad_indices_policy=bad_indices_policy, name=name)


def _gather_nd_batched(params: Any, indices: Any, count: int, name: str | None, policy: str) -> Any:
    """Coordinates of the leading dimensions are put before each place."""
    if indices.dims is None or params.dims is None:
        raise ValueError("gather_nd with batch_dims needs tensors of known rank")
    if count < 0:
        count += len(indices.dims)
    if not 0 <= count < len(indices.dims) or count > len(params.dims):
        raise ValueError(f"batch_dims = {count} must be less than rank(indices) = {len(indices.dims)} and at most "
                         f"rank(params) = {len(params.dims)}")
    return gather_nd_op(params, batch_places(indices, count=count), bad_indices_policy=policy, name=name)


@op("BatchPlaces", inputs="indices: Tindices", Tindices=_PLACES, differentiable=never("integer result"),
    samples=lambda rng: [((np.array([[[1], [0]], [[2], [2]]]),), {"count": 1})])
def batch_places(indices, *, count: int):
    """Places within each element of a batch, as places in the whole: the leading coordinates put before."""
    dims = jnp.shape(indices)
    lead = [jnp.broadcast_to(jnp.reshape(jnp.arange(dims[i], dtype=indices.dtype),
                                         [-1 if k == i else 1 for k in range(len(dims))]), (*dims[:-1], 1))
            for i in range(count)]
    return jnp.concatenate([*lead, indices], -1)


# Scatter ---------------------------------------------------------------------------------------------


def _refuse_updates(indices: Any, updates: Any, target: Any, what: str) -> None:
    """Raise ShapeFault where indices [..., depth] and updates [..., *target[depth:]] do not belong together."""
    if indices is None:
        return
    if not indices:
        raise ShapeFault("Shape must be at least rank 1 but is rank 0", "indices must be at least a vector")
    outer = len(indices) - 1
    if updates is not None:
        run = (f"Dimensions [0,{outer}) of indices[shape={shapes.text(indices)}] must match dimensions [0,{outer}) of "
               f"updates[shape={shapes.text(updates)}]")
        try:
            shapes.merged(indices[:-1], updates[:outer])
        except ShapeFault as fault:
            raise ShapeFault(f"Dimensions [0,{outer}) of indices[shape={shapes.text(indices)}] = "
                             f"{shapes.text(indices[:-1])} must match dimensions [0,{outer}) of updates[shape="
                             f"{shapes.text(updates)}] = {shapes.text(updates[:outer])}: {fault.build}", run) from None
    depth = indices[-1]
    if depth is None or target is None:
        return
    if depth > len(target):
        raise ShapeFault(f"indices.shape[-1] must be <= rank of {what}, but are {depth} and {len(target)}",
                         f"The inner dimension of indices, {depth}, is larger than the rank of {what}, {len(target)}")
    if updates is None:
        return
    rest, tail = target[depth:], updates[outer:]
    run = (f"Dimensions [{depth},{len(target)}) of {what}[shape={shapes.text(target)}] must match dimensions "
           f"[{outer},{len(updates)}) of updates[shape={shapes.text(updates)}]")
    try:
        shapes.merged(rest, tail)
    except ShapeFault as fault:
        raise ShapeFault(f"Dimensions [{depth},{len(target)}) of {what}[shape={shapes.text(target)}] = "
                         f"{shapes.text(rest)} must match dimensions [{outer},{len(updates)}) of updates[shape="
                         f"{shapes.text(updates)}] = {shapes.text(tail)}: {fault.build}", run) from None


def _targets(indices: Any) -> tuple[Any, ...]:
    """Places as an index of `.at[...]`; negative ones, which JAX would count from the end, are outside."""
    high = np.iinfo(indices.dtype).max
    return tuple(jnp.where(indices[..., i] < 0, high, indices[..., i]) for i in range(jnp.shape(indices)[-1]))


@op("ScatterNd", inputs="indices: Tindices, updates: T, shape: Tindices static", names=("scatter_nd",),
    v1=("manip.scatter_nd",), Tindices=_PLACES, T=NUMERIC + BOOL,
    samples=lambda rng: [((np.array([[1], [1], [3]]), rng.normal(size=(3, 2)), np.array([4, 2])), {}),
                         ((np.array([[0, 1]]), rng.normal(size=1), np.array([2, 2])), {})])
def scatter_nd(indices, updates, shape, *, bad_indices_policy: str = ""):
    """Zeros of the given shape, to which the updates are added at their places; repeated places add up.

    indices: [..., depth] places. updates: [..., *shape[depth:]]. bad_indices_policy: "" or "ERROR":
    InvalidArgumentError for a place out of range; "IGNORE": left out.
    """
    dims = tuple(int(d) for d in shape)
    if jnp.shape(indices)[-1] == 0:
        return jnp.sum(jnp.reshape(updates, (-1, *dims)), 0, dtype=updates.dtype)
    base = jnp.zeros(dims, updates.dtype)
    if 0 in dims:
        return base
    if base.dtype == bool:
        return base.at[_targets(indices)].max(updates, mode="drop")
    return base.at[_targets(indices)].add(updates, mode="drop")


@scatter_nd.shape
def _(inputs, attrs):
    indices, (updates, dtype), target = inputs[0].dims, inputs[1][:2], shapes.wanted_shape(inputs[2])
    _refuse_updates(indices, updates, target, "output")
    return [(target, dtype)]


@scatter_nd.check
def _(indices, updates, shape, *, bad_indices_policy=""):
    if bad_indices_policy == "IGNORE":
        return jnp.asarray(False), []
    return outside_nd(indices, tuple(int(d) for d in shape))


@scatter_nd.message
def _(numbers, inputs, attrs):
    shape = inputs[2] if isinstance(inputs[2], np.ndarray) else shapes.static_value(inputs[2])
    words = "its shape" if shape is None else f"shape {shapes.text(tuple(int(d) for d in shape))}"
    return f"{outside_nd_text(numbers)} does not index into {words}"


@scatter_nd.grad
def _(call, dy):
    return None, gather_nd_op(dy, call.inputs[0]), None


def _scatters(rng: np.random.Generator) -> list[Any]:
    x = rng.normal(size=(4, 2))
    return [((x, np.array([[1], [3]]), rng.normal(size=(2, 2))), {}), ((x, np.array([[1, 0]]), rng.normal(size=1)), {})]


def _scattering(method: str, doc: str) -> Any:
    def function(tensor: Any, indices: Any, updates: Any, *, bad_indices_policy: str = "") -> Any:
        if 0 in jnp.shape(tensor):
            return tensor
        at = jnp.asarray(tensor).at[_targets(indices)]
        if method == "subtract":
            return at.add(-updates, mode="drop")
        return getattr(at, method)(updates, mode="drop")

    function.__doc__ = doc
    return function


def _declare(type_: str, method: str, doc: str, names: tuple[str, ...], v1: tuple[str, ...] = (),
             indices: Any = INDEX, **limits: Any) -> Any:
    function = _scattering(method, doc)
    function.__name__ = names[0] if names else type_
    made = op(type_, inputs="tensor: T, indices: Tindices, updates: T", names=names, v1=v1, Tindices=indices,
              samples=_scatters, **limits)(function)

    @made.shape
    def _(inputs: Any, attrs: Any) -> Any:
        _refuse_updates(inputs[1].dims, inputs[2].dims, inputs[0].dims, "tensor")
        return [(inputs[0].dims, inputs[0].dtype)]

    @made.check
    def _(tensor: Any, indices: Any, updates: Any, *, bad_indices_policy: str = "") -> Any:
        if bad_indices_policy == "IGNORE":
            return jnp.asarray(False), []
        return outside_nd(indices, jnp.shape(tensor))

    @made.message
    def _(numbers: Any, inputs: Any, attrs: Any) -> str:
        return f"{outside_nd_text(numbers)} does not index into shape {_shape_text(inputs[0])}"

    return made


scatter_update_op = _declare("TensorScatterUpdate", "set", "The tensor with other values at the given places.", (),
                             indices=(*_PLACES, dtypes.uint16))
scatter_add = _declare(
    "TensorScatterAdd", "add", "The tensor with `updates` added at the places `indices`; repeated places add up.",
    ("tensor_scatter_nd_add",), ("tensor_scatter_add",), T=NUMERIC)
scatter_sub = _declare(
    "TensorScatterSub", "subtract", "The tensor with `updates` subtracted at the places `indices`.",
    ("tensor_scatter_nd_sub",), ("tensor_scatter_sub",), T=NUMERIC)
scatter_max = _declare(
    "TensorScatterMax", "max", "The tensor with the larger of its value and `updates` at the places `indices`.",
    ("tensor_scatter_nd_max",), T=REALS)
scatter_min = _declare(
    "TensorScatterMin", "min", "The tensor with the smaller of its value and `updates` at the places `indices`.",
    ("tensor_scatter_nd_min",), T=REALS)


@scatter_update_op.grad
def _(call, dy):
    _, indices, updates = call.inputs
    return scatter_update_op(dy, indices, ops["ZerosLike"](updates)), None, gather_nd_op(dy, indices)


@scatter_add.grad
def _(call, dy):
    return dy, None, gather_nd_op(dy, call.inputs[1])


@scatter_sub.grad
def _(call, dy):
    return dy, None, ops["Neg"](gather_nd_op(dy, call.inputs[1]))


def _extreme_grad(call: Any, dy: Any) -> Any:
    """Shared equally among the tensor's own value and the updates that equal the result."""
    x, indices, y = call.inputs
    out, dtype = call.outputs[0], dy.dtype.base_dtype
    mine = ops["Cast"](ops["Equal"](x, out), DstT=dtype)
    theirs = ops["Cast"](ops["Equal"](y, gather_nd_op(out, indices)), DstT=dtype)
    count = ops["AddV2"](mine, scatter_nd(indices, theirs, shape_of(x, indices.dtype.base_dtype)))
    share = ops["RealDiv"](dy, count)
    return ops["Mul"](share, mine), None, ops["Mul"](gather_nd_op(share, indices), theirs)


scatter_max.grad(_extreme_grad)
scatter_min.grad(_extreme_grad)


@public("tensor_scatter_nd_update", v1=("tensor_scatter_update",))
def tensor_scatter_nd_update(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Any:
    """The tensor with `updates` in place of its values at the places `indices`.

    indices: [..., depth]. updates: [..., *tensor.shape[depth:]]. Raises InvalidArgumentError for a place out of range.
    """
    return scatter_update_op(tensor, indices, updates, name=name)


# IndexedSlices ---------------------------------------------------------------------------------------


@op("ScatterRows", inputs="values: T, indices: Tindices, dense_shape: Tshape static", Tindices=_PLACES, Tshape=INDEX,
    samples=lambda rng: [((rng.normal(size=(3, 2)), np.array([1, 1, 3]), np.array([4, 2])), {})])
def scatter_rows(values, indices, dense_shape):
    """Zeros of the given shape, to which each row is added at its index; rows outside are left out."""
    rows = jnp.where(indices < 0, np.iinfo(indices.dtype).max, indices)
    base = jnp.zeros(tuple(int(d) for d in dense_shape), values.dtype)
    return base if 0 in base.shape else base.at[rows].add(values, mode="drop")


@scatter_rows.shape
def _(inputs, attrs):
    (values, dtype), target = inputs[0][:2], shapes.wanted_shape(inputs[2])
    if target is not None and values is not None and len(values) == len(target):
        target = (target[0], *(b if a is None else a for a, b in zip(target[1:], values[1:], strict=True)))
    return [(target, dtype)]


@scatter_rows.grad
def _(call, dy):
    return ops["GatherV2"](dy, call.inputs[1], np.int32(0)), None, None


def densify(slices: IndexedSlices) -> Any:
    """`IndexedSlices` as the tensor they stand for. Raises ValueError where its shape is not known."""
    if slices.dense_shape is None:
        raise ValueError("Tensor conversion requested for IndexedSlices without dense_shape: "
                         f"{getattr(slices.values, 'name', slices)}")
    return scatter_rows(slices.values, slices.indices, shape_argument(slices.dense_shape))


def _dense_dims(shape: Any) -> Any:
    if type(shape) is GraphTensor:
        return infer.partial_shape(shape)
    return tuple(int(d) for d in np.asarray(getattr(shape, "_value", shape)))


indexed_slices.bind(densify=densify, static_shape=_dense_dims)
