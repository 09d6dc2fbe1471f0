"""Files as elements: lines of text, TFRecords, records of one length."""

from __future__ import annotations

import contextlib
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, final

import numpy as np

from hornbeam.backend.records import COMPRESSIONS, CorruptRecord, RecordReader, open_bytes
from hornbeam.data.pipeline.node import Context, Elements, Node, boxed
from hornbeam.graph import dtypes, errors
from hornbeam.graph.tensor_spec import TensorSpec
from hornbeam.ops.files import told

_CHUNK = 1 << 18


class Reader(ABC):
    """One open file. `at` is where the next item begins, in its decompressed contents."""

    at: int

    @abstractmethod
    def read(self) -> bytes | None:
        """The next item, None at the end."""

    @abstractmethod
    def seek(self, at: int) -> None:
        """Go on from where an item begins."""

    @abstractmethod
    def close(self) -> None:
        """Close the file."""


class _Bytes(Reader):
    """A file that is read as bytes, forwards; `seek` starts anew where it cannot go back."""

    def __init__(self, path: str, compression: str, buffer_size: int) -> None:
        self._path, self._compression, self._buffer = path, compression, buffer_size
        self.file: BinaryIO = open_bytes(path, compression, buffer_size)
        self.at = 0

    def seek(self, at: int) -> None:
        self.file.close()
        self.file = open_bytes(self._path, self._compression, self._buffer)
        self.at = at
        if not self._compression:
            self.file.seek(at)
            return
        while at > 0 and (part := self.file.read(min(at, _CHUNK))):
            at -= len(part)

    def close(self) -> None:
        self.file.close()


@final
class Lines(_Bytes):
    """Lines without their ends. Carriage returns are left out, wherever they stand."""

    def read(self) -> bytes | None:
        line = self.file.readline()
        if not line:
            return None
        self.at += len(line)
        return (line[:-1] if line.endswith(b"\n") else line).replace(b"\r", b"")


@final
class FixedRecords(_Bytes):
    """Records of `length` bytes between a header and a footer that are left out."""

    def __init__(self, path: str, compression: str, buffer_size: int, length: int, header: int, footer: int) -> None:
        super().__init__(path, compression, buffer_size)
        self._length, self._header, self._footer = length, header, footer
        self._ahead = b""
        if compression:
            self._end: int | None = None
        else:
            size = os.path.getsize(path)
            self._end = size - footer
            body = self._end - header
            if body < 0 or body % length:
                self.close()
                raise errors.InvalidArgumentError(
                    None, None, f"Excluding the header ({header} bytes) and footer ({footer} bytes), input file "
                    f"\"{path}\" has body length {body} bytes, which is not an exact multiple of the record length "
                    f"({length} bytes).")
        self.at = 0

    def read(self) -> bytes | None:
        if not self.at:
            self.file.read(self._header)
            self.at = self._header
        if self._end is not None:
            if self.at >= self._end:
                return None
            record = self.file.read(self._length)
        else:
            wanted = self._length + self._footer
            while len(self._ahead) < wanted and (part := self.file.read(max(_CHUNK, wanted))):
                self._ahead += part
            if len(self._ahead) < wanted:
                self._refuse_rest()
                return None
            record, self._ahead = self._ahead[:self._length], self._ahead[self._length:]
        self.at += len(record)
        return record

    def _refuse_rest(self) -> None:
        if len(self._ahead) > self._footer:
            size = self.at + len(self._ahead)
            raise errors.InvalidArgumentError(
                None, None, f"Excluding the header ({self._header} bytes) and footer ({self._footer} bytes), input "
                f"file \"{self._path}\" has body length {size - self._header - self._footer} bytes, which is not an "
                f"exact multiple of the record length ({self._length} bytes).")

    def seek(self, at: int) -> None:
        super().seek(at)
        self._ahead = b""


@final
class Records(Reader):
    """The records of a TFRecord file."""

    def __init__(self, path: str, compression: str, buffer_size: int) -> None:
        self._path = path
        self._reader = RecordReader(path, compression, buffer_size)

    @property
    def at(self) -> int:  # type: ignore[override]
        return self._reader.offset

    def read(self) -> bytes | None:
        return self._reader.read()

    def seek(self, at: int) -> None:
        self._reader.seek(at)

    def close(self) -> None:
        self._reader.close()


def compression_of(value: np.ndarray) -> str:
    """A compression type. Raises InvalidArgumentError for unknown ones."""
    name = value[()]
    name = name.decode() if isinstance(name, bytes) else str(name)
    if name not in COMPRESSIONS:
        raise errors.InvalidArgumentError(None, None, f"Unsupported compression_type: {name}.")
    return name


Open = Callable[[str, str, int, "list[int]"], Reader]


@final
class FilesNode(Node):
    """The items of files, one file after another. `numbers` are further parameters of the reader."""

    def __init__(self, filenames: Any, compression: Any, buffer_size: Any, numbers: tuple[Any, ...],
                 opened: Open) -> None:
        self.spec = TensorSpec((), dtypes.string)
        self.values = (filenames, compression, buffer_size, *numbers)
        self._open = opened

    def elements(self, context: Context) -> Elements:
        names = [os.fsdecode(n) for n in context.value(self.values[0]).reshape(-1).tolist()]
        compression = compression_of(context.value(self.values[1]))
        numbers = [context.integer(v) for v in self.values[2:]]
        return _FileElements(names, lambda path: self._open(path, compression, numbers[0], numbers[1:]))


@final
class _FileElements(Elements):
    def __init__(self, names: list[str], opened: Callable[[str], Reader]) -> None:
        self._names, self._open = names, opened
        self._which = 0
        self._reader: Reader | None = None

    def next(self) -> list[Any] | None:
        while self._which < len(self._names):
            with _told(self._names[self._which]):
                if self._reader is None:
                    self._reader = self._open(self._names[self._which])
                item = self._reader.read()
            if item is not None:
                return [boxed(item)]
            self._leave()
        return None

    def next_many(self, count: int) -> tuple[int, list[np.ndarray]]:
        found: list[bytes] = []
        while len(found) < count and (element := self.next()) is not None:
            found.append(element[0][()])
        out = np.empty(len(found), object)
        out[:] = found
        return len(found), [out] if found else []

    def _leave(self) -> None:
        if self._reader is not None:
            self._reader.close()
        self._reader = None
        self._which += 1

    def state(self) -> Any:
        return [self._which, None if self._reader is None else self._reader.at]

    def restore(self, state: Any) -> None:
        self.close()
        self._which = state[0]
        if state[1] is not None:
            with _told(self._names[self._which]):
                self._reader = self._open(self._names[self._which])
                self._reader.seek(state[1])

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None


class _told:
    """Errors about a file as those of operations; each names the file."""

    def __init__(self, path: str) -> None:
        self._path, self._files = path, told()

    def __enter__(self) -> None:
        self._files.__enter__()

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if isinstance(error, CorruptRecord):
            raise errors.DataLossError(None, None, str(error)) from error
        if isinstance(error, EOFError):
            raise errors.DataLossError(None, None, f"{self._path}: {error}") from error
        self._files.__exit__(kind, error, trace)


# Rows from elsewhere ------------------------------------------------------------------------------------


@final
class RowsNode(Node):
    """Rows that an iterator of Python gives, as lists of arrays; `make(values)` starts it."""

    def __init__(self, spec: Any, values: tuple[Any, ...], make: Callable[[list[np.ndarray]], Iterator[Any]]
                 ) -> None:
        self.spec, self.values, self._make = spec, values, make

    def elements(self, context: Context) -> Elements:
        given = [context.value(v) for v in self.values]
        return _RowElements(lambda: self._make(given))


@final
class _RowElements(Elements):
    """The state is the number of rows: they are passed over again."""

    def __init__(self, make: Callable[[], Iterator[Any]]) -> None:
        self._make = make
        self._rows: Iterator[list[Any]] | None = None
        self._count = 0

    def next(self) -> list[Any] | None:
        if self._rows is None:
            self._rows = self._make()
        self._count += 1
        try:
            row = next(self._rows, None)
        except CorruptRecord as error:
            raise errors.DataLossError(None, None, str(error)) from error
        if isinstance(row, errors.OpError):
            raise row
        return row

    def state(self) -> Any:
        return self._count

    def restore(self, state: Any) -> None:
        self._rows, self._count = None, 0
        for _ in range(state):
            with contextlib.suppress(errors.OpError):
                self.next()
