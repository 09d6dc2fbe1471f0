"""The text of `docs/api.txt`: every public name of both generations with its signature, one line a name.

A class is followed by its public members, those of its bases in Hornbeam included; where it has more names, the others
refer to the first. What Python's own classes give
(`Exception.args`, `tuple.count`) is left out: it differs from one Python to the next.
"""

from __future__ import annotations

import enum
import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import hornbeam.v1  # noqa: F401  # declares the names of both generations
from hornbeam.graph.names import Lazy, Public, names_v1, names_v2
from hornbeam.namespace import as_it_is, graph_first

EMPTY = inspect.Parameter.empty
TEXT = "Every public name. Written by tools/make_api.py: run `make api`, do not edit.\n\n"


def page() -> str:
    """The whole text."""
    classes: dict[type, str] = {}
    second = [*lines("hornbeam.", names_v2, as_it_is, classes)]
    first = [*lines("hornbeam.v1.", names_v1, graph_first, classes)]
    return TEXT + "\n".join([*second, "", *first]) + "\n"


def lines(prefix: str, table: Mapping[str, Public], wrap: Any, classes: dict[type, str]) -> Iterator[str]:
    """The lines of one generation, sorted by name. `classes` holds the classes that have been listed so far."""
    for name, public in sorted(table.items()):
        target = loaded(public.target)
        if isinstance(target, type) and target in classes:
            yield f"{prefix}{name} = {classes[target]}"
        elif isinstance(target, type):
            classes[target] = prefix + name
            yield from class_lines(prefix + name, target)
        elif callable(target) and not isinstance(target, Lazy):
            yield prefix + name + call_text(inspect.signature(wrap(public._replace(target=target))))
        else:
            yield prefix + name + value_text(target)


def loaded(target: Any) -> Any:
    """The object itself where it is only imported late; `Lazy` still for modules, and for what others define."""
    own = isinstance(target, Lazy) and target.attribute and target.module.startswith("hornbeam")
    return target.load() if own else target


def class_lines(name: str, cls: type) -> Iterator[str]:
    """A class and its members."""
    if issubclass(cls, enum.Enum):
        yield name
        yield from (f"{name}.{member.name}{value_text(member.value)}" for member in cls)
        return
    yield name + call_text(constructor(cls))
    for member, value in sorted(members(cls).items()):
        if isinstance(value, type):
            yield f"{name}.{member}"
        elif isinstance(value, staticmethod):
            yield f"{name}.{member}{call_text(inspect.signature(value.__func__))}"
        elif isinstance(value, classmethod):
            yield f"{name}.{member}{call_text(without_first(value.__func__))}"
        elif inspect.isfunction(value):
            yield f"{name}.{member}{call_text(without_first(value))}"
        else:
            yield f"{name}.{member}{value_text(value)}"


def own_classes(cls: type) -> list[type]:
    """The class and its bases, without those that are not Hornbeam's."""
    return [c for c in cls.__mro__ if c.__module__.startswith("hornbeam")]


def constructor(cls: type) -> inspect.Signature:
    """What the class is made from, as Hornbeam's own classes say; nothing where they leave that to Python's."""
    for base in own_classes(cls):
        for name in ("__init__", "__new__"):
            if name in vars(base):
                return without_first(inspect.unwrap(getattr(base, name)))
    return inspect.Signature()


def members(cls: type) -> dict[str, Any]:
    """The public members of a class, as the classes hold them; fields that are only annotated are `EMPTY`."""
    found: dict[str, Any] = {}
    for base in reversed(own_classes(cls)):
        fields = dict.fromkeys(inspect.get_annotations(base), EMPTY)
        found |= {n: v for n, v in {**fields, **vars(base)}.items() if not n.startswith("_")}
    return found


def without_first(function: Callable[..., Any]) -> inspect.Signature:
    """The signature of a method as its callers see it."""
    signature = inspect.signature(function)
    return signature.replace(parameters=list(signature.parameters.values())[1:])


def call_text(signature: inspect.Signature) -> str:
    """`(logits, axis=None, name=None)`: names and defaults, no types."""
    bare = [p.replace(annotation=EMPTY, default=p.default if p.default is EMPTY else Shown(p.default))
            for p in signature.parameters.values()]
    return str(inspect.Signature(bare))


class Shown:
    """A default whose `repr` is the same in every process and on every Python."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        value = self.value
        if isinstance(value, enum.Enum):
            return f"{type(value).__name__}.{value.name}"
        if isinstance(value, tuple) and type(value) is tuple:
            inner = ", ".join(repr(Shown(item)) for item in value)
            return f"({inner},)" if len(value) == 1 else f"({inner})"
        if isinstance(value, type) or inspect.isroutine(value):
            return value.__name__
        text = repr(value)
        return f"<{type(value).__name__}>" if " at 0x" in text else text


def value_text(value: Any) -> str:
    """What follows the name of something that is not called: its value where that is plain, else its type."""
    if isinstance(value, Lazy):
        return f" = {value.module}.{value.attribute}".rstrip(".")
    if value is None or isinstance(value, (bool, int, float, str, bytes, tuple)):
        return f" = {Shown(value)!r}"
    if value is EMPTY or inspect.isdatadescriptor(value):
        return ""
    return f": {type(value).__name__}"
