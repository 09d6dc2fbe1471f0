"""The interpreted tier: a jaxpr as a Python function of NumPy arrays.

In: a closed jaxpr.  Out: a function made of one line for each equation that its results need, such as
`v7 = f3(v2, v5)`, where `f3` was prepared by the row of the table (`numpy_primitives`) for that equation.
What can be known from shapes, parameters and constants is computed while building.

Invariants: a result has exactly the shape and dtype that the jaxpr says, is an array (also without
dimensions), and shares memory with no operand, constant or other result.  No call emits a NumPy warning.
A typed random key is passed as JAX's `key_data` of it: uint32 words along one more dimension.

The compiled tier takes denormal numbers (below 1.2e-38 in float32, 2.2e-308 in float64) for zero, as operands and as
results, and so do TensorFlow's kernels; NumPy, and so this tier, keeps them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from math import prod
from operator import methodcaller
from types import CodeType
from typing import Any, NamedTuple, final

import numpy as np

from hornbeam.backend import (
    numpy_primitives,  # noqa: F401  (fills the table)
    threefry,
)
from hornbeam.backend.lazy import core, jax
from hornbeam.backend.numpy_passes import Line, Name, in_passes
from hornbeam.backend.numpy_primitives.random import unwrapped, wrapped
from hornbeam.backend.numpy_primitives.table import (
    KEY_NAMES,
    SAME,
    SUPPORTED,
    Equation,
    Spec,
    lookup,
    spec,
    specs,
)
from hornbeam.backend.quiet import quietly
from hornbeam.backend.work import estimated_work
from hornbeam.backend.x64 import x64

__all__ = ["estimated_work", "is_known", "numpy_program"]

INLINED = {
    "jit": "jaxpr",
    "pjit": "jaxpr",
    "closed_call": "call_jaxpr",
    "core_call": "call_jaxpr",
    "call": "call_jaxpr",
    "eval_jaxpr": "jaxpr",
    "custom_jvp_call": "call_jaxpr",
    "custom_vjp_call": "call_jaxpr",
    "custom_vjp_call_jaxpr": "fun_jaxpr",
    "remat": "jaxpr",
    "remat2": "jaxpr",
    "checkpoint": "jaxpr",
}
"""The parameter that holds the body, for primitives that only wrap one."""

_EXPANDED = "call_hi_primitive"
_OWN = (_EXPANDED, "broadcast_in_dim")

LARGEST_CONSTANT = 1 << 16
"""Equations of constants are evaluated while building if their results have at most this many elements."""


def numpy_program(closed_jaxpr: core.ClosedJaxpr) -> Callable[..., tuple[np.ndarray, ...]]:
    """The jaxpr as a function of NumPy arrays (or NumPy scalars) that returns a tuple of new NumPy arrays.

    The operands must have the dtypes and shapes of the jaxpr's.  Building takes longer than a call: keep the
    result.

    >>> import jax, jax.numpy as jnp
    >>> softmax = numpy_program(jax.make_jaxpr(jax.nn.softmax)(jnp.zeros(2)))
    >>> softmax(np.zeros(2, np.float32))
    (array([0.5, 0.5], dtype=float32),)
    """
    return quietly(_Builder().program(closed_jaxpr, boundary=True))


def is_known(primitive: core.Primitive) -> bool:
    """Whether equations of this lax primitive are evaluated here; those of others are compiled one by one."""
    name = primitive.name
    return name in INLINED or name in _OWN or lookup(name) is not None


# --- From a jaxpr to steps ------------------------------------------------------------------------


@final
class _Value:
    """A value of the program: what is known of it while building."""

    __slots__ = ("constant", "full", "held", "name", "roots", "spec")

    def __init__(self, spec: Spec, constant: np.ndarray | None = None) -> None:
        self.spec = spec
        self.constant = constant
        self.name = ""
        self.held: tuple[int, ...] = spec.shape if constant is None else constant.shape
        """The shape of the array, which may be smaller than `spec.shape` if it broadcasts to it."""
        self.roots: frozenset[Any] = frozenset([_SHARED if constant is not None else self])
        """Whose memory it may be."""
        self.full: _Value | None = None
        """The value with all of its elements, once something asked for it."""


_SHARED = "operands and constants"


class _Step(NamedTuple):
    equation: Any
    ins: list[_Value]
    outs: list[_Value]


def _steps(jaxpr: Any, consts: Sequence[Any], arguments: Sequence[_Value]) -> tuple[list[_Step], list[_Value]]:
    """The equations in order, calls replaced by what they call, and the values returned."""
    values: dict[Any, _Value] = dict(zip(jaxpr.invars, arguments, strict=True))
    for variable, const in zip(jaxpr.constvars, consts, strict=True):
        values[variable] = const if isinstance(const, _Value) else _constant(spec(variable.aval), const)

    def read(atom: Any) -> _Value:
        return _constant(spec(atom.aval), atom.val) if hasattr(atom, "val") else values[atom]

    steps: list[_Step] = []
    for equation in jaxpr.eqns:
        ins = [read(atom) for atom in equation.invars]
        if (body := _body(equation)) is not None:
            inner, outs = _steps(getattr(body, "jaxpr", body), getattr(body, "consts", ()), ins)
            steps += inner
        else:
            outs = [_Value(s) for s in specs(equation.outvars)]
            steps.append(_Step(equation, ins, outs))
        values.update(zip(equation.outvars, outs, strict=True))
    return steps, [read(atom) for atom in jaxpr.outvars]


def _body(equation: Any) -> Any:
    """The jaxpr that the equation only wraps, or None."""
    name = equation.primitive.name
    if name == _EXPANDED:
        return _expansion(equation)
    return equation.params.get(INLINED[name]) if name in INLINED else None


def _expansion(equation: Any) -> Any:
    """The jaxpr behind an equation of JAX's high-level kind, or None if its operands are not arrays."""
    expand = getattr(equation.params.get("_prim"), "expand", None)
    if expand is None:
        return None
    inputs = [jax.ShapeDtypeStruct(atom.aval.shape, atom.aval.dtype) for atom in equation.invars]
    try:
        with x64():
            body = jax.make_jaxpr(expand)(*inputs)
    except TypeError:
        return None
    wanted = [(v.aval.shape, v.aval.dtype) for v in equation.outvars]
    return body if [(a.shape, a.dtype) for a in body.out_avals] == wanted else None


def _constant(where: Spec, value: Any) -> _Value:
    if isinstance(value, jax.Array) and not isinstance(value.dtype, np.dtype):
        value = np.asarray(jax.random.key_data(value))
        return _Value(where, np.ascontiguousarray(value).view(where.dtype)[..., 0])
    return _Value(where, np.asarray(value, where.dtype))


def _needed(steps: list[_Step], results: list[_Value]) -> list[_Step]:
    """The steps that the results, or the world, depend on."""
    alive, kept = set(results), []
    for step in reversed(steps):
        if step.equation.effects or not alive.isdisjoint(step.outs):
            alive.update(step.ins)
            kept.append(step)
    return kept[::-1]


# --- From steps to a function ---------------------------------------------------------------------


@final
class _Builder:
    """Writes the lines of one program."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.cells: dict[str, Any] = {}
        self.names: Iterator[int] = itertools.count()

    def program(self, closed: Any, boundary: bool) -> Callable[..., tuple]:
        """The program of a closed jaxpr; at the boundary to the caller, results own their memory."""
        jaxpr = closed.jaxpr
        arguments = [_Value(s) for s in specs(jaxpr.invars)]
        for argument in arguments:
            argument.name = f"v{next(self.names)}"
            argument.roots = frozenset([_SHARED])
        parameters = ", ".join(argument.name for argument in arguments)
        if boundary:
            self.unwrap_keys(jaxpr.invars, arguments)
        steps, results = _steps(jaxpr, closed.consts, arguments)
        for step in _needed(steps, results):
            self.step(step)
        values = [self.full(result) for result in results]
        names = self.owned(jaxpr.outvars, values) if boundary else list(map(self.refer, values))
        body = "".join(f"  {line}\n" for line in in_passes(self.lines, [v.name for v in values], self.cell))
        source = f"def program({parameters}):\n{body}  return ({''.join(name + ', ' for name in names)})\n"
        return _function(source, self.cells)

    def cell(self, content: Any) -> str:
        """A name under which the program finds a function or a constant."""
        name = f"f{len(self.cells)}"
        self.cells[name] = content
        return name

    def refer(self, value: _Value) -> str:
        if not value.name:
            value.name = self.cell(value.constant)
        return value.name

    def call(self, function: Any, operands: Sequence[_Value], results: Sequence[_Value], single: bool = True,
             elementwise: bool = False) -> None:
        """Add the line that computes `results`; a function that is not `single` returns a sequence."""
        for value in results:
            value.name = f"v{next(self.names)}"
            if elementwise:
                value.held = np.broadcast_shapes(*[operand.held for operand in operands])
        left = results[0].name if single else "".join(f"{value.name}, " for value in results)
        text = f"{self.cell(function)}({', '.join(map(self.refer, operands))})"
        reads, writes = ([Name(v.name, v.held, v.spec.dtype) for v in side] for side in (operands, results))
        self.lines.append(Line(f"{left} = {text}" if left else text, reads, writes, elementwise and single))

    def step(self, step: _Step) -> None:
        """Add what one equation does."""
        equation, ins, outs = step
        name = equation.primitive.name
        if name == "broadcast_in_dim":
            return self.broadcast(ins[0], outs[0], equation.params["broadcast_dimensions"])
        row = lookup(name)
        if row is None or not all(_is_supported(value.spec.dtype) for value in (*ins, *outs)):
            return self.compile(step)
        constants = tuple(value.constant for value in ins)
        described = Equation(
            name,
            equation.params,
            tuple(value.spec for value in ins),
            tuple(value.spec for value in outs),
            constants,
            getattr(equation.ctx, "threefry_partitionable", True),
            lambda body: _Builder().program(body, boundary=False),
        )
        function = row.rule(described)
        if function is None:
            return self.compile(step)
        if function is SAME:
            for before, after in zip(ins, outs, strict=True):
                self.alias(after, before)
            return None
        operands = ins if row.elementwise else [self.full(value) for value in ins]
        single = len(outs) == 1 and name not in _SEQUENCE_OF_ONE
        if name not in _LOOPS and not equation.effects and self.fold(function, operands, outs, single):
            return None
        self.call(function, operands, outs, single, row.elementwise)
        for out in outs:
            if row.views:
                out.roots = frozenset().union(*[value.roots for value in operands])
            if name in _LOOPS:  # their programs may return their own constants
                out.roots |= {_SHARED}
        return None

    def fold(self, function: Any, operands: Sequence[_Value], outs: Sequence[_Value], single: bool) -> bool:
        """Evaluate a function of constants now."""
        if any(value.constant is None for value in operands):
            return False
        if sum(prod(out.spec.shape) for out in outs) > LARGEST_CONSTANT and operands:
            return False
        results = quietly(function)(*[value.constant for value in operands])
        for out, result in zip(outs, [results] if single else results, strict=True):
            self.become_constant(out, np.asarray(result))
        return True

    def become_constant(self, value: _Value, constant: np.ndarray) -> None:
        value.constant, value.held, value.roots = constant, constant.shape, frozenset([_SHARED])

    def alias(self, after: _Value, before: _Value, held: tuple[int, ...] | None = None) -> None:
        """Let `after` be the array of `before`."""
        after.name, after.constant, after.roots = before.name, before.constant, before.roots
        after.held = before.held if held is None else held
        if after.constant is not None:
            after.name = ""

    def broadcast(self, before: _Value, after: _Value, dimensions: Sequence[int]) -> None:
        """Only place the dimensions: NumPy broadcasts where it computes, and `full` where it does not."""
        shape = after.spec.shape
        held = [1] * len(shape)
        missing = len(before.spec.shape) - len(before.held)
        for place, size in zip(dimensions[missing:], before.held, strict=True):
            held[place] = size
        target = shape if prod(held) == prod(shape) else _without_leading_ones(tuple(held))
        if target == before.held or (target == _without_leading_ones(before.held) and target != shape):
            self.alias(after, before)
        elif before.constant is not None:
            self.become_constant(after, before.constant.reshape(target))
        else:
            self.call(methodcaller("reshape", target), [before], [after])
            after.held, after.roots = target, before.roots

    def full(self, value: _Value) -> _Value:
        """The value with all of its elements."""
        shape, dtype = value.spec
        if value.held == shape:
            return value
        if value.full is None:
            value.full = _Value(value.spec)
            if prod(value.held) == prod(shape):
                reshape = methodcaller("reshape", shape)
                if not self.fold(reshape, [value], [value.full], True):
                    self.call(reshape, [value], [value.full])
                    value.full.roots = value.roots
            else:
                spread = _spread(shape, dtype, value.constant)
                if not self.fold(spread, [value], [value.full], True):
                    self.call(spread, [value], [value.full])
        return value.full

    def compile(self, step: _Step) -> None:
        """Add an equation that the table does not know, as one compiled call."""
        self.call(_compiled(step.equation), [self.full(value) for value in step.ins], step.outs, single=False)

    def unwrap_keys(self, variables: Sequence[Any], arguments: list[_Value]) -> None:
        for i, (variable, argument) in enumerate(zip(variables, arguments, strict=True)):
            if not isinstance(variable.aval.dtype, np.dtype):
                arguments[i] = _Value(argument.spec)
                self.call(_key_elements(argument.spec.dtype), [argument], [arguments[i]])
                arguments[i].roots = argument.roots

    def owned(self, variables: Sequence[Any], values: Sequence[_Value]) -> list[str]:
        """The expressions of the results, copied where something else may share their memory."""
        given_away: set[Any] = {_SHARED}
        expressions = []
        for variable, value in zip(variables, values, strict=True):
            name = self.refer(value)
            if not isinstance(variable.aval.dtype, np.dtype):
                name = f"{self.cell(_key_words)}({name})"
            if not given_away.isdisjoint(value.roots):
                name = f"{self.cell(np.array)}({name})"
            elif not value.spec.shape:
                name = f"{self.cell(np.asarray)}({name})"
            given_away |= value.roots
            expressions.append(name)
        return expressions


_LOOPS = frozenset(["while", "scan", "cond"])
_SEQUENCE_OF_ONE = _LOOPS | {"sort", "split", "unstack"}


def _is_supported(dtype: np.dtype) -> bool:
    return dtype in SUPPORTED or (dtype.kind == "V" and dtype.names is None and dtype.type is np.void)


def _without_leading_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    first = next((i for i, size in enumerate(shape) if size != 1), len(shape))
    return shape[first:]


def _spread(shape: tuple[int, ...], dtype: np.dtype, known: np.ndarray | None) -> Callable[[np.ndarray], np.ndarray]:
    if known is not None and known.size == 1 and not any(known.tobytes()):
        return lambda _: np.zeros(shape, dtype)  # memory that the system gives is zero: nothing is written
    empty = np.empty

    def spread(x):
        out = empty(shape, dtype)
        out[...] = x
        return out

    return spread


@lru_cache(maxsize=1024)
def _code(source: str) -> CodeType:
    return compile(source, "<hornbeam numpy program>", "exec")


def _function(source: str, cells: dict[str, Any]) -> Callable[..., tuple]:
    """The function that `source` defines, with `cells` as what it refers to.

    Programs of one structure and different shapes have the same source, which is compiled once.
    """
    indented = "".join(f" {line}\n" for line in source.splitlines())
    namespace: dict[str, Any] = {}
    exec(_code(f"def make({', '.join(cells)}):\n{indented} return program\n"), namespace)
    return namespace["make"](*cells.values())


# --- What the table does not know -----------------------------------------------------------------


def _compiled(equation: Any) -> Callable[..., list]:
    """One equation as a compiled function of NumPy arrays."""
    primitive, ins, outs = equation.primitive, equation.invars, equation.outvars
    words_of, keys_of = [_key_impl(v) for v in outs], [_key_impl(v) for v in ins]

    @jax.jit
    def run(*operands):
        operands = [
            x if impl is None else jax.random.wrap_key_data(x, impl=impl)
            for x, impl in zip(operands, keys_of, strict=True)
        ]
        with equation.ctx.manager:
            results = primitive.bind(*operands, **primitive.get_bind_params(equation.params))
        results = results if primitive.multiple_results else [results]
        return [x if impl is None else jax.random.key_data(x) for x, impl in zip(results, words_of, strict=True)]

    def call(*operands):
        operands = [x if impl is None else _key_words(x) for x, impl in zip(operands, keys_of, strict=True)]
        with x64():
            results = run(*operands)
        arrays = [np.asarray(result) for result in results]
        return [
            x if impl is None else _key_elements(spec(v.aval).dtype)(x)
            for x, impl, v in zip(arrays, words_of, outs, strict=True)
        ]

    return call


def _key_impl(atom: Any) -> Any:
    dtype = atom.aval.dtype
    if isinstance(dtype, np.dtype):
        return None
    return KEY_NAMES.get(dtype.name) or threefry.generator()


def _key_elements(dtype: np.dtype) -> Callable[[Any], np.ndarray]:
    """From key data to one element for each key."""
    return wrapped if dtype == np.uint64 else lambda x: np.ascontiguousarray(x).view(dtype)[..., 0]


_key_words = unwrapped
"""From one element for each key to key data."""
