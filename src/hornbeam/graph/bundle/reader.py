"""Reading a checkpoint: every block of the index and every tensor is checked against its checksum."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, NamedTuple, final

import numpy as np

from hornbeam.backend.checksum import crc32c, mask
from hornbeam.graph import dtypes, errors
from hornbeam.graph.bundle import files, slices, values
from hornbeam.graph.bundle.table import lost, read_table
from hornbeam.graph.dtypes import DType

_VERSION = 1


class Entry(NamedTuple):
    """What the index says of a tensor: where its bytes lie, or in which parts it was saved."""

    dtype: DType
    shape: tuple[int, ...]
    shard: int
    offset: int
    size: int
    crc: int
    parts: tuple[slices.Part, ...]


def exists(prefix: str) -> bool:
    """Whether there is a checkpoint of that name."""
    return os.path.isfile(files.index_name(prefix))


def shards_of(prefix: str) -> int | None:
    """How many data files the checkpoint has, None where there is none that can be read."""
    try:
        return BundleReader(prefix).shards
    except errors.OpError:
        return None


@final
class BundleReader:
    """The checkpoint `prefix`. Data files are opened when something in them is first read.

    Raises NotFoundError where there is none, DataLossError where its index was cut or changed.
    """

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self._path = files.index_name(prefix)
        self._opened: dict[int, BinaryIO] = {}
        table = dict(read_table(self._path))
        self.shards = _header(self._path, table.pop(b"", None))
        self._raw = table
        self._read: dict[bytes, Entry] = {}

    def keys(self) -> list[bytes]:
        """The keys of the index in their order, those of parts among them."""
        return list(self._raw)

    def names(self) -> list[str]:
        """The names of the tensors, in order."""
        return [k.decode(errors="replace") for k in self._raw if not k.startswith(b"\0")]

    def __contains__(self, name: str) -> bool:
        return name.encode() in self._raw

    def entry(self, name: str) -> Entry:
        """What the index says of a tensor. Raises NotFoundError for a name that it has not."""
        return self._entry(name.encode(), name)

    def raw_entries(self) -> Iterator[tuple[bytes, Any]]:
        """Keys and `BundleEntryProto`s, for an index that is made of several."""
        for key in self._raw:
            yield key, self._message(key)

    def get(self, name: str) -> np.ndarray:
        """A whole tensor; one that was saved in parts is joined. Raises NotFoundError, DataLossError."""
        entry = self.entry(name)
        if not entry.parts:
            return self._value(name, entry)
        return self._joined(name, entry, [(0, size) for size in entry.shape])

    def get_part(self, name: str, shape: tuple[int, ...], part: slices.Part) -> np.ndarray:
        """A part of a tensor, however it was saved. Raises InvalidArgumentError where the whole has another shape."""
        entry = self.entry(name)
        if entry.shape != shape:
            raise errors.InvalidArgumentError(None, None, f"{self.prefix}: Shapes of whole and part differ: {name} is "
                                              f"{list(entry.shape)} in the checkpoint and {list(shape)} in the slice "
                                              "specification")
        wanted = slices.bounds(shape, part)
        if not entry.parts:
            return values.plain(self._value(name, entry)[tuple(slice(a, b) for a, b in wanted)])
        if part in entry.parts:
            return self._part(name, part)
        return self._joined(name, entry, wanted)

    def close(self) -> None:
        """Close the data files."""
        for file in self._opened.values():
            file.close()
        self._opened.clear()

    def __enter__(self) -> BundleReader:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close() if hasattr(self, "_opened") else None

    # Entries ------------------------------------------------------------------------------------------

    def _entry(self, key: bytes, name: str) -> Entry:
        found = self._read.get(key)
        if found is None:
            if key not in self._raw:
                raise errors.NotFoundError(None, None, f"Key {name} not found in checkpoint")
            found = self._read[key] = self._checked(self._message(key), name)
        return found

    def _message(self, key: bytes) -> Any:
        from google.protobuf.message import DecodeError

        from hornbeam.graph.messages.tensor_bundle_pb2 import BundleEntryProto
        try:
            return BundleEntryProto.FromString(self._raw[key])
        except DecodeError:
            raise lost(self._path, f"the entry of {key.decode(errors='replace')} cannot be parsed") from None

    def _checked(self, message: Any, name: str) -> Entry:
        try:
            dtype = dtypes.as_dtype(message.dtype)
            shape = tuple(d.size for d in message.shape.dim)
            parts = tuple(slices.from_proto(s) for s in message.slices)
            size = values.size_of(dtype, shape)
        except TypeError as error:
            raise lost(self._path, f"{name}: {error}") from None
        if message.shape.unknown_rank or any(d < 0 for d in shape) or message.offset < 0 or message.size < 0:
            raise lost(self._path, f"{name}: the entry has a negative size")
        if not 0 <= message.shard_id < self.shards:
            raise lost(self._path, f"{name}: lies in shard {message.shard_id} of {self.shards}")
        if not parts and size not in (None, message.size):
            raise lost(self._path, f"{name}: {dtype.name}{list(shape)} takes {size} bytes, not {message.size}")
        for part in parts:
            if len(part) != len(shape) or any(not 0 <= a <= b <= n for (a, b), n in
                                              zip(slices.bounds(shape, part), shape, strict=True)):
                raise lost(self._path, f"{name}: a part does not lie within the shape {list(shape)}")
        return Entry(dtype, shape, message.shard_id, message.offset, message.size, message.crc32c, parts)

    # Values ---------------------------------------------------------------------------------------------

    def _value(self, name: str, entry: Entry) -> np.ndarray:
        path, file = self._data(entry.shard)
        with files.told(path):
            length = file.seek(0, os.SEEK_END)
            if entry.offset + entry.size > length:
                raise lost(path, f"{name}: the file ends at {length}, before the value does: it was cut short")
            file.seek(entry.offset)
            if entry.dtype is dtypes.string:
                try:
                    array, crc = values.strings(file.read(entry.size), entry.shape)
                except ValueError as error:
                    raise lost(path, f"{name}: {error}") from None
            else:
                array = values.numbers(entry.dtype, entry.shape)
                data = values.as_bytes(array)
                if _filled(file, data) != entry.size:
                    raise lost(path, f"{name}: the file was cut short")
                crc = mask(crc32c(data))
        if crc != entry.crc:
            raise lost(path, f"{name}: Checksum does not match: stored {entry.crc} vs. calculated on the restored "
                       f"bytes {crc}")
        return array

    def _data(self, shard: int) -> tuple[str, BinaryIO]:
        path = files.data_name(self.prefix, shard, self.shards)
        if shard not in self._opened:
            with files.told(path):
                self._opened[shard] = open(path, "rb", buffering=0)  # type: ignore[assignment]  # noqa: SIM115
        return path, self._opened[shard]

    def _part(self, name: str, part: slices.Part) -> np.ndarray:
        label = f"{name} ({slices.formatted(self.entry(name).shape, part)})"
        return self._value(label, self._entry(slices.key(name, part), label))

    def _joined(self, name: str, entry: Entry, wanted: list[tuple[int, int]]) -> np.ndarray:
        """The elements within `wanted`, from the parts that hold them."""
        out = joined(entry, wanted, lambda part: self._part(name, part))
        if out is None:
            raise errors.NotFoundError(None, None, f"{self.prefix}: the checkpoint holds parts of {name}, but not all "
                                       f"of {slices.formatted(entry.shape, tuple((a, b - a) for a, b in wanted))}")
        return out


def joined(entry: Entry, wanted: list[tuple[int, int]], read: Callable[[slices.Part], np.ndarray]) -> np.ndarray | None:
    """The elements within `wanted`, from the parts that `read` gives; None where the parts do not hold them all."""
    shape = tuple(b - a for a, b in wanted)
    out = np.full(shape, b"", object) if entry.dtype is dtypes.string else values.numbers(entry.dtype, shape)
    missing = np.ones(shape, bool)
    for part in entry.parts:
        held = slices.bounds(entry.shape, part)
        common = slices.shared(wanted, held)
        if common is not None:
            place = slices.within(common, wanted)
            out[place] = read(part)[slices.within(common, held)]
            missing[place] = False
    return None if missing.any() else out


def _filled(file: BinaryIO, data: np.ndarray) -> int:
    """Read into an array until it is full or the file ends; the number of bytes."""
    view, at = memoryview(data), 0  # type: ignore[arg-type]
    while at < len(view):
        count = file.readinto(view[at:at + (1 << 30)])  # type: ignore[attr-defined]
        if not count:
            break
        at += count
    return at


def _header(path: str, raw: bytes | None) -> int:
    from google.protobuf.message import DecodeError

    from hornbeam.graph.messages.tensor_bundle_pb2 import BundleHeaderProto
    if raw is None:
        raise lost(path, "the index has no header")
    try:
        header = BundleHeaderProto.FromString(raw)
    except DecodeError:
        raise lost(path, "unable to parse the header of the index") from None
    if header.num_shards < 1:
        raise lost(path, f"the header names {header.num_shards} data files")
    if header.endianness != BundleHeaderProto.LITTLE:
        raise errors.UnimplementedError(None, None, f"{path}: the checkpoint was written on a machine of the other "
                                        "byte order")
    if header.version.min_consumer > _VERSION:
        raise errors.InvalidArgumentError(None, None, f"{path}: the checkpoint needs a reader of version "
                                          f"{header.version.min_consumer}, this one has {_VERSION}")
    return header.num_shards
