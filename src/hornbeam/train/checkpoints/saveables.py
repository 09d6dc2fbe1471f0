"""What a `Saver` saves and restores, each under its name: variables, their parts, and objects that say how.

An object that is no variable says it with `name`, `specs` (each with `tensor`, `name`, `slice_spec` and `dtype`) and
`restore(restored_tensors, restored_shapes)`, which gives an operation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, final

from hornbeam.graph.shapes import TensorShape
from hornbeam.ops import array, state
from hornbeam.runtime.partitions import PartitionedVariable
from hornbeam.runtime.variable import Variable


class SaveSpec:
    """One tensor of something that is saved: its name in the checkpoint, and which part of the name's tensor it is."""

    def __init__(self, tensor: Any, slice_spec: str, name: str, dtype: Any = None, device: str | None = None) -> None:
        self._tensor = tensor
        self.slice_spec = slice_spec
        self.name = name
        self.dtype = getattr(tensor, "dtype", None) if dtype is None else dtype
        self.device = device

    @property
    def tensor(self) -> Any:
        """The tensor, made when it is first asked for where a function was given."""
        return self._tensor() if callable(self._tensor) else self._tensor


class SaveableObject:
    """Base of what can be saved beside variables: the tensors to save (`specs`), and how they come back.

    op: what it is made of, for messages and devices. name: the name its first tensor is known by.
    """

    def __init__(self, op: Any, specs: Sequence[SaveSpec], name: str) -> None:
        self.op = op
        self.specs = list(specs)
        self.name = name

    @property
    def device(self) -> str:
        """The device of its first tensor."""
        return getattr(self.specs[0].tensor, "device", "") if self.specs else ""

    def restore(self, restored_tensors: Sequence[Any], restored_shapes: Any) -> Any:
        """The operation that gives it the values read for its `specs`. Every subclass says how."""
        raise ValueError(f"{type(self).__name__} does not say how it is restored")


@final
class VariableSaveable(SaveableObject):
    """A variable of a graph, or a part of one."""

    def __init__(self, variable: Variable, slice_spec: str, name: str) -> None:
        self.variable = variable
        tensor = variable._ref() if not slice_spec else variable.value()
        super().__init__(variable, [SaveSpec(tensor, slice_spec, name, variable.dtype)], name)

    @property
    def device(self) -> str:
        """The device of the variable."""
        return self.variable.device

    def restore(self, restored_tensors: Sequence[Any], restored_shapes: Any) -> Any:
        """Assign the value, in another shape where one is given."""
        value = restored_tensors[0]
        if restored_shapes is not None:
            value = array.reshape(value, restored_shapes[0])
        known = restored_shapes is None and TensorShape(self.variable.shape).is_fully_defined()
        assigned = state.assign_op(self.variable._ref(), value, validate_shape=known, use_locking=True, name="Assign")
        assigned.op.attrs["initializes"] = True
        return assigned


def named(var_list: Any) -> dict[str, Any]:
    """Variables by the names they are saved under, from a list or a dictionary.

    Raises ValueError where two have the same name, TypeError for what is no variable.
    """
    if isinstance(var_list, Mapping):
        return dict(var_list)
    out: dict[str, Any] = {}
    for item in var_list:
        name, value = _named(item)
        if name in out and isinstance(value, list) and isinstance(out[name], list):
            out[name] += value
        elif name in out:
            raise ValueError(f"At least two variables have the same name: {name}")
        else:
            out[name] = value
    return out


def _named(item: Any) -> tuple[str, Any]:
    variable = as_variable(item)
    if _is_object(item):
        return item.name, item
    if isinstance(item, PartitionedVariable):
        return item.name, list(item)
    if variable is None:
        raise TypeError(f"Variable to save is not a Variable: {item}")
    part = getattr(variable, "_save_slice_info", None)
    return (variable_name(variable), variable) if part is None else (part.full_name, [variable])


def as_variable(item: Any) -> Variable | None:
    """The variable that an object is or holds (Keras's hold one); None for other things."""
    if isinstance(item, Variable):
        return item
    held = getattr(item, "_value", None)
    return held if isinstance(held, Variable) else None


def _is_object(item: Any) -> bool:
    return hasattr(item, "specs") and hasattr(item, "restore")


def variable_name(variable: Variable) -> str:
    """The name that a variable is saved under by itself: its operation's."""
    return variable.name.split(":")[0]


def variables_in(names_to_saveables: Mapping[str, Any]) -> Iterable[tuple[str, str, Variable | Any]]:
    """(name, slice, variable or object) of everything to be saved, ordered by name, each once.

    Raises TypeError and ValueError where that cannot be saved.
    """
    if not isinstance(names_to_saveables, Mapping):
        raise TypeError(f"names_to_saveables must be a dict mapping string names to variables, not "
                        f"{type(names_to_saveables).__name__}")
    seen: set[int] = set()
    for name, item in sorted(names_to_saveables.items()):
        if not isinstance(name, str):
            raise TypeError(f"names_to_saveables must be a dict mapping string names to variables: {name!r}")
        for slice_spec, variable in _parts(name, item):
            if id(variable) in seen:
                raise ValueError(f"The same saveable will be restored with two names: {name}")
            seen.add(id(variable))
            yield name, slice_spec, variable


def _parts(name: str, item: Any) -> Iterable[tuple[str, Any]]:
    if _is_object(item) and not isinstance(item, Variable):
        yield "", item
    elif isinstance(item, (list, tuple, PartitionedVariable)):
        for part in item:
            if not isinstance(part, Variable):
                raise ValueError(f"Slices must all be Variables: {part}")
            info = getattr(part, "_save_slice_info", None)
            if info is None:
                raise ValueError(f"Slices must all be slices: {part}")
            yield info.spec, part
    else:
        variable = as_variable(item)
        if variable is None:
            raise TypeError("names_to_saveables must be a dict mapping string names to Tensors/Variables. Not a "
                            f"variable: {item}")
        info = getattr(variable, "_save_slice_info", None)
        yield info.spec if info is not None else "", variable


def saveables(names_to_saveables: Mapping[str, Any]) -> list[Any]:
    """What a graph saves: one saveable for each variable and part, ordered by name."""
    return [VariableSaveable(item, part, name) if isinstance(item, Variable) else item
            for name, part, item in variables_in(names_to_saveables)]
