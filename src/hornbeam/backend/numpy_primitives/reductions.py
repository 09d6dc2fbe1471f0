"""Reductions along axes, running totals, and where the extreme element is.

Half-precision sums and products are accumulated in float32.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from hornbeam.backend.numpy_primitives.table import (
    BFLOAT16,
    FLOAT32,
    SAME,
    Equation,
    is_float,
    is_half,
    primitive,
)


def accumulating(eq: Equation, function: Callable) -> Callable:
    """`function(x, dtype=…)` in the dtype that sums are taken in, as the equation's dtype."""
    dtype = eq.outs[0].dtype
    if not is_half(dtype):
        return partial(function, dtype=dtype)
    return lambda x: function(x.astype(FLOAT32), dtype=FLOAT32).astype(dtype)


def _reduction(ufunc: np.ufunc):
    def rule(eq: Equation):
        axes = tuple(eq.params["axes"])
        if not axes:
            return SAME
        return accumulating(eq, partial(ufunc.reduce, axis=axes))

    return rule


primitive("reduce_sum")(_reduction(np.add))
primitive("reduce_prod")(_reduction(np.multiply))
primitive("reduce_and")(_reduction(np.bitwise_and))
primitive("reduce_or")(_reduction(np.bitwise_or))
primitive("reduce_xor")(_reduction(np.bitwise_xor))


def _extreme(ufunc: np.ufunc, largest: bool):
    def rule(eq: Equation):
        axes, dtype = tuple(eq.params["axes"]), eq.ins[0].dtype
        if not axes:
            return SAME
        if dtype.kind == "c":
            return None
        if 0 not in eq.ins[0].shape:
            reduce = ufunc.reduce
            return lambda x: reduce(x, axes)
        return partial(ufunc.reduce, axis=axes, initial=limit(dtype, not largest))

    return rule


def limit(dtype: np.dtype, largest: bool):
    """The largest or the smallest value of a dtype."""
    if dtype.kind == "b":
        return np.bool_(largest)
    if is_float(dtype):
        return dtype.type(np.inf if largest else -np.inf)
    limits = np.iinfo(dtype)
    return dtype.type(limits.max if largest else limits.min)


primitive("reduce_max")(_extreme(np.maximum, True))
primitive("reduce_min")(_extreme(np.minimum, False))


def _where_extreme(method: str):
    def rule(eq: Equation):
        (axis,) = eq.params["axes"]
        source, dtype = eq.ins[0].dtype, eq.outs[0].dtype
        if source.kind == "c":
            return None
        if source == BFLOAT16:
            return lambda x: getattr(x.astype(FLOAT32), method)(axis).astype(dtype)
        return lambda x: getattr(x, method)(axis).astype(dtype)

    return rule


primitive("argmax", weight=2)(_where_extreme("argmax"))
primitive("argmin", weight=2)(_where_extreme("argmin"))


def _running(ufunc: np.ufunc):
    def rule(eq: Equation):
        axis, rank = eq.params["axis"], len(eq.ins[0].shape)
        if eq.ins[0].dtype.kind == "c" and ufunc not in (np.add, np.multiply):
            return None
        forward = accumulating(eq, partial(ufunc.accumulate, axis=axis))
        if not eq.params["reverse"]:
            return forward
        turned = tuple(slice(None, None, -1) if d == axis else slice(None) for d in range(rank))
        return lambda x: forward(x[turned])[turned]

    return rule


primitive("cumsum")(_running(np.add))
primitive("cumprod")(_running(np.multiply))
primitive("cummax")(_running(np.maximum))
primitive("cummin")(_running(np.minimum))
primitive("cumlogsumexp", weight=16)(_running(np.logaddexp))
