"""Traces without inner `jit`: what an op's function calls becomes part of the op's own program.

Nearly every function of `jax.numpy` is jitted. Traced into a program that is compiled as a whole, such a call gains
nothing, and costs 0.4 ms at each new shape: tracing `x + x` takes 0.25 ms without it and 0.7 with it.
"""

from __future__ import annotations

from contextlib import AbstractContextManager

from hornbeam.backend.lazy import jax


def inlined() -> AbstractContextManager[None]:
    """A context in which jitted functions are traced as plain ones; entered around the functions of ops."""
    return jax.disable_jit()


def looped() -> AbstractContextManager[None]:
    """A context, within `inlined`, in which `lax.scan` stays a loop: JAX unrolls it otherwise."""
    return jax.disable_jit(False)
