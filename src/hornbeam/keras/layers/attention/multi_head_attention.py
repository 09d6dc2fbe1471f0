"""MultiHeadAttention: several attentions beside each other, each on projections of its own."""

from __future__ import annotations

import math
import string
from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.layers.activations.activation import Softmax
from hornbeam.keras.layers.attention import masks
from hornbeam.keras.layers.core.einsum_dense import EinsumDense
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.layers.parameters import parameters
from hornbeam.keras.layers.regularization.dropout import Dropout
from hornbeam.keras.lookup import named
from hornbeam.keras.masks import get_keras_mask, set_keras_mask
from hornbeam.keras.names import keras_export
from hornbeam.keras.operations import Operation

_NAMES = ("kernel_initializer bias_initializer kernel_regularizer bias_regularizer kernel_constraint bias_constraint "
          "activity_regularizer")


class ProjectedAttention(Layer):
    """Base: queries, keys and values through dense layers, attention by heads, and a dense layer on the result."""

    _sliding_window: int | None

    def _take(self, given: dict[str, Any]) -> None:
        """Keep what the dense layers are made with, under private names: the layer has no such weights itself."""
        holder = type("Arguments", (), {})()
        parameters(holder, given, _NAMES)
        for name in _NAMES.split():
            setattr(self, f"_{name}", getattr(holder, name))

    def _dense(self, equation: str, output_shape: tuple[Any, ...], bias_axes: str, name: str,
               activation: Any = None) -> EinsumDense:
        again = {f"{n}_initializer": _fresh(getattr(self, f"_{n}_initializer")) for n in ("kernel", "bias")}
        rest = {n: getattr(self, f"_{n}") for n in _NAMES.split() if not n.endswith("initializer")}
        return EinsumDense(equation, output_shape=output_shape, bias_axes=bias_axes if self._use_bias else None,
                           activation=activation, name=name, dtype=self.dtype_policy, **again, **rest)

    def _compute_attention_mask(self, query: Any, value: Any, query_mask: Any = None, value_mask: Any = None,
                                key_mask: Any = None, attention_mask: Any = None, use_causal_mask: bool = False) -> Any:
        """One mask [batch, targets, sources] from all that restrict; None where nothing does."""
        return masks.of_sequences(query, value, query_mask, value_mask, key_mask, attention_mask, use_causal_mask,
                                  self._sliding_window)

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        if self._call_signature.bind(*args, **kwargs).arguments.get("return_attention_scores"):
            return Operation.compute_output_spec(self, *args, **kwargs)
        return super().compute_output_spec(*args, **kwargs)

    def _names_config(self) -> dict[str, Any]:
        return {n: named(f"{n.rpartition('_')[2]}s.serialize")(getattr(self, f"_{n}")) for n in _NAMES.split()}


def _fresh(initializer: Any) -> Any:
    """An initializer like another: with a seed of its own where that draws one."""
    return type(initializer).from_config(initializer.get_config()) if hasattr(initializer, "get_config") else (
        initializer)


def _checked(**numbers: Any) -> None:
    for name, value in numbers.items():
        if not isinstance(value, int) or value <= 0:
            raise ValueError(f"Received an invalid value for argument `{name}`, expected a positive integer. Received: "
                             f"{name}={value}")


@keras_export("layers.MultiHeadAttention")
class MultiHeadAttention(ProjectedAttention):
    """Attention by `num_heads` heads of size `key_dim`. Vaswani et al. 2017.

    `call(query, value, key=value)`: [batch, …, n]; with masks of each, an `attention_mask` [batch, targets, sources],
    `use_causal_mask`, `return_attention_scores` for (result, scores [batch, heads, …]). value_dim: of the values' head,
    by default `key_dim`. output_shape: of the result's last dimensions, by default the query's last. attention_axes:
    those that are looked over, by default all but batch and features. sliding_window: positions see only those less
    than so far away. use_gate: the result times a gate made of the query. dropout: part of the scores dropped while
    training. flash_attention: accepted. Raises ValueError for sizes and shapes that make no sense.
    """

    def __init__(self, num_heads: int, key_dim: int, value_dim: int | None = None, dropout: float = 0.0,
                 use_bias: bool = True, output_shape: Any = None, attention_axes: Any = None,
                 sliding_window: int | None = None, flash_attention: Any = None,
                 kernel_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
                 kernel_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
                 kernel_constraint: Any = None, bias_constraint: Any = None, use_gate: bool = False,
                 seed: int | None = None, **kwargs: Any) -> None:
        _checked(num_heads=num_heads, key_dim=key_dim)
        if value_dim is not None:
            _checked(value_dim=value_dim)
        if sliding_window is not None:
            _checked(sliding_window=sliding_window)
        given = dict(locals())
        super().__init__(**kwargs)
        self._take(given)
        self.supports_masking = True
        self._num_heads, self._key_dim, self._value_dim = num_heads, key_dim, value_dim or key_dim
        self._dropout, self._use_bias, self._use_gate = dropout, use_bias, use_gate
        if output_shape and not isinstance(output_shape, (int, list, tuple)):
            raise ValueError(f"Invalid `output_shape`: {output_shape}. When specified, the `output_shape` should be of "
                             "type tuple, list, or int.")
        self._output_shape = (output_shape,) if isinstance(output_shape, int) else (
            None if not output_shape else tuple(output_shape))
        if attention_axes is not None and not isinstance(attention_axes, (int, list, tuple)):
            raise ValueError("`attention_axes` must be an int, list, or tuple."
                             f"Received: attention_axes={attention_axes}")
        self._attention_axes: Any = (attention_axes,) if isinstance(attention_axes, int) else attention_axes
        self._sliding_window, self._flash_attention = sliding_window, flash_attention
        self.seed = seed

    @property
    def num_heads(self) -> int:
        """The number of heads."""
        return self._num_heads

    @property
    def key_dim(self) -> int:
        """The size of each head's queries and keys."""
        return self._key_dim

    @property
    def value_dim(self) -> int:
        """The size of each head's values."""
        return self._value_dim

    @property
    def dropout(self) -> float:
        """The part of the scores that is dropped while training."""
        return self._dropout

    @property
    def use_bias(self) -> bool:
        """Whether the dense layers have a bias."""
        return self._use_bias

    @property
    def attention_axes(self) -> Any:
        """The axes that are looked over."""
        return self._attention_axes

    @property
    def query_dense(self) -> EinsumDense:
        """The layer of the queries."""
        return self._query_dense

    @property
    def key_dense(self) -> EinsumDense:
        """The layer of the keys."""
        return self._key_dense

    @property
    def value_dense(self) -> EinsumDense:
        """The layer of the values."""
        return self._value_dense

    @property
    def output_dense(self) -> EinsumDense:
        """The layer of the result."""
        return self._output_dense

    def build(self, query_shape: Any, value_shape: Any, key_shape: Any = None) -> None:
        key_shape = value_shape if key_shape is None else key_shape
        self.compute_output_shape(query_shape, value_shape, key_shape)
        heads = self._num_heads

        def projection(name: str, shape: Any, size: int, activation: Any = None) -> EinsumDense:
            equation, bias_axes, rank = _projection(len(shape) - 1, 1, 2)
            made = self._dense(equation, _last((heads, size), rank - 1), bias_axes, name, activation)
            made.build(shape)
            return made

        self._query_dense = projection("query", query_shape, self._key_dim)
        self._key_dense = projection("key", key_shape, self._key_dim)
        if self._use_gate:
            self._gate_dense = projection("gate", query_shape, self._value_dim, "sigmoid")
        self._value_dense = projection("value", value_shape, self._value_dim)
        self._build_attention(len(value_shape) + 1)
        size = self._output_shape or (query_shape[-1],)
        equation, bias_axes, rank = _projection(len(query_shape) - 1, 2, len(size))
        self._output_dense = self._dense(equation, _last(size, rank - 1), bias_axes, "attention_output")
        self._output_dense.build((*query_shape[:-1], heads, self._value_dim))

    def _build_attention(self, rank: int) -> None:
        axes = tuple(range(1, rank - 2)) if self._attention_axes is None else tuple(
            a if a >= 0 else rank - 1 + a for a in self._attention_axes)
        self._attention_axes = axes
        self._dot_product_equation, self._combine_equation, scores = _equations(rank, axes)
        self._softmax = Softmax(axis=tuple(range(scores - len(axes), scores)), dtype=self.dtype_policy)
        self._dropout_layer = Dropout(rate=self._dropout, dtype=self.dtype_policy, seed=self.seed)

    def call(self, query: Any, value: Any, key: Any = None, query_mask: Any = None, value_mask: Any = None,
             key_mask: Any = None, attention_mask: Any = None, return_attention_scores: bool = False,
             training: bool | None = None, use_causal_mask: bool = False) -> Any:
        key = value if key is None else key
        own_mask = get_keras_mask(query)
        query_mask = own_mask if query_mask is None else query_mask
        for tensor in (query, value, key):
            set_keras_mask(tensor, None)
        allowed = self._compute_attention_mask(query, value, query_mask, value_mask, key_mask, attention_mask,
                                               use_causal_mask)
        gate = self._gate_dense(query) if self._use_gate else None
        result, scores = self._compute_attention(self._query_dense(query), self._key_dense(key),
                                                 self._value_dense(value), allowed, training, return_attention_scores)
        result = self._output_dense(result if gate is None else ops.multiply(result, gate))
        if own_mask is not None:
            set_keras_mask(result, own_mask)
        return (result, scores) if return_attention_scores else result

    def _compute_attention(self, query: Any, key: Any, value: Any, attention_mask: Any = None,
                           training: bool | None = None, return_attention_scores: bool = False,
                           use_causal_mask: bool = False) -> tuple[Any, Any]:
        """The result and the scores of projected queries, keys and values [batch, …, heads, size].

        Subclasses may write theirs. `call` has the causal mask within `attention_mask`.
        """
        if use_causal_mask:
            attention_mask = masks.together(attention_mask, masks.causal(ops.shape(query)[1], ops.shape(key)[1]))
        scale = 1.0 / math.sqrt(float(self._key_dim))
        expanded = attention_mask
        if expanded is not None:
            for _ in range(2 + 2 * len(self._attention_axes) - len(expanded.shape) if len(query.shape) == 4 else 0):
                expanded = ops.expand_dims(expanded, axis=-2 * len(self._attention_axes) - 1)
        plain = self._dropout <= 0 and not return_attention_scores and len(query.shape) == 4
        if plain and self._attention_axes == (1,):
            return ops.dot_product_attention(query, key, value, mask=expanded, scale=scale), None
        scores = ops.einsum(self._dot_product_equation, key, ops.multiply(query, ops.cast(scale, query.dtype)))
        scores = self._masked_softmax(scores, attention_mask)
        kept = self._dropout_layer(scores, training=training) if self._dropout > 0 else scores
        return ops.einsum(self._combine_equation, kept, value), scores

    def _masked_softmax(self, attention_scores: Any, attention_mask: Any = None) -> Any:
        if attention_mask is None:
            return self._softmax(attention_scores)
        for _ in range(len(attention_scores.shape) - len(attention_mask.shape)):
            attention_mask = ops.expand_dims(attention_mask, axis=-2 * len(self._attention_axes) - 1)
        return self._softmax(attention_scores, mask=attention_mask)

    def compute_output_shape(self, query_shape: Any, value_shape: Any, key_shape: Any = None) -> tuple[Any, ...]:
        key_shape = value_shape if key_shape is None else key_shape
        if tuple(value_shape[1:-1]) != tuple(key_shape[1:-1]):
            raise ValueError("All dimensions of `value` and `key`, except the last one, must be equal. Received: "
                             f"value_shape={value_shape} and key_shape={key_shape}")
        return (*query_shape[:-1], *self._output_shape) if self._output_shape else tuple(query_shape)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "num_heads": self._num_heads, "key_dim": self._key_dim,
                "value_dim": self._value_dim, "dropout": self._dropout, "use_bias": self._use_bias,
                "use_gate": self._use_gate, "output_shape": self._output_shape,
                "attention_axes": self._attention_axes, "sliding_window": self._sliding_window,
                **self._names_config(), "seed": self.seed}


def _projection(free: int, bound: int, output: int) -> tuple[str, str, int]:
    """The einsum of a dense layer over `bound` dimensions after `free` ones, its bias axes and the result's rank."""
    letters = iter(string.ascii_lowercase)
    batch = "".join(next(letters) for _ in range(free))
    summed = "".join(next(letters) for _ in range(bound))
    made = "".join(next(letters) for _ in range(output))
    return f"{batch}{summed},{summed}{made}->{batch}{made}", made, free + output


def _last(known: tuple[int, ...], rank: int) -> tuple[int | None, ...]:
    return (*(None,) * (rank - len(known)), *known)


def _equations(rank: int, axes: tuple[int, ...]) -> tuple[str, str, int]:
    """The einsums of scores (keys with queries) and of the result (scores with values), and the scores' rank."""
    letters = string.ascii_lowercase
    target = letters[:rank]
    batch = [i for i in range(rank) if i not in axes and i != rank - 1]
    spare = rank
    source = ""
    for i in range(rank):
        if i in batch or i == rank - 1:
            source += target[i]
        else:
            source += letters[spare]
            spare += 1
    scores = "".join(target[i] for i in batch) + "".join(target[i] for i in axes) + "".join(source[i] for i in axes)
    return f"{source},{target}->{scores}", f"{scores},{source}->{target}", len(scores)


@keras_export("layers.GroupQueryAttention")
class GroupedQueryAttention(ProjectedAttention):
    """Attention in which groups of query heads share keys and values. Ainslie et al. 2023.

    head_dim: the size of a head; num_query_heads is a multiple of num_key_value_heads. Other arguments and `call` as
    for `MultiHeadAttention`. Raises ValueError where it is not.
    """

    def __init__(self, head_dim: int, num_query_heads: int, num_key_value_heads: int, dropout: float = 0.0,
                 use_bias: bool = True, sliding_window: int | None = None, flash_attention: Any = None,
                 kernel_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
                 kernel_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
                 kernel_constraint: Any = None, bias_constraint: Any = None, use_gate: bool = False,
                 seed: int | None = None, **kwargs: Any) -> None:
        _checked(head_dim=head_dim, num_query_heads=num_query_heads, num_key_value_heads=num_key_value_heads)
        if sliding_window is not None:
            _checked(sliding_window=sliding_window)
        if num_query_heads % num_key_value_heads:
            raise ValueError("`num_query_heads` must be divisible by `num_key_value_heads`. Received: num_query_heads="
                             f"{num_query_heads}, num_key_value_heads={num_key_value_heads}")
        given = dict(locals())
        super().__init__(**kwargs)
        self._take(given)
        self.supports_masking = True
        self.head_dim, self.num_query_heads = head_dim, num_query_heads
        self.num_key_value_heads, self.num_repeats = num_key_value_heads, num_query_heads // num_key_value_heads
        self.dropout, self.use_bias, self.use_gate = dropout, use_bias, use_gate
        self._use_bias = use_bias
        self.sliding_window = self._sliding_window = sliding_window
        self._flash_attention, self.seed = flash_attention, seed

    def build(self, query_shape: Any, value_shape: Any, key_shape: Any = None) -> None:
        key_shape = value_shape if key_shape is None else key_shape

        def projection(equation: str, name: str, heads: int, shape: Any, axes: str, activation: Any = None) -> Any:
            made = self._dense(equation, (None, heads, self.head_dim), axes, name, activation)
            made.build(shape)
            return made

        self._query_dense = projection("bqm,muh->bquh", "query", self.num_query_heads, query_shape, "uh")
        self._key_dense = projection("bkm,mvh->bkvh", "key", self.num_key_value_heads, key_shape, "vh")
        if self.use_gate:
            self._gate_dense = projection("bqm,muh->bquh", "gate", self.num_query_heads, query_shape, "uh", "sigmoid")
        self._value_dense = projection("bkm,mvh->bkvh", "value", self.num_key_value_heads, value_shape, "vh")
        self._softmax = Softmax(axis=-1, dtype=self.dtype_policy)
        self._dropout_layer = Dropout(rate=self.dropout, dtype=self.dtype_policy, seed=self.seed)
        self._output_dense = self._dense("bquh,uhm->bqm", (None, query_shape[-1]), "m", "attention_output")
        self._output_dense.build((None, None, self.num_query_heads, self.head_dim))

    def call(self, query: Any, value: Any, key: Any = None, query_mask: Any = None, value_mask: Any = None,
             key_mask: Any = None, attention_mask: Any = None, return_attention_scores: bool = False,
             training: bool | None = None, use_causal_mask: bool = False) -> Any:
        key = value if key is None else key
        allowed = self._compute_attention_mask(query, value, query_mask, value_mask, key_mask, attention_mask,
                                               use_causal_mask)
        gate = self._gate_dense(query) if self.use_gate else None
        q, k, v = self._query_dense(query), self._key_dense(key), self._value_dense(value)
        k, v = (ops.repeat(t, self.num_repeats, axis=2) for t in (k, v))
        wants_scores = {"return_attention_scores": True} if return_attention_scores else {}
        result, scores = self._compute_attention(q, k, v, attention_mask=allowed, training=training, **wants_scores)
        result = self._output_dense(result if gate is None else ops.multiply(result, gate))
        return (result, scores) if return_attention_scores else result

    def _compute_attention(self, query: Any, key: Any, value: Any, attention_mask: Any = None,
                           training: bool | None = None, return_attention_scores: bool = False,
                           use_causal_mask: bool = False) -> tuple[Any, Any]:
        """As `MultiHeadAttention._compute_attention`, with as many heads of keys and values as of queries."""
        if use_causal_mask:
            attention_mask = masks.together(attention_mask, masks.causal(ops.shape(query)[1], ops.shape(key)[1]))
        scale = 1.0 / math.sqrt(float(self.head_dim))
        allowed = None if attention_mask is None else ops.expand_dims(attention_mask, 1)
        if self.dropout <= 0 and not return_attention_scores:
            return ops.dot_product_attention(query, key, value, mask=allowed, scale=scale), None
        logits = ops.einsum("bquh,bkuh->buqk", query, key) * ops.cast(scale, query.dtype)
        scores = self._softmax(logits, **({} if allowed is None else {"mask": allowed}))
        kept = self._dropout_layer(scores, training=training) if self.dropout > 0 else scores
        return ops.einsum("buqk,bkuh->bquh", kept, value), scores

    def compute_output_shape(self, query_shape: Any, value_shape: Any, key_shape: Any = None) -> tuple[Any, ...]:
        key_shape = value_shape if key_shape is None else key_shape
        if query_shape[-1] != value_shape[-1]:
            raise ValueError("The last dimension of `query_shape` and `value_shape` must be equal, but are "
                             f"{query_shape[-1]}, {value_shape[-1]}. Received: query_shape={query_shape}, "
                             f"value_shape={value_shape}")
        if tuple(value_shape[1:-1]) != tuple(key_shape[1:-1]):
            raise ValueError("All dimensions of `value` and `key`, except the last one, must be equal. Received: "
                             f"value_shape={value_shape} and key_shape={key_shape}")
        return tuple(query_shape)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "head_dim": self.head_dim, "num_query_heads": self.num_query_heads,
                "num_key_value_heads": self.num_key_value_heads, "use_bias": self.use_bias,
                "use_gate": self.use_gate, "dropout": self.dropout, "sliding_window": self.sliding_window,
                **self._names_config(), "seed": self.seed}
