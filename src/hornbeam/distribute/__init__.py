"""Strategies, which say on which devices a program trains. There is one device, so each has one replica."""

from __future__ import annotations

import sys
from typing import Any

from hornbeam import namespace
from hornbeam.graph import names


def __getattr__(name: str) -> Any:
    """TensorFlow 2's names of this namespace: the folder and `tf.distribute` share their name."""
    return namespace.find(sys.modules[__name__], __name__, "distribute.", names.names_v2, namespace.as_it_is, name)
