"""What a cell is: a layer that takes an input and a state, and gives an output and the next state."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Callable
from typing import Any

import hornbeam.v1 as tf
from hornbeam.graph import dtypes, mode, nest
from hornbeam.graph.names import public
from hornbeam.graph.tensor import Tensor
from hornbeam.runtime.partitions import PartitionedVariable
from hornbeam.v1.layers.base import Layer
from hornbeam.v1.rnn.sequences import zeros_of

_Pair = collections.namedtuple("LSTMStateTuple", ("c", "h"))


@public(v1=("nn.rnn_cell.LSTMStateTuple", "contrib.rnn.LSTMStateTuple"))
class LSTMStateTuple(_Pair):
    """The state of an LSTM cell: what it remembers `c`, and what it gave out `h`."""

    __slots__ = ()

    @property
    def dtype(self) -> Any:
        """The dtype of both. Raises TypeError where they differ."""
        c, h = self
        if c.dtype != h.dtype:
            raise TypeError(f"Inconsistent internal state: {c.dtype} vs {h.dtype}")
        return c.dtype


@dataclasses.dataclass(frozen=True)
class Start:
    """What a cell is given in place of a state where it computes all steps of its inputs [time, batch, size] at once.

    state: before the first step. steps: how many are taken, int64. Such a call gives the outputs and the states of
    all steps, [time, batch, size] each; `whole.py` says which cells can do it.
    """

    state: Any
    steps: Any


@public(v1=("nn.rnn_cell.RNNCell", "contrib.rnn.RNNCell"))
class RNNCell(Layer):
    """Base of cells: `output, next_state = cell(inputs, state)`.

    A subclass has the properties `state_size` and `output_size` (integers, TensorShapes or nested tuples of them) and
    a method `call(inputs, state)`; variables that it makes by `get_variable` become its weights. inputs: [batch, ...];
    state: nested as `state_size`, each [batch, *size].
    """

    def __init__(self, trainable: bool = True, name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        kwargs.pop("input_size", None)  # needed before 0.8, without effect since
        super().__init__(trainable=trainable, name=name, dtype=dtype, **kwargs)
        self._is_tf_rnn_cell = True

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> Any:
        """The output and the next state. scope: the variable scope, by default named as the class is."""
        if scope is not None:
            with tf.variable_scope(scope, custom_getter=self._noted) as opened:
                return super().__call__(inputs, state, scope=opened)
        first = getattr(self, "rnncell_scope", None)
        if first is None:
            first = tf.variable_scope(tf.get_variable_scope(), custom_getter=self._noted)
            self.rnncell_scope = first
        with first:
            return super().__call__(inputs, state)

    def _noted(self, getter: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """A variable that was made or found while the cell ran is one of its weights."""
        variable = getter(*args, **kwargs)
        if mode.executing_eagerly():
            trainable = variable.trainable
        else:
            known = tf.trainable_variables()
            parts = list(variable) if isinstance(variable, PartitionedVariable) else [variable]
            trainable = any(v is parts[0] for v in known)
        held = self._trainable_weights if trainable else self._non_trainable_weights
        if all(variable is not v for v in held):
            held.append(variable)
        return variable

    @property
    def state_size(self) -> Any:
        """The sizes of the state's parts."""
        raise NotImplementedError("Abstract method")

    @property
    def output_size(self) -> Any:
        """The size of the output."""
        raise NotImplementedError("Abstract method")

    def build(self, _: Any) -> None:
        """Nothing: `call` makes the variables."""

    def get_initial_state(self, inputs: Any = None, batch_size: Any = None, dtype: Any = None) -> Any:
        """Zeros for the batch size and dtype that are given, or that `inputs` have. Raises ValueError otherwise."""
        if inputs is not None:
            inputs = tf.convert_to_tensor(inputs, name="inputs")
            first = inputs.shape.as_list()[0]
            if batch_size is not None:
                known = tf.get_static_value(batch_size) if isinstance(batch_size, Tensor) else batch_size
                if first != known:
                    raise ValueError("batch size from input tensor is different from the input param. Input tensor "
                                     f"batch: {first}, batch_size: {batch_size}")
            if dtype is not None and inputs.dtype.base_dtype is not dtypes.as_dtype(dtype):
                raise ValueError("dtype from input tensor is different from the input param. Input tensor dtype: "
                                 f"{inputs.dtype}, dtype: {dtype}")
            batch_size = first if first is not None else tf.shape(inputs)[0]
            dtype = inputs.dtype.base_dtype
        if batch_size is None or dtype is None:
            raise ValueError("batch_size and dtype cannot be None while constructing initial state: "
                             f"batch_size={batch_size}, dtype={dtype}")
        return self.zero_state(batch_size, dtype)

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """Zeros in the structure of `state_size`, each [batch_size, *size]."""
        with tf.name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            return zeros_of(self.state_size, batch_size, dtype)


class LayerRNNCell(RNNCell):
    """A cell whose `build` makes its variables, as a layer's does."""

    def __call__(self, inputs: Any, state: Any, scope: Any = None, *args: Any, **kwargs: Any) -> Any:
        """The output and the next state. scope: the variable scope, by default named as the class is."""
        return Layer.__call__(self, inputs, state, *args, scope=scope, **kwargs)


def input_depth(shape: Any) -> int:
    """The last dimension of a cell's input. Raises ValueError where it is not known."""
    depth = tf.TensorShape(shape).as_list()[-1]
    if depth is None:
        raise ValueError(f"Expected inputs.shape[-1] to be known, saw shape: {shape}")
    return depth


def refuse_integers(dtype: Any) -> None:
    """Raise ValueError for a dtype that no cell computes in."""
    if dtype is None:
        return
    dtype = dtypes.as_dtype(dtype)
    if not (dtype.is_floating or dtype.is_complex):
        raise ValueError(f"RNN cell only supports floating point inputs, but saw dtype: {dtype}")


def refuse_integer_inputs(*inputs: Any) -> None:
    """As `refuse_integers`, for tensors."""
    for x in nest.flatten(list(inputs)):
        if hasattr(x, "dtype"):
            refuse_integers(x.dtype)
