"""Functions that may run on many elements at once: their results are the same bits, element by element.

In: a traced function. Out: programs of it for one element and for rows of elements, both interpreted by NumPy, made of
operations whose results IEEE 754 or integer arithmetic fix. A compiler may contract `a * b + c`, and sums and
transcendental functions differ with the order and the width of the vector units: functions with such do not qualify.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, final

import numpy as np

from hornbeam.backend import program
from hornbeam.backend.interpret import INLINED
from hornbeam.backend.lazy import jax
from hornbeam.graph.operation import Operation
from hornbeam.graph.tensor import GraphTensor
from hornbeam.runtime.evaluation import Tracing
from hornbeam.runtime.plan import Plan, on_host

_EXACT = frozenset("""
    abs add and argmax argmin broadcast_in_dim ceil clamp concatenate convert_element_type copy copy_p div
    dynamic_slice eq expand_dims floor gather ge gt iota is_finite le lt max min mul ne neg not or pad reduce_and
    reduce_max reduce_min reduce_or rem reshape rev round select_n shift_left shift_right_arithmetic
    shift_right_logical sign slice sqrt square squeeze stop_gradient sub transpose xor
""".split())
_EXACT_ON_INTEGERS = frozenset(("reduce_sum", "reduce_prod", "cumsum", "integer_pow", "dot_general"))
_MAX_PROGRAMS = 64
Run = Callable[..., Sequence[np.ndarray]]


@final
class Exact:
    """The programs of a function whose operations all qualify, by the shapes of its arguments."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._programs: dict[Any, Run | None] = {}

    def one(self, arrays: Sequence[np.ndarray]) -> Run | None:
        """The program for these arguments, or None where they do not qualify."""
        return self._program(tuple([(a.shape, a.dtype) for a in arrays]), 0)

    def many(self, arrays: Sequence[np.ndarray], shared: int) -> Run | None:
        """The program for rows of arguments; the last `shared` ones are the same for all rows."""
        return self._program((shared, *[(a.shape, a.dtype) for a in arrays]), shared)

    def _program(self, key: Any, shared: int) -> Run | None:
        if key in self._programs:
            return self._programs[key]
        if len(self._programs) >= _MAX_PROGRAMS:
            self._programs.clear()
        rows = isinstance(key[0], int)
        specs = [jax.ShapeDtypeStruct(shape, dtype) for shape, dtype in (key[1:] if rows else key)]
        made = self._programs[key] = self._made(specs, rows, shared)
        return made

    def _made(self, specs: list[Any], rows: bool, shared: int) -> Run | None:
        function: Callable[..., Any] = self._function
        if rows:
            function = jax.vmap(function, in_axes=tuple([0] * (len(specs) - shared) + [None] * shared))
        try:
            traced = program.trace(function, specs)
        except Exception:  # shapes that do not fit, or values that must be known: the usual way tells
            return None
        return traced.interpreter() if _qualifies(traced.jaxpr) else None

    def _function(self, *arrays: Any) -> tuple[Any, ...]:
        checks: list[Operation] = []
        tracing = Tracing(dict(zip(self._plan.feeds, arrays, strict=True)), {}, {}, checks)
        tracing.transformed = True
        tracing.run(self._plan.ops)
        if checks:
            raise ValueError("an operation that may fail")
        return tuple(tracing.value(t) for t in self._plan.fetches)


def exact_of(plan: Plan) -> Exact | None:
    """The exact programs of a plan, or None where its operations tell that there are none."""
    fits = all(not (op.declaration.stateful or op.declaration.structural or op.declaration.checker is not None
                    or on_host(op)) for op in plan.ops if op.type not in ("Const", "_Arg"))
    tensors: list[GraphTensor] = [*plan.feeds, *plan.fetches]
    return Exact(plan) if fits and all(t.dtype.is_numpy_compatible and t.dtype.np_dtype.kind != "O"
                                       for t in tensors) else None


def _qualifies(closed: Any) -> bool:
    jaxpr = getattr(closed, "jaxpr", closed)
    for equation in jaxpr.eqns:
        name = equation.primitive.name
        if name in INLINED:
            body = equation.params.get(INLINED[name])
            if body is None or not _qualifies(body):
                return False
        elif name in _EXACT_ON_INTEGERS:
            if any(v.aval.dtype.kind not in "iub" for v in (*equation.invars, *equation.outvars)):
                return False
        elif name not in _EXACT:
            return False
    return True
