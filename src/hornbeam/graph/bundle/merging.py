"""Several checkpoints become one: their data files are renamed, the tensors stay where they are."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from typing import Any

from hornbeam.graph import errors
from hornbeam.graph.bundle import files
from hornbeam.graph.bundle.reader import BundleReader, exists, shards_of
from hornbeam.graph.bundle.writer import index_of


def merge(prefixes: Sequence[str], destination: str, delete_old_dirs: bool = True,
          allow_missing_files: bool = False) -> None:
    """The checkpoints `prefixes` become the checkpoint `destination`; their indices are removed.

    delete_old_dirs: whether their folders are removed too, where nothing else is in them. allow_missing_files: whether
    those that are not there are passed over, if one is. Raises InvalidArgumentError where two hold the same tensor.
    """
    there = [p for p in prefixes if exists(p)] if allow_missing_files else list(prefixes)
    if not there:
        raise errors.NotFoundError(None, None, f"{destination}: none of the checkpoints to merge exists: "
                                   f"{', '.join(prefixes)}")
    merged: dict[bytes, Any] = {}
    data: list[str] = []
    for prefix in there:
        with BundleReader(prefix) as reader:
            for key, entry in reader.raw_entries():
                _take(merged, key, entry, len(data), prefix)
            data += [files.data_name(prefix, i, reader.shards) for i in range(reader.shards)]
    live = shards_of(destination)
    if destination in there:
        live = None
    with files.told(destination):
        folder = os.path.dirname(destination)
        if folder and not os.path.isdir(folder):
            os.mkdir(folder)
    files.install(destination, data, lambda shards: index_of(merged, shards), live)
    for prefix in there:
        if prefix != destination:
            files.discard(files.index_name(prefix))
        if delete_old_dirs and os.path.dirname(prefix) != os.path.dirname(destination):
            with contextlib.suppress(OSError):
                os.rmdir(os.path.dirname(prefix))


def _take(merged: dict[bytes, Any], key: bytes, entry: Any, first: int, prefix: str) -> None:
    """One entry of a checkpoint whose first data file gets the number `first`."""
    entry.shard_id += first
    held = merged.get(key)
    if held is None:
        merged[key] = entry
        return
    if not (held.slices and entry.slices and held.dtype == entry.dtype and held.shape == entry.shape):
        raise errors.InvalidArgumentError(None, None, f"Merging checkpoint with duplicate keys: "
                                          f"{key.decode(errors='replace')}, also in {prefix}")
    held.slices.extend(entry.slices)
