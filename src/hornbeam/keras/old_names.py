"""Names that Keras 2 had: they are found, and a warning says what they are called now."""

from __future__ import annotations

import functools
import importlib
import sys
import warnings
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

from hornbeam.keras.lookup import named
from hornbeam.keras.names import namespace_of


class Old(NamedTuple):
    """An object that only Keras 2 had. now: what stands in its place today, as words; None where nothing does."""

    target: Any
    now: str | None


class Later(NamedTuple):
    """An object of a module that is imported when the object is first used."""

    module: str
    attribute: str

    def load(self) -> Any:
        """The object."""
        return getattr(importlib.import_module(self.module), self.attribute)


def warn_of_old_spelling(text: str) -> None:
    """A DeprecationWarning at the line of the program that led here, however deep below it this is."""
    level, frame = 2, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "hornbeam":
        level, frame = level + 1, frame.f_back
    warnings.warn(text, DeprecationWarning, stacklevel=level)


Function = TypeVar("Function", bound=Callable[..., Any])


def taking_old_arguments(*without_effect: str, **renamed: str) -> Callable[[Function], Function]:
    """Decorator: the function takes these arguments of Keras 2, which do nothing here or are called otherwise."""
    def declare(function: Function) -> Function:
        owner, _, name = function.__qualname__.rpartition(".")
        what = {"Functional": "Model"}.get(owner, owner) if name == "__init__" else name

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            for before in without_effect:
                if before in kwargs and kwargs.pop(before) is not None:
                    warn_of_old_spelling(f"The argument `{before}` of `{what}` belongs to Keras 2 and has no effect.")
            for before, now in renamed.items():
                if before in kwargs:
                    warn_of_old_spelling(f"The argument `{before}` of `{what}` is now `{now}`.")
                    kwargs[now] = kwargs.pop(before)
            return function(*args, **kwargs)

        call.old_arguments = frozenset((*without_effect, *renamed))  # type: ignore[attr-defined]
        return call  # type: ignore[return-value]

    return declare


_SHORT_TODAY = {"lr": "learning_rate", "mean_absolute_error": "mae", "mean_squared_error": "mse",
                "mean_absolute_percentage_error": "mape", "mean_squared_logarithmic_error": "msle", "acc": "accuracy",
                "cosine_proximity": "cosine_similarity"}


class Results(dict):
    """Results by name, which are found under the names that Keras 2 gave them too: `acc`, `val_acc`, `lr`.

    >>> Results({"val_accuracy": 0.5}).keys()
    dict_keys(['val_accuracy'])
    """

    def __missing__(self, key: Any) -> Any:
        now = self._today(key)
        if now is None:
            raise KeyError(key)
        warn_of_old_spelling(f"The result `{key}` is now `{now}`.")
        return self[now]

    def get(self, key: Any, default: Any = None) -> Any:
        """The result of this name, else `default`."""
        if super().__contains__(key):
            return self[key]
        return default if self._today(key) is None else self.__missing__(key)

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or self._today(key) is not None

    def _today(self, key: Any) -> str | None:
        if isinstance(key, str):
            for old, now in (*_SHORT_TODAY.items(), *((now, old) for old, now in _SHORT_TODAY.items())):
                renamed = key.removesuffix(old) + now
                if (key == old or key.endswith(f"_{old}")) and super().__contains__(renamed):
                    return renamed
        return None


def with_old_names(module_name: str, old: Mapping[str, Any], star: bool = False) -> Callable[[str], Any]:
    """The `__getattr__` of a folder that is a namespace, as `namespace_of`, which knows old names too.

    old: what each is called now (`{"mse": "losses.mean_squared_error"}`), an `Old`, or the object itself with no name
    of today. star: whether `from … import *` brings the old names too.
    """
    find = namespace_of(module_name)
    namespace = module_name.partition(".")[2]

    def find_old(name: str) -> Any:
        if name not in old:
            found = find(name)
            return sorted({*found, *old}) if name == "__all__" and star else found
        held = old[name]
        found = held if isinstance(held, Old) else Old(named(held), f"keras.{held}") if isinstance(held, str) else (
            Old(held, None))
        # `from keras.losses import mse` asks twice, first whether the name is there.
        if sys._getframe(1).f_code.co_name != "_handle_fromlist":
            today = "belongs to Keras 2" if found.now is None else f"is now `{found.now}`"
            warn_of_old_spelling(f"`{namespace}.{name}` {today}.")
        return found.target.load() if isinstance(found.target, Later) else found.target

    return find_old
