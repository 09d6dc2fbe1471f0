"""Bijectors and transformed distributions give what TensorFlow 1.15 gives."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.v1.contrib import bijector_cases as cases

import hornbeam.v1 as tf

GOLDEN = Path(__file__).parents[2] / "golden" / "bijectors.json"
bijectors = tf.contrib.distributions.bijectors


def test_they_give_what_tensorflow_gives() -> None:
    wanted = json.loads(GOLDEN.read_text())
    found = cases.answers(tf)
    assert list(found) == list(wanted)
    for name, (values, about) in wanted.items():
        assert found[name][1] == about, name
        assert len(found[name][0]) == len(values), name
        for a, b in zip(found[name][0], values, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5, err_msg=name)


def test_an_inverse_of_what_was_made_is_what_it_was_made_of() -> None:
    with tf.Graph().as_default():
        bijector = bijectors.Exp()
        x = tf.placeholder(tf.float32, [2])
        assert bijector.inverse(bijector.forward(x)) is x


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="Must specify at least one"):
        bijectors.Bijector()
    with pytest.raises(ValueError, match="event_ndims \\(0\\) must be larger than min_event_ndims \\(1\\)"):
        bijectors.Permute([1, 0]).forward_log_det_jacobian(np.zeros([2], np.float32), event_ndims=0)
    with pytest.raises(TypeError, match="not instance of"):
        bijectors.AffineLinearOperator(scale=2.0)
    with pytest.raises(ValueError, match="Base distribution is not scalar"):
        tf.contrib.distributions.TransformedDistribution(tf.distributions.Normal([0.0], 1.0), batch_shape=[2])
    with pytest.raises(NotImplementedError, match="event_shape"):
        tf.contrib.distributions.TransformedDistribution(tf.distributions.Normal(0.0, 1.0), event_shape=[2]).cdf(0.0)
