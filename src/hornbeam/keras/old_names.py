"""Names that Keras 2 had: they are found, and a warning says what they are called now."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from hornbeam.keras.lookup import named
from hornbeam.keras.names import namespace_of


class Old(NamedTuple):
    """An object that only Keras 2 had. now: what stands in its place today, as words; None where nothing does."""

    target: Any
    now: str | None


def warn_of_old_spelling(text: str) -> None:
    """A DeprecationWarning at the line of the program that led here, however deep below it this is."""
    level, frame = 2, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "hornbeam":
        level, frame = level + 1, frame.f_back
    warnings.warn(text, DeprecationWarning, stacklevel=level)


def with_old_names(module_name: str, old: Mapping[str, Any]) -> Callable[[str], Any]:
    """The `__getattr__` of a folder that is a namespace, as `namespace_of`, which knows old names too.

    old: what each is called now (`{"mse": "losses.mean_squared_error"}`), an `Old`, or the object itself with no name
    of today.
    """
    find = namespace_of(module_name)
    namespace = module_name.partition(".")[2]

    def find_old(name: str) -> Any:
        if name not in old:
            return find(name)
        held = old[name]
        found = held if isinstance(held, Old) else Old(named(held), f"keras.{held}") if isinstance(held, str) else (
            Old(held, None))
        # `from keras.losses import mse` asks twice, first whether the name is there.
        if sys._getframe(1).f_code.co_name != "_handle_fromlist":
            today = "belongs to Keras 2" if found.now is None else f"is now `{found.now}`"
            warn_of_old_spelling(f"`{namespace}.{name}` {today}.")
        return found.target

    return find_old
