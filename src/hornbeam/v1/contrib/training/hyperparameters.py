"""`HParams`: named hyperparameters with types, read from text, dictionaries and JSON."""

from __future__ import annotations

import json
import numbers
import re
from collections.abc import Iterator, Mapping
from typing import Any

from hornbeam.graph.names import public

_ASSIGNMENT = re.compile(r"""
    (?P<name>[a-zA-Z][\w.]*)           # its name
    (\[\s*(?P<index>\d+)\s*\])?        # an index of a list
    \s*=\s*
    ((?P<one>[^,\[]*) | \[(?P<many>[^\]]*)\])
    ($|,\s*)""", re.VERBOSE)


def _as_type(name: str, text: str, kind: type, whole: str) -> Any:
    """A value of the hyperparameter's type. Raises ValueError."""
    try:
        if kind is bool:
            if text in ("true", "True"):
                return True
            if text in ("false", "False"):
                return False
            return bool(int(text))
        return kind(text)
    except ValueError:
        raise ValueError(f"Could not parse hparam '{name}' of type '{kind.__name__}' with value '{text}' in "
                         f"{whole}") from None


def _assignments(values: str) -> Iterator[re.Match[str]]:
    at = 0
    while at < len(values):
        found = _ASSIGNMENT.match(values, at)
        if not found:
            raise ValueError(f"Malformed hyperparameter value: {values[at:]}")
        at = found.end()
        yield found


@public(v1=("contrib.training.parse_values",))
def parse_values(values: str, type_map: Mapping[str, Any], ignore_unknown: bool = False) -> dict[str, Any]:
    """The hyperparameters of a text like "rate=0.1,sizes=[3,4],names[1]=a".

    type_map: the type of each. An assignment with an index gives a dictionary from indices to values.
    ignore_unknown: leave out names that `type_map` has not. Raises ValueError for text that is none, unknown names,
    values of another type, and a name that is assigned twice.
    """
    found: dict[str, Any] = {}
    for match in _assignments(values):
        name, index = match["name"], match["index"]
        if name not in type_map:
            if ignore_unknown:
                continue
            raise ValueError(f"Unknown hyperparameter type for {name}")
        kind = type_map[name]
        if match["one"] is not None:
            value = _as_type(name, match["one"], kind, values)
            if index is None:
                _refuse_twice(found, name, values)
                found[name] = value
            else:
                _put_at(found, name, int(index), value, values)
        else:
            if index is not None:
                raise ValueError("Assignment of a list to a list index.")
            _refuse_twice(found, name, values)
            parts = [p for p in re.split("[ ,]", match["many"]) if p]
            found[name] = [_as_type(name, p, kind, values) for p in parts]
    return found


def _refuse_twice(found: dict[str, Any], name: str, whole: str) -> None:
    if name in found:
        raise ValueError(f"Multiple assignments to variable '{name}' in {whole}")


def _put_at(found: dict[str, Any], name: str, index: int, value: Any, whole: str) -> None:
    held = found.setdefault(name, {})
    if not isinstance(held, dict):
        raise ValueError(f"Multiple assignments to variable '{name}' in {whole}")
    if index in held:
        raise ValueError(f"Multiple assignments to variable '{name}[{index}]' in {whole}")
    held[index] = value


def _cast(value: Any, kind: type, name: str) -> Any:
    """A value as another of its kind: numbers of a wider type, text. Raises ValueError."""
    refused = ValueError(f"Could not cast hparam '{name}' of type '{kind}' from value {value!r}")
    if kind is type(None):
        return value
    if issubclass(kind, str) != isinstance(value, str):
        raise refused
    if issubclass(kind, bool) != isinstance(value, bool):
        raise refused
    if issubclass(kind, numbers.Integral) and not isinstance(value, numbers.Integral):
        raise refused
    if issubclass(kind, numbers.Number) and not isinstance(value, numbers.Number):
        raise refused
    return kind(value)  # type: ignore[call-arg]


@public(v1=("contrib.training.HParams",))
class HParams:
    """Hyperparameters as attributes, each of one type.

    hparam_def: accepted. model_structure: any object, kept beside them. kwargs: names and values.

    >>> p = HParams(rate=0.1, sizes=[3, 4])
    >>> p.parse("rate=0.5,sizes[1]=9").values()
    {'rate': 0.5, 'sizes': [3, 9]}
    """

    def __init__(self, hparam_def: Any = None, model_structure: Any = None, **kwargs: Any) -> None:
        self._hparam_types: dict[str, tuple[type, bool]] = {}
        self._model_structure = model_structure
        for name, value in kwargs.items():
            self.add_hparam(name, value)

    def add_hparam(self, name: str, value: Any) -> None:
        """A new hyperparameter. Raises ValueError where the name is taken or the value an empty list."""
        if getattr(self, name, None) is not None:
            raise ValueError(f"Hyperparameter name is reserved: {name}")
        if isinstance(value, (list, tuple)):
            if not value:
                raise ValueError(f"Multi-valued hyperparameters cannot be empty: {name}")
            self._hparam_types[name] = (type(value[0]), True)
        else:
            self._hparam_types[name] = (type(value), False)
        setattr(self, name, value)

    def set_hparam(self, name: str, value: Any) -> None:
        """Give an existing hyperparameter a value. Raises KeyError for a new one, ValueError for another type."""
        kind, is_list = self._hparam_types[name]
        if isinstance(value, list):
            if not is_list:
                raise ValueError(f"Must not pass a list for single-valued parameter: {name}")
            setattr(self, name, [_cast(v, kind, name) for v in value])
        else:
            if is_list:
                raise ValueError(f"Must pass a list for multi-valued parameter: {name}.")
            setattr(self, name, _cast(value, kind, name))

    def del_hparam(self, name: str) -> None:
        """Remove a hyperparameter, where there is one."""
        if hasattr(self, name):
            delattr(self, name)
            del self._hparam_types[name]

    def parse(self, values: str) -> HParams:
        """Set hyperparameters from a text like "rate=0.1,sizes=[3,4]". Returns this object; see `parse_values`."""
        types = {name: kind for name, (kind, _) in self._hparam_types.items()}
        return self.override_from_dict(parse_values(values, types))

    def override_from_dict(self, values_dict: Mapping[str, Any]) -> HParams:
        """Set hyperparameters from a dictionary. Returns this object."""
        for name, value in values_dict.items():
            if isinstance(value, dict) and self._hparam_types.get(name, (None, False))[1]:
                listed = list(getattr(self, name))
                for index, item in value.items():
                    listed[index] = item
                value = listed
            self.set_hparam(name, value)
        return self

    def set_from_map(self, values_map: Mapping[str, Any]) -> HParams:
        """The older name of `override_from_dict`."""
        return self.override_from_dict(values_map)

    def set_model_structure(self, model_structure: Any) -> None:
        """Keep another object beside the hyperparameters."""
        self._model_structure = model_structure

    def get_model_structure(self) -> Any:
        """The object kept beside the hyperparameters."""
        return self._model_structure

    def to_json(self, indent: int | None = None, separators: tuple[str, str] | None = None,
                sort_keys: bool = False) -> str:
        """The hyperparameters as JSON; functions are left out."""
        kept = {k: v for k, v in self.values().items() if not callable(v)}
        return json.dumps(kept, indent=indent, separators=separators, sort_keys=sort_keys)

    def parse_json(self, values_json: str) -> HParams:
        """Set hyperparameters from JSON. Returns this object."""
        return self.override_from_dict(json.loads(values_json))

    def values(self) -> dict[str, Any]:
        """The hyperparameters by name."""
        return {name: getattr(self, name) for name in self._hparam_types}

    def get(self, key: str, default: Any = None) -> Any:
        """A hyperparameter, or `default`. Raises ValueError where that has another type."""
        if key not in self._hparam_types:
            return default
        if default is not None:
            kind, is_list = self._hparam_types[key]
            shown = f"Hparam '{key}' of type '{f'list[{kind}]' if is_list else kind}' is incompatible with " \
                    f"default={default}"
            if is_list != isinstance(default, list):
                raise ValueError(shown)
            try:
                _cast(default[0] if is_list and default else default, kind, key) if default != [] else None
            except ValueError:
                raise ValueError(shown) from None
        return getattr(self, key)

    def __contains__(self, key: str) -> bool:
        return key in self._hparam_types

    def __str__(self) -> str:
        return ",".join(f"{name}={value}" for name, value in sorted(self.values().items()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({sorted(self.values().items())})"
