"""The state of a model, object by object: where each one's arrays stand in a file.

An object that keeps state (a layer, an optimizer) stands at the names of the attributes that lead to it; within lists
and dictionaries at its class's name and a number. The first way to an object counts.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Iterator
from typing import Any

from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.lookup import is_a, named
from hornbeam.keras.utils.naming import to_snake_case

_CONTAINERS = (list, tuple, dict)
_MODEL_PARTS = {"Sequential": {"_functional"}, "Functional": {"operations", "_operations"}}
_OLD_NAMES = {"updates"}  # Keras 2's, which say so when they are read


def is_saveable(obj: Any) -> bool:
    """Whether an object has a place in files: layers, operations, optimizers, metrics, losses, random seeds."""
    return hasattr(type(obj), "_obj_type") or is_a(obj, "random.SeedGenerator")


@functools.cache
def _not_walked(kind: str) -> frozenset[str]:
    """The attributes that every object of a kind has: they lead to nothing of its own."""
    if kind in ("Metric", "Loss"):
        return frozenset(dir(named(kind)()))
    if kind == "Optimizer":
        return frozenset(dir(named("optimizers.SGD")(1.0))) - {"variables"}
    return frozenset(dir(Layer())) | _OLD_NAMES | _MODEL_PARTS.get(kind, set())


def _attributes(obj: Any) -> Iterator[tuple[str, Any]]:
    """What leads from an object to others, in the order of files: private names last."""
    kind = obj._obj_type() if hasattr(obj, "_obj_type") else "Layer"
    if kind in ("Sequential", "Functional"):
        yield "layers", obj.layers
    for name in sorted(dir(obj), key=lambda n: f"~{n}" if n.startswith("_") else n):
        if name.startswith("__") or name in _not_walked(kind) or name in getattr(obj, "_not_in_files", ()):
            continue
        try:
            child = getattr(obj, name)
        except Exception:
            continue  # a property that has no value yet
        yield name, child
    if isinstance(obj, Layer):
        for name, value in vars(obj).items():
            if is_a(value, "random.SeedGenerator"):
                yield name, value


def _items(container: Any) -> list[tuple[str, Any]]:
    """The objects in a list or dictionary, with their names there."""
    used: dict[str, int] = {}
    found = []
    for item in container.values() if isinstance(container, dict) else container:
        if is_saveable(item):
            name = to_snake_case(type(item).__name__)
        elif isinstance(item, _CONTAINERS):
            name = "container"
        else:
            continue
        count = used.get(name)
        used[name] = 0 if count is None else count + 1
        found.append((name if count is None else f"{name}_{count + 1}", item))
    return found


def _join(path: str, name: str) -> str:
    return f"{path}/{name}" if path else name


# Writing ---------------------------------------------------------------------------------------------


def save_state(obj: Any, arrays: Any, assets: Any = None, skip: Any = ()) -> None:
    """Write an object and all that it holds. arrays: a writer; assets: gives folders for further files, or None."""
    _save(obj, arrays, assets, "", {id(o) for o in skip})


def _save(obj: Any, arrays: Any, assets: Any, path: str, visited: set[int]) -> None:
    if id(obj) in visited:
        return
    visited.add(id(obj))
    if is_a(obj, "random.SeedGenerator"):
        arrays.make(path)["0"] = obj.state
        return
    if hasattr(obj, "save_own_variables"):
        name = getattr(obj, "name", None)
        obj.save_own_variables(arrays.make(path, name if isinstance(name, str) else None))
    if hasattr(obj, "save_assets") and assets is not None:
        obj.save_assets(assets.make(path))
    for name, child in _attributes(obj):
        if is_saveable(child):
            _save(child, arrays, assets, _join(path, name), visited)
        elif isinstance(child, _CONTAINERS):
            _save_items(child, arrays, assets, _join(path, name), visited, set())


def _save_items(container: Any, arrays: Any, assets: Any, path: str, visited: set[int], open_: set[int]) -> None:
    if id(container) in open_:
        return
    open_.add(id(container))
    for name, item in _items(container):
        if is_saveable(item):
            _save(item, arrays, assets, _join(path, name), visited)
        else:
            _save_items(item, arrays, assets, _join(path, name), visited, open_)


# Reading ---------------------------------------------------------------------------------------------


class StateLoader:
    """Reads what `save_state` wrote. What fails on one way to an object may go well on another."""

    def __init__(self, arrays: Any, assets: Any = None, skip_mismatch: bool = False, skip: Any = ()) -> None:
        self._arrays, self._assets, self._skip_mismatch = arrays, assets, skip_mismatch
        self._visited = {id(o) for o in skip}
        self._failed: dict[int, tuple[Any, Exception]] = {}

    def load(self, obj: Any) -> None:
        """Read the state of an object and all that it holds.

        Raises ValueError where something could not be read; with `skip_mismatch` that is a warning.
        """
        self._load(obj, "")
        if not self._failed:
            return
        first, error = next(iter(self._failed.values()))
        text = (f"A total of {len(self._failed)} objects could not be loaded. Example error message for object {first}:"
                f"\n\n{error}\n\nList of objects that could not be loaded:\n{[o for o, _ in self._failed.values()]}")
        if not self._skip_mismatch:
            raise ValueError(text)
        warnings.warn(text, stacklevel=4)

    def _load(self, obj: Any, path: str) -> None:
        if id(obj) in self._visited:
            return
        if is_a(obj, "random.SeedGenerator"):
            self._load_seed(obj, path)
            return
        failed = not self._own(obj, path)
        before = len(self._failed)
        for name, child in _attributes(obj):
            if is_saveable(child):
                self._load(child, _join(path, name))
            elif isinstance(child, _CONTAINERS):
                self._load_items(child, _join(path, name), set())
        if not failed:
            if len(self._failed) <= before:
                self._visited.add(id(obj))
            self._failed.pop(id(obj), None)

    def _own(self, obj: Any, path: str) -> bool:
        """Read an object's own arrays and files. Returns whether that went well."""
        try:
            if hasattr(obj, "load_own_variables"):
                obj.load_own_variables(self._arrays.get(path))
            if hasattr(obj, "load_assets") and self._assets is not None:
                obj.load_assets(self._assets.get(path))
        except Exception as error:
            self._failed[id(obj)] = obj, error
            return False
        return True

    def _load_seed(self, generator: Any, path: str) -> None:
        found = self._arrays.get(path)
        self._visited.add(id(generator))
        if "0" in found and tuple(found["0"].shape) == tuple(generator.state.shape):
            generator.state.assign(found["0"])

    def _load_items(self, container: Any, path: str, open_: set[int]) -> None:
        if id(container) in open_:
            return
        open_.add(id(container))
        for name, item in _items(container):
            if is_saveable(item):
                self._load(item, _join(path, name))
            elif self._arrays.has_path(_join(path, name)):
                self._load_items(item, _join(path, name), open_)
            else:
                self._load_old_items(item, _join(path, name), open_)

    def _load_old_items(self, item: Any, path: str, open_: set[int]) -> None:
        """A list within a list, which files before Keras 3.11 do not hold: a warning where something is missing."""
        before = dict(self._failed)
        self._load_items(item, path, open_)
        if set(self._failed) - set(before):
            self._failed = before
            warnings.warn(f"Skipping nested container at '{path}': no matching group found in the saved file. This "
                          "usually means the file was saved with a Keras version that did not serialize sublayers "
                          "nested inside containers. Affected layers will retain their freshly-initialized weights.",
                          stacklevel=5)
