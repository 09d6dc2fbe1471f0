"""`assert_*`: what must hold of tensors' values, shapes and dtypes.

What is known is checked at once, where the call stands; the rest in a graph is an `Assert` operation, which runs with
the function that holds it, or where something waits for it (`control_dependencies`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hornbeam.graph import infer, mode
from hornbeam.graph.call import convert_to_tensor as convert
from hornbeam.graph.call import graph_for
from hornbeam.graph.errors import InvalidArgumentError
from hornbeam.graph.graph import Graph
from hornbeam.graph.names import public
from hornbeam.graph.op import registry as ops
from hornbeam.graph.tensor import EagerTensor
from hornbeam.ops.arithmetic import abs as absolute
from hornbeam.ops.checks import assert_

_ELEMENTS = 3


def known(tensor: Any) -> np.ndarray | None:
    """The value of a tensor, where it is known without running anything."""
    return np.asarray(tensor._value) if isinstance(tensor, EagerTensor) else infer.constant_value(tensor)


def name_of(tensor: Any) -> str:
    """The name of a tensor in a graph; nothing for one with a value."""
    return "" if isinstance(tensor, EagerTensor) else tensor.name


def nothing(graph: Graph | None, name: str) -> Any:
    """What a check returns that held before anything ran."""
    return None if graph is None else ops["NoOp"](name=name)


def prefix(message: str | None) -> list[str]:
    """How a message stands before what a check says itself."""
    return [f"{message}.  "] if message else []


# Two tensors -----------------------------------------------------------------------------------------


def compare(op_type: str, symbol: str, x: Any, y: Any, data: Any, message: str | None, summarize: int | None,
            name: str) -> Any:
    """The check that `op_type` holds for all elements; `symbol` says it in messages."""
    graph = graph_for(x, y, data)
    if graph is None:
        with mode.opened(None):
            x, y = convert(x), convert(y)
            holds = np.asarray(ops[op_type](x, y)._value)
        if not holds.all():
            arrays = np.asarray(x._value), np.asarray(y._value)
            raise InvalidArgumentError(None, None, _difference(symbol, *arrays, holds, data, message, summarize))
        return None
    with mode.opened(graph), graph.name_scope(name):
        if x is y and op_type == "Equal":
            return nothing(graph, "NoOp")
        x, y = convert(x, name="x"), convert(y, name="y")
        said = [f"Condition x {symbol} y did not hold element-wise:", f"x ({name_of(x)}) = ", x,
                f"y ({name_of(y)}) = ", y]
        if data is None:
            data = [*([message] if message else []), *said]
        elif message:
            data = [message, *data]
        holds = ops["All"](ops[op_type](x, y), _every_axis(x, y))
        return assert_once_known(graph, holds, data, summarize)


def _every_axis(*tensors: Any) -> Any:
    ranks = [t.shape.rank for t in tensors]
    if None not in ranks:
        return np.arange(max(ranks), dtype=np.int32)  # type: ignore[type-var]
    ranked = [ops["Rank"](t) for t in tensors]
    most = ranked[0] if len(ranked) == 1 else ops["Maximum"](*ranked)
    return ops["Range"](0, most, 1)


def assert_once_known(graph: Graph, holds: Any, data: Sequence[Any], summarize: int | None) -> Any:
    """An assertion in a graph: at once where the graph tells, else an operation."""
    value = known(holds)
    if value is None:
        return assert_(holds, data, summarize)
    if value.all():
        return nothing(graph, "NoOp")
    parts = [d if isinstance(d, str) else str(known(d) if hasattr(d, "dtype") and known(d) is not None else d)
             for d in data]
    raise InvalidArgumentError(None, None, "\n".join(parts))


def _difference(symbol: str, x: np.ndarray, y: np.ndarray, holds: np.ndarray, data: Any, message: str | None,
                summarize: int | None) -> str:
    """The words for values at hand: where they differ, and how they begin."""
    lines = [message] if message else []
    if data is not None:
        return "\n".join([*lines, *(str(convert(d).numpy()) if not isinstance(d, str) else d for d in data)])
    most = _ELEMENTS if summarize is None else summarize
    lines.append(f"Condition x {symbol} y did not hold.")
    if x.shape == y.shape and x.ndim:
        places = np.argwhere(~holds)[:most if most >= 0 else None]
        at = tuple(places.T)
        lines += [f"Indices of first {len(places)} different values:", str(places), "Corresponding x values:",
                  str(x[at].reshape(-1)), "Corresponding y values:", str(y[at].reshape(-1))]
    for word, array in (("x", x), ("y", y)):
        shown = array.reshape(-1)[:most if most >= 0 else None]
        lines += [f"First {len(shown)} elements of {word}:", str(shown)]
    return "\n".join(lines)


COMPARISONS = {"equal": ("Equal", "=="), "none_equal": ("NotEqual", "!="), "less": ("Less", "<"),
               "less_equal": ("LessEqual", "<="), "greater": ("Greater", ">"), "greater_equal": ("GreaterEqual", ">=")}
"""The op and the symbol of each comparison."""
SIGNS = {"positive": ("Less", ">", False), "negative": ("Less", "<", True), "non_negative": ("LessEqual", ">=", False),
         "non_positive": ("LessEqual", "<=", True)}
"""The op, the symbol, and whether x is the op's first argument and 0 its second."""


def compare_with_zero(op_type: str, symbol: str, first: bool, x: Any, data: Any, message: str | None,
                      summarize: int | None, name: str) -> Any:
    """The check that all elements of `x` are on one side of 0."""
    graph = graph_for(x, data)
    with mode.opened(graph):
        if graph is not None:
            with graph.name_scope(name):
                return _with_zero(op_type, symbol, first, convert(x, name="x"), data, message, summarize)
        return _with_zero(op_type, symbol, first, convert(x), data, message, summarize)


def _with_zero(op_type: str, symbol: str, first: bool, x: Any, data: Any, message: str | None,
               summarize: int | None) -> Any:
    if data is None:
        shape = f"shape={x.shape} dtype={x.dtype.name}" if isinstance(x, EagerTensor) else x.name
        data = [*prefix(message), f"Condition x {symbol} 0 did not hold element-wise:", f"x ({shape}) = ",
                x]
    zero = convert(0, x.dtype)
    pair = (x, zero) if first else (zero, x)
    return compare(op_type, symbol, *pair, data, None, summarize, "assert_less")


def _comparison(words: str, in_root: bool = False) -> Callable[..., Any]:
    op_type, symbol = COMPARISONS[words]

    def check(x: Any, y: Any, message: str | None = None, summarize: int | None = None, name: str | None = None) -> Any:
        return compare(op_type, symbol, x, y, None, message, summarize, name or f"assert_{words}")

    def check_none(x: Any, y: Any, summarize: int | None = None, message: str | None = None,
                   name: str | None = None) -> Any:
        return check(x, y, message, summarize, name)

    own = check_none if words == "none_equal" else check
    return _published(own, words, in_root, f"""The check that x {symbol} y, elementwise.

    x, y: tensors of one dtype whose shapes broadcast. summarize: how many elements the message shows, 3 by default.
    Raises InvalidArgumentError where the values are known, else the operation that comes back does when it runs.
    """)


def _sign(words: str) -> Callable[..., Any]:
    op_type, symbol, first = SIGNS[words]

    def check(x: Any, message: str | None = None, summarize: int | None = None, name: str | None = None) -> Any:
        return compare_with_zero(op_type, symbol, first, x, None, message, summarize, name or f"assert_{words}")

    return _published(check, words, False, f"""The check that every element of `x` is {symbol} 0.

    summarize: how many elements the message shows, 3 by default.
    Raises InvalidArgumentError where the values are known, else the operation that comes back does when it runs.
    """)


def _published(check: Callable[..., Any], words: str, in_root: bool, text: str) -> Callable[..., Any]:
    check.__name__ = check.__qualname__ = f"assert_{words}"
    check.__doc__ = text
    return public(v2=[f"debugging.assert_{words}", *([f"assert_{words}"] if in_root else [])])(check)


assert_equal = _comparison("equal", in_root=True)
assert_none_equal = _comparison("none_equal")
assert_less = _comparison("less", in_root=True)
assert_less_equal = _comparison("less_equal")
assert_greater = _comparison("greater", in_root=True)
assert_greater_equal = _comparison("greater_equal")
assert_positive = _sign("positive")
assert_negative = _sign("negative")
assert_non_negative = _sign("non_negative")
assert_non_positive = _sign("non_positive")


@public(v2=("debugging.assert_near",))
def assert_near(x: Any, y: Any, rtol: Any = None, atol: Any = None, message: str | None = None,
                summarize: int | None = None, name: str | None = None) -> Any:
    """The check that |x - y| < atol + rtol·|y|, elementwise; both tolerances are 10 epsilons of the dtype by default.

    x: floats or complex numbers; y becomes a tensor of that dtype. Raises InvalidArgumentError where the values are
    known, else the operation that comes back does when it runs.
    """
    return near(x, y, rtol, atol, None, message, summarize, name)


def near(x: Any, y: Any, rtol: Any, atol: Any, data: Any, message: str | None, summarize: int | None,
         name: str | None) -> Any:
    """`assert_near` with TF1's `data`."""
    graph = graph_for(x, y, rtol, atol, data)
    if graph is not None:
        with mode.opened(graph), graph.name_scope(name or "assert_near"):
            return _near(graph, x, y, rtol, atol, data, message, summarize)
    with mode.opened(None):
        return _near(None, x, y, rtol, atol, data, message, summarize)


def _near(graph: Graph | None, x: Any, y: Any, rtol: Any, atol: Any, data: Any, message: str | None,
          summarize: int | None) -> Any:
    x = convert(x, name="x")
    y = convert(y, x.dtype, name="y")
    real = x.dtype.base_dtype.real_dtype
    if not real.is_floating:
        raise ValueError(f"assert_near compares floats and complex numbers, not {real.name}")
    eps = 10 * float(np.finfo(real.np_dtype).eps) if real.name != "bfloat16" else 10 * 2.0**-7
    rtol = convert(eps if rtol is None else rtol, real, name="rtol")
    atol = convert(eps if atol is None else atol, real, name="atol")
    off, allowed = absolute(x - y), atol + rtol * absolute(y)
    holds = ops["All"](ops["Less"](off, allowed), _every_axis(off, allowed))
    if data is None:
        said = [f"{t} (shape={v.shape} dtype={v.dtype.name}) = " if graph is None else f"{t} ({v.name}) = "
                for t, v in (("x", x), ("y", y))]
        tolerances = [known(t) if known(t) is not None else t for t in (rtol, atol)]
        words = f"x and y not equal to tolerance rtol = {tolerances[0]}, atol = {tolerances[1]}"
        data = [words, said[0], x, said[1], y]
    data = [*prefix(message), *data]
    return assert_(holds, data, summarize) if graph is None else assert_once_known(graph, holds, data, summarize)
