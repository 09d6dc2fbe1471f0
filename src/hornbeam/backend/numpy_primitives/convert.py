"""Conversions between dtypes with XLA's meaning: floats saturate to integers, and NaN becomes 0."""

from __future__ import annotations

from collections.abc import Callable
from operator import methodcaller
from typing import Any

import numpy as np

from hornbeam.backend.numpy_primitives.table import (
    BFLOAT16,
    FLOAT16,
    FLOAT32,
    SAME,
    Equation,
    is_float,
    is_integer,
    primitive,
    scalar,
)


def cast(source: np.dtype, target: np.dtype) -> Any:
    """The function that converts arrays of dtype `source` to `target`, or `SAME`."""
    if source == target:
        return SAME
    if source.kind == "c" and target.kind not in "cb":
        part = cast(np.dtype(f"f{source.itemsize // 2}"), target)
        return (lambda x: np.array(x.real)) if part is SAME else (lambda x: part(x.real))
    if is_float(source) and is_integer(target):
        return _saturating(source, target)
    return methodcaller("astype", target)


def widen(source: np.dtype, target: np.dtype) -> Callable | None:
    """As `cast`, with None where nothing is to be done."""
    function = cast(source, target)
    return None if function is SAME else function


def _saturating(source: np.dtype, target: np.dtype) -> Callable:
    limits = np.iinfo(target)
    with np.errstate(over="ignore"):
        # Powers of two are exact; where float16 overflows, its infinity is the right bound.
        high = np.array(2.0 ** (limits.bits - (target.kind == "i"))).astype(source)
        low = np.array(float(limits.min)).astype(source)
    most, least, zero = scalar(limits.max, target), scalar(limits.min, target), scalar(0, target)

    def convert(x):
        y = x.astype(target)
        inside = np.logical_and(np.less(x, high), np.greater(x, low))
        if inside.all():
            return y
        beyond = np.where(np.greater_equal(x, high), most, np.where(np.less_equal(x, low), least, zero))
        return np.where(inside, y, beyond)

    return convert


@primitive("convert_element_type", elementwise=True)
def convert_element_type(eq: Equation):
    return cast(eq.ins[0].dtype, eq.outs[0].dtype)


@primitive("bitcast_convert_type", views=True)
def bitcast_convert_type(eq: Equation):
    source, target = eq.ins[0].dtype, eq.outs[0].dtype
    if source == target:
        return SAME
    if source.itemsize == target.itemsize:
        return lambda x: np.asarray(x).view(target)
    if source.itemsize > target.itemsize:
        return lambda x: np.ascontiguousarray(np.asarray(x)[..., None]).view(target)
    return lambda x: np.ascontiguousarray(x).view(target)[..., 0]


@primitive("reduce_precision", elementwise=True)
def reduce_precision(eq: Equation):
    source = eq.ins[0].dtype
    kept = (eq.params["exponent_bits"], eq.params["mantissa_bits"])
    formats = {(8, 7): BFLOAT16, (5, 10): FLOAT16, (8, 23): FLOAT32}
    if source == formats.get(kept):
        return SAME
    if source == FLOAT32 and kept == (8, 7):
        return lambda x: x.astype(BFLOAT16).astype(FLOAT32)
    return None
