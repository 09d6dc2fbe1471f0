"""Operators of Keras's variables promote dtypes, and weights of any float type are updated in their own."""

from __future__ import annotations

import numpy as np
import pytest

import hornbeam as tf
from hornbeam import keras


@pytest.mark.parametrize(("function", "dtype"), [
    (lambda v: v + tf.ones(2, tf.float16), "float32"), (lambda v: v * tf.ones(2, tf.int32), "float32"),
    (lambda v: np.ones(2, "float64") - v, "float64"), (lambda v: 2 / v, "float32"),
    (lambda v: v**2, "float32"), (lambda v: v > tf.zeros(2, tf.float16), "bool"),
    (lambda v: v @ tf.ones((2, 3)), "float32"), (lambda v: keras.Variable([4, 5]) / 2, "float32"),
    (lambda v: keras.Variable([4, 5]) // 2, "int32"), (lambda v: 0.5 * keras.Variable([4, 5]), "float32"),
], ids=range(10))
def test_operators(function, dtype):
    assert function(keras.Variable([1.0, 2.0])).dtype.name == dtype


@pytest.mark.parametrize("dtype", ["float64", "float16", "bfloat16"])
@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSprop", "Ftrl", "Nadam", "Lamb", "Adafactor", "Muon", "Adadelta"])
def test_weights_in_their_own_dtype(name, dtype):
    weight = keras.Variable([[1.0, 2.0]], dtype=dtype)
    optimizer = getattr(keras.optimizers, name)(0.125)
    optimizer.apply([tf.constant([[1.0, -1.0]])], [weight])
    assert weight.dtype == dtype
    assert np.isfinite(weight.numpy().astype("float32")).all()
    if name not in ("Adadelta", "Lamb"):  # whose first steps are too small for half floats
        assert not np.array_equal(weight.numpy().astype("float32"), [[1.0, 2.0]])
