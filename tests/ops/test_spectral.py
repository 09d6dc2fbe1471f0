"""Fourier transforms against NumPy's."""

from __future__ import annotations

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf


@pytest.mark.parametrize(("name", "axes"), [("fft", (-1,)), ("fft2d", (-2, -1)), ("fft3d", (-3, -2, -1))])
def test_transforms_of_complex_signals(name: str, axes: tuple[int, ...]):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 3, 4, 5)) + 1j * rng.normal(size=(2, 3, 4, 5))
    found = getattr(hb.signal, name)(x)
    np.testing.assert_allclose(found.numpy(), np.fft.fftn(x, axes=axes), rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(getattr(hb.signal, f"i{name}")(found).numpy(), x, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("length", [None, [4], [9]])
def test_transforms_of_real_signals(length: list[int] | None):
    x = np.random.default_rng(0).normal(size=(2, 6)).astype(np.float32)
    n = None if length is None else length[0]
    found = hb.signal.rfft(x, length)
    assert found.dtype is hb.complex64
    np.testing.assert_allclose(found.numpy(), np.fft.rfft(x, n), rtol=1e-4, atol=1e-5)
    back = hb.signal.irfft(found, length)
    np.testing.assert_allclose(back.numpy(), np.fft.irfft(np.fft.rfft(x, n), n), rtol=1e-4, atol=1e-5)


def test_the_length_of_a_signal_may_be_known_only_when_run():
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.placeholder(tf.float32, [None])
        y = tf.signal.irfft(tf.signal.rfft(x))
        np.testing.assert_allclose(sess.run(y, {x: [1, 2, 3, 4]}), [1, 2, 3, 4], rtol=1e-5)
        assert sess.run(y, {x: [1, 2]}).shape == (2,)


def test_zero_is_moved_to_the_middle_and_back():
    x = np.arange(10).reshape(2, 5)
    np.testing.assert_array_equal(hb.signal.fftshift(x).numpy(), np.fft.fftshift(x))
    np.testing.assert_array_equal(hb.signal.ifftshift(x, [1]).numpy(), np.fft.ifftshift(x, 1))
