"""Structures that do not fit say where they differ."""

from __future__ import annotations

import collections

import pytest

from hornbeam.keras import tree

Point = collections.namedtuple("Point", ["x", "y"])
Other = collections.namedtuple("Other", ["x", "y"])


@pytest.mark.parametrize(("a", "b", "words"), [
    ((), 1, "Expected an instance of tuple, got int"), ([1], (1,), "Expected an instance of list, got tuple"),
    (Point(1, 2), Other(1, 2), "Expected an instance of namedtuple Point, got Other"),
    ((1, 2), (1,), "arity mismatch: expected 2 children, got 1"),
    ({"a": 1}, {"b": 1}, r"Dictionary key mismatch: expected \['a'\], got \['b'\]"),
])
def test_what_differs_is_said(a, b, words):
    for compare in (tree.assert_same_structure, lambda x, y: tree.map_structure(lambda *v: v, x, y)):
        with pytest.raises(ValueError, match=f"(?s)don't have the same nested structure.*{words}"):
            compare(a, b)


def test_leaves_are_counted():
    with pytest.raises(ValueError, match="Too few leaves for the structure, expected: 2"):
        tree.pack_sequence_as([10, 20], [1])
    with pytest.raises(ValueError, match="Too many leaves for the structure, expected: 1"):
        tree.pack_sequence_as(10, [1, 2])


def test_dictionaries_are_mapped_by_key_whatever_their_order():
    other = collections.OrderedDict([("b", 20), ("a", 10)])
    assert tree.map_structure(lambda x, y: x + y, {"a": 1, "b": 2}, other) == {"a": 11, "b": 22}
