"""Embedding: integers to vectors."""

from __future__ import annotations

import warnings
from typing import Any

import hornbeam as tf
from hornbeam.keras import ops
from hornbeam.keras.dtypes import is_int_dtype
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.layers.parameters import config_of, parameters
from hornbeam.keras.masks import set_keras_mask
from hornbeam.keras.names import keras_export


@keras_export("layers.Embedding")
class Embedding(Layer):
    """Row i of a matrix for each integer i.

    inputs: integers in [0, input_dim), of any shape [...]; the result is [..., output_dim], and `embeddings` is
    [input_dim, output_dim]. embeddings_*: initializer, regularizer and constraint, or their names. mask_zero: whether 0
    means "nothing here": the outputs carry the mask `inputs != 0`. weights: the matrix to begin with. lora_rank,
    lora_alpha, quantization_config: absent here, so only None is taken.
    Raises ValueError where a size is no positive integer, InvalidArgumentError for integers outside the matrix.

    >>> Embedding(3, 2, embeddings_initializer="ones")(tf.constant([[2, 0]])).shape.as_list()
    [1, 2, 2]
    """

    def __init__(self, input_dim: int, output_dim: int, embeddings_initializer: Any = "uniform",
                 embeddings_regularizer: Any = None, embeddings_constraint: Any = None, mask_zero: bool = False,
                 weights: Any = None, lora_rank: int | None = None, lora_alpha: float | None = None,
                 quantization_config: Any = None, **kwargs: Any) -> None:
        for what, size in (("input_dim", input_dim), ("output_dim", output_dim)):
            if not isinstance(size, int) or isinstance(size, bool) or size <= 0:
                raise ValueError(f"`{what}` must be a positive integer. Received: {what}={size} (of type "
                                 f"{type(size).__name__}).")
        length = kwargs.pop("input_length", None)
        if length is not None:
            warnings.warn("Argument `input_length` is deprecated. Just remove it.", stacklevel=3)
            kwargs.setdefault("input_shape", (length,) if isinstance(length, int) else tuple(length))
        super().__init__(**kwargs)
        self.input_dim, self.output_dim = input_dim, output_dim
        parameters(self, locals(), "embeddings_initializer embeddings_regularizer embeddings_constraint",
                   absent="lora_rank quantization_config")
        self.mask_zero = self.supports_masking = mask_zero
        self.autocast = False
        if weights is not None:
            self.build()
            self.set_weights(weights if isinstance(weights, list) and len(weights) == 1 else [weights])

    def build(self, input_shape: Any = None) -> None:
        if self.built:
            return
        self.embeddings = self.add_weight(name="embeddings", shape=(self.input_dim, self.output_dim),
                                          initializer=self.embeddings_initializer,
                                          regularizer=self.embeddings_regularizer,
                                          constraint=self.embeddings_constraint)

    def call(self, inputs: Any) -> Any:
        if not is_int_dtype(inputs.dtype):
            inputs = tf.cast(inputs, "int32")
        return tf.cast(tf.gather(self.embeddings, inputs, name="embedding_lookup"), self.compute_dtype)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return ops.not_equal(inputs, 0) if self.mask_zero else None

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        return (*input_shape, self.output_dim)

    def get_config(self) -> dict[str, Any]:
        return config_of(self, super().get_config(), "input_dim output_dim embeddings_initializer "
                         "embeddings_regularizer activity_regularizer embeddings_constraint mask_zero",
                         quantization_config=None)


@keras_export("layers.ReversibleEmbedding")
class ReversibleEmbedding(Embedding):
    """An embedding that also goes back: called with `reverse=True` it gives a score for each integer.

    tie_weights: whether both ways share a matrix. reverse_dtype: the dtype of the way back. logit_soft_cap: scores are
    squeezed to ±this by tanh. The other arguments are those of `Embedding`.
    """

    def __init__(self, input_dim: int, output_dim: int, tie_weights: bool = True,
                 embeddings_initializer: Any = "uniform", embeddings_regularizer: Any = None,
                 embeddings_constraint: Any = None, mask_zero: bool = False, reverse_dtype: Any = None,
                 logit_soft_cap: float | None = None, **kwargs: Any) -> None:
        super().__init__(input_dim, output_dim, embeddings_initializer=embeddings_initializer,
                         embeddings_regularizer=embeddings_regularizer, embeddings_constraint=embeddings_constraint,
                         mask_zero=mask_zero, **kwargs)
        self.tie_weights, self.reverse_dtype, self.logit_soft_cap = tie_weights, reverse_dtype, logit_soft_cap

    def build(self, input_shape: Any = None) -> None:
        super().build(input_shape)
        if not self.tie_weights:
            self.reverse_embeddings = self.add_weight(name="reverse_embeddings",
                                                      shape=(self.output_dim, self.input_dim),
                                                      initializer=self.embeddings_initializer)

    def call(self, inputs: Any, reverse: bool = False) -> Any:  # type: ignore[override]
        if not reverse:
            found = super().call(inputs)
            mask = super().compute_mask(inputs)
            if mask is not None:
                set_keras_mask(found, mask)
            return found
        kernel = tf.transpose(self.embeddings) if self.tie_weights else tf.convert_to_tensor(self.reverse_embeddings)
        dtype = self.reverse_dtype or inputs.dtype
        scores = tf.tensordot(tf.cast(inputs, dtype), tf.cast(kernel, dtype), 1)
        cap = self.logit_soft_cap
        return scores if cap is None else tf.tanh(scores / cap) * cap

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return None  # `call` sets it, on the way forward alone

    def compute_output_shape(self, input_shape: Any, reverse: bool = False) -> tuple[int | None, ...]:
        return (*input_shape[:-1], self.input_dim) if reverse else (*input_shape, self.output_dim)

    def compute_output_spec(self, inputs: Any, reverse: bool = False) -> Any:
        dtype = (self.reverse_dtype or self.compute_dtype) if reverse else self.compute_dtype
        spec = self._spec_of_shapes(self.compute_output_shape(inputs.shape, reverse))
        return type(spec)(spec.shape, dtype=dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "tie_weights": self.tie_weights, "reverse_dtype": self.reverse_dtype,
                "logit_soft_cap": self.logit_soft_cap}
