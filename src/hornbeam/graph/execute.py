"""Running one op on values at once: what eager calls, constant folding and uncompiled runs share.

Comes in: an op, its inputs as arrays, its attributes. Goes out: the arrays it gives. The op's function is traced once
for each signature (`op.programs`), then interpreted or compiled (`backend/program.py`).
"""

from __future__ import annotations

import collections
import itertools
import re
from collections.abc import Callable, Sequence
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hornbeam.backend import program, threefry
from hornbeam.backend.devices import memory_of_machine
from hornbeam.backend.lazy import jax, lax
from hornbeam.graph import dtypes
from hornbeam.graph.dtypes import DType
from hornbeam.graph.errors import InternalError, InvalidArgumentError, OpError, ResourceExhaustedError
from hornbeam.graph.shapes import Dims

if TYPE_CHECKING:
    from hornbeam.graph.op import Op

_MAX_PROGRAMS = 2_000
"""Programs kept of one op, and compiled ones of all: each takes nine of the 65,530 mappings that a process may have."""
_compiled: collections.deque[tuple[dict[Any, Any], Any]] = collections.deque()
"""Where compiled programs are kept, oldest first."""

most_bytes = memory_of_machine()
"""Results larger than this are refused."""


def attrs_key(attrs: dict[str, Any]) -> tuple[Any, ...]:
    """The attributes as a hashable key."""
    return tuple(_hashable(v) for v in attrs.values())


def _hashable(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes() if value.dtype != object else tuple(value.reshape(-1))
    if isinstance(value, DType):
        return value.name
    if isinstance(value, dict):
        return tuple(sorted((k, _hashable(v)) for k, v in value.items()))
    if isinstance(value, (list, tuple)):
        return tuple(_hashable(v) for v in value)
    if isinstance(value, float):
        return value.hex(), "float"
    return type(value), value


class ShapeFault(Exception):
    """Inputs that an op cannot take: `build` is said while a graph is built, `run` where values are at hand.

    outputs: dims and dtypes with which a graph takes the op all the same, so that only a run refuses it.
    """

    def __init__(self, build: str, run: str | None = None, outputs: Any = None) -> None:
        super().__init__(build)
        self.build = build
        self.run = run or build
        self.outputs = outputs


def execute(op: Op, args: Sequence[Any], attrs: dict[str, Any], stream: np.ndarray | None = None,
            once: bool = False) -> tuple[Any, ...]:
    """Run `op` on arrays: one an argument, a list of arrays for a list argument.

    stream: for a random op, the key of this draw (2 × uint32). once: compiling will not pay.
    Raises ShapeFault for inputs it cannot take, Failed where its check fails.
    """
    if op.host:
        return _on_host(op, args, attrs)
    if _any_strings(args):
        return _on_strings(op, args, attrs, stream)
    if stream is not None and (attrs["seed"] or attrs["seed2"]) and "deterministic" not in attrs:
        attrs = {**attrs, "seed": 0, "seed2": 0}  # the stream says them: one program for all seeds
    key: list[Any] = [None if attrs is op.defaults else attrs_key(attrs)]
    flat: list[Any] = []
    for arg, value in zip(op.args, args, strict=True):
        if arg.static:
            for v in value if arg.many else (value,):
                key += (v.shape, v.dtype, v.tobytes())
        elif arg.many:
            key.append(len(value))
            for v in value:
                key += (v.shape, v.dtype)
                flat.append(v)
        else:
            key += (value.shape, value.dtype)
            flat.append(value)
    signature = tuple(key)
    ready = op.programs.get(signature)
    if ready is None:
        ready = op.programs[signature] = _prepare(op, args, attrs)
        if not ready.interpreted:
            _make_room(op.programs, signature)
    run = ready.run_interpreted if once else ready.run
    try:
        results = run(*flat) if stream is None else run(stream, *flat)
    except FAULTS as error:
        raise ShapeFault(first_line(error)) from error
    except (MemoryError, jax.errors.JaxRuntimeError) as error:
        raise of_machine(error, f"{op.type} [Op:{op.type}]") from error
    if op.checker is None:
        return results
    found = np.asarray(results[-1])
    if found[0]:
        raise Failed(op, found[1:], args, attrs)
    return results[:-1]


def _make_room(programs: dict[Any, Any], signature: Any) -> None:
    """Note a compiled program, and let the oldest go where there are too many."""
    _compiled.append((programs, signature))
    if len(_compiled) > _MAX_PROGRAMS:
        oldest, key = _compiled.popleft()
        oldest.pop(key, None)


def of_machine(error: Exception, what: str) -> OpError:
    """What stopped a program that had been accepted: memory, or the compiler."""
    text = first_line(error)
    if isinstance(error, MemoryError) or "RESOURCE_EXHAUSTED" in text or "Out of memory" in text:
        return ResourceExhaustedError(None, None, f"OOM: values do not fit into memory in {what}")
    return InternalError(None, None, f"{text} in {what}")


FAULTS = (TypeError, ValueError, IndexError, KeyError, AttributeError, ArithmeticError, AssertionError, StopIteration,
          NotImplementedError)
"""What an op's function or rule raises, without meaning to, on inputs that it cannot take."""


def _on_host(op: Op, args: Sequence[Any], attrs: dict[str, Any]) -> tuple[Any, ...]:
    try:
        results = op.function(*args, **{k: v for k, v in attrs.items() if k in op.defaults})
    except MemoryError as error:
        raise ResourceExhaustedError(None, None, f"{op.type}: the result does not fit into memory") from error
    except FAULTS as error:
        raise ShapeFault(first_line(error)) from error
    return tuple(results) if isinstance(results, (tuple, list)) else (results,)


def refuse_too_large(op: Op, outputs: Sequence[Any]) -> None:
    """Raise ResourceExhaustedError where results are larger than the memory of this machine.

    XLA would end the process instead.
    """
    for out in outputs:
        if prod(out.shape) * 16 > most_bytes:
            _refuse_size(op, out.shape, dtypes.from_numpy(np.dtype(out.dtype)))


def _refuse_size(op: Op, dims: Sequence[int], dtype: DType) -> None:
    if prod(dims) * dtype.np_dtype.itemsize > most_bytes:
        raise ResourceExhaustedError(None, None, f"OOM when allocating tensor with shape[{','.join(map(str, dims))}] "
                                     f"and type {dtype.name} [Op:{op.type}]")


def _prepare(op: Op, args: Sequence[Any], attrs: dict[str, Any]) -> program.Program:
    if len(op.programs) > _MAX_PROGRAMS:
        op.programs.clear()

    def spec(value: Any) -> jax.ShapeDtypeStruct:
        return jax.ShapeDtypeStruct(value.shape, value.dtype)

    refuse_misfits(op, args, attrs)
    inputs = [value if arg.static else [spec(v) for v in value] if arg.many else spec(value)
              for arg, value in zip(op.args, args, strict=True)]
    function, specs = pure(op, inputs, attrs)
    try:
        draws = op.random or any(arg.name == "key" for arg in op.args)
        made = program.trace(function, specs, program.SMALL_DRAW if draws else program.SMALL_WORK)
        if not made.interpreted:
            kernel = op.compiles_to(inputs, attrs)
            if kernel is not op.function:
                made.compile_instead(pure(op, inputs, attrs, kernel)[0])
    except (ShapeFault, OpError):
        raise
    except MemoryError as error:
        raise ResourceExhaustedError(None, None, f"{op.type}: values that are known while tracing do not fit into "
                                     "memory") from error
    except Exception as error:
        raise ShapeFault(first_line(error)) from error
    refuse_too_large(op, made.outputs)
    return made


class Input(NamedTuple):
    """One input as a shape rule sees it; `value` is an array where it is known, `partial` a shape with gaps."""

    dims: Dims
    dtype: DType
    value: np.ndarray | None = None
    partial: Dims = None


def refuse_misfits(op: Op, args: Sequence[Any], attrs: dict[str, Any]) -> None:
    """Apply the op's shape rule to the shapes of actual inputs: its words name what does not fit, XLA's do not.

    Raises ShapeFault, and ResourceExhaustedError for a result that no memory holds, before anything makes it.
    """
    if op.shape_rule is not None and not op.writes:
        for dims, dtype in apply_rule(op, _described(op, args), attrs):
            if dims is not None and None not in dims and prod(dims) * 16 > most_bytes:
                _refuse_size(op, dims, dtype.base_dtype)


def _described(op: Op, args: Sequence[Any]) -> list[Any]:
    """Actual inputs as a shape rule sees them."""
    def described(item: Any, static: bool) -> Any:
        if isinstance(item, list):
            return [described(i, static) for i in item]
        value = item if static and isinstance(item, np.ndarray) else None
        return Input(tuple(np.shape(item)), dtypes.from_numpy(np.dtype(item.dtype)), value)

    return [described(v, a.static) for a, v in zip(op.args, args, strict=True)]


def apply_rule(op: Op, inputs: Sequence[Any], attrs: dict[str, Any]) -> Any:
    """What the op's shape rule says. Raises ShapeFault, also where the rule trips over what it was given."""
    assert op.shape_rule is not None
    try:
        return op.shape_rule(inputs, attrs)
    except FAULTS as error:
        raise ShapeFault(first_line(error)) from error


class Failed(Exception):
    """An op's check failed on the values it was given; `text` says how."""

    def __init__(self, op: Op, numbers: np.ndarray, inputs: Sequence[Any], attrs: dict[str, Any]) -> None:
        self.text = explain(op, numbers, inputs, attrs)
        super().__init__(self.text)


def explain(op: Op, numbers: np.ndarray, inputs: Sequence[Any], attrs: dict[str, Any]) -> str:
    """The words for what a check found."""
    if op.explain is None:
        return f"{op.type} was given values it cannot take"
    return op.explain(numbers, inputs, attrs)


def error_of(fault: Exception, op: Op) -> InvalidArgumentError:
    """The error that an eager call raises for a fault found while it ran."""
    text = fault.run if isinstance(fault, ShapeFault) else str(fault)
    return InvalidArgumentError(None, None, f"{text} [Op:{op.type}]")


# Strings move as numbers ---------------------------------------------------------------------------


def _any_strings(args: Sequence[Any]) -> bool:
    for value in args:
        if type(value) is list:
            if any(v.dtype == object for v in value):
                return True
        elif value.dtype == object:
            return True
    return False


def _on_strings(op: Op, args: Sequence[Any], attrs: dict[str, Any],
                stream: np.ndarray | None = None) -> tuple[Any, ...]:
    """Run an op that only moves or compares its inputs on strings: each distinct string stands as a number.

    Zero stands for the empty string, so that padding with zeros pads with it.
    """
    table: dict[bytes, int] = {b"": 0}

    def encode(value: Any) -> Any:
        if isinstance(value, list):
            return [encode(v) for v in value]
        if value.dtype != object:
            return value
        codes = [table.setdefault(s, len(table)) for s in value.reshape(-1)]
        return np.array(codes, np.int64).reshape(value.shape)

    encoded = [encode(v) for v in args]
    results = execute(op, encoded, attrs, stream)
    words = np.empty(len(table), object)
    words[:] = list(table)
    return tuple(_words_at(words, r) if is_string else r
                 for r, is_string in zip(results, _string_results(op, args, attrs, results), strict=True))


def _string_results(op: Op, args: Sequence[Any], attrs: dict[str, Any], results: Sequence[Any]) -> list[bool]:
    """Which results hold strings: the shape rule says it, else the first result does, and all of a list."""
    if op.shape_rule is not None:
        return [dtype.np_dtype.hasobject for _, dtype in apply_rule(op, _described(op, args), attrs)]
    return [op.gives_strings and (i == 0 or op.returns_list) and r.dtype == np.int64 for i, r in enumerate(results)]


def _words_at(words: np.ndarray, places: Any) -> np.ndarray:
    """The words at the given places, as an array even of a single one."""
    places = np.asarray(places)
    if places.size and not (places.min() >= 0 and places.max() < len(words)):
        raise ShapeFault("Strings can be moved and compared, not computed with")
    out = np.empty(places.shape, object)
    out[...] = words[places]
    return out


# The op's function on flat arrays --------------------------------------------------------------------


def pure(op: Op, inputs: Sequence[Any], attrs: dict[str, Any],
         function: Callable[..., Any] | None = None) -> tuple[Any, list[Any]]:
    """The op's function (or `function`, in its place) on flat arrays alone: lists regrouped, known values built in.

    `inputs` holds a `jax.ShapeDtypeStruct` for what moves and an array for what is static. Returned with the specs
    of the moving arrays. A random op takes the key of its draw (2 × uint32) first. A checked op gives its findings
    last.
    """
    slots: list[Any] = []
    specs: list[Any] = [jax.ShapeDtypeStruct((2,), np.uint32)] if op.random else []
    for item in inputs:
        if isinstance(item, list):
            slots.append([_slot(i, specs) for i in item])
        else:
            slots.append(_slot(item, specs))
    keywords = {k: v for k, v in attrs.items() if k in op.defaults}
    function, checker, is_random = function or op.function, op.checker, op.random

    def run(*arrays: Any) -> tuple[Any, ...]:
        args = [[a.of(arrays) for a in s] if isinstance(s, list) else s.of(arrays) for s in slots]
        if is_random:
            args.insert(0, random_key(arrays[0]))
        results = function(*args, **keywords)
        results = tuple(results) if isinstance(results, (tuple, list)) else (results,)
        if checker is None:
            return results
        return (*results, finding(*checker(*args, **keywords)))

    return run, specs


class _Slot(NamedTuple):
    index: int
    value: Any

    def of(self, arrays: Sequence[Any]) -> Any:
        return self.value if self.index < 0 else arrays[self.index]


def _slot(item: Any, specs: list[Any]) -> _Slot:
    if isinstance(item, jax.ShapeDtypeStruct):
        specs.append(item)
        return _Slot(len(specs) - 1, None)
    return _Slot(-1, item)


def random_key(stream: Any) -> Any:
    """The key of one draw from its two words."""
    return threefry.key(stream)


FINDING = 9
"""Length of a check's findings: the flag, then up to 8 numbers for the message."""


def finding(failed: Any, numbers: Sequence[Any] = ()) -> Any:
    """A check's flag and numbers, each of one element, as one float64 vector of length `FINDING`."""
    values = [failed, *numbers, *[0] * (FINDING - 1 - len(numbers))]
    parts = []
    for known, group in itertools.groupby(values, lambda v: isinstance(v, (int, float, np.generic))):
        if known:
            parts.append(np.array(list(group), np.float64))
        else:
            parts += [_one_float(v) for v in group]
    return lax.concatenate(parts, 0)


def _one_float(value: Any) -> Any:
    number = lax.convert_element_type(value, np.float64)
    return number if number.shape == (1,) else lax.reshape(number, (1,))


_NOT_OURS = re.compile(r"\b(broadcast_in_dim|dot_general|dynamic_\w*slice|start_indic\w*|conv_general_dilated|"
                       r"select_n|reduce_window\w*|convert_element_type|ShapedArray|Tracer\w*|traced|Traced|jit|jnp|lax|jax\w*|XLA|xla|HLO)\b")


def first_line(error: Exception) -> str:
    """The first line of what an exception says; that inputs do not fit, where only the compiler's words say how."""
    text = (str(error).strip().splitlines() or [type(error).__name__])[0]
    stumbled = isinstance(error, (IndexError, KeyError, AttributeError, AssertionError, StopIteration))
    if stumbled or _NOT_OURS.search(text):
        return "The inputs and attributes do not fit together"
    return text
