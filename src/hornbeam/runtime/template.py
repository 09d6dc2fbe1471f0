"""Templates: functions that make their variables once and reuse them in every later call."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from hornbeam.graph import mode
from hornbeam.graph.names import public
from hornbeam.runtime.collections import GraphKeys, trainable_variables
from hornbeam.runtime.variable_scope import VariableScope, variable_scope


@public(v1=("make_template",))
def make_template(name_: str, func_: Callable[..., Any], create_scope_now_: bool = False,
                  unique_name_: str | None = None, custom_getter_: Any = None, **kwargs: Any) -> Template:
    """A function that calls `func_` in a variable scope of its own: the first call makes the variables, later ones
    reuse them.

    name_: of the scope, made unique. create_scope_now_: choose the name now, not at the first call. unique_name_: take
    this name as it is. kwargs: arguments of `func_` that are given now. Raises ValueError in later calls that make
    trainable variables without `get_variable`.
    """
    return Template(name_, functools.partial(func_, **kwargs) if kwargs else func_, create_scope_now_, unique_name_,
                    custom_getter_)


class Template:
    """What `make_template` gives: a callable that knows its scope and its variables."""

    def __init__(self, name: str, func: Callable[..., Any], create_scope_now: bool = False,
                 unique_name: str | None = None, custom_getter: Any = None) -> None:
        if name is None:
            raise ValueError("name cannot be None.")
        self._name, self._func = name, func
        self._unique_name, self._custom_getter = unique_name, custom_getter
        self._scope: VariableScope | None = None
        self._variables_created = False
        if create_scope_now:
            with self._opened() as scope:
                self._scope = scope

    def _opened(self) -> variable_scope:
        return variable_scope(self._unique_name, self._name, custom_getter=self._custom_getter)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with mode.graph_first():
            if self._scope is None:
                with self._opened() as scope:
                    self._scope = scope
                    return self._call(args, kwargs)
            with variable_scope(self._scope, reuse=self._variables_created or None):
                return self._call(args, kwargs)

    def _call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        before = len(trainable_variables())
        result = self._func(*args, **kwargs)
        made = trainable_variables()[before:]
        if self._variables_created and made:
            raise ValueError("Trainable variable created when calling a template after the first time, perhaps you "
                             f"used tf.Variable when you meant tf.get_variable: {made}")
        self._variables_created = True
        return result

    @property
    def name(self) -> str:
        """The name that the template was made with."""
        return self._name

    @property
    def func(self) -> Callable[..., Any]:
        """The function that it calls."""
        return self._func

    @property
    def variable_scope(self) -> VariableScope | None:
        """The scope of its variables, None before the first call."""
        return self._scope

    @property
    def var_scope(self) -> VariableScope | None:
        """The older name of `variable_scope`."""
        return self._scope

    @property
    def variable_scope_name(self) -> str | None:
        """The name of that scope."""
        return None if self._scope is None else self._scope.name

    def _collected(self, key: str) -> list[Any]:
        return [] if self._scope is None else self._scope.get_collection(key)

    @property
    def variables(self) -> list[Any]:
        """Its global and local variables."""
        return self.global_variables + self.local_variables

    @property
    def trainable_variables(self) -> list[Any]:
        """Its trainable variables."""
        return self._collected(GraphKeys.TRAINABLE_VARIABLES)

    @property
    def weights(self) -> list[Any]:
        """Its variables."""
        return self.variables

    @property
    def global_variables(self) -> list[Any]:
        """Its global variables."""
        return self._collected(GraphKeys.GLOBAL_VARIABLES)

    @property
    def local_variables(self) -> list[Any]:
        """Its local variables."""
        return self._collected(GraphKeys.LOCAL_VARIABLES)
