"""Sums over rows, such as the gradients of biases; in bfloat16 a row of ones times the matrix."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp, lax
from hornbeam.kernels.matmul import SMALL_HALVES, product
from hornbeam.kernels.selection import Kernel, call, computes_in, kernel
from hornbeam.ops.nn import bias_add_grad
from hornbeam.ops.reduce import axes_within, sum_op
from hornbeam.ops.shaping import sum_like

FEWEST_COLUMNS = 8
COLUMNS = range(16, 513)
"""For so many columns a kernel sums float32: 1.0 to 5 times as fast as XLA, slower for others."""
LARGE = 200_000
"""Numbers from which on a sum of float32 over several dimensions pays."""


@kernel(sum_op)
def _(args: Sequence[Any], attrs: dict[str, Any]) -> Kernel | None:
    x, axes = args
    summed = sorted(axes_within(axes, len(x.shape)))
    return _summing(x, len(summed)) if summed == list(range(len(summed))) else None


@kernel(sum_like)
def _(args: Sequence[Any], attrs: dict[str, Any]) -> Kernel | None:
    x, like = args
    left = tuple(like.shape)
    return _summing(x, len(x.shape) - len(left)) if left and tuple(x.shape[-len(left):]) == left else None


@kernel(bias_add_grad)
def _(args: Sequence[Any], attrs: dict[str, Any]) -> Kernel | None:
    return None if attrs["data_format"] == "NCHW" else _summing(args[0], len(args[0].shape) - 1)


def _summing(x: Any, count: int) -> Kernel | None:
    """The kernel that sums over the first `count` dimensions.

    Measured in the step of a transformer, of numbers that another fusion made: XLA's sum of 16 × 128 × 1024 over two
    dimensions takes 4.3 ms, of 2048 × 1024 over one 0.3; in bfloat16, where it widens the matrix first, 2 ms and the
    product 0.2. Sums of halves are float32 in both.
    """
    if not count or not computes_in(x.dtype):
        return None
    columns, numbers = math.prod(x.shape[count:]), math.prod(x.shape)
    if x.dtype == np.float32:
        pays = 1 < count < len(x.shape) and numbers > LARGE
    else:
        pays = columns >= FEWEST_COLUMNS and numbers > SMALL_HALVES
    return (lambda x, *_, keep_dims=False, **__: _summed(x, count, keep_dims)) if pays else None


def _summed(x: Any, count: int, keep_dims: bool) -> Any:
    rows = x.reshape((math.prod(x.shape[:count]), math.prod(x.shape[count:])))
    if x.dtype == np.float32 and rows.shape[1] in COLUMNS:
        found = call("hornbeam_sum_rows", rows.shape[1:], x.dtype, rows)
    elif x.dtype == np.float32:
        found = jnp.sum(lax.optimization_barrier(rows), 0)  # without the barrier XLA takes the reshaping back
    else:
        found = product(jnp.ones((1, len(rows)), x.dtype), rows)
    return found.reshape((*((1,) * count if keep_dims else ()), *x.shape[count:]))
