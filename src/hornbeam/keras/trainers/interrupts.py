"""Ctrl-C while a model trains: kept back until a step is whole."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any, final


@final
class HeldInterrupts:
    """Within the block Ctrl-C is noted; `raise_if_any` raises KeyboardInterrupt. A second one is raised at once.

    Elsewhere than in the main thread, or where the program handles the signal itself, nothing changes.
    """

    def __init__(self) -> None:
        self._noted = False
        self._before: Any = None
        self._held = False

    def __enter__(self) -> HeldInterrupts:
        if threading.current_thread() is threading.main_thread() and \
                signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self._before = signal.signal(signal.SIGINT, self._note)
            self._held = True
        return self

    def __exit__(self, *exc: object) -> None:
        if self._held:
            signal.signal(signal.SIGINT, self._before)
            self._held = False
        if exc[0] is None:
            self.raise_if_any()

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self._noted:
            raise KeyboardInterrupt
        self._noted = True

    def raise_if_any(self) -> None:
        """Raise KeyboardInterrupt where Ctrl-C was pressed."""
        if self._noted:
            self._noted = False
            raise KeyboardInterrupt
