"""What `session.py` measures, one function a row: `python workloads.py hornbeam|tensorflow ROW` prints JSON.

Both sides run the same lines; only what `tf` is differs.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
from harness import micros

HIDDEN = 512


def tf1(side: str) -> Any:
    """TensorFlow 1's namespace of one side."""
    if side == "hornbeam":
        import hornbeam.v1 as tf
    else:
        import tensorflow.compat.v1 as tf

        tf.disable_v2_behavior()
    return tf


def tf2(side: str) -> Any:
    """TensorFlow 2's namespace of one side."""
    if side == "hornbeam":
        import hornbeam as tf
    else:
        import tensorflow as tf
    return tf


def batch(size: int = 100) -> tuple[np.ndarray, np.ndarray]:
    """Images and one-hot labels."""
    rng = np.random.default_rng(0)
    return (rng.random((size, 784), np.float32), np.eye(10, dtype=np.float32)[rng.integers(0, 10, size)])


# Session.run -----------------------------------------------------------------------------------------


def softmax_step(side: str) -> dict[str, float]:
    """µs of one training step of softmax regression, batch 100, NumPy feeds; for Hornbeam, of a bare jit call too."""
    tf = tf1(side)
    x, y_ = tf.placeholder(tf.float32, [None, 784]), tf.placeholder(tf.float32, [None, 10])
    w, b = tf.Variable(tf.zeros([784, 10])), tf.Variable(tf.zeros([10]))
    y = tf.nn.softmax(tf.matmul(x, w) + b)
    loss = tf.reduce_mean(-tf.reduce_sum(y_ * tf.log(y), reduction_indices=[1]))
    step = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
    images, labels = batch()
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    feed = {x: images, y_: labels}

    def run() -> None:
        session.run(step, feed)

    if side == "tensorflow":
        return {"run": micros(run, 2000)}
    bare = bare_step(images, labels)
    runs, bares = [], []
    for _ in range(5):  # in turn: what the machine does meanwhile meets both
        runs.append(micros(run, 400, 4))
        bares.append(micros(bare, 400, 4))
    return {"run": median(runs), "bare": median(bares), "added": median(runs) - median(bares)}


def bare_step(images: np.ndarray, labels: np.ndarray) -> Callable[[], None]:
    """The same step written for JAX: one jitted call with donated parameters."""
    import jax
    import jax.numpy as jnp

    def loss(parameters: Any, x: Any, y_: Any) -> Any:
        w, b = parameters
        y = jax.nn.softmax(x @ w + b)
        return jnp.mean(-jnp.sum(y_ * jnp.log(y), axis=1))

    def step(parameters: Any, x: Any, y_: Any) -> Any:
        return jax.tree.map(lambda p, g: p - 0.5 * g, parameters, jax.grad(loss)(parameters, x, y_))

    jitted = jax.jit(step, donate_argnums=0)
    state = [(jnp.zeros((784, 10)), jnp.zeros(10))]

    def run() -> None:
        state[0] = jitted(state[0], images, labels)

    return run


def convolutions(side: str) -> dict[str, float]:
    """Seconds to build a network of two convolutions with Adam and to run it for the first time."""
    tf = tf1(side)
    with tf.Graph().as_default(), tf.Session() as session:  # what a process does once: devices, the compiler's modules
        session.run(tf.matmul(tf.ones([512, 512]), tf.ones([512, 512]))[0, 0])
    images, labels = batch()
    started = time.perf_counter()

    def weight(*shape: int) -> Any:
        return tf.Variable(tf.truncated_normal(shape, stddev=0.1))

    def bias(size: int) -> Any:
        return tf.Variable(tf.constant(0.1, shape=[size]))

    def layer(inputs: Any, weights: Any, biases: Any) -> Any:
        features = tf.nn.relu(tf.nn.conv2d(inputs, weights, strides=[1, 1, 1, 1], padding="SAME") + biases)
        return tf.nn.max_pool(features, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME")

    x, y_ = tf.placeholder(tf.float32, [None, 784]), tf.placeholder(tf.float32, [None, 10])
    keep = tf.placeholder(tf.float32)
    pooled = layer(tf.reshape(x, [-1, 28, 28, 1]), weight(5, 5, 1, 32), bias(32))
    pooled = layer(pooled, weight(5, 5, 32, 64), bias(64))
    hidden = tf.nn.relu(tf.matmul(tf.reshape(pooled, [-1, 3136]), weight(3136, HIDDEN)) + bias(HIDDEN))
    logits = tf.matmul(tf.nn.dropout(hidden, keep), weight(HIDDEN, 10)) + bias(10)
    loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=y_, logits=logits))
    step = tf.train.AdamOptimizer(1e-3).minimize(loss)
    built = time.perf_counter()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run([step, loss], {x: images, y_: labels, keep: 0.5})
        done = time.perf_counter()
    return {"build": built - started, "first run": done - built, "both": done - started}


def importing(side: str) -> dict[str, float]:
    """Seconds of the import."""
    started = time.perf_counter()
    if side == "hornbeam":
        import hornbeam.v1  # noqa: F401
    else:
        import tensorflow  # noqa: F401
    return {"import": time.perf_counter() - started}


# Eager -------------------------------------------------------------------------------------------------


def eager(side: str) -> dict[str, float]:
    """µs of `add` and `matmul` on 4×4."""
    tf = tf2(side)
    x, y = tf.constant(np.ones((4, 4), np.float32)), tf.constant(np.full((4, 4), 2, np.float32))
    return {"add": micros(lambda: tf.add(x, y), 10_000), "matmul": micros(lambda: tf.matmul(x, y), 10_000)}


def new_shapes(side: str) -> dict[str, float]:
    """ms of a call at a shape not seen before: median over some functions, for Hornbeam over its registry too."""
    tf = tf2(side)
    times = []
    for n in range(2, 8):
        x = tf.constant(np.random.default_rng(n).random((n, n + 1), np.float32))
        for call in FUNCTIONS:
            started = time.perf_counter()
            call(tf, x)
            if n > 2:  # the very first call of a function imports and looks up
                times.append(time.perf_counter() - started)
    answer = {"functions": 1e3 * median(times)}
    if side == "hornbeam":
        found = registry_times()
        answer |= {"registry": 1e3 * median(found), "registry p90": 1e3 * float(np.quantile(found, 0.9)),
                   "calls": len(found)}
    return answer


FUNCTIONS: list[Callable[[Any, Any], Any]] = [
    lambda tf, x: tf.add(x, x), lambda tf, x: tf.exp(x), lambda tf, x: tf.reduce_sum(x, 0),
    lambda tf, x: tf.matmul(x, x, transpose_b=True), lambda tf, x: tf.nn.softmax(x), lambda tf, x: tf.transpose(x),
    lambda tf, x: tf.concat([x, x], 0), lambda tf, x: tf.reduce_mean(x, 1, keepdims=True),
    lambda tf, x: tf.argmax(x, 1), lambda tf, x: tf.nn.relu(x), lambda tf, x: tf.reshape(x, [-1]),
    lambda tf, x: tf.maximum(x, 0.5),
]


def registry_times() -> list[float]:
    """Seconds of each op's calls at its samples' shapes, the first call of each op left out."""
    import hornbeam as hb
    from hornbeam.graph.op import registry

    times = []
    for op in registry:
        if op.samples is None or op.structural or any(a.ref for a in op.args):
            continue
        seen = set()
        given = op.samples(np.random.default_rng(0)) if callable(op.samples) else op.samples
        for number, (inputs, attrs) in enumerate(given):
            tensors = [[hb.constant(v) for v in i] if isinstance(i, list) else hb.constant(i) for i in inputs]
            shapes = str([np.shape(v) for i in inputs for v in (i if isinstance(i, list) else [i])]) + str(attrs)
            started = time.perf_counter()
            try:
                op(*tensors, **attrs)
            except Exception:
                continue
            if number and shapes not in seen:
                times.append(time.perf_counter() - started)
            seen.add(shapes)
    return times


# Whole programs ------------------------------------------------------------------------------------------


def one_shot(side: str) -> dict[str, float]:
    """50 different small graphs, each run once. `session.py` times the process from start to exit."""
    tf = tf1(side)
    x = tf.constant(np.arange(12, dtype=np.float32).reshape(3, 4))
    v = tf.constant([1.0, 2.0, 3.0, 4.0])
    n = tf.constant([3, 1, 2])
    graphs = [
        x + 1, x * 2, x - v, x / 2, -x, tf.square(x), tf.sqrt(x), tf.exp(v), tf.log(v), tf.tanh(x), tf.sigmoid(x),
        tf.nn.relu(x - 5), tf.nn.softmax(x), tf.reduce_sum(x), tf.reduce_mean(x, 0), tf.reduce_max(x, 1),
        tf.reduce_min(x), tf.reduce_prod(v), tf.argmax(x, 1), tf.matmul(x, x, transpose_b=True), tf.transpose(x),
        tf.reshape(x, [4, 3]), tf.reshape(x, [-1]), tf.concat([x, x], 0), tf.stack([v, v]), tf.expand_dims(v, 0),
        tf.squeeze(tf.expand_dims(v, 0)), x[1], x[:, 1:3], tf.cast(x, tf.int32), tf.shape(x), tf.zeros([2, 2]),
        tf.ones_like(x), tf.fill([2, 3], 7), tf.range(5), tf.one_hot(n, 4), tf.gather(x, n - 1), tf.tile(v, [2]),
        tf.equal(x, 3.0), tf.where(x > 3, x, tf.zeros_like(x)), tf.maximum(x, 4.0), tf.minimum(x, 4.0),
        tf.pow(x, 2.0), tf.abs(x - 5), tf.clip_by_value(x, 1.0, 6.0), tf.cumsum(x, 1), tf.reverse(x, [0]),
        tf.pad(x, [[1, 1], [0, 0]]), tf.nn.l2_loss(x), tf.gradients(tf.reduce_sum(x * x), x)[0],
    ]
    with tf.Session() as session:
        for graph in graphs:
            session.run(graph)
    return {"graphs": len(graphs)}


ROWS = {f.__name__: f for f in (softmax_step, convolutions, importing, eager, new_shapes, one_shot)}

if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from eager_workloads import ROWS as EAGER_ROWS

    answer = (ROWS | EAGER_ROWS)[sys.argv[2]](sys.argv[1])
    print(json.dumps(answer))
