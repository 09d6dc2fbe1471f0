"""Running operations in order: on tracers while a stage is compiled, or on arrays, op by op.

Comes in: values of the stage's inputs, the variables' current values. Goes out: values of its tensors, the
variables' new ones, and what checks found. `Tracing` and `Stepping` differ in how one op is applied, nothing else.
"""

from __future__ import annotations

import collections
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, final

import numpy as np

from hornbeam.backend.inlined import inlined
from hornbeam.backend.lazy import jax, jnp
from hornbeam.backend.switches import SHOW
from hornbeam.graph.errors import FailedPreconditionError, InvalidArgumentError, OpError
from hornbeam.graph.execute import (
    FAULTS,
    Failed,
    ShapeFault,
    execute,
    explain,
    finding,
    first_line,
    random_key,
    refuse_misfits,
    refuse_too_large,
)
from hornbeam.graph.operation import Operation
from hornbeam.graph.seeds import fold
from hornbeam.graph.tensor import GraphTensor
from hornbeam.runtime.order import accesses, is_reference, variable_of
from hornbeam.runtime.step_stats import StepMeasure
from hornbeam.runtime.store import Store, stream_of

_MAX_FOLDED = 4096


class Evaluation(ABC):
    """Values of tensors and variables while operations run in order."""

    concrete: bool
    iteration: Any
    fed: frozenset[GraphTensor] = frozenset()
    """Variables that this run was given other values for: what reads them takes those."""

    def __init__(self, values: dict[GraphTensor, Any], variables: dict[Operation, Any]) -> None:
        self.values = values
        self.variables = variables

    def run(self, ops: Iterable[Operation]) -> None:
        """Run operations whose inputs are there."""
        for op in ops:
            if op.type not in ("Const", "VariableV2"):
                self._run_op(op)

    def value(self, tensor: GraphTensor) -> Any:
        """The value of a tensor; of a variable, its value now."""
        if is_reference(tensor) and tensor not in self.values:
            return self.variable(variable_of(tensor))
        found = self.values.get(tensor)
        if found is None:
            if tensor.op.type == "Const":
                return tensor.op.attrs["value"]
            if tensor.op.type == "Placeholder":
                raise _unfed(tensor.op)
            raise AssertionError(f"{tensor.name} is used before it is computed")
        return found

    def variable(self, op: Operation) -> Any:
        """The value of a variable. Raises FailedPreconditionError where it has none."""
        found = self.variables.get(op)
        if found is None:
            raise failed(op, f"Attempting to use uninitialized value {op.name}. Run its initializer first "
                         "(`global_variables_initializer`), or restore it.", FailedPreconditionError)
        return found

    def _run_op(self, op: Operation) -> None:
        declaration = op.declaration
        kind = declaration.type
        if kind == "Placeholder":
            if op.outputs[0] not in self.values:
                raise _unfed(op)
            return
        if declaration.lowering is not None:
            results = self._lowered(op)
        elif kind == "IsVariableInitialized":
            results = (np.asarray(self.variables.get(variable_of(op.inputs[0])) is not None),)
        else:
            args = self._arguments(op)
            results = self.apply(op, args)
        written = len(declaration.writes)
        if written:
            references = dict(zip([a.name for a in declaration.args], op.inputs, strict=False))
            for name, value in zip(declaration.writes, results, strict=False):
                self.variables[variable_of(references[name])] = value
            results = (results[0], *results[written:])
        for tensor, value in zip(op.outputs, results, strict=True):
            self.values[tensor] = value
        if SHOW.value >= 5 and self.concrete:
            _show(op, results)

    def written(self, op: Operation) -> list[Operation]:
        """The variables that an operation, with the graphs it holds, writes."""
        return list(accesses(op).writes)

    def _lowered(self, op: Operation) -> Sequence[Any]:
        try:
            results = op.declaration.lowering(self, op, [self.value(t) for t in op.inputs])  # type: ignore[misc]
            if not self.concrete:
                refuse_too_large(op.declaration, [r for r in results if hasattr(r, "shape")])
            return results
        except (OpError, jax.errors.JAXTypeError):
            raise
        except ShapeFault as fault:
            raise failed(op, fault.run) from None
        except FAULTS as error:
            raise failed(op, first_line(error)) from error

    def _arguments(self, op: Operation) -> list[Any]:
        flat = []
        for tensor in op.inputs:
            if is_reference(tensor) and tensor not in self.fed:
                variable = variable_of(tensor)
                flat.append(self.variables.get(variable) if op.type in _MAY_BE_UNSET else self.variable(variable))
            else:
                found = self.values.get(tensor)
                flat.append(self.value(tensor) if found is None else found)
        return op.declaration.group(flat, op.attrs)

    @abstractmethod
    def apply(self, op: Operation, args: list[Any]) -> Sequence[Any]:
        """The results of one op on its arguments (one an argument; a list for a list argument)."""


def _refuse_other_shape(op: Operation, shape: Sequence[int]) -> None:
    """Raise where a value whose shape the graph did not tell is assigned to a variable of another shape."""
    dims = op.inputs[0]._dims
    if op.attrs["validate_shape"] and dims is not None and (
            len(dims) != len(shape) or any(d not in (None, s) for d, s in zip(dims, shape, strict=True))):
        raise failed(op, "Assign requires shapes of both tensors to match. "
                     f"lhs shape= [{','.join('?' if d is None else str(d) for d in dims)}] "
                     f"rhs shape= [{','.join(map(str, shape))}]")


_MAY_BE_UNSET = frozenset(("Assign", "IsVariableInitialized"))
_MAKERS = frozenset(("Add", "AddV2", "Fill", "Mul", "Sub"))
"""Operations that end the making of initial values. Their results are arrays of their own."""


@final
class Stepping(Evaluation):
    """Op by op on arrays: host stages, small work, and the debugging mode."""

    concrete = True

    def __init__(self, values: dict[GraphTensor, Any], variables: dict[Operation, Any], store: Store,
                 iteration: int = 0, once: bool = False, drawn: dict[Operation, np.ndarray] | None = None,
                 fetched: frozenset[GraphTensor] = frozenset(), measure: StepMeasure | None = None) -> None:
        super().__init__(values, variables)
        self.store, self.fetched, self.measure = store, fetched, measure
        self.drawn: dict[Operation, np.ndarray] = {} if drawn is None else drawn
        self.once = once
        self.iteration = iteration

    def run(self, ops: Iterable[Operation]) -> None:
        """Run operations whose inputs are there, and measure each where that is asked."""
        if self.measure is None:
            super().run(ops)
            return
        for op in ops:
            with self.measure.execution(op, self.values, lambda op=op: self.apply(op, self._arguments(op))):
                super().run((op,))

    def apply(self, op: Operation, args: list[Any]) -> Sequence[Any]:
        declaration = op.declaration
        stream = None
        if declaration.random:
            stream = self.store.stream(op, self.drawn)
            if self.iteration:
                stream = fold(stream, np.array([self.iteration & 0xFFFFFFFF], np.uint32))
        if declaration.host:
            args = [[np.asarray(v) for v in a] if isinstance(a, list) else np.asarray(a) for a in args]
        else:
            args = [np.asarray(a) if arg.static else a for arg, a in zip(declaration.args, args, strict=True)]
        if op.type == "Assign":
            _refuse_other_shape(op, np.shape(args[1]))
            # A buffer of its own: variables are donated one by one.
            return (args[1] if self.once and self._is_fresh(op, args[1]) else np.array(args[1]),)
        try:
            return execute(declaration, args, op.attrs, stream, self.once)
        except ShapeFault as fault:
            raise failed(op, fault.run) from None
        except Failed as fault:
            raise failed(op, fault.text) from None
        except OpError as error:
            if error.op is None:
                raise failed(op, error.message, type(error)) from error
            raise

    def _is_fresh(self, op: Operation, value: Any) -> bool:
        """Whether nothing but the variable will hold the initial value that an operation made for it."""
        source = op.inputs[1]
        made = source.op.declaration.random or source.op.type in _MAKERS
        return made and type(value) is np.ndarray and value.base is None and source.consumers() == [op] \
            and source not in self.fetched

    def child(self, values: dict[GraphTensor, Any], iteration: int | None = None) -> Stepping:
        """An evaluation of a body, with the same variables."""
        return Stepping(values, self.variables, self.store, self.iteration if iteration is None else iteration,
                        self.once, self.drawn, measure=self.measure)


@final
class Tracing(Evaluation):
    """On tracers, inside `jax.jit`: what depends on shapes and constants alone is computed while tracing.

    `found` is the first failed check: its number (from 1) and the numbers for its message, zeros where all is well.
    `given`: what operations were given, for kernels that compute several of them at once. `latest`: the last array of
    some size that was computed. `kept`: for variables whose kernel keeps them where a check failed, what was found by
    then. `kernels`: how many operations of each type are computed by kernels.
    `transformed`: what is traced will be batched, so that it consists of the ops' own functions, without kernels.
    """

    concrete = False
    transformed = False

    def __init__(self, values: dict[GraphTensor, Any], variables: dict[Operation, Any],
                 streams: dict[Operation, Any], checks: list[Operation], iteration: Any = 0) -> None:
        super().__init__(values, variables)
        self.streams = streams
        self.checks = checks
        self.iteration = iteration
        self.found: Any = None
        self.given: dict[Operation, list[Any]] = {}
        self.latest: Any = None
        self.kept: dict[Operation, Any] = {}
        self.kernels: collections.Counter[str] = collections.Counter()

    def apply(self, op: Operation, args: list[Any]) -> Sequence[Any]:
        declaration = op.declaration
        try:
            if not declaration.stateful and _known(args):
                with jax.ensure_compile_time_eval():
                    return [np.asarray(r) for r in execute(declaration, args, op.attrs)]
            return self._traced(op, args)
        except ShapeFault as fault:
            raise failed(op, fault.run) from None
        except Failed as fault:
            raise failed(op, fault.text) from None
        except (OpError, jax.errors.JAXTypeError):
            raise
        except FAULTS as error:
            raise failed(op, first_line(error)) from error

    def _traced(self, op: Operation, args: list[Any]) -> Sequence[Any]:
        declaration = op.declaration
        if op.type == "Assign":
            self.kept.pop(variable_of(op.inputs[0]), None)
            _refuse_other_shape(op, jnp.shape(args[1]))
            return (jnp.copy(args[1]),)  # a buffer of its own, not the input handed on
        keywords = {k: v for k, v in op.attrs.items() if k in declaration.defaults}
        refuse_misfits(declaration, args, op.attrs)
        function = self._function(op, args)
        if declaration.random:
            args = [random_key(self._stream(op)), *args]
        if getattr(function, "in_place", False):
            keywords |= {"failed": None if self.found is None else self.found[0] != 0, "after": self.latest}
            self.kept.update((v, self.found) for v in accesses(op).writes)
        elif declaration.writes:
            for variable in accesses(op).writes:
                self.kept.pop(variable, None)
        with inlined():
            results = function(*args, **keywords)
            results = tuple(results) if isinstance(results, (tuple, list)) else (results,)
            refuse_too_large(declaration, results)
            if not declaration.writes and results and _is_some_size(results[0]):
                self.latest = results[0]
            if declaration.checker is not None:
                self.note(op, finding(*declaration.checker(*args, **keywords)))
        return results

    def _function(self, op: Operation, args: list[Any]) -> Any:
        """What computes an operation: a kernel that suits it and what went before, else the op's own function."""
        if self.transformed:
            return op.declaration.function
        self.given[op] = args
        fused = op.declaration.fused_rule and op.declaration.fused_rule(op, self.given.get)
        chosen = fused or op.declaration.compiles_to(args, op.attrs)
        if chosen is not op.declaration.function:
            self.kernels[op.type] += 1
        return chosen

    def _stream(self, op: Operation) -> Any:
        stream = self.streams[stream_of(op)]
        if isinstance(self.iteration, int) and not self.iteration:
            return stream
        return fold(stream, jnp.asarray(self.iteration).astype(jnp.uint32)[None])

    def note(self, op: Operation, vector: Any) -> None:
        """Keep a check's findings where no earlier check failed."""
        if op not in self.checks:
            self.checks.append(op)
        number = float(self.checks.index(op) + 1)
        mine = jnp.concatenate([jnp.where(vector[:1] != 0, number, 0.0), vector[1:]])
        mine = jnp.where(vector[0] != 0, mine, jnp.zeros_like(mine))
        self.found = mine if self.found is None else jnp.where(self.found[0] != 0, self.found, mine)

    def child(self, values: dict[GraphTensor, Any], iteration: Any = None,
              variables: dict[Operation, Any] | None = None, found: Any = None) -> Tracing:
        """An evaluation of a body; its variables and findings are the caller's to take over."""
        made = Tracing(values, dict(self.variables) if variables is None else variables, self.streams, self.checks,
                       self.iteration if iteration is None else iteration)
        made.found = found
        made.transformed = self.transformed
        made.kernels = self.kernels
        return made


def _is_some_size(value: Any) -> bool:
    return getattr(value, "dtype", None) == np.float32 and value.size >= 16


def _known(args: Iterable[Any]) -> bool:
    """Whether every argument is a small array rather than a tracer."""
    some = False
    for a in args:
        for item in a if isinstance(a, list) else (a,):
            if not isinstance(item, np.ndarray) or item.size > _MAX_FOLDED:
                return False
            some = True
    return some


def failure(op: Operation, numbers: np.ndarray) -> OpError:
    """The error of a check that failed in a compiled stage."""
    return failed(op, explain(op.declaration, numbers, op.declaration.group(op.inputs, op.attrs), op.attrs))  # type: ignore


def failed(op: Operation, text: str, error: type[OpError] = InvalidArgumentError) -> OpError:
    """The error of an operation that failed while it ran: what happened, and which node it was."""
    return error(None, op, f"{text}\n\t [[{{{{node {op.name}}}}}]]")  # type: ignore[call-arg]


def _unfed(op: Operation) -> OpError:
    dims = op.outputs[0]._dims
    shape = "" if dims is None else f" and shape [{','.join('?' if d is None else str(d) for d in dims)}]"
    return failed(op, f"You must feed a value for placeholder tensor '{op.name}' with dtype "
                  f"{_c_name(op.outputs[0].dtype.name)}{shape}")


def _c_name(name: str) -> str:
    return {"float32": "float", "float64": "double", "float16": "half"}.get(name, name)


def _show(op: Operation, results: Sequence[Any]) -> None:
    for tensor, value in zip(op.outputs, results, strict=True):
        text = np.array2string(np.asarray(value), threshold=8, precision=5).replace("\n", " ")
        print(f"{tensor.name} {op.type} {np.shape(value)} = {text}   {op.made_at}", file=sys.stderr)
