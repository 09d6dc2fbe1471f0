"""What updates of variables must wait for in TensorFlow, where a variable's value may change under those who read it.

Here everything that reads in a run comes before what writes. In TensorFlow an optimizer's update of one variable could
come before an operation that needs its old value for another variable's gradient; control inputs say that it may not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hornbeam.graph.operation import Operation

_UPDATES = ("Apply", "SparseApply", "ResourceApply")


def _is_update(op: Operation) -> bool:
    return op.type.startswith(_UPDATES) and bool(op.declaration.writes)


def gates(ops: Sequence[Operation]) -> dict[Operation, list[Operation]]:
    """For each update of a training step, the operations that read its variables for the step's other updates."""
    if not any(map(_is_update, ops)):
        return {}
    found: dict[Operation, dict[Operation, None]] = {}
    readers = _readers(ops)
    done: set[Operation] = set()
    for step in ops:
        together = [op for op in step._control_inputs if _is_update(op)]
        if not together or done.issuperset(together):
            continue
        done.update(together)
        before = _before(together)
        for update in together:
            held = found.setdefault(update, {})
            for variable in {t.op for t in update.inputs if t.dtype._is_ref_dtype}:
                held.update((reader, None) for reader in readers.get(variable, ())
                            if reader in before and reader.index < update.index and reader not in together)
    return {op: list(held) for op, held in found.items()}


def _readers(ops: Iterable[Operation]) -> dict[Operation, list[Operation]]:
    """The operations that take the value of each variable."""
    found: dict[Operation, list[Operation]] = {}
    for op in ops:
        for tensor in op.inputs:
            source = tensor.op
            if source.type == "Identity" and source.inputs and source.inputs[0].op.type == "VariableV2":
                found.setdefault(source.inputs[0].op, []).append(op)
    return found


def _before(ops: Iterable[Operation]) -> set[Operation]:
    seen: set[Operation] = set()
    stack = list(ops)
    while stack:
        op = stack.pop()
        if op not in seen:
            seen.add(op)
            stack.extend(t.op for t in op.inputs)
            stack.extend(op._control_inputs)
    return seen
