"""Keras 2's random tensors; sizes of the shape may be tensors."""

from __future__ import annotations

from typing import Any

import hornbeam as tf
from hornbeam.keras import ops
from hornbeam.keras.backend.old import old
from hornbeam.keras.config.settings import floatx


def _shape(shape: Any) -> Any:
    """The shape as one tensor where a size in it is one."""
    if isinstance(shape, (list, tuple)) and not all(isinstance(size, int) for size in shape):
        return tf.stack([tf.cast(size, "int32") for size in shape])
    return shape


@old("keras.random.normal")
def random_normal(shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None,
                  seed: int | None = None) -> Any:
    """Values of a normal distribution."""
    return tf.random.normal(_shape(shape), mean, stddev, dtype or floatx(), seed)


@old("keras.random.uniform")
def random_uniform(shape: Any, minval: float = 0.0, maxval: float = 1.0, dtype: Any = None,
                   seed: int | None = None) -> Any:
    """Values between `minval` and `maxval`."""
    return tf.random.uniform(_shape(shape), minval, maxval, dtype or floatx(), seed)


@old("keras.random.truncated_normal")
def truncated_normal(shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None,
                     seed: int | None = None) -> Any:
    """Values of a normal distribution, none beyond two deviations."""
    return tf.random.truncated_normal(_shape(shape), mean, stddev, dtype or floatx(), seed)


@old("keras.random.binomial")
def random_binomial(shape: Any, p: float = 0.0, dtype: Any = None, seed: int | None = None) -> Any:
    """Ones with probability `p`, zeros else."""
    drawn = tf.random.uniform(_shape(shape), dtype=floatx(), seed=seed)
    return ops.cast(tf.less(drawn, p), dtype or floatx())


@old("keras.random.binomial")
def random_bernoulli(shape: Any, p: float = 0.0, dtype: Any = None, seed: int | None = None) -> Any:
    """Ones with probability `p`, zeros else."""
    return random_binomial(shape, p, dtype, seed)
