"""Arrays as the bytes of a checkpoint's data files, and back.

Numbers lie in memory's order. Strings are their lengths, a checksum of those, and their bytes one after another.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from math import prod
from typing import Any

import numpy as np

from hornbeam.backend.aligned import room
from hornbeam.backend.checksum import crc32c, mask
from hornbeam.graph import dtypes
from hornbeam.graph.bundle.table import read_varint, varint
from hornbeam.graph.dtypes import DType

_MOST_AT_ONCE = 4 << 20  # bytes of strings that are gathered before they are written


def plain(array: Any) -> np.ndarray:
    """A contiguous array, which is `array` itself if it is one."""
    found = np.asarray(array)
    return found if found.flags.c_contiguous else np.ascontiguousarray(found).reshape(found.shape)


def as_bytes(array: np.ndarray) -> np.ndarray:
    """The memory of a contiguous array of numbers as bytes, not copied."""
    return array.reshape(-1).view(np.uint8)


def pieces(array: np.ndarray) -> Iterator[Any]:
    """What is written for strings, piece by piece, then the checksum."""
    lengths, crc = bytearray(), 0
    flat = [_encoded(v) for v in array.reshape(-1)]
    for value in flat:
        lengths += varint(len(value))
        crc = crc32c(struct.pack("<I" if len(value) < 1 << 32 else "<Q", len(value)), crc)
    check = struct.pack("<I", mask(crc))
    crc = crc32c(check, crc)
    gathered = lengths + check
    for value in flat:
        crc = crc32c(value, crc)
        gathered += value
        if len(gathered) >= _MOST_AT_ONCE:
            yield gathered
            gathered = bytearray()
    yield gathered
    yield mask(crc)


def _encoded(value: Any) -> bytes:
    return value if isinstance(value, bytes) else value.encode() if isinstance(value, str) else bytes(value)


def numbers(dtype: DType, shape: tuple[int, ...]) -> np.ndarray:
    """Room for an array of numbers, where XLA takes it in place."""
    return room(shape, dtype.np_dtype)


def size_of(dtype: DType, shape: tuple[int, ...]) -> int | None:
    """How many bytes an array of numbers has; None for strings. Raises TypeError for dtypes that files do not hold."""
    if dtype is dtypes.string:
        return None
    if dtype.np_dtype.hasobject:
        raise TypeError(f"values of type {dtype.name} do not stand in checkpoints")
    return prod(shape) * dtype.np_dtype.itemsize


def strings(data: bytes, shape: tuple[int, ...]) -> tuple[np.ndarray, int]:
    """The strings in `data` and their checksum. Raises ValueError where the lengths do not fit."""
    count = prod(shape)
    if count > len(data):
        raise ValueError("there are more strings than bytes")
    lengths, at, crc = [], 0, 0
    for _ in range(count):
        length, at = read_varint(data, at)
        lengths.append(length)
        crc = crc32c(struct.pack("<I" if length < 1 << 32 else "<Q", length), crc)
    check = data[at:at + 4]
    if check != struct.pack("<I", mask(crc)):
        raise ValueError("the checksum of its lengths does not match")
    crc = crc32c(check, crc)
    at += 4
    if at + sum(lengths) != len(data):
        raise ValueError("its lengths do not fill it")
    out = np.empty(count, object)
    for i, length in enumerate(lengths):
        out[i] = data[at:at + length]
        at += length
    return out.reshape(shape), mask(crc32c(data[at - sum(lengths):], crc))
