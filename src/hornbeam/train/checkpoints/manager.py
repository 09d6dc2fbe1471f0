"""`CheckpointManager`: numbered checkpoints in a folder, of which the latest are kept."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.graph.names import public
from hornbeam.runtime.logs import get_logger
from hornbeam.runtime.session import get_default_session
from hornbeam.train.checkpoints import state_file
from hornbeam.train.checkpoints.checkpoint import CheckpointOptions

_HOUR = 3600.0


def _number(value: Any) -> int:
    """The number that a variable, a tensor or an integer is."""
    if isinstance(value, (int, np.integer)):
        return int(value)
    session = get_default_session()
    if getattr(value, "_graph", None) is not None and session is not None:
        return int(session.run(value))
    return int(value.numpy())


@public("train.CheckpointManager")
class CheckpointManager:
    """Saves a `Checkpoint` as `directory/ckpt-1`, `ckpt-2`, … and keeps the latest.

    max_to_keep: how many are kept; None keeps all. keep_checkpoint_every_n_hours: besides, one for each time that many
    hours have passed. checkpoint_name: the first part of the names. step_counter, checkpoint_interval: `save` does
    nothing until the counter has moved by that much since the last time. init_fn: called by `restore_or_initialize`
    where there is no checkpoint. last_checkpoint_step: the counter at the last checkpoint. What the folder's state file
    names is taken over.
    Raises ValueError for a `max_to_keep` below 1, or an interval without a counter.
    """

    def __init__(self, checkpoint: Any, directory: Any, max_to_keep: int | None,
                 keep_checkpoint_every_n_hours: float | None = None, checkpoint_name: str = "ckpt",
                 step_counter: Any = None, checkpoint_interval: int | None = None,
                 init_fn: Callable[[], Any] | None = None, last_checkpoint_step: int | None = None) -> None:
        if max_to_keep is not None and max_to_keep <= 0:
            raise ValueError(f"Expected a positive integer or `None` for `max_to_keep`, got {max_to_keep}.")
        if checkpoint_interval is not None and step_counter is None:
            raise ValueError("`step_counter` should be passed if `checkpoint_interval` is not None.")
        self._checkpoint = checkpoint
        self._directory = state_file.path_of(directory)
        self._prefix = os.path.join(self._directory, checkpoint_name)
        self._max_to_keep, self._every_n_hours = max_to_keep, keep_checkpoint_every_n_hours
        self._step_counter, self._checkpoint_interval = step_counter, checkpoint_interval
        self._init_fn, self._last_checkpoint_step = init_fn, last_checkpoint_step
        self._kept: dict[str, float] = {}
        self._latest: str | None = None
        self._last_preserved = time.time() - 1.0
        self._take_over(state_file.get_checkpoint_state(self._directory))

    def _take_over(self, state: Any) -> None:
        if state is None:
            return
        now = time.time()
        self._latest = state.model_checkpoint_path
        self._last_preserved = min(state.last_preserved_timestamp, now)
        times = list(state.all_model_checkpoint_timestamps) or [now] * len(state.all_model_checkpoint_paths)
        for path, written in zip(state.all_model_checkpoint_paths, times, strict=False):
            if min(written, now) > self._last_preserved:
                self._kept[path] = min(written, now)

    @property
    def directory(self) -> str:
        """The folder."""
        return self._directory

    @property
    def checkpoint_interval(self) -> int | None:
        """How far the counter must move between two checkpoints."""
        return self._checkpoint_interval

    @property
    def checkpoint(self) -> Any:
        """The `Checkpoint` that is saved."""
        return self._checkpoint

    @property
    def latest_checkpoint(self) -> str | None:
        """The name of the latest checkpoint, None where there is none."""
        return self._latest

    @property
    def checkpoints(self) -> list[str]:
        """The names of the checkpoints that are kept, the oldest first."""
        return list(self._kept)

    def save(self, checkpoint_number: Any = None, check_interval: bool = True,
             options: CheckpointOptions | None = None) -> str | None:
        """Write a checkpoint, numbered by `save_counter` or `checkpoint_number`; its name.

        None where the counter has not moved by `checkpoint_interval` and `check_interval` is true.
        """
        if self._checkpoint_interval is not None:
            step = _number(self._step_counter)
            last = self._last_checkpoint_step
            if check_interval and last is not None and step < last + self._checkpoint_interval:
                return None
            self._last_checkpoint_step = step
        session = get_default_session()
        counted = self._checkpoint._counted(session)
        number = counted if checkpoint_number is None else _number(checkpoint_number)
        path = self._checkpoint._write_to(f"{self._prefix}-{number}", session, options)
        self._kept.pop(path, None)
        self._kept[path] = time.time()
        self._latest = path
        self._record()  # names the new one before any is deleted
        self._sweep()
        self._record()
        return path

    def _record(self) -> None:
        state_file.write_state(self._directory, self._latest, list(self._kept), timestamps=list(self._kept.values()),
                               last_preserved=self._last_preserved, relative=True)

    def _sweep(self) -> None:
        while self._max_to_keep and len(self._kept) > self._max_to_keep:
            path, written = next(iter(self._kept.items()))
            del self._kept[path]
            if self._every_n_hours and written - self._every_n_hours * _HOUR >= self._last_preserved:
                self._last_preserved = written
                continue
            state_file.remove_checkpoint(path)

    def restore_or_initialize(self) -> str | None:
        """Restore the latest checkpoint; its name. Without one `init_fn` is called, and the answer is None."""
        if self._latest is not None:
            self._checkpoint.restore(self._latest)
            if self._checkpoint_interval is not None:
                self._last_checkpoint_step = _number(self._step_counter)
            return self._latest
        if self._init_fn is not None:
            self._init_fn()
            get_logger().info("Customized initialization is done through the passed `init_fn`.")
        return None

    def sync(self) -> None:
        """Accepted: checkpoints are written by the time that `save` returns."""
        self._checkpoint.sync()
