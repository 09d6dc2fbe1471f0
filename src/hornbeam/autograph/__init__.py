"""Python's control flow on tensors, as control flow of graphs.

`source.py` finds a function's syntax tree, `jumps.py` and `transform.py` rewrite it (`scope.py` says which variables
matter), `conversion.py` makes the function; `branches.py` and `loops.py` are what it calls when it runs.
"""

from __future__ import annotations

import sys
from typing import Any

from hornbeam import namespace
from hornbeam.autograph.conversion import convert
from hornbeam.graph import names


def __getattr__(name: str) -> Any:
    """The public names of this namespace: the folder and `tf.autograph` share their name."""
    return namespace.find(sys.modules[__name__], __name__, "autograph.", names.names_v2, namespace.as_it_is, name)


__all__ = ["convert"]
