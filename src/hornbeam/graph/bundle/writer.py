"""Writing a checkpoint, tensor by tensor: nothing is held but what is written at the moment."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from typing import Any, BinaryIO, final

import numpy as np

from hornbeam.backend.checksum import crc32c, mask
from hornbeam.graph import dtypes, errors
from hornbeam.graph.bundle import files, slices, values
from hornbeam.graph.bundle.direct import DirectWriter
from hornbeam.graph.bundle.reader import shards_of
from hornbeam.graph.bundle.table import TableWriter
from hornbeam.graph.dtypes import DType

VERSION = 1


@final
class BundleWriter:
    """Writes the checkpoint `prefix`. It is there once `finish` returns; until then, and after `abandon`, what was
    there before.

    A folder that does not exist is made, its parents are not. Raises the errors of `told` for files.
    """

    def __init__(self, prefix: str) -> None:
        if not os.path.basename(prefix):
            raise errors.InvalidArgumentError(None, None, f"{prefix!r} is not the name of a checkpoint")
        self.prefix = prefix
        self._entries: dict[bytes, Any] = {}
        self._at = 0
        with files.told(prefix):
            folder = os.path.dirname(prefix)
            if folder and not os.path.isdir(folder):
                os.mkdir(folder)
            files.sweep(prefix)
            self._file: BinaryIO = files.opened(files.data_name(prefix, 0, 1))
            self._data = DirectWriter(self._file)

    def add(self, name: str, value: Any, dtype: DType | None = None) -> None:
        """One tensor. Raises InvalidArgumentError where the name is taken or the dtype does not stand in files."""
        self._add(name.encode(), name, value, dtype)

    def add_part(self, name: str, shape: Sequence[int], part: slices.Part, value: Any,
                 dtype: DType | None = None) -> None:
        """A part of a tensor whose whole has the given shape."""
        if slices.is_whole(shape, part):
            self.add(name, value, dtype)
            return
        array = values.plain(value)
        kind = dtype or dtypes.from_numpy(array.dtype)
        entry = self._entries.get(name.encode())
        if entry is None:
            entry = self._entries[name.encode()] = _entry(kind, shape)
        elif not entry.slices or entry.dtype != kind.as_datatype_enum or _dims(entry) != tuple(shape):
            raise errors.InvalidArgumentError(None, None, f"{self.prefix}: {name!r} is saved twice, with different "
                                              "shapes or dtypes, or once as a whole")
        slices.to_proto(part, entry.slices.add())
        self._add(slices.key(name, part), f"a part of {name}", array, kind)

    def finish(self) -> None:
        """Bring everything to the disk, and put it in the place of what was there."""
        with files.told(self.prefix):
            try:
                with self._file as file:
                    self._data.finish()
                files.install(self.prefix, [file.name], lambda shards: index_of(self._entries, shards),
                              shards_of(self.prefix))
            except BaseException:
                self.abandon()
                raise

    def abandon(self) -> None:
        """Remove what was written so far."""
        self._data.abandon()
        self._file.close()
        files.discard(self._file.name)

    def _add(self, key: bytes, name: str, value: Any, dtype: DType | None) -> None:
        if not key or key in self._entries:
            raise errors.InvalidArgumentError(None, None, f"{self.prefix}: Adding duplicate key: {name!r}" if key else
                                              f"{self.prefix}: a tensor without a name cannot be saved")
        array = values.plain(value)
        kind = dtype or dtypes.from_numpy(array.dtype)
        entry = _entry(kind, array.shape)
        entry.offset = self._at
        with files.told(self._file.name):
            if kind is dtypes.string:
                *pieces, entry.crc32c = values.pieces(array)
                entry.size = sum(self._data.write(p) for p in pieces)
            else:
                _sizable(kind, array, name)
                data = values.as_bytes(array)
                entry.crc32c = mask(crc32c(data))
                entry.size = self._data.write(data)
        self._at += entry.size
        self._entries[key] = entry


def _sizable(dtype: DType, array: np.ndarray, name: str) -> None:
    try:
        values.size_of(dtype, array.shape)
    except TypeError as error:
        raise errors.UnimplementedError(None, None, f"{name}: {error}") from None


def _entry(dtype: DType, shape: Sequence[int]) -> Any:
    from hornbeam.graph.messages.tensor_bundle_pb2 import BundleEntryProto
    entry = BundleEntryProto(dtype=dtype.as_datatype_enum)  # type: ignore[arg-type]
    entry.shape.SetInParent()
    for size in shape:
        entry.shape.dim.add().size = size
    return entry


def _dims(entry: Any) -> tuple[int, ...]:
    return tuple(d.size for d in entry.shape.dim)


def index_of(entries: dict[bytes, Any], shards: int) -> bytes:
    """The contents of an index file: the header under the empty key, then the entries by their keys."""
    from hornbeam.graph.messages.tensor_bundle_pb2 import BundleHeaderProto
    header = BundleHeaderProto(num_shards=shards)
    header.version.producer = VERSION
    file = io.BytesIO()
    table = TableWriter(file)
    table.add(b"", header.SerializeToString())
    for key in sorted(entries):
        table.add(key, entries[key].SerializeToString())
    table.finish()
    return file.getvalue()
