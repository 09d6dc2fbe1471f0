"""What becomes a tensor, and what can be asked of any value."""

from __future__ import annotations

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf


def test_static_shapes_are_tensors_where_they_are_known() -> None:
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 3])
        assert tf.zeros(x.shape[1:]).shape.as_list() == [3]
        assert tf.tile(x, [1, x.shape[1]]).shape.as_list() == [None, 9]
        assert len(tf.split(x, x.shape[1], 1)) == 3
        assert tf.get_static_value(tf.convert_to_tensor(x.shape[1])) == 3
        with pytest.raises(ValueError, match=r"Cannot convert a partially known TensorShape \(\?, 3\) to a Tensor"):
            tf.reshape(x, x.shape)
        with pytest.raises(ValueError, match=r"Cannot convert unknown Dimension \? to a Tensor"):
            tf.fill([x.shape[0], 2], 1.0)
    assert hb.scatter_nd([[0]], [[1.0, 2.0]], hb.zeros([2, 2]).shape).numpy().tolist() == [[1, 2], [0, 0]]


def test_lists_that_hold_tensors_are_packed_under_names_of_their_own() -> None:
    with tf.Graph().as_default():
        n = tf.placeholder(tf.int32, [])
        assert [tf.convert_to_tensor([n, 2]).name for _ in range(2)] == ["packed:0", "packed_1:0"]
        assert tf.convert_to_tensor([n, 2]).dtype == tf.int32
        assert tf.convert_to_tensor(3, preferred_dtype=tf.float32).dtype == tf.float32


def test_static_values() -> None:
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 784])
        assert tf.get_static_value(tf.shape(x)[1] // 28) == 28
        assert tf.get_static_value(x) is None
        assert tf.get_static_value(tf.stack([tf.shape(x)[0], 5]), partial=True).tolist() == [None, 5]
        assert tf.get_static_value(tf.constant([1, 2])).tolist() == [1, 2]
    assert hb.get_static_value(hb.constant(3.0)) == 3


def test_what_counts_as_a_tensor() -> None:
    assert hb.is_tensor(hb.constant(1))
    assert hb.is_tensor(hb.Variable(1.0))
    assert not hb.is_tensor([1])
    assert not hb.is_tensor(np.zeros(2))
    assert not hb.is_symbolic_tensor(hb.constant(1))
    with tf.Graph().as_default():
        assert tf.is_tensor(tf.constant(1))
        assert tf.is_symbolic_tensor(tf.constant(1))


def test_constants_are_filled() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        assert session.run(tf.constant([1, 2], shape=[2, 2])).tolist() == [[1, 2], [2, 2]]
    assert hb.constant(7, shape=[2, 2]).numpy().tolist() == [[7, 7], [7, 7]]
    with pytest.raises(TypeError, match="2 elements"):
        hb.constant([1, 2], shape=[3])


def test_strings_are_moved_like_numbers() -> None:
    words = hb.constant([["a", "b"], ["c", ""]])
    assert [t.numpy().tolist() for t in hb.unstack(words, axis=1)] == [[b"a", b"c"], [b"b", b""]]
    assert hb.one_hot([1], 2, on_value=words[0, 0], off_value=words[0, 1]).numpy().tolist() == [[b"b", b"a"]]
    assert hb.tensor_scatter_nd_update(words, [[1, 1]], [words[0, 0]]).numpy()[1, 1] == b"a"
    assert hb.pad(words, [[0, 0], [1, 0]]).numpy()[0, 0] == b""


def test_a_variables_dtype_stands_for_that_of_its_value() -> None:
    with tf.Graph().as_default():
        dtype = tf.Variable([1.0]).dtype
        assert dtype == tf.float32_ref
        made = [tf.placeholder(dtype), tf.py_func(lambda: 3.0, [], dtype), tf.FIFOQueue(3, [dtype]).dequeue(),
                tf.sequence_mask([1], 3, dtype), tf.bitcast(3, dtype), tf.decode_raw("abcd", dtype)]
        assert [tensor.dtype.name for tensor in made] == ["float32"] * 6


def test_operators_taken_from_the_class_of_tensors_are_those_of_its_kind() -> None:
    with tf.Graph().as_default():
        for refused in (tf.Tensor.__iter__, tf.Tensor.__bool__, tf.Tensor.__nonzero__):
            with pytest.raises(TypeError):
                refused(tf.constant([1]))
    assert tf.Tensor.__bool__(hb.constant(True))
    assert [int(row) for row in tf.Tensor.__iter__(hb.constant([1, 2]))] == [1, 2]
