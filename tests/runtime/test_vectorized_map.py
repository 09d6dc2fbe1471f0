"""`vectorized_map` gives what `map_fn` gives, at once and traced, with its gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import hornbeam as tf
import hornbeam.v1 as tf1

X = np.linspace(-2, 2, 24, dtype=np.float32).reshape(6, 4)
M = np.linspace(-1, 1, 6 * 4 * 4, dtype=np.float32).reshape(6, 4, 4)
W = tf.constant(np.linspace(0, 1, 16, dtype=np.float32).reshape(4, 4))

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "elementwise": lambda r: tf.tanh(r) * r,
    "reduction": lambda r: tf.reduce_sum(r * r),
    "matmul with a shared tensor": lambda r: tf.linalg.matvec(W, r),
    "outer": lambda r: r[:, None] * r[None, :],
    "structure": lambda r: (r[0], {"a": r[1:]}),
    "constant": lambda r: tf.ones([2]),
    "shape": lambda r: r / tf.cast(tf.shape(r)[0], tf.float32),
    "gather": lambda r: tf.gather(r, [3, 0]),
    "gather by value": lambda r: tf.gather(r, tf.argmax(r)),
    "sort": lambda r: tf.sort(r),
    "cond": lambda r: tf.cond(r[0] > 0.0, lambda: r, lambda: -2.0 * r),
    "loop": lambda r: tf.while_loop(lambda i, s: i < 3.0, lambda i, s: (i + 1.0, s + i * r), [r[0], r])[1],
    "scatter": lambda r: tf.tensor_scatter_nd_update(r, [[1]], [r[0]]),
    "softmax": lambda r: tf.nn.softmax(r),
    "nested": lambda r: tf.vectorized_map(lambda x: x * r[0], r),
    "integers": lambda r: tf.cast(r * 10.0, tf.int32),
    "cumulative": lambda r: tf.cumsum(r),
}


def leaves(result: Any) -> list[np.ndarray]:
    return [np.asarray(t) for t in tf.nest.flatten(result)]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_all_rows_at_once_give_what_each_gives(name: str) -> None:
    function = FUNCTIONS[name]
    rows = [function(tf.constant(row)) for row in X]
    expected = [np.stack(column) for column in zip(*map(leaves, rows), strict=True)]
    for found in (tf.vectorized_map(function, tf.constant(X)),
                  tf.function(lambda x: tf.vectorized_map(function, x))(tf.constant(X))):
        tf.nest.assert_same_structure(found, rows[0])
        for mine, other in zip(leaves(found), expected, strict=True):
            np.testing.assert_allclose(mine, other, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", [n for n in FUNCTIONS if n not in ("structure", "integers", "constant")])
def test_gradients_are_those_of_the_rows(name: str) -> None:
    function = FUNCTIONS[name]

    def both(map_: Callable[..., Any], x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = tf.reduce_sum(map_(function, x) ** 2)
        return tape.gradient(loss, x)

    x = tf.constant(X)
    rows = tf.stack([both(lambda f, row: f(row), row) for row in tf.unstack(x)])
    traced = tf.function(lambda x: both(tf.vectorized_map, x))(x)
    for found in (both(tf.vectorized_map, x), traced):
        np.testing.assert_allclose(found, rows, rtol=1e-4, atol=1e-5)


def test_large_work_is_one_compiled_program() -> None:
    big = tf.random.stateless_normal([64, 64, 64], [1, 2])
    shared = tf.random.stateless_normal([64, 64], [3, 4])

    @tf.function
    def step(x: Any, w: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(w)
            y = tf.vectorized_map(lambda row: tf.tanh(row @ w), x)
            loss = tf.reduce_sum(y * y)
        return y, tape.gradient(loss, w)

    y, grad = step(big, shared)
    with tf.GradientTape() as tape:
        tape.watch(shared)
        expected = tf.tanh(big @ shared)
        loss = tf.reduce_sum(expected * expected)
    np.testing.assert_allclose(y, expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(grad, tape.gradient(loss, shared), rtol=1e-3, atol=1e-2)


def test_several_tensors_and_shared_rows() -> None:
    found = tf.vectorized_map(lambda p: p[0] + p["b"] if isinstance(p, dict) else p[0] + p[1], (X, tf.ones([6])))
    np.testing.assert_allclose(found, X + 1)
    np.testing.assert_allclose(tf.vectorized_map(lambda p: p[0] * p[1], (X, X[:1])), X * X[:1])
    np.testing.assert_allclose(tf.vectorized_map(lambda m: tf.linalg.trace(m), M), np.trace(M, axis1=1, axis2=2))
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"row by row have \[2, 6\] rows"):
        tf.vectorized_map(lambda p: p[0] + p[1], (X, X[:2]))


def test_second_derivatives() -> None:
    x = tf.constant(X)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = tf.reduce_sum(tf.vectorized_map(lambda r: tf.reduce_sum(r**3), x))
        first = inner.gradient(y, x)
    np.testing.assert_allclose(outer.gradient(first, x), 6 * X, rtol=1e-5, atol=1e-5)


def test_every_row_draws_its_own_numbers() -> None:
    for draw in (tf.vectorized_map, tf.function(lambda f, x: tf.vectorized_map(f, x))):
        drawn = np.asarray(draw(lambda r: tf.random.uniform([2000]), tf.zeros([8, 1])))
        assert len(np.unique(drawn[:, 0])) == 8


def test_variables_are_read_and_what_rows_share_adds_up() -> None:
    v = tf.Variable([1.0, 2.0, 3.0, 4.0])
    np.testing.assert_allclose(tf.vectorized_map(lambda r: r * v, tf.constant(X)), X * v.numpy())
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.vectorized_map(lambda r: r * v, tf.constant(X)))
    np.testing.assert_allclose(tape.gradient(loss, v), X.sum(axis=0), rtol=1e-5, atol=1e-6)


def test_what_writes_runs_row_by_row() -> None:
    total = tf.Variable(0.0)

    def add(row: Any) -> Any:
        total.assign_add(tf.reduce_sum(row))
        return total.read_value()

    found = tf.vectorized_map(add, tf.constant(X))
    np.testing.assert_allclose(found, np.cumsum(X.sum(axis=1)), atol=1e-5)
    with pytest.raises(ValueError, match="cannot run all rows at once: the function writes a variable"):
        tf.vectorized_map(add, tf.constant(X), fallback_to_while_loop=False)


def test_what_needs_the_host_runs_row_by_row() -> None:
    found = tf.vectorized_map(lambda i: tf.strings.as_string(i), tf.constant([1, 2]))
    assert found.numpy().tolist() == [b"1", b"2"]
    cut = tf.vectorized_map(lambda i: tf.range(i), tf.constant([2, 2]))
    assert cut.numpy().tolist() == [[0, 1], [0, 1]]
    with pytest.raises(tf.errors.InvalidArgumentError, match="different shapes"):
        tf.vectorized_map(lambda i: tf.range(i), tf.constant([2, 3]))


def test_checks_are_told() -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"indices\[0\] = 7 is not in \[0, 4\)"):
        tf.vectorized_map(lambda p: tf.gather(p[0], p[1]), (X, tf.constant([[0], [1], [7], [0], [1], [2]])))


def test_malformed_arguments() -> None:
    with pytest.raises(ValueError, match="Got no tensors"):
        tf.vectorized_map(lambda r: r, [])
    with pytest.raises(ValueError, match="not scalars"):
        tf.vectorized_map(lambda r: r, 3.0)
    assert tf.vectorized_map(lambda r: None, X) is None
    assert tf.vectorized_map(lambda r: r * 2.0, tf.zeros([0, 3])).shape == [0, 3]


def test_in_a_session() -> None:
    with tf1.Graph().as_default(), tf1.Session() as session:
        x = tf1.placeholder(tf1.float32, [None, 2])
        y = tf1.vectorized_map(lambda r: r[0] * r[1], x)
        (grad,) = tf1.gradients(y, x)
        assert y.shape.as_list() == [None]
        found, slope = session.run([y, grad], {x: [[1, 2], [3, 4]]})
    assert found.tolist() == [2, 12]
    assert slope.tolist() == [[2, 1], [4, 3]]
