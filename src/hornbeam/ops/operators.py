"""The operators of tensors, bound to ops: `x + y`, `-x`, `x @ y`, …"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hornbeam.graph.tensor import Tensor
from hornbeam.ops import math


def _forward(op: Callable[..., Any], name: str) -> Callable[..., Any]:
    def operate(self: Any, other: Any) -> Any:
        try:
            return op(self, other, name=name)
        except NotImplementedError:
            return NotImplemented

    return operate


def _reflected(op: Callable[..., Any], name: str) -> Callable[..., Any]:
    def operate(self: Any, other: Any) -> Any:
        return op(other, self, name=name)

    return operate


BINARY: dict[str, tuple[Callable[..., Any], str]] = {
    "add": (math.add_v2, "add"),
    "sub": (math.subtract, "sub"),
    "mul": (math.multiply, "mul"),
    "truediv": (math.real_div, "truediv"),
    "matmul": (math.matmul, "matmul"),
}


def bind(*classes: type) -> None:
    """Give classes the operators of tensors."""
    for cls in classes:
        for operator, (op, name) in BINARY.items():
            setattr(cls, f"__{operator}__", _forward(op, name))
            setattr(cls, f"__r{operator}__", _reflected(op, name))
        cls.__neg__ = lambda self: math.negative(self)  # type: ignore[attr-defined]


bind(Tensor)
