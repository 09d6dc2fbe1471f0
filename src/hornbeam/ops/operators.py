"""The operators of tensors, bound to ops: `x + y`, `-x`, `x @ y`, `x < y`, …

`bind(*classes)` gives them to a class; `extend(name, function)` adds one more to every class bound so far and later
(`__getitem__` comes from the arrays that way).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hornbeam.graph import dtypes
from hornbeam.graph.call import composite, own_name
from hornbeam.graph.tensor import GraphTensor, Tensor
from hornbeam.ops import arithmetic, compare, division, matmul

Binary = Callable[..., Any]


def _is_bool(*values: Any) -> bool:
    """Whether the values are truth values: the first tensor among them decides."""
    for value in values:
        dtype = getattr(value, "dtype", None)
        if isinstance(dtype, dtypes.DType):
            return dtype.base_dtype is dtypes.bool
    return False


def _and(x: Any, y: Any, name: str) -> Any:
    return (compare.logical_and if _is_bool(x, y) else compare.bitwise_and)(x, y, name=name)


def _or(x: Any, y: Any, name: str) -> Any:
    return (compare.logical_or if _is_bool(x, y) else compare.bitwise_or)(x, y, name=name)


def _xor(x: Any, y: Any, name: str) -> Any:
    return _just_one(x, y, name=name) if _is_bool(x, y) else compare.bitwise_xor(x, y, name=name)


@composite("xor")
def _just_one(x: Any, y: Any, name: str | None = None) -> Any:
    return compare.logical_xor(x, y, name=own_name())


def _matmul(x: Any, y: Any, name: str) -> Any:
    return matmul.matmul(x, y, name=name)


BINARY: dict[str, Binary] = {
    "add": arithmetic.sum_of_two,
    "sub": arithmetic.subtract,
    "mul": arithmetic.multiply,
    "div": division.quotient,
    "truediv": division.quotient,
    "floordiv": division.floor_div,
    "mod": division.floormod,
    "pow": arithmetic.pow_op,
    "matmul": _matmul,
    "and": _and,
    "or": _or,
    "xor": _xor,
}
COMPARISONS: dict[str, Binary] = {"lt": compare.less, "le": compare.less_equal, "gt": compare.greater,
                                  "ge": compare.greater_equal}


def _forward(operator: str, op: Binary) -> Binary:
    reflected = f"__r{operator}__"

    def operate(self: Any, other: Any) -> Any:
        try:
            return op(self, other, name=operator)
        except (TypeError, ValueError):
            # Another library's object may know what to do with a tensor.
            if hasattr(type(other), reflected) and not isinstance(other, (Tensor, int, float, complex)) \
                    and getattr(other, "__array__", None) is None:
                return NotImplemented
            raise

    return operate


def _reflected(operator: str, op: Binary) -> Binary:
    def operate(self: Any, other: Any) -> Any:
        return op(other, self, name=operator)

    return operate


def _compared(op: Binary) -> Binary:
    def operate(self: Any, other: Any) -> Any:
        return op(self, other)

    return operate


def _by_identity(tensor: Any) -> bool:
    """Whether `==` asks for the same object: symbolic tensors of TensorFlow 1's graphs."""
    graph = tensor.op.graph if type(tensor) is GraphTensor else getattr(tensor, "graph", None)
    return graph is not None and graph.v1


def _equal(self: Any, other: Any) -> Any:
    if _by_identity(self):
        return self is other
    if other is None:
        return False
    return compare.equal_op(self, other, incompatible_shape_error=False)


def _not_equal(self: Any, other: Any) -> Any:
    if _by_identity(self):
        return self is not other
    if other is None:
        return True
    return compare.not_equal_op(self, other, incompatible_shape_error=False)


def _invert(self: Any) -> Any:
    return (compare.logical_not if _is_bool(self) else compare.invert)(self)


_bound: list[type] = []
_more: dict[str, Callable[..., Any]] = {}


def bind(*classes: type) -> None:
    """Give classes the operators of tensors."""
    for cls in classes:
        for operator, op in BINARY.items():
            setattr(cls, f"__{operator}__", _forward(operator, op))
            setattr(cls, f"__r{operator}__", _reflected(operator, op))
        for operator, op in COMPARISONS.items():
            setattr(cls, f"__{operator}__", _compared(op))
        unary = {"__neg__": lambda self: arithmetic.negative(self), "__abs__": lambda self: arithmetic.abs(self),
                 "__invert__": _invert, "__eq__": _equal, "__ne__": _not_equal, **_more}
        for name, function in unary.items():
            setattr(cls, name, function)
        _bound.append(cls)


def extend(name: str, function: Callable[..., Any]) -> None:
    """Give every class that has the operators one more: `extend("__getitem__", strided_slice_of)`."""
    _more[name] = function
    for cls in _bound:
        setattr(cls, name, function)


bind(Tensor)
# Classes that act for tensors, as deferred ones do, ask which operators to hand on.
Tensor.OVERLOADABLE_OPERATORS = {  # type: ignore[attr-defined]
    *(f"__{side}{operator}__" for operator in BINARY for side in ("", "r")), *(f"__{o}__" for o in COMPARISONS),
    "__neg__", "__abs__", "__invert__", "__eq__", "__ne__", "__getitem__"}

__all__ = ["bind", "extend"]
