"""Lists that hold tensors, where a tensor is expected: stacked, and cast to the dtype that is wanted."""

import numpy as np
import pytest

import hornbeam as tf
import hornbeam.v1 as tf1
from hornbeam.graph.call import as_tensor


def test_lists_of_tensors_take_the_dtype_asked_for():
    packed = tf.convert_to_tensor([tf.constant(3, tf.int64), 4], tf.int32)
    assert packed.dtype == tf.int32
    np.testing.assert_array_equal(packed, [3, 4])
    np.testing.assert_array_equal(tf.convert_to_tensor([tf.constant(2.5), 1], tf.int32), [2, 1])
    np.testing.assert_array_equal(tf.convert_to_tensor([tf.constant(2), 1.5], tf.float32), [2, 1.5])
    nested = tf.convert_to_tensor([[tf.constant(2), 1], [tf.constant(2, tf.int64), 3]], tf.int64)
    assert (nested.dtype, nested.shape) == (tf.int64, (2, 2))


def test_lists_of_tensors_take_the_dtype_of_the_tensor_before():
    total = tf.add(tf.constant([1, 2]), [tf.constant(2, tf.int64), 3])
    assert total.dtype == tf.int32
    np.testing.assert_array_equal(total, [3, 5])
    joined = tf.concat((tf.constant([1]), [tf.constant(2, tf.int64)]), 0)
    assert joined.dtype == tf.int32
    with tf1.Graph().as_default():
        assert tf1.concat((tf1.constant([1]), [tf1.constant(2, tf1.int64)]), 0).dtype == tf1.int32


def test_tensors_of_two_dtypes_are_not_stacked_unasked():
    with pytest.raises(TypeError, match="don't all match"):
        tf.convert_to_tensor([tf.constant(2), tf.constant(2.5)])
    with pytest.raises(TypeError, match="don't all match"):
        tf.stack([tf.constant(1), tf.constant(2, tf.int64)])


def test_a_sparse_tensor_is_reshaped_by_sizes_of_either_integer_dtype():
    x = tf.sparse.from_dense([[1.0, 0.0], [0.0, 2.0]])
    shape = tf.shape(x)
    np.testing.assert_array_equal(tf.sparse.to_dense(tf.sparse.reshape(x, [-1, shape[0], shape[1]]))[0],
                                  [[1, 0], [0, 2]])


def test_lists_that_nobody_named_have_names_of_their_own():
    with tf.Graph().as_default() as graph:
        n = tf.shape(tf.zeros([2]))[0]
        for _ in range(2):
            as_tensor([n, as_tensor(8, None, graph), 4], None, graph)
        names = [op.name for op in graph.get_operations()]
    assert len(set(names)) == len(names)
