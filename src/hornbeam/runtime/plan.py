"""Plan: what a run of some fetches with some feeds does, found once and kept.

Comes in: fetched tensors and operations, fed tensors. Goes out: ordered operations, split into stages that alternate
between device (one compiled program each) and host (NumPy, between programs). Invariant: a stage only needs what
earlier stages, feeds and variables give.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple, final

from hornbeam.graph import dtypes
from hornbeam.graph.body import SHAPES_ONLY, bodies, static_tensors
from hornbeam.graph.operation import Operation
from hornbeam.graph.tensor import GraphTensor
from hornbeam.runtime.order import Accesses, accesses, is_reference, needed, ordered

_MAX_STATIC_FEED = 64
_REDUCTIONS = frozenset(("Max", "Min", "Sum", "Prod", "Mean", "All", "Any"))
_OBJECTS = frozenset((dtypes.string, dtypes.resource, dtypes.variant))


class Stage(NamedTuple):
    """Operations that run together: on the host, or as one program on the device.

    `inputs`: values from feeds and earlier stages; `static`: those of them that must be known to compile.
    `outputs`: what later stages and the fetches need.
    """

    on_host: bool
    ops: list[Operation]
    inputs: list[GraphTensor]
    static: frozenset[GraphTensor]
    outputs: list[GraphTensor]


@final
class Plan:
    """The stages of one set of fetches and feeds, and what was compiled for them (`executables`, by shapes)."""

    def __init__(self, tensors: Sequence[GraphTensor], operations: Iterable[Operation],
                 feeds: Sequence[GraphTensor]) -> None:
        self.fetches = tuple(tensors)
        self.feeds = tuple(feeds)
        fed = set(feeds)
        self.fed_variables = frozenset(t for t in fed if is_reference(t))
        roots = [t.op for t in tensors if t not in fed] + list(operations)
        self.ops = ordered(needed(roots, fed), fed)
        self.accesses: dict[Operation, Accesses] = {op: accesses(op, fed) for op in self.ops}
        fetched_variables = [t for t in tensors if t not in fed and t.op.type == "VariableV2"]
        self.stages = _split(self.ops, self.accesses, fed, tensors)
        self.reads = list(dict.fromkeys([v for a in self.accesses.values() for v in a.reads]
                                        + [t.op for t in fetched_variables]))
        self.writes = list(dict.fromkeys(v for a in self.accesses.values() for v in a.writes))
        self.first_uses = self._first_uses()
        self.device_from = max((i + 1 for i, stage in enumerate(self.stages) if stage.on_host), default=0)
        self.must_compile = self._updates()
        self.initializes = bool(self.writes) and not self.must_compile and all(
            op.attrs.get("initializes") for op in self.ops if self.accesses[op].writes)
        self.executables: dict[object, object] = {}

    def _first_uses(self) -> list[list[Operation]]:
        """For each stage the variables that no stage before it uses; one more list for those that only are fetched."""
        left = dict.fromkeys([*self.reads, *self.writes])
        uses: list[list[Operation]] = []
        for stage in self.stages:
            found = dict.fromkeys(v for op in stage.ops for a in (self.accesses[op],) for v in (*a.reads, *a.writes))
            uses.append([v for v in found if v in left])
            for variable in found:
                left.pop(variable, None)
        return [*uses, list(left)]

    def _updates(self) -> bool:
        """Whether a variable's new value follows from an old one: such runs are always compiled."""
        depends: set[Operation] = set()
        for op in self.ops:
            found = self.accesses[op]
            reads = [v for v in found.reads if not (op.type == "Assign" and v in found.writes)]
            if reads or any(t.op in depends for t in op.inputs):
                depends.add(op)
                if found.writes:
                    return True
        return False


def on_host(op: Operation) -> bool:
    """Whether an operation runs on NumPy arrays: host ops, strings, handles, and branches or loops that hold such.

    Attributes say so where compiling has failed for good reason (`on_host`), or where an operation takes what another
    keeps in a form of its own (`beside`).
    """
    if op.declaration.host or op.attrs.get("on_host"):
        return True
    if any(on_host(other) for other in op.attrs.get("beside", ())):
        return True
    if any(t.dtype.base_dtype in _OBJECTS for t in (*op.inputs, *op.outputs)):
        return True
    return any(on_host(inner) for body in bodies(op) for inner in body.needed if not is_free(inner))


def is_free(op: Operation) -> bool:
    """Constants belong to no stage: each that needs one has it."""
    return op.type in ("Const", "VariableV2")


def _split(ops: Sequence[Operation], touched: dict[Operation, Accesses], fed: Collection[GraphTensor],
           fetches: Sequence[GraphTensor]) -> list[Stage]:
    levels = _levels(ops, touched, fed)
    by_level: dict[int, list[Operation]] = {}
    for op in ops:
        if not is_free(op):
            by_level.setdefault(levels[op], []).append(op)
    wanted: set[GraphTensor] = set(fetches)
    stages: list[Stage] = []
    for level in sorted(by_level, reverse=True):
        members = by_level[level]
        inside = set(members)
        produced = [t for op in members for t in op.outputs if t in wanted and t not in fed]
        inputs = list(dict.fromkeys(t for op in members for t in op.inputs
                                    if (t in fed or t.op not in inside) and not _is_unbound(t, fed)))
        static = _static_inputs(members, inside, inputs, fed)
        stages.append(Stage(level % 2 == 1, members, inputs, static, produced))
        wanted.update(inputs)
    stages.reverse()
    return stages


def _is_unbound(tensor: GraphTensor, fed: Collection[GraphTensor]) -> bool:
    """Constants and variables are no stage's inputs (unless they are fed)."""
    return tensor not in fed and (is_free(tensor.op) or is_reference(tensor))


def _levels(ops: Sequence[Operation], touched: dict[Operation, Accesses],
            fed: Collection[GraphTensor]) -> dict[Operation, int]:
    """The stage of each operation: even levels run on the device, odd ones on the host."""
    levels: dict[Operation, int] = {}
    last_write: dict[Operation, Operation] = {}
    last_reads: dict[Operation, list[Operation]] = {}
    for op in ops:
        host = on_host(op)
        level = 1 if host else 0
        before = [t.op for t in op.inputs if t not in fed] + op._control_inputs
        found = touched[op]
        for variable in found.reads:
            before += [last_write[variable]] if variable in last_write else []
        for variable in found.writes:
            before += last_reads.get(variable, [])
        for earlier in before:
            if earlier in levels and not is_free(earlier):
                level = max(level, _next_level(levels[earlier], host))
        if not host:
            for tensor in _computed_shapes(op, fed):
                level = max(level, levels[tensor.op] + (2 if levels[tensor.op] % 2 == 0 else 1))
        levels[op] = level
        for variable in found.reads:
            last_reads.setdefault(variable, []).append(op)
        for variable in found.writes:
            last_write[variable] = op
            last_reads[variable] = []
    return levels


def _next_level(level: int, host: bool) -> int:
    return level if (level % 2 == 1) == host else level + 1


def _computed_shapes(op: Operation, fed: Collection[GraphTensor]) -> list[GraphTensor]:
    """The tensors that a stage before must have computed, as `op` needs values that follow from them to compile."""
    out: list[GraphTensor] = []
    stack = static_tensors(op)
    seen: set[GraphTensor] = set()
    while stack:
        tensor = stack.pop()
        if tensor in seen or tensor in fed or tensor.op.type in SHAPES_ONLY or is_free(tensor.op):
            continue
        seen.add(tensor)
        if _is_arithmetic_on_shapes(tensor.op) and not _sums_up_data(tensor.op, fed):
            stack.extend(tensor.op.inputs)
        else:
            out.append(tensor)
    return out


def _is_arithmetic_on_shapes(op: Operation) -> bool:
    """Cheap integer arithmetic, which is done while compiling rather than in a stage of its own."""
    declaration = op.declaration
    if declaration.stateful or declaration.host or declaration.structural or declaration.checker is not None:
        return False
    return bool(op.inputs) and all(
        (t.dtype.base_dtype.is_integer or t.dtype.base_dtype.is_bool) and not is_reference(t) and _is_small(t)
        for t in op.inputs)


def _sums_up_data(op: Operation, fed: Collection[GraphTensor]) -> bool:
    """Whether an operation reduces an array that is fed or comes from the host, a dataset or a queue.

    The longest of many lengths, say, changes less often than these do.
    """
    if op.type not in _REDUCTIONS:
        return False
    stack, seen = [op.inputs[0]], set[GraphTensor]()
    while stack:
        tensor = stack.pop()
        if tensor in fed or tensor.op.declaration.host:
            return tensor._dims != ()
        if tensor not in seen and tensor.op.type not in SHAPES_ONLY:
            seen.add(tensor)
            stack.extend(tensor.op.inputs)
    return False


def _is_small(tensor: GraphTensor) -> bool:
    """At most a shape's worth of elements, as far as is known."""
    if tensor._dims is None:
        return tensor.op.type in ("Placeholder", "PlaceholderWithDefault")
    total = 1
    for d in tensor._dims:
        total *= 1 if d is None else d
    return len(tensor._dims) <= 2 and total <= _MAX_STATIC_FEED


def _static_inputs(members: Sequence[Operation], inside: set[Operation], inputs: Sequence[GraphTensor],
                   fed: Collection[GraphTensor]) -> frozenset[GraphTensor]:
    """The inputs of a stage that become part of its program, because shapes follow from their values."""
    wanted: set[GraphTensor] = set()
    stack = [t for op in members for t in static_tensors(op)]
    seen: set[GraphTensor] = set()
    while stack:
        tensor = stack.pop()
        if tensor in seen:
            continue
        seen.add(tensor)
        if tensor in fed or tensor.op not in inside:
            if not _is_unbound(tensor, fed):
                wanted.add(tensor)
        elif tensor.op.type not in SHAPES_ONLY:
            stack.extend(tensor.op.inputs)
    return frozenset(t for t in inputs if t in wanted)
