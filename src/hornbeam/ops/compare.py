"""Comparisons, truth values, and the bits of integers. Nothing here is differentiable."""

from __future__ import annotations

from typing import Any

from hornbeam.backend.lazy import jax, jnp
from hornbeam.graph import dtypes
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import FLOATS, INTEGERS, NUMERIC, REALS, never, op, registry
from hornbeam.ops import rules
from hornbeam.ops.samples import integers, one_shape, pairs, reals, truths

TRUTH = never("boolean result")
BITS = never("integer result")


def select(condition: Any, x: Any, y: Any) -> Any:
    """`x` where the condition holds, else `y`; broadcast."""
    return registry["SelectV2"](condition, x, y)


# Comparisons ---------------------------------------------------------------------------------------


def _equality_shape(inputs: Any, attrs: dict[str, Any]) -> Any:
    """As `broadcast_bool`; without `incompatible_shape_error`, shapes that do not fit give a scalar."""
    try:
        return rules.broadcast_bool(inputs, attrs)
    except ShapeFault:
        if attrs["incompatible_shape_error"]:
            raise
        return [((), dtypes.bool)]


def _fits(x: Any, y: Any) -> bool:
    rank = min(jnp.ndim(x), jnp.ndim(y))
    pairs_ = zip(jnp.shape(x)[jnp.ndim(x) - rank:], jnp.shape(y)[jnp.ndim(y) - rank:], strict=True)
    return all(a == b or a == 1 or b == 1 for a, b in pairs_)


@op("Equal", inputs="x: T, y: T", differentiable=TRUTH, gives_strings=False, samples=pairs(-2, 2))
def equal_op(x, y, *, incompatible_shape_error: bool = True):
    """x == y, element by element; shapes broadcast.

    Shapes that do not broadcast are an error, or give one False where `incompatible_shape_error` is false.
    """
    if not incompatible_shape_error and not _fits(x, y):
        return jnp.zeros((), bool)
    return jnp.equal(x, y)


equal_op.shape(_equality_shape)


@op("NotEqual", inputs="x: T, y: T", differentiable=TRUTH, gives_strings=False, samples=pairs(-2, 2))
def not_equal_op(x, y, *, incompatible_shape_error: bool = True):
    """x != y, element by element; shapes broadcast.

    Shapes that do not broadcast are an error, or give one True where `incompatible_shape_error` is false.
    """
    if not incompatible_shape_error and not _fits(x, y):
        return jnp.ones((), bool)
    return jnp.not_equal(x, y)


not_equal_op.shape(_equality_shape)


@public("equal", "math.equal")
def equal(x: Any, y: Any, name: str | None = None) -> Any:
    """x == y, element by element: bool, the broadcast shape.

    x, y: tensors of one dtype (strings too). Raises InvalidArgumentError, or ValueError while a graph is built,
    where the shapes do not broadcast.

    >>> equal([1, 2, 3], [1, 0, 3]).numpy().tolist()
    [True, False, True]
    """
    return equal_op(x, y, name=name)


@public("not_equal", "math.not_equal")
def not_equal(x: Any, y: Any, name: str | None = None) -> Any:
    """x != y, element by element: bool, the broadcast shape.

    x, y: tensors of one dtype (strings too). Raises InvalidArgumentError, or ValueError while a graph is built,
    where the shapes do not broadcast.
    """
    return not_equal_op(x, y, name=name)


@op("Less", names=("less", "math.less"), T=REALS, differentiable=TRUTH, samples=pairs(-2, 2))
def less(x, y):
    """x < y, element by element; shapes broadcast."""
    return jnp.less(x, y)


@op("LessEqual", names=("less_equal", "math.less_equal"), T=REALS, differentiable=TRUTH, samples=pairs(-2, 2))
def less_equal(x, y):
    """x <= y, element by element; shapes broadcast."""
    return jnp.less_equal(x, y)


@op("Greater", names=("greater", "math.greater"), T=REALS, differentiable=TRUTH, samples=pairs(-2, 2))
def greater(x, y):
    """x > y, element by element; shapes broadcast."""
    return jnp.greater(x, y)


@op("GreaterEqual", names=("greater_equal", "math.greater_equal"), T=REALS, differentiable=TRUTH,
    samples=pairs(-2, 2))
def greater_equal(x, y):
    """x >= y, element by element; shapes broadcast."""
    return jnp.greater_equal(x, y)


@op("ApproximateEqual", T=NUMERIC, differentiable=TRUTH, samples=one_shape(-2, 2))
def approximate_equal(x, y, *, tolerance: float = 1e-5):
    """|x - y| < tolerance, element by element; x and y have one shape."""
    return jnp.abs(x - y) < tolerance


for _comparison in (less, less_equal, greater, greater_equal):
    _comparison.shape(rules.broadcast_bool)


@approximate_equal.shape
def _(inputs, attrs):
    x, y = (i.dims for i in inputs)
    if x is None or y is None:
        return [(x if y is None else y, dtypes.bool)]
    if len(x) != len(y) or any(a != b for a, b in zip(x, y, strict=True) if a is not None and b is not None):
        raise ShapeFault(f"x and y must be of the same shape. x shape: {rules.text(x)}. y shape: {rules.text(y)}")
    return [(tuple(b if a is None else a for a, b in zip(x, y, strict=True)), dtypes.bool)]


@op("IsFinite", inputs="x: T", names=("math.is_finite",), v1=("is_finite", "debugging.is_finite"), T=FLOATS,
    differentiable=TRUTH, samples=reals(-2, 2))
def is_finite(x):
    """Whether each element is neither infinite nor NaN."""
    return jnp.isfinite(x)


@op("IsInf", inputs="x: T", names=("math.is_inf",), v1=("is_inf", "debugging.is_inf"), T=FLOATS,
    differentiable=TRUTH, samples=reals(-2, 2))
def is_inf(x):
    """Whether each element is infinite, of either sign."""
    return jnp.isinf(x)


@op("IsNan", inputs="x: T", names=("math.is_nan",), v1=("is_nan", "debugging.is_nan"), T=FLOATS,
    differentiable=TRUTH, samples=reals(-2, 2))
def is_nan(x):
    """Whether each element is NaN."""
    return jnp.isnan(x)


for _test in (is_finite, is_inf, is_nan):
    _test.shape(rules.as_first_but(dtypes.bool))


# Truth values --------------------------------------------------------------------------------------


@op("LogicalAnd", inputs="x: bool, y: bool", names=("logical_and", "math.logical_and"), differentiable=TRUTH,
    samples=truths(2))
def logical_and(x, y):
    """Both true, element by element; shapes broadcast."""
    return jnp.logical_and(x, y)


@op("LogicalOr", inputs="x: bool, y: bool", names=("logical_or", "math.logical_or"), differentiable=TRUTH,
    samples=truths(2))
def logical_or(x, y):
    """One true or both, element by element; shapes broadcast."""
    return jnp.logical_or(x, y)


@op("LogicalNot", inputs="x: bool", names=("logical_not", "math.logical_not"), differentiable=TRUTH,
    samples=truths(1))
def logical_not(x):
    """The opposite truth value of each element."""
    return jnp.logical_not(x)


logical_and.shape(rules.broadcast_bool)
logical_or.shape(rules.broadcast_bool)
logical_not.shape(rules.as_first_but(dtypes.bool))


@public("math.logical_xor", v1=("logical_xor",))
def logical_xor(x: Any, y: Any, name: str | None = "LogicalXor") -> Any:
    """Just one true, element by element; shapes broadcast.

    x, y: bool tensors.
    """
    return logical_and(logical_or(x, y), logical_not(logical_and(x, y)), name=name)


# Bits ----------------------------------------------------------------------------------------------


@op("BitwiseAnd", names=("bitwise.bitwise_and",), T=INTEGERS, differentiable=BITS,
    samples=integers(-9, 9, (3, 4), (4,)))
def bitwise_and(x, y):
    """The bits that both integers have; shapes broadcast."""
    return jnp.bitwise_and(x, y)


@op("BitwiseOr", names=("bitwise.bitwise_or",), T=INTEGERS, differentiable=BITS,
    samples=integers(-9, 9, (3, 4), (4,)))
def bitwise_or(x, y):
    """The bits that one integer or the other has; shapes broadcast."""
    return jnp.bitwise_or(x, y)


@op("BitwiseXor", names=("bitwise.bitwise_xor",), T=INTEGERS, differentiable=BITS,
    samples=integers(-9, 9, (3, 4), (4,)))
def bitwise_xor(x, y):
    """The bits that just one of two integers has; shapes broadcast."""
    return jnp.bitwise_xor(x, y)


@op("Invert", inputs="x: T", names=("bitwise.invert",), T=INTEGERS, differentiable=BITS,
    samples=integers(-9, 9, (3, 4)))
def invert(x):
    """Every bit of each integer flipped: -x - 1 where it has a sign."""
    return jnp.invert(x)


def _shift_within(x: Any, y: Any) -> Any:
    """The shift kept between 0 and the number of bits less one: beyond, hardware differs."""
    width = jnp.iinfo(x.dtype).bits
    return jnp.clip(y, jnp.zeros((), y.dtype), jnp.asarray(width - 1, y.dtype))


@op("LeftShift", names=("bitwise.left_shift",), T=INTEGERS, differentiable=BITS,
    samples=integers(0, 9, (3, 4), (4,)))
def left_shift(x, y):
    """The bits of x moved up by y places (0 to the number of bits less one); shapes broadcast."""
    return jnp.left_shift(x, _shift_within(x, y))


@op("RightShift", names=("bitwise.right_shift",), T=INTEGERS, differentiable=BITS,
    samples=integers(0, 9, (3, 4), (4,)))
def right_shift(x, y):
    """The bits of x moved down by y places; a negative x keeps its sign. Shapes broadcast."""
    return jnp.right_shift(x, _shift_within(x, y))


@op("PopulationCount", inputs="x: T", T=INTEGERS, differentiable=BITS, samples=integers(-9, 9, (3, 4)))
def population_count(x):
    """How many bits of each integer are set, as uint8."""
    return jax.lax.population_count(x).astype(jnp.uint8)


for _bits in (bitwise_and, bitwise_or, bitwise_xor, left_shift, right_shift):
    _bits.shape(rules.broadcast)
invert.shape(rules.as_first)
population_count.shape(rules.as_first_but(dtypes.uint8))


# Order ---------------------------------------------------------------------------------------------


@op("IsOrdered", inputs="x: T", T=REALS, differentiable=TRUTH, samples=reals(-2, 2))
def is_ordered(x, *, strict: bool = False):
    """Whether the elements, row after row, never fall; where `strict`, whether each is above the one before."""
    flat = jnp.reshape(x, -1)
    return jnp.all(flat[1:] > flat[:-1] if strict else flat[1:] >= flat[:-1])


is_ordered.shape(lambda inputs, attrs: [((), dtypes.bool)])


@public("math.is_non_decreasing", v1=("is_non_decreasing", "debugging.is_non_decreasing"))
def is_non_decreasing(x: Any, name: str | None = None) -> Any:
    """Whether no element is below the one before it, in row-major order: a bool scalar.

    x: a numeric tensor; empty ones and scalars count as ordered.
    """
    return is_ordered(x, strict=False, name=name or "is_non_decreasing")


@public("math.is_strictly_increasing", v1=("is_strictly_increasing", "debugging.is_strictly_increasing"))
def is_strictly_increasing(x: Any, name: str | None = None) -> Any:
    """Whether every element is above the one before it, in row-major order: a bool scalar.

    x: a numeric tensor; empty ones and scalars count as increasing.
    """
    return is_ordered(x, strict=True, name=name or "is_strictly_increasing")
