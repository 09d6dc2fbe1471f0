"""`tf.contrib.framework.nest` beyond `tf.nest`: structures followed only as deep as another one, and their paths.

The shallow structure says how deep; what the other has below that is one leaf.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hornbeam.graph.names import public
from hornbeam.graph.nest import flatten, is_nested, map_structure, pack_sequence_as

_HERE = "contrib.framework.nest."


@public(v1=(_HERE + "is_sequence",))
def is_sequence(o: Any) -> bool:
    """Whether `o` is a list, a tuple or a mapping."""
    return is_nested(o)


@public(v1=(_HERE + "is_sequence_or_composite",))
def is_sequence_or_composite(o: Any) -> bool:
    """Whether `o` is a list, a tuple, a mapping or consists of several tensors."""
    return is_nested(o) or hasattr(o, "_parts")


@public(v1=(_HERE + "assert_shallow_structure",))
def assert_shallow_structure(shallow_tree: Any, input_tree: Any, check_types: bool = True,
                             expand_composites: bool = False, check_subtrees_length: bool = True) -> None:
    """Raises TypeError or ValueError unless `input_tree` has all that `shallow_tree` has, and maybe more below.

    check_types: lists, tuples and mappings differ.  check_subtrees_length: as many children at each place.
    """
    for _ in _together(shallow_tree, input_tree, check_types, check_subtrees_length):
        pass


@public(v1=(_HERE + "flatten_up_to",))
def flatten_up_to(shallow_tree: Any, input_tree: Any, check_types: bool = True, expand_composites: bool = False,
                  check_subtrees_length: bool = True) -> list[Any]:
    """What `input_tree` has where `shallow_tree` has its leaves, in order.

    >>> flatten_up_to([0, 0], [1, (2, 3)])
    [1, (2, 3)]
    """
    return [leaf for _, leaf in _together(shallow_tree, input_tree, check_types, check_subtrees_length)]


@public(v1=(_HERE + "flatten_with_tuple_paths_up_to",))
def flatten_with_tuple_paths_up_to(shallow_tree: Any, input_tree: Any, check_types: bool = True,
                                   expand_composites: bool = False,
                                   check_subtrees_length: bool = True) -> list[tuple[tuple[Any, ...], Any]]:
    """As `flatten_up_to`, each with its path."""
    return list(_together(shallow_tree, input_tree, check_types, check_subtrees_length))


@public(v1=(_HERE + "map_structure_up_to",))
def map_structure_up_to(shallow_tree: Any, func: Callable[..., Any], *inputs: Any, **kwargs: Any) -> Any:
    """`func` of what the inputs have where `shallow_tree` has its leaves, in the shape of `shallow_tree`.

    >>> map_structure_up_to([0, 0], lambda x, y: (x, y), [1, [2]], [3, 4])
    [(1, 3), ([2], 4)]
    """
    return map_structure_with_tuple_paths_up_to(shallow_tree, lambda path, *leaves: func(*leaves), *inputs, **kwargs)


@public(v1=(_HERE + "map_structure_with_tuple_paths_up_to",))
def map_structure_with_tuple_paths_up_to(shallow_tree: Any, func: Callable[..., Any], *inputs: Any,
                                         **kwargs: Any) -> Any:
    """As `map_structure_up_to`; `func` is given the path first."""
    if not inputs:
        raise ValueError("Cannot map over no sequences")
    types, lengths = kwargs.get("check_types", True), kwargs.get("check_subtrees_length", True)
    columns = [list(_together(shallow_tree, tree, types, lengths)) for tree in inputs]
    results = [func(row[0][0], *[leaf for _, leaf in row]) for row in zip(*columns, strict=True)]
    return pack_sequence_as(shallow_tree, results)


@public(v1=(_HERE + "map_structure_with_tuple_paths",))
def map_structure_with_tuple_paths(func: Callable[..., Any], *structure: Any, **kwargs: Any) -> Any:
    """As `map_structure`; `func` is given the path first, a tuple of keys and positions."""
    paths = iter([path for path, _ in flatten_with_tuple_paths(structure[0])])
    return map_structure(lambda *leaves: func(next(paths), *leaves), *structure, **kwargs)


@public(v1=(_HERE + "map_structure_with_paths",))
def map_structure_with_paths(func: Callable[..., Any], *structure: Any, **kwargs: Any) -> Any:
    """As `map_structure`; `func` is given the path first, joined by slashes.

    >>> map_structure_with_paths(lambda path, x: f"{path}={x}", {"a": [1, 2]})
    {'a': ['a/0=1', 'a/1=2']}
    """
    return map_structure_with_tuple_paths(
        lambda path, *leaves: func("/".join(map(str, path)), *leaves), *structure, **kwargs)


@public(v1=(_HERE + "yield_flat_paths",))
def yield_flat_paths(nest: Any, expand_composites: bool = False) -> Iterator[tuple[Any, ...]]:
    """The paths of the leaves, in the order of `flatten`: tuples of keys and positions."""
    return (path for path, _ in flatten_with_tuple_paths(nest, expand_composites))


@public(v1=(_HERE + "flatten_with_tuple_paths",))
def flatten_with_tuple_paths(structure: Any, expand_composites: bool = False) -> list[tuple[tuple[Any, ...], Any]]:
    """The leaves, each with its path.

    >>> flatten_with_tuple_paths({"a": [1, 2]})
    [(('a', 0), 1), (('a', 1), 2)]
    """
    if not is_nested(structure):
        return [((), leaf) for leaf in flatten(structure, expand_composites)]
    return [((key, *path), leaf) for key, child in _entries(structure)
            for path, leaf in flatten_with_tuple_paths(child, expand_composites)]


@public(v1=(_HERE + "flatten_with_joined_string_paths",))
def flatten_with_joined_string_paths(structure: Any, separator: str = "/",
                                     expand_composites: bool = False) -> list[tuple[str, Any]]:
    """The leaves, each with its path as a string."""
    return [(separator.join(map(str, path)), leaf)
            for path, leaf in flatten_with_tuple_paths(structure, expand_composites)]


@public(v1=(_HERE + "flatten_dict_items",))
def flatten_dict_items(dictionary: Mapping[Any, Any]) -> dict[Any, Any]:
    """A mapping whose keys may be structures, as one from the leaves of the keys to those of the values.

    Raises TypeError where it is no mapping, ValueError where a key and its value differ in size or a key comes twice.

    >>> flatten_dict_items({(1, 2): ("a", "b"), 3: "c"})
    {1: 'a', 2: 'b', 3: 'c'}
    """
    if not isinstance(dictionary, Mapping):
        raise TypeError("input must be a dictionary")
    found: dict[Any, Any] = {}
    for key, value in dictionary.items():
        keys = flatten(key)
        values = flatten(value) if is_nested(key) else [value]
        if len(keys) != len(values):
            raise ValueError(f"Could not flatten dictionary. Key had {len(keys)} elements, but value had "
                             f"{len(values)} elements. Key: {keys}, value: {values}.")
        for one, its in zip(keys, values, strict=True):
            if one in found:
                raise ValueError(f"Could not flatten dictionary: key {one} is not unique.")
            found[one] = its
    return found


@public(v1=(_HERE + "get_traverse_shallow_structure",))
def get_traverse_shallow_structure(traverse_fn: Callable[[Any], Any], structure: Any,
                                   expand_composites: bool = False) -> Any:
    """Booleans in the shape of `structure`, as deep as `traverse_fn` says: True for a part to be followed.

    `traverse_fn(part)` gives a bool, or bools in the shape of the part's children. Raises TypeError for others.
    """
    follow = traverse_fn(structure)
    if not is_nested(structure):
        if not isinstance(follow, bool):
            raise TypeError(f"traverse_fn returned structure: {follow} for non-structure: {structure}")
        return follow
    if isinstance(follow, bool):
        if not follow:
            return False
        return _like(structure, [get_traverse_shallow_structure(traverse_fn, c) for _, c in _entries(structure)])
    assert_shallow_structure(follow, structure)
    parts = [get_traverse_shallow_structure(traverse_fn, child) if wanted else False
             for (_, child), (_, wanted) in zip(_entries(structure), _entries(follow), strict=True)]
    return _like(structure, parts)


def _like(structure: Any, children: list[Any]) -> Any:
    if isinstance(structure, Mapping):
        return {key: child for (key, _), child in zip(_entries(structure), children, strict=True)}
    return type(structure)(*children) if hasattr(structure, "_fields") else type(structure)(children)


def _entries(structure: Any) -> list[tuple[Any, Any]]:
    """Keys or positions, and children; of a named tuple, its fields."""
    if isinstance(structure, Mapping):
        return [(key, structure[key]) for key in sorted(structure)]
    names = getattr(structure, "_fields", range(len(structure)))
    return list(zip(names, structure, strict=True))


def _together(shallow: Any, deep: Any, types: bool, lengths: bool) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Each place of the shallow one's leaves: its path, and what the deep one has there."""
    if not is_nested(shallow):
        yield (), deep
        return
    if not is_nested(deep):
        raise TypeError(f"If shallow structure is a sequence, input must also be a sequence. "
                        f"Input has type: {type(deep)}.")
    if types and type(shallow) is not type(deep) and not (isinstance(shallow, Mapping) and isinstance(deep, Mapping)):
        raise TypeError(f"The two structures don't have the same sequence type. Input structure has type "
                        f"{type(deep)}, while shallow structure has type {type(shallow)}.")
    if len(deep) < len(shallow) or (lengths and len(deep) != len(shallow)):
        raise ValueError(f"The two structures don't have the same sequence length. Input structure has length "
                         f"{len(deep)}, while shallow structure has length {len(shallow)}.")
    children = dict(_entries(deep))
    missing = [key for key, _ in _entries(shallow) if key not in children] if isinstance(shallow, Mapping) else []
    if missing:
        raise ValueError(f"The shallow_tree's keys are not a subset of the input_tree's keys. The shallow_tree has "
                         f"the following keys that are not in the input_tree: {missing}.")
    theirs = children if isinstance(shallow, Mapping) else dict(zip([key for key, _ in _entries(shallow)],
                                                                    children.values(), strict=False))
    for key, child in _entries(shallow):
        for path, leaf in _together(child, theirs[key], types, lengths):
            yield (key, *path), leaf
