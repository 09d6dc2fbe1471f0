"""Elements kept in files: `cache(filename)`, `save`, `snapshot`.

Each file is one of records (`backend/records.py`), gzip or plain, each the bytes of an element (`codec.py`). A file is
written under a temporary name and renamed when it is whole.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, final

from hornbeam.backend.records import CorruptRecord, RecordReader, RecordWriter
from hornbeam.data.pipeline.codec import decoded, encoded
from hornbeam.data.pipeline.node import Context, Elements, Node
from hornbeam.data.pipeline.order import _Same
from hornbeam.graph import errors
from hornbeam.ops.files import told


def write_elements(path: str, elements: Elements, compression: str) -> int:
    """Writes all elements to a file that is there only when it is whole; how many they are."""
    count = 0
    temporary = f"{path}.{os.getpid()}.tmp"
    with told():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        try:
            with RecordWriter(temporary, compression) as writer:
                while (element := elements.next()) is not None:
                    writer.write(encoded(element))
                    count += 1
            os.replace(temporary, path)
        finally:
            Path(temporary).unlink(missing_ok=True)
    return count


@final
class StoredNode(Node):
    """The elements of files that `write_elements` wrote, one file after another."""

    def __init__(self, paths: Sequence[str], compression: str, spec: Any, count: int) -> None:
        self.spec, self._paths, self._compression, self._count = spec, list(paths), compression, count

    def elements(self, context: Context) -> Elements:
        return StoredElements(self._paths, self._compression)

    def cardinality(self, context: Context) -> int:
        return self._count


@final
class StoredElements(Elements):
    """The elements of files."""

    def __init__(self, paths: Sequence[str], compression: str) -> None:
        self._paths, self._compression = list(paths), compression
        self._which = 0
        self._reader: RecordReader | None = None

    def next(self) -> list[Any] | None:
        while self._which < len(self._paths):
            data = self._read()
            if data is not None:
                try:
                    return decoded(data)
                except ValueError as error:
                    raise errors.DataLossError(None, None, f"{self._paths[self._which]}: {error}") from error
            self.close()
            self._which += 1
        return None

    def _read(self) -> bytes | None:
        with told():
            if self._reader is None:
                self._reader = RecordReader(self._paths[self._which], self._compression)
            try:
                return self._reader.read()
            except (CorruptRecord, EOFError) as error:
                raise errors.DataLossError(None, None, str(error)) from error

    def state(self) -> Any:
        return [self._which, None if self._reader is None else self._reader.offset]

    def restore(self, state: Any) -> None:
        self.close()
        self._which = state[0]
        if state[1] is not None:
            with told():
                self._reader = RecordReader(self._paths[self._which], self._compression)
                self._reader.seek(state[1])

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None


# A cache in a file ----------------------------------------------------------------------------------------


@final
class FileCacheNode(_Same):
    """The elements, written to a file during the first whole pass and read from there in later ones."""

    def elements(self, context: Context) -> Elements:
        name = context.value(self.values[0]).item()
        return _FileCacheElements(self, context, os.fsdecode(name))

    def cardinality(self, context: Context) -> int:
        return self.parents[0].cardinality(context)


@final
class _FileCacheElements(Elements):
    """Reading the file where it is there; else passing on what comes, and writing it."""

    def __init__(self, node: FileCacheNode, context: Context, name: str) -> None:
        self._node, self._context, self._name = node, context, name
        self._data, self._index = f"{name}.data-00000-of-00001", Path(f"{name}.index")
        self._lock = Path(f"{name}_0.lockfile")
        self._writer: RecordWriter | None = None
        self._count = 0
        if self._index.exists():
            self._source: Elements = StoredElements([self._data], "")
            self._reads = True
        else:
            self._source = node.parents[0].elements(context)
            self._reads = False

    def next(self) -> list[Any] | None:
        if self._reads:
            return self._source.next()
        if self._writer is None:
            self._start([])
        assert self._writer is not None
        element = self._source.next()
        if element is None:
            self._finish()
        else:
            self._writer.write(encoded(element))
            self._count += 1
        return element

    def _start(self, first: Sequence[bytes]) -> None:
        with told():
            self._lock.parent.mkdir(parents=True, exist_ok=True)
            try:
                with open(self._lock, "x") as file:
                    file.write(f"{os.getpid()}\n")
            except FileExistsError:
                raise errors.AlreadyExistsError(
                    None, None, f"There appears to be a concurrent caching iterator running - cache lockfile already "
                    f"exists ('{self._lock}'). If you are sure no other running TF computations are using this cache "
                    "prefix, delete the lockfile and re-initialize the iterator.") from None
            self._writer = RecordWriter(f"{self._data}.tmp")
        for data in first:
            self._writer.write(data)

    def _finish(self) -> None:
        assert self._writer is not None
        self._writer.close()
        with told():
            os.replace(f"{self._data}.tmp", self._data)
            self._index.write_bytes(encoded({"count": self._count}))
            self._lock.unlink(missing_ok=True)
        self._writer = None
        self._source.close()
        self._source = StoredElements([], "")
        self._reads = True

    def state(self) -> Any:
        if self._reads or self._writer is None:
            return {"reads": self._reads, "source": self._source.state(), "written": None}
        self._writer.flush()
        with RecordReader(f"{self._data}.tmp") as reader:
            written = list(reader)
        return {"reads": False, "source": self._source.state(), "written": written}

    def restore(self, state: Any) -> None:
        if state["reads"]:
            self._source, self._reads = StoredElements([self._data], ""), True
        elif self._reads:  # the file is whole by now: go on behind what was written
            for _ in state["written"] or ():
                self._source.next()
            return
        elif state["written"] is not None:
            self._count = len(state["written"])
            self._start(state["written"])
        self._source.restore(state["source"])

    def close(self) -> None:
        self._source.close()
        if self._writer is not None:
            self._writer.close()
            self._writer = None
            Path(f"{self._data}.tmp").unlink(missing_ok=True)
            self._lock.unlink(missing_ok=True)


# A snapshot -----------------------------------------------------------------------------------------------


@final
class SnapshotNode(_Same):
    """The elements as the first whole pass wrote them to a folder."""

    def __init__(self, parent: Node, path: Any, compression: str) -> None:
        super().__init__(parent, path)
        self._compression = compression

    def elements(self, context: Context) -> Elements:
        folder = Path(os.fsdecode(context.value(self.values[0]).item()))
        whole = folder / "elements"
        if not whole.exists():
            source = self.parents[0].elements(context)
            write_elements(str(whole), source, self._compression)
            source.close()
        return StoredElements([str(whole)], self._compression)

    def cardinality(self, context: Context) -> int:
        return self.parents[0].cardinality(context)
