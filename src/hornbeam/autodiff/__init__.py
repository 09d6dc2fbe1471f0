"""Gradients: one traversal of recorded calls, backwards. Read `reverse.py` first, then `tape.py`."""

from __future__ import annotations

import sys
from typing import Any

from hornbeam.graph import names


def __getattr__(name: str) -> Any:
    """TensorFlow 2's names of this namespace: the folder and `tf.autodiff` share their name."""
    found = names.names_v2.get(f"autodiff.{name}")
    if found is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    setattr(sys.modules[__name__], name, found.target)
    return found.target
