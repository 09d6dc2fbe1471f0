"""Random numbers, bit for bit."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import jax
import jax.extend.core
import jax.numpy as jnp
import numpy as np
import pytest

from hornbeam.backend.interpret import numpy_program

pytestmark = pytest.mark.usefixtures("nothing_compiles")


FLOATS = ["float32", "float64", "float16", "bfloat16"]
INTS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
COMPLEX = ["complex64", "complex128"]

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
def test_random_numbers_are_the_same_bits(interpreted, name):
    for got, want in zip(interpreted(DRAWS[name], KEY), compiled_draws()[name], strict=True):
        assert (got.dtype, got.shape) == (want.dtype, want.shape)
        np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("name", NEARLY)
def test_random_numbers_are_nearly_the_same(interpreted, assert_same, name):
    for got, want in zip(interpreted(NEARLY[name], KEY), compiled_draws()[name], strict=True):
        assert_same(got, want, 5e-6 if got.dtype != np.float64 else 1e-13)


@pytest.mark.parametrize("dtype", INTS)
def test_seeds(check, dtype):
    info = np.iinfo(dtype)
    for seed in (0, 1, info.max, info.min):
        check(jax.random.PRNGKey, np.array(seed, dtype))


def test_typed_keys_are_passed_as_their_words(traced):
    keys = jax.random.split(jax.random.key(5), 3)
    program = numpy_program(traced(lambda k: (jax.random.split(k[1]), jax.random.bits(k[2], (2,), "uint32")), keys))
    new, bits = program(np.asarray(jax.random.key_data(keys)))
    np.testing.assert_array_equal(new, jax.random.key_data(jax.random.split(keys[1])))
    np.testing.assert_array_equal(bits, jax.random.bits(keys[2], (2,), "uint32"))


def test_typed_keys_as_constants(check):
    key = jax.random.key(7)
    check(lambda x: x + jax.random.uniform(key, (3,), jnp.float32), np.float32(1))


@pytest.mark.usefixtures("compiles")
def test_other_generators_are_compiled(traced):
    for name in ("rbg", "unsafe_rbg"):
        keys = jax.random.split(jax.random.key(5, impl=name), 3)
        program = numpy_program(traced(lambda k: (k[::-1], jax.random.bits(k[2], (2,), "uint32")), keys))
        turned, bits = program(np.asarray(jax.random.key_data(keys)))
        np.testing.assert_array_equal(turned, jax.random.key_data(keys)[::-1])
        np.testing.assert_array_equal(bits, jax.random.bits(keys[2], (2,), "uint32"))
