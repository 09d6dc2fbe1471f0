"""A training loop that runs for hours: nothing is compiled twice, and nothing piles up."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import numpy as np
import psutil
import pytest

import hornbeam as hb
import hornbeam.v1 as tf
from hornbeam.runtime import executor

RUNS = 10_000
WARM_UP = 200


@pytest.fixture
def graph() -> Iterator[hb.Graph]:
    executor.compilations.clear()
    with hb.Graph().as_default() as graph:
        yield graph


def test_ten_thousand_runs_with_two_shapes_compile_two_programs_and_keep_nothing(graph: hb.Graph) -> None:
    """Batches of 100 and 37 rows in turn: the second shape is the last partial batch of an epoch."""
    x = tf.placeholder(tf.float32, [None, 20])
    labels = tf.placeholder(tf.float32, [None, 5])
    w = tf.Variable(tf.zeros([20, 5]))
    b = tf.Variable(tf.zeros([5]))
    y = tf.nn.softmax(tf.matmul(x, w) + b)
    loss = tf.reduce_mean(-tf.reduce_sum(labels * tf.log(y), reduction_indices=[1]))
    step = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    rng = np.random.default_rng(0)
    images = [rng.normal(size=(n, 20)).astype(np.float32) for n in (100, 37)]
    targets = [np.eye(5, dtype=np.float32)[rng.integers(0, 5, n)] for n in (100, 37)]
    process = psutil.Process(os.getpid())
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for i in range(WARM_UP):
            session.run([step, loss], {x: images[i % 2], labels: targets[i % 2]})
        assert len(executor.compilations) <= 2
        gc.collect()
        compiled, operations = len(executor.compilations), len(graph.get_operations())
        memory = process.memory_info().rss
        for i in range(RUNS):
            session.run([step, loss], {x: images[i % 2], labels: targets[i % 2]})
        gc.collect()
        assert len(executor.compilations) == compiled
        assert len(graph.get_operations()) == operations
        assert process.memory_info().rss - memory < 4 * 2**20  # 400 bytes a run; the allocator breathes


def test_many_shapes_compile_once_each(graph: hb.Graph) -> None:
    """A shape seen before is not compiled again, however many came in between."""
    x = tf.placeholder(tf.float32, [None, 4])
    total = tf.Variable(0.0)
    add = total.assign_add(tf.reduce_sum(x))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(3):
            for rows in (1, 2, 5, 8):
                session.run(add, {x: np.ones((rows, 4), np.float32)})
        assert len(executor.compilations) <= 4
        assert session.run(total) == 3 * 4 * 16

