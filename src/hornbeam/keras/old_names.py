"""Names that Keras 2 had: they are found, and a warning says what they are called now."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from hornbeam.keras.lookup import named
from hornbeam.keras.names import namespace_of


def with_old_names(module_name: str, old: Mapping[str, Any]) -> Callable[[str], Any]:
    """The `__getattr__` of a folder that is a namespace, as `namespace_of`, which knows old names too.

    old: what each is called now (`{"mse": "losses.mean_squared_error"}`), or the object itself with no name of today.
    """
    find = namespace_of(module_name)
    namespace = module_name.partition(".")[2]

    def find_old(name: str) -> Any:
        if name not in old:
            return find(name)
        now = old[name]
        # `from keras.losses import mse` asks twice, first whether the name is there.
        if sys._getframe(1).f_code.co_name != "_handle_fromlist":
            today = f"is now `keras.{now}`" if isinstance(now, str) else "belongs to Keras 2"
            warnings.warn(f"`{namespace}.{name}` {today}.", DeprecationWarning, stacklevel=2)
        return named(now) if isinstance(now, str) else now

    return find_old
