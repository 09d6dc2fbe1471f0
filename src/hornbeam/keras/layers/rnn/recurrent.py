"""SimpleRNN, GRU, LSTM: `RNN` with a cell of their own."""

from __future__ import annotations

from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.activations.functions import sigmoid, tanh
from hornbeam.keras.dtypes import is_float_dtype, standardize_dtype
from hornbeam.keras.layers.input_spec import InputSpec
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.layers.parameters import config_of
from hornbeam.keras.layers.rnn.cells import GRUCell, LSTMCell, SimpleRNNCell
from hornbeam.keras.layers.rnn.rnn import RNN
from hornbeam.keras.names import keras_export
from hornbeam.ops.recurrent import block_gru, block_lstm_v2

_OF_CELL = ("units use_bias kernel_initializer recurrent_initializer bias_initializer kernel_regularizer "
            "recurrent_regularizer bias_regularizer kernel_constraint recurrent_constraint bias_constraint dropout "
            "recurrent_dropout")


class CellLayer(RNN):
    """Base: arguments of the cell are attributes of the layer."""

    _cell_names = _OF_CELL

    @property
    def _passes_training_on(self) -> bool:
        """Whether training makes no difference: nothing is dropped."""
        return not (self.dropout or self.recurrent_dropout)

    def __getattr__(self, name: str) -> Any:
        if name != "cell" and name in self._cell_names.split() and "cell" in self.__dict__:
            return getattr(self.__dict__["cell"], name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def get_config(self) -> dict[str, Any]:
        config = self._rnn_config()
        return config_of(self, config, self._cell_names, seed=self.cell.seed,
                         activity_regularizer=config_of(self, {}, "activity_regularizer")["activity_regularizer"])

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        return cls(**config)

    def _made(self) -> None:
        self.input_spec = InputSpec(ndim=3)


def _cell_arguments(layer: Layer | None, given: dict[str, Any], kwargs: dict[str, Any], names: str) -> dict[str, Any]:
    taken = {name: given[name] for name in names.split()}
    return {**taken, "seed": given["seed"], "dtype": kwargs.get("dtype"), "trainable": kwargs.get("trainable", True)}


@keras_export("layers.SimpleRNN")
class SimpleRNN(CellLayer):
    """h ← activation(x · kernel + h · recurrent_kernel + bias) over a sequence [batch, steps, n].

    units: the size of h. dropout, recurrent_dropout: parts of x and h that are dropped while training. Other arguments
    as for `RNN` and `Dense`.
    """

    _cell_names = f"{_OF_CELL} activation"

    def __init__(self, units: int, activation: Any = "tanh", use_bias: bool = True,
                 kernel_initializer: Any = "glorot_uniform", recurrent_initializer: Any = "orthogonal",
                 bias_initializer: Any = "zeros", kernel_regularizer: Any = None, recurrent_regularizer: Any = None,
                 bias_regularizer: Any = None, activity_regularizer: Any = None, kernel_constraint: Any = None,
                 recurrent_constraint: Any = None, bias_constraint: Any = None, dropout: float = 0.0,
                 recurrent_dropout: float = 0.0, return_sequences: bool = False, return_state: bool = False,
                 go_backwards: bool = False, stateful: bool = False, unroll: bool = False, seed: int | None = None,
                 **kwargs: Any) -> None:
        cell = SimpleRNNCell(**_cell_arguments(None, locals(), kwargs, self._cell_names), name="simple_rnn_cell")
        super().__init__(cell, return_sequences, return_state, go_backwards, stateful, unroll,
                         activity_regularizer=activity_regularizer, **kwargs)
        self.input_spec = [InputSpec(ndim=3)]

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["seed"]  # Keras writes none
        return config


class _WholeLayer(CellLayer):
    """Base of those whose usual cells are one operation for all steps."""

    def _whole(self, rows: Any, states: list[Any]) -> list[Any]:
        """The states of all steps from those before them, the output's first. rows: [steps, batch, n]."""
        raise NotImplementedError

    def _run(self, sequences: Any, states: list[Any], mask: Any, training: bool) -> tuple[Any, Any, Any]:
        if not is_float_dtype(standardize_dtype(sequences.dtype)):
            sequences = ops.cast(sequences, self.cell.compute_dtype)
        if mask is not None or self.unroll or not self._is_usual(training) or standardize_dtype(
                sequences.dtype) != "float32":
            return super()._run(sequences, states, mask, training)
        cell = self.cell
        if cell.dropout and training:
            dropped, _ = cell.draw_masks(sequences[:, 0], states[0])
            sequences = cell.dropped(sequences, ops.expand_dims(dropped, 1))
        rows = ops.swapaxes(sequences, 0, 1)
        if self.go_backwards:
            rows = ops.flip(rows, axis=0)
        found = self._whole(rows, states)
        outputs = ops.swapaxes(found[0], 0, 1) if self.return_sequences else None
        last = [state[-1] for state in found]
        return outputs, last[0], last

    def _is_usual(self, training: bool) -> bool:
        """Whether its cell is the one that the operation computes, in float32."""
        cell = self.cell
        return cell.activation is tanh and cell.recurrent_activation is sigmoid and cell.compute_dtype == "float32" \
            and not (cell.recurrent_dropout and training)


@keras_export("layers.GRU")
class GRU(_WholeLayer):
    """Gated recurrent units over a sequence [batch, steps, n]. `reset_after` as for `GRUCell`; others as `SimpleRNN`.

    use_cudnn: accepted. Cho et al. 2014.
    """

    _cell_names = f"{_OF_CELL} activation recurrent_activation reset_after"

    def __init__(self, units: int, activation: Any = "tanh", recurrent_activation: Any = "sigmoid",
                 use_bias: bool = True, kernel_initializer: Any = "glorot_uniform",
                 recurrent_initializer: Any = "orthogonal", bias_initializer: Any = "zeros",
                 kernel_regularizer: Any = None, recurrent_regularizer: Any = None, bias_regularizer: Any = None,
                 activity_regularizer: Any = None, kernel_constraint: Any = None, recurrent_constraint: Any = None,
                 bias_constraint: Any = None, dropout: float = 0.0, recurrent_dropout: float = 0.0,
                 seed: int | None = None, return_sequences: bool = False, return_state: bool = False,
                 go_backwards: bool = False, stateful: bool = False, unroll: bool = False, reset_after: bool = True,
                 use_cudnn: Any = "auto", **kwargs: Any) -> None:
        kwargs.pop("implementation", None)
        cell = GRUCell(**_cell_arguments(None, locals(), kwargs, self._cell_names), name="gru_cell")
        super().__init__(cell, return_sequences, return_state, go_backwards, stateful, unroll,
                         activity_regularizer=activity_regularizer, **kwargs)
        self.use_cudnn = use_cudnn
        self._made()

    def _whole(self, rows: Any, states: list[Any]) -> list[Any]:
        cell = self.cell
        none = ops.zeros((3 * cell.units,), dtype=cell.compute_dtype)
        if cell.bias is None:
            biases = none, none
        else:
            biases = (cell.bias[0], cell.bias[1]) if cell.reset_after else (cell.bias, none)
        return [block_gru(rows, states[0], cell.kernel, cell.recurrent_kernel, *biases,
                          reset_after=bool(cell.reset_after))[4]]


@keras_export("layers.LSTM")
class LSTM(_WholeLayer):
    """Long short-term memory over a sequence [batch, steps, n]. `unit_forget_bias` as for `LSTMCell`; others as
    `SimpleRNN`. use_cudnn: accepted. Hochreiter, Schmidhuber 1997.
    """

    _cell_names = f"{_OF_CELL} activation recurrent_activation unit_forget_bias"

    def __init__(self, units: int, activation: Any = "tanh", recurrent_activation: Any = "sigmoid",
                 use_bias: bool = True, kernel_initializer: Any = "glorot_uniform",
                 recurrent_initializer: Any = "orthogonal", bias_initializer: Any = "zeros",
                 unit_forget_bias: bool = True, kernel_regularizer: Any = None, recurrent_regularizer: Any = None,
                 bias_regularizer: Any = None, activity_regularizer: Any = None, kernel_constraint: Any = None,
                 recurrent_constraint: Any = None, bias_constraint: Any = None, dropout: float = 0.0,
                 recurrent_dropout: float = 0.0, seed: int | None = None, return_sequences: bool = False,
                 return_state: bool = False, go_backwards: bool = False, stateful: bool = False, unroll: bool = False,
                 use_cudnn: Any = "auto", **kwargs: Any) -> None:
        kwargs.pop("implementation", None)
        cell = LSTMCell(**_cell_arguments(None, locals(), kwargs, self._cell_names), name="lstm_cell")
        super().__init__(cell, return_sequences, return_state, go_backwards, stateful, unroll,
                         activity_regularizer=activity_regularizer, **kwargs)
        self.use_cudnn = use_cudnn
        self._made()

    def _whole(self, rows: Any, states: list[Any]) -> list[Any]:
        cell = self.cell
        h, c = states
        no_peephole = ops.zeros((cell.units,), dtype=cell.compute_dtype)
        no_bias = ops.zeros((4 * cell.units,), dtype=cell.compute_dtype)
        found = block_lstm_v2(
            ops.cast(ops.shape(rows)[0], "int64"), rows, c, h, ops.concatenate([cell.kernel, cell.recurrent_kernel]),
            *(no_peephole,) * 3, no_bias if cell.bias is None else cell.bias)
        return [found[6], found[1]]
