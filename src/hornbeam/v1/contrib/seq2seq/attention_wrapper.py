"""A cell with attention: what it found in a memory goes into its next input and into its output."""

from __future__ import annotations

import collections
from collections.abc import Iterable
from typing import Any

import hornbeam.v1 as tf
from hornbeam.graph import dtypes, nest
from hornbeam.graph.names import public
from hornbeam.graph.shapes import TensorShape
from hornbeam.graph.tensor import Tensor
from hornbeam.v1.contrib.seq2seq.attention import AttentionMechanism
from hornbeam.v1.layers.core import Dense
from hornbeam.v1.rnn.cell import RNNCell
from hornbeam.v1.rnn.sequences import refuse_no_cell, zeros_of

_Parts = collections.namedtuple(
    "AttentionWrapperState",
    ("cell_state", "attention", "time", "alignments", "alignment_history", "attention_state"))


@public(v1=("contrib.seq2seq.AttentionWrapperState",))
class AttentionWrapperState(_Parts):
    """The state of an `AttentionWrapper`: the cell's, what was found last, the step, the alignments now and at every
    step, and the mechanism's state."""

    __slots__ = ()

    def clone(self, **kwargs: Any) -> AttentionWrapperState:
        """A copy with other parts. Raises ValueError where their shapes are others."""
        def like(old: Any, new: Any) -> Any:
            if isinstance(old, Tensor) and isinstance(new, Tensor):
                if not new.shape.is_compatible_with(old.shape):
                    raise ValueError(f"The shape of the AttentionWrapperState is expected to be same as the one to "
                                     f"clone. self.shape: {old.shape}, input.shape: {new.shape}")
                if hasattr(new, "set_shape") and not tf.executing_eagerly():
                    new.set_shape(old.shape)
            return new

        return nest.map_structure(like, self, self._replace(**kwargs))


def _attended(mechanism: Any, output: Any, state: Any, layer: Any) -> tuple[Any, Any, Any]:
    """(what was found, the alignments, the mechanism's next state)."""
    alignments, after = mechanism(output, state=state)
    found = tf.squeeze(tf.matmul(tf.expand_dims(alignments, 1), mechanism.values), [1])
    attention = found if layer is None else layer(tf.concat([output, found], 1))
    return attention, alignments, after


_HINTS = {
    "constructing": "Non-matching batch sizes between the memory (encoder output) and initial_cell_state.  Are you "
                    "using the BeamSearchDecoder?  You may need to tile your initial state via the "
                    "tf.contrib.seq2seq.tile_batch function with argument multiple=beam_width.",
    "calling zero_state of": "Non-matching batch sizes between the memory (encoder output) and the requested batch "
                             "size.  Are you using the BeamSearchDecoder?  If so, make sure your encoder output has "
                             "been tiled to beam_width via tf.contrib.seq2seq.tile_batch, and the batch_size= argument "
                             "passed to zero_state is batch_size * beam_width.",
    "applying": "Non-matching batch sizes between the memory (encoder output) and the query (decoder output).  Are you "
                "using the BeamSearchDecoder?  You may need to tile your memory input via the "
                "tf.contrib.seq2seq.tile_batch function with argument multiple=beam_width.",
}


@public(v1=("contrib.seq2seq.AttentionWrapper",))
class AttentionWrapper(RNNCell):
    """A cell that attends to a memory by a mechanism, or to several by as many.

    attention_layer_size: of a layer over output and what was found, one a mechanism; or attention_layer: that layer.
    Without either, the attention is what was found. alignment_history: whether to keep the alignments of all steps.
    cell_input_fn: of inputs and attention, by default both side by side. output_attention: whether the attention is
    the output, else the cell's is. initial_cell_state: of the cell. attention_fn: in place of the usual computation.
    Raises TypeError and ValueError for arguments of the wrong kind or number.
    """

    def __init__(self, cell: Any, attention_mechanism: Any, attention_layer_size: Any = None,
                 alignment_history: bool = False, cell_input_fn: Any = None, output_attention: bool = True,
                 initial_cell_state: Any = None, name: str | None = None, attention_layer: Any = None,
                 attention_fn: Any = None, dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        refuse_no_cell("cell", cell)
        self._is_multi = isinstance(attention_mechanism, (list, tuple))
        mechanisms = tuple(attention_mechanism) if self._is_multi else (attention_mechanism,)
        for mechanism in mechanisms:
            if not isinstance(mechanism, AttentionMechanism):
                text = ("attention_mechanism must contain only instances of AttentionMechanism, saw type: "
                        if self._is_multi else "attention_mechanism must be an AttentionMechanism or list of multiple "
                        "AttentionMechanism instances, saw type: ")
                raise TypeError(text + type(mechanism).__name__)
        if cell_input_fn is not None and not callable(cell_input_fn):
            raise TypeError(f"cell_input_fn must be callable, saw type: {type(cell_input_fn).__name__}")
        self._cell_input_fn = cell_input_fn or (lambda inputs, attention: tf.concat([inputs, attention], -1))
        self._cell, self._attention_mechanisms = cell, mechanisms
        self._attention_layers, self._attention_layer_size = self._layers(attention_layer_size, attention_layer)
        self._attention_fn = attention_fn or _attended
        self._output_attention, self._alignment_history = output_attention, alignment_history
        self._initial_cell_state: Any = None
        with tf.name_scope(name, "AttentionWrapperInit"):
            if initial_cell_state is not None:
                last = nest.flatten(initial_cell_state)[-1]
                checks = self._batch_checks(last.shape.as_list()[0] or tf.shape(last)[0], "constructing")
                with tf.control_dependencies(checks):
                    self._initial_cell_state = nest.map_structure(
                        lambda s: tf.identity(s, name="check_initial_cell_state"), initial_cell_state)

    def _layers(self, sizes: Any, layers: Any) -> tuple[Any, int]:
        """The layers over output and attention, and the attention's size."""
        count = len(self._attention_mechanisms)
        if sizes is not None and layers is not None:
            raise ValueError("Only one of attention_layer_size and attention_layer should be set")
        if sizes is not None:
            each = tuple(sizes) if isinstance(sizes, (list, tuple)) else (sizes,)
            if len(each) != count:
                raise ValueError("If provided, attention_layer_size must contain exactly one integer per "
                                 f"attention_mechanism, saw: {len(each)} vs {count}")
            made = tuple(Dense(size, name="attention_layer", use_bias=False, dtype=m.dtype)
                         for size, m in zip(each, self._attention_mechanisms, strict=True))
            return made, sum(each)
        depths = [m.values.shape.as_list()[-1] for m in self._attention_mechanisms]
        if layers is None:
            return None, sum(depths)
        made = tuple(layers) if isinstance(layers, (list, tuple)) else (layers,)
        if len(made) != count:
            raise ValueError("If provided, attention_layer must contain exactly one layer per attention_mechanism, "
                             f"saw: {len(made)} vs {count}")
        widths = [TensorShape(layer.compute_output_shape(TensorShape([None, self._cell.output_size + depth]))).as_list()
                  for layer, depth in zip(made, depths, strict=True)]
        return made, sum(int(shape[-1] or 0) for shape in widths)

    def _batch_checks(self, batch_size: Any, doing: str) -> list[Any]:
        """Checks that batch and memory fit; what is known of both is checked at once, which raises ValueError."""
        message = f"When {doing} AttentionWrapper {self._base_name}: {_HINTS[doing]}"
        checks = []
        for mechanism in self._attention_mechanisms:
            if isinstance(batch_size, int) and isinstance(mechanism.batch_size, int):
                if batch_size != mechanism.batch_size:
                    raise tf.errors.InvalidArgumentError(
                        None, None, f"{message} Condition x == y did not hold. {batch_size} {mechanism.batch_size}")
            elif doing != "applying":
                checks.append(tf.assert_equal(batch_size, mechanism.batch_size, message=message))
        return [c for c in checks if c is not None]

    def _one_or_all(self, items: Iterable[Any]) -> Any:
        found = tuple(items)
        return found if self._is_multi else found[0]

    @property
    def output_size(self) -> Any:
        """The size of the attention, or of the cell's output."""
        return self._attention_layer_size if self._output_attention else self._cell.output_size

    @property
    def state_size(self) -> Any:
        """An `AttentionWrapperState` of sizes."""
        kept = self._alignment_history
        return AttentionWrapperState(
            cell_state=self._cell.state_size, time=TensorShape([]), attention=self._attention_layer_size,
            alignments=self._one_or_all(m.alignments_size for m in self._attention_mechanisms),
            attention_state=self._one_or_all(m.state_size for m in self._attention_mechanisms),
            alignment_history=self._one_or_all(m.alignments_size if kept else () for m in self._attention_mechanisms))

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """The state to start from. Raises InvalidArgumentError where the batch is not the memory's."""
        with tf.name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            state = self._initial_cell_state
            if state is None:
                state = self._cell.get_initial_state(batch_size=batch_size, dtype=dtype) if hasattr(
                    self._cell, "get_initial_state") else self._cell.zero_state(batch_size, dtype)
            with tf.control_dependencies(self._batch_checks(batch_size, "calling zero_state of")):
                state = nest.map_structure(lambda s: tf.identity(s, name="checked_cell_state"), state)
            first = [m.initial_alignments(batch_size, dtype) for m in self._attention_mechanisms]
            history = [tf.TensorArray(dtype, size=0, dynamic_size=True, element_shape=a.shape)
                       if self._alignment_history else () for a in first]
            return AttentionWrapperState(
                cell_state=state, time=tf.zeros([], dtype=dtypes.int32),
                attention=zeros_of(self._attention_layer_size, batch_size, dtype),
                alignments=self._one_or_all(first), alignment_history=self._one_or_all(history),
                attention_state=self._one_or_all(m.initial_state(batch_size, dtype)
                                                 for m in self._attention_mechanisms))

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The output and the next state. Raises TypeError for a state of another kind."""
        if not isinstance(state, AttentionWrapperState):
            raise TypeError("Expected state to be instance of AttentionWrapperState. Received type "
                            f"{type(state)} instead.")
        output, cell_state = self._cell(self._cell_input_fn(inputs, state.attention), state.cell_state)
        self._batch_checks(output.shape.as_list()[0], "applying")
        before = state.attention_state if self._is_multi else [state.attention_state]
        history = state.alignment_history if self._is_multi else [state.alignment_history]
        found = [self._attention_fn(m, output, before[i], self._attention_layers[i] if self._attention_layers else None)
                 for i, m in enumerate(self._attention_mechanisms)]
        kept = [h.write(state.time, alignments) if self._alignment_history else ()
                for h, (_, alignments, _) in zip(history, found, strict=True)]
        attention = tf.concat([a for a, _, _ in found], 1)
        after = AttentionWrapperState(
            time=state.time + 1, cell_state=cell_state, attention=attention,
            attention_state=self._one_or_all(s for _, _, s in found),
            alignments=self._one_or_all(a for _, a, _ in found), alignment_history=self._one_or_all(kept))
        return (attention if self._output_attention else output), after
