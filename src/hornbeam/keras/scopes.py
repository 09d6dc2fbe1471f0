"""Scopes: paths of variables, calls without side effects, and dtypes that variables are cast to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from hornbeam.graph.dtypes import DType
from hornbeam.keras.dtypes import is_float_dtype, standardize_dtype
from hornbeam.keras.names import keras_export
from hornbeam.keras.state import thread


@keras_export("name_scope")
class name_scope:
    """Within the block the paths of new variables begin with `name/`, below the scopes that are open.

    caller: the layer whose scope it is; where that layer's own scope is open already, nothing is added.
    override_parent: the path that stands before the name, whatever scopes are open.
    Raises ValueError where the name is no string or contains `/`.
    """

    def __init__(self, name: str, **kwargs: Any) -> None:
        if not isinstance(name, str) or "/" in name:
            raise ValueError("Argument `name` must be a string and cannot contain character `/`. "
                             f"Received: name={name}")
        self.name = name
        self.caller = kwargs.pop("caller", None)
        self.override_parent: str | None = kwargs.pop("override_parent", None)
        deduplicate = kwargs.pop("deduplicate", True)
        if kwargs:
            raise TypeError(f"name_scope() got unexpected keyword arguments {sorted(kwargs)}")
        self.deduplicate = deduplicate
        if self.override_parent is None and deduplicate:
            self.override_parent = getattr(self.caller, "_parent_path", None)
        self._entered: list[bool] = []

    def __enter__(self) -> name_scope:
        stack = thread.name_scopes
        same = bool(self.deduplicate and stack and self.caller is not None and stack[-1].caller is self.caller
                    and stack[-1].name == self.name)
        if not same:
            stack.append(self)
        self._entered.append(not same)
        return self

    def __exit__(self, *exc: object) -> None:
        if self._entered.pop() and thread.name_scopes:
            thread.name_scopes.pop()


def current_path() -> str:
    """The path that new variables' names follow, without a slash at its end."""
    parts: list[str] = []
    for scope in thread.name_scopes:
        if scope.override_parent is not None:
            parts = [p for p in scope.override_parent.split("/") if p]
        parts.append(scope.name)
    return "/".join(parts)


@keras_export("StatelessScope")
class StatelessScope:
    """Within the block variables keep their values: reads and writes go to the scope.

    state_mapping: pairs (variable, value) that reads find. collect_losses: whether `add_loss` keeps losses here.
    initialize_variables: whether variables made within take their values when the block ends.
    Raises ValueError where a key is no variable, or a value has another shape than its variable.
    """

    def __init__(self, state_mapping: Iterable[tuple[Any, Any]] | None = None, collect_losses: bool = False,
                 initialize_variables: bool = True) -> None:
        self.collect_losses = collect_losses
        self.initialize_variables = initialize_variables
        self.losses: list[Any] = []
        self.state_mapping: dict[int, Any] = {}
        for variable, value in state_mapping or {}:
            if not hasattr(variable, "_as_stateless_value"):
                raise ValueError("Invalid reference variable in StatelessScope: all keys in argument `mapping` must be "
                                 f"Variable instances. Received instead: {variable}")
            self.state_mapping[id(variable)] = variable._as_stateless_value(value)

    def __enter__(self) -> StatelessScope:
        thread.stateless_scopes.append(self)
        return self

    def add_loss(self, loss: Any) -> None:
        """Keep a loss."""
        self.losses.append(loss)

    def add_update(self, update: tuple[Any, Any]) -> None:
        """From now on reads of the variable find the value."""
        variable, value = update
        self.state_mapping[id(variable)] = value

    def get_current_value(self, variable: Any) -> Any:
        """The value of a variable within this scope, None where it has none here."""
        return self.state_mapping.get(id(variable))

    def __exit__(self, *exc: object) -> None:
        thread.stateless_scopes.pop()
        if not thread.stateless_scopes and self.initialize_variables:
            initialize_waiting_variables()


@keras_export("SymbolicScope")
class SymbolicScope:
    """Within the block shapes and dtypes alone are computed."""

    def __enter__(self) -> SymbolicScope:
        self._stateless = StatelessScope().__enter__()
        self._stateless.symbolic = True  # type: ignore[attr-defined]
        return self

    def __exit__(self, *exc: object) -> None:
        self._stateless.__exit__(*exc)


def stateless_scope() -> StatelessScope | None:
    """The innermost open `StatelessScope`, or None."""
    return thread.stateless_scopes[-1] if thread.stateless_scopes else None


def in_symbolic_scope() -> bool:
    """Whether only shapes and dtypes are computed here."""
    return any(getattr(scope, "symbolic", False) for scope in thread.stateless_scopes)


_waiting: list[Callable[[], None]] = []


def initialize_later(initialize: Callable[[], None]) -> None:
    """Call this once no stateless scope is open any more."""
    _waiting.append(initialize)


def initialize_waiting_variables() -> None:
    """Give the variables that were made within stateless scopes their values."""
    while _waiting:
        _waiting.pop(0)()


class AutocastScope:
    """Within the block variables that allow it are read in `dtype`; None switches that off."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = None if dtype is None else standardize_dtype(dtype)
        if self.dtype is not None and not is_float_dtype(self.dtype):
            raise ValueError("`AutocastScope` can only be used with a floating-point target dtype, such as 'float16'. "
                             f"Received: dtype={dtype}")

    def __enter__(self) -> AutocastScope:
        thread.autocast_scopes.append(self)
        return self

    def __exit__(self, *exc: object) -> None:
        thread.autocast_scopes.pop()


def autocast_dtype() -> str | None:
    """The dtype that variables are read in here, or None for their own."""
    return thread.autocast_scopes[-1].dtype if thread.autocast_scopes else None


def autocast_scope() -> AutocastScope | None:
    """The innermost open `AutocastScope`, or None."""
    return thread.autocast_scopes[-1] if thread.autocast_scopes else None


def dtype_name(dtype: DType | str) -> str:
    """The name of a tensor's dtype."""
    return standardize_dtype(dtype)
