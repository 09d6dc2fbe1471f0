"""What `session.py` measures of today's code: tapes, traced functions, training loops written by hand."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
from workloads import batch, micros, tf2


def tape(side: str) -> dict[str, float]:
    """µs of a tape over matmul, tanh and sum on 4×4, with the gradient."""
    tf = tf2(side)
    a, b = tf.constant(np.eye(4, dtype=np.float32)), tf.Variable(np.full((4, 4), 0.1, np.float32))

    def run() -> Any:
        with tf.GradientTape() as recorded:
            y = tf.reduce_sum(tf.tanh(tf.matmul(a, b)))
        return recorded.gradient(y, b)

    return {"gradient": micros(run, 2000)}


def traced_add(side: str) -> dict[str, float]:
    """µs of calling a traced function that adds one to a number."""
    tf = tf2(side)
    add_one, x = tf.function(lambda x: x + 1.0), tf.constant(1.0)
    return {"call": micros(lambda: add_one(x), 5000)}


def softmax(tf: Any, images: Any, labels: Any) -> Callable[..., Any]:
    """A training step of softmax regression, written by hand."""
    w, b = tf.Variable(tf.zeros([784, 10])), tf.Variable(tf.zeros([10]))

    def step(x: Any = images, y: Any = labels) -> Any:
        with tf.GradientTape() as recorded:
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(y, tf.matmul(x, w) + b))
        for variable, grad in zip((w, b), recorded.gradient(loss, [w, b]), strict=True):
            variable.assign_sub(0.5 * grad)
        return loss

    return step


def traced_softmax(side: str) -> dict[str, float]:
    """µs of a training step of softmax regression under `function`, batch 100; its loss is read each time."""
    tf = tf2(side)
    images, labels = (tf.constant(a) for a in batch())
    step = tf.function(softmax(tf, images, labels))
    return {"step": micros(lambda: float(step()), 1000)}


def eager_softmax(side: str) -> dict[str, float]:
    """µs of the same step without `function`, on a new batch each time."""
    tf = tf2(side)
    images, labels = batch(2000)
    step = softmax(tf, None, None)
    at = iter(range(10**9))

    def run() -> None:
        start = 100 * (next(at) % 20)
        step(tf.constant(images[start:start + 100]), tf.constant(labels[start:start + 100]))

    return {"step": micros(run, 300)}


def traced_convolutions(side: str) -> dict[str, float]:
    """ms of a training step of two convolutions under `function`, batch 50; for Hornbeam, of bare `jax.jit` too."""
    tf = tf2(side)
    rng = np.random.default_rng(0)
    shapes = [(5, 5, 1, 32), (32,), (5, 5, 32, 64), (64,), (3136, 128), (128,), (128, 10), (10,)]
    start = [(0.05 * rng.standard_normal(s)).astype(np.float32) for s in shapes]
    images, labels = batch(50)
    images = images.reshape(-1, 28, 28, 1)
    weights = [tf.Variable(s) for s in start]

    @tf.function
    def step(x: Any, y: Any) -> Any:
        with tf.GradientTape() as recorded:
            h = x
            for i in (0, 2):
                h = tf.nn.relu(tf.nn.conv2d(h, weights[i], 1, "SAME") + weights[i + 1])
                h = tf.nn.max_pool2d(h, 2, 2, "VALID")
            h = tf.nn.relu(tf.matmul(tf.reshape(h, [-1, 3136]), weights[4]) + weights[5])
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(y, tf.matmul(h, weights[6]) + weights[7]))
        for variable, grad in zip(weights, recorded.gradient(loss, weights), strict=True):
            variable.assign_sub(0.01 * grad)
        return loss

    x, y = tf.constant(images), tf.constant(labels)
    if side == "tensorflow":
        return {"step": micros(lambda: float(step(x, y)), 40, 10) / 1e3}
    bare = bare_convolutions(start, images, labels)
    mine, theirs = [], []
    for _ in range(5):
        mine.append(micros(lambda: float(step(x, y)), 10, 5) / 1e3)
        theirs.append(micros(bare, 10, 5) / 1e3)
    return {"step": median(mine), "bare": median(theirs)}


def bare_convolutions(start: list[np.ndarray], images: np.ndarray, labels: np.ndarray) -> Callable[[], None]:
    """The same step written for JAX: one jitted call with donated parameters."""
    import jax
    import jax.numpy as jnp

    def loss(weights: Any, x: Any, y: Any) -> Any:
        h = x
        for i in (0, 2):
            h = jax.lax.conv_general_dilated(h, weights[i], (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))
            h = jax.nn.relu(h + weights[i + 1])
            h = jax.lax.reduce_window(h, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
        h = jax.nn.relu(h.reshape(-1, 3136) @ weights[4] + weights[5])
        return -jnp.mean(jnp.sum(y * jax.nn.log_softmax(h @ weights[6] + weights[7]), 1))

    def step(weights: Any, x: Any, y: Any) -> Any:
        value, grads = jax.value_and_grad(loss)(weights, x, y)
        return jax.tree.map(lambda w, g: w - 0.01 * g, weights, grads), value

    jitted = jax.jit(step, donate_argnums=0)
    state = [[jnp.array(s) for s in start]]

    def run() -> None:
        state[0], value = jitted(state[0], images, labels)
        float(value)

    return run


def changing_shapes(side: str) -> dict[str, float]:
    """ms a sentence of a small text model, each of another length, called for the first time."""
    tf = tf2(side)
    rng = np.random.default_rng(0)
    table = tf.constant(rng.standard_normal((500, 16)), tf.float32)
    w = tf.constant(rng.standard_normal((32, 8)), tf.float32)

    def sentence(ids: Any) -> Any:
        words = tf.gather(table, ids)
        both = tf.concat([words, tf.reverse(words, [0])], 1)
        return tf.reduce_sum(tf.nn.softmax(tf.matmul(both, w)), 0)

    sentence(tf.constant([1, 2]))
    times = []
    for length in range(3, 63):
        ids = tf.constant(rng.integers(0, 500, length), tf.int32)
        started = time.perf_counter()
        np.asarray(sentence(ids))
        times.append(time.perf_counter() - started)
    return {"sentence": 1e3 * sum(times) / len(times)}


ROWS = {f.__name__: f for f in (tape, traced_add, traced_softmax, eager_softmax, traced_convolutions, changing_shapes)}
