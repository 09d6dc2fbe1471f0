"""The compiled kernels: found, loaded and made known to XLA, once, when a program is first compiled."""

from __future__ import annotations

import ctypes
import functools
import importlib.metadata
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from hornbeam.backend.lazy import jax

LIBRARY = Path(__file__).with_name("compiled") / "libhornbeam_kernels.so"
TARGETS = ("hornbeam_matmul", "hornbeam_matmul_relu", "hornbeam_convolution", "hornbeam_convolution_relu",
           "hornbeam_convolution_to_input", "hornbeam_convolution_to_input_relu", "hornbeam_convolution_to_filter",
           "hornbeam_update", "hornbeam_sum_rows",
           "hornbeam_batch_norm", "hornbeam_batch_norm_gradient", "hornbeam_max_pool", "hornbeam_max_pool_gradient",
           "hornbeam_average_pool", "hornbeam_average_pool_gradient",
           "hornbeam_lstm", "hornbeam_lstm_gradient", "hornbeam_gru", "hornbeam_gru_gradient", "hornbeam_threefry")
_ONEDNN = "libdnnl.so.3"

_lock = threading.Lock()
_found: list[str | None] = []
_libraries: list[ctypes.CDLL] = []


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
        library.hornbeam_convolution_name.restype = ctypes.c_char_p
        library.hornbeam_convolutions_kept.restype = ctypes.c_int64
        library.hornbeam_has_bfloat16.restype = ctypes.c_bool
        _libraries.append(library)
    except Exception as error:  # whatever is wrong with the library, there is a way without it
        return f"{type(error).__name__}: {error}"
    return None


@functools.lru_cache(4096)
def convolution_name(form: int, groups: int, space: int, sizes: tuple[int, ...], bits: int = 32) -> str:
    """What oneDNN calls its implementation of a convolution (`native/convolution.cc`), empty where it has none.

    bits: of an element: 32 for float32, 16 for bfloat16.
    """
    array = (ctypes.c_int64 * len(sizes))(*sizes)
    name = _libraries[0].hornbeam_convolution_name(
        ctypes.c_int64(form), ctypes.c_int64(groups), ctypes.c_int64(space), array,
        ctypes.c_int64(bits))
    return name.decode()


@functools.cache
def has_bfloat16() -> bool:
    """Whether the processor multiplies numbers in bfloat16; where it does not, oneDNN has no kernels, or slow ones."""
    return _libraries[0].hornbeam_has_bfloat16()


def convolutions_kept() -> int:
    """How many of oneDNN's primitives for convolutions are kept for the next call of their shape."""
    return _libraries[0].hornbeam_convolutions_kept()


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
