"""A training step of `dynamic_rnn` over an LSTM cell, beside TensorFlow 1.15 and 2.21.

    python benchmarks/dynamic_rnn.py --tensorflow1 PYTHON --tensorflow2 PYTHON [--rounds 5] [--json FILE]

Batch 32, 100 steps, 128 units, inputs of 128; each side in processes of its own, in turn. TensorFlow 2.21 has no
`rnn_cell`: there the cell is written by hand and run by its `compat.v1.nn.dynamic_rnn`. What counts is the time of the
faster of the two over Hornbeam's.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

BATCH, STEPS, DEPTH, UNITS = 32, 100, 128, 128
TARGET = 1.3


def namespace(side: str) -> Any:
    """TensorFlow 1's namespace of a side."""
    if side == "hornbeam":
        import hornbeam.v1 as tf
    elif side == "tensorflow2":
        import tensorflow.compat.v1 as tf

        tf.disable_eager_execution()
    else:
        import tensorflow as tf
    return tf


def lstm(tf: Any, side: str) -> Any:
    """The cell."""
    if side != "tensorflow2":
        return tf.nn.rnn_cell.LSTMCell(UNITS)

    class Cell:
        """An LSTM with the variables and operations of `LSTMCell`."""

        state_size, output_size = (UNITS, UNITS), UNITS

        def zero_state(self, batch_size: Any, dtype: Any) -> Any:
            """Zeros."""
            return tf.zeros([batch_size, UNITS], dtype), tf.zeros([batch_size, UNITS], dtype)

        def __init__(self) -> None:
            self.kernel = tf.get_variable("kernel", [DEPTH + UNITS, 4 * UNITS])
            self.bias = tf.get_variable("bias", [4 * UNITS], initializer=tf.zeros_initializer())

        def __call__(self, inputs: Any, state: Any, scope: Any = None) -> Any:
            c, h = state
            gates = tf.nn.bias_add(tf.matmul(tf.concat([inputs, h], 1), self.kernel), self.bias)
            i, j, f, o = tf.split(gates, 4, axis=1)
            c = tf.sigmoid(f + 1.0) * c + tf.sigmoid(i) * tf.tanh(j)
            h = tf.sigmoid(o) * tf.tanh(c)
            return h, (c, h)

    return Cell()


def step_time(side: str) -> dict[str, float]:
    """The median time of a step that is fed and whose loss is read, in ms."""
    import numpy as np

    tf = namespace(side)
    x, y = tf.placeholder(tf.float32, [BATCH, STEPS, DEPTH]), tf.placeholder(tf.float32, [BATCH, UNITS])
    outputs, _ = tf.nn.dynamic_rnn(lstm(tf, side), x, dtype=tf.float32)
    loss = tf.reduce_mean(tf.square(outputs[:, -1] - y))
    train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    rows = np.random.RandomState(0).normal(size=(BATCH, STEPS, DEPTH)).astype(np.float32)
    feed = {x: rows, y: np.zeros((BATCH, UNITS), np.float32)}
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(5):
            session.run([train, loss], feed)
        times = []
        for _ in range(40):
            started = time.perf_counter()
            session.run([train, loss], feed)
            times.append(time.perf_counter() - started)
    return {"step": 1e3 * statistics.median(times)}


def main() -> None:
    """Compare, print, write; end with 1 where the target is missed."""
    from harness import Side, about, in_turn, run, text

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tensorflow1", required=True)
    parser.add_argument("--tensorflow2", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    sides = [Side("hornbeam", sys.executable), Side("tensorflow1", options.tensorflow1),
             Side("tensorflow2", options.tensorflow2)]
    found: dict[str, list[float]] = {side.name: [] for side in sides}
    ratios = []
    for number in range(options.rounds):
        now = {side.name: run(side, Path(__file__), "step")["step"] for side in in_turn(sides, number)}
        for name, figure in now.items():
            found[name].append(figure)
        ratios.append(min(now["tensorflow1"], now["tensorflow2"]) / now["hornbeam"])
    for name, figures in found.items():
        print(f"{name:12} {text(figures, 'ms')}")
    ratio = statistics.median(ratios)
    print(f"the faster TensorFlow over Hornbeam: {ratio:.2f} (target {TARGET})")
    if options.json:
        options.json.write_text(json.dumps({**about(options.rounds), "steps": found, "ratio": ratio}, indent=1) + "\n")
    sys.exit(ratio < TARGET)


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[2] == "step":
        print(json.dumps(step_time(sys.argv[1])))
    else:
        main()
