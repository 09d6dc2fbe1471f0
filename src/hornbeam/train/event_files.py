"""Event files: what TensorBoard reads. `EventFile` writes one; `EventFileWriter` does so in a thread of its own.

A file is a sequence of records (`backend/records.py`), each an `Event`; the first says which version they are of.
Records go to the file whole and in order, so a process that is killed leaves a file whose last record alone may be cut
off. What a program has not flushed when it ends is written then.
"""

from __future__ import annotations

import atexit
import itertools
import os
import queue
import threading
import time
import weakref
from collections.abc import Iterator
from typing import Any, final

from hornbeam.backend.records import DamagedRecord, framed, read_record
from hornbeam.graph import errors
from hornbeam.graph.names import public
from hornbeam.ops.files import told
from hornbeam.ops.summary_values import message
from hornbeam.runtime.logs import get_logger

VERSION = "brain.Event:2"
_MOST_BYTES_KEPT = 1 << 16
_serial = itertools.count()
_writers: weakref.WeakSet[Any] = weakref.WeakSet()


def event(step: Any = None, **what: Any) -> Any:
    """An `Event` of this moment."""
    made = message("Event", "event_pb2")(wall_time=time.time(), **what)
    if step is not None:
        made.step = int(step)
    return made


@final
class EventFile:
    """A file of events in a folder, opened when there is something to write; one that was deleted is begun anew.

    suffix: the end of its name. own: whether the name holds the process and a number, so that no other has it.
    """

    def __init__(self, folder: str, suffix: str = "", own: bool = False) -> None:
        self._folder = folder
        self._suffix = (f".{os.getpid()}.{next(_serial)}" if own else "") + suffix
        self._lock = threading.RLock()
        self._kept: list[bytes] = []
        self._size = 0
        self._file: int | None = None
        self.path = ""
        _writers.add(self)

    def open(self) -> None:
        """Begin the file where that has not been done. Raises as TensorFlow does where its folder cannot be written."""
        with self._lock:
            if self._file is not None:
                if os.path.exists(self.path):
                    return
                os.close(self._file)
            now = time.time()
            name = f"events.out.tfevents.{int(now):010d}.{os.uname().nodename}{self._suffix}"
            self.path = os.path.join(self._folder, name)
            with told():
                os.makedirs(self._folder, exist_ok=True)
                self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
            first = message("Event", "event_pb2")(wall_time=float(int(now)), file_version=VERSION)
            self._kept.insert(0, framed(first.SerializeToString()))

    def add(self, data: bytes) -> None:
        """Append an event, given as the bytes of its message."""
        with self._lock:
            if self._file is None:
                self.open()
            self._keep(data)
            if self._size >= _MOST_BYTES_KEPT:
                self.flush()

    def flush(self) -> None:
        """Hand what was added to the system."""
        with self._lock:
            if self._kept:
                self.open()
                self._write_out()

    def close(self) -> None:
        """Flush and close; adding again begins another file."""
        with self._lock:
            if self._file is not None:
                self.flush()
                os.close(self._file)
                self._file = None

    def _keep(self, data: bytes) -> None:
        record = framed(data)
        self._kept.append(record)
        self._size += len(record)

    def _write_out(self) -> None:
        data = memoryview(b"".join(self._kept))
        self._kept, self._size = [], 0
        with told():
            while data and self._file is not None:
                data = data[os.write(self._file, data):]

    def __del__(self) -> None:
        self.close()


@final
class EventFileWriter:
    """Events of a folder, written by a thread: `add_event` waits only where `max_queue` of them are not written yet.

    flush_secs: how often they are flushed. filename_suffix: the end of the file's name, which is then made at once.
    """

    def __init__(self, logdir: Any, max_queue: int = 10, flush_secs: float = 120,
                 filename_suffix: str | None = None) -> None:
        self._logdir = os.fspath(logdir) if hasattr(logdir, "__fspath__") else str(logdir)
        with told():
            os.makedirs(self._logdir, exist_ok=True)
        self._file = EventFile(self._logdir, filename_suffix or "")
        if filename_suffix:
            self._file.open()
            self._file.flush()
        self._max_queue, self._flush_secs = max_queue, flush_secs
        self._closed = True
        _writers.add(self)
        self.reopen()

    def get_logdir(self) -> str:
        """The folder that is written to."""
        return self._logdir

    def reopen(self) -> None:
        """Go on after `close`, in another file."""
        if self._closed:
            self._queue: queue.Queue[Any] = queue.Queue(self._max_queue)
            self._failure: list[BaseException] = []
            self._worker = threading.Thread(target=_write_events, name="EventLoggerThread", daemon=True, args=(
                self._queue, self._file, self._flush_secs, self._failure))
            self._worker.start()
            self._closed = False

    def add_event(self, event: Any) -> None:
        """Write an `Event`; nothing after `close`. Raises what the thread met, TypeError for other objects."""
        if self._closed:
            return
        data = event if isinstance(event, bytes) else _bytes_of(event)
        self._put(data)

    def flush(self) -> None:
        """Wait until all events are in the file."""
        if not self._closed:
            done = threading.Event()
            self._put(done)
            done.wait()
            self._raise_failure()

    def close(self) -> None:
        """Write what is left and close the file."""
        if not self._closed:
            try:
                self.flush()
            finally:
                self._closed = True
                self._queue.put(None)
                self._worker.join()
                self._file.close()

    def _put(self, item: Any) -> None:
        self._raise_failure()
        self._queue.put(item)

    def _raise_failure(self) -> None:
        if self._failure:
            self._closed = True
            raise self._failure[0]

    def __del__(self) -> None:
        if not getattr(self, "_closed", True):
            self._queue.put(None)


def _bytes_of(event: Any) -> bytes:
    if not hasattr(event, "SerializeToString"):
        raise TypeError(f"{type(event)} is not a valid proto.")
    return event.SerializeToString()


def _write_events(items: queue.Queue[Any], file: EventFile, flush_secs: float, failure: list[BaseException]) -> None:
    """The thread: bytes are written, an `Event` of threading asks for a flush, None is the end."""
    flush_at = 0.0
    while (item := items.get()) is not None:
        try:
            if failure:
                pass  # whoever waits is woken, nothing more is written
            elif isinstance(item, bytes):
                file.add(item)
                if time.time() > flush_at:
                    file.flush()
                    flush_at = time.time() + flush_secs
            else:
                file.flush()
        except Exception as error:
            get_logger().error("EventFileWriter writer thread error: %s", error)
            failure.append(error)
        finally:
            if isinstance(item, threading.Event):
                item.set()


@atexit.register
def _write_the_rest() -> None:
    for writer in sorted(_writers, key=lambda w: isinstance(w, EventFile)):  # threads first, then what they wrote to
        try:
            writer.flush()
        except Exception as error:
            get_logger().error("Events were not written at the end of the program: %s", error)


# Reading --------------------------------------------------------------------------------------------


def read_events(path: Any) -> Iterator[Any]:
    """The `Event`s of a file. Raises NotFoundError, and DataLossError where it is cut off or changed."""
    name = os.fsdecode(path)
    kind = message("Event", "event_pb2")
    with told():
        file = open(name, "rb")  # noqa: SIM115
    with file:
        position = 0
        while True:
            try:
                data = read_record(file, position)
            except DamagedRecord as damage:
                raise errors.DataLossError(None, None, f"{name}: {damage}") from None
            if data is None:
                return
            try:
                yield kind.FromString(data)
            except Exception as error:
                if type(error).__name__ != "DecodeError":
                    raise
                raise errors.DataLossError(None, None, f"{name}: no Event in the record at {position}") from None
            position += len(data) + 16


@public(v1=("train.summary_iterator",))
def summary_iterator(path: Any) -> Iterator[Any]:
    """The `Event`s of an event file, in the order they were written.

    Raises NotFoundError where there is no file, DataLossError that names it where a record is cut off or changed; what
    stands before is given.
    """
    return read_events(path)
