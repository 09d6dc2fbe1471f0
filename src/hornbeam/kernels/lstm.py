"""An LSTM over a whole sequence, and its gradient, as one kernel each: no loop of XLA's.

The forward kernel multiplies inputs and states by the weights and passes the gates on at once. That of the gradient
goes back through the steps; the gradients of inputs and weights are then one product each.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp
from hornbeam.kernels.matmul import product
from hornbeam.kernels.selection import Kernel, kernel
from hornbeam.ops import recurrent


def _suits(args: Sequence[Any], attrs: dict[str, Any]) -> bool:
    """Whether the kernels compute this: float32, nothing empty, neither peepholes nor a bound.

    Measured against XLA's loop (see `tests/kernels/test_lstm.py` for the shapes): faster for every size.
    """
    x, cs_prev = args[1:3]
    return x.dtype == np.float32 and math.prod((*x.shape, *cs_prev.shape)) > 0 and not attrs["use_peephole"] \
        and attrs.get("cell_clip", 0.0) <= 0


def _forward(forget: int) -> Callable[..., Any]:
    """forget: the place of the forget gate."""
    def run(seq_len_max: Any, x: Any, cs_prev: Any, h_prev: Any, w: Any, wci: Any, wcf: Any, wco: Any, b: Any, *,
            forget_bias: float = 0.0, **_: Any) -> list[Any]:
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
