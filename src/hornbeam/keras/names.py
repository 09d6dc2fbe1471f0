"""Keras's public names: `@keras_export("layers.Dense")` makes the class below `keras.layers.Dense`.

A folder that is a namespace (`keras/layers/__init__.py`) answers with `__getattr__ = namespace_of(__name__)`.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable
from typing import Any, TypeVar

from hornbeam import namespace
from hornbeam.graph.names import names_v2, public

Item = TypeVar("Item")


def keras_export(*names: str) -> Callable[[Item], Item]:
    """Decorator: the function or class below is public as `keras.` and each of these names."""
    return public(v2=[f"keras.{name}" for name in names])


def namespace_of(module_name: str) -> Callable[[str], Any]:
    """The `__getattr__` of a folder that is a namespace: `hornbeam.keras.layers` finds `keras.layers.*`."""
    prefix = module_name.partition(".")[2] + "."

    def find(name: str) -> Any:
        return namespace.find(sys.modules[module_name], module_name, prefix, names_v2, namespace.as_it_is, name)

    module = sys.modules[module_name]
    module.__dir__ = lambda: sorted({*vars(module), *namespace.names_below(prefix, names_v2)})
    return find


def load_public_names(package: str = "hornbeam.keras") -> None:
    """Import every module below the package, so that the namespaces know what they declare."""
    for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        importlib.import_module(module.name)
