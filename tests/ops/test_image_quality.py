"""Measures of images: against their definitions, and figures from TensorFlow."""

from __future__ import annotations

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf

RNG = np.random.default_rng(6)
A = RNG.uniform(0, 1, (2, 16, 15, 3)).astype(np.float32)
B = np.clip(A + RNG.normal(0, 0.1, A.shape), 0, 1).astype(np.float32)


def test_signal_to_noise():
    expected = 10 * np.log10(4 / ((A - B) ** 2).mean((1, 2, 3)))
    np.testing.assert_allclose(hb.image.psnr(A, B, 2.0), expected, rtol=1e-5)
    whole = [(v * 255).astype(np.uint8) for v in (A, B)]
    difference = whole[0].astype(float) - whole[1]
    np.testing.assert_allclose(hb.image.psnr(*whole, 255), 10 * np.log10(255**2 / (difference**2).mean((1, 2, 3))),
                               rtol=1e-5)


def by_definition(x: np.ndarray, y: np.ndarray, size: int, sigma: float) -> np.ndarray:
    """SSIM of single-channel images, as a map."""
    place = np.arange(size) - (size - 1) / 2
    window = np.exp(-place**2 / (2 * sigma**2))
    window = np.outer(window, window) / window.sum() ** 2

    def smooth(v: np.ndarray) -> np.ndarray:
        return np.einsum("abij,ij->ab", np.lib.stride_tricks.sliding_window_view(v, (size, size)), window)

    x, y = x.astype(np.float64), y.astype(np.float64)
    mx, my = smooth(x), smooth(y)
    vx, vy, both = smooth(x * x) - mx**2, smooth(y * y) - my**2, smooth(x * y) - mx * my
    return (2 * mx * my + 1e-4) * (2 * both + 9e-4) / ((mx**2 + my**2 + 1e-4) * (vx + vy + 9e-4))


def test_structural_similarity_is_its_definition():
    expected = np.array([np.mean([by_definition(A[b, ..., c], B[b, ..., c], 11, 1.5).mean() for c in range(3)])
                         for b in range(2)])
    np.testing.assert_allclose(hb.image.ssim(A, B, 1.0), expected, rtol=1e-4)
    np.testing.assert_allclose(hb.image.ssim(A[0], B[0], 1.0), expected[0], rtol=1e-4)
    both = hb.image.ssim(np.stack([A, B]), B, 1.0).numpy()
    np.testing.assert_allclose(both, [expected, [1, 1]], rtol=1e-4)
    maps = hb.image.ssim(A[..., :1], B[..., :1], 1.0, filter_size=5, filter_sigma=0.8, return_index_map=True)
    np.testing.assert_allclose(maps[1], by_definition(A[1, ..., 0], B[1, ..., 0], 5, 0.8), rtol=2e-3, atol=1e-4)


def test_similarity_over_scales():
    x, y = (np.kron(v, np.ones((1, 3, 3, 1), np.float32)) for v in (A, B))
    found = hb.image.ssim_multiscale(x, y, 1.0, power_factors=(0.4, 0.6), filter_size=5)
    assert found.shape == (2,)
    same = hb.image.ssim_multiscale(x, x, 1.0, power_factors=(0.4, 0.6), filter_size=5)
    np.testing.assert_allclose(same, 1, rtol=1e-5)
    assert hb.image.ssim_multiscale(x[0], y[0], 1.0, power_factors=(0.4, 0.6), filter_size=5).shape == ()
    placeholder = tf.placeholder(tf.float32)
    made = tf.image.ssim_multiscale(placeholder, y, 1.0, power_factors=(0.4, 0.6), filter_size=5)
    with tf.Session() as session:
        np.testing.assert_allclose(session.run(made, {placeholder: x}), found, rtol=1e-5)


def test_images_that_cannot_be_compared():
    with pytest.raises(hb.errors.InvalidArgumentError):
        hb.image.ssim(A[:, :5], B[:, :5], 1.0)
    with pytest.raises(ValueError, match="incompatible"):
        hb.image.ssim(A, B[:, :12], 1.0)
    with pytest.raises(ValueError, match="Two images are not compatible"):
        hb.image.ssim(np.concatenate([A, A, A[:1]]), B, 1.0)


def test_similarity_has_a_gradient():
    x = hb.constant(B)
    with hb.GradientTape() as tape:
        tape.watch(x)
        value = hb.reduce_sum(hb.image.ssim(A, x, 1.0, filter_size=5))
    slope = tape.gradient(value, x).numpy()
    better = hb.reduce_sum(hb.image.ssim(A, B + 0.05 * slope / np.abs(slope).max(), 1.0, filter_size=5))
    assert float(better) > float(value)


def test_differences_of_neighbours():
    dy, dx = hb.image.image_gradients(A)
    np.testing.assert_array_equal(dy[:, :-1], A[:, 1:] - A[:, :-1])
    np.testing.assert_array_equal(dx[:, :, :-1], A[:, :, 1:] - A[:, :, :-1])
    assert not dy.numpy()[:, -1].any()
    assert not dx.numpy()[:, :, -1].any()
    expected = np.abs(np.diff(A, axis=1)).sum((1, 2, 3)) + np.abs(np.diff(A, axis=2)).sum((1, 2, 3))
    np.testing.assert_allclose(hb.image.total_variation(A), expected, rtol=1e-5)
    np.testing.assert_allclose(hb.image.total_variation(A[0]), expected[0], rtol=1e-5)
    with pytest.raises(ValueError, match="must be either 3 or 4-dimensional"):
        hb.image.total_variation(A[0, 0])
    with pytest.raises(ValueError, match="image_gradients expects a 4D tensor"):
        hb.image.image_gradients(A[0])


def test_edges():
    ramp = np.tile(np.arange(4, dtype=np.float32)[:, None], (1, 5))[None, ..., None]
    found = hb.image.sobel_edges(ramp).numpy()
    assert found.shape == (1, 4, 5, 1, 2)
    assert found[0, :, 2, 0, 0].tolist() == [0, 8, 8, 0]
    assert not found[..., 1].any()
