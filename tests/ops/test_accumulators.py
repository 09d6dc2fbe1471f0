"""Accumulators of gradients; values were recorded from TensorFlow 1.15.5."""

from __future__ import annotations

import threading
from typing import Any

import pytest

import hornbeam.v1 as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def test_gradients_are_averaged_and_stale_ones_dropped():
    accumulator = tf.ConditionalAccumulator(tf.float32, shape=[2], name="acc")
    fed, step = tf.placeholder(tf.float32, [2]), tf.placeholder(tf.int64, [])
    apply, count = accumulator.apply_grad(fed, local_step=step), accumulator.num_accumulated()
    two, one, later = accumulator.take_grad(2), accumulator.take_grad(1), accumulator.set_global_step(5)
    assert [apply.name, two.name, count.name] == ["ResourceAccumulatorApplyGradient",
                                                  "ResourceAccumulatorTakeGradient:0", "acc_NumAccumulated:0"]
    assert two.shape.as_list() == [2]
    with tf.Session() as sess:
        sess.run(apply, {fed: [1, 2], step: 0})
        sess.run(apply, {fed: [3, 6], step: 0})
        assert sess.run(count) == 2
        assert sess.run(two).tolist() == [2, 4]
        assert sess.run(count) == 0
        sess.run(apply, {fed: [1, 1], step: 0})  # the step is 1 now
        assert sess.run(count) == 0
        sess.run(apply, {fed: [1, 1], step: 1})
        assert sess.run(one).tolist() == [1, 1]
        sess.run(later)
        sess.run(apply, {fed: [1, 1], step: 3})
        assert sess.run(count) == 0
        sess.run(apply, {fed: [9, 1], step: 6})
        assert sess.run(one).tolist() == [9, 1]


def test_who_takes_waits_for_enough():
    accumulator = tf.ConditionalAccumulator(tf.float32, shape=[], reduction_type="SUM")
    apply, taken = accumulator.apply_grad(2.0), accumulator.take_grad(3)
    found: list[Any] = []
    with tf.Session() as sess:
        thread = threading.Thread(target=lambda: found.append(sess.run(taken)), daemon=True)
        thread.start()
        for _ in range(3):
            assert not found
            sess.run(apply)
        thread.join(5)
        assert found == [6.0]


def test_rows_are_averaged_each_for_itself():
    accumulator = tf.SparseConditionalAccumulator(tf.float32, shape=[4, 2])
    first = accumulator.apply_grad([0, 2], [[1.0, 1.0], [2.0, 2.0]], [4, 2])
    second = accumulator.apply_indexed_slices_grad(tf.IndexedSlices(
        tf.constant([[3.0, 3.0], [5.0, 5.0]]), tf.constant([2, 3], tf.int64), tf.constant([4, 2], tf.int64)))
    taken, slices = accumulator.take_grad(2), accumulator.take_indexed_slices_grad(1)
    with tf.Session() as sess:
        sess.run(first)
        sess.run(second)
        assert [part.tolist() for part in sess.run(taken)] == [[0, 2, 3], [[1, 1], [2.5, 2.5], [5, 5]], [4, 2]]
        sess.run(accumulator.apply_grad([1], [[7.0, 8.0]], local_step=1))
        found = sess.run(slices)
        assert (found.indices.tolist(), found.values.tolist()) == ([1], [[7, 8]])


def test_what_does_not_fit_is_refused():
    dense = tf.ConditionalAccumulator(tf.float32, shape=[2])
    sparse = tf.SparseConditionalAccumulator(tf.float32, shape=[4, 2])
    with tf.Session() as sess:
        for make, text in ((lambda: dense.apply_grad(tf.placeholder_with_default([1.0, 2.0, 3.0], None)), "expected"),
                           (lambda: dense.take_grad(0), "num_required must be >= 1"),
                           (lambda: sparse.apply_grad([7], [[1.0, 1.0]]), r"Index 7 is not in \[0, 4\)"),
                           (lambda: sparse.apply_grad([0], [[1.0]]), "Shape mismatch"),
                           (lambda: sparse.apply_grad([0, 1], [[1.0, 1.0]]), "as many rows")):
            with pytest.raises(tf.errors.InvalidArgumentError, match=text):
                sess.run(make())
    with pytest.raises(ValueError, match="incompatible"):
        dense.apply_grad([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="reduction_type"):
        tf.ConditionalAccumulator(tf.float32, reduction_type="MAX")
