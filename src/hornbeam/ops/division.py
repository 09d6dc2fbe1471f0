"""Quotients and what is left over, element by element; integers over zero are refused as TensorFlow's kernels do."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp
from hornbeam.graph import dtypes
from hornbeam.graph.call import composite, own_name
from hornbeam.graph.names import public
from hornbeam.graph.op import FLOATS, INEXACT, NUMERIC, REALS, op
from hornbeam.ops import array, rules
from hornbeam.ops.arithmetic import STEPS, WITH_SIGN, is_integer, multiply, negative
from hornbeam.ops.array import unbroadcast
from hornbeam.ops.casts import cast_op, conjugate
from hornbeam.ops.samples import integers, one_shape, pairs, reals


def _divides_by_zero(x: Any, y: Any) -> Any:
    if not is_integer(y) or 0 in np.broadcast_shapes(x.shape, y.shape):
        return jnp.zeros((), bool), []
    return jnp.any(y == 0), []


def _division(declared: Any) -> None:
    """What ops that divide integers share: the check for zero, and folding of small known values."""
    declared.shape(rules.broadcast)
    declared.check(_divides_by_zero)
    declared.message(lambda numbers, inputs, attrs: "Integer division by zero")

    @declared.value
    def _(tensor: Any, known: Any) -> Any:
        x, y = (known(t) for t in tensor.op.inputs)
        if x is None or y is None or np.any(y == 0) or max(x.size, y.size) > 1024:
            return None
        with jax.enable_x64(True):
            return np.asarray(declared.function(x, y))


@op("RealDiv", names=("realdiv",), T=INEXACT, samples=pairs(-2, 2, 0.5, 2))
def real_div(x, y):
    """x / y of floats or complex numbers, element by element; shapes broadcast."""
    return jnp.divide(x, y)


def _quotient_gradient(call: Any, dy: Any) -> Any:
    x, y = call.inputs
    over = real_div(dy, conjugate(y))
    return unbroadcast(over, x), unbroadcast(multiply(dy, real_div(real_div(negative(conjugate(x)), conjugate(y)),
                                                                   conjugate(y))), y)


real_div.shape(rules.broadcast)
real_div.grad(_quotient_gradient)


@op("Div", T=NUMERIC, samples=pairs(-2, 2, 0.5, 2))
def div_op(x, y):
    """x / y; of integers, rounded towards zero."""
    return jax.lax.div(*jnp.broadcast_arrays(x, y)) if is_integer(x) else jnp.divide(x, y)


_division(div_op)
div_op.grad(_quotient_gradient)


@op("FloorDiv", v1=("floor_div",), T=REALS,
    samples=lambda rng: pairs(-9, 9, 1, 3)(rng) + integers(1, 9, (3, 4), (4,))(rng), differentiable=STEPS)
def floor_div(x, y):
    """x / y rounded down to an integer; shapes broadcast. Raises InvalidArgumentError for an integer over zero."""
    return jnp.floor_divide(x, y) if is_integer(x) else jnp.floor(x / y)


@op("FloorMod", names=("math.floormod", "math.mod"), v1=("floormod", "mod"),
    T=REALS, samples=lambda rng: pairs(-9, 9, 1, 3)(rng) + integers(1, 9, (3, 4), (4,))(rng))
def floormod(x, y):
    """What is left of x over y, with the sign of y; shapes broadcast.

    Raises InvalidArgumentError for an integer over zero.
    """
    return jnp.remainder(x, y)


@op("TruncateDiv", names=("truncatediv",), T=REALS, differentiable=STEPS,
    samples=lambda rng: pairs(-9, 9, 1, 3)(rng) + integers(1, 9, (3, 4), (4,))(rng))
def truncatediv(x, y):
    """x / y rounded towards zero; shapes broadcast. Raises InvalidArgumentError for an integer over zero."""
    return jax.lax.div(*jnp.broadcast_arrays(x, y)) if is_integer(x) else jnp.trunc(x / y)


@op("TruncateMod", names=("truncatemod",), T=(*FLOATS, dtypes.int32, dtypes.int64),
    samples=lambda rng: pairs(-9, 9, 1, 3)(rng) + integers(1, 9, (3, 4), (4,))(rng))
def truncatemod(x, y):
    """What is left of x over y, with the sign of x; shapes broadcast.

    Raises InvalidArgumentError for an integer over zero.
    """
    return jax.lax.rem(*jnp.broadcast_arrays(x, y))


@op("Mod", T=(*FLOATS, dtypes.int32, dtypes.int64), samples=pairs(-9, 9, 1, 3))
def mod_op(x, y):
    """What is left of x over y, with the sign of x, as old graphs spell it."""
    return jax.lax.rem(*jnp.broadcast_arrays(x, y))


for _divide in (floor_div, floormod, truncatediv, truncatemod, mod_op):
    _division(_divide)


@floormod.grad
def _(call, dy):
    x, y = call.inputs
    return unbroadcast(dy, x), unbroadcast(negative(multiply(dy, floor_div(x, y))), y)


def _truncated_gradient(call: Any, dy: Any) -> Any:
    x, y = call.inputs
    return unbroadcast(dy, x), unbroadcast(negative(multiply(dy, truncatediv(x, y))), y)


truncatemod.grad(_truncated_gradient)
mod_op.grad(_truncated_gradient)


@op("DivNoNan", T=INEXACT, samples=pairs(-2, 2, 0.5, 2))
def div_no_nan_op(x, y):
    """x / y, and 0 where y is 0."""
    none = y == 0
    return jnp.where(none, jnp.zeros((), x.dtype), x / jnp.where(none, jnp.ones((), y.dtype), y))


div_no_nan_op.shape(rules.broadcast)


@div_no_nan_op.grad
def _(call, dy):
    x, y = call.inputs
    cx, cy = conjugate(x), conjugate(y)
    return (unbroadcast(div_no_nan_op(dy, cy), x),
            unbroadcast(multiply(dy, div_no_nan_op(div_no_nan_op(negative(cx), cy), cy)), y))


@public("math.divide_no_nan", v1=("div_no_nan",))
def divide_no_nan(x: Any, y: Any, name: str | None = None) -> Any:
    """x / y, and 0 where y is 0; shapes broadcast. Integers are divided as floats.

    x, y: tensors of one dtype.
    """
    x, y = alike(x, y)
    wide = _as_quotient(x)
    if wide is not None:
        x, y = cast_op(x, DstT=wide), cast_op(y, DstT=wide)
    return div_no_nan_op(x, y, name=name or "div_no_nan")


@public("math.reciprocal_no_nan")
def reciprocal_no_nan(x: Any, name: str | None = None) -> Any:
    """1 / x, and 0 where x is 0.

    x: a float or complex tensor. Raises TypeError for others.
    """
    x = array.convert(x)
    if x.dtype.base_dtype not in INEXACT:
        raise TypeError(f"reciprocal_no_nan takes floats and complex numbers, not {x.dtype.name}")
    return div_no_nan_op(1.0, x, name=name or "reciprocal_no_nan")


def _as_quotient(x: Any) -> Any:
    """The float dtype in which integers are divided; None for what divides as it is. Raises TypeError for the rest."""
    dtype = x.dtype.base_dtype
    if dtype.is_floating or dtype.is_complex:
        return None
    if not dtype.is_integer:
        raise TypeError(f"Invalid dtype {dtype.name} in __truediv__: expected numbers")
    return dtypes.float32 if dtype.size <= 2 else dtypes.float64


def alike(x: Any, y: Any) -> tuple[Any, Any]:
    """Both as tensors: a Python number takes the dtype of the other."""
    x_type, y_type = getattr(x, "dtype", None), getattr(y, "dtype", None)
    if not isinstance(x_type, dtypes.DType):
        x = array.convert(x, y_type.base_dtype if isinstance(y_type, dtypes.DType) else None, name="x")
        x_type = x.dtype
    if not isinstance(y_type, dtypes.DType):
        y = array.convert(y, x_type.base_dtype, name="y")
    if x.dtype.base_dtype is not y.dtype.base_dtype:
        raise TypeError(f"`x` and `y` must have the same dtype, got {x.dtype.base_dtype!r} != "
                        f"{y.dtype.base_dtype!r}.")
    return x, y


def quotient(x: Any, y: Any, name: str | None = None) -> Any:
    """x / y as Python divides: integers give floats."""
    for value in (x, y):
        dtype = getattr(value, "dtype", None)
        if isinstance(dtype, dtypes.DType) and (dtype.is_floating or dtype.is_complex):
            return real_div(x, y, name=name)
    return _quotient_of_integers(x, y, name)


@composite("truediv")
def _quotient_of_integers(x: Any, y: Any, name: str | None = None) -> Any:
    x, y = alike(x, y)
    wide = _as_quotient(x)
    if wide is not None:
        x, y = cast_op(x, DstT=wide), cast_op(y, DstT=wide)
    return real_div(x, y, name=own_name())


@public("truediv", "math.truediv")
def truediv(x: Any, y: Any, name: str | None = None) -> Any:
    """x / y as Python divides, element by element: integers of up to 16 bits give float32, wider ones float64.

    x, y: tensors of one numeric dtype; shapes broadcast. Raises TypeError for other dtypes.

    >>> truediv(1, 4).numpy().item()
    0.25
    """
    return quotient(x, y, name or "truediv")


@public("divide", "math.divide")
def divide(x: Any, y: Any, name: str | None = None) -> Any:
    """x / y as Python divides, element by element; see `truediv`."""
    return quotient(x, y, name or "truediv")


@public("math.floordiv", v1=("floordiv",))
def floordiv(x: Any, y: Any, name: str | None = None) -> Any:
    """x / y rounded down to an integer, in the dtype of x; shapes broadcast.

    Raises InvalidArgumentError for an integer over zero.
    """
    return floor_div(x, y, name=name or "floordiv")


@op("Reciprocal", inputs="x: T", names=("math.reciprocal",), v1=("reciprocal",), T=WITH_SIGN,
    samples=reals(0.5, 2))
def reciprocal(x):
    """1 / x, element by element."""
    return _one_over(x)


@op("Inv", inputs="x: T", T=WITH_SIGN, samples=reals(0.5, 2))
def inv_op(x):
    """1 / x, as old graphs spell it."""
    return _one_over(x)


def _one_over(x: Any) -> Any:
    one = jnp.ones((), x.dtype)
    return jax.lax.div(jnp.broadcast_to(one, x.shape), x) if is_integer(x) else one / x


@op("ReciprocalGrad", inputs="y: T, dy: T", T=INEXACT, samples=one_shape(0.5, 2))
def reciprocal_grad(y, dy):
    """The gradient of 1 / x, from its result: -dy · conj(y)²."""
    return -dy * jnp.conj(y) * jnp.conj(y) if jnp.iscomplexobj(y) else -dy * y * y


reciprocal_grad.shape(rules.as_first)
for _inverse in (reciprocal, inv_op):
    _inverse.shape(rules.as_first)
    _inverse.grad(lambda call, dy: reciprocal_grad(call.outputs[0], dy))
