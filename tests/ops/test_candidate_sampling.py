"""Candidate samplers and the losses over sampled classes. Losses are TensorFlow 2.21's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf

TRUE = np.array([[1], [4]])


def frequencies(draw: Any, classes: int, times: int = 200) -> np.ndarray:
    """How often each class is drawn, in many draws of one operation."""
    with tf.Graph().as_default(), tf.Session() as session:
        sampled = draw()[0]
        found = np.concatenate([session.run(sampled) for _ in range(times)])
    return np.bincount(found, minlength=classes) / times


# Samplers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unique", [False, True])
@pytest.mark.parametrize(("name", "shares"), [
    ("uniform", np.full(6, 1 / 6)), ("log_uniform", np.log((np.arange(6) + 2) / (np.arange(6) + 1)) / np.log(7))])
def test_expected_counts_are_what_is_drawn(name: str, shares: np.ndarray, unique: bool) -> None:
    sampler = getattr(tf.nn, f"{name}_candidate_sampler")
    found = frequencies(lambda: sampler(tf.constant(TRUE), 1, 3, unique, 6, seed=5), 6)
    wanted = []
    with tf.Graph().as_default(), tf.Session() as session:
        draws = sampler(tf.constant(TRUE), 1, 3, unique, 6, seed=5)
        for _ in range(200):
            sampled, true, expected = session.run(draws)
            assert sampled.dtype == np.int64
            assert true.shape == (2, 1)
            assert not unique or len(set(sampled.tolist())) == 3
            wanted.append(true[0, 0])
    assert found.sum() == pytest.approx(3)
    assert found[1] == pytest.approx(np.mean(wanted), abs=0.12)
    if not unique:
        np.testing.assert_allclose(true[:, 0], 3 * shares[[1, 4]], rtol=1e-5)
        np.testing.assert_allclose(expected, 3 * shares[sampled], rtol=1e-5)
        np.testing.assert_allclose(found, 3 * shares, atol=0.15)


def test_distinct_classes_take_as_many_draws_as_they_take() -> None:
    for seed in range(20):
        sampled, true, expected = hb.random.uniform_candidate_sampler([[0]], 1, 4, True, 4, seed=seed)
        assert sorted(sampled.numpy().tolist()) == [0, 1, 2, 3]
        tries = np.log1p(-float(true[0, 0])) / np.log1p(-0.25) if float(true[0, 0]) < 1 else 4
        assert abs(tries - round(tries)) < 1e-2
        assert round(tries) >= 4
        assert np.unique(expected.numpy()).size == 1


def test_given_frequencies(tmp_path: Path) -> None:
    _, true, _ = hb.random.fixed_unigram_candidate_sampler([[1], [0]], 1, 4, False, 4, unigrams=[1, 2, 3, 4])
    np.testing.assert_allclose(true.numpy(), [[0.8], [0.4]], rtol=1e-6)
    vocabulary = tmp_path / "words.csv"
    vocabulary.write_text("a,1\nb,2\nc,3\nd,4\n")
    _, true, _ = hb.nn.fixed_unigram_candidate_sampler([[1], [0]], 1, 4, False, 4, vocab_file=str(vocabulary),
                                                       distortion=0.5)
    np.testing.assert_allclose(true.numpy()[:, 0], 4 * np.sqrt([2, 1]) / np.sqrt([1, 2, 3, 4]).sum(), rtol=1e-6)
    sampled, true, _ = hb.random.fixed_unigram_candidate_sampler([[1], [2]], 1, 4, True, 5, num_reserved_ids=1,
                                                                 unigrams=[1, 2, 3, 4])
    assert 0 not in sampled.numpy()
    sampled, true, _ = hb.random.fixed_unigram_candidate_sampler([[0], [1]], 1, 5, False, 2, unigrams=[1, 2, 3, 4],
                                                                 num_shards=2, shard=1)
    np.testing.assert_allclose(true.numpy(), [[5 / 3], [10 / 3]], rtol=1e-6)


def test_learned_frequencies() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        draws = tf.nn.learned_unigram_candidate_sampler(tf.constant([[1], [0]], tf.int64), 1, 4, False, 4, seed=1)
        found = [session.run(draws)[1][0, 0] for _ in range(3)]
    np.testing.assert_allclose(found, [1, 4 / 3, 1.5], rtol=1e-6)


def test_all_classes() -> None:
    sampled, true, expected = hb.nn.all_candidate_sampler(TRUE, 1, 5, True)
    assert sampled.numpy().tolist() == [0, 1, 2, 3, 4]
    assert true.numpy().tolist() == [[1], [1]]
    assert expected.numpy().tolist() == [1] * 5


def test_seeds_repeat_the_draws() -> None:
    def draws(seed: int) -> list[Any]:
        with tf.Graph().as_default(), tf.Session() as session:
            sampled = tf.nn.log_uniform_candidate_sampler(tf.constant(TRUE), 1, 5, True, 100, seed=seed)[0]
            return [session.run(sampled).tolist() for _ in range(3)]

    assert draws(1) == draws(1)
    assert draws(1) != draws(2)
    assert len({tuple(d) for d in draws(1)}) == 3


def test_what_samplers_refuse() -> None:
    error, sampler = hb.errors.InvalidArgumentError, hb.random.uniform_candidate_sampler
    with pytest.raises(error, match="Sampler's range is too small"):
        sampler(TRUE, 1, 5, True, 4)
    with pytest.raises(error, match="true_classes must have num_true columns, expected: 1 was: 2"):
        sampler(TRUE, 2, 5, False, 6)
    with pytest.raises(error, match="true_classes must be a matrix"):
        sampler([1, 2], 2, 5, False, 6)
    with pytest.raises(error, match=r"`true_candidate` out of range \[0, 4\), received 9"):
        sampler([[9]], 1, 3, False, 4)
    with pytest.raises(error, match="range is 7 must be equal to weights size"):
        hb.nn.fixed_unigram_candidate_sampler(TRUE, 1, 3, True, 7, unigrams=[1, 2, 3, 4])
    with pytest.raises(error, match="Must provide either vocab_file or unigrams"):
        hb.nn.fixed_unigram_candidate_sampler(TRUE, 1, 3, True, 7)


def test_accidental_hits() -> None:
    rows, places, weights = hb.nn.compute_accidental_hits([[1, 2], [3, 4]], [4, 1, 7, 1], 2)
    assert (rows.numpy().tolist(), places.numpy().tolist()) == ([0, 1], [3, 0])
    assert (weights.numpy() == np.finfo(np.float32).min).all()


# Losses --------------------------------------------------------------------------------------------

W, B = np.arange(12, dtype=np.float32).reshape(6, 2) / 10, np.arange(6, dtype=np.float32) / 7
X = np.array([[1, 2], [0.5, -1]], np.float32)
SAMPLED = np.array([0, 3, 1]), np.array([[0.5], [0.25]], np.float32), np.array([0.9, 0.8, 0.7], np.float32)


@pytest.mark.parametrize(("loss", "hits", "wanted"), [
    ("nce_loss", True, [3.75525, 2.586082]), ("nce_loss", False, [5.295891, 2.586082]),
    ("sampled_softmax_loss", True, [1.392682, 0.613812]), ("sampled_softmax_loss", False, [1.55602, 0.613812])])
def test_losses_are_tensorflows(loss: str, hits: bool, wanted: list[float]) -> None:
    found = getattr(hb.nn, loss)(W, B, TRUE, X, 3, 6, sampled_values=SAMPLED, remove_accidental_hits=hits)
    np.testing.assert_allclose(found.numpy(), wanted, rtol=1e-5)


def test_several_true_classes_and_tables_in_parts() -> None:
    many = SAMPLED[0], np.array([[0.5, 0.1], [0.25, 0.2]], np.float32), SAMPLED[2]
    found = hb.nn.nce_loss(W, B, np.array([[1, 2], [4, 0]]), X, 3, 6, num_true=2, sampled_values=many)
    np.testing.assert_allclose(found.numpy(), [8.126404, 4.26936], rtol=1e-5)
    with tf.Graph().as_default(), tf.Session() as session:
        parts = tf.nn.sampled_softmax_loss([tf.constant(W[:3]), tf.constant(W[3:])], [B[::2], B[1::2]], TRUE, X, 3, 6,
                                           sampled_values=SAMPLED)
        blocks = tf.nn.nce_loss([tf.constant(W[:3]), tf.constant(W[3:])], [B[:3], B[3:]], TRUE, X, 3, 6,
                                sampled_values=SAMPLED, partition_strategy="div")
        found = session.run([parts, blocks])
    np.testing.assert_allclose(found[0], [0.953608, 0.484835], rtol=1e-5)
    np.testing.assert_allclose(found[1], [5.295891, 2.586082], rtol=1e-5)


def test_gradients_are_tensorflows() -> None:
    tables = [hb.Variable(W), hb.Variable(B), hb.Variable(X)]
    with hb.GradientTape() as tape:
        total = hb.reduce_sum(hb.nn.nce_loss(tables[0], tables[1], TRUE, tables[2], 3, 6, sampled_values=SAMPLED))
    found = tape.gradient(total, tables)
    assert isinstance(found[0], hb.IndexedSlices)
    wanted = [[[0.82642, 0.65016], [0.90991, 0.67117], [0, 0], [1.21542, 1.30563], [-0.09441, 0.18882], [0, 0]],
              [1.07709, 1.19707, 0, 1.49672, -0.18882, 0], [[0.68502, 0.89828], [0.30137, 0.44632]]]
    for gradient, values in zip(found, wanted, strict=True):
        np.testing.assert_allclose(hb.convert_to_tensor(gradient).numpy(), values, atol=2e-5)


def test_word_vectors_are_trained_in_one_program() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(1)
        table = tf.Variable(tf.random_uniform([50, 8], -1, 1))
        weights, biases = tf.Variable(tf.truncated_normal([50, 8], stddev=0.3)), tf.Variable(tf.zeros([50]))
        words, context = tf.placeholder(tf.int32, [None]), tf.placeholder(tf.int32, [None, 1])
        loss = tf.reduce_mean(tf.nn.nce_loss(weights=weights, biases=biases, labels=context,
                                             inputs=tf.nn.embedding_lookup(table, words), num_sampled=8,
                                             num_classes=50))
        step = tf.train.GradientDescentOptimizer(1.0).minimize(loss)
        session.run(tf.global_variables_initializer())
        x = np.arange(48)
        losses = [session.run([loss, step], {words: x, context: (x[:, None] + 1) % 50})[0] for _ in range(150)]
        assert np.mean(losses[-10:]) < 0.35 * np.mean(losses[:10])
        (binding,) = [b for b in session._bindings.values() if step in b.runner.plan.ops]
        assert [s.on_host for s in binding.runner.plan.stages] == [False]


def test_true_classes_that_are_constant_are_checked_in_a_compiled_program() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        labels, table = tf.constant([[1], [2]], tf.int64), tf.get_variable("table", [4, 3])
        drawn = tf.nn.fixed_unigram_candidate_sampler(labels, 1, 3, True, 4, unigrams=[1.0, 2.0, 1.0, 5.0])
        loss = tf.nn.sampled_softmax_loss(table, tf.zeros([4]), labels, tf.tanh(table[:2]), 3, 4, sampled_values=drawn)
        step = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
        session.run(tf.global_variables_initializer())
        assert session.run([loss, step])[0].shape == (2,)
