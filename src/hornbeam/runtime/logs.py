"""`tf.logging` of TF1, and TF2's `get_logger`: Python's own logging under the name `hornbeam`."""

from __future__ import annotations

import itertools
import logging
import sys
from typing import Any

from hornbeam.graph.names import public, register

DEBUG, INFO, WARN, ERROR, FATAL = logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL
_LETTERS = {DEBUG: "D", INFO: "I", WARN: "W", ERROR: "E", FATAL: "F"}
_seen: dict[tuple[str, int], itertools.count[int]] = {}


@public("get_logger")
def get_logger() -> logging.Logger:
    """The logger of this package. It writes warnings and worse to stderr until `set_verbosity` says otherwise."""
    logger = logging.getLogger("hornbeam")
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(levelname).1s %(asctime)s %(filename)s:%(lineno)d] %(message)s"))
        logger.addHandler(handler)
        logger.setLevel(WARN)
        logger.propagate = False
    return logger


def _log_as(level: int, name: str) -> None:
    def write(msg: Any, *args: Any, **kwargs: Any) -> None:
        get_logger().log(level, msg, *args, **{"stacklevel": 3, **kwargs})

    write.__name__ = name
    write.__doc__ = f"Log a message at level {logging.getLevelName(level)}; `args` fill its % fields."
    register(write, v1=(f"logging.{name}",))


for _name, _level in (("debug", DEBUG), ("info", INFO), ("warn", WARN), ("warning", WARN), ("error", ERROR),
                      ("fatal", FATAL)):
    _log_as(_level, _name)
for _name, _level in (("DEBUG", DEBUG), ("INFO", INFO), ("WARN", WARN), ("ERROR", ERROR), ("FATAL", FATAL)):
    register(_level, v1=(f"logging.{_name}",))


@public(v1=("logging.log",))
def log(level: int, msg: Any, *args: Any) -> None:
    """Log a message at a level."""
    get_logger().log(level, msg, *args, stacklevel=3)


@public(v1=("logging.vlog",))
def vlog(level: int, msg: Any, *args: Any) -> None:
    """Log a message at a level."""
    get_logger().log(level, msg, *args, stacklevel=3)


@public(v1=("logging.log_if",))
def log_if(level: int, msg: Any, condition: Any, *args: Any) -> None:
    """Log a message where the condition holds."""
    if condition:
        get_logger().log(level, msg, *args, stacklevel=3)


def _times_here() -> int:
    frame = sys._getframe(3)
    return next(_seen.setdefault((frame.f_code.co_filename, frame.f_lineno), itertools.count()))


@public(v1=("logging.log_every_n",))
def log_every_n(level: int, msg: Any, n: int, *args: Any) -> None:
    """Log a message at the first of every `n` calls of this line."""
    if _times_here() % n == 0:
        get_logger().log(level, msg, *args, stacklevel=3)


@public(v1=("logging.log_first_n",))
def log_first_n(level: int, msg: Any, n: int, *args: Any) -> None:
    """Log a message at the first `n` calls of this line."""
    if _times_here() < n:
        get_logger().log(level, msg, *args, stacklevel=3)


@public(v1=("logging.set_verbosity",))
def set_verbosity(v: int) -> None:
    """Show messages of this level and above."""
    get_logger().setLevel(v)


@public(v1=("logging.get_verbosity",))
def get_verbosity() -> int:
    """The level from which messages are shown."""
    return get_logger().getEffectiveLevel()


@public(v1=("logging.TaskLevelStatusMessage",))
def task_level_status_message(msg: Any) -> None:
    """Log a message at level ERROR."""
    get_logger().error(msg, stacklevel=3)


@public(v1=("logging.flush",))
def flush() -> None:
    """Write out what the handlers hold."""
    for handler in get_logger().handlers:
        handler.flush()
