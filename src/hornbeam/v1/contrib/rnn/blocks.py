"""Cells and loops that TensorFlow computes by one kernel each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import hornbeam.v1 as tf
from hornbeam.graph.names import public
from hornbeam.ops.recurrent import block_lstm
from hornbeam.v1.layers.base import Layer
from hornbeam.v1.layers.input_spec import InputSpec
from hornbeam.v1.rnn.cell import LayerRNNCell, LSTMStateTuple
from hornbeam.v1.rnn.dynamic import dynamic_rnn
from hornbeam.v1.rnn.sequences import states_at
from hornbeam.v1.rnn.sizes import OfEqualParts
from hornbeam.v1.rnn.static import static_rnn


def _lstm_variables(layer: Any, depth: int, units: int, peephole: bool) -> list[Any]:
    """`kernel` and `bias`, and the diagonal weights of input, forget and output gates (zeros without peepholes)."""
    kernel = layer.add_variable("kernel", [depth + units, units * 4])
    bias = layer.add_variable("bias", [units * 4], initializer=tf.constant_initializer(0.0))
    diagonals = [layer.add_variable(f"w_{g}_diag", [units]) if peephole else None for g in "ifo"]
    return [kernel, bias, *diagonals]


def _lstm_step(inputs: Any, state: Any, variables: list[Any], forget_bias: float, clip: float) -> tuple[Any, Any]:
    """`c` and `h` after a step."""
    c, h = state
    kernel, bias, i_diag, f_diag, o_diag = variables
    gates = tf.nn.bias_add(tf.matmul(tf.concat([inputs, h], 1), kernel), bias)
    i, j, f, o = tf.split(value=gates, num_or_size_splits=4, axis=1)
    if i_diag is not None:
        i, f = i + c * i_diag, f + c * f_diag
    c = tf.tanh(j) * tf.sigmoid(i) + c * tf.sigmoid(f + forget_bias)
    if clip > 0:
        c = c + tf.stop_gradient(tf.clip_by_value(c, -clip, clip) - c)  # the kernel's gradient knows no bounds
    if o_diag is not None:
        o = o + c * o_diag
    return c, tf.tanh(c) * tf.sigmoid(o)


@public(v1=("contrib.rnn.LSTMBlockCell",))
class LSTMBlockCell(OfEqualParts, LayerRNNCell):
    """An LSTM cell with the variables of `LSTMCell`, so that checkpoints fit both.

    num_units, forget_bias: as for `LSTMCell`. cell_clip: bound of `c`; None or -1 for none. use_peephole: whether gates
    look at `c`.
    """

    def __init__(self, num_units: int, forget_bias: float = 1.0, cell_clip: float | None = None,
                 use_peephole: bool = False, dtype: Any = None, reuse: Any = None, name: str = "lstm_cell") -> None:
        super().__init__(_reuse=reuse, dtype=dtype, name=name)
        self._num_units, self._forget_bias, self._use_peephole = num_units, forget_bias, use_peephole
        self._cell_clip = cell_clip if cell_clip is not None else -1
        self.input_spec = InputSpec(ndim=2)

    def build(self, inputs_shape: Any) -> None:
        """Make the variables for inputs of this shape."""
        depth = tf.TensorShape(inputs_shape).as_list()[1]
        if not depth:
            raise ValueError(f"Expecting inputs_shape[1] to be set: {inputs_shape}")
        self._held = _lstm_variables(self, depth, self._num_units, self._use_peephole)
        self.built = True

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The output and the next state."""
        if len(state) != 2:
            raise ValueError("Expecting state to be a tuple with length 2.")
        c, h = _lstm_step(inputs, state, self._held, self._forget_bias, self._cell_clip)
        return h, LSTMStateTuple(c, h)


@public(v1=("contrib.rnn.GRUBlockCell",))
class GRUBlockCell(LayerRNNCell):
    """A GRU cell with the variables `w_ru`, `b_ru`, `w_c`, `b_c`.

    num_units: the size of the state; once `cell_size`. Raises ValueError for both or neither.
    """

    _names = ("w_ru", "b_ru", "w_c", "b_c")

    def __init__(self, num_units: int | None = None, cell_size: int | None = None, reuse: Any = None,
                 name: str = "gru_cell") -> None:
        super().__init__(_reuse=reuse, name=name)
        if (cell_size is None) == (num_units is None):
            raise ValueError("Exactly one of num_units or cell_size must be provided.")
        self._cell_size: int = num_units if num_units is not None else cell_size  # type: ignore[assignment]
        self.input_spec = InputSpec(ndim=2)

    @property
    def state_size(self) -> Any:
        """The number of units."""
        return self._cell_size

    @property
    def output_size(self) -> Any:
        """The number of units."""
        return self._cell_size

    def build(self, input_shape: Any) -> None:
        """Make the variables for inputs of this shape."""
        depth = tf.TensorShape(input_shape).as_list()[1]
        if depth is None:
            raise ValueError("Expecting input_size to be set.")
        units, names = self._cell_size, self._names
        self._gate_kernel = self.add_variable(names[0], [depth + units, units * 2])
        self._gate_bias = self.add_variable(names[1], [units * 2], initializer=tf.constant_initializer(1.0))
        self._candidate_kernel = self.add_variable(names[2], [depth + units, units])
        self._candidate_bias = self.add_variable(names[3], [units], initializer=tf.constant_initializer(0.0))
        self.built = True

    def call(self, inputs: Any, h_prev: Any) -> tuple[Any, Any]:
        """The output, which is the next state too."""
        size = h_prev.shape.with_rank(2).as_list()[1]
        if size != self._cell_size:
            raise ValueError(f"Shape of h_prev[1] incorrect: cell_size {self._cell_size} vs {size}")
        gates = tf.nn.bias_add(tf.matmul(tf.concat([inputs, h_prev], 1), self._gate_kernel), self._gate_bias)
        r, u = tf.split(value=tf.sigmoid(gates), num_or_size_splits=2, axis=1)
        found = tf.matmul(tf.concat([inputs, r * h_prev], 1), self._candidate_kernel)
        after = u * h_prev + (1 - u) * tf.tanh(tf.nn.bias_add(found, self._candidate_bias))
        return after, after


@public(v1=("contrib.rnn.GRUBlockCellV2",))
class GRUBlockCellV2(GRUBlockCell):
    """`GRUBlockCell` with the variables of `GRUCell`, so that checkpoints fit both."""

    _names = ("gates/kernel", "gates/bias", "candidate/kernel", "candidate/bias")


# Whole sequences --------------------------------------------------------------------------------------


@public(v1=("contrib.rnn.FusedRNNCell",))
class FusedRNNCell(ABC):
    """What runs along a whole sequence: `outputs, state = fused(inputs [time, batch, size])`."""

    @abstractmethod
    def __call__(self, inputs: Any, initial_state: Any = None, dtype: Any = None, sequence_length: Any = None,
                 scope: Any = None) -> tuple[Any, Any]:
        """The outputs [time, batch, ...] (a list where `inputs` is one) and the last state."""


@public(v1=("contrib.rnn.FusedRNNCellAdaptor",))
class FusedRNNCellAdaptor(FusedRNNCell):
    """A cell as a `FusedRNNCell`: run by `dynamic_rnn` where `use_dynamic_rnn`, else by `static_rnn`."""

    def __init__(self, cell: Any, use_dynamic_rnn: bool = False) -> None:
        self._cell, self._use_dynamic_rnn = cell, use_dynamic_rnn

    def __call__(self, inputs: Any, initial_state: Any = None, dtype: Any = None, sequence_length: Any = None,
                 scope: Any = None) -> tuple[Any, Any]:
        """The outputs and the last state."""
        is_list = isinstance(inputs, list)
        settings = {"initial_state": initial_state, "dtype": dtype, "sequence_length": sequence_length, "scope": scope}
        if self._use_dynamic_rnn:
            whole = tf.stack(inputs) if is_list else inputs
            outputs, state = dynamic_rnn(self._cell, whole, time_major=True, **settings)
            return (tf.unstack(outputs) if is_list else outputs), state
        outputs, state = static_rnn(self._cell, inputs if is_list else tf.unstack(inputs), **settings)
        return (outputs if is_list else tf.stack(outputs)), state


@public(v1=("contrib.rnn.TimeReversedFusedRNN",))
class TimeReversedFusedRNN(FusedRNNCell):
    """A `FusedRNNCell` run from the end of the sequence; its outputs are in the order of the inputs."""

    def __init__(self, cell: Any) -> None:
        self._cell = cell

    @staticmethod
    def _turned(x: Any, lengths: Any) -> Any:
        if isinstance(x, list):
            return list(reversed(x))
        return tf.reverse(x, [0]) if lengths is None else tf.reverse_sequence(x, lengths, 0, 1)

    def __call__(self, inputs: Any, initial_state: Any = None, dtype: Any = None, sequence_length: Any = None,
                 scope: Any = None) -> tuple[Any, Any]:
        """The outputs and the last state."""
        outputs, state = self._cell(self._turned(inputs, sequence_length), initial_state=initial_state, dtype=dtype,
                                    sequence_length=sequence_length, scope=scope)
        return self._turned(outputs, sequence_length), state


@public(v1=("contrib.rnn.LSTMBlockWrapper",))
class LSTMBlockWrapper(Layer):
    """Base of layers that run an LSTM along a whole sequence. A subclass says `num_units` and `_call_cell`."""

    @property
    def num_units(self) -> int:
        """The number of units."""
        raise NotImplementedError("Abstract method")

    @abstractmethod
    def _call_cell(self, inputs: Any, initial_cell_state: Any, initial_output: Any, dtype: Any,
                   sequence_length: Any) -> tuple[Any, Any]:
        """The cell states and the outputs at every step, each [time, batch, units]."""

    def call(self, inputs: Any, initial_state: Any = None, dtype: Any = None,
             sequence_length: Any = None) -> tuple[Any, Any]:
        """The outputs [time, batch, units] (a list where `inputs` is one) and the last state, an `LSTMStateTuple`.

        inputs: [time, batch, size] or a list. initial_state: a pair; without it `dtype` is needed. sequence_length:
        [batch]. Raises ValueError where something is missing.
        """
        is_list = isinstance(inputs, list)
        inputs = tf.stack(inputs) if is_list else inputs
        steps, batch, depth = inputs.shape.with_rank(3).as_list()
        if not depth:
            raise ValueError(f"Expecting inputs_shape[2] to be set: {inputs.shape}")
        steps = tf.shape(inputs)[0] if steps is None else steps
        batch = tf.shape(inputs)[1] if batch is None else batch
        if initial_state is None:
            if dtype is None:
                raise ValueError("Either initial_state or dtype needs to be specified")
            zeros = tf.zeros(tf.stack([batch, self.num_units]), dtype=dtype)
            initial_state = zeros, zeros
        elif len(initial_state) != 2:
            raise ValueError("Expecting initial_state to be a tuple with length 2 or None")
        dtype = initial_state[0].dtype if dtype is None else dtype
        lengths = None if sequence_length is None else tf.convert_to_tensor(sequence_length)
        first_cell, first_output = initial_state
        cells, outputs = self._call_cell(inputs, first_cell, first_output, dtype, lengths)
        if lengths is None:
            last = LSTMStateTuple(cells[-1], outputs[-1])
        else:
            mask = tf.transpose(tf.sequence_mask(lengths, steps, dtype=dtype), [1, 0])
            outputs = outputs * tf.expand_dims(mask, -1)
            last = LSTMStateTuple(*(states_at(tf.convert_to_tensor(first), found, lengths)
                                    for first, found in zip(initial_state, (cells, outputs), strict=True)))
        return (tf.unstack(outputs) if is_list else outputs), last


@public(v1=("contrib.rnn.LSTMBlockFusedCell",))
class LSTMBlockFusedCell(LSTMBlockWrapper):
    """`LSTMBlockCell` run along a whole sequence [time, batch, size]. Arguments as those of `LSTMBlockCell`."""

    def __init__(self, num_units: int, forget_bias: float = 1.0, cell_clip: float | None = None,
                 use_peephole: bool = False, reuse: Any = None, dtype: Any = None,
                 name: str = "lstm_fused_cell") -> None:
        super().__init__(_reuse=reuse, name=name, dtype=dtype)
        self._num_units, self._forget_bias, self._use_peephole = num_units, forget_bias, use_peephole
        self._cell_clip = cell_clip if cell_clip is not None else -1
        self.input_spec = InputSpec(ndim=3)

    @property
    def num_units(self) -> int:
        """The number of units."""
        return self._num_units

    def build(self, input_shape: Any) -> None:
        """Make the variables for inputs of this shape."""
        depth = int(tf.TensorShape(input_shape).as_list()[2] or 0)
        self._held = _lstm_variables(self, depth, self._num_units, self._use_peephole)
        self.built = True

    def _call_cell(self, inputs: Any, initial_cell_state: Any, initial_output: Any, dtype: Any,
                   sequence_length: Any) -> tuple[Any, Any]:
        kernel, bias, *diagonals = self._held
        longest = tf.shape(inputs)[0] if sequence_length is None else tf.reduce_max(sequence_length)
        without = tf.zeros([self._num_units], dtype=inputs.dtype)
        found = block_lstm(tf.cast(longest, tf.int64), inputs, initial_cell_state, initial_output, kernel,
                           *(without if d is None else d for d in diagonals), bias, forget_bias=self._forget_bias,
                           cell_clip=self._cell_clip, use_peephole=self._use_peephole)
        return found[1], found[6]
