"""Cells whose LSTMs run over the frequencies of one time step too: what one frequency gives, the next takes."""

from __future__ import annotations

import collections
from collections.abc import Sequence
from typing import Any, NamedTuple

import hornbeam.v1 as tf
from hornbeam.graph.names import public
from hornbeam.runtime.logs import get_logger
from hornbeam.v1.contrib.rnn.linear import known_width
from hornbeam.v1.contrib.rnn.lstms import matrix_in_shards
from hornbeam.v1.rnn.cell import RNNCell


def _clipped(c: Any, clip: float | None) -> Any:
    return c if clip is None else tf.clip_by_value(c, -clip, clip)


@public(v1=("contrib.rnn.TimeFreqLSTMCell",))
class TimeFreqLSTMCell(RNNCell):
    """An LSTM that runs over the frequencies of its input too (Sainath and Li 2016).

    At each frequency it sees `feature_size` features, `frequency_skip` further than at the one before, its output at
    the same frequency of the step before, and that of the frequency before.
    num_units, use_peepholes, cell_clip, forget_bias: as for `LSTMCell`. num_unit_shards: how many variables share the
    matrix. State and output: [batch, 2 · units · frequencies] and [batch, units · frequencies].
    """

    def __init__(self, num_units: int, use_peepholes: bool = False, cell_clip: float | None = None,
                 initializer: Any = None, num_unit_shards: int = 1, forget_bias: float = 1.0,
                 feature_size: int | None = None, frequency_skip: int = 1, reuse: Any = None) -> None:
        super().__init__(_reuse=reuse)
        self._num_units, self._use_peepholes, self._cell_clip = num_units, use_peepholes, cell_clip
        self._initializer, self._num_unit_shards, self._forget_bias = initializer, num_unit_shards, forget_bias
        self._feature_size, self._frequency_skip = feature_size, frequency_skip

    @property
    def state_size(self) -> int:
        """Of one frequency."""
        return 2 * self._num_units

    @property
    def output_size(self) -> int:
        """Of one frequency."""
        return self._num_units

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The output and the next state."""
        units, dtype = self._num_units, inputs.dtype
        parts = _windows(inputs, known_width(inputs), self._feature_size, self._frequency_skip)
        kernel = matrix_in_shards("W", [known_width(parts[0]) + 2 * units, 4 * units], dtype, self._num_unit_shards)
        bias = tf.get_variable("B", shape=[4 * units], initializer=tf.zeros_initializer(), dtype=dtype)
        of_forget, of_input, of_output = (
            (tf.get_variable(f"W_{gate}_diag", shape=[units], dtype=dtype) for gate in "FIO")
            if self._use_peepholes else (0.0, 0.0, 0.0))
        m = tf.zeros([inputs.shape[0].value or tf.shape(inputs)[0], units], dtype)
        states, outputs = [], []
        for k, part in enumerate(parts):
            c_before, m_before = (state[:, at * units:(at + 1) * units] for at in (2 * k, 2 * k + 1))
            gates = tf.nn.bias_add(tf.matmul(tf.concat([part, m_before, m], 1), kernel), bias)
            i, j, f, o = tf.split(value=gates, num_or_size_splits=4, axis=1)
            c = _clipped(tf.sigmoid(f + self._forget_bias + of_forget * c_before) * c_before
                         + tf.sigmoid(i + of_input * c_before) * tf.tanh(j), self._cell_clip)
            m = tf.sigmoid(o + of_output * c) * tf.tanh(c)
            states += [c, m]
            outputs.append(m)
        return tf.concat(outputs, 1), tf.concat(states, 1)


def _windows(inputs: Any, width: int, size: Any, skip: Any, start: int = 0) -> list[Any]:
    """Parts of the features, `size` wide, each `skip` further, as many as fit into `width`."""
    count = int((width - size) / skip) + 1
    return [tf.slice(inputs, [0, start + k * skip], [-1, size]) for k in range(count)]


class _Side(NamedTuple):
    """What one of the two LSTMs of a grid, along frequency or along time, has: its gates and its peepholes."""

    gates: list[Any]
    peepholes: dict[str, tuple[Any, Any]]


@public(v1=("contrib.rnn.GridLSTMCell",))
class GridLSTMCell(RNNCell):
    """A grid of two LSTMs, one along time and one along frequency (Kalchbrenner et al. 2015; Li and Sainath 2016).

    num_units: of each. use_peepholes: whether gates see both memories. share_time_frequency_weights: whether both have
    the same variables. cell_clip: memories are clipped to ± this. num_unit_shards: how many variables share a matrix.
    forget_bias: added to the forget gates. feature_size, frequency_skip: how many features a frequency sees, and how
    much further the next begins. num_frequency_blocks: how many frequencies there are in each block; each block has
    variables of its own. start_freqindex_list, end_freqindex_list: where blocks begin and end, for several.
    couple_input_forget_gates: forget as much as is taken in. state_is_tuple: False for states that are one tensor.
    Output: [batch, 2 · units · frequencies]. Raises ValueError where blocks and sizes do not fit.
    """

    def __init__(self, num_units: int, use_peepholes: bool = False, share_time_frequency_weights: bool = False,
                 cell_clip: float | None = None, initializer: Any = None, num_unit_shards: int = 1,
                 forget_bias: float = 1.0, feature_size: int | None = None, frequency_skip: int | None = None,
                 num_frequency_blocks: Sequence[int] | None = None, start_freqindex_list: Sequence[int] | None = None,
                 end_freqindex_list: Sequence[int] | None = None, couple_input_forget_gates: bool = False,
                 state_is_tuple: bool = True, reuse: Any = None) -> None:
        super().__init__(_reuse=reuse)
        if not state_is_tuple:
            get_logger().warning("%s: Using a concatenated state is slower and will soon be deprecated.  Use "
                                 "state_is_tuple=True.", self)
        if num_frequency_blocks is None:
            raise ValueError("Must specify num_frequency_blocks")
        self._num_units, self._use_peepholes, self._cell_clip = num_units, use_peepholes, cell_clip
        self._share, self._couple = share_time_frequency_weights, couple_input_forget_gates
        self._state_is_tuple, self._initializer = state_is_tuple, initializer
        self._num_unit_shards, self._forget_bias = num_unit_shards, forget_bias
        self._feature_size, self._frequency_skip = feature_size, frequency_skip
        self._starts, self._ends = start_freqindex_list, end_freqindex_list
        self._blocks = [int(n) for n in num_frequency_blocks]
        self._tuple_type: Any = None
        if state_is_tuple:
            self._tuple_type = self._state_type("GridLSTMStateTuple", ("state",))

    def _state_type(self, name: str, prefixes: Sequence[str]) -> Any:
        fields = [f"{prefix}_f{k:02d}_b{block:02d}_{part}" for prefix in prefixes
                  for block, count in enumerate(self._blocks) for k in range(count) for part in "cm"]
        return collections.namedtuple(name, fields)

    @property
    def state_tuple_type(self) -> Any:
        """The class of states, None where a state is one tensor."""
        return self._tuple_type

    @property
    def state_size(self) -> Any:
        """The sizes of the memory and the output of each frequency."""
        if self._tuple_type is None:
            return 2 * self._num_units * sum(self._blocks)
        return self._tuple_type(*[self._num_units] * len(self._tuple_type._fields))

    @property
    def output_size(self) -> int:
        """Of both LSTMs at all frequencies."""
        return 2 * self._num_units * sum(self._blocks)

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The output and the next state."""
        outputs, states = self._over_blocks(inputs, self._features(inputs), state, "state")
        after = self._tuple_type(*states) if self._state_is_tuple else tf.concat(states, 1)
        return tf.concat(outputs, 1), after

    def _features(self, inputs: Any, offset: int = 0) -> list[list[Any]]:
        """What each frequency of each block sees, `offset` further to the right (or left) than usual."""
        width = known_width(inputs)
        if offset:
            inputs = tf.pad(inputs, [[0, 0], [0, offset] if offset > 0 else [-offset, 0]])
        offset = max(offset, 0)
        if self._starts:
            if len(self._starts) != len(self._ends or ()):
                raise ValueError("Length of start and end freqindex_list does not match %d %d", len(self._starts),
                                 len(self._ends or ()))
            if len(self._blocks) != len(self._starts):
                raise ValueError("Length of num_frequency_blocks is not equal to start_freqindex_list %d %d",
                                 len(self._blocks), len(self._starts))
            spans = list(zip(self._starts, self._ends or (), strict=True))
        elif len(self._blocks) != 1:
            raise ValueError(f"Length of num_frequency_blocks is not 1, but instead is {len(self._blocks)}")
        else:
            spans = [(0, width)]
        found = [_windows(inputs, end - start, self._feature_size, self._frequency_skip, start + offset)
                 for start, end in spans]
        for windows, wanted in zip(found, self._blocks, strict=True):
            if len(windows) != wanted:
                raise ValueError(f"Invalid num_frequency_blocks, requires {wanted} but gets {len(windows)}, please "
                                 "check the input size and filter config are correct.")
        return found

    def _over_blocks(self, inputs: Any, features: list[list[Any]], state: Any,
                     prefix: str) -> tuple[list[Any], list[Any]]:
        batch = inputs.shape[0].value or tf.shape(inputs)[0]
        outputs: list[Any] = []
        states: list[Any] = []
        for block, windows in enumerate(features):
            more_outputs, more_states = self._over_frequencies(windows, block, state, batch, prefix)
            outputs += more_outputs
            states += more_states
        return outputs, states

    def _variables(self, block: int, width: int, dtype: Any) -> list[tuple[Any, Any]]:
        """The matrix and the bias of each LSTM of a block: of frequency, and of time unless it has the same."""
        units, gates = self._num_units, 3 if self._couple else 4
        return [(matrix_in_shards(f"W_{side}_{block}", [width + 2 * units, gates * units], dtype,
                                  self._num_unit_shards),
                 tf.get_variable(f"B_{side}_{block}", shape=[gates * units], initializer=tf.zeros_initializer(),
                                 dtype=dtype)) for side in ("f" if self._share else "ft")]

    def _peepholes(self, block: int, dtype: Any) -> list[dict[str, tuple[Any, Any]]]:
        """For each LSTM and gate, what multiplies the memory along frequency and the one along time."""
        gates = "IO" if self._couple else "FIO"
        return [{gate: (tf.get_variable(f"W_{gate}_diag_{side}f_{block}", shape=[self._num_units], dtype=dtype),
                        tf.get_variable(f"W_{gate}_diag_{side}t_{block}", shape=[self._num_units], dtype=dtype))
                 for gate in gates} for side in (("freq",) if self._share else ("freq", "time"))]

    def _over_frequencies(self, windows: list[Any], block: int, state: Any, batch: Any,
                          prefix: str) -> tuple[list[Any], list[Any]]:
        units, dtype = self._num_units, windows[0].dtype
        variables = self._variables(block, known_width(windows[0]), dtype)
        peepholes = self._peepholes(block, dtype) if self._use_peepholes else [{}] * len(variables)
        m_freq = c_freq = tf.zeros([batch, units], dtype)
        outputs: list[Any] = []
        states: list[Any] = []
        for k, window in enumerate(windows):
            if self._state_is_tuple:
                name = f"{prefix}_f{k:02d}_b{block:02d}"
                c_time, m_time = getattr(state, f"{name}_c"), getattr(state, f"{name}_m")
            else:
                c_time, m_time = (state[:, at * units:(at + 1) * units] for at in (2 * k, 2 * k + 1))
            x = tf.concat([window, m_time, m_freq], 1)
            sides = [_Side(tf.split(tf.nn.bias_add(tf.matmul(x, w), b), 3 if self._couple else 4, 1), peep)
                     for (w, b), peep in zip(variables, peepholes, strict=True)]
            of_freq, of_time = sides[0], sides[-1]
            c_freq, c_time = (self._memory(of_freq, c_freq, (c_freq, c_time)),
                              self._memory(of_time, c_time, (c_freq, c_time)))
            m_freq, m_time = (self._output(of_freq, c_freq, (c_freq, c_time)),
                              self._output(of_time, c_time, (c_freq, c_time)))
            states += [c_time, m_time]
            outputs += [m_time, m_freq]
        return outputs, states

    def _memory(self, side: _Side, before: Any, memories: tuple[Any, Any]) -> Any:
        """The next memory of one LSTM."""
        taken = tf.sigmoid(side.gates[0] + _seen(side, "I", memories))
        if self._couple:
            kept = 1.0 - taken
        else:
            kept = tf.sigmoid(side.gates[2] + self._forget_bias + _seen(side, "F", memories))
        return _clipped(kept * before + taken * tf.tanh(side.gates[1]), self._cell_clip)

    def _output(self, side: _Side, memory: Any, memories: tuple[Any, Any]) -> Any:
        return tf.sigmoid(side.gates[-1] + _seen(side, "O", memories)) * tf.tanh(memory)


def _seen(side: _Side, gate: str, memories: tuple[Any, Any]) -> Any:
    """What a gate sees of the memories."""
    if not side.peepholes:
        return 0.0
    of_freq, of_time = side.peepholes[gate]
    return of_freq * memories[0] + of_time * memories[1]


@public(v1=("contrib.rnn.BidirectionalGridLSTMCell",))
class BidirectionalGridLSTMCell(GridLSTMCell):
    """A grid that runs over the frequencies upwards (`fwd`) and downwards (`bwd`), each with variables of its own.

    backward_slice_offset: how many features further the downward one begins. Other arguments: as for `GridLSTMCell`.
    Output: [batch, 4 · units · frequencies].
    """

    def __init__(self, num_units: int, use_peepholes: bool = False, share_time_frequency_weights: bool = False,
                 cell_clip: float | None = None, initializer: Any = None, num_unit_shards: int = 1,
                 forget_bias: float = 1.0, feature_size: int | None = None, frequency_skip: int | None = None,
                 num_frequency_blocks: Sequence[int] | None = None, start_freqindex_list: Sequence[int] | None = None,
                 end_freqindex_list: Sequence[int] | None = None, couple_input_forget_gates: bool = False,
                 backward_slice_offset: int = 0, reuse: Any = None) -> None:
        super().__init__(num_units, use_peepholes, share_time_frequency_weights, cell_clip, initializer,
                         num_unit_shards, forget_bias, feature_size, frequency_skip, num_frequency_blocks,
                         start_freqindex_list, end_freqindex_list, couple_input_forget_gates, True, reuse)
        self._offset = int(backward_slice_offset)
        self._tuple_type = self._state_type("BidirectionalGridLSTMStateTuple", ("fwd_state", "bwd_state"))

    @property
    def output_size(self) -> int:
        """Of both LSTMs at all frequencies, in both directions."""
        return 2 * super().output_size

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The output and the next state."""
        upwards = self._features(inputs)
        downwards = [windows[::-1] for windows in (self._features(inputs, self._offset) if self._offset else upwards)]
        outputs: list[Any] = []
        states: list[Any] = []
        for name, features in (("fwd", upwards), ("bwd", downwards)):
            with tf.variable_scope(name):
                found = self._over_blocks(inputs, features, state, f"{name}_state")
            outputs += found[0]
            states += found[1]
        return tf.concat(outputs, 1), self._tuple_type(*states)
