"""What `get`, `serialize` and `deserialize` of a namespace do: objects found by name or configuration.

Which objects a namespace has follows from their public names (`keras_export`); no list is kept by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hornbeam.graph.names import names_v2
from hornbeam.keras.lookup import named
from hornbeam.keras.saving.serialization import deserialize_keras_object, serialize_keras_object
from hornbeam.keras.utils.naming import to_snake_case

_NOT_OBJECTS = {"get", "serialize", "deserialize"}


def as_it_is(name: str) -> tuple[str, ...]:
    """The one spelling of a class: its name."""
    return (name,)


def with_snake_case(name: str) -> tuple[str, ...]:
    """The spellings of a class: `MaxNorm`, `max_norm`."""
    return name, to_snake_case(name)


class Identifiers:
    """The objects of `keras.<namespace>` by name.

    kind: what messages call them. spellings: the names that a class is found by. functions: whether the namespace's
    functions are objects too. also: further names of some.
    """

    def __init__(self, namespace: str, kind: str, spellings: Callable[[str], Iterable[str]] = as_it_is,
                 functions: bool = False, also: Mapping[str, str] | None = None) -> None:
        self.namespace, self.kind = namespace, kind
        self._spellings, self._functions, self._also = spellings, functions, dict(also or {})
        self._table: dict[str, Any] = {}

    @property
    def table(self) -> dict[str, Any]:
        """Every object by every name, as the namespace has them once it is loaded."""
        if not self._table:
            prefix = f"keras.{self.namespace}."
            for name, public in names_v2.items():
                short = name.removeprefix(prefix)
                if short == name or "." in short or short in _NOT_OBJECTS:
                    continue
                if isinstance(public.target, type):
                    self._table.update(dict.fromkeys(self._spellings(public.target.__name__), public.target))
                elif self._functions:
                    self._table[short] = public.target
            self._table.update({name: self._table[target] for name, target in self._also.items()})
        return self._table

    def serialize(self, value: Any) -> Any:
        """The configuration of an object, or a function's name."""
        return serialize_keras_object(value)

    def deserialize(self, config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
        """The object that a configuration or a name describes. Raises ValueError or TypeError where there is none."""
        return deserialize_keras_object(config, custom_objects=custom_objects, module_objects=self.table)

    def find(self, name: str) -> Any:
        """The object of this name, here or among those that the program registered; None where there is none."""
        found = self.table.get(name)
        return found if found is not None else named("saving.get_registered_object")(name)

    def get(self, identifier: Any) -> Any:
        """The object that a name, a configuration or a class stands for; a callable is itself, None is None.

        Raises ValueError for anything else.
        """
        if identifier is None:
            return None
        if isinstance(identifier, dict):
            found = self.deserialize(identifier)
        else:
            found = self.find(identifier) if isinstance(identifier, str) else identifier
        if isinstance(found, type):
            found = found()
        if not callable(found):
            raise ValueError(f"Could not interpret {self.kind} identifier: {identifier}")
        return found
