"""Whether two stages are the same program, so that what was compiled for one serves the other.

A program that makes a fetch anew in each round of its loop (`sess.run([train, tf.shape(x)])`) has a new plan each time,
whose stage has the operations of the last one but for a few new ones that do the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hornbeam.graph.dtypes import DType
from hornbeam.graph.operation import Operation
from hornbeam.graph.shapes import TensorShape
from hornbeam.graph.tensor import GraphTensor
from hornbeam.runtime.plan import Stage

_LARGE = 100_000
"""Bytes from which constants are not compared."""
_PLAIN = (bool, int, float, complex, str, bytes, DType, TensorShape, np.dtype, np.generic)


def counterparts(one: Stage, other: Stage) -> dict[Operation, Operation] | None:
    """For each operation of `one` the one that does the same in `other`, or None where the stages differ.

    They are the same where operations, inputs and outputs are in the same order, operations have the same ops and equal
    attributes, and take each other's results, equal constants, or the same tensors of elsewhere.
    """
    if len(one.ops) != len(other.ops):
        return None
    found: dict[Operation, Operation] = {}
    for a, b in zip(one.ops, other.ops, strict=True):
        if a is not b and not (a.declaration is b.declaration and a.device == b.device and _equal(a.attrs, b.attrs)):
            return None
        if not _all_same(a.inputs, b.inputs, found):
            return None
        found[a] = b
    if not (_all_same(one.inputs, other.inputs, found) and _all_same(one.outputs, other.outputs, found)):
        return None
    return found


def _all_same(some: Sequence[GraphTensor], others: Sequence[GraphTensor], found: dict[Operation, Operation]) -> bool:
    return len(some) == len(others) and all(_same(a, b, found) for a, b in zip(some, others, strict=True))


def _same(a: GraphTensor, b: GraphTensor, found: dict[Operation, Operation]) -> bool:
    if a.op in found:
        return found[a.op] is b.op and a.value_index == b.value_index
    if a is b:
        return True
    return a.op.type == b.op.type == "Const" and _equal(a.op.attrs, b.op.attrs)


def _equal(a: Any, b: Any) -> bool:
    """Whether two attributes are equal, as far as that can be told: graphs and operations are if they are one."""
    if a is b:
        return True
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        comparable = a.dtype == b.dtype and a.dtype != object and a.shape == b.shape and a.nbytes <= _LARGE
        return comparable and a.tobytes() == b.tobytes()
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(_equal(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(_equal, a, b))
    return isinstance(a, _PLAIN) and bool(a == b)
