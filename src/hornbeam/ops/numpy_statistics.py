"""NumPy's order statistics, histograms and correlations."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp
from hornbeam.graph import dtypes
from hornbeam.graph.op import FLOATS, NUMERIC, REALS, never, op
from hornbeam.ops.dims import ShapeFault

_COUNTS = never("a count changes in steps")


def _ordered(rng: np.random.Generator) -> Any:
    x = rng.normal(size=(3, 5))
    return [((x,), {}), ((x,), {"axis": (1,), "keepdims": True}), ((x,), {"axis": (-2,)})]


def _axes(axis: Any, rank: int) -> Any:
    return None if axis is None else tuple(axis) if len(axis) > 1 or rank == 0 else axis[0]


@op("Median", inputs="x: T", T=FLOATS, samples=_ordered)
def median(x, *, axis: Any = None, keepdims: bool = False):
    """The median over dimensions."""
    return jnp.median(x, axis=_axes(axis, x.ndim), keepdims=keepdims)


@op("NanMedian", inputs="x: T", T=FLOATS, samples=_ordered)
def nanmedian(x, *, axis: Any = None, keepdims: bool = False):
    """The median over dimensions, of what is not NaN."""
    return jnp.nanmedian(x, axis=_axes(axis, x.ndim), keepdims=keepdims)


def _quantiles(rng: np.random.Generator) -> Any:
    x = rng.normal(size=(3, 5))
    return [((x, np.float64(0.3)), {}), ((x, np.array([0.2, 0.55])), {"axis": (1,), "keepdims": True}),
            ((x, np.array([0.2, 0.55])), {"axis": (0, 1), "method": "midpoint"})]


@op("Quantile", inputs="x: T, q: T", T=FLOATS, samples=_quantiles)
def quantile(x, q, *, axis: Any = None, method: str = "linear", keepdims: bool = False):
    """The quantiles `q` over dimensions; of a vector `q`, along a new first dimension."""
    return jnp.quantile(x, q, axis=_axes(axis, x.ndim), method=method, keepdims=keepdims)


@op("NanQuantile", inputs="x: T, q: T", T=FLOATS, samples=_quantiles)
def nanquantile(x, q, *, axis: Any = None, method: str = "linear", keepdims: bool = False):
    """The quantiles `q` over dimensions, of what is not NaN."""
    return jnp.nanquantile(x, q, axis=_axes(axis, x.ndim), method=method, keepdims=keepdims)


@op("Histogram", inputs="x: T, low: T, high: T", T=FLOATS, differentiable=_COUNTS, outputs=("counts", "edges"),
    samples=lambda rng: [((rng.normal(size=(20,)), np.float64(-2), np.float64(2)), {"bins": 4})])
def histogram(x, low, high, *, bins: int = 10):
    """How many elements fall into each of `bins` parts of [low, high], and the edges of these."""
    return jnp.histogram(x, bins=bins, range=(low, high))


@op("HistogramOfEdges", inputs="x: T, edges: T", T=FLOATS, differentiable=_COUNTS,
    samples=lambda rng: [((rng.normal(size=(20,)), np.array([-1.0, 0.0, 2.0])), {})])
def histogram_of_edges(x, edges):
    """How many elements fall between neighbouring edges; the last part holds its upper edge."""
    if jnp.ndim(edges) != 1:
        raise ShapeFault(f"Shape must be rank 1 but is rank {jnp.ndim(edges)}", "edges must be a vector")
    return jnp.histogram(x, bins=edges)[0]


@op("CorrCoef", inputs="x: T", T=FLOATS, samples=lambda rng: [((rng.normal(size=(3, 6)),), {})])
def corrcoef(x):
    """The correlation coefficients of the rows."""
    return jnp.corrcoef(x)


@op("Correlate", inputs="x: T, y: T", T=NUMERIC, samples=lambda rng: [
    ((rng.normal(size=(5,)), rng.normal(size=(3,))), {"mode": m}) for m in ("valid", "same", "full")])
def correlate(x, y, *, mode: str = "valid"):
    """The cross-correlation of two vectors."""
    return jnp.correlate(x, y, mode)


@correlate.shape
def _(inputs, attrs):
    (n,), (m,) = ((None,) if i.dims is None else i.dims for i in inputs)
    if n is None or m is None:
        return [((None,), inputs[0].dtype)]
    sizes = {"valid": abs(n - m) + 1, "same": max(n, m), "full": n + m - 1}
    return [((sizes[attrs["mode"]],), inputs[0].dtype)]


@op("ArgPartition", inputs="x: T", T=REALS, differentiable=never("integer result"),
    samples=lambda rng: [((rng.normal(size=(3, 5)),), {"kth": 2})])
def argpartition(x, *, kth: int, axis: int = -1):
    """Places such that the element at `kth` stands where sorting would put it, smaller ones before."""
    return jnp.argpartition(x, kth, axis=axis).astype(jnp.int32)


def _unique(x: Any, axis: Any, size: Any, fill_value: Any) -> Any:
    values, index, inverse, counts = np.unique(x, return_index=True, return_inverse=True, return_counts=True,
                                               axis=axis, equal_nan=False)
    if size is not None:
        values, index, counts, inverse = _resized(values, index, counts, inverse, 0 if axis is None else axis, size,
                                                  fill_value)
    inverse = inverse.reshape(x.shape) if axis is None else inverse.reshape(-1)
    return values, *(v.astype(np.int32) for v in (index, inverse, counts))


def _resized(values: Any, index: Any, counts: Any, inverse: Any, axis: int, size: int, fill_value: Any) -> Any:
    held = values.shape[axis]
    if size <= held:
        return np.take(values, range(size), axis), index[:size], counts[:size], np.minimum(inverse, size)
    extra = size - held
    filler = np.take(values, [0], axis) if fill_value is None and held else np.full(
        [1 if i == axis else d for i, d in enumerate(values.shape)], 0 if fill_value is None else fill_value)
    values = np.concatenate([values, np.repeat(filler.astype(values.dtype), extra, axis)], axis)
    first = index[:1] if held else np.zeros(1, int)
    return values, np.concatenate([index, np.repeat(first, extra)]), np.concatenate([counts, np.zeros(extra, int)]), \
        inverse


@op("UniqueOfAxis", inputs="x: T", host=True, differentiable=never("a choice of elements"), gives_strings=True,
    outputs=("values", "index", "inverse", "counts"), T=(*NUMERIC, dtypes.bool),
    samples=lambda rng: [((rng.integers(0, 3, (2, 3)).astype(np.int32),), {}),
                         ((rng.integers(0, 2, (4, 2)).astype(np.int32),), {"axis": 0, "size": 5})])
def unique_of_axis(x, *, axis: Any = None, size: Any = None, fill_value: Any = None):
    """The distinct elements (or slices) in order, where each first stands, which one each is, and how many."""
    return _unique(x, axis, size, fill_value)


@unique_of_axis.shape
def _(inputs, attrs):
    x, axis, size = inputs[0], attrs["axis"], attrs["size"]
    if not all(v is None or (isinstance(v, int) and not isinstance(v, bool)) for v in (axis, size)):
        raise ShapeFault(f"axis and size are integers or None, not {axis!r} and {size!r}")
    dims = x.dims
    if axis is None:
        values, inverse = (size,), dims
    elif dims is None:
        values, inverse = None, (None,)
    else:
        at = axis % len(dims)
        values = tuple(size if i == at else d for i, d in enumerate(dims))
        inverse = (dims[at],)
    return [(values, x.dtype), ((size,), dtypes.int32), (inverse, dtypes.int32), ((size,), dtypes.int32)]


