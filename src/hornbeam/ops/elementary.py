"""Exponentials, logarithms, roots, and trigonometric and hyperbolic functions, element by element.

Every op here has one input x and gives its shape and dtype; the gradient rule beside it says dy · f'(x), with f'
conjugated for complex numbers. Where f' is known from the result alone, an op of its own (`TanhGrad`) computes it,
as in TensorFlow's graphs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hornbeam.backend.lazy import jax, jnp
from hornbeam.graph.call import composite, own_name
from hornbeam.graph.names import public
from hornbeam.graph.op import FLOATS, INEXACT, op, registry
from hornbeam.ops import array, rules
from hornbeam.ops.arithmetic import add_v2, multiply, negative, square, subtract
from hornbeam.ops.array import unbroadcast
from hornbeam.ops.casts import conjugate
from hornbeam.ops.compare import not_equal, select
from hornbeam.ops.division import real_div, reciprocal
from hornbeam.ops.samples import one_shape, pairs, reals


def slope(derivative: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    """The gradient rule of a function of one input, from its derivative as an expression of ops."""
    def rule(call: Any, dy: Any) -> Any:
        return multiply(dy, derivative(conjugate(call.inputs[0])))

    return rule


# Exponentials, logarithms, roots -------------------------------------------------------------------


@op("Exp", inputs="x: T", names=("exp", "math.exp"), T=INEXACT, samples=reals(-2, 2))
def exp(x):
    """e to the power x."""
    return jnp.exp(x)


@exp.grad
def _(call, dy):
    return multiply(dy, conjugate(call.outputs[0]))


@op("Expm1", inputs="x: T", names=("math.expm1",), v1=("expm1",), T=INEXACT, samples=reals(-2, 2))
def expm1(x):
    """exp(x) - 1, exact near 0."""
    return jnp.expm1(x)


expm1.grad(slope(lambda x: exp(x)))


@op("Log", inputs="x: T", names=("math.log",), v1=("log",), T=INEXACT, samples=reals(0.5, 3))
def log(x):
    """The natural logarithm: -inf at 0, NaN below."""
    return jnp.log(x)


log.grad(slope(lambda x: reciprocal(x)))


@op("Log1p", inputs="x: T", names=("math.log1p",), v1=("log1p",), T=INEXACT, samples=reals(-0.5, 3))
def log1p(x):
    """log(1 + x), exact near 0."""
    return jnp.log1p(x)


log1p.grad(slope(lambda x: reciprocal(add_v2(1, x))))


@op("Sqrt", inputs="x: T", names=("sqrt", "math.sqrt"), T=INEXACT, samples=reals(0.5, 3))
def sqrt(x):
    """The square root: NaN below 0. The gradient at 0 is infinite."""
    return jnp.sqrt(x)


@op("SqrtGrad", inputs="y: T, dy: T", T=INEXACT, samples=one_shape(0.5, 2))
def sqrt_grad(y, dy):
    """The gradient of √x, from its result: dy / 2y."""
    return dy * jnp.asarray(0.5, dy.dtype) / jnp.conj(y)


@sqrt.grad
def _(call, dy):
    return sqrt_grad(call.outputs[0], dy)


@op("Rsqrt", inputs="x: T", names=("math.rsqrt",), v1=("rsqrt",), T=INEXACT, samples=reals(0.5, 3))
def rsqrt(x):
    """1 / √x."""
    return jax.lax.rsqrt(x)


@op("RsqrtGrad", inputs="y: T, dy: T", T=INEXACT, samples=one_shape(0.5, 2))
def rsqrt_grad(y, dy):
    """The gradient of 1/√x, from its result: -dy · y³ / 2."""
    y = jnp.conj(y)
    return dy * jnp.asarray(-0.5, dy.dtype) * y * y * y


@rsqrt.grad
def _(call, dy):
    return rsqrt_grad(call.outputs[0], dy)


# Trigonometric -------------------------------------------------------------------------------------


@op("Sin", inputs="x: T", names=("sin", "math.sin"), T=INEXACT, samples=reals(-3, 3))
def sin(x):
    """The sine of angles in radians."""
    return jnp.sin(x)


@op("Cos", inputs="x: T", names=("cos", "math.cos"), T=INEXACT, samples=reals(-3, 3))
def cos(x):
    """The cosine of angles in radians."""
    return jnp.cos(x)


sin.grad(slope(lambda x: cos(x)))
cos.grad(slope(lambda x: negative(sin(x))))


@op("Tan", inputs="x: T", names=("tan", "math.tan"), T=INEXACT, samples=reals(-1, 1))
def tan(x):
    """The tangent of angles in radians."""
    return jnp.tan(x)


tan.grad(slope(lambda x: square(reciprocal(cos(x)))))


@op("Asin", inputs="x: T", names=("asin", "math.asin"), T=INEXACT, samples=reals(-0.9, 0.9))
def asin(x):
    """The angle in [-π/2, π/2] whose sine is x; NaN outside [-1, 1]."""
    return jnp.arcsin(x)


@op("Acos", inputs="x: T", names=("acos", "math.acos"), T=INEXACT, samples=reals(-0.9, 0.9))
def acos(x):
    """The angle in [0, π] whose cosine is x; NaN outside [-1, 1]."""
    return jnp.arccos(x)


asin.grad(slope(lambda x: reciprocal(sqrt(subtract(1, square(x))))))
acos.grad(slope(lambda x: negative(reciprocal(sqrt(subtract(1, square(x)))))))


@op("Atan", inputs="x: T", names=("atan", "math.atan"), T=INEXACT, samples=reals(-3, 3))
def atan(x):
    """The angle in (-π/2, π/2) whose tangent is x."""
    return jnp.arctan(x)


atan.grad(slope(lambda x: reciprocal(add_v2(1, square(x)))))


@op("Atan2", inputs="y: T, x: T", names=("atan2", "math.atan2"), T=FLOATS, samples=pairs(0.5, 2))
def atan2(y, x):
    """The angle of the point (x, y), between -π and π; shapes broadcast."""
    return jnp.arctan2(y, x)


atan2.shape(rules.broadcast)


@atan2.grad
def _(call, dy):
    y, x = call.inputs
    each = real_div(dy, add_v2(square(x), square(y)))
    return unbroadcast(multiply(x, each), y), unbroadcast(multiply(negative(y), each), x)


# Hyperbolic ----------------------------------------------------------------------------------------


@op("Sinh", inputs="x: T", names=("sinh", "math.sinh"), T=INEXACT, samples=reals(-2, 2))
def sinh(x):
    """The hyperbolic sine."""
    return jnp.sinh(x)


@op("Cosh", inputs="x: T", names=("cosh", "math.cosh"), T=INEXACT, samples=reals(-2, 2))
def cosh(x):
    """The hyperbolic cosine."""
    return jnp.cosh(x)


sinh.grad(slope(lambda x: cosh(x)))
cosh.grad(slope(lambda x: sinh(x)))


@op("Tanh", inputs="x: T", names=("tanh", "math.tanh", "nn.tanh"), T=INEXACT, samples=reals(-2, 2))
def tanh(x):
    """The hyperbolic tangent: between -1 and 1."""
    return jnp.tanh(x)


@op("TanhGrad", inputs="y: T, dy: T", T=INEXACT, samples=one_shape(-1, 1))
def tanh_grad(y, dy):
    """The gradient of tanh, from its result: dy · (1 - y²)."""
    return dy * (1 - y * y)


@tanh.grad
def _(call, dy):
    return tanh_grad(conjugate(call.outputs[0]), dy)


@op("Asinh", inputs="x: T", names=("asinh", "math.asinh"), T=INEXACT, samples=reals(-2, 2))
def asinh(x):
    """The inverse of the hyperbolic sine."""
    return jnp.arcsinh(x)


@op("Acosh", inputs="x: T", names=("acosh", "math.acosh"), T=INEXACT, samples=reals(1.5, 3))
def acosh(x):
    """The inverse of the hyperbolic cosine; NaN below 1."""
    return jnp.arccosh(x)


@op("Atanh", inputs="x: T", names=("atanh", "math.atanh"), T=INEXACT, samples=reals(-0.9, 0.9))
def atanh(x):
    """The inverse of the hyperbolic tangent; NaN outside [-1, 1]."""
    return jnp.arctanh(x)


@asinh.grad
def _(call, dy):
    return real_div(dy, cosh(conjugate(call.outputs[0])))


@acosh.grad
def _(call, dy):
    return real_div(dy, sinh(conjugate(call.outputs[0])))


atanh.grad(slope(lambda x: reciprocal(subtract(1, square(x)))))


@op("Sigmoid", inputs="x: T", names=("sigmoid", "math.sigmoid", "nn.sigmoid"), T=INEXACT, samples=reals(-4, 4))
def sigmoid(x):
    """1 / (1 + exp(-x)): between 0 and 1."""
    return 1 / (1 + jnp.exp(-x)) if jnp.iscomplexobj(x) else jax.nn.sigmoid(x)


@public("math.log_sigmoid", v1=("log_sigmoid",))
@composite("LogSigmoid")
def log_sigmoid(x: Any, name: str | None = None) -> Any:
    """log(sigmoid(x)), exact for large negative x: -softplus(-x).

    x: floats.

    >>> log_sigmoid(0.).numpy().round(4).item()
    -0.6930999755859375
    """
    return negative(registry["Softplus"](negative(array.convert(x, name="x"))), name=own_name())


@op("SigmoidGrad", inputs="y: T, dy: T", T=INEXACT, samples=one_shape(0.1, 0.9))
def sigmoid_grad(y, dy):
    """The gradient of the sigmoid, from its result: dy · y · (1 - y)."""
    return dy * y * (1 - y)


@sigmoid.grad
def _(call, dy):
    return sigmoid_grad(conjugate(call.outputs[0]), dy)


for _function in (exp, expm1, log, log1p, sqrt, sqrt_grad, rsqrt, rsqrt_grad, sin, cos, tan, asin, acos, atan, sinh,
                  cosh, tanh, tanh_grad, asinh, acosh, atanh, sigmoid, sigmoid_grad):
    _function.shape(rules.as_first)


# Products that 0 rules -----------------------------------------------------------------------------


def _zero_rules(x: Any, value: Callable[[], Any]) -> Any:
    none = x == 0
    return jnp.where(none, jnp.zeros((), x.dtype), value())


def _ones_where_not_zero(x: Any) -> Any:
    zero = array.zeros_like(x)
    return select(not_equal(x, zero), array.ones_like_op(x), zero)


@op("Xlogy", names=("math.xlogy",), T=INEXACT, samples=pairs(0.5, 2))
def xlogy(x, y):
    """x · log(y), and 0 where x is 0, whatever y; shapes broadcast."""
    return _zero_rules(x, lambda: x * jnp.log(y))


@xlogy.grad
def _(call, dy):
    x, y = call.inputs
    return (unbroadcast(multiply(dy, xlogy(_ones_where_not_zero(x), y)), x),
            unbroadcast(multiply(dy, xdivy_op(x, y)), y))


@op("Xlog1py", T=INEXACT, samples=pairs(0.5, 2))
def xlog1py_op(x, y):
    """x · log(1 + y), and 0 where x is 0, whatever y."""
    return _zero_rules(x, lambda: x * jnp.log1p(y))


@xlog1py_op.grad
def _(call, dy):
    x, y = call.inputs
    return (unbroadcast(multiply(dy, xlog1py_op(_ones_where_not_zero(x), y)), x),
            unbroadcast(multiply(dy, xdivy_op(x, add_v2(y, 1))), y))


@op("Xdivy", T=INEXACT, samples=pairs(0.5, 2))
def xdivy_op(x, y):
    """x / y, and 0 where x is 0, whatever y."""
    return _zero_rules(x, lambda: x / y)


@xdivy_op.grad
def _(call, dy):
    x, y = call.inputs
    return (unbroadcast(multiply(dy, xdivy_op(_ones_where_not_zero(x), y)), x),
            unbroadcast(multiply(dy, xdivy_op(negative(x), square(y))), y))


for _product in (xlogy, xlog1py_op, xdivy_op):
    _product.shape(rules.broadcast)


@public("math.xlog1py")
def xlog1py(x: Any, y: Any, name: str | None = None) -> Any:
    """x · log(1 + y), and 0 where x is 0, whatever y; shapes broadcast."""
    return xlog1py_op(x, y, name=name or "xlog1py")


@public("math.xdivy")
def xdivy(x: Any, y: Any, name: str | None = None) -> Any:
    """x / y, and 0 where x is 0, whatever y; shapes broadcast."""
    return xdivy_op(x, y, name=name or "xdivy")
