"""The switches that a user can set in the environment: one typed table, read once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import final


@final
class Switch:
    """An integer switch: `levels[i]` says what value i shows, and each value shows what the lower ones do."""

    def __init__(self, variable: str, levels: tuple[str, ...]) -> None:
        self.variable = variable
        self.levels = levels
        text = os.environ.get(variable, "0")
        self.value = int(text) if text.isdigit() else 0

    @contextmanager
    def at(self, value: int) -> Iterator[None]:
        """Set the switch within a block."""
        before, self.value = self.value, value
        try:
            yield
        finally:
            self.value = before


SHOW = Switch("HORNBEAM_SHOW", ("nothing", "each compilation: what, how long, why, with which kernels",
                                "stages with their times", "the operations of each plan", "StableHLO",
                                "every value, op by op, uncompiled"))
SWITCHES = (SHOW,)


def show(level: int):
    """Show more of what runs within a block: 1 compilations, 2 stages, 3 plans, 4 StableHLO, 5 every value."""
    return SHOW.at(level)
