"""Executing a plan: variables from the store, the stages one after another, checks, variables back.

On the hot path (one compiled stage, shapes seen before) `Program.run` is one dictionary look-up and one compiled
call. A run that fails leaves every variable as it was.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any, final

import numpy as np

from hornbeam.backend.aligned import Places, aligned, own
from hornbeam.backend.compiler import compiled
from hornbeam.backend.lazy import jnp
from hornbeam.backend.switches import SHOW
from hornbeam.backend.x64 import x64
from hornbeam.graph.body import NeedsHost, bodies
from hornbeam.graph.operation import Operation
from hornbeam.graph.tensor import GraphTensor
from hornbeam.runtime.alike import counterparts
from hornbeam.runtime.evaluation import Stepping, Tracing, failure
from hornbeam.runtime.plan import Plan, Stage, is_free
from hornbeam.runtime.step_stats import StepMeasure
from hornbeam.runtime.store import RUNNING, Cell, Store, stream_of

SMALL_RUN = 30_000
"""Runs of at most this many estimated scalar operations go op by op; training steps are always compiled."""
_MAX_STEPS = 200
_MAX_READY = 1000
_ALIKE = 8
"""Compiled stages of the same ops that a later stage is compared with."""

compilations: list[str] = []
"""What was compiled so far and why, newest last (at most `_KEPT` entries)."""
_KEPT = 1000


@final
class CompiledStage:
    """One device stage for one set of static values: a jitted function and what it takes, in order.

    `call((written, read, streams, moving))` gives (new values, outputs, findings).

    traced: a stage that is the same program, whose compiled function serves this one too (`serves`).
    """

    def __init__(self, plan: Plan, stage: Stage, static: dict[GraphTensor, np.ndarray], donate: bool,
                 traced: CompiledStage | None = None) -> None:
        touched = [plan.accesses[op] for op in stage.ops]
        fetched = [t.op for t in stage.outputs if t.op.type == "VariableV2"]
        self.written = list(dict.fromkeys(v for a in touched for v in a.writes))
        reads = list(dict.fromkeys([v for a in touched for v in a.reads] + fetched))
        self.read = [v for v in reads if v not in set(self.written)]
        self.random = random_operations(stage.ops)
        self.moving = [t for t in stage.inputs if t not in static]
        self.outputs = stage.outputs
        self._stage, self._static, self._fed, self._donate = stage, static, plan.fed_variables, donate
        self._traced = traced or self
        if traced is None:
            self._checks: list[Operation] = []
            self._count = 0
            self.kernels: dict[str, int] = {}
            self.call = compiled(self._trace, (0,) if donate else ())
        else:
            self.call = traced.call

    @property
    def compiled(self) -> int:
        """How often it was compiled, once for each set of shapes."""
        return self._traced._count

    def check(self, number: int) -> Operation:
        """The operation whose check has this number among those that the program makes."""
        found = self._traced._checks[number]
        if self._traced is self:
            return found
        return (counterparts(self._traced._stage, self._stage) or {}).get(found, found)

    def serves(self, plan: Plan, stage: Stage, static: dict[GraphTensor, np.ndarray], donate: bool) -> bool:
        """Whether this stage's program is that of another one."""
        if donate != self._donate or plan.fed_variables or self._fed or len(static) != len(self._static):
            return False
        same = counterparts(self._stage, stage)
        if same is None:
            return False
        random, written = random_operations(stage.ops), [v for op in stage.ops for v in plan.accesses[op].writes]
        if [same.get(op, op) for op in self.random] != random or list(dict.fromkeys(written)) != self.written:
            return False
        mine = {t: i for i, t in enumerate(self._stage.inputs)}
        return all(t in self._static and np.array_equal(self._static[t], static[stage.inputs[i]])
                   for t, i in mine.items() if stage.inputs[i] in static)

    def _trace(self, written: tuple[Any, ...], read: tuple[Any, ...], streams: tuple[Any, ...],
               moving: tuple[Any, ...]) -> Any:
        """What is compiled: runs once for each new set of shapes."""
        self._count += 1
        variables = dict(zip(self.written, written, strict=True)) | dict(zip(self.read, read, strict=True))
        old = dict(variables)
        values: dict[GraphTensor, Any] = dict(zip(self.moving, moving, strict=True)) | self._static
        for tensor in self._stage.outputs:
            if tensor.op.type == "VariableV2":
                values[tensor] = variables[tensor.op]
        tracing = Tracing(values, variables, dict(zip(self.random, streams, strict=True)), self._checks)
        tracing.fed = self._fed
        tracing.run(self._stage.ops)
        self.kernels = tracing.kernels
        new = [tracing.variables[v] for v in self.written]
        if tracing.found is not None:
            new = [n if tracing.kept.get(v) is tracing.found else _kept(old[v], n, tracing.found[0])
                   for v, n in zip(self.written, new, strict=True)]
        outputs = [tracing.value(t) if t not in tracing.values else tracing.values[t] for t in self._stage.outputs]
        held = {id(v) for v in old.values() if v is not None}
        # A variable's array is never handed out: another run may give its buffer away.
        return tuple(new), tuple(jnp.copy(v) if id(v) in held else v for v in outputs), tracing.found


def _kept(old: Any, new: Any, failed: Any) -> Any:
    """The old value where a check failed."""
    if old is None or jnp.shape(old) != jnp.shape(new):
        return new
    return jnp.where(failed != 0, old, new)


class _Late(threading.local):
    findings: list[tuple[CompiledStage, Any]] | None = None


_late = _Late()


@final
class LateChecks:
    """A run of one compiled stage within the block is not waited for; `raise_any` raises what its checks found."""

    __slots__ = ("_findings",)

    def __init__(self) -> None:
        self._findings: list[tuple[CompiledStage, Any]] = []

    def __enter__(self) -> LateChecks:
        _late.findings = self._findings
        return self

    def __exit__(self, *exc: object) -> None:
        _late.findings = None

    def failed(self) -> bool:
        """Wait for the run, and say whether a check failed."""
        return any(np.asarray(found)[0] for _, found in self._findings)

    def raise_any(self) -> None:
        """Wait for the run, and raise what it found. A second call does nothing."""
        while self._findings:
            _raise_found(*self._findings.pop())


def random_operations(ops: Sequence[Operation]) -> list[Operation]:
    """The random operations among `ops` and in the graphs they hold; for copies, what they are copies of."""
    found: dict[Operation, None] = {}
    for op in ops:
        if op.declaration.random:
            found[stream_of(op)] = None
        for body in bodies(op):
            found.update(dict.fromkeys(random_operations(body.needed)))
    return list(found)


@final
class Runner:
    """A plan bound to a store: the cells it reads and writes are found once.

    borrows: what is fed belongs to the caller, who may write to it as soon as `run` returns. It is copied then.
    """

    def __init__(self, plan: Plan, store: Store, most_shapes: int | None = None, *, borrows: bool = False) -> None:
        self.plan = plan
        self.store = store
        self.most_shapes = most_shapes
        self.borrows = borrows
        self._places = Places()
        self._ready: dict[Any, Any] = {}
        self._compiled_shapes = 0

    def run(self, feeds: Sequence[np.ndarray], measure: StepMeasure | None = None) -> Sequence[Any]:
        """The values of the plan's fetches. `feeds` follow the plan's order.

        measure: makes this run go op by op, and is told of each operation.
        """
        if measure is not None:
            return self._general(feeds, step=True, once=self.plan.initializes, measure=measure)
        key = tuple([f.shape for f in feeds])
        ready = self._ready.get(key)
        if ready is None or SHOW.value:
            ready = self._choose(key, feeds)
        return ready(feeds)

    def _choose(self, key: Any, feeds: Sequence[np.ndarray]) -> Any:
        plan = self.plan
        if SHOW.value >= 5:
            return self._step
        if plan.initializes:
            ready: Any = self._step_once
        elif len(plan.stages) == 1 and not plan.stages[0].on_host and not plan.stages[0].static \
                and not self._is_small(feeds) and not _fetches_more(plan):
            ready = self._single()
        elif not plan.must_compile and self._is_small(feeds):
            ready = self._step
        else:
            ready = self._stages
        if ready != self._step and ready != self._step_once and self.most_shapes is not None:
            self._compiled_shapes += 1
            if self._compiled_shapes > self.most_shapes:
                ready = self._step_once
        if len(self._ready) >= _MAX_READY:
            self._ready.clear()
        self._ready[key] = ready
        return ready

    # One compiled stage ---------------------------------------------------------------------------

    def _single(self) -> Any:
        """A closure for the hot path."""
        stage = _compiled(self.plan, 0, {}, donate=True)
        written: list[Cell] = [self.store.cell(v) for v in stage.written]
        read: list[Cell] = [self.store.cell(v) for v in stage.read]
        fed = {t: i for i, t in enumerate(self.plan.feeds)}  # by hash: `==` between tensors may be an op
        given = {t: i for i, t in enumerate(stage.outputs)}
        order = [fed[t] for t in stage.moving]
        in_order = order == list(range(len(self.plan.feeds)))
        picks = [(t in fed, fed[t] if t in fed else given[t]) for t in self.plan.fetches]
        plain = all(not is_fed for is_fed, _ in picks) and [i for _, i in picks] == list(range(len(picks)))
        store, random, call = self.store, stage.random, stage.call
        guard = RUNNING if written or read or random else nullcontext()
        places = self._places if self.borrows and written else None  # the guard keeps other threads out of them
        placed, stage_and_shapes = own if self.borrows else aligned, object()

        def run(feeds: Sequence[np.ndarray]) -> Sequence[Any]:
            moving: Sequence[Any] = feeds if in_order else [feeds[i] for i in order]
            if places is None:
                moving = tuple([placed(f) for f in moving])
            count = stage.compiled
            started = time.perf_counter() if SHOW.value else 0.0
            with guard, x64():
                if places is not None:
                    moving = places.filled(moving, stage_and_shapes)
                streams = tuple([store.stream(op) for op in random]) if random else ()
                try:
                    new, outputs, found = call(tuple([c.give() if c.lent else c.value for c in written]),
                                               tuple([c.placed() for c in read]), streams, moving)
                    for cell, value in zip(written, new, strict=True):
                        cell.value = value
                        cell.lent = False
                    if places is not None:
                        places.until = new[0]
                except NeedsHost as needs:
                    _move_to_host(needs)
                    outputs = None
            if outputs is None:
                return self._general(feeds, step=True, drawn=dict(zip(random, streams, strict=True)))
            if stage.compiled != count:
                _log(self.plan, stage, moving, started)
            if found is not None:
                if _late.findings is None:
                    _raise_found(stage, found)
                else:
                    _late.findings.append((stage, found))
            return outputs if plain else [feeds[i] if is_fed else outputs[i] for is_fed, i in picks]

        return run

    # Several stages -------------------------------------------------------------------------------

    def _stages(self, feeds: Sequence[np.ndarray]) -> Sequence[Any]:
        return self._general(feeds, step=False)

    def _step(self, feeds: Sequence[np.ndarray]) -> Sequence[Any]:
        return self._general(feeds, step=True)

    def _step_once(self, feeds: Sequence[np.ndarray]) -> Sequence[Any]:
        """Initial values are drawn once: interpreting a large draw takes less than compiling it."""
        return self._general(feeds, step=True, once=True)

    def _general(self, feeds: Sequence[np.ndarray], step: bool, once: bool = False,
                 drawn: dict[Operation, np.ndarray] | None = None,
                 measure: StepMeasure | None = None) -> Sequence[Any]:
        plan = self.plan
        drawn = {} if drawn is None else drawn
        mine = [own(f) for f in feeds] if self.borrows else feeds
        values: dict[GraphTensor, Any] = dict(zip(plan.feeds, mine, strict=True))
        variables: dict[Operation, Any] = {}
        if measure is not None:
            kept = {v.outputs[0]: self.store.cell(v).value for v in (*plan.reads, *plan.writes)}
            measure.add_at_rest([*(t.op for t in plan.feeds), *filter(is_free, plan.ops)], kept | values)
        for index in range(plan.device_from):
            self._run_stage(index, values, variables, drawn, step, once, measure)
        # Host stages may wait for other threads. From here on there is none, and no other run comes between what this
        # one reads and what it writes.
        with RUNNING if plan.writes else nullcontext():
            for index in range(plan.device_from, len(plan.stages)):
                self._run_stage(index, values, variables, drawn, step, once, measure)
            self._read_variables(plan.first_uses[-1], values, variables)
            for variable in plan.writes:
                self.store.cell(variable).write(variables[variable])
        reader = Stepping(values, variables, self.store)
        return [reader.value(t) for t in plan.fetches]

    def _read_variables(self, wanted: Sequence[Operation], values: dict[GraphTensor, Any],
                        variables: dict[Operation, Any]) -> None:
        """Take the variables' values as they are now."""
        cells = [self.store.cell(v) for v in wanted]
        with RUNNING:
            for variable, cell in zip(wanted, cells, strict=True):
                cell.lent = True  # a run in another thread must not reuse what this one reads
                variables[variable] = cell.value
        for tensor in self.plan.fetches:
            if tensor.op in wanted and tensor.op.type == "VariableV2" and tensor not in values:
                values[tensor] = self._initial(variables, tensor.op)

    def _run_stage(self, index: int, values: dict[GraphTensor, Any], variables: dict[Operation, Any],
                   drawn: dict[Operation, np.ndarray], step: bool, once: bool, measure: StepMeasure | None) -> None:
        stage = self.plan.stages[index]
        if self.plan.first_uses[index]:
            self._read_variables(self.plan.first_uses[index], values, variables)
        started = time.perf_counter() if SHOW.value >= 2 else 0.0
        if step or stage.on_host:
            stepping = Stepping(values, variables, self.store, once=once, drawn=drawn,
                                fetched=frozenset(self.plan.fetches), measure=measure)
            stepping.fed = self.plan.fed_variables
            stepping.run(stage.ops)
        else:
            self._run_compiled(index, stage, values, variables, drawn)
        if SHOW.value >= 2:
            kind = "host" if stage.on_host else "step" if step else "device"
            _say(f"stage {index} ({kind}, {len(stage.ops)} ops): {1e3 * (time.perf_counter() - started):.2f} ms")

    def _initial(self, variables: dict[Operation, Any], op: Operation) -> Any:
        return Stepping({}, variables, self.store).variable(op)

    def _run_compiled(self, index: int, stage: Stage, values: dict[GraphTensor, Any],
                      variables: dict[Operation, Any], drawn: dict[Operation, np.ndarray]) -> None:
        static = {t: np.asarray(values[t]) for t in stage.static}
        compiled = _compiled(self.plan, index, static, donate=False)
        moving = tuple(aligned(values[t]) for t in compiled.moving)
        streams = tuple(self.store.stream(op, drawn) for op in compiled.random)
        count, started = compiled.compiled, time.perf_counter()
        try:
            with x64():
                new, outputs, found = compiled.call(tuple(variables.get(v) for v in compiled.written),
                                                    tuple(variables.get(v) for v in compiled.read), streams, moving)
        except NeedsHost as needs:
            _move_to_host(needs)
            stepping = Stepping(values, variables, self.store, drawn=drawn)
            stepping.fed = self.plan.fed_variables
            stepping.run(stage.ops)
            return
        if compiled.compiled != count:
            _log(self.plan, compiled, moving, started)
        if found is not None:
            _raise_found(compiled, found)
        variables.update(zip(compiled.written, new, strict=True))
        values.update(zip(stage.outputs, outputs, strict=True))

    # Small work -----------------------------------------------------------------------------------

    def _is_small(self, feeds: Sequence[np.ndarray]) -> bool:
        """Whether the estimated work of the run, from operations and shapes alone, does not pay for compiling."""
        plan = self.plan
        if plan.must_compile or len(plan.ops) > _MAX_STEPS:
            return False
        usual = max((d for f in feeds for d in f.shape), default=1)
        return sum(work_of(op, usual) for op in plan.ops) <= SMALL_RUN


def work_of(op: Operation, usual: int) -> int:
    """Scalar operations of one op, roughly; unknown dimensions count as `usual`."""
    if op.type in ("Const", "Placeholder", "VariableV2", "NoOp"):
        return 0
    if op.type == "While" and op.attrs["limit"] is None:
        return SMALL_RUN + 1  # it may run for millions of iterations
    if op.declaration.structural:
        return 100 * sum(work_of(inner, usual) for body in bodies(op) for inner in body.needed)
    sizes = [_size(t, usual) for t in (*op.inputs, *op.outputs)]
    total = sum(sizes)
    if op.type in ("MatMul", "BatchMatMulV2", "Einsum", "Conv2D"):
        total += int((sizes[0] * sizes[1] * sizes[-1]) ** 0.5) * 2
    return total * (4 if op.declaration.random else 1)


def _size(tensor: GraphTensor, usual: int) -> int:
    dims = tensor._dims
    if dims is None:
        return usual
    total = 1
    for d in dims:
        total *= usual if d is None else d
    return total


def _fetches_more(plan: Plan) -> bool:
    """Whether something is fetched that the only stage does not give (a constant, say)."""
    given = set(plan.stages[0].outputs) | set(plan.feeds)
    return any(t not in given for t in plan.fetches)


def _compiled(plan: Plan, index: int, static: dict[GraphTensor, np.ndarray], donate: bool) -> CompiledStage:
    key = (index, donate, tuple((t, v.shape, v.tobytes()) for t, v in static.items()))
    found = plan.executables.get(key)
    if found is None:
        found = plan.executables[key] = _new_stage(plan, plan.stages[index], static, donate)
    return found  # type: ignore[return-value]


def _new_stage(plan: Plan, stage: Stage, static: dict[GraphTensor, np.ndarray], donate: bool) -> CompiledStage:
    """A stage that shares what was compiled for an earlier one of its graph, where that is the same program."""
    graph = stage.ops[0].graph
    earlier: list[CompiledStage] = graph.programs.setdefault(tuple(op.type for op in stage.ops), [])
    traced = next((e for e in reversed(earlier) if e.serves(plan, stage, static, donate)), None)
    made = CompiledStage(plan, stage, static, donate, traced)
    if traced is None:
        earlier.append(made)
        del earlier[:-_ALIKE]
    return made


def _move_to_host(needs: NeedsHost) -> None:
    """Let the host run a branch or loop that cannot be compiled, in the plans that are made from now on."""
    needs.op.attrs["on_host"] = True
    needs.op.graph.edited()
    if SHOW.value:
        _say(str(needs))


def _raise_found(stage: CompiledStage, found: Any) -> None:
    numbers = np.asarray(found)
    if numbers[0]:
        raise failure(stage.check(int(numbers[0]) - 1), numbers[1:])


def _log(plan: Plan, stage: CompiledStage, moving: Sequence[Any], started: float) -> None:
    names = ", ".join(t.name for t in plan.fetches[:3]) or ", ".join(op.name for op in plan.ops[-1:])
    shapes = ", ".join(f"{t.name} {list(np.shape(v))}" for t, v in zip(stage.moving, moving, strict=True))
    why = "first run" if stage.compiled == 1 else f"new shapes: {shapes}"
    static = ", ".join(f"{t.name} = {v.tolist()}" for t, v in stage._static.items())
    compilations.append(f"{names}: {why}" + (f"; known values: {static}" if static else ""))
    del compilations[:-_KEPT]
    if SHOW.value:
        took = f" in {1e3 * (time.perf_counter() - started):.0f} ms" if started else ""
        kernels = ", ".join(f"{kind} {count}" for kind, count in sorted(stage._traced.kernels.items()))
        _say(f"compiled {len(stage._stage.ops)} ops for {compilations[-1]}{took}"
             + (f"; kernels: {kernels}" if kernels else ""))


def _say(text: str) -> None:
    print(f"hornbeam: {text}", file=sys.stderr)
