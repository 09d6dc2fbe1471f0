"""Data sets: finding their files, checking them, reading them. `mnist` is the first one."""

from __future__ import annotations

import sys
from typing import Any

from hornbeam import namespace
from hornbeam.graph import names


def __getattr__(name: str) -> Any:
    """TensorFlow 2's names of this namespace: the folder and `tf.data` share their name."""
    return namespace.find(sys.modules[__name__], __name__, "data.", names.names_v2, namespace.as_it_is, name)
