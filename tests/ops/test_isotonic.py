"""Isotonic regression, Sobol's sequence and conjugate gradients give what TensorFlow gives."""

from __future__ import annotations

import numpy as np
import pytest

import hornbeam as tf


def test_neighbours_that_increase_share_their_mean() -> None:
    fitted, blocks = tf.nn.isotonic_regression([[3.0, 1.0, 2.0, 4.0]])
    np.testing.assert_allclose(fitted, [[3, 7 / 3, 7 / 3, 7 / 3]], rtol=1e-6)
    assert blocks.numpy().tolist() == [[0, 1, 1, 1]]
    fitted, blocks = tf.nn.isotonic_regression([[3.0, 1.0, 2.0, 4.0]], decreasing=False)
    assert fitted.numpy().tolist() == [[2, 2, 2, 4]]
    assert blocks.numpy().tolist() == [[0, 0, 1, 2]]
    fitted, blocks = tf.nn.isotonic_regression([[3.0, 1.0], [2.0, 4.0]], axis=0)
    assert fitted.numpy().tolist() == [[3, 2.5], [2, 2.5]]
    assert blocks.numpy().tolist() == [[0, 0], [1, 0]]


def test_its_gradient_is_the_mean_over_blocks() -> None:
    x = tf.constant([[3.0, 1.0, 2.0, 4.0]], tf.float64)
    theirs, mine = tf.test.compute_gradient(lambda v: tf.nn.isotonic_regression(v)[0], [x])
    np.testing.assert_allclose(theirs[0], mine[0], atol=1e-8)


def test_sobols_sequence() -> None:
    assert tf.math.sobol_sample(2, 3).numpy().tolist() == [[0.5, 0.5], [0.75, 0.25], [0.25, 0.75]]
    assert tf.math.sobol_sample(3, 2, skip=5).numpy().tolist() == [[0.625, 0.125, 0.875], [0.125, 0.625, 0.375]]
    assert tf.math.sobol_sample(1, 1, dtype=tf.float64).dtype is tf.float64
    for arguments, words in (((0, 3), "dim must be at least"), ((1, 0), "num_results must be at least"),
                             ((1, 1, -1), "skip"), ((30000, 1), "dim")):
        with pytest.raises(tf.errors.InvalidArgumentError, match=words):
            tf.math.sobol_sample(*arguments)


MATRIX = np.array([[4.0, 1, 0], [1, 3, 1], [0, 1, 5]])
RIGHT = np.array([1.0, 2, 3])


def _operator(matrix: np.ndarray) -> object:
    return tf.linalg.LinearOperatorFullMatrix(matrix, is_self_adjoint=True, is_positive_definite=True)


def test_conjugate_gradients_solve() -> None:
    solve = tf.linalg.experimental.conjugate_gradient
    operator, right = _operator(MATRIX), tf.constant(RIGHT)
    expected = np.linalg.solve(MATRIX, RIGHT)
    found = solve(operator, right)
    assert type(found)._fields == ("i", "x", "r", "p", "gamma")
    assert int(found.i) == 3
    np.testing.assert_allclose(found.x, expected, rtol=1e-10)
    np.testing.assert_allclose(solve(operator, tf.stack([right, 2 * right])).x, [expected, 2 * expected], rtol=1e-10)
    np.testing.assert_allclose(solve(operator, right, x=tf.ones(3, tf.float64)).x, expected, rtol=1e-10)
    np.testing.assert_allclose(solve(operator, right, _operator(np.diag(1 / np.diag(MATRIX)))).x, expected, rtol=1e-10)
    first = solve(operator, right, max_iter=1)
    np.testing.assert_allclose(first.x, [0.18181818, 0.36363636, 0.54545455], rtol=1e-7)
    np.testing.assert_allclose(first.gamma, 0.04958677685950404)
    traced = tf.function(lambda b: solve(operator, b).x)
    np.testing.assert_allclose(traced(right), expected, rtol=1e-10)
    with pytest.raises(ValueError, match="Expected a self-adjoint, positive definite operator"):
        solve(tf.linalg.LinearOperatorFullMatrix(MATRIX), right)
