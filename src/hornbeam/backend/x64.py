"""The 64-bit scope: Hornbeam has int64 and float64, the process's own JAX code keeps its setting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

from hornbeam.backend.lazy import jax

_more: dict[str, Callable[[], AbstractContextManager[Any]]] = {}


def x64() -> AbstractContextManager[Any]:
    """A context in which JAX keeps 64-bit types; entered around every trace and call that Hornbeam makes.

    Outside it a float64 array handed to a jitted function is cut to float32 with only a warning. What `also` says
    holds in it too.
    """
    return _all() if _more else jax.enable_x64(True)


@contextmanager
def _all() -> Iterator[None]:
    with ExitStack() as scopes:
        scopes.enter_context(jax.enable_x64(True))
        for make in _more.values():
            scopes.enter_context(make())
        yield


def also(what: str, make: Callable[[], AbstractContextManager[Any]] | None) -> None:
    """Let another setting of JAX hold within Hornbeam's traces and calls, until None takes it back."""
    _more.pop(what, None)
    if make is not None:
        _more[what] = make
