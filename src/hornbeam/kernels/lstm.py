"""An LSTM over a whole sequence, and its gradient, as one kernel each: no loop of XLA's.

The forward kernel multiplies inputs and states by the weights and passes the gates on at once. That of the gradient
goes back through the steps; the gradients of inputs and weights are then one product each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp
from hornbeam.kernels.matmul import product
from hornbeam.kernels.selection import Kernel, forced, kernel
from hornbeam.ops import recurrent

FEW_ROWS, MANY_WEIGHTS = 64, 1 << 17
"""So few rows of a batch, of all steps together, do not pay for laying out so many weights."""


def pays(x: Any, weights: int) -> bool:
    """Whether a kernel is worth it for inputs x [steps, batch, n] and so many weights."""
    return forced() or x.shape[0] * x.shape[1] >= FEW_ROWS or weights < MANY_WEIGHTS


def _suits(args: Sequence[Any], attrs: dict[str, Any]) -> bool:
    """Whether the kernels compute this, float32 without peepholes and bound, and are worth it.

    Measured against XLA's loop: the forward form is 1.2 to 3.3 times as fast, its gradient 1.1 to 2.4 times (batches of
    1 to 256, 16 to 512 units); a batch of 1 or 2 with few steps and many weights is faster as XLA has it.
    """
    x, cs_prev, w = args[1], args[2], args[4]
    if x.dtype != np.float32 or not x.size or not cs_prev.size or attrs["use_peephole"] \
            or attrs.get("cell_clip", 0) > 0:
        return False
    return pays(x, w.size)


def _forward(forget: int) -> Callable[..., Any]:
    """forget: the place of the forget gate."""
    def run(seq_len_max: Any, x: Any, cs_prev: Any, h_prev: Any, w: Any, wci: Any, wcf: Any, wco: Any, b: Any, *,
            forget_bias: float = 0.0, **_: Any) -> Sequence[Any]:
        like = jax.ShapeDtypeStruct((*x.shape[:2], cs_prev.shape[1]), np.float32)
        call = jax.ffi.ffi_call("hornbeam_lstm", (like,) * 7)
        return call(jnp.asarray(seq_len_max, jnp.int32), x, cs_prev, h_prev, w, b, forget=np.int64(forget),
                    forget_bias=np.float32(forget_bias))

    return run


def _backward(forget: int) -> Callable[..., Any]:
    def run(seq_len_max: Any, x: Any, cs_prev: Any, h_prev: Any, w: Any, wci: Any, wcf: Any, wco: Any, b: Any, i: Any,
            cs: Any, f: Any, o: Any, ci: Any, co: Any, h: Any, cs_grad: Any, h_grad: Any, **_: Any) -> tuple[Any, ...]:
        like = [jax.ShapeDtypeStruct(dims, np.float32)
                for dims in ((*x.shape[:2], w.shape[1]), cs_prev.shape, cs_prev.shape, b.shape)]
        dz, dcs_prev, dh_prev, db = jax.ffi.ffi_call("hornbeam_lstm_gradient", like)(
            jnp.asarray(seq_len_max, jnp.int32), x, cs_prev, w, i, cs, f, o, ci, co, cs_grad, h_grad,
            forget=np.int64(forget))
        dx, dw = recurrent.gradients_of_inputs(x, h_prev, w, h, dz, product)
        return dx, dcs_prev, dh_prev, dw, *(jnp.zeros_like(d) for d in (wci, wcf, wco)), db

    return run


def _rule(run: Kernel) -> Callable[[Sequence[Any], dict[str, Any]], Kernel | None]:
    return lambda args, attrs: run if _suits(args, attrs) else None


for _op, _run in ((recurrent.block_lstm, _forward(2)), (recurrent.block_lstm_v2, _forward(1)),
                  (recurrent.block_lstm_grad, _backward(2)), (recurrent.block_lstm_grad_v2, _backward(1))):
    kernel(_op)(_rule(_run))
