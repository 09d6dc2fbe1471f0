"""Errors in a layer's call, told with the layer's class and the arguments: shapes and dtypes, not values."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from hornbeam.graph.errors import OpError
from hornbeam.graph.tensor import Tensor
from hornbeam.keras.dtypes import standardize_dtype
from hornbeam.keras.tree import structures as tree


def told_with_arguments(function: Callable[..., Any], display_name: str, args: tuple[Any, ...],
                        kwargs: dict[str, Any]) -> Any:
    """`function(*args, **kwargs)`. An error gets `display_name` and the arguments, of the innermost call only."""
    try:
        return function(*args, **kwargs)
    except Exception as error:
        told = _told(error, function, display_name, args, kwargs)
        if told is None:
            raise
        raise told.with_traceback(error.__traceback__) from error.__cause__


def _told(error: Exception, function: Callable[..., Any], display_name: str, args: tuple[Any, ...],
          kwargs: dict[str, Any]) -> Exception | None:
    if hasattr(error, "_told_with_arguments"):
        return None
    try:
        signature = inspect.signature(function)
        given = signature.bind(*args, **kwargs).arguments
    except (TypeError, ValueError):
        return None
    lines = [f"  • {p.name}={tree.map_structure(_said, given[p.name]) if p.name in given else p.default}"
             for p in signature.parameters.values()]
    if not lines:
        return None
    first = error.message if isinstance(error, OpError) else error.args[0] if error.args else ""
    text = (f"Exception encountered when calling {display_name}.\n\n\x1b[1m{first}\x1b[0m\n\n"
            f"Arguments received by {display_name}:\n" + "\n".join(lines))
    told = _again(error, text)
    told._told_with_arguments = True  # type: ignore[attr-defined]
    return told


def _again(error: Exception, text: str) -> Exception:
    """An error of the same class with another text; RuntimeError where its class wants more than a text."""
    try:
        if isinstance(error, OpError):
            return type(error)(error.node_def, error.op, text)  # type: ignore[call-arg]
        return type(error)(text)
    except TypeError:
        return RuntimeError(text)


def _said(value: Any) -> str:
    if isinstance(value, Tensor):
        return f"tf.Tensor(shape={value.shape}, dtype={standardize_dtype(value.dtype)})"
    return repr(value)
