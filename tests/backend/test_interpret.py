"""The interpreted tier against the compiled one: the same jaxpr, NumPy against XLA.

Many functions share one compilation: `compiled(...)` compiles a whole family for a dtype, and each test takes its
result out of it.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any

import jax
import jax.extend.core
import jax.numpy as jnp
import ml_dtypes
import numpy as np
import pytest
from jax import lax

from hornbeam.backend import interpret
from hornbeam.backend.interpret import is_known, numpy_program

FLOATS = ["float32", "float64", "float16", "bfloat16"]
INTS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
COMPLEX = ["complex64", "complex128"]
TOLERANCE = {"float32": 1e-6, "float64": 1e-14, "complex64": 1e-6, "complex128": 1e-14, "float16": 2e-3}
TOLERANCE["bfloat16"] = 1.6e-2


@pytest.fixture
def compiles():
    """For tests of what the table does not know."""


@pytest.fixture(autouse=True)
def _nothing_compiles(monkeypatch, request):
    """The interpreter knows every primitive that these tests use, unless a test says otherwise."""
    if "compiles" not in request.fixturenames:

        def refuse(equation: Any):
            raise AssertionError(f"compiled: {equation}")

        monkeypatch.setattr(interpret, "_compiled", refuse)


def traced(function: Callable, *arrays: Any) -> Any:
    with jax.enable_x64(True):
        return jax.make_jaxpr(function)(*arrays)


def interpreted(function: Callable, *arrays: Any) -> list[np.ndarray]:
    jaxpr = traced(function, *arrays)
    before = [np.array(a) for a in arrays]
    results = numpy_program(jaxpr)(*arrays)
    assert isinstance(results, tuple)
    for result, aval in zip(results, jaxpr.out_avals, strict=True):
        assert type(result) is np.ndarray
        if isinstance(aval.dtype, np.dtype):
            assert (result.dtype, result.shape) == (aval.dtype, aval.shape)
        assert not any(np.shares_memory(result, a) for a in arrays)
    for array, copy in zip(arrays, before, strict=True):
        assert np.asarray(array).tobytes() == copy.tobytes()
    return list(results)


def compiled_results(function: Callable, *arrays: Any) -> list[np.ndarray]:
    with jax.enable_x64(True):
        return [np.asarray(x) for x in jax.tree.leaves(jax.jit(function)(*arrays))]


def assert_same(got: np.ndarray, want: np.ndarray, tolerance: float | None = None, absolute: float = 0) -> None:
    assert (got.dtype, got.shape) == (want.dtype, want.shape)
    name = want.dtype.name
    if name not in TOLERANCE:
        np.testing.assert_array_equal(got, want)
        return
    wide = np.complex128 if want.dtype.kind == "c" else np.float64
    tiny = float(ml_dtypes.finfo(want.dtype).smallest_normal) if want.dtype.kind != "c" else 1e-37
    rtol = TOLERANCE[name] if tolerance is None else max(tolerance, TOLERANCE[name])
    np.testing.assert_allclose(got.astype(wide), want.astype(wide), rtol=rtol, atol=max(tiny, absolute), equal_nan=True)


def check(function: Callable, *arrays: Any, tolerance: float | None = None, absolute: float = 0) -> None:
    """The interpreted result of `function` is the compiled one."""
    got, want = interpreted(function, *arrays), compiled_results(function, *arrays)
    for g, w in zip(got, want, strict=True):
        assert_same(g, w, tolerance, absolute)


# --- One element in, one element out -----------------------------------------------------------------

REAL_VALUES = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.5, 1e-3, 3.7, -7.3, 0.9, 12.0, -30.0, 1.5, -1.5]
REAL_VALUES += [np.inf, -np.inf, np.nan, 0.3, -0.75, 4.0, 100.0, -3.0]
OTHER_VALUES = REAL_VALUES[7:] + REAL_VALUES[:7]

UNARY: dict[str, Callable] = {
    name: getattr(lax, name)
    for name in (
        "abs neg sign floor ceil is_finite sqrt rsqrt cbrt exp exp2 expm1 log log1p sin cos tan asin acos atan "
        "sinh cosh tanh asinh acosh atanh logistic erf erfc erf_inv lgamma square stop_gradient "
        "bessel_i0e bessel_i1e"
    ).split()
}
UNARY["digamma"] = lambda x: lax.digamma(jnp.where(x == 0, 1, x))  # NaN or -inf at 0: JAX's versions differ
UNARY |= {f"integer_pow {y}": partial(lax.integer_pow, y=y) for y in (0, 1, 2, 3, 5, 6, -1, -2)}
UNARY |= {
    "round away": lambda x: lax.round(x, lax.RoundingMethod.AWAY_FROM_ZERO),
    "round even": lambda x: lax.round(x, lax.RoundingMethod.TO_NEAREST_EVEN),
    "log2": jnp.log2,
    "relu": jax.nn.relu,
    "gelu": jax.nn.gelu,
    "exact gelu": partial(jax.nn.gelu, approximate=False),
    "softplus": jax.nn.softplus,
    "silu": jax.nn.silu,
    "elu": jax.nn.elu,
    "log_sigmoid": jax.nn.log_sigmoid,
    "nan_to_num": jnp.nan_to_num,
    "clamp": lambda x: lax.clamp(jnp.asarray(-1, x.dtype), x, jnp.asarray(2, x.dtype)),
    "reduce_precision": lambda x: lax.reduce_precision(x, 8, 7) if x.dtype == np.float32 else x,
    "polyval": lambda x: jnp.polyval(jnp.asarray([2, -1, 0.5], x.dtype), x),
    "gradient of tanh": lambda x: jax.vjp(jnp.tanh, x)[1](jnp.ones_like(x))[0],
    "signbit": jnp.signbit,
    "frexp": jnp.frexp,
}
# XLA's own approximations are coarser than these tolerances, or cancel.
LOOSE = {"lgamma": 2e-5, "digamma": 1e-5, "tan": 1e-5, "sinh": 3e-6, "bessel_i1e": 1e-5, "cbrt": 2e-6}
LOOSE |= {"erfc": 2e-6, "erf": 2e-6, "erf_inv": 3e-6, "exact gelu": 1e-5, "asinh": 2e-6, "atanh": 2e-6}
LOOSE |= {
    "igamma": 1e-4,
    "igammac": 1e-4,
    "zeta": 1e-4,
    "gelu": 1e-5,
    "exp2": 5e-6,
    "gradient of tanh": 1e-5,
    "pow": 1e-5,
    "log1p": 2e-6,
}

BINARY: dict[str, Callable] = {
    name: getattr(lax, name)
    for name in "add sub mul div rem pow max min atan2 nextafter lt le gt ge eq ne igamma igammac".split()
}
BINARY |= {
    name: getattr(jnp, name) for name in "mod floor_divide hypot logaddexp copysign fmin ldexp heaviside".split()
}
BINARY["ldexp"] = lambda x, y: jnp.ldexp(x, jnp.asarray(3, np.int32))
BINARY["where"] = lambda x, y: jnp.where(x > y, x, y)
BINARY["add_any"] = lambda x, y: jax.grad(lambda v: (v * y + jnp.sin(v)).astype(np.float32).sum())(x)


@lru_cache
def compiled(family: str, dtype: str) -> dict[str, list[np.ndarray]]:
    """The compiled results of a family of functions on the test values."""
    functions, operands = FAMILIES[family], values(family, dtype)
    with jax.enable_x64(True):
        results = jax.jit(lambda *xs: {n: f(*xs) for n, f in functions.items()})(*operands)
    return {name: [np.asarray(x) for x in jax.tree.leaves(result)] for name, result in results.items()}


def values(family: str, dtype: str) -> list[np.ndarray]:
    if dtype in FLOATS:
        return [np.array(v).astype(dtype) for v in (REAL_VALUES, OTHER_VALUES)][: 2 if "binary" in family else 1]
    if dtype in COMPLEX:
        rng = np.random.default_rng(1)
        return [(rng.normal(size=9) + 1j * rng.normal(size=9)).astype(dtype) for _ in range(2)]
    info = np.iinfo(dtype)
    some = [0, 1, 2, 3, 5, 7, 31, 100, info.max, info.min, info.max - 1, info.min + 1]
    signed = [-1, -2, -7, -100] if info.min else [4, 9, 11, 255]
    left = np.array((some + signed) * 2, dtype)
    right = np.array([*signed, *some, *some, *signed], dtype)
    return [left, np.concatenate([right[:8], np.zeros(1, dtype), right[9:]])]


def check_elementwise(family: str, name: str, dtype: str) -> None:
    """In one vector, element by element, and with nothing in it."""
    function, operands = FAMILIES[family][name], values(family, dtype)
    want = compiled(family, dtype)[name]
    tolerance = LOOSE.get(name)
    if dtype in ("float64", "complex128"):
        tolerance = 1e-12 if tolerance else 1e-14
    absolute = {"float32": 1e-6, "float64": 1e-14, "float16": 1e-3, "bfloat16": 1e-2}.get(dtype, 0)
    program = numpy_program(traced(function, *operands))
    for g, w in zip(program(*operands), want, strict=True):
        assert_same(g, w, tolerance, absolute if name in LOOSE else 0)
    single = numpy_program(traced(function, *[x[0] for x in operands]))
    for i in range(0, len(operands[0]), 5):
        results = single(*[x[i] for x in operands]), single(*[x[i : i + 1].reshape(()) for x in operands])
        for result in results:
            for g, w in zip(result, want, strict=True):
                assert g.shape == ()
                assert_same(g, w[i], tolerance, absolute if name in LOOSE else 0)
    for empty in interpreted(function, *[np.zeros((2, 0), dtype) for _ in operands]):
        assert empty.shape == (2, 0)


def not_computed_in(dtype: str) -> set[str]:
    """What JAX lacks for a dtype, or XLA computes too coarsely to compare (exp2 in half precision: to 30 %)."""
    return {"igamma", "igammac", "ldexp", "exp2"} if dtype in ("float16", "bfloat16") else set()


INTEGER_UNARY: dict[str, Callable] = {
    name: getattr(lax, name) for name in "neg sign bitwise_not population_count clz".split()
}
INTEGER_UNARY |= {f"integer_pow {y}": partial(lax.integer_pow, y=y) for y in (0, 1, 2, 3, 7)}
INTEGER_UNARY = {n: lambda x, y, f=f: f(x) for n, f in INTEGER_UNARY.items()}
INTEGER_BINARY: dict[str, Callable] = {
    name: getattr(lax, name)
    for name in (
        "add sub mul div rem max min bitwise_and bitwise_or bitwise_xor shift_left shift_right_logical "
        "shift_right_arithmetic lt le gt ge eq ne"
    ).split()
}
INTEGER_BINARY |= {
    "mod": jnp.mod,
    "floor_divide": jnp.floor_divide,
    "div constant": lambda x, y: lax.div(x, jnp.asarray(3, x.dtype)),
    "rem constant": lambda x, y: lax.rem(x, jnp.asarray(3, x.dtype)),
    "div zero": lambda x, y: lax.div(x, jnp.asarray(0, x.dtype)),
    "abs": lambda x, y: jnp.abs(x),
    "power": lambda x, y: jnp.power(x, 3),
    "power of arrays": lambda x, y: jnp.power(x, y & 7),
    "clip": lambda x, y: jnp.clip(x, 2, 50),
    "choose of four": lambda x, y: lax.select_n((x % 4).astype(np.int32) % 4 & 3, x, y, x + y, x - y),
}
COMPLEX_BINARY: dict[str, Callable] = {
    name: (lambda x, y, f=getattr(lax, name): f(x))
    for name in "neg sign abs exp log sqrt rsqrt sin cos tanh conj real imag expm1 log1p square logistic".split()
}
COMPLEX_BINARY |= {name: getattr(lax, name) for name in "add sub mul div pow eq ne".split()}
COMPLEX_BINARY |= {
    "complex": lambda x, y: lax.complex(lax.real(x), lax.imag(y)),
    "conj of real": lambda x, y: lax.conj(lax.real(x)),
    "angle": lambda x, y: jnp.angle(x),
    "integer_pow 3": lambda x, y: lax.integer_pow(x, 3),
    "integer_pow -2": lambda x, y: lax.integer_pow(x, -2),
}
FAMILIES: dict[str, dict[str, Callable]] = {
    "unary": UNARY,
    "binary": BINARY,
    "integer binary": INTEGER_UNARY | INTEGER_BINARY,
    "complex binary": COMPLEX_BINARY,
}
FAMILIES["unary half"] = {n: f for n, f in UNARY.items() if n not in not_computed_in("float16")}
FAMILIES["binary half"] = {n: f for n, f in BINARY.items() if n not in not_computed_in("float16")}


def elementwise_cases() -> list[Any]:
    cases = []
    for dtype in FLOATS:
        half = " half" if dtype in ("float16", "bfloat16") else ""
        for family in ("unary" + half, "binary" + half):
            cases += [pytest.param(family, name, dtype, id=f"{name}-{dtype}") for name in FAMILIES[family]]
    for family, dtypes in {"integer binary": INTS, "complex binary": COMPLEX}.items():
        cases += [pytest.param(family, n, d, id=f"{n}-{d}") for d in dtypes for n in FAMILIES[family]]
    return cases


@pytest.mark.parametrize(("family", "name", "dtype"), elementwise_cases())
def test_elementwise(family, name, dtype):
    check_elementwise(family, name, dtype)


@pytest.mark.parametrize("name", ["bitwise_and", "bitwise_or", "bitwise_xor", "max", "min", "eq", "lt"])
def test_booleans(name):
    check(getattr(lax, name), np.array([True, True, False, False]), np.array([True, False, True, False]))


ALL = FLOATS + INTS + COMPLEX + ["bool"]


def convertible(source: str) -> np.ndarray:
    if source == "bool":
        return np.array([True, False])
    if source in FLOATS or source in COMPLEX:
        extremes = [300, -129, 65536, 1e5, -1e5, 3e9, 1e10, -1e10, 1e30, -1e30]
        with np.errstate(over="ignore"):
            return np.array([*REAL_VALUES, *extremes]).astype(source)
    return values("integer", source)[0]


@lru_cache
def compiled_conversions(source: str) -> dict[str, np.ndarray]:
    with jax.enable_x64(True):
        convert = jax.jit(lambda x: {t: lax.convert_element_type(x, t) for t in ALL})
        return {t: np.asarray(y) for t, y in convert(convertible(source)).items()}


@pytest.mark.filterwarnings("ignore:Casting complex values")  # JAX says so while tracing
@pytest.mark.parametrize("target", ALL)
@pytest.mark.parametrize("source", ALL)
def test_conversion(source, target):
    x = convertible(source)
    (got,) = interpreted(lambda x: lax.convert_element_type(x, target), x)
    assert_same(got, compiled_conversions(source)[target])


# --- Arrays --------------------------------------------------------------------------------------------


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
def test_shapes(name, dtype):
    got = interpreted(SHAPES[name][0], *operands_of(name, dtype))
    for g, w in zip(got, compiled_shapes(dtype)[name], strict=True):
        scale = 1e-6 if dtype in ("float32", "complex64") else 1e-14
        assert_same(g, w, absolute=scale if dtype not in ("float16", "bfloat16") else 4e-2)


@pytest.mark.parametrize("dtype", FLOATS)
def test_not_a_number_and_signed_zero_in_order(dtype):
    x = np.array([1, np.nan, -0.0, 0.0, 3, np.inf, -np.nan, -np.inf, -0.0]).astype(dtype)

    def function(x):
        y, z = lax.sort((x, jnp.arange(9)), num_keys=1)
        extremes = jnp.max(x), jnp.min(x), lax.argmax(x, 0, np.int32), lax.argmin(x[2:], 0, np.int32)
        return y, z, lax.top_k(x, 9), extremes, lax.cummax(x), lax.cumlogsumexp(x[7:]), lax.cummin(x[2:])

    for got, want in zip(interpreted(function, x), compiled_results(function, x), strict=True):
        assert_same(got, want)
        if got.shape == (9,) and got.dtype == dtype and not np.isnan(got[1]):
            np.testing.assert_array_equal(np.signbit(got[got == 0]), np.signbit(want[want == 0]))


@pytest.mark.parametrize("shape", [(), (3,), (2, 0)])
def test_comparison_in_total_order(shape):
    x = np.resize(np.array([0.0, -0.0, np.nan], np.float32), shape)
    check(lambda x, y: (lax.eq_to_p.bind(x, y), lax.le_to_p.bind(x, y), lax.lt_to_p.bind(x, y)), x, -x)


def test_dynamic_slices_stay_inside():
    x = np.arange(20, dtype=np.float32).reshape(4, 5)
    for start in ([0, 0], [2, 4], [-1, 3], [100, -100]):
        check(lambda x, i: lax.dynamic_slice(x, (i[0], i[1]), (2, 3)), x, np.array(start))
        check(lambda x, i: lax.dynamic_update_slice(x, -x[:2, :3], (i[0], i[1])), x, np.array(start, np.int8))
    check(lambda x, i: x[i], x, np.int32(-2))
    check(lambda x, i: lax.dynamic_index_in_dim(x, i, 1), x, np.uint8(200))


# --- Random dimension numbers ----------------------------------------------------------------------------


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
def test_random_gather(seed):
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
def test_random_scatter(seed):
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
def test_random_dot_general(seed):
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
def test_random_pad(seed):
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
def test_random_convolution(seed):
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


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_special_functions_in_their_domain(dtype):
    x = np.array([0.3, 1.0, 2.5, 7.0, 20.0]).astype(dtype)
    n = np.array([0, 1, 2, 3, 4]).astype(dtype)
    tolerance = 3e-5 if dtype == "float32" else 1e-10

    def functions(x, n):
        gammas = lax.igamma(x, n), lax.igammac(x, n + 1), lax.digamma(x), lax.lgamma(x)
        return gammas, lax.zeta(x + 1.5, n + 1), lax.polygamma(n, x), lax.betainc(x, n + 1, x / 21)

    check(functions, x, n, tolerance=tolerance, absolute=tolerance / 10)


# --- Random numbers ----------------------------------------------------------------------------------------

KEY = np.array([1234567, 4023456789], np.uint32)
DRAWS: dict[str, Callable] = {
    f"bits {d}": lambda k, d=d: jax.random.bits(k, (3, 2), d) for d in ("uint8", "uint16", "uint32", "uint64")
}
DRAWS |= {
    "bits of one": lambda k: jax.random.bits(k),
    "no bits": lambda k: jax.random.bits(k, (0, 3)),
    "split": lambda k: jax.random.split(k, 3),
    "split in a grid": lambda k: jax.random.split(k, (2, 3)),
    "fold_in": lambda k: jax.random.fold_in(k, 2**32 - 5),
    "typed": lambda k: jax.random.key_data(jax.random.split(jax.random.wrap_key_data(k), 2)[::-1]),
    "many keys": lambda k: jax.vmap(lambda j: jax.random.bits(j, (3,)))(jax.random.split(k, 4)),
    "many folds": lambda k: jax.vmap(lambda i: jax.random.fold_in(k, i))(jnp.arange(3)),
    "uniform": lambda k: jax.random.uniform(k, (5,), jnp.float32, -1, 3),
    "uniform double": lambda k: jax.random.uniform(k, (5,), jnp.float64),
    "uniform half": lambda k: jax.random.uniform(k, (5,), jnp.float16),
    "randint": lambda k: jax.random.randint(k, (9,), -5, 17),
    "randint bytes": lambda k: jax.random.randint(k, (9,), 0, 256, jnp.uint8),
    "permutation": lambda k: jax.random.permutation(k, 9),
    "shuffled rows": lambda k: jax.random.permutation(k, jnp.arange(12).reshape(6, 2)),
    "bernoulli": lambda k: jax.random.bernoulli(k, 0.3, (9,)),
    "categorical": lambda k: jax.random.categorical(k, jnp.zeros((3, 4))),
    "choice": lambda k: jax.random.choice(k, 7, (3,), replace=False),
}
NEARLY = {
    "normal": lambda k: jax.random.normal(k, (500,), jnp.float32),
    "normal double": lambda k: jax.random.normal(k, (500,), jnp.float64),
    "normal half": lambda k: jax.random.normal(k, (5,), jnp.bfloat16),
    "truncated_normal": lambda k: jax.random.truncated_normal(k, -2, 2, (50,), jnp.float32),
    "gumbel": lambda k: jax.random.gumbel(k, (5,), jnp.float32),
    "exponential": lambda k: jax.random.exponential(k, (5,), jnp.float32),
    "complex normal": lambda k: jax.random.normal(k, (5,), jnp.complex64),
}


@lru_cache
def compiled_draws() -> dict[str, list[np.ndarray]]:
    with jax.enable_x64(True):
        draws = jax.jit(lambda k: {n: f(k) for n, f in (DRAWS | NEARLY).items()})(KEY)
    return {name: [np.asarray(x) for x in jax.tree.leaves(draw)] for name, draw in draws.items()}


@pytest.mark.parametrize("name", DRAWS)
def test_random_numbers_are_the_same_bits(name):
    for got, want in zip(interpreted(DRAWS[name], KEY), compiled_draws()[name], strict=True):
        assert (got.dtype, got.shape) == (want.dtype, want.shape)
        np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("name", NEARLY)
def test_random_numbers_are_nearly_the_same(name):
    for got, want in zip(interpreted(NEARLY[name], KEY), compiled_draws()[name], strict=True):
        assert_same(got, want, 5e-6 if got.dtype != np.float64 else 1e-13)


@pytest.mark.parametrize("dtype", INTS)
def test_seeds(dtype):
    info = np.iinfo(dtype)
    for seed in (0, 1, info.max, info.min):
        check(jax.random.PRNGKey, np.array(seed, dtype))


def test_typed_keys_are_passed_as_their_words():
    keys = jax.random.split(jax.random.key(5), 3)
    program = numpy_program(traced(lambda k: (jax.random.split(k[1]), jax.random.bits(k[2], (2,), "uint32")), keys))
    new, bits = program(np.asarray(jax.random.key_data(keys)))
    np.testing.assert_array_equal(new, jax.random.key_data(jax.random.split(keys[1])))
    np.testing.assert_array_equal(bits, jax.random.bits(keys[2], (2,), "uint32"))


def test_typed_keys_as_constants():
    key = jax.random.key(7)
    check(lambda x: x + jax.random.uniform(key, (3,), jnp.float32), np.float32(1))


@pytest.mark.usefixtures("compiles")
def test_other_generators_are_compiled():
    for name in ("rbg", "unsafe_rbg"):
        keys = jax.random.split(jax.random.key(5, impl=name), 3)
        program = numpy_program(traced(lambda k: (k[::-1], jax.random.bits(k[2], (2,), "uint32")), keys))
        turned, bits = program(np.asarray(jax.random.key_data(keys)))
        np.testing.assert_array_equal(turned, jax.random.key_data(keys)[::-1])
        np.testing.assert_array_equal(bits, jax.random.bits(keys[2], (2,), "uint32"))


# --- Loops, branches, calls -----------------------------------------------------------------------------------


@jax.custom_vjp
def doubled(x):
    return x * 2


doubled.defvjp(lambda x: (x * 2, None), lambda _, g: (g * 3,))

FLOW: dict[str, Callable] = {
    "while": lambda x: lax.while_loop(lambda s: s[0] < x.sum(), lambda s: (s[0] + x[0], s[1] * 2), (x[1], x)),
    "while, never": lambda x: lax.while_loop(lambda s: s[0] > 1e9, lambda s: (s[0] + 1, s[1]), (x[0], x)),
    "while, side by side": lambda x: jax.vmap(
        lambda y: lax.while_loop(lambda s: s[0] < 9, lambda s: (s[0] * 2, s[1] + 1), (y, jnp.ones(2)))
    )(x),
    "fori": lambda x: lax.fori_loop(0, 5, lambda i, s: s + i * x, x),
    "fori, dynamic": lambda x: lax.fori_loop(0, x[1].astype(int), lambda i, s: s.at[i].add(i), x),
    "scan": lambda x: lax.scan(lambda c, y: (c + y * x[0], (c, y * 2)), x[0], (x)),
    "scan, reverse": lambda x: lax.scan(lambda c, y: (c * y, c), jnp.ones(()), x, reverse=True),
    "scan without state": lambda x: lax.map(lambda y: (y, y + 1), x),
    "scan without rows": lambda x: lax.scan(lambda c, _: (c * 2, None), x, None, length=3),
    "scan of nothing": lambda x: lax.scan(lambda c, y: (c + 1, c), x, jnp.zeros((0, 2))),
    "scan of rows": lambda x: lax.scan(lambda c, y: (c + y.sum(), y[::-1]), 0.0, jnp.outer(x, x)),
    "scan, unrolled": lambda x: lax.scan(lambda c, y: (c + y, c), x[0], x, unroll=2),
    "scan of keys": lambda x: lax.scan(
        lambda k, y: (jax.random.split(k)[0], y + jax.random.uniform(k, (), jnp.float32)),
        jax.random.key(3),
        x.astype(np.float32),
    )[1],
    "cond": lambda x: lax.cond(x[0] > 0, lambda y: y + 1, lambda y: y * 2, x),
    "cond, side by side": lambda x: jax.vmap(lambda y: lax.cond(y > 2, jnp.sin, jnp.cos, y))(x),
    "switch": lambda x: [
        lax.switch(x[0].astype(np.int32) + i, [lambda y: y, lambda y: -y, lambda y: (y * 3)[::-1]], x)
        for i in (-3, -1, 0, 5)
    ],
    "nested": lambda x: lax.scan(lambda c, y: (lax.fori_loop(0, 3, lambda i, s: s + y, c), c), x[0], x),
    "calls": lambda x: jax.jit(lambda y: jax.jit(jnp.sin)(y) + jax.jit(jnp.sin)(y * 2))(x),
    "custom_jvp": lambda x: jax.nn.relu(x) + jax.nn.silu(x),
    "custom_vjp": lambda x: (doubled(x), jax.grad(lambda y: doubled(y).sum())(x)),
    "checkpoint": lambda x: jax.grad(lambda y: jax.checkpoint(jnp.sin)(y).sum())(x),
    "gradient of a scan": lambda x: jax.grad(lambda y: lax.scan(lambda c, v: (c * v, c), 1.0, y)[0])(x),
    "gradient of a loss": lambda x: jax.grad(lambda w: -jax.nn.log_softmax(jnp.outer(w, w))[0].sum())(x),
    "step of Adam": lambda x: x - 0.1 * (0.1 * x) / (jnp.sqrt(0.001 * x**2) + 1e-8),
    "constants only": lambda x: (jnp.arange(4.0) * 2, jnp.ones((2, 3)) + 1, np.float32(3), x),
    "captured": lambda x: x + np.arange(3.0),
    "nothing": lambda x: (),
}


@lru_cache
def compiled_flow() -> dict[str, list[np.ndarray]]:
    x = np.array([1.5, 2.0, 4.0])
    with jax.enable_x64(True):
        results = jax.jit(lambda x: {n: f(x) for n, f in FLOW.items()})(x)
    return {name: [np.asarray(y) for y in jax.tree.leaves(result)] for name, result in results.items()}


@pytest.mark.parametrize("name", FLOW)
def test_control_flow(name):
    for got, want in zip(interpreted(FLOW[name], np.array([1.5, 2.0, 4.0])), compiled_flow()[name], strict=True):
        assert_same(got, want)


# --- Promises ---------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("compiles")
@pytest.mark.parametrize(
    "function",
    [
        jnp.linalg.cholesky,
        lambda x: jnp.linalg.solve(x, x[0]),
        lambda x: lax.reduce(x, np.float32(1), lambda a, b: a * b + 1, (1,)),
        lambda x: lax.reduce_window(x, np.float32(1), lax.mul, (2, 2), (1, 1), "VALID"),
        lambda x: jax.pure_callback(lambda y: np.asarray(y) * 2, jax.ShapeDtypeStruct((3, 3), np.float32), x),
        lambda x: x.at[0].apply(jnp.sin),
        lambda x: jax.random.gamma(jax.random.key(1), x),
        lambda x: jnp.sum(jnp.linalg.qr(x)[1] ** 2),
        lambda x: x.astype(jnp.float8_e4m3fn).astype(np.float32),
    ],
)
def test_what_the_table_does_not_know_is_compiled(function):
    check(function, np.eye(3, dtype=np.float32) + 1, tolerance=1e-5)


def test_is_known():
    known = traced(lambda x: jax.nn.softmax(jnp.broadcast_to(x, (2, 3))), np.ones(3))
    assert all(is_known(equation.primitive) for equation in known.eqns)
    assert is_known(traced(jax.jit(jnp.sin), 1.0).eqns[0].primitive)
    assert not is_known(lax.linalg.cholesky_p)


def test_dead_equations_are_dropped():
    def function(x):
        jnp.linalg.cholesky(x)  # would be compiled, which this file's fixture refuses
        return x + 1

    check(function, np.eye(2))


@pytest.mark.usefixtures("compiles")
def test_effects_are_kept(capfd):
    numpy_program(traced(lambda x: jax.debug.print("seen {}", x), np.float32(3)))(np.float32(3))
    jax.effects_barrier()
    assert "seen 3.0" in capfd.readouterr().out


def test_no_warning_leaves_a_program():
    x = np.array([0.0, -1.0, np.inf, np.nan, 3e38], np.float32)
    i = np.array([0, -1, 2**31 - 1, -(2**31), 5], np.int32)

    def function(x, i):
        floats = x / 0, jnp.log(x), x * x, x - x[2], jnp.sqrt(x), x.astype(np.int8), x @ x, x**0.5, jnp.exp(x)
        ints = i * i, lax.div(i, i[0]), lax.rem(i, i[1]), i[3] - 1, jnp.abs(i), x.astype(np.float16)
        return floats, ints, lax.div(i[3], i[1]), jnp.arctanh(x * 2), jnp.prod(i), x < jnp.nan

    program = numpy_program(traced(function, x, i))
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        program(x, i)
        assert np.geterr()["over"] == "raise"


def test_programs_run_in_threads():
    program, results = numpy_program(traced(lambda x: 1 / x, np.float32(0))), []
    threads = [threading.Thread(target=lambda: results.append(program(np.float32(0))[0])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert all(np.isinf(result) for result in results)


def test_a_program_may_run_inside_another():
    inner = numpy_program(traced(lambda x: 1 / x, np.float32(0)))
    outer = interpret._quietly(lambda x: inner(x))
    assert np.isinf(outer(np.float32(0))[0])


def test_an_error_inside_a_program_is_raised():
    def fail(x):
        raise RuntimeError("inside")

    with pytest.raises(RuntimeError, match="inside"):
        interpret._quietly(fail)(1)


def test_results_own_their_memory():
    x, constant = np.ones((2, 3), np.float32), np.ones((2, 3), np.float32)
    functions = [lambda x: (x, x), lambda x: (x.T, x[0]), lambda x: (x + 1, (x + 1).T, constant, constant.T)]
    functions += [lambda x: (lax.complex(x, x).real, lax.imag(lax.complex(x, x)))]
    functions += [lambda x: lax.cond(True, lambda y: (y, y), lambda y: (y * 2, y), x)]
    functions += [lambda x: lax.while_loop(lambda s: s[1].sum() < 0, lambda s: s, (x, x))]
    for function in functions:
        program = numpy_program(traced(function, x))
        first = program(x)
        memory = [*first, x]
        assert not any(np.shares_memory(a, b) for i, a in enumerate(memory) for b in memory[:i])
        expected = [np.array(a) for a in first]
        for array in first:
            array[...] = 7
        for a, b in zip(program(x), expected, strict=True):
            np.testing.assert_array_equal(a, b)


def test_strided_operands():
    x = np.arange(24, dtype=np.float32).reshape(4, 6)[::-2, ::3]
    check(lambda x: (x @ x.T, x.reshape(-1), lax.bitcast_convert_type(x, np.uint8), x.sum(0)), x)
    key = np.array([[1, 2], [3, 4]], np.uint32).T[0]
    check(lambda k: jax.random.bits(k, (2,)), key)
