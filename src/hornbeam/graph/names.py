"""Public names: each public object says where it is defined which names users reach it by.

The namespaces `hornbeam` and `hornbeam.v1` are made from these declarations; no list is kept by hand.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import FrameType
from typing import Any, NamedTuple, TypeVar, final

Item = TypeVar("Item")


class Lazy(NamedTuple):
    """A public object of another module, imported when it is first used; `extra` installs a missing package.

    Without an attribute it is the module itself.
    """

    module: str
    attribute: str
    extra: str = ""

    def load(self) -> Any:
        """The object. Raises ImportError that names the extra where the package is absent."""
        try:
            module = importlib.import_module(self.module)
            return getattr(module, self.attribute) if self.attribute else module
        except ImportError as error:
            raise ImportError(f"{self.attribute} comes from the package {self.module.split('.')[0]!r}: "
                              f"pip install 'hornbeam[{self.extra}]'") from error


class Public(NamedTuple):
    """One public object under one name: `old_arguments` maps TF1's retired argument names to today's.

    module: which one declares it.
    """

    target: Any
    old_arguments: Mapping[str, str]
    module: str


@final
class Names(dict[str, Public]):
    """The public names of one generation. Names in `later` are found by importing the module that stands there."""

    def __init__(self) -> None:
        super().__init__()
        self.later: dict[str, str] = {}

    def __missing__(self, name: str) -> Public:
        importlib.import_module(self.later.pop(name))  # a KeyError where it is not there
        if (found := dict.get(self, name)) is None:
            raise KeyError(name)
        return found

    def get(self, name: str, default: Any = None) -> Any:  # type: ignore[override]
        try:
            return self[name]
        except KeyError:
            return default

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in self.later

    def __iter__(self) -> Iterator[str]:
        return iter([*super().__iter__(), *self.later])

    def __len__(self) -> int:
        return super().__len__() + len(self.later)

    def keys(self) -> Any:
        return list(self)

    def items(self) -> Any:
        return [(name, self[name]) for name in self]

    def values(self) -> Any:
        return [self[name] for name in self]

    def loaded(self) -> dict[str, Public]:
        """Those whose modules are imported."""
        return dict(super().items())


names_v1, names_v2 = Names(), Names()


def register(target: Any, names: Iterable[str] = (), v1: Iterable[str] | None = None,
             v2: Iterable[str] | None = None, old_arguments: Mapping[str, str] | None = None) -> None:
    """Give `target` its names: `names` in both generations, `v1` and `v2` in one only.

    Raises ValueError where a name is taken by something else.
    """
    _register(target, (*names, *(v1 or ())), (*names, *(v2 or ())), old_arguments or {}, _module(sys._getframe(1)))


def _module(frame: FrameType | None) -> str:
    """The module that is being imported where this frame runs."""
    while frame is not None and frame.f_code.co_name != "<module>":
        frame = frame.f_back
    return "" if frame is None else frame.f_globals["__name__"]


def _register(target: Any, v1: Iterable[str], v2: Iterable[str], old_arguments: Mapping[str, str],
              module: str) -> None:
    made = Public(target, old_arguments, module)
    for table, given in ((names_v1, v1), (names_v2, v2)):
        for name in given:
            held = dict.get(table, name)
            if held is not None and held.target is not target:
                raise ValueError(f"the public name {name!r} of {target!r} is taken by {held.target!r}")
            table.later.pop(name, None)
            table[name] = made


def public(*names: str, v1: Iterable[str] | None = None, v2: Iterable[str] | None = None,
           old_arguments: Mapping[str, str] | None = None) -> Callable[[Item], Item]:
    """Decorator: the function or class below is public under these names.

    `names` hold in both generations, `v1` and `v2` in one; a dotted name puts it in that namespace (`nn.softmax`).
    `old_arguments` are argument names that TF1 had besides: `{"keep_dims": "keepdims"}`.
    """
    def declare(target: Item) -> Item:
        _register(target, (*names, *(v1 or ())), (*names, *(v2 or ())), old_arguments or {},
                  _module(sys._getframe(1)))
        return target

    return declare
