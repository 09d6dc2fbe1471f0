"""Nested structures: lists, tuples, named tuples and dictionaries of anything, as flat lists and back.

Dictionaries are walked in the order of their sorted keys. A composite (an object with `_parts()`, which gives a list
and a function that makes the object again) is one leaf, or its parts where `expand_composites` is true.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from hornbeam.graph.names import public


@public("nest.is_nested")
def is_nested(seq: Any) -> bool:
    """Whether `seq` is a list, a tuple or a mapping.

    >>> is_nested([1]), is_nested("ab")
    (True, False)
    """
    return isinstance(seq, (list, tuple, Mapping))


def _sorted_keys(mapping: Mapping[Any, Any]) -> list[Any]:
    try:
        return sorted(mapping)
    except TypeError:
        raise TypeError("nest only supports dicts with sortable keys.") from None


def _children(structure: Any) -> list[Any]:
    if isinstance(structure, Mapping):
        return [structure[key] for key in _sorted_keys(structure)]
    return list(structure)


@public("nest.flatten")
def flatten(structure: Any, expand_composites: bool = False) -> list[Any]:
    """The leaves of a nested structure, in order; of a leaf, a list of itself.

    Raises TypeError for dictionaries whose keys cannot be sorted.

    >>> flatten({"b": [1, 2], "a": (3,)})
    [3, 1, 2]
    """
    if is_nested(structure):
        return [leaf for child in _children(structure) for leaf in flatten(child, expand_composites)]
    if expand_composites and hasattr(structure, "_parts"):
        return flatten(structure._parts()[0], True)
    return [structure]


@public("nest.pack_sequence_as")
def pack_sequence_as(structure: Any, flat_sequence: Iterable[Any], expand_composites: bool = False) -> Any:
    """The leaves of `flat_sequence` in the shape of `structure`.

    Raises TypeError where `flat_sequence` is no sequence, ValueError where it does not have as many leaves.

    >>> pack_sequence_as({"a": 0, "b": [0, 0]}, [1, 2, 3])
    {'a': 1, 'b': [2, 3]}
    """
    if not isinstance(flat_sequence, (list, tuple)):
        raise TypeError(f"Attempted to pack value:\n  {flat_sequence}\ninto a structure, but found incompatible type "
                        f"`{type(flat_sequence)}` instead.")
    wanted = len(flatten(structure, expand_composites))
    if wanted != len(flat_sequence):
        raise ValueError(f"Could not pack sequence. Structure had {wanted} atoms, but flat_sequence had "
                         f"{len(flat_sequence)} items.  Structure: {structure}, flat_sequence: {flat_sequence}.")
    return _packed(structure, iter(flat_sequence), expand_composites)


def _packed(structure: Any, leaves: Any, expand: bool) -> Any:
    if isinstance(structure, Mapping):
        found = {key: _packed(structure[key], leaves, expand) for key in _sorted_keys(structure)}
        return like_mapping(structure, found)
    if is_nested(structure):
        items = [_packed(child, leaves, expand) for child in structure]
        return type(structure)(*items) if hasattr(structure, "_fields") else type(structure)(items)
    if expand and hasattr(structure, "_parts"):
        parts, rebuild = structure._parts()
        return rebuild([_packed(part, leaves, True) for part in parts])
    return next(leaves)


def like_mapping(structure: Mapping[Any, Any], found: Mapping[Any, Any]) -> Any:
    """A mapping of the same kind and order as `structure`, with the values of `found`."""
    ordered = [(key, found[key]) for key in structure]
    if hasattr(structure, "default_factory"):
        made = type(structure)(structure.default_factory)  # type: ignore[call-arg, attr-defined]
        made.update(ordered)  # type: ignore[attr-defined]
        return made
    return type(structure)(ordered)  # type: ignore[call-arg]


@public("nest.map_structure")
def map_structure(func: Callable[..., Any], *structure: Any, **kwargs: Any) -> Any:
    """`func` of the corresponding leaves of structures of one shape, in that shape.

    check_types: whether list and tuple differ (they do by default). expand_composites: as for `flatten`.
    Raises TypeError where `func` cannot be called or the structures differ in type, ValueError where in shape.

    >>> map_structure(lambda x, y: x + y, [1, (2,)], [10, (20,)])
    [11, (22,)]
    """
    check_types = kwargs.pop("check_types", True)
    expand = kwargs.pop("expand_composites", False)
    if kwargs:
        raise ValueError("Only valid keyword arguments are `check_types` and `expand_composites`, not: "
                         f"`{'`, `'.join(kwargs)}`")
    if not callable(func):
        raise TypeError(f"func must be callable, got: {func}")
    if not structure:
        raise ValueError("Must provide at least one structure")
    for other in structure[1:]:
        assert_same_structure(structure[0], other, check_types, expand)
    columns = zip(*[flatten(s, expand) for s in structure], strict=True)
    return pack_sequence_as(structure[0], [func(*leaves) for leaves in columns], expand)


@public("nest.assert_same_structure")
def assert_same_structure(nest1: Any, nest2: Any, check_types: bool = True, expand_composites: bool = False) -> None:
    """Nothing where two structures have one shape.

    Raises ValueError where one has leaves that the other has not, TypeError where sequence types or keys differ
    (unless `check_types` is false).
    """
    fault = _difference(nest1, nest2, check_types, expand_composites)
    if fault is not None:
        kind, why = fault
        raise kind(f"The two structures don't have the same nested structure.\n\nFirst structure: {_said(nest1)}\n\n"
                   f"Second structure: {_said(nest2)}\n\nMore specifically: {why}")


def _said(structure: Any) -> str:
    return f"type={type(structure).__name__} str={structure}"


def _difference(a: Any, b: Any, types: bool, expand: bool) -> tuple[type[Exception], str] | None:
    if is_nested(a) != is_nested(b):
        nested, flat = (a, b) if is_nested(a) else (b, a)
        return ValueError, (f"Substructure \"{_said(nested)}\" is a sequence, while substructure \"{_said(flat)}\" "
                            "is not")
    if not is_nested(a):
        if expand and hasattr(a, "_parts") and hasattr(b, "_parts"):
            return _difference(a._parts()[0], b._parts()[0], types, True)
        return None
    if types and isinstance(a, Mapping) != isinstance(b, Mapping):
        return TypeError, f"The two structures don't have the same sequence type. {type(a)} and {type(b)}"
    if len(a) != len(b):
        return ValueError, ("The two structures don't have the same number of elements. First structure: "
                            f"{_said(a)}. Second structure: {_said(b)}")
    if types and isinstance(a, Mapping):
        if set(a) != set(b):
            return ValueError, f"The two dictionaries don't have the same set of keys: {list(a)} and {list(b)}"
    elif types and not _alike(a, b):
        return TypeError, (f"The two structures don't have the same sequence type. First structure has type "
                           f"{type(a).__name__}, while second structure has type {type(b).__name__}.")
    pairs = zip(_children(a), _children(b), strict=True)
    return next((found for x, y in pairs if (found := _difference(x, y, types, expand)) is not None), None)


def _alike(a: Sequence[Any], b: Sequence[Any]) -> bool:
    if hasattr(a, "_fields") and hasattr(b, "_fields"):
        return type(a).__name__ == type(b).__name__ and a._fields == b._fields  # type: ignore[attr-defined]
    return type(a) is type(b)
