"""Structures followed as deep as another one, and their paths; errors as TensorFlow 1.15 words them."""

import pytest

import hornbeam.v1 as tf

nest = tf.contrib.framework.nest
S = {"a": 1, "b": [2, (3, 4)]}


def test_paths():
    assert list(nest.yield_flat_paths(S)) == [("a",), ("b", 0), ("b", 1, 0), ("b", 1, 1)]
    assert nest.flatten_with_joined_string_paths(S) == [("a", 1), ("b/0", 2), ("b/1/0", 3), ("b/1/1", 4)]
    assert nest.map_structure_with_paths(lambda p, x: f"{p}{x}", S) == {"a": "a1", "b": ["b/02", ("b/1/03", "b/1/14")]}
    assert nest.map_structure_with_tuple_paths(lambda p, x: p, [0]) == [(0,)]


def test_up_to_a_shallow_structure():
    assert nest.flatten_up_to({"a": 1, "b": [1, 1]}, S) == [1, 2, (3, 4)]
    found = nest.map_structure_up_to([1, [1, 1]], lambda a, b: (a, b), [[1, 2], [(3,), 4]], [5, [6, 7]])
    assert found == [([1, 2], 5), [((3,), 6), (4, 7)]]
    assert nest.get_traverse_shallow_structure(lambda s: not isinstance(s, tuple), S) == {"a": True, "b": [True, False]}


@pytest.mark.parametrize(("shallow", "deep", "kind", "words"), [
    ([1, 1], [1], ValueError, "Input structure has length 1, while shallow structure has length 2"),
    ([1, 1], 5, TypeError, "input must also be a sequence. Input has type: <class 'int'>"),
    ({"a": 1}, {"b": 1}, ValueError, r"keys that are not in the input_tree: \['a'\]"),
    ([1], (1,), TypeError, "Input structure has type <class 'tuple'>, while shallow structure has type <class 'list'>"),
    (((1,), 2), (1, 2), TypeError, "input must also be a sequence"),
])
def test_structures_that_do_not_fit(shallow, deep, kind, words):
    with pytest.raises(kind, match=words):
        nest.assert_shallow_structure(shallow, deep)


def test_mappings_with_structures_as_keys():
    assert nest.flatten_dict_items({(4, (6,)): ("a", ("c",)), 7: "x"}) == {4: "a", 6: "c", 7: "x"}
    with pytest.raises(ValueError, match="Key had 2 elements, but value had 1 elements"):
        nest.flatten_dict_items({(4, 5): ("a",)})
