"""What benchmarks share: one process a figure, the sides in turn, medians with their spread.

A script of workloads is started as `python SCRIPT SIDE WORKLOAD` and prints its figures as JSON in its last line.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple


class Side(NamedTuple):
    """One of those compared: its name, its interpreter, and what its environment holds besides."""

    name: str
    python: str
    environment: Mapping[str, str] = {}


def run(side: Side, script: Path, workload: str, **environment: str) -> dict[str, float]:
    """What a workload answers, and how long its process took (`process`, in s).

    The time when it was started is in its environment (`STARTED`). Python may keep what it compiles of sources, as it
    does where a package is installed. Raises SystemExit with its errors where it fails.
    """
    surroundings = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "", **side.environment,
                    **environment, "PYTHONDONTWRITEBYTECODE": "", "STARTED": repr(time.time())}
    started = time.perf_counter()
    done = subprocess.run([side.python, str(script), side.name, workload], env=surroundings, capture_output=True,
                          text=True)
    took = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(f"{side.name} {workload}: {done.stderr[-2000:]}")
    return {**json.loads(done.stdout.splitlines()[-1]), "process": took}


def micros(call: Callable[[], Any], repeats: int, blocks: int = 20) -> float:
    """Median over blocks of the mean time of a call, in µs."""
    for _ in range(repeats // 10 + 1):
        call()
    means = []
    for _ in range(blocks):
        started = time.perf_counter()
        for _ in range(repeats // blocks):
            call()
        means.append((time.perf_counter() - started) / (repeats // blocks))
    return 1e6 * statistics.median(means)


def in_turn(sides: Sequence[Side], number: int) -> list[Side]:
    """The sides in the order of round `number`: each is first in turn, and every second turn goes backwards."""
    start = number % len(sides)
    order = [*sides[start:], *sides[:start]]
    return order[::-1] if number // len(sides) % 2 else order


def about(rounds: int) -> dict[str, Any]:
    """What figures have to do with: the machine, how busy it is, the day."""
    return {"machine": platform.machine(), "cores": os.cpu_count(), "system": platform.platform(),
            "load": [round(load, 2) for load in os.getloadavg()], "when": time.strftime("%Y-%m-%d"), "rounds": rounds}


def text(values: Sequence[float], unit: str) -> str:
    """`143 ± 4 µs`: the median and half the interquartile range."""
    return f"{number(statistics.median(values))} ± {number(spread(values))} {unit}".rstrip()


def spread(values: Sequence[float]) -> float:
    """Half the interquartile range; 0 for fewer than three values."""
    if len(values) < 3:
        return 0.0
    low, _, high = statistics.quantiles(values, n=4)
    return (high - low) / 2


def number(value: float) -> str:
    """Three digits that count."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
