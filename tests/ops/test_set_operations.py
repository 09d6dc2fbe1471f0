"""Sets in the rows of tensors, and sparse counts: values of TensorFlow 2.21."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf


def parts(x: Any) -> tuple[list[Any], list[Any], list[int]]:
    return x.indices.numpy().tolist(), x.values.numpy().tolist(), x.dense_shape.numpy().tolist()


A, B = np.array([[1, 2, 2], [3, 4, 0]]), np.array([[2, 5], [4, 4]])


def test_rows_as_sets() -> None:
    assert parts(hb.sets.union(A, B)) == ([[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2]], [1, 2, 5, 0, 3, 4], [2, 3])
    assert parts(hb.sets.intersection(A, B)) == ([[0, 0], [1, 0]], [2, 4], [2, 1])
    assert parts(hb.sets.difference(A, B)) == ([[0, 0], [1, 0], [1, 1]], [1, 0, 3], [2, 2])
    assert parts(hb.sets.difference(A, B, aminusb=False)) == ([[0, 0]], [5], [2, 1])


def test_sparse_sets() -> None:
    a = hb.SparseTensor([[0, 0], [0, 1], [1, 0]], [3, 1, 2], [3, 2])
    b = hb.SparseTensor([[0, 0], [2, 0]], [3, 9], [3, 2])
    assert parts(hb.sets.union(a, b)) == ([[0, 0], [0, 1], [1, 0], [2, 0]], [1, 3, 2, 9], [3, 2])
    assert hb.sets.size(a).numpy().tolist() == [2, 1, 0]
    with pytest.raises(TypeError, match="Expected `SparseTensor`"):
        hb.sets.size(A)
    with pytest.raises(hb.errors.InvalidArgumentError, match=r"Mismatched group shapes \[2\] and \[1\]"):
        hb.sets.union(A, np.array([[1]]))
    with pytest.raises(hb.errors.InvalidArgumentError, match="has rank 1 < 2"):
        hb.sets.union(np.array([1]), np.array([1]))


def test_sets_of_words_in_a_graph() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        found = session.run(tf.sets.set_union([["a", "b"]], [["b", "c"]]))
    assert found.values.tolist() == [b"a", b"b", b"c"]


def test_numbers_are_counted() -> None:
    x = [[3, 1, 1], [0, 5, 3]]
    count = hb.sparse.bincount
    assert parts(count(x)) == ([[0], [1], [3], [5]], [1, 2, 2, 1], [6])
    rows = [[0, 1], [0, 3], [1, 0], [1, 3], [1, 5]]
    assert parts(count(x, axis=-1)) == (rows, [2, 1, 1, 1, 1], [2, 6])
    assert parts(count(x, axis=-1, minlength=8))[2] == [2, 8]
    assert parts(count(x, axis=-1, maxlength=4)) == (rows[:4], [2, 1, 1, 1], [2, 4])
    assert parts(count(x, axis=-1, binary_output=True))[1] == [1] * 5
    assert parts(count(x, weights=[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], axis=-1))[1] == [5, 1, 4, 6, 5]
    sparse = hb.SparseTensor([[0, 0], [1, 0], [1, 2]], [1, 2, 2], [3, 3])
    assert parts(count(sparse, axis=-1)) == ([[0, 1], [1, 2]], [1, 2], [3, 3])
    with pytest.raises(ValueError, match="Only 0 and -1 are currently supported"):
        count(x, axis=1)
    with pytest.raises(hb.errors.InvalidArgumentError, match="non-negative"):
        count([-1])
