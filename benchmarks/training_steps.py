"""Training loops written by hand, which all sides but Keras's have: their losses and their time."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

Step = Callable[[np.ndarray, np.ndarray], Any]


def clock(epoch: Callable[[], Any], steps: int, epochs: int, warm: int = 1) -> dict[str, float]:
    """µs of a step: the median over epochs of `steps` steps, without the first `warm`; `cpu`: of all cores."""
    times = []
    for _ in range(warm + epochs):
        began, cpu = time.perf_counter(), time.process_time()
        epoch()
        times.append((time.perf_counter() - began, time.process_time() - cpu))
    step, cpu = (1e6 * statistics.median(of) / steps for of in zip(*times[warm:], strict=True))
    return {"step": step, "cpu": cpu}


class Stepped:
    """A program that is called for every batch.

    step: gives what `value` waits for and makes a number, the loss. quick: the same without the loss, where that is
    another call.
    """

    def __init__(self, step: Step, value: Callable[[Any], float], quick: Step | None = None) -> None:
        self.step, self.value, self.quick = step, value, quick or step

    def losses(self, x: np.ndarray, y: np.ndarray) -> float:
        """The mean loss of batches [n, batch, …], one step each."""
        return statistics.fmean([self.value(self.step(a, b)) for a, b in zip(x, y, strict=True)])

    def times(self, x: np.ndarray, y: np.ndarray, epochs: int) -> dict[str, float]:
        """µs of a step, the loss of an epoch's last one awaited."""
        def epoch() -> None:
            for a, b in zip(x[:-1], y[:-1], strict=True):
                self.quick(a, b)
            self.value(self.step(x[-1], y[-1]))

        return clock(epoch, len(x), epochs)
