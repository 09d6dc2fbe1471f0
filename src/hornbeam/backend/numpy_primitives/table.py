"""The table of lax primitives that NumPy can evaluate: one row each.

A family module registers its rows with `@primitive(...)`.  A row's rule runs once, while a program is built,
and returns the function that runs at every call; all that follows from shapes and parameters is computed
there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import ml_dtypes
import numpy as np

BFLOAT16: Final = np.dtype(ml_dtypes.bfloat16)
FLOAT16: Final = np.dtype(np.float16)
FLOAT32: Final = np.dtype(np.float32)
SUPPORTED: Final = frozenset(np.dtype(t) for t in "?bhilqBHILQefdFD") | {BFLOAT16}

SAME: Final[Any] = object()
"""A rule's answer when the results are the operands, one for one."""


class Spec(NamedTuple):
    """Shape and dtype of one value."""

    shape: tuple[int, ...]
    dtype: np.dtype


class Equation(NamedTuple):
    """One equation of a jaxpr, as its rule sees it."""

    name: str
    params: dict[str, Any]
    ins: tuple[Spec, ...]
    outs: tuple[Spec, ...]
    constants: tuple[np.ndarray | None, ...]
    """The operands whose values are known while building, else None."""
    partitionable: bool
    """Which of JAX's two ways to number random bits the equation was traced with."""
    subprogram: Callable[[Any], Callable[..., tuple]]
    """Builds the program of a jaxpr among the parameters."""


Rule = Callable[[Equation], Any]


@dataclass(frozen=True, slots=True)
class Row:
    """How to evaluate a primitive.

    rule: from an equation to a function of its operands, `SAME`, or None: "compile this one".  A function
        with one result returns it, else a sequence.
    elementwise: operands may come with size 1 where the equation's shape says more, if they broadcast.
    views: results may share memory with operands.
    weight: scalar operations for each element, for the estimate of work.
    """

    rule: Rule
    elementwise: bool
    views: bool
    weight: int


_rows: dict[str, Row] = {}


def primitive(*names: str, elementwise: bool = False, views: bool = False, weight: int = 1) -> Callable[[Rule], Rule]:
    """Register the decorated rule for the lax primitives of these names."""

    def register(rule: Rule) -> Rule:
        for name in names:
            if name in _rows:
                first, second = _rows[name].rule.__module__, rule.__module__
                raise ValueError(f"primitive {name!r} has two rows, in {first} and {second}")
            _rows[name] = Row(rule, elementwise, views, weight)
        return rule

    return register


def ufuncs(weight: int = 1, **functions: np.ufunc) -> None:
    """Register primitives that are NumPy ufuncs for every dtype."""
    for name, function in functions.items():
        primitive(name.rstrip("_"), elementwise=True, weight=weight)(lambda eq, function=function: function)


def lookup(name: str) -> Row | None:
    """The row of the primitive called `name`, or None."""
    return _rows.get(name)


def is_half(dtype: np.dtype) -> bool:
    """Whether sums and products of this dtype are taken in float32."""
    return dtype in (FLOAT16, BFLOAT16)


def is_float(dtype: np.dtype) -> bool:
    """Whether the dtype is a real floating one."""
    return dtype.kind == "f" or dtype == BFLOAT16


def is_integer(dtype: np.dtype) -> bool:
    """Whether the dtype is a signed or unsigned integer (bool is not)."""
    return dtype.kind in "iu"


def scalar(value: Any, dtype: np.dtype) -> np.ndarray:
    """A constant as the 0-d array that ufuncs take fastest."""
    return np.array(value, dtype)


def key_dtype(size: int) -> np.dtype:
    """The dtype that holds a typed random key of `size` bytes as one element.

    Moving keys about then is like moving numbers.
    """
    return np.dtype(np.uint64) if size == 8 else np.dtype(f"V{size}")


KEY_NAMES: Final = {"key<fry>": "threefry2x32", "key<rbg>": "rbg", "key<urbg>": "unsafe_rbg"}
"""From the names of JAX's key dtypes to those of their generators."""


def spec(aval: Any) -> Spec:
    """The spec of a jaxpr's abstract value."""
    dtype = aval.dtype
    return Spec(aval.shape, dtype if isinstance(dtype, np.dtype) else key_dtype(dtype.itemsize))


def specs(atoms: Sequence[Any]) -> tuple[Spec, ...]:
    """The specs of a jaxpr's variables or literals."""
    return tuple(spec(atom.aval) for atom in atoms)
