"""Frames, windows, short-time and cosine transforms: against their formulas and their own inverses."""

from __future__ import annotations

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf

SIGNAL = np.random.default_rng(0).normal(size=(2, 40))


def test_windows():
    np.testing.assert_allclose(hb.signal.hann_window(4).numpy(), [0, 0.5, 1, 0.5], atol=1e-6)
    np.testing.assert_allclose(hb.signal.hamming_window(3).numpy(), [0.08, 1, 0.08], atol=1e-6)
    np.testing.assert_allclose(hb.signal.kaiser_window(5, 12.0).numpy(), np.kaiser(5, 12), atol=1e-6)
    halves = hb.signal.kaiser_bessel_derived_window(8).numpy() ** 2
    np.testing.assert_allclose(halves[:4] + halves[4:], 1, atol=1e-6)
    with pytest.raises(ValueError, match="floating point"):
        hb.signal.hann_window(4, dtype=hb.int32)


def test_frames_and_their_sum():
    assert hb.signal.frame([1, 2, 3, 4, 5], 3, 2, pad_end=True).numpy().tolist() == [[1, 2, 3], [3, 4, 5], [5, 0, 0]]
    assert hb.signal.overlap_and_add([[1, 2, 3], [10, 20, 30]], 2).numpy().tolist() == [1, 2, 13, 20, 30]
    assert hb.signal.frame(SIGNAL, 50, 2).shape == (2, 0, 50)


def test_a_short_time_transform_is_undone():
    spectra = hb.signal.stft(SIGNAL, 8, 4)
    assert spectra.shape == (2, 9, 5)
    back = hb.signal.inverse_stft(spectra, 8, 4, window_fn=hb.signal.inverse_stft_window_fn(4))
    np.testing.assert_allclose(back.numpy()[:, 4:-4], SIGNAL[:, 4:-4], rtol=1e-9)


@pytest.mark.parametrize("type_", [1, 2, 3, 4])
def test_a_cosine_transform_is_undone(type_: int):
    scale = 2 * (40 - 1) if type_ == 1 else 2 * 40
    back = hb.signal.idct(hb.signal.dct(SIGNAL, type_), type_)
    np.testing.assert_allclose(back.numpy() / scale, SIGNAL, rtol=1e-9, atol=1e-12)


def test_cosine_transform_of_known_numbers():
    np.testing.assert_allclose(hb.signal.dct([1.0, 2.0, 3.0, 4.0]).numpy(), [20, -6.308644, 0, -0.4483415], atol=1e-5)


@pytest.mark.parametrize("norm", [None, "ortho"])
def test_a_modified_cosine_transform_is_undone(norm: str | None):
    back = hb.signal.inverse_mdct(hb.signal.mdct(SIGNAL, 8, norm=norm), norm=norm)
    np.testing.assert_allclose(back.numpy()[:, 4:-4], SIGNAL[:, 4:-4], rtol=1e-6, atol=1e-7)


def test_the_mel_matrix():
    weights = hb.signal.linear_to_mel_weight_matrix(20, 129, 8000).numpy()
    assert weights.shape == (129, 20)
    assert weights[0].tolist() == [0] * 20
    assert (weights >= 0).all()
    assert (weights.max(0) > 0.4).all()
    with pytest.raises(ValueError, match="Nyquist"):
        hb.signal.linear_to_mel_weight_matrix(upper_edge_hertz=5000.0)


def test_the_mel_matrix_of_a_rate_that_only_a_run_tells():
    rate = tf.placeholder(tf.float32, [])
    made = tf.signal.linear_to_mel_weight_matrix(7, 33, rate, 80.0, 3800.0)
    with tf.Session() as session:
        found = session.run(made, {rate: 8000.0})
    np.testing.assert_allclose(found, hb.signal.linear_to_mel_weight_matrix(7, 33, 8000, 80.0, 3800.0), atol=1e-4)
    with pytest.raises(ValueError, match="Nyquist"):
        hb.signal.linear_to_mel_weight_matrix(7, 33, hb.constant(4000.0), 80.0, 3800.0)


def test_what_has_no_transform():
    with pytest.raises(NotImplementedError, match="axis must be -1"):
        hb.signal.dct(SIGNAL, axis=0)
    with pytest.raises(ValueError, match="rank at least 2"):
        hb.signal.overlap_and_add([1.0, 2.0], 1)
