"""`tf.compat`: text and bytes, and each generation as the other sees it; `tf.version`."""

from __future__ import annotations

import numbers
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from hornbeam.graph.graph_def import PRODUCER
from hornbeam.graph.names import Lazy, public, register
from hornbeam.graph.shapes import dimension_at_index, dimension_value

register(Lazy("hornbeam.v1", "", ""), ("compat.v1",))
register(Lazy("hornbeam", "", ""), ("compat.v2",))
register((bytes, str), ("compat.bytes_or_text_types",))
register((numbers.Integral, np.integer), ("compat.integral_types",))
register((numbers.Real, np.integer, np.floating), ("compat.real_types",))
register((numbers.Complex, np.number), ("compat.complex_types",))
register(dimension_value, ("compat.dimension_value",), v1=("dimension_value",))
register(dimension_at_index, ("compat.dimension_at_index",), v1=("dimension_at_index",))
register("1.15.5", v1=("__version__", "VERSION", "version.VERSION"))
register("2.21.0", v2=("version.VERSION",))
register("unknown", ("version.GIT_VERSION",), v1=("GIT_VERSION", "__git_version__"))
register(platform.python_compiler(), ("version.COMPILER_VERSION",), v1=("COMPILER_VERSION", "__compiler_version__"))
register(PRODUCER, ("version.GRAPH_DEF_VERSION",), v1=("GRAPH_DEF_VERSION",))
register(0, ("version.GRAPH_DEF_VERSION_MIN_CONSUMER",), v1=("GRAPH_DEF_VERSION_MIN_CONSUMER",))
register(0, ("version.GRAPH_DEF_VERSION_MIN_PRODUCER",), v1=("GRAPH_DEF_VERSION_MIN_PRODUCER",))


@public("compat.as_bytes")
def as_bytes(bytes_or_text: Any, encoding: str = "utf-8") -> bytes:
    """Bytes as they are, text encoded. Raises TypeError for anything else."""
    if isinstance(bytes_or_text, (bytes, bytearray)):
        return bytes(bytes_or_text)
    if isinstance(bytes_or_text, str):
        return bytes_or_text.encode(encoding)
    raise TypeError(f"Expected binary or unicode string, got {bytes_or_text!r}")


@public("compat.as_text", "compat.as_str")
def as_text(bytes_or_text: Any, encoding: str = "utf-8") -> str:
    """Text as it is, bytes decoded. Raises TypeError for anything else."""
    if isinstance(bytes_or_text, str):
        return bytes_or_text
    if isinstance(bytes_or_text, bytes):
        return bytes_or_text.decode(encoding)
    raise TypeError(f"Expected binary or unicode string, got {bytes_or_text!r}")


@public("compat.as_str_any")
def as_str_any(value: Any, encoding: str = "utf-8") -> str:
    """Anything as text: bytes decoded, the rest by `str`."""
    return as_text(value, encoding) if isinstance(value, bytes) else str(value)


@public("compat.path_to_str")
def path_to_str(path: Any) -> Any:
    """A path object as text; anything else as it is."""
    return os.fspath(path) if hasattr(path, "__fspath__") else path


@public("compat.forward_compatible")
def forward_compatible(year: int, month: int, day: int) -> bool:
    """True: nothing here waits for a date."""
    return True


@public("compat.forward_compatibility_horizon")
@contextmanager
def forward_compatibility_horizon(year: int, month: int, day: int) -> Iterator[None]:
    """A scope for what waits for a date; nothing here does."""
    yield
