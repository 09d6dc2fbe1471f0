"""One pure function at one signature: traced once, then interpreted or compiled.

In: a function of arrays, and the shapes and dtypes it is called with. Out: a `Program` that runs it.
Which tier runs it follows from the traced work alone, never from history, so results do not change between runs.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, final

import numpy as np

from hornbeam.backend.compiler import compiled
from hornbeam.backend.inlined import inlined
from hornbeam.backend.interpret import estimated_work, numpy_program
from hornbeam.backend.lazy import core, jax
from hornbeam.backend.x64 import x64

SMALL_WORK = 60_000
"""Programs of at most this many estimated scalar operations are interpreted (compiling costs 10–65 ms)."""
SMALL_DRAW = 8_000_000
"""The same for random ops: compiling Threefry costs 200–300 ms, interpreting a draw of 10⁵ numbers 10."""

Array = Any
if TYPE_CHECKING:
    Spec = jax.ShapeDtypeStruct


@final
class Program:
    """A traced function: `outputs` are its result specs, `run(*arrays)` gives a tuple of arrays."""

    __slots__ = ("_compile", "_interpret", "interpreted", "jaxpr", "outputs", "run", "work")

    def __init__(self, jaxpr: core.ClosedJaxpr, small: int) -> None:
        self.jaxpr = jaxpr
        self.outputs: tuple[Any, ...] = tuple(jaxpr.out_avals)
        self.work = estimated_work(jaxpr)
        self.interpreted = self.work <= small
        self._interpret: Callable[..., tuple[Array, ...]] | None = None
        self._compile: Callable[..., Any] = functools.partial(jax.core.eval_jaxpr, jaxpr.jaxpr, jaxpr.consts)
        self.run: Callable[..., tuple[Array, ...]] = self._first_run

    def compile_instead(self, function: Callable[..., tuple[Array, ...]]) -> None:
        """Let the XLA tier compile another function that gives the same values."""
        self._compile = function

    def run_interpreted(self, *arrays: Array) -> tuple[Array, ...]:
        """As `run`, in the NumPy tier whatever the work: for what will run once."""
        if self._interpret is None:
            self._interpret = self.interpreter()
        return self._interpret(*arrays)

    def _first_run(self, *arrays: Array) -> tuple[Array, ...]:
        self.run = self.interpreter() if self.interpreted else self.compiled()
        return self.run(*arrays)

    def interpreter(self) -> Callable[..., tuple[Array, ...]]:
        """The NumPy tier, whatever the work."""
        run = numpy_program(self.jaxpr)

        def interpret(*arrays: Array) -> tuple[Array, ...]:
            return run(*[a if type(a) is np.ndarray else np.asarray(a) for a in arrays])

        return interpret

    def compiled(self) -> Callable[..., tuple[Array, ...]]:
        """The XLA tier, whatever the work."""
        call = compiled(self._compile)

        def run(*arrays: Array) -> tuple[Array, ...]:
            with x64():
                return tuple(call(*arrays))

        return run


def trace(function: Callable[..., tuple[Array, ...]], inputs: Sequence[Spec], small: int = SMALL_WORK) -> Program:
    """Trace `function` at the given shapes and dtypes; work up to `small` is interpreted."""
    with x64(), inlined():
        return Program(jax.make_jaxpr(function)(*inputs), small)
