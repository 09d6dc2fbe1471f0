"""Linear algebra as TensorFlow 1 spells it: retired names of arguments and functions."""

from __future__ import annotations

from typing import Any

from hornbeam.graph.names import public
from hornbeam.ops import norms


@public(v1=("norm", "linalg.norm"))
def norm(tensor: Any, ord: Any = "euclidean", axis: Any = None, keepdims: bool | None = None,
         name: str | None = None, keep_dims: bool | None = None) -> Any:
    """The norm of vectors or matrices; see the function of TensorFlow 2. keep_dims: the retired name of `keepdims`."""
    if keep_dims is not None and keepdims is not None:
        raise ValueError("Cannot specify both 'keep_dims' and 'keepdims'.")
    return norms.norm(tensor, ord, axis, keep_dims if keepdims is None else keepdims, name)
