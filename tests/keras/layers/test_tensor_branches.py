"""A layer whose `call` branches and loops on tensors: built symbolically, at once, and in `fit`."""

import warnings

import numpy as np
import pytest

import hornbeam as tf
from hornbeam import keras


class Doubled(keras.layers.Layer):
    """Twice the input where its sum is positive, thrice elsewhere, and one more for each of three iterations."""

    def __init__(self) -> None:
        super().__init__()
        self.dense = keras.layers.Dense(2, kernel_initializer="ones")

    def call(self, x):
        y = self.dense(x)
        if tf.reduce_sum(y) > 0:
            y = y * 2
        else:
            y = y * 3
        for _ in tf.range(3):
            y = y + 1.0
        return y


@pytest.mark.parametrize(("value", "factor"), [(1.0, 2), (-1.0, 3)])
def test_branches_follow_tensors_in_models(value: float, factor: int) -> None:
    x = np.full((4, 3), value, np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = keras.Sequential([keras.layers.Input((3,)), Doubled()])
    expected = np.full((4, 2), 3 * value * factor + 3)
    np.testing.assert_allclose(model(x), expected)
    np.testing.assert_allclose(model.predict(x, verbose=0), expected)
    np.testing.assert_allclose(tf.function(model)(tf.constant(x)), expected)


def test_branches_are_trained_through() -> None:
    model = keras.Sequential([keras.layers.Input((3,)), Doubled()])
    model.compile(keras.optimizers.SGD(0.1), "mae")
    before = model.get_weights()[0]
    model.fit(np.ones((4, 3)), np.zeros((4, 2)), verbose=0)
    np.testing.assert_allclose(model.get_weights()[0], before - 0.1 * 2 / 2, rtol=1e-6)
