"""Cells run along lists of tensors.

A copy of the cell's operations for each step takes long to compile. So where the cell is one of ours, which does the
same in each step, and the inputs have one shape, this is a scan too; any other cell is called for each step.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import hornbeam.v1 as tf
from hornbeam.graph import dtypes, nest
from hornbeam.graph.call import graph_for
from hornbeam.graph.names import public
from hornbeam.v1.rnn.dynamic import scanned_steps, whole_steps
from hornbeam.v1.rnn.sequences import (
    initial_state_of,
    masked_step,
    output_dtype,
    refuse_no_cell,
    zeros_of,
)
from hornbeam.v1.rnn.whole import computes_whole


@public(v1=("nn.static_rnn", "nn.rnn", "contrib.rnn.static_rnn"))
def static_rnn(cell: Any, inputs: Any, initial_state: Any = None, dtype: Any = None, sequence_length: Any = None,
               scope: Any = None) -> tuple[list[Any], Any]:
    """The outputs of `cell` along a list of inputs, and its last state.

    inputs: a list with one tensor [batch, input_size] (or a nested tuple of such) a step. initial_state, dtype,
    sequence_length: as for `dynamic_rnn`. scope: the variable scope, by default "rnn".
    Returns a list of outputs, one a step, and the state. Raises TypeError where `cell` or `inputs` is no such thing,
    ValueError for an empty list, sizes that differ and a missing dtype.
    """
    refuse_no_cell("cell", cell)
    if not nest.is_nested(inputs):
        raise TypeError("inputs must be a sequence")
    if not inputs:
        raise ValueError("inputs must not be empty")
    with tf.variable_scope(scope or "rnn") as opened:
        batch_size = _batch_size(inputs)
        state = initial_state if initial_state is not None else initial_state_of(cell, batch_size, dtype)
        lengths = zeros = None
        if sequence_length is not None:
            lengths = tf.convert_to_tensor(sequence_length, name="sequence_length")
            if lengths.shape.ndims not in (None, 1):
                raise ValueError("sequence_length must be a vector of length batch_size")
            zeros = zeros_of(cell.output_size, batch_size, output_dtype(dtype, state))
            lengths = tf.cast(lengths, dtypes.int32)
        if _is_uniform(cell, inputs):
            return _scanned(cell, inputs, state, lengths, zeros)
        outputs = []
        for time, given in enumerate(inputs):
            if time:
                opened.reuse_variables()
            if lengths is None:
                output, state = cell(given, state)
            else:
                called = functools.partial(cell, given, state)
                output, state = masked_step(called, time, lengths, zeros, state)
            outputs.append(output)
        return outputs, state


_FEWEST = 4
"""Shorter lists are not worth a loop."""


def _is_uniform(cell: Any, inputs: Sequence[Any]) -> bool:
    """Whether all steps are alike: inputs of one shape in a graph, and a cell whose code is known."""
    steps = [nest.flatten(x) for x in inputs]
    if len(inputs) < _FEWEST or not _is_ours(cell) or graph_for(*steps[0]) is None:
        return False
    first = [(x.shape.as_list(), x.dtype) if hasattr(x, "op") and x.shape.ndims else None for x in steps[0]]
    return None not in first and all(
        [(x.shape.as_list(), x.dtype) if hasattr(x, "op") and x.shape.ndims else None for x in step] == first
        for step in steps)


def _is_ours(cell: Any) -> bool:
    inner = [getattr(cell, name) for name in ("cell", "_cell") if hasattr(cell, name)]
    inner += list(getattr(cell, "_cells", ()))
    return type(cell).__module__.startswith("hornbeam.v1.") and all(_is_ours(c) for c in inner)


def _scanned(cell: Any, inputs: Sequence[Any], state: Any, lengths: Any, zeros: Any) -> tuple[list[Any], Any]:
    """The steps as one scan over the inputs stacked."""
    rows = [tf.stack(list(leaves)) for leaves in zip(*(nest.flatten(x) for x in inputs), strict=True)]
    state = nest.map_structure(lambda s: s if hasattr(s, "_parts") else tf.convert_to_tensor(s), state)
    if computes_whole(cell, rows[0] if len(rows) == 1 else rows, state):
        outputs, state = whole_steps(cell, rows[0], state, lengths)
        return tf.unstack(outputs, num=len(inputs)), state
    made: list[Any] = [zeros]

    def step(time: Any, row: Sequence[Any], now: Any) -> tuple[Any, Any]:
        given = nest.pack_sequence_as(inputs[0], list(row))
        if lengths is None:
            output, after = cell(given, now)
            made[0] = output
            return output, after
        return masked_step(lambda: cell(given, now), time, lengths, zeros, now)

    outputs, state = scanned_steps(graph_for(*rows), step, rows, state, lambda: made[0])
    columns = [tf.unstack(x, num=len(inputs)) for x in nest.flatten(outputs)]
    return [nest.pack_sequence_as(outputs, list(leaves)) for leaves in zip(*columns, strict=True)], state


def _batch_size(inputs: Sequence[Any]) -> Any:
    """The number of rows: an integer where the first step's shapes tell it. Raises ValueError where sizes differ."""
    first = inputs
    while nest.is_nested(first):
        first = first[0]
    first = tf.convert_to_tensor(first)
    if first.shape.ndims == 1:
        known = first.shape.with_rank_at_least(1).as_list()[0]
        return known if known is not None else tf.shape(first)[0]
    known = None
    for x in nest.flatten(inputs[0]):
        shape = tf.convert_to_tensor(x).shape.with_rank_at_least(2).as_list()
        if any(size is None for size in shape[1:]):
            raise ValueError("Input size (dimension 1 of inputs) must be accessible via shape inference, but saw "
                             "value None.")
        if known is None:
            known = shape[0]
        elif shape[0] is not None and shape[0] != known:
            raise ValueError("The batch size is not the same for all the elements in the input.")
    return known if known is not None else tf.shape(first)[0]


@public(v1=("nn.static_state_saving_rnn", "nn.state_saving_rnn", "contrib.rnn.static_state_saving_rnn"))
def static_state_saving_rnn(cell: Any, inputs: Any, state_saver: Any, state_name: Any, sequence_length: Any = None,
                            scope: Any = None) -> tuple[list[Any], Any]:
    """`static_rnn` whose state comes from a `state_saver`, and goes back to it.

    state_saver: an object with `state(name)` and `save_state(name, value)`. state_name: a name, or as many as the
    cell's state has parts, in its structure. Running an output saves the states.
    Raises ValueError where the names do not fit the cell's state.
    """
    sizes = cell.state_size
    if nest.is_nested(sizes) != nest.is_nested(state_name):
        raise ValueError("state_name should be the same type as cell.state_size.  "
                         f"state_name: {state_name}, cell.state_size: {sizes}")
    names = nest.flatten(state_name)
    if len(names) != len(nest.flatten(sizes)):
        raise ValueError(f"#elems(state_name) != #elems(state_size): {len(names)} vs. {len(nest.flatten(sizes))}")
    initial = nest.pack_sequence_as(sizes, [state_saver.state(name) for name in names])
    outputs, state = static_rnn(cell, inputs, initial_state=initial, sequence_length=sequence_length, scope=scope)
    saved = [state_saver.save_state(n, s) for n, s in zip(names, nest.flatten(state), strict=True)]
    with tf.control_dependencies(saved):
        outputs[-1] = nest.map_structure(tf.identity, outputs[-1])
    with tf.control_dependencies(saved):
        state = nest.map_structure(tf.identity, state)
    return outputs, state


@public(v1=("nn.static_bidirectional_rnn", "nn.bidirectional_rnn", "contrib.rnn.static_bidirectional_rnn"))
def static_bidirectional_rnn(cell_fw: Any, cell_bw: Any, inputs: Any, initial_state_fw: Any = None,
                             initial_state_bw: Any = None, dtype: Any = None, sequence_length: Any = None,
                             scope: Any = None) -> tuple[list[Any], Any, Any]:
    """Two cells along a list of inputs, one from its start and one from its end.

    Returns a list with both outputs of a step side by side, the last state forward and the last state backward.
    Arguments and errors as those of `static_rnn`; the variables are in the scopes "fw" and "bw" of `scope`, by
    default "bidirectional_rnn".
    """
    refuse_no_cell("cell_fw", cell_fw)
    refuse_no_cell("cell_bw", cell_bw)
    if not nest.is_nested(inputs):
        raise TypeError("inputs must be a sequence")
    if not inputs:
        raise ValueError("inputs must not be empty")
    with tf.variable_scope(scope or "bidirectional_rnn"):
        with tf.variable_scope("fw") as fw_scope:
            output_fw, state_fw = static_rnn(cell_fw, inputs, initial_state_fw, dtype, sequence_length, fw_scope)
        with tf.variable_scope("bw") as bw_scope:
            found, state_bw = static_rnn(cell_bw, _turned(inputs, sequence_length), initial_state_bw, dtype,
                                         sequence_length, bw_scope)
    output_bw = _turned(found, sequence_length)
    joined = [nest.pack_sequence_as(fw, [tf.concat([a, b], 1) for a, b in zip(nest.flatten(fw), nest.flatten(bw),
                                                                             strict=True)])
              for fw, bw in zip(output_fw, output_bw, strict=True)]
    return joined, state_fw, state_bw


def _turned(steps: Sequence[Any], lengths: Any) -> list[Any]:
    """The steps from the last to the first; each row within its length where there are `lengths`."""
    if lengths is None:
        return list(reversed(steps))
    columns = []
    for leaves in zip(*(nest.flatten(s) for s in steps), strict=True):
        whole = tf.reverse_sequence(tf.stack(list(leaves)), tf.cast(lengths, dtypes.int32), seq_axis=0, batch_axis=1)
        columns.append(tf.unstack(whole, num=len(steps)))
    return [nest.pack_sequence_as(steps[0], list(leaves)) for leaves in zip(*columns, strict=True)]
