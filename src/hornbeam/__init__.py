"""Hornbeam: tensors, graphs, gradients and models. `import hornbeam as tf` runs at once, as TensorFlow 2 does;
`import hornbeam.v1 as tf` builds graphs, as TensorFlow 1 does.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

from hornbeam import namespace
from hornbeam.graph import names
from hornbeam.load import AT_ONCE, expect_later_names, load_public_names

__version__ = "0.1.0"

load_public_names(*AT_ONCE)
expect_later_names()


_OF_KERAS = ("callbacks", "initializers", "losses", "metrics", "optimizers")
"""Namespaces that TensorFlow 2 takes over from Keras; reading one imports Keras."""


def __getattr__(name: str) -> Any:
    if name == "keras":
        return importlib.import_module("hornbeam.keras")
    if name in _OF_KERAS:
        return importlib.import_module(f"hornbeam.keras.{name}")
    return namespace.find(sys.modules[__name__], __name__, "", names.names_v2, namespace.as_it_is, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *namespace.names_below("", names.names_v2), "keras", *_OF_KERAS})
