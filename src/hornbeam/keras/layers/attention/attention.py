"""Attention and AdditiveAttention: queries, values and keys as they come, without projections."""

from __future__ import annotations

from typing import Any

from hornbeam.keras import ops, random
from hornbeam.keras.keras_tensor import KerasTensor
from hornbeam.keras.layers.attention import masks
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.names import keras_export
from hornbeam.keras.random.seed_generator import SeedGenerator


@keras_export("layers.Attention")
class Attention(Layer):
    """softmax(query · keyᵀ) · value, for [query, value] or [query, value, key] of [batch, steps, n]. Luong 2015.

    use_scale: scores times a learned number. score_mode: 'dot', or 'concat' for Σ tanh(query + key). dropout: part of
    the scores dropped while training. `call` takes masks of query and value, `use_causal_mask`, and
    `return_attention_scores` for (result, scores). Raises ValueError for other inputs and modes.
    """

    def __init__(self, use_scale: bool = False, score_mode: str = "dot", dropout: float = 0.0, seed: int | None = None,
                 **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.use_scale, self.score_mode = use_scale, score_mode
        self.dropout, self.seed = dropout, seed
        if dropout > 0:
            self.seed_generator = SeedGenerator(seed=seed)
        if score_mode not in ("dot", "concat"):
            raise ValueError("Invalid value for argument score_mode. Expected one of {'dot', 'concat'}. Received: "
                             f"score_mode={score_mode}")
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:
        self._check(input_shape)
        self.scale = self.add_weight(name="scale", shape=(), initializer="ones", dtype=self.dtype,
                                     trainable=True) if self.use_scale else None
        self.concat_score_weight = self.add_weight(name="concat_score_weight", shape=(), initializer="ones",
                                                   dtype=self.dtype, trainable=True) if (
            self.score_mode == "concat") else None

    def _check(self, inputs: Any, mask: Any = None) -> None:
        name = type(self).__name__
        if not isinstance(inputs, (list, tuple)) or not inputs or isinstance(inputs[0], (int, type(None))):
            raise ValueError(f"{name} layer must be called on a list of inputs, namely [query, value] or [query, value,"
                             f" key]. Received: inputs={inputs}.")
        if not 2 <= len(inputs) <= 3:
            raise ValueError(f"{name} layer accepts inputs list of length 2 or 3, namely [query, value] or [query, "
                             f"value, key]. Received length: {len(inputs)}.")
        if mask is None:
            return
        if not isinstance(mask, list):
            raise ValueError(f"{name} layer mask must be a list, namely [query_mask, value_mask]. Received: mask={mask}"
                             ".")
        if not 2 <= len(mask) <= 3:
            raise ValueError(f"{name} layer accepts mask list of length 2 or 3. Received: inputs={inputs}, mask={mask}."
                             )

    def _calculate_scores(self, query: Any, key: Any) -> Any:
        """The scores [batch, targets, sources]: subclasses write theirs."""
        if self.score_mode == "dot":
            scores = ops.matmul(query, ops.swapaxes(key, -2, -1))
            return scores if self.scale is None else ops.multiply(scores, self.scale)
        pairs = ops.expand_dims(query, -2) + ops.expand_dims(key, -3)
        if self.scale is not None:
            pairs = self.scale * pairs
        return self.concat_score_weight * ops.sum(ops.tanh(pairs), axis=-1)

    def _calculate_score_mask(self, scores: Any, v_mask: Any, use_causal_mask: bool) -> Any:
        """Which scores count, from the values' mask and the causal one; None for all."""
        targets, sources = ops.shape(scores)[-2:]
        return masks.together(None if v_mask is None else ops.expand_dims(v_mask, -2),
                              masks.causal(targets, sources) if use_causal_mask else None)

    def call(self, inputs: Any, mask: Any = None, training: bool = False, return_attention_scores: bool = False,
             use_causal_mask: bool = False) -> Any:
        self._check(inputs, mask)
        query, value = inputs[0], inputs[1]
        key = inputs[2] if len(inputs) > 2 else value
        query_mask, value_mask = (mask[0], mask[1]) if mask else (None, None)
        scores = self._calculate_scores(query, key)
        allowed = self._calculate_score_mask(scores, value_mask, use_causal_mask)
        if allowed is not None:
            lowest = 65504.0 if scores.dtype == "float16" else 1.0e9
            scores = ops.where(allowed, scores, scores - lowest)
        weights = ops.softmax(scores, axis=-1)
        if training and self.dropout > 0:
            weights = random.dropout(weights, self.dropout, seed=self.seed_generator)
        result = ops.matmul(weights, value)
        if query_mask is not None:
            result = ops.where(ops.expand_dims(query_mask, -1), result, ops.zeros_like(result))
        return (result, weights) if return_attention_scores else result

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        self._check(inputs, mask)
        return None if mask is None or mask[0] is None else ops.convert_to_tensor(mask[0])

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        return (*input_shape[0][:-1], input_shape[1][-1])

    def compute_output_spec(self, inputs: Any, mask: Any = None, training: bool = False,
                            return_attention_scores: bool = False, use_causal_mask: bool = False) -> Any:
        self._check(inputs, mask)
        query, value = inputs[0], inputs[1]
        key = inputs[2] if len(inputs) > 2 else value
        output = KerasTensor(self.compute_output_shape([query.shape, value.shape]), dtype=self.compute_dtype)
        scores = KerasTensor((*query.shape[:-1], key.shape[1]), dtype=self.compute_dtype)
        return (output, scores) if return_attention_scores else output

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "use_scale": self.use_scale, "score_mode": self.score_mode,
                "dropout": self.dropout, "seed": self.seed}


@keras_export("layers.AdditiveAttention")
class AdditiveAttention(Attention):
    """As `Attention`, with the scores Σ scale · tanh(query + key). Bahdanau 2015."""

    def __init__(self, use_scale: bool = True, dropout: float = 0.0, **kwargs: Any) -> None:
        super().__init__(use_scale=use_scale, dropout=dropout, **kwargs)

    def build(self, input_shape: Any) -> None:
        self._check(input_shape)
        self.scale = self.add_weight(name="scale", shape=(input_shape[0][-1],), initializer="glorot_uniform",
                                     dtype=self.dtype, trainable=True) if self.use_scale else None

    def _calculate_scores(self, query: Any, key: Any) -> Any:
        pairs = ops.tanh(ops.expand_dims(query, -2) + ops.expand_dims(key, -3))
        return ops.sum(pairs if self.scale is None else self.scale * pairs, axis=-1)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["score_mode"]
        return config
