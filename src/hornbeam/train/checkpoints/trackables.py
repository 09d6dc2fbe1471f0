"""What objects are made of, as checkpoints see it: children by name, and values that are saved.

An object says its children with `_trackable_children()`, a dictionary; modules, lists, tuples and dictionaries need
not. It has values of its own where it is a variable, or has `_serialize_to_tensors()` (a dictionary of arrays by name)
and `_restore_from_tensors(arrays)`. Slots are variables that an object keeps for other variables:
`_slot_variables_for_checkpoint(variables)` lists (slot's name, the variable it is for, the slot).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.names import public
from hornbeam.graph.shapes import TensorShape
from hornbeam.runtime.generator import Generator
from hornbeam.runtime.module import Module
from hornbeam.runtime.variable import Variable
from hornbeam.train.optimizer import Optimizer

VARIABLE_VALUE = "VARIABLE_VALUE"
PYTHON_STATE = "PYTHON_STATE"


@public("train.experimental.PythonState")
class PythonState:
    """Base of objects whose state Python keeps: `serialize` gives it as a string, `deserialize` takes it back."""

    def serialize(self) -> bytes | str:
        """The state. Every subclass says it."""
        raise TypeError(f"{type(self).__name__} does not say how its state is written: define `serialize`")

    def deserialize(self, string_value: bytes) -> None:
        """Take a state that `serialize` gave. Every subclass says how."""
        raise TypeError(f"{type(self).__name__} does not say how its state is read: define `deserialize`")


class Value(NamedTuple):
    """One value of an object: its name there, the name a graph knows it by, how it is read and written.

    `variable` is the variable whose value it is, where it is one's.
    """

    attribute: str
    full_name: str
    read: Callable[[], Any]
    write: Callable[[np.ndarray], None]
    variable: Variable | None = None


def is_trackable(item: Any) -> bool:
    """Whether an object may stand in a checkpoint; numbers, strings and arrays may not."""
    if isinstance(item, (Variable, Module, list, dict, Generator, Optimizer, PythonState)):
        return True
    if isinstance(item, tuple):
        return any(is_trackable(i) for i in item)
    return not isinstance(item, type) and (hasattr(item, "_trackable_children")
                                           or hasattr(item, "_serialize_to_tensors"))


def children(item: Any) -> dict[str, Any]:
    """The objects that an object holds, by name."""
    own = getattr(item, "_trackable_children", None)
    if own is not None:
        return {k: v for k, v in own().items() if is_trackable(v)}
    if isinstance(item, (list, tuple)):
        return {str(i): v for i, v in enumerate(item) if is_trackable(v)}
    if isinstance(item, Mapping):
        return _entries(item)
    if isinstance(item, Generator):
        return {"_state_var": item.state}
    if isinstance(item, Optimizer):
        return {_slot_name(key): v for key, v in item._non_slots.items() if isinstance(v, Variable)}
    if isinstance(item, Module):
        return attributes(item, item._TF_MODULE_IGNORED_PROPERTIES)
    return {}


def _slot_name(key: Any) -> str:
    return key[0] if isinstance(key, tuple) else str(key)


def attributes(item: Any, ignored: Any = ()) -> dict[str, Any]:
    """The trackable attributes of an object, in the order they were first set."""
    return {k: v for k, v in vars(item).items() if k not in ignored and is_trackable(v)}


def _entries(item: Mapping[Any, Any]) -> dict[str, Any]:
    found = {k: v for k, v in item.items() if is_trackable(v)}
    for key in found:
        if not isinstance(key, str):
            raise ValueError(f"Unable to save the object {item}: the dictionary contains a non-string key which maps "
                             "to a trackable object or mutable data structure. If you don't need this dictionary "
                             "checkpointed, wrap it in a non-trackable object; it will be subsequently ignored.")
    return found


def slots(item: Any, variables: Iterable[Variable]) -> list[tuple[str, Variable, Variable]]:
    """(slot's name, variable, slot) of what an optimizer keeps for these variables."""
    own = getattr(item, "_slot_variables_for_checkpoint", None)
    if own is not None:
        return list(own(variables))
    if not isinstance(item, Optimizer):
        return []
    found = ((name, variable, item.get_slot(variable, name)) for name in item.get_slot_names()
             for variable in variables)
    return [(name, variable, slot) for name, variable, slot in found if slot is not None]


def values(item: Any) -> list[Value]:
    """The values of an object itself, without its children's."""
    if isinstance(item, Variable):
        name = getattr(item, "path", None) or item.name.split(":")[0]
        return [Value(VARIABLE_VALUE, name, lambda: _read(item), lambda array: _assign(item, array), item)]
    if isinstance(item, PythonState):
        return [Value(PYTHON_STATE, "", lambda: np.array(_bytes(item.serialize()), object),
                      lambda array: item.deserialize(bytes(array[()])))]
    serialize = getattr(item, "_serialize_to_tensors", None)
    if serialize is None:
        return []
    return list(_of_object(item, serialize()))


def _of_object(item: Any, held: Mapping[str, Any]) -> Iterator[Value]:
    for name, value in held.items():
        yield Value(name, "", lambda value=value: np.asarray(getattr(value, "_value", value)),
                    lambda array, name=name: item._restore_from_tensors({name: array}))


def _bytes(text: bytes | str) -> bytes:
    return text.encode() if isinstance(text, str) else bytes(text)


def _read(variable: Variable) -> Any:
    if variable._cell is None:
        raise ValueError(f"{variable.name} has no value that could be saved yet")
    return np.asarray(variable._cell.read())  # type: ignore[union-attr]


def _assign(variable: Variable, array: np.ndarray) -> None:
    refuse_other_shape(variable, array)
    if getattr(variable, "_waiting_for", None) is not None:
        variable._waiting_for = lambda shape, dtype: array  # type: ignore[attr-defined]
    else:
        variable.assign(array)


def refuse_other_shape(variable: Variable, array: np.ndarray) -> None:
    """Raise ValueError where a value does not have the shape of a variable."""
    dims = variable._dims if variable._graph is None else variable._variable._dims
    if not TensorShape(dims).is_compatible_with(array.shape):
        raise ValueError(f"Received incompatible tensor with shape {array.shape} when attempting to restore variable "
                         f"with shape {TensorShape(dims)} and name {variable.name}.")


def dtype_of(value: Value) -> dtypes.DType | None:
    """The dtype that a value must have; None for other things than variables."""
    return None if value.variable is None else value.variable._dtype.base_dtype
