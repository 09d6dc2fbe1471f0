"""Cells that compute all steps of a sequence at once: LSTMs and GRUs, alone, in a stack or inside wrappers.

A loop calls a cell for each step; these are given `Start` in place of a state, and are then the operations `BlockLSTM`
and `BlockGRU`, which have kernels.
"""

from __future__ import annotations

from typing import Any

import hornbeam.v1 as tf
from hornbeam.graph import dtypes, nest
from hornbeam.ops import elementary
from hornbeam.v1.rnn.cell import Start
from hornbeam.v1.rnn.cells import BasicLSTMCell, GRUCell, LSTMCell
from hornbeam.v1.rnn.sequences import flat_sizes, states_at
from hornbeam.v1.rnn.wrappers import DeviceWrapper, DropoutWrapper, MultiRNNCell, ResidualWrapper, drops


def computes_whole(cell: Any, inputs: Any, state: Any) -> bool:
    """Whether `whole_sequence` gives what calling the cell step by step from this state would.

    inputs: [time, batch, size]. What does not fit a cell is left to the loop, whose errors name the step's operations.
    """
    if not _is_known(cell) or not hasattr(inputs, "shape") or inputs.shape.ndims != 3:
        return False
    try:
        nest.assert_same_structure(state, cell.state_size)
    except (TypeError, ValueError):
        return False
    batch = inputs.shape[1:2]
    return inputs.dtype.base_dtype is dtypes.float32 and all(
        s.dtype.base_dtype is dtypes.float32 and s.shape.ndims == 2 and s.shape.as_list()[1] == size
        and s.shape[:1].is_compatible_with(batch)
        for s, size in zip(nest.flatten(state), flat_sizes(cell.state_size), strict=True))


def _is_known(cell: Any) -> bool:
    kind = type(cell)
    if "call" in vars(cell):  # a program has put its own in place
        return False
    if kind is MultiRNNCell:
        return all(map(_is_known, cell._cells))
    if kind is DropoutWrapper:
        return not drops(cell._state_keep_prob) and _is_known(cell.cell)
    if kind is ResidualWrapper:
        return cell._residual_fn is None and _is_known(cell.cell)
    if kind is DeviceWrapper:
        return _is_known(cell.cell)
    return kind in (BasicLSTMCell, LSTMCell, GRUCell) and _is_tanh(cell._activation) \
        and cell.dtype in (None, "float32") and cell.activity_regularizer is None \
        and (kind is GRUCell or _is_plain(cell))


def _is_plain(cell: Any) -> bool:
    """Whether an LSTM has no projection and no bound: the gradient of `BlockLSTM` passes through a bound."""
    return isinstance(cell._forget_bias, (int, float)) and (type(cell) is BasicLSTMCell or (
        cell._num_proj is None and cell._cell_clip is None and cell._num_unit_shards is None))


def _is_tanh(activation: Any) -> bool:
    return activation in (tf.tanh, tf.nn.tanh, tf.math.tanh, elementary.tanh)


def whole_sequence(cell: Any, inputs: Any, state: Any, lengths: Any) -> tuple[Any, Any]:
    """The outputs [time, batch, size] of a cell along `inputs`, and its last state.

    lengths: None, or int32 [batch]: past it a row's outputs are zero and its state stays.
    """
    steps = inputs.shape.as_list()[0]
    known = steps if steps is not None else tf.shape(inputs)[0]
    longest = known if lengths is None else tf.reduce_max(lengths)
    outputs, states = cell(inputs, Start(state, tf.cast(longest, dtypes.int64)))
    if lengths is None:
        if steps:
            return outputs, nest.map_structure(lambda found: found[-1], states)
        # Perhaps there are no steps, and the last state is the first.
        return outputs, nest.map_structure(lambda first, found: tf.concat([first[None], found], 0)[-1], state, states)
    taken = tf.minimum(tf.maximum(lengths, 0), known)
    is_there = tf.less(tf.range(known)[:, None], lengths)[:, :, None]
    outputs = tf.where_v2(is_there, outputs, tf.zeros([], dtype=outputs.dtype))
    return outputs, nest.map_structure(lambda first, found: states_at(first, found, taken), state, states)
