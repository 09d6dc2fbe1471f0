"""Values and norms kept within bounds."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp
from hornbeam.graph import dtypes
from hornbeam.graph.call import composite, own_name
from hornbeam.graph.names import public
from hornbeam.graph.op import BOOL, REALS, op, registry
from hornbeam.ops import array, rules
from hornbeam.ops.arithmetic import add_v2, maximum, minimum, multiply, subtract
from hornbeam.ops.array import unbroadcast
from hornbeam.ops.casts import cast_op, real
from hornbeam.ops.compare import greater, less, logical_or, select
from hornbeam.ops.division import quotient, real_div
from hornbeam.ops.elementary import sqrt
from hornbeam.ops.reduce import array_size, reduce_sum


@public("saturate_cast", "dtypes.saturate_cast")
@composite("saturate_cast")
def saturate_cast(value: Any, dtype: Any, name: str | None = None) -> Any:
    """The values in another dtype, those beyond its range at its nearest end.

    Raises TypeError for casts that lose an imaginary part.
    """
    x, wanted = array.convert(value), dtypes.as_dtype(dtype).base_dtype
    held = x.dtype.base_dtype
    if held.is_complex and not wanted.is_complex:
        x, held = real(x), held.real_dtype
    if not (held.is_complex or wanted.is_complex or held in BOOL or wanted in BOOL):
        low, high = _common_ends(held, wanted)
        if low is not None or high is not None:
            x = clip_by_value_op(x, held.min if low is None else low, held.max if high is None else high,
                                 name="clamp")
    return cast_op(x, DstT=wanted, name=own_name())


def _common_ends(held: dtypes.DType, wanted: dtypes.DType) -> tuple[Any, Any]:
    """The ends of `wanted` where `held` reaches beyond them, as values that `held` can hold."""
    def end(value: Any, beyond: bool, towards: float) -> Any:
        if not beyond:
            return None
        if held.is_integer:
            return int(value)
        inside = np.asarray(float(value)).astype(held.np_dtype)
        if wanted.is_integer and np.abs(float(inside)) > np.abs(float(value)) - (0 if value <= 0 else 1) and value > 0 \
                and int(float(inside)) > int(value):
            inside = np.nextafter(inside, held.np_dtype.type(towards))
        return inside

    return (end(wanted.min, float(held.min) < float(wanted.min), 0.0),
            end(wanted.max, float(held.max) > float(wanted.max), 0.0))


@op("ClipByValue", inputs="t: T, clip_value_min: T, clip_value_max: T", T=REALS,
    samples=lambda rng: [((rng.normal(size=(2, 3)), np.asarray(-0.5), np.asarray(0.5)), {})])
def clip_by_value_op(t, clip_value_min, clip_value_max):
    """The values kept between two bounds: below the first they become it, above the second that."""
    return jnp.maximum(jnp.minimum(t, clip_value_max), clip_value_min)


@clip_by_value_op.shape
def _(inputs, attrs):
    return [(rules.broadcast_dims([i.dims for i in inputs]), inputs[0].dtype)]


@clip_by_value_op.grad
def _(call, dy):
    x, low, high = call.inputs
    zero = array.zeros_like(dy)
    below, above = less(x, low), greater(x, high)
    outside = logical_or(below, above)
    return (unbroadcast(select(outside, zero, dy), x), unbroadcast(select(below, dy, zero), low),
            unbroadcast(select(above, dy, zero), high))


@public("clip_by_value")
@composite("clip_by_value")
def clip_by_value(t: Any, clip_value_min: Any, clip_value_max: Any, name: str | None = None) -> Any:
    """The values kept between two bounds: below the first they become it, above the second that.

    t: a tensor, or `IndexedSlices`. clip_value_min, clip_value_max: of the dtype of `t`, of a shape that broadcasts
    to its shape. The gradient is 0 outside the bounds. Raises ValueError or InvalidArgumentError for other shapes.

    >>> clip_by_value([-5., 0.5, 5.], -1., 1.).numpy().tolist()
    [-1.0, 0.5, 1.0]
    """
    values = array.convert(_values(t))
    # The result keeps the shape of `t`: bounds may be broadcast, `t` may not.
    low = minimum(values, clip_value_max)
    values.shape.assert_is_compatible_with(low.shape)
    kept = maximum(low, clip_value_min, name=own_name())
    values.shape.assert_is_compatible_with(kept.shape)
    return _like(t, kept)


def _values(t: Any) -> Any:
    return t.values if hasattr(t, "dense_shape") else t


def _like(t: Any, values: Any) -> Any:
    return type(t)(values, t.indices, t.dense_shape) if hasattr(t, "dense_shape") else values


@public("clip_by_norm")
@composite("clip_by_norm")
def clip_by_norm(t: Any, clip_norm: Any, axes: Any = None, name: str | None = None) -> Any:
    """A tensor scaled down so that its Euclidean norm is at most `clip_norm`; a smaller one stays as it is.

    t: a tensor, or `IndexedSlices`. axes: the dimensions over which the norm is taken, all by default.

    >>> clip_by_norm([3., 4.], 2.5).numpy().tolist()
    [1.5, 2.0]
    """
    values = array.convert(_values(t))
    squares = reduce_sum(multiply(values, values), axes, True)
    positive = greater(squares, 0)
    # The root of 0 has an infinite gradient, so 1 takes its place on the way.
    norm = select(positive, sqrt(select(positive, squares, array.ones_like_op(squares))), squares)
    scaled = multiply(values, clip_norm)
    values.shape.assert_is_compatible_with(scaled.shape)
    return _like(t, array.identity(quotient(scaled, maximum(norm, clip_norm)), name=own_name()))


@public(v1=("clip_by_average_norm",))
@composite("clip_by_average_norm")
def clip_by_average_norm(t: Any, clip_norm: Any, name: str | None = None) -> Any:
    """A tensor scaled down so that its norm over its number of elements is at most `clip_norm`."""
    values = array.convert(t)
    count = array_size(values, values.dtype.base_dtype)
    inverse_norm = multiply(registry["Rsqrt"](reduce_sum(multiply(values, values))), count)
    # The smaller of 1/norm and 1/limit is 1/(the larger): no branch.
    inverse_limit = quotient(array.constant(1.0, values.dtype.base_dtype), clip_norm)
    scale = multiply(clip_norm, minimum(inverse_norm, inverse_limit))
    return array.identity(multiply(values, scale), name=own_name())


@public("linalg.global_norm", v1=("global_norm",))
@composite("global_norm")
def global_norm(t_list: Any, name: str | None = None) -> Any:
    """The square root of the sum of all squares of several tensors.

    t_list: a list of tensors, `IndexedSlices` and None, which counts for nothing. Raises TypeError for other than
    a list, ValueError where it holds nothing.
    """
    if not isinstance(t_list, (list, tuple)):
        raise TypeError(f"`t_list` should be a sequence of tensors. Received {type(t_list)}.")
    tensors = [array.convert(_values(t)) for t in t_list if t is not None]
    if not tensors:
        raise ValueError("global_norm needs at least one tensor, and all that was given is None")
    halves = [registry["L2Loss"](t) for t in tensors]
    total = reduce_sum(registry["Pack"](halves, name="stack"))
    return sqrt(multiply(total, array.constant(2.0, total.dtype.base_dtype)), name="global_norm")


@public("clip_by_global_norm")
def clip_by_global_norm(t_list: Any, clip_norm: Any, use_norm: Any = None, name: str | None = None) -> Any:
    """Several tensors scaled by one number so that their global norm is at most `clip_norm`: (list, global norm).

    t_list: a list of tensors, `IndexedSlices` and None, which stays. use_norm: the global norm, where it is known
    already. A norm that is infinite or NaN makes every result NaN. Pascanu et al. 2012.
    """
    if not isinstance(t_list, (list, tuple)):
        raise TypeError(f"`t_list` should be a sequence of tensors. Received {type(t_list)}.")
    norm = global_norm(t_list) if use_norm is None else use_norm
    return _clipped_globally(list(t_list), clip_norm, norm, name), norm


@composite("clip_by_global_norm")
def _clipped_globally(t_list: Any, clip_norm: Any, norm: Any, name: str | None = None) -> list[Any]:
    norm = array.convert(norm)
    one = array.constant(1.0, norm.dtype.base_dtype)
    scale = multiply(clip_norm, minimum(real_div(one, norm), quotient(one, clip_norm)))
    # Infinity minus infinity: a norm that is not finite shows in every tensor.
    scale = add_v2(scale, subtract(norm, norm), name="add")
    clipped = []
    for at, t in enumerate(t_list):
        if t is None:
            clipped.append(None)
            continue
        values = array.convert(_values(t))
        factor = scale if values.dtype.base_dtype is scale.dtype.base_dtype else cast_op(
            scale, DstT=values.dtype.base_dtype)
        clipped.append(_like(t, array.identity(multiply(values, factor), name=f"clip_by_global_norm/_{at}")))
    return clipped


__all__ = ["clip_by_average_norm", "clip_by_global_norm", "clip_by_norm", "clip_by_value", "clip_by_value_op",
           "global_norm", "saturate_cast", "select"]
