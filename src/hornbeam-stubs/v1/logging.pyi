"""The public names of `hornbeam.v1.logging`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.runtime.logs import flush as flush
from hornbeam.runtime.logs import get_verbosity as get_verbosity
from hornbeam.runtime.logs import log as log
from hornbeam.runtime.logs import log_every_n as log_every_n
from hornbeam.runtime.logs import log_first_n as log_first_n
from hornbeam.runtime.logs import log_if as log_if
from hornbeam.runtime.logs import set_verbosity as set_verbosity
from hornbeam.runtime.logs import task_level_status_message as _TaskLevelStatusMessage
from hornbeam.runtime.logs import vlog as vlog
from typing import Any

DEBUG: int
ERROR: int
FATAL: int
INFO: int
TaskLevelStatusMessage = _TaskLevelStatusMessage
WARN: int
def debug(msg: Any, *args: Any, **kwargs: Any) -> None:
    r"""Log a message at level DEBUG; `args` fill its % fields."""
def error(msg: Any, *args: Any, **kwargs: Any) -> None:
    r"""Log a message at level ERROR; `args` fill its % fields."""
def fatal(msg: Any, *args: Any, **kwargs: Any) -> None:
    r"""Log a message at level CRITICAL; `args` fill its % fields."""
def info(msg: Any, *args: Any, **kwargs: Any) -> None:
    r"""Log a message at level INFO; `args` fill its % fields."""
def warn(msg: Any, *args: Any, **kwargs: Any) -> None:
    r"""Log a message at level WARNING; `args` fill its % fields."""
def warning(msg: Any, *args: Any, **kwargs: Any) -> None:
    r"""Log a message at level WARNING; `args` fill its % fields."""
