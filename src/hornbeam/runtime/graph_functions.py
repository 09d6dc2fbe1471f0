"""Functions that stand for methods of the graph in which a call builds, and the groups of operations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from hornbeam.graph import mode, recording
from hornbeam.graph.body import Body
from hornbeam.graph.graph import Graph, GraphV1
from hornbeam.graph.indexed_slices import IndexedSlices
from hornbeam.graph.names import public, register
from hornbeam.graph.operation import Operation
from hornbeam.graph.tensor import EagerTensor, GraphTensor
from hornbeam.ops import array, state
from hornbeam.runtime import eager_scope
from hornbeam.runtime.placement import refuse_absent

register(Graph, v2=("Graph",))
register(GraphV1, v1=("Graph",))


def graph_of(values: Any) -> Graph | None:
    """The graph of the first symbolic value, else the one that is open.

    Within a branch, a loop or a traced function it is always that one: values from around it are brought in.
    """
    current = mode.current_graph()
    if isinstance(current, Body) or (current is not None and current.building_function):
        return current
    for value in values or ():
        if isinstance(value, (GraphTensor, Operation)):
            return value.graph
        home = getattr(value, "_graph_home", None)
        if home is not None:
            return home
    return current


@public(v1=("get_default_graph",))
def get_default_graph() -> Graph:
    """The graph that calls build in: the innermost open one, else the process's."""
    return mode.default_graph()


@public(v1=("reset_default_graph",))
def reset_default_graph() -> None:
    """Replace the process's default graph by an empty one. Raises AssertionError while a graph is open."""
    mode.reset_default_graph()


@public("control_dependencies")
def control_dependencies(control_inputs: Any) -> AbstractContextManager[Any]:
    """Operations made within the block run after `control_inputs` (operations, tensors, variables).

    None forgets the dependencies of the blocks around. Eagerly everything runs in order anyway.
    """
    graph = graph_of(control_inputs)
    if graph is None:
        for item in control_inputs or ():
            if callable(item):
                item()
        return nullcontext()
    return graph.control_dependencies(control_inputs)


@public(v1=("device",))
def device_v1(device_name_or_function: Any) -> AbstractContextManager[Any]:
    """Ask for a device for what is made within: a name as `/gpu:0`, a `DeviceSpec`, or a function of the operation."""
    graph = mode.current_graph()
    if hasattr(device_name_or_function, "to_string"):
        device_name_or_function = device_name_or_function.to_string()
    if isinstance(device_name_or_function, str) and (graph is None or graph.in_program_order):
        refuse_absent(device_name_or_function)
    return nullcontext() if graph is None else graph.device(device_name_or_function)


@public(v2=("device",))
def device(device_name: Any) -> AbstractContextManager[Any]:
    """Ask for a device for what is made within. Raises RuntimeError for functions, which only TF1 graphs take."""
    if callable(device_name) and not hasattr(device_name, "to_string"):
        raise RuntimeError("tf.device does not support functions when eager execution is enabled.")
    return device_v1(device_name)


@public(v1=("colocate_with",))
def colocate_with(op: Any, ignore_existing: bool = False) -> AbstractContextManager[Any]:
    """Ask for the device of `op` for the operations made within."""
    graph = mode.current_graph()
    return nullcontext() if graph is None else graph.colocate_with(op, ignore_existing)


@public(v1=("container",))
def container(container_name: str) -> AbstractContextManager[Any]:
    """Accepted for programs that name resource containers; a session here has one store."""
    return mode.default_graph().container(container_name)


def _around_functions() -> Graph | None:
    """The graph around all functions that are traced here, None where calls run at once there."""
    graph = mode.current_graph()
    if graph is None or not isinstance(graph.outermost, Body):
        return None if graph is None else graph.outermost
    around = (g for g in reversed(mode.state.open_graphs) if g is not None)
    return next((g.outermost for g in around if not isinstance(g.outermost, Body)), None)


@public("init_scope")
@contextmanager
def init_scope() -> Iterator[None]:
    """Leaves control dependencies and the graphs of functions within the block; variables are made so.

    In a traced function calls within run at once, or build the graph around the function.
    """
    outer = _around_functions()
    if outer is None:
        with mode.opened(None), recording.paused():
            yield
        return
    graph = mode.default_graph()
    scope = graph.get_name_scope()
    with mode.opened(outer), outer.control_dependencies(None), outer.name_scope(f"{scope}/" if scope else None):
        yield


@public(v2=("executing_eagerly",))
def executing_eagerly() -> bool:
    """Whether calls run at once here rather than build a graph."""
    return mode.executing_eagerly()


@public(v1=("executing_eagerly",))
def executing_eagerly_v1() -> bool:
    """Whether calls of this namespace run at once here: False unless eager execution was enabled."""
    return mode.executing_eagerly()


@public(v2=("inside_function",))
def inside_function() -> bool:
    """Whether a function is being traced here.

    >>> inside_function()
    False
    """
    graph = mode.current_graph()
    return graph is not None and graph.outermost.in_program_order


# Name scopes -----------------------------------------------------------------------------------------


class _NameScope(AbstractContextManager[str]):
    """What both generations' name scopes share; entered again, it opens again."""

    _name: str | None

    def __init__(self) -> None:
        self._open: list[AbstractContextManager[Any]] = []

    def _enter(self, graph: Graph | None, name: str | None) -> str:
        if graph is None:
            self._open.append(nullcontext())
            return f"{name}/" if name else ""
        contexts: list[AbstractContextManager[Any]] = [mode.opened(graph), graph.name_scope(name)]
        entered = ""
        for context in contexts:
            entered = context.__enter__()
            self._open.append(context)
        return entered

    def __exit__(self, *exc: Any) -> None:
        last = self._open.pop()
        last.__exit__(*exc)
        if not isinstance(last, nullcontext) and self._open:
            self._open.pop().__exit__(*exc)


@public(v1=("name_scope",))
class name_scope_v1(_NameScope):
    """Prefixes the names of operations made within by `name/`, made unique.

    name: None takes `default_name`; one ending in `/` is opened again as it is. values: tensors, whose graph it is.
    Raises TypeError where there is neither name nor default, and values are given.
    """

    def __init__(self, name: str | None, default_name: str | None = None, values: Any = None) -> None:
        super().__init__()
        if not (name is None or isinstance(name, str)):
            raise TypeError(f"`name` type ({type(name)}) is not a string type.")
        if not (default_name is None or isinstance(default_name, str)):
            raise TypeError(f"`default_name` type ({type(default_name)}) is not a string type. You likely meant to "
                            "pass this into the `values` kwarg.")
        self._name = default_name if name is None else name
        if self._name is None and values is not None:
            raise ValueError(f"At least one of name (None) and default_name ({default_name}) must be provided.")
        self._values = values

    @property
    def name(self) -> str | None:
        """The name asked for."""
        return self._name

    def __enter__(self) -> str:
        with mode.graph_first():
            graph = graph_of(self._values)
        return self._enter(graph, self._name)


@public(v2=("name_scope",))
class name_scope(_NameScope):
    """Prefixes the names of operations made within by `name/`, made unique in graphs. Gives the full scope."""

    def __init__(self, name: str) -> None:
        super().__init__()
        if not isinstance(name, str):
            raise ValueError("name for name_scope must be a string.")
        self._name = name

    @property
    def name(self) -> str:
        """The name asked for."""
        return self._name or ""

    def __enter__(self) -> str:
        graph = mode.current_graph()
        if graph is None:
            self._open.append(_EagerScope())
            return eager_scope.enter(self.name)
        return self._enter(graph, self._name)


class _EagerScope(nullcontext[None]):
    def __exit__(self, *exc: object) -> None:
        eager_scope.leave()


@public(v2=("get_current_name_scope",))
def get_current_name_scope() -> str:
    """The open name scope, without its last `/`."""
    graph = mode.current_graph()
    if graph is None:
        return eager_scope.eager_scope().rstrip("/")
    return graph.get_name_scope()


@public(v1=("op_scope",))
@contextmanager
def op_scope(values: Any, name: str | None, default_name: str | None = None) -> Iterator[str]:
    """The older form of `name_scope`, with `values` first."""
    with name_scope_v1(name, default_name, values) as scope:
        yield scope


# Groups ----------------------------------------------------------------------------------------------


@public("no_op")
def no_op(name: str | None = None) -> Any:
    """An operation that does nothing; others can wait for it. Eagerly None."""
    return None if mode.executing_eagerly() else state.no_op_op(name=name)


def _leaves(inputs: Any) -> Iterator[Any]:
    for item in inputs:
        if isinstance(item, IndexedSlices) or hasattr(item, "_feed_parts"):
            yield item.values  # of a composite, the tensor that is computed
        elif isinstance(item, dict):
            yield from _leaves(item.values())
        elif isinstance(item, (list, tuple)) and not hasattr(item, "_as_graph_element"):
            yield from _leaves(item)
        else:
            yield item


@public("group")
def group(*inputs: Any, name: str | None = None, **kwargs: Any) -> Any:
    """One operation that has run when all of `inputs` (operations, tensors, nested lists) have. Eagerly None.

    Raises TypeError for anything else, ValueError for other keywords.
    """
    if kwargs:
        raise ValueError(f"Unknown keyword arguments: {', '.join(kwargs)}")
    items = list(_leaves(inputs))
    for item in items:
        if not (isinstance(item, (GraphTensor, EagerTensor, Operation)) or hasattr(item, "_as_tensor")
                or hasattr(item, "op")):
            raise TypeError(f"'inputs' should be zero or more (nested) Tensors. Received '{item}' with type "
                            f"'{type(item)}'.")
    graph = graph_of(items)
    if graph is None or (items and all(isinstance(i, EagerTensor) for i in items)):
        return None
    with graph.as_default(), graph.control_dependencies([_operation(i) for i in items]):
        return state.no_op_op(name=name or "group_deps")


def _operation(item: Any) -> Any:
    return item.op if not isinstance(item, Operation) and hasattr(item, "op") else item


@public(v2=("tuple",))
def tuple_(tensors: Any, control_inputs: Any = None, name: str | None = None) -> list[Any]:
    """The same tensors, each of which is ready only when all are.

    tensors: a list of tensors, slices and Nones (which stay). Raises ValueError for a list without a tensor.
    """
    return _tuple(tensors, name, control_inputs)


@public(v1=("tuple",))
def tuple_v1(tensors: Any, name: str | None = None, control_inputs: Any = None) -> list[Any]:
    """The same tensors, each of which is ready only when all are, with TF1's order of arguments."""
    return _tuple(tensors, name, control_inputs)


def _tuple(tensors: Iterable[Any], name: str | None, control_inputs: Any) -> list[Any]:
    tensors = list(tensors)
    graph = graph_of(tensors)
    if graph is None:
        return tensors
    waited = [_operation(t) for t in _leaves(tensors) if t is not None] + [_operation(c) for c in control_inputs or ()]
    if not any(t is not None for t in tensors):
        raise ValueError(f"'tensors' must have at least one Tensor. Received: {tensors}.")
    with graph.as_default(), graph.name_scope(name or "tuple"):
        gate = group(*waited)
        with graph.control_dependencies([gate]):
            return [None if t is None else _gated(t) for t in tensors]


def _gated(item: Any) -> Any:
    if isinstance(item, IndexedSlices):
        return IndexedSlices(array.identity_op(item.values, name="control_dependency"), item.indices,
                             item.dense_shape)
    if isinstance(item, Operation):
        return item
    return array.identity_op(item, name="control_dependency")
