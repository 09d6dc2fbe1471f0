"""Elements chosen by truth values: where, boolean_mask, sequence_mask."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp
from hornbeam.graph import dtypes
from hornbeam.graph.call import composite
from hornbeam.graph.names import public
from hornbeam.graph.op import BOOL, NUMERIC, never, op
from hornbeam.graph.op import registry as ops
from hornbeam.graph.shapes import TensorShape
from hornbeam.ops import dims as shapes
from hornbeam.ops import rules
from hornbeam.ops.constants import range as range_
from hornbeam.ops.constants import zeros_like_op
from hornbeam.ops.conversion import convert
from hornbeam.ops.dims import ShapeFault
from hornbeam.ops.gathering import gather_op
from hornbeam.ops.shaping import expand_dims_op, reshape_op, shape_of, squeeze_op, unbroadcast


@op("Where", raw={"input": "condition"}, inputs="input: T", host=True, gives_strings=False,
    differentiable=never("integer result"), T=NUMERIC + BOOL,
    samples=lambda rng: [((rng.random((2, 3)) < .5,), {}), ((rng.normal(size=(0, 2)),), {})])
def where_op(input):
    """The places of the elements that are not zero, row by row."""
    if input.ndim == 0:
        raise ShapeFault("WhereOp : Unhandled input dimensions: 0")
    return np.argwhere(input).astype(np.int64)


@where_op.shape
def _(inputs, attrs):
    dims = inputs[0].dims
    return [((None, None if dims is None else len(dims)), dtypes.int64)]


def _choices(rng: np.random.Generator) -> list[Any]:
    c = rng.random((2, 3)) < .5
    return [((c, rng.normal(size=(2, 3)), rng.normal(size=(2, 3))), {}),
            ((np.array(True), np.float64(1), np.float64(2)), {})]


@op("Select", raw={"t": "x", "e": "y"}, inputs="condition: bool, t: T, e: T", samples=lambda rng: [
    *_choices(rng), ((rng.random(2) < .5, rng.normal(size=(2, 3)), rng.normal(size=(2, 3))), {})])
def select_op(condition, t, e):
    """Elements, or whole rows where `condition` is a vector, of `t` where it holds, else of `e`."""
    extra = jnp.ndim(t) - jnp.ndim(condition)
    return jnp.where(jnp.reshape(condition, (*jnp.shape(condition), *(1,) * extra)), t, e)


@select_op.shape
def _(inputs, attrs):
    condition, (t, dtype), e = inputs[0].dims, inputs[1][:2], inputs[2].dims
    run = f"'then' and 'else' must have the same size.  but received: {shapes.text(t)} vs. {shapes.text(e)}"
    both = shapes.merged(t, e, run)
    if both is None or condition is None or condition == ():
        return [(both, dtype)]
    if len(condition) == 1 and both:
        shapes.merged(condition, both[:1], f"Number of batches of 'then' must match size of 'cond', but saw: "
                      f"{both[0]} vs. {condition[0]}")
        return [(both, dtype)]
    return [(shapes.merged(both, condition, "'cond' must be a scalar, a vector, or have the shape of 'then', but "
                           f"is {shapes.text(condition)} and 'then' {shapes.text(both)}"), dtype)]


@select_op.grad
def _(call, dy):
    condition, t, _ = call.inputs
    zeros = zeros_like_op(t)
    return None, select_op(condition, dy, zeros), select_op(condition, zeros, dy)


@op("SelectV2", inputs="condition: bool, t: T, e: T", samples=lambda rng: [
    *_choices(rng), ((rng.random(3) < .5, rng.normal(size=(2, 3)), np.float64(1)), {})])
def select_v2_op(condition, t, e):
    """Elements of `t` where the condition holds, else of `e`; the three broadcast."""
    return jnp.where(condition, t, e)


@select_v2_op.shape
def _(inputs, attrs):
    c, t, e = (i.dims for i in inputs)
    try:
        return [(rules.broadcast_dims([c, rules.broadcast_dims([t, e])]), inputs[1].dtype)]
    except ShapeFault as fault:
        raise ShapeFault(fault.build, f"condition {shapes.text(c)}, then {shapes.text(t)}, and else {shapes.text(e)} "
                         "must be broadcastable") from None


@select_v2_op.grad
def _(call, dy):
    condition, t, e = call.inputs
    zeros = zeros_like_op(dy)
    return (None, unbroadcast(select_v2_op(condition, dy, zeros), t),
            unbroadcast(select_v2_op(condition, zeros, dy), e))


@public(v1=("where_v2",), v2=("where",))
def where(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Any:
    """With `x` and `y`: elements of `x` where `condition` holds, else of `y`; the three broadcast.

    Alone: the places where `condition` is true (or not zero), as an int64 matrix with one row a place; their number
    is known when it runs. Raises ValueError where only one of `x` and `y` is given.

    >>> where([True, False], 1, 0).numpy().tolist()
    [1, 0]
    """
    if x is None and y is None:
        return where_op(convert(condition, name="condition"), name=name)
    if x is None or y is None:
        raise ValueError("x and y must both be non-None or both be None.")
    return select_v2_op(condition, x, y, name=name)


def _sizes(x: Any) -> Any:
    """The sizes of a tensor: integers where they are known, else scalars that a run tells."""
    dims = x.dims
    if None not in dims:
        return list(dims)
    shape = shape_of(x)
    return [shape[i] if d is None else d for i, d in enumerate(dims)]


@public(v2=("boolean_mask",))
def boolean_mask(tensor: Any, mask: Any, axis: Any = None, name: str | None = "boolean_mask") -> Any:
    """The elements (or slices) of `tensor` where `mask` is true, along a new dimension in place of the mask's.

    mask: of known rank, at least 1; its shape agrees with that of `tensor` from dimension `axis` (0) on.
    Raises ValueError where it does not.

    >>> boolean_mask([1, 2, 3], [True, False, True]).numpy().tolist()
    [1, 3]
    """
    return masked(tensor, mask, axis, name=name)


@composite("boolean_mask")
def masked(tensor: Any, mask: Any, axis: Any = None, name: str | None = None) -> Any:
    """`boolean_mask`, in its scope."""
    x, truth = convert(tensor, name="tensor"), convert(mask, name="mask")
    at = 0 if axis is None else int(shapes.static_value(convert(axis)))  # type: ignore[arg-type]
    count = _mask_rank(truth)
    if x.dims is None:
        raise ValueError("boolean_mask needs a tensor of known rank")
    at += len(x.dims) if at < 0 else 0
    part = TensorShape(x.dims[at:at + count])
    if not part.is_compatible_with(TensorShape(truth.dims)):
        raise ValueError(f"Shapes {part} and {TensorShape(truth.dims)} are incompatible")
    sizes = _sizes(x)
    merged = [*sizes[:at], -1, *sizes[at + count:]]
    if shapes.product(x.dims) is None and len([d for d in merged if d == -1]) > 1:
        raise ValueError("boolean_mask needs at most one dimension of unknown size")
    flat = reshape_op(x, _shape_vector(_with_lead(x, sizes, at, count)))
    places = squeeze_op(where_op(reshape_op(truth, np.array([-1], np.int32))), squeeze_dims=(1,))
    return gather_op(flat, places, np.int32(at))


def _with_lead(x: Any, sizes: list[Any], at: int, count: int) -> list[Any]:
    """The sizes with the masked dimensions as one: -1 unless a dimension of size 0 hides what it stands for."""
    rest = [*sizes[:at], *sizes[at + count:]]
    known = x.dims[at:at + count]
    lead: Any = -1
    if None not in known:
        lead = int(np.prod(known))
    return [*rest[:at], lead, *rest[at:]]


def _shape_vector(sizes: list[Any]) -> Any:
    return np.array(sizes, np.int32) if all(isinstance(s, int) for s in sizes) else sizes


def _mask_rank(mask: Any) -> int:
    if not mask.dtype.base_dtype.is_bool:
        raise TypeError(f"a mask is boolean, not {mask.dtype.name}")
    if mask.dims is None:
        raise ValueError("Number of mask dimensions must be specified, even if some dimensions are None.  "
                         "E.g. shape=[None] is ok, but shape=None is not.")
    if not mask.dims:
        raise ValueError("mask cannot be scalar.")
    return len(mask.dims)


@public("sequence_mask")
@composite("SequenceMask")
def sequence_mask(lengths: Any, maxlen: Any = None, dtype: Any = dtypes.bool, name: str | None = None) -> Any:
    """For each length, a row of `maxlen` truth values of which so many first ones are true.

    maxlen: by default the largest length. dtype: what the truth values become.

    >>> sequence_mask([1, 3]).numpy().tolist()
    [[True, False, False], [True, True, True]]
    """
    sizes = convert(lengths)
    if maxlen is None:
        flat = reshape_op(sizes, np.array([-1], np.int32))
        maxlen = ops["Max"](flat, np.array([0], np.int32), name="Max")
        maxlen = ops["Maximum"](np.array(0, sizes.dtype.base_dtype.np_dtype), maxlen, name="Maximum")
    else:
        maxlen = convert(maxlen)
        if maxlen.dims is not None and len(maxlen.dims):
            raise ValueError("Argument `maxlen` must be scalar for sequence_mask, received `maxlen` = "
                             f"{maxlen} with shape '{maxlen.shape}' instead")
    row = range_(np.array(0, maxlen.dtype.base_dtype.np_dtype), maxlen,
                 np.array(1, maxlen.dtype.base_dtype.np_dtype), name="Range")
    column = expand_dims_op(sizes, np.int32(-1))
    if column.dtype.base_dtype is not row.dtype.base_dtype:
        column = ops["Cast"](column, DstT=row.dtype.base_dtype)
    result = ops["Less"](row, column, name="Less")
    wanted = dtypes.as_dtype(dtype)
    return result if wanted.is_bool else ops["Cast"](result, DstT=wanted, name="Cast")
