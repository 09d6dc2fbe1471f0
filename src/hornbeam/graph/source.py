"""The user's line: which frames of the program made an operation."""

from __future__ import annotations

import linecache
import sys
from pathlib import Path
from types import CodeType
from typing import NamedTuple

_PACKAGE = str(Path(__file__).resolve().parent.parent)
_is_ours: dict[CodeType, bool] = {}


class Frame(NamedTuple):
    """One line of the user's program."""

    filename: str
    lineno: int
    function: str

    @property
    def line(self) -> str:
        """The text of the line, empty where the file cannot be read."""
        return linecache.getline(self.filename, self.lineno).strip()

    def __str__(self) -> str:
        return f"{self.filename}:{self.lineno}"


def _ours(code: CodeType) -> bool:
    name = code.co_filename
    ours = name.startswith((_PACKAGE, "<frozen ")) or name.endswith("/runpy.py")
    _is_ours[code] = ours
    return ours


def user_frames(limit: int = 12) -> tuple[Frame, ...]:
    """The innermost frames that are not Hornbeam's own, innermost first."""
    frames: list[Frame] = []
    frame = sys._getframe(1)
    ours = _is_ours
    while frame is not None and len(frames) < limit:
        code = frame.f_code
        known = ours.get(code)
        if not (known if known is not None else _ours(code)):
            frames.append(Frame(code.co_filename, frame.f_lineno, code.co_name))
        frame = frame.f_back
    return tuple(frames)


def made_at(frames: tuple[Frame, ...]) -> str:
    """`made at train.py:31: w = tf.matmul(x, y)`, or nothing where no user frame is known."""
    if not frames:
        return ""
    top = frames[0]
    return f"made at {top}" + (f": {top.line}" if top.line else "")
