"""`tf.nest`: what TensorFlow answers, measured there."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, namedtuple
from typing import Any

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf

Point = namedtuple("Point", ["x", "y"])


@pytest.mark.parametrize(("structure", "leaves"), [
    ([1, (2, 3)], [1, 2, 3]),
    ({"b": 1, "a": [2]}, [2, 1]),
    (OrderedDict([("b", 1), ("a", 2)]), [2, 1]),
    (Point(1, [2]), [1, 2]),
    ("ab", ["ab"]),
    ([None, {3}], [None, {3}]),
    ({"a": {"b": ()}}, []),
])
def test_flatten_and_back(structure: Any, leaves: list[Any]) -> None:
    assert hb.nest.flatten(structure) == leaves
    packed = hb.nest.pack_sequence_as(structure, leaves)
    assert packed == structure
    assert type(packed) is type(structure)
    assert list(packed) == list(structure)  # the order of keys too


def test_a_dictionary_with_a_default_keeps_it() -> None:
    packed = hb.nest.map_structure(lambda x: x + 1, defaultdict(list, {"z": 1}))
    assert packed == {"z": 2}
    assert packed["new"] == []


def test_arrays_and_tensors_are_leaves() -> None:
    x = tf.constant([1, 2])
    assert hb.nest.flatten([x, np.zeros(3)])[0] is x
    assert not hb.nest.is_nested(np.zeros(3))
    assert hb.nest.map_structure(lambda t: t.shape.as_list(), {"x": x}) == {"x": [2]}


@pytest.mark.parametrize(("a", "b", "strict", "loose"), [
    ([1, 2], [1], ValueError, ValueError),
    (1, [1], ValueError, ValueError),
    ([1, [2]], [[1], 2], ValueError, ValueError),
    ([1, 2], (1, 2), TypeError, None),
    ({"a": 1}, [1], TypeError, None),
    ({"a": 1}, {"b": 1}, ValueError, None),
    (Point(1, 2), (1, 2), TypeError, None),
    (Point(1, 2), Point(3, 4), None, None),
    (OrderedDict(a=1), {"a": 1}, None, None),
])
def test_the_same_structure(a: Any, b: Any, strict: type[Exception] | None, loose: type[Exception] | None) -> None:
    for check_types, error in ((True, strict), (False, loose)):
        if error is None:
            hb.nest.assert_same_structure(a, b, check_types=check_types)
        else:
            with pytest.raises(error):
                hb.nest.assert_same_structure(a, b, check_types=check_types)


def test_map_takes_several_structures() -> None:
    assert hb.nest.map_structure(lambda x, y: x + y, [1, (2,)], [10, (20,)]) == [11, (22,)]
    assert hb.nest.map_structure(lambda x, y: x + y, [1], (10,), check_types=False) == [11]


def test_wrong_arguments() -> None:
    with pytest.raises(TypeError, match="func must be callable"):
        hb.nest.map_structure(1, [1])
    with pytest.raises(ValueError, match="Must provide at least one structure"):
        hb.nest.map_structure(lambda x: x)
    with pytest.raises(ValueError, match=r"Only valid keyword arguments are .* not: `foo`"):
        hb.nest.map_structure(lambda x: x, [1], foo=1)
    with pytest.raises(ValueError, match="Structure had 2 atoms, but flat_sequence had 1 items"):
        hb.nest.pack_sequence_as([1, 2], [1])
    with pytest.raises(TypeError, match="Attempted to pack value"):
        hb.nest.pack_sequence_as([1, 2], 5)
    with pytest.raises(TypeError, match="sortable keys"):
        hb.nest.flatten({1: 1, "a": 2})


def test_indexed_slices_are_one_leaf_or_their_parts() -> None:
    slices = tf.IndexedSlices(tf.constant([[1.0]]), tf.constant([0]))
    assert hb.nest.flatten([slices]) == [slices]
    assert [t.shape.as_list() for t in hb.nest.flatten([slices], expand_composites=True)] == [[1, 1], [1]]
