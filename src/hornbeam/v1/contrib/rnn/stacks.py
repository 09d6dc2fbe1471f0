"""Bidirectional networks in layers: each layer sees both directions of the one below."""

from __future__ import annotations

from typing import Any

import hornbeam.v1 as tf
from hornbeam.graph.names import public
from hornbeam.v1.rnn.dynamic import bidirectional_dynamic_rnn
from hornbeam.v1.rnn.static import static_bidirectional_rnn


def _checked(cells_fw: Any, cells_bw: Any, states_fw: Any, states_bw: Any) -> None:
    """Raise ValueError where the layers are no lists of one length."""
    for name, cells in (("fw", cells_fw), ("bw", cells_bw)):
        if not cells:
            raise ValueError(f"Must specify at least one {name} cell for BidirectionalRNN.")
    for name, cells in (("fw", cells_fw), ("bw", cells_bw)):
        if not isinstance(cells, list):
            raise ValueError(f"cells_{name} must be a list of RNNCells (one per layer).")
    if len(cells_fw) != len(cells_bw):
        raise ValueError("Forward and Backward cells must have the same depth.")
    for name, states, cells in (("fw", states_fw, cells_fw), ("bw", states_bw, cells_bw)):
        if states is not None and (not isinstance(states, list) or len(states) != len(cells)):
            raise ValueError(f"initial_states_{name} must be a list of state tensors (one per layer).")


@public(v1=("contrib.rnn.stack_bidirectional_rnn",))
def stack_bidirectional_rnn(cells_fw: Any, cells_bw: Any, inputs: Any, initial_states_fw: Any = None,
                            initial_states_bw: Any = None, dtype: Any = None, sequence_length: Any = None,
                            scope: Any = None) -> tuple[Any, Any, Any]:
    """Layers of `static_bidirectional_rnn`: the last one's outputs, the states forward and the states backward.

    cells_fw, cells_bw, initial_states_fw, initial_states_bw: lists, one a layer. The rest as there. Raises ValueError
    for other than lists of one length.
    """
    _checked(cells_fw, cells_bw, initial_states_fw, initial_states_bw)
    states_fw, states_bw = [], []
    with tf.variable_scope(scope or "stack_bidirectional_rnn"):
        for i, (fw, bw) in enumerate(zip(cells_fw, cells_bw, strict=True)):
            with tf.variable_scope(f"cell_{i}") as opened:
                inputs, state_fw, state_bw = static_bidirectional_rnn(
                    fw, bw, inputs, initial_states_fw[i] if initial_states_fw else None,
                    initial_states_bw[i] if initial_states_bw else None, dtype, sequence_length, opened)
            states_fw.append(state_fw)
            states_bw.append(state_bw)
    return inputs, tuple(states_fw), tuple(states_bw)


@public(v1=("contrib.rnn.stack_bidirectional_dynamic_rnn",))
def stack_bidirectional_dynamic_rnn(cells_fw: Any, cells_bw: Any, inputs: Any, initial_states_fw: Any = None,
                                    initial_states_bw: Any = None, dtype: Any = None, sequence_length: Any = None,
                                    parallel_iterations: int | None = None, time_major: bool = False,
                                    scope: Any = None, swap_memory: bool = False) -> tuple[Any, Any, Any]:
    """Layers of `bidirectional_dynamic_rnn`: the last one's outputs side by side, the states of both directions.

    cells_fw, cells_bw, initial_states_fw, initial_states_bw: lists, one a layer. The rest as there. Raises ValueError
    for other than lists of one length.
    """
    _checked(cells_fw, cells_bw, initial_states_fw, initial_states_bw)
    states_fw, states_bw = [], []
    with tf.variable_scope(scope or "stack_bidirectional_rnn"):
        for i, (fw, bw) in enumerate(zip(cells_fw, cells_bw, strict=True)):
            with tf.variable_scope(f"cell_{i}"):
                outputs, (state_fw, state_bw) = bidirectional_dynamic_rnn(
                    fw, bw, inputs, sequence_length, initial_states_fw[i] if initial_states_fw else None,
                    initial_states_bw[i] if initial_states_bw else None, dtype, parallel_iterations, swap_memory,
                    time_major)
                inputs = tf.concat(outputs, 2)
            states_fw.append(state_fw)
            states_bw.append(state_bw)
    return inputs, tuple(states_fw), tuple(states_bw)
