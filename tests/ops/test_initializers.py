"""Initializers: their formulas, configurations and errors."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf

SHAPE = [40, 30, 20]  # 800 inputs, 600 · … : 40 · 30 inputs and 40 · 20 outputs
INPUTS, OUTPUTS = 1200, 800


def value(make: Callable[..., Any], shape: Any, dtype: Any = None) -> np.ndarray:
    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(3)
        tensor = make(shape) if dtype is None else make(shape, dtype=dtype)
        assert tensor.graph is tf.get_default_graph()
        return session.run(tensor)


@pytest.mark.parametrize(("make", "deviation", "largest"), [
    (tf.glorot_uniform_initializer(), math.sqrt(2 / (INPUTS + OUTPUTS)), math.sqrt(6 / (INPUTS + OUTPUTS))),
    (tf.glorot_normal_initializer(), math.sqrt(2 / (INPUTS + OUTPUTS)), None),
    (tf.initializers.he_normal(), math.sqrt(2 / INPUTS), 2 * math.sqrt(2 / INPUTS) / 0.87962566103423978),
    (tf.initializers.he_uniform(), math.sqrt(2 / INPUTS), math.sqrt(6 / INPUTS)),
    (tf.initializers.lecun_normal(), math.sqrt(1 / INPUTS), None),
    (tf.initializers.lecun_uniform(), math.sqrt(1 / INPUTS), math.sqrt(3 / INPUTS)),
    (tf.variance_scaling_initializer(3.0, "fan_out", "untruncated_normal"), math.sqrt(3 / OUTPUTS), None),
    (tf.uniform_unit_scaling_initializer(), math.sqrt(1 / INPUTS), math.sqrt(3 / INPUTS)),
    (tf.random_normal_initializer(stddev=0.3), 0.3, None),
    (tf.truncated_normal_initializer(stddev=0.3), 0.3 * 0.87962566, 0.6),
    (tf.random_uniform_initializer(-0.5, 0.5), 1 / math.sqrt(12), 0.5),
    (tf.contrib.layers.xavier_initializer(), math.sqrt(2 / (INPUTS + OUTPUTS)), math.sqrt(6 / (INPUTS + OUTPUTS))),
    (tf.contrib.layers.variance_scaling_initializer(), 0.87962566 * math.sqrt(2.6 / INPUTS), None),
], ids=range(13))
def test_draws_have_the_deviation_of_the_formula(make: Any, deviation: float, largest: float | None) -> None:
    found = value(make, SHAPE)
    assert found.dtype == np.float32
    assert abs(found.std() / deviation - 1) < 0.02
    if largest is not None:
        assert 0.99 * largest < np.abs(found).max() <= largest * (1 + 1e-6)


def test_fixed_values() -> None:
    assert value(tf.zeros_initializer(), [2], tf.int32).tolist() == [0, 0]
    assert value(tf.ones_initializer(), [2000]).sum() == 2000
    assert value(tf.constant_initializer([1.0, 2.0]), [2, 2]).tolist() == [[1, 2], [2, 2]]
    assert value(tf.initializers.identity(2.0), [2, 3]).tolist() == [[2, 0, 0], [0, 2, 0]]


@pytest.mark.parametrize("shape", [[5, 3], [3, 5], [2, 3, 4]])
def test_orthogonal_matrices_are_orthogonal(shape: list[int]) -> None:
    found = value(tf.orthogonal_initializer(2.0), shape).reshape(-1, shape[-1])
    small = found @ found.T if found.shape[0] < found.shape[1] else found.T @ found
    np.testing.assert_allclose(small, 4 * np.eye(len(small)), atol=1e-5)


@pytest.mark.parametrize("make", [
    tf.zeros_initializer(), tf.constant_initializer(3), tf.random_normal_initializer(seed=2),
    tf.random_uniform_initializer(), tf.truncated_normal_initializer(), tf.uniform_unit_scaling_initializer(),
    tf.variance_scaling_initializer(), tf.orthogonal_initializer(), tf.glorot_uniform_initializer(),
    tf.glorot_normal_initializer(), tf.initializers.identity(), tf.contrib.layers.xavier_initializer(),
    hb.random_normal_initializer(), hb.constant_initializer(2), hb.zeros_initializer()],
    ids=lambda x: type(x).__name__)
def test_a_configuration_makes_the_same_again(make: Any) -> None:
    again = type(make).from_config(make.get_config())
    assert again.get_config() == make.get_config()


@pytest.mark.parametrize(("call", "error", "text"), [
    (lambda: tf.constant_initializer([1, 2, 3])([2]), ValueError,
     "Too many elements provided. Takes at most 2, but got 3."),
    (lambda: tf.constant_initializer([1, 2, 3], verify_shape=True)([4]), TypeError,
     r"Expected Tensor's shape: \(4,\), but got \(3,\)."),
    (lambda: tf.constant_initializer(object()), TypeError, "Invalid type for initial value"),
    (lambda: tf.variance_scaling_initializer(scale=-1), ValueError, "must be a positive float. Received: -1"),
    (lambda: tf.variance_scaling_initializer(mode="x"), ValueError, "Argument `mode` should be one of"),
    (lambda: tf.variance_scaling_initializer(distribution="x"), ValueError, "Argument `distribution` should be"),
    (lambda: tf.orthogonal_initializer()([3]), ValueError, "must be at least two-dimensional"),
    (lambda: tf.random_normal_initializer(dtype=tf.int32), ValueError, "expected to be floating point"),
    (lambda: tf.contrib.layers.variance_scaling_initializer(mode="x"), TypeError, "Unknown mode x"),
    (lambda: hb.constant_initializer([1, 2, 3])([2]), TypeError, r"Expected Tensor's shape: \(2,\), but got \(3,\)."),
    (lambda: hb.zeros_initializer()([2], foo=3), TypeError, "Keyword argument should be one of"),
    (lambda: hb.random_normal_initializer()([2], dtype=hb.int32), ValueError, "expected to be floating point"),
])
def test_errors(call: Callable[[], Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call()


def test_tf2s_initializers_run_at_once() -> None:
    assert hb.zeros_initializer()([2], hb.int32).numpy().tolist() == [0, 0]
    assert hb.constant_initializer([1, 2])([2], hb.float32).numpy().tolist() == [1, 2]
    assert np.abs(hb.random_uniform_initializer(seed=1)([100]).numpy()).max() <= 0.05
