"""Attention: how well each place of a memory answers a query.

A mechanism is called with a query [batch, depth] and its state; it gives the alignments [batch, places] and its next
state, which is the alignments again.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

import hornbeam.v1 as tf
from hornbeam.graph import dtypes, nest
from hornbeam.graph.names import public
from hornbeam.v1.layers.core import Dense
from hornbeam.v1.rnn.sequences import zeros_of


@public(v1=("contrib.seq2seq.AttentionMechanism",))
class AttentionMechanism:
    """Base of mechanisms."""

    @property
    def alignments_size(self) -> Any:
        """The number of places."""
        raise NotImplementedError

    @property
    def state_size(self) -> Any:
        """The size of the state."""
        raise NotImplementedError


class _Attention(AttentionMechanism):
    """A memory, its keys, and probabilities of scores; a subclass says the scores."""

    def __init__(self, query_layer: Any, memory: Any, probability_fn: Any, memory_sequence_length: Any = None,
                 memory_layer: Any = None, check_inner_dims_defined: bool = True, score_mask_value: Any = None,
                 custom_key_value_fn: Any = None, name: str | None = None) -> None:
        for label, layer in (("query_layer", query_layer), ("memory_layer", memory_layer)):
            if layer is not None and not callable(layer):
                raise TypeError(f"{label} is not a Layer: {type(layer).__name__}")
        if not callable(probability_fn):
            raise TypeError(f"probability_fn must be callable, saw type: {type(probability_fn).__name__}")
        self._query_layer, self._memory_layer = query_layer, memory_layer
        self.dtype = memory_layer.dtype
        masked = score_mask_value if score_mask_value is not None else dtypes.as_dtype(
            memory_layer.dtype).as_numpy_dtype(-np.inf)
        self._probabilities = lambda score, before: probability_fn(
            _masked_score(score, memory_sequence_length, masked), before)
        with tf.name_scope(name, "BaseAttentionMechanismInit", nest.flatten(memory)):
            self._values = _masked_memory(memory, memory_sequence_length, check_inner_dims_defined)
            self._keys = memory_layer(self._values) if memory_layer else self._values
            if custom_key_value_fn is not None:
                self._keys, self._values = custom_key_value_fn(self._keys, self._values)
            known, sizes = self._keys.shape.as_list(), tf.shape(self._keys)
            self._batch_size = sizes[0] if known[0] is None else known[0]
            self._alignments_size = sizes[1] if known[1] is None else known[1]

    @property
    def memory_layer(self) -> Any:
        """The layer that makes the keys of the memory."""
        return self._memory_layer

    @property
    def query_layer(self) -> Any:
        """The layer that queries go through, or None."""
        return self._query_layer

    @property
    def values(self) -> Any:
        """The memory [batch, places, depth], zero past its length."""
        return self._values

    @property
    def keys(self) -> Any:
        """What queries are compared with [batch, places, units]."""
        return self._keys

    @property
    def batch_size(self) -> Any:
        """The number of rows."""
        return self._batch_size

    @property
    def alignments_size(self) -> Any:
        """The number of places."""
        return self._alignments_size

    @property
    def state_size(self) -> Any:
        """The number of places."""
        return self._alignments_size

    def initial_alignments(self, batch_size: Any, dtype: Any) -> Any:
        """Zeros."""
        return zeros_of(self._alignments_size, batch_size, dtype)

    def initial_state(self, batch_size: Any, dtype: Any) -> Any:
        """The initial alignments."""
        return self.initial_alignments(batch_size, dtype)


def _masked_memory(memory: Any, lengths: Any, check_inner: bool) -> Any:
    memory = nest.map_structure(lambda m: tf.convert_to_tensor(m, name="memory"), memory)
    for m in nest.flatten(memory) if check_inner else ():
        if not m.shape[2:].is_fully_defined():
            raise ValueError(f"Expected memory {m.name} to have fully defined inner dims, but saw shape: {m.shape}")
    if lengths is None:
        return memory
    first = nest.flatten(memory)[0]
    mask = tf.sequence_mask(tf.convert_to_tensor(lengths), maxlen=tf.shape(first)[1], dtype=first.dtype)

    def masked(m: Any) -> Any:
        whole = mask
        for _ in range(m.shape.ndims - 2):
            whole = tf.expand_dims(whole, -1)
        found = m * whole
        found.set_shape(m.shape)
        return found

    return nest.map_structure(masked, memory)


def _masked_score(score: Any, lengths: Any, value: Any) -> Any:
    if lengths is None:
        return score
    check = tf.assert_positive(lengths, message="All values in memory_sequence_length must be greater than zero.")
    with tf.control_dependencies([check] if check is not None else []):
        mask = tf.sequence_mask(lengths, maxlen=tf.shape(score)[1])
    return tf.where(mask, score, value * tf.ones_like(score))


def _luong_score(query: Any, keys: Any, scale: Any) -> Any:
    depth, units = query.shape.as_list()[-1], keys.shape.as_list()[-1]
    if depth != units:
        raise ValueError(f"Incompatible or unknown inner dimensions between query and keys.  Query ({query}) has "
                         f"units: {depth}.  Keys ({keys}) have units: {units}.  Perhaps you need to set num_units to "
                         f"the keys' dimension ({units})?")
    score = tf.squeeze(tf.matmul(tf.expand_dims(query, 1), keys, transpose_b=True), [1])
    return score if scale is None else scale * score


def _bahdanau_score(query: Any, keys: Any, units: int, normalize: bool, dtype: Any) -> Any:
    v = tf.get_variable("attention_v", [units], dtype=dtype)
    query = tf.expand_dims(query, 1)
    if not normalize:
        return tf.reduce_sum(v * tf.tanh(keys + query), [2])
    g = tf.get_variable("attention_g", dtype=dtype, initializer=tf.constant_initializer(math.sqrt(1.0 / units)),
                        shape=())
    b = tf.get_variable("attention_b", [units], dtype=dtype, initializer=tf.zeros_initializer())
    normed = g * v * tf.rsqrt(tf.reduce_sum(tf.square(v)))
    return tf.reduce_sum(normed * tf.tanh(keys + query + b), [2])


class _Luong(_Attention):
    """Scores that are products of query and keys."""

    _scope: str

    def __init__(self, num_units: int, scale: bool, dtype: Any, **settings: Any) -> None:
        layer = Dense(num_units, name="memory_layer", use_bias=False, dtype=dtype or dtypes.float32)
        super().__init__(query_layer=None, memory_layer=layer, **settings)
        self._num_units, self._scale = num_units, scale

    def __call__(self, query: Any, state: Any) -> tuple[Any, Any]:
        """The alignments, and the next state, which they are."""
        with tf.variable_scope(None, self._scope, [query]):
            g = tf.get_variable("attention_g", dtype=query.dtype, initializer=tf.ones_initializer,
                                shape=()) if self._scale else None
            score = self._biased(_luong_score(query, self._keys, g), query.dtype)
        alignments = self._probabilities(score, state)
        return alignments, alignments

    def _biased(self, score: Any, dtype: Any) -> Any:
        return score


class _Bahdanau(_Attention):
    """Scores by a hidden layer that sees query and keys."""

    _scope: str

    def __init__(self, num_units: int, normalize: bool, dtype: Any, **settings: Any) -> None:
        kind = dtype or dtypes.float32
        query_layer = Dense(num_units, name="query_layer", use_bias=False, dtype=kind)
        memory_layer = Dense(num_units, name="memory_layer", use_bias=False, dtype=kind)
        super().__init__(query_layer=query_layer, memory_layer=memory_layer, **settings)
        self._num_units, self._normalize = num_units, normalize

    def __call__(self, query: Any, state: Any) -> tuple[Any, Any]:
        """The alignments, and the next state, which they are."""
        with tf.variable_scope(None, self._scope, [query]):
            asked = self.query_layer(query) if self.query_layer else query
            score = self._biased(_bahdanau_score(asked, self._keys, self._num_units, self._normalize, query.dtype),
                                 query.dtype)
        alignments = self._probabilities(score, state)
        return alignments, alignments

    def _biased(self, score: Any, dtype: Any) -> Any:
        return score


def _of_score(probability_fn: Any) -> Any:
    if probability_fn is None:
        probability_fn = tf.nn.softmax
    return lambda score, _: probability_fn(score)


@public(v1=("contrib.seq2seq.LuongAttention",))
class LuongAttention(_Luong):
    """Multiplicative attention (Luong et al. 2015): score = query · keys.

    num_units: the depth of queries and keys. memory: [batch, places, depth]. memory_sequence_length: int [batch], past
    which nothing is attended to. scale: whether scores are scaled by a variable. probability_fn: of scores, by default
    softmax. score_mask_value: the score past the length, by default -inf. custom_key_value_fn: of keys and values.
    """

    _scope = "luong_attention"

    def __init__(self, num_units: int, memory: Any, memory_sequence_length: Any = None, scale: bool = False,
                 probability_fn: Any = None, score_mask_value: Any = None, dtype: Any = None,
                 custom_key_value_fn: Any = None, name: str = "LuongAttention") -> None:
        super().__init__(num_units, scale, dtype, memory=memory, memory_sequence_length=memory_sequence_length,
                         probability_fn=_of_score(probability_fn), score_mask_value=score_mask_value,
                         custom_key_value_fn=custom_key_value_fn, name=name)


@public(v1=("contrib.seq2seq.BahdanauAttention",))
class BahdanauAttention(_Bahdanau):
    """Additive attention (Bahdanau et al. 2015): score = v · tanh(W · query + keys).

    num_units: the depth of the hidden layer. normalize: whether v is normalised (Salimans and Kingma 2016). The rest as
    for `LuongAttention`.
    """

    _scope = "bahdanau_attention"

    def __init__(self, num_units: int, memory: Any, memory_sequence_length: Any = None, normalize: bool = False,
                 probability_fn: Any = None, score_mask_value: Any = None, dtype: Any = None,
                 custom_key_value_fn: Any = None, name: str = "BahdanauAttention") -> None:
        super().__init__(num_units, normalize, dtype, memory=memory, memory_sequence_length=memory_sequence_length,
                         probability_fn=_of_score(probability_fn), score_mask_value=score_mask_value,
                         custom_key_value_fn=custom_key_value_fn, name=name)


# Monotonic --------------------------------------------------------------------------------------------


@public(v1=("contrib.seq2seq.safe_cumprod",))
def safe_cumprod(x: Any, *args: Any, **kwargs: Any) -> Any:
    """The running products of numbers of [0, 1], by logarithms. The rest goes to `cumsum`."""
    with tf.name_scope(None, "SafeCumprod", [x]):
        x = tf.convert_to_tensor(x, name="x")
        tiny = np.finfo(x.dtype.as_numpy_dtype).tiny
        return tf.exp(tf.cumsum(tf.log(tf.clip_by_value(x, tiny, 1)), *args, **kwargs))


@public(v1=("contrib.seq2seq.monotonic_attention",))
def monotonic_attention(p_choose_i: Any, previous_attention: Any, mode: str) -> Any:
    """The probabilities of places where attention only moves on (Raffel et al. 2017).

    p_choose_i: of stopping at each place [batch, places]. previous_attention: those of the step before.
    mode: "recursive", "parallel" or "hard". Raises ValueError for others.
    """
    p = tf.convert_to_tensor(p_choose_i, name="p_choose_i")
    before = tf.convert_to_tensor(previous_attention, name="previous_attention")
    if mode == "recursive":
        batch = p.shape.as_list()[0] or tf.shape(p)[0]
        passed = tf.concat([tf.ones((batch, 1)), 1 - p[:, :-1]], 1)
        walked = tf.scan(lambda x, yz: tf.reshape(yz[0] * x + yz[1], (batch,)),
                         [tf.transpose(passed), tf.transpose(before)], tf.zeros((batch,)))
        return p * tf.transpose(walked)
    if mode == "parallel":
        passed = safe_cumprod(1 - p, axis=1, exclusive=True)
        return p * passed * tf.cumsum(before / tf.clip_by_value(passed, 1e-10, 1.0), axis=1)
    if mode == "hard":
        p = p * tf.cumsum(before, axis=1)
        return p * tf.cumprod(1 - p, axis=1, exclusive=True)
    raise ValueError("mode must be 'recursive', 'parallel', or 'hard'.")


def _monotonic(score: Any, before: Any, sigmoid_noise: float, mode: str, seed: int | None) -> Any:
    if sigmoid_noise > 0:
        score = score + sigmoid_noise * tf.random_normal(tf.shape(score), dtype=score.dtype, seed=seed)
    p = tf.cast(score > 0, score.dtype) if mode == "hard" else tf.sigmoid(score)
    return monotonic_attention(p, before, mode)


class _OnlyOn:
    """What monotonic mechanisms share: they start at the first place, and scores have a bias."""

    _alignments_size: Any
    _score_bias_init: float

    def initial_alignments(self, batch_size: Any, dtype: Any) -> Any:
        """One at the first place."""
        return tf.one_hot(tf.zeros((batch_size,), dtype=dtypes.int32), self._alignments_size, dtype=dtype)

    def _biased(self, score: Any, dtype: Any) -> Any:
        return score + tf.get_variable("attention_score_bias", dtype=dtype, initializer=self._score_bias_init)


@public(v1=("contrib.seq2seq.BahdanauMonotonicAttention",))
class BahdanauMonotonicAttention(_OnlyOn, _Bahdanau):
    """`BahdanauAttention` that only moves on.

    sigmoid_noise, sigmoid_noise_seed: of normal noise on the scores. score_bias_init: what the scores' bias starts as.
    mode: as for `monotonic_attention`.
    """

    _scope = "bahdanau_monotonic_attention"

    def __init__(self, num_units: int, memory: Any, memory_sequence_length: Any = None, normalize: bool = False,
                 score_mask_value: Any = None, sigmoid_noise: float = 0.0, sigmoid_noise_seed: int | None = None,
                 score_bias_init: float = 0.0, mode: str = "parallel", dtype: Any = None,
                 name: str = "BahdanauMonotonicAttention") -> None:
        self._score_bias_init = score_bias_init
        probabilities = functools.partial(_monotonic, sigmoid_noise=sigmoid_noise, mode=mode, seed=sigmoid_noise_seed)
        super().__init__(num_units, normalize, dtype, memory=memory, memory_sequence_length=memory_sequence_length,
                         probability_fn=probabilities, score_mask_value=score_mask_value, name=name)


@public(v1=("contrib.seq2seq.LuongMonotonicAttention",))
class LuongMonotonicAttention(_OnlyOn, _Luong):
    """`LuongAttention` that only moves on; the rest as for `BahdanauMonotonicAttention`."""

    _scope = "luong_monotonic_attention"

    def __init__(self, num_units: int, memory: Any, memory_sequence_length: Any = None, scale: bool = False,
                 score_mask_value: Any = None, sigmoid_noise: float = 0.0, sigmoid_noise_seed: int | None = None,
                 score_bias_init: float = 0.0, mode: str = "parallel", dtype: Any = None,
                 name: str = "LuongMonotonicAttention") -> None:
        self._score_bias_init = score_bias_init
        probabilities = functools.partial(_monotonic, sigmoid_noise=sigmoid_noise, mode=mode, seed=sigmoid_noise_seed)
        super().__init__(num_units, scale, dtype, memory=memory, memory_sequence_length=memory_sequence_length,
                         probability_fn=probabilities, score_mask_value=score_mask_value, name=name)


@public(v1=("contrib.seq2seq.hardmax",))
def hardmax(logits: Any, name: str | None = None) -> Any:
    """One at the largest of each row, else zero. Shape and dtype of `logits`."""
    with tf.name_scope(name, "Hardmax", [logits]):
        logits = tf.convert_to_tensor(logits, name="logits")
        known = logits.shape.as_list()[-1]
        return tf.one_hot(tf.argmax(logits, -1), tf.shape(logits)[-1] if known is None else known, dtype=logits.dtype)
