"""Fourier transforms over any axes are NumPy's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf

RNG = np.random.default_rng(8)
REAL = RNG.normal(size=(2, 3, 4))
COMPLEX = REAL + 1j * RNG.normal(size=(2, 3, 4))
WAYS: list[dict[str, Any]] = [
    {}, {"axes": [0, 2]}, {"axes": [-1]}, {"axes": [2, 0]}, {"fft_length": [4, 5], "axes": [0, 2]},
    {"fft_length": [2, 3, 3]}, {"norm": "ortho"}, {"norm": "forward", "axes": [1]}, {"norm": "backward"}]


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("name", ["fftn", "ifftn", "rfftn", "irfftn"])
def test_transforms_are_numpys(name: str, way: dict[str, Any]):
    x = REAL if name == "rfftn" else COMPLEX
    theirs = dict(way)
    if "fft_length" in theirs:
        theirs["s"] = theirs.pop("fft_length")
        theirs.setdefault("axes", [0, 1, 2])
    expected = getattr(np.fft, name)(x, **theirs)
    ours = getattr(hb.signal, f"{name}d")(x, **way)
    np.testing.assert_allclose(ours, expected, rtol=1e-9, atol=1e-12)
    placeholder = tf.placeholder(x.dtype, [None, 3, None])
    with tf.Session() as session:
        found = session.run(getattr(tf.signal, f"{name}d")(placeholder, **way), {placeholder: x})
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


def test_single_precision_and_shapes():
    assert hb.signal.fftnd(REAL.astype(np.float32)).dtype == hb.complex64
    assert hb.signal.irfftnd(COMPLEX.astype(np.complex64)).dtype == hb.float32
    made = tf.signal.rfftnd(tf.placeholder(tf.float32, [None, 3, 4]), [6], [2])
    assert made.shape.as_list() == [None, 3, 4]


@pytest.mark.parametrize(("way", "text"), [
    ({"axes": [5]}, "axes must lie in"), ({"axes": [0, 0]}, "distinct"), ({"norm": "half"}, "norm must be"),
    ({"axes": [0, 1], "fft_length": [2]}, "one length")])
def test_transforms_that_are_none(way: dict[str, Any], text: str):
    with pytest.raises((ValueError, hb.errors.InvalidArgumentError), match=text):
        hb.signal.fftnd(COMPLEX, **way)
