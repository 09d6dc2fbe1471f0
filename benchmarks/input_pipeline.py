"""Batches per second of an input pipeline, beside TensorFlow's: interleaved, in processes of their own.

    .venv/bin/python benchmarks/input_pipeline.py

`from_tensor_slices → shuffle → map(cast, scale) → batch(128) → repeat → prefetch` on arrays like MNIST's, with a buffer
of 10 000 elements and with one that holds all. The other interpreter is `HORNBEAM_ORACLE` or `.venv-tensorflow`'s.
"""

from __future__ import annotations

import importlib
import json
import os
import statistics
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
ROUNDS = 5
BATCHES = 469


def figures(buffer: int) -> dict[str, float]:
    """Batches per second of the side that this process is."""
    tf = importlib.import_module({"hornbeam": "hornbeam"}.get(sys.argv[1], "tensorflow"))
    rng = np.random.RandomState(0)
    images = rng.randint(0, 256, (60_000, 28, 28)).astype(np.uint8)
    labels = rng.randint(0, 10, 60_000).astype(np.int64)
    dataset = tf.data.Dataset.from_tensor_slices((images, labels)).shuffle(buffer)
    dataset = dataset.map(lambda x, y: (tf.cast(x, tf.float32) / 255.0, y)).batch(128).repeat().prefetch(
        tf.data.AUTOTUNE)
    iterator = iter(dataset)
    for _ in range(20):
        next(iterator)
    started = time.perf_counter()
    for _ in range(BATCHES):
        next(iterator)
    return {"batches": BATCHES / (time.perf_counter() - started)}


def main() -> None:
    """Both sides in turn; the ratio of each round."""
    from harness import Side, run
    peer = os.environ.get("HORNBEAM_ORACLE") or str(ROOT / ".venv-tensorflow" / "bin" / "python")
    ours, theirs = Side("hornbeam", sys.executable), Side("tensorflow", peer)
    for buffer in (10_000, 60_000):
        rounds = [[run(side, Path(__file__), str(buffer))["batches"] for side in (ours, theirs)]
                  for _ in range(ROUNDS)]
        ratios = [a / b for a, b in rounds]
        mine, other = (statistics.median(column) for column in zip(*rounds, strict=True))
        print(f"buffer {buffer}: {mine:.0f} batches/s, TensorFlow {other:.0f}, ratio {statistics.median(ratios):.2f} "
              f"({min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(figures(int(sys.argv[2]))))
    else:
        main()
