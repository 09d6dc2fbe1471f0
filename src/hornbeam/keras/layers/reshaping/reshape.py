"""Layers that change shapes alone: Flatten, Reshape, Permute, RepeatVector."""

from __future__ import annotations

import math
from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.config.settings import standardize_data_format
from hornbeam.keras.layers.input_spec import InputSpec
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.names import keras_export


@keras_export("layers.Flatten")
class Flatten(Layer):
    """All dimensions but the batch as one. data_format: 'channels_first' moves the channels to the end first."""

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = standardize_data_format(data_format)
        self.input_spec = InputSpec(min_ndim=1)
        self._channels_first = self.data_format == "channels_first"

    def call(self, inputs: Any) -> Any:
        rank = len(inputs.shape)
        if self._channels_first and rank > 1:
            inputs = ops.transpose(inputs, axes=(0, *range(2, rank), 1))
        size = math.prod(inputs.shape[1:]) if None not in inputs.shape[1:] else -1
        return ops.reshape(inputs, (-1 if size != -1 else ops.shape(inputs)[0], size))

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        rest = input_shape[1:]
        return (input_shape[0], None if None in rest else math.prod(rest))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "data_format": self.data_format}


@keras_export("layers.Reshape")
class Reshape(Layer):
    """Each sample in another shape, `target_shape`; one -1 in it is found. Raises ValueError where it cannot be."""

    def __init__(self, target_shape: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        target = (target_shape,) if isinstance(target_shape, int) else tuple(target_shape)
        if any(d < -1 for d in target):
            raise ValueError("Each dimension of `target_shape` must be a non-negative integer, or -1 for the one that "
                             f"is found. Received: target_shape={target_shape}")
        if target.count(-1) > 1:
            raise ValueError("There must be at most one unknown dimension (-1) in `target_shape`. Received: "
                             f"target_shape={target_shape}")
        self.target_shape = target
        self._build_at_init()

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        rest = tuple(input_shape[1:])
        if None in rest:
            return (input_shape[0], *(None if d == -1 else d for d in self.target_shape))
        total = math.prod(rest)
        known = math.prod(d for d in self.target_shape if d != -1)
        fits = total % known == 0 if -1 in self.target_shape and known else total == known
        if not fits:
            raise ValueError(f"The total size of the tensor must be unchanged. Received: input_shape={rest}, "
                             f"target_shape={self.target_shape}")
        return (input_shape[0], *(total // known if d == -1 else d for d in self.target_shape))

    def call(self, inputs: Any) -> Any:
        shape = self.compute_output_shape(inputs.shape)[1:]
        shape = tuple(-1 if d is None else d for d in shape)
        return ops.reshape(inputs, (ops.shape(inputs)[0] if -1 in shape else -1, *shape))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "target_shape": self.target_shape}


@keras_export("layers.Permute")
class Permute(Layer):
    """The dimensions after the batch in the order `dims` (from 1). Raises ValueError for no permutation."""

    def __init__(self, dims: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dims = tuple(dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ValueError("Invalid permutation argument `dims` for Permute Layer. The set of indices in `dims` must "
                             f"be consecutive and start from 1. Received dims={dims}")
        self.input_spec = InputSpec(ndim=len(self.dims) + 1)

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        return (input_shape[0], *(input_shape[d] for d in self.dims))

    def call(self, inputs: Any) -> Any:
        return ops.transpose(inputs, axes=(0, *self.dims))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "dims": self.dims}


@keras_export("layers.RepeatVector")
class RepeatVector(Layer):
    """Each row [batch, n] as `n` equal steps of a sequence.

    Raises TypeError for a number that is none, ValueError for one below 1.
    """

    def __init__(self, n: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(n, int):
            raise TypeError(f"Expected an integer value for `n`, got {type(n)}.")
        if n <= 0:
            raise ValueError(f"Argument `n` should be a positive integer. Received: n={n}")
        self.n = n
        self.input_spec = InputSpec(ndim=2)

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        return (input_shape[0], self.n, input_shape[1])

    def call(self, inputs: Any) -> Any:
        return ops.repeat(ops.expand_dims(inputs, 1), self.n, axis=1)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "n": self.n}
