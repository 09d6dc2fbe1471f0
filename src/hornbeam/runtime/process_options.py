"""`config`: options of the whole process: threads, numbers' precision, determinism, and what TensorFlow's own
compilers and schedulers are told, which is kept and changes nothing.
"""

from __future__ import annotations

import os
from typing import Any

from hornbeam.backend import devices
from hornbeam.backend.compiler import compile_deterministic_programs
from hornbeam.backend.lazy import jax
from hornbeam.backend.x64 import also
from hornbeam.graph import seeds
from hornbeam.graph.names import public

_REWRITES = frozenset((
    "layout_optimizer", "constant_folding", "shape_optimization", "remapping", "arithmetic_optimization",
    "dependency_optimization", "loop_optimization", "function_optimization", "debug_stripper",
    "disable_model_pruning", "scoped_allocator_optimization", "pin_to_host_optimization", "implementation_selector",
    "auto_mixed_precision", "disable_meta_optimizer", "auto_mixed_precision_onednn_bfloat16",
    "auto_mixed_precision_mkl", "use_plugin_optimizers"))
_POLICIES = ("silent", "silent_for_int32", "warn", "explicit", None)


class _Options:
    """What the program asked for."""

    def __init__(self) -> None:
        self.threads = {"inter": 0, "intra": 0}
        self.jit = ""
        self.rewrites: dict[str, Any] = {}
        self.policy = "silent"
        self.synchronous = True
        self.soft_placement = True
        self.tensor_float_32 = True


_options = _Options()


# Threads ---------------------------------------------------------------------------------------------


@public("config.threading.get_intra_op_parallelism_threads")
def get_intra_op_parallelism_threads() -> int:
    """How many threads compute one program; 0 where the machine decides."""
    return _options.threads["intra"]


@public("config.threading.set_intra_op_parallelism_threads")
def set_intra_op_parallelism_threads(num_threads: int) -> None:
    """Let so many threads compute one program on the CPU; 0 lets the machine decide.

    JAX's pool is made of so many as it starts, so RuntimeError is raised where it has started.
    """
    if num_threads == _options.threads["intra"]:
        return
    if devices.has_started():
        raise RuntimeError("Intra op parallelism cannot be modified after initialization.")
    _options.threads["intra"] = num_threads
    if num_threads:
        os.environ["NPROC"] = str(num_threads)  # read once, by XLA's CPU client as it is made
    else:
        os.environ.pop("NPROC", None)


@public("config.threading.get_inter_op_parallelism_threads")
def get_inter_op_parallelism_threads() -> int:
    """What `set_inter_op_parallelism_threads` said, else 0."""
    return _options.threads["inter"]


@public("config.threading.set_inter_op_parallelism_threads")
def set_inter_op_parallelism_threads(num_threads: int) -> None:
    """Kept: a compiled program schedules its operations itself. Raises RuntimeError where something has run."""
    if num_threads == _options.threads["inter"]:
        return
    if devices.has_started():
        raise RuntimeError("Inter op parallelism cannot be modified after initialization.")
    _options.threads["inter"] = num_threads


# What compiles ---------------------------------------------------------------------------------------


@public("config.optimizer.get_jit")
def get_jit() -> str:
    """"autoclustering" where `set_jit` turned that on, else an empty string. Hornbeam compiles either way."""
    return _options.jit


@public("config.optimizer.set_jit")
def set_jit(enabled: bool | str) -> None:
    """Kept: whole programs are compiled by XLA whatever this says."""
    _options.jit = "autoclustering" if enabled is True or enabled == "autoclustering" else ""


@public("config.optimizer.get_experimental_options")
def get_optimizer_experimental_options() -> dict[str, Any]:
    """The options that `set_experimental_options` was given, with the two that have defaults."""
    return {"disable_model_pruning": False, "disable_meta_optimizer": False, **_options.rewrites}


@public("config.optimizer.set_experimental_options")
def set_optimizer_experimental_options(options: dict[str, Any]) -> None:
    """Kept: how TensorFlow's own optimizer of graphs works. Unknown options are passed over."""
    _options.rewrites.update({k: v for k, v in options.items() if k in _REWRITES})


@public("config.experimental.enable_mlir_bridge")
def enable_mlir_bridge() -> None:
    """Accepted: programs reach XLA through JAX."""


@public("config.experimental.disable_mlir_bridge")
def disable_mlir_bridge() -> None:
    """Accepted: programs reach XLA through JAX."""


# Numbers ---------------------------------------------------------------------------------------------


@public("config.experimental.tensor_float_32_execution_enabled")
def tensor_float_32_execution_enabled() -> bool:
    """Whether GPUs may round the factors of float32 products to 10 bits."""
    return _options.tensor_float_32


@public("config.experimental.enable_tensor_float_32_execution")
def enable_tensor_float_32_execution(enabled: bool) -> None:
    """Let GPUs round the factors of float32 products to 10 bits (the default) or not.

    It holds for what is compiled from here on; the CPU never rounds them.
    """
    _options.tensor_float_32 = bool(enabled)
    also("precision", None if enabled else lambda: jax.default_matmul_precision("float32"))


@public(v2=("config.experimental.enable_op_determinism",))
def enable_op_determinism() -> None:
    """The same program gives the same bits each time; random ops without a seed raise RuntimeError.

    On the CPU programs do so anyway; on GPUs XLA is told to.
    """
    compile_deterministic_programs()
    seeds.require_seeds()


# Where and when --------------------------------------------------------------------------------------


@public("config.get_soft_device_placement")
def get_soft_device_placement() -> bool:
    """Whether what asks for a device that is not there runs on the one that is."""
    return _options.soft_placement


@public("config.set_soft_device_placement")
def set_soft_device_placement(enabled: bool) -> None:
    """Whether what asks for a device that is not there runs on the one that is, or is refused."""
    _options.soft_placement = bool(enabled)


@public("config.experimental.get_device_policy")
def get_device_policy() -> str:
    """What `set_device_policy` said, else "silent"."""
    return _options.policy


@public("config.experimental.set_device_policy")
def set_device_policy(device_policy: str | None) -> None:
    """Kept: values move between devices as programs need. "silent", "silent_for_int32", "warn", "explicit" or None.

    Raises ValueError for other policies.
    """
    if device_policy not in _POLICIES:
        raise ValueError(f"Invalid argument `device_policy`: {device_policy!r}. It is one of "
                         f"{', '.join(repr(p) for p in _POLICIES)}.")
    _options.policy = device_policy or "silent"


@public("config.experimental.get_synchronous_execution")
def get_synchronous_execution() -> bool:
    """What `set_synchronous_execution` said, else True."""
    return _options.synchronous


@public("config.experimental.set_synchronous_execution")
def set_synchronous_execution(enable: bool | None) -> None:
    """Kept: calls return as soon as their results are on the way, and whoever reads a result waits for it."""
    _options.synchronous = True if enable is None else bool(enable)
