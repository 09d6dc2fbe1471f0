"""The namespaces that users import, made from what public objects declare (`graph/names.py`).

A name is looked up when it is first used. What is not there is absent: the error names the nearest thing that is,
and says so where TensorFlow has the name.
"""

from __future__ import annotations

import difflib
import functools
import importlib
import inspect
import sys
from collections.abc import Callable, Mapping
from importlib import resources
from types import ModuleType
from typing import Any

from hornbeam.graph import mode
from hornbeam.graph.names import Lazy, Public


class Namespace(ModuleType):
    """One namespace of one generation: `hornbeam.nn` with prefix `nn.`, or the module `hornbeam` itself."""

    def __init__(self, module: str, prefix: str, table: Mapping[str, Public],
                 wrap: Callable[[Public], Any]) -> None:
        super().__init__(module, f"The public names below `{module}`.")
        self.__path__: list[str] = []
        self._prefix, self._table, self._wrap = prefix, table, wrap

    def __getattr__(self, name: str) -> Any:
        return find(self, self.__name__, self._prefix, self._table, self._wrap, name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *names_below(self._prefix, self._table)})


def names_below(prefix: str, table: Mapping[str, Public]) -> set[str]:
    """The names directly below a prefix: objects and inner namespaces."""
    return {n[len(prefix):].split(".")[0] for n in table if n.startswith(prefix)}


def find(module: ModuleType, module_name: str, prefix: str, table: Mapping[str, Public],
         wrap: Callable[[Public], Any], name: str) -> Any:
    """The public object or inner namespace `name`, kept in the module once found. Raises AttributeError."""
    held = table.get(prefix + name)
    if name == "__all__":  # `from hornbeam.v1 import *`
        return sorted(names_below(prefix, table))
    if held is not None:
        found = held.target.load() if isinstance(held.target, Lazy) else wrap(held)
    elif not name.startswith("__") and any(n.startswith(f"{prefix}{name}.") for n in table):
        full = f"{module_name}.{name}"
        found = sys.modules.get(full) or _folder(full) or Namespace(full, f"{prefix}{name}.", table, wrap)
        sys.modules[full] = found
    else:
        raise Absent(module, module_name, prefix, name, table)
    setattr(module, name, found)
    return found


def _folder(module_name: str) -> ModuleType | None:
    """The package of this name where a folder is a namespace too: `hornbeam.v1.layers`."""
    try:
        return importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name != module_name:
            raise
        return None


class Absent(AttributeError):
    """No such name. The words are found when somebody reads them: `hasattr` asks often and reads nothing."""

    def __init__(self, module: ModuleType, module_name: str, prefix: str, name: str,
                 table: Mapping[str, Public]) -> None:
        super().__init__(name=name, obj=module)
        self._asked = module_name, prefix, name, table

    def __str__(self) -> str:
        return _miss(*self._asked)


Absent.__module__, Absent.__qualname__ = "builtins", "AttributeError"  # as a traceback should name it


def _miss(module_name: str, prefix: str, name: str, table: Mapping[str, Public]) -> str:
    text = f"module {module_name!r} has no attribute {name!r}"
    if name.startswith("_"):
        return text
    if prefix + name in _tensorflow_names(".v1" in module_name):
        text += f". TensorFlow has {prefix}{name}, Hornbeam does not"
    whole = _nearest(prefix, name, table)
    if whole:
        text += f". The nearest thing here is hornbeam{'.v1' * ('.v1' in module_name)}.{whole}"
    return text


def _nearest(prefix: str, name: str, table: Mapping[str, Public]) -> str | None:
    """The name itself in another namespace, or a similar one: in this namespace, else in any."""
    here = {n[len(prefix):]: n for n in table if n.startswith(prefix)}
    ordered = sorted(table, key=lambda n: not n.startswith("contrib."))  # what is outside of contrib goes before
    elsewhere = {n.rpartition(".")[2]: n for n in ordered if not n.startswith("raw_ops.")}
    if name in elsewhere:
        return elsewhere[name]
    for candidates in (here, elsewhere):
        near = difflib.get_close_matches(name, candidates, n=1)
        if near:
            return candidates[near[0]]
    return None


@functools.cache
def _tensorflow_names(v1: bool) -> frozenset[str]:
    """The names that TensorFlow has, for messages."""
    file = resources.files("hornbeam").joinpath("tensorflow_names.txt")
    if not file.is_file():
        return frozenset()
    mark = "1" if v1 else "2"
    return frozenset(line.split()[1] for line in file.read_text().splitlines() if mark in line.split()[0])


def as_it_is(public: Public) -> Any:
    """The object itself: TF2's namespace."""
    return public.target


def graph_first(public: Public) -> Any:
    """The object as TF1's namespace offers it: functions build in the default graph and know TF1's old arguments."""
    target = public.target
    if isinstance(target, type) or not callable(target):
        return target
    old = public.old_arguments

    @functools.wraps(target)
    def call(*args: Any, **kwargs: Any) -> Any:
        for before, now in old.items():
            if before in kwargs:
                value = kwargs.pop(before)
                if value is not None:
                    if kwargs.get(now) is not None:
                        raise ValueError(f"Cannot specify both '{before}' and '{now}'.")
                    kwargs[now] = value
        with mode.graph_first():
            return target(*args, **kwargs)

    signature = inspect.signature(target)
    if old:
        parameters = list(signature.parameters.values())
        extra = [inspect.Parameter(n, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None) for n in old]
        signature = signature.replace(parameters=[*parameters, *extra])
    call.__signature__ = signature  # type: ignore[attr-defined]  # for programs that ask `getfullargspec`
    return call
