"""Kinds of LSTM: with layer norm, with one gate for both, phased, with convolutions, in groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import hornbeam.v1 as tf
from hornbeam.graph import dtypes
from hornbeam.graph.names import public
from hornbeam.graph.shapes import TensorShape
from hornbeam.runtime.logs import get_logger
from hornbeam.v1.contrib.rnn.linear import Linear, known_width, layer_norm
from hornbeam.v1.rnn.cell import LSTMStateTuple, RNNCell
from hornbeam.v1.rnn.sizes import OfEqualParts, OfPartsOrOne, OfTwoParts


@public(v1=("contrib.rnn.LayerNormBasicLSTMCell",))
class LayerNormBasicLSTMCell(OfEqualParts, RNNCell):
    """An LSTM whose gates and state are normalised (Ba et al. 2016), with dropout of what is added to the state
    (Semeniuta et al. 2016).

    num_units, forget_bias, activation: as for `BasicLSTMCell`. layer_norm: whether to normalise. norm_gain, norm_shift:
    what `gamma` and `beta` start as. dropout_keep_prob, dropout_prob_seed: of the dropout. input_size: accepted.
    """

    def __init__(self, num_units: int, forget_bias: float = 1.0, input_size: Any = None, activation: Any = None,
                 layer_norm: bool = True, norm_gain: float = 1.0, norm_shift: float = 0.0,
                 dropout_keep_prob: Any = 1.0, dropout_prob_seed: int | None = None, reuse: Any = None) -> None:
        super().__init__(_reuse=reuse)
        if input_size is not None:
            get_logger().warning("%s: The input_size parameter is deprecated.", self)
        self._num_units, self._forget_bias = num_units, forget_bias
        self._activation = activation or tf.tanh
        self._layer_norm, self._norm_gain, self._norm_shift = layer_norm, norm_gain, norm_shift
        self._keep_prob, self._seed = dropout_keep_prob, dropout_prob_seed

    def _normal(self, x: Any, scope: str) -> Any:
        return layer_norm(x, scope, self._norm_gain, self._norm_shift, x.dtype.base_dtype) if self._layer_norm else x

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The output and the next state."""
        c, h = state
        args = tf.concat([inputs, h], 1)
        kernel = tf.get_variable("kernel", [args.shape[-1], 4 * self._num_units], dtype=args.dtype)
        gates = tf.matmul(args, kernel)
        if not self._layer_norm:
            gates = tf.nn.bias_add(gates, tf.get_variable("bias", [4 * self._num_units], dtype=args.dtype))
        i, j, f, o = tf.split(value=gates, num_or_size_splits=4, axis=1)
        i, j = self._normal(i, "input"), self._normal(j, "transform")
        f, o = self._normal(f, "forget"), self._normal(o, "output")
        g = self._activation(j)
        if not isinstance(self._keep_prob, float) or self._keep_prob < 1:
            g = tf.nn.dropout(g, self._keep_prob, seed=self._seed)
        c = self._normal(c * tf.sigmoid(f + self._forget_bias) + tf.sigmoid(i) * g, "state")
        h = self._activation(c) * tf.sigmoid(o)
        return h, LSTMStateTuple(c, h)


@public(v1=("contrib.rnn.CoupledInputForgetGateLSTMCell",))
class CoupledInputForgetGateLSTMCell(OfPartsOrOne, RNNCell):
    """An LSTM that forgets as much as it takes in (Greff et al. 2015): c' = f · c + (1 - f) · activation(j).

    Arguments as those of `LSTMCell`; layer_norm, norm_gain, norm_shift: as those of `LayerNormBasicLSTMCell`.
    Variables: `W`, `B`, with peepholes `W_F_diag` and `W_O_diag`, with a projection `W_P`; `W_0`, `W_1`, … in shards.
    """

    def __init__(self, num_units: int, use_peepholes: bool = False, initializer: Any = None,
                 num_proj: int | None = None, proj_clip: float | None = None, num_unit_shards: int = 1,
                 num_proj_shards: int = 1, forget_bias: float = 1.0, state_is_tuple: bool = True,
                 activation: Any = None, reuse: Any = None, layer_norm: bool = False, norm_gain: float = 1.0,
                 norm_shift: float = 0.0) -> None:
        super().__init__(_reuse=reuse)
        if not state_is_tuple:
            get_logger().warning("%s: Using a concatenated state is slower and will soon be deprecated.  Use "
                                 "state_is_tuple=True.", self)
        self._num_units, self._num_proj, self._proj_clip = num_units, num_proj, proj_clip
        self._output_units = num_proj or num_units
        self._use_peepholes, self._forget_bias, self._state_is_tuple = use_peepholes, forget_bias, state_is_tuple
        self._num_unit_shards, self._num_proj_shards = num_unit_shards, num_proj_shards
        self._activation = activation or tf.tanh
        self._layer_norm, self._norm_gain, self._norm_shift = layer_norm, norm_gain, norm_shift

    def _normal(self, x: Any, scope: str) -> Any:
        return layer_norm(x, scope, self._norm_gain, self._norm_shift) if self._layer_norm else x

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The output and the next state."""
        units, dtype = self._num_units, inputs.dtype.base_dtype
        c, m = state if self._state_is_tuple else tf.split(state, [units, self._output_units], 1)
        kernel = matrix_in_shards("W", [known_width(inputs) + self._output_units, 3 * units], dtype,
                                  self._num_unit_shards)
        bias = tf.get_variable("B", shape=[3 * units], initializer=tf.zeros_initializer(), dtype=dtype)
        gates = tf.matmul(tf.concat([inputs, m], 1), kernel)
        if not self._layer_norm:
            gates = tf.nn.bias_add(gates, bias)
        j, f, o = tf.split(value=gates, num_or_size_splits=3, axis=1)
        j, f, o = self._normal(j, "transform"), self._normal(f, "forget"), self._normal(o, "output")
        forget = f + self._forget_bias
        if self._use_peepholes:
            f_diag, o_diag = (tf.get_variable(name, shape=[units], dtype=dtype) for name in ("W_F_diag", "W_O_diag"))
            forget = forget + f_diag * c
        kept = tf.sigmoid(forget)
        c = self._normal(kept * c + (1 - kept) * self._activation(j), "state")
        m = tf.sigmoid(o + o_diag * c if self._use_peepholes else o) * self._activation(c)
        if self._num_proj is not None:
            m = tf.matmul(m, matrix_in_shards("W_P", [units, self._num_proj], dtype, self._num_proj_shards))
            if self._proj_clip is not None:
                m = tf.clip_by_value(m, -self._proj_clip, self._proj_clip)
        return m, LSTMStateTuple(c, m) if self._state_is_tuple else tf.concat([c, m], 1)


def matrix_in_shards(name: str, shape: list[int], dtype: Any, count: int) -> Any:
    """A matrix made of `count` variables `name_0`, `name_1`, …, that share its rows."""
    if count > shape[0]:
        raise ValueError(f"Too many shards: shape={shape}, num_shards={count}")
    rows = [shape[0] // count + (i < shape[0] % count) for i in range(count)]
    parts = [tf.get_variable(f"{name}_{i}", [n, *shape[1:]], dtype=dtype) for i, n in enumerate(rows)]
    return parts[0] if count == 1 else tf.concat(parts, 0, name=f"{name}/concat")


@public(v1=("contrib.rnn.PhasedLSTMCell",))
class PhasedLSTMCell(OfEqualParts, RNNCell):
    """An LSTM whose units are open at times of their own (Neil et al. 2016). Its inputs are pairs (time, x).

    num_units, use_peepholes: as for `LSTMCell`. leak: how far a closed unit is open. ratio_on: the part of its period
    that a unit is open; trainable_ratio_on: whether it is trained. period_init_min, period_init_max: between these,
    evenly in the logarithm, periods start.
    """

    def __init__(self, num_units: int, use_peepholes: bool = False, leak: float = 0.001, ratio_on: float = 0.1,
                 trainable_ratio_on: bool = True, period_init_min: float = 1.0, period_init_max: float = 1000.0,
                 reuse: Any = None) -> None:
        super().__init__(_reuse=reuse)
        self._num_units, self._use_peepholes, self._leak = num_units, use_peepholes, leak
        self._ratio_on, self._trainable_ratio_on = ratio_on, trainable_ratio_on
        self._periods = period_init_min, period_init_max
        self._linears: dict[str, Linear] = {}

    def _linear(self, scope: str, args: list[Any], size: int) -> Any:
        with tf.variable_scope(scope):
            if scope not in self._linears:
                self._linears[scope] = Linear(args, size, True)
            return self._linears[scope](args)

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The output and the next state."""
        c_before, h_before = state
        time, x = inputs
        peep = [c_before] if self._use_peepholes else []
        gates = tf.sigmoid(self._linear("mask_gates", [x, h_before, *peep], 2 * self._num_units))
        i, f = tf.split(axis=1, num_or_size_splits=2, value=gates)
        taken = tf.tanh(self._linear("new_input", [x, h_before], self._num_units))
        c = c_before * f + i * taken
        peep = [c] if self._use_peepholes else []
        h = tf.tanh(c) * tf.sigmoid(self._linear("output_gate", [x, h_before, *peep], self._num_units))
        k = self._openness(time)
        c, h = k * c + (1 - k) * c_before, k * h + (1 - k) * h_before
        return h, LSTMStateTuple(c, h)

    def _openness(self, time: Any) -> Any:
        """How far each unit is open at a time."""
        size = [self._num_units]
        period = tf.get_variable("period", size, initializer=_exponential(*self._periods))
        phase = tf.get_variable("phase", size, initializer=lambda shape, dtype=None, partition_info=None: (
            tf.random_uniform(shape, 0.0, 1.0) * period.initial_value))
        ratio = tf.get_variable("ratio_on", size, initializer=tf.constant_initializer(self._ratio_on),
                                trainable=self._trainable_ratio_on)
        dtype = time.dtype.base_dtype
        shifted, whole = time - tf.cast(phase, dtype), tf.cast(period, dtype)
        # the derivative of x mod y in y is unbounded: gradients flow to x alone
        cycle = tf.cast((tf.stop_gradient(tf.mod(shifted, whole) - shifted) + shifted) / whole, dtypes.float32)
        rising = 2 * cycle / ratio
        k = tf.where(cycle < ratio, 2 - rising, self._leak * cycle)
        return tf.where(cycle < 0.5 * ratio, rising, k)


def _exponential(low: float, high: float) -> Any:
    """An initializer that draws numbers whose logarithms are uniform."""
    def initializer(shape: Any, dtype: Any = dtypes.float32, partition_info: Any = None) -> Any:
        return tf.exp(tf.random_uniform(shape, tf.log(tf.cast(low, dtype)), tf.log(tf.cast(high, dtype)), dtype=dtype))

    return initializer


@public(v1=("contrib.rnn.ConvLSTMCell",))
class ConvLSTMCell(RNNCell):
    """An LSTM whose products are convolutions (Shi et al. 2015).

    conv_ndims: the number of dimensions convolved over, 1 to 3. input_shape: of an input without the batch, channels
    last. output_channels, kernel_shape: of the convolution. use_bias: whether a bias is added. skip_connection: whether
    the inputs are put beside the outputs. forget_bias: added to the forget gates. initializers: accepted.
    Raises ValueError where `input_shape` does not fit `conv_ndims`.
    """

    def __init__(self, conv_ndims: int, input_shape: Sequence[int], output_channels: int, kernel_shape: Sequence[int],
                 use_bias: bool = True, skip_connection: bool = False, forget_bias: float = 1.0,
                 initializers: Any = None, name: str = "conv_lstm_cell") -> None:
        super().__init__(name=name)
        if conv_ndims != len(input_shape) - 1:
            raise ValueError(f"Invalid input_shape {input_shape} for conv_ndims={conv_ndims}.")
        self._conv_ndims, self._kernel_shape = conv_ndims, list(kernel_shape)
        self._output_channels, self._use_bias = output_channels, use_bias
        self._forget_bias, self._skip_connection = forget_bias, skip_connection
        places = list(input_shape)[:-1]
        inside = TensorShape([*places, output_channels])
        self._state_size = LSTMStateTuple(inside, inside)
        self._output_size = TensorShape([*places, output_channels + (input_shape[-1] if skip_connection else 0)])

    @property
    def state_size(self) -> Any:
        """An `LSTMStateTuple` of shapes."""
        return self._state_size

    @property
    def output_size(self) -> Any:
        """The shape of an output without the batch."""
        return self._output_size

    def call(self, inputs: Any, state: Any, scope: Any = None) -> tuple[Any, Any]:
        """The output and the next state."""
        cell, hidden = state
        gates = self._convolved([inputs, hidden], 4 * self._output_channels)
        i, j, f, o = tf.split(value=gates, num_or_size_splits=4, axis=self._conv_ndims + 1)
        cell = tf.sigmoid(f + self._forget_bias) * cell + tf.sigmoid(i) * tf.tanh(j)
        output = tf.tanh(cell) * tf.sigmoid(o)
        if self._skip_connection:
            output = tf.concat([output, inputs], axis=-1)
        return output, LSTMStateTuple(cell, output)

    def _convolved(self, args: list[Any], channels: int) -> Any:
        shapes = [a.shape.as_list() for a in args]
        if any(len(s) not in (3, 4, 5) for s in shapes):
            raise ValueError(f"Conv Linear expects 3D, 4D or 5D arguments: {shapes}")
        if any(len(s) != len(shapes[0]) for s in shapes):
            raise ValueError(f"Conv Linear expects all args to be of same Dimension: {shapes}")
        rank, dtype = len(shapes[0]), args[0].dtype.base_dtype
        convolve = {3: tf.nn.conv1d, 4: tf.nn.conv2d, 5: tf.nn.conv3d}[rank]
        kernel = tf.get_variable("kernel", [*self._kernel_shape, sum(s[-1] for s in shapes), channels], dtype=dtype)
        found = convolve(tf.concat(args, rank - 1), kernel, 1 if rank == 3 else rank * [1], padding="SAME")
        if not self._use_bias:
            return found
        return found + tf.get_variable("biases", [channels], dtype=dtype,
                                       initializer=tf.constant_initializer(0.0, dtype=dtype))


@public(v1=("contrib.rnn.Conv1DLSTMCell",))
class Conv1DLSTMCell(ConvLSTMCell):
    """`ConvLSTMCell` over sequences."""

    def __init__(self, name: str = "conv_1d_lstm_cell", **kwargs: Any) -> None:
        super().__init__(conv_ndims=1, name=name, **kwargs)


@public(v1=("contrib.rnn.Conv2DLSTMCell",))
class Conv2DLSTMCell(ConvLSTMCell):
    """`ConvLSTMCell` over images."""

    def __init__(self, name: str = "conv_2d_lstm_cell", **kwargs: Any) -> None:
        super().__init__(conv_ndims=2, name=name, **kwargs)


@public(v1=("contrib.rnn.Conv3DLSTMCell",))
class Conv3DLSTMCell(ConvLSTMCell):
    """`ConvLSTMCell` over volumes."""

    def __init__(self, name: str = "conv_3d_lstm_cell", **kwargs: Any) -> None:
        super().__init__(conv_ndims=3, name=name, **kwargs)


@public(v1=("contrib.rnn.GLSTMCell",))
class GLSTMCell(OfTwoParts, RNNCell):
    """An LSTM in groups that share nothing (Kuchaiev and Ginsburg 2017).

    num_units, num_proj, forget_bias, activation, initializer: as for `LSTMCell`. number_of_groups: by which the
    numbers of units, of projected columns and of input columns are divisible; ValueError is raised otherwise.
    """

    def __init__(self, num_units: int, initializer: Any = None, num_proj: int | None = None, number_of_groups: int = 1,
                 forget_bias: float = 1.0, activation: Any = None, reuse: Any = None) -> None:
        super().__init__(_reuse=reuse)
        if num_units % number_of_groups:
            raise ValueError("num_units must be divisible by number_of_groups")
        if num_proj and num_proj % number_of_groups:
            raise ValueError("num_proj must be divisible by number_of_groups")
        self._num_units, self._num_proj, self._groups = num_units, num_proj, number_of_groups
        self._initializer, self._forget_bias = initializer, forget_bias
        self._activation = activation or tf.tanh
        self._output_units = num_proj or num_units
        self._linears: dict[Any, Linear] = {}

    def _linear(self, key: Any, args: Any, size: int) -> Any:
        if key not in self._linears:
            self._linears[key] = Linear(args, size, False)
        return self._linears[key](args)

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The output and the next state."""
        c, m = state
        groups, units, dtype = self._groups, self._num_units, inputs.dtype.base_dtype
        width = inputs.shape.as_list()[1]
        if width is None:
            raise ValueError("input size must be statically known")
        if width % groups:
            raise ValueError(f"input size ({width}) must be divisible by number_of_groups ({groups})")
        with tf.variable_scope(tf.get_variable_scope(), initializer=self._initializer):
            parts: list[list[Any]] = [[], [], [], []]
            for group, (x, h) in enumerate(zip(tf.split(inputs, groups, 1), tf.split(m, groups, 1), strict=True)):
                with tf.variable_scope(f"group{group}"):
                    gates = self._linear(group, tf.concat([x, h], axis=1), 4 * units // groups)
                for part, gate in zip(parts, tf.split(gates, 4, 1), strict=True):
                    part.append(gate)
            zeros = tf.constant_initializer(0.0, dtype=dtype)
            i, j, f, o = (tf.nn.bias_add(tf.concat(part, axis=1), tf.get_variable(
                f"bias_{name}", shape=[units], dtype=dtype, initializer=zeros))
                for name, part in zip("ijfo", parts, strict=True))
        c = tf.sigmoid(f + self._forget_bias) * c + tf.sigmoid(i) * tf.tanh(j)
        m = tf.sigmoid(o) * self._activation(c)
        if self._num_proj is not None:
            with tf.variable_scope("projection"):
                m = self._linear("projection", m, self._num_proj)
        return m, LSTMStateTuple(c, m)
