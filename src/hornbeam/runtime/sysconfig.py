"""`tf.sysconfig`: with what kernels of one's own are compiled, which `jax.ffi` then registers."""

from __future__ import annotations

from pathlib import Path

from hornbeam.backend.lazy import jax
from hornbeam.graph.names import public, register

register(1, ("sysconfig.CXX11_ABI_FLAG",), v1=("CXX11_ABI_FLAG",))
register(201703, ("sysconfig.CXX_VERSION",), v1=("CXX_VERSION",))


@public("sysconfig.get_include")
def get_include() -> str:
    """The folder of the headers of XLA's interface to kernels (`xla/ffi/api/ffi.h`)."""
    return jax.ffi.include_dir()


@public("sysconfig.get_lib")
def get_lib() -> str:
    """The folder of this package, where its own library of kernels lies."""
    return str(Path(__file__).parents[1])


@public("sysconfig.get_compile_flags")
def get_compile_flags() -> list[str]:
    """The flags that a compiler needs for such kernels."""
    return [f"-I{get_include()}", "-std=c++17"]


@public("sysconfig.get_link_flags")
def get_link_flags() -> list[str]:
    """The flags that a linker needs: none, the interface consists of headers."""
    return []
