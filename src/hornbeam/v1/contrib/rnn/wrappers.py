"""Cells around cells: projections, embeddings, attention over past outputs, highways."""

from __future__ import annotations

import math
from typing import Any

import hornbeam.v1 as tf
from hornbeam.graph import nest
from hornbeam.graph.names import public
from hornbeam.runtime.logs import get_logger
from hornbeam.v1.contrib.rnn.linear import Linear
from hornbeam.v1.rnn.cell import RNNCell
from hornbeam.v1.rnn.sequences import refuse_no_cell
from hornbeam.v1.rnn.wrappers import CellWrapper


class _Within(RNNCell):
    """A cell that calls another within its own variable scope."""

    def __init__(self, cell: Any, reuse: Any = None) -> None:
        super().__init__(_reuse=reuse)
        refuse_no_cell("cell", cell)
        self._cell = cell

    @property
    def state_size(self) -> Any:
        """That of the cell inside."""
        return self._cell.state_size

    @property
    def output_size(self) -> Any:
        """That of the cell inside."""
        return self._cell.output_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """That of the cell inside."""
        with tf.name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            return self._cell.zero_state(batch_size, dtype)


@public(v1=("contrib.rnn.EmbeddingWrapper", "nn.rnn_cell.EmbeddingWrapper"))
class EmbeddingWrapper(_Within):
    """A cell whose inputs are class numbers, looked up in a table first.

    embedding_classes, embedding_size: of the table `embedding`. initializer: of the table, by default the scope's, else
    uniform with variance 1. Raises ValueError for sizes that are not positive.
    """

    def __init__(self, cell: Any, embedding_classes: int, embedding_size: int, initializer: Any = None,
                 reuse: Any = None) -> None:
        super().__init__(cell, reuse)
        if embedding_classes <= 0 or embedding_size <= 0:
            raise ValueError("Both embedding_classes and embedding_size must be > 0: "
                             f"{embedding_classes}, {embedding_size}.")
        self._classes, self._size, self._initializer = embedding_classes, embedding_size, initializer

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The output of the cell for the embeddings of `inputs`."""
        bound = math.sqrt(3)
        initializer = (self._initializer or tf.get_variable_scope().initializer
                       or tf.random_uniform_initializer(-bound, bound))
        dtype = nest.flatten(state)[0].dtype.base_dtype
        table = tf.get_variable("embedding", [self._classes, self._size], initializer=initializer, dtype=dtype)
        return self._cell(tf.nn.embedding_lookup(table, tf.reshape(inputs, [-1])), state)


@public(v1=("contrib.rnn.InputProjectionWrapper", "nn.rnn_cell.InputProjectionWrapper"))
class InputProjectionWrapper(_Within):
    """A cell whose inputs are projected to `num_proj` columns, and put through `activation` where there is one.

    input_size: accepted, without effect.
    """

    def __init__(self, cell: Any, num_proj: int, activation: Any = None, input_size: Any = None,
                 reuse: Any = None) -> None:
        super().__init__(cell, reuse)
        if input_size is not None:
            get_logger().warning("%s: The input_size parameter is deprecated.", self)
        self._num_proj, self._activation = num_proj, activation
        self._linear: Any = None

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The output of the cell for the projected inputs."""
        if self._linear is None:
            self._linear = Linear(inputs, self._num_proj, True)
        projected = self._linear(inputs)
        return self._cell(self._activation(projected) if self._activation else projected, state)


@public(v1=("contrib.rnn.OutputProjectionWrapper", "nn.rnn_cell.OutputProjectionWrapper"))
class OutputProjectionWrapper(_Within):
    """A cell whose outputs are projected to `output_size` columns, and put through `activation` where there is one.

    Raises ValueError for a size that is not positive.
    """

    def __init__(self, cell: Any, output_size: int, activation: Any = None, reuse: Any = None) -> None:
        super().__init__(cell, reuse)
        if output_size < 1:
            raise ValueError(f"Parameter output_size must be > 0: {output_size}.")
        self._output_size, self._activation = output_size, activation
        self._linear: Any = None

    @property
    def output_size(self) -> Any:
        """The size of the projection."""
        return self._output_size

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The projected output of the cell."""
        output, after = self._cell(inputs, state)
        if self._linear is None:
            self._linear = Linear(output, self._output_size, True)
        projected = self._linear(output)
        return (self._activation(projected) if self._activation else projected), after


@public(v1=("contrib.rnn.AttentionCellWrapper",))
class AttentionCellWrapper(_Within):
    """A cell that attends to its last `attn_length` outputs.

    attn_size: of the outputs, by default the cell's output size. attn_vec_size: of the hidden layer of the attention,
    by default `attn_size`. input_size: of the cell's inputs, by default that of the inputs. state_is_tuple: whether
    the state is a tuple (cell's state, attention, last outputs) or these side by side.
    Raises TypeError where `cell` is none, ValueError for a length that is not positive.
    """

    def __init__(self, cell: Any, attn_length: int, attn_size: int | None = None, attn_vec_size: int | None = None,
                 input_size: int | None = None, state_is_tuple: bool = True, reuse: Any = None) -> None:
        super().__init__(cell, reuse)
        if nest.is_nested(cell.state_size) and not state_is_tuple:
            raise ValueError("Cell returns tuple of states, but the flag state_is_tuple is not set. State size is: "
                             f"{cell.state_size}")
        if attn_length <= 0:
            raise ValueError(f"attn_length should be greater than zero, got {attn_length}")
        if not state_is_tuple:
            get_logger().warning("%s: Using a concatenated state is slower and will soon be deprecated.  Use "
                                 "state_is_tuple=True.", self)
        self._state_is_tuple, self._input_size, self._attn_length = state_is_tuple, input_size, attn_length
        self._attn_size: int = cell.output_size if attn_size is None else attn_size
        self._attn_vec_size: int = self._attn_size if attn_vec_size is None else attn_vec_size
        self._linears: dict[str, Linear] = {}

    @property
    def state_size(self) -> Any:
        """The sizes of the cell's state, of the attention, and of the last outputs."""
        size = (self._cell.state_size, self._attn_size, self._attn_size * self._attn_length)
        return size if self._state_is_tuple else sum(size)

    @property
    def output_size(self) -> Any:
        """The size of an output."""
        return self._attn_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """Zeros."""
        return RNNCell.zero_state(self, batch_size, dtype)

    def _linear(self, name: str, args: Any, size: int) -> Any:
        if name not in self._linears:
            self._linears[name] = Linear(args, size, True)
        return self._linears[name](args)

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The output, projected from the cell's and from what it attended to."""
        if not self._state_is_tuple:
            state = tf.split(state, [self._cell.state_size, self._attn_size, self._attn_size * self._attn_length], 1)
        own, attended, past = state
        past = tf.reshape(past, [-1, self._attn_length, self._attn_size])
        size = inputs.shape.as_list()[1] if self._input_size is None else self._input_size
        inputs = self._linear("input", [inputs, attended], size)
        cell_output, own = self._cell(inputs, own)
        query = tf.concat(nest.flatten(own), 1) if self._state_is_tuple else own
        attended, past = self._attention(query, past)
        with tf.variable_scope("attn_output_projection"):
            output = self._linear("output", [cell_output, attended], self._attn_size)
        past = tf.concat([past, tf.expand_dims(output, 1)], 1)
        past = tf.reshape(past, [-1, self._attn_length * self._attn_size])
        after = (own, attended, past)
        return output, after if self._state_is_tuple else tf.concat(list(after), 1)

    def _attention(self, query: Any, past: Any) -> tuple[Any, Any]:
        """What `query` finds in the past outputs, and those without the oldest."""
        with tf.variable_scope("attention"):
            k = tf.get_variable("attn_w", [1, 1, self._attn_size, self._attn_vec_size])
            v = tf.get_variable("attn_v", [self._attn_vec_size])
            hidden = tf.reshape(past, [-1, self._attn_length, 1, self._attn_size])
            features = tf.nn.conv2d(hidden, k, [1, 1, 1, 1], "SAME")
            y = self._linear("query", query, self._attn_vec_size)
            y = tf.reshape(y, [-1, 1, 1, self._attn_vec_size])
            weights = tf.nn.softmax(tf.reduce_sum(v * tf.tanh(features + y), [2, 3]))
            found = tf.reduce_sum(tf.reshape(weights, [-1, self._attn_length, 1, 1]) * hidden, [1, 2])
            return tf.reshape(found, [-1, self._attn_size]), past[:, 1:, :]


@public(v1=("contrib.rnn.HighwayWrapper",))
class HighwayWrapper(CellWrapper):
    """A cell whose inputs are carried past it as a gate says (Srivastava et al. 2015): x · g + output · (1 - g).

    couple_carry_transform_gates: whether 1 - g weighs the output, or a gate of its own. carry_bias_init: what the
    gate's bias starts as. Variables: `carry_w`, `carry_b`, uncoupled `transform_w`, `transform_b`.
    """

    def __init__(self, cell: Any, couple_carry_transform_gates: bool = True, carry_bias_init: float = 1.0) -> None:
        super().__init__(cell)
        self._couple_carry_transform_gates = couple_carry_transform_gates
        self._carry_bias_init = carry_bias_init

    def _gate(self, name: str, inputs: Any, bias: float) -> Any:
        size = inputs.shape.with_rank(2).as_list()[1]
        weight = tf.get_variable(f"{name}_w", [size, size])
        shift = tf.get_variable(f"{name}_b", [size], initializer=tf.constant_initializer(bias))
        return tf.sigmoid(tf.nn.xw_plus_b(inputs, weight, shift))

    def _highway(self, inputs: Any, output: Any) -> Any:
        carry = self._gate("carry", inputs, self._carry_bias_init)
        transform = 1 - carry if self._couple_carry_transform_gates else self._gate(
            "transform", inputs, -self._carry_bias_init)
        return inputs * carry + output * transform

    def _around(self, inputs: Any, state: Any, call: Any) -> tuple[Any, Any]:
        outputs, after = call(inputs, state)
        nest.assert_same_structure(inputs, outputs)
        for x, y in zip(nest.flatten(inputs), nest.flatten(outputs), strict=True):
            x.shape.assert_is_compatible_with(y.shape)
        return nest.map_structure(self._highway, inputs, outputs), after


@public(v1=("contrib.rnn.CompiledWrapper",))
class CompiledWrapper(CellWrapper):
    """A cell that is compiled; every cell is. compile_stateful: accepted."""

    def __init__(self, cell: Any, compile_stateful: bool = False) -> None:
        super().__init__(cell)

    def _around(self, inputs: Any, state: Any, call: Any) -> tuple[Any, Any]:
        return call(inputs, state)
