"""What type checkers and editors know of tensors and variables beyond their classes; never used while running.

The operators are bound by `ops/operators.py`, as tensors stand below ops; the other members are those of only some
tensors (a symbolic one has a graph, an eager one a value), and a program knows which it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hornbeam.graph.graph import Graph
    from hornbeam.graph.operation import Operation

Unary = Callable[[], Any]
Binary = Callable[[Any], Any]


class Operators:
    """`x + y`, `-x`, `x[1:]`, …"""

    if TYPE_CHECKING:
        __add__: Binary
        __radd__: Binary
        __sub__: Binary
        __rsub__: Binary
        __mul__: Binary
        __rmul__: Binary
        __truediv__: Binary
        __rtruediv__: Binary
        __floordiv__: Binary
        __rfloordiv__: Binary
        __mod__: Binary
        __rmod__: Binary
        __pow__: Binary
        __rpow__: Binary
        __matmul__: Binary
        __rmatmul__: Binary
        __and__: Binary
        __rand__: Binary
        __or__: Binary
        __ror__: Binary
        __xor__: Binary
        __rxor__: Binary
        __lt__: Binary
        __le__: Binary
        __gt__: Binary
        __ge__: Binary
        __neg__: Unary
        __invert__: Unary
        __getitem__: Binary

        def __abs__(self) -> Any: ...

        def __iter__(self) -> Iterator[Any]: ...


class TensorInterface(Operators):
    """A tensor of either kind."""

    if TYPE_CHECKING:
        name: str
        device: str
        op: Operation
        graph: Graph
        eval: Callable[..., Any]
        consumers: Callable[[], list[Operation]]
        numpy: Unary
        set_shape: Callable[[Any], None]
