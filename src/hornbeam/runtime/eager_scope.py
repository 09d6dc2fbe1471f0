"""The name scope that is open where calls run at once: variables made within are named after it."""

from __future__ import annotations

import threading


class _Open(threading.local):
    def __init__(self) -> None:
        self.scopes: list[str] = []


_open = _Open()


def eager_scope() -> str:
    """The innermost open scope with its `/`, or an empty string."""
    return _open.scopes[-1] if _open.scopes else ""


def enter(name: str) -> str:
    """Open a scope within the one that is open; a name that ends in `/` is the whole scope. Gives the whole scope."""
    whole = name if name.endswith("/") or not name else f"{eager_scope()}{name}/"
    _open.scopes.append(whole)
    return whole


def leave() -> None:
    """Close the innermost scope."""
    _open.scopes.pop()
