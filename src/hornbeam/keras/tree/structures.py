"""Nested lists, tuples, named tuples, dictionaries and deques of anything; a dictionary's keys are walked sorted."""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from hornbeam.keras.names import keras_export

_NODES = (list, tuple, dict, collections.deque)


@keras_export("tree.MAP_TO_NONE")
class MAP_TO_NONE:
    """What the function of `traverse` returns to put None in place of a subtree."""


def _keys(mapping: dict[Any, Any]) -> list[Any]:
    if isinstance(mapping, collections.OrderedDict):
        return list(mapping)
    try:
        return sorted(mapping)
    except TypeError:
        return sorted(mapping, key=lambda key: (f"{type(key).__module__}.{type(key).__qualname__}", str(key)))


def _children(node: Any) -> list[Any]:
    return [node[key] for key in _keys(node)] if isinstance(node, dict) else list(node)


def _paths(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return _keys(node)
    return list(range(len(node)))


def _rebuilt(node: Any, children: list[Any]) -> Any:
    """A structure of the kind of `node` with other children."""
    if isinstance(node, dict):
        found = dict(zip(_keys(node), children, strict=True))
        items = [(key, found[key]) for key in node]
        if isinstance(node, collections.defaultdict):
            return collections.defaultdict(node.default_factory, items)
        return collections.OrderedDict(items) if isinstance(node, collections.OrderedDict) else dict(items)
    if isinstance(node, tuple):
        return type(node)(*children) if hasattr(node, "_fields") else tuple(children)
    return collections.deque(children, node.maxlen) if isinstance(node, collections.deque) else list(children)


def _kind(node: Any) -> Any:
    """What two nodes must share to have the same structure."""
    if isinstance(node, dict):
        return dict, tuple(_keys(node))
    if isinstance(node, tuple):
        return (type(node) if hasattr(node, "_fields") else tuple), len(node)
    return (list if isinstance(node, list) else collections.deque), len(node)


def _same_keys(a: Any, b: Any) -> bool:
    return isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys()


def _children_like(first: Any, other: Any) -> list[Any]:
    """The children of a node in the order of those of `first`."""
    return [other[key] for key in _keys(first)] if isinstance(first, dict) else list(other)


def _unlike(a: Any, b: Any) -> ValueError:
    """What to raise where one node is not like another."""
    if not isinstance(a, _NODES) or not isinstance(b, _NODES) or (
            _kind(a)[0] is not _kind(b)[0]):
        kind = "namedtuple " if hasattr(a, "_fields") else ""
        what = f"Expected an instance of {kind}{type(a).__name__}, got {type(b).__name__}."
    elif len(a) != len(b):
        what = f"Node arity mismatch: expected {len(a)} children, got {len(b)}."
    else:
        what = f"Dictionary key mismatch: expected {_paths(a)}, got {_paths(b)}."
    return ValueError(f"Structures don't have the same nested structure. {what}\nFirst: {a}\nSecond: {b}")


@keras_export("tree.is_nested")
def is_nested(structure: Any) -> bool:
    """Whether `structure` is a list, tuple, dictionary or deque.

    >>> is_nested([]), is_nested("ab")
    (True, False)
    """
    return isinstance(structure, _NODES)


@keras_export("tree.flatten")
def flatten(structure: Any) -> list[Any]:
    """The leaves in order; of a leaf, a list of itself.

    >>> flatten({"b": [1, 2], "a": (3, None)})
    [3, None, 1, 2]
    """
    if not isinstance(structure, _NODES):
        return [structure]
    leaves: list[Any] = []
    for child in _children(structure):
        leaves.extend(flatten(child) if isinstance(child, _NODES) else (child,))
    return leaves


@keras_export("tree.flatten_with_path")
def flatten_with_path(structure: Any) -> list[tuple[tuple[Any, ...], Any]]:
    """Pairs of path (keys and indices) and leaf, in order.

    >>> flatten_with_path([{"foo": 42}])
    [((0, 'foo'), 42)]
    """
    if not is_nested(structure):
        return [((), structure)]
    return [((key, *path), leaf) for key, child in zip(_paths(structure), _children(structure), strict=True)
            for path, leaf in flatten_with_path(child)]


@keras_export("tree.map_structure")
def map_structure(func: Callable[..., Any], *structures: Any, none_is_leaf: bool = True) -> Any:
    """`func` of the corresponding leaves of structures of one shape, in that shape.

    none_is_leaf: False leaves None alone. Raises ValueError where the structures differ, or none is given.

    >>> map_structure(lambda x, y: x + y, {"a": 3, "b": (4,)}, {"a": 5, "b": (6,)})
    {'a': 8, 'b': (10,)}
    """
    if not callable(func):
        raise TypeError(f"`func` must be callable. Received: func={func}")
    if not structures:
        raise ValueError("Must provide at least one structure")
    first = structures[0]
    if not isinstance(first, _NODES):
        for other in structures[1:]:
            if isinstance(other, _NODES):
                raise _unlike(first, other)
        if first is None and not none_is_leaf:
            return None
        return func(*structures)
    if len(structures) == 1:
        return _rebuilt(first, [map_structure(func, child, none_is_leaf=none_is_leaf) if isinstance(child, _NODES)
                                or child is None else func(child) for child in _children(first)])
    for other in structures[1:]:
        if not isinstance(other, _NODES) or (_kind(first) != _kind(other) and not _same_keys(first, other)):
            raise _unlike(first, other)
    columns = zip(*(_children_like(first, other) for other in structures), strict=True)
    return _rebuilt(first, [map_structure(func, *column, none_is_leaf=none_is_leaf) for column in columns])


@keras_export("tree.map_structure_up_to")
def map_structure_up_to(shallow_structure: Any, func: Callable[..., Any], *structures: Any) -> Any:
    """`func` of what stands in `structures` where `shallow_structure` has leaves.

    Raises ValueError where the structures differ above that, or none is given.

    >>> map_structure_up_to([None, None], len, [[1, 2], [3]])
    [2, 1]
    """
    if not structures:
        raise ValueError("Must provide at least one structure")
    if not is_nested(shallow_structure):
        return func(*structures)
    for other in structures:
        if not is_nested(other) or _kind(other) != _kind(shallow_structure):
            raise _unlike(shallow_structure, other)
    columns = zip(_children(shallow_structure), *map(_children, structures), strict=True)
    return _rebuilt(shallow_structure, [map_structure_up_to(child, func, *rest) for child, *rest in columns])


@keras_export("tree.assert_same_structure")
def assert_same_structure(a: Any, b: Any, check_types: Any = None) -> None:
    """Nothing where two structures have one shape, types of sequences included; else ValueError.

    check_types: accepted, without effect.
    """
    if is_nested(a) != is_nested(b) or (is_nested(a) and _kind(a) != _kind(b)):
        raise _unlike(a, b)
    if is_nested(a):
        for x, y in zip(_children(a), _children(b), strict=True):
            assert_same_structure(x, y)


@keras_export("tree.assert_same_paths")
def assert_same_paths(a: Any, b: Any) -> None:
    """Nothing where two structures have leaves at the same paths, whatever their types; else ValueError."""
    first, second = ({path for path, _ in flatten_with_path(s)} for s in (a, b))
    if first == second:
        return
    text = "`a` and `b` don't have the same paths."
    for here, there, missing in (("a", "b", first - second), ("b", "a", second - first)):
        if missing:
            text += f"\nPaths in `{here}` missing in `{there}`:\n{missing}"
    raise ValueError(text)


@keras_export("tree.pack_sequence_as")
def pack_sequence_as(structure: Any, flat_sequence: Iterable[Any]) -> Any:
    """The items of `flat_sequence` in the shape of `structure`.

    Raises TypeError where `flat_sequence` cannot be iterated, ValueError where it has too few or too many items.

    >>> pack_sequence_as({"a": 0, "b": [0, 0]}, [1, 2, 3])
    {'a': 1, 'b': [2, 3]}
    """
    leaves = iter(flat_sequence)
    missing = object()

    def take() -> Any:
        leaf = next(leaves, missing)
        if leaf is missing:
            raise ValueError(f"Too few leaves for the structure, expected: {len(flatten(structure))}. Could not pack "
                             "sequence.")
        return leaf

    def packed(node: Any) -> Any:
        return _rebuilt(node, [packed(child) for child in _children(node)]) if isinstance(node, _NODES) else take()

    made = packed(structure)
    if next(leaves, missing) is not missing:
        raise ValueError(f"Too many leaves for the structure, expected: {len(flatten(structure))}. Could not pack "
                         "sequence.")
    return made


@keras_export("tree.lists_to_tuples")
def lists_to_tuples(structure: Any) -> Any:
    """The structure with tuples in place of lists.

    >>> lists_to_tuples([1, {"a": [2]}])
    (1, {'a': (2,)})
    """
    return traverse(lambda node: tuple(node) if isinstance(node, list) else None, structure, top_down=False)


def is_shape(value: Any) -> bool:
    """Whether a list or tuple is a shape: integers and None alone."""
    return isinstance(value, (list, tuple)) and all(e is None or isinstance(e, int) for e in value)


@keras_export("tree.map_shape_structure")
def map_shape_structure(func: Callable[..., Any], structure: Any) -> Any:
    """`func` of each shape (a tuple or list of integers and None) in a structure of shapes.

    >>> map_shape_structure(len, [(1, 2), {"a": (None, 3, 4)}])
    [2, {'a': 3}]
    """
    if is_shape(structure) or not is_nested(structure):
        return func(structure)
    return _rebuilt(structure, [map_shape_structure(func, child) for child in _children(structure)])


@keras_export("tree.traverse")
def traverse(func: Callable[[Any], Any], structure: Any, top_down: bool = True) -> Any:
    """The structure with each subtree replaced by `func(subtree)`, where that is not None.

    top_down: whether a subtree is seen before its children, which are then not visited where it is replaced.
    `MAP_TO_NONE` stands for None.
    """
    def below(node: Any) -> Any:
        if not is_nested(node):
            return node
        return _rebuilt(node, [traverse(func, child, top_down) for child in _children(node)])

    if top_down:
        found = func(structure)
        if found is None:
            return below(structure)
    else:
        walked = below(structure)
        found = func(walked)
        if found is None:
            return walked
    return None if found is MAP_TO_NONE else found


def leaves(structure: Any) -> Iterator[Any]:
    """The leaves, one at a time: stops early where the caller does."""
    if isinstance(structure, _NODES):
        for child in _children(structure):
            yield from leaves(child)
    else:
        yield structure
