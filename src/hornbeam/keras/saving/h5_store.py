"""Arrays in HDF5 files: written group by group, read without following links or believing sizes.

A group's arrays stand below `<path>/vars` as `0`, `1`, …; the group carries the `name` of what it belongs to.
"""

from __future__ import annotations

import io
import math
import mmap
import os
import struct
from collections.abc import Iterator
from typing import Any

import h5py
import ml_dtypes
import numpy as np

_LARGE = 1 << 32
_EXPANSION = 1000


def open_h5(source: Any) -> Any:
    """An HDF5 file (a path or a `BytesIO`) opened for reading.

    Raises ValueError where a heap in it would make the HDF5 library go round for ever, OSError where it is no such
    file.
    """
    if isinstance(source, io.BytesIO):
        _check_heaps(source.getbuffer())
    else:
        with open(source, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size:
                with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                    _check_heaps(data)
    return h5py.File(source, "r")


_HEAP, _HEAP_OBJECT = struct.Struct("<4sB3xQ"), struct.Struct("<HHIQ")


def _check_heaps(data: Any) -> None:
    """Walk the global heaps (which hold texts) as the library does: it never ends at free space of size 0."""
    find = data.find if isinstance(data, mmap.mmap) else bytes(data).find
    at = find(b"GCOL")
    while at >= 0:
        if at + _HEAP.size <= len(data):
            _, version, size = _HEAP.unpack_from(data, at)
            if version == 1 and size <= len(data) - at:
                _check_heap(data, at + _HEAP.size, at + size)
        at = find(b"GCOL", at + 1)


def _check_heap(data: Any, at: int, end: int) -> None:
    while at + _HEAP_OBJECT.size <= end:
        index, _, _, size = _HEAP_OBJECT.unpack_from(data, at)
        step = size if index == 0 else _HEAP_OBJECT.size + (size + 7) // 8 * 8
        if step == 0:
            raise ValueError("Invalid H5 file: a heap holds free space of size 0")
        at += step


def child_group(parent: Any, path: str) -> Any:
    """The group at a path. Raises KeyError where nothing is, ValueError for links and for what is no group."""
    group = parent
    for part in path.split("/"):
        if not part:
            raise ValueError(f"Invalid path in H5 file: {path}")
        _refuse_link(group, part)
        group = group[part]
        if not isinstance(group, h5py.Group):
            raise ValueError(f"Invalid H5 file, expected Group but received {type(group)}")
    return group


def child_array(parent: Any, path: str) -> np.ndarray:
    """The array at a path.

    Raises KeyError where nothing is, ValueError for links, for arrays that live elsewhere, and for such whose size is
    far beyond what the file stores.
    """
    group_path, _, name = path.rpartition("/")
    group = child_group(parent, group_path) if group_path else parent
    _refuse_link(group, name)
    dataset = group[name]
    if not isinstance(dataset, h5py.Dataset):
        raise ValueError(f"Invalid H5 file, expected Dataset, received {type(dataset)}")
    if dataset.external or dataset.is_virtual:
        kind = "external" if dataset.external else "virtual"
        raise ValueError(f"Not allowed: H5 file with {kind} Dataset")
    if dataset.dtype.hasobject:
        raise ValueError(f"Not allowed: H5 dataset '{name}' holds {dataset.dtype}, no numbers")
    shape = dataset.shape
    declared = math.prod(shape or ()) * dataset.dtype.itemsize
    stored = dataset.id.get_storage_size()
    if declared > _LARGE and declared > _EXPANSION * stored:
        raise ValueError(f"Not allowed: H5 dataset '{name}' declares {declared} bytes but only {stored} are stored on "
                         "disk; refusing to load a potential decompression/shape bomb.")
    array = np.asarray(dataset[()])
    if dataset.attrs.get("dtype") == "bfloat16":
        return array.view(ml_dtypes.bfloat16)
    return array


def _refuse_link(group: Any, name: str) -> None:
    if name not in group:
        raise KeyError(name)
    kind = group.get(name, getclass=True, getlink=True)
    if kind in (h5py.ExternalLink, h5py.SoftLink):
        raise ValueError(f"Not allowed: H5 file with {kind.__name__}")


def put_array(group: Any, name: str, value: Any) -> None:
    """Write an array below a group."""
    array = np.asarray(value)
    if array.dtype == ml_dtypes.bfloat16:
        group.create_dataset(name, data=array).attrs["dtype"] = "bfloat16"
    else:
        group[name] = array


class GroupReader:
    """The arrays of one group, as a dictionary that reads on demand. Without a group it is empty."""

    def __init__(self, group: Any = None) -> None:
        self._group = group

    def keys(self) -> list[str]:
        """The arrays' names."""
        return [] if self._group is None else list(self._group.keys())

    def __len__(self) -> int:
        return len(self.keys())

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __contains__(self, name: object) -> bool:
        return name in self.keys()

    def __getitem__(self, name: str) -> np.ndarray:
        if self._group is None:
            raise KeyError(name)
        return child_array(self._group, name)


class GroupWriter:
    """A dictionary whose items are written as arrays below a group, which is made when the first comes."""

    def __init__(self, file: Any, path: str, name: str | None) -> None:
        self._file, self._path = file, f"{path}/vars" if path else "vars"
        self._group: Any = None
        if name is not None:
            self._made().attrs["name"] = name

    def _made(self) -> Any:
        if self._group is None:
            self._group = self._file.create_group(self._path)
        return self._group

    def __setitem__(self, name: str, value: Any) -> None:
        put_array(self._made(), name, value)

    def __contains__(self, name: object) -> bool:
        return self._group is not None and name in self._group

    def keys(self) -> list[str]:
        """The names of what was written."""
        return [] if self._group is None else list(self._group.keys())


class H5Writer:
    """Writes the state of a model into one HDF5 file: a path or a binary file object."""

    def __init__(self, target: Any) -> None:
        self._file = h5py.File(target, "w")

    def make(self, path: str, name: str | None = None) -> GroupWriter:
        """The dictionary that writes below a path."""
        return GroupWriter(self._file, path, name)

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class H5Reader:
    """Reads the state of a model from one HDF5 file: a path or a binary file object."""

    def __init__(self, source: Any) -> None:
        self._file = open_h5(source)

    def get(self, path: str) -> GroupReader:
        """The arrays below a path; empty where there are none."""
        for candidate in (path, path.replace("layers", "_layer_checkpoint_dependencies")):
            full = f"{candidate}/vars" if candidate else "vars"
            try:
                return GroupReader(child_group(self._file, full))
            except KeyError:
                continue
        return GroupReader()

    def has_path(self, path: str) -> bool:
        """Whether anything stands at a path."""
        return path in self._file

    def close(self) -> None:
        """Close the file."""
        self._file.close()
