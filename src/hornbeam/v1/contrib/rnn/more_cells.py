"""Cells that are neither GRU nor LSTM, or only almost."""

from __future__ import annotations

from typing import Any

import hornbeam.v1 as tf
from hornbeam.graph.names import public, register
from hornbeam.v1.contrib.rnn.linear import Linear, known_width
from hornbeam.v1.layers.input_spec import InputSpec
from hornbeam.v1.rnn.cell import LayerRNNCell, LSTMStateTuple, RNNCell, input_depth
from hornbeam.v1.rnn.sizes import OfEqualParts, OfTwoParts, OfUnits

register(LayerRNNCell, v1=("contrib.rnn.LayerRNNCell",))


class _Units(OfUnits, RNNCell):
    """A cell whose state and output have as many columns as it has units."""


@public(v1=("contrib.rnn.UGRNNCell",))
class UGRNNCell(_Units):
    """An update gate RNN (Collins et al. 2016): g, c = W · [x, h] + b; h' = σ(g) · h + (1 - σ(g)) · activation(c).

    num_units: the size of the state. initializer: of the scope within. forget_bias: added to the gate.
    """

    def __init__(self, num_units: int, initializer: Any = None, forget_bias: float = 1.0, activation: Any = None,
                 reuse: Any = None) -> None:
        super().__init__(_reuse=reuse)
        self._num_units, self._initializer, self._forget_bias = num_units, initializer, forget_bias
        self._activation = activation or tf.tanh
        self._linear: Any = None

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The output, which is the next state too."""
        known_width(inputs)
        with tf.variable_scope(tf.get_variable_scope(), initializer=self._initializer):
            args = tf.concat([inputs, state], 1)
            if self._linear is None:
                self._linear = Linear(args, 2 * self._num_units, True)
            gate, candidate = tf.split(axis=1, num_or_size_splits=2, value=self._linear(args))
        g = tf.sigmoid(gate + self._forget_bias)
        after = g * state + (1.0 - g) * self._activation(candidate)
        return after, after


@public(v1=("contrib.rnn.IntersectionRNNCell",))
class IntersectionRNNCell(_Units):
    """A cell that goes on in depth as it does in time (Collins et al. 2016), for stacks of it.

    num_units: the size of state and output. num_in_proj: where inputs of another size are to be projected. initializer:
    of the scope within. forget_bias: added to the gates. y_activation: of the output, by default relu.
    Raises ValueError for inputs of another size without a projection.
    """

    def __init__(self, num_units: int, num_in_proj: int | None = None, initializer: Any = None,
                 forget_bias: float = 1.0, y_activation: Any = None, reuse: Any = None) -> None:
        super().__init__(_reuse=reuse)
        self._num_units, self._num_in_proj, self._initializer = num_units, num_in_proj, initializer
        self._forget_bias, self._y_activation = forget_bias, y_activation or tf.nn.relu
        self._projection: Any = None
        self._linear: Any = None

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The output and the next state."""
        width = known_width(inputs)
        with tf.variable_scope(tf.get_variable_scope(), initializer=self._initializer):
            if width != self._num_units:
                if not self._num_in_proj:
                    raise ValueError("Must have input size == output size for Intersection RNN. To fix, num_in_proj "
                                     "should be set to num_units at cell init.")
                with tf.variable_scope("in_projection"):
                    if self._projection is None:
                        self._projection = Linear(inputs, self._num_units, True)
                    inputs = self._projection(inputs)
            args = tf.concat([inputs, state], 1)
            if self._linear is None:
                self._linear = Linear(args, 4 * self._num_units, True)
            gh, h, gy, y = tf.split(axis=1, num_or_size_splits=4, value=self._linear(args))
        gh, gy = tf.sigmoid(gh + self._forget_bias), tf.sigmoid(gy + self._forget_bias)
        after = gh * state + (1.0 - gh) * tf.tanh(h)
        return gy * inputs + (1.0 - gy) * self._y_activation(y), after


@public(v1=("contrib.rnn.NASCell",))
class NASCell(OfTwoParts, LayerRNNCell):
    """The cell that architecture search found (Zoph and Le 2016).

    num_units: the size of `c`. num_proj: the size of `h`, projected from the output. use_bias: whether there is a bias.
    Variables: `kernel` [input, 8 · units], `recurrent_kernel` [h, 8 · units], `bias`, `projection_weights`.
    """

    def __init__(self, num_units: int, num_proj: int | None = None, use_bias: bool = False, reuse: Any = None,
                 **kwargs: Any) -> None:
        super().__init__(_reuse=reuse, **kwargs)
        self._num_units, self._num_proj, self._use_bias = num_units, num_proj, use_bias
        self._output_units = num_units if num_proj is None else num_proj

    def build(self, inputs_shape: Any) -> None:
        """Make the variables for inputs of this shape."""
        units = self._num_units
        depth = tf.TensorShape(inputs_shape).with_rank(2).as_list()[1]
        if depth is None:
            raise ValueError("Could not infer input size from inputs.get_shape()[-1]")
        self.recurrent_kernel = self.add_variable("recurrent_kernel", [self._output_units, 8 * units])
        self.kernel = self.add_variable("kernel", [depth, 8 * units])
        if self._use_bias:
            self.bias = self.add_variable("bias", shape=[8 * units], initializer=tf.zeros_initializer)
        if self._num_proj is not None:
            self.projection_weights = self.add_variable("projection_weights", [units, self._num_proj])
        self.built = True

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The output and the next state."""
        c_before, m_before = state
        of_state, of_inputs = tf.matmul(m_before, self.recurrent_kernel), tf.matmul(inputs, self.kernel)
        if self._use_bias:
            of_state = tf.nn.bias_add(of_state, self.bias)
        s = tf.split(axis=1, num_or_size_splits=8, value=of_state)
        x = tf.split(axis=1, num_or_size_splits=8, value=of_inputs)
        first = tf.tanh(tf.sigmoid(x[0] + s[0]) * tf.nn.relu(x[1] + s[1]))
        second = tf.tanh(tf.sigmoid(x[2] + s[2]) + tf.nn.relu(x[3] * s[3]))
        third = tf.tanh(tf.tanh(x[4] + s[4]) * tf.sigmoid(x[5] + s[5]))
        fourth = tf.sigmoid(tf.tanh(x[6] + s[6]) + tf.sigmoid(x[7] + s[7]))
        c = tf.tanh(first + c_before) * second
        m = tf.tanh(c * tf.tanh(third + fourth))
        if self._num_proj is not None:
            m = tf.matmul(m, self.projection_weights)
        return m, LSTMStateTuple(c, m)


@public(v1=("contrib.rnn.SRUCell",))
class SRUCell(LayerRNNCell, _Units):
    """A simple recurrent unit (Lei et al. 2017), whose product does not wait for the state.

    num_units: the size of the state. Variables: `kernel` [input, 4 · units], `bias` [2 · units].
    """

    def __init__(self, num_units: int, activation: Any = None, reuse: Any = None, name: str | None = None,
                 **kwargs: Any) -> None:
        super().__init__(_reuse=reuse, name=name, **kwargs)
        self._num_units, self._activation = num_units, activation or tf.tanh
        self.input_spec = InputSpec(ndim=2)

    def build(self, inputs_shape: Any) -> None:
        """Make the variables for inputs of this shape."""
        depth = input_depth(inputs_shape)
        self._kernel = self.add_variable("kernel", shape=[depth, 4 * self._num_units])
        self._bias = self.add_variable("bias", shape=[2 * self._num_units], initializer=tf.zeros_initializer)
        self.built = True

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The output and the next state."""
        x, f, r, passed = tf.split(value=tf.matmul(inputs, self._kernel), num_or_size_splits=4, axis=1)
        gates = tf.sigmoid(tf.nn.bias_add(tf.concat([f, r], 1), self._bias))
        f, r = tf.split(value=gates, num_or_size_splits=2, axis=1)
        c = f * state + (1.0 - f) * x
        return r * self._activation(c) + (1.0 - r) * passed, c


def _between(cell: Any) -> Any:
    """The initializer of recurrent weights that are one number a unit."""
    return tf.random_uniform_initializer(minval=-1, maxval=1, dtype=cell.dtype)


@public(v1=("contrib.rnn.IndRNNCell",))
class IndRNNCell(LayerRNNCell, _Units):
    """Units that see of the state only their own (Li et al. 2018): h' = activation(W · x + u · h + b).

    Variables: `kernel_w` [input, units], `kernel_u` [1, units], `bias`.
    """

    def __init__(self, num_units: int, activation: Any = None, reuse: Any = None, name: str | None = None,
                 dtype: Any = None) -> None:
        super().__init__(_reuse=reuse, name=name, dtype=dtype)
        self.input_spec = InputSpec(ndim=2)
        self._num_units, self._activation = num_units, activation or tf.tanh

    def build(self, inputs_shape: Any) -> None:
        """Make the variables for inputs of this shape."""
        units = self._num_units
        self._kernel_w = self.add_variable("kernel_w", shape=[input_depth(inputs_shape), units])
        self._kernel_u = self.add_variable("kernel_u", shape=[1, units], initializer=_between(self))
        self._bias = self.add_variable("bias", shape=[units], initializer=tf.zeros_initializer(dtype=self.dtype))
        self.built = True

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The output, which is the next state too."""
        found = tf.matmul(inputs, self._kernel_w) + state * self._kernel_u
        output = self._activation(tf.nn.bias_add(found, self._bias))
        return output, output


@public(v1=("contrib.rnn.IndyGRUCell",))
class IndyGRUCell(LayerRNNCell, _Units):
    """A GRU whose units see of the state only their own.

    Arguments as those of `GRUCell`. Variables: `gates/kernel_w`, `gates/kernel_u`, `gates/bias`, `candidate/kernel`,
    `candidate/kernel_u`, `candidate/bias`.
    """

    def __init__(self, num_units: int, activation: Any = None, reuse: Any = None, kernel_initializer: Any = None,
                 bias_initializer: Any = None, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(_reuse=reuse, name=name, dtype=dtype)
        self.input_spec = InputSpec(ndim=2)
        self._num_units, self._activation = num_units, activation or tf.tanh
        self._kernel_initializer, self._bias_initializer = kernel_initializer, bias_initializer

    def build(self, inputs_shape: Any) -> None:
        """Make the variables for inputs of this shape."""
        units, depth, dtype = self._num_units, input_depth(inputs_shape), self.dtype
        kernel, bias = self._kernel_initializer, self._bias_initializer
        self._gate_kernel_w = self.add_variable("gates/kernel_w", shape=[depth, 2 * units], initializer=kernel)
        self._gate_kernel_u = self.add_variable("gates/kernel_u", shape=[1, 2 * units], initializer=_between(self))
        self._gate_bias = self.add_variable(
            "gates/bias", shape=[2 * units],
            initializer=bias if bias is not None else tf.constant_initializer(1.0, dtype=dtype))
        self._candidate_kernel_w = self.add_variable("candidate/kernel", shape=[depth, units], initializer=kernel)
        self._candidate_kernel_u = self.add_variable("candidate/kernel_u", shape=[1, units],
                                                     initializer=_between(self))
        self._candidate_bias = self.add_variable(
            "candidate/bias", shape=[units],
            initializer=bias if bias is not None else tf.zeros_initializer(dtype=dtype))
        self.built = True

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The output, which is the next state too."""
        gates = tf.matmul(inputs, self._gate_kernel_w) + tf.tile(state, [1, 2]) * self._gate_kernel_u
        r, u = tf.split(value=tf.sigmoid(tf.nn.bias_add(gates, self._gate_bias)), num_or_size_splits=2, axis=1)
        found = tf.matmul(inputs, self._candidate_kernel_w) + r * state * self._candidate_kernel_u
        after = u * state + (1 - u) * self._activation(tf.nn.bias_add(found, self._candidate_bias))
        return after, after


@public(v1=("contrib.rnn.IndyLSTMCell",))
class IndyLSTMCell(OfEqualParts, LayerRNNCell):
    """An LSTM whose units see of the output only their own (Gonnet and Deselaers 2019).

    Arguments as those of `BasicLSTMCell`. Variables: `kernel_w` [input, 4 · units], `kernel_u` [1, 4 · units], `bias`.
    """

    def __init__(self, num_units: int, forget_bias: float = 1.0, activation: Any = None, reuse: Any = None,
                 kernel_initializer: Any = None, bias_initializer: Any = None, name: str | None = None,
                 dtype: Any = None) -> None:
        super().__init__(_reuse=reuse, name=name, dtype=dtype)
        self.input_spec = InputSpec(ndim=2)
        self._num_units, self._forget_bias, self._activation = num_units, forget_bias, activation or tf.tanh
        self._kernel_initializer, self._bias_initializer = kernel_initializer, bias_initializer

    def build(self, inputs_shape: Any) -> None:
        """Make the variables for inputs of this shape."""
        units, given = self._num_units, self._bias_initializer
        self._kernel_w = self.add_variable("kernel_w", shape=[input_depth(inputs_shape), 4 * units],
                                           initializer=self._kernel_initializer)
        self._kernel_u = self.add_variable("kernel_u", shape=[1, 4 * units], initializer=_between(self))
        self._bias = self.add_variable(
            "bias", shape=[4 * units],
            initializer=given if given is not None else tf.zeros_initializer(dtype=self.dtype))
        self.built = True

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The output and the next state."""
        c, h = state
        gates = tf.matmul(inputs, self._kernel_w) + tf.tile(h, [1, 4]) * self._kernel_u
        i, j, f, o = tf.split(value=tf.nn.bias_add(gates, self._bias), num_or_size_splits=4, axis=1)
        c = c * tf.sigmoid(f + self._forget_bias) + tf.sigmoid(i) * self._activation(j)
        h = self._activation(c) * tf.sigmoid(o)
        return h, LSTMStateTuple(c, h)
