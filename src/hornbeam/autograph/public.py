"""`tf.autograph`: converted functions and their source, what is left alone, and what loops are told."""

from __future__ import annotations

import ast
import enum
import functools
import inspect
import logging
from collections.abc import Callable
from types import FunctionType, MethodType
from typing import Any

from hornbeam.autograph import conversion
from hornbeam.autograph.source import Unconvertible, definition_of
from hornbeam.autograph.transform import transformed
from hornbeam.graph.names import public, register

_UNSET: Any = object()
_logger = logging.getLogger("hornbeam")
_said: dict[str, Any] = {"level": 0, "stdout": False}


class Feature(enum.Enum):
    """What can be asked of a conversion besides control flow.

    EQUALITY_OPERATORS: `==` and `!=` compare the values of symbolic tensors in TensorFlow 1's graphs too. The others
    are accepted: assertions and built-in functions are always converted, and lists stay Python's.
    """

    ALL = "ALL"
    AUTO_CONTROL_DEPS = "AUTO_CONTROL_DEPS"
    ASSERT_STATEMENTS = "ASSERT_STATEMENTS"
    BUILTIN_FUNCTIONS = "BUILTIN_FUNCTIONS"
    EQUALITY_OPERATORS = "EQUALITY_OPERATORS"
    LISTS = "LISTS"
    NAME_SCOPES = "NAME_SCOPES"

    @classmethod
    def all(cls) -> tuple[Feature, ...]:
        """All of them."""
        return tuple(cls.__members__.values())

    @classmethod
    def all_but(cls, exclude: Any) -> tuple[Feature, ...]:
        """All but those of `exclude`, one or several."""
        left = tuple(exclude) if isinstance(exclude, (list, tuple, set)) else (exclude,)
        return tuple(f for f in cls.all() if f not in (*left, cls.ALL))


register(Feature, ("autograph.experimental.Feature",))


class ConversionError(ValueError):
    """A function cannot be converted; the text says why."""


def _equality(features: Any) -> bool:
    if features is None:
        return False
    chosen = features if isinstance(features, (list, tuple, set, frozenset)) else (features,)
    for feature in chosen:
        if not isinstance(feature, Feature):
            raise TypeError(f"optional features must be of tf.autograph.experimental.Feature, not {feature!r}")
    return bool({Feature.ALL, Feature.EQUALITY_OPERATORS} & set(chosen))


@public(v2=("autograph.to_graph",))
def to_graph(entity: Any, recursive: bool = True, experimental_optional_features: Any = None) -> Any:
    """`entity`, a function, method or object that can be called, with control flow that follows tensors.

    recursive: whether the functions that it calls are converted too. experimental_optional_features: of `Feature`.
    The result is called inside a graph or at once. Raises ValueError where the source cannot be had or converted.
    """
    entity = getattr(entity, "python_function", entity)
    equality = _equality(experimental_optional_features)
    function = _function_of(entity)
    if function is not None and not conversion.is_left(function.__code__, function.__module__):
        _checked(entity, function, equality)
    return conversion.convert(entity, recursive=recursive, equality=equality)


@public(v1=("autograph.to_graph",))
def to_graph_v1(entity: Any, recursive: bool = True, arg_values: Any = None, arg_types: Any = None,
                experimental_optional_features: Any = None) -> Any:
    """As `to_graph` of TensorFlow 2; `arg_values` and `arg_types` are accepted."""
    return to_graph(entity, recursive, experimental_optional_features)


def _function_of(entity: Any) -> FunctionType | None:
    """The function behind something that can be called."""
    while isinstance(entity, functools.partial):
        entity = entity.func
    if isinstance(entity, (FunctionType, MethodType)):
        return entity if isinstance(entity, FunctionType) else _function_of(entity.__func__)
    own = getattr(type(entity), "__call__", None)  # noqa: B004 (the function is looked at)
    return own if isinstance(own, FunctionType) and not isinstance(entity, type) else None


def _checked(entity: Any, function: FunctionType, equality: bool) -> ast.FunctionDef:
    try:
        return transformed(definition_of(function.__code__), equality)[0]
    except Unconvertible as why:
        raise ConversionError(f"Cannot apply autograph to {entity!r}: {why}") from why


@public(v2=("autograph.to_code",))
def to_code(entity: Any, recursive: bool = True, experimental_optional_features: Any = None) -> str:
    """The source of the converted function, with `ag__` for what control flow calls.

    Raises ValueError where the source of `entity` cannot be had or converted.
    """
    entity = getattr(entity, "python_function", entity)
    function = _function_of(entity)
    if function is None:
        raise ConversionError(f"Cannot apply autograph to {entity!r}: it is no Python function")
    node = _checked(entity, function, _equality(experimental_optional_features))
    node.name = f"tf__{node.name.rstrip('_')}"
    return ast.unparse(node) + "\n"


@public(v1=("autograph.to_code",))
def to_code_v1(entity: Any, recursive: bool = True, arg_values: Any = None, arg_types: Any = None,
               indentation: str = "  ", experimental_optional_features: Any = None) -> str:
    """As `to_code` of TensorFlow 2; the further arguments are accepted."""
    return to_code(entity, recursive, experimental_optional_features)


@public("autograph.experimental.do_not_convert")
def do_not_convert(func: Callable[..., Any] | None = None) -> Any:
    """Decorator: the function is called as it is, from converted code too.

    >>> @do_not_convert
    ... def plain(x):
    ...     return x + 1
    >>> plain(1)
    2
    """
    if func is None:
        return do_not_convert

    def call_as_it_is(*args: Any, **kwargs: Any) -> Any:
        return func(*args, **kwargs)

    if inspect.isfunction(func) or inspect.ismethod(func):
        return functools.update_wrapper(call_as_it_is, func)
    return call_as_it_is


@public("autograph.experimental.set_loop_options")
def set_loop_options(parallel_iterations: Any = _UNSET, swap_memory: Any = _UNSET, maximum_iterations: Any = _UNSET,
                     shape_invariants: Any = _UNSET) -> None:
    """Tell the loop in whose body this is called how it runs. Elsewhere it does nothing.

    maximum_iterations: it ends after so many. shape_invariants: pairs of a variable and the shape that it has in
    every iteration, with None for a dimension that changes. parallel_iterations, swap_memory: accepted.
    """


@public("autograph.set_verbosity")
def set_verbosity(level: int, alsologtostdout: bool = False) -> None:
    """How much conversions tell: 0 nothing but warnings, 3 and more the converted code of each function.

    alsologtostdout: whether it is printed too.
    """
    _said.update(level=level, stdout=alsologtostdout)
    conversion.tell(_tell if level > 0 else None)


def _tell(function: Any, tree: ast.FunctionDef) -> None:
    text = f"Converted call: {function!r}"
    if _said["level"] >= 3:
        text += f"\n{ast.unparse(tree)}"
    _logger.log(logging.WARNING, "%s", text)
    if _said["stdout"]:
        print(text)


@public("autograph.trace")
def trace(*args: Any) -> None:
    """Print the arguments where a graph is built, not where it runs.

    >>> trace("built with", 1)
    built with 1
    """
    print(*args)


__all__ = ["Feature", "do_not_convert", "set_loop_options", "set_verbosity", "to_code", "to_graph", "trace"]
