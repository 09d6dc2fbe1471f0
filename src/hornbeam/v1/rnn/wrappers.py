"""Cells around cells: several in a stack, dropout, residual connections, devices."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import hornbeam.v1 as tf
from hornbeam.graph import nest
from hornbeam.graph.names import public
from hornbeam.graph.shapes import TensorShape
from hornbeam.graph.tensor import Tensor
from hornbeam.runtime.logs import get_logger
from hornbeam.v1.rnn.cell import LSTMStateTuple, RNNCell, Start
from hornbeam.v1.rnn.sequences import refuse_no_cell


@public(v1=("nn.rnn_cell.MultiRNNCell", "contrib.rnn.MultiRNNCell"))
class MultiRNNCell(RNNCell):
    """Cells in a stack: each one's output is the next one's input.

    cells: a list of cells. state_is_tuple: whether the state is a tuple of the cells' states or these side by side.
    The variables of cell i are in the scope `multi_rnn_cell/cell_i`. Raises ValueError for no cells and for tuples of
    states that should stand side by side, TypeError where `cells` is no list or tuple.
    """

    def __init__(self, cells: Sequence[Any], state_is_tuple: bool = True) -> None:
        super().__init__()
        if not cells:
            raise ValueError("Must specify at least one cell for MultiRNNCell.")
        if not nest.is_nested(cells):
            raise TypeError(f"cells must be a list or tuple, but saw: {cells}.")
        if len({id(cell) for cell in cells}) < len(cells):
            get_logger().warning("At least two cells provided to MultiRNNCell are the same object and will share "
                                 "weights.")
        self._cells = cells
        self._state_is_tuple = state_is_tuple
        if not state_is_tuple and any(nest.is_nested(c.state_size) for c in cells):
            raise ValueError("Some cells return tuples of states, but the flag state_is_tuple is not set.  State "
                             f"sizes are: {[c.state_size for c in cells]}")

    @property
    def state_size(self) -> Any:
        """The cells' state sizes: a tuple, or their sum."""
        sizes = tuple(cell.state_size for cell in self._cells)
        return sizes if self._state_is_tuple else sum(sizes)

    @property
    def output_size(self) -> Any:
        """The last cell's output size."""
        return self._cells[-1].output_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """The cells' first states."""
        if not self._state_is_tuple:
            return super().zero_state(batch_size, dtype)
        with tf.name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            return tuple(cell.zero_state(batch_size, dtype) for cell in self._cells)

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The last cell's output, and the next states."""
        if isinstance(state, Start):
            return self._run(inputs, state.state, lambda now: Start(now, state.steps))
        return self._run(inputs, state, lambda now: now)

    def _run(self, inputs: Any, state: Any, given: Callable[[Any], Any]) -> tuple[Any, Any]:
        """As `call`. given: what a cell is called with for its part of the state."""
        states, at = [], 0
        for number, cell in enumerate(self._cells):
            with tf.variable_scope(f"cell_{number}"):
                if self._state_is_tuple:
                    if not nest.is_nested(state):
                        raise ValueError(f"Expected state to be a tuple of length {len(self.state_size)}, but "
                                         f"received: {state}")
                    now = state[number]
                else:
                    now = tf.slice(state, [0, at], [-1, cell.state_size])
                    at += cell.state_size
                inputs, after = cell(inputs, given(now))
                states.append(after)
        return inputs, tuple(states) if self._state_is_tuple else tf.concat(states, -1)


class CellWrapper(RNNCell):
    """A cell around another, which is called under its own name: wrapping changes no variable's name."""

    def __init__(self, cell: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        refuse_no_cell("cell", cell)
        self.cell = cell

    @property
    def wrapped_cell(self) -> Any:
        """The cell inside."""
        return self.cell

    @property
    def state_size(self) -> Any:
        """That of the cell inside."""
        return self.cell.state_size

    @property
    def output_size(self) -> Any:
        """That of the cell inside."""
        return self.cell.output_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """That of the cell inside."""
        with tf.name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            return self.cell.zero_state(batch_size, dtype)

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> Any:
        """The output and the next state."""
        return self._around(inputs, state, lambda x, s: self.cell(x, s, scope=scope))

    def _around(self, inputs: Any, state: Any, call: Callable[[Any, Any], tuple[Any, Any]]) -> tuple[Any, Any]:
        """The output and the next state, where `call` runs the cell inside."""
        raise NotImplementedError


def _dropped_parts(state: Any) -> Any:
    """By default all of a state may be dropped but an LSTM's `c` and TensorArrays."""
    if isinstance(state, LSTMStateTuple):
        return LSTMStateTuple(c=False, h=True)
    return not isinstance(state, tf.TensorArray)


@public(v1=("nn.rnn_cell.DropoutWrapper", "contrib.rnn.DropoutWrapper"))
class DropoutWrapper(CellWrapper):
    """Dropout of a cell's inputs, outputs and states.

    input_keep_prob, output_keep_prob, state_keep_prob: numbers of [0, 1] or scalar tensors; what is kept is divided by
    them. variational_recurrent: the same elements at every step and in every row (Gal 2015), which needs `dtype` and,
    for inputs, `input_size`. seed: see `set_random_seed`. dropout_state_filter_visitor: a function of the state's
    parts that says which may be dropped, by default all but an LSTM's `c`.
    Raises TypeError where `cell` is no cell or the filter no function, ValueError for probabilities out of range and
    missing sizes.
    """

    def __init__(self, cell: Any, input_keep_prob: Any = 1.0, output_keep_prob: Any = 1.0,
                 state_keep_prob: Any = 1.0, variational_recurrent: bool = False, input_size: Any = None,
                 dtype: Any = None, seed: int | None = None, dropout_state_filter_visitor: Any = None,
                 **kwargs: Any) -> None:
        super().__init__(cell, dtype=dtype, **kwargs)
        if dropout_state_filter_visitor is not None and not callable(dropout_state_filter_visitor):
            raise TypeError("dropout_state_filter_visitor must be callable")
        self._filter = dropout_state_filter_visitor or _dropped_parts
        with tf.name_scope("DropoutWrapperInit"):
            self._input_keep_prob = _probability(input_keep_prob, "input_keep_prob")
            self._state_keep_prob = _probability(state_keep_prob, "state_keep_prob")
            self._output_keep_prob = _probability(output_keep_prob, "output_keep_prob")
        self._variational_recurrent, self._input_size, self._seed = variational_recurrent, input_size, seed
        self._input_noise = self._state_noise = self._output_noise = None
        if variational_recurrent:
            if dtype is None:
                raise ValueError("When variational_recurrent=True, dtype must be provided")
            if drops(self._input_keep_prob):
                if input_size is None:
                    raise ValueError("When variational_recurrent=True and input_keep_prob < 1.0 or is unknown, "
                                     "input_size must be provided")
                self._input_noise = self._noise(input_size, "input", dtype)
            self._state_noise = self._noise(cell.state_size, "state", dtype)
            self._output_noise = self._noise(cell.output_size, "output", dtype)

    def _noise(self, sizes: Any, salt: str, dtype: Any) -> Any:
        """Draws of [0, 1) for each size, one row for the whole batch."""
        def draw(number: int, size: Any) -> Any:
            dims = TensorShape(size if isinstance(size, (TensorShape, list, tuple)) else [size]).as_list()
            return tf.random_uniform([1, *dims], seed=self._seed_of(salt, number), dtype=dtype)

        return nest.pack_sequence_as(sizes, [draw(i, s) for i, s in enumerate(nest.flatten(sizes))])

    def _seed_of(self, salt: str, number: int) -> int | None:
        """A seed for each tensor that is dropped from."""
        if self._seed is None:
            return None
        text = f"{self._seed}{salt}_{number}"
        return int(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:8], 16) & 0x7FFFFFFF

    def _around(self, inputs: Any, state: Any, call: Callable[[Any, Any], tuple[Any, Any]]) -> tuple[Any, Any]:
        if drops(self._input_keep_prob):
            inputs = self._dropped(inputs, "input", self._input_noise, self._input_keep_prob, None)
        output, after = call(inputs, state)
        if drops(self._state_keep_prob):
            after = self._dropped(after, "state", self._state_noise, self._state_keep_prob, self._filter)
        if drops(self._output_keep_prob):
            output = self._dropped(output, "output", self._output_noise, self._output_keep_prob, None)
        return output, after

    def _dropped(self, values: Any, salt: str, noise: Any, keep: Any, allowed: Any) -> Any:
        """Dropout of the leaves of a structure that `allowed` allows."""
        chosen = nest.flatten(values) if allowed is None else _chosen(values, allowed)
        noises = nest.flatten(noise) if noise is not None else [None] * len(chosen)
        found = []
        for number, (value, choice, drawn) in enumerate(zip(nest.flatten(values), chosen, noises, strict=True)):
            if choice is False:
                found.append(value)
            elif drawn is None:
                found.append(tf.nn.dropout(value, rate=1.0 - keep, seed=self._seed_of(salt, number)))
            else:
                kept = tf.divide(value, tf.cast(keep, value.dtype)) * tf.floor(tf.cast(keep, value.dtype) + drawn)
                kept.set_shape(value.shape)
                found.append(kept)
        return nest.pack_sequence_as(values, found)

    def get_config(self) -> dict[str, Any]:
        """The arguments, without the cell."""
        return {**super().get_config(), "input_keep_prob": self._input_keep_prob,
                "output_keep_prob": self._output_keep_prob, "state_keep_prob": self._state_keep_prob,
                "variational_recurrent": self._variational_recurrent, "input_size": self._input_size,
                "seed": self._seed}


def _chosen(values: Any, allowed: Any) -> list[bool]:
    """For each leaf whether it may be dropped: a filter answers for a level, or for each part of it."""
    answer = allowed(values)
    if isinstance(answer, bool):
        if not answer or not nest.is_nested(values):
            return [answer] * len(nest.flatten(values))
        return [choice for part in values for choice in _chosen(part, allowed)]
    choices: list[bool] = []
    for part, choice in zip(values, answer, strict=True):
        choices += _chosen(part, allowed) if choice and nest.is_nested(part) else [bool(choice)] * len(
            nest.flatten(part))
    return choices


def _probability(given: Any, name: str) -> Any:
    """A number where it is known, else a tensor. Raises ValueError out of [0, 1]."""
    known = tf.get_static_value(given) if isinstance(given, Tensor) else given
    if known is None or isinstance(given, tf.Variable):
        return tf.convert_to_tensor(given)
    if not 0 <= float(known) <= 1:
        raise ValueError(f"Parameter {name} must be between 0 and 1: {int(known)}")
    return float(known)


def drops(probability: Any) -> bool:
    """Whether something is dropped with such a probability of keeping it, as far as is known."""
    return not isinstance(probability, float) or probability < 1


@public(v1=("nn.rnn_cell.ResidualWrapper", "contrib.rnn.ResidualWrapper"))
class ResidualWrapper(CellWrapper):
    """A cell whose inputs are added to its outputs.

    residual_fn: a function of inputs and outputs that gives the outputs, in place of the sum. Raises TypeError and
    ValueError in a call where structures or shapes differ.
    """

    def __init__(self, cell: Any, residual_fn: Any = None, **kwargs: Any) -> None:
        super().__init__(cell, **kwargs)
        self._residual_fn = residual_fn

    def _around(self, inputs: Any, state: Any, call: Callable[[Any, Any], tuple[Any, Any]]) -> tuple[Any, Any]:
        outputs, after = call(inputs, state)
        found = (self._residual_fn or _summed)(inputs, outputs)
        for x, y in zip(nest.flatten(outputs), nest.flatten(found), strict=True):
            x.shape.assert_is_compatible_with(y.shape)
        return found, after


def _summed(inputs: Any, outputs: Any) -> Any:
    nest.assert_same_structure(inputs, outputs)
    for x, y in zip(nest.flatten(inputs), nest.flatten(outputs), strict=True):
        x.shape.assert_is_compatible_with(y.shape)
    return nest.map_structure(lambda x, y: x + y, inputs, outputs)


@public(v1=("nn.rnn_cell.DeviceWrapper", "contrib.rnn.DeviceWrapper"))
class DeviceWrapper(CellWrapper):
    """A cell whose operations are made under `device(...)`."""

    def __init__(self, cell: Any, device: Any, **kwargs: Any) -> None:
        super().__init__(cell, **kwargs)
        self._device = device

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """That of the cell inside, on the device."""
        with tf.device(self._device):
            return super().zero_state(batch_size, dtype)

    def _around(self, inputs: Any, state: Any, call: Callable[[Any, Any], tuple[Any, Any]]) -> tuple[Any, Any]:
        with tf.device(self._device):
            return call(inputs, state)


