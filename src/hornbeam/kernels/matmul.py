"""Products of matrices through oneDNN."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp
from hornbeam.kernels.selection import Kernel, call, forced, kernel
from hornbeam.ops.matmul import batch_matmul, batch_matmul_v1, batch_matmul_v3, matmul_op

SMALL = 100_000
"""Multiplications up to which XLA's own loops are taken: they fuse with what is around them."""
FEW_COLUMNS, MANY_ROWS = 32, 5_000_000
"""Products with so few columns pay from so many multiplications on."""


@kernel(matmul_op, batch_matmul, batch_matmul_v1, batch_matmul_v3)
def _(args: Sequence[Any], attrs: dict[str, Any]) -> Kernel | None:
    a, b = args
    if a.dtype != np.float32 or b.dtype != np.float32 or attrs.get("Tout", a.dtype) != np.float32:
        return None
    turned = _turned(attrs)
    rows, inner = a.shape[:-3:-1] if turned[0] else a.shape[-2:]
    columns = b.shape[-2] if turned[1] else b.shape[-1]
    batch = _batch(a.shape[:-2], b.shape[:-2])
    if batch is None:
        return None
    work = math.prod(batch) * rows * inner * columns
    return product if work and (forced() or _pays(work, rows, columns, turned[0])) else None


def _pays(work: int, rows: int, columns: int, turned: bool) -> bool:
    """Measured: 2 to 6 times XLA for xᵀ·g with few columns, 1.0 to 1.6 with many, 1.3 for many rows of few columns.

    XLA's are as fast for other matrices, and faster for vectors.
    """
    if min(rows, columns) == 1:
        return False
    return work > SMALL if turned else columns <= FEW_COLUMNS and work > MANY_ROWS


def _turned(attrs: dict[str, Any]) -> tuple[bool, bool]:
    return (bool(attrs.get("transpose_a") or attrs.get("adj_x")), bool(attrs.get("transpose_b") or attrs.get("adj_y")))


def _batch(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...] | None:
    """The batch of the result where the batches are equal, or one operand has a single matrix; else None."""
    if math.prod(b) == 1:
        return (1,) * (len(b) - len(a)) + tuple(a)
    if math.prod(a) == 1:
        return (1,) * (len(a) - len(b)) + tuple(b)
    return tuple(a) if tuple(a) == tuple(b) else None


def product(a: Any, b: Any, **attrs: Any) -> Any:
    """The product that the ops of this file compute, with their attributes; float32 arrays, compiled."""
    a, b = jnp.asarray(a), jnp.asarray(b)
    turn_a, turn_b = _turned(attrs)
    batch = _batch(a.shape[:-2], b.shape[:-2])
    assert batch is not None
    rows, columns = a.shape[-1 if turn_a else -2], b.shape[-2 if turn_b else -1]
    if math.prod(b.shape[:-2]) == 1 and not turn_a:  # one product of all rows
        a = a.reshape((-1, a.shape[-1]))
    found = call("hornbeam_matmul", (math.prod(batch), rows, columns), np.float32, a, b,
                 transpose_a=turn_a, transpose_b=turn_b)
    return found.reshape((*batch, rows, columns))
