"""`[]` on tensors and variables: what NumPy says, at every kind of index, without compiling anew for each place."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf
from hornbeam.graph import infer
from hornbeam.graph.op import registry
from hornbeam.runtime import executor

X = np.arange(60, dtype=np.float32).reshape(3, 4, 5)
LARGE = np.arange(80_000, dtype=np.float32).reshape(20_000, 4)


def random_index(rng: np.random.Generator) -> tuple[Any, ...]:
    parts: list[Any] = []
    for size in X.shape[:rng.integers(0, 4)]:
        kind = rng.integers(4)
        if kind == 0:
            parts.append(int(rng.integers(-size, size)))
        elif kind == 1:
            parts.append(slice(None))
        else:
            ends = [None if rng.random() < .3 else int(e) for e in rng.integers(-size - 2, size + 3, 2)]
            parts.append(slice(*ends, int(rng.choice([-2, -1, 1, 2, 3]))))
        if rng.random() < .2:
            parts.insert(int(rng.integers(len(parts) + 1)), None)
    if rng.random() < .4:
        parts.insert(int(rng.integers(len(parts) + 1)), Ellipsis)
    return tuple(parts)


@pytest.mark.parametrize("seed", range(40))
def test_an_index_takes_what_numpy_takes(seed: int) -> None:
    index = random_index(np.random.default_rng(seed))
    wanted = X[index]
    if len([i for i in index if i is Ellipsis]) and len(index) - 1 - index.count(None) > 3:
        pytest.skip("too many places")
    assert np.array_equal(hb.constant(X)[index], wanted), index
    with hb.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 4, 5])
        y = x[index]
        assert y.shape.is_compatible_with(wanted.shape)
        weights = np.random.default_rng(1).normal(size=wanted.shape).astype(np.float32)
        grad = tf.gradients(y, x, grad_ys=tf.constant(weights))[0]
        with tf.Session() as session:
            value, found = session.run([y, grad], {x: X})
    assert np.array_equal(value, wanted), index
    scattered = np.zeros_like(X)
    if wanted.ndim:
        scattered[index] = weights
    else:
        scattered[tuple(i for i in index if i is not None)] = weights
    assert np.array_equal(found, scattered), index


def compilations() -> int:
    return len(executor.compilations)


def test_a_place_that_is_fed_compiles_once() -> None:
    with tf.Graph().as_default():
        x, i = tf.placeholder(tf.float32, [None, 4]), tf.placeholder(tf.int32, [])
        total = tf.reduce_sum(x[i] * 2 + x[i, 1] + x[:, i])
        grad = tf.gradients(tf.reduce_sum(x[i]), x)[0]
        part = tf.slice(x, [i, 0], [2, 4])
        with tf.Session() as session:
            fetches = [x[i], grad, part]
            session.run(fetches, {x: LARGE, i: 0})
            before = compilations()
            for k in (1, 5, -1, -20_000):
                if k < 0:
                    assert np.array_equal(session.run(x[i] * 1, {x: LARGE, i: k}), LARGE[k])
                    continue
                row, g, rows = session.run(fetches, {x: LARGE, i: k})
                assert np.array_equal(row, LARGE[k])
                assert np.array_equal(rows, LARGE[k:k + 2])
                assert np.flatnonzero(g.sum(1)).tolist() == [k]
                if k == 5:
                    assert compilations() == before
            assert session.run(total, {x: LARGE[:4], i: 1}) == (LARGE[1] * 2 + LARGE[1, 1] + LARGE[:4, 1]).sum()


@pytest.mark.parametrize("rows", [5, 20_000])
def test_a_fed_place_out_of_range_names_the_node(rows: int) -> None:
    with tf.Graph().as_default():
        x, i = tf.placeholder(tf.float32, [None, 4]), tf.placeholder(tf.int32, [])
        y, part = x[i, 1:], tf.slice(x, [i, 0], [2, 4])
        with tf.Session() as session:
            words = f"slice index {rows} of dimension 0 out of bounds"
            with pytest.raises(tf.errors.InvalidArgumentError, match=words) as caught:
                session.run(y, {x: LARGE[:rows], i: rows})
            assert caught.value.op.type == "StridedSlice"
            assert "{{node strided_slice}}" in str(caught.value)
            with pytest.raises(tf.errors.InvalidArgumentError, match=r"Expected (begin|size)\[0\]"):
                session.run(part, {x: LARGE[:rows], i: rows - 1})


def test_eager_places_share_one_program() -> None:
    x = hb.constant(X)
    first = x[0, 1]
    op = registry["StridedSliceAt"]
    assert np.array_equal(first, X[0, 1])
    held = len(op.programs)
    for i in range(3):
        assert np.array_equal(x[i, 2], X[i, 2])
    assert len(op.programs) == held


def test_tensors_as_bounds() -> None:
    x = hb.constant(X)
    i = hb.constant(1)
    assert np.array_equal(x[i], X[1])
    assert np.array_equal(x[i:, :i + 2], X[1:, :3])
    assert np.array_equal(x[np.int64(2), ..., i], X[2, ..., 1])
    with tf.Graph().as_default():
        n = tf.placeholder(tf.int64, [])
        y = tf.constant(X)[n:, n, : n + 1]
        assert y.shape.as_list() == [None, None]
        with tf.Session() as session:
            assert np.array_equal(session.run(y, {n: 1}), X[1:, 1, :2])


def test_masks() -> None:
    x = hb.constant(X)
    assert np.array_equal(x[x > 20], X[X > 20])
    assert np.array_equal(x[np.array([True, False, True])], X[[0, 2]])


def test_variables_are_indexed() -> None:
    v = hb.Variable([[1.0, 2.0], [3.0, 4.0]])
    assert np.array_equal(v[1], [3, 4])
    with tf.Graph().as_default():
        w = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            assert np.array_equal(session.run(w[:, 1]), [2, 4])


@pytest.mark.parametrize(("index", "error", "words"), [
    (5, hb.errors.InvalidArgumentError, "slice index 5 of dimension 0 out of bounds"),
    (-4, hb.errors.InvalidArgumentError, "slice index -1 of dimension 0 out of bounds"),
    ((0, 0, 0, 0), hb.errors.InvalidArgumentError, "Index out of range using input dim 3; input has only 3 dims"),
    (slice(None, None, 0), hb.errors.InvalidArgumentError, "strides[0] must be non-zero"),
    ((..., ...), hb.errors.InvalidArgumentError, "Multiple ellipses in slice spec not allowed"),
    ("a", TypeError, "Only integers, slices (`:`), ellipsis (`...`)"),
    (1.5, TypeError, "are valid indices, got 1.5"),
])
def test_indices_that_no_tensor_takes(index: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=re.escape(words)):
        hb.constant(X)[index]
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [3, 4, 5])
        with pytest.raises(TypeError if error is TypeError else ValueError, match=re.escape(words)):
            x[index]


def test_shape_arithmetic_is_seen_through() -> None:
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 784])
        shape = tf.shape(x)
        assert infer.constant_value(shape[1]) == 784
        assert infer.constant_value(shape[0]) is None
        assert infer.partial_shape(tf.concat([shape[:1], [28, 28]], 0)) == (None, 28, 28)
        assert tf.reshape(x, tf.stack([shape[0], 28, shape[1] // 28])).shape.as_list() == [None, 28, 28]
        assert tf.zeros(tf.concat([shape[:1], [7]], 0)).shape.as_list() == [None, 7]
        assert tf.tile(tf.zeros([1, 3]), [shape[0], 2]).shape.as_list() == [None, 6]
        assert tf.ones(tf.gather(shape, [1, 0])).shape.as_list() == [784, None]
