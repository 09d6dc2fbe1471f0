"""Records as TFRecord and event files hold them, one after the other.

A record is its length (8 bytes, little-endian), the masked checksum of these 8 bytes, the data, and the masked checksum
of the data. Files cut off within a record tell so: every record before is whole.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from hornbeam.backend.checksum import masked_crc32c

_LENGTH = struct.Struct("<Q")
_CHECKSUM = struct.Struct("<I")
_HEADER = struct.Struct("<QI")
_PIECE = 1 << 24


class DamagedRecord(ValueError):
    """A record that is cut off or whose checksum is wrong; `position` is where in the file it begins."""

    def __init__(self, what: str, position: int) -> None:
        super().__init__(f"{what} record at {position}")
        self.position = position
        self.truncated = what == "truncated"


def framed(data: bytes | bytearray | memoryview) -> bytes:
    """`data` as one record.

    >>> len(framed(b"four"))
    20
    """
    length = _LENGTH.pack(memoryview(data).nbytes)
    return b"".join((length, _CHECKSUM.pack(masked_crc32c(length)), data, _CHECKSUM.pack(masked_crc32c(data))))


def read_records(file: BinaryIO, position: int = 0) -> Iterator[bytes]:
    """The data of the records of an open file, from where it stands; `position` counts on from there.

    Raises DamagedRecord where a record is cut off or changed.

    >>> import io
    >>> list(read_records(io.BytesIO(framed(b"one") + framed(b"two"))))
    [b'one', b'two']
    """
    while (data := read_record(file, position)) is not None:
        yield data
        position += len(data) + 16


def read_record(file: BinaryIO, position: int = 0) -> bytes | None:
    """The data of the record that an open file stands at; None at its end. Raises DamagedRecord."""
    header = _read(file, _HEADER.size)
    if len(header) < _HEADER.size:
        if not header:
            return None
        raise DamagedRecord("truncated", position)
    length, checksum = _HEADER.unpack(header)
    if masked_crc32c(header[:8]) != checksum:
        raise DamagedRecord("corrupted", position)
    data = _read(file, length)
    foot = file.read(_CHECKSUM.size) if len(data) == length else b""
    if len(foot) < _CHECKSUM.size:
        raise DamagedRecord("truncated", position)
    if masked_crc32c(data) != _CHECKSUM.unpack(foot)[0]:
        raise DamagedRecord("corrupted", position)
    return data


def _read(file: BinaryIO, size: int) -> bytes:
    """Up to `size` bytes, piece by piece: a damaged length takes no memory that the file does not fill."""
    if size <= _PIECE:
        return file.read(size)
    parts = []
    while size > 0 and (part := file.read(min(size, _PIECE))):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
