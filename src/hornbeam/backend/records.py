"""TFRecord files: records of bytes one after another, each with its length and two checksums.

    length (8 bytes, little-endian) · checksum of those 8 · the record · checksum of the record

Event files are made of them too: every record before a damaged one is whole. A file may be compressed as a whole, with
zlib or as gzip does.
"""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple, final

from hornbeam.backend.checksum import masked_crc32c

__all__ = ["COMPRESSIONS", "CorruptRecord", "DamagedRecord", "RecordReader", "RecordWriter", "ZlibOptions", "framed",
           "open_bytes", "read_record", "read_records", "records_of"]

COMPRESSIONS = ("", "ZLIB", "GZIP")
_LENGTH = struct.Struct("<Q")
_CHECKSUM = struct.Struct("<I")
_HEADER = struct.Struct("<QI")
_CHUNK = 1 << 18
_PIECE = 1 << 24
_WINDOW = {"ZLIB": zlib.MAX_WBITS, "GZIP": zlib.MAX_WBITS + 16}


class DamagedRecord(ValueError):
    """A record that is cut off or whose checksum is wrong; `position` is where in the file it begins."""

    def __init__(self, what: str, position: int, more: str = "") -> None:
        super().__init__(f"{what} record at {position}{more}")
        self.position = position
        self.truncated = what == "truncated"


class CorruptRecord(ValueError):
    """A file that is cut short, or whose bytes are not what was written. The text names the file and the place."""


class ZlibOptions(NamedTuple):
    """How a file is compressed; `window_bits` of None is the largest that the format has."""

    level: int = zlib.Z_DEFAULT_COMPRESSION
    method: int = zlib.DEFLATED
    window_bits: int | None = None
    mem_level: int = 9
    strategy: int = zlib.Z_DEFAULT_STRATEGY
    flush_mode: int = 0


def framed(data: bytes | bytearray | memoryview) -> bytes:
    """`data` as one record.

    >>> len(framed(b"four"))
    20
    """
    length = _LENGTH.pack(data.nbytes if isinstance(data, memoryview) else len(data))
    return b"".join((length, _CHECKSUM.pack(masked_crc32c(length)), data, _CHECKSUM.pack(masked_crc32c(data))))


def read_records(file: BinaryIO, position: int = 0) -> Iterator[bytes]:
    """The data of the records of an open file, from where it stands; `position` counts on from there.

    Raises DamagedRecord where a record is cut off or changed.

    >>> list(read_records(io.BytesIO(framed(b"one") + framed(b"two"))))
    [b'one', b'two']
    """
    while (data := read_record(file, position)) is not None:
        yield data
        position += len(data) + 16


def read_record(file: BinaryIO, position: int = 0) -> bytes | None:
    """The data of the record that an open file stands at; None at its end. Raises DamagedRecord."""
    header = file.read(12)
    if len(header) < 12:
        if not header:
            return None
        raise DamagedRecord("truncated", position)
    length, checksum = _HEADER.unpack(header)
    if masked_crc32c(header[:8]) != checksum:
        raise DamagedRecord("corrupted", position, " (Is this even a TFRecord file?)")
    whole = file.read(length + 4) if length < _PIECE else _read(file, length + 4)
    if len(whole) < length + 4:
        raise DamagedRecord("truncated", position)
    data = whole[:length]
    if masked_crc32c(data) != _CHECKSUM.unpack_from(whole, length)[0]:
        raise DamagedRecord("corrupted", position)
    return data


def _read(file: BinaryIO, size: int) -> bytes:
    """Up to `size` bytes, piece by piece: a damaged length takes no memory that the file does not fill."""
    parts = []
    while size > 0 and (part := file.read(min(size, _PIECE))):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


@final
class RecordWriter:
    """Writes records to a new file; one that is there already is replaced. `close` it, or use it in a `with`.

    Raises the `OSError`s of `open`. What was written lies in a buffer until `flush` or `close`; compressed, `flush`
    hands on what the compressor gives, which is all of it only with a `flush_mode` of `zlib.Z_SYNC_FLUSH` or more.
    """

    def __init__(self, path: str | os.PathLike[str], compression: str = "", zlib_options: ZlibOptions | None = None,
                 append: bool = False) -> None:
        self._options = given = zlib_options or ZlibOptions()
        self._packer: Any = None
        if compression:
            self._packer = zlib.compressobj(given.level, given.method, given.window_bits or _WINDOW[compression],
                                            given.mem_level, given.strategy)
        self._file: BinaryIO | None = open(path, "ab" if append else "wb", _CHUNK)  # noqa: SIM115  (closed by `close`)

    @property
    def closed(self) -> bool:
        """Whether nothing can be written any more."""
        return self._file is None

    def _open(self) -> BinaryIO:
        if self._file is None:
            raise ValueError("Writer is closed.")
        return self._file

    def write(self, record: bytes) -> None:
        """Appends a record. Raises ValueError once the writer is closed."""
        file = self._open()
        data = framed(record)
        file.write(self._packer.compress(data) if self._packer is not None else data)

    def flush(self) -> None:
        """Hands what was written to the operating system."""
        file = self._open()
        if self._packer is not None and self._options.flush_mode:
            file.write(self._packer.flush(self._options.flush_mode))
        file.flush()

    def close(self) -> None:
        """Writes what is left and closes the file; a second time does nothing."""
        file, self._file = self._file, None
        if file is not None:
            with file:
                if self._packer is not None:
                    file.write(self._packer.flush())

    def __enter__(self) -> RecordWriter:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_file", None) is not None:
            self.close()


@final
class _Inflated(io.RawIOBase):
    """The contents of a compressed file, read forwards. Of a gzip file all members, one after another."""

    def __init__(self, path: str, file: BinaryIO, window_bits: int) -> None:
        self._path, self._file, self._window = path, file, window_bits
        self._unpacker = zlib.decompressobj(window_bits)
        self._packed = b""
        self._begun = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        wanted = len(buffer)
        while wanted:
            if self._unpacker.eof:
                self._packed = self._unpacker.unused_data or self._packed
                self._unpacker = zlib.decompressobj(self._window)
                self._begun = False
            self._packed = self._packed or self._file.read(_CHUNK)
            if not self._packed:
                if self._begun:
                    raise CorruptRecord(f"{self._path}: the compressed data are cut short")
                return 0
            self._begun = True
            try:
                data = self._unpacker.decompress(self._packed, wanted)
            except zlib.error as error:
                raise CorruptRecord(f"{self._path}: inflate() failed: {error}") from None
            self._packed = self._unpacker.unconsumed_tail
            if data:
                buffer[:len(data)] = data
                return len(data)
        return 0

    def close(self) -> None:
        self._file.close()
        super().close()


def open_bytes(path: str | os.PathLike[str], compression: str = "", buffer_size: int | None = None) -> BinaryIO:
    """A file opened to be read, decompressed. Raises the `OSError`s of `open`; later reads raise `CorruptRecord`."""
    size = buffer_size or _CHUNK
    if not compression:
        return open(path, "rb", size)
    # One byte at a time would be asked for otherwise where a caller wants no buffer.
    file = open(path, "rb", max(size, 2))  # noqa: SIM115  (the caller closes it)
    return io.BufferedReader(_Inflated(os.fspath(path), file, _WINDOW[compression]), max(size, 2))


@final
class RecordReader:
    """The records of a file, one after another. Iterate over it, or call `read`.

    `offset` is where the next record begins, in the decompressed contents: `seek` goes back there.

    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "a.tfrecord")
    >>> with RecordWriter(path) as writer:
    ...     writer.write(b"one"); writer.write(b"two")
    >>> reader = RecordReader(path)
    >>> list(reader)
    [b'one', b'two']
    >>> reader.close()
    """

    def __init__(self, path: str | os.PathLike[str], compression: str = "", buffer_size: int | None = None) -> None:
        self._path, self._compression, self._buffer = os.fspath(path), compression, buffer_size
        self._file = open_bytes(path, compression, buffer_size)
        self.offset = 0

    def read(self) -> bytes | None:
        """The next record, or None at the end. Raises CorruptRecord."""
        try:
            record = read_record(self._file, self.offset)
        except DamagedRecord as damage:
            raise CorruptRecord(f"{self._path}: {damage}") from None
        if record is not None:
            self.offset += len(record) + 16
        return record

    def seek(self, offset: int) -> None:
        """Go to where a record begins, forwards or back."""
        if not self._compression:
            self._file.seek(offset)
        else:
            if offset < self.offset:
                self._file.close()
                self._file = open_bytes(self._path, self._compression, self._buffer)
                self.offset = 0
            left = offset - self.offset
            while left > 0 and (part := self._file.read(min(left, _CHUNK))):
                left -= len(part)
        self.offset = offset

    def __iter__(self) -> Iterator[bytes]:
        while (record := self.read()) is not None:
            yield record

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def __enter__(self) -> RecordReader:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def records_of(path: str | os.PathLike[str], compression: str = "") -> Iterator[bytes]:
    """All records of the file at `path`. Raises the `OSError`s of `open` and CorruptRecord."""
    with RecordReader(path, compression) as reader:
        yield from reader
