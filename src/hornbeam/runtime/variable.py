"""Variables: in a graph, a `VariableV2` operation whose value a session keeps; in eager code, a cell of the process.

Made while a graph is open (or by `hornbeam.v1`) a variable belongs to that graph, else it has a value at once, also
where a function is being traced. Graphs that use a variable with a value find its cell by its `handle`.
"""

from __future__ import annotations

import enum
import inspect
import re
import threading
import weakref
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from hornbeam.graph import dtypes, mode
from hornbeam.graph.call import as_tensor, convert_to_tensor
from hornbeam.graph.dtypes import DType
from hornbeam.graph.graph import Graph
from hornbeam.graph.names import public
from hornbeam.graph.operation import Operation
from hornbeam.graph.shapes import TensorShape, TensorShapeV1
from hornbeam.graph.tensor import EagerTensor, GraphTensor, TensorReference, _session_for, repr_of
from hornbeam.graph.tensor_interface import Operators
from hornbeam.ops import array, operators, state
from hornbeam.runtime.eager_scope import eager_scope
from hornbeam.runtime.save_slices import SaveSliceInfo
from hornbeam.runtime.sparse_updates import SparseUpdates
from hornbeam.runtime.store import Cell

GLOBAL, TRAINABLE = "variables", "trainable_variables"


@public("VariableSynchronization")
class VariableSynchronization(enum.Enum):
    """When copies of a variable on several devices are brought together."""

    AUTO = 0
    NONE = 1
    ON_WRITE = 2
    ON_READ = 3


@public("VariableAggregation")
class VariableAggregation(enum.Enum):
    """How values from several devices become the one that a variable takes."""

    NONE = 0
    SUM = 1
    MEAN = 2
    ONLY_FIRST_REPLICA = 3
    ONLY_FIRST_TOWER = 3  # noqa: PIE796  (TF1's name of the same)


class _Creators(threading.local):
    def __init__(self) -> None:
        self.open: list[Callable[..., Any]] = []


_creators = _Creators()


@public("variable_creator_scope")
class variable_creator_scope(AbstractContextManager[None]):
    """Within the block `variable_creator(next_creator, **arguments)` makes variables, the innermost scope's first.

    The creator answers with a variable, usually `next_creator(**arguments)` with arguments changed.
    """

    def __init__(self, variable_creator: Callable[..., Any]) -> None:
        self._creator = variable_creator

    def __enter__(self) -> None:
        _creators.open.append(self._creator)

    def __exit__(self, *exc: object) -> None:
        _creators.open.remove(self._creator)


class VariableMeta(type):
    """Lets `variable_creator_scope` take part in making variables, but for classes that programs derive."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if not _creators.open or not cls.__module__.startswith("hornbeam."):
            return super().__call__(*args, **kwargs)
        bound = inspect.signature(cls.__init__).bind(None, *args, **kwargs)
        bound.apply_defaults()
        given = {k: v for k, v in bound.arguments.items() if k != "self"}
        make: Callable[..., Any] = super().__call__
        for creator in _creators.open:
            make = _after(creator, make)
        return make(**given)


def _after(creator: Callable[..., Any], following: Callable[..., Any]) -> Callable[..., Any]:
    return lambda **arguments: creator(following, **arguments)


@public(v2=("Variable",))
class Variable(SparseUpdates, Operators, metaclass=VariableMeta):
    """A tensor whose value can be changed. Usable wherever a tensor is.

    initial_value: a tensor or what becomes one, or a function without arguments that gives it.
    trainable: whether optimizers change it. validate_shape: False leaves the shape open.
    name, dtype, shape: of the variable; the last two by default the initial value's.
    constraint: a function that optimizers apply to the value after each update.
    caching_device, variable_def, import_scope, aggregation: accepted, without effect in one process.
    Raises ValueError without an initial value.
    """

    __array_priority__ = 100
    SaveSliceInfo = SaveSliceInfo
    _is_resource = False
    _save_slice_info: SaveSliceInfo | None = None

    def __init__(self, initial_value: Any = None, trainable: bool | None = None, validate_shape: bool = True,
                 caching_device: Any = None, name: str | None = None, variable_def: Any = None, dtype: Any = None,
                 import_scope: str | None = None, constraint: Any = None,
                 synchronization: VariableSynchronization = VariableSynchronization.AUTO,
                 aggregation: Any = VariableAggregation.NONE, shape: Any = None,
                 experimental_enable_variable_lifting: bool = True) -> None:
        self._make(initial_value, trainable, validate_shape, name, dtype, constraint, synchronization, aggregation,
                   shape, None)

    # Making ---------------------------------------------------------------------------------------

    def _make(self, initial_value: Any, trainable: bool | None, validate_shape: bool, name: str | None, dtype: Any,
              constraint: Any, synchronization: Any, aggregation: Any, shape: Any,
              collections: Sequence[Any] | None) -> None:
        if initial_value is None:
            raise ValueError("initial_value must be specified. (tf.Variable needs a value to start from; in TF1 code "
                             "tf.get_variable takes a shape and an initializer instead.)")
        if constraint is not None and not callable(constraint):
            raise ValueError("The `constraint` argument must be a callable.")
        if collections is not None and not isinstance(collections, (list, tuple, set)):
            raise ValueError("collections argument to Variable constructor must be a list, tuple, or set. "
                             f"Got {collections} of type {type(collections)}")
        if isinstance(synchronization, str):
            raise ValueError(f"Invalid variable synchronization mode: {synchronization} for variable: {name}")
        on_read = getattr(synchronization, "name", None) == "ON_READ"
        self._trainable = not on_read if trainable is None else bool(trainable)
        self._constraint = constraint
        self._synchronization, self._aggregation = synchronization, aggregation
        self._save_name: str | None = None
        self._cell: Cell | None = None
        self._graph: Graph | None = None
        self._handle: GraphTensor | None = None
        wanted = None if dtype is None else dtypes.as_dtype(dtype).base_dtype
        graph = mode.current_graph()
        if graph is None and isinstance(initial_value, GraphTensor):
            graph = initial_value.graph
        if graph is None:
            self._init_eager(initial_value, wanted, name, shape, eager_scope())
        elif graph.outermost.in_program_order:
            traced: Any = graph.outermost
            traced.note_variable(self)
            scope = graph.get_name_scope()
            with mode.opened(None):
                self._init_eager(traced.lifted(initial_value), wanted, name, shape, f"{scope}/" if scope else "")
        else:
            self._init_in_graph(graph.outermost, initial_value, wanted, name, shape, validate_shape, collections)

    def _init_eager(self, initial_value: Any, dtype: DType | None, name: str | None, shape: Any, scope: str) -> None:
        if callable(initial_value):
            with mode.running_once():
                initial_value = initial_value()
        value = convert_to_tensor(initial_value, dtype)
        self._name = f"{scope}{name or 'Variable'}:0"
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
                with graph.name_scope("Initializer"), graph.device(None):
                    value = convert_to_tensor(initial_value(), dtype, name="initial_value")
            else:
                value = convert_to_tensor(initial_value, dtype, name="initial_value")
            if isinstance(value, EagerTensor):
                value = as_tensor(value, dtype, graph, f"{scope}initial_value")
            self._initial_value = value
            self._dtype = value.dtype.base_dtype
            dims = TensorShape(shape)._dims if shape is not None else value._dims if validate_shape else None
            if validate_shape and shape is None and not TensorShape(dims).is_fully_defined():
                raise ValueError(f"initial_value must have a shape specified: {value}")
            self._variable = state.variable_v2(shape=TensorShape(dims), dtype=self._dtype, name=scope)
            self._name = self._variable.name
            with graph.colocate_with(self._variable.op):
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
        """The dtype; of a TF1 graph's variable its reference type, unless it was made with `use_resource`."""
        is_reference = self._graph is not None and self._graph.v1 and not self._is_resource
        return self._dtype._as_ref if is_reference else self._dtype

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
    def synchronization(self) -> Any:
        """The `VariableSynchronization` it was made with."""
        return self._synchronization

    @property
    def aggregation(self) -> Any:
        """The `VariableAggregation` it was made with."""
        return self._aggregation

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

    def _ref(self) -> GraphTensor:
        return self._variable if self._graph is not None else self.handle

    @property
    def handle(self) -> GraphTensor:
        """What stands in graphs for a variable that has a value. Raises AttributeError for a graph's own variable."""
        if self._graph is not None:
            if self._cell is not None:
                return self._variable
            raise AttributeError(f"{self._name} belongs to a graph: it is an operation there, without a handle.")
        handle = self._handle
        if handle is None:
            home = Graph()
            own_name = self._name.split(":")[0]
            name = own_name if re.fullmatch(r"[A-Za-z0-9.][\w.\\/>-]*", own_name) else "Variable"
            with mode.opened(home):
                handle = state.variable_v2(shape=TensorShape(self._dims), dtype=self._dtype, name=name)
            handle.op.attrs.update(cell=self._cell, variable=weakref.ref(self))
            self._handle = handle
        return handle

    def _as_graph_element(self) -> Any:
        if self._graph is None and mode.current_graph() is not None:
            return self.handle
        self._in_graph("a graph element")
        return self._variable

    def _control_element(self) -> Operation:
        return self.handle.op if self._graph is None else self.op

    @property
    def _in_sessions_alone(self) -> bool:
        """Whether only sessions have its value."""
        return self._graph is not None and self._cell is None

    def _is_outside(self, graph: Graph | None) -> bool:
        """Whether what is built in `graph`, or runs at once, finds the value in the variable's cell."""
        return self._graph is None or (self._cell is not None and (graph is None or graph.outermost is not self._graph))

    def _as_tensor(self, graph: Graph | None) -> Any:
        """The value as an op's input; under control dependencies, the value after them."""
        if self._is_outside(graph):
            if graph is not None:
                with mode.opened(graph.outermost):  # branches and loops take what is read: gradients flow out of them
                    value = array.identity_op(self.handle, name="ReadVariableOp")
                return graph.bring_in(value)
            value = EagerTensor(self._cell.read(), self._dtype)  # type: ignore[union-attr]
            for tape in mode.state.tapes:
                tape.read(self, value)
            return value
        if graph is None:
            raise TypeError(f"{self!r} belongs to a graph and has no value here. Run it in a Session.")
        if graph is self._graph and graph.open_controls:
            with graph.as_default():
                return array.identity_op(self._variable, name=graph.unique_full_name(f"{self.op.name}/read") + "/")
        return graph.bring_in(self._snapshot)

    def value(self) -> Any:
        """The value as a tensor."""
        return self._as_tensor(self._current())

    def _current(self) -> Graph | None:
        """Where what is done with it here becomes a node; None where that runs at once."""
        graph = mode.current_graph()
        if self._graph is None or (self._cell is not None and mode.state.open_graphs):
            return graph
        return graph if graph is not None and graph.outermost is self._graph else self._graph

    def read_value(self) -> Any:
        """The value now, read by an operation of its own: after the control dependencies in force."""
        return array.identity(self.value() if self._is_outside(self._current()) else self._variable, name="read")

    def is_initialized(self, name: str | None = None) -> Any:
        """Whether it has a value, as a boolean tensor. Eager variables always have one."""
        if self._graph is None:
            return as_tensor(True, None, mode.current_graph())
        return state.is_variable_initialized_op(self._variable, name=name)

    def initialized_value(self) -> Any:
        """The value, usable as the initial value of other variables."""
        return self.value()

    def eval(self, session: Any = None) -> Any:
        """The value in `session`, or in the default session."""
        return _session_for(session, "evaluate tensor using `eval()`", self._in_graph("eval")).run(self._variable)

    def numpy(self) -> Any:
        """The value of an eager variable as a NumPy array. Raises NotImplementedError for a graph's."""
        if self._graph is not None or mode.current_graph() is not None:
            raise NotImplementedError("numpy() is only available when eager execution is enabled.")
        return EagerTensor(self._cell.read()).numpy()  # type: ignore[union-attr]

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
        if self._is_outside(self._current()):
            given = convert_to_tensor(value, self._dtype)
            if op is state.assign_op and not TensorShape(self._dims).is_compatible_with(given.shape):
                raise ValueError(f"Cannot assign value to variable '{self._name}': Shape mismatch. The variable shape "
                                 f"{TensorShape(self._dims)}, and the assigned value shape {given.shape} are "
                                 "incompatible.")
            made = op(self, given)
            graph = mode.current_graph()
            if graph is None:
                return self if read_value else None
            return self if graph.in_program_order else made
        made = op(self._variable, value, use_locking=use_locking, name=name)
        return made if read_value else made.op

    def count_up_to(self, limit: int) -> Any:
        """Add one, up to `limit`; the result is the value before. Raises OutOfRangeError once it is reached."""
        return state.count_up_to(self, limit)

    def load(self, value: Any, session: Any = None) -> None:
        """Set the value in `session`, or in the default session, without adding to the graph."""
        graph = self._in_graph("load")
        if session is None and not mode.state.sessions:
            raise ValueError("Either session argument should be provided or default session should be established")
        session = _session_for(session, "load a value using `load()`", graph)
        session.run(self._initializer, {self._initializer.inputs[1]: value})

    def set_shape(self, shape: Any) -> None:
        """Add what is known about the shape."""
        self._variable.set_shape(shape)
        self._snapshot.set_shape(shape)

    def to_proto(self, export_scope: str | None = None) -> Any:
        """The `VariableDef` of a graph's variable, with names within `export_scope`; None where it is not in there."""
        from hornbeam.runtime.collection_protos import variable_def
        self._in_graph("a VariableDef")
        return variable_def(self, export_scope)

    @staticmethod
    def from_proto(variable_def: Any, import_scope: str | None = None) -> Variable:
        """The variable that a `VariableDef` describes, of operations that the graph has already."""
        from hornbeam.runtime.collection_protos import variable_from_def
        return variable_from_def(variable_def, import_scope)

    def _set_save_slice_info(self, save_slice_info: SaveSliceInfo) -> None:
        """Say that it is saved as a part of a whole."""
        self._save_slice_info = save_slice_info

    def _get_save_slice_info(self) -> SaveSliceInfo | None:
        return self._save_slice_info

    def ref(self) -> TensorReference:
        """A hashable handle, for dictionaries and sets."""
        return TensorReference(self)

    def __hash__(self) -> int:
        if self._graph is None or not self._graph.v1:
            raise TypeError("Variable is unhashable. Instead, use variable.ref() as the key.")
        return id(self)

    def __bool__(self) -> bool:
        if self._graph is not None and self._graph.v1:
            return True  # as of any object: TF1 programs ask `if variable:`
        return bool(self.value())

    def __int__(self) -> int:
        return int(self.value())

    def __index__(self) -> int:
        return self.value().__index__()

    def __float__(self) -> float:
        return float(self.value())

    def __iter__(self) -> Any:
        return iter(self.value())

    def __copy__(self) -> Variable:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Variable:
        if self._graph is not None:
            raise NotImplementedError("__deepcopy__() is only available when eager execution is enabled.")
        made = object.__new__(type(self))
        memo[id(self)] = made
        vars(made).update(vars(self), _handle=None)
        made._cell = Cell(self._name.split(":")[0])
        made._cell.write(np.array(self._cell.value))  # type: ignore[union-attr]
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        if self._graph is not None:
            raise NotImplementedError("__reduce__() is only available when eager execution is enabled.")
        return _restored, (type(self), self.numpy(), self._trainable, self._name.split(":")[0], self._dtype.name)

    def __repr__(self) -> str:
        if self._graph is None:
            return (f"<tf.Variable '{self._name}' shape={self.shape} dtype={self._dtype.name}, "
                    f"numpy={repr_of(self._cell.value)}>")  # type: ignore[union-attr]
        return f"<tf.Variable '{self._name}' shape={self.shape} dtype={self.dtype.name}>"


def _restored(kind: type[Variable], value: Any, trainable: bool, name: str, dtype: str) -> Variable:
    """A variable that was pickled."""
    return kind(value, trainable=trainable, name=name, dtype=dtype)


operators.bind(Variable)


class VariableV1Meta(VariableMeta):
    """Every variable is an instance of TF1's class, which builds in the graph."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        with mode.graph_first():
            return super().__call__(*args, **kwargs)

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Variable) if cls is VariableV1 else super().__instancecheck__(instance)


@public(v1=("Variable",))
class VariableV1(Variable, metaclass=VariableV1Meta):
    """A tensor whose value can be changed, with TF1's arguments. It belongs to the default graph.

    initial_value: a tensor or what becomes one, or a function without arguments that gives it.
    trainable: whether optimizers change it. collections: what it is added to, by default `GLOBAL_VARIABLES`.
    validate_shape: False leaves the shape open. name, dtype, shape: of the variable, the last two by default the
    initial value's. constraint: a function that optimizers apply to the value after each update. caching_device,
    expected_shape, aggregation: accepted, without effect here. variable_def, import_scope: in place of an initial
    value, the `VariableDef` of a variable whose operations the graph has. use_resource: whether its dtype is a plain
    one rather than a reference. Raises ValueError without an initial value, or one whose shape is not known.
    """

    def __init__(self, initial_value: Any = None, trainable: bool | None = None,
                 collections: Sequence[Any] | None = None, validate_shape: bool = True, caching_device: Any = None,
                 name: str | None = None, variable_def: Any = None, dtype: Any = None, expected_shape: Any = None,
                 import_scope: str | None = None, constraint: Any = None, use_resource: bool | None = None,
                 synchronization: VariableSynchronization = VariableSynchronization.AUTO,
                 aggregation: Any = VariableAggregation.NONE, shape: Any = None) -> None:
        if variable_def is not None:
            if initial_value is not None:
                raise ValueError("variable_def and initial_value are mutually exclusive.")
            vars(self).update(vars(self.from_proto(variable_def, import_scope)))
            return
        self._is_resource = bool(use_resource)
        self._make(initial_value, trainable, validate_shape, name, dtype, constraint, synchronization, aggregation,
                   shape, collections)
