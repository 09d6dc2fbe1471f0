"""Updates of variables: one pass over each, in place, that XLA need not compile anew for every shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax
from hornbeam.kernels.selection import Kernel, kernel
from hornbeam.ops.training import apply_adam


@kernel(apply_adam)
def _(args: Sequence[Any], attrs: dict[str, Any]) -> Kernel | None:
    var = args[0]
    same = all(a.shape == var.shape for a in (*args[1:3], args[-1]))
    scalars = all(a.shape == () for a in args[3:-1])
    return adam if var.size and same and scalars and all(a.dtype == np.float32 for a in args) else None


def adam(*args: Any, use_nesterov: bool = False, use_locking: bool = False) -> tuple[Any, ...]:
    """What `ApplyAdam` computes, of float32 arrays of one shape."""
    like = jax.ShapeDtypeStruct(args[0].shape, np.float32)
    call = jax.ffi.ffi_call("hornbeam_adam", (like, like, like), input_output_aliases={0: 0, 1: 1, 2: 2})
    return tuple(call(*args, use_nesterov=bool(use_nesterov)))
