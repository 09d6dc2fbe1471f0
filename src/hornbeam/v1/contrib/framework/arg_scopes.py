"""`arg_scope`: default arguments for functions within a block."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from hornbeam.graph.names import public

Function = TypeVar("Function", bound=Callable[..., Any])
_scopes: list[dict[str, dict[str, Any]]] = [{}]
_arguments: dict[str, tuple[str, ...]] = {}


@public(v1=("contrib.framework.arg_scope_func_key", "contrib.slim.arg_scope_func_key"))
def arg_scope_func_key(op: Callable[..., Any]) -> Any:
    """What a function is known by in scopes: `arg_scope` gives a dictionary from these to arguments."""
    return getattr(op, "_key_op", str(op))


def _name_of(op: Callable[..., Any]) -> str:
    return f"{op.__module__}::{op.__name__}"


@public(v1=("contrib.framework.current_arg_scope", "contrib.slim.current_arg_scope"))
def current_arg_scope() -> dict[str, dict[str, Any]]:
    """The default arguments here, by function."""
    return _scopes[-1]


@public(v1=("contrib.framework.has_arg_scope", "contrib.slim.has_arg_scope"))
def has_arg_scope(func: Callable[..., Any]) -> bool:
    """Whether the function takes default arguments from scopes."""
    return arg_scope_func_key(func) in _arguments


@public(v1=("contrib.framework.arg_scoped_arguments", "contrib.slim.arg_scoped_arguments"))
def arg_scoped_arguments(func: Callable[..., Any]) -> tuple[str, ...]:
    """The names of arguments that scopes can set. Raises AssertionError for a function that takes none."""
    assert has_arg_scope(func)
    return _arguments[arg_scope_func_key(func)]


@public(v1=("contrib.framework.add_arg_scope", "contrib.slim.add_arg_scope"))
def add_arg_scope(func: Function) -> Function:
    """Decorator: the function takes default arguments from `arg_scope`."""
    key = arg_scope_func_key(func)

    @functools.wraps(func)
    def call(*args: Any, **kwargs: Any) -> Any:
        return func(*args, **{**_scopes[-1].get(key, {}), **kwargs})

    parameters = inspect.signature(func).parameters.values()
    _arguments[key] = tuple(p.name for p in parameters if p.default is not p.empty)
    call._key_op = key  # type: ignore[attr-defined]
    return call  # type: ignore[return-value]


@public(v1=("contrib.framework.arg_scope", "contrib.slim.arg_scope"))
@contextmanager
def arg_scope(list_ops_or_scope: Any, **kwargs: Any) -> Iterator[dict[str, dict[str, Any]]]:
    """Within the block these functions have the arguments `kwargs`, where a call gives no others.

    list_ops_or_scope: functions with `add_arg_scope`; or what another `arg_scope` gave, to open it again, without
    further arguments. Raises TypeError for neither, ValueError for a function without `add_arg_scope`.
    """
    if isinstance(list_ops_or_scope, Mapping):
        if kwargs:
            raise ValueError("When attempting to re-use a scope by suppling a dictionary, kwargs must be empty.")
        scope = dict(list_ops_or_scope)
    else:
        if not isinstance(list_ops_or_scope, (list, tuple)):
            raise TypeError("list_ops_or_scope must either be a list/tuple or reused scope (i.e. dict)")
        scope = _extended(list_ops_or_scope, kwargs)
    _scopes.append(scope)
    try:
        yield scope
    finally:
        _scopes.pop()


def _extended(functions: Sequence[Callable[..., Any]], arguments: dict[str, Any]) -> dict[str, dict[str, Any]]:
    scope = dict(_scopes[-1])
    for function in functions:
        if not has_arg_scope(function):
            raise ValueError(f"{_name_of(function)} is not decorated with @add_arg_scope")
        key = arg_scope_func_key(function)
        scope[key] = {**scope.get(key, {}), **arguments}
    return scope
