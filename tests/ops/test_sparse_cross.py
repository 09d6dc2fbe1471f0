"""Crosses of features give what TensorFlow 2.21 gives."""

from __future__ import annotations

import numpy as np
import pytest

import hornbeam as tf


def _inputs() -> list:
    return [tf.sparse.SparseTensor([[0, 0], [1, 0], [1, 1]], ["a", "b", "c"], [2, 2]),
            tf.sparse.SparseTensor([[0, 0], [1, 0], [1, 1]], np.array([5, 6, -7]), [2, 2]),
            tf.constant([["f"], ["g"]])]


def test_strings_are_joined() -> None:
    found = tf.sparse.cross(_inputs())
    assert found.values.numpy().tolist() == [b"a_X_5_X_f", b"b_X_6_X_g", b"b_X_-7_X_g", b"c_X_6_X_g", b"c_X_-7_X_g"]
    assert found.indices.numpy().tolist() == [[0, 0], [1, 0], [1, 1], [1, 2], [1, 3]]
    assert found.dense_shape.numpy().tolist() == [2, 4]
    assert tf.sparse.cross(_inputs()[::2], separator="-").values.numpy().tolist() == [b"a-f", b"b-g", b"c-g"]


def test_hashes_are_those_of_tensorflow() -> None:
    assert tf.sparse.cross_hashed(_inputs()).values.numpy().tolist() == [
        5164596742385291161, 5994245650285209583, 1385937603277158784, 8625993349106084366, 5518798386066638073]
    assert tf.sparse.cross_hashed(_inputs(), 100, 5).values.numpy().tolist() == [21, 69, 39, 65, 56]


def test_a_row_without_values_has_no_combinations() -> None:
    found = tf.sparse.cross([_inputs()[0], tf.sparse.SparseTensor([[0, 0]], ["z"], [2, 1])])
    assert found.values.numpy().tolist() == [b"a_X_z"]


def test_floats_are_refused() -> None:
    with pytest.raises(TypeError, match="float"):
        tf.sparse.cross([np.ones((2, 1), np.float32)])
