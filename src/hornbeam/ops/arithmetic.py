"""Arithmetic, element by element: sums, products, powers, larger and smaller, signs and steps.

Each op is declared by its function; the gradient stands below it, written with public ops. Where an input was
broadcast, its gradient is summed back (`array.unbroadcast`); complex gradients are conjugated as TensorFlow does.
"""

from __future__ import annotations

from typing import Any

from hornbeam.backend.lazy import jnp
from hornbeam.graph import dtypes
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import COMPLEX, FLOATS, INEXACT, NUMERIC, REALS, SIGNED, never, op, registry
from hornbeam.ops import array, rules
from hornbeam.ops.array import unbroadcast
from hornbeam.ops.casts import cast_op, complex_op, conjugate, real_op
from hornbeam.ops.compare import greater, greater_equal, less_equal, not_equal, select
from hornbeam.ops.samples import integers, pairs, reals

STEPS = never("constant between its steps")
WITH_SIGN = FLOATS + SIGNED + COMPLEX
WIDE = (dtypes.float32, dtypes.float64)


def is_integer(x: Any) -> bool:
    """Whether an array holds integers."""
    return jnp.issubdtype(x.dtype, jnp.integer)


# Sums and products ---------------------------------------------------------------------------------


@op("AddV2", T=NUMERIC, samples=pairs(-2, 2))
def add_v2(x, y):
    """x + y, element by element; shapes broadcast."""
    return jnp.add(x, y)


@op("Add", T=NUMERIC, samples=pairs(-2, 2))
def add_v1(x, y):
    """x + y, as old graphs spell it."""
    return jnp.add(x, y)


def _add_gradient(call: Any, dy: Any) -> Any:
    x, y = call.inputs
    return unbroadcast(dy, x), unbroadcast(dy, y)


for _add in (add_v2, add_v1):
    _add.shape(rules.broadcast)
    _add.grad(_add_gradient)


@public("add", "math.add")
def add(x: Any, y: Any, name: str | None = None) -> Any:
    """x + y, element by element; shapes broadcast.

    x, y: tensors of one dtype: numbers, or strings, which are joined.

    >>> add([1, 2], [[10], [20]]).numpy().tolist()
    [[11, 12], [21, 22]]
    """
    return sum_of_two(x, y, name or "Add")


def sum_of_two(x: Any, y: Any, name: str | None = None) -> Any:
    """x + y; strings are joined."""
    for value in (x, y):
        if getattr(value, "dtype", None) is dtypes.string or isinstance(value, (str, bytes)):
            return registry["StringJoin"]([x, y], name=name)
    return add_v2(x, y, name=name)


@op("Sub", names=("subtract", "math.subtract"), T=NUMERIC, samples=pairs(-2, 2))
def subtract(x, y):
    """x - y, element by element; shapes broadcast."""
    return jnp.subtract(x, y)


subtract.shape(rules.broadcast)


@subtract.grad
def _(call, dy):
    x, y = call.inputs
    return unbroadcast(dy, x), unbroadcast(negative(dy), y)


@op("Mul", names=("multiply", "math.multiply"), T=NUMERIC, samples=pairs(-2, 2))
def multiply(x, y):
    """x * y, element by element; shapes broadcast."""
    return jnp.multiply(x, y)


multiply.shape(rules.broadcast)


@multiply.grad
def _(call, dy):
    x, y = call.inputs
    return unbroadcast(multiply(dy, conjugate(y)), x), unbroadcast(multiply(dy, conjugate(x)), y)


@public("scalar_mul", "math.scalar_mul")
def scalar_mul(scalar: Any, x: Any, name: str | None = None) -> Any:
    """A number times a tensor, or times `IndexedSlices`.

    scalar: a number or a 0-d tensor of the dtype of `x`. Raises ValueError where it is known not to be 0-d.
    """
    values = getattr(x, "values", None) if hasattr(x, "dense_shape") else None
    target = x if values is None else values
    dtype = getattr(target, "dtype", None)
    factor = array.convert(scalar, None if dtype is None else dtype.base_dtype, name="scalar")
    if factor.dims is not None and factor.dims != ():
        raise ValueError(f"The input scalar must be a 0-D value. Received shape {factor.shape}.")
    if values is None:
        return multiply(factor, x, name=name)
    return type(x)(multiply(factor, values, name=name), x.indices, x.dense_shape)


@op("MulNoNan", T=INEXACT, samples=pairs(-2, 2))
def mul_no_nan(x, y):
    """x * y, and 0 where y is 0, even if x is infinite or NaN."""
    return jnp.where(y == 0, jnp.zeros((), x.dtype), x * y)


mul_no_nan.shape(rules.broadcast)


@mul_no_nan.grad
def _(call, dy):
    x, y = call.inputs
    return unbroadcast(mul_no_nan(dy, y), x), unbroadcast(mul_no_nan(x, dy), y)


@public("math.multiply_no_nan")
def multiply_no_nan(x: Any, y: Any, name: str | None = None) -> Any:
    """x * y, and 0 where y is 0, even if x is infinite or NaN; shapes broadcast."""
    return mul_no_nan(x, y, name=name or "multiply_no_nan")


@op("AddN", inputs="inputs: list T", T=NUMERIC,
    samples=lambda rng: [(([rng.normal(size=(2, 3)), rng.normal(size=(2, 3))],), {})])
def add_n_op(inputs):
    """The sum of tensors of one shape."""
    total = inputs[0]
    for item in inputs[1:]:
        total = total + item
    return total


@add_n_op.shape
def _(inputs, attrs):
    tensors = inputs[0]
    if not tensors:
        raise ShapeFault("AddN needs at least one input")
    return [(same_dims([t.dims for t in tensors], "AddN"), tensors[0].dtype)]


def same_dims(shapes: list[Any], kind: str) -> Any:
    """The shape that all have. Raises ShapeFault where two differ."""
    known = None
    for at, dims in enumerate(shapes):
        if dims is None:
            continue
        if known is None:
            known = dims
            continue
        run = (f"Inputs to operation {kind} of type {kind} must have the same size and shape.  "
               f"Input 0: {rules.text(shapes[0])} != input {at}: {rules.text(dims)}")
        if len(known) != len(dims):
            raise ShapeFault(f"Shapes must be equal rank, but are {len(known)} and {len(dims)}\n"
                             f"\tFrom merging shape {at - 1} with other shapes.", run)
        for i, (a, b) in enumerate(zip(known, dims, strict=True)):
            if a is not None and b is not None and a != b:
                raise ShapeFault(f"Dimension {i} in both shapes must be equal, but are {a} and {b}. Shapes are "
                                 f"{rules.text(known)} and {rules.text(dims)}.\n"
                                 f"\tFrom merging shape {at - 1} with other shapes.", run)
        known = tuple(b if a is None else a for a, b in zip(known, dims, strict=True))
    return known


@add_n_op.grad
def _(call, dy):
    return [dy] * len(call.inputs)


@public("add_n", "math.add_n")
def add_n(inputs: Any, name: str | None = None) -> Any:
    """The sum of a list of tensors of one shape and dtype.

    inputs: a list or tuple, not empty; `IndexedSlices` in it become dense. Raises ValueError otherwise.
    """
    if not isinstance(inputs, (list, tuple)) or not inputs:
        raise ValueError("Inputs must be an iterable of at least one Tensor/IndexedSlices with the same dtype "
                         f"and shape. Received: {inputs!r}")
    tensors = [array.convert(i) if hasattr(i, "dense_shape") else i for i in inputs]
    if len(tensors) == 1:
        only = array.convert(tensors[0])
        return only if name is None else array.identity(only, name=name)
    return add_n_op(tensors, name=name)


@public("math.accumulate_n", v1=("accumulate_n",))
def accumulate_n(inputs: Any, shape: Any = None, tensor_dtype: Any = None, name: str | None = None) -> Any:
    """The sum of a list of tensors; like `add_n`, with the shape and dtype checked against what is expected.

    shape, tensor_dtype: what the inputs must have. Raises ValueError where they have not.
    """
    if not isinstance(inputs, (list, tuple)) or not inputs:
        raise ValueError(f"inputs must be a list of at least one Tensor with the same dtype and shape: {inputs!r}")
    tensors = [array.convert(i) for i in inputs]
    wanted = tensors[0].dtype.base_dtype if tensor_dtype is None else dtypes.as_dtype(tensor_dtype).base_dtype
    if any(t.dtype.base_dtype is not wanted for t in tensors):
        raise ValueError("inputs must be a list of at least one Tensor with the same dtype and shape, not of "
                         f"{', '.join(t.dtype.name for t in tensors)} where {wanted.name} is expected")
    if shape is not None:
        for tensor in tensors:
            tensor.shape.assert_is_compatible_with(shape)
    if len(tensors) == 1 and name is None:
        return tensors[0]
    return array.identity(tensors[0], name=name) if len(tensors) == 1 else add_n_op(tensors, name=name)


@op("SquaredDifference", names=("math.squared_difference",), v1=("squared_difference",), T=NUMERIC,
    v2=(), samples=pairs(-2, 2))
def squared_difference(x, y):
    """conj(x - y) * (x - y), element by element; shapes broadcast."""
    difference = x - y
    return jnp.conj(difference) * difference if jnp.iscomplexobj(difference) else difference * difference


squared_difference.shape(rules.broadcast)


@squared_difference.grad
def _(call, dy):
    x, y = call.inputs
    each = multiply(multiply(dy, 2), subtract(x, y))
    return unbroadcast(each, x), unbroadcast(negative(each), y)


# Powers, larger and smaller ------------------------------------------------------------------------


@op("Pow", T=WITH_SIGN, samples=lambda rng: pairs(0.5, 2, -2, 2)(rng) + integers(1, 4, (3, 4), (4,))(rng))
def pow_op(x, y):
    """x to the power y, element by element; shapes broadcast."""
    return jnp.power(x, y)


pow_op.shape(rules.broadcast)


@pow_op.check
def _(x, y):
    return (jnp.any(y < 0) if is_integer(y) else jnp.zeros((), bool)), []


@pow_op.message
def _(numbers, inputs, attrs):
    return "Integers to negative integer powers are not allowed"


@pow_op.grad
def _(call, dy):
    x, y = call.inputs
    z, cx, cy = conjugate(call.outputs[0]), conjugate(x), conjugate(y)
    dx = multiply(multiply(dy, cy), pow_op(cx, subtract(cy, 1)))
    zero = array.zeros_like(cx)
    # The logarithm of what is not positive would turn a gradient nobody asked for into NaN.
    inside = not_equal(cx, zero) if x.dtype.base_dtype.is_complex else greater(cx, zero)
    one = array.ones_like_op(cx)
    logarithm = select(inside, registry["Log"](select(inside, cx, one)), zero)
    return unbroadcast(dx, x), unbroadcast(multiply(dy, multiply(z, logarithm)), y)


@public("pow", "math.pow")
def pow(x: Any, y: Any, name: str | None = None) -> Any:
    """x to the power y, element by element; shapes broadcast.

    x, y: tensors of one dtype. Raises InvalidArgumentError for integers to negative powers.

    >>> pow([2., 3.], 2.).numpy().tolist()
    [4.0, 9.0]
    """
    return pow_op(x, y, name=name or "Pow")


@op("Maximum", names=("maximum", "math.maximum"), T=REALS, samples=pairs(-2, 2))
def maximum(x, y):
    """The larger of x and y, element by element; NaN where one is NaN. Shapes broadcast."""
    return jnp.maximum(x, y)


@op("Minimum", names=("minimum", "math.minimum"), T=REALS, samples=pairs(-2, 2))
def minimum(x, y):
    """The smaller of x and y, element by element; NaN where one is NaN. Shapes broadcast."""
    return jnp.minimum(x, y)


maximum.shape(rules.broadcast)
minimum.shape(rules.broadcast)


def _chosen_gradient(chooses_x: Any) -> Any:
    """The gradient goes to the chosen input, at ties to x."""
    def rule(call: Any, dy: Any) -> Any:
        x, y = call.inputs
        first, zero = chooses_x(x, y), array.zeros_like(dy)
        return unbroadcast(select(first, dy, zero), x), unbroadcast(select(first, zero, dy), y)

    return rule


maximum.grad(_chosen_gradient(greater_equal))
minimum.grad(_chosen_gradient(less_equal))


@op("NextAfter", names=("math.nextafter",), v1=("nextafter",), v2=(), inputs="x1: T, x2: T", T=WIDE,
    samples=pairs(-2, 2), waive={"gradient": "the step is far below what differences can see"})
def nextafter(x1, x2):
    """The next float after x1 in the direction of x2; shapes broadcast."""
    return jnp.nextafter(x1, x2)


nextafter.shape(rules.broadcast)


@nextafter.grad
def _(call, dy):
    x1, x2 = call.inputs
    return unbroadcast(dy, x1), unbroadcast(array.zeros_like(dy), x2)


# One input -----------------------------------------------------------------------------------------


@op("Neg", inputs="x: T", names=("negative", "math.negative"), T=NUMERIC, samples=reals(-2, 2))
def negative(x):
    """-x, element by element."""
    return jnp.negative(x)


@negative.grad
def _(call, dy):
    return negative(dy)


@op("Abs", inputs="x: T", T=FLOATS + SIGNED, samples=reals(0.1, 2))
def abs_op(x):
    """|x| of real numbers."""
    return jnp.abs(x)


@abs_op.grad
def _(call, dy):
    return multiply(dy, sign(call.inputs[0]))


@op("ComplexAbs", inputs="x: T", T=COMPLEX, attr_types={"Tout": "type"},
    samples=lambda rng: [((rng.normal(size=(2, 3)) + 1j * rng.normal(size=(2, 3)),), {"Tout": "float64"})])
def complex_abs(x, *, Tout: Any = dtypes.float32):
    """√(re² + im²) of complex numbers."""
    return jnp.abs(x).astype(Tout.np_dtype)


@complex_abs.grad
def _(call, dy):
    x = call.inputs[0]
    return multiply(complex_op(dy, array.zeros_like(dy), Tout=x.dtype.base_dtype), sign(x))


@public("abs", "math.abs")
def abs(x: Any, name: str | None = None) -> Any:
    """|x|, element by element; of complex numbers √(re² + im²), as floats of half the width.

    x: a tensor of numbers. The gradient at 0 is 0.
    """
    x = array.convert(x)
    if x.dtype.base_dtype.is_complex:
        return complex_abs(x, Tout=x.dtype.base_dtype.real_dtype, name=name or "Abs")
    return abs_op(x, name=name)


@op("Sign", inputs="x: T", names=("sign", "math.sign"), T=WITH_SIGN, samples=reals(0.1, 2))
def sign(x):
    """-1, 0 or 1 as x is below, at or above 0; x / |x| of complex numbers, 0 at 0."""
    return jnp.sign(x)


@sign.grad
def _(call, dy):
    x, y = call.inputs[0], call.outputs[0]
    if not x.dtype.base_dtype.is_complex:
        return array.zeros_like(x)
    # Along the circle the sign follows its argument, outwards it does not move.
    kind = x.dtype.base_dtype
    outwards = multiply(y, cast_op(real_op(multiply(conjugate(y), dy), Tout=kind.real_dtype), DstT=kind))
    size = cast_op(complex_abs(x, Tout=kind.real_dtype), DstT=kind)
    return registry["DivNoNan"](subtract(dy, outwards), size)


@op("Square", inputs="x: T", names=("square", "math.square"), T=NUMERIC, samples=reals(-2, 2))
def square(x):
    """x², element by element."""
    return x * x


@square.grad
def _(call, dy):
    return multiply(dy, multiply(conjugate(call.inputs[0]), 2))


@op("Floor", inputs="x: T", names=("floor", "math.floor"), T=FLOATS, differentiable=STEPS, samples=reals(-2, 2))
def floor(x):
    """The largest integer not above x, as a float."""
    return jnp.floor(x)


@op("Ceil", inputs="x: T", names=("math.ceil",), v1=("ceil",), T=FLOATS, differentiable=STEPS,
    samples=reals(-2, 2))
def ceil(x):
    """The smallest integer not below x, as a float."""
    return jnp.ceil(x)


@op("Rint", inputs="x: T", names=("math.rint",), v1=("rint",), T=FLOATS, differentiable=STEPS, samples=reals(-2, 2))
def rint(x):
    """The nearest integer, as a float; halves go to the even one."""
    return jnp.rint(x)


@op("Round", inputs="x: T", T=FLOATS + SIGNED, differentiable=STEPS, samples=reals(-2, 2))
def round_op(x):
    """The nearest integer, in the dtype of x; halves go to the even one."""
    return x if is_integer(x) else jnp.rint(x)


for _unary in (negative, abs_op, sign, square, floor, ceil, rint, round_op):
    _unary.shape(rules.as_first)


@complex_abs.shape
def _(inputs, attrs):
    return [(inputs[0].dims, attrs["Tout"])]


@public("round", "math.round")
def round(x: Any, name: str | None = None) -> Any:
    """The nearest integer, element by element, in the dtype of x; halves go to the even one. Integers stay.

    >>> round([0.5, 1.5, -2.7]).numpy().tolist()
    [0.0, 2.0, -3.0]
    """
    x = array.convert(x)
    return x if x.dtype.base_dtype.is_integer else round_op(x, name=name)
