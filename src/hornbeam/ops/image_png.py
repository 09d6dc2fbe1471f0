"""PNG files of 8 and 16 bits a channel, to and from arrays: written with zlib alone, 16 bits also read so.

Pillow reads 16-bit colour as 8-bit, so those files are read here. Undoing the filters of a PNG, each pixel needs its
neighbours to the left and above: all pixels of an antidiagonal are done at once.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}
_CHANNELS = {kind: count for count, kind in _COLOUR_TYPES.items()}
_PASSES = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))
"""First row, first column and steps of the seven passes of an interlaced file."""


class Header(NamedTuple):
    """What an IHDR chunk says."""

    width: int
    height: int
    depth: int
    colour_type: int
    interlaced: bool


def header(data: bytes) -> Header:
    """The header of a file. Raises ValueError where there is none."""
    if not data.startswith(SIGNATURE) or len(data) < 33 or data[12:16] != b"IHDR":
        raise ValueError("no PNG header")
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", data[16:29])
    if not width or not height:
        raise ValueError("a PNG without pixels")
    return Header(width, height, depth, kind, bool(interlaced))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at + 8 <= len(data):
        (size,) = struct.unpack(">I", data[at:at + 4])
        body = data[at + 8:at + 8 + size]
        if len(body) < size:
            raise ValueError("a PNG that ends within a chunk")
        yield data[at + 4:at + 8], body
        at += 12 + size


def read_16_bit(data: bytes) -> np.ndarray:
    """The pixels of a file of 16 bits a channel, uint16 [height, width, channels]. Raises ValueError."""
    head = header(data)
    channels = _CHANNELS.get(head.colour_type)
    if head.depth != 16 or channels is None:
        raise ValueError("not a PNG of 16 bits a channel")
    try:
        raw = np.frombuffer(zlib.decompress(b"".join(body for kind, body in _chunks(data) if kind == b"IDAT")),
                            np.uint8)
    except zlib.error as error:
        raise ValueError(f"a damaged PNG: {error}") from None
    found = np.zeros((head.height, head.width, channels * 2), np.uint8)
    at = 0
    for row, column, down, right in _PASSES if head.interlaced else ((0, 0, 1, 1),):
        part = found[row::down, column::right]
        if part.size:
            size = part.shape[0] * (part[0].size + 1)
            if at + size > len(raw):
                raise ValueError("a PNG of too few pixels")
            part[...] = _unfiltered(raw[at:at + size].reshape(part.shape[0], -1), part.shape[2])
            at += size
    return found.view(">u2").astype(np.uint16)


def _unfiltered(lines: np.ndarray, step: int) -> np.ndarray:
    """Filtered lines, each with its filter in front, as pixels [rows, columns, step]."""
    kinds, rows = lines[:, 0].astype(int), len(lines)
    delta = lines[:, 1:].reshape(rows, -1, step).astype(np.int32)
    columns = delta.shape[1]
    found = np.zeros((rows + 1, columns + 1, step), np.int32)  # a border of zeros above and to the left
    for diagonal in range(rows + columns - 1):
        r = np.arange(max(0, diagonal - columns + 1), min(rows, diagonal + 1))
        c = diagonal - r
        left, above, corner = found[r + 1, c], found[r, c + 1], found[r, c]
        guess = _guess(kinds[r][:, None], left, above, corner)
        found[r + 1, c + 1] = (delta[r, c] + guess) & 255
    return found[1:, 1:].astype(np.uint8)


def _guess(kind: np.ndarray, left: np.ndarray, above: np.ndarray, corner: np.ndarray) -> np.ndarray:
    """What a filter expects of a pixel: nothing, left, above, their mean, or Paeth's choice."""
    estimate = left + above - corner
    far = [np.abs(estimate - v) for v in (left, above, corner)]
    paeth = np.where((far[0] <= far[1]) & (far[0] <= far[2]), left, np.where(far[1] <= far[2], above, corner))
    return np.select([kind == 1, kind == 2, kind == 3, kind == 4], [left, above, (left + above) // 2, paeth], 0)


def write(image: np.ndarray, compression: int) -> bytes:
    """An image, uint8 or uint16 [height, width, 1 to 4 channels], as a file. compression: zlib's level, -1 to 9."""
    height, width, channels = image.shape
    wide = image.dtype == np.uint16
    pixels = (image.astype(">u2").view(np.uint8) if wide else image).reshape(height, width, -1).astype(np.int16)
    head = struct.pack(">IIBBBBB", width, height, 16 if wide else 8, _COLOUR_TYPES[channels], 0, 0, 0)
    body = zlib.compress(_filtered(pixels).tobytes(), compression)
    return SIGNATURE + b"".join(_chunk(kind, part) for kind, part in ((b"IHDR", head), (b"IDAT", body), (b"IEND", b"")))


def _filtered(pixels: np.ndarray) -> np.ndarray:
    """Each line by the filter that leaves the smallest differences, its number in front."""
    height = len(pixels)
    border = np.pad(pixels, [(1, 0), (1, 0), (0, 0)])
    left, above, corner = border[1:, :-1], border[:-1, 1:], border[:-1, :-1]
    up, across = above - corner, left - corner
    far = [np.abs(up), np.abs(across), np.abs(up + across)]  # of Paeth's estimate from left, above and corner
    paeth = np.where((far[0] <= far[1]) & (far[0] <= far[2]), left, np.where(far[1] <= far[2], above, corner))
    guesses = (np.int16(0), left, above, (left + above) >> 1, paeth)
    tried = [(pixels - guess).astype(np.uint8).reshape(height, -1) for guess in guesses]
    best = np.stack([np.abs(t.view(np.int8).astype(np.int16)).sum(1, dtype=np.int64) for t in tried]).argmin(0)
    lines = np.choose(best[:, None], tried)
    return np.concatenate([best.astype(np.uint8)[:, None], lines], 1)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
