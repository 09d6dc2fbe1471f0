"""When a hook is due: every so many steps or seconds."""

from __future__ import annotations

import time

from hornbeam.graph.names import public


@public(v1=("train.SecondOrStepTimer", "estimator.SecondOrStepTimer"))
class SecondOrStepTimer:
    """Says when something is due that happens every `every_secs` seconds or every `every_steps` steps.

    Raises ValueError unless exactly one of them is given.
    """

    def __init__(self, every_secs: float | None = None, every_steps: int | None = None) -> None:
        if every_secs is None and every_steps is None:
            raise ValueError("Either every_secs or every_steps should be provided.")
        if every_secs is not None and every_steps is not None:
            raise ValueError("Can not provide both every_secs and every_steps.")
        self._every_secs, self._every_steps = every_secs, every_steps
        self.reset()

    def reset(self) -> None:
        """Forget when it last was due."""
        self._step: int | None = None
        self._time: float | None = None

    def should_trigger_for_step(self, step: int) -> bool:
        """Whether it is due at this step: the first time it always is, for one step only once."""
        if self._step is None or self._time is None:
            return True
        if step == self._step:
            return False
        if self._every_secs is not None:
            return time.time() >= self._time + self._every_secs
        return self._every_steps is not None and step >= self._step + self._every_steps

    def update_last_triggered_step(self, step: int) -> tuple[float | None, int | None]:
        """Say that it was done at this step. Returns the seconds and steps since the last time, None at the first."""
        now = time.time()
        seconds = None if self._time is None else now - self._time
        steps = None if self._step is None else step - self._step
        self._time, self._step = now, step
        return seconds, steps

    def last_triggered_step(self) -> int | None:
        """The step at which it was last done."""
        return self._step


class NeverTriggerTimer(SecondOrStepTimer):
    """What is never due."""

    def __init__(self) -> None:
        self.reset()

    def should_trigger_for_step(self, step: int) -> bool:
        """False."""
        return False

    def update_last_triggered_step(self, step: int) -> tuple[float | None, int | None]:
        """Nothing is kept."""
        return None, None

    def last_triggered_step(self) -> int | None:
        """None."""
        return None
