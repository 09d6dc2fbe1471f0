"""Weights in several HDF5 files of limited size, and a JSON file that says what stands where."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from hornbeam.keras.saving.h5_store import child_array, child_group, open_h5, put_array


def _map_path(path: Path) -> Path:
    return path if path.suffix == ".json" else path.with_suffix(".json")


class ShardWriter:
    """Writes the state of a model into files of at most `max_shard_size` GB each. `path`: of the JSON file."""

    def __init__(self, path: Path, max_shard_size: float) -> None:
        self._path = _map_path(path)
        self._base = self._path.stem.replace(".weights", "")
        self._limit = float(max_shard_size) * 1024**3
        self._file: Any = None
        self._size = self._total = 0
        self._places: dict[str, Any] = {}
        self.made: list[Path] = []

    def make(self, path: str, name: str | None = None) -> _ShardGroup:
        """The dictionary that writes below a path."""
        return _ShardGroup(self, f"/{path}/vars" if path else "/vars", name)

    def put(self, group_path: str, label: str | None, name: str, value: Any) -> None:
        """Write an array, into a new file where this one is full. Raises ValueError for one larger than a file."""
        array = np.asarray(value)
        if array.nbytes > self._limit:
            raise ValueError(f"The size of {name} is {array.nbytes} B which exceeds the maximum shard size "
                             f"{int(self._limit)} B. You can increase the `max_shard_size` parameter to accommodate "
                             "the size.")
        if self._file is None or self._size + array.nbytes > self._limit:
            self._next_file()
        self._size += array.nbytes
        self._total += array.nbytes
        file: Any = self._file
        group = file.require_group(group_path)
        if label is not None:
            group.attrs["name"] = label
        put_array(group, name, array)
        here, held = self.made[-1].name, self._places.get(group_path)
        if held is None:
            self._places[group_path] = here
        elif here not in (held if isinstance(held, list) else [held]):
            self._places[group_path] = [*(held if isinstance(held, list) else [held]), here]

    def _next_file(self) -> None:
        if self._file is not None:
            self._file.close()
        self.made.append(self._path.with_name(f"{self._base}_{len(self.made):05}.weights.h5"))
        self._file = h5py.File(self.made[-1], "w")
        self._size = 0

    def close(self) -> None:
        """Finish the files, and write the JSON file."""
        if self._file is None:
            self._next_file()
        file: Any = self._file
        file.close()
        found = {"metadata": {"total_size": float(self._total)}, "weight_map": self._places}
        self._path.write_text(json.dumps(found, indent=4))


class _ShardGroup:
    def __init__(self, writer: ShardWriter, path: str, label: str | None) -> None:
        self._writer, self._path, self._label = writer, path, label

    def __setitem__(self, name: str, value: Any) -> None:
        self._writer.put(self._path, self._label, name, value)


class ShardReader:
    """Reads what `ShardWriter` wrote. Raises ValueError where the JSON file says nothing that makes sense."""

    def __init__(self, path: Path) -> None:
        self._path = _map_path(path)
        found = json.loads(self._path.read_text())
        places = found.get("weight_map") if isinstance(found, dict) else None
        if not isinstance(places, dict):
            raise ValueError(f"{self._path} does not say where weights are.")
        self._places: dict[str, list[str]] = {}
        for group_path, names in places.items():
            self._places[group_path] = list(names) if isinstance(names, list) else [names]
            if any(not isinstance(n, str) or Path(n).name != n for n in self._places[group_path]):
                raise ValueError(f"{self._path} names files outside its folder: {names}")
        self._files: dict[str, Any] = {}

    def _open(self, name: str) -> Any:
        if name not in self._files:
            self._files[name] = open_h5(self._path.with_name(name))
        return self._files[name]

    def get(self, path: str) -> _ShardArrays:
        """The arrays below a path; empty where there are none."""
        full = f"/{path}/vars" if path else "/vars"
        names = self._places.get(full, [])
        return _ShardArrays([child_group(self._open(name), full.strip("/")) for name in names])

    def has_path(self, path: str) -> bool:
        """Whether anything stands at a path."""
        return any(p == f"/{path}" or p.startswith(f"/{path}/") for p in self._places)

    def close(self) -> None:
        """Close the files."""
        for file in self._files.values():
            file.close()


class _ShardArrays:
    def __init__(self, groups: list[Any]) -> None:
        self._groups = groups

    def keys(self) -> list[str]:
        return [name for group in self._groups for name in group]

    def __len__(self) -> int:
        return len(self.keys())

    def __contains__(self, name: object) -> bool:
        return name in self.keys()

    def __getitem__(self, name: str) -> np.ndarray:
        for group in self._groups:
            if name in group:
                return child_array(group, name)
        raise KeyError(name)
