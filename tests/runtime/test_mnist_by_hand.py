"""A training loop written by hand, on MNIST: run at once and as a traced function, it ends with the same weights."""

import gzip
from pathlib import Path
from typing import Any

import numpy as np

import hornbeam as tf

STEPS = 200


def batches(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """The first `STEPS` batches of 100 pictures [steps, 100, 784], and their digits [steps, 100]."""
    with gzip.open(folder / "train-images-idx3-ubyte.gz") as file:
        pictures = np.frombuffer(file.read(16 + STEPS * 100 * 784), np.uint8, offset=16)
    with gzip.open(folder / "train-labels-idx1-ubyte.gz") as file:
        digits = np.frombuffer(file.read(8 + STEPS * 100), np.uint8, offset=8)
    return pictures.reshape(STEPS, 100, 784).astype(np.float32) / 255, digits.reshape(STEPS, 100).astype(np.int32)


def trained(pictures: np.ndarray, digits: np.ndarray, wrap: Any) -> list[np.ndarray]:
    """The weights of a network of two layers after training with momentum."""
    rng = np.random.default_rng(4)
    shapes = [(784, 50), (50,), (50, 10), (10,)]
    weights = [tf.Variable(rng.normal(0, 0.05, shape).astype(np.float32)) for shape in shapes]
    speeds = [tf.Variable(tf.zeros_like(w)) for w in weights]

    def step(x, y):
        with tf.GradientTape() as tape:
            hidden = tf.nn.relu(tf.matmul(x, weights[0]) + weights[1])
            logits = tf.matmul(hidden, weights[2]) + weights[3]
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
        for weight, speed, gradient in zip(weights, speeds, tape.gradient(loss, weights), strict=True):
            speed.assign(0.9 * speed - 0.05 * gradient)
            weight.assign_add(speed)
        return loss

    run = wrap(step)
    for x, y in zip(pictures, digits, strict=True):
        loss = run(tf.constant(x), tf.constant(y))
    assert float(loss) < 0.5
    return [w.numpy() for w in weights]


def test_a_loop_by_hand_trains_the_same_weights_at_once_and_traced(mnist_folder: Path) -> None:
    pictures, digits = batches(mnist_folder)
    at_once, traced = trained(pictures, digits, lambda f: f), trained(pictures, digits, tf.function)
    for a, b in zip(at_once, traced, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-5)
