"""JAX, imported when it is first needed.

`import jax` takes longer than everything else that `import hornbeam.v1` needs together, and a program that
builds a graph, prints its help or fails early has no use for it. Files of Hornbeam therefore write

    from hornbeam.backend.lazy import jax, jnp, lax

and use these names as the modules they stand for. The user's own `import jax` is untouched: nothing is put into
`sys.modules`. What a module needs while it is imported itself (a decorator, a base class) cannot come from here
without loading JAX at once; `tests/test_start.py` says that nothing does.
"""

from __future__ import annotations

import importlib
import os
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any, final

import numpy as np

__all__ = ["core", "jax", "jnp", "jsp", "lax"]


_CHOICE = "jax_cpu_enable_async_dispatch"


def _loaded(name: str) -> ModuleType:
    """A module of JAX. Where Hornbeam is the first to load JAX, programs on the CPU run in the thread that calls them.

    Handing a program to another thread and waiting for it takes 50 µs, more than many a step does; all of the CPU's
    cores work for a program either way. The environment or a program that imports JAX first may choose otherwise.
    Loading JAX draws from NumPy's generator: a program that seeded it finds it as it was.
    """
    if "jax" in sys.modules:
        return importlib.import_module(name)
    state = np.random.get_state()
    module = importlib.import_module(name)
    np.random.set_state(state)
    if _CHOICE.upper() not in os.environ:
        sys.modules["jax"].config.update(_CHOICE, False)
    return module


@final
class LazyModule(ModuleType):
    """Stands for a module that is imported when one of its attributes is first read; each is kept once read."""

    def __getattr__(self, name: str) -> Any:
        value = getattr(_loaded(self.__name__), name)
        setattr(self, name, value)
        return value

    def __dir__(self) -> list[str]:
        return dir(importlib.import_module(self.__name__))

    def __reduce__(self) -> tuple[Any, ...]:
        return LazyModule, (self.__name__,)


if TYPE_CHECKING:
    import jax
    import jax.core
    import jax.numpy as jnp
    import jax.scipy.special as jsp
    from jax import lax
    from jax.extend import core  # named in annotations only: reading it imports Pallas, 17 ms
else:
    jax = LazyModule("jax")
    jnp = LazyModule("jax.numpy")
    lax = LazyModule("jax.lax")
    core = LazyModule("jax.extend.core")
    jsp = LazyModule("jax.scipy.special")
