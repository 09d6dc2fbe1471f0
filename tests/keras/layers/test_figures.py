"""Figures of layers, recorded from Keras 3.15 where no formula is at hand."""

from __future__ import annotations

import numpy as np
import pytest

from hornbeam.keras import initializers, layers, regularizers

TRANSPOSED = [  # kernel, stride, output_padding, and what three ones become with padding="same"
    (2, 2, 1, [1, 2, 1, 2, 1]), (3, 1, 0, [3, 6, 5]), (3, 2, 0, [2, 4, 2, 4, 2]), (3, 3, 0, [2, 3, 1, 2, 3, 1, 2]),
    (3, 4, 3, [1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0]), (4, 2, 1, [2, 4, 6, 4, 6]), (4, 3, 2, [2, 3, 5, 2, 3, 5, 2, 3]),
    (4, 4, 3, [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3]), (4, 1, 0, [6, 9]), (2, 3, None, [1, 2, 0, 1, 2, 0, 1, 2, 0]),
]


@pytest.mark.parametrize(("kernel", "stride", "extra", "expected"), TRANSPOSED)
def test_where_a_transposed_convolution_is_cut(kernel, stride, extra, expected):
    layer = layers.Conv1DTranspose(1, kernel, strides=stride, padding="same", output_padding=extra)
    layer.build((1, 3, 1))
    layer.kernel.assign(np.arange(1, kernel + 1).reshape(kernel, 1, 1))
    np.testing.assert_array_equal(np.ravel(layer(np.ones((1, 3, 1)))), expected)


def test_batch_renormalization():
    layer = layers.BatchNormalization(momentum=0.9, renorm=True, renorm_momentum=0.8,
                                      renorm_clipping={"rmax": 1.5, "rmin": 0.5, "dmax": 0.5})
    x = np.random.default_rng(0).normal(1.0, 2.0, (16, 3)).astype("float32")
    found = np.asarray(layer(x, training=True))
    mean, variance = x.mean(0), x.var(0)
    deviation = np.sqrt(variance + 1e-3)
    factor, shift = np.clip(deviation, 0.5, 1.5), np.clip(mean, -0.5, 0.5)
    np.testing.assert_allclose(found, (x - mean) / deviation * factor + shift, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(layer.renorm_mean, 0.2 * mean, rtol=1e-4)
    np.testing.assert_allclose(layer.renorm_stddev, 0.8 + 0.2 * deviation, rtol=1e-4)
    np.testing.assert_allclose(layer.moving_mean, 0.1 * mean, rtol=1e-4)
    np.testing.assert_allclose(layer.moving_stddev, 0.9 + 0.1 * deviation, rtol=1e-4)
    np.testing.assert_allclose(layer.moving_variance, (0.9 + 0.1 * deviation) ** 2 - 1e-3, rtol=1e-4)
    assert [w.name for w in layer.weights] == ["gamma", "beta", "moving_mean", "moving_variance", "moving_stddev",
                                               "renorm_mean", "renorm_stddev"]


def test_renormalization_starts_from_the_root_of_the_variance_and_refuses_other_bounds():
    layer = layers.BatchNormalization(renorm=True, moving_variance_initializer=initializers.Constant(4.0))
    layer.build((None, 5))
    np.testing.assert_allclose(layer.moving_stddev, np.full(5, 2.0))
    np.testing.assert_allclose(layer.renorm_stddev, np.full(5, 2.0))
    for bounds, words in (({"other": 1.0}, "Received invalid keys"), ({"rmax": 0.0, "rmin": 1.0}, "rmax should be"),
                          ({"dmax": -1.0}, "dmax should be non-negative")):
        with pytest.raises(ValueError, match=words):
            layers.BatchNormalization(renorm=True, renorm_clipping=bounds)


@pytest.mark.parametrize("layer", [layers.TimeDistributed(layers.Dense(2), dtype="mixed_float16"),
                                   layers.Bidirectional(layers.SimpleRNN(2), dtype="mixed_float16")])
def test_what_a_wrapper_gives_has_its_own_dtype(layer):
    assert layer(np.ones((3, 2, 4), np.float32)).dtype == "float16"


def test_factors_in_configurations_are_float32():
    assert regularizers.L1(0.01).get_config() == {"l1": 0.009999999776482582}
    assert regularizers.OrthogonalRegularizer(0.01).get_config()["factor"] == 0.009999999776482582
    assert regularizers.L2(0.01).get_config() == {"l2": 0.01}


def test_both_directions_keep_what_was_said_of_cudnn():
    both = layers.Bidirectional(layers.LSTM(1, use_cudnn=False))
    assert both.forward_layer.use_cudnn is both.backward_layer.use_cudnn is False
