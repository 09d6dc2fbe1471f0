"""Recomputation: equal values and gradients, computed again where a scope asks for it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hornbeam as tf
from hornbeam import keras


@pytest.mark.parametrize(("mode", "calls"), [("full", 2), ("activations", 1), ("larger_than", 2),
                                             ("list_of_layers", 2), (None, 1)])
def test_gradients_are_the_same(mode: str | None, calls: int) -> None:
    seen: list[Any] = []

    class Scales(keras.layers.Layer):
        def build(self, shape: Any) -> None:
            self.scale = self.add_weight(shape=(3,))

        def call(self, inputs: Any, training: bool = False) -> Any:
            if tf.is_tensor(inputs) and hasattr(inputs, "numpy"):
                seen.append(training)
            return tf.tanh(inputs * self.scale)

        def compute_output_shape(self, input_shape: Any) -> Any:
            return input_shape

    with keras.RematScope(mode, output_size_threshold=5, layer_names=["picked"]):
        again = Scales(name="picked")
    plain = Scales()
    x = tf.constant(np.random.default_rng(0).normal(size=(4, 3)).astype("float32"))
    plain(x)
    again(x)
    again.set_weights(plain.get_weights())
    seen.clear()
    gradients = []
    for layer in (again, plain):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(layer(x, training=True) ** 2)
        gradients.append(tape.gradient(loss, layer.scale))
    assert seen == [True] * (calls + 1)
    assert np.allclose(*gradients, atol=1e-6)


def test_functions_are_recomputed() -> None:
    calls: list[int] = []

    @keras.remat
    def cube(x: Any) -> Any:
        calls.append(1)
        return x * x * x

    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = cube(x)
    assert (float(y), float(tape.gradient(y, x)), len(calls)) == (8.0, 12.0, 2)
    with pytest.raises(ValueError, match="Invalid mode 'some'"):
        keras.RematScope("some")
