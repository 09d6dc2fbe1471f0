"""What the programs of `programs.py` show, kept as lines that both sides write alike."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, final

import numpy as np

Program = Callable[[Any, "Shown"], None]
PROGRAMS: dict[str, Program] = {}


@final
class Shown:
    """The lines that a program shows."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def __call__(self, *items: Any) -> None:
        self.lines.append(" ".join(map(_plain, items)))

    def error(self, words: str, call: Callable[[], Any]) -> None:
        """What `call` raises; `words` are separated by `…`."""
        try:
            call()
        except Exception as error:
            kind = next(c.__name__ for c in type(error).__mro__ if c.__name__ in _KINDS)
            text = " ".join(str(error).split())
            missing = [w for w in words.split("…") if " ".join(w.split()) not in text]
            said = f"lacks {missing!r}: {text[:200]}" if missing else f"says {words!r}"
            self.lines.append(f"{kind} {said}")
        else:
            self.lines.append(f"no error, expected {words!r}")

    def graph(self, tf: Any) -> None:
        """Every node of the default graph: name and type."""
        for op in tf.get_default_graph().get_operations():
            self(op.name, op.type)


_KINDS = ("OperatorNotAllowedInGraphError", "InvalidArgumentError", "FailedPreconditionError", "NotFoundError",
          "OutOfRangeError", "ResourceExhaustedError", "UnimplementedError", "OpError", "TypeError", "ValueError",
          "KeyError", "RuntimeError", "AttributeError", "LookupError", "Exception")


def _plain(item: Any) -> str:
    if isinstance(item, np.ndarray | np.generic):
        rounded = np.round(item, 4) + 0 if item.dtype.kind in "fc" else item
        return f"{item.dtype}{np.asarray(rounded).tolist()}"
    if isinstance(item, list | tuple):
        return f"[{', '.join(map(_plain, item))}]"
    if isinstance(item, dict):
        return f"{{{', '.join(f'{k}: {_plain(v)}' for k, v in item.items())}}}"
    if type(item).__name__ == "DType":
        return str(item.name)
    return re.sub(r" at 0x[0-9a-f]+", "", str(item))


def program(function: Program) -> Program:
    """Decorator: a program to compare."""
    PROGRAMS[function.__name__] = function
    return function


def shown(function: Program, tf: Any) -> list[str]:
    """What a program shows in a graph of its own. An error that it does not expect is its last line."""
    show = Shown()
    tf.reset_default_graph()
    try:
        function(tf, show)
    except Exception as error:
        show.lines.append(f"stopped: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}")
    return show.lines


