"""`config`: the machine's devices, which of them are used, and how the CPU is divided.

A physical device is what the machine has, a logical one what programs place operations on. The CPU is one physical
device; `set_logical_device_configuration` divides it into several before anything has run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from hornbeam.backend import devices
from hornbeam.backend.lazy import jax
from hornbeam.backend.x64 import also
from hornbeam.graph.names import public


@public("config.PhysicalDevice")
class PhysicalDevice(NamedTuple):
    """A device of this machine."""

    name: str
    device_type: str


@public("config.LogicalDevice")
class LogicalDevice(NamedTuple):
    """A device that operations can be placed on."""

    name: str
    device_type: str


@public("config.LogicalDeviceConfiguration", "config.experimental.VirtualDeviceConfiguration")
class LogicalDeviceConfiguration(NamedTuple):
    """One part of a divided device: its memory in megabytes, and what orders GPUs' streams. All are kept."""

    memory_limit: int | None = None
    experimental_priority: int | None = None
    experimental_device_ordinal: int | None = None


class _Choice:
    """What the program asked for."""

    def __init__(self) -> None:
        self.visible: list[PhysicalDevice] | None = None
        self.divided: dict[PhysicalDevice, list[LogicalDeviceConfiguration]] = {}
        self.growth: dict[PhysicalDevice, bool] = {}
        self.peaks: dict[str, tuple[int, int]] = {}


_chosen = _Choice()
_CPU = PhysicalDevice("/physical_device:CPU:0", "CPU")


def _accelerators() -> list[PhysicalDevice]:
    """What JAX finds besides the CPU. It is not asked where nothing is installed that could find any."""
    if not devices.has_accelerator_plugin():
        return []
    names = [name for name in devices.jax_devices() if not name.startswith("CPU")]
    return [PhysicalDevice(f"/physical_device:{name}", name.partition(":")[0]) for name in names]


def _of_type(found: Sequence[Any], device_type: Any) -> list[Any]:
    return [d for d in found if device_type is None or d.device_type == device_type]


@public("config.list_physical_devices", "config.experimental.list_physical_devices")
def list_physical_devices(device_type: str | None = None) -> list[PhysicalDevice]:
    """The devices of this machine, of one type ("CPU", "GPU") or all. Nothing is started for the CPU.

    >>> list_physical_devices("CPU")
    [PhysicalDevice(name='/physical_device:CPU:0', device_type='CPU')]
    """
    return [_CPU] if device_type == "CPU" else _of_type([_CPU, *_accelerators()], device_type)


def _known(device: Any) -> PhysicalDevice:
    if device not in list_physical_devices(getattr(device, "device_type", None)):
        raise ValueError(f"Unrecognized device: {device!r}")
    return device


@public("config.get_visible_devices", "config.experimental.get_visible_devices")
def get_visible_devices(device_type: str | None = None) -> list[PhysicalDevice]:
    """The devices that are used, of one type or all."""
    return _of_type(list_physical_devices() if _chosen.visible is None else _chosen.visible, device_type)


@public("config.set_visible_devices", "config.experimental.set_visible_devices")
def set_visible_devices(devices: Any, device_type: str | None = None) -> None:
    """Use these devices of a type (of all types by default) and no others; [] hides them all.

    Where accelerators are hidden the CPU computes, within Hornbeam alone. Raises ValueError for what is not a device
    of this machine or not of `device_type`.
    """
    wanted = [devices] if isinstance(devices, PhysicalDevice) else list(devices)
    for device in wanted:
        _known(device)
        if device_type is not None and device.device_type != device_type:
            raise ValueError(f"Unrecognized device: {device!r}")
    others = [] if device_type is None else [d for d in get_visible_devices() if d.device_type != device_type]
    _chosen.visible = [*others, *wanted]
    also("default device", _on_first_visible if _accelerators() else None)


def _on_first_visible() -> Any:
    """The scope in which JAX computes on the first accelerator that is visible, else on the CPU."""
    visible = get_visible_devices()
    first = next((d for d in visible if d.device_type != "CPU"), _CPU)
    return jax.default_device(devices.jax_devices()[first.name.rpartition("physical_device:")[2]])


@public("config.list_logical_devices", "config.experimental.list_logical_devices")
def list_logical_devices(device_type: str | None = None) -> list[LogicalDevice]:
    """The devices that operations can be placed on: the parts of the visible ones. Starts them."""
    kinds = [d.device_type for d in get_visible_devices()]
    hidden = {d.name.rpartition("physical_device:")[2] for d in list_physical_devices()
              if d.device_type != "CPU" and d not in get_visible_devices()}
    found = [LogicalDevice(f"/device:{name}", name.partition(":")[0]) for name in devices.jax_devices()]
    return _of_type([d for d in found if d.device_type in kinds and d.name[8:] not in hidden], device_type)


@public("config.get_logical_device_configuration", "config.experimental.get_virtual_device_configuration")
def get_logical_device_configuration(device: PhysicalDevice) -> list[LogicalDeviceConfiguration] | None:
    """The parts that a device was divided into, or None. Raises ValueError for an unknown device."""
    found = _chosen.divided.get(_known(device))
    return None if found is None else list(found)


@public("config.set_logical_device_configuration", "config.experimental.set_virtual_device_configuration")
def set_logical_device_configuration(device: PhysicalDevice,
                                     logical_devices: Sequence[LogicalDeviceConfiguration] | None) -> None:
    """Divide a device. Of the CPU, as many logical devices as there are entries; of others, one with its options.

    Raises ValueError for unknown devices and options that the CPU has not, RuntimeError where devices are started.
    """
    _known(device)
    wanted = [] if logical_devices is None else list(logical_devices)
    if wanted == _chosen.divided.get(device, []):
        return
    if device in _chosen.growth:
        raise ValueError("Cannot configure virtual devices when memory growth is set")
    if device.device_type == "CPU":
        for option, word in (("memory_limit", "memory limit"), ("experimental_priority", "experimental_priority")):
            if any(getattr(part, option) is not None for part in wanted):
                raise ValueError(f"Setting {word} on CPU virtual devices is currently not supported")
        try:
            devices.divide_cpu(len(wanted) or -1)
        except RuntimeError:
            raise RuntimeError("Virtual devices cannot be modified after being initialized") from None
    elif len(wanted) > 1:
        raise ValueError(f"{device.name} cannot be divided: an accelerator is one logical device here")
    if wanted:
        _chosen.divided[device] = wanted
    else:
        _chosen.divided.pop(device, None)


# What devices tell -----------------------------------------------------------------------------------


@public("config.experimental.get_device_details")
def get_device_details(device: PhysicalDevice) -> dict[str, Any]:
    """What is known of an accelerator: `device_name`, and of NVIDIA's `compute_capability` (major, minor).

    Nothing of the CPU. Raises ValueError for what is no PhysicalDevice.
    """
    if not isinstance(device, PhysicalDevice):
        raise ValueError(f"device must be a tf.config.PhysicalDevice, but got: {device!r}")
    found = None if device.device_type == "CPU" else _jax_device(device.name.rpartition("physical_device:")[2])
    if found is None:
        return {}
    details: dict[str, Any] = {"device_name": found.device_kind}
    capability = getattr(found, "compute_capability", None)
    if capability is not None:
        details["compute_capability"] = tuple(int(part) for part in str(capability).split("."))
    return details


def _jax_device(name: str) -> Any:
    return devices.jax_devices().get(name)


@public("config.experimental.get_memory_growth")
def get_memory_growth(device: PhysicalDevice) -> bool:
    """What `set_memory_growth` said, else False. Raises ValueError for an unknown device."""
    return _chosen.growth.get(_known(device), False)


@public("config.experimental.set_memory_growth")
def set_memory_growth(device: PhysicalDevice, enable: bool) -> None:
    """Kept: whether JAX takes a GPU's memory at once follows from its own `XLA_PYTHON_CLIENT_PREALLOCATE`.

    Raises ValueError for an unknown device, for the CPU, and for a device that has been divided.
    """
    _known(device)
    if device in _chosen.divided:
        raise ValueError("Cannot set memory growth on device when virtual devices configured")
    if device.device_type == "CPU":
        raise ValueError("Cannot set memory growth on non-GPU and non-Pluggable devices")
    _chosen.growth[device] = bool(enable)


def _memory(device: Any) -> tuple[str, int, int]:
    """The device's name, its bytes in use and the most that ever were."""
    text = str(device)
    kind, _, index = text.rpartition("/")[2].removeprefix("device:").rpartition(":")
    if not kind or not index.isdigit():
        raise ValueError(f"Failed parsing device name: '{text}'. Note a valid device string should at least contain a "
                         "device type and a device index, like \"GPU:0\".")
    name = f"{kind.upper()}:{index}"
    found = devices.jax_devices().get(name, devices)
    if found is devices:
        raise ValueError(f"No matching devices found for '{text}'")
    stats = (found.memory_stats() if found is not None else None) or {}
    return name, int(stats.get("bytes_in_use", 0)), int(stats.get("peak_bytes_in_use", 0))


@public("config.experimental.get_memory_info")
def get_memory_info(device: str) -> dict[str, int]:
    """Bytes of a device ("GPU:0") in use, `current`, and the most since the last reset, `peak`; 0 for the CPU.

    Raises ValueError for a malformed name or a device that is not there.
    """
    name, current, peak = _memory(device)
    before, since = _chosen.peaks.get(name, (-1, 0))
    if peak <= before:  # the most so far was before the reset: what was seen since then counts
        peak = max(since, current)
        _chosen.peaks[name] = before, peak
    return {"current": current, "peak": peak}


@public("config.experimental.get_memory_usage")
def get_memory_usage(device: str) -> int:
    """Bytes of a device in use. Raises ValueError as `get_memory_info` does."""
    return _memory(device)[1]


@public("config.experimental.reset_memory_stats")
def reset_memory_stats(device: str) -> None:
    """Let `get_memory_info`'s peak start again at what is in use now."""
    name, current, peak = _memory(device)
    _chosen.peaks[name] = peak, current
