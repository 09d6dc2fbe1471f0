"""Initializers that draw. A seed gives the same values on every call; without one, each initializer takes its own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from hornbeam.keras.initializers.initializer import Initializer
from hornbeam.keras.names import keras_export
from hornbeam.keras.ops.linalg.factorizations import qr
from hornbeam.keras.ops.numpy import binary
from hornbeam.keras.ops.numpy.elementwise import sign
from hornbeam.keras.ops.numpy.selecting import diag
from hornbeam.keras.ops.numpy.shaping import reshape, transpose
from hornbeam.keras.random import draws
from hornbeam.keras.random.seed_generator import SeedGenerator, make_default_seed
from hornbeam.keras.saving.serialization import deserialize_keras_object, serialize_keras_object

_MODES = ("fan_in", "fan_out", "fan_avg")
_DISTRIBUTIONS = ("uniform", "truncated_normal", "untruncated_normal")
_TRUNCATED = 0.8796256610342398
"""The standard deviation of the standard normal distribution within 2 of 0."""


class RandomInitializer(Initializer):
    """Base of the initializers below. seed: an integer, a `SeedGenerator`, or None for one from Python's `random`.

    Raises ValueError for another seed.
    """

    def __init__(self, seed: Any = None) -> None:
        self._init_seed = seed
        if seed is None:
            seed = make_default_seed()
        elif isinstance(seed, dict):
            seed = deserialize_keras_object(seed)
        elif not isinstance(seed, (int, SeedGenerator)):
            raise ValueError("`seed` argument should be an instance of `keras.random.SeedGenerator()` or an integer. "
                             f"Received: seed={seed}")
        self.seed = seed

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the initializer from."""
        return {"seed": serialize_keras_object(self._init_seed)}


@keras_export("initializers.RandomNormal", "initializers.random_normal")
class RandomNormal(RandomInitializer):
    """Numbers from a normal distribution."""

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Any = None) -> None:
        self.mean, self.stddev = mean, stddev
        super().__init__(seed=seed)

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        """Numbers of a shape and dtype."""
        return draws.normal(shape, self.mean, self.stddev, dtype, self.seed)

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the initializer from."""
        return {**super().get_config(), "mean": self.mean, "stddev": self.stddev}


@keras_export("initializers.TruncatedNormal", "initializers.truncated_normal")
class TruncatedNormal(RandomInitializer):
    """Numbers from a normal distribution, none further from the mean than two standard deviations."""

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Any = None) -> None:
        self.mean, self.stddev = mean, stddev
        super().__init__(seed=seed)

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        """Numbers of a shape and dtype."""
        return draws.truncated_normal(shape, self.mean, self.stddev, dtype, self.seed)

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the initializer from."""
        return {**super().get_config(), "mean": self.mean, "stddev": self.stddev}


@keras_export("initializers.RandomUniform", "initializers.random_uniform")
class RandomUniform(RandomInitializer):
    """Numbers from [minval, maxval), each equally likely."""

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: Any = None) -> None:
        self.minval, self.maxval = minval, maxval
        super().__init__(seed=seed)

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        """Numbers of a shape and dtype."""
        return draws.uniform(shape, self.minval, self.maxval, dtype, self.seed)

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the initializer from."""
        return {**super().get_config(), "minval": self.minval, "maxval": self.maxval}


def compute_fans(shape: Sequence[int], input_axes: Any = None, output_axes: Any = None) -> tuple[int, int]:
    """How many inputs and outputs a weight connects: of a kernel, channels times the size of its window."""
    if input_axes is not None and output_axes is not None:
        return math.prod(int(shape[a]) for a in input_axes), math.prod(int(shape[a]) for a in output_axes)
    if not len(shape):
        return 1, 1
    if len(shape) == 1:
        return int(shape[0]), int(shape[0])
    window = math.prod(int(d) for d in shape[:-2])
    return int(shape[-2]) * window, int(shape[-1]) * window


@keras_export("initializers.VarianceScaling", "initializers.variance_scaling")
class VarianceScaling(RandomInitializer):
    """Numbers whose variance is `scale` over the number of connections, which keeps signals of one size.

    mode: "fan_in", "fan_out" or "fan_avg". distribution: "truncated_normal", "untruncated_normal" or "uniform".
    input_axes, output_axes: the dimensions that count, by default those of a kernel. Raises ValueError for others.
    """

    def __init__(self, scale: float = 1.0, mode: str = "fan_in", distribution: str = "truncated_normal",
                 seed: Any = None, input_axes: Any = None, output_axes: Any = None) -> None:
        if scale <= 0:
            raise ValueError(f"Argument `scale` must be positive float. Received: scale={scale}")
        if mode not in _MODES:
            raise ValueError(f"Invalid `mode` argument: {mode}. Please use one of {set(_MODES)}")
        distribution = distribution.lower()
        distribution = "truncated_normal" if distribution == "normal" else distribution
        if distribution not in _DISTRIBUTIONS:
            raise ValueError(f"Invalid `distribution` argument: {distribution}.Please use one of "
                             f"{set(_DISTRIBUTIONS)}")
        self.scale, self.mode, self.distribution = scale, mode, distribution
        self.input_axes, self.output_axes = input_axes, output_axes
        super().__init__(seed=seed)

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        """Numbers of a shape and dtype."""
        fan_in, fan_out = compute_fans(tuple(shape), self.input_axes, self.output_axes)
        fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, fan)
        if self.distribution == "truncated_normal":
            return draws.truncated_normal(shape, 0.0, math.sqrt(variance) / _TRUNCATED, dtype, self.seed)
        if self.distribution == "untruncated_normal":
            return draws.normal(shape, 0.0, math.sqrt(variance), dtype, self.seed)
        limit = math.sqrt(3.0 * variance)
        return draws.uniform(shape, -limit, limit, dtype, self.seed)

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the initializer from."""
        return {**super().get_config(), "scale": self.scale, "mode": self.mode, "distribution": self.distribution,
                "input_axes": self.input_axes, "output_axes": self.output_axes}


class _Scaled(VarianceScaling):
    """A variance scaling with a name of its own."""

    _how: tuple[float, str, str]

    def __init__(self, seed: Any = None, input_axes: Any = None, output_axes: Any = None) -> None:
        scale, mode, distribution = self._how
        super().__init__(scale, mode, distribution, seed, input_axes, output_axes)

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the initializer from."""
        return {"seed": serialize_keras_object(self._init_seed), "input_axes": self.input_axes,
                "output_axes": self.output_axes}


@keras_export("initializers.GlorotUniform", "initializers.glorot_uniform")
class GlorotUniform(_Scaled):
    """Uniform numbers of variance 2 / (inputs + outputs). Glorot and Bengio 2010."""

    _how = (1.0, "fan_avg", "uniform")


@keras_export("initializers.GlorotNormal", "initializers.glorot_normal")
class GlorotNormal(_Scaled):
    """Normal numbers of variance 2 / (inputs + outputs). Glorot and Bengio 2010."""

    _how = (1.0, "fan_avg", "truncated_normal")


@keras_export("initializers.LecunNormal", "initializers.lecun_normal")
class LecunNormal(_Scaled):
    """Normal numbers of variance 1 / inputs. LeCun et al. 1998."""

    _how = (1.0, "fan_in", "truncated_normal")


@keras_export("initializers.LecunUniform", "initializers.lecun_uniform")
class LecunUniform(_Scaled):
    """Uniform numbers of variance 1 / inputs. LeCun et al. 1998."""

    _how = (1.0, "fan_in", "uniform")


@keras_export("initializers.HeNormal", "initializers.he_normal")
class HeNormal(_Scaled):
    """Normal numbers of variance 2 / inputs. He et al. 2015."""

    _how = (2.0, "fan_in", "truncated_normal")


@keras_export("initializers.HeUniform", "initializers.he_uniform")
class HeUniform(_Scaled):
    """Uniform numbers of variance 2 / inputs. He et al. 2015."""

    _how = (2.0, "fan_in", "uniform")


@keras_export("initializers.Orthogonal", "initializers.OrthogonalInitializer", "initializers.orthogonal")
class Orthogonal(RandomInitializer):
    """`gain` times a random orthogonal matrix; of more dimensions, all but the last are its rows. Saxe et al. 2013.

    Raises ValueError for fewer than two dimensions.
    """

    def __init__(self, gain: float = 1.0, seed: Any = None) -> None:
        self.gain = gain
        super().__init__(seed=seed)

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        """The matrix of a shape and dtype."""
        if len(shape) < 2:
            raise ValueError("The tensor to initialize must be at least two-dimensional. Received: "
                             f"shape={shape} of rank {len(shape)}.")
        rows, columns = math.prod(int(d) for d in shape[:-1]), int(shape[-1])
        drawn = draws.normal((max(rows, columns), min(rows, columns)), dtype=dtype, seed=self.seed)
        q, r = qr(drawn)
        q = binary.multiply(q, sign(diag(r)))
        return binary.multiply(reshape(transpose(q) if rows < columns else q, shape), self.gain)

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the initializer from."""
        return {**super().get_config(), "gain": self.gain}
