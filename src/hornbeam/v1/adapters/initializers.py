"""Initializers under their names in `contrib.layers`."""

from __future__ import annotations

import math
from typing import Any

from hornbeam.graph import dtypes, mode
from hornbeam.graph.names import public
from hornbeam.ops.initializers import Initializer, fans, sizes, whole
from hornbeam.ops.random import random_uniform, truncated_normal


def _floating(dtype: Any) -> dtypes.DType:
    """`dtype`, which must be a float type. Raises TypeError otherwise."""
    wanted = dtypes.as_dtype(dtype)
    if not wanted.is_floating:
        raise TypeError("Cannot create initializer for non-floating point type.")
    return wanted


class _FactorScaling(Initializer):
    """Draws whose variance is factor / n, n the inputs, the outputs, or their mean."""

    def __init__(self, factor: float, mode: str, uniform: bool, seed: int | None, dtype: Any) -> None:
        if mode not in ("FAN_IN", "FAN_OUT", "FAN_AVG"):
            raise TypeError(f"Unknown mode {mode} [FAN_IN, FAN_OUT, FAN_AVG]")
        self.factor, self.mode, self.uniform, self.seed, self.dtype = factor, mode, uniform, seed, _floating(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        """Draws of this shape."""
        wanted = self.dtype if dtype is None else _floating(dtype)
        inputs, outputs = fans(sizes(whole(shape, partition_info)))
        n = {"FAN_IN": inputs, "FAN_OUT": outputs, "FAN_AVG": (inputs + outputs) / 2}[self.mode]
        with mode.graph_first():
            if self.uniform:
                limit = math.sqrt(3.0 * self.factor / n)
                return random_uniform(shape, -limit, limit, wanted, seed=self.seed)
            # A truncated normal distribution has 0.88 of the deviation it is cut from; 1.3 makes up for the variance.
            return truncated_normal(shape, 0.0, math.sqrt(1.3 * self.factor / n), wanted, seed=self.seed)

    def get_config(self) -> dict[str, Any]:
        return {"factor": self.factor, "mode": self.mode, "uniform": self.uniform, "seed": self.seed,
                "dtype": self.dtype.name}


@public(v1=("contrib.layers.variance_scaling_initializer", "contrib.slim.variance_scaling_initializer"))
def variance_scaling_initializer(factor: float = 2.0, mode: str = "FAN_IN", uniform: bool = False,
                                 seed: int | None = None, dtype: Any = dtypes.float32) -> Initializer:
    """Draws of variance factor / n. mode: n is FAN_IN, FAN_OUT or FAN_AVG. uniform: uniform or truncated normal ones.

    Raises TypeError for other modes and dtypes that are no floats. He et al. 2015; Glorot and Bengio 2010.
    """
    return _FactorScaling(factor, mode, uniform, seed, dtype)


@public(v1=[f"contrib.{m}.xavier_initializer{end}" for m in ("layers", "slim") for end in ("", "_conv2d")])
def xavier_initializer(uniform: bool = True, seed: int | None = None, dtype: Any = dtypes.float32) -> Initializer:
    """Draws of variance 2 / (inputs + outputs), uniform or truncated normal. Glorot and Bengio 2010."""
    return _FactorScaling(1.0, "FAN_AVG", uniform, seed, dtype)
