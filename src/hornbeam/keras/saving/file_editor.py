"""KerasFileEditor: look into a file of weights, change what stands where, and write another."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import rich.console
import rich.markup
import rich.tree

from hornbeam.keras.names import keras_export
from hornbeam.keras.saving.archive import CONFIG, METADATA, WEIGHTS, in_memory, read_member
from hornbeam.keras.saving.files import named_in_errors, replaced
from hornbeam.keras.saving.h5_store import H5Writer, child_array, child_group, open_h5
from hornbeam.keras.saving.state import save_state


@keras_export("saving.KerasFileEditor")
class KerasFileEditor:
    """What a `.keras` or `.weights.h5` file holds, as nested dictionaries (`weights_dict`) that can be changed.

    `config` and `metadata` are those of a `.keras` file, else None. Objects are named by their path
    (`"layers/dense_2"`) or, where that is unique, by its last part. Raises ValueError for other files, and for damaged
    ones.
    """

    def __init__(self, filepath: Any) -> None:
        self.filepath = filepath = str(filepath)
        self.metadata: Any = None
        self.config: Any = None
        self.console = rich.console.Console(highlight=False)
        if not filepath.endswith((".keras", ".weights.h5")):
            raise ValueError("Invalid filename: expected a `.keras` `.weights.h5` extension. "
                             f"Received: filepath={filepath}")
        self.object_metadata: dict[str, str] = {}
        with named_in_errors(filepath, "a file of weights"):
            if filepath.endswith(".keras"):
                with zipfile.ZipFile(filepath) as archive:
                    self.config = json.loads(read_member(archive, CONFIG))
                    self.metadata = json.loads(read_member(archive, METADATA))
                    source: Any = in_memory(archive, WEIGHTS)
            else:
                source = filepath
            with open_h5(source) as file:
                self.weights_dict = self._read(file, "")
        self.console.print(f"Keras model file '{filepath}'")
        if self.metadata is not None:
            self.console.print(f"Saved with Keras {self.metadata.get('keras_version')}; "
                               f"date saved: {self.metadata.get('date_saved')}")

    def _read(self, group: Any, path: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name in group:
            if name == "vars":
                inner = child_group(group, name)
                if "name" in inner.attrs:
                    self.object_metadata[path] = str(inner.attrs["name"])
                found.update({key: child_array(inner, key) for key in inner})
            else:
                found[name] = self._read(child_group(group, name), f"{path}/{name}" if path else name)
        return found

    # Looking --------------------------------------------------------------------------------------

    def summary(self) -> None:
        """Print what stands where: objects, and the shapes and dtypes of their arrays."""
        tree = rich.tree.Tree("Weights structure")
        self._grow(tree, self.weights_dict, "")
        self.console.print(tree)

    def _grow(self, tree: rich.tree.Tree, weights: dict[str, Any], path: str) -> None:
        for name, value in weights.items():
            if isinstance(value, dict):
                inner = f"{path}/{name}" if path else name
                label = self.object_metadata.get(inner)
                branch = tree.add(rich.markup.escape(name if label is None else f"{name} ('{label}')"))
                self._grow(branch, value, inner)
            else:
                tree.add(rich.markup.escape(f"{name}: shape={np.shape(value)}, dtype={np.asarray(value).dtype}"))

    def compare(self, reference_model: Any) -> dict[str, Any]:
        """Compare with what a model would write: `{'status': 'success' or 'error', 'error_count', 'match_count'}`.

        An object that only one of them has is one error, whatever it holds.
        """
        wanted = _Shapes()
        save_state(reference_model, wanted)
        own = {path: np.shape(value) for path, value in _flat(self.weights_dict)}
        errors = [f"...'{path}' is missing in the file" for path in _roots_beyond(wanted.shapes, own)]
        errors += [f"...'{path}' is not in the model" for path in _roots_beyond(own, wanted.shapes)]
        errors += [f"...Weight '{path}': the file has shape {own[path]}, the model {shape}"
                   for path, shape in wanted.shapes.items() if path in own and own[path] != shape]
        matches = sum(own.get(path) == shape for path, shape in wanted.shapes.items())
        for text in errors:
            self.console.print(rich.markup.escape(text))
        self.console.print(f"Comparison: {matches} matching weights, {len(errors)} differences.")
        return {"status": "error" if errors else "success", "error_count": len(errors), "match_count": matches}

    # Changing -------------------------------------------------------------------------------------

    def rename_object(self, object_name: str, new_name: str) -> None:
        """Give an object another last name. Raises ValueError where there is no such object, or several."""
        if "/" in new_name:
            raise ValueError("Argument `target_name` should be a leaf name, not a full path name. "
                             f"Received: target_name='{new_name}'")
        holder, name = self._place(object_name)
        holder[new_name] = holder.pop(name)

    def delete_object(self, object_name: str) -> None:
        """Take an object away. Raises ValueError where there is no such object, or several."""
        holder, name = self._place(object_name)
        del holder[name]

    def add_object(self, object_path: str, weights: dict[str, Any]) -> None:
        """Put a new object at a path; `weights` are its arrays by name.

        Raises ValueError where the path leads nowhere.
        """
        _check_weights(weights)
        *parents, name = object_path.split("/")
        holder = self.weights_dict
        for part in parents:
            if not isinstance(holder.get(part), dict):
                raise ValueError(f"Path '{'/'.join(parents)}' not found in model.")
            holder = holder[part]
        holder[name] = dict(weights)

    def delete_weight(self, object_name: str, weight_name: str) -> None:
        """Take an array of an object away. Raises ValueError where it is not there."""
        holder, name = self._place(object_name)
        if weight_name not in holder[name]:
            raise ValueError(f"Weight {weight_name} not found in object {object_name}. Weights found: "
                             f"{list(holder[name])}")
        del holder[name][weight_name]

    def add_weights(self, object_name: str, weights: dict[str, Any]) -> None:
        """Put arrays into an object. Raises ValueError where there is no such object, or several."""
        _check_weights(weights)
        holder, name = self._place(object_name)
        holder[name].update(weights)

    def _place(self, name: str) -> tuple[dict[str, Any], str]:
        """The dictionary that holds an object, and its name there."""
        if "/" in name:
            *parents, last = name.split("/")
            holder: Any = self.weights_dict
            for part in parents:
                holder = holder.get(part) if isinstance(holder, dict) else None
            if not isinstance(holder, dict) or last not in holder:
                raise ValueError(f"Path '{name}' not found in model.")
            return holder, last
        holders = [holder for holder in _dictionaries(self.weights_dict) if name in holder]
        if len(holders) > 1:
            raise ValueError(f"Name '{name}' occurs more than once in the model; try passing a complete path")
        if not holders:
            raise ValueError(f"Source name '{name}' does not appear in the model. Use `editor.summary()` to list all "
                             "objects.")
        return holders[0], name

    # Writing --------------------------------------------------------------------------------------

    def save(self, filepath: Any) -> None:
        """Write the weights to a file that ends in `.weights.h5`. Raises ValueError for another ending."""
        if not str(filepath).endswith(".weights.h5"):
            raise ValueError("Invalid `filepath` argument: expected a `.weights.h5` extension. "
                             f"Received: filepath={filepath}")
        with replaced(filepath) as part:
            writer = H5Writer(part)
            try:
                self._write(writer, self.weights_dict, "")
            finally:
                writer.close()

    resave_weights = save

    def _write(self, writer: H5Writer, weights: dict[str, Any], path: str) -> None:
        arrays = writer.make(path, self.object_metadata.get(path))
        for name, value in weights.items():
            if isinstance(value, dict):
                self._write(writer, value, f"{path}/{name}" if path else name)
            else:
                arrays[name] = value


class _Shapes:
    """A writer that keeps the shapes alone."""

    def __init__(self) -> None:
        self.shapes: dict[str, tuple[int, ...]] = {}

    def make(self, path: str, name: str | None = None) -> Any:
        """The dictionary that notes what is put below a path."""
        return _Noted(self.shapes, path)


class _Noted(dict):  # type: ignore[type-arg]
    def __init__(self, shapes: dict[str, tuple[int, ...]], path: str) -> None:
        super().__init__()
        self._shapes, self._path = shapes, path

    def __setitem__(self, name: str, value: Any) -> None:
        self._shapes[f"{self._path}/{name}" if self._path else name] = tuple(np.shape(value))


def _flat(weights: dict[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in weights.items():
        inner = f"{path}/{name}" if path else name
        if isinstance(value, dict):
            yield from _flat(value, inner)
        else:
            yield inner, value


def _roots_beyond(paths: Iterable[str], others: Iterable[str]) -> list[str]:
    """The first parts of paths, objects or weights, where others end."""
    known = {prefix for path in others for prefix in _prefixes(path)}
    return list(dict.fromkeys(next(p for p in _prefixes(path) if p not in known)
                              for path in paths if path not in known))


def _prefixes(path: str) -> Iterator[str]:
    parts = path.split("/")
    for i in range(1, len(parts) + 1):
        yield "/".join(parts[:i])


def _dictionaries(weights: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield weights
    for value in weights.values():
        if isinstance(value, dict):
            yield from _dictionaries(value)


def _check_weights(weights: Any) -> None:
    if not isinstance(weights, dict):
        raise ValueError("Argument `weights` should be a dict where keys are weight names (usually '0', '1', etc.) and "
                         f"values are NumPy arrays. Received: type(weights)={type(weights)}")
