"""A process that saves in a loop is killed at any moment: a whole checkpoint is there, the last that `save` returned
or a newer one, whether each has its own name or all the same."""

from __future__ import annotations

import os
import random
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from hornbeam import v1 as tf

WORKER = Path(__file__).with_name("kill_worker.py")


def killed_after(worker: subprocess.Popen[bytes], how: str, folder: Path, moment: float) -> int:
    """The last save that returned in a life that ends after that time, counted from its first save."""
    assert worker.stdin
    assert worker.stdout
    worker.stdin.write(f"{how} {folder}\n".encode())
    worker.stdin.flush()
    pid, last, ends, said = 0, 0, float("inf"), b""
    given_up = time.monotonic() + 60
    while time.monotonic() < given_up:
        ready, _, _ = select.select([worker.stdout], [], [], 0.0005)
        said += os.read(worker.stdout.fileno(), 4096) if ready else b""
        *lines, said = said.split(b"\n")
        for line in lines:
            if line.startswith(b"pid "):
                pid = int(line[4:])
            elif line == b"dead":
                return last
            else:
                last = int(line)
                ends = min(ends, time.monotonic() + moment)
        if pid and time.monotonic() > ends:
            os.kill(pid, signal.SIGKILL)
            pid = 0
    raise AssertionError("the worker does not answer")


def whole_checkpoint(folder: Path, newest: int) -> int:
    """The number that all values of the latest checkpoint are, which is no lower than `newest`."""
    path = tf.train.latest_checkpoint(str(folder))
    assert path is not None
    reader = tf.train.load_checkpoint(path)
    numbers = {float(x) for name in reader.get_variable_to_shape_map() for x in np.unique(reader.get_tensor(name))}
    assert len(numbers) == 1, f"a mixture: {numbers}"
    (number,) = numbers
    assert number >= newest, f"{path} holds {number}, and {newest} had been saved"
    for kept in tf.train.get_checkpoint_state(str(folder)).all_model_checkpoint_paths:
        assert tf.train.checkpoint_exists(kept)
    return int(number)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="lives are forked")
@pytest.mark.parametrize("kills", [4, pytest.param(100, marks=pytest.mark.slow)])
@pytest.mark.parametrize("how", ["numbered", "same"])
def test_there_is_always_a_whole_checkpoint(how, kills, tmp_path):
    chance = random.Random(kills)
    newest = 0
    with subprocess.Popen([sys.executable, str(WORKER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        for _ in range(kills):
            newest = max(newest, killed_after(worker, how, tmp_path, chance.random() * 0.08))
            newest = whole_checkpoint(tmp_path, newest)
        worker.stdin.close()  # type: ignore[union-attr]
    assert newest >= kills // 2  # most lives saved something
    left = [n for n in os.listdir(tmp_path) if "tempstate" in n]
    assert len(left) <= 2, "what earlier lives left is swept"
