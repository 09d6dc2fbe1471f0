"""Empty lists where integers or truth values are expected, and ops that are copied and pickled as functions are."""

import copy
import pickle

import numpy as np

import hornbeam as tf
import hornbeam.v1 as tf1


def test_empty_lists_are_integers_where_floats_are_not_taken():
    assert tf.tile(tf.constant(1.0), []).numpy() == 1.0
    assert tf.one_hot([], 3).shape == (0, 3)
    assert tf.broadcast_to(tf.constant(1.0), []).shape == ()
    np.testing.assert_array_equal(tf.reverse(tf.constant([1, 2]), []), [1, 2])
    with tf1.Graph().as_default():
        assert tf1.tile(tf1.constant(1.0), []).shape == ()


def test_empty_lists_are_truth_values_where_these_are_reduced():
    assert bool(tf.reduce_all([]))
    assert not bool(tf.reduce_any([]))
    assert tf.reduce_sum([]).dtype == tf.float32


def test_ops_are_copied_and_pickled_by_name():
    tf.nn.relu(tf.constant([1.0]))  # what an op keeps of its calls takes no part
    assert copy.deepcopy(tf.nn.relu) is tf.nn.relu
    assert copy.copy(tf.nn.relu) is tf.nn.relu
    assert pickle.loads(pickle.dumps(tf.nn.relu)) is tf.nn.relu
