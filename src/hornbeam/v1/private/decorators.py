"""Decorators and what looks through them: `tensorflow.python.util.tf_decorator`, `tf_inspect`, `tf_contextlib`.

A decorated function carries the one below it as `__wrapped__`, as everywhere in Python; nothing else is needed
to find arguments, sources and defaults of what a program wrote.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from hornbeam.graph import dtypes


class ArgSpec(NamedTuple):
    """Arguments of a function, as `inspect.getargspec` gave them."""

    args: list[str]
    varargs: str | None
    keywords: str | None
    defaults: tuple[Any, ...] | None


class TFDecorator:
    """Says of a decorated function what was decorated (`decorated_target`) and by what (`decorator_name`)."""

    def __init__(self, decorator_name: str, target: Any, decorator_doc: str = "",
                 decorator_argspec: Any = None) -> None:
        self.decorator_name = decorator_name
        self.decorated_target = target
        self.decorator_doc = decorator_doc
        self.decorator_argspec = decorator_argspec
        functools.update_wrapper(self, target)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.decorated_target(*args, **kwargs)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self.decorated_target.__get__(instance, owner)


def make_decorator(target: Any, decorator_func: Callable[..., Any], decorator_name: str | None = None,
                   decorator_doc: str = "", decorator_argspec: Any = None) -> Any:
    """`decorator_func`, with the name and the documentation of `target`, for which it stands.

    >>> make_decorator(len, lambda of: 2 * len(of)).__name__
    'len'
    """
    if decorator_name is None:
        frame = inspect.currentframe()
        decorator_name = frame.f_back.f_code.co_name if frame and frame.f_back else "decorator"
    made: Any = TFDecorator(decorator_name, target, decorator_doc, decorator_argspec)
    functools.update_wrapper(decorator_func, target)
    decorator_func.__dict__["_tf_decorator"] = made
    return decorator_func


def unwrap(maybe_tf_decorator: Any) -> tuple[list[Any], Any]:
    """The decorators of a function, the outermost first, and what they decorate."""
    decorators, target = [], maybe_tf_decorator
    while True:
        if isinstance(target, TFDecorator):
            decorators.append(target)
        elif (made := getattr(target, "__dict__", {}).get("_tf_decorator")) is not None:
            decorators.append(made)
        else:
            return decorators, target
        target = decorators[-1].decorated_target


def rewrap(decorator_func: Any, previous_target: Any, new_target: Any) -> Any:
    """Puts `new_target` where `previous_target` stood below the decorators of a function."""
    decorators, _ = unwrap(decorator_func)
    for made in decorators:
        if made.decorated_target is previous_target:
            made.decorated_target = new_target
            made.__wrapped__ = new_target
            return decorator_func
    return new_target


def contextmanager(target: Callable[..., Iterator[Any]]) -> Callable[..., Any]:
    """As `contextlib.contextmanager`."""
    return make_decorator(target, contextlib.contextmanager(target), "contextmanager")


def getfullargspec(obj: Any) -> inspect.FullArgSpec:
    """As `inspect.getfullargspec`, of what is below decorators; `decorator_argspec` counts where one was given."""
    for made in unwrap(obj)[0]:
        if made.decorator_argspec is not None:
            return made.decorator_argspec
    target = obj if isinstance(obj, functools.partial) else inspect.unwrap(obj)
    found = inspect.getfullargspec(target)
    # Programs compare the arguments of their functions with those of functions here; TensorFlow annotates none.
    if not _module_of(target).startswith("hornbeam"):
        return found
    defaults: list[Any] = list(found.defaults or ())
    if found.args[-1:] == ["layout"]:  # which only later versions have
        found = found._replace(args=found.args[:-1])
        defaults.pop()
    for place, name in enumerate(reversed(found.args), 1):
        if name == "out_type" and place <= len(defaults) and defaults[-place] is None:  # they say so otherwise
            defaults[-place] = dtypes.int32
    return found._replace(annotations={}, defaults=tuple(defaults) or found.defaults)


def _module_of(target: Any) -> str:
    return getattr(target, "__module__", None) or ""


def getargspec(obj: Any) -> ArgSpec:
    """Names of the arguments of a function, of `*` and of `**`, and the defaults of the last.

    >>> getargspec(lambda x, y=2, *more: x).defaults
    (2,)
    """
    found = getfullargspec(obj)
    return found if isinstance(found, ArgSpec) else ArgSpec(found.args, found.varargs, found.varkw, found.defaults)


def getcallargs(*func_and_positional: Any, **named: Any) -> dict[str, Any]:
    """Each argument's value in the call `func_and_positional[0](*func_and_positional[1:], **named)`."""
    function, *positional = func_and_positional
    return inspect.getcallargs(inspect.unwrap(function), *positional, **named)


def __getattr__(name: str) -> Any:
    """All else of `tf_inspect` is as in `inspect`."""
    return getattr(inspect, name)
