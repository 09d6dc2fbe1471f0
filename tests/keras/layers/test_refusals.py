"""Arguments that make no sense are refused where the layer is made or first called, in words that programs match."""

from __future__ import annotations

import numpy as np
import pytest

from hornbeam.keras import Input, layers

REFUSED = [
    (lambda: layers.ReLU(negative_slope=None), ValueError, "negative_slope of a ReLU layer cannot be None or a nega"),
    (lambda: layers.ReLU(max_value=-1), ValueError, "max_value of a ReLU layer cannot be a negative value"),
    (lambda: layers.Conv2D(2, (1, 0)), ValueError, r"kernel_size=\(1, 0\), including values \{0\} that do not satisfy"),
    (lambda: layers.DepthwiseConv1D(11)(np.ones((4, 10, 3))), ValueError, "size would be zero or negative"),
    (lambda: layers.GroupNormalization(groups=0), ValueError, "argument `groups`"),
    (lambda: layers.GroupNormalization(groups=1.5), ValueError, "argument `groups`"),
    (lambda: layers.Dropout(0.5, noise_shape="x"), ValueError, "Expected a tuple or list of integers"),
    (lambda: layers.Dropout(0.5, noise_shape=(2, 1.5)), ValueError, "all elements to be integers or None"),
    (lambda: layers.Dropout(0.5, noise_shape=(2, 0)), ValueError, "all dimensions to be positive integers or None"),
    (lambda: layers.Cropping1D(cropping=(1,)), ValueError, "should have 2 elements"),
    (lambda: layers.Cropping1D(cropping="1"), ValueError, "should have 2 elements"),
    (lambda: layers.Cropping1D(cropping=(2, 3))(Input((5, 7))), ValueError, "`Cropping1D` layer must be smaller than"),
    (lambda: layers.UpSampling1D(size=0), ValueError, "should be a positive integer"),
    (lambda: layers.UpSampling1D(size=True), TypeError, "Expected an integer value for `size`"),
    (lambda: layers.RepeatVector(0), ValueError, "should be a positive integer"),
    (lambda: layers.Reshape((-2, 5)), ValueError, r"non-negative integer.*-1.*target_shape=\(-2, 5\)"),
    (lambda: layers.Reshape((-1, -1)), ValueError, "at most one unknown dimension"),
    (lambda: layers.MultiHeadAttention(2, 16, output_shape=8.0), ValueError, "Invalid `output_shape`"),
    (lambda: layers.GroupQueryAttention(4, 4, 2, sliding_window=0), ValueError, "sliding_window"),
    (lambda: layers.AdditiveAttention()(np.ones((1, 2, 2))), ValueError, "must be called on a list"),
    (lambda: layers.Softmax()(np.ones((1, 3)), mask=np.ones((2, 3))), ValueError, "broadcastable"),
    (lambda: layers.Softmax()(np.ones((1, 3)), mask=np.ones((1, 1, 3))), ValueError, "must not have more dimensions"),
    (lambda: layers.RMSNormalization(axis=3).compute_output_shape((2, 3)), ValueError, "Axis 3 is out of bounds"),
    (lambda: layers.Layer().compute_output_shape((2,)), NotImplementedError, "`compute_output_shape` method"),
]


@pytest.mark.parametrize(("make", "error", "words"), REFUSED, ids=[words for _, _, words in REFUSED])
def test_refused(make, error, words):
    with pytest.raises(error, match=words):
        make()


def test_input_shape_of_an_input_layer_is_deprecated():
    with pytest.warns(UserWarning, match="Argument `input_shape` is deprecated. Use `shape` instead."):
        layer = layers.InputLayer(input_shape=(2, 3), batch_size=4)
    assert layer.batch_shape == (4, 2, 3)
