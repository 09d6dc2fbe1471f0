"""A model's outputs by path and name: what losses, metrics, targets and weights are matched with."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any, NamedTuple, final

from hornbeam.keras.tree import structures as tree

Path = tuple[Any, ...]


class Output(NamedTuple):
    """One output: where it stands in what the model gives, and its name where it has one."""

    path: Path
    name: str | None


@final
class Outputs:
    """The outputs of a model, found from one prediction. `names`: those of a functional model's output layers."""

    def __init__(self, y_pred: Any, names: Sequence[str] | None = None) -> None:
        self.structure = tree.map_structure(lambda _: None, y_pred) if tree.is_nested(y_pred) else None
        paths = [path for path, _ in tree.flatten_with_path(y_pred)]
        self._shallow = all(len(path) <= 1 for path in paths)
        if isinstance(y_pred, dict) and self._shallow:
            keys = {path[-1] for path in paths}
            if names and keys == set(names):
                paths = [(name,) for name in names]
            self.all = [Output(path, str(path[-1])) for path in paths]
        elif names and len(names) == len(paths):
            self.all = [Output(path, name) for path, name in zip(paths, names, strict=True)]
        else:
            self.all = [Output(path, None) for path in paths]

    def __len__(self) -> int:
        return len(self.all)

    @property
    def names(self) -> list[str | None]:
        """The names, None for outputs without one."""
        return [o.name for o in self.all]

    def of_prediction(self, y_pred: Any) -> list[Any]:
        """The outputs of a prediction."""
        return [at(o.path, y_pred) for o in self.all]

    def matched(self, value: Any, what: str, for_all: bool = False) -> list[Any]:
        """What belongs to each output of targets or weights; None where there is nothing.

        for_all: a value without structure goes to every output. Raises ValueError where the structures do not match.
        """
        if value is None:
            return [None] * len(self)
        if not tree.is_nested(value):
            if len(self) == 1 or for_all:
                return [value] * len(self)
            raise self._unlike(value, what)
        found = dict(tree.flatten_with_path(value))
        if all(o.path in found for o in self.all) and len(found) == len(self):
            return [found[o.path] for o in self.all]
        if isinstance(value, dict) and value and set(value) <= set(self.names):
            return [value.get(o.name) for o in self.all]
        flat = list(found.values())
        if len(flat) == len(self) or (for_all and len(flat) == 1):
            return flat * (len(self) // len(flat))
        raise self._unlike(value, what)

    def _unlike(self, value: Any, what: str) -> ValueError:
        shown = tree.map_structure(lambda _: "X", value) if tree.is_nested(value) else "X"
        own = "X" if self.structure is None else tree.map_structure(lambda _: "X", self.structure)
        return ValueError(f"{what} and y_pred have different structures.\n{what}: {shown}\ny_pred: {own}\n")

    def assigned(self, spec: Any, argument: str) -> list[list[Any]]:
        """For each output the leaves of `spec` (losses, metrics, weights) that are meant for it.

        spec: one for all outputs, or nested as the outputs are; dictionaries may go by the outputs' names. Raises
        KeyError and ValueError for paths and names that the outputs do not have.
        """
        found = self.assigned_by_path(spec, argument)
        return [found[o.path] for o in self.all]

    def assigned_by_path(self, spec: Any, argument: str) -> dict[Path, list[Any]]:
        """As `assigned`, by path. Functions may also stand where several outputs belong together, for all of those:
        nested as the outputs are, or in a list beside such a structure."""
        found: dict[Path, list[Any]] = {o.path: [] for o in self.all}
        self._assign(spec, (), found, argument)
        return found

    def packed(self, values: Sequence[Any]) -> Any:
        """One value for each output, in the structure of the outputs."""
        by_path = {o.path: value for o, value in zip(self.all, values, strict=True)}
        return tree.pack_sequence_as(self.structure, [by_path[p] for p, _ in tree.flatten_with_path(self.structure)])

    def _assign(self, spec: Any, path: Path, found: dict[Path, list[Any]], argument: str) -> None:
        below = [o.path for o in self.all if o.path[:len(path)] == path]
        if spec is None:
            return
        if not tree.is_nested(spec):
            whole = path and below != [path] and _is_for_the_whole(spec)
            for p in [path] if whole else below:
                found.setdefault(p, []).append(spec)
        elif below == [path]:
            self._assign_to_leaf(spec, path, found, argument)
        elif isinstance(spec, dict):
            self._assign_by_key(spec, path, found, argument)
        elif self._beside_structure(spec, path):
            for item in spec:
                if _is_for_the_whole(item):
                    found.setdefault(path, []).append(item)
                else:
                    self._assign(item, path, found, argument)
        elif len(spec) == len({p[len(path)] for p in below}):
            keys = list(dict.fromkeys(p[len(path)] for p in below))
            for key, item in zip(keys, spec, strict=True):
                self._assign(item, (*path, key), found, argument)
        elif not any(tree.is_nested(item) for item in spec):
            for item in spec:  # as in Keras 2: every one of them for every output
                self._assign(item, path, found, argument)
        else:
            raise ValueError(f"`{argument}` has {len(spec)} entries, the model's outputs are "
                             f"{[o.name or o.path for o in self.all]}. Received: {argument}={spec}")

    def _beside_structure(self, spec: Any, path: Path) -> bool:
        """Whether a list holds functions of a whole structure beside what is nested as that is."""
        return (not isinstance(at(path, self.structure), type(spec)) and any(tree.is_nested(item) for item in spec)
                and any(_is_for_the_whole(item) for item in spec))

    def _assign_to_leaf(self, spec: Any, path: Path, found: dict[Path, list[Any]], argument: str) -> None:
        if isinstance(spec, dict):
            name = next(o.name for o in self.all if o.path == path)
            unknown = [k for k in spec if k != name]
            if unknown and path and isinstance(path[0], str):
                raise KeyError(f"The path: {(*path, unknown[0])} in the `{argument}` argument, can't be found in the "
                               "model's output (`y_pred`).")
            if name is not None and unknown:
                raise ValueError(f"Expected keys {[name]} in {argument} dict, but found {argument}.keys()="
                                 f"{list(spec)}")
        found[path] += [leaf for leaf in tree.flatten(spec) if leaf is not None]

    def _assign_by_key(self, spec: dict[Any, Any], path: Path, found: dict[Path, list[Any]], argument: str) -> None:
        keys = {o.path[len(path)] for o in self.all if o.path[:len(path)] == path}
        names = {o.name: o.path for o in self.all if o.name is not None}
        for key, item in spec.items():
            if key in keys:
                self._assign(item, (*path, key), found, argument)
            elif not path and key in names:
                self._assign(item, names[key], found, argument)
            elif names and not path and not isinstance(self.structure, dict):
                raise ValueError(f"Expected keys {list(names)} in {argument} dict, but found {argument}.keys()="
                                 f"{list(spec)}")
            else:
                raise _no_such_path((*path, key), argument)


def _is_for_the_whole(item: Any) -> bool:
    """Whether a loss, or its weight, looks at a structure of outputs where it stands for one."""
    return inspect.isfunction(item) or isinstance(item, (int, float))


def _no_such_path(path: Path, argument: str) -> KeyError:
    return KeyError(f"The path: {path} in the `{argument}` argument, can't be found in either the model's output "
                    "(`y_pred`) or in the labels (`y_true`).")


def at(path: Path, structure: Any) -> Any:
    """What stands at a path."""
    for key in path:
        structure = structure[key]
    return structure


def is_binary(y_pred: Any) -> bool:
    """Whether predictions are one number each: a probability."""
    return len(y_pred.shape) > 0 and y_pred.shape[-1] == 1


def has_class_numbers(y_true: Any, y_pred: Any) -> bool:
    """Whether targets are numbers of classes rather than a probability for each."""
    last_true = y_true.shape[-1] if len(y_true.shape) else None
    return (len(y_true.shape) < len(y_pred.shape) or last_true == 1) and (y_pred.shape[-1] or 0) > 1
