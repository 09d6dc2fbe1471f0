"""Metrics at many thresholds, and sparsemax: figures are TensorFlow 1.15.5's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hornbeam.v1 as tf

metrics = tf.contrib.metrics
_RNG = np.random.RandomState(0)
P = _RNG.rand(2, 20).astype(np.float32)
Y = _RNG.rand(2, 20) < P
W = _RNG.rand(2, 20).astype(np.float32)
_PROBABILITIES = [[0.0, 1.0, 0.0, 0.0], [0.65, 0.0, 0.0, 0.35]]
_LOSSES = [1.5, 0.3725]


@pytest.fixture(autouse=True)
def _graph() -> Any:
    with tf.Graph().as_default():
        yield


def _after_two_batches(make: Any) -> Any:
    p, y, w = tf.placeholder(tf.float32, [20]), tf.placeholder(tf.bool, [20]), tf.placeholder(tf.float32, [20])
    value, update = make(y, p, w)
    with tf.Session() as sess:
        sess.run(tf.local_variables_initializer())
        for i in range(2):
            sess.run(update, {p: P[i], y: Y[i], w: W[i]})
        return sess.run(value)


CASES = {
    "false_positives": (lambda y, p, w: metrics.streaming_false_positive_rate_at_thresholds(p, y, [0.2, 0.5, 0.8], w),
                        [0.5583, 0.1598, 0.0]),
    "false_negatives": (lambda y, p, w: metrics.streaming_false_negative_rate_at_thresholds(p, y, [0.2, 0.5, 0.8], w),
                        [0.0, 0.1671, 0.7539]),
    "recall": (lambda y, p, w: metrics.recall_at_precision(y, p, 0.8, w), 0.8692),
    "strict_recall": (lambda y, p, w: metrics.recall_at_precision(y, p, 0.9, w, strict_mode=True), 0.8329),
    "precision": (lambda y, p, w: metrics.precision_at_recall(y, p, 0.7, w), 0.9749),
    "roc": (lambda y, p, w: metrics.streaming_curve_points(y, p, w, 5),
            [[1.0, 1.0], [0.5583, 1.0], [0.1598, 0.8329], [0.0, 0.4703], [0.0, 0.0]]),
    "pr": (lambda y, p, w: metrics.streaming_curve_points(y, p, num_thresholds=5, curve="PR"),
           [[1.0, 0.625], [1.0, 0.7353], [0.88, 0.8148], [0.52, 1.0], [0.0, 1.0]]),
}


@pytest.mark.parametrize("name", CASES)
def test_at_thresholds(name: str) -> None:
    make, wanted = CASES[name]
    np.testing.assert_allclose(_after_two_batches(make), wanted, atol=6e-5)


def test_equal_thresholds() -> None:
    found = _after_two_batches(lambda y, p, w: metrics.precision_recall_at_equal_thresholds(y, p, w, 6))
    assert found._fields == ("tp", "fp", "tn", "fn", "precision", "recall", "thresholds")
    np.testing.assert_allclose(found.precision, [0.7008, 0.8076, 0.8186, 0.969, 1.0, 0.0], atol=6e-5)
    np.testing.assert_allclose(found.fn, [0.0, 0.0, 0.9293, 4.0832, 10.8511, 14.3939], atol=6e-5)
    np.testing.assert_allclose(found.thresholds, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0], rtol=1e-6)


def test_what_does_not_fit_is_refused() -> None:
    p, y = tf.constant(P[0]), tf.constant(Y[0])
    with pytest.raises(ValueError, match=r"`precision` must be in the range \[0, 1\]"):
        metrics.recall_at_precision(y, p, 2.0)
    with pytest.raises(ValueError, match="curve must be either ROC or PR, X unknown"):
        metrics.streaming_curve_points(y, p, curve="X")


def test_sparsemax_and_its_loss() -> None:
    logits = tf.constant([[0.3, 1.8, -0.2, 0.1], [1.2, 0.5, -1.0, 0.9]])
    labels = tf.constant([[1.0, 0.0, 0.0, 0.0], [0.0, 0.5, 0.0, 0.5]])
    probabilities = tf.contrib.sparsemax.sparsemax(logits)
    loss = tf.contrib.sparsemax.sparsemax_loss(logits, probabilities, labels)
    with tf.Session() as sess:
        p, found, slope = sess.run([probabilities, loss, tf.gradients(loss, logits)[0]])
    np.testing.assert_allclose(p, _PROBABILITIES, atol=1e-5)
    np.testing.assert_allclose(found, _LOSSES, atol=1e-5)
    np.testing.assert_allclose(slope, np.array(_PROBABILITIES) - [[1, 0, 0, 0], [0, 0.5, 0, 0.5]], atol=1e-5)


def test_older_places_of_names() -> None:
    with tf.Session() as sess:
        frames, drawn = sess.run([tf.contrib.signal.frame(tf.range(6.0), 3, 2),
                                  tf.contrib.stateless.stateless_random_uniform([2], [1, 2])])
    assert (frames.tolist(), drawn.shape) == ([[0, 1, 2], [2, 3, 4]], (2,))
