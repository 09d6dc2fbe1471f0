"""Running a decoder until all rows are finished.

Where the number of steps has a bound that is known before (the true sequence is given, or `maximum_iterations`), the
loop is compiled, with room for that many outputs, and what was not used is cut off. The true sequence makes it a scan,
whose gradient is a scan back. Without a bound the outputs grow, on the host.
"""

from __future__ import annotations

import collections
import contextlib
from abc import ABC, abstractmethod
from typing import Any

import hornbeam.v1 as tf
from hornbeam.graph import dtypes, mode, nest
from hornbeam.graph.call import graph_for
from hornbeam.graph.names import public
from hornbeam.graph.shapes import TensorShape
from hornbeam.ops import control_flow, states, structural
from hornbeam.v1.contrib.seq2seq.helpers import Helper, TrainingHelper
from hornbeam.v1.rnn.sequences import refuse_no_cell, transpose_batch_time, zeros_of


@public(v1=("contrib.seq2seq.Decoder",))
class Decoder(ABC):
    """Base of decoders: what `dynamic_decode` runs."""

    @property
    @abstractmethod
    def batch_size(self) -> Any:
        """The number of rows."""

    @property
    @abstractmethod
    def output_size(self) -> Any:
        """The sizes of a step's outputs, nested."""

    @property
    @abstractmethod
    def output_dtype(self) -> Any:
        """Their dtypes, nested alike."""

    @abstractmethod
    def initialize(self, name: str | None = None) -> Any:
        """(finished [batch], first inputs, first state)."""

    @abstractmethod
    def step(self, time: Any, inputs: Any, state: Any, name: str | None = None) -> Any:
        """(outputs, next state, next inputs, finished [batch])."""

    def finalize(self, outputs: Any, final_state: Any, sequence_lengths: Any) -> Any:
        """(outputs, state) as `dynamic_decode` gives them, from the stacked ones. NotImplementedError: as they are."""
        raise NotImplementedError

    @property
    def tracks_own_finished(self) -> bool:
        """Whether `step` says of all rows whether they are finished; else a finished row stays so."""
        return False


class BasicDecoderOutput(collections.namedtuple("BasicDecoderOutput", ("rnn_output", "sample_id"))):
    """The outputs of the cell (or of the layer after it), and the samples."""

    __slots__ = ()


public(v1=("contrib.seq2seq.BasicDecoderOutput",))(BasicDecoderOutput)


def output_size_after(cell: Any, layer: Any) -> Any:
    """The size of a cell's outputs after a layer, which may be None."""
    if layer is None:
        return cell.output_size

    def after(size: Any) -> Any:
        return TensorShape(layer.compute_output_shape(TensorShape([None]).concatenate(TensorShape(
            size if isinstance(size, (TensorShape, list)) else [size]))))[1:]

    return nest.map_structure(after, cell.output_size)


def refuse_no_layer(layer: Any) -> None:
    """Raise TypeError for what is neither None nor a layer."""
    if layer is not None and not (callable(layer) and hasattr(layer, "compute_output_shape")):
        raise TypeError(f"output_layer must be a Layer, received: {type(layer)}")


@public(v1=("contrib.seq2seq.BasicDecoder",))
class BasicDecoder(Decoder):
    """A cell that is fed by a helper.

    cell: an `RNNCell`. helper: a `Helper`. initial_state: of the cell. output_layer: a layer after the cell, applied
    before the helper samples. Raises TypeError for anything else.
    """

    def __init__(self, cell: Any, helper: Any, initial_state: Any, output_layer: Any = None) -> None:
        refuse_no_cell("cell", cell)
        if not isinstance(helper, Helper):
            raise TypeError(f"helper must be a Helper, received: {type(helper)}")
        refuse_no_layer(output_layer)
        self._cell, self._helper = cell, helper
        self._initial_state, self._output_layer = initial_state, output_layer

    @property
    def batch_size(self) -> Any:
        """The number of rows."""
        return self._helper.batch_size

    @property
    def output_size(self) -> Any:
        """A `BasicDecoderOutput` of sizes."""
        return BasicDecoderOutput(output_size_after(self._cell, self._output_layer), self._helper.sample_ids_shape)

    @property
    def output_dtype(self) -> Any:
        """A `BasicDecoderOutput` of dtypes."""
        dtype = nest.flatten(self._initial_state)[0].dtype.base_dtype
        size = output_size_after(self._cell, self._output_layer)
        return BasicDecoderOutput(nest.map_structure(lambda _: dtype, size), self._helper.sample_ids_dtype)

    def initialize(self, name: str | None = None) -> Any:
        """(finished, first inputs, first state)."""
        return (*self._helper.initialize(), self._initial_state)

    def step(self, time: Any, inputs: Any, state: Any, name: str | None = None) -> Any:
        """(`BasicDecoderOutput`, next state, next inputs, finished)."""
        with tf.name_scope(name, "BasicDecoderStep", [time]):
            outputs, after = self._cell(inputs, state)
            if self._output_layer is not None:
                outputs = self._output_layer(outputs)
            sample_ids = self._helper.sample(time=time, outputs=outputs, state=after)
            finished, following, after = self._helper.next_inputs(time=time, outputs=outputs, state=after,
                                                                  sample_ids=sample_ids)
        return BasicDecoderOutput(outputs, sample_ids), after, following, finished


@public(v1=("contrib.seq2seq.dynamic_decode",))
def dynamic_decode(decoder: Any, output_time_major: bool = False, impute_finished: bool = False,
                   maximum_iterations: Any = None, parallel_iterations: int = 32, swap_memory: bool = False,
                   scope: Any = None, **kwargs: Any) -> tuple[Any, Any, Any]:
    """Steps of `decoder` until all rows are finished.

    output_time_major: whether the outputs are [time, batch, ...]. impute_finished: whether finished rows give zeros
    and keep their state. maximum_iterations: an int or scalar tensor; with it decoding is one compiled loop.
    parallel_iterations, swap_memory: accepted. scope: the variable scope, by default "decoder".
    Returns (outputs, final state, lengths [batch]). Raises TypeError where `decoder` is none, ValueError where
    `maximum_iterations` is no scalar.
    """
    if not isinstance(decoder, Decoder):
        raise TypeError(f"Expected decoder to be type Decoder, but saw: {type(decoder)}")
    with tf.variable_scope(scope, "decoder"):
        limit = None
        if maximum_iterations is not None:
            limit = tf.convert_to_tensor(maximum_iterations, dtype=dtypes.int32, name="maximum_iterations")
            if limit.shape.ndims != 0:
                raise ValueError("maximum_iterations must be a scalar")
        outputs, state, lengths = _Decoding(decoder, impute_finished, limit).run()
        with contextlib.suppress(NotImplementedError):
            outputs, state = decoder.finalize(outputs, state, lengths)
        if not output_time_major:
            outputs = nest.map_structure(transpose_batch_time, outputs)
    return outputs, state, lengths


class _Decoding:
    """One call of `dynamic_decode`."""

    def __init__(self, decoder: Any, impute_finished: bool, limit: Any) -> None:
        self.decoder, self.impute_finished, self.limit = decoder, impute_finished, limit
        finished, self.inputs, self.state = decoder.initialize()
        self.state = nest.map_structure(lambda s: s if hasattr(s, "_parts") else tf.convert_to_tensor(s), self.state)
        self.finished = finished if limit is None else tf.logical_or(finished, limit <= 0)
        self.sizes, self.kinds = nest.flatten(decoder.output_size), nest.flatten(decoder.output_dtype)
        self.zeros = zeros_of(decoder.output_size, decoder.batch_size, decoder.output_dtype) if impute_finished else (
            None)
        self.lengths = tf.zeros_like(self.finished, dtype=dtypes.int32)

    def run(self) -> tuple[Any, Any, Any]:
        """(time-major outputs, state, lengths)."""
        rows = self._true_rows()
        if rows is not None and graph_for(*nest.flatten(rows)) is not None:
            return self._scan(rows)
        return self._loop(self._bound())

    def _step(self, time: Any, inputs: Any, state: Any, finished: Any, lengths: Any) -> tuple[Any, ...]:
        """(outputs, state, next inputs, finished, lengths) after a step."""
        outputs, after, following, ends = self.decoder.step(time, inputs, state)
        done = ends if self.decoder.tracks_own_finished else tf.logical_or(ends, finished)
        lengths = tf.where(finished, lengths, tf.fill(tf.shape(lengths), time + 1))
        nest.assert_same_structure(state, after)
        nest.assert_same_structure(inputs, following)
        if self.impute_finished:
            outputs = nest.map_structure(lambda o, z: _by_row(finished, z, o), outputs, self.zeros)
            after = nest.map_structure(lambda new, old: _carried(finished, old, new), after, state)
        return outputs, after, following, done, lengths

    def _stacked(self, leaves: Any, steps: Any) -> Any:
        """The outputs of the steps that were made, in the decoder's structure."""
        with_shapes = []
        for leaf, size in zip(leaves, self.sizes, strict=True):
            cut = leaf if steps is None else leaf[:steps]
            if cut.shape.ndims is None and isinstance(size, (int, TensorShape)):
                dims = TensorShape(size if isinstance(size, TensorShape) else [size]).as_list()
                cut.set_shape([None, None, *dims])
            with_shapes.append(cut)
        return nest.pack_sequence_as(self.decoder.output_size, with_shapes)

    # The true sequence ----------------------------------------------------------------------------

    def _true_rows(self) -> Any:
        """The inputs of all steps where they are given in advance; else None."""
        helper = getattr(self.decoder, "_helper", None)
        if type(self.decoder) is not BasicDecoder or not isinstance(helper, TrainingHelper):
            return None
        rows = helper._rows
        return rows if self.limit is None else nest.map_structure(lambda x: x[:self.limit], rows)

    def _scan(self, rows: Any) -> tuple[Any, Any, Any]:
        """A scan over the rows; once all are finished nothing changes any more."""
        plain = type(self.decoder._helper).next_inputs is TrainingHelper.next_inputs
        steps = tf.shape(nest.flatten(rows)[0])[0]
        arrays = _Arrays(self.state, steps)
        loose = (self.inputs, arrays.sized, self.finished, self.lengths)
        flat, taken = nest.flatten(loose, True), nest.flatten(rows)
        graph = graph_for(*taken)
        assert graph is not None

        def body(carried: Any, row: Any) -> tuple[list[Any], list[Any]]:
            count, runs = carried[0], tf.logical_not(tf.reduce_all(nest.pack_sequence_as(loose, list(carried[1:]),
                                                                                         True)[2]))
            inputs, state, finished, lengths = nest.pack_sequence_as(loose, list(carried[1:]), True)
            given = nest.pack_sequence_as(rows, list(row[1:])) if plain else inputs
            outputs, after, following, done, new_lengths = self._step(row[0], given, state, finished, lengths)
            after = nest.map_structure(lambda new, old: new if hasattr(old, "_parts") else _held(runs, new, old),
                                       after, state)
            new = (inputs if plain else following, after, done, _held(runs, new_lengths, lengths))
            return [count + tf.cast(runs, dtypes.int32), *nest.flatten(new, True)], nest.flatten(outputs)

        with mode.opened(graph), graph.name_scope("while"):
            numbers = structural.row_numbers(taken[0])
            found = control_flow.scanned(graph, body, [tf.constant(0), *flat], [numbers, *taken])
            found = [tf.identity(t, name="Exit") for t in found]
        count = found[0]
        _, state, _, lengths = nest.pack_sequence_as(loose, found[1:1 + len(flat)], True)
        return self._stacked(found[1 + len(flat):], count), arrays.cut(state, count), lengths

    # Until it ends --------------------------------------------------------------------------------

    def _bound(self) -> Any:
        """How many steps there can be at most, None where nobody knows."""
        if self.limit is None:
            return None
        known = tf.get_static_value(self.limit)
        # through floats: what a size follows from by integers alone is part of the program, compiled for each value
        return int(known) if known is not None else tf.cast(tf.cast(self.limit, dtypes.float32), dtypes.int32)

    def _loop(self, bound: Any) -> tuple[Any, Any, Any]:
        batch = tf.get_static_value(tf.convert_to_tensor(self.decoder.batch_size))

        def array(size: Any, kind: Any) -> Any:
            shape = None
            if isinstance(size, (int, TensorShape)) and batch is not None:
                shape = [int(batch), *TensorShape(size if isinstance(size, TensorShape) else [size]).as_list()]
            if bound is None:
                return tf.TensorArray(kind, size=0, dynamic_size=True, element_shape=shape)
            return tf.TensorArray(kind, size=bound, element_shape=shape)

        outputs = [array(s, k) for s, k in zip(self.sizes, self.kinds, strict=True)]
        arrays = _Arrays(self.state, bound)
        start = [tf.constant(0, dtypes.int32), outputs, arrays.sized, self.inputs, self.finished, self.lengths]

        def body(time: Any, written: Any, state: Any, inputs: Any, finished: Any, lengths: Any) -> list[Any]:
            made, after, following, done, lengths = self._step(time, inputs, state, finished, lengths)
            written = [a.write(time, o) for a, o in zip(written, nest.flatten(made), strict=True)]
            return [time + 1, written, after, following, done, lengths]

        found = tf.while_loop(lambda *now: tf.logical_not(tf.reduce_all(now[4])), body, start,
                              maximum_iterations=self.limit)
        count = None if bound is None else found[0]
        rows = self._stacked([a.stack() for a in found[1]], count)
        return rows, arrays.cut(found[2], count), found[5]


class _Arrays:
    """The TensorArrays of a state: those that grow get room for the steps there can be, and are cut afterwards."""

    def __init__(self, state: Any, steps: Any) -> None:
        self.grew = [steps is not None and hasattr(s, "_parts") and s.dynamic_size for s in nest.flatten(state)]
        leaves = [tf.TensorArray(s.dtype, size=steps, element_shape=s.element_shape) if grows else s
                  for s, grows in zip(nest.flatten(state), self.grew, strict=True)]
        self.sized = nest.pack_sequence_as(state, leaves)

    def cut(self, state: Any, count: Any) -> Any:
        """The state after `count` steps."""
        leaves = [tf.TensorArray(s.dtype, size=count).unstack(s.stack()[:count]) if grew else s
                  for s, grew in zip(nest.flatten(state), self.grew, strict=True)]
        return nest.pack_sequence_as(state, leaves)


def _by_row(chosen: Any, x: Any, y: Any) -> Any:
    """Rows of `x` where `chosen`, else of `y`."""
    found = tf.where(chosen, x, y)
    found.set_shape(y.shape)
    return found


def _carried(finished: Any, old: Any, new: Any) -> Any:
    """A finished row's state stays; scalars and TensorArrays go on."""
    if hasattr(old, "_parts"):
        return new
    new.set_shape(old.shape)
    return new if new.shape.ndims == 0 else _by_row(finished, old, new)


def _held(runs: Any, new: Any, old: Any) -> Any:
    found = states.either(runs, new, old)
    found.set_shape(old.shape)
    return found
