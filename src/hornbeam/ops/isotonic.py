"""Monotone fits, and points that fill a cube evenly."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp
from hornbeam.graph import dtypes
from hornbeam.graph.call import composite
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import REALS, never, op
from hornbeam.ops import array, math

# Isotonic regression ---------------------------------------------------------------------------------


def _falling(row: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The closest falling sequence and the number of the level of each element. Pool adjacent violators."""
    means: list[float] = []
    counts: list[int] = []
    for value in row.tolist():
        mean, count = value, 1
        while means and means[-1] < mean:
            before, size = means.pop(), counts.pop()
            mean, count = (mean * count + before * size) / (count + size), count + size
        means.append(mean)
        counts.append(count)
    return np.repeat(means, counts), np.repeat(np.arange(len(counts), dtype=np.int32), counts)


@op("IsotonicRegression", inputs="input: T", T=REALS, host=True, outputs=("output", "segments"),
    attr_types={"output_dtype": "type"}, samples=lambda rng: [((rng.normal(size=(2, 5)),),
                                                              {"output_dtype": "float64"})],
    waive={"gradient": "levels change where values cross"})
def isotonic_op(input, *, output_dtype: Any = dtypes.float32):
    """The closest falling sequences, along the last dimension, and the levels they consist of."""
    flat = np.reshape(input, (-1, input.shape[-1])).astype(np.float64)
    found = [_falling(row) for row in flat]
    values = np.array([v for v, _ in found]).reshape(input.shape)
    levels = np.array([s for _, s in found], np.int32).reshape(input.shape)
    return values.astype(output_dtype.np_dtype), levels


@isotonic_op.shape
def _(inputs, attrs):
    dims = inputs[0].dims
    if dims == ():
        raise ShapeFault("Shape must be at least rank 1 but is rank 0")
    return [(dims, attrs["output_dtype"]), (dims, dtypes.int32)]


@op("LevelMeans", inputs="x: T, levels: int32", T=(dtypes.bfloat16, dtypes.float16, dtypes.float32, dtypes.float64),
    samples=lambda rng: [((rng.normal(size=(2, 4)), np.array([[0, 0, 1, 1], [0, 1, 2, 2]], np.int32)), {})])
def level_means(x, levels):
    """Each element replaced by the mean of its level, along the last dimension."""
    if not x.shape[-1]:
        return x
    flat, of = jnp.reshape(x, (-1, x.shape[-1])), jnp.reshape(levels, (-1, x.shape[-1]))
    rows = jnp.arange(flat.shape[0])[:, None]
    totals = jnp.zeros(flat.shape, x.dtype).at[rows, of].add(flat)
    counts = jnp.zeros(flat.shape, x.dtype).at[rows, of].add(jnp.ones((), x.dtype))
    return jnp.reshape((totals / jnp.maximum(counts, 1))[rows, of], x.shape).astype(x.dtype)


@isotonic_op.grad
def _(call, dy, d_levels):
    if dy is None:
        return None
    return math.cast(level_means(dy, call.outputs[1]), call.inputs[0].dtype)


@public("nn.isotonic_regression")
def isotonic_regression(inputs: Any, decreasing: bool = True, axis: int = -1) -> Any:
    """The falling (or rising) sequences closest to `inputs` in least squares, along `axis`.

    Returns (the sequences, int32 numbers of the levels that the elements of each belong to).

    >>> isotonic_regression([3.0, 1.0, 2.0])[0].numpy().tolist()
    [3.0, 1.5, 1.5]
    """
    return _isotonic_regression(inputs, decreasing, axis)


@composite("isotonic_regression")
def _isotonic_regression(inputs: Any, decreasing: bool = True, axis: int = -1, name: str | None = None) -> Any:
    x = array.convert(inputs)
    kind = x.dtype.base_dtype
    wanted = kind if kind.is_floating else dtypes.float64 if kind.size > 2 else dtypes.float32
    if x.dims is None:
        raise ValueError("isotonic_regression needs inputs of known rank")
    rank = len(x.dims)
    at = axis % rank
    order = [*(i for i in range(rank) if i != at), at]
    turned = x if at == rank - 1 else array.transpose(x, order)
    found = isotonic_op(turned if decreasing else -turned, output_dtype=wanted)
    values, levels = found.output if decreasing else -found.output, found.segments
    if at == rank - 1:
        return values, levels
    back = [int(i) for i in np.argsort(order)]
    return array.transpose(values, back), array.transpose(levels, back)


# Sobol's sequence ------------------------------------------------------------------------------------


@op("SobolSample", inputs="dim: int32 static, num_results: int32 static, skip: int32", host=True,
    attr_types={"dtype": "type"}, differentiable=never("a fixed sequence"),
    samples=lambda rng: [((np.int32(3), np.int32(5), np.int32(2)), {"dtype": "float64"})])
def sobol_op(dim, num_results, skip, *, dtype: Any = dtypes.float32):
    """Points of Sobol's sequence in the unit cube."""
    from scipy.stats import qmc

    for what, value in (("dim", dim), ("num_results", num_results)):
        if int(value) < 1:
            raise ShapeFault(f"{what} must be at least 1, got {int(value)}")
    if int(skip) < 0:
        raise ShapeFault(f"skip must not be negative, got {int(skip)}")
    engine = qmc.Sobol(int(dim), scramble=False, bits=30)
    engine.fast_forward(int(skip) + 1)  # without the origin
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the count need not be a power of two
        return engine.random(int(num_results)).astype(dtype.np_dtype)


@sobol_op.shape
def _(inputs, attrs):
    sizes = [None if i.value is None else int(i.value) for i in inputs[:2]]
    return [((sizes[1], sizes[0]), attrs["dtype"])]


@public("math.sobol_sample")
def sobol_sample(dim: Any, num_results: Any, skip: Any = 0, dtype: Any = dtypes.float32,
                 name: str | None = None) -> Any:
    """Points of Sobol's sequence, which fills the unit cube evenly. Directions of Joe and Kuo 2008.

    dim: of the cube. num_results: how many points. skip: how many are left out first. dtype: float32 or float64.
    Returns [num_results, dim]. Raises InvalidArgumentError for sizes that are not positive.
    """
    with_kinds = [array.convert(v, dtypes.int32) for v in (dim, num_results, skip)]
    return sobol_op(*with_kinds, dtype=dtypes.as_dtype(dtype), name=name)


