"""The compiled kernels: found, loaded and made known to XLA, once, when a program is first compiled."""

from __future__ import annotations

import ctypes
import importlib.metadata
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from hornbeam.backend.lazy import jax

LIBRARY = Path(__file__).with_name("compiled") / "libhornbeam_kernels.so"
TARGETS = ("hornbeam_matmul",)
_ONEDNN = "libdnnl.so.3"

_lock = threading.Lock()
_found: list[str | None] = []


def problem() -> str | None:
    """Why the compiled kernels cannot be used, or None where they are loaded; looks once."""
    if not _found:
        with _lock:
            if not _found:
                _found.append(_load())
    return _found[0]


def _load() -> str | None:
    if not LIBRARY.exists():
        return "the library was not built: there was no C++17 compiler when Hornbeam was installed, or no oneDNN"
    why = f"{_ONEDNN} of the package onednn-cpu-gomp is not to be found"
    for path in _places():
        try:
            ctypes.CDLL(str(path))  # the kernels find it by its name once it is loaded
            why = None
            break
        except OSError as error:
            why = str(error)
    if why is not None:
        return why
    try:
        library = ctypes.CDLL(str(LIBRARY))
        for name in TARGETS:
            jax.ffi.register_ffi_target(name, jax.ffi.pycapsule(getattr(library, name)), platform="cpu")
    except Exception as error:  # whatever is wrong with the library, there is a way without it
        return f"{type(error).__name__}: {error}"
    return None


def _places() -> Iterator[Path]:
    """Where oneDNN may lie: what its package says, and the environment's own folder."""
    try:
        for file in importlib.metadata.files("onednn-cpu-gomp") or ():
            if file.name == _ONEDNN:
                yield Path(str(file.locate())).resolve()
    except importlib.metadata.PackageNotFoundError:
        pass
    if (beside := Path(sys.prefix, "lib", _ONEDNN)).exists():
        yield beside
