"""Public names: each public object says where it is defined which names users reach it by.

The namespaces `hornbeam` and `hornbeam.v1` are made from these declarations; no list is kept by hand.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

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
    """One public object under one name: `old_arguments` maps TF1's retired argument names to today's."""

    target: Any
    old_arguments: Mapping[str, str]


names_v1: dict[str, Public] = {}
names_v2: dict[str, Public] = {}


def register(target: Any, names: Iterable[str] = (), v1: Iterable[str] | None = None,
             v2: Iterable[str] | None = None, old_arguments: Mapping[str, str] | None = None) -> None:
    """Give `target` its names: `names` in both generations, `v1` and `v2` in one only.

    Raises ValueError where a name is taken by something else.
    """
    both = tuple(names)
    for table, own in ((names_v1, v1), (names_v2, v2)):
        for name in (*both, *(own or ())):
            held = table.get(name)
            if held is not None and held.target is not target:
                raise ValueError(f"the public name {name!r} of {target!r} is taken by {held.target!r}")
            table[name] = Public(target, old_arguments or {})


def public(*names: str, v1: Iterable[str] | None = None, v2: Iterable[str] | None = None,
           old_arguments: Mapping[str, str] | None = None) -> Callable[[Item], Item]:
    """Decorator: the function or class below is public under these names.

    `names` hold in both generations, `v1` and `v2` in one; a dotted name puts it in that namespace (`nn.softmax`).
    `old_arguments` are argument names that TF1 had besides: `{"keep_dims": "keepdims"}`.
    """
    def declare(target: Item) -> Item:
        register(target, names, v1, v2, old_arguments)
        return target

    return declare
