"""The 64-bit scope: Hornbeam has int64 and float64, the process's own JAX code keeps its setting."""

from __future__ import annotations

from hornbeam.backend.lazy import jax


def x64():
    """A context in which JAX keeps 64-bit types; entered around every trace and call that Hornbeam makes.

    Outside it a float64 array handed to a jitted function is cut to float32 with only a warning.
    """
    return jax.enable_x64(True)
