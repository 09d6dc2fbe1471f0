"""`tf.sets`: TensorFlow's answers for dense and sparse tensors, in every combination."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hornbeam as tf
import hornbeam.v1 as tf1

DENSE = {"A": [[[1, 2], [3, 0]], [[4, 5], [6, 6]]], "B": [[[1, 7], [0, 0]], [[4, 9], [6, 1]]]}
SPARSE = {"SA": ([[0, 0, 0], [0, 0, 1], [0, 1, 0], [1, 1, 0], [1, 1, 1], [1, 1, 2]], [1, 2, 3, 4, 5, 5], [2, 2, 3]),
          "SB": ([[0, 0, 0], [0, 0, 1], [1, 0, 0], [1, 1, 0]], [1, 3, 2, 5], [2, 2, 2])}
EXPECTED = {
    "intersection A B": [[[1], [0]], [[4], [6]]], "intersection SA SB": [[[1], []], [[], [5]]],
    "intersection A SB": [[[1], []], [[], []]], "intersection SA B": [[[1], []], [[], []]],
    "union A B": [[[1, 2, 7], [0, 3]], [[4, 5, 9], [1, 6]]], "union SA SB": [[[1, 2, 3], [3]], [[2], [4, 5]]],
    "union A SB": [[[1, 2, 3], [0, 3]], [[2, 4, 5], [5, 6]]],
    "union SA B": [[[1, 2, 7], [0, 3]], [[4, 9], [1, 4, 5, 6]]],
    "difference A B": [[[2], [3]], [[5], []]], "difference SA SB": [[[2], [3]], [[], [4]]],
    "difference A SB": [[[2], [0, 3]], [[4, 5], [6]]], "difference SA B": [[[2], [3]], [[], [4, 5]]],
    "reversed A B": [[[7], []], [[9], [1]]], "reversed SA SB": [[[3], []], [[2], []]],
    "reversed A SB": [[[3], []], [[2], [5]]], "reversed SA B": [[[7], [0]], [[4, 9], [1, 6]]],
}


def operand(name: str) -> Any:
    return tf.constant(DENSE[name]) if name in DENSE else tf.SparseTensor(*SPARSE[name])


def sets_of(sparse: Any) -> list[list[list[int]]]:
    shape = np.asarray(sparse.dense_shape)
    found: list[list[list[int]]] = [[[] for _ in range(shape[1])] for _ in range(shape[0])]
    for (i, j, k), value in zip(np.asarray(sparse.indices).tolist(), np.asarray(sparse.values).tolist(), strict=True):
        assert k == len(found[i][j])
        found[i][j].append(value)
    assert shape[2] == max(len(members) for row in found for members in row)
    return found


@pytest.mark.parametrize("case", EXPECTED)
def test_sets_are_combined_row_by_row(case: str) -> None:
    operation, first, second = case.split()
    a, b = operand(first), operand(second)
    found = tf.sets.difference(a, b, aminusb=False) if operation == "reversed" else getattr(tf.sets, operation)(a, b)
    assert sets_of(found) == EXPECTED[case]
    assert found.values.dtype is tf.int32


def test_sizes_count_different_elements() -> None:
    assert tf.sets.size(operand("SA")).numpy().tolist() == [[2, 1], [0, 2]]
    assert tf1.sets.set_size(operand("SB")).numpy().tolist() == [[2, 0], [1, 1]]
    with pytest.raises(TypeError, match="Expected `SparseTensor`, got"):
        tf.sets.size(operand("A"))


def test_strings_and_the_first_generations_names() -> None:
    found = tf1.sets.set_union(tf.constant([["b", "a"]]), tf.constant([["c", "a"]]))
    assert found.values.numpy().tolist() == [b"a", b"b", b"c"]
    assert tf1.sets.set_difference(a=tf.constant([[1, 2]]), b=[[2]]).values.numpy().tolist() == [1]
    assert tf1.sets.set_intersection(tf.constant([[1, 2]]), [[2]]).values.numpy().tolist() == [2]


def test_in_a_function_and_a_session() -> None:
    traced = tf.function(lambda a, b: tf.sets.union(a, b).values)
    assert traced(operand("A"), operand("B")).numpy().tolist() == [1, 2, 7, 0, 3, 4, 5, 9, 1, 6]
    with tf1.Graph().as_default(), tf1.Session() as session:
        fed = tf1.placeholder(tf1.int32, [None, None])
        assert session.run(tf1.sets.set_union(fed, [[1]]), {fed: [[2, 3]]}).values.tolist() == [1, 2, 3]


@pytest.mark.parametrize(("call", "kind", "words"), [
    (lambda: tf.sets.union(operand("A"), tf.constant([[1]])), tf.errors.InvalidArgumentError, "Mismatched shapes"),
    (lambda: tf.sets.union([1], [2]), tf.errors.InvalidArgumentError, "Shape [1] has rank 1 < 2"),
    (lambda: tf.sets.union([[1]], tf.constant([[1]], tf.int64)), TypeError, "Types don't match"),
    (lambda: tf.sets.union([[1.0]], [[1.0]]), TypeError, "'a' has invalid dtype `<dtype: 'float32'>`"),
    (lambda: tf.sets.size(tf.SparseTensor([[1, 0], [0, 0]], [1, 2], [2, 2])), tf.errors.InvalidArgumentError,
     "indices[1] = [0,0] is out of order. Many sparse ops require sorted indices"),
    (lambda: tf.sets.size(tf.SparseTensor([[0, 0], [0, 0]], [1, 2], [2, 2])), tf.errors.InvalidArgumentError,
     "indices[1] = [0,0] is repeated"),
    (lambda: tf.sets.size(tf.SparseTensor([[0, 5]], [1], [2, 2])), tf.errors.InvalidArgumentError, "is out of bounds"),
])
def test_what_does_not_fit_is_refused(call: Any, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind) as raised:
        call()
    assert words in str(raised.value)


def test_order_is_not_looked_at_where_it_should_not_be() -> None:
    unordered = tf.SparseTensor([[1, 0], [0, 0]], [1, 2], [2, 2])
    assert tf.sets.size(unordered, validate_indices=False).numpy().tolist() == [1, 1]
