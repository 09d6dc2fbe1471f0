"""Variables that branches and loops of traced functions read and write: TensorFlow's values and gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import hornbeam as tf


@pytest.mark.parametrize("map_", [tf.map_fn, tf.vectorized_map])
@pytest.mark.parametrize("inside", [True, False], ids=["tape inside", "tape outside"])
def test_gradients_flow_out_of_rows(map_: Callable[..., Any], inside: bool) -> None:
    v, x = tf.Variable([1.0, 2.0]), tf.constant([[1.0, 2.0], [3.0, 4.0]])
    rows = lambda x: tf.reduce_sum(map_(lambda r: r * v, x))  # noqa: E731

    def slope(x: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = rows(x) if inside else tf.function(rows)(x)
        return tape.gradient(loss, v)

    found = tf.function(slope)(x) if inside else slope(x)
    assert found.numpy().tolist() == [4, 6]


def test_gradients_flow_out_of_branches_and_loops() -> None:
    w = tf.Variable(2.0)

    @tf.function
    def branch(x: Any) -> Any:
        with tf.GradientTape() as tape:
            y = tf.cond(x > 0.0, lambda: w * x, lambda: tf.constant(0.0))
        return tape.gradient(y, w)

    @tf.function
    def loop(n: Any) -> Any:
        with tf.GradientTape() as tape:
            y = tf.while_loop(lambda i, a: i < n, lambda i, a: (i + 1, a * w), [0, tf.constant(3.0)])[1]
        return y, tape.gradient(y, w)

    assert branch(tf.constant(5.0)).numpy() == 5
    assert branch(tf.constant(-5.0)).numpy() == 0
    assert [t.numpy() for t in loop(tf.constant(4))] == [48, 96]


def test_what_is_read_is_what_was_written_before() -> None:
    w = tf.Variable(1.0)

    @tf.function
    def branch(x: Any) -> Any:
        if x > 0.0:
            w.assign(5.0)
            y = w * x
        else:
            y = w * 1.0
            w.assign(7.0)
        return y, w.read_value()

    @tf.function
    def loop(n: Any) -> Any:
        for _ in tf.range(n):
            w.assign_add(1.0)
            if w > 4.0:
                w.assign(w * 10.0)
        return w.read_value()

    @tf.function
    def nested(x: Any) -> Any:
        def body(i: Any, a: Any) -> Any:
            w.assign_add(1.0)
            return i + 1, a + tf.cond(w > 2.0, lambda: w * 2.0, lambda: w + 0.0)

        return tf.while_loop(lambda i, a: tf.logical_and(i < 3, w < 100.0), body, [0, x])[1]

    assert [t.numpy() for t in branch(tf.constant(2.0))] == [10, 5]
    w.assign(1.0)
    assert [t.numpy() for t in branch(tf.constant(-2.0))] == [1, 7]
    w.assign(1.0)
    assert loop(tf.constant(5)).numpy() == 510
    w.assign(1.0)
    assert nested(tf.constant(0.0)).numpy() == 16
