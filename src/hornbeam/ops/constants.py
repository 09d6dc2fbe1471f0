"""Tensors from nothing: constants, placeholders, zeros and ones, ranges, one-hot rows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp
from hornbeam.graph import dtypes, mode
from hornbeam.graph.call import composite
from hornbeam.graph.convert import dtype_of, holds_tensors, to_array
from hornbeam.graph.dimension import size_of
from hornbeam.graph.dtypes import DType
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import BOOL, INDEX, NUMERIC, REALS, STRING, never, op
from hornbeam.graph.op import registry as ops
from hornbeam.graph.shapes import TensorShape
from hornbeam.graph.tensor import EagerTensor, GraphTensor, Tensor
from hornbeam.ops import dims as shapes
from hornbeam.ops import rules
from hornbeam.ops.conversion import constant_in, convert, dimensions, held, scope_name, shape_argument
from hornbeam.ops.shaping import reshape_op, shape_op, sum_like

_MAX_CONSTANT = 1000
"""Zeros and ones of fewer elements are constants in a graph, larger ones are filled when it runs."""


@op("Const", inputs="", attr_types={"dtype": "type"}, differentiable=never("a constant has no inputs"))
def const(*, value: Any, dtype: Any = dtypes.float32) -> Any:
    """A fixed value."""
    if value is None or (isinstance(value, tuple) and None in value):
        raise ShapeFault(f"A constant holds numbers or strings, not {value!r}")
    return value


@const.value
def _(tensor: GraphTensor, known: Any) -> np.ndarray:
    return tensor.op.attrs["value"]


@public(v2=("constant",))
def constant(value: Any, dtype: Any = None, shape: Any = None, name: str = "Const") -> Any:
    """A tensor that holds `value`: a number, a nested list, or a NumPy array.

    dtype: by default int32 for Python integers, float32 for floats, and what the array has.
    shape: the result's shape; a single number fills it, otherwise the number of elements must agree (TypeError).

    >>> constant([1, 2, 3]).shape
    TensorShape([3])
    """
    return held(filled_to(array_of(value, dtype), shape), name, value)


def array_of(value: Any, dtype: Any) -> np.ndarray:
    """The array that a constant of `value` holds. Raises TypeError for symbolic tensors and what does not fit."""
    wanted = None if dtype is None else dtypes.as_dtype(dtype)
    if type(value) is GraphTensor:
        raise TypeError(f"{value!r} has no value of its own: a constant cannot hold it. Use it as it is, or "
                        "tf.identity, or tf.stack for a list of tensors.")
    value = dimensions(value)
    try:
        array = np.asarray(value._value) if type(value) is EagerTensor else to_array(value, wanted)
    except dtypes.Unconvertible as error:
        if mode.executing_eagerly():
            raise
        raise error.in_graph(value) from None
    if wanted is not None and array.dtype != wanted.np_dtype:
        array = array.astype(wanted.np_dtype)
    return array


def filled_to(array: np.ndarray, shape: Any, repeat_last: bool = False) -> np.ndarray:
    """`array` in another shape; one element fills it. `repeat_last`: too few elements go on with the last one."""
    if shape is None:
        return array
    dims: Any = tuple(TensorShape(shape).as_list())
    size = int(np.prod(dims))
    if array.size == size:
        return array.reshape(dims)
    if array.size == 1:
        return np.full(dims, array.reshape(-1)[0], array.dtype)
    if repeat_last and 0 < array.size < size:
        return np.concatenate([array.reshape(-1), np.repeat(array.reshape(-1)[-1:], size - array.size)]).reshape(dims)
    if array.size > size and not mode.executing_eagerly():
        raise ValueError(f"Too many elements provided. Takes at most {size}, but got {array.size}.")
    raise TypeError(f"Eager execution of tf.constant with unsupported shape. Tensor has {array.size} elements, "
                    f"but got `shape` {dims} with {size} elements).")


# Placeholders ----------------------------------------------------------------------------------------


@op("Placeholder", inputs="", stateful=True, attr_types={"dtype": "type"},
    differentiable=never("a placeholder has no inputs"))
def placeholder_op(*, dtype: Any, shape: Any = None) -> Any:
    """A tensor whose value the caller of `Session.run` feeds."""
    raise ShapeFault("You must feed a value for placeholder tensor")


@placeholder_op.shape
def _(inputs: Any, attrs: dict[str, Any]) -> Any:
    return [(TensorShape(attrs["shape"])._dims, attrs["dtype"])]


@op("PlaceholderWithDefault", inputs="input: dtype", dtype=NUMERIC + BOOL + STRING,
    samples=lambda rng: [((rng.normal(size=(2, 3)),), {"shape": (2, 3)})])
def placeholder_with_default_op(input, *, shape: Any):
    """`input`, unless the caller of `Session.run` feeds something else."""
    return input


@placeholder_with_default_op.shape
def _(inputs, attrs):
    wanted = TensorShape(attrs["shape"])._dims
    shapes.merged(inputs[0].dims, wanted)
    return [(wanted, inputs[0].dtype)]


@placeholder_with_default_op.value
def _(tensor, known):
    return None  # it may be fed


@placeholder_with_default_op.grad
def _(call, dy):
    return dy


# Filled tensors --------------------------------------------------------------------------------------


@op("Fill", inputs="dims: index_type static, value: T", index_type=INDEX,
    samples=lambda rng: [((np.array([2, 3]), rng.normal()), {}), ((np.array([], np.int32), np.float32(2)), {}),
                         ((np.array([0, 3]), np.int32(1)), {})])
def fill_op(dims, value):
    """A tensor of shape `dims` that holds the scalar `value` everywhere."""
    return jnp.broadcast_to(value, tuple(int(d) for d in dims))


@fill_op.shape
def _(inputs, attrs):
    dims, value = inputs
    shapes.want_rank(value.dims, 0)
    shapes.want_rank(dims.dims, 1, f"dims must represent a vector, got shape {shapes.text(dims.dims)}")
    if dims.value is not None and (dims.value < 0).any():
        raise ShapeFault("Fill dimensions must be >= 0", f"Dimension {dims.value.min()} must be >= 0")
    return [(shapes.held_shape(dims), value.dtype)]


@fill_op.grad
def _(call, dy):
    return None, sum_like(dy, call.inputs[1])


def refuse_layout(layout: Any) -> None:
    """Raise ValueError for a layout: it belongs to TensorFlow's distributed tensors."""
    if layout is not None:
        raise ValueError("layout belongs to TensorFlow's distributed tensors, which are not here; pass None")


@public("fill")
def fill(dims: Any, value: Any, name: str | None = None, layout: Any = None) -> Any:
    """A tensor of shape `dims` that holds the scalar `value` everywhere.

    dims: a vector of integers, none negative. value: any scalar; its dtype is the result's. layout: None.
    """
    refuse_layout(layout)
    return fill_op(shape_argument(dims), value, name=name)


def _scalar(dtype: DType, one: bool) -> np.ndarray:
    if dtype is dtypes.string:
        if one:
            raise TypeError("Expected string, but got 1 of type 'int'.")
        return np.array(b"", object)
    return np.array(1 if one else 0).astype(dtype.np_dtype)


def _filled(shape: Any, dtype: Any, one: bool) -> Any:
    """The body of `zeros` and `ones`, in their scope."""
    value = _scalar(dtypes.as_dtype(dtype).base_dtype, one)
    shape = shape_argument(shape)
    sizes: Any
    if isinstance(shape, Tensor):
        sizes = shape
    elif holds_tensors(shape):
        sizes = convert(shape, dtypes.int32, name="packed")
    else:
        sizes = np.atleast_1d(to_array(shape))
        if sizes.dtype.kind == "f" and mode.state.graph_first:  # `units / 2` in a program for TensorFlow 1
            sizes = np.array([size_of(float(size)) for size in sizes], np.int64)
        if sizes.dtype.kind in "iu" and (sizes >= 0).all():
            graph = mode.current_graph()
            dims = tuple(int(d) for d in sizes)
            if graph is None:
                return EagerTensor(np.full(dims, value, value.dtype))
            if math.prod(dims) < _MAX_CONSTANT:
                return constant_in(graph, np.full(dims, value, value.dtype), scope_name() or "zeros")
        sizes = convert(sizes, name="shape_as_tensor")
    if not sizes.dtype.is_integer:
        raise TypeError(f"A shape holds integers, not {sizes.dtype.name}.")
    if sizes.dims == ():
        sizes = reshape_op(sizes, np.array([-1], np.int32))
    return fill_op(sizes, constant(value), name=scope_name())


@public("zeros")
@composite("zeros")
def zeros(shape: Any, dtype: Any = dtypes.float32, name: str | None = None, layout: Any = None) -> Any:
    """A tensor of zeros (False, empty strings).

    shape: a list of integers, a TensorShape, or an integer tensor of rank 1. dtype: any. layout: None.

    >>> zeros([2, 3]).shape
    TensorShape([2, 3])
    """
    refuse_layout(layout)
    return _filled(shape, dtype, one=False)


@public("ones")
@composite("ones")
def ones(shape: Any, dtype: Any = dtypes.float32, name: str | None = None, layout: Any = None) -> Any:
    """A tensor of ones (True).

    shape: a list of integers, a TensorShape, or an integer tensor of rank 1. dtype: numbers or bool. layout: None.
    """
    refuse_layout(layout)
    return _filled(shape, dtype, one=True)


@op("ZerosLike", inputs="x: T",
    samples=lambda rng: [((rng.normal(size=(2, 3)),), {}), ((np.int32(3),), {})])
def zeros_like_op(x):
    """Zeros of the shape and dtype of `x`."""
    return jnp.zeros_like(x)


@op("OnesLike", inputs="x: T", T=NUMERIC + BOOL,
    samples=lambda rng: [((rng.normal(size=(2, 3)),), {}), ((np.array(True),), {})])
def ones_like_op(x):
    """Ones of the shape and dtype of `x`."""
    return jnp.ones_like(x)


def _constant(call: Any, dy: Any) -> None:
    """No gradient: the result does not depend on the values."""


for _op in (zeros_like_op, ones_like_op):
    _op.shape(rules.as_first)
    _op.grad(_constant)


@composite("zeros_like")
def zeros_alike(tensor: Any, dtype: Any = None, optimize: bool = True, name: str | None = None) -> Any:
    """Zeros of the shape of `tensor`; a constant where `optimize` and the shape is known."""
    x = convert(tensor, name="tensor")
    wanted = x.dtype.base_dtype if dtype is None else dtypes.as_dtype(dtype).base_dtype
    sizes = shapes.static_dims(x)
    if optimize and sizes is not None:
        return _filled(sizes, wanted, one=False)
    if wanted is x.dtype.base_dtype:
        return zeros_like_op(x, name=scope_name())
    return _filled(shape_op(x, name="Shape"), wanted, one=False)


@composite("ones_like")
def ones_alike(tensor: Any, dtype: Any = None, optimize: bool = True, name: str | None = None) -> Any:
    """Ones of the shape of `tensor`; a constant where `optimize` and the shape is known."""
    x = convert(tensor, name="tensor")
    wanted = x.dtype.base_dtype if dtype is None else dtypes.as_dtype(dtype).base_dtype
    sizes = shapes.static_dims(x)
    if sizes is not None and optimize:
        return _filled(sizes, wanted, one=True)
    return _filled(shape_op(x, name="Shape"), wanted, one=True)


@public(v2=("zeros_like",))
def zeros_like(input: Any, dtype: Any = None, name: str | None = None, layout: Any = None) -> Any:
    """Zeros of the shape of `input`, of its dtype or the given one."""
    refuse_layout(layout)
    return zeros_alike(input, dtype, name=name)


@public(v2=("ones_like",))
def ones_like(input: Any, dtype: Any = None, name: str | None = None, layout: Any = None) -> Any:
    """Ones of the shape of `input`, of its dtype or the given one."""
    refuse_layout(layout)
    return ones_alike(input, dtype, name=name)


# Ranges ----------------------------------------------------------------------------------------------


def _count(start: Any, limit: Any, delta: Any) -> int:
    """How many numbers a range holds. Raises ShapeFault where it has no end."""
    if delta == 0:
        raise ShapeFault("Requires delta != 0", f"Requires delta != 0: {delta}")
    if delta > 0 and start > limit:
        raise ShapeFault(f"Requires start <= limit when delta > 0: {start}/{limit}")
    if delta < 0 and start < limit:
        raise ShapeFault(f"Requires start >= limit when delta < 0: {start}/{limit}")
    if isinstance(start, int):
        return -(-abs(limit - start) // abs(delta))
    return math.ceil(abs((limit - start) / delta))


_STEPS = tuple(d for d in REALS if d is not dtypes.uint8)


@op("Range", inputs="start: Tidx static, limit: Tidx static, delta: Tidx static", Tidx=_STEPS,
    differentiable=never("its length depends on its inputs"),
    samples=lambda rng: [((np.int32(0), np.int32(5), np.int32(2)), {}), ((np.float32(3), np.float32(1),
                         np.float32(-.5)), {}), ((np.int64(2), np.int64(2), np.int64(1)), {})])
def range_op(start, limit, delta):
    """The numbers from `start` up to (not including) `limit`, `delta` apart."""
    count = _count(start.item(), limit.item(), delta.item())
    steps = np.arange(count)
    if start.dtype.kind in "iu":
        return (start.item() + delta.item() * steps).astype(start.dtype)
    return (start + delta * steps.astype(start.dtype)).astype(start.dtype)


@range_op.shape
def _(inputs, attrs):
    for i in inputs:
        shapes.want_rank(i.dims, 0)
    if any(i.value is None for i in inputs):
        return [((None,), inputs[0].dtype)]
    return [((_count(*(i.value.item() for i in inputs)),), inputs[0].dtype)]


_WIDTH = [dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64]


@public("range")
@composite("range")
def range(start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None, name: str | None = "range") -> Any:
    """The numbers from `start` up to (not including) `limit`, `delta` apart; of one argument, from 0 up to it.

    dtype: by default the widest of the arguments' (int32 < int64 < float32 < float64). Raises where `delta` is 0 or
    leads away from `limit`.

    >>> range(1, 10, 3).numpy().tolist()
    [1, 4, 7]
    """
    if limit is None:
        start, limit = 0, start
    if isinstance(dtype, (int, float)) and not isinstance(dtype, DType):
        raise TypeError(f"{dtype!r} is not a dtype")
    wanted = None if dtype is None else dtypes.as_dtype(dtype)
    ends = [("start", start), ("limit", limit), ("delta", delta)]
    tensors = [convert(v, None if dtype_of(v) is not None else wanted, name=n) for n, v in ends]
    if wanted is None:
        found = [t.dtype.base_dtype for t in tensors]
        if any(d not in _WIDTH for d in found):
            wanted = found[0]
            if any(d is not wanted for d in found):
                wanted = next(d for d in found if d not in _WIDTH)
        else:
            wanted = max(found, key=_WIDTH.index)
    tensors = [t if t.dtype.base_dtype is wanted else ops["Cast"](t, DstT=wanted, name="Cast") for t in tensors]
    return range_op(*tensors, name=scope_name())


# One-hot rows ----------------------------------------------------------------------------------------


@op("OneHot", inputs="indices: TI, depth: int32 static, on_value: T, off_value: T",
    TI=(dtypes.uint8, dtypes.int8, dtypes.int32, dtypes.int64), differentiable=never("marks places"),
    samples=lambda rng: [((np.array([[0, 2], [-1, 5]]), np.int32(3), rng.normal(), rng.normal()), {"axis": a})
                         for a in (-1, 0, 1)] + [((np.int32(1), np.int32(0), np.float32(1), np.float32(0)), {})])
def one_hot_op(indices, depth, on_value, off_value, *, axis: int = -1):
    """`on_value` at the place each index names along a new dimension of size `depth`, `off_value` elsewhere."""
    rank = jnp.ndim(indices)
    at = rank if axis == -1 else axis
    places = jnp.arange(int(depth), dtype=jnp.int64).reshape((-1,) + (1,) * (rank - at))
    hit = jnp.expand_dims(indices, at).astype(jnp.int64) == places
    return jnp.where(hit, on_value, off_value)


@one_hot_op.shape
def _(inputs, attrs):
    indices, depth, on_value, off_value = inputs
    for scalar in (depth, on_value, off_value):
        shapes.want_rank(scalar.dims, 0)
    size, axis = shapes.known_axis(depth), attrs["axis"]
    if size is not None and size < 0:
        raise ShapeFault(f"Dimension size, given by scalar input 1, must be non-negative but is {size}",
                         f"depth must be non-negative, got: {size}")
    dims = indices.dims
    if dims is None:
        return [(None, on_value.dtype)]
    if not -1 <= axis <= len(dims):
        raise ShapeFault(f"Expected axis to be -1 or between [0, {len(dims) + 1}).  But received: {axis}")
    at = len(dims) if axis == -1 else axis
    return [((*dims[:at], size, *dims[at:]), on_value.dtype)]


@public("one_hot")
@composite("one_hot")
def one_hot(indices: Any, depth: Any, on_value: Any = None, off_value: Any = None, axis: Any = None,
            dtype: Any = None, name: str | None = None) -> Any:
    """A new dimension of size `depth` in which each index marks its place with `on_value` among `off_value`.

    Indices outside of 0 … depth - 1 mark nothing. axis: where the new dimension goes, by default last.
    dtype: that of `on_value` and `off_value` (1 and 0 by default), else float32; TypeError where they disagree.

    >>> one_hot([0, 2], 3).numpy().tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    wanted = None if dtype is None else dtypes.as_dtype(dtype)
    given = [(n, convert(v, dtype_hint=wanted, name="Const")) for n, v in
             (("on_value", on_value), ("off_value", off_value)) if v is not None]
    if wanted is None:
        wanted = given[0][1].dtype.base_dtype if given else dtypes.float32
    for n, t in given:
        if t.dtype.base_dtype is not wanted:
            other = f"dtype parameter {wanted.name}" if dtype is not None else f"dtype {wanted.name} of on_value"
            raise TypeError(f"dtype {t.dtype.name} of {n} does not match {other}")
    values = dict(given)
    on = values.get("on_value")
    off = values.get("off_value")
    on = constant(_scalar(wanted, True), name="on_value") if on is None else on
    off = constant(_scalar(wanted, False), name="off_value") if off is None else off
    return one_hot_op(indices, depth, on, off, axis=-1 if axis is None else int(axis), name=scope_name())

