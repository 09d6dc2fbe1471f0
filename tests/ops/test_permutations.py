"""Shuffles that a seed alone determines: they are permutations, in parts and whole."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hornbeam as tf

shuffled = tf.random.experimental.index_shuffle
Wrong = tf.errors.InvalidArgumentError


@pytest.mark.parametrize("last", [0, 1, 2, 9, 255, 256, 1000])
def test_every_index_is_hit_once(last: int) -> None:
    found = np.asarray(shuffled(tf.range(last + 1), [1, 2], last))
    assert sorted(found) == list(range(last + 1))
    if last > 9:
        assert np.any(found != np.arange(last + 1))
        assert np.any(found != np.asarray(shuffled(tf.range(last + 1), [1, 3], last)))


def test_a_part_is_the_part_of_the_whole() -> None:
    whole = np.asarray(shuffled(tf.range(100), [5, 6], 99))
    assert [int(shuffled(i, [5, 6], 99)) for i in (0, 7, 99)] == whole[[0, 7, 99]].tolist()
    traced = tf.function(lambda i: shuffled(i, [5, 6], 99))
    np.testing.assert_array_equal(traced(tf.range(100)), whole)


def test_large_domains_and_every_dtype() -> None:
    last = 2**62
    found = np.asarray(shuffled(tf.constant([0, 1, last], tf.int64), [1, 2], tf.constant(last, tf.int64)))
    assert len(set(found.tolist())) == 3
    assert np.all((found >= 0) & (found <= last))
    for dtype in (tf.int32, tf.uint32, tf.int64, tf.uint64):
        assert shuffled(tf.constant(3, dtype), [1, 2], tf.constant(9, dtype)).dtype is dtype


def test_a_seed_for_each_index() -> None:
    seeds = [[1, 2, 3], [2, 3, 4]]
    found = tf.random_index_shuffle([4, 4], seeds, [9, 9])
    alone = [int(tf.random_index_shuffle(4, seed, 9)) for seed in seeds]
    assert found.numpy().tolist() == alone


@pytest.mark.parametrize(("arguments", "words"), [
    ((7, [1, 2, 3], 4), "max_index must be >= index, but 4 < 7"),
    ((-1, [1, 2, 3], 4), "index must be >= 0 but was -1"),
    ((3, [1, 2], 4), r"Seed must be a vector of size \[3\]"),
])
def test_what_is_no_index_or_seed(arguments: tuple[Any, ...], words: str) -> None:
    with pytest.raises(Wrong, match=words):
        tf.random_index_shuffle(*arguments)


def test_rows_are_shuffled_by_a_seed() -> None:
    rows = tf.reshape(tf.range(20.0), [10, 2])
    shuffle = tf.random.experimental.stateless_shuffle
    first, again, other = shuffle(rows, [1, 2]), shuffle(rows, [1, 2]), shuffle(rows, [1, 3])
    np.testing.assert_array_equal(first, again)
    assert np.any(np.asarray(first) != np.asarray(other))
    assert sorted(np.asarray(first)[:, 0].tolist()) == np.arange(0, 20, 2).tolist()
    assert shuffle(3, [1, 2]).numpy() == 3
    with tf.GradientTape() as tape:
        tape.watch(rows)
        loss = tf.reduce_sum(shuffle(rows, [1, 2]) * tf.range(2.0))
    gradient = tf.convert_to_tensor(tape.gradient(loss, rows))
    np.testing.assert_array_equal(gradient, np.tile([0.0, 1.0], (10, 1)))


def test_dropout_with_a_seed_or_a_sampler_of_its_own() -> None:
    x = tf.ones([100, 100])
    drop = tf.nn.experimental.stateless_dropout
    first = np.asarray(drop(x, rate=0.25, seed=[1, 2]))
    np.testing.assert_array_equal(first, drop(x, rate=0.25, seed=[1, 2], rng_alg="philox"))
    assert set(np.unique(first)) == {0.0, np.float32(1 / 0.75)}
    assert abs((first == 0).mean() - 0.25) < 0.02
    columns = np.asarray(drop(x, rate=0.5, seed=[1, 2], noise_shape=[1, 100]))
    assert np.all(columns == columns[:1])
    np.testing.assert_array_equal(drop(x, rate=0.0, seed=[1, 2]), x)
    asked = []

    def sampler(shape: Any, dtype: Any) -> Any:
        asked.append((list(shape), dtype))
        return tf.zeros(shape, dtype)

    assert np.all(tf.nn.experimental.general_dropout(x, 0.5, sampler) == 0.0)
    assert asked == [([100, 100], tf.float32)]
    with pytest.raises(ValueError, match="`rate` must be a scalar tensor or a float in the range"):
        drop(x, rate=1.0, seed=[1, 2])


@pytest.mark.parametrize(("seed", "most", "rounds", "expected"), [
    ((1, 2, 3), 9, 4, [2, 0, 6, 4, 8, 1, 7, 9, 5, 3]),
    ((1, 2, 3), 65534, 4, [7886, 23762, 39666, 58068]),
    ((0x12345678, 0x9ABCDEF0, 0xDEADBEEF), 2**16 - 1, 10, [0x21B7, 0x8BDB, 0x379E, 0x9146]),
    ((1, 0, 0), 2**18 - 1, 4, [0x23BC, 0xA687, 0x1229F, 0x1A7A4]),
])
def test_indices_go_where_tensorflow_puts_them(seed, most, rounds, expected):
    found = tf.raw_ops.RandomIndexShuffle(index=np.arange(len(expected), dtype=np.uint64),
                                          seed=np.array(seed, np.uint32), max_index=np.uint64(most), rounds=rounds)
    assert found.numpy().tolist() == expected
