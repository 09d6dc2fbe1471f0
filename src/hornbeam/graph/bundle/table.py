"""Sorted tables of byte strings in a file: the format of LevelDB, in which checkpoints keep their index.

A table is a row of blocks and a footer. A block holds entries, each with the part of its key that differs from the key
before; every sixteenth key is whole, and the places of whole keys end the block. Each block is followed by a byte for
its compression and a masked CRC-32C. The last blocks but one list where the data blocks lie; the footer says where.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO, final

from hornbeam.backend.checksum import masked_crc32c
from hornbeam.graph import errors

MAGIC = 0xDB4775248B80FB57
_FOOTER = 48
_TRAILER = 5
_BLOCK_SIZE = 256 << 10
_RESTART_INTERVAL = 16


def varint(number: int) -> bytes:
    """`number` in groups of seven bits, the lowest first.

    >>> varint(300)
    b'\\xac\\x02'
    """
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def read_varint(data: bytes | memoryview, at: int) -> tuple[int, int]:
    """The number at a place, and the place after it. Raises ValueError where there is none.

    >>> read_varint(b"\\xac\\x02", 0)
    (300, 2)
    """
    number = shift = 0
    for place in range(at, min(at + 10, len(data))):
        byte = data[place]
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, place + 1
        shift += 7
    raise ValueError("a number does not end")


# Writing ----------------------------------------------------------------------------------------------


@final
class _Block:
    """A block in the making."""

    def __init__(self, interval: int) -> None:
        self._interval = interval
        self.data = bytearray()
        self._restarts = [0]
        self._count = 0
        self.last = b""

    def add(self, key: bytes, value: bytes) -> None:
        shared = 0
        if self._count < self._interval:
            shared = _shared(self.last, key)
        else:
            self._restarts.append(len(self.data))
            self._count = 0
        self.data += varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        self.last = key
        self._count += 1

    def finish(self) -> bytes:
        words = [*self._restarts, len(self._restarts)]
        return bytes(self.data) + struct.pack(f"<{len(words)}I", *words)


def _shared(a: bytes, b: bytes) -> int:
    most = min(len(a), len(b))
    for i in range(most):
        if a[i] != b[i]:
            return i
    return most


@final
class TableWriter:
    """Writes a table to an open file. Keys come in ascending order; `finish` ends it, without closing the file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._at = 0
        self._block = _Block(_RESTART_INTERVAL)
        self._index = _Block(1)
        self._pending: tuple[bytes, bytes] | None = None  # the last key of the block before, and where that lies
        self._last: bytes | None = None

    def add(self, key: bytes, value: bytes) -> None:
        """One entry. Raises ValueError where the key is not above the one before."""
        if self._last is not None and key <= self._last:
            raise ValueError(f"the keys of a table ascend: {key!r} comes after {self._last!r}")
        if self._pending is not None:
            self._index.add(_between(self._pending[0], key), self._pending[1])
            self._pending = None
        self._block.add(key, value)
        self._last = key
        if len(self._block.data) + 8 >= _BLOCK_SIZE:
            self._flush()

    def finish(self) -> None:
        """The last block, the index and the footer."""
        self._flush()
        meta = self._write(_Block(_RESTART_INTERVAL).finish())
        if self._pending is not None:
            self._index.add(_above(self._pending[0]), self._pending[1])
        footer = meta + self._write(self._index.finish())
        self._file.write(footer.ljust(_FOOTER - 8, b"\0") + struct.pack("<Q", MAGIC))

    def _flush(self) -> None:
        if self._block.data:
            self._pending = self._block.last, self._write(self._block.finish())
            self._block = _Block(_RESTART_INTERVAL)

    def _write(self, contents: bytes) -> bytes:
        """Write a block; where it lies."""
        handle = varint(self._at) + varint(len(contents))
        contents += b"\0"  # not compressed
        self._file.write(contents + struct.pack("<I", masked_crc32c(contents)))
        self._at += len(contents) + 4
        return handle


def _between(low: bytes, high: bytes) -> bytes:
    """A short key from `low` on and below `high`."""
    at = _shared(low, high)
    if at < min(len(low), len(high)) and low[at] < 0xFF and low[at] + 1 < high[at]:
        return low[:at] + bytes([low[at] + 1])
    return low


def _above(key: bytes) -> bytes:
    """A short key that is not below `key`."""
    for i, byte in enumerate(key):
        if byte != 0xFF:
            return key[:i] + bytes([byte + 1])
    return key


# Reading ----------------------------------------------------------------------------------------------


def read_table(path: str, data: bytes | None = None) -> Iterator[tuple[bytes, bytes]]:
    """The entries of the table in a file, in order of their keys; `data` are its contents where they are known.

    Raises DataLossError where it is not a table, or one that was cut or changed, NotFoundError where there is none.
    """
    if data is None:
        try:
            with open(path, "rb") as file:
                data = file.read()
        except OSError as error:
            raise errors.NotFoundError(None, None, f"{path}; {error.strerror}") from None
    try:
        last = None
        for _, handle in _entries(_block(path, data, *_footer(path, data))):
            offset, at = read_varint(handle, 0)
            size, _ = read_varint(handle, at)
            for key, value in _entries(_block(path, data, offset, size)):
                if last is not None and key <= last:
                    raise ValueError("its keys are not in order")
                last = key
                yield key, value
    except (ValueError, IndexError, struct.error) as error:
        raise lost(path, f"the table is damaged: {error}") from None


def lost(path: str, what: str) -> errors.DataLossError:
    """The error for a file that was cut or changed."""
    return errors.DataLossError(None, None, f"{path}: {what}")


def _footer(path: str, data: bytes) -> tuple[int, int]:
    """Where the index lies. The block of filters, which is empty in checkpoints, is checked too."""
    if len(data) < _FOOTER:
        raise lost(path, "file is too short to be an sstable")
    if struct.unpack_from("<Q", data, len(data) - 8)[0] != MAGIC:
        raise lost(path, "not an sstable (bad magic number)")
    footer = data[len(data) - _FOOTER:-8]
    numbers, at = [], 0
    for _ in range(4):
        number, at = read_varint(footer, at)
        numbers.append(number)
    if any(footer[at:]):
        raise lost(path, "the footer is damaged")
    _block(path, data, numbers[0], numbers[1])
    return numbers[2], numbers[3]


def _block(path: str, data: bytes, offset: int, size: int) -> bytes:
    """The contents of a block, checked. Raises DataLossError."""
    end = offset + size + _TRAILER
    if end > len(data):
        raise lost(path, "truncated block read")
    kind = data[offset + size]
    (stored,) = struct.unpack_from("<I", data, offset + size + 1)
    if stored != masked_crc32c(data[offset:offset + size + 1]):
        raise lost(path, "block checksum mismatch")
    if kind:
        raise lost(path, f"a block is compressed (kind {kind}), which checkpoints of TensorFlow are not")
    return data[offset:offset + size]


def _entries(block: bytes) -> Iterator[tuple[bytes, bytes]]:
    (count,) = struct.unpack_from("<I", block, len(block) - 4)
    end = len(block) - 4 * (count + 1)
    if count < 1 or end < 0:
        raise ValueError("the number of whole keys does not fit")
    key, at = b"", 0
    while at < end:
        shared, at = read_varint(block, at)
        own, at = read_varint(block, at)
        length, at = read_varint(block, at)
        if shared > len(key) or at + own + length > end:
            raise ValueError("an entry reaches past its block")
        key = key[:shared] + block[at:at + own]
        at += own
        yield key, block[at:at + length]
        at += length
