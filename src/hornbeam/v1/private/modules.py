"""Modules that are imported when they are first used: `tensorflow.python.util.lazy_loader`; and the machine's devices,
`tensorflow.python.client.device_lib`."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any, NamedTuple

from hornbeam.backend.devices import device_attributes


class LazyLoader(ModuleType):
    """The module `name`, imported when something of it is first asked for; then `local_name` of the importing module
    is the module itself."""

    def __init__(self, local_name: str, parent_module_globals: dict[str, Any], name: str,
                 warning: str | None = None) -> None:
        super().__init__(name)
        self.__dict__.update(_local=local_name, _globals=parent_module_globals, _warning=warning)

    def __getattr__(self, item: str) -> Any:
        module = importlib.import_module(self.__name__)
        self.__dict__["_globals"][self.__dict__["_local"]] = module
        self.__dict__.update(module.__dict__)
        return getattr(module, item)

    def __dir__(self) -> list[str]:
        return dir(importlib.import_module(self.__name__))


class LocalDevice(NamedTuple):
    """A device of this machine; `memory_limit` in bytes, 0 where it is not known."""

    name: str
    device_type: str
    memory_limit: int = 0
    incarnation: int = 0
    physical_device_desc: str = ""


def list_local_devices(session_config: Any = None) -> list[LocalDevice]:
    """The devices of this machine: the CPU, then what accelerators there are.

    >>> list_local_devices()[0].name
    '/device:CPU:0'
    """
    return [LocalDevice(found.name[found.name.index("/device:"):], found.device_type, found.memory_limit_bytes)
            for found in device_attributes()]
