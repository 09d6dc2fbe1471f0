"""Dropout and its kin: parts of the input are set to zero, or noise is laid over it, while a model trains."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hornbeam.keras import ops, random
from hornbeam.keras.config.settings import standardize_data_format
from hornbeam.keras.layers.input_spec import InputSpec
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.names import keras_export
from hornbeam.keras.random.seed_generator import SeedGenerator
from hornbeam.keras.regularizers.regularizers import L1L2


def _checked_rate(rate: Any, most: float = 1.0) -> float:
    if not isinstance(rate, (int, float)) or not 0 <= rate <= most:
        raise ValueError("Invalid value received for argument `rate`. Expected a float value between 0 and 1. "
                         f"Received: rate={rate}")
    return rate


class _Noisy(Layer):
    """Base: draws from a seed of the layer's own; without effect where nothing is to be drawn."""

    def __init__(self, strength: float, seed: int | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seed = seed
        if strength > 0:
            self.seed_generator = SeedGenerator(seed)
        self.supports_masking = True
        self._build_at_init()

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


@keras_export("layers.Dropout")
class Dropout(_Noisy):
    """Sets a part `rate` of the inputs to zero while training, and scales the others by 1 / (1 - rate).

    noise_shape: the shape of the mask; where it is 1 (or None for the input's own), one draw serves the dimension.
    seed: of the draws. Raises ValueError for rates outside [0, 1]. Srivastava et al. 2014.
    """

    def __init__(self, rate: float, noise_shape: Any = None, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(_checked_rate(rate), seed, **kwargs)
        self.rate, self.noise_shape = rate, self._checked_shape(noise_shape)

    @staticmethod
    def _checked_shape(noise_shape: Any) -> Any:
        if noise_shape is None:
            return None
        wrong = "Invalid value received for argument `noise_shape`. Expected"
        if isinstance(noise_shape, str) or not isinstance(noise_shape, Iterable):
            raise ValueError(f"{wrong} a tuple or list of integers. Received: noise_shape={noise_shape}")
        shape = tuple(noise_shape)
        for size in shape:
            if size is not None and not isinstance(size, int):
                raise ValueError(f"{wrong} all elements to be integers or None. Received: noise_shape={noise_shape}")
            if size is not None and size < 1:
                raise ValueError(f"{wrong} all dimensions to be positive integers or None. Received: "
                                 f"noise_shape={noise_shape}")
        return shape

    def _mask_shape(self, inputs: Any) -> Any:
        return self.noise_shape

    def call(self, inputs: Any, training: bool = False) -> Any:
        if not training or self.rate <= 0:
            return inputs
        return random.dropout(inputs, rate=self.rate, noise_shape=self._mask_shape(inputs), seed=self.seed_generator)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "rate": self.rate, "seed": self.seed, "noise_shape": self.noise_shape}


class _SpatialDropout(Dropout):
    """Base: whole channels are dropped."""

    rank: int

    def __init__(self, rate: float, data_format: str | None = None, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(rate, seed=seed, **kwargs)
        self.data_format = standardize_data_format(data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def _mask_shape(self, inputs: Any) -> Any:
        ones = (1,) * self.rank
        return (None, None, *ones) if self.data_format == "channels_first" else (None, *ones, None)

    def get_config(self) -> dict[str, Any]:
        base = Layer.get_config(self)
        return {"name": base["name"], "dtype": self.dtype, "rate": self.rate, "seed": self.seed,
                "data_format": self.data_format}


@keras_export("layers.SpatialDropout1D")
class SpatialDropout1D(_SpatialDropout):
    """Drops whole channels of sequences [batch, steps, channels]. Arguments as for `Dropout`."""

    rank = 1

    def __init__(self, rate: float, seed: int | None = None, name: str | None = None, dtype: Any = None,
                 **kwargs: Any) -> None:
        super().__init__(rate, "channels_last", seed, name=name, dtype=dtype, **kwargs)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["data_format"]
        return config


@keras_export("layers.SpatialDropout2D")
class SpatialDropout2D(_SpatialDropout):
    """Drops whole channels of images. data_format: where the channels are. Other arguments as for `Dropout`."""

    rank = 2

    def __init__(self, rate: float, data_format: str | None = None, seed: int | None = None, name: str | None = None,
                 dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(rate, data_format, seed, name=name, dtype=dtype, **kwargs)


@keras_export("layers.SpatialDropout3D")
class SpatialDropout3D(SpatialDropout2D):
    """Drops whole channels of volumes. Arguments as for `SpatialDropout2D`."""

    rank = 3


@keras_export("layers.GaussianDropout")
class GaussianDropout(_Noisy):
    """Multiplies the inputs by noise of mean 1 and deviation sqrt(rate / (1 - rate)) while training."""

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(_checked_rate(rate), seed, **kwargs)
        self.rate = rate

    def call(self, inputs: Any, training: bool = False) -> Any:
        if not training or self.rate <= 0:
            return inputs
        noise = random.normal(ops.shape(inputs), 1.0, (self.rate / (1.0 - self.rate)) ** 0.5, self.compute_dtype,
                              seed=self.seed_generator)
        return inputs * noise

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}


@keras_export("layers.GaussianNoise")
class GaussianNoise(_Noisy):
    """Adds noise of mean 0 and deviation `stddev` while training. Raises ValueError for negative deviations."""

    def __init__(self, stddev: float, seed: int | None = None, **kwargs: Any) -> None:
        if not isinstance(stddev, (int, float)) or stddev < 0:
            raise ValueError("Invalid value received for argument `stddev`. Expected a float value greater than or "
                             f"equal to 0. Received: stddev={stddev}")
        super().__init__(stddev, seed, **kwargs)
        self.stddev = stddev

    def call(self, inputs: Any, training: bool = False) -> Any:
        if not training or self.stddev <= 0:
            return inputs
        return inputs + random.normal(ops.shape(inputs), 0.0, self.stddev, self.compute_dtype,
                                      seed=self.seed_generator)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "stddev": self.stddev, "seed": self.seed}


@keras_export("layers.AlphaDropout")
class AlphaDropout(Dropout):
    """Dropout for SELU: dropped inputs take its lowest value, and mean and variance are kept. Klambauer et al. 2017."""

    def call(self, inputs: Any, training: bool = False) -> Any:
        if not training or self.rate <= 0:
            return inputs
        lowest = -1.6732632423543772848170429916717 * 1.0507009873554804934193349852946
        sizes = ops.shape(inputs)
        shape = [size if n is None else n for n, size in zip(self._mask_shape(inputs) or sizes, sizes, strict=True)]
        kept = random.uniform(shape, seed=self.seed_generator) >= self.rate
        kept = ops.cast(kept, inputs.dtype)
        scale = ((1 - self.rate) * (1 + self.rate * lowest**2)) ** -0.5
        return scale * (inputs * kept + lowest * (1 - kept)) - scale * lowest * self.rate

    def get_config(self) -> dict[str, Any]:
        return {**Layer.get_config(self), "rate": self.rate, "seed": self.seed, "noise_shape": self.noise_shape}


@keras_export("layers.ActivityRegularization")
class ActivityRegularization(Layer):
    """Hands its input on; l1 · Σ|x| + l2 · Σx² joins the losses."""

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs: Any) -> None:
        super().__init__(activity_regularizer=L1L2(l1=l1, l2=l2), **kwargs)
        self.supports_masking = True
        self.l1, self.l2 = l1, l2
        self._build_at_init()

    def call(self, inputs: Any) -> Any:
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        config.pop("activity_regularizer", None)
        return {**config, "l1": self.l1, "l2": self.l2}
