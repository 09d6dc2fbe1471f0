"""The cells of `nn.rnn_cell`: simple, GRU and LSTM."""

from __future__ import annotations

from typing import Any

import hornbeam.v1 as tf
from hornbeam.graph.names import public
from hornbeam.ops.recurrent import block_gru, block_lstm
from hornbeam.runtime.logs import get_logger
from hornbeam.v1.layers.lookup import activation_of
from hornbeam.v1.rnn.cell import (
    LayerRNNCell,
    LSTMStateTuple,
    Start,
    input_depth,
    refuse_integer_inputs,
    refuse_integers,
)
from hornbeam.v1.rnn.sizes import OfPartsOrOne, OfUnits

_SLOW = "%s: Using a concatenated state is slower and will soon be deprecated.  Use state_is_tuple=True."


def linear(inputs: list[Any], kernel: Any, bias: Any) -> Any:
    """The inputs side by side times a matrix, and a bias added."""
    return tf.nn.bias_add(tf.matmul(tf.concat(inputs, 1), kernel), bias)


@public(v1=("nn.rnn_cell.BasicRNNCell", "contrib.rnn.BasicRNNCell"))
class BasicRNNCell(OfUnits, LayerRNNCell):
    """The simplest cell: output = state = activation(W · [input, state] + b).

    num_units: the size of the state. activation: by default tanh. reuse: whether its variables exist already.
    name: of its variable scope. dtype: of its variables, by default that of the first input.
    Variables: `kernel` [input + units, units], `bias` [units].
    """

    def __init__(self, num_units: int, activation: Any = None, reuse: Any = None, name: str | None = None,
                 dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        refuse_integers(dtype)
        self._num_units = num_units
        self._activation = activation_of(activation) or tf.tanh

    def build(self, inputs_shape: Any) -> None:
        """Make the variables for inputs of this shape."""
        depth = input_depth(inputs_shape)
        refuse_integers(self.dtype)
        self._kernel = self.add_variable("kernel", shape=[depth + self._num_units, self._num_units])
        self._bias = self.add_variable("bias", shape=[self._num_units],
                                       initializer=tf.zeros_initializer(dtype=self.dtype))
        self.built = True

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The output, which is the next state too."""
        refuse_integer_inputs(inputs, state)
        output = self._activation(linear([inputs, state], self._kernel, self._bias))
        return output, output


@public(v1=("nn.rnn_cell.GRUCell", "contrib.rnn.GRUCell"))
class GRUCell(OfUnits, LayerRNNCell):
    """A gated recurrent unit (Cho et al. 2014): r, u = σ(W·[x, h] + b); c = activation(W'·[x, r·h] + b');
    h' = u·h + (1 - u)·c.

    num_units: the size of the state. activation: by default tanh. kernel_initializer, bias_initializer: of both
    kernels and biases; by default the scope's, and biases of 1 for the gates and 0 for the candidate.
    Variables: `gates/kernel` [input + units, 2 · units], `gates/bias`, `candidate/kernel` [input + units, units],
    `candidate/bias`.
    """

    def __init__(self, num_units: int, activation: Any = None, reuse: Any = None, kernel_initializer: Any = None,
                 bias_initializer: Any = None, name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        refuse_integers(dtype)
        self._num_units = num_units
        self._activation = activation_of(activation) or tf.tanh
        self._kernel_initializer, self._bias_initializer = kernel_initializer, bias_initializer

    def build(self, inputs_shape: Any) -> None:
        """Make the variables for inputs of this shape."""
        depth = input_depth(inputs_shape)
        refuse_integers(self.dtype)
        units, dtype = self._num_units, self.dtype
        given = self._bias_initializer
        self._gate_kernel = self.add_variable("gates/kernel", shape=[depth + units, 2 * units],
                                              initializer=self._kernel_initializer)
        self._gate_bias = self.add_variable(
            "gates/bias", shape=[2 * units],
            initializer=given if given is not None else tf.constant_initializer(1.0, dtype=dtype))
        self._candidate_kernel = self.add_variable("candidate/kernel", shape=[depth + units, units],
                                                   initializer=self._kernel_initializer)
        self._candidate_bias = self.add_variable(
            "candidate/bias", shape=[units],
            initializer=given if given is not None else tf.zeros_initializer(dtype=dtype))
        self.built = True

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The output, which is the next state too."""
        if isinstance(state, Start):
            return self._along(inputs, state)
        refuse_integer_inputs(inputs, state)
        gates = tf.sigmoid(linear([inputs, state], self._gate_kernel, self._gate_bias))
        r, u = tf.split(value=gates, num_or_size_splits=2, axis=1)
        c = self._activation(linear([inputs, r * state], self._candidate_kernel, self._candidate_bias))
        after = u * state + (1 - u) * c
        return after, after

    def _along(self, inputs: Any, start: Start) -> tuple[Any, Any]:
        """The outputs of all steps, which are the states too."""
        of_r, of_u = tf.split(value=self._gate_kernel, num_or_size_splits=2, axis=1)
        kernel = tf.concat([of_u, of_r, self._candidate_kernel], 1)
        r, u = tf.split(value=self._gate_bias, num_or_size_splits=2, axis=0)
        bias = tf.concat([u, r, self._candidate_bias], 0)
        depth = input_depth(inputs.shape)
        found = block_gru(inputs, start.state, kernel[:depth], kernel[depth:], bias, tf.zeros_like(bias),
                          reset_after=False)
        return found[4], found[4]


class _LSTMStates(OfPartsOrOne, LayerRNNCell):
    """What LSTM cells have in common: a state of two parts, as a tuple or side by side."""

    _num_units: int
    _state_is_tuple: bool
    _output_units: int
    _forget_bias: float
    _kernel: Any
    _bias: Any

    def _warn_of_joined_state(self) -> None:
        if not self._state_is_tuple:
            get_logger().warning(_SLOW, self)

    def _apart(self, state: Any) -> tuple[Any, Any]:
        """`c` and `h` of a state."""
        if self._state_is_tuple:
            c, h = state
            return c, h
        return (tf.slice(state, [0, 0], [-1, self._num_units]),
                tf.slice(state, [0, self._num_units], [-1, self._output_units]))

    def _together(self, c: Any, h: Any) -> Any:
        """A state of `c` and `h`."""
        return LSTMStateTuple(c, h) if self._state_is_tuple else tf.concat([c, h], -1)

    def _along(self, inputs: Any, start: Start, diagonals: tuple[Any, ...] | None = None) -> tuple[Any, Any]:
        """The outputs and states of all steps. diagonals: the weights of the peepholes of i, f and o."""
        c, h = self._apart(start.state)
        seen = diagonals or (tf.zeros([self._num_units], dtype=inputs.dtype),) * 3
        found = block_lstm(start.steps, inputs, c, h, self._kernel, *seen, self._bias, cell_clip=0.0,
                           forget_bias=float(self._forget_bias), use_peephole=diagonals is not None)
        return found[6], self._together(found[1], found[6])


@public(v1=("nn.rnn_cell.BasicLSTMCell", "contrib.rnn.BasicLSTMCell"))
class BasicLSTMCell(_LSTMStates):
    """An LSTM (Zaremba et al. 2014): i, j, f, o = W·[x, h] + b; c' = c·σ(f + forget_bias) + σ(i)·activation(j);
    h' = activation(c')·σ(o).

    num_units: the size of `c` and `h`. forget_bias: added to the forget gates. state_is_tuple: whether the state is
    an `LSTMStateTuple` or a tensor of both side by side. activation: by default tanh.
    Variables: `kernel` [input + units, 4 · units], `bias` [4 · units].
    """

    def __init__(self, num_units: int, forget_bias: float = 1.0, state_is_tuple: bool = True, activation: Any = None,
                 reuse: Any = None, name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        refuse_integers(dtype)
        self._num_units = self._output_units = num_units
        self._forget_bias, self._state_is_tuple = forget_bias, state_is_tuple
        self._activation = activation_of(activation) or tf.tanh
        self._warn_of_joined_state()

    def build(self, inputs_shape: Any) -> None:
        """Make the variables for inputs of this shape."""
        depth = input_depth(inputs_shape)
        refuse_integers(self.dtype)
        self._kernel = self.add_variable("kernel", shape=[depth + self._num_units, 4 * self._num_units])
        self._bias = self.add_variable("bias", shape=[4 * self._num_units],
                                       initializer=tf.zeros_initializer(dtype=self.dtype))
        self.built = True

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The output and the next state."""
        if isinstance(state, Start):
            return self._along(inputs, state)
        refuse_integer_inputs(inputs, state)
        c, h = self._apart(state)
        i, j, f, o = tf.split(value=linear([inputs, h], self._kernel, self._bias), num_or_size_splits=4, axis=1)
        forget = tf.constant(self._forget_bias, dtype=f.dtype)
        c = c * tf.sigmoid(f + forget) + tf.sigmoid(i) * self._activation(j)
        h = self._activation(c) * tf.sigmoid(o)
        return h, self._together(c, h)


@public(v1=("nn.rnn_cell.LSTMCell", "contrib.rnn.LSTMCell"))
class LSTMCell(_LSTMStates):
    """An LSTM with peepholes, clipping and a projection of its output (Hochreiter 1997, Sak et al. 2014).

    num_units: the size of `c`. use_peepholes: gates look at `c` (diagonal weights). cell_clip: bound of `c`.
    initializer: of kernels and peepholes. num_proj: the size of `h`, projected from the output; proj_clip: its bound.
    num_unit_shards, num_proj_shards: in how many parts the kernels are kept. forget_bias: added to the forget gates.
    state_is_tuple, activation: as for `BasicLSTMCell`.
    Variables: `kernel` [input + h, 4 · units], `bias`, with peepholes `w_f_diag`, `w_i_diag`, `w_o_diag` [units], with
    a projection `projection/kernel` [units, num_proj].
    """

    def __init__(self, num_units: int, use_peepholes: bool = False, cell_clip: float | None = None,
                 initializer: Any = None, num_proj: int | None = None, proj_clip: float | None = None,
                 num_unit_shards: int | None = None, num_proj_shards: int | None = None, forget_bias: float = 1.0,
                 state_is_tuple: bool = True, activation: Any = None, reuse: Any = None, name: str | None = None,
                 dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        refuse_integers(dtype)
        self._num_units, self._num_proj = num_units, num_proj
        self._output_units = num_units if num_proj is None else num_proj
        self._use_peepholes, self._cell_clip, self._proj_clip = use_peepholes, cell_clip, proj_clip
        self._initializer = initializer
        self._num_unit_shards, self._num_proj_shards = num_unit_shards, num_proj_shards
        self._forget_bias, self._state_is_tuple = forget_bias, state_is_tuple
        self._activation = activation_of(activation) or tf.tanh
        self._warn_of_joined_state()
        if num_unit_shards is not None or num_proj_shards is not None:
            get_logger().warning("%s: The num_unit_shards and proj_unit_shards parameters are deprecated and will be "
                                 "removed in Jan 2017.  Use a variable scope with a partitioner instead.", self)

    def build(self, inputs_shape: Any) -> None:
        """Make the variables for inputs of this shape."""
        depth = input_depth(inputs_shape)
        refuse_integers(self.dtype)
        units = self._num_units
        self._kernel = self.add_variable("kernel", shape=[depth + self._output_units, 4 * units],
                                         initializer=self._initializer, partitioner=_parts(self._num_unit_shards))
        self._bias = self.add_variable("bias", shape=[4 * units], initializer=tf.zeros_initializer(dtype=self.dtype))
        if self._use_peepholes:
            self._w_f_diag, self._w_i_diag, self._w_o_diag = (
                self.add_variable(name, shape=[units], initializer=self._initializer)
                for name in ("w_f_diag", "w_i_diag", "w_o_diag"))
        if self._num_proj is not None:
            self._proj_kernel = self.add_variable("projection/kernel", shape=[units, self._num_proj],
                                                  initializer=self._initializer,
                                                  partitioner=_parts(self._num_proj_shards))
        self.built = True

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The output and the next state."""
        if isinstance(state, Start):
            diagonals = (self._w_i_diag, self._w_f_diag, self._w_o_diag) if self._use_peepholes else None
            return self._along(inputs, state, diagonals)
        refuse_integer_inputs(inputs, state)
        c_before, m_before = self._apart(state)
        input_depth(inputs.shape)
        i, j, f, o = tf.split(value=linear([inputs, m_before], self._kernel, self._bias), num_or_size_splits=4, axis=1)
        forget = f + self._forget_bias
        if self._use_peepholes:
            forget, i = forget + self._w_f_diag * c_before, i + self._w_i_diag * c_before
        c = tf.sigmoid(forget) * c_before + tf.sigmoid(i) * self._activation(j)
        c = _clipped(c, self._cell_clip)
        if self._use_peepholes:
            o = o + self._w_o_diag * c
        m = tf.sigmoid(o) * self._activation(c)
        if self._num_proj is not None:
            m = _clipped(tf.matmul(m, self._proj_kernel), self._proj_clip)
        return m, self._together(c, m)


def _clipped(value: Any, bound: float | None) -> Any:
    return value if bound is None else tf.clip_by_value(value, -bound, bound)


def _parts(shards: int | None) -> Any:
    return tf.fixed_size_partitioner(shards) if shards is not None else None
