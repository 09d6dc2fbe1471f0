"""Rescaling and Normalization: values moved and scaled before a model sees them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from hornbeam.graph.tensor import Tensor
from hornbeam.keras import ops
from hornbeam.keras.config.settings import epsilon, image_data_format
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.names import keras_export
from hornbeam.keras.saving.serialization import deserialize_keras_object, serialize_keras_object


@keras_export("layers.Rescaling")
class Rescaling(Layer):
    """inputs · scale + offset, in the compute dtype. scale, offset: numbers, or one for each channel.

    >>> Rescaling(1 / 255)([51.0]).numpy().round(3).tolist()
    [0.2]
    """

    def __init__(self, scale: Any, offset: Any = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._allow_non_tensor_positional_args = True
        self.scale, self.offset = scale, offset
        self.supports_masking = True

    def call(self, inputs: Any) -> Any:
        scale = ops.convert_to_tensor(np.asarray(self.scale), dtype=self.compute_dtype)
        offset = ops.convert_to_tensor(np.asarray(self.offset), dtype=self.compute_dtype)
        if len(scale.shape) and image_data_format() == "channels_first":
            scale = ops.reshape(scale, (*scale.shape, *(1,) * (3 - len(scale.shape))))
        return ops.cast(inputs, self.compute_dtype) * scale + offset

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "scale": serialize_keras_object(self.scale),
                "offset": serialize_keras_object(self.offset)}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        values = {name: deserialize_keras_object(config[name], custom_objects=custom_objects)
                  for name in ("scale", "offset")}
        return cls(**{**config, **values})


@keras_export("layers.Normalization")
class Normalization(Layer):
    """(inputs - mean) / √variance, with a mean and a variance for each place along `axis`.

    axis: a dimension, several, or None for one mean of everything. mean, variance: the two; without them `adapt(data)`
    finds them. invert: the way back, inputs · √variance + mean. Raises ValueError where only one of the two is given,
    where their shapes differ or do not fit `axis`, and for inputs that `axis` does not fit.
    """

    def __init__(self, axis: Any = -1, mean: Any = None, variance: Any = None, invert: bool = False,
                 **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._allow_non_tensor_positional_args = True
        self.axis = () if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
        self.input_mean, self.input_variance, self.invert = mean, variance, invert
        self.supports_masking = True
        self._shape: tuple[Any, ...] | None = None
        if (mean is None) != (variance is None):
            raise ValueError("When setting values directly, both `mean` and `variance` must be set. Received: "
                             f"mean={mean} and variance={variance}")
        if mean is None:
            return
        if np.shape(mean) != np.shape(variance):
            raise ValueError("When setting values directly, `mean` and `variance` must have the same shape. Received: "
                             f"mean shape {np.shape(mean)} and variance shape {np.shape(variance)}")
        if len(np.shape(mean)) > len(self.axis):
            raise ValueError(f"The rank of `mean` must be less than or equal to the number of axes ({len(self.axis)}). "
                             f"Received: mean shape {np.shape(mean)} for axis {self.axis}")

    def build(self, input_shape: Any) -> None:
        if input_shape is None:
            return
        rank = len(input_shape)
        if any(not -rank <= a < rank for a in self.axis):
            raise ValueError("All `axis` values must be in the range [-ndim, ndim). Received inputs with "
                             f"ndim={rank}, while axis={self.axis}")
        kept = tuple(sorted(a % rank for a in self.axis))
        for d in kept:
            if input_shape[d] is None:
                raise ValueError("All `axis` values to be kept must have a known shape. Received "
                                 f"axis={self.axis}, inputs.shape={input_shape}, with unknown axis at index {d}")
        self._shape, self._kept = tuple(input_shape), kept
        self._reduced = tuple(d for d in range(rank) if d not in kept)
        self._spread = tuple(input_shape[d] if d in kept else 1 for d in range(rank))
        if self.input_mean is None:
            shape = tuple(input_shape[d] for d in kept)
            self.adapt_mean = self.add_weight(name="mean", shape=shape, initializer="zeros", trainable=False)
            self.adapt_variance = self.add_weight(name="variance", shape=shape, initializer="ones", trainable=False)
            self.count = self.add_weight(name="count", shape=(), dtype="int", initializer="zeros", trainable=False)

    @property
    def mean(self) -> Any:
        """The mean, of the inputs' rank; None before the layer is built."""
        return self._spread_out(self.input_mean, "adapt_mean")

    @property
    def variance(self) -> Any:
        """The variance, of the inputs' rank; None before the layer is built."""
        return self._spread_out(self.input_variance, "adapt_variance")

    def _spread_out(self, given: Any, weight: str) -> Any:
        if self._shape is None:
            return None
        if given is None:
            return ops.cast(ops.reshape(getattr(self, weight), self._spread), self.compute_dtype)
        value, shape = np.asarray(given), [1] * len(self._shape)
        for size, d in zip(reversed(value.shape), reversed(self._kept), strict=False):
            shape[d] = size
        return ops.convert_to_tensor(np.broadcast_to(value.reshape(shape), self._spread), dtype=self.compute_dtype)

    def adapt(self, data: Any) -> None:
        """Sets mean and variance to those of `data`: an array, a tensor, a `PyDataset`, or an iterable of batches.

        Of a batch that is a tuple the first part counts. What was found before is forgotten. Raises ValueError for no
        batches and for shapes that do not fit, TypeError for what is no data.
        """
        if isinstance(data, (np.ndarray, Tensor)):
            batches = iter((data,))
        elif hasattr(data, "__iter__") or (hasattr(data, "__getitem__") and hasattr(data, "__len__")):
            batches = iter(data) if hasattr(data, "__iter__") else (data[i] for i in range(len(data)))
        else:
            raise TypeError(f"Unsupported data type: {type(data)}. `adapt` supports `np.ndarray`, backend tensors, "
                            "`keras.utils.PyDataset`, and iterables of batches (e.g. list, generator).")
        seen, mean, squares = 0, np.zeros(()), np.zeros(())
        for batch in batches:
            x = batch[0] if isinstance(batch, tuple) else batch
            if getattr(x, "shape", None) is None:
                raise TypeError("adapt() expects an iterable that yields arrays or tensors with a `.shape` attribute. "
                                f"Got an element of type {type(x).__name__}.")
            if not self.built:
                self.build(tuple(x.shape))
            self._check_fits(tuple(x.shape))
            x = np.asarray(x, np.float64)
            count = math.prod(x.shape[d] for d in self._reduced)
            if not count:
                continue
            own = x.mean(self._reduced)
            step, seen = own - mean, seen + count
            squares = squares + count * x.var(self._reduced) + step**2 * count * (seen - count) / seen
            mean = mean + step * count / seen
        if not seen:
            raise ValueError("adapt() received an empty iterable (no batches). Expected at least one batch.")
        if self.input_mean is None:
            self.adapt_mean.assign(mean)
            self.adapt_variance.assign(squares / seen)

    def _check_fits(self, shape: tuple[Any, ...]) -> None:
        assert self._shape is not None
        if len(shape) != len(self._shape) or any(shape[d] != self._shape[d] for d in self._kept):
            raise ValueError(f"The layer was built with input_shape={self._shape}, but adapt() is being called with "
                             f"data with an incompatible shape, data.shape={shape}")

    def finalize_state(self) -> None:
        """Nothing is left to do after `adapt`: mean and variance are the weights themselves."""

    def call(self, inputs: Any) -> Any:
        if self._shape is None:
            raise ValueError("You must call `.build(input_shape)` on the layer before using it.")
        x = ops.cast(inputs, self.compute_dtype)
        deviation = ops.maximum(ops.sqrt(self.variance), epsilon())
        return self.mean + x * deviation if self.invert else (x - self.mean) / deviation

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axis": self.axis, "invert": self.invert,
                "mean": np.array(self.input_mean).tolist(), "variance": np.array(self.input_variance).tolist()}

    def get_build_config(self) -> Any:
        return None if self._shape is None else {"input_shape": self._shape}

    def build_from_config(self, config: Any) -> None:
        if config:
            self.build(config["input_shape"])
