"""Initial values of eager variables are interpreted: compiling what runs once takes longer."""

from __future__ import annotations

import numpy as np

import hornbeam as tf
from hornbeam import keras
from hornbeam.backend import program


def test_no_program_is_compiled_for_a_layer_s_weights(monkeypatch) -> None:
    made = []
    original = program.compiled
    monkeypatch.setattr(program, "compiled", lambda *args: made.append(args) or original(*args))
    layer = keras.layers.Dense(311)
    layer.build((None, 1411))
    assert layer.kernel.shape == (1411, 311)
    variable = tf.Variable(lambda: tf.random.truncated_normal([1013, 977]))
    assert 0.8 < float(np.std(variable.numpy())) < 0.95
    assert made == []
    assert tf.random.normal([1013, 9771]).shape == (1013, 9771)
    assert made
