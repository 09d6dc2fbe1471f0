"""A step's time where another process keeps one core busy."""

import os
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager

import numpy as np
import pytest

from hornbeam import keras

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
BUSY = "print('on', flush=True)\nwhile True: pass"
ROUNDS, STEPS = 5, 8


@contextmanager
def one_core_busy():
    """While another process computes without end."""
    process = subprocess.Popen([sys.executable, "-c", BUSY], stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"on\n"
        yield process
        assert process.poll() is None, "the other process ended early"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def step():
    """A training step of two convolutions, pooling and two dense layers on a batch of 128, called once."""
    layers = keras.layers
    model = keras.Sequential([
        layers.Input((28, 28, 1)), layers.Conv2D(32, 3, activation="relu"), layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(), layers.Flatten(), layers.Dense(128, activation="relu"), layers.Dense(10)])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    rng = np.random.default_rng(0)
    x, y = rng.random((128, 28, 28, 1), np.float32), rng.integers(0, 10, 128)

    def call():
        return float(model.train_on_batch(x, y))

    assert np.isfinite(call())
    return call


def median_time(call):
    """Of `STEPS` calls, after one that does not count."""
    call()
    times = []
    for _ in range(STEPS):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


@pytest.mark.slow
@pytest.mark.skipif(CORES < 2, reason="one core: a second process takes half of it, whatever the threads do")
def test_a_step_slows_by_at_most_two_and_a_half_with_one_core_busy(step):
    quiet, busy = [], []
    for _ in range(ROUNDS):  # in turn: what else runs on the machine meets both
        quiet.append(median_time(step))
        with one_core_busy():
            busy.append(median_time(step))
    alone, beside = statistics.median(quiet), statistics.median(busy)
    assert beside / alone <= 2.5, f"{beside / alone:.2f}: {alone:.4f} s alone, {beside:.4f} s beside it"
