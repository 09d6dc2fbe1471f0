"""`tf.test`: names of the test case and what it needs, and what the process runs on.

The test case itself stands in `testing_tools/`, which is imported when it is first used.
"""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import tempfile
from importlib import metadata
from typing import Any

from hornbeam.backend.lazy import jax
from hornbeam.graph.names import Lazy, public, register

_TOOLS = "hornbeam.runtime.testing_tools"
register(Lazy(f"{_TOOLS}.case", "TestCase", ""), v2=("test.TestCase",))
register(Lazy(f"{_TOOLS}.case", "TestCaseV1", ""), v1=("test.TestCase",))
register(Lazy(f"{_TOOLS}.gradient_check", "compute_gradient", ""), v1=("test.compute_gradient",))
register(Lazy(f"{_TOOLS}.gradient_check", "compute_gradient_error", ""), v1=("test.compute_gradient_error",))
register(Lazy(f"{_TOOLS}.eager_gradient_check", "compute_gradient", ""), v2=("test.compute_gradient",))
register(Lazy(f"{_TOOLS}.graph_def", "assert_equal_graph_def", ""), v2=("test.assert_equal_graph_def",))
register(Lazy(f"{_TOOLS}.graph_def", "assert_equal_graph_def_v1", ""), v1=("test.assert_equal_graph_def",))
register(Lazy(f"{_TOOLS}.benchmark", "Benchmark", ""), ("test.Benchmark",))
register(Lazy("unittest.mock", "", ""), v1=("test.mock",))


@public("test.main")
def main(argv: list[str] | None = None) -> None:
    """Run the test cases of the program's main module, with absl's flags, and leave the process."""
    from absl.testing import absltest

    absltest.main(argv=argv)


@public(v1=("test.get_temp_dir",))
def get_temp_dir() -> str:
    """A folder for files of this process's tests; it is removed when the process ends.

    It stands in the folder that TEST_TMPDIR names, if it does.
    """
    return _folder_of_process()


@functools.cache
def _folder_of_process() -> str:
    folder = tempfile.mkdtemp(prefix="hornbeam_test_", dir=os.environ.get("TEST_TMPDIR") or None)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@public("test.is_gpu_available")
def is_gpu_available(cuda_only: bool = False, min_cuda_compute_capability: tuple[int, int] | None = None) -> bool:
    """Whether there is a GPU; with `cuda_only`, one of NVIDIA's; with a capability, one that has at least this."""
    gpus = _cuda_devices() if cuda_only or min_cuda_compute_capability else _gpus()
    return any(_capability(gpu) >= tuple(min_cuda_compute_capability or (0, 0)) for gpu in gpus)


@public("test.gpu_device_name")
def gpu_device_name() -> str:
    """`/device:GPU:0`, or an empty string where there is no GPU."""
    return "/device:GPU:0" if _gpus() else ""


@public("test.is_built_with_cuda")
def is_built_with_cuda() -> bool:
    """Whether JAX is installed with what runs on NVIDIA's GPUs."""
    return _has_plugin("cuda")


@public("test.is_built_with_rocm")
def is_built_with_rocm() -> bool:
    """Whether JAX is installed with what runs on AMD's GPUs."""
    return _has_plugin("rocm")


@public("test.is_built_with_gpu_support")
def is_built_with_gpu_support() -> bool:
    """Whether JAX is installed with what runs on GPUs."""
    return is_built_with_cuda() or is_built_with_rocm()


@public("test.is_built_with_xla")
def is_built_with_xla() -> bool:
    """Whether programs are compiled by XLA: always."""
    return True


def _gpus() -> list[Any]:
    return [device for device in jax.local_devices() if device.platform == "gpu"]


def _cuda_devices() -> list[Any]:
    try:
        return list(jax.local_devices(backend="cuda"))
    except RuntimeError:  # there is no such backend
        return []


def _capability(device: Any) -> tuple[int, ...]:
    return tuple(int(part) for part in str(getattr(device, "compute_capability", "0.0")).split("."))


@functools.cache
def _has_plugin(word: str) -> bool:
    return any(word in entry.name for entry in metadata.entry_points(group="jax_plugins"))
