"""Memory that stays with the process: a program's temporary arrays lie where those of the last run lay.

XLA allocates the temporary memory of a program anew for each run. By default the C library gives blocks of that size
back to the system at once, and the next run pays for every page again: 43 of 150 ms in the step of a small
convolutional network. On Linux, Hornbeam asks it to keep them, before XLA starts its threads. The settings hold for
the process; where the environment chooses some of its own (`MALLOC_…`, `GLIBC_TUNABLES`), they are left alone.
"""

from __future__ import annotations

import ctypes
import os
import sys

_TRIM_THRESHOLD, _MMAP_MAX, _ARENA_MAX = -1, -4, -8  # of mallopt(3)
_MOST = 2**31 - 1
_state = {"asked": False}


def keep_memory() -> None:
    """Let freed memory stay in one heap from here on, once."""
    if _state["asked"]:
        return
    _state["asked"] = True
    if sys.platform != "linux" or any(name.startswith(("MALLOC_", "GLIBC_TUNABLES")) for name in os.environ):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None or not hasattr(ctypes.CDLL(None), "gnu_get_libc_version"):
        return
    mallopt(_ARENA_MAX, 1)  # only the first heap can hold blocks of more than 64 MB
    mallopt(_MMAP_MAX, 0)
    mallopt(_TRIM_THRESHOLD, _MOST)
