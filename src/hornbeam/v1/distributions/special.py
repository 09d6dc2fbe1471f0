"""Functions that distributions need: the normal distribution's, and logarithms of counts."""

from __future__ import annotations

import math
from typing import Any

from hornbeam.v1.api import tf

_ASYMPTOTIC_BELOW = {"float32": -10.0, "float64": -20.0}
_CLOSE_TO_ONE_ABOVE = {"float32": 5.0, "float64": 8.0}


def ndtr(z: Any) -> Any:
    """The probability that a standard normal number is at most z; the tails keep their digits."""
    w = z * math.sqrt(0.5)
    size = tf.abs(w)
    inner = 1.0 + tf.erf(w)
    outer = tf.where(w > 0.0, 2.0 - tf.erfc(size), tf.erfc(size))
    return 0.5 * tf.where(size < math.sqrt(0.5), inner, outer)


def log_ndtr(z: Any) -> Any:
    """log(ndtr(z)): far below 0 by its asymptotic series, far above 0 as -ndtr(-z)."""
    low, high = _ASYMPTOTIC_BELOW[z.dtype.base_dtype.name], _CLOSE_TO_ONE_ABOVE[z.dtype.base_dtype.name]
    middle = tf.log(ndtr(tf.maximum(z, low)))
    return tf.where(z > high, -ndtr(-z), tf.where(z > low, middle, _log_tail(tf.minimum(z, low))))


def _log_tail(z: Any) -> Any:
    """-z²/2 - log(-z √(2π)) + log(1 - 1/z² + 3/z⁴ - 15/z⁶)."""
    square = tf.square(z)
    series = 1.0 - 1.0 / square + 3.0 / tf.square(square) - 15.0 / (square * tf.square(square))
    return -0.5 * square - tf.log(-z) - 0.5 * math.log(2 * math.pi) + tf.log(series)


def log_combinations(n: Any, counts: Any) -> Any:
    """log(n! / Π counts!), the counts along the last dimension."""
    return tf.lgamma(n + 1.0) - tf.reduce_sum(tf.lgamma(counts + 1.0), axis=-1)
