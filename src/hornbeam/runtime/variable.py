"""Variables: in a graph, a `VariableV2` operation whose value a session keeps; in eager code, a cell of the process.

Made while a graph is open (or by `hornbeam.v1`) a variable belongs to that graph, else it has a value at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from hornbeam.graph import dtypes, mode
from hornbeam.graph.call import as_tensor, convert_to_tensor
from hornbeam.graph.dtypes import DType
from hornbeam.graph.graph import Graph
from hornbeam.graph.operation import Operation
from hornbeam.graph.shapes import TensorShape, TensorShapeV1
from hornbeam.graph.tensor import EagerTensor, GraphTensor, TensorReference, _session_for
from hornbeam.ops import array, operators, state
from hornbeam.runtime.store import Cell

GLOBAL, TRAINABLE, LOCAL = "variables", "trainable_variables", "local_variables"


class Variable:
    """A tensor whose value can be changed. Usable wherever a tensor is.

    initial_value: a tensor or what becomes one, or a function without arguments that gives it.
    trainable: whether optimizers change it. validate_shape: False leaves the shape open.
    name, dtype, shape: of the variable; the last two by default the initial value's.
    constraint: a function that optimizers apply to the value after each update.
    Raises ValueError without an initial value.
    """

    __array_priority__ = 100
    v1 = False

    def __init__(self, initial_value: Any = None, trainable: bool | None = None, validate_shape: bool = True,
                 caching_device: Any = None, name: str | None = None, variable_def: Any = None, dtype: Any = None,
                 import_scope: str | None = None, constraint: Any = None, synchronization: Any = None,
                 aggregation: Any = None, shape: Any = None, collections: Sequence[Any] | None = None) -> None:
        if initial_value is None:
            raise ValueError("initial_value must be specified. (tf.Variable needs a value to start from; in TF1 code "
                             "tf.get_variable takes a shape and an initializer instead.)")
        if constraint is not None and not callable(constraint):
            raise ValueError("The `constraint` argument must be a callable.")
        self._trainable = trainable is None or bool(trainable)
        self._constraint = constraint
        self._save_name: str | None = None
        self._cell: Cell | None = None
        self._graph: Graph | None = None
        wanted = None if dtype is None else dtypes.as_dtype(dtype).base_dtype
        graph = mode.current_graph()
        if graph is None and isinstance(initial_value, GraphTensor):
            graph = initial_value.graph
        if graph is None:
            self._init_eager(initial_value, wanted, name, shape)
        else:
            self._init_in_graph(graph.outermost, initial_value, wanted, name, shape, validate_shape, collections)

    # Making ---------------------------------------------------------------------------------------

    def _init_eager(self, initial_value: Any, dtype: DType | None, name: str | None, shape: Any) -> None:
        if callable(initial_value):
            initial_value = initial_value()
        value = convert_to_tensor(initial_value, dtype)
        self._name = f"{name or 'Variable'}:0"
        self._dtype = value.dtype
        self._dims = value.dims if shape is None else TensorShape(shape)._dims
        if not TensorShape(self._dims).is_compatible_with(value.shape):
            raise ValueError(f"The initial value's shape ({value.shape}) is not compatible with the explicitly "
                             f"supplied `shape` argument ({shape}).")
        self._cell = Cell(self._name.split(":")[0])
        self._cell.write(np.array(value._value))

    def _init_in_graph(self, graph: Graph, initial_value: Any, dtype: DType | None, name: str | None, shape: Any,
                       validate_shape: bool, collections: Sequence[Any] | None) -> None:
        self._graph = graph
        with graph.as_default(), graph.control_dependencies(None), graph.name_scope(name or "Variable") as scope:
            if callable(initial_value):
                with graph.name_scope("Initializer"):
                    value = convert_to_tensor(initial_value(), dtype, name="initial_value")
            else:
                value = convert_to_tensor(initial_value, dtype, name="initial_value")
            if isinstance(value, EagerTensor):
                value = as_tensor(value, dtype, graph, f"{scope}initial_value")
            self._initial_value = value
            self._dtype = value.dtype.base_dtype
            dims = TensorShape(shape)._dims if shape is not None else value._dims if validate_shape else None
            if validate_shape and shape is None and not TensorShape(dims).is_fully_defined():
                raise ValueError(f"initial_value must have a shape specified: {value!r}")
            self._variable = state.variable_v2(shape=TensorShape(dims), dtype=self._dtype, name=scope)
            self._name = self._variable.name
            assign = state.assign_op(self._variable, value, validate_shape=validate_shape, name="Assign")
            assign.op.attrs["initializes"] = True
            self._initializer = assign.op
            self._snapshot = array.identity_op(self._variable, name="read")
        keys = list((GLOBAL,) if collections is None else collections)
        if self._trainable and TRAINABLE not in keys:
            keys.append(TRAINABLE)
        graph.add_to_collections(keys, self)

    # Reading --------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """`name:0`."""
        return self._name

    @property
    def dtype(self) -> DType:
        """The dtype; of a TF1 graph's variable, its reference type."""
        return self._dtype._as_ref if self._graph is not None and self._graph.v1 else self._dtype

    @property
    def shape(self) -> TensorShape:
        """The static shape."""
        if self._graph is None:
            return TensorShape(self._dims)
        return (TensorShapeV1 if self._graph.v1 else TensorShape)(self._variable._dims)

    def get_shape(self) -> TensorShape:
        """The static shape."""
        return self.shape

    @property
    def dims(self) -> Any:
        """The static shape as a tuple of int | None."""
        return self._dims if self._graph is None else self._variable._dims

    @property
    def ndim(self) -> int | None:
        """The rank."""
        return self.shape.rank

    @property
    def trainable(self) -> bool:
        """Whether optimizers change it."""
        return self._trainable

    @property
    def constraint(self) -> Any:
        """The function that optimizers apply to the value after each update, or None."""
        return self._constraint

    @property
    def device(self) -> str:
        """The device asked for."""
        return self._variable.device if self._graph is not None else "/job:localhost/replica:0/task:0/device:CPU:0"

    @property
    def graph(self) -> Graph:
        """The graph it belongs to. Raises AttributeError for an eager variable."""
        return self._in_graph("graph")

    @property
    def op(self) -> Operation:
        """The operation that holds it. Raises AttributeError for an eager variable."""
        self._in_graph("op")
        return self._variable.op

    @property
    def initializer(self) -> Operation:
        """The operation that gives it its initial value. Raises AttributeError for an eager variable."""
        self._in_graph("initializer")
        return self._initializer

    @property
    def initial_value(self) -> GraphTensor:
        """The tensor it starts from. Raises AttributeError for an eager variable."""
        self._in_graph("initial_value")
        return self._initial_value

    def _in_graph(self, what: str) -> Graph:
        if self._graph is None:
            raise AttributeError(f"{what} is only there for variables of a graph; {self._name} has a value already.")
        return self._graph

    @property
    def _graph_home(self) -> Graph | None:
        return self._graph

    def _ref(self) -> GraphTensor | None:
        return self._variable if self._graph is not None else None

    def _as_graph_element(self) -> Any:
        self._in_graph("a graph element")
        return self._variable

    def _control_element(self) -> Operation:
        return self.op

    def _as_tensor(self, graph: Graph | None) -> Any:
        """The value as an op's input; under control dependencies, the value after them."""
        if self._graph is None:
            value = EagerTensor(self._cell.read())  # type: ignore[union-attr]
            return value if graph is None else as_tensor(value, None, graph, self._name.split(":")[0])
        if graph is None:
            raise TypeError(f"{self!r} belongs to a graph and has no value here. Run it in a Session.")
        if graph is self._graph and not graph.open_controls:
            return self._snapshot
        if graph.open_controls:
            with graph.as_default():
                return array.identity_op(self._variable, name=f"{self.op.name}/read")
        return graph.bring_in(self._snapshot)

    def value(self) -> Any:
        """The value as a tensor."""
        return self._as_tensor(mode.current_graph() if self._graph is None else self._current())

    def _current(self) -> Graph:
        graph = mode.current_graph()
        return graph if graph is not None and graph.outermost is self._graph else self._graph  # type: ignore

    def read_value(self) -> Any:
        """The value now, read by an operation of its own: after the control dependencies in force."""
        return array.identity(self._variable if self._graph is not None else self.value(), name="read")

    def initialized_value(self) -> Any:
        """The value, usable as the initial value of other variables."""
        return self.value()

    def eval(self, session: Any = None) -> Any:
        """The value in `session`, or in the default session."""
        return _session_for(session, "evaluate tensor using `eval()`", self._in_graph("eval")).run(self._variable)

    def numpy(self) -> Any:
        """The value of an eager variable as a NumPy array. Raises NotImplementedError for a graph's."""
        if self._graph is not None:
            raise NotImplementedError("numpy() is only available when eager execution is enabled.")
        return self.value().numpy()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.numpy(), dtype=dtype)

    # Changing -------------------------------------------------------------------------------------

    def assign(self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True) -> Any:
        """Take `value`. In a graph, the operation's output: the new value; eagerly, the variable itself.

        Raises ValueError where the shape does not fit.
        """
        return self._written(state.assign_op, value, use_locking, name, read_value)

    def assign_add(self, delta: Any, use_locking: bool = False, name: str | None = None,
                   read_value: bool = True) -> Any:
        """Add `delta`. Answers as `assign` does."""
        return self._written(state.assign_add_op, delta, use_locking, name, read_value)

    def assign_sub(self, delta: Any, use_locking: bool = False, name: str | None = None,
                   read_value: bool = True) -> Any:
        """Subtract `delta`. Answers as `assign` does."""
        return self._written(state.assign_sub_op, delta, use_locking, name, read_value)

    def _written(self, op: Any, value: Any, use_locking: bool, name: str | None, read_value: bool) -> Any:
        if self._graph is None:
            given = convert_to_tensor(value, self._dtype)
            if op is state.assign_op and not TensorShape(self._dims).is_compatible_with(given.shape):
                raise ValueError(f"Cannot assign value to variable '{self._name}': Shape mismatch. The variable shape "
                                 f"{TensorShape(self._dims)}, and the assigned value shape {given.shape} are "
                                 "incompatible.")
            op(self, given)
            return self
        made = op(self._variable, value, use_locking=use_locking, name=name)
        return made if read_value else made.op

    def load(self, value: Any, session: Any = None) -> None:
        """Set the value in `session`, or in the default session, without adding to the graph."""
        session = _session_for(session, "load a value using `load()`", self._in_graph("load"))
        session.run(self._initializer, {self._initializer.inputs[1]: value})

    def set_shape(self, shape: Any) -> None:
        """Add what is known about the shape."""
        self._variable.set_shape(shape)

    def ref(self) -> TensorReference:
        """A hashable handle, for dictionaries and sets."""
        return TensorReference(self)

    def __hash__(self) -> int:
        if self._graph is None or not self._graph.v1:
            raise TypeError("Variable is unhashable. Instead, use variable.ref() as the key.")
        return id(self)

    def __bool__(self) -> bool:
        return bool(self.value())

    def __int__(self) -> int:
        return int(self.value())

    def __index__(self) -> int:
        return self.value().__index__()

    def __float__(self) -> float:
        return float(self.value())

    def __iter__(self) -> Any:
        if self._graph is not None:
            raise TypeError("'Variable' object is not iterable.")
        return iter(self.value())

    def __copy__(self) -> Variable:
        return self

    def __repr__(self) -> str:
        if self._graph is None:
            return (f"<tf.Variable '{self._name}' shape={self.shape} dtype={self._dtype.name}, "
                    f"numpy={self._cell.value!r}>")  # type: ignore[union-attr]
        return f"<tf.Variable '{self._name}' shape={self.shape} dtype={self.dtype.name}>"


operators.bind(Variable)


def variables_initializer(var_list: Iterable[Variable], name: str = "init") -> Any:
    """An operation that gives each variable its initial value; None where there are no variables to initialize.

    Initial values that depend on other variables of the list see what those are initialized to.
    """
    graph = mode.default_graph()
    with graph.as_default(), graph.control_dependencies([v.initializer for v in var_list]):
        return state.no_op_op(name=name)
