"""Cells run along sequences of any length: `dynamic_rnn`, in both directions, and `raw_rnn`.

`dynamic_rnn` is one operation for each cell where they are those that `whole.py` knows, else one `Scan` operation: a
compiled loop whose length the inputs' shape tells, and whose gradient is a scan back. `raw_rnn`, which ends when its
function says so, is a `while_loop`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import hornbeam.v1 as tf
from hornbeam.graph import dtypes, mode, nest
from hornbeam.graph.call import graph_for
from hornbeam.graph.names import public
from hornbeam.graph.shapes import TensorShape
from hornbeam.ops import control_flow, structural
from hornbeam.v1.rnn.sequences import (
    best_effort_input_batch_size,
    checked_lengths,
    flat_sizes,
    initial_state_of,
    masked_step,
    output_dtype,
    packed_sizes,
    refuse_no_cell,
    transpose_batch_time,
    zeros_of,
)
from hornbeam.v1.rnn.whole import computes_whole, whole_sequence


@public(v1=("nn.dynamic_rnn",))
def dynamic_rnn(cell: Any, inputs: Any, sequence_length: Any = None, initial_state: Any = None, dtype: Any = None,
                parallel_iterations: int | None = None, swap_memory: bool = False, time_major: bool = False,
                scope: Any = None) -> tuple[Any, Any]:
    """The outputs of `cell` along `inputs`, and its last state.

    cell: an `RNNCell`. inputs: [batch, time, ...] (time first where `time_major`), or nested tuples of such; at
    least three dimensions. sequence_length: int [batch]; past it a row's outputs are zero and its state stays.
    initial_state: of the structure of `cell.state_size`; without it `dtype` says of which type the zeros are.
    parallel_iterations, swap_memory: accepted. scope: the variable scope, by default "rnn".
    Returns outputs [batch, time, *cell.output_size] (time first where `time_major`), state.
    Raises TypeError where `cell` is none, ValueError for shapes that do not fit and a missing dtype.
    """
    refuse_no_cell("cell", cell)
    with tf.variable_scope(scope or "rnn"):
        flat = [tf.convert_to_tensor(x) for x in nest.flatten(inputs)]
        if not time_major:
            flat = [transpose_batch_time(x) for x in flat]
        batch_size = best_effort_input_batch_size(flat)
        state = initial_state if initial_state is not None else initial_state_of(cell, batch_size, dtype)
        state = nest.map_structure(_as_tensor, state)
        lengths = None if sequence_length is None else checked_lengths(sequence_length, batch_size)
        outputs, state = _run(cell, nest.pack_sequence_as(inputs, flat), state, lengths, batch_size, dtype)
        if not time_major:
            outputs = nest.map_structure(transpose_batch_time, outputs)
        return outputs, state


def _as_tensor(value: Any) -> Any:
    return value if hasattr(value, "_parts") else tf.convert_to_tensor(value)


def _run(cell: Any, inputs: Any, state: Any, lengths: Any, batch_size: Any, dtype: Any) -> tuple[Any, Any]:
    """Time-major outputs and the last state."""
    flat = nest.flatten(inputs)
    steps, batch = _common_sizes(flat)
    kind = output_dtype(dtype, state)
    if kind.base_dtype is dtypes.float32 and computes_whole(cell, inputs, state):
        return whole_steps(cell, inputs, state, lengths)
    zeros = zeros_of(cell.output_size, batch_size, kind)

    def step(time: Any, rows: Sequence[Any], now: Any) -> tuple[Any, Any]:
        for row, whole in zip(rows, flat, strict=True):
            row.set_shape(whole.shape[1:])
        given = nest.pack_sequence_as(inputs, list(rows))
        output, after = masked_step(lambda: cell(given, now), time, lengths, zeros, now)
        for leaf in nest.flatten(output):
            if leaf.dtype.base_dtype is not kind.base_dtype:
                raise ValueError(f"TensorArray dtype is {kind.name} but op is trying to write dtype "
                                 f"{leaf.dtype.base_dtype.name}.")
        return output, after

    graph = graph_for(*flat, *nest.flatten(state, True))
    if graph is None:
        outputs, state = _looped(step, flat, state, zeros)
    else:
        outputs, state = scanned_steps(graph, step, flat, state, lambda: zeros)
    for output, size in zip(flat_sizes(outputs), flat_sizes(cell.output_size), strict=True):
        dims = TensorShape(size if isinstance(size, (TensorShape, list, tuple)) else [size]).as_list()
        output.set_shape([steps, batch, *dims])
    return outputs, state


def _common_sizes(flat: Sequence[Any]) -> tuple[int | None, int | None]:
    """The number of steps and of rows that all inputs have, as far as they are known. Raises ValueError otherwise."""
    shapes = [x.shape.with_rank_at_least(3).as_list() for x in flat]
    steps, batch = shapes[0][:2]
    for shape in shapes:
        if any(d is None for d in shape[2:]):
            raise ValueError("Input size (depth of inputs) must be accessible via shape inference, but saw value None.")
        if shape[0] != steps:
            raise ValueError("Time steps is not the same for all the elements in the input in a batch.")
        if shape[1] != batch:
            raise ValueError("Batch_size is not the same for all the elements in the input.")
    return steps, batch


Step = Callable[[Any, Sequence[Any], Any], tuple[Any, Any]]


def scanned_steps(graph: Any, step: Step, flat: Sequence[Any], state: Any,
                  like: Callable[[], Any]) -> tuple[Any, Any]:
    """The steps as one operation of `graph`, over tensors whose rows are the steps: the outputs stacked, the state.

    like: gives the structure of a step's outputs, once the steps are made.
    """
    with mode.opened(graph):
        numbers = structural.row_numbers(flat[0])

        def body(carried: Sequence[Any], rows: Sequence[Any]) -> tuple[list[Any], list[Any]]:
            now = nest.pack_sequence_as(state, list(carried), True)
            output, after = step(rows[0], rows[1:], now)
            return nest.flatten(after, True), nest.flatten(output)

        with graph.name_scope("while") as loop:
            start = nest.flatten(state, True)
            made = control_flow.scanned(graph, body, start, [numbers, *flat])
        last, rows = _named(graph, loop, made[:len(start)], made[len(start):])
        return packed_sizes(like(), rows), nest.pack_sequence_as(state, last, True)


def whole_steps(cell: Any, inputs: Any, state: Any, lengths: Any) -> tuple[Any, Any]:
    """The steps of a cell that computes all of them at once: the outputs stacked, the last state."""
    graph = graph_for(inputs, *nest.flatten(state))
    if graph is None:
        return whole_sequence(cell, inputs, state, lengths)
    with mode.opened(graph):
        with graph.name_scope("while") as loop:
            outputs, last = whole_sequence(cell, inputs, state, lengths)
        leaves, rows = _named(graph, loop, nest.flatten(last), [outputs])
        return rows[0], nest.pack_sequence_as(last, leaves)


def _named(graph: Any, loop: str, last: Sequence[Any], rows: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """Last states and outputs under the names that TensorFlow's loop gives them."""
    first = 2 + len(rows)  # a counter, the time and the outputs come before
    with graph.name_scope(loop):
        last = [tf.identity(t, name=f"Exit_{first + i}") for i, t in enumerate(last)]
    with graph.name_scope("TensorArrayStack"):
        return list(last), [tf.identity(t, name="TensorArrayGatherV3") for t in rows]


def _looped(step: Step, flat: Sequence[Any], state: Any, zeros: Any) -> tuple[Any, Any]:
    """The steps one by one, at once."""
    made: list[list[Any]] = []
    for time, rows in enumerate(zip(*(tf.unstack(x) for x in flat), strict=True)):
        output, state = step(tf.constant(time), rows, state)
        made.append(nest.flatten(output))
    leaves = [tf.stack(list(column)) for column in zip(*made, strict=True)] if made else [
        tf.zeros([0, *z.shape.as_list()], z.dtype) for z in nest.flatten(zeros)]
    return packed_sizes(zeros, leaves), state


# Both directions --------------------------------------------------------------------------------------


@public(v1=("nn.bidirectional_dynamic_rnn",))
def bidirectional_dynamic_rnn(cell_fw: Any, cell_bw: Any, inputs: Any, sequence_length: Any = None,
                              initial_state_fw: Any = None, initial_state_bw: Any = None, dtype: Any = None,
                              parallel_iterations: int | None = None, swap_memory: bool = False,
                              time_major: bool = False, scope: Any = None) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """Two cells along a sequence, one from its start and one from its end.

    Arguments as those of `dynamic_rnn`; each row is turned round within its length. The variables are in the scopes
    "fw" and "bw" of `scope`, by default "bidirectional_rnn".
    Returns (outputs forward, outputs backward), (last state forward, last state backward); the backward outputs are
    in the order of the inputs.
    """
    refuse_no_cell("cell_fw", cell_fw)
    refuse_no_cell("cell_bw", cell_bw)
    with tf.variable_scope(scope or "bidirectional_rnn"):
        settings = {"sequence_length": sequence_length, "dtype": dtype, "time_major": time_major,
                    "parallel_iterations": parallel_iterations, "swap_memory": swap_memory}
        with tf.variable_scope("fw") as fw_scope:
            output_fw, state_fw = dynamic_rnn(cell_fw, inputs, initial_state=initial_state_fw, scope=fw_scope,
                                              **settings)

        def turned(x: Any) -> Any:
            time, batch = (0, 1) if time_major else (1, 0)
            if sequence_length is not None:
                return tf.reverse_sequence(x, sequence_length, seq_axis=time, batch_axis=batch)
            return tf.reverse(x, axis=[time])

        with tf.variable_scope("bw") as bw_scope:
            reversed_inputs = nest.map_structure(turned, inputs)
            found, state_bw = dynamic_rnn(cell_bw, reversed_inputs, initial_state=initial_state_bw, scope=bw_scope,
                                          **settings)
    output_bw = nest.map_structure(turned, found)
    return (output_fw, output_bw), (state_fw, state_bw)


# Raw --------------------------------------------------------------------------------------------------


@public(v1=("nn.raw_rnn",))
def raw_rnn(cell: Any, loop_fn: Any, parallel_iterations: int | None = None, swap_memory: bool = False,
            scope: Any = None) -> tuple[Any, Any, Any]:
    """A cell run as `loop_fn` says: it gives each step's input, and may change the state.

    loop_fn: `(time, cell_output, cell_state, loop_state)` →
    `(elements_finished [batch], next_input, next_cell_state, emit_output, next_loop_state)`. The first call has
    `cell_output` None: it gives the first input and state, and as `emit_output` the structure of what is emitted
    (None: `cell.output_size`). The loop ends when all elements are finished; a finished row emits zeros.
    Returns a `TensorArray` of what was emitted (or a structure of them), the last state and the last loop state.
    Raises TypeError where `cell` is no cell or `loop_fn` cannot be called.
    """
    refuse_no_cell("cell", cell)
    if not callable(loop_fn):
        raise TypeError("loop_fn must be a callable")
    with tf.variable_scope(scope or "rnn"):
        return _Raw(cell, loop_fn).run()


class _Raw:
    """One call of `raw_rnn`."""

    def __init__(self, cell: Any, loop_fn: Any) -> None:
        self.cell, self.loop_fn = cell, loop_fn
        self.time = tf.constant(0, dtype=dtypes.int32)
        finished, first_input, state, emit, loop_state = loop_fn(self.time, None, None, None)
        self.finished, self.first_input, self.state = finished, first_input, state
        self.loop_state = tf.constant(0, dtype=dtypes.int32) if loop_state is None else loop_state
        self.has_loop_state = loop_state is not None
        nest.assert_same_structure(state, cell.state_size)
        flat = [tf.convert_to_tensor(x) for x in nest.flatten(first_input)]
        self.batch_size = self._batch_size(flat)
        self.emit_like = cell.output_size if emit is None else emit
        leaves = flat_sizes(self.emit_like)
        if emit is None:
            kinds = [nest.flatten(state, True)[0].dtype.base_dtype] * len(leaves)
            sizes: list[Any] = leaves
        else:
            kinds = [e.dtype.base_dtype for e in leaves]
            sizes = [e.shape if e.shape.is_fully_defined() else tf.shape(e) for e in leaves]
        self.kinds = kinds
        self.zeros = packed_sizes(self.emit_like, nest.flatten(zeros_of(sizes, self.batch_size, kinds)))
        self.arrays = [tf.TensorArray(dtype=k, dynamic_size=True, size=0, name=f"rnn_output_{i}")
                       for i, k in enumerate(kinds)]

    @staticmethod
    def _batch_size(flat: Sequence[Any]) -> Any:
        for x in flat:
            if x.shape.ndims and x.shape.as_list()[0] is not None:
                return x.shape.as_list()[0]
        return tf.shape(flat[0])[0]

    def run(self) -> tuple[Any, Any, Any]:
        """The loop, and its results."""
        start = [self.time, tf.convert_to_tensor(self.finished), self.first_input, list(self.arrays), self.state,
                 self.loop_state]
        found = tf.while_loop(self._goes_on, self._body, start)
        arrays, state, loop_state = found[3], found[4], found[5]
        emitted = packed_sizes(self.emit_like, arrays)
        return emitted, state, loop_state if self.has_loop_state else None

    @staticmethod
    def _goes_on(time: Any, finished: Any, *_: Any) -> Any:
        return tf.logical_not(tf.reduce_all(finished))

    def _body(self, time: Any, finished: Any, given: Any, arrays: list[Any], state: Any, loop_state: Any) -> list[Any]:
        output, after = self.cell(given, state)
        nest.assert_same_structure(self.cell.output_size, output)
        nest.assert_same_structure(self.cell.state_size, after)
        following = time + 1
        done, next_input, next_state, emit, next_loop_state = self.loop_fn(
            following, output, after, loop_state if self.has_loop_state else None)
        nest.assert_same_structure(state, next_state)
        nest.assert_same_structure(given, next_input)
        if emit is None:
            emit = self.zeros
        nest.assert_same_structure(self.emit_like, emit)
        emit = nest.map_structure(lambda old, new: _where(finished, old, new), self.zeros, emit)
        next_state = nest.map_structure(lambda old, new: _where(finished, old, new), state, next_state)
        arrays = [a.write(time, e) for a, e in zip(arrays, nest.flatten(emit), strict=True)]
        return [following, tf.logical_or(finished, done), next_input, arrays, next_state,
                loop_state if next_loop_state is None else next_loop_state]


def _where(finished: Any, old: Any, new: Any) -> Any:
    """`old` in finished rows, else `new`; TensorArrays and scalars are always new."""
    if hasattr(old, "_parts") or (new.shape.ndims is not None and new.shape.ndims == 0):
        return new
    picked = tf.where(finished, old, new)
    picked.set_shape(new.shape)
    return picked
