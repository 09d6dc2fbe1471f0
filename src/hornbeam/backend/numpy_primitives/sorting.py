"""Sorting, and the greatest elements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.backend.numpy_primitives.elementwise import order_key
from hornbeam.backend.numpy_primitives.shapes import along_axis
from hornbeam.backend.numpy_primitives.table import BFLOAT16, FLOAT32, Equation, is_float, primitive


@primitive("sort", weight=2)
def sort(eq: Equation):
    axis, keys = eq.params["dimension"], eq.params["num_keys"]
    comparable = [_comparable(operand.dtype) for operand in eq.ins[:keys]]
    if len(eq.ins) == 1 and eq.ins[0].dtype != BFLOAT16:
        return lambda x: [np.sort(x, axis, "stable")]
    pick = _picker(eq.ins[0].shape, axis)

    def sort_together(*xs):
        columns = [key(x) for key, x in zip(comparable, xs, strict=False)]
        order = columns[0].argsort(axis, "stable") if keys == 1 else np.lexsort(columns[::-1], axis)
        index = pick(order)
        return [x[index] for x in xs]

    return sort_together


def _comparable(dtype: np.dtype) -> Callable:
    return (lambda x: x.astype(FLOAT32)) if dtype == BFLOAT16 else (lambda x: x)


def _picker(shape: tuple[int, ...], axis: int) -> Callable[[np.ndarray], tuple]:
    """A function from positions along `axis` to the index that picks them."""
    index: list[Any] = [along_axis(len(shape), d, size) for d, size in enumerate(shape)]

    def pick(positions: np.ndarray) -> tuple:
        return (*index[:axis], positions, *index[axis + 1 :])

    return pick


@primitive("top_k", weight=16)
def top_k(eq: Equation):
    shape, dtype = eq.ins[0]
    count, axis = eq.params["k"], eq.params.get("axis", len(shape) - 1)
    if dtype.kind == "c":
        return None
    pick = _picker(shape, axis)
    # Not-a-number is the greatest, and 0 is greater than -0; of equal elements the first comes first.
    key = order_key(dtype) if is_float(dtype) else (lambda x: x)
    index_dtype = eq.outs[1].dtype
    turned = tuple(slice(None, None, -1) if d == axis else slice(None) for d in range(len(shape)))
    first = tuple(slice(count) if d == axis else slice(None) for d in range(len(shape)))
    last = shape[axis] - 1

    def greatest(x):
        order = (last - key(x)[turned].argsort(axis, "stable"))[turned][first]
        return x[pick(order)], order.astype(index_dtype)

    return greatest
