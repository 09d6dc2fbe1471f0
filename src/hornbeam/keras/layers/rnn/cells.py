"""Cells: one step of a recurrent layer.

A cell is two parts: what it makes of the inputs alone (`project`, which a layer does for all steps in one product), and
what a step makes of that and the state (`advance`).
"""

from __future__ import annotations

from typing import Any

from hornbeam.keras import ops, random
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.layers.parameters import config_of, parameters
from hornbeam.keras.names import keras_export
from hornbeam.keras.random.seed_generator import SeedGenerator
from hornbeam.keras.tree import structures as tree

_NAMES = ("kernel_initializer recurrent_initializer bias_initializer kernel_regularizer recurrent_regularizer "
          "bias_regularizer kernel_constraint recurrent_constraint bias_constraint")


class Cell(Layer):
    """Base: `gates` products of the inputs and as many of the state, each `units` wide.

    dropout, recurrent_dropout: parts of inputs and state that are dropped while training, the same at every step.
    """

    gates: int
    _nameless_in_graphs = True

    def __init__(self, units: int, given: dict[str, Any], use_bias: bool, dropout: float, recurrent_dropout: float,
                 seed: int | None, activations: str, **kwargs: Any) -> None:
        if not isinstance(units, int) or units <= 0:
            raise ValueError("Received an invalid value for argument `units`, expected a positive integer, got "
                             f"{units}.")
        implementation = kwargs.pop("implementation", 2)
        super().__init__(**kwargs)
        self.implementation = implementation
        self.units, self.use_bias = units, use_bias
        self._activations = activations
        parameters(self, given, f"{activations} {_NAMES}")
        self.dropout = min(1.0, max(0.0, dropout))
        self.recurrent_dropout = min(1.0, max(0.0, recurrent_dropout))
        self.seed = seed
        self.seed_generator = SeedGenerator(seed=seed)
        self._masks: Any = None

    @property
    def _bias_shape(self) -> tuple[int, ...]:
        return (self.gates * self.units,)

    def build(self, input_shape: Any) -> None:
        wide = self.gates * self.units
        self.kernel = self.add_weight(shape=(input_shape[-1], wide), name="kernel",
                                      initializer=self.kernel_initializer, regularizer=self.kernel_regularizer,
                                      constraint=self.kernel_constraint)
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, wide), name="recurrent_kernel", initializer=self.recurrent_initializer,
            regularizer=self.recurrent_regularizer, constraint=self.recurrent_constraint)
        self.bias = self._add_bias()

    def _add_bias(self) -> Any:
        return self.add_weight(shape=self._bias_shape, name="bias", initializer=self._bias_start(),
                               regularizer=self.bias_regularizer,
                               constraint=self.bias_constraint) if self.use_bias else None

    def _bias_start(self) -> Any:
        return self.bias_initializer

    def project(self, inputs: Any) -> Any:
        """What the inputs [..., n] alone give: [..., gates · units]."""
        x = ops.matmul(inputs, self.kernel)
        return x if self.bias is None else ops.add(x, self._input_bias())

    def _input_bias(self) -> Any:
        return self.bias

    def advance(self, projected: Any, states: list[Any], mask: Any) -> tuple[Any, list[Any]]:
        """The output and the states after one step. mask: of the recurrent dropout, or None."""
        raise NotImplementedError(f"{type(self).__name__} does not define `advance()`.")

    def draw_masks(self, step_input: Any, state: Any) -> tuple[Any, Any]:
        """The masks of both dropouts for one sequence, None where there is none."""
        def mask(like: Any, rate: float) -> Any:
            return random.dropout(ops.ones_like(like), rate=rate, seed=self.seed_generator) if rate > 0 else None

        return mask(step_input, self.dropout), mask(state, self.recurrent_dropout)

    def call(self, inputs: Any, states: Any, training: bool = False) -> Any:
        given = list(states) if tree.is_nested(states) else [states]
        masks = (None, None)
        if (self.dropout or self.recurrent_dropout) and training:
            masks = self._masks or self.draw_masks(inputs, given[0])
        output, after = self.advance(self.project(self.dropped(inputs, masks[0])), given, masks[1])
        return output, (after if tree.is_nested(states) else after[0])

    def dropped(self, x: Any, mask: Any) -> Any:
        """`x` with what the mask of its dropout leaves."""
        return x if mask is None else x * mask

    def get_initial_state(self, batch_size: Any = None) -> list[Any]:
        """Zeros for each state."""
        sizes = self.state_size if isinstance(self.state_size, list) else [self.state_size]
        return [ops.zeros((batch_size, size), dtype=self.compute_dtype) for size in sizes]

    def _config(self, more: str) -> dict[str, Any]:
        return config_of(self, super().get_config(), f"units use_bias {self._activations} {_NAMES} dropout "
                         f"recurrent_dropout seed {more}")


@keras_export("layers.SimpleRNNCell")
class SimpleRNNCell(Cell):
    """One step of `SimpleRNN`: activation(x · kernel + h · recurrent_kernel + bias)."""

    gates = 1

    def __init__(self, units: int, activation: Any = "tanh", use_bias: bool = True,
                 kernel_initializer: Any = "glorot_uniform", recurrent_initializer: Any = "orthogonal",
                 bias_initializer: Any = "zeros", kernel_regularizer: Any = None, recurrent_regularizer: Any = None,
                 bias_regularizer: Any = None, kernel_constraint: Any = None, recurrent_constraint: Any = None,
                 bias_constraint: Any = None, dropout: float = 0.0, recurrent_dropout: float = 0.0,
                 seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(units, dict(locals()), use_bias, dropout, recurrent_dropout, seed, "activation", **kwargs)
        self.state_size = self.output_size = units

    def advance(self, projected: Any, states: list[Any], mask: Any) -> tuple[Any, list[Any]]:
        output = projected + ops.matmul(self.dropped(states[0], mask), self.recurrent_kernel)
        if self.activation is not None:
            output = self.activation(output)
        return output, [output]

    def get_config(self) -> dict[str, Any]:
        return self._config("")


@keras_export("layers.GRUCell")
class GRUCell(Cell):
    """One step of `GRU`: a gate z between the old state and a new one, which a gate r lets see the old.

    reset_after: r is applied after the product with the state, which then has a bias of its own (as cuDNN does).
    Cho et al. 2014.
    """

    gates = 3

    def __init__(self, units: int, activation: Any = "tanh", recurrent_activation: Any = "sigmoid",
                 use_bias: bool = True, kernel_initializer: Any = "glorot_uniform",
                 recurrent_initializer: Any = "orthogonal", bias_initializer: Any = "zeros",
                 kernel_regularizer: Any = None, recurrent_regularizer: Any = None, bias_regularizer: Any = None,
                 kernel_constraint: Any = None, recurrent_constraint: Any = None, bias_constraint: Any = None,
                 dropout: float = 0.0, recurrent_dropout: float = 0.0, reset_after: bool = True,
                 seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(units, dict(locals()), use_bias, dropout, recurrent_dropout, seed,
                         "activation recurrent_activation", **kwargs)
        self.reset_after = reset_after
        self.state_size = self.output_size = units

    @property
    def _bias_shape(self) -> tuple[int, ...]:
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)

    def _input_bias(self) -> Any:
        return self.bias[0] if self.reset_after else self.bias

    def advance(self, projected: Any, states: list[Any], mask: Any) -> tuple[Any, list[Any]]:
        old = states[0]
        seen = self.dropped(old, mask)
        units = self.units
        x_z, x_r, x_h = ops.split(projected, 3, axis=-1)
        if self.reset_after:
            inner = ops.matmul(seen, self.recurrent_kernel)
            if self.bias is not None:
                inner = ops.add(inner, self.bias[1])
            h_z, h_r, h_h = ops.split(inner, 3, axis=-1)
        else:
            h_z, h_r = ops.split(ops.matmul(seen, self.recurrent_kernel[:, :2 * units]), 2, axis=-1)
        z, r = self.recurrent_activation(x_z + h_z), self.recurrent_activation(x_r + h_r)
        inside = r * h_h if self.reset_after else ops.matmul(r * seen, self.recurrent_kernel[:, 2 * units:])
        new = self.activation(x_h + inside)
        output = z * old + (1 - z) * new
        return output, [output]

    def get_config(self) -> dict[str, Any]:
        return self._config("reset_after")


@keras_export("layers.LSTMCell")
class LSTMCell(Cell):
    """One step of `LSTM`: a memory c with gates for what enters, what stays and what is seen.

    unit_forget_bias: the forget gate's bias starts at 1. Hochreiter, Schmidhuber 1997.
    """

    gates = 4

    def __init__(self, units: int, activation: Any = "tanh", recurrent_activation: Any = "sigmoid",
                 use_bias: bool = True, kernel_initializer: Any = "glorot_uniform",
                 recurrent_initializer: Any = "orthogonal", bias_initializer: Any = "zeros",
                 unit_forget_bias: bool = True, kernel_regularizer: Any = None, recurrent_regularizer: Any = None,
                 bias_regularizer: Any = None, kernel_constraint: Any = None, recurrent_constraint: Any = None,
                 bias_constraint: Any = None, dropout: float = 0.0, recurrent_dropout: float = 0.0,
                 seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(units, dict(locals()), use_bias, dropout, recurrent_dropout, seed,
                         "activation recurrent_activation", **kwargs)
        self.unit_forget_bias = unit_forget_bias
        self.state_size = [units, units]
        self.output_size = units

    def _bias_start(self) -> Any:
        if not self.unit_forget_bias:
            return self.bias_initializer
        units, start = self.units, self.bias_initializer

        def with_ones(shape: Any, dtype: Any = None) -> Any:
            return ops.concatenate([start((units,), dtype=dtype), ops.ones((units,), dtype=dtype),
                                    start((units * 2,), dtype=dtype)])

        return with_ones

    def advance(self, projected: Any, states: list[Any], mask: Any) -> tuple[Any, list[Any]]:
        old, memory = states
        z = projected + ops.matmul(self.dropped(old, mask), self.recurrent_kernel)
        return self._gated(z, memory)

    def _gated(self, z: Any, memory: Any, axis: int = -1) -> tuple[Any, list[Any]]:
        """What the gates let through: `z` holds the four sums one after another along `axis`."""
        z_i, z_f, z_c, z_o = ops.split(z, 4, axis=axis)
        entering, staying = self.recurrent_activation(z_i), self.recurrent_activation(z_f)
        c = staying * memory + entering * self.activation(z_c)
        h = self.recurrent_activation(z_o) * self.activation(c)
        return h, [h, c]

    def get_config(self) -> dict[str, Any]:
        return self._config("unit_forget_bias")
