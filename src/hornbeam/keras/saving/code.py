"""Python functions inside configurations: what a `Lambda` layer holds. Loading one runs code from a file."""

from __future__ import annotations

import base64
import inspect
import marshal
import types
from typing import Any


def dump(function: types.FunctionType) -> list[Any]:
    """A function as `[code, defaults, closure]`: base64 of the marshalled code, and values that JSON knows."""
    closure = function.__closure__
    cells = None if closure is None else tuple(cell.cell_contents for cell in closure)
    return [base64.b64encode(marshal.dumps(function.__code__)).decode("ascii"), function.__defaults__, cells]


def load(dumped: Any) -> types.FunctionType:
    """The function of what `dump` gave. Its globals are those of this module's builtins alone."""
    text, defaults, closure = dumped
    made = marshal.loads(base64.b64decode(text))
    cells = None if closure is None else tuple(types.CellType(value) for value in closure)
    defaults = None if defaults is None else tuple(tuple(d) if isinstance(d, list) else d for d in defaults)
    return types.FunctionType(made, {"__builtins__": __builtins__}, made.co_name, defaults, cells)


def source_of(function: types.FunctionType) -> str:
    """The function's source, for messages; its repr where that is not at hand."""
    try:
        return inspect.getsource(function).strip()
    except (OSError, TypeError):
        return repr(function)
