"""Values as TensorFlow writes them: in the messages of checks (`summarized`), and by `tf.print` (`printed`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def number(value: Any, bits: int = 32) -> str:
    """One number: the fewest digits that tell it apart, out of two lengths."""
    value = float(value)
    if value != value:
        return "nan"
    if value in (float("inf"), float("-inf")):
        return "inf" if value > 0 else "-inf"
    short, full = (15, 17) if bits == 64 else (6, 9)
    text = f"{value:.{short}g}"
    same = float(text) == value if bits == 64 else np.float32(text) == np.float32(value)
    return text if same else f"{value:.{full}g}"


def element(value: Any, dtype: np.dtype) -> str:
    """One element of an array of the given dtype."""
    if dtype.kind == "O":
        return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    if dtype.kind == "b" or dtype.kind in "iu":
        return str(int(value))
    if dtype.kind == "c":
        bits = dtype.itemsize * 4
        return f"({number(value.real, bits)},{number(value.imag, bits)})"
    return number(value, 64 if dtype == np.float64 else 32)


def summarized(values: Sequence[str], dims: Sequence[int], limit: int) -> str:
    """The first `limit` elements (all where it is negative) of an array of shape `dims`, in brackets.

    >>> summarized(["1", "2", "3"], (2, 2), 3)
    '[[1 2][3...]...]'
    """
    total = int(np.prod(dims)) if len(dims) else 1
    limit = total if limit < 0 else limit
    out: list[str] = []

    def walk(axis: int, at: int) -> int:
        if at >= limit:
            return at
        if axis == len(dims) - 1:
            for i in range(dims[axis]):
                if at >= limit:
                    out.append("..." * (axis > 0))
                    return at
                out.append(" " * (i > 0) + values[at])
                at += 1
            return at
        for _ in range(dims[axis]):
            opened = at < limit
            out.append("[" * opened)
            at = walk(axis + 1, at)
            out.append("]" * opened)
        return at

    if len(dims) == 0:
        out.append(values[0])
    else:
        walk(0, 0)
    return f"[{''.join(out)}{'...' * (total > limit)}]"


def summary(array: np.ndarray, limit: int) -> str:
    """`summarized` of an array."""
    flat = array.reshape(-1)[:limit if limit >= 0 else None]
    return summarized([element(v, array.dtype) for v in flat], array.shape, limit)


def printed(array: np.ndarray, limit: int, quoted: bool = True) -> str:
    """An array as `tf.print` writes it: the first and last `limit` elements along each dimension, -1 for all."""
    def text(part: np.ndarray, depth: int) -> str:
        if part.ndim == 0:
            value = part[()]
            if array.dtype == object:
                word = element(value, array.dtype)
                return f'"{word}"' if quoted else word
            return element(value, array.dtype)
        separator = " " if part.ndim == 1 else "\n" * (part.ndim - 1) + " " * (depth + 1)
        count = part.shape[0]
        if limit < 0 or count <= 2 * limit:
            items = [text(part[i, ...], depth + 1) for i in range(count)]
        else:
            items = [text(part[i, ...], depth + 1) for i in range(limit)] + ["..."]
            items += [text(part[i, ...], depth + 1) for i in range(count - limit, count)]
        return f"[{separator.join(items)}]"

    return text(np.asarray(array), 0)
