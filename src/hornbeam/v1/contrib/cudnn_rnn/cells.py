"""Cells with the variables and the formulas of cuDNN's."""

from __future__ import annotations

from typing import Any

import hornbeam.v1 as tf
from hornbeam.graph.names import public
from hornbeam.v1.contrib.rnn.blocks import LSTMBlockCell
from hornbeam.v1.rnn.cell import input_depth
from hornbeam.v1.rnn.cells import GRUCell, linear


@public(v1=("contrib.cudnn_rnn.CudnnCompatibleLSTMCell",))
class CudnnCompatibleLSTMCell(LSTMBlockCell):
    """`LSTMBlockCell` whose forget gates have no bias of their own."""

    def __init__(self, num_units: int, reuse: Any = None) -> None:
        super().__init__(num_units, forget_bias=0, cell_clip=None, use_peephole=False, reuse=reuse,
                         name="cudnn_compatible_lstm_cell")


@public(v1=("contrib.cudnn_rnn.CudnnCompatibleGRUCell",))
class CudnnCompatibleGRUCell(GRUCell):
    """A GRU whose reset gate comes after the product: c = tanh(W · x + b + r · (U · h + d)).

    Variables: `gates/kernel`, `gates/bias`, and `kernel` and `bias` in `candidate/input_projection` and
    `candidate/hidden_projection`.
    """

    def __init__(self, num_units: int, reuse: Any = None, kernel_initializer: Any = None) -> None:
        super().__init__(num_units, activation=None, reuse=reuse, kernel_initializer=kernel_initializer)

    def build(self, inputs_shape: Any) -> None:
        """Make the variables for inputs of this shape."""
        units, depth, dtype = self._num_units, input_depth(inputs_shape), self.dtype
        kernel = self._kernel_initializer
        self._gate_kernel = self.add_variable("gates/kernel", shape=[depth + units, 2 * units], initializer=kernel)
        self._gate_bias = self.add_variable("gates/bias", shape=[2 * units],
                                            initializer=tf.constant_initializer(1.0, dtype=dtype))
        self._input_kernel, self._hidden_kernel = (
            self.add_variable(f"candidate/{side}_projection/kernel", shape=[size, units], initializer=kernel)
            for side, size in (("input", depth), ("hidden", units)))
        self._input_bias, self._hidden_bias = (
            self.add_variable(f"candidate/{side}_projection/bias", shape=[units],
                              initializer=tf.zeros_initializer(dtype=dtype)) for side in ("input", "hidden"))
        self.built = True

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The output, which is the next state too."""
        gates = tf.sigmoid(linear([inputs, state], self._gate_kernel, self._gate_bias))
        r, u = tf.split(value=gates, num_or_size_splits=2, axis=1)
        of_state = tf.nn.bias_add(tf.matmul(state, self._hidden_kernel), self._hidden_bias)
        of_inputs = tf.nn.bias_add(tf.matmul(inputs, self._input_kernel), self._input_bias)
        after = (1 - u) * self._activation(of_inputs + r * of_state) + u * state
        return after, after
