"""Keras 2's variables and constants: made, read and set."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

import hornbeam as tf
from hornbeam.graph.operation import Operation as GraphOperation
from hornbeam.graph.tensor import GraphTensor
from hornbeam.keras import ops
from hornbeam.keras.backend.graphs import session_of
from hornbeam.keras.backend.old import old
from hornbeam.keras.config.settings import floatx
from hornbeam.keras.functions import is_model_input
from hornbeam.keras.keras_tensor import KerasTensor
from hornbeam.keras.layers.core.input_layer import Input
from hornbeam.keras.layers.layer_state import set_value as _set_value
from hornbeam.keras.state import reset_names
from hornbeam.keras.variables import Variable


@old("keras.Variable")
def variable(value: Any, dtype: Any = None, name: str | None = None, constraint: Any = None) -> Variable:
    """A variable with this value."""
    if not tf.is_tensor(value):
        value = np.asarray(value, dtype or floatx())
    made = Variable(value, dtype=dtype or floatx(), name=name)
    made.constraint = constraint
    return made


@old("keras.ops.convert_to_tensor")
def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Any:
    """A tensor with this value, which fills `shape` where it is one number."""
    return tf.constant(value, dtype=dtype or floatx(), shape=shape, name=name or "Const")


@old("keras.Input")
def placeholder(shape: Any = None, ndim: int | None = None, dtype: Any = None, sparse: bool = False,
                name: str | None = None, ragged: bool = False) -> Any:
    """A symbolic tensor of this shape, batch included, or of `ndim` dimensions of any size."""
    if shape is None:
        if not ndim:
            raise ValueError("`placeholder` needs a `shape`, or `ndim` for a shape of unknown sizes.")
        shape = (None,) * ndim
    return Input(batch_shape=tuple(shape), dtype=dtype or floatx(), sparse=sparse, ragged=ragged, name=name)


@old("isinstance(x, keras.KerasTensor)")
def is_placeholder(x: Any) -> bool:
    """Whether `x` is an input of a model."""
    return isinstance(x, KerasTensor) and is_model_input(x)


@old("keras.Variable")
def zeros(shape: Any, dtype: Any = None, name: str | None = None) -> Any:
    """A variable of zeros."""
    return _filled(0, shape, dtype, name)


@old("keras.Variable")
def ones(shape: Any, dtype: Any = None, name: str | None = None) -> Any:
    """A variable of ones."""
    return _filled(1, shape, dtype, name)


def _filled(value: int, shape: Any, dtype: Any, name: str | None) -> Any:
    """A variable; a tensor where a size is one."""
    shape = (shape,) if isinstance(shape, int) else shape
    if all(isinstance(size, int) for size in shape):
        return Variable(np.full(tuple(shape), value, dtype or floatx()), dtype=dtype or floatx(), name=name)
    return tf.fill(tf.stack(list(shape)), tf.cast(value, dtype or floatx()))


@old("keras.ops.eye")
def eye(size: int, dtype: Any = None, name: str | None = None) -> Any:
    """A variable with the identity matrix."""
    return variable(np.eye(size), dtype, name)


@old("keras.ops.zeros_like")
def zeros_like(x: Any, dtype: Any = None, name: str | None = None) -> Any:
    """Zeros in the shape of `x`."""
    return ops.zeros_like(x, dtype=dtype)


@old("keras.ops.ones_like")
def ones_like(x: Any, dtype: Any = None, name: str | None = None) -> Any:
    """Ones in the shape of `x`."""
    return ops.ones_like(x, dtype=dtype)


@old("keras.random.uniform")
def random_uniform_variable(shape: Any, low: float, high: float, dtype: Any = None, name: str | None = None,
                            seed: int | None = None) -> Variable:
    """A variable with values between `low` and `high`."""
    return variable(tf.random.uniform(shape, low, high, dtype or floatx(), seed), dtype, name)


@old("keras.random.normal")
def random_normal_variable(shape: Any, mean: float, scale: float, dtype: Any = None, name: str | None = None,
                           seed: int | None = None) -> Variable:
    """A variable with values of a normal distribution."""
    return variable(tf.random.normal(shape, mean, scale, dtype or floatx(), seed), dtype, name)


@old("keras.ops.convert_to_numpy")
def get_value(x: Any) -> Any:
    """The value as a NumPy array or number."""
    return x.numpy() if hasattr(x, "numpy") else eval_(x)


@old("keras.ops.convert_to_numpy")
def batch_get_value(ops: Iterable[Any]) -> list[Any]:
    """The values as NumPy arrays."""
    return [get_value(x) for x in ops]


@old("keras.ops.convert_to_numpy")
def eval_(x: Any) -> Any:
    """The value as a NumPy array; of a graph's tensor, what a session gives."""
    if isinstance(x, GraphTensor):
        return session_of([x]).run(x)
    return x.numpy() if isinstance(x, Variable) else ops.convert_to_numpy(x)


@old("variable.assign")
def set_value(x: Any, value: Any) -> None:
    """Let a variable take a value. An optimizer's learning rate may be a number: it is set by its attribute."""
    _set_value(x, np.asarray(value, dtype=_numpy_dtype(x)))


def _numpy_dtype(x: Any) -> Any:
    return getattr(x.dtype, "as_numpy_dtype", None) or str(x.dtype)


@old("variable.assign")
def batch_set_value(tuples: Iterable[tuple[Any, Any]]) -> None:
    """Let variables take values."""
    for x, value in tuples:
        set_value(x, value)


@old("variable.assign")
def update(x: Any, new_x: Any) -> Any:
    """Let a variable take a value."""
    return x.assign(new_x)


@old("variable.assign_add")
def update_add(x: Any, increment: Any) -> Any:
    """Add to a variable."""
    return x.assign_add(increment)


@old("variable.assign_sub")
def update_sub(x: Any, decrement: Any) -> Any:
    """Subtract from a variable."""
    return x.assign_sub(decrement)


@old("variable.assign")
def moving_average_update(x: Any, value: Any, momentum: float) -> Any:
    """Move a variable towards a value: x · momentum + value · (1 − momentum)."""
    return x.assign(x * momentum + ops.cast(value, x.dtype) * (1.0 - momentum))


@old("keras.utils.clear_session")
def reset_uids() -> None:
    """Automatic names start again."""
    reset_names()


@old(None)
def print_tensor(x: Any, message: str = "") -> Any:
    """x, whose value is printed whenever it is computed."""
    printing = tf.print(message, x)
    if printing is None:
        return x
    with tf.control_dependencies([printing]):
        return tf.identity(x)


@old("x.sparse")
def is_sparse(tensor: Any) -> bool:
    """Whether a tensor is sparse."""
    return isinstance(tensor, tf.SparseTensor) or getattr(tensor, "sparse", False) is True


@old("tf.sparse.to_dense")
def to_dense(tensor: Any) -> Any:
    """A sparse tensor as a dense one, another as it is."""
    return tf.sparse.to_dense(tensor) if isinstance(tensor, tf.SparseTensor) else tensor


@old("keras.name_scope")
def name_scope(name: str, default_name: str | None = None, values: Any = None) -> Any:
    """A scope of names."""
    return tf.name_scope(name or default_name or "")


@old("keras.ops.convert_to_tensor")
def identity(x: Any, name: str | None = None) -> Any:
    """A tensor with the same values."""
    return tf.identity(x, name=name)


@old("isinstance(x, keras.Variable)")
def is_variable(x: Any) -> bool:
    """Whether `x` is a variable."""
    return isinstance(x, tf.Variable)


@old("isinstance(x, keras.KerasTensor)")
def is_symbolic(x: Any) -> bool:
    """Whether `x` is a tensor without a value: of a model, or of a graph."""
    return isinstance(x, (KerasTensor, GraphTensor))


@old("tf.control_dependencies")
def control_dependencies(control_inputs: Any) -> Any:
    """Within the block operations of a graph run after these."""
    inputs = control_inputs if isinstance(control_inputs, (list, tuple)) else [control_inputs]
    return tf.control_dependencies([x for x in inputs if isinstance(x, (GraphTensor, GraphOperation))])


@old("the function itself")
def symbolic(func: Callable[..., Any]) -> Callable[..., Any]:
    """The function itself: symbolic tensors need no mode of their own."""
    return func


@old("the function itself")
def eager(func: Callable[..., Any]) -> Callable[..., Any]:
    """The function itself: tensors with values need no mode of their own."""
    return func
