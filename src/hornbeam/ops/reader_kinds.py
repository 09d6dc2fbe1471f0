"""What readers do, apart from any graph: names of files (works) come from a queue, records go out with their keys."""

from __future__ import annotations

import os
import threading
from abc import abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, final

from hornbeam.backend.records import COMPRESSIONS, RecordReader, open_bytes
from hornbeam.graph.errors import InvalidArgumentError, OpError, UnimplementedError
from hornbeam.graph.resources import Resource
from hornbeam.ops.files import told

Record = tuple[bytes, bytes]


class Reader(Resource):
    """Reads the records of one work after another. `next_work` is asked for each, and waits for it."""

    kind = "Reader"
    saves_state = False
    one_a_work = False
    """Whether a work is at its end once its only record is read."""

    def __init__(self) -> None:
        self.name = self.kind
        self._lock = threading.Lock()
        self._clear()

    def _clear(self) -> None:
        self.produced = self.started = self.finished = 0
        self._work = b""
        self._records: Iterator[Record] | None = None

    @abstractmethod
    def _read(self, work: str) -> Iterator[Record]:
        """The records of one work."""

    def named(self, name: str) -> None:
        self.name = name

    def read(self, next_work: Callable[[], bytes], most: int = 1) -> list[Record]:
        """Up to `most` records of one work, at least one. Raises what `next_work` and the files raise."""
        with self._lock:
            while True:
                if self._records is None:
                    self._begin(next_work)
                found = self._some(most)
                self.produced += len(found)
                if found:
                    return found

    def _begin(self, next_work: Callable[[], bytes]) -> None:
        self._work = b""
        work = next_work()
        self.started += 1
        self._work = work
        self._records = self._read(os.fsdecode(work))

    def _some(self, most: int) -> list[Record]:
        """The next records of this work; fewer than `most` where it ends."""
        found: list[Record] = []
        records = self._records
        assert records is not None
        try:
            while len(found) < most:
                found.append(next(records))
                if self.one_a_work:
                    raise StopIteration
        except StopIteration:
            self._records = None
            self.finished += 1
        except OpError:
            self._records = None
            if not found:
                raise
        return found

    def reset(self) -> None:
        """Begin again, as if nothing had been read."""
        with self._lock:
            self._clear()

    def release(self) -> None:
        self._records = None

    def state(self) -> bytes:
        """How far it is, as a string. Raises UnimplementedError where it cannot be said."""
        if not self.saves_state:
            raise UnimplementedError(None, None, "Reader SerializeState")
        with self._lock:
            numbers = ((1, self.started), (2, self.finished), (3, self.produced))
            fields = [bytes([field << 3]) + _varint(value) for field, value in numbers if value]
            if self._work:
                fields.append(b"\x22" + _varint(len(self._work)) + self._work)
            return b"".join(fields)

    def restore(self, state: bytes) -> None:
        """Go on from a state. Raises InvalidArgumentError where it is none."""
        if not self.saves_state:
            raise UnimplementedError(None, None, "Reader RestoreState")
        try:
            fields = _parsed(state)
        except (IndexError, ValueError):
            raise InvalidArgumentError(None, None, f"Could not parse state for {self.kind} '{self.name}': "
                                       f"{state.decode('utf-8', 'backslashreplace')}") from None
        started, finished, produced = (fields.get(i, 0) for i in (1, 2, 3))
        for what, number in (("started", started), ("finished", finished), ("produced", produced)):
            if number < 0:
                raise InvalidArgumentError(None, None, f"Unexpected negative value when restoring in {self.kind} "
                                           f"'{self.name}': {what} {number}")
        if started > finished:
            raise InvalidArgumentError(None, None, f"Inconsistent work started vs. finished when restoring in "
                                       f"{self.kind} '{self.name}': {started} vs. {finished}")
        with self._lock:
            self._clear()
            self.started, self.finished, self.produced = started, finished, produced
            self._work = fields.get(4, b"")


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _parsed(data: bytes) -> dict[int, Any]:
    """The fields of a message of numbers and strings, by number. Raises ValueError and IndexError for other bytes."""
    fields: dict[int, Any] = {}
    at = 0

    def number() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value - (1 << 64) if value >> 63 else value
            shift += 7
            if shift > 63:
                raise ValueError("a number of more than 64 bits")

    while at < len(data):
        key = number()
        if key in (0x08, 0x10, 0x18):
            fields[key >> 3] = number()
        elif key == 0x22:
            size = number()
            if not 0 <= size <= len(data) - at:
                raise ValueError("cut short")
            fields[4] = data[at:at + size]
            at += size
        else:
            raise ValueError("an unknown field")
    return fields


@final
class IdentityReader(Reader):
    """Gives the works themselves, as keys and values."""

    kind = "IdentityReader"
    saves_state = one_a_work = True

    def _read(self, work: str) -> Iterator[Record]:
        yield os.fsencode(work), os.fsencode(work)


@final
class WholeFileReader(Reader):
    """Gives whole files; the keys are their names."""

    kind = "WholeFileReader"
    saves_state = one_a_work = True

    def _read(self, work: str) -> Iterator[Record]:
        with told():
            contents = Path(work).read_bytes()
        yield os.fsencode(work), contents


@final
class TextLineReader(Reader):
    """Gives lines without their ends; the keys are `file:line`, counted from 1."""

    kind = "TextLineReader"

    def __init__(self, skipped: int) -> None:
        super().__init__()
        self._skipped = skipped

    def _read(self, work: str) -> Iterator[Record]:
        with told(), open_bytes(work) as file:
            for number, line in enumerate(file, 1):
                if number > self._skipped:
                    yield os.fsencode(f"{work}:{number}"), line.removesuffix(b"\n").removesuffix(b"\r")


@final
class TFRecordReader(Reader):
    """Gives the records of TFRecord files; the keys are `file:offset`."""

    kind = "TFRecordReader"

    def __init__(self, compression: str) -> None:
        super().__init__()
        if compression not in COMPRESSIONS:
            raise InvalidArgumentError(None, None, f"Unsupported compression_type:{compression}")
        self._compression = compression

    def _read(self, work: str) -> Iterator[Record]:
        with told(), RecordReader(work, self._compression) as reader:
            at = 0
            for record in reader:
                yield os.fsencode(f"{work}:{at}"), record
                at = reader.offset


@final
class FixedLengthRecordReader(Reader):
    """Gives records of `size` bytes, one every `hop` bytes, between a header and a footer; keys are `file:number`."""

    kind = "FixedLengthRecordReader"

    def __init__(self, header: int, size: int, footer: int, hop: int, encoding: str) -> None:
        super().__init__()
        for name, value in (("header_bytes", header), ("record_bytes", size), ("footer_bytes", footer),
                            ("hop_bytes", hop)):
            if value < 0:
                raise InvalidArgumentError(None, None, f"{name} must be >= 0 not {value}")
        if not size:
            raise InvalidArgumentError(None, None, "record_bytes must be > 0 not 0")
        self._header, self._size, self._footer, self._hop = header, size, footer, hop or size
        self._encoding = encoding if encoding in COMPRESSIONS else ""

    def _read(self, work: str) -> Iterator[Record]:
        with told(), open_bytes(work, self._encoding) as file:
            file.read(self._header)
            for number, record in enumerate(self._cut(file)):
                yield os.fsencode(f"{work}:{number}"), record

    def _cut(self, file: BinaryIO) -> Iterator[bytes]:
        """The records, as long as one and the footer are left."""
        held = b""
        while True:
            wanted = self._size + self._footer
            if len(held) < wanted:
                held += file.read(max(wanted - len(held), 1 << 16))
                if len(held) < wanted:
                    return
            yield held[:self._size]
            if self._hop <= len(held):
                held = held[self._hop:]
            else:
                file.read(self._hop - len(held))
                held = b""


def from_queue(queue: Any) -> Callable[[], bytes]:
    """The next work of a queue of strings. Raises OutOfRangeError, as the queue does, where no more come."""
    def next_work() -> bytes:
        (element,) = queue.dequeue(1)
        if len(element) != 1 or not isinstance(work := getattr(element[0], "item", lambda: element[0])(), bytes):
            raise InvalidArgumentError(None, None, "Reader's queue must hold strings of one component")
        return work

    return next_work


__all__ = ["FixedLengthRecordReader", "IdentityReader", "Reader", "TFRecordReader",
           "TextLineReader", "WholeFileReader", "from_queue"]
