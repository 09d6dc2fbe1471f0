"""Stacks of recurrent layers with the parameters and formulas of cuDNN's; they run on every device."""

from __future__ import annotations

from typing import Any

from hornbeam.graph import dtypes
from hornbeam.graph.names import public
from hornbeam.v1.api import tf
from hornbeam.v1.contrib.cudnn_rnn.parameters import (
    GATES,
    CudnnGRUSaveable,
    CudnnLSTMSaveable,
    CudnnRNNReluSaveable,
    CudnnRNNTanhSaveable,
    Parameters,
    check_direction,
    check_input_mode,
)
from hornbeam.v1.layers.base import Layer

_DTYPES = (dtypes.float16, dtypes.float32, dtypes.float64)


class _CudnnRNN(Layer):
    """What the layers have in common; `CudnnLSTM` says what the arguments are."""

    mode = ""
    saveable_class: Any = None

    def __init__(self, num_layers: int, num_units: int, input_mode: str = "linear_input",
                 direction: str = "unidirectional", dropout: float = 0.0, seed: int | None = None,
                 dtype: Any = dtypes.float32, kernel_initializer: Any = None, bias_initializer: Any = None,
                 name: str | None = None) -> None:
        super().__init__(dtype=dtype, name=name)
        check_direction(direction)
        check_input_mode(input_mode)
        if dtypes.as_dtype(dtype) not in _DTYPES:
            raise ValueError(f"Only support float16, float32, float64, provided {dtype!r}")
        self._plain_dtype = dtypes.as_dtype(dtype)
        self._num_layers, self._num_units = num_layers, num_units
        self._input_mode, self._direction = input_mode, direction
        self._dropout, self._seed = dropout, seed
        self._kernel_initializer, self._bias_initializer = kernel_initializer, bias_initializer
        self._parameters: Parameters | None = None
        self._saveable: Any = None
        self.kernel: Any = None

    @property
    def num_layers(self) -> int:
        """How many layers there are."""
        return self._num_layers

    @property
    def num_units(self) -> int:
        """How many units a layer has."""
        return self._num_units

    @property
    def input_mode(self) -> str:
        """What the first layer does with its input."""
        return self._input_mode

    @property
    def input_size(self) -> int:
        """The last dimension of the inputs. Raises ValueError before the layer is built."""
        if self._parameters is None:
            raise ValueError("'input_size' is unknown since layer has not been built.")
        return self._parameters.input_size

    @property
    def rnn_mode(self) -> str:
        """`lstm`, `gru`, `rnn_relu` or `rnn_tanh`."""
        return self.mode

    @property
    def direction(self) -> str:
        """`unidirectional` or `bidirectional`."""
        return self._direction

    @property
    def num_dirs(self) -> int:
        """How many directions there are."""
        return 1 if self._direction == "unidirectional" else 2

    @property
    def saveable(self) -> Any:
        """What saves the parameters as variables of cells; None before the layer is built."""
        return self._saveable

    @property
    def canonical_weight_shapes(self) -> list[tuple[int, int]]:
        """The shapes of all matrices. Raises RuntimeError before the layer is built."""
        if self._parameters is None:
            raise RuntimeError(f"{type(self).__name__}.canonical_weight_shapes invoked before input shape is known")
        return [shape for layer in range(self._num_layers) for shape in
                self._parameters.weight_shapes(layer) * self.num_dirs]

    @property
    def canonical_bias_shapes(self) -> list[list[int]]:
        """The shapes of all biases."""
        return [[self._num_units]] * (2 * GATES[self.mode] * self.num_dirs * self._num_layers)

    def state_shape(self, batch_size: Any) -> tuple[list[Any], ...]:
        """The shapes of the states."""
        shape = [self._num_layers * self.num_dirs, batch_size, self._num_units]
        return (shape, list(shape)) if self.mode == "lstm" else (shape,)

    def build(self, input_shape: Any) -> None:
        """Make the variable. Raises ValueError for a shape without 3 dimensions or with an unknown last one."""
        if self.built:
            return
        shape = tf.TensorShape(input_shape)
        if shape.ndims != 3:
            raise ValueError(f"Expecting input_shape with 3 dims, got {shape.ndims}")
        if shape[-1].value is None:
            raise ValueError("The last dimension of the inputs to `CudnnRNN` should be defined. Found `None`.")
        self._parameters = Parameters(self.mode, self._num_layers, self._num_units, shape[-1].value, self._input_mode,
                                      self._direction)
        self._set_scope(None)
        dtype = self._plain_dtype
        with tf.variable_scope(self._scope) as scope:
            kernels = self._kernel_initializer or tf.glorot_uniform_initializer(seed=self._seed, dtype=dtype)
            biases = self._bias_initializer or tf.constant_initializer(0.0, dtype=dtype)
            initial = self._parameters.joined([kernels(s, dtype=dtype) for s in self.canonical_weight_shapes],
                                              [biases(s, dtype=dtype) for s in self.canonical_bias_shapes])
            self.kernel = tf.get_variable("opaque_kernel", dtype=dtype, initializer=initial)
            self._trainable_weights.append(self.kernel)
            if scope.reuse is not True and not self._parameters.skips:
                self._saveable = self._as_cells(scope)
        self.built = True

    def _as_cells(self, scope: Any) -> Any:
        saveable = self.saveable_class(
            opaque_params=self.kernel, num_layers=self._num_layers, num_units=self._num_units,
            input_size=self.input_size, input_mode=self._input_mode, direction=self._direction, scope=scope,
            name=f"{self.kernel.op.name}_saveable")
        tf.add_to_collection(tf.GraphKeys.SAVEABLE_OBJECTS, saveable)
        return saveable

    def call(self, inputs: Any, initial_state: Any = None, sequence_lengths: Any = None, time_major: bool = True,
             training: bool = True) -> tuple[Any, tuple[Any, ...]]:
        """(outputs, states). initial_state: a tuple like the states, by default zeros.

        sequence_lengths: [batch], how long each sequence is; outputs behind its end are 0. time_major: False where
        inputs, outputs and states have the batch first. training: whether there is dropout.
        Raises TypeError where the initial state is no tuple.
        """
        if initial_state is not None and not isinstance(initial_state, tuple):
            raise TypeError(f"Invalid initial_state type: {initial_state}, expecting tuple.")
        x = _in_time(tf.convert_to_tensor(inputs, dtype=self._plain_dtype), time_major)
        if initial_state is None:
            states = [tf.zeros(s, self._plain_dtype) for s in self.state_shape(tf.shape(x)[1])]
        else:
            states = [_in_time(tf.convert_to_tensor(s, dtype=self._plain_dtype), time_major) for s in initial_state]
        assert self._parameters is not None
        parts = self._parameters.split(self.kernel)
        last: list[tuple[Any, ...]] = []
        for layer in range(self._num_layers):
            if layer and training and self._dropout:
                x = tf.nn.dropout(x, rate=self._dropout, seed=self._seed)
            ways = []
            for backward in range(self.num_dirs):
                at = layer * self.num_dirs + backward
                outputs, state = _run(self.mode, *parts[at], x, tuple(s[at] for s in states), sequence_lengths,
                                      bool(backward))
                ways.append(outputs)
                last.append(state)
            x = ways[0] if len(ways) == 1 else tf.concat(ways, 2)
        stacked = tuple(_in_time(tf.stack(s), time_major) for s in zip(*last, strict=True))
        return _in_time(x, time_major), stacked


def _in_time(tensor: Any, time_major: bool) -> Any:
    """The first two dimensions exchanged where the batch is first."""
    return tensor if time_major else tf.transpose(tensor, [1, 0, 2])


def _run(mode: str, weights: list[Any], biases: list[Any], x: Any, state: tuple[Any, ...], lengths: Any,
         backward: bool) -> tuple[Any, tuple[Any, ...]]:
    """One direction of one layer: outputs [time, batch, units] and the state at the end."""
    def turned(tensor: Any) -> Any:
        if not backward:
            return tensor
        return tf.reverse(tensor, [0]) if lengths is None else tf.reverse_sequence(tensor, lengths, seq_axis=0,
                                                                                   batch_axis=1)

    gates = GATES[mode]
    of_input = weights[:-gates]
    bias = tf.concat(biases[:gates] if mode == "gru" else [b + r for b, r in zip(biases[:gates], biases[gates:],
                                                                                 strict=True)], 0)
    x = turned(x)
    if of_input:
        x = tf.tensordot(x, tf.concat(of_input, 0), [[2], [1]])
    else:
        x = tf.tile(x, [1, 1, gates])
    cell = _Cell(mode, tf.concat(weights[-gates:], 0), tf.concat(biases[gates:], 0), biases[0].shape[0].value)
    outputs, last = tf.nn.dynamic_rnn(cell, x + bias, sequence_length=lengths, initial_state=state, time_major=True)
    return turned(outputs), last


class _Cell(tf.nn.rnn_cell.RNNCell):
    """One step of a layer whose inputs are multiplied already. The state is a tuple: h, and for an LSTM also c."""

    def __init__(self, mode: str, kernel: Any, bias: Any, units: int) -> None:
        # No layer: its parameters are parts of a variable of another.
        self._mode, self._kernel, self._bias, self._units = mode, kernel, bias, units

    @property
    def state_size(self) -> Any:
        """The sizes of h, and of c."""
        return (self._units,) * (2 if self._mode == "lstm" else 1)

    @property
    def output_size(self) -> int:
        """How many units there are."""
        return self._units

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> tuple[Any, Any]:
        """h, and the next state."""
        before = state[0]
        of_state = tf.matmul(before, self._kernel, transpose_b=True)
        if self._mode == "lstm":
            i, f, candidate, o = tf.split(inputs + of_state, 4, 1)
            c = tf.sigmoid(f) * state[1] + tf.sigmoid(i) * tf.tanh(candidate)
            h = tf.sigmoid(o) * tf.tanh(c)
            return h, (h, c)
        if self._mode == "gru":
            reset, update, candidate = tf.split(inputs, 3, 1)
            of_reset, of_update, of_candidate = tf.split(tf.nn.bias_add(of_state, self._bias), 3, 1)
            update = tf.sigmoid(update + of_update)
            h = (1 - update) * tf.tanh(candidate + tf.sigmoid(reset + of_reset) * of_candidate) + update * before
            return h, (h,)
        h = (tf.tanh if self._mode == "rnn_tanh" else tf.nn.relu)(inputs + of_state)
        return h, (h,)


@public(v1=("contrib.cudnn_rnn.CudnnLSTM",))
class CudnnLSTM(_CudnnRNN):
    """LSTM layers: a call takes [time, batch, inputs] and gives (outputs [time, batch, directions · units], (h, c)).

    h, c: [layers · directions, batch, units]. num_layers, num_units: how many layers, of how many units. input_mode:
    "linear_input", or "skip_input" where the first layer adds its input to the gates as it is; "auto_select" skips
    where the sizes are equal. direction: "unidirectional" or "bidirectional". dropout: the part of what one layer
    gives to the next that is dropped in training; seed: of that and of the initial values. kernel_initializer,
    bias_initializer: by default glorot_uniform and zeros. The one variable, `opaque_kernel`, holds all parameters;
    savers also write them as variables of `CudnnCompatibleLSTMCell`.
    Raises ValueError for other directions, input modes and dtypes.
    """

    mode, saveable_class = "lstm", CudnnLSTMSaveable


@public(v1=("contrib.cudnn_rnn.CudnnGRU",))
class CudnnGRU(_CudnnRNN):
    """GRU layers whose reset gate comes after the product. Arguments as those of `CudnnLSTM`."""

    mode, saveable_class = "gru", CudnnGRUSaveable


@public(v1=("contrib.cudnn_rnn.CudnnRNNTanh",))
class CudnnRNNTanh(_CudnnRNN):
    """Plain recurrent layers with tanh. Arguments as those of `CudnnLSTM`."""

    mode, saveable_class = "rnn_tanh", CudnnRNNTanhSaveable


@public(v1=("contrib.cudnn_rnn.CudnnRNNRelu",))
class CudnnRNNRelu(_CudnnRNN):
    """Plain recurrent layers with ReLU. Arguments as those of `CudnnLSTM`."""

    mode, saveable_class = "rnn_relu", CudnnRNNReluSaveable
