"""NumPy's evenly spaced numbers, along any axis and between arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp
from hornbeam.graph import dtypes
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.op import COMPLEX, FLOATS, op
from hornbeam.ops import rules
from hornbeam.ops.dims import normal_axis

_ENDS = (*FLOATS, *COMPLEX)
_MOST = 2**40


def _samples(rng: np.random.Generator) -> Any:
    return [((np.float64(1), np.float64(3)), {"num": 5}),
            ((rng.uniform(1, 2, (2,)), np.float64(3)), {"num": 3, "endpoint": False, "axis": -1}),
            ((np.float32(1), np.float32(4)), {"num": 1})]


def _spaced(make: Any, start: Any, stop: Any, num: int, axis: int, **options: Any) -> Any:
    """What `make` gives; JAX would count to `num` even where no element is asked for."""
    empty = 0 in jnp.shape(start) or 0 in jnp.shape(stop)
    made = make(start, stop, 1 if empty else num, axis=axis, **options)
    return jnp.repeat(made, num, axis) if empty else made


@op("NumPyLinspace", inputs="start: T, stop: T", T=_ENDS, samples=_samples)
def linspace(start, stop, *, num: int = 50, endpoint: bool = True, axis: int = 0):
    """`num` numbers from `start` to `stop`, which is the last one where `endpoint` says so."""
    return _spaced(jnp.linspace, start, stop, num, axis, endpoint=endpoint)


@op("NumPyIntegerLinspace", inputs="start: T, stop: T", T=FLOATS, attr_types={"dtype": "type"},
    samples=lambda rng: [((np.float32(1), np.float32(9)), {"num": 5})])
def integer_linspace(start, stop, *, num: int = 50, endpoint: bool = True, axis: int = 0, dtype: Any = dtypes.int32):
    """`num` numbers from `start` to `stop`, rounded down to integers."""
    return _spaced(jnp.linspace, start, stop, num, axis, endpoint=endpoint, dtype=dtype.np_dtype)


@op("NumPyLogspace", inputs="start: T, stop: T", T=_ENDS, samples=_samples)
def logspace(start, stop, *, num: int = 50, endpoint: bool = True, base: float = 10.0, axis: int = 0):
    """`base` to the powers of `num` evenly spaced numbers."""
    return _spaced(jnp.logspace, start, stop, num, axis, endpoint=endpoint, base=base)


@op("NumPyGeomspace", inputs="start: T, stop: T", T=_ENDS, samples=_samples)
def geomspace(start, stop, *, num: int = 50, endpoint: bool = True, axis: int = 0):
    """`num` numbers from `start` to `stop`, each the same multiple of the one before."""
    return _spaced(jnp.geomspace, start, stop, num, axis, endpoint=endpoint)


def _evenly_spaced(inputs: Any, attrs: dict[str, Any]) -> Any:
    dims, number, axis = rules.broadcast_dims([i.dims for i in inputs]), attrs["num"], attrs["axis"]
    if number < 0:
        raise ShapeFault(f"Number of samples, {number}, must be non-negative.")
    if number > _MOST:
        raise ShapeFault(f"{number} samples are more than a memory holds")
    dtype = attrs.get("dtype", inputs[0].dtype)
    if dims is None:
        return [(None, dtype)]
    at = normal_axis(axis, len(dims) + 1, f"axis = {axis} is not in the result of rank {len(dims) + 1}")
    return [((*dims[:at], number, *dims[at:]), dtype)]


for _op in (linspace, integer_linspace, logspace, geomspace):
    _op.shape(_evenly_spaced)
