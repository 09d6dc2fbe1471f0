"""TensorFlow 1's namespace: `import hornbeam.v1 as tf` builds graphs where no input says otherwise.

The names come from what public objects declare; `adapters/` holds what TF1 spells otherwise.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

from hornbeam import namespace
from hornbeam.graph import names
from hornbeam.load import LATER_OF_V1, load_later

if not names.names_v1.later:  # before the first `make api`
    load_later(*LATER_OF_V1)


def __getattr__(name: str) -> Any:
    if name == "keras":
        return importlib.import_module("hornbeam.keras")
    return namespace.find(sys.modules[__name__], __name__, "", names.names_v1, namespace.graph_first, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *namespace.names_below("", names.names_v1), "keras"})
