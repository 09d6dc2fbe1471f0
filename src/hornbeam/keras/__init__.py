"""Keras: layers, models, training. The folders are Keras's public namespaces; all stands on Hornbeam's public ops.

Objects say their names where they are defined (`keras/names.py`).
"""

from __future__ import annotations

import sys
from typing import Any

from hornbeam import namespace
from hornbeam.graph import names
from hornbeam.keras.layers import keras1_arguments
from hornbeam.keras.names import load_public_names

load_public_names()
keras1_arguments.take_keras_1_arguments()


def __getattr__(name: str) -> Any:
    return namespace.find(sys.modules[__name__], __name__, "keras.", names.names_v2, namespace.as_it_is, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *namespace.names_below("keras.", names.names_v2)})
