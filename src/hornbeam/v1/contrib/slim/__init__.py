"""`tf.contrib.slim`: layers, variables and argument scopes of contrib under short names, with losses and loops."""

import importlib
from typing import Any

from hornbeam.v1.names import namespace_of

_find = namespace_of(__name__)


def __getattr__(name: str) -> Any:
    if name in ("losses", "metrics"):
        return getattr(importlib.import_module("hornbeam.v1.contrib"), name)
    return _find(name)
