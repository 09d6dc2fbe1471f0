"""Initial values of eager variables are interpreted: compiling what runs once takes longer."""

from __future__ import annotations

import numpy as np

import hornbeam as tf
import hornbeam.v1 as tf1
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


def test_initial_values_are_the_variable_s_alone() -> None:
    with tf1.Graph().as_default(), tf1.Session() as session:
        drawn = tf1.random_normal([300, 400])
        given = tf1.constant(np.ones((300, 400), np.float32))
        twice = tf1.random_normal([200, 200]) * 2
        a, b, c, d = (tf1.Variable(v) for v in (drawn, drawn, given, twice))
        fetched, _ = session.run([twice, tf1.global_variables_initializer()])
        fetched[:] = 7
        assert not (session.run(d) == 7).any()
        np.testing.assert_array_equal(session.run(a), session.run(b))
        session.run([a.assign_add(tf1.ones([300, 400])), c.assign_add(tf1.ones([300, 400]))])
        assert not (session.run(a) == session.run(b)).any()
        assert (session.run(given) == 1).all()
