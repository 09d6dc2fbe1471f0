"""One element in, one element out: vectors of awkward values, in every dtype.

A family of functions is compiled at once for a dtype, and each test takes its result out of it.
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

from hornbeam.backend.interpret import numpy_program

pytestmark = pytest.mark.usefixtures("nothing_compiles")


FLOATS = ["float32", "float64", "float16", "bfloat16"]
INTS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
COMPLEX = ["complex64", "complex128"]

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
    name: lambda x, y, name=name: getattr(lax, name)(x)
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
def test_elementwise(interpreted, traced, assert_same, family, name, dtype):
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


@pytest.mark.parametrize("name", ["bitwise_and", "bitwise_or", "bitwise_xor", "max", "min", "eq", "lt"])
def test_booleans(check, name):
    check(getattr(lax, name), np.array([True, True, False, False]), np.array([True, False, True, False]))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_special_functions_in_their_domain(check, dtype):
    x = np.array([0.3, 1.0, 2.5, 7.0, 20.0]).astype(dtype)
    n = np.array([0, 1, 2, 3, 4]).astype(dtype)
    tolerance = 3e-5 if dtype == "float32" else 1e-10

    def functions(x, n):
        gammas = lax.igamma(x, n), lax.igammac(x, n + 1), lax.digamma(x), lax.lgamma(x)
        return gammas, lax.zeta(x + 1.5, n + 1), lax.polygamma(n, x), lax.betainc(x, n + 1, x / 21)

    check(functions, x, n, tolerance=tolerance, absolute=tolerance / 10)
