"""Gather and scatter: rows as IndexedSlices, indices out of range told with their place, repeated places added."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf

TABLE = np.arange(12, dtype=np.float32).reshape(4, 3)
WIDE = np.arange(120_000, dtype=np.float32).reshape(40_000, 3)


def test_the_gradient_of_rows_is_slices() -> None:
    with tf.Graph().as_default():
        table = tf.placeholder(tf.float32, [None, 3])
        rows = tf.gather(table, [[1, 1], [3, 0]])
        grad = tf.gradients(tf.reduce_sum(rows * rows), table)[0]
        assert isinstance(grad, tf.IndexedSlices)
        assert grad.values.shape.as_list() == [4, 3]
        dense = tf.convert_to_tensor(grad)
        assert dense.shape.as_list() == [None, 3]
        with tf.Session() as session:
            found = session.run(dense, {table: TABLE})
    wanted = 2 * TABLE * np.array([1, 2, 0, 1])[:, None]
    assert np.array_equal(found, wanted)


def test_slices_from_two_gathers_add_up() -> None:
    with tf.Graph().as_default():
        table = tf.constant(TABLE)
        total = tf.reduce_sum(tf.gather(table, [0, 2])) + 10 * tf.reduce_sum(tf.gather(table, [2]))
        grad = tf.gradients(total, table)[0]
        with tf.Session() as session:
            assert session.run(tf.convert_to_tensor(grad))[:, 0].tolist() == [1, 0, 11, 0]
            assert np.array_equal(session.run(tf.multiply(grad, 2.0)), 2 * session.run(tf.convert_to_tensor(grad)))


def test_slices_without_a_shape_stay_slices() -> None:
    slices = hb.IndexedSlices(hb.constant([1.0]), hb.constant([0]))
    with pytest.raises(ValueError, match="without dense_shape"):
        hb.convert_to_tensor(slices)
    assert hb.is_tensor(slices)
    assert tf.convert_to_tensor_or_indexed_slices(slices) is slices


OUTSIDE: list[tuple[Callable[[Any], Any], str]] = [
    (lambda t: hb.gather(t, [9]), "indices[0] = 9 is not in [0, 4)"),
    (lambda t: hb.gather(t, 9), "indices = 9 is not in [0, 4)"),
    (lambda t: hb.gather(t, [[0, 1], [2, -1]]), "indices[1,1] = -1 is not in [0, 4)"),
    (lambda t: hb.gather(t, [3, 0], axis=1), "indices[0] = 3 is not in [0, 3)"),
    (lambda t: hb.gather(t, [[0, 1], [1, 2], [0, 3], [0, 0]], batch_dims=1), "indices[2,1] = 3 is not in [0, 3)"),
    (lambda t: hb.gather_nd(t, [[0, 0], [1, 5]]), "indices[1] = [1, 5] does not index into param shape [4,3]"),
    (lambda t: hb.gather_nd(t, [[[0, 0], [-1, 1]]]), "indices[0,1] = [-1, 1] does not index into param shape [4,3]"),
    (lambda t: hb.scatter_nd([[7]], t[:1], [5, 3]), "indices[0] = [7] does not index into shape [5,3]"),
    (lambda t: hb.tensor_scatter_nd_update(t, [[-2]], t[:1]), "indices[0] = [-2] does not index into shape [4,3]"),
]


@pytest.mark.parametrize(("make", "words"), OUTSIDE)
def test_an_index_out_of_range_is_told(make: Callable[[Any], Any], words: str) -> None:
    with pytest.raises(hb.errors.InvalidArgumentError, match=re.escape(words)):
        make(hb.constant(TABLE))
    with tf.Graph().as_default():
        table = tf.placeholder(tf.float32, [4, 3])
        y = make(table)
        with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match=re.escape(words)):
            session.run(y, {table: TABLE})


def test_an_index_out_of_range_is_told_by_compiled_runs_and_variables_stay() -> None:
    with tf.Graph().as_default():
        table, i = tf.placeholder(tf.float32, [None, 3]), tf.placeholder(tf.int32, [None])
        count = tf.Variable(0.0)
        step = tf.assign_add(count, tf.reduce_sum(tf.gather(table, i)))
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            with pytest.raises(tf.errors.InvalidArgumentError, match=r"indices\[1\] = 40000 is not in \[0, 40000\)"):
                session.run(step, {table: WIDE, i: [0, 40_000]})
            assert session.run(count) == 0
            assert session.run(step, {table: WIDE, i: [0, 1]}) == WIDE[:2].sum()


@pytest.mark.parametrize(("shape", "indices", "axis", "batch"), [
    ((3, 4, 5), (2,), 1, 0), ((3, 4, 5), (3, 2), 1, 1), ((3, 4, 5), (3, 4, 2), 2, 2), ((3, 4, 5), (3, 4), -1, 1),
    ((3, 4, 5), (), 2, 0), ((3, 4, 5), (0,), 0, 0),
])
def test_gather_is_what_numpy_takes(shape: tuple[int, ...], indices: tuple[int, ...], axis: int, batch: int) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=shape)
    at = rng.integers(0, shape[axis], indices)
    found = hb.gather(x, at, axis=axis, batch_dims=batch).numpy()
    axis %= len(shape)
    wanted = np.stack([np.take(x[b], at[b], axis - batch) for b in np.ndindex(shape[:batch])]).reshape(
        *shape[:batch], *x[(0,) * batch].shape[:axis - batch], *at.shape[batch:], *shape[axis + 1:]) if batch \
        else np.take(x, at, axis)
    assert np.array_equal(found, wanted)


def test_scatter_adds_repeated_places_and_takes_extremes() -> None:
    places, updates = [[1], [1], [3]], np.array([1.0, 2.0, 5.0])
    assert hb.scatter_nd(places, updates, [4]).numpy().tolist() == [0, 3, 0, 5]
    base = hb.constant([4.0, 1.0, 4.0, 9.0], hb.float64)
    assert hb.tensor_scatter_nd_add(base, places, updates).numpy().tolist() == [4, 4, 4, 14]
    assert hb.tensor_scatter_nd_sub(base, places, updates).numpy().tolist() == [4, -2, 4, 4]
    assert hb.tensor_scatter_nd_max(base, places, updates).numpy().tolist() == [4, 2, 4, 9]
    assert hb.tensor_scatter_nd_min(base, places, updates).numpy().tolist() == [4, 1, 4, 5]


def test_bad_places_can_be_ignored() -> None:
    assert hb.scatter_nd([[1], [9]], [1.0, 2.0], [3], bad_indices_policy="IGNORE").numpy().tolist() == [0, 1, 0]
    assert hb.gather_nd([1.0, 2.0], [[1], [9]], bad_indices_policy="IGNORE").numpy().tolist() == [2, 0]


def test_ties_of_scatter_max_share_the_gradient() -> None:
    with tf.Graph().as_default():
        x, y = tf.constant([1.0, 5.0]), tf.constant([5.0, 2.0])
        grads = tf.gradients(tf.tensor_scatter_nd_max(x, [[1], [0]], y), [x, y])
        with tf.Session() as session:
            assert [g.tolist() for g in session.run(grads)] == [[0, .5], [.5, 1]]
