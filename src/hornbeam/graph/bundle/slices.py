"""Parts of variables: how a checkpoint names them, and which elements two parts share.

A part is one (start, length) a dimension, None for a whole dimension. In text it stands behind the shape of the whole,
`"5 2 0,3:-"`: rows 0 to 2 of a [5, 2] variable. In a checkpoint's index a part has a key of its own, whose bytes are
ordered as the names and places are.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

Extent = tuple[int, int] | None
Part = tuple[Extent, ...]


def parsed(text: str) -> tuple[tuple[int, ...], Part]:
    """The shape and the part that a text names. Raises ValueError for others.

    >>> parsed("5 2 0,3:-")
    ((5, 2), ((0, 3), None))
    """
    *dims, extents = text.split(" ")
    try:
        shape = tuple(int(d) for d in dims)
        part = tuple(_extent(e) for e in extents.split(":")) if extents or shape else ()
    except ValueError:
        raise ValueError(f"Need shape and slice in {text!r}: the sizes, then start,length or - for each dimension"
                         ) from None
    if len(part) != len(shape):
        raise ValueError(f"Error in {text!r}: the slice has {len(part)} dimensions, the shape {len(shape)}")
    for size, extent in zip(shape, part, strict=True):
        if extent is not None and not 0 <= extent[0] <= extent[0] + extent[1] <= size:
            raise ValueError(f"Error in {text!r}: {extent[0]},{extent[1]} is not within a dimension of {size}")
    return shape, part


def _extent(text: str) -> Extent:
    if text == "-":
        return None
    start, length = text.split(",")
    return int(start), int(length)


def formatted(shape: Sequence[int], part: Part) -> str:
    """The text that `parsed` reads."""
    extents = ":".join("-" if e is None else f"{e[0]},{e[1]}" for e in part)
    return " ".join([*map(str, shape), extents])


def is_whole(shape: Sequence[int], part: Part) -> bool:
    """Whether a part is all of a variable."""
    return all(e is None or e == (0, size) for size, e in zip(shape, part, strict=True))


def bounds(shape: Sequence[int], part: Part) -> list[tuple[int, int]]:
    """Where a part begins and ends in each dimension."""
    return [(0, size) if e is None else (e[0], e[0] + e[1]) for size, e in zip(shape, part, strict=True)]


def shared(one: Sequence[tuple[int, int]], other: Sequence[tuple[int, int]]) -> list[tuple[int, int]] | None:
    """The bounds of the elements in both of two parts; None where there are none."""
    found = [(max(a, c), min(b, d)) for (a, b), (c, d) in zip(one, other, strict=True)]
    return None if any(a >= b for a, b in found) else found


def within(inner: Sequence[tuple[int, int]], outer: Sequence[tuple[int, int]]) -> tuple[slice, ...]:
    """The index of `inner` in an array that holds `outer`."""
    return tuple(slice(a - c, b - c) for (a, b), (c, _) in zip(inner, outer, strict=True))


def from_proto(message: Any) -> Part:
    """The part that a `TensorSliceProto` names."""
    return tuple((e.start, e.length) if e.HasField("length") else None for e in message.extent)


def to_proto(part: Part, message: Any) -> None:
    """Write a part into a `TensorSliceProto`."""
    message.SetInParent()
    for extent in part:
        added = message.extent.add()
        if extent is not None:
            added.start, added.length = extent


# Keys ------------------------------------------------------------------------------------------------


def key(name: str, part: Part) -> bytes:
    """The key of a part in the index: a zero, the name, the number of dimensions, then start and length of each."""
    escaped = name.encode().replace(b"\0", b"\0\xff")  # UTF-8 has no byte 255, which would be escaped too
    out = b"\0" + escaped + b"\0\1" + _unsigned(len(part))
    for start, length in (e or (0, -1) for e in part):
        out += _signed(start) + _signed(length)
    return out


def _unsigned(number: int) -> bytes:
    digits = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return bytes([len(digits)]) + digits


def _signed(number: int) -> bytes:
    """Bytes that are ordered as the numbers are: leading ones say how many bytes there are, as in UTF-8."""
    length = (number ^ -1 if number < 0 else number).bit_length() // 7 + 1
    if length == 1:
        return bytes([(0x80 ^ number) & 0xFF])
    word = bytearray(struct.pack(">q", number))
    word = bytearray([0xFF if number < 0 else 0] * 2) + word
    word = word[10 - length:]
    head = (0xFFFF << (16 - length)) & 0xFFFF
    word[0] ^= head >> 8
    word[1] ^= head & 0xFF
    return bytes(word)
