"""ConvLSTM1D, ConvLSTM2D, ConvLSTM3D: LSTM whose products are convolutions (Shi et al. 2015)."""

from __future__ import annotations

from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.config.settings import standardize_data_format
from hornbeam.keras.layers import sizes
from hornbeam.keras.layers.input_spec import InputSpec
from hornbeam.keras.layers.rnn.cells import LSTMCell
from hornbeam.keras.layers.rnn.recurrent import CellLayer
from hornbeam.keras.names import keras_export
from hornbeam.keras.tree import structures as tree

_WINDOWS = "filters kernel_size strides padding data_format dilation_rate"
_OTHERS = ("activation recurrent_activation use_bias kernel_initializer recurrent_initializer bias_initializer "
           "unit_forget_bias kernel_regularizer recurrent_regularizer bias_regularizer kernel_constraint "
           "recurrent_constraint bias_constraint dropout recurrent_dropout")


class ConvLSTMCell(LSTMCell):
    """One step on images [batch, *spatial, channels] of `rank` dimensions; states [batch, *spatial after, filters].

    The inputs are convolved as the arguments say, the state with stride 1 and padding 'same', so its size stays.
    """

    def __init__(self, rank: int, filters: int, kernel_size: Any, strides: Any = 1, padding: str = "valid",
                 data_format: str | None = None, dilation_rate: Any = 1, **kwargs: Any) -> None:
        super().__init__(filters, **kwargs)
        self.rank, self.filters = rank, filters
        self.kernel_size = sizes.sizes(kernel_size, rank, "kernel_size")
        self.strides = sizes.sizes(strides, rank, "strides")
        self.dilation_rate = sizes.sizes(dilation_rate, rank, "dilation_rate")
        self.padding = sizes.padding_word(padding)
        self.data_format = standardize_data_format(data_format)
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError("Specifying `strides > 1` is not compatible with `dilation_rate > 1`. Received: "
                             f"strides={self.strides} and dilation_rate={self.dilation_rate}")
        self._channels = -1 if self.data_format == "channels_last" else -1 - rank
        self.input_spec = InputSpec(ndim=rank + 2)
        self.state_size = self.output_size = -1  # shapes of states follow from the inputs

    def build(self, input_shape: Any, states_shape: Any = None) -> None:
        inner = sizes.spatial(input_shape, self.rank, self.data_format)
        if None in inner:
            raise ValueError("ConvLSTM layers only support static input shapes for the spatial dimension. Received "
                             f"invalid input shape: input_shape={input_shape}")
        depth = sizes.channels_of(input_shape, self.data_format)
        if depth is None:
            raise ValueError("The channel dimension of the inputs (last axis) should be defined. Found None. Full "
                             f"input shape received: input_shape={input_shape}")
        self.input_spec = InputSpec(ndim=self.rank + 2, axes={self._channels: depth})
        self._state_shape = self.compute_output_shape(input_shape)[0][1:]
        for name, rows in (("kernel", depth), ("recurrent_kernel", self.filters)):
            prefix = name.removesuffix("_kernel")
            weight = self.add_weight(shape=(*self.kernel_size, rows, 4 * self.filters), name=name,
                                     initializer=getattr(self, f"{prefix}_initializer"),
                                     regularizer=getattr(self, f"{prefix}_regularizer"),
                                     constraint=getattr(self, f"{prefix}_constraint"))
            setattr(self, name, weight)
        self.bias = self._add_bias()

    def compute_output_shape(self, input_shape: Any, states_shape: Any = None) -> Any:
        counts = tuple(sizes.window_count(n, k, s, self.padding, d) for n, k, s, d in zip(
            sizes.spatial(input_shape, self.rank, self.data_format), self.kernel_size, self.strides,
            self.dilation_rate, strict=True))
        shape = sizes.with_spatial(input_shape[0], counts, self.filters, self.data_format)
        return shape, [shape, shape]

    def get_initial_state(self, batch_size: Any = None) -> list[Any]:
        """Zeros for both states."""
        return [ops.zeros((batch_size, *self._state_shape), dtype=self.compute_dtype) for _ in range(2)]

    def project(self, inputs: Any) -> Any:
        """What the inputs alone give: of one step, or of all steps [batch, steps, …] at once."""
        steps = inputs.shape[1:2] if len(inputs.shape) == self.rank + 3 else ()
        images = ops.reshape(inputs, (-1, *inputs.shape[2:])) if steps else inputs
        x = ops.conv(images, self.kernel, strides=self.strides, padding=self.padding, data_format=self.data_format,
                     dilation_rate=self.dilation_rate)
        if self.bias is not None:
            ones = (1,) * self.rank
            x = ops.add(x, ops.reshape(self.bias, sizes.with_spatial(1, ones, 4 * self.filters, self.data_format)))
        return ops.reshape(x, (*ops.shape(inputs)[:2], *x.shape[1:])) if steps else x

    def advance(self, projected: Any, states: list[Any], mask: Any) -> tuple[Any, list[Any]]:
        old, memory = states
        inner = ops.conv(self.dropped(old, mask), self.recurrent_kernel, strides=1, padding="same",
                         data_format=self.data_format)
        return self._gated(projected + inner, memory, self._channels)

    def draw_masks(self, step_input: Any, state: Any) -> tuple[Any, Any]:
        """One mask for each gate, along the channels."""
        return super().draw_masks(*(ops.concatenate([x] * 4, axis=self._channels) for x in (step_input, state)))

    def dropped(self, x: Any, mask: Any) -> Any:
        """`x` once for each gate, with its own mask: a convolution in four groups gives each gate its part."""
        return x if mask is None else ops.concatenate([x] * 4, axis=self._channels) * mask

    def get_config(self) -> dict[str, Any]:
        config = self._config("unit_forget_bias")
        del config["units"]
        return {**config, "rank": self.rank, **{name: getattr(self, name) for name in _WINDOWS.split()}}


class ConvLSTM(CellLayer):
    """Base: an LSTM over sequences of images of `rank` dimensions [batch, steps, *spatial, channels]."""

    rank: int
    _cell_names = f"{_WINDOWS} {_OTHERS}"

    def __init__(self, filters: int, kernel_size: Any, strides: Any = 1, padding: str = "valid",
                 data_format: str | None = None, dilation_rate: Any = 1, activation: Any = "tanh",
                 recurrent_activation: Any = "sigmoid", use_bias: bool = True,
                 kernel_initializer: Any = "glorot_uniform", recurrent_initializer: Any = "orthogonal",
                 bias_initializer: Any = "zeros", unit_forget_bias: bool = True, kernel_regularizer: Any = None,
                 recurrent_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
                 kernel_constraint: Any = None, recurrent_constraint: Any = None, bias_constraint: Any = None,
                 dropout: float = 0.0, recurrent_dropout: float = 0.0, seed: int | None = None,
                 return_sequences: bool = False, return_state: bool = False, go_backwards: bool = False,
                 stateful: bool = False, **kwargs: Any) -> None:
        given = locals()
        cell = ConvLSTMCell(self.rank, **{name: given[name] for name in self._cell_names.split()}, seed=seed,
                            name="conv_lstm_cell", dtype=kwargs.get("dtype"))
        super().__init__(cell, return_sequences, return_state, go_backwards, stateful,
                         activity_regularizer=activity_regularizer, **kwargs)
        self.input_spec = InputSpec(ndim=self.rank + 3)

    def compute_output_shape(self, sequences_shape: Any, initial_state_shape: Any = None) -> Any:
        batch, length, *image = sequences_shape
        state = self.cell.compute_output_shape((batch, *image))[0]
        output = (batch, length, *state[1:]) if self.return_sequences else state
        return (output, state, state) if self.return_state else output

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        found = tree.flatten(super().compute_mask(inputs, mask))[0]
        return [found, None, None] if self.return_state else found

    def _output_like(self, step: Any, rows: Any, states: list[Any]) -> Any:
        return ops.zeros_like(states[0])


@keras_export("layers.ConvLSTM1D")
class ConvLSTM1D(ConvLSTM):
    """LSTM over sequences [batch, steps, length, channels]: its products are convolutions along the length.

    filters, kernel_size, strides, padding, data_format, dilation_rate: of the convolution of the inputs, as for
    `Conv1D`; the state is convolved with stride 1 and padding 'same'. Other arguments as for `LSTM`. Gives [batch,
    length after, filters], with `return_sequences` one such for each step. Raises ValueError where the length or the
    number of channels is not known.
    """

    rank = 1


@keras_export("layers.ConvLSTM2D")
class ConvLSTM2D(ConvLSTM):
    """LSTM over sequences of images [batch, steps, rows, columns, channels]; arguments as for `ConvLSTM1D`."""

    rank = 2


@keras_export("layers.ConvLSTM3D")
class ConvLSTM3D(ConvLSTM):
    """LSTM over sequences of volumes [batch, steps, *3 dimensions, channels]; arguments as for `ConvLSTM1D`."""

    rank = 3
