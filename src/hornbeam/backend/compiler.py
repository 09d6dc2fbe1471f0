"""Compiling: the one place that calls `jax.jit`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from hornbeam.backend.cache import use_persistent_cache
from hornbeam.backend.lazy import jax
from hornbeam.backend.memory import keep_memory

_deterministic = {"asked": False}


def compile_deterministic_programs() -> None:
    """From here on programs give the same bits each time; on GPUs some get slower. The CPU's always do."""
    _deterministic["asked"] = True
    _options.cache_clear()


@functools.cache
def _options() -> dict[str, Any] | None:
    """XLA's options for this platform.

    On the CPU LLVM optimizes at level 1: level 2 takes a sixth longer to compile a training step and gives programs
    that are no faster (Adam, softmax, layer normalisation, reductions, pooling, gathers measured).
    `xla_cpu_copy_insertion_use_region_analysis` would save a tenth of a step's time; it gives wrong values in nested
    loops (jaxlib 0.10). Products are fused with nothing: the sum of a product by a constant matrix, as one kernel of
    XLA's, reads memory that nobody wrote (jaxlib 0.10); such fusions were no faster.
    """
    platform = jax.default_backend()
    if platform == "gpu" and _deterministic["asked"]:
        return {"xla_gpu_deterministic_ops": True}
    if platform != "cpu":
        return None
    options = {"xla_backend_optimization_level": 1}
    unfused = {"xla_cpu_experimental_ynn_fusion_type": "LIBRARY_FUSION_TYPE_INDIVIDUAL_DOT"}
    return options | unfused if jax.__version__.startswith("0.10.") or _are_known(unfused) else options


def _are_known(options: dict[str, Any]) -> bool:
    """Whether this XLA has these options."""
    try:
        jax.jit(lambda: 0.0, compiler_options=options).lower().compile()
    except (RuntimeError, ValueError):
        return False
    return True


def compiled(function: Callable[..., Any], donate: Sequence[int] = ()) -> Callable[..., Any]:
    """`function`, compiled for each set of shapes it is called with; `donate`: arguments it may overwrite."""
    keep_memory()
    use_persistent_cache()
    return jax.jit(function, donate_argnums=tuple(donate), compiler_options=_options())
