"""Pruning and ordering: which operations a run needs, and in what order they run.

The rule: an operation runs after its inputs and its control inputs; beyond that, everything that only reads runs
before anything that writes, and within each kind the order of creation holds. So a variable fetched beside a
training step shows the value before the step. One exception: where a run initializes a variable, the initial values
of other variables that depend on it see the value it is initialized to.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable
from typing import NamedTuple

from hornbeam.graph.body import bodies, set_order
from hornbeam.graph.operation import Operation
from hornbeam.graph.tensor import GraphTensor


class Accesses(NamedTuple):
    """The variables that an operation reads and writes."""

    reads: tuple[Operation, ...]
    writes: tuple[Operation, ...]


def variable_of(tensor: GraphTensor) -> Operation:
    """The `VariableV2` operation that a reference tensor stands for."""
    while tensor.op.type != "VariableV2":
        tensor = tensor.op.inputs[0]
    return tensor.op


def is_reference(tensor: GraphTensor) -> bool:
    """Whether a tensor is a variable rather than a value."""
    return tensor.dtype._is_ref_dtype


def accesses(op: Operation, fed: Collection[GraphTensor] = ()) -> Accesses:
    """What an operation, with the graphs it holds, does to variables. What is fed for a variable is no read of it."""
    reads: dict[Operation, None] = {}
    writes: dict[Operation, None] = {}
    declaration = op.declaration
    groups = declaration.group(op.inputs, op.attrs)
    written = set(declaration.writes)
    for arg, item in zip(declaration.args, groups, strict=True):
        for tensor in item if arg.many else (item,):
            if is_reference(tensor):
                if arg.name in written:
                    writes[variable_of(tensor)] = None
                elif tensor in fed:
                    continue
                reads[variable_of(tensor)] = None
    for body in bodies(op):
        for inner in body.needed:
            found = accesses(inner)
            reads.update(dict.fromkeys(found.reads))
            writes.update(dict.fromkeys(found.writes))
    return Accesses(tuple(reads), tuple(writes))


def needed(fetched: Iterable[Operation], fed: Collection[GraphTensor] = ()) -> list[Operation]:
    """The operations that the fetched ones depend on; fed tensors cut the graph. Unordered."""
    seen: dict[Operation, None] = {}
    stack = list(fetched)
    while stack:
        op = stack.pop()
        if op in seen:
            continue
        seen[op] = None
        stack.extend(t.op for t in op.inputs if t not in fed)
        stack.extend(c for c in op._control_inputs if not (c.outputs and all(t in fed for t in c.outputs)))
    return list(seen)


def ordered(ops: Collection[Operation], fed: Collection[GraphTensor] = ()) -> list[Operation]:
    """The operations in the order of the rule above; those of a traced function as its program made them."""
    if any(op.graph.in_program_order for op in ops):
        return _as_made(ops, fed)
    touches = {op: accesses(op) for op in ops}
    after: dict[Operation, list[Operation]] = {}
    waiting: dict[Operation, int] = {}
    extra = _initializers_first(ops, touches, fed)
    for op in ops:
        before = {t.op for t in op.inputs if t not in fed} | set(op._control_inputs) | extra.get(op, set())
        before = {b for b in before if b in touches}
        waiting[op] = len(before)
        for b in before:
            after.setdefault(b, []).append(op)
    ready = [(*_rank(op, touches[op]), op) for op in ops if not waiting[op]]
    heapq.heapify(ready)
    out: list[Operation] = []
    while ready:
        *_, op = heapq.heappop(ready)
        out.append(op)
        for follower in after.get(op, ()):
            waiting[follower] -= 1
            if not waiting[follower]:
                heapq.heappush(ready, (*_rank(follower, touches[follower]), follower))
    if len(out) < len(ops):
        stuck = sorted(op.name for op in ops if waiting[op])
        raise ValueError(f"the graph has a cycle through {', '.join(stuck[:5])}")
    return out


def _as_made(ops: Collection[Operation], fed: Collection[GraphTensor]) -> list[Operation]:
    """In the order of creation, but for inputs that an operation was given later: they run before it."""
    inside = set(ops)
    out: dict[Operation, None] = {}
    stack = sorted(ops, key=lambda op: (op.type == "VariableV2", -op.graph._serial, -op.index))
    while stack:
        op = stack[-1]
        before = [t.op for t in op.inputs if t not in fed and t.op in inside and t.op not in out]
        if before and op not in out:
            stack += before
        else:
            out[stack.pop()] = None
    return list(out)


def _rank(op: Operation, touched: Accesses) -> tuple[bool, int, int]:
    """What runs first of two operations that do not wait for each other; variables may be of a graph around."""
    return bool(touched.writes), op.graph._serial, op.index


def _initializers_first(ops: Collection[Operation], touches: dict[Operation, Accesses],
                        fed: Collection[GraphTensor]) -> dict[Operation, set[Operation]]:
    """Reads that feed another variable's initial value wait for the initializer of what they read."""
    initializers = {touches[op].writes[0]: op for op in ops
                    if op.type == "Assign" and op.attrs.get("initializes")}
    if len(initializers) < 2:
        return {}
    extra: dict[Operation, set[Operation]] = {}
    for variable, initializer in initializers.items():
        for op in needed([t.op for t in initializer.inputs[1:] if t not in fed], fed):
            for read in touches.get(op, Accesses((), ())).reads:
                if read is not variable and read in initializers:
                    extra.setdefault(op, set()).add(initializers[read])
    return extra


set_order(lambda roots: ordered(needed(roots)))
