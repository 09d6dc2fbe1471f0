"""WAV files."""

from __future__ import annotations

import numpy as np
import pytest

import hornbeam as tf

SAMPLES = np.array([[0.0, 0.5], [-1.0, 1.0], [0.25, -2.0]], np.float32)
FILE = (b"RIFF0\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x02\x00@\x1f\x00\x00\x00}\x00\x00\x04\x00\x10\x00data\x0c"
        b"\x00\x00\x00\x00\x00\x00@\x00\x80\xff\x7f\x00 \x00\x80")  # what TensorFlow writes


def test_written_and_read() -> None:
    assert tf.audio.encode_wav(SAMPLES, 8000).numpy() == FILE
    found = tf.audio.decode_wav(FILE)
    assert int(found.sample_rate) == 8000
    np.testing.assert_allclose(found.audio, np.clip(SAMPLES, -1, 32767 / 32768))


def test_as_many_as_wanted() -> None:
    found = tf.audio.decode_wav(FILE, desired_channels=3, desired_samples=4).audio.numpy()
    np.testing.assert_array_equal(found[:, 2], found[:, 1])
    np.testing.assert_array_equal(found[3], [0, 0, 0])
    assert tf.audio.decode_wav(FILE, desired_channels=1, desired_samples=2).audio.shape == (2, 1)
    traced = tf.function(lambda x: tf.audio.decode_wav(x, desired_channels=1)).get_concrete_function(
        tf.TensorSpec([], tf.string))
    assert traced.structured_outputs.audio.shape.as_list() == [None, 1]


@pytest.mark.parametrize(("data", "words"), [
    (b"", "Data too short"),
    (b"RIFX" + FILE[4:], "Expected RIFF but found RIFX"),
    (FILE[:20] + b"\x03\x00" + FILE[22:], r"Expected 1 \(PCM\)"),
    (FILE[:34] + b"\x08\x00" + FILE[36:], "Can only read 16-bit WAV files, but received 8"),
    (FILE[:-4], "Data too short"),
])
def test_what_is_no_such_file(data: bytes, words: str) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match=words):
        tf.audio.decode_wav(data)


def test_other_chunks_are_passed_over() -> None:
    assert tf.audio.decode_wav(FILE[:36] + b"LIST\x02\x00\x00\x00ab" + FILE[36:]).audio.shape == (3, 2)
