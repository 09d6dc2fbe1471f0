"""Devices that operations ask for: what is not there is refused, unless the session places softly."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hornbeam.graph.errors import InvalidArgumentError
from hornbeam.graph.graph import merge_devices
from hornbeam.graph.operation import Operation
from hornbeam.runtime.physical_devices import list_logical_devices
from hornbeam.runtime.process_options import get_soft_device_placement


def _present() -> frozenset[str]:
    """`CPU:0`, `GPU:0`, … of this process, as far as they are visible."""
    return frozenset(d.name.rpartition("/device:")[2] for d in list_logical_devices())


def check_devices(ops: Iterable[Operation], config: Any) -> None:
    """Raise InvalidArgumentError for the first operation that asks for a device which is not there.

    `ConfigProto(allow_soft_placement=True)` lets it run on the device that is. Jobs and tasks are not looked at.
    """
    if getattr(config, "allow_soft_placement", False):
        return
    for op in ops:
        if op.device:
            wanted = op.device.rpartition("/device:")[2] if "/device:" in op.device else ""
            if wanted and not wanted.startswith("CPU") and wanted not in _present():
                names = ", ".join(f"/job:localhost/replica:0/task:0/device:{d}" for d in sorted(_present()))
                raise InvalidArgumentError(
                    None, op, f"Cannot assign a device for operation {op.name}: {{{{node {op.name}}}}} was explicitly "
                    f"assigned to {op.device} but available devices are [ {names} ]. Make sure the device "
                    "specification refers to a valid device, or set allow_soft_placement=True in the ConfigProto.")


def refuse_absent(name: str) -> None:
    """Raise InvalidArgumentError for the name of a device that is not there, unless placement is soft.

    For calls that run at once and traced functions. Raises ValueError for a malformed name.
    """
    wanted = merge_devices([name]).rpartition("/device:")[2]
    if wanted and ":" in wanted and not wanted.endswith("*") and not get_soft_device_placement():
        present = sorted(_present())
        if wanted not in present:
            names = ", ".join(f"/job:localhost/replica:0/task:0/device:{d}" for d in present)
            raise InvalidArgumentError(None, None, "Could not satisfy device specification "
                                       f"'/job:localhost/replica:0/task:0/device:{wanted}'. enable_soft_placement=0. "
                                       f"All available devices [{names}].")
