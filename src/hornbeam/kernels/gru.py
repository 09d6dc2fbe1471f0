"""A GRU over a whole sequence, and its gradient, as one kernel each, as `lstm.py` has it for LSTMs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax
from hornbeam.kernels.lstm import pays
from hornbeam.kernels.matmul import product
from hornbeam.kernels.selection import Kernel, kernel
from hornbeam.ops import recurrent


def _suits(args: Sequence[Any]) -> bool:
    x, h_prev, w, u = args[:4]
    return x.dtype == np.float32 and bool(x.size and h_prev.size) and pays(x, w.size + u.size)


@kernel(recurrent.block_gru)
def _(args: Sequence[Any], attrs: dict[str, Any]) -> Kernel | None:
    return _forward if _suits(args) else None


@kernel(recurrent.block_gru_grad)
def _(args: Sequence[Any], attrs: dict[str, Any]) -> Kernel | None:
    return _backward if _suits(args) else None


def _forward(x: Any, h_prev: Any, w: Any, u: Any, b: Any, b_state: Any, *, reset_after: bool) -> Sequence[Any]:
    like = jax.ShapeDtypeStruct((*x.shape[:2], h_prev.shape[1]), np.float32)
    return jax.ffi.ffi_call("hornbeam_gru", (like,) * 5)(x, h_prev, w, u, b, b_state, after=bool(reset_after))


def _backward(x: Any, h_prev: Any, w: Any, u: Any, b: Any, b_state: Any, z: Any, r: Any, q: Any, g: Any, h: Any,
              h_grad: Any, *, reset_after: bool) -> tuple[Any, ...]:
    wide = (*x.shape[:2], u.shape[1])
    like = [jax.ShapeDtypeStruct(dims, np.float32)
            for dims in (wide, wide if reset_after else (0,), h_prev.shape, b.shape, b.shape)]
    from_inputs, from_state, dh_prev, db, db_state = jax.ffi.ffi_call("hornbeam_gru_gradient", like)(
        x, h_prev, u, z, r, q, g, h, h_grad, after=bool(reset_after))
    dx, dw, du = recurrent.gradients_of_gru(x, h_prev, w, q, h, from_inputs,
                                            from_state if reset_after else from_inputs, reset_after, product)
    return dx, dh_prev, dw, du, db, db_state
