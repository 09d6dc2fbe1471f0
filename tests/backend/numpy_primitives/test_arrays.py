"""What moves, reduces, multiplies, sorts and indexes arrays.

All functions are compiled at once for a dtype, and each test takes its result out of it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

import jax
import jax.extend.core
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

pytestmark = pytest.mark.usefixtures("nothing_compiles")


FLOATS = ["float32", "float64", "float16", "bfloat16"]
INTS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
COMPLEX = ["complex64", "complex128"]


def data(dtype: str, *shape: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    if dtype == "bool":
        return np.array(rng.random(shape) < 0.5)
    if dtype in COMPLEX:
        return np.array(rng.normal(size=shape) + 1j * rng.normal(size=shape)).astype(dtype)
    if dtype in FLOATS:
        return np.array(np.round(rng.normal(size=shape) * 4) / 4).astype(dtype)
    return np.array(rng.integers(0, 9, shape)).astype(dtype)


ORDERED = [*FLOATS, "int32", "int8", "uint8", "int64"]
MOVED = ["float32", "bfloat16", "int32", "bool", "complex64"]
SUMMED = [*FLOATS, "int8", "int32", "uint8", "complex64"]


def take_with(mode: str | None) -> Callable:
    index = np.array([[1, -2, 7], [0, 99, -99]], np.int32)
    return lambda x: x.at[index].get(mode=mode)


def put_with(method: str, mode: str | None = None, unique: bool = False) -> Callable:
    index = np.array([1, 0, 1, 7, -1][: 2 if unique else 5], np.int32)

    def put(x):
        updates = jnp.arange(len(index) * 4).reshape(len(index), 4).astype(x.dtype)
        return getattr(x.at[index], method)(updates, mode=mode, unique_indices=unique)

    return put


def pooled(operation: Callable, start: Any) -> Callable:
    def pool(x):
        window = partial(lax.reduce_window, x, np.array(start).astype(x.dtype), operation)
        some = window((1, 2, 3, 1), (1, 2, 1, 1), "SAME")
        if x.dtype in ("float32", "int32"):
            return some, window((1, 2, 2, 1), (1, 1, 2, 1), "VALID", (1, 2, 2, 1), (1, 2, 1, 1))
        return (some,)

    return pool


SHAPES: dict[str, tuple[Callable, list[tuple[int, ...]], list[str]]] = {
    "reshape": (lambda x: jnp.reshape(x, (4, 3)), [(3, 4)], MOVED),
    "ravel of transpose": (lambda x: jnp.ravel(x.T), [(3, 4)], MOVED),
    "expand and squeeze": (lambda x: jnp.squeeze(x[None, :, None], 0), [(3,)], MOVED),
    "transpose": (lambda x: jnp.transpose(x, (2, 0, 1)), [(2, 3, 4)], MOVED),
    "rev": (lambda x: lax.rev(x, (0, 2)), [(2, 3, 2)], MOVED),
    "slice": (lambda x: x[1:, ::2], [(3, 5)], MOVED),
    "negative stride": (lambda x: x[::-2], [(5,)], MOVED),
    "static element": (lambda x: x[1, 2], [(3, 5)], MOVED),
    "concatenate": (lambda x, y: jnp.concatenate([x, y], 1), [(2, 3), (2, 1)], MOVED),
    "stack": (lambda x, y: jnp.stack([x, y], 1), [(2, 3), (2, 3)], MOVED),
    "unstack": (lambda x: jnp.unstack(x, axis=1), [(2, 3)], MOVED),
    "split": (lambda x: jnp.split(x, [1, 3], 1), [(2, 4)], MOVED),
    "split in one": (lambda x: jnp.split(x, 1, 1), [(2, 4)], MOVED),
    "tile": (lambda x: jnp.tile(x, (2, 1, 3)), [(2, 3)], MOVED),
    "repeat": (lambda x: jnp.repeat(x, 2, 1), [(2, 3)], MOVED),
    "broadcast": (lambda x: jnp.broadcast_to(x[:, None], (4, 3, 2)), [(3,)], MOVED),
    "broadcast twice": (
        lambda x: jnp.broadcast_to(x, (4, 3)).sum(0) + jnp.broadcast_to(x, (4, 3)),
        [(3,)],
        SUMMED,
    ),
    "broadcast of nothing": (lambda x: jnp.broadcast_to(x[:, None], (0, 1)), [(0,)], MOVED),
    "broadcast, reduced": (lambda x: jnp.sum(jnp.broadcast_to(x, (3, 2)) * 2, 0), [()], SUMMED),
    "broadcast, indexed": (lambda x: jnp.broadcast_to(x[None], (3, 2))[1:], [(2,)], MOVED),
    "outer sum": (lambda x, y: (x[:, None] + y[None, :], x + 1), [(3,), (2,)], ["float32", "int32"]),
    "zeros": (lambda x: (jnp.zeros((2, 3), x.dtype), x), [(2,)], MOVED),
    "full": (lambda x: jnp.full((2, 3), x), [()], MOVED),
    "pad": (lambda x: lax.pad(x, jnp.zeros((), x.dtype), ((1, 2, 0), (0, 1, 2))), [(2, 3)], MOVED),
    "crop": (lambda x: lax.pad(x, jnp.ones((), x.dtype), ((-1, 1, 1), (2, -4, 1))), [(3, 4)], MOVED),
    "pad mode edge": (lambda x: jnp.pad(x, 2, mode="edge"), [(2, 3)], ["float32"]),
    "roll": (lambda x: jnp.roll(x, 2, 1), [(2, 5)], MOVED),
    "triangle": (lambda x: jnp.tril(x, 1), [(3, 4)], ["float32", "int32"]),
    "eye": (lambda x: x + jnp.eye(3, dtype=x.dtype), [(3, 3)], ["float32", "int32"]),
    "arange": (lambda x: x + jnp.arange(3).astype(x.dtype), [(3,)], ["float32", "bfloat16", "int8"]),
    "meshgrid": (lambda x: jnp.meshgrid(x, x), [(3,)], ["float32"]),
    "bits": (
        lambda x: lax.bitcast_convert_type(x, f"uint{x.dtype.itemsize * 8}"),
        [(2, 3)],
        ["float32", "bfloat16"],
    ),
    "bits of one": (lambda x: lax.bitcast_convert_type(x, np.int32), [()], ["float32"]),
    "to bytes": (lambda x: lax.bitcast_convert_type(x, np.uint8), [(2, 3)], ["float32", "int64"]),
    "bytes of one": (lambda x: lax.bitcast_convert_type(x, np.uint16), [()], ["float32"]),
    "from bytes": (lambda x: lax.bitcast_convert_type(x, np.int32), [(3, 4)], ["uint8", "int8"]),
    "copies": (lambda x: (x, x, jnp.copy(x), x.T, x.T), [(2, 3)], MOVED),
    "barrier": (lambda x, y: lax.optimization_barrier((x, y)), [(2,), (3,)], ["float32"]),
    "empty": (lambda x: (x + 1, x.T, jnp.concatenate([x, x])), [(0, 3)], ["float32", "int8"]),
    "sum": (lambda x: jnp.sum(x, 0), [(3, 4)], SUMMED),
    "sum of all": (lambda x: lax.reduce_sum(x, (0, 1)), [(3, 4)], SUMMED),
    "sum, kept": (lambda x: jnp.sum(x, (0, 2), keepdims=True), [(3, 4, 2)], SUMMED),
    "sum of one": (lambda x: jnp.sum(x), [()], SUMMED),
    "sum of nothing": (lambda x: lax.reduce_sum(x, (0,)), [(0, 2)], SUMMED),
    "prod": (lambda x: lax.reduce_prod(x, (1,)), [(3, 4)], SUMMED),
    "mean and variance": (lambda x: (jnp.mean(x, 1), jnp.var(x, 1)), [(3, 4)], FLOATS),
    "max": (lambda x: lax.reduce_max(x, (1,)), [(3, 4)], [*ORDERED, "bool"]),
    "max of nothing": (lambda x: lax.reduce_max(x, (1,)), [(3, 0)], [*ORDERED, "bool"]),
    "min": (lambda x: lax.reduce_min(x, (0, 1)), [(3, 4)], [*ORDERED, "bool"]),
    "min of nothing": (lambda x: lax.reduce_min(x, (0,)), [(0,)], ORDERED),
    "all and any": (lambda x: (jnp.all(x, 0), jnp.any(x, 1)), [(3, 4)], ["bool", "int32"]),
    "all of nothing": (lambda x: (jnp.all(x), jnp.any(x)), [(0, 4)], ["bool"]),
    "reduce_xor": (lambda x: lax.reduce_xor(x, (0,)), [(3, 4)], ["int32", "uint8", "bool"]),
    "bitwise reduction": (
        lambda x: (lax.reduce_and(x, (0,)), lax.reduce_or(x, (0,))),
        [(3, 4)],
        ["int32", "uint8"],
    ),
    "argmax": (
        lambda x: (lax.argmax(x, 1, np.int32), lax.argmin(x, 0, np.int64)),
        [(3, 4)],
        [*ORDERED, "bool"],
    ),
    "cumsum": (lambda x: lax.cumsum(x, 1), [(3, 4)], SUMMED),
    "cumsum, reverse": (lambda x: lax.cumsum(x, 0, reverse=True), [(3, 4)], SUMMED),
    "cumprod": (lambda x: lax.cumprod(x, 1), [(3, 4)], SUMMED),
    "cummax": (lambda x: (lax.cummax(x, 1), lax.cummin(x, 0, reverse=True)), [(3, 4)], ORDERED),
    "cumlogsumexp": (lambda x: lax.cumlogsumexp(x, 1), [(3, 4)], FLOATS),
    "logsumexp": (lambda x: jax.nn.logsumexp(x, 1), [(3, 4)], FLOATS),
    "softmax": (lambda x: jax.nn.softmax(x, 0), [(3, 4)], FLOATS),
    "norm": (lambda x: jnp.linalg.norm(x, axis=1), [(3, 4)], ["float32", "float64"]),
    "matmul": (jnp.matmul, [(3, 4), (4, 2)], [*SUMMED, "bool", "int64"]),
    "matmul, batched": (jnp.matmul, [(2, 1, 3, 4), (5, 4, 2)], SUMMED),
    "matrix vector": (lambda x, y: (x @ y, y @ x.T, y @ y), [(3, 4), (4,)], SUMMED),
    "matmul of nothing": (jnp.matmul, [(3, 0), (0, 2)], SUMMED),
    "transposed products": (
        lambda x, y: (x.T @ y, x @ y.T, jnp.einsum("ji,kj->ik", x, y)),
        [(3, 3), (3, 3)],
        SUMMED,
    ),
    "einsum": (lambda x, y: jnp.einsum("abc,dcb->adb", x, y), [(2, 3, 4), (5, 4, 3)], SUMMED),
    "outer": (lambda x, y: jnp.einsum("i,j->ij", x, y), [(3,), (2,)], SUMMED),
    "scalar product": (lambda x, y: lax.dot_general(x, y, (((), ()), ((), ()))), [(), (2,)], SUMMED),
    "wide product": (
        lambda x, y: lax.dot_general(x, y, (((1,), (0,)), ((), ())), preferred_element_type=np.int32),
        [(3, 4), (4, 2)],
        ["int8", "uint8"],
    ),
    "narrow in, wide out": (
        lambda x, y: lax.dot_general(x, y, (((1,), (0,)), ((), ())), preferred_element_type=np.float32),
        [(3, 4), (4, 2)],
        ["bfloat16", "float16"],
    ),
    "sort": (lambda x: lax.sort(x, 0), [(5, 2)], [*ORDERED, "bool"]),
    "sort and argsort": (lambda x: (jnp.sort(x, 1), jnp.argsort(x, 0)), [(3, 5)], ORDERED),
    "sort by two keys": (lambda x, y: lax.sort((x, y, -x), 0, num_keys=2), [(7,), (7,)], ORDERED),
    "sort with payload": (lambda x, y: lax.sort((x, y), 1, num_keys=1), [(2, 6), (2, 6)], ORDERED),
    "descending": (lambda x: jnp.sort(x, descending=True), [(6,)], ORDERED),
    "top_k": (lambda x: lax.top_k(x, 3), [(2, 6)], ORDERED),
    "top_k of all": (lambda x: lax.top_k(x, 6), [(6,)], ORDERED),
    "take": (lambda x: jnp.take(x, np.array([[2, 0], [1, 9]]), axis=1), [(2, 3, 4)], MOVED),
    "take in the middle": (lambda x: jnp.take(x, np.array([2, 0]), axis=1, mode="clip"), [(2, 3, 4)], MOVED),
    "index arrays": (lambda x: x[np.array([0, 2]), :, np.array([[1], [3]])], [(3, 2, 4)], MOVED),
    "take, filled": (take_with("fill"), [(5, 2)], [*MOVED, "uint8"]),
    "take, clipped": (take_with("clip"), [(5, 2)], MOVED),
    "take, default": (take_with(None), [(5,)], MOVED),
    "take_along_axis": (lambda x: jnp.take_along_axis(x, np.array([[0], [2], [1]]), 1), [(3, 4)], MOVED),
    "one_hot": (lambda x: jax.nn.one_hot(x, 4), [(5,)], ["int32", "uint8"]),
    "put": (put_with("set"), [(3, 4)], MOVED),
    "put, clipped": (put_with("set", "clip"), [(3, 4)], MOVED),
    "put, unique": (put_with("set", None, True), [(3, 4)], MOVED),
    "add at": (put_with("add"), [(3, 4)], SUMMED),
    "add at unique": (put_with("add", None, True), [(3, 4)], SUMMED),
    "subtract at": (put_with("subtract"), [(3, 4)], ["float32"]),
    "multiply at": (put_with("multiply"), [(3, 4)], SUMMED),
    "min at": (put_with("min"), [(3, 4)], ORDERED),
    "max at": (put_with("max", "clip"), [(3, 4)], ORDERED),
    "put one": (lambda x: x.at[1, 2].set(7), [(3, 4)], ["float32", "int8"]),
    "put a slice": (lambda x: x.at[1:3].set(0), [(4, 2)], ["float32", "int8"]),
    "segment_sum": (lambda x: jax.ops.segment_sum(x, np.array([0, 2, 0]), 3), [(3, 2)], ["float32", "int32"]),
    "bincount": (lambda x: jnp.bincount(x, length=9), [(20,)], ["int32"]),
    "nonzero": (lambda x: jnp.nonzero(x, size=4, fill_value=-1), [(3, 4)], ["float32", "bool"]),
    "searchsorted": (lambda x: jnp.searchsorted(jnp.sort(x), x), [(6,)], ["float32", "int32"]),
    "unique": (lambda x: jnp.unique(x, size=5), [(9,)], ["int32"]),
    "associative_scan": (lambda x: lax.associative_scan(jnp.add, x), [(5, 2)], ["float32", "int32"]),
    "max_pool": (pooled(lax.max, -np.inf), [(2, 5, 6, 1)], FLOATS),
    "min_pool": (pooled(lax.min, np.inf), [(2, 5, 6, 1)], FLOATS),
    "sum_pool": (pooled(lax.add, 0), [(2, 5, 6, 1)], [*FLOATS, "int32", "int8"]),
    "max_pool of integers": (pooled(lax.max, -128), [(2, 5, 6, 1)], ["int8"]),
    "gradient of max_pool": (
        lambda x: jax.grad(lambda y: jnp.sum(pooled(lax.max, -np.inf)(y)[0] ** 2))(x),
        [(2, 5, 6, 1)],
        ["float32", "float64"],
    ),
    "fft": (lambda x: (jnp.fft.fft(x), jnp.fft.ifft2(x)), [(3, 4)], ["complex64", "complex128"]),
    "real fft": (
        lambda x: (jnp.fft.rfft(x), jnp.fft.irfft(jnp.fft.rfft(x))),
        [(3, 4)],
        ["float32", "float64"],
    ),
}

SHAPE_CASES = [(name, dtype) for name, (_, _, dtypes) in SHAPES.items() for dtype in dtypes]


def operands_of(name: str, dtype: str) -> list[np.ndarray]:
    return [data(dtype, *shape, seed=i) for i, shape in enumerate(SHAPES[name][1])]


@lru_cache
def compiled_shapes(dtype: str) -> dict[str, list[np.ndarray]]:
    names = [name for name, (_, _, dtypes) in SHAPES.items() if dtype in dtypes]
    operands = {name: operands_of(name, dtype) for name in names}
    with jax.enable_x64(True):
        results = jax.jit(lambda arrays: {n: SHAPES[n][0](*xs) for n, xs in arrays.items()})(operands)
    return {name: [np.asarray(x) for x in jax.tree.leaves(result)] for name, result in results.items()}


@pytest.mark.parametrize(("name", "dtype"), SHAPE_CASES, ids=[f"{n}-{d}" for n, d in SHAPE_CASES])
def test_shapes(interpreted, assert_same, name, dtype):
    got = interpreted(SHAPES[name][0], *operands_of(name, dtype))
    for g, w in zip(got, compiled_shapes(dtype)[name], strict=True):
        scale = 1e-6 if dtype in ("float32", "complex64") else 1e-14
        assert_same(g, w, absolute=scale if dtype not in ("float16", "bfloat16") else 4e-2)


@pytest.mark.parametrize("dtype", FLOATS)
def test_not_a_number_and_signed_zero_in_order(interpreted, compiled, assert_same, dtype):
    x = np.array([1, np.nan, -0.0, 0.0, 3, np.inf, -np.nan, -np.inf, -0.0]).astype(dtype)

    def function(x):
        y, z = lax.sort((x, jnp.arange(9)), num_keys=1)
        extremes = jnp.max(x), jnp.min(x), lax.argmax(x, 0, np.int32), lax.argmin(x[2:], 0, np.int32)
        return y, z, lax.top_k(x, 9), extremes, lax.cummax(x), lax.cumlogsumexp(x[7:]), lax.cummin(x[2:])

    for got, want in zip(interpreted(function, x), compiled(function, x), strict=True):
        assert_same(got, want)
        if got.shape == (9,) and got.dtype == dtype and not np.isnan(got[1]):
            np.testing.assert_array_equal(np.signbit(got[got == 0]), np.signbit(want[want == 0]))


@pytest.mark.parametrize("shape", [(), (3,), (2, 0)])
def test_comparison_in_total_order(check, shape):
    x = np.resize(np.array([0.0, -0.0, np.nan], np.float32), shape)
    check(lambda x, y: (lax.eq_to_p.bind(x, y), lax.le_to_p.bind(x, y), lax.lt_to_p.bind(x, y)), x, -x)


def test_dynamic_slices_stay_inside(check):
    x = np.arange(20, dtype=np.float32).reshape(4, 5)
    for start in ([0, 0], [2, 4], [-1, 3], [100, -100]):
        check(lambda x, i: lax.dynamic_slice(x, (i[0], i[1]), (2, 3)), x, np.array(start))
        check(lambda x, i: lax.dynamic_update_slice(x, -x[:2, :3], (i[0], i[1])), x, np.array(start, np.int8))
    check(lambda x, i: x[i], x, np.int32(-2))
    check(lambda x, i: lax.dynamic_index_in_dim(x, i, 1), x, np.uint8(200))
