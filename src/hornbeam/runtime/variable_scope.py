"""Variable scopes: where `get_variable` puts variables, and what it fills in.

A scope's name grows from scope to scope and is independent of name scopes; `VariableStore` holds the variables of a
graph by full name; `ScopeStack` knows the open scope and how often each name was opened, so that a default name is
made unique.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

from hornbeam.graph import dtypes, mode
from hornbeam.graph.graph import Graph
from hornbeam.graph.names import public, register
from hornbeam.runtime.collections import GraphKeys, home
from hornbeam.runtime.graph_functions import graph_of
from hornbeam.runtime.variable import VariableAggregation, VariableSynchronization
from hornbeam.runtime.variable_store import VariableStore, store_of


class _ReuseMode(enum.Enum):
    """Reuse variables that exist, make those that do not."""

    AUTO_REUSE = 1


AUTO_REUSE = _ReuseMode.AUTO_REUSE
register(AUTO_REUSE, v1=("AUTO_REUSE",))
_SCOPES = ("__varscope",)


@public(v1=("VariableScope",))
class VariableScope:
    """What `get_variable` fills in where its caller says nothing, and the prefix of the names.

    `original_name_scope`: the name scope that was opened with it.
    """

    def __init__(self, reuse: Any, name: str = "", initializer: Any = None, regularizer: Any = None,
                 caching_device: Any = None, partitioner: Any = None, custom_getter: Any = None, name_scope: str = "",
                 dtype: Any = dtypes.float32, use_resource: bool | None = None, constraint: Any = None) -> None:
        self._reuse = reuse
        self._name = name
        self._name_scope = name_scope
        self._initializer, self._regularizer = initializer, regularizer
        self._caching_device, self._partitioner = caching_device, partitioner
        self._custom_getter = custom_getter
        self._dtype, self._use_resource, self._constraint = dtype, use_resource, constraint

    @property
    def name(self) -> str:
        """The prefix of the variables made here, without the last `/`."""
        return self._name

    @property
    def original_name_scope(self) -> str:
        """The name scope that was opened with this scope, with its `/`."""
        return self._name_scope

    @property
    def reuse(self) -> Any:
        """True: only variables that exist; False: only new ones; AUTO_REUSE: either."""
        return self._reuse

    @property
    def initializer(self) -> Any:
        """The initializer of variables that name none."""
        return self._initializer

    @property
    def dtype(self) -> Any:
        """The dtype of variables that name none."""
        return self._dtype

    @property
    def use_resource(self) -> bool | None:
        """Accepted; variables here are of one kind."""
        return self._use_resource

    @property
    def regularizer(self) -> Any:
        """The regularizer of variables that name none."""
        return self._regularizer

    @property
    def caching_device(self) -> Any:
        """Accepted, without effect in one process."""
        return self._caching_device

    @property
    def partitioner(self) -> Any:
        """The partitioner of variables that name none."""
        return self._partitioner

    @property
    def custom_getter(self) -> Any:
        """What is called instead of making a variable."""
        return self._custom_getter

    @property
    def constraint(self) -> Any:
        """The constraint of variables that name none."""
        return self._constraint

    def reuse_variables(self) -> None:
        """From here on, take only variables that exist."""
        self._reuse = True

    def set_initializer(self, initializer: Any) -> None:
        """Set the initializer of variables that name none."""
        self._initializer = initializer

    def set_dtype(self, dtype: Any) -> None:
        """Set the dtype of variables that name none."""
        self._dtype = dtype

    def set_use_resource(self, use_resource: bool) -> None:
        """Accepted; variables here are of one kind."""
        self._use_resource = use_resource

    def set_regularizer(self, regularizer: Any) -> None:
        """Set the regularizer of variables that name none."""
        self._regularizer = regularizer

    def set_caching_device(self, caching_device: Any) -> None:
        """Accepted, without effect in one process."""
        self._caching_device = caching_device

    def set_partitioner(self, partitioner: Any) -> None:
        """Set the partitioner of variables that name none."""
        self._partitioner = partitioner

    def set_custom_getter(self, custom_getter: Any) -> None:
        """Set what is called instead of making a variable."""
        self._custom_getter = custom_getter

    def get_collection(self, name: Any) -> list[Any]:
        """The items of a collection whose names lie in this scope."""
        return home().get_collection(name, f"{self._name}/" if self._name else self._name)

    def trainable_variables(self) -> list[Any]:
        """The trainable variables of this scope."""
        return self.get_collection(GraphKeys.TRAINABLE_VARIABLES)

    def global_variables(self) -> list[Any]:
        """The global variables of this scope."""
        return self.get_collection(GraphKeys.GLOBAL_VARIABLES)

    def local_variables(self) -> list[Any]:
        """The local variables of this scope."""
        return self.get_collection(GraphKeys.LOCAL_VARIABLES)

    def get_variable(self, store: VariableStore, name: str, shape: Any = None, dtype: Any = None,
                     initializer: Any = None, regularizer: Any = None, reuse: Any = None,
                     trainable: bool | None = None, collections: Any = None, caching_device: Any = None,
                     partitioner: Any = None, validate_shape: bool = True, use_resource: bool | None = None,
                     custom_getter: Any = None, constraint: Any = None,
                     synchronization: Any = VariableSynchronization.AUTO,
                     aggregation: Any = VariableAggregation.NONE) -> Any:
        """The variable `name` of this scope: the one that exists or a new one, as `reuse` says."""
        own = self._custom_getter if custom_getter is None else custom_getter
        wanted = None if dtype is None else dtypes.as_dtype(dtype)
        full_name = f"{self._name}/{name}" if self._name else name
        graph = mode.current_graph()
        with _root_scope(graph):
            given = getattr(initializer, "dtype", None)
            clash = isinstance(given, dtypes.DType) and not callable(initializer) and wanted not in (
                None, given.base_dtype)
            if clash:
                raise ValueError(f"Initializer type '{given}' and explicit dtype '{wanted}' don't match.")
            if wanted is None and initializer is not None and not callable(initializer):
                wanted = (given.base_dtype if isinstance(given, dtypes.DType)
                          else dtypes.result_for_python(initializer))
            return store.get_variable(
                full_name, shape=shape, dtype=wanted or dtypes.as_dtype(self._dtype),
                initializer=_first(initializer, self._initializer),
                regularizer=_first(regularizer, self._regularizer),
                reuse=False if graph is None else _first(reuse, self._reuse), trainable=trainable,
                collections=collections, caching_device=_first(caching_device, self._caching_device),
                partitioner=_first(partitioner, self._partitioner), validate_shape=validate_shape,
                use_resource=_first(use_resource, self._use_resource), custom_getter=own,
                constraint=_first(constraint, self._constraint), synchronization=synchronization,
                aggregation=aggregation)


def _first(given: Any, otherwise: Any) -> Any:
    return otherwise if given is None else given


@contextmanager
def _root_scope(graph: Graph | None) -> Iterator[None]:
    """No name scope: in a branch or loop neither its own nor that of the graph where its variables are made."""
    with ExitStack() as held:
        for each in [] if graph is None else dict.fromkeys((graph, graph.outermost)):
            held.enter_context(each.name_scope(None))
        yield


class ScopeStack:
    """The open variable scope of a graph, and how often each scope was opened below the ones that are open."""

    def __init__(self) -> None:
        self.current = VariableScope(False)
        self.counts: dict[str, int] = {}

    def opened(self, name: str) -> None:
        """Count one more opening."""
        self.counts[name] = self.counts.get(name, 0) + 1

    def closed(self, name: str | None) -> None:
        """Forget what was opened below a scope."""
        for key in self.counts:
            if not name or key.startswith(f"{name}/"):
                self.counts[key] = 0

    def unique(self, prefix: str) -> str:
        """`prefix`, with `_1`, `_2`, … where a scope of that name was opened here before."""
        base = f"{self.current.name}/{prefix}" if self.current.name else prefix
        if not self.counts.get(base):
            return prefix
        number = 1
        while self.counts.get(f"{base}_{number}"):
            number += 1
        return f"{prefix}_{number}"


def _stack() -> ScopeStack:
    held = home().get_collection_ref(_SCOPES)
    if not held:
        held.append(ScopeStack())
    return held[0]


@public(v1=("get_variable_scope",))
def get_variable_scope() -> VariableScope:
    """The open variable scope."""
    return _stack().current


@public(v1=("variable_scope",))
class variable_scope(AbstractContextManager[VariableScope]):
    """Opens a variable scope, and a name scope of the same name.

    name_or_scope: a name, put below the open scope's, or a `VariableScope` to open again. None takes `default_name`,
    made unique. values: tensors, one graph's. initializer, regularizer, partitioner, custom_getter, dtype,
    constraint: what `get_variable` fills in within. reuse: True, AUTO_REUSE, or None to go on as outside.
    auxiliary_name_scope: False opens no name scope. caching_device, use_resource: accepted.
    Raises TypeError or ValueError for arguments of the wrong kind.
    """

    def __init__(self, name_or_scope: Any, default_name: str | None = None, values: Any = None,
                 initializer: Any = None, regularizer: Any = None, caching_device: Any = None,
                 partitioner: Any = None, custom_getter: Any = None, reuse: Any = None, dtype: Any = None,
                 use_resource: bool | None = None, constraint: Any = None,
                 auxiliary_name_scope: bool = True) -> None:
        if default_name is None and name_or_scope is None:
            raise TypeError("If default_name is None then name_or_scope is required")
        if name_or_scope is not None and not isinstance(name_or_scope, (str, VariableScope)):
            raise TypeError("VariableScope: name_or_scope must be a string or VariableScope.")
        if not (reuse is None or isinstance(reuse, (bool, _ReuseMode))):
            raise ValueError("The reuse parameter must be True or False or None.")
        if not isinstance(auxiliary_name_scope, bool):
            raise TypeError("The auxiliary_name_scope must be `True` or `False`, while get "
                            f"{auxiliary_name_scope!r}")
        self._name_or_scope, self._default_name = name_or_scope, default_name
        self._values = list(values) if values is not None else []
        self._settings = {"initializer": initializer, "regularizer": regularizer, "caching_device": caching_device,
                          "partitioner": partitioner, "custom_getter": custom_getter, "dtype": dtype,
                          "use_resource": use_resource, "constraint": constraint}
        self._reuse = reuse or None
        self._auxiliary = auxiliary_name_scope
        self._open: list[tuple[Any, ...]] = []

    def __enter__(self) -> VariableScope:
        with mode.graph_first():
            graph = graph_of(self._values)
        if self._name_or_scope is None and self._reuse:
            raise ValueError("reuse=True cannot be used without a name_or_scope")
        opened: AbstractContextManager[Any] = mode.opened(graph) if graph is not None else _Nothing()
        opened.__enter__()
        try:
            scope_name, name_scope = self._name_scope(graph)
            entered = name_scope.__enter__()
            try:
                return self._enter_scope(scope_name, entered or "", name_scope, opened)
            except BaseException:
                name_scope.__exit__(None, None, None)
                raise
        except BaseException:
            opened.__exit__(None, None, None)
            raise

    def _name_scope(self, graph: Graph | None) -> tuple[Any, AbstractContextManager[Any]]:
        """The scope's name within the open one (or the scope itself), and the name scope to open with it."""
        target = self._name_or_scope
        if target is None:
            name = last = self._default_name or ""
        elif isinstance(target, str):
            name = last = target
        else:
            name, last = target, target.name.rpartition("/")[2]
        if graph is None:
            return name, _Nothing()
        if not self._auxiliary:
            here = graph.get_name_scope()
            return name, graph.name_scope(f"{here}/" if here else None)
        return name, graph.name_scope(last) if last else _Nothing(graph.get_name_scope())

    def _enter_scope(self, name: Any, name_scope: str, context: Any, opened: Any) -> VariableScope:
        stack = _stack()
        before, counts = stack.current, None
        if self._name_or_scope is None:
            name = stack.unique(name)
        if isinstance(name, VariableScope):
            full, model, counts = name.name, name, dict(stack.counts)
            reuse = self._reuse or name.reuse
            name_scope = name.original_name_scope
        else:
            full, model = f"{before.name}/{name}" if before.name else name, before
            reuse = self._reuse or before.reuse
        scope = VariableScope(reuse, full, name_scope=name_scope, **_inherited(model, self._settings))
        stack.opened(full)
        stack.current = scope
        self._open.append((stack, before, counts, context, opened))
        return scope

    def __exit__(self, *exc: Any) -> None:
        stack, before, counts, context, opened = self._open.pop()
        stack.closed(stack.current.name)
        if counts is not None:
            stack.counts = counts
        stack.current = before
        context.__exit__(*exc)
        opened.__exit__(*exc)


class _Nothing(AbstractContextManager[str]):
    """A context that does nothing; it gives the name scope that is open anyway."""

    def __init__(self, scope: str = "") -> None:
        self._scope = f"{scope}/" if scope else ""

    def __enter__(self) -> str:
        return self._scope

    def __exit__(self, *exc: object) -> None:
        return None


def _inherited(model: VariableScope, settings: dict[str, Any]) -> dict[str, Any]:
    """The settings of a scope: those given, else those of the scope it continues; getters are chained."""
    merged = {key: _first(value, getattr(model, key)) for key, value in settings.items()}
    inner, outer = settings["custom_getter"], model.custom_getter
    if inner is not None and outer is not None:
        merged["custom_getter"] = _chained(inner, outer)
    return merged


def _chained(inner: Callable[..., Any], outer: Callable[..., Any]) -> Callable[..., Any]:
    def getter(next_getter: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        def through(*inner_args: Any, **inner_kwargs: Any) -> Any:
            return outer(next_getter, *inner_args, **inner_kwargs)

        return inner(through, *args, **kwargs)

    return getter


@public(v1=("variable_op_scope",))
def variable_op_scope(values: Any, name_or_scope: Any, default_name: str | None = None, initializer: Any = None,
                      regularizer: Any = None, caching_device: Any = None, partitioner: Any = None,
                      custom_getter: Any = None, reuse: Any = None, dtype: Any = None,
                      use_resource: bool | None = None, constraint: Any = None) -> variable_scope:
    """The older form of `variable_scope`, with `values` first."""
    return variable_scope(name_or_scope, default_name, values, initializer, regularizer, caching_device, partitioner,
                          custom_getter, reuse, dtype, use_resource, constraint)


@public(v1=("get_variable",))
def get_variable(name: str, shape: Any = None, dtype: Any = None, initializer: Any = None, regularizer: Any = None,
                 trainable: bool | None = None, collections: Any = None, caching_device: Any = None,
                 partitioner: Any = None, validate_shape: bool = True, use_resource: bool | None = None,
                 custom_getter: Any = None, constraint: Any = None,
                 synchronization: VariableSynchronization = VariableSynchronization.AUTO,
                 aggregation: VariableAggregation = VariableAggregation.NONE) -> Any:
    """The variable of this name in the open variable scope: the one that exists, or a new one, as the scope says.

    shape, dtype: of a new one, and checked of one that exists. initializer: a tensor, or an object or function that
    gives the value for a shape and dtype; by default the scope's, else Glorot's uniform one for floats and zeros for
    others. regularizer: a function of the variable whose result goes to `REGULARIZATION_LOSSES`.
    Raises ValueError where reuse, shape, dtype or initializer do not fit.
    """
    return get_variable_scope().get_variable(
        store_of(home()), name, shape=shape, dtype=dtype, initializer=initializer, regularizer=regularizer,
        trainable=trainable, collections=collections, caching_device=caching_device, partitioner=partitioner,
        validate_shape=validate_shape, use_resource=use_resource, custom_getter=custom_getter, constraint=constraint,
        synchronization=synchronization, aggregation=aggregation)


@public(v1=("get_local_variable",))
def get_local_variable(name: str, shape: Any = None, dtype: Any = None, initializer: Any = None,
                       regularizer: Any = None, trainable: bool | None = False, collections: Any = None,
                       caching_device: Any = None, partitioner: Any = None, validate_shape: bool = True,
                       use_resource: bool | None = None, custom_getter: Any = None, constraint: Any = None,
                       synchronization: VariableSynchronization = VariableSynchronization.AUTO,
                       aggregation: VariableAggregation = VariableAggregation.NONE) -> Any:
    """As `get_variable`, for one that is not trained or saved (collection `LOCAL_VARIABLES`)."""
    kept = [GraphKeys.LOCAL_VARIABLES] if collections is None else [*collections, GraphKeys.LOCAL_VARIABLES]
    return get_variable(name, shape, dtype, initializer, regularizer, False, kept, caching_device, partitioner,
                        validate_shape, use_resource, custom_getter, constraint, synchronization, aggregation)


@public(v1=("no_regularizer",))
def no_regularizer(_: Any) -> None:
    """Says that a variable has no regularizer though its scope has one."""


@public(v1=("create_partitioned_variables",))
def create_partitioned_variables(shape: Any, slicing: Any, initializer: Any, dtype: Any = dtypes.float32,
                                 trainable: bool = True, collections: Any = None, name: str | None = None,
                                 reuse: Any = None) -> list[Any]:
    """The parts of a variable: `slicing` says how many along each dimension.

    Raises ValueError where it fits the shape in length or values not.
    """
    if len(shape) != len(slicing):
        raise ValueError(f"The 'shape' and 'slicing' of a partitioned Variable must have the length: shape: {shape}, "
                         f"slicing: {slicing}")
    if len(shape) < 1:
        raise ValueError(f"A partitioned Variable must have rank at least 1: shape: {shape}")
    with variable_scope(name, "PartitionedVariable", reuse=reuse) as scope, _root_scope(mode.current_graph()):
        whole = store_of(home()).get_variable(
            scope.name, shape, dtypes.as_dtype(dtype), initializer, None, scope.reuse, trainable, collections, None,
            lambda shape, dtype: list(slicing), True, None, None, None, VariableSynchronization.AUTO,
            VariableAggregation.NONE)
    return list(whole)
