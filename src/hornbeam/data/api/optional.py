"""`Optional`: a value that may be missing, such as the next element of an iterator that may have ended."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from hornbeam.data import structure
from hornbeam.data.api import elements
from hornbeam.data.pipeline.node import boxed
from hornbeam.graph import dtypes, errors
from hornbeam.graph.call import graph_for
from hornbeam.graph.names import public
from hornbeam.graph.op import never, op
from hornbeam.graph.tensor import EagerTensor, GraphTensor

_HANDLE = never("a value that may be missing")
_KEPT = {"samples": "its argument is an optional"}


@final
class OptionalValue:
    """What is in an optional: the arrays of its tensors, or None."""

    __slots__ = ("arrays",)

    def __init__(self, arrays: list[Any] | None) -> None:
        self.arrays = arrays


def _variant(inputs: Any, attrs: Any) -> Any:
    return [((), dtypes.variant)]


@op("OptionalFromValue", inputs="components: list", host=True, differentiable=_HANDLE, waive=_KEPT)
def optional_from_value(components):
    """An optional with a value."""
    return (boxed(OptionalValue([np.asarray(c) for c in components])),)


@op("OptionalNone", inputs="", host=True, stateful=True, differentiable=_HANDLE, waive=_KEPT)
def optional_none():
    """An optional without a value."""
    return (boxed(OptionalValue(None)),)


for _op in (optional_from_value, optional_none):
    _op.shape(_variant)


@op("OptionalHasValue", inputs="optional: variant", host=True, differentiable=_HANDLE, waive=_KEPT)
def optional_has_value(optional):
    """Whether an optional has a value."""
    return (np.array(np.asarray(optional).item().arrays is not None),)


@optional_has_value.shape
def _(inputs, attrs):
    return [((), dtypes.bool)]


@op("OptionalGetValue", inputs="optional: variant", host=True, returns_list=True, differentiable=_HANDLE, waive=_KEPT)
def optional_get_value(optional, *, output_types: Any, output_shapes: Any):
    """The value of an optional."""
    found = np.asarray(optional).item().arrays
    if found is None:
        raise errors.InvalidArgumentError(None, None, "The given optional does not have a value.")
    return list(found)


@optional_get_value.shape
def _(inputs, attrs):
    return list(zip(attrs["output_shapes"], attrs["output_types"], strict=True))


@public("data.experimental.Optional", "experimental.Optional", v1=("contrib.data.Optional",))
class Optional:
    """A value of a known structure, or nothing. Made by `from_value` and `empty`.

    >>> bool(Optional.from_value(np.int32(3)).has_value())
    True
    """

    def __init__(self, box: Any, element_spec: Any) -> None:
        self._box, self._element_spec = box, element_spec

    @classmethod
    def from_value(cls, value: Any) -> Optional:
        """An optional with this value: a structure of tensors."""
        spec, leaves = elements.normalized(value)
        parts = elements.parts_of(leaves)
        if any(isinstance(p, GraphTensor) for p in parts) or graph_for(parts) is not None:
            return cls(optional_from_value(parts), spec)
        return cls(boxed(OptionalValue([np.asarray(p) for p in parts])), spec)

    @classmethod
    def empty(cls, element_spec: Any) -> Optional:
        """An optional without a value, of the given structure."""
        return cls(boxed(OptionalValue(None)) if graph_for() is None else optional_none(), element_spec)

    @staticmethod
    def none_from_structure(value_structure: Any) -> Optional:
        """An optional without a value (the older spelling of `empty`)."""
        return Optional.empty(value_structure)

    def has_value(self, name: str | None = None) -> Any:
        """Whether there is a value: a scalar boolean tensor."""
        return optional_has_value(self._tensor(), name=name)

    def get_value(self, name: str | None = None) -> Any:
        """The value. Raises InvalidArgumentError where there is none."""
        parts = structure.part_specs(self._element_spec)
        made = optional_get_value(self._tensor(), output_types=tuple(dtype for _, dtype in parts),
                                  output_shapes=tuple(dims for dims, _ in parts), name=name)
        return elements.from_parts(self._element_spec, list(made))

    def _tensor(self) -> Any:
        return EagerTensor(self._box, dtypes.variant) if isinstance(self._box, np.ndarray) else self._box

    def _boxed_value(self) -> Any:
        return self._tensor()

    @property
    def element_spec(self) -> Any:
        """The structure of the value."""
        return self._element_spec

    @property
    def value_structure(self) -> Any:
        """The structure of the value (the older spelling of `element_spec`)."""
        return self._element_spec

    @property
    def _type_spec(self) -> OptionalSpec:
        return OptionalSpec(self._element_spec)

    def __repr__(self) -> str:
        return f"<Optional element_spec={self._element_spec!r}>"


@public("OptionalSpec", v1=("data.experimental.OptionalStructure",))
class OptionalSpec(elements.SpecOfElements):
    """The spec of an optional whose value has the structure `element_spec`."""

    __slots__ = ()

    @property
    def value_type(self) -> Any:
        """The class of the values."""
        return Optional

    def _from_components(self, components: Any) -> Any:
        return Optional(components, self._element_spec)

    def _from_box(self, box: Any) -> Optional:
        return Optional(box, self._element_spec)

    def _to_runtime(self, value: Any) -> Any:
        return value._box[()]

    def _user_value(self, value: Any) -> Optional:
        return Optional(boxed(value), self._element_spec)

    def _legacy_types(self) -> Any:
        return self

    def _legacy_shapes(self) -> Any:
        return self

    @staticmethod
    def from_value(value: Any) -> OptionalSpec:
        """The spec of an optional."""
        return OptionalSpec(value.element_spec)

