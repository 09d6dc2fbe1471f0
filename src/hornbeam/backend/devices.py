"""The devices of this process, under TensorFlow's names."""

from __future__ import annotations

import os
from typing import NamedTuple

from hornbeam.backend.lazy import jax


class DeviceAttributes(NamedTuple):
    """One device: `/job:localhost/replica:0/task:0/device:CPU:0`, its type, and its memory in bytes (0: unknown)."""

    name: str
    device_type: str
    memory_limit_bytes: int
    incarnation: int = 0


def device_attributes() -> list[DeviceAttributes]:
    """The CPU, then what accelerators JAX finds."""
    found = [DeviceAttributes("/job:localhost/replica:0/task:0/device:CPU:0", "CPU", 0)]
    counts: dict[str, int] = {}
    for device in jax.local_devices():
        kind = device.platform.upper()
        if kind == "CPU":
            continue
        index = counts.get(kind, 0)
        counts[kind] = index + 1
        stats = device.memory_stats() or {}
        found.append(DeviceAttributes(f"/job:localhost/replica:0/task:0/device:{kind}:{index}", kind,
                                      int(stats.get("bytes_limit", 0))))
    return found


def memory_of_machine() -> int:
    """Bytes of physical memory; where the system does not say, more than any machine has.

    >>> memory_of_machine() > 2**20
    True
    """
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 2**62
