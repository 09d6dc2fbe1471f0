"""Isotonic regression and Sobol's sequence; both run on the host."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import FLOATS, never, op
from hornbeam.ops import array
from hornbeam.ops.arithmetic import negative
from hornbeam.ops.moving import transpose


@op("IsotonicRegression", inputs="input: T", outputs=("output", "segments"), T=FLOATS, host=True,
    attr_types={"output_dtype": "type"}, samples=lambda rng: [((rng.normal(size=(2, 5)),), {})])
def isotonic_regression_op(input, *, output_dtype: Any = dtypes.float32):
    """The nearest sequences that never increase, along the last axis, and the number of the block of each element."""
    rows = np.asarray(input).reshape(-1, np.shape(input)[-1])
    fitted = np.empty(rows.shape, np.float64)
    blocks = np.empty(rows.shape, np.int32)
    for row, out, block in zip(rows, fitted, blocks, strict=True):
        _pool(row.astype(np.float64), out, block)
    return fitted.reshape(np.shape(input)).astype(output_dtype.np_dtype), blocks.reshape(np.shape(input))


def _pool(row: np.ndarray, out: np.ndarray, block: np.ndarray) -> None:
    """Pool adjacent violators (Ayer et al. 1955): neighbours that increase share their mean."""
    sums: list[float] = []
    counts: list[int] = []
    for value in row:
        sums.append(float(value))
        counts.append(1)
        while len(sums) > 1 and sums[-2] * counts[-1] < sums[-1] * counts[-2]:
            last, many = sums.pop(), counts.pop()
            sums[-1] += last
            counts[-1] += many
    out[:] = np.repeat(np.array(sums) / np.array(counts), counts) if sums else 0
    block[:] = np.repeat(np.arange(len(counts)), counts)


@isotonic_regression_op.shape
def _(inputs, attrs):
    return [(inputs[0].dims, attrs["output_dtype"]), (inputs[0].dims, dtypes.int32)]


@isotonic_regression_op.grad
def _(call, dy, _):
    return _block_means(dy, call.outputs[1])


@op("BlockMeans", inputs="values: T, segments: int32", T=FLOATS, host=True,
    samples=lambda rng: [((rng.normal(size=(2, 3)), np.array([[0, 0, 1], [0, 1, 2]], np.int32)), {})])
def _block_means(values, segments):
    """Each element of the last axis replaced by the mean of its block."""
    flat, numbers = (np.asarray(v).reshape(-1, np.shape(v)[-1]) for v in (values, segments))
    found = np.empty(flat.shape, flat.dtype)
    for row, block, out in zip(flat, numbers, found, strict=True):
        sums = np.bincount(block, row.astype(np.float64))
        out[:] = (sums / np.maximum(np.bincount(block), 1))[block]
    return found.reshape(np.shape(values))


@_block_means.shape
def _(inputs, attrs):
    return [(inputs[0].dims, inputs[0].dtype)]


@_block_means.grad
def _(call, dy):
    return _block_means(dy, call.inputs[1]), None


class IsotonicRegression(NamedTuple):
    """The fitted sequences, and the number of the block of each element."""

    output: Any
    segments: Any


@public(v2=("nn.isotonic_regression",))
def isotonic_regression(inputs: Any, decreasing: bool = True, axis: int = -1) -> IsotonicRegression:
    """The sequences nearest to `inputs` (least squares) that never increase along `axis`; the blocks of equal values.

    inputs: floats. decreasing: False for sequences that never decrease. Returns (output, segments).

    >>> isotonic_regression([3.0, 1.0, 2.0]).output.numpy().tolist()
    [3.0, 1.5, 1.5]
    """
    x = array.convert(inputs)
    rank = x.shape.rank
    last = axis in (-1, None if rank is None else rank - 1)
    order = None
    if not last:
        order = list(range(len(x.shape)))
        order[axis], order[-1] = order[-1], order[axis]
        x = transpose(x, order)
    fitted, blocks = isotonic_regression_op(x if decreasing else negative(x), output_dtype=x.dtype.base_dtype)
    fitted = fitted if decreasing else negative(fitted)
    if order is not None:
        fitted, blocks = transpose(fitted, order), transpose(blocks, order)
    return IsotonicRegression(fitted, blocks)


_MOST_DIMENSIONS = 21201


@op("SobolSample", inputs="dim: int32 static, num_results: int32 static, skip: int32 static", host=True,
    attr_types={"dtype": "type"}, differentiable=never("no floats go in"),
    samples=lambda rng: [(tuple(np.array(n, np.int32) for n in (2, 3, 0)), {})])
def sobol_sample_op(dim, num_results, skip, *, dtype: Any = dtypes.float32):
    """Points of Sobol's sequence in the unit cube: [num_results, dim]."""
    dim, number, skip = int(dim), int(num_results), int(skip)
    if dim < 1:
        raise ShapeFault("dim must be at least one")
    if dim > _MOST_DIMENSIONS:
        raise ShapeFault(f"dim must be at most {_MOST_DIMENSIONS}, got {dim}")
    if number < 1:
        raise ShapeFault("num_results must be at least one")
    if skip < 0:
        raise ShapeFault("skip must be non-negative")
    from scipy.stats import qmc

    engine = qmc.Sobol(dim, scramble=False)
    engine.fast_forward(skip + 1)
    return engine.random(number).astype(dtype.np_dtype)


@sobol_sample_op.shape
def _(inputs, attrs):
    dims = [None if i.value is None else int(i.value) for i in (inputs[1], inputs[0])]
    return [(tuple(dims), attrs["dtype"])]


@public("math.sobol_sample")
def sobol_sample(dim: Any, num_results: Any, skip: Any = 0, dtype: Any = dtypes.float32,
                 name: str | None = None) -> Any:
    """Points of Sobol's sequence, which fill the unit cube evenly: [num_results, dim]. Sobol 1967, Joe and Kuo 2008.

    dim: up to 21201. skip: how many points are left out at the beginning. dtype: float32 or float64.
    Raises InvalidArgumentError for numbers below 1.

    >>> sobol_sample(2, 2).numpy().tolist()
    [[0.5, 0.5], [0.75, 0.25]]
    """
    return sobol_sample_op(dim, num_results, skip, dtype=dtypes.as_dtype(dtype), name=name)
