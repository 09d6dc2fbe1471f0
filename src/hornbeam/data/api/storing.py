"""Datasets kept in memory and in files: `cache`, `save`, `load`, `snapshot`; and `fingerprint`."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from hornbeam.data import structure
from hornbeam.data.api.specs import DatasetSpec
from hornbeam.data.api.transformations import Transformations
from hornbeam.data.pipeline import keeping, stored
from hornbeam.data.pipeline.codec import decoded, encoded, plain_spec, spec_from_plain
from hornbeam.data.pipeline.functions import TracedFunction
from hornbeam.data.pipeline.mapping import called
from hornbeam.data.pipeline.node import Context, Made, Node, value_of, walk
from hornbeam.data.pipeline.sources import KeptNode
from hornbeam.graph import dtypes, errors
from hornbeam.graph.tensor import EagerTensor

_SPEC = "dataset_spec"
_COMPRESSIONS = {None: "", "AUTO": "", "NONE": "", "": "", "GZIP": "GZIP", "SNAPPY": ""}


def _compression(given: str | None) -> str:
    if given not in _COMPRESSIONS:
        raise ValueError(f"Invalid `compression` {given!r}: it is None, 'AUTO', 'GZIP', 'SNAPPY' or 'NONE'.")
    return _COMPRESSIONS[given]


class Storing(Transformations):
    """The methods of a dataset that keep its elements."""

    def cache(self, filename: Any = "", name: str | None = None) -> Any:
        """The elements, computed in the first pass alone: later ones take them from memory, or from files.

        filename: where to; in memory where it is empty. A pass that does not come to the end keeps nothing.
        """
        path = value_of(filename, dtypes.string)
        if isinstance(path, np.ndarray) and not path[()]:
            return self._made(keeping.MemoryCacheNode(self._node))
        return self._made(stored.FileCacheNode(self._node, path))

    def save(self, path: Any, compression: str | None = None, shard_func: Callable[..., Any] | None = None,
             checkpoint_args: Any = None) -> None:
        """Write the elements to the folder `path`, from where `Dataset.load` reads them.

        compression: None or "GZIP". shard_func: gives the number of the file (scalar int64) for an element; all go
        to one by default. Raises TypeError for elements that cannot be written: only tensors can.
        """
        folder, packed = Path(os.fspath(path)), _compression(compression)
        spec = plain_spec(self._node.spec)
        shard = None if shard_func is None else self._traced(shard_func, "Dataset.save()")
        shards = _sharded(self._node, shard)
        names = []
        count = 0
        for number, found in shards:
            names.append(f"{number:08d}.elements")
            count += stored.write_elements(str(folder / names[-1]), found, packed)
        folder.mkdir(parents=True, exist_ok=True)
        temporary = folder / f"{_SPEC}.tmp"
        temporary.write_bytes(encoded({"spec": spec, "files": names, "compression": packed, "count": count}))
        os.replace(temporary, folder / _SPEC)

    def snapshot(self, path: Any, compression: str | None = "AUTO", reader_func: Callable[..., Any] | None = None,
                 shard_func: Callable[..., Any] | None = None, name: str | None = None) -> Any:
        """The elements as they were first computed: the first pass writes them to the folder `path`, others read them.

        reader_func: as for `load`. shard_func: accepted, all elements go to one file.
        """
        made = self._made(stored.SnapshotNode(self._node, value_of(os.fspath(path), dtypes.string),
                                              _compression(compression)))
        return made if reader_func is None else reader_func(self._wrap(KeptNode(
            [[Made(made._node)]], DatasetSpec(self._node.spec))))

    def fingerprint(self) -> Any:
        """A number, scalar uint64, that is the same for datasets that are made alike of the same data."""
        digest = hashlib.sha256()
        for node in walk(self._node):
            digest.update(type(node).__name__.encode())
            digest.update(repr(node.spec).encode())
            for value in node.values:
                if isinstance(value, np.ndarray):
                    digest.update(encoded(value))
            for function in node.functions:
                digest.update(repr([(op.type, op.name) for op in function.plan.ops]).encode())
        return EagerTensor(np.array(int.from_bytes(digest.digest()[:8], "little"), np.uint64))


def _count(path: str, compression: str) -> int:
    elements = stored.StoredElements([path], compression)
    count = 0
    while elements.next() is not None:
        count += 1
    return count


def _sharded(node: Node, shard: TracedFunction | None) -> list[tuple[int, Any]]:
    """The elements of each file."""
    context = Context()
    if shard is None:
        return [(0, node.elements(context))]
    function = shard.bind(context)
    files: dict[int, list[list[Any]]] = {}
    elements = node.elements(context)
    while (element := elements.next()) is not None:
        files.setdefault(int(called(function, element)[0]), []).append(element)
    return [(number, KeptNode(found, node.spec).elements(context)) for number, found in sorted(files.items())]


def load(kind: Any, path: Any, element_spec: Any, compression: str | None, reader_func: Any) -> Any:
    """The dataset of the class `kind` that `save` wrote to a folder."""
    folder = Path(os.fspath(path))
    try:
        described = decoded((folder / _SPEC).read_bytes())
    except FileNotFoundError:
        raise errors.NotFoundError(None, None, f"{folder / _SPEC}; No such file or directory") from None
    except ValueError as error:
        raise errors.DataLossError(None, None, f"{folder / _SPEC}: {error}") from error
    spec = spec_from_plain(described["spec"])
    if element_spec is not None:
        structure.assert_same(spec, element_spec)
        if not all(a.is_compatible_with(b) for a, b in zip(structure.flatten(spec), structure.flatten(element_spec),
                                                           strict=True)):
            raise ValueError(f"`element_spec` {element_spec} does not fit what was saved: {spec}")
        spec = element_spec
    paths = [str(folder / name) for name in described["files"]]
    whole = stored.StoredNode(paths, described["compression"], spec, described["count"])
    if reader_func is None:
        return kind._wrap(whole)
    shards = [[Made(stored.StoredNode([p], described["compression"], spec, _count(p, described["compression"])))]
              for p in paths]
    return reader_func(kind._wrap(KeptNode(shards, DatasetSpec(spec))))
