"""Products of matrices and Fourier transforms."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from hornbeam.backend.numpy_primitives.convert import cast
from hornbeam.backend.numpy_primitives.table import FLOAT32, SAME, Equation, is_half, primitive


@primitive("dot_general")
def dot_general(eq: Equation):
    (contracted, batched) = eq.params["dimension_numbers"]
    contracted = tuple(tuple(int(d) for d in dims) for dims in contracted)
    batched = tuple(tuple(int(d) for d in dims) for dims in batched)
    ranks = len(eq.ins[0].shape), len(eq.ins[1].shape)
    if not batched[0] and len(contracted[0]) == 1 and max(ranks) <= 2:
        product = _matrix_product(contracted[0][0] == 0 and ranks[0] == 2, contracted[1][0] == 1)
    else:
        product = _general_product(eq, contracted, batched)
    return in_product_dtype(eq, product)


def _matrix_product(turn_left: bool, turn_right: bool) -> Callable:
    """The product of two operands of at most two dimensions."""
    if turn_left:
        return (lambda x, y: x.T.dot(y.T)) if turn_right else (lambda x, y: x.T.dot(y))
    return (lambda x, y: x.dot(y.T)) if turn_right else (lambda x, y: x.dot(y))


def _general_product(eq: Equation, contracted: tuple, batched: tuple) -> Callable:
    left, right = eq.ins[0].shape, eq.ins[1].shape
    batch, inner = [left[d] for d in batched[0]], prod(left[d] for d in contracted[0])
    free = [
        [d for d in range(len(shape)) if d not in c and d not in b]
        for shape, c, b in zip((left, right), contracted, batched, strict=True)
    ]
    rows, columns = prod(left[d] for d in free[0]), prod(right[d] for d in free[1])
    arrange_left = _arrange(left, [*batched[0], *free[0], *contracted[0]], (*batch, rows, inner))
    arrange_right = _arrange(right, [*batched[1], *contracted[1], *free[1]], (*batch, inner, columns))
    shape = eq.outs[0].shape
    return lambda x, y: np.matmul(arrange_left(x), arrange_right(y)).reshape(shape)


def _arrange(source: tuple[int, ...], order: list[int], shape: tuple[int, ...]) -> Callable:
    if order != sorted(order):
        return lambda x: x.transpose(order).reshape(shape)
    return (lambda x: x) if source == shape else (lambda x: x.reshape(shape))


def product_dtype(eq: Equation) -> np.dtype:
    """The dtype that products are summed in: float32 for half precision."""
    target = eq.outs[0].dtype
    return FLOAT32 if is_half(target) else target


def in_product_dtype(eq: Equation, product: Callable) -> Callable:
    """`product` of operands in `product_dtype`, with operands and result converted."""
    target, inside = eq.outs[0].dtype, product_dtype(eq)
    before: list[Any] = [cast(operand.dtype, inside) for operand in eq.ins]
    if before[0] is SAME and before[1] is SAME:
        return product
    left, right = ((lambda x: x) if f is SAME else f for f in before)
    if inside == target:
        return lambda x, y: product(left(x), right(y))
    return lambda x, y: product(left(x), right(y)).astype(target)


@primitive("fft", weight=16)
def fft(eq: Equation):
    kind = eq.params["fft_type"]
    lengths = tuple(int(n) for n in eq.params["fft_lengths"])
    transform = {"FFT": np.fft.fftn, "IFFT": np.fft.ifftn, "RFFT": np.fft.rfftn, "IRFFT": np.fft.irfftn}.get(
        getattr(kind, "name", str(kind)).upper()
    )
    if transform is None or 0 in eq.ins[0].shape:
        return None
    axes, dtype = tuple(range(-len(lengths), 0)), eq.outs[0].dtype
    return lambda x: transform(x, lengths, axes).astype(dtype, copy=False)
