"""keras.Variable: a Hornbeam variable with a path, whose value is read in the compute dtype inside a layer.

It has a value at once, also where a function is being traced. Made while a graph of TensorFlow 1 is built, it is a
variable of that graph too, found in its collections; all its sessions share the value, which their initializers renew.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import numpy as np

import hornbeam as tf
from hornbeam.graph import mode
from hornbeam.graph.call import as_tensor
from hornbeam.graph.dtypes import as_dtype
from hornbeam.graph.graph import Graph
from hornbeam.graph.tensor import EagerTensor, GraphTensor
from hornbeam.keras.dtype_names import DTypeName, dtype_name
from hornbeam.keras.dtypes import is_float_dtype, is_int_dtype, standardize_dtype
from hornbeam.keras.graph_scopes import graph_around, in_no_collection, variable_name
from hornbeam.keras.keras_tensor import bind_operators, functions
from hornbeam.keras.lookup import named
from hornbeam.keras.names import keras_export
from hornbeam.keras.scopes import AutocastScope, autocast_dtype, current_path, initialize_later, stateless_scope
from hornbeam.keras.shapes import SizeTuple, standardize_shape
from hornbeam.keras.state import thread
from hornbeam.keras.tracing import ScratchGraph
from hornbeam.keras.utils.naming import auto_name
from hornbeam.runtime.store import Cell
from hornbeam.runtime.variable import Variable as BaseVariable
from hornbeam.runtime.variable import VariableAggregation, VariableSynchronization

_AGGREGATIONS = {"none": VariableAggregation.NONE, "mean": VariableAggregation.MEAN, "sum": VariableAggregation.SUM,
                 "only_first_replica": VariableAggregation.ONLY_FIRST_REPLICA}
_SYNCHRONIZATIONS = {"none": VariableSynchronization.NONE, "on_read": VariableSynchronization.ON_READ,
                     "on_write": VariableSynchronization.ON_WRITE, "auto": VariableSynchronization.AUTO}


def to_tensor(value: Any, dtype: str | None = None) -> Any:
    """`value` as a tensor of `dtype`, by default its own; numbers of any kind are cast."""
    as_it_is = isinstance(value, (tf.Tensor, BaseVariable)) or hasattr(value, "_as_tensor") or dtype == "bool" or (
        dtype is not None and is_int_dtype(dtype))
    tensor = tf.convert_to_tensor(value, dtype=None if as_it_is else dtype)
    return tensor if dtype is None or standardize_dtype(tensor.dtype) == dtype else tf.cast(tensor, dtype)


@keras_export("Variable")
class Variable(BaseVariable):
    """State that layers, optimizers and metrics keep: a tensor whose value can be changed.

    initializer: the value, or a function of `(shape, dtype)` (or an initializer's name) that gives it; then `shape`
    is needed. dtype: by default the value's, or `floatx()`. trainable: whether optimizers change it. autocast:
    whether a layer with another compute dtype reads it in that. aggregation: 'none', 'mean', 'sum' or
    'only_first_replica'; synchronization: 'auto', 'none', 'on_read' or 'on_write'. name: without `/`; the path puts
    the open scopes before it. layout: how it is spread over devices.
    Raises ValueError for other words, a name with `/`, and shapes that are not known.

    >>> v = Variable([1., 2.], name="v"); v.assign_add([1., 1.]).numpy().tolist(), v.path, v.dtype
    ([2.0, 3.0], 'v', 'float32')
    """

    def __init__(self, initializer: Any, shape: Any = None, dtype: Any = None, trainable: bool = True,
                 autocast: bool = True, aggregation: str | None = "none", synchronization: str | None = "auto",
                 name: str | None = None, layout: Any = None, **kwargs: Any) -> None:
        name = name or auto_name(type(self).__name__)
        if not isinstance(name, str) or "/" in name:
            raise ValueError("Argument `name` must be a string and cannot contain character `/`. "
                             f"Received: name={name}")
        for argument, given, allowed in (("aggregation", aggregation, _AGGREGATIONS),
                                         ("synchronization", synchronization, _SYNCHRONIZATIONS)):
            if given is not None and given not in allowed:
                words = ", ".join(f"`{w!r}`" for w in allowed)
                raise ValueError(f"Invalid value for argument `{argument}`. Expected one of `None`, {words}. "
                                 f"Received: {argument}={given}")
        self._keras_name = name
        path = current_path()
        self._path = f"{path}/{name}" if path else name
        self._home = graph_around()
        self._in_no_collection = in_no_collection()
        self._name_there = self._path if self._home is None else variable_name(self._path, name)
        self._autocast = bool(autocast)
        self._layout = layout
        self._keras_aggregation = aggregation or "none"
        self._keras_synchronization = synchronization or "none"
        self._regularizer: Any = None
        self._overwrite_with_gradient = False
        self._waiting_for: Callable[..., Any] | None = None
        self._start(initializer, shape, dtype, trainable)

    def _start(self, initializer: Any, shape: Any, dtype: Any, trainable: bool) -> None:
        if isinstance(initializer, str):
            initializer = named("initializers.get")(initializer)
        if callable(initializer) and not hasattr(initializer, "_as_tensor"):
            if shape is None:
                raise ValueError("When creating a Variable from an initializer, the `shape` argument should be "
                                 f"specified. Received: initializer={initializer} and shape={shape}")
            self._shape: Any = SizeTuple(standardize_shape(shape))
            if None in self._shape:
                raise ValueError("Shapes used to initialize variables must be fully-defined (no `None` dimensions). "
                                 f"Received: shape={self._shape} for variable path='{self._path}'")
            name = standardize_dtype(dtype)
            if stateless_scope() is not None:
                self._without_value(initializer, name, trainable)
                return
            value: Any = lambda: to_tensor(initializer(self._shape, dtype=name), name)  # noqa: E731
        else:
            if stateless_scope() is not None:
                raise ValueError("You are attempting to create a variable while in a stateless scope. This is "
                                 "disallowed. Make sure that all variables are created before you start using your "
                                 "layer/model objects: write a `def build(self, input_shape)` method that creates "
                                 "them with `self.add_weight()`.")
            own = self._home is None or isinstance(initializer, GraphTensor) or hasattr(initializer, "_as_tensor")
            with nullcontext() if own else mode.opened(None):
                value = to_tensor(initializer, None if dtype is None else standardize_dtype(dtype))
            name = standardize_dtype(value.dtype)
            self._shape = SizeTuple(standardize_shape(value.shape))
        self._give_value(value, name, trainable)

    def _give_value(self, value: Any, dtype: str, trainable: bool) -> None:
        with mode.opened(self._home), nullcontext() if self._home is None else self._home.name_scope(None):
            self._make(value, trainable, True, self._keras_name if self._home is None else self._name_there,
                       as_dtype(dtype), None, _SYNCHRONIZATIONS[self._keras_synchronization],
                       _AGGREGATIONS[self._keras_aggregation], self._shape,
                       [] if self._in_no_collection else None)
        if self._home is not None and not isinstance(value, GraphTensor):
            with mode.opened(None), mode.running_once():
                given: Any = value() if callable(value) else value
                array = np.array(given._value)
            self._dims = self._shape
            self._cell = Cell(self._variable.op.name)
            self._cell.write(array)
            self._variable.op.attrs.update(cell=self._cell, variable=weakref.ref(self))
        self._trainable = bool(trainable)

    def _without_value(self, initializer: Callable[..., Any], dtype: str, trainable: bool) -> None:
        self._constraint = None
        self._cell = self._graph = None
        self._trainable = bool(trainable)
        self._dims = self._shape
        self._dtype = as_dtype(dtype)
        self._name = f"{self._keras_name}:0"
        self._waiting_for = initializer
        initialize_later(self._deferred_initialize)

    def _deferred_initialize(self) -> None:
        initializer, self._waiting_for = self._waiting_for, None
        if initializer is None:
            raise ValueError(f"Variable {self._path} is already initialized.")
        constraint, name = self._constraint, self._dtype.name
        self._give_value(lambda: to_tensor(initializer(self._shape, dtype=name), name), name, self._trainable)
        self._constraint = constraint

    # What it is -----------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The last part of the path; of a TF1 graph's variable, its name in the graph."""
        return self._keras_name if self._graph is None else self._name

    @property
    def path(self) -> str:
        """The names of the scopes and the variable's own, joined by `/`."""
        return self._path

    @property
    def shape(self) -> SizeTuple:  # type: ignore[override]
        """The shape: a tuple, which answers as a `TensorShape` too."""
        return self._shape

    def get_shape(self) -> Any:
        """The shape as a `TensorShape`."""
        return BaseVariable.shape.__get__(self)

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return len(self._shape)

    @property
    def dtype(self) -> DTypeName:  # type: ignore[override]
        """The name of the dtype that reading gives here."""
        cast = autocast_dtype() if self._autocast else None
        return dtype_name(cast if cast is not None and self._dtype.is_floating else self._dtype.name)

    @property
    def trainable(self) -> bool:
        """Whether optimizers change it."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = bool(value)

    @property
    def aggregation(self) -> str:
        """How copies are brought together."""
        return self._keras_aggregation

    @property
    def synchronization(self) -> str:
        """When copies are brought together."""
        return self._keras_synchronization

    @property
    def autocast(self) -> bool:
        """Whether a layer reads it in its compute dtype."""
        return self._autocast

    @property
    def regularizer(self) -> Any:
        """The function whose value of this joins the model's losses, or None."""
        return self._regularizer

    @regularizer.setter
    def regularizer(self, value: Any) -> None:
        self._regularizer = _callable_or_none("regularizer", value)

    @property
    def constraint(self) -> Any:
        """The function that optimizers apply to the value after each update, or None."""
        return self._constraint

    @constraint.setter
    def constraint(self, value: Any) -> None:
        self._constraint = _callable_or_none("constraint", value)

    @property
    def overwrite_with_gradient(self) -> bool:
        """Whether optimizers put the gradient in place of the value."""
        return self._overwrite_with_gradient

    @overwrite_with_gradient.setter
    def overwrite_with_gradient(self, value: bool) -> None:
        if not isinstance(value, bool):
            raise TypeError(f"`overwrite_with_gradient` must be a boolean. Received: {value}")
        self._overwrite_with_gradient = value

    # Reading --------------------------------------------------------------------------------------

    @property
    def value(self) -> Any:  # type: ignore[override]
        """The value as a tensor; inside a layer with another compute dtype, cast to that."""
        return self._as_tensor(self._current())

    def _as_tensor(self, graph: Graph | None) -> Any:
        tensor = self._own_tensor(graph)
        cast = autocast_dtype() if self._autocast else None
        if cast is None or cast == self._dtype.name or not is_float_dtype(self._dtype):
            return tensor
        return tf.cast(tensor, cast)

    def _own_tensor(self, graph: Graph | None) -> Any:
        scope = stateless_scope()
        held = None if scope is None else scope.get_current_value(self)
        if held is not None:
            return as_tensor(held, None, graph)
        if isinstance(graph, ScratchGraph):
            return graph.stand_in(self, self._shape, self._dtype)
        if self._waiting_for is not None:
            return as_tensor(to_tensor(self._waiting_for(self._shape, dtype=self._dtype.name)), None, graph)
        return super()._as_tensor(graph)

    def _as_stateless_value(self, value: Any) -> Any:
        """`value` as a `StatelessScope` keeps it for this variable."""
        if value is None:
            return None
        tensor = to_tensor(value, self._dtype.name)
        if not tf.TensorShape(self._shape).is_compatible_with(tensor.shape):
            raise ValueError("Invalid variable value in StatelessScope: all values in argument `mapping` must be "
                             f"tensors with a shape that matches the corresponding variable shape. For variable "
                             f"{self!r}, received invalid value {value} with shape {tuple(tensor.shape)}.")
        return tensor

    def read_value(self) -> Any:
        """The value as a tensor of its own."""
        return tf.identity(self.value)

    def initialized_value(self) -> Any:
        """The value, usable as the initial value of other variables."""
        return self.value

    def sparse_read(self, indices: Any, name: str | None = None) -> Any:
        """The rows at `indices`."""
        return tf.gather(self.value, indices, name=name)

    def gather_nd(self, indices: Any, name: str | None = None) -> Any:
        """The slices at `indices`."""
        return tf.gather_nd(self.value, indices, name=name)

    def numpy(self) -> np.ndarray:
        """The value as a NumPy array; of a TF1 graph's variable, that in the default session.

        Raises ValueError where there is no such session, NotImplementedError while a function is being traced.
        """
        if self._graph is not None:
            return np.asarray(self.eval()) if self._cell is None else np.array(self._cell.read())
        value = self.value
        if not isinstance(value, EagerTensor):
            raise NotImplementedError(f"{self!r} has no value while a function is being traced.")
        return np.array(value._value)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self.numpy(), dtype=dtype)

    def __int__(self) -> int:
        return int(self._scalar())

    def __index__(self) -> int:
        return self._scalar().__index__()

    def __float__(self) -> float:
        return float(self._scalar())

    def _scalar(self) -> Any:
        if self._shape:
            raise TypeError(f"Only scalar arrays can be converted to Python scalars. Got: shape={self._shape}")
        return self.value

    def __bool__(self) -> bool:
        if self._graph is not None:
            return True
        raise TypeError("A Keras Variable cannot be used as a boolean.")

    def __iter__(self) -> Any:
        return iter(self.value)

    def __len__(self) -> int:
        if not self._shape:
            raise TypeError("Scalar tensor has no `len()`")
        return self._shape[0]

    def __pos__(self) -> Any:
        return self.value

    # Changing -------------------------------------------------------------------------------------

    def assign(self, value: Any, use_locking: bool = False, name: str | None = None,  # type: ignore[override]
               read_value: bool = True) -> Any:
        """Take `value`, cast to the dtype. Returns the value taken; in a TF1 graph, the operation's output.

        Raises ValueError where the shape is another.
        """
        value = to_tensor(value, self._dtype.name)
        if not tf.TensorShape(self._shape).is_compatible_with(value.shape):
            raise ValueError("The shape of the target variable and the shape of the target value in "
                             f"`variable.assign(value)` must match. variable.shape={self._shape}, Received: "
                             f"value.shape={tuple(value.shape)}. Target variable: {self!r}")
        scope = stateless_scope()
        if scope is not None:
            scope.add_update((self, value))
            return value
        if thread.later_writes is not None:
            thread.later_writes.append((self, value))
            return value
        with AutocastScope(None):  # it is written in its own dtype, whatever it is read in here
            made = super().assign(value, use_locking, name, read_value)
        return value if self._is_outside(self._current()) else made

    def load(self, value: Any, session: Any = None) -> None:
        """Set the value, whatever graph is open, without adding to it."""
        if self._cell is None:
            super().load(value, session)
        else:
            with mode.opened(None):
                self.assign(value)

    def assign_add(self, delta: Any, use_locking: bool = False, name: str | None = None,  # type: ignore[override]
                   read_value: bool = True) -> Any:
        """Add `delta`. Returns as `assign` does."""
        own = self._own_tensor(self._current())
        return self.assign(own + to_tensor(delta, self._dtype.name), use_locking, name, read_value)

    def assign_sub(self, delta: Any, use_locking: bool = False, name: str | None = None,  # type: ignore[override]
                   read_value: bool = True) -> Any:
        """Subtract `delta`. Returns as `assign` does."""
        own = self._own_tensor(self._current())
        return self.assign(own - to_tensor(delta, self._dtype.name), use_locking, name, read_value)

    def __round__(self, ndigits: int | None = None) -> Any:
        return functions["round"](self, decimals=ndigits or 0)

    def __deepcopy__(self, memo: dict[int, Any]) -> Variable:
        made = type(self)(self.numpy(), dtype=self._dtype.name, trainable=self._trainable, autocast=self._autocast,
                          aggregation=self._keras_aggregation, name=self._keras_name)
        made._path, made._constraint, made._regularizer = self._path, self._constraint, self._regularizer
        memo[id(self)] = made
        return made

    def __repr__(self) -> str:
        value = ""
        if self._cell is not None and stateless_scope() is None:
            value = f", value={np.asarray(self._cell.value)}"
        return f"<Variable path={self._path}, shape={self._shape}, dtype={self.dtype}{value}>"


def _callable_or_none(attribute: str, value: Any) -> Any:
    if value is not None and not callable(value):
        raise ValueError(f"Invalid value for attribute `{attribute}`. Expected a callable (such as a `keras."
                         f"{attribute}s.{attribute.capitalize()}` instance) or `None`. Received: {attribute}={value}")
    return value


def _equal(self: Variable, other: Any) -> Any:
    if self._graph is not None:
        return self is other  # as variables of TF1's graphs compare
    return False if other is None else functions["equal"](self, other)


def _not_equal(self: Variable, other: Any) -> Any:
    if self._graph is not None:
        return self is not other
    return True if other is None else functions["not_equal"](self, other)


bind_operators(Variable)
Variable.__hash__ = object.__hash__  # type: ignore[method-assign]  # Keras 2's programs count `set(model.weights)`
Variable.__eq__ = _equal  # type: ignore[method-assign]
Variable.__ne__ = _not_equal  # type: ignore[method-assign]
