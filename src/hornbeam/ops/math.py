"""Arithmetic, elementwise functions, reductions and products of matrices.

Each op is declared by its function; the gradient stands below it, written with public ops.
"""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.names import public
from hornbeam.graph.op import BOOL, INDEX, INEXACT, NUMERIC, op, never
from hornbeam.graph.execute import ShapeFault
from hornbeam.ops import array, rules
from hornbeam.ops.array import unbroadcast


@op("AddV2", T=NUMERIC)
def add_v2(x, y):
    """x + y, broadcast."""
    return jnp.add(x, y)


add_v2.shape(rules.broadcast)


@add_v2.grad
def _(call, dy):
    x, y = call.inputs
    return unbroadcast(dy, x), unbroadcast(dy, y)


@public("add", "math.add")
def add(x: Any, y: Any, name: str | None = None) -> Any:
    """x + y, element by element; shapes broadcast.

    x, y: tensors of one dtype.
    """
    return add_v2(x, y, name=name or "Add")


@op("Sub", names=("subtract", "math.subtract"), T=NUMERIC)
def subtract(x, y):
    """x - y, broadcast."""
    return jnp.subtract(x, y)


subtract.shape(rules.broadcast)


@subtract.grad
def _(call, dy):
    x, y = call.inputs
    return unbroadcast(dy, x), unbroadcast(negative(dy), y)


@op("Mul", names=("multiply", "math.multiply"), T=NUMERIC)
def multiply(x, y):
    """x * y, broadcast."""
    return jnp.multiply(x, y)


multiply.shape(rules.broadcast)


@multiply.grad
def _(call, dy):
    x, y = call.inputs
    return unbroadcast(multiply(dy, y), x), unbroadcast(multiply(dy, x), y)


@op("RealDiv", T=INEXACT)
def real_div(x, y):
    """x / y of floats or complex numbers, broadcast."""
    return jnp.divide(x, y)


real_div.shape(rules.broadcast)


@real_div.grad
def _(call, dy):
    x, y = call.inputs
    over = real_div(dy, y)
    return unbroadcast(over, x), unbroadcast(negative(multiply(over, real_div(x, y))), y)


@op("Neg", inputs="x: T", names=("negative", "math.negative"), T=NUMERIC)
def negative(x):
    """-x."""
    return jnp.negative(x)


negative.shape(rules.as_first)


@negative.grad
def _(call, dy):
    return negative(dy)


@op("Log", inputs="x: T", names=("math.log",), v1=("log",), T=INEXACT)
def log(x):
    """Natural logarithm."""
    return jnp.log(x)


log.shape(rules.as_first)


@log.grad
def _(call, dy):
    return real_div(dy, call.inputs[0])


@op("AddN", inputs="inputs: list T", T=NUMERIC)
def add_n_op(inputs):
    """The sum of tensors of one shape."""
    total = inputs[0]
    for item in inputs[1:]:
        total = total + item
    return total


@add_n_op.grad
def _(call, dy):
    return [dy] * len(call.inputs)


@public("add_n", "math.add_n")
def add_n(inputs: Any, name: str | None = None) -> Any:
    """The sum of a list of tensors of one shape and dtype."""
    return add_n_op(list(inputs), name=name)


def _axes(axis: Any) -> tuple[int, ...]:
    return tuple(int(a) for a in np.reshape(axis, -1))


@op("Sum", inputs="input: T, axis: Tidx static", T=NUMERIC, Tidx=INDEX)
def sum_op(input, axis, *, keep_dims: bool = False):
    """The sum over the dimensions `axis`."""
    return jnp.sum(input, _axes(axis), keepdims=keep_dims, dtype=input.dtype)


@sum_op.grad
def _(call, dy):
    return restored(call, dy), None


@op("Mean", inputs="input: T, axis: Tidx static", T=NUMERIC, Tidx=INDEX)
def mean_op(input, axis, *, keep_dims: bool = False):
    """The mean over the dimensions `axis`."""
    return jnp.mean(input, _axes(axis), keepdims=keep_dims).astype(input.dtype)


@mean_op.grad
def _(call, dy):
    x, y = call.inputs[0], call.outputs[0]
    count = real_div(array_size(x, dy.dtype), array_size(y, dy.dtype))
    return real_div(restored(call, dy), count), None


@op("SizeAs", inputs="x: T", attr_types={"dtype": "type"}, differentiable=never("constant result"))
def size_as(x, *, dtype: Any):
    """The number of elements, in the given dtype."""
    return jnp.asarray(np.prod(jnp.shape(x)), dtype.np_dtype)


def array_size(x: Any, dtype: Any) -> Any:
    """The number of elements of `x` as a scalar of `dtype`."""
    return size_as(x, dtype=dtype.base_dtype)


@op("RestoreReduced", inputs="dy: T, like: U, axis: Tidx static", Tidx=INDEX)
def restore_reduced(dy, like, axis):
    """The gradient of a sum: `dy` with its reduced dimensions put back and broadcast to the shape of `like`."""
    shape = list(jnp.shape(like))
    for a in _axes(axis):
        shape[a] = 1
    return jnp.broadcast_to(jnp.reshape(dy, shape), jnp.shape(like))


@restore_reduced.shape
def _(inputs, attrs):
    return [(inputs[1].dims, inputs[0].dtype)]


def restored(call: Any, dy: Any) -> Any:
    """`dy` of a reduction, broadcast back to the shape of what was reduced."""
    return restore_reduced(dy, call.inputs[0], call.inputs[1])


def _every_axis(x: Any, axis: Any) -> Any:
    if axis is not None:
        return axis
    dims = x.dims
    if dims is None:
        raise TypeError("reduce over unknown rank needs an axis")
    return np.arange(len(dims), dtype=np.int32)


@public("reduce_sum", "math.reduce_sum", old_arguments={"reduction_indices": "axis", "keep_dims": "keepdims"})
def reduce_sum(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """The sum over dimensions."""
    x = array.convert(input_tensor)
    return sum_op(x, _every_axis(x, axis), keep_dims=bool(keepdims), name=name)


@public("reduce_mean", "math.reduce_mean", old_arguments={"reduction_indices": "axis", "keep_dims": "keepdims"})
def reduce_mean(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """The mean over dimensions."""
    x = array.convert(input_tensor)
    return mean_op(x, _every_axis(x, axis), keep_dims=bool(keepdims), name=name)


@op("MatMul", inputs="a: T, b: T", T=NUMERIC)
def matmul_op(a, b, *, transpose_a: bool = False, transpose_b: bool = False):
    """The product of two matrices, either transposed first."""
    return jnp.matmul(a.T if transpose_a else a, b.T if transpose_b else b)


@matmul_op.shape
def _(inputs, attrs):
    (a, dtype), (b, _) = inputs[0][:2], inputs[1][:2]
    for name, dims in (("a", a), ("b", b)):
        if dims is not None and len(dims) != 2:
            raise ShapeFault(f"Shape must be rank 2 but is rank {len(dims)}", f"In[{'ab'.index(name)}] is not a matrix. "
                             f"Instead it has shape {rules.text(dims)}")
    rows, inner = (None, None) if a is None else a[::-1] if attrs["transpose_a"] else a
    inner_b, columns = (None, None) if b is None else b[::-1] if attrs["transpose_b"] else b
    if inner is not None and inner_b is not None and inner != inner_b:
        raise ShapeFault(f"Dimensions must be equal, but are {inner} and {inner_b}",
                         f"Matrix size-incompatible: In[0]: {rules.text(a)}, In[1]: {rules.text(b)}")
    return [((rows, columns), dtype)]


@matmul_op.grad
def _(call, dy):
    a, b = call.inputs
    ta, tb = call.attrs["transpose_a"], call.attrs["transpose_b"]
    da = matmul_op(b, dy, transpose_a=tb, transpose_b=True) if ta else matmul_op(dy, b, transpose_b=not tb)
    db = matmul_op(dy, a, transpose_a=True, transpose_b=ta) if tb else matmul_op(a, dy, transpose_a=not ta)
    return da, db


@public("matmul", "linalg.matmul")
def matmul(a: Any, b: Any, transpose_a: bool = False, transpose_b: bool = False, name: str | None = None) -> Any:
    """The product of matrices."""
    return matmul_op(a, b, transpose_a=transpose_a, transpose_b=transpose_b, name=name)


@op("ArgMax", inputs="input: T, dimension: Tidx static", T=NUMERIC + BOOL, Tidx=INDEX,
    attr_types={"output_type": "type"}, differentiable=never("integer result"))
def argmax_op(input, dimension, *, output_type: Any = dtypes.int64):
    """Where the largest value stands along a dimension; the first of equals."""
    return jnp.argmax(input, int(dimension)).astype(output_type.np_dtype)


@op("Equal", differentiable=never("boolean result"), gives_strings=False)
def equal(x, y):
    """x == y, element by element."""
    return jnp.equal(x, y)


equal.shape(rules.broadcast_bool)


@op("Cast", inputs="x: SrcT", attr_types={"DstT": "type"})
def cast_op(x, *, DstT: Any):  # noqa: N803  (TensorFlow's name of the attribute)
    """The values in another dtype."""
    return jnp.asarray(x).astype(DstT.np_dtype)


@cast_op.grad
def _(call, dy):
    return cast_op(dy, DstT=call.inputs[0].dtype.base_dtype)
