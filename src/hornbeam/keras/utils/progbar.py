"""Progbar: a bar of progress in the terminal, with values beside it, redrawn by the clock."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from hornbeam.keras.names import keras_export
from hornbeam.keras.utils.messages import tell

_BOLD, _GREEN, _WHITE, _PLAIN = "\x1b[1m", "\x1b[32m", "\x1b[37m", "\x1b[0m"


@keras_export("utils.Progbar")
class Progbar:
    """Draws how far something is.

    target: the number of steps, None where it is not known. width: of the bar, in characters. verbose: 1 draws a bar,
    2 one line at the end, 0 nothing. interval: the least time between two drawings, in seconds. stateful_metrics:
    names of values that are shown as they are, stateless_metrics: of those that are averaged over the steps; give one
    of the two. unit_name: what a step is called. Raises ValueError where both are given.
    """

    def __init__(self, target: int | None, width: int = 20, verbose: int = 1, interval: float = 0.05,
                 stateful_metrics: Iterable[str] | None = None, stateless_metrics: Iterable[str] | None = None,
                 unit_name: str = "step") -> None:
        if stateful_metrics is not None and stateless_metrics is not None:
            raise ValueError("Only one of `stateful_metrics` or `stateless_metrics` can be provided: each names the "
                             "exceptions from the other.")
        self.target, self.width, self.verbose = target, width, verbose
        self.interval, self.unit_name = interval, unit_name
        self.stateful_metrics = None if stateless_metrics is not None else set(stateful_metrics or ())
        self.stateless_metrics = None if stateless_metrics is None else set(stateless_metrics)
        self._seen_so_far = 0
        self._sums: dict[str, tuple[Any, int]] = {}
        self._start = self._epoch_start = time.time()
        self._first_step_end: float | None = None
        self._last_update = 0.0
        self._drawn_width = 0

    def update(self, current: int, values: Sequence[tuple[str, Any]] | None = None,
               finalize: bool | None = None) -> None:
        """Show step `current` and the values. finalize: whether it is the last, by default when the target is reached.
        """
        if finalize is None:
            finalize = self.target is not None and current >= self.target
        for name, value in values or ():
            self._add(name, value, current, finalize)
        self._seen_so_far = current
        now = time.time()
        duration = self._step_duration(current, now)
        if self.verbose == 1:
            if now - self._last_update < self.interval and not finalize:
                return
            self._draw(current, now, duration, finalize)
        elif self.verbose == 2 and finalize and self.target:
            tell(f"{self._count(current)} - {now - self._start:.0f}s -{self._duration_text(duration)}"
                 f"{self._values_text()}")
        self._last_update = now

    def add(self, n: int, values: Sequence[tuple[str, Any]] | None = None) -> None:
        """Show that `n` more steps are done."""
        self.update(self._seen_so_far + n, values)

    def is_due(self) -> bool:
        """Whether enough time went by for a new drawing."""
        return self.verbose == 1 and time.time() - self._last_update >= self.interval

    def _add(self, name: str, value: Any, current: int, finalize: bool) -> None:
        averaged = name in self.stateless_metrics if self.stateless_metrics is not None else (
            name not in (self.stateful_metrics or ()))
        if not averaged or finalize:
            self._sums[name] = value, 1
            return
        steps = max(current - self._seen_so_far, 1)
        total, count = self._sums.get(name, (0.0, 0))
        self._sums[name] = total + value * steps, count + steps

    def _draw(self, current: int, now: float, duration: float, finalize: bool) -> None:
        back = "\b" * self._drawn_width + "\r"
        done = f"{current:7d}/Unknown"
        plain = len(done)
        if self.target is not None and self.target > 0:
            count = self._count(current)
            filled = min(self.width, int(self.width * current / self.target))
            green = f"{_GREEN}{'━' * filled}{_PLAIN}" if filled else ""
            done = f"{_BOLD}{count}{_PLAIN} {green}{_WHITE}{'━' * (self.width - filled)}{_PLAIN}"
            plain = len(count) + 1 + self.width
        left = self.target is not None and self.target > 0 and not finalize
        clock = _remaining(duration * (self.target - current)) if left else f"{now - self._start:.0f}s"  # type: ignore
        rest = f"{self._duration_text(duration)}{self._values_text()}"
        width = plain + 1 + len(clock) + len(rest)
        padding = " " * max(0, self._drawn_width - width)
        tell(f"{back}{done} {_BOLD}{clock}{_PLAIN}{rest}{padding}" + ("\n" if finalize else ""), line_break=False)
        self._drawn_width = width

    def _count(self, current: int) -> str:
        digits = int(math.log10(self.target or 1)) + 1
        return f"{current:{digits}d}/{self.target}"

    def _values_text(self) -> str:
        parts = []
        for name, (total, count) in self._sums.items():
            mean = float(np.mean(total)) / max(1, count)
            parts.append(f" - {name}: {mean:.4f}" if abs(mean) > 1e-3 else f" - {name}: {mean:.4e}")
        return "".join(parts)

    def _step_duration(self, current: int, now: float) -> float:
        """Seconds a step. The first is left out where more are known: it compiles."""
        if not current:
            return 0.0
        if self._first_step_end is not None and current > 1:
            return (now - self._first_step_end) / (current - 1)
        if current == 1:
            self._first_step_end = now
        return (now - self._start) / current

    def _duration_text(self, seconds: float) -> str:
        if seconds >= 1 or seconds == 0:
            return f" {seconds:.0f}s/{self.unit_name}"
        if seconds >= 1e-3:
            return f" {seconds * 1e3:.0f}ms/{self.unit_name}"
        return f" {seconds * 1e6:.0f}us/{self.unit_name}"


def _remaining(seconds: float) -> str:
    whole = int(seconds)
    if whole > 3600:
        return f"{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d}"
    return f"{whole // 60}:{whole % 60:02d}" if whole > 60 else f"{whole}s"
