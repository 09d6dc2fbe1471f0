"""TensorFlow 1's namespace: `import hornbeam.v1 as tf` builds graphs where no input says otherwise.

The names come from what public objects declare; `adapters/` holds what TF1 spells otherwise.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

from hornbeam import namespace
from hornbeam.graph import names
from hornbeam.load import load_public_names
from hornbeam.v1.names import packages_below

load_public_names(*(p for p in packages_below(__name__, __path__) if ".examples" not in p))


def __getattr__(name: str) -> Any:
    if name == "keras":
        return importlib.import_module("hornbeam.keras")
    return namespace.find(sys.modules[__name__], __name__, "", names.names_v1, namespace.graph_first, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *namespace.names_below("", names.names_v1), "keras"})
