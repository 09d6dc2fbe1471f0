"""Folders below `v1` that are public namespaces: `hornbeam.v1.layers` finds what is public as `layers.*`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from hornbeam import namespace
from hornbeam.graph.names import names_v1


def namespace_of(module_name: str) -> Callable[[str], Any]:
    """The `__getattr__` of such a folder (`__getattr__ = namespace_of(__name__)`)."""
    prefix = module_name.partition(".v1.")[2] + "."
    module = sys.modules[module_name]

    def find(name: str) -> Any:
        return namespace.find(module, module_name, prefix, names_v1, namespace.graph_first, name)

    module.__dir__ = lambda: sorted(namespace.names_below(prefix, names_v1))  # type: ignore[method-assign]
    return find
