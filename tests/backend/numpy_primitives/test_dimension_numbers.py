"""Random shapes and dimension numbers, from seeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax
import jax.extend.core
import numpy as np
import pytest
from jax import lax

pytestmark = pytest.mark.usefixtures("nothing_compiles")


def shuffled(rng: np.random.Generator, items: Sequence[int], least: int = 0) -> list[int]:
    return [int(i) for i in rng.permutation(list(items))[: rng.integers(least, len(items) + 1)]]


def random_windows(
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, dict[str, Any], tuple[int, ...]]:
    """An operand, start indices, dimension numbers by their gather names, and slice sizes."""
    shape = [int(n) for n in rng.integers(1, 5, rng.integers(1, 5))]
    dims = range(len(shape))
    batching = shuffled(rng, dims)[:1] if rng.random() < 0.4 else []
    others = [d for d in dims if d not in batching]
    mapped = shuffled(rng, others, 1 if others else 0)
    collapsed = sorted(d for d in others if rng.random() < 0.4)
    single = {*collapsed, *batching}
    sizes = tuple(1 if d in single else int(rng.integers(1, shape[d] + 1)) for d in dims)
    batch = [int(n) for n in rng.integers(1, 4, rng.integers(0, 3))]
    index_batching = []
    for d in batching:
        index_batching = [int(rng.integers(0, len(batch) + 1))]
        batch.insert(index_batching[0], shape[d])
    starts = rng.integers(-2, 5, (*batch, len(mapped))).astype(rng.choice(["int32", "int64", "int8"]))
    windows = len(shape) - len(single)
    offsets = sorted(int(i) for i in rng.permutation(len(batch) + windows)[:windows])
    operand = rng.normal(size=shape).astype(np.float32)
    numbers = {
        "offset_dims": tuple(offsets),
        "collapsed_slice_dims": tuple(collapsed),
        "start_index_map": tuple(mapped),
        "operand_batching_dims": tuple(batching),
        "start_indices_batching_dims": tuple(index_batching),
    }
    return operand, starts, numbers, sizes


@pytest.mark.usefixtures("compiles")
@pytest.mark.parametrize("seed", range(50))
def test_random_gather(check, seed):
    rng = np.random.default_rng(seed)
    operand, starts, numbers, sizes = random_windows(rng)
    mode = ["clip", "fill", "promise_in_bounds"][seed % 3]
    if mode == "promise_in_bounds":
        last = np.array([operand.shape[d] - sizes[d] for d in numbers["start_index_map"]], int)
        starts = np.clip(starts, 0, last)
    check(
        lambda x, i: lax.gather(x, i, lax.GatherDimensionNumbers(**numbers), sizes, mode=mode),
        operand,
        starts,
    )


@pytest.mark.usefixtures("compiles")
@pytest.mark.parametrize("seed", range(60))
def test_random_scatter(check, seed):
    rng = np.random.default_rng(1000 + seed)
    operand, starts, numbers, sizes = random_windows(rng)
    shape = jax.eval_shape(
        lambda x, i: lax.gather(x, i, lax.GatherDimensionNumbers(**numbers), sizes, mode="clip"),
        operand,
        starts,
    ).shape
    updates = rng.normal(size=shape).astype(np.float32)
    scatter = [lax.scatter, lax.scatter_add, lax.scatter_mul, lax.scatter_min, lax.scatter_max][seed % 5]
    dimensions = lax.ScatterDimensionNumbers(
        update_window_dims=numbers["offset_dims"],
        inserted_window_dims=numbers["collapsed_slice_dims"],
        scatter_dims_to_operand_dims=numbers["start_index_map"],
        operand_batching_dims=numbers["operand_batching_dims"],
        scatter_indices_batching_dims=numbers["start_indices_batching_dims"],
    )
    mode = ["clip", "fill"][seed % 2]
    check(lambda x, i, u: scatter(x, i, u, dimensions, mode=mode), operand, starts, updates, absolute=1e-6)


@pytest.mark.parametrize("seed", range(40))
def test_random_dot_general(check, seed):
    rng = np.random.default_rng(seed)
    sizes = [int(n) for n in rng.integers(0 if seed % 10 == 0 else 1, 4, 7)]
    batch, contracted = sizes[: rng.integers(0, 3)], sizes[2 : 2 + rng.integers(0, 3)]
    sides = []
    for free in (sizes[4 : 4 + rng.integers(0, 3)], sizes[5 : 5 + rng.integers(0, 3)]):
        order = [int(i) for i in rng.permutation(len(batch) + len(contracted) + len(free))]
        shape = [0] * len(order)
        for place, size in zip(order, [*batch, *contracted, *free], strict=True):
            shape[place] = size
        array = np.round(rng.normal(size=shape) * 4).astype(["float32", "int32", "bfloat16"][seed % 3])
        sides.append((array, order[len(batch) : len(batch) + len(contracted)], order[: len(batch)]))
    (x, xc, xb), (y, yc, yb) = sides
    check(lambda x, y: lax.dot_general(x, y, ((xc, yc), (xb, yb))), x, y, absolute=1e-4)


@pytest.mark.parametrize("seed", range(40))
def test_random_pad(check, seed):
    rng = np.random.default_rng(seed)
    shape = rng.integers(0, 5, rng.integers(0, 4))
    config = []
    for size in shape:
        step = int(rng.integers(0, 3))
        total = max(0, (int(size) - 1) * step + int(size))
        low = int(rng.integers(-total - 1, 4))
        high = int(rng.integers(-min(total + low, total) if total + low > 0 else -low - total, 4))
        config.append((low, max(high, -low - total), step))
    check(lambda x, v: lax.pad(x, v, config), rng.normal(size=shape).astype(np.float32), np.float32(7))


@pytest.mark.parametrize("seed", range(30))
def test_random_convolution(check, traced, seed):
    rng = np.random.default_rng(seed)
    rank = int(rng.integers(0, 4))
    groups, which = int(rng.integers(1, 4)), int(rng.integers(0, 2))
    features, batches = (groups, 1) if which else (1, groups)
    inputs, outputs = int(rng.integers(1, 3)), int(rng.integers(1, 3)) * groups
    size, window = rng.integers(2, 6, rank), rng.integers(1, 4, rank)
    left = [int(rng.integers(1, 3)) * batches, inputs * features, *size]
    right = [outputs, inputs, *window]
    specs = [[int(i) for i in rng.permutation(rank + 2)] for _ in range(3)]
    dimensions = lax.ConvDimensionNumbers(*map(tuple, specs))
    dtype = ["float32", "float64", "bfloat16", "int32"][seed % 4]
    x = np.round(rng.normal(size=left) * 4).astype(dtype).transpose(np.argsort(specs[0]))
    kernel = np.round(rng.normal(size=right) * 4).astype(dtype).transpose(np.argsort(specs[1]))

    def convolve(x, kernel):
        return lax.conv_general_dilated(
            x,
            kernel,
            [int(n) for n in rng.integers(1, 3, rank)],
            [(int(a), int(b)) for a, b in rng.integers(0, 3, (rank, 2))],
            [int(n) for n in rng.integers(1, 3, rank)],
            [int(n) for n in rng.integers(1, 3, rank)],
            dimensions,
            features,
            batches,
        )

    jaxpr = traced(convolve, x, kernel)
    check(jax.extend.core.jaxpr_as_fun(jaxpr), x, kernel, absolute=1e-4)
