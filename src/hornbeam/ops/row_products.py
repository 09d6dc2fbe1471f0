"""Products in a scan whose rows are known before it begins are made at once, for all rows together.

A cell multiplies [input, state] by one matrix in each step. The inputs are rows of a tensor: their part is one large
product outside, of which each step takes its row, and the state's part stays. The gradients of the inputs and of their
part of the matrix then are large products as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from hornbeam.graph import infer, mode
from hornbeam.graph.body import Body
from hornbeam.graph.graph import Graph
from hornbeam.graph.op import registry as ops
from hornbeam.graph.operation import Operation
from hornbeam.graph.tensor import GraphTensor


class _Part(NamedTuple):
    """An operand of a product, or a part of it: the columns from `start` on, `width` of them."""

    tensor: GraphTensor
    start: int
    width: int


def taken_out(graph: Graph, body: Body, carried: Sequence[GraphTensor], taken: list[GraphTensor],
              rows: list[GraphTensor]) -> None:
    """Replace such products of `body`, a scan's that is still open; `taken` and `rows` get the rows they become."""
    whole = dict(zip(taken, rows, strict=True))
    for op in list(body._operations):
        if op.type != "MatMul" or op.attrs["transpose_a"]:
            continue
        parts, matrix = _parts(op.inputs[0]), body.sources.get(op.inputs[1])
        moves = any(op.inputs[1] is c for c in carried)  # `in` would compare values
        if parts is None or matrix is None or moves or not any(p.tensor in whole for p in parts):
            continue
        outside = [p for p in parts if p.tensor in whole]
        inside = [p for p in parts if p.tensor not in whole]
        turned = op.attrs["transpose_b"]
        with mode.opened(graph):
            made = [_product(whole[p.tensor], _columns(matrix, [p], parts, turned), turned) for p in outside]
            row = made[0] if len(made) == 1 else ops["AddN"](made)
            rest = _columns(matrix, inside, parts, turned) if inside else None
        held = body.add_input(None if row._dims is None else row._dims[1:], row.dtype)
        taken.append(held)
        rows.append(row)
        with mode.opened(body):
            found = held if rest is None else ops["AddV2"](held, _of_state(body, inside, rest, turned))
        _use(body, op.outputs[0], found)


def _parts(tensor: GraphTensor) -> list[_Part] | None:
    """The parts that a matrix is joined from, side by side; None where their widths are not known."""
    while tensor.op.type == "Identity":
        tensor = tensor.op.inputs[0]
    joined = [tensor]
    if tensor.op.type == "ConcatV2":
        axis = infer.constant_value(tensor.op.inputs[-1])
        if axis is None or int(axis) not in (1, -1):
            return None
        joined = list(tensor.op.inputs[:-1])
    parts, start = [], 0
    for part in joined:
        while part.op.type == "Identity":
            part = part.op.inputs[0]
        if part._dims is None or len(part._dims) != 2 or part._dims[1] is None:
            return None
        parts.append(_Part(part, start, part._dims[1]))
        start += part._dims[1]
    return parts


def _columns(matrix: GraphTensor, wanted: Sequence[_Part], parts: Sequence[_Part], turned: bool) -> GraphTensor:
    """What of a matrix belongs to some parts of the other operand."""
    if len(wanted) == len(parts):
        return matrix
    cut = []
    for part in wanted:
        begin, size = [part.start, 0], [part.width, -1]
        begin, size = (begin[::-1], size[::-1]) if turned else (begin, size)
        cut.append(ops["Slice"](matrix, np.array(begin, np.int32), np.array(size, np.int32)))
    return cut[0] if len(cut) == 1 else ops["ConcatV2"](cut, np.int32(1 if turned else 0))


def _product(rows: GraphTensor, matrix: GraphTensor, turned: bool) -> GraphTensor:
    """[steps, batch, width] times a matrix."""
    width = rows._dims[2] if rows._dims else None
    flat = ops["Reshape"](rows, np.array([-1, width], np.int32))
    found = ops["MatMul"](flat, matrix, transpose_b=turned)
    steps, batch = (rows._dims or (None, None))[:2]
    columns = found._dims[1]
    if steps is not None and batch is not None:
        return ops["Reshape"](found, np.array([steps, batch, columns], np.int32))
    sizes = ops["Slice"](ops["Shape"](rows), np.array([0], np.int32), np.array([2], np.int32))
    made = ops["Reshape"](found, ops["ConcatV2"]([sizes, np.array([columns], np.int32)], np.int32(0)))
    made.set_shape((steps, batch, columns))
    return made


def _of_state(body: Body, parts: Sequence[_Part], matrix: GraphTensor, turned: bool) -> GraphTensor:
    tensors = [p.tensor for p in parts]
    joined = tensors[0] if len(tensors) == 1 else ops["ConcatV2"](tensors, np.int32(1))
    return ops["MatMul"](joined, body.bring_in(matrix), transpose_b=turned)


def _use(body: Body, old: GraphTensor, new: GraphTensor) -> None:
    """Let everything in `body` that used `old` use `new`."""
    for user in list(body._operations):
        if any(t is old for t in user.inputs) and user is not new.op:  # `==` of tensors is an operation
            _replace_input(user, old, new)
    body.outputs = [new if t is old else t for t in body.outputs]
    body.edited()


def _replace_input(user: Operation, old: GraphTensor, new: GraphTensor) -> None:
    user.inputs = tuple(new if t is old else t for t in user.inputs)
    if user in old._users:
        old._users.remove(user)
    if user not in new._users:
        new._users.append(user)
