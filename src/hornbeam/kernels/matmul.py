"""Products of matrices through oneDNN."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple, final

import numpy as np

from hornbeam.backend.lazy import jnp
from hornbeam.kernels.fusion import After, rectified
from hornbeam.kernels.selection import Kernel, call, computes_in, forced, kernel
from hornbeam.ops.matmul import batch_matmul, batch_matmul_v1, batch_matmul_v3, matmul_op

SMALL = 100_000
"""Multiplications up to which XLA's own loops are taken: they fuse with what is around them."""
FEW_COLUMNS, MANY_ROWS = 32, 5_000_000
"""Products with so few columns pay from so many multiplications on."""
SHORT = 10
"""A product with a bias and ReLU pays from so many rows and columns on."""
SMALL_HALVES = 50_000
"""`SMALL` of bfloat16."""


_OPS = (matmul_op, batch_matmul, batch_matmul_v1, batch_matmul_v3)


@final
class _Product(NamedTuple):
    """Sizes of one product, or of a batch of them, and whether the first operand lies turned."""

    batch: tuple[int, ...]
    rows: int
    inner: int
    columns: int
    turned: bool

    @property
    def work(self) -> int:
        """Multiplications."""
        return math.prod(self.batch) * self.rows * self.inner * self.columns

    def pays(self, dtype: np.dtype[Any]) -> bool:
        """Measured: 2 to 6 times XLA for xᵀ·g with few columns, 1.0 to 1.6 with many, 1.3 for many rows of few columns,
        1.0 to 3.0 for batches (64 × 128×64×128).

        XLA's are as fast for other matrices, and faster for vectors. In bfloat16, which XLA computes in float32, ours
        are: 1.7 to 6.5 times as fast for matrices, 1.0 to 4.7 for vectors.
        """
        if dtype != np.float32:
            return self.work > SMALL_HALVES
        if min(self.rows, self.columns) == 1:
            return False
        if math.prod(self.batch) > 1:
            return self.work > SMALL
        return self.work > SMALL if self.turned else self.columns <= FEW_COLUMNS and self.work > MANY_ROWS

    def pays_rectified(self, dtype: np.dtype[Any]) -> bool:
        """Measured, with the bias and ReLU: 1.0 to 1.7 times XLA, 0.9 for 8 rows and less for vectors; in bfloat16
        1.1 to 1.7 times our own product with both after it.
        """
        one = math.prod(self.batch) == 1 and min(self.rows, self.columns) >= SHORT
        return self.pays(dtype) or (one and self.work > SMALL)


def _described(args: Sequence[Any], attrs: dict[str, Any]) -> _Product | None:
    """What the kernel is to compute, or None where it cannot."""
    a, b = args
    if b.dtype != a.dtype or attrs.get("Tout", a.dtype) != a.dtype or not computes_in(a.dtype):
        return None
    turned = _turned(attrs)
    rows, inner = a.shape[:-3:-1] if turned[0] else a.shape[-2:]
    batch = _batch(a.shape[:-2], b.shape[:-2])
    if batch is None:
        return None
    if math.prod(b.shape[:-2]) == 1 and not turned[0]:  # one product of all rows
        batch, rows = (), math.prod(batch) * rows
    found = _Product(batch, rows, inner, b.shape[-2 if turned[1] else -1], turned[0])
    return found if found.work else None


def pays(args: Sequence[Any], attrs: dict[str, Any]) -> bool:
    """Whether `product` can compute this product and is worth it."""
    found = _described(args, attrs)
    return found is not None and (forced() or found.pays(args[0].dtype))


@kernel(*_OPS)
def _(args: Sequence[Any], attrs: dict[str, Any]) -> Kernel | None:
    return product if pays(args, attrs) else None


@rectified(*_OPS)
def _(op_type: str, args: Sequence[Any], attrs: dict[str, Any], after: After) -> Kernel | None:
    found = None if after.bias is None or after[::2] != (None, None) else _described(args, attrs)
    if not found or not (forced() or found.pays_rectified(args[0].dtype)):
        return None
    return lambda features: product(*args, bias=after.bias, **attrs)


def _turned(attrs: dict[str, Any]) -> tuple[bool, bool]:
    return (bool(attrs.get("transpose_a") or attrs.get("adj_x")), bool(attrs.get("transpose_b") or attrs.get("adj_y")))


def _batch(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...] | None:
    """The batch of the result where the batches are equal, or one operand has a single matrix; else None."""
    if math.prod(b) == 1:
        return (1,) * (len(b) - len(a)) + tuple(a)
    if math.prod(a) == 1:
        return (1,) * (len(a) - len(b)) + tuple(b)
    return tuple(a) if tuple(a) == tuple(b) else None


def product(a: Any, b: Any, *, bias: Any = None, **attrs: Any) -> Any:
    """The product that the ops of this file compute, with their attributes; arrays of one dtype, compiled.

    bias: with as many numbers as the product has columns: it is added, and the sum rectified.
    """
    a, b = jnp.asarray(a), jnp.asarray(b)
    turn_a, turn_b = _turned(attrs)
    batch = _batch(a.shape[:-2], b.shape[:-2])
    assert batch is not None
    rows, columns = a.shape[-1 if turn_a else -2], b.shape[-2 if turn_b else -1]
    if math.prod(b.shape[:-2]) == 1 and not turn_a:  # one product of all rows
        a = a.reshape((-1, a.shape[-1]))
    more = () if bias is None else (jnp.reshape(bias, (-1,)),)
    found = call("hornbeam_matmul_relu" if more else "hornbeam_matmul", (math.prod(batch), rows, columns), a.dtype,
                 a, b, *more, transpose_a=turn_a, transpose_b=turn_b)
    return found.reshape((*batch, rows, columns))
