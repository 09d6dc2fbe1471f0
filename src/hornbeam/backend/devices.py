"""The devices of this process, under TensorFlow's names."""

from __future__ import annotations

import functools
import os
import sys
from collections import Counter
from importlib import metadata
from typing import Any, NamedTuple

import numpy as np

from hornbeam.backend.lazy import jax
from hornbeam.backend.x64 import x64

DEVICE_PREFIX = "/job:localhost/replica:0/task:0/device:"


class DeviceAttributes(NamedTuple):
    """One device: `/job:localhost/replica:0/task:0/device:CPU:0`, its type, and its memory in bytes (0: unknown)."""

    name: str
    device_type: str
    memory_limit_bytes: int
    incarnation: int = 0


def device_attributes() -> list[DeviceAttributes]:
    """The CPU (or the several that it was divided into), then what accelerators JAX finds."""
    found = []
    for name, device in jax_devices().items():
        stats = (device.memory_stats() if device is not None else None) or {}
        found.append(DeviceAttributes(DEVICE_PREFIX + name, name.partition(":")[0],
                                      int(stats.get("bytes_limit", 0))))
    return found


def jax_devices() -> dict[str, Any]:
    """JAX's devices of this process: `CPU:0`, …, then `GPU:0`, …. The CPU is None where `JAX_PLATFORMS` hides it."""
    found: dict[str, Any] = {}
    try:
        found |= {f"CPU:{i}": device for i, device in enumerate(jax.local_devices(backend="cpu"))}
    except RuntimeError:
        found["CPU:0"] = None
    counts: Counter[str] = Counter()
    for device in jax.local_devices():
        kind = device.platform.upper()
        if kind != "CPU":
            found[f"{kind}:{counts[kind]}"] = device
            counts[kind] += 1
    return found


def default_device() -> str:
    """The name of the device that compiled programs run on.

    >>> default_device() in jax_devices()
    True
    """
    device = jax.local_devices()[0]
    return next((name for name, other in jax_devices().items() if other is device), "CPU:0")


@functools.cache
def has_accelerator_plugin() -> bool:
    """Whether JAX is installed with what runs on accelerators; where it is not, the CPU is all there is."""
    return any(True for _ in metadata.entry_points(group="jax_plugins"))


def has_started() -> bool:
    """Whether JAX has looked for its devices, so that their number is fixed."""
    if "jax" not in sys.modules:
        return False
    number = jax.config.jax_num_cpu_devices  # type: ignore[attr-defined]
    try:
        jax.config.update("jax_num_cpu_devices", max(number, 0) + 1)
    except RuntimeError:
        return True
    jax.config.update("jax_num_cpu_devices", number)
    return False


def divide_cpu(number: int) -> None:
    """Let JAX see the CPU as so many devices. Raises RuntimeError where it has looked for them already."""
    jax.config.update("jax_num_cpu_devices", number)


def memory_of_machine() -> int:
    """Bytes of physical memory; where the system does not say, more than any machine has.

    >>> memory_of_machine() > 2**20
    True
    """
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 2**62


def on_device(array: Any) -> Any:
    """A copy of a NumPy array that lies on the default device. Arrays of objects stay as they are."""
    return placed(np.array(array))


def placed(array: np.ndarray) -> Any:
    """An array that nobody writes to, on the default device. Arrays of objects stay as they are."""
    if array.dtype == object:
        return array
    with x64():
        return jax.device_put(array)
