"""Isotonic regression and Sobol's sequence: values of TensorFlow 2.21, and what they are for."""

from __future__ import annotations

import numpy as np
import pytest

import hornbeam as hb

X = np.array([[3, 1, 2, 5], [1, 2, 3, 0]], np.float32)


def test_the_closest_falling_sequence() -> None:
    values, levels = hb.nn.isotonic_regression(X)
    np.testing.assert_allclose(values.numpy(), [[3, 2.666667, 2.666667, 2.666667], [2, 2, 2, 0]], rtol=1e-5)
    assert levels.numpy().tolist() == [[0, 1, 1, 1], [0, 0, 0, 1]]
    values, levels = hb.nn.isotonic_regression(X, decreasing=False)
    np.testing.assert_allclose(values.numpy(), [[2, 2, 2, 5], [1, 1.666667, 1.666667, 1.666667]], rtol=1e-5)
    assert levels.numpy().tolist() == [[0, 0, 1, 2], [0, 1, 1, 1]]
    values, levels = hb.nn.isotonic_regression(X, axis=0)
    assert values.numpy().tolist() == [[3, 1.5, 2.5, 5], [1, 1.5, 2.5, 0]]
    assert levels.numpy().tolist() == [[0, 0, 0, 0], [1, 0, 0, 1]]


def test_no_falling_sequence_is_closer() -> None:
    x = np.random.default_rng(0).normal(size=12)
    found = hb.nn.isotonic_regression(x)[0].numpy()
    assert (np.diff(found) <= 0).all()
    best = ((found - x) ** 2).sum()
    for seed in range(200):
        other = np.sort(found + np.random.default_rng(seed).normal(size=12) * 0.1)[::-1]
        assert ((other - x) ** 2).sum() >= best


def test_gradients_are_means_of_levels() -> None:
    x = hb.Variable(X)
    with hb.GradientTape() as tape:
        y = hb.nn.isotonic_regression(x)[0] * [1.0, 2.0, 3.0, 4.0]
    assert tape.gradient(y, x).numpy().tolist() == [[1, 3, 3, 3], [2, 2, 2, 4]]


def test_sobols_points() -> None:
    assert hb.math.sobol_sample(2, 4).numpy().tolist() == [[0.5, 0.5], [0.75, 0.25], [0.25, 0.75], [0.375, 0.375]]
    found = hb.math.sobol_sample(5, 7, skip=3).numpy()
    assert found[0].tolist() == [0.375, 0.375, 0.625, 0.875, 0.375]
    assert found[-1].tolist() == [0.9375, 0.0625, 0.6875, 0.1875, 0.3125]
    assert hb.math.sobol_sample(2, 3, dtype=hb.float64).dtype is hb.float64
    points = hb.math.sobol_sample(2, 255).numpy()
    assert (np.bincount((points[:, 0] * 16).astype(int), minlength=16) >= 15).all()
    with pytest.raises(hb.errors.InvalidArgumentError, match="dim must be at least"):
        hb.math.sobol_sample(0, 3)
