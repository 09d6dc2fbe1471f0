"""Gradients through `py_function`: at once, traced, in sessions; of second order; without calling it twice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hornbeam as tf
import hornbeam.v1 as tf1


def cube(calls: list[int]) -> Any:
    def function(x: Any) -> Any:
        calls.append(1)
        return x * x * x

    return function


def slope(x: Any, calls: list[int]) -> tuple[Any, Any]:
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.py_function(cube(calls), [x], tf.float32)
    return y, tape.gradient(y, x)


def test_gradients_flow_through_the_ops_that_it_called() -> None:
    calls: list[int] = []
    y, gradient = slope(tf.constant([1.0, 2.0]), calls)
    assert y.numpy().tolist() == [1, 8]
    assert gradient.numpy().tolist() == [3, 12]
    assert len(calls) == 1


def test_in_a_function() -> None:
    calls: list[int] = []
    traced = tf.function(lambda x: slope(x, calls))
    for value in (2.0, 3.0):
        y, gradient = traced(tf.constant([value]))
        assert y.numpy() == value**3
        assert gradient.numpy() == 3 * value**2
        assert gradient.shape == [1]
    assert len(calls) == 2


def test_in_a_session() -> None:
    with tf1.Graph().as_default(), tf1.Session() as session:
        x = tf1.placeholder(tf1.float32, [2])
        y = tf1.py_function(lambda v: tf.sin(v), [x], tf1.float32)
        gradient, = tf1.gradients(y, [x])
        np.testing.assert_allclose(session.run(gradient, {x: [0.0, 1.0]}), np.cos([0.0, 1.0]), rtol=1e-6)


def test_second_derivatives() -> None:
    x = tf.constant(2.0)
    with tf.GradientTape() as outer:
        outer.watch(x)
        _, gradient = slope(x, [])
    assert outer.gradient(gradient, x).numpy() == 12.0


def test_several_inputs_and_outputs() -> None:
    x, y, n = tf.constant(3.0), tf.constant(4.0), tf.constant(2)
    with tf.GradientTape() as tape:
        tape.watch([x, y])
        a, b, c = tf.py_function(lambda x, y, n: (x * y, x + y, n), [x, y, n], [tf.float32, tf.float32, tf.int32])
    assert c.numpy() == 2
    assert [g.numpy() for g in tape.gradient([a, b], [x, y])] == [5.0, 4.0]


def test_what_it_does_not_use_has_no_slope() -> None:
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.py_function(lambda v: tf.constant(5.0), [x], tf.float32)
    assert tape.gradient(y, x).numpy().tolist() == [0, 0]


def test_a_draw_is_the_one_that_was_made() -> None:
    x = tf.constant(1.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.py_function(lambda v: v * np.random.random_sample(), [x], tf.float32)
    assert tape.gradient(y, x).numpy() == pytest.approx(y.numpy())


def test_in_a_loop_every_iteration_has_its_own_slope() -> None:
    @tf.function
    def looped(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.while_loop(lambda i, v: i < 3, lambda i, v: (i + 1, tf.ensure_shape(
                tf.py_function(lambda u: u * u, [v], tf.float32), [])), [0, x])[1]
        return tape.gradient(y, x)

    assert looped(tf.constant(1.5)).numpy() == pytest.approx(8 * 1.5**7)
