"""Retired functions and arguments: `tensorflow.python.util.deprecation` and `tf_export`.

A program that marks its own functions with these gets one warning in the log for each place that calls one.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

_log = logging.getLogger("tensorflow")
_told: set[tuple[Any, ...]] = set()
_silent = [False]


def deprecated(date: str | None, instructions: str, warn_once: bool = True) -> Callable[[Any], Any]:
    """Decorator: calls of the function warn that it will go after `date`, and say what to use in its place."""
    _check(date, instructions)

    def decorate(function: Any) -> Any:
        if isinstance(function, type):
            initialize = function.__init__  # type: ignore[misc]
            function.__init__ = _warning(initialize, function.__name__, date, instructions, warn_once)  # type: ignore
            return function
        return _warning(function, function.__name__, date, instructions, warn_once)

    return decorate


def _warning(function: Callable[..., Any], name: str, date: str | None, instructions: str,
             warn_once: bool) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        _tell((function,), warn_once, f"{name} (from {function.__module__}) is deprecated and will be removed "
                                      f"{_when(date)}.\nInstructions for updating:\n{instructions}")
        return function(*args, **kwargs)

    return call


def deprecated_args(date: str | None, instructions: str, *deprecated_arg_names_or_tuples: Any,
                    **kwargs: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator: calls that give one of these arguments warn. `(name, value)`: other values than this one do."""
    _check(date, instructions)
    if not deprecated_arg_names_or_tuples:
        raise ValueError("Specify which argument is deprecated.")
    fine = dict(entry if isinstance(entry, tuple) else (entry, _ANY) for entry in deprecated_arg_names_or_tuples)

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        signature = inspect.signature(function)
        missing = sorted(name for name in fine if name not in signature.parameters)
        if missing and not any(p.kind is p.VAR_KEYWORD for p in signature.parameters.values()):
            raise ValueError(f"The following deprecated arguments are not present in the function signature: "
                             f"{missing}. Found arguments: {list(signature.parameters)}.")

        @functools.wraps(function)
        def call(*args: Any, **named: Any) -> Any:
            given = signature.bind_partial(*args, **named).arguments
            given = {**given, **given.get("kwargs", {})}
            for name, value in fine.items():
                if name in given and (value is _ANY or given[name] != value):
                    _tell((function, name), kwargs.get("warn_once", True),
                          f"calling {function.__name__} (from {function.__module__}) with {name} is deprecated and "
                          f"will be removed {_when(date)}.\nInstructions for updating:\n{instructions}")
            return function(*args, **named)

        return call

    return decorate


def deprecated_arg_values(date: str | None, instructions: str, warn_once: bool = True,
                          **deprecated_kwargs: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator: calls that give one of these arguments this value warn."""
    _check(date, instructions)
    if not deprecated_kwargs:
        raise ValueError("Specify which argument values are deprecated.")

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def call(*args: Any, **named: Any) -> Any:
            given = signature.bind_partial(*args, **named).arguments
            for name, value in deprecated_kwargs.items():
                if name in given and given[name] == value:
                    _tell((function, name), warn_once,
                          f"calling {function.__name__} (from {function.__module__}) with {name}={value} is "
                          f"deprecated and will be removed {_when(date)}.\nInstructions for updating:\n{instructions}")
            return function(*args, **named)

        return call

    return decorate


def deprecated_argument_lookup(new_name: str, new_value: Any, old_name: str, old_value: Any) -> Any:
    """The value of an argument that has an old and a new name.  Raises ValueError where both are given.

    >>> deprecated_argument_lookup("axis", None, "dim", 1)
    1
    """
    if old_value is None:
        return new_value
    if new_value is not None:
        raise ValueError(f"Cannot specify both '{old_name}' and '{new_name}'")
    return old_value


def deprecated_alias(deprecated_name: str, name: str, func_or_class: Any, warn_once: bool = True) -> Any:
    """The function or class under its old name, which warns when it is called."""
    told = f"The name {deprecated_name} is deprecated. Please use {name} instead.\n"
    if isinstance(func_or_class, type):
        def initialize(self: Any, *args: Any, **kwargs: Any) -> None:
            _tell((func_or_class, deprecated_name), warn_once, told)
            func_or_class.__init__(self, *args, **kwargs)  # type: ignore[misc]

        return type(func_or_class.__name__, (func_or_class,),
                    {"__init__": initialize, "__module__": func_or_class.__module__, "__doc__": func_or_class.__doc__})

    @functools.wraps(func_or_class)
    def call(*args: Any, **kwargs: Any) -> Any:
        _tell((func_or_class, deprecated_name), warn_once, told)
        return func_or_class(*args, **kwargs)

    return call


def deprecated_endpoints(*args: str) -> Callable[[Any], Any]:
    """Decorator: these public names of the function are old ones."""
    def decorate(function: Any) -> Any:
        function._tf_deprecated_api_names = args
        return function

    return decorate


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Within it, nothing warns."""
    before, _silent[0] = _silent[0], True
    try:
        yield
    finally:
        _silent[0] = before


class tf_export:
    """Decorator: the function or class has these public names; it is otherwise as it was."""

    def __init__(self, *args: str, **kwargs: Any) -> None:
        self.names, self.v1 = args, tuple(kwargs.get("v1") or args)

    def __call__(self, function: Any) -> Any:
        function._tf_api_names, function._tf_api_names_v1 = self.names, self.v1
        return function

    def export_constant(self, module_name: str, name: str) -> None:
        """The constant `name` of a module has these public names."""
        constants = sys.modules[module_name].__dict__.setdefault("_tf_api_constants", [])
        constants.append((self.names, name))


keras_export = estimator_export = tf_export


def kwarg_only(f: Callable[..., Any]) -> Callable[..., Any]:
    """The function, whose arguments may only be given by name."""
    names = list(inspect.signature(f).parameters)

    @functools.wraps(f)
    def call(*args: Any, **kwargs: Any) -> Any:
        if args:
            raise TypeError(f"{f.__name__} only takes keyword args (possible keys: {names}). "
                            f"Please pass these args as kwargs instead.")
        return f(**kwargs)

    return call


_ANY = object()


def _check(date: str | None, instructions: str) -> None:
    if date is not None and not (len(date) == 10 and date[:4].isdigit() and date[4] == date[7] == "-"):
        raise ValueError("Date must be YYYY-MM-DD.")
    if not instructions:
        raise ValueError("Don't deprecate things without conversion instructions!")


def _when(date: str | None) -> str:
    return "in a future version" if date is None else f"after {date}"


def _tell(what: tuple[Any, ...], once: bool, message: str) -> None:
    """Warns with the place that called; once for each place, or always."""
    if _silent[0]:
        return
    caller = sys._getframe(2)
    place = (*what, caller.f_code, caller.f_lineno)
    if not once or place not in _told:
        _told.add(place)
        _log.warning("From %s:%s: %s", caller.f_code.co_filename, caller.f_lineno, message)
