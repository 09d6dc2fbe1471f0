"""Batch normalisation in training, and its gradient: two passes over the images each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp
from hornbeam.kernels.selection import Kernel, computes_in, forced, kernel
from hornbeam.ops.normalization import batch_norm_gradients, batch_norms, kept_variance

FEWEST_CHANNELS, SMALL = 16, 1 << 15


def _suits(x: Any, scale: Any, attrs: dict[str, Any]) -> bool:
    """Whether the kernels compute this, and are worth it: not for few numbers, nor few channels."""
    if not (attrs["is_training"] and attrs["data_format"].endswith("C") and computes_in(x.dtype)
            and scale.dtype == np.float32 and x.size):
        return False
    return forced() or (x.size > SMALL and x.shape[-1] >= FEWEST_CHANNELS)


def _forward_suits(args: Sequence[Any], attrs: dict[str, Any]) -> bool:
    return _suits(args[0], args[1], attrs) and attrs["exponential_avg_factor"] == 1


@kernel(*batch_norms[:2])
def _(args: Sequence[Any], attrs: dict[str, Any]) -> Kernel | None:
    return _forward if _forward_suits(args, attrs) else None


@kernel(batch_norms[2])
def _(args: Sequence[Any], attrs: dict[str, Any]) -> Kernel | None:
    return _forward_v3 if _forward_suits(args, attrs) else None


def _forward_v3(*args: Any, **attrs: Any) -> tuple[Any, ...]:
    return *_forward(*args, **attrs), jnp.zeros((), args[1].dtype)


def _forward(x: Any, scale: Any, offset: Any, *_: Any, epsilon: float, **__: Any) -> tuple[Any, ...]:
    y, mean, variance = _call("hornbeam_batch_norm", x, scale, offset, like=x, epsilon=epsilon)
    return y, mean, kept_variance(variance, x.size // scale.size), mean, variance


@kernel(*batch_norm_gradients)
def _(args: Sequence[Any], attrs: dict[str, Any]) -> Kernel | None:
    return _backward if _suits(args[1], args[2], attrs) else None


def _backward(dy: Any, x: Any, scale: Any, mean: Any, variance: Any, *_: Any, epsilon: float,
              **__: Any) -> tuple[Any, ...]:
    found = _call("hornbeam_batch_norm_gradient", dy, x, scale, mean, variance, like=x, epsilon=epsilon)
    empty = jnp.zeros((0,), scale.dtype)
    return (*found, empty, empty)


def _call(target: str, *arrays: Any, like: Any, epsilon: float) -> Sequence[Any]:
    """The results of a handler: images like those given, and two numbers a channel."""
    vector = jax.ShapeDtypeStruct(like.shape[-1:], np.float32)
    results = (jax.ShapeDtypeStruct(like.shape, like.dtype), vector, vector)
    return jax.ffi.ffi_call(target, results)(*arrays, epsilon=np.float32(epsilon))
