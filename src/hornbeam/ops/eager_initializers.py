"""Initializers in TF2's form: `initializer(shape, dtype)`, with the dtype given at the call alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.convert import to_array
from hornbeam.graph.names import public
from hornbeam.ops import array
from hornbeam.ops.initializers import filled, floating, sizes
from hornbeam.ops.random import random_normal, random_uniform

_PARTITION = ("partition_shape", "partition_offset")


class Initializer:
    """Base of TF2's initializers. `partition_shape` at a call asks for a part of that shape."""

    def get_config(self) -> dict[str, Any]:
        """The arguments that make this initializer again."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Initializer:
        """The initializer that `get_config` described."""
        return cls(**{key: value for key, value in config.items() if key != "dtype"})

    @staticmethod
    def _part(shape: Any, options: dict[str, Any]) -> Any:
        for key in options:
            if key not in _PARTITION:
                raise TypeError(f"Keyword argument should be one of {list(_PARTITION)}. Received: {key}")
        return options.get("partition_shape") or shape

    @staticmethod
    def _dtype(dtype: Any) -> dtypes.DType:
        wanted = dtypes.as_dtype(dtype)
        if not (wanted.is_floating or wanted.is_integer or wanted.is_complex or wanted.is_bool
                or wanted is dtypes.string):
            raise ValueError(f"Argument `dtype` expected to be numeric or boolean. Received {wanted}.")
        return wanted


@public(v2=("zeros_initializer",))
class ZerosInitializer(Initializer):
    """Zeros."""

    def __call__(self, shape: Any, dtype: Any = dtypes.float32, **kwargs: Any) -> Any:
        """Zeros of this shape."""
        return filled(self._part(shape, kwargs), 0, self._dtype(dtype), "zeros")


@public(v2=("ones_initializer",))
class OnesInitializer(Initializer):
    """Ones."""

    def __call__(self, shape: Any, dtype: Any = dtypes.float32, **kwargs: Any) -> Any:
        """Ones of this shape."""
        return filled(self._part(shape, kwargs), 1, self._dtype(dtype), "ones")


@public(v2=("constant_initializer",))
class ConstantInitializer(Initializer):
    """Fixed values: a number everywhere, or values of the variable's shape. Raises TypeError for anything else."""

    def __init__(self, value: Any = 0, support_partition: bool = False) -> None:
        if not (np.isscalar(value) or isinstance(value, (list, tuple, np.ndarray))):
            raise TypeError(f"Invalid type for initial value: {type(value).__name__}. Expected Python scalar, list or "
                            "tuple of values, or numpy.ndarray.")
        self.value, self.support_partition = value, support_partition

    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Any:
        """The values. Raises TypeError where they do not have this shape."""
        values = to_array(self.value, None if dtype is None else dtypes.as_dtype(dtype))
        wanted = tuple(sizes(self._part(shape, kwargs)))
        if values.size != int(np.prod(wanted)) and values.ndim:
            raise TypeError(f"Expected Tensor's shape: {wanted}, but got {values.shape}.")
        return array.constant(values, shape=wanted)

    def get_config(self) -> dict[str, Any]:
        return {"value": self.value}


@public(v2=("random_uniform_initializer",))
class RandomUniformInitializer(Initializer):
    """Draws from [minval, maxval)."""

    def __init__(self, minval: Any = -0.05, maxval: Any = 0.05, seed: int | None = None) -> None:
        self.minval, self.maxval, self.seed = minval, maxval, seed

    def __call__(self, shape: Any, dtype: Any = dtypes.float32, **kwargs: Any) -> Any:
        """Draws of this shape."""
        return random_uniform(self._part(shape, kwargs), self.minval, self.maxval, self._dtype(dtype), seed=self.seed)

    def get_config(self) -> dict[str, Any]:
        return {"minval": self.minval, "maxval": self.maxval, "seed": self.seed}


@public(v2=("random_normal_initializer",))
class RandomNormalInitializer(Initializer):
    """Draws from a normal distribution."""

    def __init__(self, mean: Any = 0.0, stddev: Any = 0.05, seed: int | None = None) -> None:
        self.mean, self.stddev, self.seed = mean, stddev, seed

    def __call__(self, shape: Any, dtype: Any = dtypes.float32, **kwargs: Any) -> Any:
        """Draws of this shape. Raises ValueError for what is no float dtype."""
        return random_normal(self._part(shape, kwargs), self.mean, self.stddev, floating(dtype), seed=self.seed)

    def get_config(self) -> dict[str, Any]:
        return {"mean": self.mean, "stddev": self.stddev, "seed": self.seed}
