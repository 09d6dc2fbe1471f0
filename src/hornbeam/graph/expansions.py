"""Ops that TensorFlow lacks, written into files as the ops of TensorFlow that do the same.

`ops/portable.py` and `ops/portable_layers.py` say which; what is written comes from a scratch graph in which these ops
are called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hornbeam.graph import mode
from hornbeam.graph.graph import Graph
from hornbeam.graph.op import registry
from hornbeam.graph.operation import Operation
from hornbeam.graph.tensor import GraphTensor

Expansion = Callable[..., Any]
Condition = Callable[[Operation], bool]
_expansions: dict[str, tuple[str, Expansion, Condition | None]] = {}


def expands(type: str, result: str, when: Condition | None = None) -> Callable[[Expansion], Expansion]:
    """Decorator: `function(*tensors, **attributes)` says what the op `type` is made of; `result` is the last op's type.

    The last operation that it makes takes the name. when: which operations can be written so; others stay as they are.
    """
    def declare(function: Expansion) -> Expansion:
        _expansions[type] = result, function, when
        return function

    return declare


def _found(op: Operation) -> tuple[str, Expansion] | None:
    result, function, when = _expansions.get(op.type, ("", None, None))
    return None if function is None or (when is not None and not when(op)) else (result, function)


def written_type(op: Operation) -> str:
    """The type under which an operation is written."""
    found = _found(op)
    return op.type if found is None else found[0]


def expanded(op: Operation) -> tuple[list[Operation], Mapping[GraphTensor, GraphTensor], str] | None:
    """The operations that `op` is written as, which of their inputs stand for its own, and their scope's name.

    The last of them is to be named as `op` is. None where `op` is written as it is.
    """
    found = _found(op)
    if found is None:
        return None
    scratch = Graph()
    stands_for: dict[GraphTensor, GraphTensor] = {}
    with mode.opened(scratch):
        given = []
        for tensor in op.inputs:
            dtype = tensor.dtype.base_dtype
            is_variable = tensor.dtype._is_ref_dtype
            attrs = {"dtype": dtype, "shape": tensor._dims}
            node = scratch.add(registry["VariableV2" if is_variable else "Placeholder"],
                               scratch.unique_full_name("given"), (), attrs,
                               [(tensor._dims, dtype._as_ref if is_variable else dtype)])
            stands_for[node.outputs[0]] = tensor
            given.append(node.outputs[0])
        keywords = {k: v for k, v in op.attrs.items() if k in op.declaration.defaults}
        with scratch.name_scope(op.name):
            result = found[1](*op.declaration.group(given, op.attrs), **keywords)
    made = [o for o in scratch.get_operations() if not any(t in stands_for for t in o.outputs)]
    last = result if isinstance(result, Operation) else result.op
    return [*(o for o in made if o is not last), last], stands_for, op.name
