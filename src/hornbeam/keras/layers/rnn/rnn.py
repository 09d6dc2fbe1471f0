"""RNN: a cell repeated over the steps of a sequence, as one loop."""

from __future__ import annotations

from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.graph_scopes import at_once, set_aside
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.layers.rnn.cells import Cell
from hornbeam.keras.layers.rnn.stacked_cells import StackedRNNCells
from hornbeam.keras.names import keras_export
from hornbeam.keras.saving.serialization import deserialize_keras_object, serialize_keras_object
from hornbeam.keras.scopes import name_scope
from hornbeam.keras.tree import structures as tree
from hornbeam.keras.variables import Variable


@keras_export("layers.RNN")
class RNN(Layer):
    """Applies `cell` to each step of sequences [batch, steps, …].

    cell: has `call(inputs, states)`, which gives an output and new states, and `state_size`; or a list of such.
    return_sequences: every output rather than the last. return_state: the last states too. go_backwards: from the last
    step to the first. stateful: start where the last batch ended (`reset_state()` forgets that); the batch size must be
    known. unroll: repeat the graph instead of a loop. zero_output_for_mask: a masked step gives zeros rather than the
    output before. `call(sequences, initial_state, mask)`: a mask [batch, steps] leaves steps out.
    Raises ValueError for what is no cell.
    """

    def __init__(self, cell: Any, return_sequences: bool = False, return_state: bool = False,
                 go_backwards: bool = False, stateful: bool = False, unroll: bool = False,
                 zero_output_for_mask: bool = False, **kwargs: Any) -> None:
        if isinstance(cell, (list, tuple)):
            cell = StackedRNNCells(cell)
        if "call" not in dir(cell):
            raise ValueError(f"Argument `cell` should have a `call` method. Received: cell={cell}")
        if "state_size" not in dir(cell):
            raise ValueError("The RNN cell should have a `state_size` attribute (single integer or list of integers, "
                             f"one integer per RNN state). Received: cell={cell}")
        super().__init__(**kwargs)
        self.zero_output_for_mask = zero_output_for_mask
        self.cell = cell
        self.return_sequences, self.return_state = return_sequences, return_state
        self.go_backwards, self.stateful, self.unroll = go_backwards, stateful, unroll
        self.supports_masking = True
        self.states: Any = None
        self._batch: int | None = None
        size = cell.state_size
        if not isinstance(size, (list, tuple, int)):
            raise ValueError("state_size must be an integer, or a list/tuple of integers (one for each state tensor).")
        self.single_state = isinstance(size, int)
        self.state_size = [size] if isinstance(size, int) else list(size)

    # Shapes ---------------------------------------------------------------------------------------

    def compute_output_shape(self, sequences_shape: Any, initial_state_shape: Any = None) -> Any:
        batch, length = sequences_shape[0], sequences_shape[1]
        states = [[(batch, s) for s in size] if isinstance(size, (list, tuple)) else (batch, size)
                  for size in self.state_size]
        size = getattr(self.cell, "output_size", None)
        size = self.state_size[0] if size is None else size
        output = (batch, length, size) if self.return_sequences else (batch, size)
        return (output, *states) if self.return_state else output

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        given = tree.flatten(mask)[0]
        output = given if self.return_sequences else None
        return [output, *(None for _ in self.state_size)] if self.return_state else output

    def build(self, sequences_shape: Any, initial_state_shape: Any = None) -> None:
        if isinstance(self.cell, Layer) and not self.cell.built:
            self.cell.build((sequences_shape[0], *sequences_shape[2:]))
            self.cell.built = True
        if not self.stateful:
            return
        if self.states is not None:
            self.reset_state()
            return
        if sequences_shape[0] is None:
            raise ValueError("When using `stateful=True` in a RNN, the batch size must be static. Found dynamic batch "
                             f"size: sequence.shape={sequences_shape}")
        self._batch = sequences_shape[0]
        with name_scope(self.name, caller=self), set_aside():
            made = tree.map_structure(lambda value: Variable(value, trainable=False, dtype=self.variable_dtype,
                                                             name="rnn_state"), self.get_initial_state(self._batch))
        object.__setattr__(self, "states", made)

    @property
    def variables(self) -> list[Any]:
        """The layer's variables, then the states of a stateful one."""
        states = [] if self.states is None else tree.flatten(self.states)
        return [*super().variables, *states]

    def get_initial_state(self, batch_size: Any) -> list[Any]:
        """The states before the first step: the cell's, else zeros."""
        own = getattr(self.cell, "get_initial_state", None)
        if own is None:
            return [ops.zeros((batch_size, d), dtype=self.cell.compute_dtype) for d in self.state_size]
        found = own(batch_size=batch_size)
        return list(found) if tree.is_nested(found) else [found]

    @at_once
    def reset_state(self) -> None:
        """Let a stateful layer start from zeros again."""
        for state in tree.flatten(self.states) if self.states is not None else ():
            state.assign(ops.zeros_like(state))

    @at_once
    def reset_states(self, states: Any = None) -> None:
        """The older spelling of `reset_state`. states: what a stateful layer starts from, by default zeros."""
        if states is None:
            self.reset_state()
            return
        for variable, value in zip(tree.flatten(self.states), tree.flatten(states), strict=True):
            variable.assign(value)

    # Running --------------------------------------------------------------------------------------

    def call(self, sequences: Any, initial_state: Any = None, mask: Any = None, training: bool = False) -> Any:
        if self.unroll and sequences.dims[1] is None:
            raise ValueError("Cannot unroll a RNN if the time dimension is undefined. Give `Input` a shape with the "
                             "number of steps.")
        states = self._start(sequences, initial_state)
        outputs, last, after = self._run(sequences, states, tree.flatten(mask)[0] if mask is not None else None,
                                         training)
        after = tree.map_structure(lambda t: ops.cast(t, self.compute_dtype), after)
        if self.stateful:
            for variable, state in zip(tree.flatten(self.states), tree.flatten(after), strict=True):
                variable.assign(state)
        output = ops.cast(outputs if self.return_sequences else last, self.compute_dtype)
        return (output, *after) if self.return_state else output

    def _start(self, sequences: Any, initial_state: Any) -> list[Any]:
        if initial_state is None:
            initial_state = self.states if self.stateful else self.get_initial_state(ops.shape(sequences)[0])
        batch = sequences.shape[0]
        if self.stateful and None not in (batch, self._batch) and batch != self._batch:
            raise ValueError("If an RNN is stateful, the batch size of the input sequences must be the same as the "
                             f"batch size of the initial state. \n- Expected batch size: {self._batch}\n- Received "
                             f"batch size: {batch}")
        states = list(initial_state) if tree.is_nested(initial_state) else [initial_state]
        dtype = getattr(self.cell, "compute_dtype", self.compute_dtype)
        return tree.map_structure(lambda t: ops.convert_to_tensor(t, dtype=dtype), states)

    def _run(self, sequences: Any, states: list[Any], mask: Any, training: bool) -> tuple[Any, Any, Any]:
        """Every output [batch, steps, …] (None where only the last is wanted), the last one, the last states."""
        step, rows = self._step(sequences, states, training)
        rows = ops.swapaxes(rows, 0, 1)
        masks = None if mask is None else ops.cast(ops.swapaxes(mask, 0, 1), "bool")
        if self.go_backwards:
            rows = ops.flip(rows, axis=0)
            masks = None if masks is None else ops.flip(masks, axis=0)
        if self.unroll:
            return self._unrolled(step, rows, masks, states)

        def advance(carry: Any, row: Any) -> Any:
            states_now, before = carry
            output, after = step(row[0] if masks is not None else row, states_now)
            if masks is None:
                return (after, output), (output if self.return_sequences else ())
            output, after, shown = self._masked(row[1], output, after, states_now, before)
            return (after, output), (shown if self.return_sequences else ())

        example = self._output_like(step, rows, states)
        (after, last), outputs = ops.scan(advance, (states, example), rows if masks is None else (rows, masks))
        if self.return_sequences:
            outputs = ops.swapaxes(outputs, 0, 1)
            last = outputs[:, -1] if masks is not None and self.zero_output_for_mask else last
        return outputs, last, after

    def _output_like(self, step: Any, rows: Any, states: list[Any]) -> Any:
        """Zeros of the shape of one output."""
        size = getattr(self.cell, "output_size", None)
        size = tree.flatten(self.state_size)[0] if size is None else size
        inner = tuple(size) if isinstance(size, (list, tuple)) else (size,)
        return ops.zeros((ops.shape(rows)[1], *inner), dtype=tree.flatten(states)[0].dtype)

    def _masked(self, kept: Any, output: Any, after: Any, states: Any, before: Any) -> tuple[Any, Any, Any]:
        """A step that the mask leaves out: states and output as before (zeros are shown where that is wanted)."""
        def chosen(new: Any, old: Any) -> Any:
            there = kept
            while len(there.shape) < len(new.shape):
                there = ops.expand_dims(there, -1)
            return ops.where(there, new, old)

        held = chosen(output, ops.zeros_like(output) if self.zero_output_for_mask else before)
        return held, tree.map_structure(chosen, after, states), held

    def _step(self, sequences: Any, states: list[Any], training: bool) -> tuple[Any, Any]:
        """A function of one step, and what it takes step by step."""
        cell = self.cell
        if isinstance(cell, Cell) and type(cell).call is Cell.call:
            masks = (None, None)
            if (cell.dropout or cell.recurrent_dropout) and training:
                masks = cell.draw_masks(sequences[:, 0], states[0])
            given = sequences if masks[0] is None else cell.dropped(sequences, ops.expand_dims(masks[0], 1))
            return lambda row, now: cell.advance(row, list(now), masks[1]), cell.project(given)
        takes = {"training": training} if getattr(cell, "_call_has_training_arg", False) else {}

        def step(row: Any, now: Any) -> Any:
            output, after = cell(row, now, **takes)
            return output, list(after) if tree.is_nested(after) else [after]

        return step, sequences

    def _unrolled(self, step: Any, rows: Any, masks: Any, states: list[Any]) -> tuple[Any, Any, Any]:
        outputs, output = [], None
        for t in range(rows.shape[0]):
            made, after = step(rows[t], states)
            if masks is not None:
                before = ops.zeros_like(made) if output is None else output
                made, after, _ = self._masked(masks[t], made, after, states, before)
            outputs.append(made)
            output, states = made, after
        return (ops.stack(outputs, axis=1) if self.return_sequences else None), output, states

    # Configuration --------------------------------------------------------------------------------

    def _rnn_config(self) -> dict[str, Any]:
        names = ("return_sequences", "return_state", "go_backwards", "stateful", "unroll", "zero_output_for_mask")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}

    def get_config(self) -> dict[str, Any]:
        return {**self._rnn_config(), "cell": serialize_keras_object(self.cell)}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        config = dict(config)
        cell = deserialize_keras_object(config.pop("cell"), custom_objects=custom_objects)
        return cls(cell, **config)
