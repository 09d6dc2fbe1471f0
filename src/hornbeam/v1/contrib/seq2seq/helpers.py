"""What a decoder is fed: the true sequence, what it gave itself, or a mixture.

A helper says what the first inputs are (`initialize`), which outputs were chosen (`sample`), and what comes next
(`next_inputs`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import hornbeam.v1 as tf
from hornbeam.graph import dtypes, nest
from hornbeam.graph.names import public
from hornbeam.graph.shapes import TensorShape
from hornbeam.graph.tensor import Tensor
from hornbeam.ops import states
from hornbeam.v1.rnn.sequences import transpose_batch_time


@public(v1=("contrib.seq2seq.Helper",))
class Helper(ABC):
    """Base of helpers."""

    @property
    @abstractmethod
    def batch_size(self) -> Any:
        """The number of rows, a scalar tensor."""

    @property
    @abstractmethod
    def sample_ids_shape(self) -> Any:
        """The shape of one row's sample, without the batch."""

    @property
    @abstractmethod
    def sample_ids_dtype(self) -> Any:
        """The dtype of samples."""

    @abstractmethod
    def initialize(self, name: str | None = None) -> Any:
        """(finished [batch], first inputs)."""

    @abstractmethod
    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """The samples of a step's outputs."""

    @abstractmethod
    def next_inputs(self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None) -> Any:
        """(finished [batch], inputs of the next step, state)."""


def embedding_function(embedding: Any) -> Any:
    """A function of ids: the one given, or a look-up in the table given."""
    return embedding if callable(embedding) else lambda ids: tf.nn.embedding_lookup(embedding, ids)


def drawn_classes(logits: Any, seed: int | None) -> Any:
    """A class for each row of `logits`, drawn with its probability; int32."""
    flat = tf.reshape(logits, [-1, tf.shape(logits)[-1]])
    return tf.reshape(tf.multinomial(flat, 1, seed=seed, output_dtype=dtypes.int32), tf.shape(logits)[:-1])




@public(v1=("contrib.seq2seq.CustomHelper",))
class CustomHelper(Helper):
    """A helper of three functions.

    initialize_fn: () → (finished, first inputs). sample_fn: (time, outputs, state) → samples. next_inputs_fn: (time,
    outputs, state, sample_ids) → (finished, next inputs, next state). All are called by name.
    """

    def __init__(self, initialize_fn: Any, sample_fn: Any, next_inputs_fn: Any, sample_ids_shape: Any = None,
                 sample_ids_dtype: Any = None) -> None:
        self._initialize_fn, self._sample_fn, self._next_inputs_fn = initialize_fn, sample_fn, next_inputs_fn
        self._batch_size: Any = None
        self._sample_ids_shape = TensorShape(sample_ids_shape or [])
        self._sample_ids_dtype = sample_ids_dtype or dtypes.int32

    @property
    def batch_size(self) -> Any:
        """The number of rows. Raises ValueError before `initialize`."""
        if self._batch_size is None:
            raise ValueError("batch_size accessed before initialize was called")
        return self._batch_size

    @property
    def sample_ids_shape(self) -> Any:
        """The shape of one row's sample."""
        return self._sample_ids_shape

    @property
    def sample_ids_dtype(self) -> Any:
        """The dtype of samples."""
        return self._sample_ids_dtype

    def initialize(self, name: str | None = None) -> Any:
        """(finished, first inputs)."""
        with tf.name_scope(name, f"{type(self).__name__}Initialize"):
            finished, inputs = self._initialize_fn()
            if self._batch_size is None:
                self._batch_size = tf.size(finished)
            return finished, inputs

    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """The samples of a step's outputs."""
        with tf.name_scope(name, f"{type(self).__name__}Sample", [time]):
            return self._sample_fn(time=time, outputs=outputs, state=state)

    def next_inputs(self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None) -> Any:
        """(finished, next inputs, next state)."""
        with tf.name_scope(name, f"{type(self).__name__}NextInputs", [time]):
            return self._next_inputs_fn(time=time, outputs=outputs, state=state, sample_ids=sample_ids)


class _DrawsClasses(Helper):
    """A helper whose samples are the numbers of classes, one a row."""

    _batch_size: Any

    @property
    def batch_size(self) -> Any:
        """The number of rows."""
        return self._batch_size

    @property
    def sample_ids_shape(self) -> Any:
        """One number a row."""
        return TensorShape([])

    @property
    def sample_ids_dtype(self) -> Any:
        """int32."""
        return dtypes.int32


@public(v1=("contrib.seq2seq.TrainingHelper",))
class TrainingHelper(_DrawsClasses):
    """The true sequence, whatever the decoder gives; samples are the likeliest classes.

    inputs: [batch, time, ...] (time first where `time_major`), or nested. sequence_length: int [batch].
    Raises ValueError where `sequence_length` is no vector.
    """

    def __init__(self, inputs: Any, sequence_length: Any, time_major: bool = False, name: str | None = None) -> None:
        with tf.name_scope(name, "TrainingHelper", [sequence_length]):
            inputs = nest.map_structure(lambda x: tf.convert_to_tensor(x, name="inputs"), inputs)
            self._inputs = inputs
            self._rows = inputs if time_major else nest.map_structure(transpose_batch_time, inputs)
            self._sequence_length = tf.convert_to_tensor(sequence_length, name="sequence_length")
            if self._sequence_length.shape.ndims != 1:
                raise ValueError("Expected sequence_length to be a vector, but received shape: "
                                 f"{self._sequence_length.shape}")
            self._zero_inputs = nest.map_structure(lambda x: tf.zeros_like(x[0, :]), self._rows)
            self._batch_size = tf.size(self._sequence_length)

    @property
    def inputs(self) -> Any:
        """The sequence, as it was given."""
        return self._inputs

    @property
    def sequence_length(self) -> Any:
        """The lengths [batch]."""
        return self._sequence_length

    def _steps(self) -> Any:
        """How many steps there can be at most: those of the inputs."""
        first = nest.flatten(self._rows)[0]
        known = first.shape.as_list()[0]
        return tf.shape(first)[0] if known is None else known

    def _row(self, rows: Any, time: Any) -> Any:
        """The inputs of a step, zeros past the end of the longest row."""
        over = tf.reduce_all(time >= self._sequence_length)
        at = tf.minimum(tf.cast(time, dtypes.int32), self._steps() - 1)
        return nest.map_structure(lambda x, zero: states.either(over, zero, states.get_row(x, at)), rows,
                                  self._zero_inputs)

    def initialize(self, name: str | None = None) -> Any:
        """(which rows are empty, the first inputs)."""
        with tf.name_scope(name, "TrainingHelperInitialize"):
            finished = tf.equal(0, self._sequence_length)
            return finished, self._row(self._rows, tf.constant(0, self._sequence_length.dtype.base_dtype))

    def sample(self, time: Any, outputs: Any, state: Any = None, name: str | None = None, **kwargs: Any) -> Any:
        """The likeliest classes."""
        with tf.name_scope(name, "TrainingHelperSample", [time]):
            return tf.cast(tf.argmax(outputs, axis=-1), dtypes.int32)

    def next_inputs(self, time: Any, outputs: Any, state: Any, sample_ids: Any = None, name: str | None = None,
                    **kwargs: Any) -> Any:
        """(which rows end here, the next inputs, the state as it is)."""
        with tf.name_scope(name, "TrainingHelperNextInputs", [time]):
            following = tf.cast(time + 1, self._sequence_length.dtype.base_dtype)
            return following >= self._sequence_length, self._row(self._rows, following), state


def _probability(value: Any) -> Any:
    probability = tf.convert_to_tensor(value, name="sampling_probability")
    if probability.shape.ndims not in (0, 1):
        raise ValueError("sampling_probability must be either a scalar or a vector. saw shape: "
                         f"{probability.shape}")
    return probability


def _chosen(probability: Any, batch_size: Any, seed: int | None) -> Any:
    """For each row whether it is chosen, with a probability for all or one each."""
    draws = tf.random_uniform(tf.reshape(batch_size, [1]), seed=seed, dtype=probability.dtype.base_dtype)
    return draws < probability


def _by_row(chosen: Any, x: Any, y: Any) -> Any:
    """Rows of `x` where `chosen`, else of `y`."""
    found = tf.where(chosen, x, y)
    found.set_shape(y.shape)
    return found


@public(v1=("contrib.seq2seq.ScheduledEmbeddingTrainingHelper",))
class ScheduledEmbeddingTrainingHelper(TrainingHelper):
    """Now and then a row gets the embedding of a class drawn from its outputs, else the true input.

    embedding: a table, or a function of ids. sampling_probability: of drawing, a scalar or [batch]. seed: of the draws;
    scheduling_seed: of when to draw. The samples are -1 where none was drawn. The rest as for `TrainingHelper`.
    """

    def __init__(self, inputs: Any, sequence_length: Any, embedding: Any, sampling_probability: Any,
                 time_major: bool = False, seed: int | None = None, scheduling_seed: int | None = None,
                 name: str | None = None) -> None:
        with tf.name_scope(name, "ScheduledEmbeddingSamplingWrapper", [sampling_probability]):
            self._embedding_fn = embedding_function(embedding)
            self._sampling_probability = _probability(sampling_probability)
            self._seed, self._scheduling_seed = seed, scheduling_seed
            super().__init__(inputs, sequence_length, time_major, name)

    def sample(self, time: Any, outputs: Any, state: Any = None, name: str | None = None, **kwargs: Any) -> Any:
        """Drawn classes, -1 in rows without."""
        with tf.name_scope(name, "ScheduledEmbeddingTrainingHelperSample", [time]):
            chosen = _chosen(self._sampling_probability, self.batch_size, self._scheduling_seed)
            drawn = drawn_classes(outputs, self._seed)
            return tf.where(chosen, drawn, -tf.ones_like(drawn))

    def next_inputs(self, time: Any, outputs: Any, state: Any, sample_ids: Any = None, name: str | None = None,
                    **kwargs: Any) -> Any:
        """(finished, embeddings of what was drawn or the true inputs, state)."""
        with tf.name_scope(name, "ScheduledEmbeddingTrainingHelperNextInputs", [time]):
            finished, true, state = super().next_inputs(time, outputs, state)
            drawn = self._embedding_fn(tf.maximum(sample_ids, 0))
            chosen = tf.logical_and(sample_ids > -1, tf.logical_not(tf.reduce_all(finished)))
            return finished, _by_row(chosen, drawn, true), state


@public(v1=("contrib.seq2seq.ScheduledOutputTrainingHelper",))
class ScheduledOutputTrainingHelper(TrainingHelper):
    """Now and then a row gets its own output as its next input, else the true input.

    sampling_probability: of that, a scalar or [batch]. next_inputs_fn: a function of the outputs that gives the inputs.
    auxiliary_inputs: [batch, time, ...], put beside the inputs in any case. The rest as for `TrainingHelper`.
    """

    def __init__(self, inputs: Any, sequence_length: Any, sampling_probability: Any, time_major: bool = False,
                 seed: int | None = None, next_inputs_fn: Any = None, auxiliary_inputs: Any = None,
                 name: str | None = None) -> None:
        with tf.name_scope(name, "ScheduledOutputTrainingHelper", [sampling_probability]):
            self._sampling_probability = _probability(sampling_probability)
            self._seed, self._next_inputs_fn = seed, next_inputs_fn
            self._auxiliary: Any = None
            if auxiliary_inputs is not None:
                auxiliary_inputs = tf.convert_to_tensor(auxiliary_inputs, name="auxiliary_inputs")
                inputs = tf.concat([tf.convert_to_tensor(inputs, name="inputs"), auxiliary_inputs], -1)
                self._auxiliary = auxiliary_inputs if time_major else transpose_batch_time(auxiliary_inputs)
            super().__init__(inputs, sequence_length, time_major, name)

    def sample(self, time: Any, outputs: Any, state: Any = None, name: str | None = None, **kwargs: Any) -> Any:
        """1 in rows that get their output, else 0."""
        with tf.name_scope(name, "ScheduledOutputTrainingHelperSample", [time]):
            return tf.cast(_chosen(self._sampling_probability, self.batch_size, self._seed), dtypes.int32)

    def next_inputs(self, time: Any, outputs: Any, state: Any, sample_ids: Any = None, name: str | None = None,
                    **kwargs: Any) -> Any:
        """(finished, outputs or true inputs, state)."""
        with tf.name_scope(name, "ScheduledOutputTrainingHelperNextInputs", [time]):
            finished, true, state = super().next_inputs(time, outputs, state)
            own = outputs if self._next_inputs_fn is None else self._next_inputs_fn(outputs)
            if self._auxiliary is not None:
                at = tf.minimum(time + 1, self._steps() - 1)
                own = tf.concat([own, states.get_row(self._auxiliary, at)], -1)
            chosen = tf.logical_and(tf.cast(sample_ids, dtypes.bool), tf.logical_not(tf.reduce_all(finished)))
            return finished, _by_row(chosen, own, true), state


@public(v1=("contrib.seq2seq.GreedyEmbeddingHelper",))
class GreedyEmbeddingHelper(_DrawsClasses):
    """The embedding of the likeliest class is the next input, until that class is the end.

    embedding: a table, or a function of ids. start_tokens: int [batch], the first classes. end_token: int, the class
    that ends a row. Raises ValueError for other ranks.
    """

    def __init__(self, embedding: Any, start_tokens: Any, end_token: Any) -> None:
        self._embedding_fn = embedding_function(embedding)
        self._start_tokens = tf.convert_to_tensor(start_tokens, dtype=dtypes.int32, name="start_tokens")
        self._end_token = tf.convert_to_tensor(end_token, dtype=dtypes.int32, name="end_token")
        if self._start_tokens.shape.ndims != 1:
            raise ValueError("start_tokens must be a vector")
        self._batch_size = tf.size(self._start_tokens)
        if self._end_token.shape.ndims != 0:
            raise ValueError("end_token must be a scalar")
        self._start_inputs = self._embedding_fn(self._start_tokens)

    def initialize(self, name: str | None = None) -> Any:
        """(no row is finished, the embeddings of the first classes)."""
        return tf.fill([self._batch_size], False), self._start_inputs

    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """The likeliest classes. Raises TypeError where the outputs are several tensors."""
        if not isinstance(outputs, Tensor):
            raise TypeError(f"Expected outputs to be a single Tensor, got: {type(outputs)}")
        return tf.argmax(outputs, axis=-1, output_type=dtypes.int32)

    def next_inputs(self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None) -> Any:
        """(which rows end, the embeddings of the classes, state)."""
        finished = tf.equal(sample_ids, self._end_token)
        following = self._embedding_fn(sample_ids)
        over = tf.reduce_all(finished)
        return finished, nest.map_structure(lambda s, x: states.either(over, s, x), self._start_inputs,
                                            following), state


@public(v1=("contrib.seq2seq.SampleEmbeddingHelper",))
class SampleEmbeddingHelper(GreedyEmbeddingHelper):
    """As `GreedyEmbeddingHelper`, with classes drawn by their probabilities.

    softmax_temperature: what the logits are divided by first. seed: of the draws.
    """

    def __init__(self, embedding: Any, start_tokens: Any, end_token: Any, softmax_temperature: Any = None,
                 seed: int | None = None) -> None:
        super().__init__(embedding, start_tokens, end_token)
        self._softmax_temperature, self._seed = softmax_temperature, seed

    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """Drawn classes. Raises TypeError where the outputs are several tensors."""
        if not isinstance(outputs, Tensor):
            raise TypeError(f"Expected outputs to be a single Tensor, got: {type(outputs)}")
        logits = outputs if self._softmax_temperature is None else outputs / self._softmax_temperature
        return drawn_classes(logits, self._seed)


@public(v1=("contrib.seq2seq.InferenceHelper",))
class InferenceHelper(Helper):
    """A helper for inference with samples of any kind.

    sample_fn: outputs → samples. sample_shape, sample_dtype: of one row's sample. start_inputs: [batch, ...].
    end_fn: samples → which rows end. next_inputs_fn: samples → inputs; by default they are the inputs.
    """

    def __init__(self, sample_fn: Any, sample_shape: Any, sample_dtype: Any, start_inputs: Any, end_fn: Any,
                 next_inputs_fn: Any = None) -> None:
        self._sample_fn, self._end_fn, self._next_inputs_fn = sample_fn, end_fn, next_inputs_fn
        self._sample_shape, self._sample_dtype = TensorShape(sample_shape), sample_dtype
        self._start_inputs = tf.convert_to_tensor(start_inputs, name="start_inputs")
        self._batch_size = tf.shape(self._start_inputs)[0]

    @property
    def batch_size(self) -> Any:
        """The number of rows."""
        return self._batch_size

    @property
    def sample_ids_shape(self) -> Any:
        """The shape of one row's sample."""
        return self._sample_shape

    @property
    def sample_ids_dtype(self) -> Any:
        """The dtype of samples."""
        return self._sample_dtype

    def initialize(self, name: str | None = None) -> Any:
        """(no row is finished, the first inputs)."""
        return tf.fill([self._batch_size], False), self._start_inputs

    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """The samples of a step's outputs."""
        return self._sample_fn(outputs)

    def next_inputs(self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None) -> Any:
        """(which rows end, the next inputs, state)."""
        following = sample_ids if self._next_inputs_fn is None else self._next_inputs_fn(sample_ids)
        return self._end_fn(sample_ids), following, state
