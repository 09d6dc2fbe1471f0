"""Arrays: constants, shapes, and the ops that make, move and join them."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np

from hornbeam.graph import dtypes, indexed_slices, infer
from hornbeam.graph.call import as_tensor, constant_node, convert_to_tensor, graph_for
from hornbeam.graph.convert import to_array
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.indexed_slices import IndexedSlices
from hornbeam.graph.names import public
from hornbeam.graph.op import INDEX, never, op
from hornbeam.graph.shapes import TensorShape
from hornbeam.graph.tensor import EagerTensor, GraphTensor
from hornbeam.ops import rules

convert = convert_to_tensor


@op("Const", inputs="", attr_types={"dtype": "type"}, differentiable=never("a constant has no inputs"))
def const(*, value: Any, dtype: Any = dtypes.float32) -> Any:
    """A fixed value."""
    return value


@const.value
def _(tensor: GraphTensor, known: Any) -> np.ndarray:
    return tensor.op.attrs["value"]


@public("constant")
def constant(value: Any, dtype: Any = None, shape: Any = None, name: str = "Const") -> Any:
    """A tensor that holds `value`: a number, a nested list, or a NumPy array.

    dtype: by default int32 for Python integers, float32 for floats, and what the array has.
    shape: the result's shape; a single number fills it, otherwise the number of elements must agree (TypeError).

    >>> constant([1, 2, 3]).shape
    TensorShape([3])
    """
    wanted = None if dtype is None else dtypes.as_dtype(dtype)
    graph = graph_for(value)
    array = np.asarray(value._value) if type(value) is EagerTensor else to_array(value, wanted)
    if wanted is not None and array.dtype != wanted.np_dtype:
        array = array.astype(wanted.np_dtype)
    if shape is not None:
        dims = tuple(TensorShape(shape).as_list())
        if array.size == 1:
            array = np.full(dims, array.reshape(-1)[0], array.dtype)
        elif array.size != int(np.prod(dims)):
            raise TypeError(f"Eager execution of tf.constant with unsupported shape. Tensor has {array.size} elements, "
                            f"but got `shape` {dims} with {int(np.prod(dims))} elements).")
        else:
            array = array.reshape(dims)
    if graph is None:
        return EagerTensor(array)
    return constant_node(graph, array, graph.name_for(name))


@op("Placeholder", inputs="", stateful=True, attr_types={"dtype": "type"},
    differentiable=never("a placeholder has no inputs"))
def placeholder_op(*, dtype: Any, shape: Any = None) -> Any:
    """A tensor whose value the caller of `Session.run` feeds."""
    raise ShapeFault("You must feed a value for placeholder tensor")


@placeholder_op.shape
def _(inputs: Any, attrs: dict[str, Any]) -> Any:
    return [(TensorShape(attrs["shape"])._dims, attrs["dtype"])]


@op("Identity", inputs="input: T", names=(), v2=())
def identity_op(input):
    """The same tensor, as the output of another operation."""
    return input


@identity_op.grad
def _(call, dy):
    return dy


identity_op.shape(rules.as_first)


@public("identity")
def identity(input: Any, name: str | None = None) -> Any:
    """A tensor of the same value as `input`; of a variable, its value now (after the control dependencies in force).

    input: any tensor.
    """
    return identity_op(input, name=name)


@op("Shape", inputs="input: T", attr_types={"out_type": "type"}, gives_strings=False,
    differentiable=never("integer result"))
def shape_op(input, *, out_type: Any = dtypes.int32):
    """The shape of a tensor, as a vector of integers."""
    return np.array(jnp.shape(input), out_type.np_dtype)


@shape_op.shape
def _(inputs, attrs):
    dims = inputs[0].dims
    return [((None if dims is None else len(dims),), attrs["out_type"])]


@shape_op.value
def _(tensor, known):
    dims = tensor.op.inputs[0]._dims
    return None if dims is None or None in dims else np.array(dims, tensor.dtype.np_dtype)


@infer.partial_rule("Shape")
def _(tensor):
    return tensor.op.inputs[0]._dims


@op("Reshape", inputs="tensor: T, shape: Tshape static", Tshape=INDEX)
def reshape_op(tensor, shape):
    """The same elements in another shape; one entry of `shape` may be -1."""
    return jnp.reshape(tensor, tuple(int(d) for d in shape))


@reshape_op.grad
def _(call, dy):
    return reshape_op(dy, shape_op(call.inputs[0])), None


@op("ZerosLike", inputs="x: T", differentiable=never("constant result"))
def zeros_like_op(x):
    """Zeros of the shape and dtype of `x`."""
    return jnp.zeros_like(x)


zeros_like_op.shape(rules.as_first)


def zeros_like(tensor: Any) -> Any:
    """Zeros of the shape and dtype of a tensor."""
    return zeros_like_op(tensor)


@op("OnesLike", inputs="x: T", differentiable=never("constant result"))
def ones_like_op(x):
    """Ones of the shape and dtype of `x`."""
    return jnp.ones_like(x)


ones_like_op.shape(rules.as_first)


@op("Fill", inputs="dims: index_type static, value: T", index_type=INDEX)
def fill(dims, value):
    """A tensor of shape `dims` that holds the scalar `value` everywhere."""
    return jnp.broadcast_to(value, tuple(int(d) for d in dims))


@op("SumLike", inputs="x: T, like: U")
def sum_like(x, like):
    """`x` summed over the dimensions along which `like` was broadcast to it: the gradient of broadcasting."""
    shape, target = jnp.shape(x), jnp.shape(like)
    lead = len(shape) - len(target)
    axes = tuple(range(lead)) + tuple(i + lead for i, d in enumerate(target) if d == 1 and shape[i + lead] != 1)
    return jnp.reshape(jnp.sum(x, axes), target) if axes else x


@sum_like.shape
def _(inputs, attrs):
    return [(inputs[1].dims, inputs[0].dtype)]


@sum_like.grad
def _(call, dy):
    return broadcast_like(dy, call.inputs[0]), None


@op("BroadcastLike", inputs="x: T, like: U")
def broadcast_like(x, like):
    """`x` broadcast to the shape of `like`."""
    return jnp.broadcast_to(x, jnp.shape(like))


@broadcast_like.shape
def _(inputs, attrs):
    return [(inputs[1].dims, inputs[0].dtype)]


@broadcast_like.grad
def _(call, dy):
    return sum_like(dy, call.inputs[0]), None


def unbroadcast(grad: Any, like: Any) -> Any:
    """The gradient of an input that was broadcast: `grad` summed to the shape of `like`."""
    known, wanted = grad._dims if type(grad) is GraphTensor else grad.dims, getattr(like, "dims", None)
    if known is not None and known == wanted and None not in known:
        return grad
    return sum_like(grad, like)


@op("Pack", inputs="values: list T")
def pack(values, *, axis: int = 0):
    """Tensors of one shape, stacked along a new axis."""
    return jnp.stack(values, axis)


@op("ConcatV2", inputs="values: list T, axis: Tidx static", Tidx=INDEX)
def concat_op(values, axis):
    """Tensors joined along an axis that they have."""
    return jnp.concatenate(values, int(axis))


def concat(values: Any, axis: Any, name: str = "concat") -> Any:
    """Tensors joined along `axis`."""
    return concat_op(list(values), axis, name=name)


def _densify(slices: IndexedSlices) -> Any:
    raise TypeError("IndexedSlices cannot be converted yet")


indexed_slices.bind(densify=_densify, static_shape=lambda t: infer.partial_shape(t) if type(t) is GraphTensor else None)

__all__ = ["as_tensor", "constant"]
