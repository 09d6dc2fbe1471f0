"""What a traced function was called with: the key that says which trace fits, and the tensors that flow in.

Tensors (NumPy arrays too) count by dtype and shape, Python values by value, other objects and variables by identity.
"""

from __future__ import annotations

import enum
import inspect
import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, final

import numpy as np

from hornbeam.autodiff.tape import is_variable
from hornbeam.graph import nest
from hornbeam.graph.call import convert_to_tensor as convert
from hornbeam.graph.dtypes import DType
from hornbeam.graph.shapes import Dims, TensorShape
from hornbeam.graph.tensor import EagerTensor, GraphTensor
from hornbeam.graph.tensor_spec import TensorSpec, TypeSpec

_PLAIN = (bool, int, float, complex, str, bytes, type(None), type(Ellipsis), DType, enum.Enum, type)


class TensorKey(NamedTuple):
    """A tensor in a key: what a trace depends on."""

    dtype: DType
    dims: Dims

    def __str__(self) -> str:
        shape = "unknown" if self.dims is None else list(self.dims)
        return f"{self.dtype.name}{shape}"


class _Place(NamedTuple):
    """Where the `index`-th tensor stands in the arguments."""

    index: int


class Structure(NamedTuple):
    """Containers in a key: their class and what they hold."""

    kind: Any
    names: tuple[Any, ...]
    items: tuple[Any, ...]


@final
class Same:
    """An object in a key, by identity; it is not kept alive where that can be helped."""

    __slots__ = ("_hash", "_strong", "_weak")

    def __init__(self, item: Any) -> None:
        self._hash = id(item)
        try:
            self._weak: Callable[[], Any] = weakref.ref(item)
            self._strong = None
        except TypeError:
            self._weak, self._strong = (lambda: self._strong), item

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self._hash == other._hash and self._weak() is not None and \
            self._weak() is other._weak()

    def __repr__(self) -> str:
        return repr(self._weak())


@final
class Arguments:
    """Arguments taken apart: `key` is hashable, `tensors` flow in, `rebuilt` puts other tensors in their places.

    `names` tell where each tensor stands (`x`, `pair_0`), `input_names` which argument it belongs to.
    """

    def __init__(self, args: Sequence[Any], kwargs: Mapping[str, Any], parameters: inspect.Signature | None) -> None:
        self.tensors: list[Any] = []
        self.names: list[str] = []
        self.input_names: list[str] = []
        self._label: list[str] = []
        self._words = names_of(len(args), parameters)
        self.key, self._template = self._take((tuple(args), dict(kwargs)))

    def rebuilt(self, tensors: Sequence[Any]) -> Any:
        """The arguments with these in place of the tensors."""
        return _filled(self._template, tensors)

    def _take(self, value: Any) -> tuple[Any, Any]:
        if isinstance(value, (EagerTensor, GraphTensor)):
            return self._tensor(value, TensorKey(value.dtype.base_dtype, value.dims))
        if isinstance(value, (np.ndarray, np.generic)):
            tensor = convert(value)
            return self._tensor(tensor, TensorKey(tensor.dtype.base_dtype, tensor.dims))
        if isinstance(value, TensorSpec):
            return self._tensor(value, TensorKey(value.dtype.base_dtype, value.shape._dims))
        if isinstance(value, (list, tuple)):
            return self._container(value, None, list(value))
        if isinstance(value, Mapping):
            keys = list(value)
            return self._container(value, keys, [value[k] for k in keys])
        if hasattr(value, "_parts") and not is_variable(value):
            return self._composite(value)
        if isinstance(value, _PLAIN):
            return (type(value), value), value
        if isinstance(value, TensorShape):
            return (TensorShape, value._dims), value
        if isinstance(value, (slice, range)):
            return (type(value), value.start, value.stop, value.step), value
        if isinstance(value, TypeSpec):
            return self._composite_spec(value) if hasattr(value.value_type, "_parts") else (value, value)
        return Same(value), value

    def _tensor(self, value: Any, key: TensorKey) -> tuple[Any, Any]:
        self.tensors.append(value)
        place, first, *inner = self._label
        first = self._words[int(first)] if place == "0" else first
        named = getattr(value, "name", None) if isinstance(value, TensorSpec) else None
        self.names.append(named or "_".join([first, *inner]))
        self.input_names.append(named or first)
        return key, _Place(len(self.tensors) - 1)

    def _container(self, value: Any, names: list[Any] | None, items: list[Any]) -> tuple[Any, Any]:
        taken = []
        for i, item in enumerate(items):
            self._label.append(str(i if names is None else names[i]))
            taken.append(self._take(item))
            self._label.pop()
        held = [template for _, template in taken]
        if names is not None:
            try:
                template = type(value)(zip(names, held, strict=True))
            except TypeError:
                template = dict(zip(names, held, strict=True))
        elif hasattr(value, "_fields"):
            template = type(value)(*held)
        else:
            template = list(held) if isinstance(value, list) else tuple(held)
        return Structure(type(value), tuple(names or ()), tuple(k for k, _ in taken)), template

    def _composite(self, value: Any) -> tuple[Any, Any]:
        parts, make = value._parts()
        key, template = self._container(list(parts), None, list(parts))
        return Structure(type(value), (), key.items), _Composite(template, make)

    def _composite_spec(self, value: TypeSpec) -> tuple[Any, Any]:
        parts = nest.flatten(value._component_specs)
        key, template = self._container(parts, None, parts)
        return Structure(value.value_type, (), key.items), _Composite(template, value._from_components)


def names_of(count: int, parameters: inspect.Signature | None) -> list[str]:
    """The names of `count` arguments by position, as the signature has them: `x`, and `rest_0` for `*rest`."""
    words: list[str] = []
    for p in () if parameters is None else parameters.parameters.values():
        if p.kind is p.VAR_POSITIONAL:
            return words + [f"{p.name}_{i}" for i in range(count - len(words))]
        words.append(p.name)
    return words + [f"arg_{i}" for i in range(len(words), count)]


class _Composite(NamedTuple):
    """A composite whose parts flow in."""

    parts: list[Any]
    make: Callable[[list[Any]], Any]


def _filled(template: Any, tensors: Sequence[Any]) -> Any:
    if isinstance(template, _Place):
        return tensors[template.index]
    if isinstance(template, _Composite):
        return template.make([_filled(p, tensors) for p in template.parts])
    if isinstance(template, list):
        return [_filled(t, tensors) for t in template]
    if isinstance(template, tuple):
        items = [_filled(t, tensors) for t in template]
        return type(template)(*items) if hasattr(template, "_fields") else tuple(items)
    if isinstance(template, Mapping):
        made = {k: _filled(v, tensors) for k, v in template.items()}
        return made if type(template) is dict else type(template)(made)  # type: ignore[call-arg]
    return template


# Keys that differ in shapes -------------------------------------------------------------------------


def without_shapes(key: Any) -> Any:
    """A key in which tensors count by dtype and rank alone."""
    return _mapped(key, lambda k: ("tensor", k.dtype, None if k.dims is None else len(k.dims)))


def tensor_keys(key: Any) -> list[TensorKey]:
    """The tensors of a key, in order."""
    found: list[TensorKey] = []
    _mapped(key, lambda k: found.append(k) or k)
    return found


def relaxed(one: Sequence[Dims], other: Sequence[Dims]) -> list[Dims]:
    """The shapes that hold for both: a dimension that differs is left open."""
    return [a if a is None or b is None else tuple(x if x == y else None for x, y in zip(a, b, strict=True))
            for a, b in zip(one, other, strict=True)]


def fits(dims: Dims, wider: Dims) -> bool:
    """Whether a shape is one of those that `wider` allows."""
    if wider is None:
        return True
    return dims is not None and len(dims) == len(wider) and all(
        w is None or d == w for d, w in zip(dims, wider, strict=True))


def _mapped(key: Any, function: Callable[[TensorKey], Any]) -> Any:
    if isinstance(key, TensorKey):
        return function(key)
    if isinstance(key, Structure):
        return Structure(key.kind, key.names, tuple(_mapped(k, function) for k in key.items))
    return key


def difference(one: Any, other: Any, path: str = "") -> str | None:
    """Where two keys differ first, in words; None where they are equal."""
    if one == other:
        return None
    if isinstance(one, Structure) and isinstance(other, Structure) and one.kind is other.kind and \
            one.names == other.names and len(one.items) == len(other.items):
        for i, (a, b) in enumerate(zip(one.items, other.items, strict=True)):
            name = str(one.names[i]) if one.names else str(i)
            found = difference(a, b, f"{path}[{name}]" if path else name)
            if found is not None:
                return found
    return f"{path or 'arguments'}: {_said(one)} before, {_said(other)} now"


def _said(key: Any) -> str:
    if isinstance(key, tuple) and len(key) == 2 and isinstance(key[0], type):
        return repr(key[1])
    return f"{getattr(key.kind, '__name__', key.kind)} of {len(key.items)}" if isinstance(key, Structure) else str(key)
