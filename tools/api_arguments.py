"""The arguments of a public object as one line of text, the same for TensorFlow's and for Hornbeam's."""

from __future__ import annotations

import enum
import inspect
from typing import Any

EMPTY = inspect.Parameter.empty
UNKNOWN = "?"


def arguments(value: Any, bound: bool = False) -> str:
    """`x, axis=None, *, name=None`; `?` where Python cannot tell, nothing for what is not called.

    bound: `value` is what a class holds, so the first argument of a method is left out.
    """
    if isinstance(value, type):
        return of_class(value)
    if isinstance(value, staticmethod):
        return text(value.__func__)
    if isinstance(value, classmethod):
        return text(value.__func__, without_first=True)
    if not callable(value) or hasattr(value, "as_numpy_dtype"):
        return ""
    return text(value, without_first=bound and inspect.isfunction(inspect.unwrap(value)))


def of_class(cls: type) -> str:
    """What a class is made from: its own `__init__`, or `__new__` where the class that is nearer has that."""
    if issubclass(cls, enum.Enum):
        return ""
    for base in cls.__mro__:
        if base is object or base is tuple or base.__module__ == "builtins":
            break
        for name in ("__init__", "__new__"):
            held = vars(base).get(name)
            if held is not None and inspect.isfunction(inspect.unwrap(getattr(held, "__func__", held))):
                shown = text(getattr(held, "__func__", held), without_first=True)
                if shown != "*args, **kwargs" or base is cls.__mro__[-2]:
                    return shown
    return "" if cls.__init__ is object.__init__ and cls.__new__ is object.__new__ else UNKNOWN


def text(function: Any, without_first: bool = False) -> str:
    """The arguments of a function, without types."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return UNKNOWN
    shown = [p.replace(annotation=EMPTY, default=EMPTY if p.default is EMPTY else Plain(p.default))
             for p in parameters[without_first:]]
    return str(inspect.Signature(shown))[1:-1].replace("\n", " ").replace("\t", " ")


class Plain:
    """A default whose `repr` is the same in every process, and says what matters: `1.0`, `float32`, `[0, 1]`."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        value = self.value
        if type(value).__name__ == "DType":
            return value.name
        if isinstance(value, enum.Enum):
            return f"{type(value).__name__}.{value.name}"
        if isinstance(value, bytes):
            value = value.decode("latin-1")
        if isinstance(value, (list, tuple)):
            return f"[{', '.join(repr(Plain(item)) for item in value)}]"
        if isinstance(value, type) or inspect.isroutine(value):
            return value.__name__
        shown = repr(value)
        return f"<{type(value).__name__}>" if " at 0x" in shown else shown


def split(text: str) -> list[tuple[str, str]]:
    """Each argument with its default as text."""
    parts, depth, quoted = [""], 0, ""
    for character in text:
        if quoted:
            quoted = "" if character == quoted else quoted
        elif character in "'\"":
            quoted = character
        depth += (character in "([{") - (character in ")]}") if not quoted else 0
        if character == "," and depth == 0 and not quoted:
            parts.append("")
        else:
            parts[-1] += character
    pairs = (part.strip().partition("=") for part in parts if part.strip())
    return [(name, default) for name, _, default in pairs]
