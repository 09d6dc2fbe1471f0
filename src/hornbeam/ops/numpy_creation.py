"""NumPy's evenly spaced numbers, along any axis and between arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp
from hornbeam.graph import dtypes
from hornbeam.graph.op import COMPLEX, FLOATS, op

_ENDS = (*FLOATS, *COMPLEX)


def _samples(rng: np.random.Generator) -> Any:
    return [((np.float64(1), np.float64(3)), {"num": 5}),
            ((rng.uniform(1, 2, (2,)), np.float64(3)), {"num": 3, "endpoint": False, "axis": -1}),
            ((np.float32(1), np.float32(4)), {"num": 1})]


@op("NumPyLinspace", inputs="start: T, stop: T", T=_ENDS, samples=_samples)
def linspace(start, stop, *, num: int = 50, endpoint: bool = True, axis: int = 0):
    """`num` numbers from `start` to `stop`, which is the last one where `endpoint` says so."""
    return jnp.linspace(start, stop, num, endpoint=endpoint, axis=axis)


@op("NumPyIntegerLinspace", inputs="start: T, stop: T", T=FLOATS, attr_types={"dtype": "type"},
    samples=lambda rng: [((np.float32(1), np.float32(9)), {"num": 5})])
def integer_linspace(start, stop, *, num: int = 50, endpoint: bool = True, axis: int = 0, dtype: Any = dtypes.int32):
    """`num` numbers from `start` to `stop`, rounded down to integers."""
    return jnp.linspace(start, stop, num, endpoint=endpoint, axis=axis, dtype=dtype.np_dtype)


@op("NumPyLogspace", inputs="start: T, stop: T", T=_ENDS, samples=_samples)
def logspace(start, stop, *, num: int = 50, endpoint: bool = True, base: float = 10.0, axis: int = 0):
    """`base` to the powers of `num` evenly spaced numbers."""
    return jnp.logspace(start, stop, num, endpoint=endpoint, base=base, axis=axis)


@op("NumPyGeomspace", inputs="start: T, stop: T", T=_ENDS, samples=_samples)
def geomspace(start, stop, *, num: int = 50, endpoint: bool = True, axis: int = 0):
    """`num` numbers from `start` to `stop`, each the same multiple of the one before."""
    return jnp.geomspace(start, stop, num, endpoint=endpoint, axis=axis)
