"""`contrib.nn`: figures are TensorFlow 1.15.5's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hornbeam.v1 as tf

nn = tf.contrib.nn
X = np.array([[1.0, -2.0, 0.5], [0.0, 3.0, -1.0]], np.float32)


def _run(fetches: Any) -> Any:
    with tf.Session() as sess:
        return sess.run(fetches)


def test_scaled_softplus_and_its_gradients() -> None:
    with tf.Graph().as_default():
        x, alpha = tf.constant(X), tf.constant(0.7)
        y = nn.scaled_softplus(x, alpha, clip=2.0)
        value, dx, dalpha = _run([y, *tf.gradients(y, [x, alpha])])
    np.testing.assert_allclose(value, 0.7 * np.minimum(np.log1p(np.exp(X / 0.7)), 2 / 0.7), rtol=1e-5)
    np.testing.assert_allclose(dx, [[0.806679, 0.054313, 0.671347], [0.5, 0.0, 0.193321]], rtol=1e-4)
    np.testing.assert_allclose(dalpha, 2.519399, rtol=1e-4)


def test_nth_elements() -> None:
    with tf.Graph().as_default():
        found = _run([nn.nth_element(X, 1), nn.nth_element(X, 0, reverse=True)])
    assert [v.tolist() for v in found] == [[0.5, 0], [1, 3]]


def test_losses_of_samples() -> None:
    rng = np.random.RandomState(0)
    with tf.Graph().as_default():
        x, w, b = (tf.constant(rng.randn(*s).astype(np.float32)) for s in ((3, 4), (7, 4), (7,)))
        labels = tf.constant([[1], [2], [5]], tf.int64)
        sampled = (tf.constant([0, 3, 4, 6], tf.int64), tf.constant([[0.5], [0.4], [0.3]]),
                   tf.constant([0.5, 0.3, 0.2, 0.6]))
        found = _run([nn.sampled_sparse_softmax_loss(w, b, labels, x, 4, 7, sampled),
                      nn.rank_sampled_softmax_loss(w, b, labels, x, 4, 2, 7, 1, sampled, 0.7, True, "div")])
        np.testing.assert_allclose(found[0], [6.3683, 14.1523, 2.722], rtol=1e-4)
        np.testing.assert_allclose(found[1], [6.3523, 14.1516, 2.634], rtol=1e-4)
        with pytest.raises(ValueError, match=r"num_resampled \(4\) must be less than num_sampled \(4\)"):
            nn.rank_sampled_softmax_loss(w, b, labels, x, 4, 4, 7, 1, sampled, 0.7, True, "div")


def test_alpha_dropout_keeps_mean_and_variance() -> None:
    with tf.Graph().as_default():
        x = tf.constant(np.random.RandomState(0).randn(20000).astype(np.float32))
        assert nn.alpha_dropout(x, 1.0) is x
        found = _run(nn.alpha_dropout(x, 0.8, seed=1))
        assert (abs(found.mean()) < 0.05, abs(found.std() - 1) < 0.05) == (True, True)
        with pytest.raises(ValueError, match=r"range \(0, 1\], got 0"):
            nn.alpha_dropout(x, 0.0)
