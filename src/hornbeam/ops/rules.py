"""Shape rules that many ops share: the frequent ops need no abstract evaluation (150–280 µs each)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hornbeam.graph import dtypes
from hornbeam.graph.dtypes import DType
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.infer import Input, Output
from hornbeam.graph.shapes import Dims


def text(dims: Dims) -> str:
    """`[2,?]`, as messages write a shape."""
    return "<unknown>" if dims is None else "[" + ",".join("?" if d is None else str(d) for d in dims) + "]"


def as_first(inputs: Sequence[Any], attrs: dict[str, Any]) -> list[Output]:
    """One output, like the first input."""
    return [(inputs[0].dims, inputs[0].dtype)]


def as_first_but(dtype: DType) -> Any:
    """One output of the first input's shape and the given dtype."""
    def rule(inputs: Sequence[Any], attrs: dict[str, Any]) -> list[Output]:
        return [(inputs[0].dims, dtype)]

    return rule


def broadcast(inputs: Sequence[Input], attrs: dict[str, Any]) -> list[Output]:
    """One output: the inputs' shapes broadcast as NumPy does, their dtype."""
    return [(broadcast_dims([i.dims for i in inputs]), inputs[0].dtype)]


def broadcast_bool(inputs: Sequence[Input], attrs: dict[str, Any]) -> list[Output]:
    """One boolean output: the inputs' shapes broadcast."""
    return [(broadcast_dims([i.dims for i in inputs]), dtypes.bool)]


def broadcast_dims(shapes: Sequence[Dims]) -> Dims:
    """The shapes broadcast together. Raises ShapeFault where they do not fit."""
    result: Dims = shapes[0]
    for other in shapes[1:]:
        result = _pair(result, other)
    return result


def _pair(x: Dims, y: Dims) -> Dims:
    if x == y and (x is None or None not in x):
        return x
    if x is None or y is None:
        return None
    rank = max(len(x), len(y))
    out: list[int | None] = []
    for a, b in zip((1,) * (rank - len(x)) + x, (1,) * (rank - len(y)) + y, strict=True):
        if a == b or b == 1:
            out.append(a)
        elif a == 1:
            out.append(b)
        elif a is None or b is None:
            known = a if b is None else b
            out.append(known if known is not None and known > 1 else None)
        else:
            raise ShapeFault(f"Dimensions must be equal, but are {a} and {b}",
                             f"Incompatible shapes: {text(x)} vs. {text(y)}")
    return tuple(out)
