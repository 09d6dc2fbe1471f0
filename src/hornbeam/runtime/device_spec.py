"""`DeviceSpec`: a device's name in parts, `/job:worker/replica:0/task:1/device:GPU:0`, each of which may be open."""

from __future__ import annotations

from typing import Any

from hornbeam.graph.names import public

_PARTS = ("job", "replica", "task", "device_type", "device_index")


def _parsed(spec: str) -> dict[str, Any]:
    """The parts that a name says. Raises ValueError for unknown parts and several devices."""
    found: dict[str, Any] = {}
    for part in filter(None, (spec or "").split("/")):
        words = part.split(":")
        key = words[0]
        if key in ("job", "replica", "task") and len(words) == 2:
            found[key] = words[1]
            continue
        upper = key.upper() if len(words) == 2 and key.lower() in ("cpu", "gpu", "tpu") else None
        if upper is None and not (key == "device" and len(words) == 3):
            raise ValueError(f"Unknown attribute '{key}' is encountered while parsing the device spec: '{spec}'.")
        if "device_type" in found:
            raise ValueError(f"Multiple device types are not allowed while parsing the device spec: {spec}.")
        found["device_type"] = upper or words[1]
        found["device_index"] = None if words[-1] == "*" else words[-1]
    return found


@public(v2=("DeviceSpec",))
class DeviceSpec:
    """A device's name in parts; None leaves one open. `device()` takes it where it takes a name.

    job, device_type: texts. replica, task, device_index: integers. Raises ValueError for what is no integer.

    >>> DeviceSpec.from_string("/job:w/gpu:0").to_string()
    '/job:w/device:GPU:0'
    """

    def __init__(self, job: Any = None, replica: Any = None, task: Any = None, device_type: Any = None,
                 device_index: Any = None) -> None:
        self._job = None if job is None else str(job)
        self._replica, self._task, self._device_index = (
            None if number is None else int(number) for number in (replica, task, device_index))
        self._device_type = None if device_type is None else str(device_type).upper()

    @classmethod
    def from_string(cls, spec: str) -> DeviceSpec:
        """The parts of a name. Raises ValueError for a malformed one."""
        return cls(**_parsed(spec))

    def parse_from_string(self, spec: str) -> DeviceSpec:
        """The same as `from_string`."""
        return self.from_string(spec)

    def to_string(self) -> str:
        """The name."""
        parts = [f"/{key}:{value}" for key, value in (("job", self._job), ("replica", self._replica),
                                                      ("task", self._task)) if value is not None]
        if self._device_type is not None:
            parts.append(f"/device:{self._device_type}:{'*' if self._device_index is None else self._device_index}")
        return "".join(parts)

    def make_merged_spec(self, dev: DeviceSpec) -> DeviceSpec:
        """The parts of `dev`, and this spec's where it leaves them open."""
        return type(self)(*(mine if other is None else other
                            for mine, other in zip(self._values(), dev._values(), strict=True)))

    def replace(self, **kwargs: Any) -> DeviceSpec:
        """A spec with some parts changed."""
        return type(self)(**{**dict(zip(_PARTS, self._values(), strict=True)), **kwargs})

    def _values(self) -> tuple[Any, ...]:
        return self._job, self._replica, self._task, self._device_type, self._device_index

    @property
    def job(self) -> str | None:
        """The job's name."""
        return self._job

    @property
    def replica(self) -> int | None:
        """The number of the replica."""
        return self._replica

    @property
    def task(self) -> int | None:
        """The number of the task."""
        return self._task

    @property
    def device_type(self) -> str | None:
        """"CPU", "GPU", …."""
        return self._device_type

    @property
    def device_index(self) -> int | None:
        """The number of the device among those of its type."""
        return self._device_index

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other._values() == self._values()  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        said = zip(_PARTS, self._values(), strict=True)
        return f"<DeviceSpec({', '.join(f'{key}={value}' for key, value in said if value is not None)})>"


def _settable(part: str) -> property:
    held = getattr(DeviceSpec, part)

    def change(self: DeviceSpec, value: Any) -> None:
        DeviceSpec.__init__(self, **{**dict(zip(_PARTS, self._values(), strict=True)), part: value})

    return property(held.fget, change, doc=held.__doc__)


@public(v1=("DeviceSpec",))
class DeviceSpecV1(DeviceSpec):
    """A `DeviceSpec` whose parts can be set."""

    job, replica, task = _settable("job"), _settable("replica"), _settable("task")
    device_type, device_index = _settable("device_type"), _settable("device_index")
    __hash__ = DeviceSpec.__hash__

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other)

    def parse_from_string(self, spec: str) -> DeviceSpecV1:
        """Become what a name says, and nothing besides."""
        DeviceSpec.__init__(self, **_parsed(spec))
        return self

    def merge_from(self, dev: DeviceSpec) -> None:
        """Take over the parts that `dev` says."""
        DeviceSpec.__init__(self, *self.make_merged_spec(dev)._values())
