"""The persistent compilation cache: what one process compiled, the next one loads.

JAX keeps it in a folder that is set for the whole process; Hornbeam sets it when it first compiles, and only where
neither the program nor the environment (`JAX_COMPILATION_CACHE_DIR`) has. `HORNBEAM_CACHE=off` leaves it alone.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from hornbeam.backend.lazy import jax

MIN_COMPILE_SECONDS = 0.05
"""What compiles faster than this is not worth a file."""

_state = {"asked": False}


def cache_folder() -> Path:
    """Hornbeam's folder for files that can be made again: `HORNBEAM_CACHE`, or below the user's cache folder."""
    chosen = os.environ.get("HORNBEAM_CACHE", "")
    if chosen and chosen != "off":
        return Path(chosen)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "hornbeam"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "hornbeam"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hornbeam"


def use_persistent_cache() -> None:
    """Give JAX a cache folder, once, where nobody else did. A folder that cannot be made leaves it without one."""
    if _state["asked"]:
        return
    _state["asked"] = True
    if os.environ.get("HORNBEAM_CACHE") == "off" or getattr(jax.config, "jax_compilation_cache_dir", None):
        return
    folder = cache_folder() / "compiled"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", MIN_COMPILE_SECONDS)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
