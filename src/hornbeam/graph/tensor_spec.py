"""Specs: what is known of a value before it is there. `TensorSpec` says a tensor's shape, dtype and name.

A composite value (an object made of tensors) says its own spec as `_type_spec`; a `TypeSpec` names the tensors that
such a value is made of, and takes it apart and puts it together again.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self

import numpy as np

from hornbeam.graph import convert, dtypes, nest
from hornbeam.graph.names import public
from hornbeam.graph.shapes import TensorShape
from hornbeam.graph.tensor import Tensor


@public("TypeSpec")
class TypeSpec(ABC):
    """The base of all specs. Two specs are equal where they have one class and `_serialize()` gives the same.

    A class of its own gives `value_type`, `_serialize`, `_component_specs`, `_to_components`, `_from_components`.
    """

    __slots__ = ("__weakref__",)

    @property
    @abstractmethod
    def value_type(self) -> Any:
        """The class of the values."""

    @abstractmethod
    def _serialize(self) -> tuple[Any, ...]:
        """The arguments that make this spec: plain values, shapes, dtypes, specs and nested structures of them."""

    @property
    @abstractmethod
    def _component_specs(self) -> Any:
        """A nested structure of the specs of the parts."""

    @abstractmethod
    def _to_components(self, value: Any) -> Any:
        """The parts of a value, nested as `_component_specs` is."""

    @abstractmethod
    def _from_components(self, components: Any) -> Any:
        """The value made of these parts."""

    # Two specs.

    def is_compatible_with(self, spec_or_value: Any) -> bool:
        """Whether one value could have this spec and that one (or the spec of that value)."""
        other = spec_or_value if isinstance(spec_or_value, TypeSpec) else type_spec_from_value(spec_or_value)
        return type(other) is type(self) and _agree(self._serialize(), other._serialize())

    def is_subtype_of(self, other: Any) -> bool:
        """Whether every value of this spec also has the spec `other`."""
        return type(other) is type(self) and _narrower(self._serialize(), other._serialize())

    def most_specific_common_supertype(self, others: Sequence[Any]) -> Self | None:
        """The narrowest spec that the values of this and all other specs have; None where there is none."""
        if any(type(other) is not type(self) for other in others):
            return None
        try:
            common = _common([self._serialize(), *(other._serialize() for other in others)])
        except _Differ:
            return None
        return self._deserialize(common)

    def most_specific_compatible_type(self, other: Any) -> Self:
        """As `most_specific_common_supertype`, of two. Raises ValueError where there is none."""
        found = self.most_specific_common_supertype([other])
        if found is None:
            raise ValueError(f"No TypeSpec is compatible with both {self} and {other}")
        return found

    @classmethod
    def _deserialize(cls, serialization: Any) -> Self:
        return cls(*serialization)

    # Values as flat lists of tensors.

    def flatten(self) -> list[Any]:
        """The specs of the tensors that a value is made of."""
        return [leaf for spec in nest.flatten(self._component_specs)
                for leaf in (spec.flatten() if isinstance(spec, TypeSpec) else [spec])]

    def to_tensors(self, value: Any) -> list[Any]:
        """The tensors that a value is made of, in the order of `flatten()`."""
        parts = nest.flatten(self._to_components(value))
        specs = nest.flatten(self._component_specs)
        return [tensor for spec, part in zip(specs, parts, strict=True)
                for tensor in (spec.to_tensors(part) if isinstance(spec, TypeSpec) else [part])]

    def from_tensors(self, tensors: Iterator[Any]) -> Any:
        """The value made of the next tensors that the iterator gives."""
        parts = [spec.from_tensors(tensors) if isinstance(spec, TypeSpec) else next(tensors)
                 for spec in nest.flatten(self._component_specs)]
        return self._from_components(nest.pack_sequence_as(self._component_specs, parts))

    # Equality.

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and _key(other._serialize()) == _key(self._serialize())  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return hash((type(self), _key(self._serialize())))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self)._deserialize, (self._serialize(),)

    def __repr__(self) -> str:
        return f"{type(self).__name__}{self._serialize()!r}"


@public("TensorSpec")
class TensorSpec(TypeSpec):
    """The shape, dtype and name of a tensor, for signatures (`function(input_signature=[...])`) and datasets.

    shape: what `TensorShape` takes; None leaves the rank open. dtype: a dtype or what names one. Raises TypeError for
    what is no shape or dtype.

    >>> TensorSpec([None, 3], "int32", name="x")
    TensorSpec(shape=(None, 3), dtype=tf.int32, name='x')
    """

    __slots__ = ("_dtype", "_name", "_shape")

    def __init__(self, shape: Any, dtype: Any = dtypes.float32, name: str | None = None) -> None:
        self._shape = TensorShape(shape)
        self._dtype = dtypes.as_dtype(dtype)
        self._name = name

    @classmethod
    def from_spec(cls, spec: Any, name: str | None = None) -> Self:
        """The same shape and dtype, as a `TensorSpec` under `name` or the spec's own name."""
        return cls(spec.shape, spec.dtype, name or spec.name)

    @classmethod
    def from_tensor(cls, tensor: Any, name: str | None = None) -> Self:
        """The spec of a tensor. A symbolic one gives its name, unless `name` does; ValueError for other values."""
        if not isinstance(tensor, Tensor):
            raise ValueError(f"`tensor` should be a tf.Tensor, but got type {type(tensor)}.")
        own = None if hasattr(tensor, "_value") else tensor.op.name
        return cls(tensor.shape, tensor.dtype, name or own)

    @property
    def shape(self) -> TensorShape:
        """The static shape."""
        return self._shape

    @property
    def dtype(self) -> dtypes.DType:
        """The dtype."""
        return self._dtype

    @property
    def name(self) -> str | None:
        """The name, or None."""
        return self._name

    @property
    def value_type(self) -> type[Tensor]:
        """`Tensor`."""
        return Tensor

    def is_compatible_with(self, spec_or_tensor: Any) -> bool:
        """Whether a tensor could have this spec, and the given spec or the given tensor's; names do not matter."""
        return (isinstance(spec_or_tensor, (TensorSpec, Tensor))
                and self._dtype.is_compatible_with(spec_or_tensor.dtype)
                and self._shape.is_compatible_with(spec_or_tensor.shape))

    def is_subtype_of(self, other: Any) -> bool:
        """Whether every tensor of this spec has the spec `other` too. Both have the same dtype and name.

        >>> TensorSpec([2, 3]).is_subtype_of(TensorSpec([None, 3]))
        True
        """
        return (type(other) is type(self) and self._shape.is_subtype_of(other._shape)
                and self._dtype == other._dtype and self._name == other._name)

    def _serialize(self) -> tuple[Any, ...]:
        return self._shape, self._dtype, self._name

    @property
    def _component_specs(self) -> TensorSpec:
        return self

    def _to_components(self, value: Any) -> Any:
        return value

    def _from_components(self, components: Any) -> Any:
        return components

    def flatten(self) -> list[Any]:
        return [self]

    def to_tensors(self, value: Any) -> list[Any]:
        return [value]

    def from_tensors(self, tensors: Iterator[Any]) -> Any:
        return next(tensors)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(shape={self._shape}, dtype={self._dtype!r}, name={self._name!r})"


@public("type_spec_from_value")
def type_spec_from_value(value: Any) -> TypeSpec:
    """The spec of a tensor, of an object made of tensors, or of what becomes a tensor.

    Raises TypeError where `value` is none of these.

    >>> type_spec_from_value([1., 2.])
    TensorSpec(shape=(2,), dtype=tf.float32, name=None)
    """
    found = spec_of(value)
    if found is None:
        raise TypeError(f"Could not build a TypeSpec for {value!r} of unsupported type {type(value)}.")
    return found


def spec_of(value: Any) -> TypeSpec | None:
    """As `type_spec_from_value`, but None where the value has no spec."""
    own = getattr(value, "_type_spec", None)
    if isinstance(own, TypeSpec):
        return own
    if isinstance(value, Tensor):
        return TensorSpec(value.shape, value.dtype)
    if isinstance(value, (np.ndarray, np.generic)):
        return TensorSpec(value.shape, convert.to_array(np.asarray(value).reshape(-1)[:1]).dtype)
    try:
        array = convert.to_array(value)
    except (TypeError, ValueError):
        return None
    return TensorSpec(array.shape, dtypes.from_numpy(array.dtype))


# Serializations --------------------------------------------------------------------------------------


class _Differ(Exception):
    """Two serializations have no common supertype."""


def _key(value: Any) -> Any:
    """A serialization as something that can be hashed. Shapes of unknown rank are equal to each other here."""
    if isinstance(value, (list, tuple)):
        return tuple(_key(item) for item in value)
    if isinstance(value, Mapping):
        return tuple((key, _key(value[key])) for key in sorted(value))
    if isinstance(value, TensorShape):
        return "shape", value._dims
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    return value


def _agree(a: Any, b: Any) -> bool:
    if isinstance(a, (TypeSpec, TensorShape)):
        return isinstance(b, (TypeSpec, TensorShape)) and a.is_compatible_with(b)
    if isinstance(a, dtypes.DType):
        return isinstance(b, dtypes.DType) and a.is_compatible_with(b)
    return _each(_agree, a, b)


def _narrower(a: Any, b: Any) -> bool:
    if isinstance(a, (TypeSpec, TensorShape)):
        return a.is_subtype_of(b)
    return _each(_narrower, a, b)


def _each(holds: Any, a: Any, b: Any) -> bool:
    """Whether something holds of the corresponding items of two structures; other values must be equal."""
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(map(holds, a, b))
    if isinstance(a, Mapping):
        return isinstance(b, Mapping) and a.keys() == b.keys() and all(holds(a[key], b[key]) for key in a)
    return _key(a) == _key(b)


def _common(values: list[Any]) -> Any:
    """What is common to serializations of one class. Raises _Differ."""
    first = values[0]
    if not all(type(v) is type(first) or (isinstance(first, TensorShape) and isinstance(v, TensorShape))
               for v in values):
        raise _Differ
    if isinstance(first, TensorShape):
        for other in values[1:]:
            first = first.most_specific_compatible_shape(other)
        return TensorShape(first)
    if isinstance(first, TypeSpec):
        found = first.most_specific_common_supertype(values[1:])
        if found is None:
            raise _Differ
        return found
    if isinstance(first, (list, tuple)):
        if any(len(v) != len(first) for v in values):
            raise _Differ
        items = [_common(list(column)) for column in zip(*values, strict=True)]
        return type(first)(*items) if hasattr(first, "_fields") else type(first)(items)
    if isinstance(first, Mapping):
        if any(v.keys() != first.keys() for v in values):
            raise _Differ
        return {key: _common([v[key] for v in values]) for key in first}
    if any(_key(v) != _key(first) for v in values):
        raise _Differ
    return first
